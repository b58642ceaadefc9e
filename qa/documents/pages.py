"""Pages as pictures, and where on them a span of the stored text stands.

The places come from reading the page, if need be the file, once more with the code that made the
text, and only if the text comes out the same: never from a search.
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from qa.datamodel import Document, Span
from qa.documents import ocr, pdf, pdfium
from qa.documents.archive import source_bytes
from qa.documents.parsed import Unreadable
from qa.documents.placement import Placed, place
from qa.errors import DocumentError, InputError

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfDocument

_KEPT = 4  # files and recognised pages that stay in memory
_MARKER = (255, 224, 102)
_WIDEST = 4000  # pixels

_extractions: OrderedDict[str, pdf.Extraction] = OrderedDict()
_pictures: OrderedDict[tuple[str, int], ocr.OcrPage] = OrderedDict()


class Box(NamedTuple):
    """A place on a page, in fractions of its width and height from the top left."""

    left: float
    top: float
    width: float
    height: float


def span_boxes(path: Path, document: Document, page: int, span: Span) -> list[Box]:
    """Return where ``document.text[start:end]`` stands on ``page`` (from 1), one box a line.

    The part of the span on other pages is left out; ``path`` is the document's source below the
    root, which for a member of an archive is no file of its own.

    Raises:
        InputError: page_unknown; span_invalid.
        DocumentError: document_unreadable; document_changed, if the file is no longer the one
            that was indexed or is read differently by now; what reading it raises.
    """
    data = _checked(path, document, page)
    start, end = span
    if not 0 <= start <= end <= len(document.text):
        message = f"{document.source} has no characters {start} to {end}."
        raise InputError("span_invalid", message, "Take start and end from a citation or hit.")
    try:
        return _boxes(data, document, page, span)
    except Unreadable as error:
        raise _named(error, document) from error


def page_png(
    path: Path, document: Document, page: int, span: Span | None = None, width: int = 1000
) -> bytes:
    """Return ``page`` (from 1) as a PNG, ``width`` pixels wide, with ``span`` marked.

    Raises what :func:`span_boxes` raises, and DocumentError ("page_corrupt").
    """
    data = _checked(path, document, page)
    boxes = span_boxes(path, document, page, span) if span else []
    try:
        with pdfium.opened(data) as opened:
            image = pdfium.render(opened, page, max(1, min(width, _WIDEST)))
    except Unreadable as error:
        raise _named(error, document) from error
    png = BytesIO()
    _marked(image, boxes).save(png, "PNG")
    return png.getvalue()


def _checked(path: Path, document: Document, page: int) -> bytes:
    """Return the bytes of the document's file if it is the one that was indexed."""
    if not document.source.lower().endswith(".pdf"):
        message = f"{document.source} has no pages that can be drawn."
        raise InputError("page_unknown", message, "Only PDF files have; show its text instead.")
    if not 1 <= page <= len(document.page_starts):
        message = f"{document.source} has no page {page}."
        raise InputError("page_unknown", message, f"It has {len(document.page_starts)} pages.")
    try:
        data = source_bytes(path)
    except Unreadable as error:
        raise _named(error, document) from error
    except OSError as error:
        message = f"{document.source} cannot be opened: {error.strerror}."
        hint = "Put the file back, or index again: qa index"
        raise DocumentError("document_unreadable", message, hint) from error
    if sha256(data).hexdigest() != document.sha256:
        raise _changed(document, "has changed since it was indexed.", "qa index")
    return data


def _changed(document: Document, what: str, command: str) -> DocumentError:
    message, hint = f"{document.source} {what}", f"Index again: {command}"
    return DocumentError("document_changed", message, hint)


def _named(error: Unreadable, document: Document) -> DocumentError:
    return DocumentError(error.code, f"{document.source} {error.message}", error.hint)


def _boxes(data: bytes, document: Document, page: int, span: Span) -> list[Box]:
    first, last = _page_span(document.page_starts, page, len(document.text))
    stored = document.text[first:last].rstrip()
    start, end = max(span[0], first) - first, min(span[1], last) - first
    with pdfium.opened(data) as opened:
        rows = pdf.page_rows(pdfium.read_page(opened, page))
        if stored and not rows:
            return _recognised(opened, document, page, (start, end))
        found = place(rows, stored) or _by_the_whole(opened, document, page, stored)
        runs = list(_runs(found.places, found.lines, start, min(end, len(stored))))
        return list(map(_box, pdfium.line_boxes(opened, page, runs)))


def _by_the_whole(opened: "PdfDocument", document: Document, page: int, stored: str) -> Placed:
    """Return the places of a page whose lines alone do not tell, by reading the whole file."""
    made = _extraction(document.sha256, opened).assembled
    first, last = _page_span(made.page_starts, page, len(made.text))
    _check_same(made.text[first:last].rstrip(), stored, document)
    lines = [line - first for line in made.lines if first <= line < last]
    return Placed(made.places[first:last], lines)


def _recognised(opened: "PdfDocument", document: Document, page: int, span: Span) -> list[Box]:
    """Return the boxes of words on a page that is a picture, by recognising them again."""
    key = (document.sha256, page)
    if key not in _pictures:
        _pictures[key] = ocr.recognise(opened, page)
        while len(_pictures) > _KEPT:
            _pictures.popitem(last=False)
    _pictures.move_to_end(key)
    found = _pictures[key]
    first, last = _page_span(document.page_starts, page, len(document.text))
    _check_same(found.text, document.text[first:last].rstrip(), document)
    runs = list(_runs(found.words, found.lines, *span))
    return [_united([found.boxes[word] for word in run]) for run in runs]


def _check_same(text: str, stored: str, document: Document) -> None:
    if text != stored:
        what = "is read differently by this version of its readers."
        raise _changed(document, what, "qa index --rebuild")


def _page_span(starts: Sequence[int], page: int, length: int) -> Span:
    return starts[page - 1], starts[page] if page < len(starts) else length


def _extraction(key: str, opened: "PdfDocument") -> pdf.Extraction:
    """Return what :func:`qa.documents.pdf.extract` makes of a file; the caller holds the lock."""
    if key not in _extractions:
        _extractions[key] = pdf.extract(opened)
        while len(_extractions) > _KEPT:
            _extractions.popitem(last=False)
    _extractions.move_to_end(key)
    return _extractions[key]


def _runs(places: Sequence[int], lines: Sequence[int], start: int, end: int) -> Iterable[list[int]]:
    """Yield the places of the characters from ``start`` to ``end``, line by line."""
    while start < end:
        following = bisect_right(lines, start)
        stop = min(end, lines[following]) if following < len(lines) else end
        run = [char for char in places[start:stop] if char >= 0]
        if run:
            yield run
        start = stop


def _united(boxes: Sequence[pdfium.Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return _box((min(lefts), min(tops), max(rights), max(bottoms)))


def _box(sides: pdfium.Box) -> Box:
    """Return a box from its sides, cut to the page."""
    left, top = max(0.0, sides[0]), max(0.0, sides[1])
    return Box(left, top, min(1.0, sides[2]) - left, min(1.0, sides[3]) - top)


def _marked(image: "Image", boxes: Iterable[Box]) -> "Image":
    """Colour the boxes as a marker pen would: what is dark stays dark."""
    from PIL import Image, ImageChops

    image = image.convert("RGB")
    pen = Image.new("RGB", image.size, "white")
    for box in boxes:
        left, top = round(box.left * image.width), round(box.top * image.height)
        size = round(box.width * image.width), round(box.height * image.height)
        pen.paste(_MARKER, (left, top, left + size[0], top + size[1]))
    return ImageChops.multiply(image, pen)
