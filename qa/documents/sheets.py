"""Tables of XLSX and CSV files: one line a row, with its number and the names of its columns.

    # Sales

    | 2 | Region: North | Sales: 40 |

A passage's heading names the sheet, and a quotation begins with the number of its row. A title may
stand in one cell above the names of the columns.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from io import StringIO
from itertools import dropwhile, islice

from qa.documents.parsed import Unreadable, table_row
from qa.text.normalise import decode

_MOST_CELLS = 2_000_000
_TITLES = 3  # rows, at most, of one cell each above the names of the columns
_HEAD, _HEAD_ROWS = 20_000, 20  # characters and rows by which a separator is told
_NAMED = re.compile(r"sep=([\t;,|])\r?\n")  # Excel's own first line, which is no row
_ESCAPED_BREAK = re.compile("_x000[AD]_")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_NUMBER = re.compile(r"[-+\d.,%€$£¥\s]*")


def sheet_lines(rows: Iterable[tuple[int, Sequence[object]]]) -> Iterator[str]:
    """Yield the lines of one sheet from its numbered rows; empty rows are left out.

    Raises Unreadable ("document_too_large").
    """
    names: Sequence[str] | None = None
    cells = titles = 0
    for number, values in rows:
        texts = [_written(value) for value in values]
        cells += sum(map(bool, texts))
        if cells > _MOST_CELLS:
            raise Unreadable(
                "document_too_large",
                f"has more than {_MOST_CELLS:,} cells in one sheet.",
                "Split it into smaller ones.",
            )
        if not any(texts):
            continue
        labels = names or ()
        if names is None and titles < _TITLES and sum(map(bool, texts)) == 1:
            titles += 1
        elif names is None:
            names = texts if _names_columns(texts) else ()
        yield from table_row([str(number), *_labelled(texts, labels)])


def _labelled(texts: Sequence[str], labels: Sequence[str]) -> Iterator[str]:
    for at, text in enumerate(texts):
        label = labels[at] if at < len(labels) else ""
        if text:
            yield f"{label}: {text}" if label else text


def _names_columns(texts: Sequence[str]) -> bool:
    """Tell a row of column names: different words, and no numbers but years beside a word."""
    given = [text for text in texts if text]
    different = len(set(given)) == len(given) > 1
    numbers = [text for text in given if _NUMBER.fullmatch(text)]
    years = len(numbers) > 1 and all(map(_YEAR.fullmatch, numbers)) and given[0] not in numbers
    return different and (years or not numbers) and all(len(text) <= 60 for text in given)


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if isinstance(value, float):
        return f"{value:.15g}"  # Excel keeps 17 digits and shows 15 at most
    return " ".join(_ESCAPED_BREAK.sub(" ", str(value)).split())


def read_csv(data: bytes) -> list[str]:
    """Return the lines of a file of separated values; raises ValueError if it is no text."""
    text = decode(data)
    csv.field_size_limit(1_000_000)
    named = _NAMED.match(text)
    text = text[named.end() :] if named else text
    try:
        rows = _rows(text, named.group(1) if named else _delimiter(text))
        return list(sheet_lines(enumerate(rows, 1)))
    except csv.Error as error:
        message, hint = f"is no table of separated values ({error}).", "Save it anew as CSV."
        raise Unreadable("document_corrupt", message, hint) from error


def _below_titles(cells: list[int]) -> list[int]:
    """Leave out rows of one cell at the top, if a table of several rows follows."""
    table = list(dropwhile(lambda count: count == 1, cells))
    return table if len(table) > 1 and len(cells) - len(table) <= _TITLES else []


def _rows(text: str, mark: str) -> Iterator[list[str]]:
    return csv.reader(StringIO(text, newline=""), delimiter=mark)


def _delimiter(text: str) -> str:
    """Return the separator that gives the first rows the same number of cells.

    The comma comes last: where another one parts every row as evenly, it is that of decimals.
    """
    head = text[:_HEAD]
    counts: dict[str, list[int]] = {}
    for mark in "\t;|,":
        rows = [len(row) for row in islice(_rows(head, mark), _HEAD_ROWS) if row]
        cut = len(text) > _HEAD and 1 < len(rows) < _HEAD_ROWS
        counts[mark] = rows[:-1] if cut else rows
    for found in (counts, {mark: _below_titles(rows) for mark, rows in counts.items()}):
        for mark, rows in found.items():
            if len(set(rows)) == 1 and rows[0] > 1:
                return mark
    best = max(counts, key=lambda mark: min(counts[mark], default=0))
    return best if min(counts[best], default=0) > 1 else ","
