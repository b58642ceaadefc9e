"""The Ask page in a real Chromium, served by the real command."""

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from qa import Assistant
from tests.app_server import Window, served
from tests.conftest import CORPUS, write_files
from tests.hash_encoder import HashEncoder

pytestmark = pytest.mark.browser

HOSTILE = """---
title: "</bdi><script>window.hacked = 1</script> ${window.hacked = 1} {{1 + 1}}"
lang: en
---
# <script>window.hacked = 1</script>

The vault of Grimholt is opened with <img src=x onerror="window.hacked = 1"> the code \
${window.hacked = 1} {{constructor.constructor('window.hacked = 1')()}} 😀 and a key.
"""
ROOMS = "".join(f"Room {n}: dust, cobwebs, silence.\n\n" for n in range(200))
CASTLE = "The castle of Arnfels hides 17 golden cups in its cellar.\n\n"
QUESTION = "When was the harbour of Elmstadt opened?"
VAULT = "How is the vault of Grimholt opened?"
CUPS = "How many golden cups does the castle of Arnfels hide in its cellar?"
UNKNOWN = "Why do penguins swim?"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the running app over a small index."""
    home = tmp_path_factory.mktemp("browser")
    extra = {"vault.md": HOSTILE, "castle.txt": f"Arnfels 😀\n\n{ROOMS}{CASTLE}{ROOMS}"}
    corpus = write_files(home / "corpus", {**CORPUS, **extra})
    Assistant.build(corpus, home / "index", HashEncoder()).index.close()
    with served(home / "index") as (address, _):
        yield address


def ask(page: Page, question: str) -> None:
    expect(page.locator(".fs-empty, .fs-result").first).to_be_visible()
    box = page.get_by_role("textbox", name="Question")
    box.fill(question)
    box.press("Enter")


def left_of(locator: Locator) -> float:
    expect(locator).to_be_visible()
    return float(locator.evaluate("element => element.getBoundingClientRect().x"))


def test_a_question_is_answered_with_sources_that_open_at_their_place(visit: Window) -> None:
    page = visit()
    expect(page.get_by_text("8 documents indexed")).to_be_visible()
    ask(page, QUESTION)
    chip = page.get_by_role("button", name="Source 1: The harbour of Elmstadt")
    expect(chip).to_be_visible()
    expect(page.get_by_role("region", name="Answer")).to_contain_text("1874")

    chip.click()
    card = page.locator("#source-1")
    expect(card).to_be_focused()
    expect(card.locator("mark")).to_contain_text("opened in 1874")

    opener = card.get_by_role("button", name="Open in document")
    opener.press("Enter")
    dialog = page.get_by_role("dialog", name="The harbour of Elmstadt")
    expect(dialog.locator("mark")).to_have_text(card.locator("mark").inner_text())
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_passage_deep_in_a_long_document_comes_into_view(visit: Window) -> None:
    page = visit(f"/?q={quote(CUPS)}")
    page.get_by_role("button", name="Open in document").first.click()
    mark = page.get_by_role("dialog").locator("mark")
    expect(mark).to_contain_text("17 golden cups")
    expect(mark).to_be_in_viewport(ratio=1)


def test_the_citation_is_copied(visit: Window) -> None:
    page = visit(f"/?q={quote(QUESTION)}")
    page.get_by_role("button", name="Copy citation").first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("“The harbour of Elmstadt was opened in 1874.")
    assert "” (The harbour of Elmstadt, harbour.md, 2021-05-04) http://127.0.0.1:" in copied
    link = copied.rpartition(" ")[2]
    page.goto(link)
    expect(page.locator(".fs-body mark")).to_contain_text("opened in 1874")


def test_what_the_documents_do_not_say_has_no_chips(visit: Window) -> None:
    page = visit()
    ask(page, UNKNOWN)
    expect(page.get_by_text("Not found in these documents.")).to_be_visible()
    expect(page.locator(".fs-chip")).to_have_count(0)
    expect(page.get_by_role("region", name="Closest passages")).to_be_visible()


def test_an_empty_question_is_explained(visit: Window) -> None:
    page = visit()
    expect(page.get_by_text("documents indexed")).to_be_visible()
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("alert")).to_contain_text("empty")


def test_a_question_has_an_address_and_back_returns_to_the_one_before(visit: Window) -> None:
    page = visit(f"/?q={quote(QUESTION)}")
    expect(page.get_by_role("textbox", name="Question")).to_have_value(QUESTION)
    ask(page, "Was kostet die Fähre nach Norderholm?")
    page.wait_for_url("**Norderholm**")
    page.go_back()
    expect(page.get_by_role("textbox", name="Question")).to_have_value(QUESTION)
    expect(page.locator(".fs-card").first).to_contain_text("Elmstadt")


def test_the_interface_speaks_the_language_of_the_browser_or_the_chosen_one(
    browser: Browser, address: str
) -> None:
    page = browser.new_page(locale="de-CH")
    page.goto(f"{address}/?q={quote(QUESTION)}")
    expect(page.get_by_role("button", name="Fragen")).to_be_visible()
    expect(page.get_by_text("4. Mai 2021").first).to_be_visible()
    page.get_by_role("button", name="日本").click()
    expect(page.get_by_role("button", name="質問", exact=True)).to_be_visible()
    expect(page.get_by_text("2021年5月4日").first).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    page.reload()
    expect(page.get_by_role("textbox", name="質問")).to_have_value(QUESTION)
    page.close()


def test_a_hostile_document_is_only_text(visit: Window) -> None:
    page = visit(f"/?q={quote(VAULT)}")
    shown = page.get_by_role("article").filter(has_text="</script> ${window.hacked = 1} {{1 + 1}}")
    expect(shown).to_contain_text("<img src=x onerror")
    shown.get_by_role("button", name="Open in document").click()
    expect(page.get_by_role("dialog").locator("mark")).to_contain_text("😀 and a key.")
    assert page.locator(".fs-result, dialog").locator("img, script, b").count() == 0
    assert page.evaluate("window.hacked") is None


@pytest.mark.parametrize("path", ["/", f"/?q={quote(QUESTION)}", f"/?q={quote(VAULT)}"])
def test_a_phone_needs_no_sideways_scrolling(visit: Window, path: str) -> None:
    page = visit(path, width=390, height=844)
    expect(page.locator(".fs-empty, .fs-card").first).to_be_visible()
    edges = "[...document.querySelectorAll('body *')].map(e => e.getBoundingClientRect().right)"
    assert max(page.evaluate(edges)) <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_sources_stand_beside_the_answer_and_on_a_phone_below_it(visit: Window) -> None:
    wide = visit(f"/?q={quote(QUESTION)}")
    assert left_of(wide.locator("#source-1")) > left_of(wide.locator(".fs-answer")) + 300
    narrow = visit(f"/?q={quote(QUESTION)}", width=390, height=844)
    assert left_of(narrow.locator("#source-1")) < 40


def test_questions_are_kept_only_by_choice_and_forgotten_on_request(visit: Window) -> None:
    page = visit(f"/?q={quote(QUESTION)}")
    expect(page.locator(".fs-card").first).to_be_visible()
    assert page.evaluate("localStorage.getItem('fundstelle-questions')") is None
    page.goto(page.url.partition("?")[0])
    page.get_by_role("checkbox", name="Keep my questions").check()
    ask(page, QUESTION)
    expect(page.locator(".fs-card").first).to_be_visible()
    page.goto(page.url.partition("?")[0])
    kept = page.locator(".fs-history").get_by_role("button", name=QUESTION)
    kept.click()
    expect(page.get_by_role("region", name="Answer")).to_contain_text("1874")
    page.goto(page.url.partition("?")[0])
    page.locator(".fs-forget").click()
    expect(kept).to_have_count(0)


def test_the_tint_can_be_switched_off_and_stays_off(visit: Window) -> None:
    page = visit(f"/?q={quote(QUESTION)}")
    shade = "getComputedStyle(document.querySelector('.fs-tint')).backgroundColor"
    expect(page.locator(".fs-tint").first).to_be_visible()
    assert page.evaluate(shade) != "rgba(0, 0, 0, 0)"
    page.locator(".fs-tinting").uncheck()
    assert page.evaluate(shade) == "rgba(0, 0, 0, 0)"
    page.reload()
    expect(page.locator(".fs-tinting")).not_to_be_checked()
    assert page.evaluate(shade) == "rgba(0, 0, 0, 0)"


def test_an_answer_is_taken_along_as_markdown_html_and_print(visit: Window) -> None:
    page = visit(f"/?q={quote(QUESTION)}")
    for name, start in (("Markdown", f"# {QUESTION}"[:20]), ("HTML", "<!doctype html>")):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Save as {name}").click()
        assert download.value.path().read_text("utf-8").startswith(start)
    page.emulate_media(media="print")
    expect(page.locator(".fs-header")).to_be_hidden()
    expect(page.locator(".fs-card").first).to_be_visible()
    for name, words in (("BibTeX", "@misc{"), ("CSL-JSON", '"type": "document"')):
        page.emulate_media(media="screen")
        page.get_by_role("button", name=name, exact=True).first.click()
        page.wait_for_function(
            "words => navigator.clipboard.readText().then(text => text.includes(words))", arg=words
        )


def test_a_verdict_becomes_a_test_question_and_can_be_taken_back(
    visit: Window, address: str
) -> None:
    page = visit(f"/?q={quote(QUESTION)}")
    with page.expect_response("**/api/feedback") as kept:
        page.get_by_role("button", name="right", exact=True).click()
    assert kept.value.status == 201
    undo = page.locator(".fs-judging button")
    expect(undo).to_be_focused()
    with page.expect_response("**/api/feedback/*") as gone:
        undo.click()
    assert gone.value.status == 200
    expect(page.get_by_role("button", name="right", exact=True)).to_be_visible()


SELECT = """words => {
  const body = document.querySelector("#fs-dialog .fs-text");
  const walk = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const at = node.data.indexOf(words);
    if (at < 0) continue;
    getSelection().setBaseAndExtent(node, at, node, at + words.length);
    return;
  }
}"""


def test_what_an_answer_lacks_is_shown_by_selecting_it(visit: Window, address: str) -> None:
    page = visit(f"/?q={quote(QUESTION)}")
    page.get_by_role("button", name="Open in document").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("mark")).to_contain_text("1874")
    pointed = dialog.get_by_role("button", name="This passage answers it")
    expect(pointed).to_be_hidden()
    page.evaluate(SELECT, "three cranes")
    with page.expect_response("**/api/feedback") as kept:
        pointed.click()
    assert kept.value.status == 201
    (place,) = json.loads(kept.value.request.post_data or "")["places"]
    stored = page.request.get(f"{address}/api/docs/{place['doc']}").json()["text"]
    assert stored[place["start"] : place["end"]] == "three cranes"
    with page.expect_response("**/api/feedback/*") as gone:
        dialog.get_by_role("button", name="Undo").click()
    assert gone.value.status == 200


def test_a_question_that_takes_long_can_be_cancelled(visit: Window) -> None:
    page = visit(f"/?q={quote(QUESTION)}")
    expect(page.locator(".fs-card").first).to_be_visible()
    held: list[Route] = []
    # As if others were before it.
    page.route("**/gradio_api/run/predict**", lambda route: held.append(route))
    ask(page, UNKNOWN)
    with page.expect_response("**/api/cancel") as asked:
        page.get_by_role("button", name="Cancel", exact=True).click()
    assert asked.value.status == 200
    assert page.locator("#fs-shown").get_attribute("aria-busy") == "true"
    held[0].continue_()
    expect(page.locator("#fs-shown")).to_have_attribute("aria-busy", "false")
    expect(page.locator(".fs-cancel")).to_have_count(0)
