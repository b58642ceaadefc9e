"""PDFium: opening, characters and their places, pages as pictures.

PDFium is not thread-safe, so every call into it happens under :data:`LOCK`.
"""

import ctypes
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from threading import RLock
from typing import TYPE_CHECKING

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from qa.datamodel import Floats, Span
from qa.documents.accents import composed
from qa.documents.layout import Fragment, Frame
from qa.documents.parsed import Unreadable, raised

if TYPE_CHECKING:
    from PIL.Image import Image

LOCK = RLock()
MOST_PAGES = 10_000
_MOST_PIXELS = 20_000_000  # of a page image; a page may claim to be as large as a house
# What may be an exponent or the mark of a note, if it is drawn so.
_RAISABLE = re.compile("(?<=[^\\W_])[-+\u2212]?[0-9]+")
_SMALL, _HIGHER = 0.93, 0.15  # of the size of what stands before
_LINE = re.compile("[^\r\n\ufffe]+\ufffe?")
_WORD = re.compile(r"\S+")
_GAP = 1.0  # in font sizes: a wider gap may be one between columns or cells
_AIR = 0.05  # of a line's height, left around what is drawn of it
_BOLD = re.compile("bold|black|heavy|semibold|demi", re.I)
_MONO = re.compile("mono|courier|consol|typewriter|cmtt|code", re.I)
_FIXED_PITCH = 1  # of the font descriptor's flags
_FORCE_BOLD = 1 << 18

Box = tuple[float, float, float, float]  # left, top, right, bottom
Affine = tuple[float, float, float, float, float, float]
Style = tuple[float, int, bool, bool]  # font size, quarter turns, bold, monospaced


@dataclass(frozen=True, slots=True)
class PageText:
    """A page's characters, as PDFium numbers them, and the runs of them that stand together.

    ``width`` and ``height`` are those of the page as it is shown, in points. ``drawn`` tells a
    page without text from an empty one.
    """

    number: int
    width: float
    height: float
    chars: str
    fragments: list[Fragment]
    drawn: bool


@contextmanager
def opened(data: bytes) -> Iterator[pdfium.PdfDocument]:
    """Open a PDF, with the lock held to the end of the block.

    Raises Unreadable: document_encrypted, document_corrupt, document_too_many_pages.
    """
    with LOCK:
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            raise _unreadable(error) from error
        try:
            if not 0 < len(document) <= MOST_PAGES:
                raise _odd_count(len(document))
            yield document
        finally:
            document.close()


def _unreadable(error: pdfium.PdfiumError) -> Unreadable:
    if error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
        return Unreadable(
            "document_encrypted",
            "is protected by a password.",
            "Save a copy without a password in its place.",
        )
    return Unreadable(
        "document_corrupt",
        "is damaged, or no PDF at all.",
        "Open it in a PDF viewer and save it again, or fetch it anew.",
    )


def _odd_count(count: int) -> Unreadable:
    if count <= 0:
        return _unreadable(pdfium.PdfiumError("no pages", err_code=raw.FPDF_ERR_FORMAT))
    return Unreadable(
        "document_too_many_pages",
        f"claims to have {count:,} pages; more than {MOST_PAGES:,} are not read.",
        "Split the file into smaller ones.",
    )


@contextmanager
def opened_page(document: pdfium.PdfDocument, number: int) -> Iterator[pdfium.PdfPage | None]:
    """Open the page ``number`` (from 1), with its forms as they are filled in; None if damaged."""
    try:
        page = document[number - 1]
        if _is_filled_in(page):
            # What stands in fields becomes part of the page, which is then read anew.
            raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)
            page.close()
            page = document[number - 1]
    except pdfium.PdfiumError:
        yield None
        return
    try:
        yield page
    finally:
        page.close()


def _is_filled_in(page: pdfium.PdfPage) -> bool:
    """Tell whether fields of a form, or text written over the page, show something."""
    for at in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, at)
        if annotation:
            kind = raw.FPDFAnnot_GetSubtype(annotation)
            raw.FPDFPage_CloseAnnot(annotation)
            if kind in (raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT):
                return True
    return False


def read_page(document: pdfium.PdfDocument, number: int) -> PageText:
    """Read the characters of the page ``number`` (from 1); a damaged page counts as drawn."""
    with opened_page(document, number) as page:
        if page is None:
            return PageText(number, 1.0, 1.0, "", [], drawn=True)
        width, height = page.get_size()
        text = page.get_textpage()
        try:
            geometry = _Geometry(page, text)
            chars = composed(_with_exponents(text, _chars(text)), geometry.boxes)
            fragments = list(geometry.fragments(chars))
        finally:
            text.close()
        drawn = bool(fragments) or raw.FPDFPage_CountObjects(page) > 0
    return PageText(number, width, height, chars, fragments, drawn)


