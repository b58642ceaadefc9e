"""Nearest mean vectors: an exact FAISS index, derived from the store.

A :class:`Dense` never changes: bringing it in step gives a new one, so that questions under way
keep theirs. On disk it is one file: a line of JSON (identity and revision of the store it was
made from, checksum), then FAISS's own bytes.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import faiss
import numpy as np

from qa.datamodel import Floats, Ids
from qa.files import replace_file

FILE_NAME = "dense.faiss"
_LONGEST_HEAD = 1_000  # bytes
_BATCH = 10_000  # vectors fetched at a time: 15 MB of them at 384 dimensions


@dataclass(frozen=True, slots=True)
class Dense:
    """Vectors of passages: ``ids`` ascending, shape (n,), as of ``revision`` of the store."""

    identity: str
    revision: int
    ids: Ids
    _index: faiss.Index

    @classmethod
    def empty(cls, identity: str, dimensions: int) -> "Dense":
        """Return an index without vectors, older than any revision."""
        index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimensions))
        return cls(identity, -1, np.empty(0, dtype=np.int64), index)

    @classmethod
    def read(cls, folder: Path, identity: str, dimensions: int) -> "Dense":
        """Read the file in ``folder``; an empty index if it is missing, damaged or foreign."""
        path = folder / FILE_NAME
        data = path.read_bytes() if path.is_file() else b""
        end = data.find(b"\n") + 1
        payload = memoryview(data)[end:]
        revision = _revision(data[:end], identity)
        if revision < 0 or json.loads(data[:end])["sum"] != _checksum(payload):
            return cls.empty(identity, dimensions)
        index = faiss.deserialize_index(np.frombuffer(payload, dtype=np.uint8))
        return cls(identity, revision, np.sort(_ids(index)), index)

    @staticmethod
    def recorded_revision(folder: Path, identity: str) -> int:
        """Return the revision that the file in ``folder`` says it contains; -1 without one."""
        path = folder / FILE_NAME
        if not path.is_file():
            return -1
        with path.open("rb") as file:
            return _revision(file.readline(_LONGEST_HEAD), identity)

    def write(self, folder: Path) -> None:
        """Put the index into ``folder`` in one step."""
        payload = faiss.serialize_index(self._index).data
        head = {
            "identity": self.identity,
            "sum": _checksum(payload),
            "revision": self.revision,
        }
        replace_file(folder / FILE_NAME, [json.dumps(head).encode(), b"\n", payload])

    def in_step(self, ids: Ids, revision: int, fetch: Callable[[Ids], Floats]) -> "Dense":
        """Return an index of exactly ``ids``, which are ascending.

        ``fetch`` gives the vectors, shape (n, d), of those that are not here yet.
        """
        index = self._index
        gone = np.setdiff1d(self.ids, ids, assume_unique=True)
        new = np.setdiff1d(ids, self.ids, assume_unique=True)
        if len(gone) or len(new):
            index = faiss.clone_index(index)
        if len(gone):
            index.remove_ids(_selector(gone))
        for at in range(0, len(new), _BATCH):
            batch = new[at : at + _BATCH]
            index.add_with_ids(np.ascontiguousarray(fetch(batch)), batch)
        return Dense(self.identity, revision, ids, index)

    def search(self, vector: Floats, k: int, allowed: Ids | None = None) -> tuple[Ids, Floats]:
        """Return ids and inner products of the best ``k``, best first, equals by ascending id.

        ``vector`` has shape (d,). With ``allowed``, only those ids are considered.
        """
        total = len(self.ids) if allowed is None else len(allowed)
        if min(k, total) <= 0:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        params = None
        if allowed is not None:
            params = faiss.SearchParameters(sel=_selector(allowed))  # type: ignore[call-arg]
        query, want = np.ascontiguousarray(vector, dtype=np.float32)[None, :], k
        while True:
            found, ids = self._index.search(query, min(want + 1, len(self.ids)), params=params)
            scores, ids = found[0][ids[0] >= 0], ids[0][ids[0] >= 0]
            # Which of several equals FAISS keeps is chance: look further until the tie ends.
            if len(ids) <= want or scores[k - 1] > scores[-1]:
                break
            want *= 2
        order = np.lexsort((ids, -scores))[:k]
        return ids[order], scores[order]

    def vectors(self, ids: Ids) -> Floats:
        """Return the vectors of ``ids``, shape (n, d), in the same order."""
        if not len(ids):
            return np.empty((0, self._index.d), dtype=np.float32)
        vectors: Floats = self._index.reconstruct_batch(ids)
        return vectors


def _revision(head: bytes, identity: str) -> int:
    """Return the revision in a file's first line; -1 if it is damaged or of another store."""
    try:
        found = json.loads(head)
        return int(found["revision"]) if found["identity"] == identity and found["sum"] else -1
    except (ValueError, KeyError, TypeError):
        return -1


def _ids(index: faiss.Index) -> Ids:
    ids: Ids = faiss.vector_to_array(index.id_map)  # type: ignore[attr-defined]
    return ids


def _selector(allowed: Ids) -> faiss.IDSelector:
    # A bitmap answers at once; ids are small, since they count up from one.
    bits = np.zeros(int(allowed.max(initial=0)) + 1, dtype=bool)
    bits[allowed] = True
    # FAISS's stubs leave out what its Python wrappers add to constructors.
    packed = np.packbits(bits, bitorder="little")
    return faiss.IDSelectorBitmap(packed)  # type: ignore[arg-type, call-arg]


def _checksum(payload: bytes | memoryview) -> str:
    return blake2b(payload, digest_size=16).hexdigest()
