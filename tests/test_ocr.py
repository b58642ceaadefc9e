"""Text recognition: pages that are pictures are found, cited and marked like others."""

import os
import shutil
from pathlib import Path

import pytest

from qa.cli import main
from qa.documents import read_document
from qa.documents.pages import span_boxes
from qa.errors import DocumentError, InputError
from qa.settings import Settings
from qa.sync import preview, sync
from tests.conftest import write_files
from tests.hash_encoder import HashEncoder
from tests.pdf_files import lines, pdf, picture_of, scan
from tests.syncing import opened

TEXT = "The harbour has three cranes."
PAGES = (lines("A first page with a text layer."), picture_of(TEXT), scan, lines("The end."))

needs_tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="tesseract is not installed (Debian: tesseract-ocr)"
)


@needs_tesseract
def test_recognised_text_stands_on_its_page_with_boxes(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(*PAGES))
    document = read_document(tmp_path / "a.pdf", "a.pdf", ocr=True)
    assert document.text == f"A first page with a text layer.\n\n{TEXT}\n\nThe end."
    assert document.pages_without_text == (3,)
    start = document.text.index("three cranes")
    assert document.page_at(start) == 2
    assert document.page_at(document.text.index("The end")) == 4
    boxes = span_boxes(tmp_path / "a.pdf", document, 2, (start, start + 12))
    whole = span_boxes(tmp_path / "a.pdf", document, 2, (0, len(document.text)))
    assert len(boxes) == len(whole) == 1
    # The picture is 500 of 595 points wide; the words are the last half of its line.
    assert 0.25 < boxes[0].left < boxes[0].left + boxes[0].width < 0.65
    assert boxes[0].left > whole[0].left + whole[0].width / 3
    assert span_boxes(tmp_path / "a.pdf", document, 1, (2, 7))


@needs_tesseract
def test_the_wish_reads_again_what_had_no_text_and_stays_with_the_index(tmp_path: Path) -> None:
    root, index = tmp_path / "root", tmp_path / "index"
    root.mkdir()
    (root / "mixed.pdf").write_bytes(pdf(*PAGES[:2]))
    (root / "scan.pdf").write_bytes(pdf(picture_of("Only a picture of words.")))
    (root / "plain.txt").write_text("Unchanged.")
    first = sync(index, root, HashEncoder(), Settings())
    assert [failed.file for failed in first.failed] == ["mixed.pdf", "scan.pdf"]
    assert all("--ocr" in failed.reason for failed in first.failed[:1])
    again = sync(index, root, HashEncoder(), Settings(ocr=True))
    assert (again.added, again.changed, again.unchanged, again.failed) == (1, 1, 1, ())
    with opened(index) as reader:
        assert reader.settings.ocr
    assert sync(index, root, HashEncoder(), Settings(ocr=True)).unchanged == 3


@needs_tesseract
def test_a_page_without_words_stays_without_text(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(scan))
    with pytest.raises(DocumentError) as raised:
        read_document(tmp_path / "a.pdf", "a.pdf", ocr=True)
    assert raised.value.code == "document_no_text"


def test_a_page_that_tesseract_cannot_read_costs_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = write_files(tmp_path / "bin", {"tesseract": "#!/bin/sh\nexit 1\n"})
    (broken / "tesseract").chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken}:{os.environ['PATH']}")
    root, index = write_files(tmp_path / "root", {"plain.txt": "Unchanged."}), tmp_path / "index"
    (root / "mixed.pdf").write_bytes(pdf(*PAGES[:2]))
    (root / "scan.pdf").write_bytes(pdf(picture_of("Only a picture of words.")))
    report = sync(index, root, HashEncoder(), Settings(ocr=True))
    assert (report.added, [one.file for one in report.failed]) == (2, ["mixed.pdf", "scan.pdf"])
    assert "tesseract" in report.failed[1].reason
    plan = preview(index, root, ocr=False)
    assert {one.candidate.source for one in plan.steps} == {"mixed.pdf", "scan.pdf"}
    again = sync(index, root, HashEncoder(), Settings(ocr=False))
    assert "tesseract" not in again.failed[1].reason


def test_without_tesseract_it_is_said_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "a.pdf").write_bytes(pdf(scan))
    with pytest.raises(DocumentError) as raised:
        read_document(tmp_path / "a.pdf", "a.pdf")
    assert "tesseract-ocr" in raised.value.hint
    with pytest.raises(DocumentError) as failed:
        read_document(tmp_path / "a.pdf", "a.pdf", ocr=True)
    assert failed.value.code == "ocr_failed"


def test_the_option_is_refused_where_there_is_no_tesseract(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError) as raised:
        main(["--debug", "index", str(tmp_path), "--index", str(tmp_path / "index"), "--ocr"])
    assert raised.value.code == "ocr_unavailable"
    assert "--no-ocr" in raised.value.hint
