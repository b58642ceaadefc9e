"""One page's lines laid beside its stored text, so that a page can be marked without the others.

Reading a whole file again takes seconds where it has hundreds of pages. The lines of one page,
in reading order, make up its stored text but for headers and hyphens at their ends; if they do
so in one way only, that is where its characters stand.
"""

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from qa.documents.assembly import Row

_MARK = re.compile(r"\s*(?:#{1,6} )?")
_SPACE = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class Placed:
    """The places of the characters of a page's text, as in :class:`qa.documents.assembly.Row`.

    ``lines`` holds the offsets at which lines begin.
    """

    places: "array[int]"
    lines: list[int]


def place(rows: Sequence[Row], stored: str) -> Placed | None:
    """Return where the characters of ``stored`` stand; None if the lines do not tell."""
    places = array("i", [-1]) * len(stored)
    lines: list[int] = []
    used: set[str] = set()
    left_out: set[str] = set()
    at = 0
    for row in rows:
        text = row.text.strip()
        found = _found(text, stored, at)
        if found is None:
            left_out.add(text)
            continue
        start, length = found
        first = len(row.text) - len(row.text.lstrip())
        places[start : start + length] = array("i", row.places[first : first + length])
        lines.append(start)
        used.add(text)
        at = start + length
    # Which of two equal lines is the header, the whole file says.
    unclear = used & left_out
    return None if stored[at:].strip() or unclear else Placed(places, lines)


def _found(text: str, stored: str, at: int) -> tuple[int, int] | None:
    """Return where a line begins in the rest of the stored text, and how much of it is there."""
    for gap in (_SPACE, _MARK):
        match = gap.match(stored, at)
        start = match.end() if match else at
        for piece in (text, text[:-1] if text[-1] in "-\u2010" else text):
            if piece and stored.startswith(piece, start):
                return start, len(piece)
    return None
