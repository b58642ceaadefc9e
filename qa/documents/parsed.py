"""What a reader makes of a file's bytes, and the cleaning of values found in files."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from qa.datamodel import in_calendar
from qa.text.normalise import whole_words

# Half characters (lone surrogates) too: YAML and JSON can write them, the store cannot.
_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+"
)
_ISO_DATE = re.compile(r"\d{4}(?:-\d{2}){0,2}(?![\d-])", re.ASCII)
_EXPONENT = re.compile("[-+\u2212\u2013]?[0-9]+")
_RAISED = str.maketrans("0123456789+-\u2212\u2013", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")
# python-docx and python-pptx leave the dates of their own templates in what they write.
_TEMPLATES = (datetime(2013, 12, 23, 23, 15), datetime(2013, 1, 27, 9, 14, 16))
_VALUE = 300  # characters; the longest title or value that is kept


class Unreadable(ValueError):
    """A file that its reader refuses: ``message`` goes on from the file's name."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file's text and what it says about itself.

    ``hint`` is a language that is only believed if the text looks like it, ``lang`` one that its
    author wrote down. ``page_starts`` and ``pages_without_text`` are as in
    :class:`qa.datamodel.Document`.
    """

    text: str
    title: str = ""
    lang: str | None = None
    hint: str | None = None
    date: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    page_starts: tuple[int, ...] = ()
    pages_without_text: tuple[int, ...] = ()


def clean(value: str | None) -> str:
    """Return a title or value on one line, without control and direction characters."""
    return on_one_line(value)[:_VALUE].strip()


def on_one_line(value: str | None) -> str:
    """Return all of a value as :func:`clean` does."""
    return " ".join(_CONTROL.sub(" ", whole_words(value or "")).split())


def iso_date(value: str | None) -> str | None:
    """Return the ISO 8601 date (or year, or month) that ``value`` begins with, if any.

    Of one that no calendar has, as much as there is: 2021 of 2021-13-45.
    """
    found = _ISO_DATE.match(clean(value))
    if not found:
        return None
    text = found.group()
    return next((text[:end] for end in (10, 7, 4) if in_calendar(text[:end])), None)


def raised(exponent: str) -> str:
    """Return digits and signs as raised ones: those of 10⁶ would go on with the number before."""
    return exponent.translate(_RAISED)


def with_part(text: str, part: str, *, high: bool) -> str:
    """Return a text and what follows it: a number ``high`` above the line is no digit before."""
    exponent = high and text[-1:].isdigit() and _EXPONENT.fullmatch(part)
    return text + (raised(part) if exponent else part)


def core_metadata(author: str | None, unknown: str = "python-docx") -> dict[str, str]:
    """Return the author as metadata, unless a program wrote itself down."""
    name = clean(author)
    return {"author": name} if name and name != unknown else {}


def core_date(created: datetime | None) -> str | None:
    """Return the date of a file, unless it is that of the template a program began with."""
    if created is None or created.replace(tzinfo=None) in _TEMPLATES:
        return None
    return created.date().isoformat()


def table_row(cells: Iterable[str]) -> Iterator[str]:
    """Yield the cells of a row on one line, as Markdown has it; nothing if all are empty."""
    texts = [" ".join(cell.split()) for cell in cells]
    if any(texts):
        yield "| " + " | ".join(texts) + " |"
