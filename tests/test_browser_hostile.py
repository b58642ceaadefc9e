"""Documents, names, questions and addresses that want to be more than text, on every page."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.app_server import Window, indexed, watched
from tests.conftest import CORPUS, write_files

pytestmark = pytest.mark.browser

RUN = "window.hacked=1"
SNIPPETS = (
    f"<script>{RUN}</script>",
    f'<img src=x onerror="{RUN}">',
    f"<svg onload={RUN}>",
    f'" onmouseover="{RUN}" autofocus onfocus="{RUN}',
    f"' onclick='{RUN}'",
    f"${{{RUN}}}",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
    f"[a](javascript:{RUN}) ![b](http://evil.example/x.png) <http://evil.example/>",
    "\u202egnp.exe\u202c\u2066rtl\u2069",
    "</bdi></mark></div></section></dialog><base href=//evil.example/>",
)
ALL = " ".join(SNIPPETS)
FLAT = ALL.replace('"', "'")
TITLE = f'---\ntitle: "{FLAT}"\nlang: en\n---\n'
VAULT = f"{TITLE}# {ALL}\n\nThe vault of Grimholt is opened with {ALL} and a key.\n"
LONG_LINE = "The cellar of Grimholt is long. " + "drip " * 200_000
NAMES = (f"<img src=x onerror={RUN}>.txt", f"${{{RUN}}} {{{{1}}}}.txt", "a'b\"c`d.txt")
HOVER = """parts => parts.slice(0, 12).forEach(
    one => one.dispatchEvent(new MouseEvent("mouseover", {bubbles: true})))"""
QUESTION = "How is the vault of Grimholt opened?"
PARAMETERS = [f"?q={quote(ALL)}", f"?q={quote(QUESTION)}&lang={quote(ALL)}&doc={quote(ALL)}"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {**CORPUS, "vault.md": VAULT, "long.txt": LONG_LINE}
    files |= dict.fromkeys(NAMES, f"A note. {ALL}")
    corpus = write_files(tmp_path_factory.mktemp("hostile") / "corpus", files)
    (corpus / f"<b onclick={RUN}>broken.pdf").write_bytes(b"no PDF")
    return corpus


@pytest.fixture(scope="module")
def address(corpus: Path) -> Iterator[str]:
    with indexed(corpus) as address:
        yield address


def harmless(page: Page) -> None:
    """Nothing ran, nothing of a document became an element, nothing turns the text round."""
    page.wait_for_function("!document.querySelector('[aria-busy=true]')")
    assert page.evaluate("window.hacked") is None
    shown = page.locator("#fs-shown, #fs-others, dialog")
    assert shown.locator("script, svg, b, base, img:not(.fs-sheet img)").count() == 0
    assert page.locator("[onerror], [onload], [onclick], [onmouseover], [onfocus]").count() == 0
    assert page.locator("[href^='javascript:'], [href*='evil.example']").count() == 0
    text = page.evaluate("document.body.innerText + document.title")
    assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    page.locator("#fs-shown :is(mark, bdi, .fs-chip, button)").evaluate_all(HOVER)
    assert page.evaluate("window.hacked") is None


def ids(address: str) -> dict[str, str]:
    listed = httpx.get(f"{address}/api/docs").json()["documents"]
    return {one["doc"]: one["doc_id"] for one in listed}


def test_an_answer_from_a_hostile_document(visit: Window) -> None:
    page = visit(f"/?q={quote(QUESTION)}")
    card = page.get_by_role("article").filter(has_text="opened with")
    expect(card.first).to_contain_text("<script>window.hacked=1</script>")
    harmless(page)
    page.get_by_role("button", name="Markdown", exact=True).first.click()
    assert "![b](http" not in page.evaluate("navigator.clipboard.readText()")
    card.get_by_role("button", name="Open in document").first.click()
    expect(page.get_by_role("dialog").locator("mark")).to_contain_text("and a key.")
    harmless(page)


def test_a_line_of_a_megabyte_is_read_in_parts(visit: Window, address: str) -> None:
    page = visit("/?q=How+long+is+the+cellar+of+Grimholt%3F")
    expect(page.locator(".fs-card").first).to_be_visible()
    harmless(page)
    assert page.evaluate("document.querySelector('#fs-shown').innerHTML.length") < 200_000
    reading = visit(f"/sources?doc={ids(address)['long.txt']}&start=0&end=31")
    expect(reading.locator(".fs-body mark")).to_have_text("The cellar of Grimholt is long.")
    assert len(reading.locator(".fs-body .fs-text").inner_text()) < 50_000
    harmless(reading)


@pytest.mark.parametrize("query", PARAMETERS)
def test_a_hostile_question(visit: Window, query: str) -> None:
    page = visit(f"/{query}")
    expect(page.locator("#fs-shown :is(.fs-result, .fs-error)").first).to_be_visible()
    harmless(page)
    page.locator("#fs-question textarea").fill(ALL * 20)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#fs-shown :is(.fs-result, .fs-error)").first).to_be_visible()
    harmless(page)


def test_a_hostile_document_is_read(visit: Window, address: str) -> None:
    for source in ("vault.md", NAMES[0]):
        page = visit(f"/sources?doc={ids(address)[source]}&start=0&end=40")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator(".fs-body mark")).to_be_visible()
        expect(page.get_by_role("region", name="Also in other documents")).to_be_visible()
        harmless(page)


@pytest.mark.parametrize("path", ["sources", "documents", "evaluate"])
def test_lists_of_hostile_names_and_addresses(visit: Window, path: str) -> None:
    page = visit(f"/{path}?doc={quote(ALL)}&q={quote(ALL)}&{quote(ALL)}={quote(ALL)}#{quote(ALL)}")
    expect(page.locator("#fs-shown > *").first).to_be_attached()
    harmless(page)
    if path == "documents":
        expect(page.get_by_text("onclick=window.hacked=1>broken.pdf").first).to_be_visible()
        page.get_by_role("textbox", name="Filter").fill(SNIPPETS[1])
        expect(page.get_by_text("No document matches.")).to_be_visible()
        harmless(page)


def test_a_hostile_test_set(browser: Browser, address: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"id": "<script>window.hacked=1</script>", "question": ')
    with watched(browser, address, refused="400") as go:  # the browser itself notes it
        page = go("/evaluate")
        expect(page.locator("#fs-shown .fs-empty")).to_be_visible()
        page.locator("#fs-files").set_input_files(bad)
        expect(page.locator("#fs-notice")).to_contain_text("bad.jsonl, line 1")
        harmless(page)


def test_a_hostile_upload(visit: Window, tmp_path: Path) -> None:
    page = visit("/documents")
    expect(page.get_by_role("table")).to_be_visible()
    file = tmp_path / f"x onerror={RUN} ${{1}} {{{{1}}}} '.md"
    file.write_text(VAULT)
    page.locator("#fs-files").set_input_files(file)
    expect(page.get_by_text("Added: uploads/x onerror")).to_be_visible()
    row = page.get_by_role("row", name="uploads/x onerror")
    row.get_by_role("button", name="Remove").click()
    harmless(page)
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Removed:")).to_be_visible()
    harmless(page)
