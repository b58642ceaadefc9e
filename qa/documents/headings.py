"""Headings of a PDF: the lines that its outline names, else those that are set larger."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from qa.documents.assembly import ENDS, Row
from qa.documents.margins import LARGER, body_size, is_large

_NUMBER = re.compile(r"\A(?:[^\W\d_]++ )?[\divxlc]++[.:)]?+(?:\d++[.:)]?+)*+\s+", re.I)
_MOST_ALIKE = 100  # rows of a page that are told apart
_NEXT_LINE = 1.8  # font sizes from a line to the next of its paragraph, at most
# Where a destination has its height among its values.
_HEIGHT_AT = {
    raw.PDFDEST_VIEW_XYZ: 1,
    raw.PDFDEST_VIEW_FITH: 0,
    raw.PDFDEST_VIEW_FITBH: 0,
    raw.PDFDEST_VIEW_FITR: 3,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One of an outline, ``level`` from 1; ``up`` is how high on its page it leads, if told."""

    page: int
    letters: str
    level: int
    up: float | None


def outline(document: pdfium.PdfDocument) -> Iterator[Entry]:
    """Yield the entries of the outline that lead to a page."""
    for bookmark in document.get_toc(max_depth=6):
        dest = bookmark.get_dest()
        index = dest.get_index() if dest else None
        letters = _letters(bookmark.get_title())
        if index is None or not letters:
            continue
        mode, values = dest.get_view()
        up = dict(enumerate(values)).get(_HEIGHT_AT.get(mode, -1)) or None
        yield Entry(index + 1, letters, min(6, bookmark.level + 1), up)


def mark_headings(rows: Sequence[Row], entries: Iterable[Entry], heights: Sequence[float]) -> None:
    """Set the level of headings, on pages of these heights."""
    body = body_size(rows)
    large = [row for row in rows if is_large(row, body)]
    ranks = sorted({row.style.size for row in large}, reverse=True)
    for row in large:
        row.level = min(6, ranks.index(row.style.size) + 1)
    entries = list(entries)
    if not entries:
        return
    listed = _listed(rows, entries, heights, body)
    for at, row in enumerate(rows):
        if at in listed:
            row.level = listed[at]
        elif row.level and row.style.size < LARGER * LARGER * body:
            row.level = 0


def _listed(
    rows: Sequence[Row], entries: Sequence[Entry], heights: Sequence[float], body: float
) -> dict[int, int]:
    """Return the levels of the rows that the outline names, one for each of its entries."""
    named = _named(rows, entries, body)
    found: dict[int, int] = {}
    for entry in entries:
        free = [at for at in named.get((entry.page, entry.letters), ()) if at not in found]
        if free:
            top = None if entry.up is None else heights[entry.page - 1] - entry.up
            found[min(free, key=lambda at: _unlike(rows[at], body, top))] = entry.level
    return found


def _named(
    rows: Sequence[Row], entries: Sequence[Entry], body: float
) -> dict[tuple[int, str], list[int]]:
    """Return the rows that read as an entry of their page does, with or without a number."""
    named: dict[tuple[int, str], list[int]]
    named = {(entry.page, entry.letters): [] for entry in entries}
    pages = {entry.page for entry in entries}
    for at, row in enumerate(rows):
        if row.page not in pages or (at and _goes_on(rows[at - 1], row, body)):
            continue
        for text in (row.text, _NUMBER.sub("", row.text, count=1)):
            alike = named.get((row.page, _letters(text)))
            if alike is not None and len(alike) < _MOST_ALIKE:
                alike.append(at)
                break
    return named


def _goes_on(before: Row, row: Row, body: float) -> bool:
    """Tell a line that goes on with the sentence of the line above."""
    return (
        not _stands_out(row, body)
        and before.page == row.page
        and _style(before) == _style(row)
        and 0 < row.middle - before.middle <= _NEXT_LINE * row.style.size
        and not ENDS.search(before.text)
    )


def _style(row: Row) -> tuple[float, bool, bool]:
    return row.style.size, row.style.bold, row.style.mono


def _stands_out(row: Row, body: float) -> bool:
    return row.style.bold or row.style.size > body


def _unlike(row: Row, body: float, top: float | None) -> tuple[bool, float, float]:
    """Return how far a row is from what an entry that leads to this height would be."""
    away = 0.0 if top is None else abs(row.middle - top)
    return not _stands_out(row, body), away, -row.style.size


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
