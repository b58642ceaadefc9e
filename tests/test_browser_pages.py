"""The Sources page in a real Chromium, and what all pages share: width, contrast, keyboard."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from qa import Assistant
from qa.settings import Settings
from tests.app_server import Window, free_port, indexed, served, watched, with_reports
from tests.conftest import CORPUS
from tests.hash_encoder import HashEncoder

pytestmark = pytest.mark.browser

REFERRING = """# Ferries

The ferry is old. See [the chronicle](https://harbour.example/chronicle).

## References

- Quill, M. (1931). Diary of a keeper. Elmstadt Press.
- Brandt, U. (2015). On cranes. Elmstadt Press.
"""
GERMAN = "Der Harbour of Elmstadt wurde 1874 opened, sagt man."
LONG = "One more line of an old ledger.\n\n" * 3_000
TREASURE = "The treasure of Grimholt lies under the third oak."
ASK = "/?q=When+was+the+harbour+of+Elmstadt+opened%3F"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {
        **CORPUS,
        "ledger.txt": f"{LONG}{TREASURE}\n\n{LONG}",
        "leaves.md": "The garden of Elmstadt has 30 lime trees.",
        "guide.txt": "A guide\n\nThe harbour of Elmstadt was opened in 1874, in May.",
        "report.md": REFERRING,
        # The fast encoder knows no languages, only letters.
        "stadt.md": f"---\nlang: de\ndate: 2022-01-10\n---\n{GERMAN}\n",
    }
    return with_reports(tmp_path_factory.mktemp("pages") / "corpus", files)


@pytest.fixture(scope="module")
def address(corpus: Path) -> Iterator[str]:
    with indexed(corpus) as address:
        yield address


def place(address: str, source: str, words: str) -> str:
    """Return the path of the Sources page for ``words`` in a document."""
    listed = httpx.get(f"{address}/api/docs").json()["documents"]
    doc_id = next(one["doc_id"] for one in listed if one["doc"] == source)
    text = httpx.get(f"{address}/api/docs/{doc_id}").json()["text"]
    start = text.index(words)
    return f"/sources?doc={doc_id}&start={start}&end={start + len(words)}"


def test_a_source_opens_at_its_passage_and_back_returns_to_the_answer(visit: Window) -> None:
    page = visit(ASK)
    page.get_by_role("link", name="A guide").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A guide")
    expect(page.locator(".fs-body mark")).to_contain_text("opened in 1874")
    expect(page).to_have_title("Sources · Fundstelle")
    page.get_by_role("button", name="Back").click()
    expect(page.locator(".fs-sentence").first).to_contain_text("1874")
    expect(page.get_by_role("textbox", name="Question")).to_have_value(
        "When was the harbour of Elmstadt opened?"
    )


def test_what_is_typed_before_the_page_has_arrived_is_kept_and_asked(visit: Window) -> None:
    question, calls = "When was the harbour of Elmstadt opened?", "**/run/predict**"
    held: list[Route] = []
    visit.context.route(calls, lambda route: held.append(route))
    with visit.context.expect_event("request", lambda request: "run/predict" in request.url):
        page = visit()
    box = page.get_by_role("textbox", name="Question")
    box.fill(question)
    for one in held:
        one.continue_()
    visit.context.unroute(calls)
    expect(page.get_by_text("documents indexed")).to_be_visible()
    expect(box).to_have_value(question)
    box.press("Enter")
    expect(page.locator(".fs-sentence").first).to_contain_text("1874")


def test_a_passage_deep_in_a_long_document_is_centred_and_the_rest_is_a_step_away(
    visit: Window, address: str
) -> None:
    page = visit(place(address, "ledger.txt", TREASURE))
    mark = page.locator(".fs-body mark")
    expect(mark).to_have_text(TREASURE)
    expect(mark).to_be_in_viewport(ratio=1)
    page.get_by_role("link", name="Later part").click()
    page.wait_for_url("**at=**")
    expect(page.get_by_role("link", name="Earlier part")).to_be_visible()


def test_a_page_of_a_pdf_is_shown_with_a_box_and_turns_and_grows(
    visit: Window, address: str
) -> None:
    page = visit(place(address, "report.pdf", "212 m long"))
    image = page.get_by_role("img", name="Image of page 2")
    expect(image).to_be_visible()
    page.wait_for_function("document.querySelector('.fs-sheet img').naturalWidth === 1000")
    expect(page.get_by_text("Page 2 of 2")).to_be_visible()
    assert coloured(page) > 100
    page.get_by_role("button", name="Larger").click()
    page.wait_for_function("document.querySelector('.fs-sheet img').naturalWidth === 1500")
    page.get_by_role("button", name="Previous page").click()
    expect(page.get_by_role("img", name="Image of page 1")).to_be_visible()
    expect(page.get_by_text("Page 1 of 2")).to_be_visible()


def coloured(page: Page) -> int:
    """Count the pixels of the page's image that are neither black, white nor grey."""
    count = page.evaluate(
        """() => {
          const image = document.querySelector(".fs-sheet img");
          const canvas = document.createElement("canvas");
          [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
          const context = canvas.getContext("2d");
          context.drawImage(image, 0, 0);
          const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
          let count = 0;
          for (let i = 0; i < data.length; i += 4) {
            if (Math.abs(data[i] - data[i + 2]) > 40) count += 1;
          }
          return count;
        }"""
    )
    return int(count)


def test_other_documents_that_say_the_same_are_offered(visit: Window, address: str) -> None:
    page = visit(place(address, "harbour.md", "The harbour of Elmstadt was opened in 1874."))
    also = page.get_by_role("region", name="Also in other documents")
    also.get_by_role("link", name="A guide").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A guide")


def test_the_same_fact_is_offered_in_other_languages(visit: Window, address: str) -> None:
    page = visit(place(address, "harbour.md", "The harbour of Elmstadt was opened in 1874."))
    also = page.get_by_role("region", name="Also in other documents")
    german = also.get_by_role("article").filter(has=page.get_by_text("German", exact=True))
    expect(german).to_contain_text("wurde 1874 opened")
    expect(german).to_contain_text("January 10, 2022")
    expect(german.locator("blockquote")).to_have_attribute("lang", "de")
    german.get_by_role("link").click()
    expect(page.locator(".fs-body mark")).to_contain_text("wurde 1874 opened")


def test_what_a_document_refers_to_leads_to_its_place(visit: Window, address: str) -> None:
    page = visit(place(address, "report.md", "The ferry is old."))
    references = page.locator(".fs-references")
    references.locator("summary").click()
    expect(references.get_by_role("listitem")).to_have_count(3)
    expect(references).to_contain_text("https://harbour.example/chronicle")
    # An address is text: whoever follows it leaves this computer.
    assert references.locator("a[href^='http']").count() == 0
    references.get_by_role("link", name="Quill, M. (1931)").click()
    expect(page.locator(".fs-body mark")).to_contain_text("Diary of a keeper")


@pytest.mark.parametrize(
    "query",
    [
        "doc=unknown&start=0&end=5",
        "doc=%3Cscript%3Ewindow.hacked=1%3C/script%3E",
        "doc=../../etc/passwd&start=0&end=5",
        "doc=a&start=-1&end=99999999999999999999",
        "doc=a&start=${window.hacked=1}&end={{1}}",
    ],
)
def test_forged_addresses_are_explained(visit: Window, query: str) -> None:
    page = visit(f"/sources?{query}")
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.evaluate("window.hacked") is None


def test_spans_beyond_the_text_show_the_document(visit: Window, address: str) -> None:
    path = place(address, "leaves.md", "garden").partition("&")[0]
    page = visit(f"{path}&start=500&end=900&at=7000")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_changed_file_is_said_to_be_so_before_its_text(
    visit: Window, address: str, corpus: Path
) -> None:
    path = place(address, "leaves.md", "30 lime trees")
    (corpus / "leaves.md").write_text("The garden of Elmstadt has 31 lime trees.")
    page = visit(path)
    expect(page.locator(".fs-warning")).to_contain_text("has changed since it was indexed")
    expect(page.locator(".fs-body mark")).to_have_text("30 lime trees")


@pytest.mark.parametrize("lang", ["de-DE", "ja-JP"])
def test_the_narrowest_phone_needs_no_sideways_scrolling(
    browser: Browser, address: str, lang: str
) -> None:
    with watched(browser, address, locale=lang) as go:
        for path in ("/documents", "/sources", place(address, "report.pdf", "212 m long")):
            page = go(path, width=360, height=740)
            expect(page.locator("#fs-shown :is(table, ul, .fs-text)").first).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= 360
            edges = page.locator(".fs-header :is(a, button, span)").evaluate_all(
                "all => all.map(one => one.getBoundingClientRect().right)"
            )
            assert max(edges) <= 360  # what is beyond is cut off, and nothing scrolls


# Answers and sources in all ways, pages that are made of the same pieces in half of them; other
# languages change names and lengths, but no colours.
EVERY = ((1280, False), (390, True), (1280, True), (390, False))


@pytest.mark.parametrize(
    ("lang", "ways"), [("en-GB", EVERY), ("de-DE", EVERY[1::-1]), ("ja-JP", EVERY[:2])]
)
def test_axe_finds_nothing(
    browser: Browser, address: str, lang: str, ways: tuple[tuple[int, bool], ...]
) -> None:
    pdf = place(address, "report.pdf", "212 m long")
    # A colour that is still on its way to another one has no contrast to speak of.
    with watched(browser, address, locale=lang, reduced_motion="reduce") as go:
        unknown = "/sources?doc=nope"
        for path in ("/", ASK, "/?q=Why+do+penguins+swim%3F", pdf, unknown, "/documents"):
            page = go(path)
            shown = "#fs-shown :is(.fs-empty, .fs-result, .fs-reading, .fs-error, table)"
            expect(page.locator(shown).first).to_be_visible()
            page.wait_for_function("!document.querySelector('[aria-busy=true]')")
            for width, dark in ways if path in (ASK, pdf) else ways[: len(ways) // 2]:
                page.set_viewport_size({"width": width, "height": 844})
                page.emulate_media(color_scheme="dark" if dark else "light")
                page.wait_for_function(
                    f"document.body.classList.contains('dark') === {str(dark).lower()}"
                )
                found = Axe().run(page, options={"resultTypes": ["violations"]}).response
                said = [(one["id"], one["nodes"][0]["html"][:200]) for one in found["violations"]]
                assert said == [], (path, width, dark)
            page.close()


def test_a_dark_screen_has_dark_pages(browser: Browser, address: str) -> None:
    with watched(browser, address, color_scheme="dark") as go:
        page = go("/")
        expect(page.locator(".fs-empty")).to_be_visible()
        expect(page.locator("body")).to_have_class("dark")
        shade = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert shade == "rgb(19, 22, 27)"


def test_the_whole_way_by_keyboard(visit: Window) -> None:
    page = visit()
    expect(page.locator(".fs-empty")).to_be_visible()
    page.get_by_role("textbox", name="Question").focus()
    page.keyboard.type("When was the harbour of Elmstadt opened?")
    page.keyboard.press("Enter")
    chip = page.get_by_role("button", name="Source 1:")
    expect(chip).to_be_visible()
    reach(page, "fs-chip")
    page.keyboard.press("Enter")
    expect(page.locator("#source-1")).to_be_focused()
    reach(page, "fs-open")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".fs-body mark")).to_contain_text("1874")
    reach(page, "fs-back")
    page.keyboard.press("Enter")
    expect(page.locator(".fs-sentence").first).to_be_visible()


