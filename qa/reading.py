"""Candidates to documents: where foreign bytes are parsed, in other processes.

Both ways go as JSON, which is checked on return; ``KINDS`` names every kind of candidate that is
read so. What was parsed when it was listed is read here: the lines of a BEIR corpus.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import takewhile
from threading import Event
from typing import Any

from qa.datamodel import Document
from qa.documents import doc_id_for
from qa.errors import DocumentError
from qa.folder import Candidate, File, Member
from qa.isolation import Limits, Pool, Task

Answer = Document | DocumentError | OSError  # of reading one candidate
KINDS: dict[str, Any] = {kind.__name__: kind for kind in (File, Member)}
_FUNCTION = f"{__name__}:read"
# Recognising text takes seconds a page, and each page has a limit of its own.
_OCR_PATIENCE = 60.0
# Starting a reader costs as much as encoding a few dozen passages: each must be worth that.
_BYTES_A_READER = 2**20


@contextmanager
def reading_ahead(
    candidates: Sequence[Candidate],
    jobs: int | None = None,
    limits: Limits | None = None,
    stop: Event | None = None,
) -> Iterator[Iterator[Answer]]:
    """Begin to read ``candidates``, in up to ``jobs`` processes; yields the answers in order.

    There are fewer answers than candidates once ``stop`` is set.
    """
    stop = stop or Event()
    if not any(candidate.foreign for candidate in candidates):
        yield map(_read_here, takewhile(lambda _: not stop.is_set(), candidates))
        return
    pool = Pool(_readers(candidates, jobs or os.cpu_count() or 1), limits)
    try:
        yield map(_checked, candidates, pool.start(map(_task, candidates), stop))
    finally:
        pool.close()


def _read_here(candidate: Candidate) -> Answer:
    try:
        return candidate.read()
    except (DocumentError, OSError) as error:
        return error


def _checked(candidate: Candidate, answer: bytes | DocumentError | OSError) -> Answer:
    try:
        return document_of(candidate, answer) if isinstance(answer, bytes) else answer
    except DocumentError as error:
        return error


def _readers(candidates: Sequence[Candidate], most: int) -> int:
    """Return how many processes are worth starting: few files are read by one of them."""
    if any(map(_recognises, candidates)):
        return most
    size = sum(candidate.state.size for candidate in candidates)
    return min(most, 1 + size // _BYTES_A_READER)


def _recognises(candidate: Candidate) -> bool:
    return bool(getattr(candidate, "ocr", False))


def read(payload: bytes) -> bytes:
    """Read the candidate that ``payload`` names; this is what runs in the worker.

    Raises what the candidate's own ``read`` raises.
    """
    kind, _, values = payload.decode().partition(" ")
    candidate: Candidate = _adapter(KINDS[kind]).validate_json(values)
    document = candidate.read()
    try:
        return bytes(_adapter(Document).dump_json(document))
    except ValueError as error:  # half characters (lone surrogates)
        raise _unusable(candidate.source) from error


def document_of(candidate: Candidate, answer: bytes) -> Document:
    """Return the document in a worker's answer; DocumentError if it cannot be ours."""
    try:
        document: Document = _adapter(Document).validate_json(answer, strict=True)
    except ValueError as error:
        raise _unusable(candidate.source) from error
    starts = document.page_starts
    fits = starts == tuple(sorted(starts)) and not (starts and starts[-1] > len(document.text))
    ours = (document.source, document.doc_id) == (candidate.source, doc_id_for(candidate.source))
    if not (fits and ours and document.text.strip()):
        raise _unusable(candidate.source)
    return document


def _task(candidate: Candidate) -> Task:
    kind = type(candidate)
    values = _adapter(KINDS[kind.__name__]).dump_json(candidate).decode()
    payload = f"{kind.__name__} {values}"
    patience = _OCR_PATIENCE if _recognises(candidate) else 1.0
    return Task(_FUNCTION, payload, candidate.source, candidate.state.size, patience)


@cache
def _adapter(kind: Any) -> Any:
    from pydantic import TypeAdapter  # takes a while to load: only where something is read

    return TypeAdapter(kind)


def _unusable(source: str) -> DocumentError:
    return DocumentError(
        "document_crashed",
        f"{source} breaks the program that reads such files (it makes no usable document).",
        "Save it anew in the program that made it, or in another format.",
    )
