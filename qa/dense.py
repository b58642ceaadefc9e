"""Nearest mean vectors: FAISS indexes, derived from the store.

All vectors stand in one exact index. A large group, such as the passages of one language, has
cells besides (:mod:`qa.cells`): a search of the whole group goes through them, a search of any
other choice of ids compares each of them, so that filters are always exact.

A :class:`Dense` never changes: bringing it in step gives a new one, so that questions under way
keep theirs. On disk it is one file: a line of JSON (identity and revision of the store it was
made from, checksum of the rest), a line of JSON that tells where the parts end, then the parts:
FAISS's own bytes and the ids of each group.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType

import faiss
import numpy as np

from qa.cells import WORTHWHILE, Cells
from qa.datamodel import Floats, Ids
from qa.files import replace_file

FILE_NAME = "dense.faiss"
_FORMAT = 3  # raised when the file's layout changes: an older one counts as missing
_LONGEST_HEAD = 1_000  # bytes
_LONGEST_LAYOUT = 100_000
_BATCH = 10_000  # vectors fetched at a time: 15 MB of them at 384 dimensions


@dataclass(frozen=True, slots=True)
class Dense:
    """Vectors of passages: ``ids`` ascending, shape (n,), as of ``revision`` of the store."""

    identity: str
    revision: int
    ids: Ids
    _index: faiss.Index
    _cells: Mapping[str, Cells]

    @classmethod
    def empty(cls, identity: str, dimensions: int) -> "Dense":
        """Return an index without vectors, older than any revision."""
        index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimensions))
        return cls(identity, -1, np.empty(0, dtype=np.int64), index, {})

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
        index, cells = _parts(payload)
        return cls(identity, revision, np.sort(_ids(index)), index, cells)

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
        parts: list[bytes | memoryview] = [faiss.serialize_index(self._index).data]
        groups = []
        for name, cells in sorted(self._cells.items()):
            mine: list[bytes | memoryview] = [cells.ids.astype("<i8").tobytes(), cells.dump()]
            groups.append({"name": name, "learnt": cells.learnt, "bytes": [*map(len, mine)]})
            parts += mine
        layout = json.dumps({"exact": len(parts[0]), "groups": groups}).encode() + b"\n"
        head = {
            "format": _FORMAT,
            "identity": self.identity,
            "sum": _checksum(layout, *parts),
            "revision": self.revision,
        }
        replace_file(folder / FILE_NAME, [json.dumps(head).encode(), b"\n", layout, *parts])

    def in_step(
        self,
        ids: Ids,
        revision: int,
        fetch: Callable[[Ids], Floats],
        groups: Mapping[str, Ids] = MappingProxyType({}),
    ) -> "Dense":
        """Return an index of exactly ``ids``, which are ascending.

        ``fetch`` gives the vectors, shape (n, d), of those that are not here yet. ``groups``
        are what will be searched as a whole, each by ascending id.
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
        cells = _cells_in_step(self._cells, groups, index.reconstruct_batch)
        return Dense(self.identity, revision, ids, index, cells)

    def search(self, vector: Floats, k: int, allowed: Ids | None = None) -> tuple[Ids, Floats]:
        """Return ids and inner products of the best ``k``, best first, equals by ascending id.

        ``vector`` has shape (d,). With ``allowed``, ascending, only those ids are considered.
        The result is exact unless ``allowed`` is a large group of :meth:`in_step`.
        """
        cells = None if allowed is None else self._cells_of(allowed)
        if cells is not None and k > 0:
            ids = cells.propose(vector, k)
            scores = self.vectors(ids) @ vector
            order = np.lexsort((ids, -scores))[:k]
            return ids[order], scores[order]
        return self._search_all(vector, k, allowed)

    def _cells_of(self, allowed: Ids) -> Cells | None:
        groups = self._cells.values()
        same = (one for one in groups if one.ids is allowed or np.array_equal(one.ids, allowed))
        return next(same, None)

    def _search_all(self, vector: Floats, k: int, allowed: Ids | None) -> tuple[Ids, Floats]:
        total = len(self.ids) if allowed is None else len(allowed)
        if min(k, total) <= 0:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        params = None
        if allowed is not None:
            params = faiss.SearchParameters(sel=_selector(allowed))  # type: ignore[call-arg]
        # One question is no work to share: waiting for other threads can take a hundred times
        # as long as the search. FAISS keeps this number for each calling thread.
        faiss.omp_set_num_threads(1)
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


def _cells_in_step(
    current: Mapping[str, Cells], groups: Mapping[str, Ids], fetch: Callable[[Ids], Floats]
) -> dict[str, Cells]:
    large = {name: ids for name, ids in groups.items() if len(ids) >= WORTHWHILE}
    return {
        name: current[name].in_step(ids, fetch) if name in current else Cells.build(ids, fetch)
        for name, ids in large.items()
    }


def _parts(payload: memoryview) -> tuple[faiss.Index, dict[str, Cells]]:
    """Return the exact index and the cells of a file's bytes after its first line."""
    end = bytes(payload[:_LONGEST_LAYOUT]).index(b"\n") + 1
    layout, at = json.loads(bytes(payload[:end])), end

    def take(size: int) -> memoryview:
        nonlocal at
        at += size
        return payload[at - size : at]

    index = faiss.deserialize_index(np.frombuffer(take(layout["exact"]), dtype=np.uint8))
    cells = {}
    for group in layout["groups"]:
        ids, data = map(take, group["bytes"])
        ascending = np.frombuffer(ids, dtype="<i8").astype(np.int64)
        cells[group["name"]] = Cells.load(ascending, group["learnt"], data)
    return index, cells


def _revision(head: bytes, identity: str) -> int:
    """Return the revision in a file's first line; -1 if it is damaged or of another store."""
    try:
        found = json.loads(head)
        ours = (found["format"], found["identity"]) == (_FORMAT, identity)
        return int(found["revision"]) if ours and found["sum"] else -1
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


def _checksum(*parts: bytes | memoryview) -> str:
    digest = blake2b(digest_size=16)
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