def _chars(text: pdfium.PdfTextPage) -> str:
    """Return one code point for every character of the page, generated spaces included."""
    count = text.count_chars()
    buffer = (ctypes.c_ushort * (count + 1))()
    written = raw.FPDFText_GetText(text, 0, count, buffer) if count > 0 else 1
    chars = bytes(buffer)[: 2 * (written - 1)].decode("utf-16-le", "replace")
    if len(chars) != count:  # some are not part of the text, or beyond 16 bits
        codes = (raw.FPDFText_GetUnicode(text, at) for at in range(count))
        chars = "".join(_char(code) for code in codes)
    return chars


def _with_exponents(text: pdfium.PdfTextPage, chars: str) -> str:
    """Raise digits that are smaller than the character before them, and stand higher.

    One for one, so that each character still has its number on the page.
    """

    def mended(found: re.Match[str]) -> str:
        first = found.start() - 1
        size, foot = raw.FPDFText_GetFontSize(text, first), _foot(text, first)
        return "".join(
            raised(char)
            if raw.FPDFText_GetFontSize(text, at) < _SMALL * size
            and _foot(text, at) > foot + _HIGHER * size
            else char
            for at, char in enumerate(found.group(), found.start())
        )

    return _RAISABLE.sub(mended, chars)


def _foot(text: pdfium.PdfTextPage, at: int) -> float:
    """Return how high above the page's origin a character begins, in points."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    raw.FPDFText_GetCharBox(text, at, left, right, bottom, top)
    return bottom.value


def _char(code: int) -> str:
    if code == 2:  # how this function names a hyphen at a line's end
        return "\ufffe"
    return chr(code) if 0 < code < 0xD800 or 0xDFFF < code < 0x110000 else "\x01"


class _Geometry:
    """Where the characters of one page stand, in points from the top left as it is shown."""

    def __init__(self, page: pdfium.PdfPage, text: pdfium.PdfTextPage) -> None:
        self._text = text
        self._frame = Frame(*page.get_size())
        self._turn = page.get_rotation() // 90
        self._affine = _affine(page)
        self._matrix = raw.FS_MATRIX()
        self._fonts: dict[tuple[bytes, int], tuple[bool, bool]] = {}

    def fragments(self, chars: str) -> Iterator[Fragment]:
        """Yield the runs of characters without a wide gap, in the order of the file."""
        lines = [
            [match.span() for match in _WORD.finditer(chars, *line.span())]
            for line in _LINE.finditer(chars)
        ]
        # A word's box is that of its first and its last character.
        places = [place for line in lines for start, end in line for place in (start, end - 1)]
        boxes = iter(_tuples(_united(self.boxes(places).reshape(-1, 2, 4))))
        for words in filter(None, lines):
            yield from self._line_fragments(words, [next(boxes) for _ in words])

    def _line_fragments(self, words: list[Span], spots: list[Box]) -> Iterator[Fragment]:
        style = self._style(words)
        size, quarter = style[:2]
        if quarter:
            spots = [self._frame.turned(spot, quarter) for spot in spots]
        first = 0
        for at, (before, after) in enumerate(pairwise(spots), 1):
            # Whichever way the line is read.
            if max(after[0] - before[2], before[0] - after[2]) > _GAP * size:
                yield _fragment(words[first:at], spots[first:at], style)
                first = at
        yield _fragment(words[first:], spots[first:], style)

    def around(self, places: Sequence[int]) -> Box:
        """Return the box of characters of one line as the page is shown.

        It is as high as their fonts, but for fonts that claim far more room than they draw in,
        which would mark parts of the lines above and below.
        """
        claimed, drawn = self.boxes(places), self._drawn(places)
        box = np.concatenate([claimed[:, :2].min(axis=0), claimed[:, 2:].max(axis=0)])
        if len(drawn):
            air = _AIR * (box[2:] - box[:2]).min()
            box[:2] = np.maximum(box[:2], drawn[:, :2].min(axis=0) - air)
            box[2:] = np.minimum(box[2:], drawn[:, 2:].max(axis=0) + air)
        return _tuples(box[None])[0]

    def boxes(self, places: Sequence[int]) -> Floats:
        """Return where characters stand, each with the height of its font, of shape (n, 4)."""
        rects = (raw.FS_RECTF * len(places))()
        for place, rect in zip(places, rects, strict=True):
            raw.FPDFText_GetLooseCharBox(self._text, place, rect)
        left, top, right, bottom = np.frombuffer(rects, np.float32).reshape(-1, 4).T
        return self._shown(left, bottom, right, top)

    def _drawn(self, places: Sequence[int]) -> Floats:
        """Return the boxes of what is drawn of characters; spaces have none."""
        sides = np.zeros((len(places), 4))
        for place, row in zip(places, sides, strict=True):
            one = [ctypes.c_double() for _ in range(4)]  # left, right, bottom, top
            raw.FPDFText_GetCharBox(self._text, place, *one)
            row[:] = [side.value for side in one]
        left, right, bottom, top = sides[
            (sides[:, 1] > sides[:, 0]) & (sides[:, 3] > sides[:, 2])
        ].T
        return self._shown(left, bottom, right, top)

    def _shown(self, left: Floats, bottom: Floats, right: Floats, top: Floats) -> Floats:
        """Return boxes of the page's own coordinates as the page is shown, of shape (n, 4)."""
        a, b, c, d, e, f = self._affine
        x = a * left + c * bottom + e, a * right + c * top + e
        y = b * left + d * bottom + f, b * right + d * top + f
        shown = [np.minimum(*x), np.minimum(*y), np.maximum(*x), np.maximum(*y)]
        return np.stack(shown, axis=1)

    def _style(self, words: list[Span]) -> Style:
        at = words[0][0]
        raw.FPDFText_GetMatrix(self._text, at, self._matrix)
        matrix = self._matrix
        size = raw.FPDFText_GetFontSize(self._text, at) * math.hypot(matrix.c, matrix.d)
        angle = math.atan2(matrix.b, matrix.a)
        quarter = (round(angle / (math.pi / 2)) - self._turn) % 4
        bold, mono = self._font(at)
        if bold or mono:  # a line is so only if more than its first word is
            for start, _ in (words[len(words) // 2], words[-1]):
                also_bold, also_mono = self._font(start)
                bold, mono = bold and also_bold, mono and also_mono
        return max(round(size, 1), 1.0), quarter, bold, mono

    def _font(self, at: int) -> tuple[bool, bool]:
        """Tell whether a character is bold, and whether it is of a monospaced font."""
        name, flags = ctypes.create_string_buffer(100), ctypes.c_int()
        raw.FPDFText_GetFontInfo(self._text, at, name, 100, flags)
        key = (name.value, flags.value)
        if key not in self._fonts:
            font = name.value.decode("utf-8", "replace")
            bold = bool(_BOLD.search(font) or flags.value & _FORCE_BOLD)
            self._fonts[key] = bold, bool(_MONO.search(font) or flags.value & _FIXED_PITCH)
        return self._fonts[key]


def _fragment(words: Sequence[Span], spots: Sequence[Box], style: Style) -> Fragment:
    lefts, tops, rights, bottoms = zip(*spots, strict=True)
    box = (min(lefts), min(tops), max(rights), max(bottoms))
    return Fragment(words[0][0], words[-1][1], *box, *style)


def line_boxes(
    document: pdfium.PdfDocument, number: int, lines: Sequence[Sequence[int]]
) -> list[Box]:
    """Return a box around each run of characters, by their numbers on the page.

    Boxes are in fractions of the page.
    """
    with opened_page(document, number) as page:
        if page is None:
            return []
        width, height = page.get_size()
        text = page.get_textpage()
        try:
            geometry = _Geometry(page, text)
            boxes = [geometry.around(line) for line in lines]
        finally:
            text.close()
    return [(x0 / width, y0 / height, x1 / width, y1 / height) for x0, y0, x1, y1 in boxes]


def _united(pairs: Floats) -> Floats:
    """Return the smallest boxes around pairs of boxes, of shape (n, 2, 4)."""
    low, high = pairs[:, :, :2].min(axis=1), pairs[:, :, 2:].max(axis=1)
    return np.concatenate([low, high], axis=1)


def _tuples(boxes: Floats) -> list[Box]:
    return [(box[0], box[1], box[2], box[3]) for box in boxes.tolist()]


def _affine(page: pdfium.PdfPage) -> Affine:
    """Return the map from the page's own coordinates to points from the top left as shown.

    It is read off PDFium's own, which knows of rotation, cropping and unusual origins.
    """
    width, height = page.get_size()
    fine, far = 64, 1000
    x, y = ctypes.c_int(), ctypes.c_int()

    def shown(left: int, up: int) -> tuple[float, float]:
        size = round(width * fine), round(height * fine)
        raw.FPDF_PageToDevice(page, 0, 0, *size, 0, left, up, x, y)
        return x.value / fine, y.value / fine

    (e, f), (right, right_y), (up_x, up) = shown(0, 0), shown(far, 0), shown(0, far)
    return (right - e) / far, (right_y - f) / far, (up_x - e) / far, (up - f) / far, e, f


def render(document: pdfium.PdfDocument, number: int, width: int, *, grey: bool = False) -> "Image":
    """Return the page ``number`` (from 1) as a picture ``width`` pixels wide, or less if huge.

    Nothing is run or fetched: forms are not filled in, and scripts have no engine.

    Raises Unreadable ("page_corrupt").
    """
    with opened_page(document, number) as page:
        if page is None:
            raise Unreadable(
                "page_corrupt", f"has no page {number} that can be drawn.", "Try another page."
            )
        across, down = (max(1.0, side) for side in page.get_size())
        # The bitmap's sides are rounded up.
        scale = min((width - 0.01) / across, math.sqrt(_MOST_PIXELS / (across * down)))
        image: Image = page.render(scale=scale, grayscale=grey, rev_byteorder=not grey).to_pil()
    return image
