"""Reading order: runs of characters on a page to lines, column by column.

Everything here is geometry, in points from the top left of the page, turned so that the writing
runs from left to right.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from statistics import median

_STEP = 2.0  # points; the grid on which a gutter is looked for
_FILLED = 0.7  # of a column's width that its middling line takes up: prose, not cells of a table
_BETWEEN, _MARK, _PLACED = range(3)  # what of one place comes first
_MOST_LATE = 20  # runs that are put in their place
_ACROSS = 8  # fragments of a line that are looked at
_MARK_GAP, _AIR = 3.0, 0.3  # font sizes: from a mark to its line, and by which lines may overlap
_FEWEST = 4  # lines of a column
_MOST_CROSSING = 0.4  # of all lines may cross a gutter (titles, figures)

Place = tuple[int, int]  # before which fragment, and in which order there


@dataclass(frozen=True, slots=True)
class Fragment:
    """Characters ``start`` to ``end`` of a page that stand together on one line.

    ``quarter`` counts the quarter turns, against the clock, of the writing as it is shown.
    """

    start: int
    end: int
    left: float
    top: float
    right: float
    bottom: float
    size: float
    quarter: int
    bold: bool
    mono: bool

    @property
    def middle(self) -> float:
        """The height at which it stands."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Line:
    """Fragments side by side; ``edge`` is how far lines of its column go to the right.

    ``main`` is the longest fragment, whose style is the line's.
    """

    fragments: tuple[Fragment, ...]
    edge: float
    main: Fragment

    @property
    def left(self) -> float:
        """Where it begins."""
        return self.fragments[0].left

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.fragments[-1].right


@dataclass(frozen=True, slots=True)
class Frame:
    """A page as it is shown, in points."""

    width: float
    height: float

    def turned(
        self, box: tuple[float, float, float, float], quarter: int
    ) -> tuple[float, float, float, float]:
        """Return a box as seen with the writing upright."""
        left, top, right, bottom = box
        if quarter == 1:
            return self.height - bottom, left, self.height - top, right
        if quarter == 2:
            return self.width - right, self.height - bottom, self.width - left, self.height - top
        if quarter == 3:
            return top, self.width - right, bottom, self.width - left
        return box


def reading_order(fragments: Sequence[Fragment]) -> list[Line]:
    """Return the lines of a page in the order in which they are read.

    Writing that is turned against most of the page's comes last.
    """
    weights: Counter[int] = Counter()
    for fragment in fragments:
        weights[fragment.quarter] += fragment.end - fragment.start
    lines: list[Line] = []
    for quarter, _ in weights.most_common():
        lines += _ordered([one for one in fragments if one.quarter == quarter])
    return lines


def _ordered(fragments: list[Fragment]) -> list[Line]:
    gutter = _gutter(fragments)
    if gutter is None:
        return _single(fragments)
    bands = sorted(one.middle for one in fragments if one.left < gutter < one.right)
    lines: list[Line] = []
    for members in _banded(fragments, gutter, bands):
        for side in members:
            lines += _ordered(side) if side else []
    return lines


def _banded(
    fragments: list[Fragment], gutter: float, bands: list[float]
) -> Iterable[tuple[list[Fragment], list[Fragment], list[Fragment]]]:
    """Yield left part, right part, and what crosses the gutter below them, from top to bottom."""
    sides: list[tuple[list[Fragment], list[Fragment], list[Fragment]]]
    sides = [([], [], []) for _ in range(len(bands) + 1)]
    for one in fragments:
        above = sum(band < one.middle for band in bands)
        side = 0 if one.right <= gutter else 1 if one.left >= gutter else 2
        sides[above][side].append(one)
    return sides


