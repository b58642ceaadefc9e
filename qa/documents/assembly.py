"""Lines of pages to one text: paragraphs joined, words made whole, every character traced back."""

import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from qa.documents.layout import Fragment, Line
from qa.text.normalise import is_wide

# What is not kept as PDFium gives it: controls, soft hyphens, ligatures, radicals that stand for
# ideographs, unusual and repeated spaces, leaders of a table of contents.
_ODD = re.compile(
    "[\\x00-\\x1f\\x7f-\\xad\u200b\u2060\ufeff\ufffe\uffff\ufb00-\ufb06\u2e80-\u2fdf]"
    r"|\s\s|[^\S ]|[.·…](?: ?[.·…]){3}"
)
_LEADER = re.compile(" ?[.·…](?: ?[.·…]){3,} ?")
_EXPANDED = re.compile("[\ufb00-\ufb06\u2e80-\u2fdf]")
_DROPPED = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\xad\u200b\u2060\ufeff\uffff]")
_MARKS = re.compile(r"#{1,6}(?:\s|$)|```|~~~|=+$|-{3,}$")  # would be read as Markdown
_ITEM = re.compile(
    r"(?:[-*+•‣◦·–▪●○■□➢►✓]|\(?(?:\d{1,3}|[a-zA-Z])[.)])(?:\s|$)"
    r"|[・●○◎■□◆◇▲△▼▽※①-⑳]|[(（][\d０-９一二三四五六七八九十]{1,3}[)）]"  # noqa: RUF001
)
ENDS = re.compile("[.!?…:;。！？｡।؟][\"'’”»›)\\]」』）]*$")
_HYPHENS = "-\u2010\u00ad"
_WORD_BEFORE, _WORD_AFTER = re.compile(r"[^\W\d_]+[-\u2010]$"), re.compile(r"[^\W\d_]+")
_AND = frozenset({"und", "oder", "bzw", "and", "or", "y", "o", "et", "ou", "en", "of", "og", "och"})
_VOCABULARY = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@dataclass(slots=True)
class Row:
    """A line of text on its page; ``places`` holds the character of the page for each of its own.

    A place is -1 for what the page does not show, such as the space between two cells. ``level``
    is that of a heading, 0 for other lines. ``style`` is the fragment that speaks for the line.
    """

    page: int
    line: Line
    style: Fragment
    text: str
    places: Sequence[int]
    level: int = 0

    @property
    def middle(self) -> float:
        """The height at which it stands."""
        return self.style.middle

    @property
    def cells(self) -> int:
        """How many parts with wide gaps between them it has; the mark of an item is none."""
        fragments = self.line.fragments
        return len(fragments) - (fragments[0].end - fragments[0].start <= 3)


@dataclass(slots=True)
class Assembled:
    """A text with its pages; ``places`` as in :class:`Row`, ``lines`` the offset of every line."""

    text: str
    page_starts: tuple[int, ...]
    places: "array[int]"
    lines: list[int]


def make_row(page: int, line: Line, chars: str) -> Row:
    """Return a line's text, made of the characters of its page."""
    texts: list[str] = []
    places: list[int] = []
    for fragment in line.fragments:
        if texts:
            texts.append(" ")
            places.append(-1)
        text, where = _cleaned(chars, fragment.start, fragment.end)
        texts.append(text)
        places += where
    return Row(page, line, line.main, "".join(texts), places)


def _cleaned(chars: str, start: int, end: int) -> tuple[str, Sequence[int]]:
    piece = chars[start:end]
    if not _ODD.search(piece):
        return piece, range(start, end)
    leaders = [match.span() for match in _LEADER.finditer(piece)]
    text: list[str] = []
    places: list[int] = []
    for at, char in enumerate(piece):
        for new in _kept(char, at, leaders, len(piece)):
            if new != " " or (text and text[-1] != " "):
                text.append(new)
                places.append(start + at)
    return "".join(text), places


def _kept(char: str, at: int, leaders: list[tuple[int, int]], length: int) -> str:
    """Return what is stored for a character: itself, several, or nothing."""
    for first, last in leaders:
        if first <= at < last:
            return " … " if at == first else ""
    if char == "\ufffe" or (char == "\u00ad" and at == length - 1):
        return "-"
    if _DROPPED.match(char):
        return ""
    if char.isspace():
        return " "
    return unicodedata.normalize("NFKC", char) if _EXPANDED.match(char) else char


def assemble(rows: Sequence[Row], pages: int) -> Assembled:
    """Join the lines of a document of ``pages`` pages."""
    return _Assembly(rows, pages).run()


