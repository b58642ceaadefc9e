"""A BEIR corpus: a file ``corpus.jsonl`` whose every line is a document of its own.

Each line is an object with ``_id``, ``text`` and perhaps ``title`` and ``metadata``. The id is
the document's source, and a line's change is recognised by its bytes.
"""

import json
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from qa.datamodel import Document
from qa.documents import doc_id_for
from qa.documents.parsed import iso_date
from qa.errors import DocumentError
from qa.text.language import detect_language, iso_language

FILE_NAME = "corpus.jsonl"
# Half characters (lone surrogates), which JSON can write, and NUL: neither can be stored as text.
_BROKEN = re.compile("[\\x00\\ud800-\\udfff]")


@dataclass(frozen=True, slots=True)
class Line:
    """Where a document's line is: ``offset`` and ``size`` in bytes, ``sha256`` in hex."""

    path: Path
    source: str
    offset: int
    size: int
    sha256: str


def list_lines(path: Path) -> tuple[list[Line], dict[str, str]]:
    """Return the usable lines of a corpus, and the reason for each line that is not.

    Unusable lines are named ``corpus.jsonl:17``.
    """
    lines: dict[str, Line] = {}
    broken: dict[str, str] = {}
    offset = 0
    with path.open("rb") as file:
        for number, data in enumerate(file, 1):
            if data.strip():
                try:
                    source = _parse(data)["_id"]
                    if source in lines:
                        raise ValueError(f"the _id {source!r} is used by an earlier line")
                    checksum = _checksum(data)
                    lines[source] = Line(path, source, offset, len(data), checksum)
                except ValueError as error:
                    broken[f"{path.name}:{number}"] = f"Line {number} is unusable: {error}."
            offset += len(data)
    return list(lines.values()), broken


def line_of(path: Path, checksum: str) -> bytes | None:
    """Return the line of a corpus with this checksum, or None."""
    with path.open("rb") as file:
        return next((line for line in file if _checksum(line) == checksum), None)


def checksums(path: Path) -> frozenset[str]:
    """Return those of all lines."""
    with path.open("rb") as file:
        return frozenset(map(_checksum, file))


def _checksum(line: bytes) -> str:
    # The last line of a file may have no break until another one is added.
    return sha256(line.rstrip(b"\r\n")).hexdigest()


def read_line(line: Line) -> Document:
    """Read the document of one line.

    Raises DocumentError ("document_unreadable") if the file was changed in the meantime.
    """
    with line.path.open("rb") as file:
        file.seek(line.offset)
        data = file.read(line.size)
    if _checksum(data) != line.sha256:
        raise DocumentError(
            "document_unreadable",
            f"{line.path.name} was changed while it was being read.",
            "Run the command again.",
        )
    return _document(_parse(data), line)


def _document(fields: dict[str, Any], line: Line) -> Document:
    metadata = {_storable(key): _plain(value) for key, value in fields["metadata"].items()}
    return Document(
        doc_id=doc_id_for(line.source),
        source=line.source,
        title=fields["title"].strip() or line.source,
        text=fields["text"],
        sha256=line.sha256,
        lang=iso_language(metadata.get("lang")) or detect_language(fields["text"]),
        date=iso_date(metadata.get("date")),
        metadata=metadata,
    )


def _parse(data: bytes) -> dict[str, Any]:
    """Return the fields of a line with their defaults; ValueError says what is wrong."""
    try:
        fields = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise ValueError("it is not JSON") from error
    if not isinstance(fields, dict):
        raise ValueError("it is not an object")
    fields = {"title": "", "metadata": {}, **fields}
    if type(fields.get("_id")) is int:
        fields["_id"] = str(fields["_id"])
    for name in ("_id", "title", "text"):
        _check(name, fields.get(name))
    if not isinstance(fields["metadata"], dict):
        fields["metadata"] = {}
    return fields


def _check(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise ValueError(f"it has no {name}")
    if _BROKEN.search(value):
        raise ValueError(f"its {name} holds characters that no text has")
    if name != "title" and not value.strip():
        raise ValueError(f"its {name} is empty")


def _plain(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _storable(text)


def _storable(text: str) -> str:
    return _BROKEN.sub("\ufffd", text)
