"""What repeats at the edges of a PDF's pages: headers, footers and the numbers of pages.

A number is the page's if it grows with the pages and stands as such numbers do: ``Invoice 3`` on
the third page may grow as well, and says what the page is about.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from qa.documents.assembly import Row
from qa.documents.pdfium import PageText

LARGER = 1.15  # than most of the text: a heading
_LONGEST_HEADING = 150
_MARGIN = 0.12  # of the page's height, above and below, where headers and footers stand
_OUTERMOST = 2  # lines from the edge
_PAGE = (
    "page|seite|p[aá]gina|sida|side|sivu|sayfa|oldal|str[aá]nka|strana|strona|страница|slide|folie"
    r"|sheet|blatt|p[aá]g|str|стр|p|s"
)
# What stands before the number of a page: nothing, a mark that parts it from words, or its name.
_BEFORE = rf"^[\[(]?(?:[a-z]-)?|[-‐-―|/·•] |\b(?:{_PAGE})(?:\.|\b) ?|第 ?(?=\d+ ?[页頁ペ])"  # noqa: RUF001
# "1. Lesson" and "1.2 Cranes" name what comes below.
_NUMBERED = re.compile(
    rf"(?:{_BEFORE})(?P<number>\d{{1,6}}|[ivxlcdm]+)(?![^\W页頁ペ쪽])(?![.):] ?\w)"
)
_BARE = re.compile(r"(?<!\d)(?P<number>\d{1,6})(?!\d)")
_ROMAN = dict(zip("ivxlcdm", (1, 5, 10, 50, 100, 500, 1000), strict=True))
_Key = tuple[int, str]
_Place = tuple[int, float]


def body_size(rows: Sequence[Row]) -> float:
    """Return the size in which most of the text is set; 0 if there is none."""
    sizes: Counter[float] = Counter()
    for row in rows:
        sizes[row.style.size] += len(row.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def is_large(row: Row, body: float) -> bool:
    """Tell a line that is set as a heading of text of the size ``body``."""
    letters = sum(map(str.isalpha, row.text))
    return (
        row.style.size >= LARGER * body
        and len(row.text) <= _LONGEST_HEADING
        and 2 * letters > len(row.text.replace(" ", ""))
        and letters > 1
        and not row.style.mono
    )


def without_margins(rows: Sequence[Row], pages: Sequence[PageText]) -> list[Row]:
    """Leave out lines at the upper and lower edge that repeat from page to page.

    Its first place is kept where a line is set as a heading, or stands above the first page and
    gives a number that is not the page's: "Case number 12 U 34/20".
    """
    outer = {id(row): row for row in _outermost(rows, pages)}
    body = body_size([row for row in rows if id(row) not in outer] or rows)
    titles = {at for at, row in outer.items() if is_large(row, body)}
    keys = {
        at: _keys(row, pages[row.page - 1].chars, numbered=at not in titles)
        for at, row in outer.items()
    }
    repeated = _repeated(outer, keys, len(pages))
    dropped = {at for at in outer if _repeats(keys[at], repeated)}
    told = {at for at in dropped if _tells(outer[at], keys[at], repeated, pages)}
    first = {outer[at].text: at for at in reversed(outer) if at in dropped & titles or at in told}
    usual = _usual([outer[at] for at in dropped - titles], len(pages))
    dropped |= {at for at, row in outer.items() if at not in titles and _is_usual(row, usual)}
    return [row for row in rows if id(row) not in dropped or id(row) in first.values()]


def _tells(
    row: Row, fragments: list[list[_Key]], repeated: set[_Key], pages: Sequence[PageText]
) -> bool:
    """Tell a header that gives a number which stays the same, on the first page.

    On a later one it would stand in the middle of the text.
    """
    above = row.page == 1 and row.middle < pages[0].height / 2
    same = all(keys[0] in repeated for keys in fragments)
    worded = sum(map(str.isalpha, row.text)) > 3
    return above and same and worded and any(map(str.isdigit, row.text))


def _usual(headers: Sequence[Row], pages: int) -> dict[_Place, tuple[int, int]]:
    """Return where headers stand on many pages, with the first and the last of these."""
    on = defaultdict(list)
    for row in headers:
        on[_place(row)].append(row.page)
    return {at: (min(found), max(found)) for at, found in on.items() if 3 * len(found) >= pages}


def _is_usual(row: Row, usual: dict[_Place, tuple[int, int]]) -> bool:
    """Tell a line between pages with a header at its place; the first may have a letter's date."""
    first, last = usual.get(_place(row), (0, -1))
    return first <= row.page <= last


def _repeated(outer: dict[int, Row], keys: dict[int, list[list[_Key]]], pages: int) -> set[_Key]:
    """Return what stands at the same height of several pages."""
    seen: defaultdict[_Key, set[int]] = defaultdict(set)
    for at, fragments in keys.items():
        for key in (key for fragment in fragments for key in fragment):
            seen[key].add(outer[at].page)
    return {key for key, where in seen.items() if _is_dense(sorted(where), pages)}


def _is_dense(numbers: list[int], pages: int) -> bool:
    """Tell whether three of five pages in a row, or both of two, are in ``numbers`` (ascending)."""
    if pages == 2:
        return len(numbers) == 2
    return any(last - first < 5 for first, last in zip(numbers, numbers[2:], strict=False))


def _repeats(fragments: list[list[_Key]], repeated: set[_Key]) -> bool:
    """Tell a header: "1.2" repeats above a section's title too, and says nothing alone."""
    found = [keys[0][1] for keys in fragments if not repeated.isdisjoint(keys)]
    telling = any(sum(map(str.isalpha, text)) > 3 for text in found)
    return telling or len(found) == len(fragments)


def _place(row: Row) -> _Place:
    """Where headers stand: one whose text is that of a short chapter is still a header."""
    return round(row.middle), row.style.size


def _outermost(rows: Sequence[Row], pages: Sequence[PageText]) -> list[Row]:
    by_page: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        by_page[row.page].append(row)
    found = []
    for number, members in by_page.items():
        page = pages[number - 1]
        members.sort(key=lambda row: row.middle)
        for row in {id(row): row for row in members[:_OUTERMOST] + members[-_OUTERMOST:]}.values():
            height = page.width if row.style.quarter % 2 else page.height
            if not _MARGIN * height < row.middle < (1 - _MARGIN) * height:
                found.append(row)
    return found


def _keys(row: Row, chars: str, *, numbered: bool) -> list[list[_Key]]:
    """Name each part of a line by height and text, and once more for a number of the page.

    That number is replaced by its distance from the page's place in the file, which stays.
    """
    height = round(row.middle / 4)
    parts = (" ".join(chars[one.start : one.end].casefold().split()) for one in row.line.fragments)
    return [
        [(height, text), *((height, key) for key in _apart(text, row.page) if numbered)]
        for text in parts
    ]


def _apart(text: str, page: int) -> Iterator[str]:
    worded = any(map(str.isalpha, text))
    for match in (_NUMBERED if worded else _BARE).finditer(text):
        start, end = match.span("number")
        yield f"{text[:start]}#{_value(match['number']) - page}{text[end:]}"


def _value(number: str) -> int:
    if number.isdecimal():
        return int(number)
    values = [_ROMAN[letter] for letter in number]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))
