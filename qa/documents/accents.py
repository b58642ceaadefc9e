"""Accents that a PDF draws over letters as characters of their own, as TeX's first fonts do."""

import re
import unicodedata
from collections.abc import Callable, Sequence

import numpy as np

from qa.datamodel import Floats

# The one that stands for itself, and the one that is part of a letter.
_COMBINING = dict(
    zip(
        "\u00a8\u00b4`\u02c6^\u02dc~\u00b8\u02c7\u02d8\u02d9\u02da\u02dd\u00af\u02db",
        "\u0308\u0301\u0300\u0302\u0302\u0303\u0303\u0327\u030c\u0306\u0307\u030a\u030b\u0304\u0328",
        strict=True,
    )
)
_ACCENT = re.compile(f"[{re.escape(''.join(_COMBINING))}]")
_DOTLESS = {"\u0131": "i", "\u0237": "j"}
_NEAR = 200  # characters between an accent and its letter: one above a line may come at its end
_TOUCHING = 0.1  # of a letter's height, between two letters of a word
_NOTHING = "\x01"  # what is not kept
_GAPS = re.compile("[ \x01]+")
_SHARED = 0.5  # of the narrower and of the lower one of the two


def composed(chars: str, boxes: Callable[[Sequence[int]], Floats]) -> str:
    """Write accents and the letters they are drawn over as one character.

    One for one, so that each character still has its number on the page: it takes the letter's
    place, and nothing that is kept the accent's. ``boxes`` gives the places of characters, of
    shape (n, 4).
    """
    accents = [found.start() for found in _ACCENT.finditer(chars)]
    if not accents:
        return chars
    places = boxes(range(len(chars)))
    written = list(chars)
    for at in accents:
        first = max(0, at - _NEAR)
        for over in _below(places[at], places[first : at + _NEAR]):
            one = _together(written[first + over], chars[at])
            if one and first + over != at:
                written[first + over], written[at] = one, _NOTHING
                break

    def mended(found: re.Match[str]) -> str:
        taken = _NOTHING in found.group()
        return _gap(found, places) * len(found.group()) if taken else found.group()

    return _GAPS.sub(mended, "".join(written))


def _gap(found: re.Match[str], places: Floats) -> str:
    """Return what stands where accents stood: nothing if the letters around touch.

    PDFium itself writes a space before and after an accent that it finds elsewhere.
    """
    start, end = found.span()
    if " " not in found.group():
        return _NOTHING
    if not 0 < start < end < len(places):
        return " "
    before, after = places[start - 1], places[end]
    height = after[3] - after[1]
    near = abs(after[0] - before[2]) < _TOUCHING * height
    return _NOTHING if near and abs(after[1] - before[1]) < height else " "


def _below(accent: Floats, near: Floats) -> list[int]:
    """Return which boxes an accent is drawn over, the one that it is best centred on first."""
    shared = np.minimum(near[:, 2:], accent[2:]) - np.maximum(near[:, :2], accent[:2])
    sizes = np.minimum(near[:, 2:] - near[:, :2], accent[2:] - accent[:2])
    found = np.flatnonzero((shared >= _SHARED * sizes).all(axis=1))
    away = np.abs(near[found, 0] + near[found, 2] - accent[0] - accent[2])
    best: list[int] = found[np.argsort(away, kind="stable")].tolist()
    return best


def _together(letter: str, accent: str) -> str:
    """Return a letter with its accent, or "" if there is no such character."""
    one = unicodedata.normalize("NFC", _DOTLESS.get(letter, letter) + _COMBINING[accent])
    return one if letter.isalpha() and len(one) == 1 else ""
