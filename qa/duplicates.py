"""Documents that say the same: word for word, or nearly.

Each document is known by a sketch: the smallest hashes of its runs of five words (or characters
of scripts without spaces). What share of the smallest hashes of both two documents have in
common estimates the Jaccard similarity of their runs (Broder 1997, "On the resemblance and
containment of documents").
"""

import re
import zlib
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from qa.index import Index

Sketch = NDArray[np.uint64]

NEAR = 0.5  # of all runs in common: two versions of one text rather than two texts of one kind
_SIZE = 256  # hashes; the similarity's standard error is about 0.03
_RUN = 5
_WORD = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]|\\w+")
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Another document that says the same; ``similarity`` is 1 for the same words."""

    doc_id: str
    source: str
    similarity: float
    exact: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """What is remembered of a document's text; ``file`` and ``text`` are hashes."""

    file: str
    text: str
    sketch: Sketch


class Duplicates:
    """Finds duplicates in an index; it remembers the sketches of documents that do not change."""

    def __init__(self, index: Index) -> None:
        """Look at ``index``; nothing is read yet."""
        self._index = index
        self._state = ("", -1)
        self._known: dict[str, _Known] = {}

    def of(self, doc_id: str) -> list[Duplicate]:
        """Return the documents with the same or nearly the same text, most similar first.

        Raises InputError ("document_unknown").
        """
        with self._index.reading():
            self._index.document(doc_id)
            self._catch_up()
            sources = {one.doc_id: one.source for one in self._index.documents()}
        own = self._known[doc_id]
        others = {other: known for other, known in self._known.items() if other != doc_id}
        found = [
            Duplicate(other, sources[other], similarity, known.text == own.text)
            for other, known in others.items()
            if (similarity := _similarity(own, known)) >= NEAR
        ]
        return sorted(found, key=lambda one: (not one.exact, -one.similarity, one.source))

    def _catch_up(self) -> None:
        """Make sketches of the documents that are new or changed."""
        if self._state == self._index.state:
            return
        known = {}
        for summary in self._index.documents():
            document = self._index.document(summary.doc_id)
            old = self._known.get(summary.doc_id)
            if old is None or old.file != document.sha256:
                digest = sha256(document.text.encode()).hexdigest()
                old = _Known(document.sha256, digest, sketch(document.text))
            known[summary.doc_id] = old
        self._known, self._state = known, self._index.state


def sketch(text: str) -> Sketch:
    """Return the smallest hashes of the runs of five words of ``text``, ascending."""
    words = [zlib.crc32(word.encode()) for word in _WORD.findall(text.casefold())]
    hashes = np.array(words, dtype=np.uint64)
    count = max(1, len(hashes) - _RUN + 1)
    runs = np.zeros(count, dtype=np.uint64)
    for at in range(min(_RUN, len(hashes))):
        runs = (runs ^ hashes[at : at + count]) * _FACTOR
        runs ^= runs >> np.uint64(29)
    return np.unique(runs)[:_SIZE]


def _similarity(one: _Known, other: _Known) -> float:
    if one.text == other.text:
        return 1.0
    union = np.union1d(one.sketch, other.sketch)[:_SIZE]
    common = np.intersect1d(one.sketch, other.sketch, assume_unique=True)
    return float(np.isin(union, common).mean())
