"""Text recognition with tesseract, for pages that are pictures.

A page's text comes from that page alone, so that its words can be found on it again without
reading the whole file.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from itertools import groupby

import pypdfium2 as pdfium

from qa.documents.parsed import Unreadable
from qa.documents.pdfium import Box, render
from qa.text.normalise import is_wide

_DPI = 300
_WIDTH = 2500  # pixels: an A4 page at 300 dpi
_PATIENCE = 90  # seconds for one page
_WORD_LEVEL = "5"  # of tesseract's table: page, block, paragraph, line, word
_MOST_LANGUAGES = 6  # each one makes it slower
_PREFERRED = ("eng", "deu", "fra", "spa", "jpn", "ita")
HOW_TO_GET = "install tesseract (on Debian: apt-get install tesseract-ocr tesseract-ocr-deu)"


@dataclass(frozen=True, slots=True)
class OcrPage:
    """What was recognised on a page.

    ``words[i]`` is the word that character ``i`` of ``text`` is of, -1 for none; ``boxes`` holds
    the words' places as fractions of the page, and ``lines`` the offsets at which lines begin.
    """

    text: str
    words: Sequence[int]
    boxes: Sequence[Box]
    lines: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    paragraph: tuple[str, str]
    line: str
    box: Box


def is_available() -> bool:
    """Tell whether tesseract is on this machine."""
    return shutil.which("tesseract") is not None


@lru_cache(maxsize=1)
def languages() -> str:
    """Return the installed languages as tesseract takes them, such as ``eng+deu``."""
    listed = _run(["--list-langs"], b"").decode("utf-8", "replace").splitlines()[1:]
    found = sorted({line.strip() for line in listed} - {"osd", "equ", ""})
    found.sort(key=lambda lang: _PREFERRED.index(lang) if lang in _PREFERRED else len(_PREFERRED))
    return "+".join(found[:_MOST_LANGUAGES]) or "eng"


def recognise(document: pdfium.PdfDocument, number: int) -> OcrPage:
    """Read the page ``number`` (from 1) of an open PDF; the caller holds the lock.

    Raises Unreadable ("ocr_failed").
    """
    try:
        image = render(document, number, _WIDTH, grey=True)
    except Unreadable:
        return OcrPage("", (), (), ())  # a damaged page: it stays without text
    file = BytesIO()
    image.save(file, "PPM")
    options = ["stdin", "stdout", "-l", languages(), "--dpi", str(_DPI), "tsv"]
    table = _run(options, file.getvalue()).decode("utf-8", "replace")
    return _assembled(list(_words(table, image.width, image.height)))


def _run(options: Sequence[str], data: bytes) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603
            [shutil.which("tesseract") or "tesseract", *options],
            input=data,
            capture_output=True,
            timeout=_PATIENCE,
            check=True,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},  # files are read side by side already
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Unreadable(
            "ocr_failed",
            f"could not be read by tesseract ({type(error).__name__}).",
            "Try tesseract by hand, or index without it: qa index --no-ocr",
        ) from error
    return done.stdout


def _words(table: str, width: int, height: int) -> Iterator[_Word]:
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) == 12 and cells[0] == _WORD_LEVEL and cells[11].strip():
            left, top, wide, high = map(int, cells[6:10])
            box = (left / width, top / height, (left + wide) / width, (top + high) / height)
            yield _Word(cells[11].strip(), (cells[2], cells[3]), cells[4], box)


def _assembled(words: list[_Word]) -> OcrPage:
    """Join words to lines and paragraphs, each one a line of the text."""
    text: list[str] = []
    owners: list[int] = []
    lines: list[int] = []
    numbered = list(enumerate(words))
    for _, paragraph in groupby(numbered, key=lambda pair: pair[1].paragraph):
        _add(text, owners, "\n\n" if text else "", -1)
        opens = True
        for _, line in groupby(paragraph, key=lambda pair: pair[1].line):
            for place, (number, word) in enumerate(line):
                if not opens:
                    _add(text, owners, _gap(text, owners, word.text, wraps=place == 0), -1)
                if place == 0:
                    lines.append(len(owners))
                _add(text, owners, word.text, number)
                opens = False
    return OcrPage("".join(text), owners, [word.box for word in words], lines)


def _add(text: list[str], owners: list[int], piece: str, owner: int) -> None:
    text.extend(piece)
    owners.extend([owner] * len(piece))


def _gap(text: list[str], owners: list[int], word: str, *, wraps: bool) -> str:
    """Return what stands before the next word, and take back a hyphen at the end of a line."""
    if wraps and text[-1] == "-" and len(text) > 1 and text[-2].isalpha() and word[0].islower():
        text.pop()
        owners.pop()
        return ""
    return "" if is_wide(text[-1]) and is_wide(word[0]) else " "