def _gutter(fragments: Sequence[Fragment]) -> float | None:
    """Return the middle of a strip that parts two columns of prose, or None."""
    if len(fragments) < 2 * _FEWEST:
        return None
    left, right = min(one.left for one in fragments), max(one.right for one in fragments)
    steps = int((right - left) / _STEP)
    changes = [0] * (steps + 2)
    for one in fragments:
        changes[int((one.left - left) / _STEP)] += 1
        changes[min(steps, int((one.right - left) / _STEP)) + 1] -= 1
    crossing = list(accumulate(changes))
    inner = range(steps // 5, steps - steps // 5)
    if not inner:
        return None
    least = min(crossing[step] for step in inner)
    if least > _MOST_CROSSING * len(fragments):
        return None
    found = [step for step in inner if crossing[step] == least]
    run = _longest_run(found)
    gutter = left + _STEP * (run[0] + run[-1] + 1) / 2
    return gutter if _parts_columns(fragments, gutter, (left, right)) else None


def _longest_run(steps: Sequence[int]) -> list[int]:
    best: list[int] = []
    run: list[int] = []
    for step in steps:
        run = [*run, step] if run and step == run[-1] + 1 else [step]
        best = max(best, run, key=len)
    return best


def _parts_columns(
    fragments: Sequence[Fragment], gutter: float, extent: tuple[float, float]
) -> bool:
    """Tell columns of prose from a table and from lines that happen to have gaps."""
    beside = [one for one in fragments if one.right <= gutter]
    beyond = [one for one in fragments if one.left >= gutter]
    if min(len(beside), len(beyond)) < _FEWEST:
        return False
    for side in (beside, beyond):
        width = max(one.right for one in side) - min(one.left for one in side)
        filled = median(one.right - one.left for one in side)
        if filled < _FILLED * width or width < 0.15 * (extent[1] - extent[0]):
            return False
    return True


def _single(fragments: list[Fragment]) -> list[Line]:
    """Return the lines of one column: as the file has them, unless that is no order at all."""
    runs = _descents(fragments)
    in_order = len(runs) - 1 <= 2 + len(fragments) // 20
    rows = _rows(_with_late(runs) if in_order else _downwards(fragments))
    edge = max(one.right for one in fragments)
    return [Line(tuple(row), edge, max(row, key=lambda one: one.end - one.start)) for row in rows]


def _descents(fragments: Sequence[Fragment]) -> list[list[Fragment]]:
    """Part the fragments where the file goes back up."""
    runs = [[fragments[0]]]
    for before, after in pairwise(fragments):
        if after.middle < before.middle - 0.5 * max(before.size, after.size):
            runs.append([])
        runs[-1].append(after)
    return runs


def _with_late(runs: Sequence[list[Fragment]]) -> list[Fragment]:
    """Put what the file holds late in its place: numbers of lists, boxes between paragraphs.

    From the first run on that has no place as a whole, such as a column, all stays as it is.
    """
    ordered = runs[0]
    for number, run in enumerate(runs[1:], 1):
        depths = list(accumulate((one.middle for one in ordered), max))
        places = [_place(one, ordered, bisect_left(depths, one.middle)) for one in run]
        known = [place for place in places if place is not None]
        if len(known) < len(run) or number > _MOST_LATE:
            return [*ordered, *chain.from_iterable(runs[number:])]
        placed = [((at, _PLACED), one) for at, one in enumerate(ordered)]
        placed += zip(known, run, strict=True)
        ordered = [one for _, one in sorted(placed, key=lambda pair: pair[0])]
    return ordered


def _place(one: Fragment, ordered: Sequence[Fragment], at: int) -> Place | None:
    """Return where one stands among those in order, of which that ``at`` is not higher.

    That is before the line whose mark it is, or between two of them; None if it is neither.
    """
    near = range(max(0, at - _ACROSS), min(len(ordered), at + _ACROSS))
    line = next((other for other in near if _beside(ordered[other], one)), None)
    if line is not None:
        gap = ordered[line].left - one.right
        return (line, _MARK) if -1 <= gap <= _MARK_GAP * one.size else None
    air = _AIR * one.size
    above, below = ordered[max(0, at - 1) : at], ordered[at : at + 1]
    fits = all(other.bottom <= one.top + air for other in above)
    fits = fits and all(other.top >= one.bottom - air for other in below)
    # A block beside short lines, such as those of an address, is no part of them.
    within = any(one.left < other.right and other.left < one.right for other in (*above, *below))
    return (at, _BETWEEN) if fits and within else None


def _downwards(fragments: Sequence[Fragment]) -> list[Fragment]:
    """Sort by lines, and each line from left to right."""
    rows: list[list[Fragment]] = []
    for one in sorted(fragments, key=lambda fragment: fragment.middle):
        if rows and _beside(rows[-1][0], one):
            rows[-1].append(one)
        else:
            rows.append([one])
    return [one for row in rows for one in sorted(row, key=lambda fragment: fragment.left)]


def _rows(fragments: Sequence[Fragment]) -> list[list[Fragment]]:
    rows: list[list[Fragment]] = []
    for one in fragments:
        if rows and _beside(rows[-1][-1], one) and one.left >= rows[-1][-1].right - 1:
            rows[-1].append(one)
        else:
            rows.append([one])
    return rows


def _beside(one: Fragment, other: Fragment) -> bool:
    """Tell whether two fragments stand on the same line."""
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    return overlap > 0.5 * min(one.bottom - one.top, other.bottom - other.top)