def reach(page: Page, name: str) -> None:
    """Press Tab until something of the class ``name`` has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if name in page.evaluate("document.activeElement.className"):
            return
    raise AssertionError(f"Tab does not reach {name}")


@pytest.mark.parametrize("path", ["/", ASK])
def test_skipping_to_the_content_stays_on_the_page(visit: Window, path: str) -> None:
    page = visit(path)
    expect(page.locator(".fs-empty, .fs-card").first).to_be_visible()
    before = page.url
    page.evaluate("window.kept = 'kept'")
    page.locator(".fs-skip").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#fs-main")).to_be_focused()
    assert (page.url, page.evaluate("window.kept")) == (before, "kept")


def test_what_is_too_long_for_an_address_is_asked_with_its_filters(visit: Window) -> None:
    page = visit(f"{ASK}&lang=de")
    expect(page.get_by_role("checkbox", name="German")).to_be_checked()
    page.locator("input[name=doc]").fill("*.md")
    page.get_by_role("textbox", name="Question").fill("港" * 900)
    with page.expect_request("**/run/predict**") as sent:
        page.get_by_role("button", name="Ask", exact=True).click()
    asked = json.loads(json.loads(sent.value.post_data or "")["data"][0])
    assert (asked["question"], asked["lang"], asked["doc"]) == ("港" * 900, ["de"], ["*.md"])


def test_a_citation_is_copied_where_browsers_withhold_their_clipboard(visit: Window) -> None:
    page = visit(ASK)
    button = page.locator("#source-1 .fs-copy").first
    expect(button).to_have_text("Copy citation")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    button.click()
    expect(button).to_have_text("Copied")
    expect(button).to_have_text("Copy citation")
    box = page.get_by_role("textbox", name="Question")
    box.fill("")
    box.press("ControlOrMeta+V")
    expect(box).to_have_value(re.compile("^“The harbour of Elmstadt was opened in 1874"))
    page.evaluate("document.execCommand = () => false")
    button.click()
    expect(button).to_have_text("It cannot be copied")


@pytest.mark.parametrize(
    ("status", "said"), [(401, "Reload the page to log in again."), (429, "Wait a moment")]
)
def test_why_a_question_was_refused_is_said(
    browser: Browser, address: str, status: int, said: str
) -> None:
    with watched(browser, address, refused=str(status)) as go:
        page = go(ASK)
        expect(page.locator(".fs-card").first).to_be_visible()
        refused = {"error": {"code": "refused", "message": "Refused.", "hint": ""}}
        for path in ("**/gradio_api/run/predict**", "**/api/feedback"):
            page.route(path, lambda route: route.fulfill(status=status, json=refused))
        page.locator("[data-verdict=right]").click()
        expect(page.locator(".fs-judging")).to_contain_text(said)
        page.get_by_role("textbox", name="Question").press("Enter")
        expect(page.get_by_role("alert")).to_contain_text(said)


def test_a_window_notices_what_a_page_must_not_do(visit: Window) -> None:
    """What every other test in a browser rests on."""
    other = "http://evil.example"
    for script, event, noticed in (
        (f"new Image().src = '{other}/x.png'", "console", "evil.example/x.png"),
        (f"fetch('{other}/y').catch(() => null)", "console", "evil.example/y"),
        (f"open('{other}/popup')", "request", "evil.example/popup"),
        ("console.error('broken')", "console", "broken"),
        ("setTimeout(() => { throw new Error('thrown') })", "weberror", "thrown"),
    ):
        page = visit()
        expect(page.locator(".fs-empty")).to_be_visible()
        with visit.context.expect_event(event):
            page.evaluate(f"() => {{ {script}; }}")
        with pytest.raises(AssertionError, match=noticed):
            visit.tidy()


def test_a_server_that_comes_back_answers_what_was_asked_meanwhile(
    browser: Browser, tmp_path: Path, corpus: Path
) -> None:
    index, port = tmp_path / "index", free_port()
    Assistant.build(corpus, index, HashEncoder(), Settings(threshold=1e-6)).index.close()
    page = browser.new_page()
    with served(index, port=port) as (address, _):
        page.goto(f"{address}/?q=When+was+the+harbour+opened%3F")
        expect(page.locator(".fs-sentence").first).to_contain_text("1874")
    page.get_by_role("textbox", name="Question").fill("Wer leitet den Hafen von Elmstadt?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Fundstelle does not answer.")
    with served(index, port=port):
        expect(page.locator(".fs-sentence").first).to_contain_text("Ute Brandt")
        page.close()
