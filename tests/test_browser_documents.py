"""The Documents page in a real Chromium: adding, removing, watching, stopping."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.app_server import Window, indexed, pdf_text, watched, with_reports
from tests.conftest import CORPUS, write_files

pytestmark = pytest.mark.browser

LINE, LINES = "One more line of an old ledger.\n\n", 200
HOSTILE_NAME = '<img src=x onerror="window.hacked=1"> ${window.hacked=1}.txt'


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {**CORPUS, HOSTILE_NAME: "Nothing but text.", "ledger.txt": LINES * LINE}
    return with_reports(tmp_path_factory.mktemp("documents") / "corpus", files)


@pytest.fixture(scope="module")
def address(corpus: Path) -> Iterator[str]:
    with indexed(corpus) as address:
        yield address


def test_the_documents_are_listed_with_the_reason_for_failures(visit: Window) -> None:
    page = visit("/documents")
    table = page.get_by_role("table")
    expect(table.get_by_role("row", name="broken.pdf")).to_contain_text("damaged")
    expect(table.get_by_role("row", name="Bridges")).to_contain_text("2")
    expect(table.get_by_text("<img src=x onerror").first).to_be_visible()
    assert page.evaluate("window.hacked") is None
    page.get_by_role("textbox", name="Filter").fill("hafen")
    expect(table.get_by_role("row")).to_have_count(2)
    table.get_by_role("link", name="Der Hafen von Elmstadt").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Der Hafen von Elmstadt")


def test_on_paper_a_document_is_whole_and_nothing_stands_beside_it(visit: Window) -> None:
    page = visit("/documents")
    expect(page.get_by_role("table")).to_be_visible()
    printed = pdf_text(page)
    assert "Das Museum" in printed
    assert not [word for word in ("Drop files", "Synchronise", "✕") if word in printed]
    page.get_by_role("link", name="ledger").click()
    expect(page.locator("h1")).to_have_text("ledger")
    printed = pdf_text(page)
    assert printed.count(LINE.strip()) == LINES
    assert not [word for word in ("Back", "Save the file") if word in printed]
    page = visit("/evaluate")
    expect(page.locator(".fs-empty")).to_be_visible()
    assert "Upload" not in pdf_text(page)


def test_back_returns_to_the_filter_and_the_place(visit: Window) -> None:
    page = visit("/documents", height=300)
    box, rows = page.get_by_role("textbox", name="Filter"), page.get_by_role("row")
    expect(page.get_by_role("table")).to_be_visible()
    box.fill("d")
    expect(page.get_by_role("row", name="minato.txt")).to_have_count(0)
    shown = rows.count()
    page.evaluate("scrollTo(0, 120)")
    page.get_by_role("link", name="Der Hafen").evaluate("link => link.click()")
    expect(page.locator("h1")).to_have_text("Der Hafen von Elmstadt")
    page.go_back()
    expect(box).to_have_value("d")
    expect(rows).to_have_count(shown)
    page.wait_for_function("Math.abs(scrollY - 120) < 2")


def test_an_upload_is_indexed_answers_and_can_be_removed_and_brought_back(
    visit: Window, corpus: Path, tmp_path: Path
) -> None:
    bakery = tmp_path / "bakery.md"
    bakery.write_text("# The bakery\n\nThe bakery of Elmstadt sells 14 kinds of bread.\n")
    page = visit("/documents")
    page.locator("#fs-files").set_input_files(str(bakery))
    row = page.get_by_role("row", name="The bakery")
    expect(row).to_contain_text("indexed")
    expect(page.get_by_text("Added: uploads/bakery.md")).to_be_visible()

    row.get_by_role("button", name="Remove The bakery").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Keep")).to_be_focused()
    dialog.get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)
    assert not (corpus / "uploads" / "bakery.md").exists()
    page.get_by_role("button", name="Undo").click()
    expect(row).to_contain_text("indexed")
    assert (corpus / "uploads" / "bakery.md").exists()

    page.goto(page.url.replace("/documents", "/?q=How+many+kinds+of+bread%3F"))
    expect(page.locator(".fs-card").first).to_contain_text("14 kinds of bread")


def test_what_cannot_be_brought_back_yet_can_be_later(
    browser: Browser, address: str, corpus: Path
) -> None:
    with watched(browser, address, refused="409") as go:
        page = go("/documents")
        row = page.get_by_role("row", name="Das Museum")
        row.get_by_role("button", name="Remove Das Museum").click()
        page.get_by_role("dialog").get_by_role("button", name="Remove").click()
        expect(row).to_have_count(0)
        write_files(corpus, {"museum.html": "New."})
        undo = page.get_by_role("button", name="Undo")
        undo.click()
        expect(page.get_by_text("Rename it, then try again.")).to_be_visible()
        (corpus / "museum.html").rename(corpus / "new.html")
        undo.click()
        expect(row).to_contain_text("indexed")
        expect(undo).to_have_count(0)


def test_an_upload_that_is_no_document_is_explained(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    blob = tmp_path / "blob.txt"
    blob.write_bytes(b"a\x00b" * 10)
    with watched(browser, address, refused="415") as go:  # the browser itself notes it
        page = go("/documents")
        page.locator("#fs-files").set_input_files(str(blob))
        expect(page.get_by_text("is not what its name says")).to_be_visible()


def test_what_fails_is_said_in_the_language_of_the_reader(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    files = {"run.exe": "MZ", "leer.md": "", "mine.jsonl": "{oops"}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    page = browser.new_page(locale="de-DE")
    page.goto(f"{address}/documents")
    expect(page.get_by_role("table")).to_be_visible()
    notices = page.locator("#fs-notices li")
    page.locator("#fs-files").set_input_files(tmp_path / "run.exe")
    expect(notices.last).to_contain_text("run.exe: Dateien dieser Art können nicht gelesen werden.")
    page.locator("#fs-files").set_input_files(tmp_path / "leer.md")
    expect(notices.last).to_have_text("leer.md: Die Datei ist leer. Wählen Sie eine andere.")

    page.goto(f"{address}/evaluate")
    page.locator("#fs-files").set_input_files(tmp_path / "mine.jsonl")
    expect(page.locator("#fs-notice")).to_contain_text("Mit diesen Testfragen stimmt etwas nicht.")
    expect(page.locator("#fs-notice")).to_contain_text("line 1")

    page.route("**", lambda route: route.abort())  # as if the server were gone
    page.get_by_role("button", name="Auswerten", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Fundstelle antwortet nicht.")
    toast = page.get_by_text("Connection to the server was lost")
    expect(toast).to_be_attached()
    expect(toast).to_be_hidden()
    page.locator("#fs-files").set_input_files(tmp_path / "mine.jsonl")
    expect(page.locator("#fs-notice")).to_contain_text("Fundstelle antwortet nicht.")
    page.close()


def drag(page: Page, event: str, file: Path) -> None:
    """Let the browser believe that a file of the computer is drawn over the drop area."""
    box = page.locator(".fs-drop").bounding_box()
    assert box is not None
    page.context.new_cdp_session(page).send(
        "Input.dispatchDragEvent",
        {
            "type": event,
            "x": box["x"] + box["width"] / 2,
            "y": box["y"] + box["height"] / 2,
            "data": {"items": [], "files": [str(file)], "dragOperationsMask": 1},
        },
    )


def test_a_file_that_is_dropped_becomes_a_document(
    visit: Window, corpus: Path, tmp_path: Path
) -> None:
    mill = tmp_path / "mill.md"
    mill.write_text("# The mill\n\nThe mill of Elmstadt has 4 sails.\n")
    page = visit("/documents")
    area = page.locator(".fs-drop")
    expect(page.get_by_role("table")).to_be_visible()
    for event in ("dragEnter", "dragOver"):
        drag(page, event, mill)
    expect(area).to_have_class("fs-drop fs-over")
    drag(page, "drop", mill)
    expect(area).to_have_class("fs-drop")
    expect(page.get_by_role("row", name="The mill")).to_contain_text("indexed")
    expect(page).to_have_url(f"{page.url.rpartition('/')[0]}/documents")  # it was not opened
    assert (corpus / "uploads/mill.md").read_bytes() == mill.read_bytes()


def test_a_removal_during_an_evaluation_waits_and_the_report_appears(
    visit: Window, corpus: Path, tmp_path: Path
) -> None:
    hold, tests = corpus.parent / "hold", tmp_path / "held.jsonl"
    source = {"doc": "harbour.md", "quote": "The harbour of Elmstadt was opened in 1874."}
    asked = {"id": "a", "question": "Who can hold the harbour?", "lang": "en", "sources": [source]}
    tests.write_text(json.dumps(asked))
    hold.touch()
    evaluating = visit("/evaluate")
    evaluating.locator("#fs-files").set_input_files(tests)
    expect(evaluating.get_by_role("combobox", name="Test set")).to_have_value("held.jsonl")
    evaluating.get_by_role("button", name="Evaluate").click()
    expect(evaluating.get_by_role("button", name="Stop")).to_be_visible()

    page = visit("/documents")
    expect(page.locator("#fs-progress")).to_have_text("An evaluation is running.")
    page.get_by_role("button", name="Remove Bridges").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.locator("#fs-progress")).to_contain_text("The documents are synchronised after it")
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    hold.unlink()
    expect(page.get_by_role("row", name="Bridges")).to_have_count(0)
    expect(page.get_by_text("The index is up to date.")).to_be_visible()
    expect(evaluating.get_by_role("combobox", name="Report of")).to_have_value("held-1")
    expect(evaluating.locator("#fs-progress")).to_contain_text("The evaluation has finished.")


def test_a_sync_is_watched_and_stopped_after_a_reload_while_others_ask(
    visit: Window, corpus: Path
) -> None:
    notes = {f"many/{n:03}.txt": f"Note {n}: the well of Elmstadt is deep.\n" for n in range(150)}
    hold = corpus.parent / "hold"
    hold.touch()
    write_files(corpus, {**notes, "many/100.txt": "The sailors hold the rope.\n"})
    page = visit("/documents")
    page.get_by_role("button", name="Synchronise").click()
    # The encoder waits at the note with the rope, which is in the fourth portion.
    job = page.locator(".fs-job")
    expect(job).to_contain_text("left")
    page.reload()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(job).to_have_text(re.compile(r"\d\d of 1\d\d files, about .* left"))

    asking = visit("/?q=When+was+the+harbour+of+Elmstadt+opened%3F")
    expect(asking.locator(".fs-sentence").first).to_contain_text("1874")

    page.get_by_role("button", name="Stop").click()
    expect(job).to_contain_text("Stopping")
    hold.unlink()
    expect(page.locator(".fs-job-done")).to_contain_text("Stopped. What was finished is kept.")
    expect(page.locator(".fs-job-done")).to_contain_text("94 files are new or changed")
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    page.get_by_role("textbox", name="Filter").fill("many/")
    expect(page.get_by_role("row")).to_have_count(1 + 56)
    expect(page.get_by_role("row", name="many/100.txt")).to_have_count(0)

    page.get_by_role("button", name="Synchronise").click()
    expect(page.get_by_text("The index is up to date.")).to_be_visible()
    expect(page.get_by_role("row", name="many/100.txt")).to_contain_text("indexed")