@dataclass(slots=True)
class _Assembly:
    rows: Sequence[Row]
    pages: int
    parts: list[str] = field(default_factory=list)
    places: "array[int]" = field(default_factory=lambda: array("i"))
    lines: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    _words: Counter[str] | None = None

    def run(self) -> Assembled:
        usual = _usual_pitch(self.rows)
        for at, row in enumerate(self.rows):
            if at:
                self._join(self.rows[at - 1], row, self._edge(at), usual)
            else:
                self._begin(row, "")
        total = len(self.places)
        starts = (*self.starts, *[total] * (self.pages - len(self.starts)))
        return Assembled("".join(self.parts), starts, self.places, self.lines)

    def _join(self, before: Row, row: Row, edge: float, usual: float) -> None:
        seam = _seam(before, row, edge, usual)
        if seam != " ":
            self._begin(row, seam)
            return
        stem, head = _WORD_BEFORE.search(before.text), _WORD_AFTER.match(row.text)
        if before.text[-1:] in _HYPHENS and head and stem:
            self._join_word(row, stem.group(), head.group())
        elif before.text[-1:] in _HYPHENS and before.text[-2:-1].strip():
            self._add(row, "")
        else:
            self._add(row, "" if _unspaced(before.text[-1], row.text[0]) else " ")

    def _join_word(self, row: Row, stem: str, head: str) -> None:
        """Add a line that goes on within a word: with its hyphen only if that belongs to it."""
        if head.casefold() in _AND:
            self._add(row, " ")
        elif not head[0].islower() or self._known(stem[:-1] + "-" + head) > self._known(
            stem[:-1] + head
        ):
            self._add(row, "")
        else:
            self.parts[-1] = self.parts[-1][:-1]
            del self.places[-1]
            self._add(row, "")

    def _known(self, word: str) -> int:
        """Return how often the document has a word within a line."""
        if self._words is None:
            found = (_VOCABULARY.findall(row.text.casefold()) for row in self.rows)
            self._words = Counter(word for words in found for word in words[:-1])
        return self._words[word.casefold()]

    def _begin(self, row: Row, seam: str) -> None:
        mark = f"{'#' * row.level} " if row.level else "    " if _MARKS.match(row.text) else ""
        self._add(row, seam, mark)

    def _add(self, row: Row, seam: str, mark: str = "") -> None:
        if seam:
            self.parts.append(seam)
            self.places.extend([-1] * len(seam))
        self.starts += [len(self.places)] * (row.page - len(self.starts))
        self.lines.append(len(self.places))
        self.parts.append(mark + row.text)
        self.places.extend([-1] * len(mark))
        self.places.extend(row.places)

    def _edge(self, at: int) -> float:
        """Return how far lines around the one before ``at`` go: a box is narrower than its page."""
        before = self.rows[at - 1]
        near = self.rows[max(0, at - 4) : at + 3]
        return min(before.line.edge, max(row.line.right for row in near if row.page == before.page))


def _usual_pitch(rows: Sequence[Row]) -> float:
    """Return the usual distance of lines, in font sizes."""
    pitches = Counter(
        round((row.middle - before.middle) / row.style.size, 1) for before, row in _pairs(rows)
    )
    usual = [pitch for pitch, _ in pitches.most_common() if 0.9 <= pitch <= 2.5]
    return usual[0] if usual else 1.2


def _pairs(rows: Iterable[Row]) -> Iterator[tuple[Row, Row]]:
    before: Row | None = None
    for row in rows:
        if before and before.page == row.page and before.style.size == row.style.size:
            yield before, row
        before = row


def _seam(before: Row, row: Row, edge: float, usual: float) -> str:
    """Return what stands between two lines: a space if they are of one paragraph."""
    size = row.style.size
    pitch = row.middle - before.middle
    flows = before.page == row.page and 0 < pitch <= 1.35 * usual * max(size, before.style.size)
    if before.level or row.level:
        whole = flows and before.level == row.level and before.style.size == size
        return " " if whole else "\n\n"
    if before.style.mono and row.style.mono:
        return "\n" if flows else "\n\n"
    if abs(before.style.size - size) > 0.1 * size or before.style.mono != row.style.mono:
        return "\n\n"
    if _begins_item(before, row, edge) or before.cells > 1 or row.cells > 1:
        return "\n" if flows else "\n\n"
    if not flows:
        return " " if _goes_on(before, row, edge) else "\n\n"
    return _within(before, row, edge)


def _unspaced(last: str, first: str) -> bool:
    """Tell whether no space parts two characters: ideographs and the numbers among them."""
    return (is_wide(last) and (is_wide(first) or first.isalnum())) or (
        is_wide(first) and last.isalnum()
    )


def _begins_item(before: Row, row: Row, edge: float) -> bool:
    """Tell the first line of a list's item from a sentence whose line begins with a number."""
    if not _ITEM.match(row.text):
        return False
    if not row.text[0].isdigit() or _ITEM.match(before.text) or ENDS.search(before.text):
        return True
    hangs_out = row.line.left < before.line.left - 0.5 * row.style.size
    return hangs_out or _short(before, row, edge)


def _goes_on(before: Row, row: Row, edge: float) -> bool:
    """Tell whether a paragraph goes on after the end of a column or page."""
    moved = row.page == before.page + 1 or row.middle < before.middle
    if not moved or row.page > before.page + 1 or ENDS.search(before.text):
        return False
    return row.text[0].islower() or not _short(before, row, edge)


def _within(before: Row, row: Row, edge: float) -> str:
    """Return the seam of two lines, one below the other."""
    ended = bool(ENDS.search(before.text))
    indented = row.line.left > before.line.left + 0.8 * row.style.size
    if ended and indented and not _ITEM.match(before.text):
        return "\n\n"
    if before.text[-1] in _HYPHENS or row.text[0].islower() or not _short(before, row, edge):
        return " "
    return "\n\n" if ended else "\n"


def _short(before: Row, row: Row, edge: float) -> bool:
    """Tell whether the next word would have fitted the line above."""
    size = row.style.size
    word = row.text.split(maxsplit=1)[0]
    width = 2 * size if is_wide(word[0]) else (len(word) + 2) * 0.55 * size
    return before.line.right + width < edge
