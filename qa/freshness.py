"""Whether a document's file is still the one that was indexed: asked before anything is shown."""

import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, Literal, TypeVar

from qa.datamodel import Answer, Document
from qa.documents import beir
from qa.documents.archive import located, read_member
from qa.documents.parsed import Unreadable

Freshness = Literal["same", "changed", "missing"]
_Read = TypeVar("_Read")
_MOMENT = 2 * 10**9  # nanoseconds


def file_state(root: Path, document: Document) -> Freshness:
    """Compare what is below ``root`` now with the bytes that were indexed.

    In a BEIR folder the document's line is looked for; one that is not there counts as changed.
    """
    path, corpus = root / document.source, root / beir.FILE_NAME
    try:
        if corpus.is_file():
            kept = _of_file(corpus, beir.checksums)
            return "same" if document.sha256 in kept else "changed"
        file, member = located(path)
        digest = _of_file(file, _member, member) if member else _of_file(path, _whole)
    except (OSError, Unreadable):  # gone, or not to be opened: in either case not to be seen
        return "missing"
    return "same" if digest == document.sha256 else "changed"


def _of_file(path: Path, read: Callable[..., _Read], *arguments: str) -> _Read:
    """Return what ``read`` says of a file; as long as it looks the same, what it said before.

    One that was written a moment ago may be written again and look the same.
    """
    found = path.stat()
    if time.time_ns() - max(found.st_mtime_ns, found.st_ctime_ns) < _MOMENT:
        return read(path, *arguments)
    looks = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
    said: _Read = _remembered(path, looks, read, *arguments)
    return said


@lru_cache(maxsize=1024)
def _remembered(path: Path, _: tuple[int, ...], read: Callable[..., Any], *arguments: str) -> Any:
    return read(path, *arguments)


def _whole(path: Path) -> str:
    if not path.is_file():
        raise OSError
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _member(path: Path, name: str) -> str:
    return sha256(read_member(path, name)).hexdigest()


def file_states(root: Path, documents: Iterable[Document]) -> dict[str, Freshness]:
    """Return the state of each document's file, by ``doc_id``."""
    return {one.doc_id: file_state(root, one) for one in {d.doc_id: d for d in documents}.values()}


def shown_in(answer: Answer) -> list[Document]:
    """Return the documents that an answer shows something of."""
    cited = [one.document for one in answer.citations]
    return [*cited, *(hit.document for hit in answer.hits), *(one.document for one in answer.also)]
