"""Plain text: kept as it is; a short first line is the title."""

from qa.documents.parsed import Parsed, clean
from qa.text.normalise import decode

_LONGEST_TITLE = 100


def read(data: bytes) -> Parsed:
    """Read plain text. Raises ValueError if the bytes are no text."""
    text = decode(data)
    return Parsed(text=text, title=_first_line(text))


def _first_line(text: str) -> str:
    """Return the first line if it is a title: short, no sentence, with text below."""
    first, _, rest = text.strip().partition("\n")
    line = clean(first.strip("#= "))
    short = line and len(line) <= _LONGEST_TITLE and first[0] not in "-*•|"
    return line if short and line[-1] not in ".!?,;:。！？、" and rest.strip() else ""
