"""The Ask page in a real Chromium, served by the real command."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from qa import Assistant
from tests.app_server import Window, pdf_text, served, watched
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
BAKERY = "# Bakery\n\n## When does the bakery open?\n\nThe bakery opens at six.\n"
ROOMS = "".join(f"Room {n}: dust, cobwebs, silence.\n\n" for n in range(200))
CASTLE = "The castle of Arnfels hides 17 golden cups in its cellar.\n\n"
QUESTION = "When was the harbour of Elmstadt opened?"
VAULT = "How is the vault of Grimholt opened?"
CUPS = "How many golden cups does the castle of Arnfels hide in its cellar?"
UNKNOWN = "Why do penguins swim?"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("browser")


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    """The address of the running app over a small index."""
    extra = {
        "bakery.md": BAKERY,
        "vault.md": HOSTILE,
        "castle.txt": f"Arnfels 😀\n\n{ROOMS}{CASTLE}{ROOMS}",
    }
    corpus = write_files(home / "corpus", {**CORPUS, **extra})
    Assistant.build(corpus, home / "index", HashEncoder()).index.close()
    with served(home / "index") as (address, _):
        yield address


def ask(page: Page, question: str) -> None:
    expect(page.locator(".fs-empty, .fs-result, .fs-error").first).to_be_visible()
    box = page.get_by_role("textbox", name="Question")
    box.fill(question)
    box.press("Enter")


def left_of(locator: Locator) -> float:
    expect(locator).to_be_visible()
    return float(locator.evaluate("element => element.getBoundingClientRect().x"))


def test_a_question_is_answered_with_sources_that_open_at_their_place(visit: Window) -> None:
    page = visit()
    expect(page.get_by_text("9 documents indexed")).to_be_visible()
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
    expect(dialog.locator(".fs-meta")).to_have_text("EnglishMay 4, 2021harbour.md")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_first_visitor_is_offered_questions_that_the_documents_answer(visit: Window) -> None:
    page = visit()
    page.get_by_role("button", name="When does the bakery open?").click()
    expect(page.get_by_role("region", name="Answer")).to_contain_text("opens at six")
    expect(page).to_have_url(re.compile(r"\?q=When"))


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
    expect(page.get_by_role("button", name="Right, it is not")).to_be_visible()
    page.goto(f"{page.url}&lang=en")  # which says nothing of the other languages
    expect(page.get_by_role("button", name="It is in there")).to_be_visible()
    expect(page.get_by_role("button", name="Right, it is not")).to_have_count(0)


def test_an_empty_question_is_explained(visit: Window) -> None:
    page = visit()
    expect(page.get_by_text("documents indexed")).to_be_visible()
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("alert")).to_contain_text("empty")


TOP = "document.getElementById('source-1').getBoundingClientRect().top"


def test_back_returns_to_the_answer_as_it_was(visit: Window) -> None:
    page = visit(f"/?q={quote(QUESTION)}&lang=en", width=390, height=500)
    english = page.get_by_role("checkbox", name="English")
    box = page.get_by_role("textbox", name="Question")

    def as_it_was(top: float) -> None:
        expect(page.locator("#source-1")).to_contain_text("The harbour of Elmstadt")
        expect(box).to_have_value(QUESTION)
        expect(english).to_be_checked()
        page.wait_for_function(f"Math.abs({TOP} - {top}) < 2")

    expect(english).to_be_checked()
    page.evaluate("scrollTo(0, 210)")
    top = page.evaluate(TOP)
    page.locator("#source-1 h3 a").evaluate("link => link.click()")  # without scrolling to it
    expect(page.locator(".fs-body mark")).to_be_visible()
    page.get_by_role("button", name="Back").click()
    as_it_was(top)

    # And from another answer, which was read elsewhere.
    english.evaluate("box => { box.checked = false; }")
    box.fill("Wann fährt die Fähre nach Norderholm?")
    top = page.evaluate(TOP)
    box.press("Enter")
    expect(page.locator(".fs-answer")).to_contain_text("Fähre")
    page.evaluate("scrollTo(0, 400)")
    assert abs(page.evaluate(TOP) - top) > 50
    page.go_back()
    as_it_was(top)


def test_the_interface_speaks_the_language_of_the_browser_or_the_chosen_one(
    browser: Browser, address: str
) -> None:
    with watched(browser, address, locale="de-CH") as go:
        page = go(f"/?q={quote(QUESTION)}")
        expect(page.get_by_role("button", name="Fragen")).to_be_visible()
        expect(page.get_by_text("4. Mai 2021").first).to_be_visible()
        page.get_by_role("button", name="日本").click()
        expect(page.get_by_role("button", name="質問", exact=True)).to_be_visible()
        expect(page.get_by_text("2021年5月4日").first).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", "ja")
        page.reload()
        expect(page.get_by_role("textbox", name="質問")).to_have_value(QUESTION)


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
    page.get_by_role("button", name=(example := "When does the bakery open?")).click()
    expect(page.get_by_role("region", name="Answer")).to_contain_text("opens at six")
    page.goto(page.url.partition("?")[0])
    expect(page.locator(".fs-history li").first).to_have_text(example)  # clicked, not typed
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


def copied(page: Page, name: str) -> str:
    """Press the first button of this name and return what it copies."""
    page.evaluate("navigator.clipboard.writeText('')")
    page.locator("#source-1").get_by_role("button", name=name, exact=True).click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text !== '')")
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_a_citation_is_copied_as_markdown_bibtex_and_csl_json(visit: Window, address: str) -> None:
    page = visit(f"/?q={quote(QUESTION)}")
    card = page.locator("#source-1")
    expect(card).to_contain_text("The harbour of Elmstadt")
    quoted = card.locator("mark").inner_text()
    link = f"{address}{str(card.locator('h3 a').get_attribute('href')).removeprefix('.')}"

    assert copied(page, "Markdown") == (
        f"> {quoted}\n>\n> — [The harbour of Elmstadt]({link}), harbour.md, 2021\\-05\\-04"
    )
    bibtex = copied(page, "BibTeX").splitlines()
    assert bibtex[0].startswith("@misc{")
    assert bibtex[-1] == "}"
    for line in (
        "title = {The harbour of Elmstadt}",
        "year = {2021}",
        "month = {05}",
        "howpublished = {harbour.md}",
        f"note = {{“{quoted}”}}",
        f"url = {{{link}}}",
    ):
        assert f"  {line}," in bibtex
    (item,) = json.loads(copied(page, "CSL-JSON"))
    assert item["title"] == "The harbour of Elmstadt"
    assert item["issued"] == {"date-parts": [[2021, 5, 4]]}
    assert (item["note"], item["URL"], item["type"]) == (quoted, link, "document")


def test_an_answer_is_taken_along_with_its_sources_and_those_who_say_the_same(
    visit: Window,
) -> None:
    page = visit(f"/?q={quote(QUESTION)}")
    also = page.locator(".fs-agreeing li").first
    title, other = (also.locator(one).text_content() or "" for one in ("a", "blockquote"))
    page.locator(".fs-agreeing").evaluate("list => { list.open = false; }")
    quoted = page.locator("#source-1 mark").inner_text()
    texts = {"PDF": pdf_text(page)}
    for name, start in (("Markdown", f"# {QUESTION}"[:20]), ("HTML", "<!doctype html>")):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Save as {name}").click()
        texts[name] = download.value.path().read_text("utf-8")
        assert texts[name].startswith(start)
    for name, text in texts.items():
        for part in (quoted, "harbour.md", "Also in", title.split()[0], other):
            assert part in text, (name, part)
    assert "Save as" not in texts["PDF"]
    assert "Copy citation" not in texts["PDF"]


AT_ONCE = """new MutationObserver((_, observer) => {
  const button = document.querySelector("[data-verdict=right]");
  if (!button) return;
  observer.disconnect();
  button.click();
}).observe(document, { childList: true, subtree: true });"""
REDRAW = """() => {
  const place = document.getElementById("fs-place");
  place.replaceWith(place.cloneNode(false));
}"""


def test_a_verdict_becomes_a_test_question_and_can_be_taken_back(visit: Window) -> None:
    page = visit()
    page.evaluate(AT_ONCE)
    ask(page, QUESTION)  # and judge the answer as soon as it is there
    undo = page.locator(".fs-judging").get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    page.evaluate(REDRAW)  # as Gradio may at any time
    with page.expect_response("**/api/feedback/*") as gone:
        undo.click()
    assert gone.value.status == 200
    expect(page.get_by_role("button", name="right", exact=True)).to_be_visible()


def test_a_verdict_belongs_to_one_answer(visit: Window) -> None:
    page = visit(f"/?q={quote(QUESTION)}")
    page.get_by_role("button", name="right", exact=True).click()
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    ask(page, "Wann fährt die Fähre nach Norderholm?")
    wrong = page.get_by_role("button", name="wrong", exact=True)
    expect(wrong).to_be_visible()
    told: list[str] = []
    page.on("request", lambda request: told.append(request.method))
    wrong.click()
    expect(undo).to_be_focused()
    undo.click()
    expect(wrong).to_be_visible()
    assert told == ["POST", "DELETE"]


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


def test_a_question_that_waits_can_be_cancelled(visit: Window, home: Path) -> None:
    page, before = visit(f"/?q={quote(QUESTION)}"), visit()
    expect(page.locator(".fs-card").first).to_be_visible()
    (home / "hold").touch()
    ask(before, "Who will hold the rope?")  # and the server thinks about it
    ask(page, UNKNOWN)
    with page.expect_response("**/api/cancel") as asked:
        page.get_by_role("button", name="Cancel", exact=True).click()
    assert asked.value.json() == {"cancelled": True}
    expect(page.get_by_role("alert")).to_contain_text("The question was cancelled.")
    expect(page.locator(".fs-cancel")).to_have_count(0)
    expect(before.locator("#fs-shown")).to_have_attribute("aria-busy", "true")
    ask(page, QUESTION)
    (home / "hold").unlink()
    expect(page.get_by_role("region", name="Answer")).to_contain_text("1874")
    expect(before.locator("#fs-shown .fs-result")).to_be_visible()


def test_a_server_that_is_gone_is_said_to_be(browser: Browser, address: str) -> None:
    with watched(browser, address, refused="502") as go:
        page = go(f"/?q={quote(QUESTION)}")
        expect(page.locator(".fs-card").first).to_be_visible()
        page.route("**/gradio_api/run/predict**", lambda route: route.fulfill(status=502, body=""))
        ask(page, UNKNOWN)
        expect(page.get_by_role("alert")).to_contain_text("Fundstelle does not answer.")
        expect(page.locator("#fs-shown .fs-result")).to_have_count(0)
