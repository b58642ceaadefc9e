"""PDF: text in reading order with its pages, without headers and footers that repeat."""

import ctypes
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from qa.documents.assembly import Assembled, Row, assemble, make_row
from qa.documents.headings import mark_headings, outline
from qa.documents.layout import Fragment, reading_order
from qa.documents.margins import without_margins
from qa.documents.ocr import HOW_TO_GET, is_available, recognise
from qa.documents.parsed import Parsed, Unreadable, clean, iso_date
from qa.documents.pdfium import PageText, opened, read_page
from qa.text.language import iso_language

_DATE = re.compile(r"D:(\d{4})(\d\d)?(\d\d)?", re.ASCII)
_NAMES = re.compile(
    r"untitled|(?:microsoft )?(?:word|excel|powerpoint) - |"
    r".*\.(?:docx?|pptx?|xlsx?|odt|tex|dvi|indd|qxd|pdf|fm)$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was made of a PDF: its text, traced back to characters, and pages without any."""

    assembled: Assembled
    pages_without_text: tuple[int, ...]


def read(data: bytes, *, ocr: bool = False) -> Parsed:
    """Read a PDF; with ``ocr``, pages that are pictures through tesseract.

    Raises Unreadable: document_encrypted, document_corrupt, document_too_many_pages,
    document_no_text, ocr_failed.
    """
    with opened(data) as document:
        extraction = extract(document)
        blank = extraction.pages_without_text
        found = _recognised(document, blank) if ocr else {}
        metadata = document.get_metadata_dict()
        lang = _language(document)
    recognised = {number: text for number, text in found.items() if isinstance(text, str) and text}
    text, starts = _with_pictures(extraction.assembled, recognised)
    if not text:
        failed = (one for one in found.values() if isinstance(one, Unreadable))
        raise next(failed, _no_text(ocr=ocr))
    return Parsed(
        text=text,
        title=_title(metadata.get("Title", "")),
        hint=lang,
        date=_date(metadata.get("CreationDate", "")),
        metadata={"author": author} if (author := clean(metadata.get("Author"))) else {},
        page_starts=starts,
        pages_without_text=tuple(number for number in blank if number not in recognised),
    )


def _recognised(document: pdfium.PdfDocument, pages: Sequence[int]) -> dict[int, str | Unreadable]:
    """Return the text of pages that are pictures, or why one fails: the others stay."""
    found: dict[int, str | Unreadable] = {}
    for number in pages:
        try:
            found[number] = recognise(document, number).text
        except Unreadable as error:
            found[number] = error
    return found


def _with_pictures(made: Assembled, recognised: Mapping[int, str]) -> tuple[str, tuple[int, ...]]:
    """Put the text of pages that are pictures in its place; they are paragraphs of their own."""
    text, starts, apart = "", [], False
    for number, (start, end) in enumerate(pairwise((*made.page_starts, len(made.text))), 1):
        piece = recognised.get(number) or made.text[start:end]
        if piece:
            if text and (apart or number in recognised):
                text = f"{text.rstrip()}\n\n"
            apart = number in recognised
        starts.append(len(text))
        text += piece
    text = text.rstrip()
    return text, tuple(min(start, len(text)) for start in starts)


def _no_text(*, ocr: bool) -> Unreadable:
    message = "has no text layer on any page: it is a scan or made of pictures."
    hint = "Have its text recognised: qa index --ocr"
    if ocr:
        message = "has no text on any page, and tesseract recognises none."
        hint = (
            "Scan it anew with a higher resolution, or install tesseract's data for its language."
        )
    elif not is_available():
        hint = f"To have its text recognised, {HOW_TO_GET}, then: qa index --ocr"
    return Unreadable("document_no_text", message, hint)


def extract(document: pdfium.PdfDocument) -> Extraction:
    """Read all pages of an open PDF; the same file gives the same text and places each time."""
    pages = [read_page(document, number) for number in range(1, len(document) + 1)]
    rows = [row for page in pages for row in page_rows(page)]
    rows = without_margins(rows, pages)
    mark_headings(rows, outline(document), [page.height for page in pages])
    blank = tuple(page.number for page in pages if page.drawn and not page.chars.strip())
    return Extraction(assemble(rows, len(pages)), blank)


def page_rows(page: PageText) -> list[Row]:
    """Return the lines of a page in the order in which they are read."""
    rows = (make_row(page.number, line, page.chars) for line in reading_order(_visible(page)))
    return [row for row in rows if row.text.strip()]


def _visible(page: PageText) -> list[Fragment]:
    """Leave out what stands outside the page as it is shown."""
    shown = []
    for one in page.fragments:
        sides = (page.width, page.height) if one.quarter % 2 == 0 else (page.height, page.width)
        if 0 <= (one.left + one.right) / 2 <= sides[0] and 0 <= one.middle <= sides[1]:
            shown.append(one)
    return shown


def _title(value: str) -> str:
    title = clean(value)
    return "" if _NAMES.match(title) else title


def _date(value: str) -> str | None:
    found = _DATE.match(value)
    return iso_date("-".join(filter(None, found.groups()))) if found else None


def _language(document: pdfium.PdfDocument) -> str | None:
    size = raw.FPDFCatalog_GetLanguage(document, None, 0)
    if not 2 < size < 100:
        return None
    buffer = (ctypes.c_ushort * (size // 2))()
    raw.FPDFCatalog_GetLanguage(document, buffer, size)
    return iso_language(bytes(buffer).decode("utf-16-le", "replace").rstrip("\0"))
