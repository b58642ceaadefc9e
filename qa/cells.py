"""Near neighbours in one large group of vectors, without looking at each of them.

The vectors are parted into cells around centroids (an inverted file, Sivic and Zisserman 2003)
and kept at one byte a dimension. A search looks into the cells nearest to the question and
proposes more ids than are wanted: their exact scores decide, which are the caller's to compute.
Measured with questions in and across languages, 99 of the best 100 are among the proposals
(``benchmarks.speed`` shows it).
"""

import math
import os
from collections.abc import Callable
from dataclasses import dataclass

import faiss
import numpy as np

from qa.datamodel import Floats, Ids

# From here on cells are faster than comparing with every vector.
WORTHWHILE = 5_000
# Cells looked into: 192 of 283 at 5,000 vectors and of 2,300 at 330,000, but never less than one in
# twelve: at a million, 192 of 4,000 find 98.9 of the best 100, a twelfth finds 99.5.
_PROBES = 192
_ONE_IN = 12
_SPARE = 100  # proposals beyond twice what is wanted
_SAMPLE = 40  # vectors a centroid is learnt from, at most
_ROUNDS = 10
_BATCH = 10_000

Fetch = Callable[[Ids], Floats]


@dataclass(frozen=True, slots=True)
class Cells:
    """A group's vectors in cells: ``ids`` ascending, centroids learnt from ``learnt`` vectors."""

    ids: Ids
    learnt: int
    _index: faiss.Index

    @classmethod
    def build(cls, ids: Ids, fetch: Fetch) -> "Cells":
        """Learn cells from a sample of ``ids`` and put all of them in; ``fetch`` gives (n, d)."""
        count = int(4 * math.sqrt(len(ids)))
        sample = fetch(ids[:: max(1, len(ids) // (_SAMPLE * count))])
        dimensions = sample.shape[1]
        index = faiss.IndexIVFScalarQuantizer(
            faiss.IndexFlatIP(dimensions),
            dimensions,
            min(count, len(sample)),
            faiss.ScalarQuantizer.QT_8bit_uniform,
            faiss.METRIC_INNER_PRODUCT,
        )
        index.cp.niter = _ROUNDS
        index.cp.min_points_per_centroid = 1
        faiss.omp_set_num_threads(os.cpu_count() or 1)
        index.train(np.ascontiguousarray(sample))
        _add(index, ids, fetch)
        return cls(ids, len(ids), index)

    @classmethod
    def load(cls, ids: Ids, learnt: int, data: memoryview) -> "Cells":
        """Read what :meth:`dump` wrote."""
        return cls(ids, learnt, faiss.deserialize_index(np.frombuffer(data, np.uint8)))

    def dump(self) -> memoryview:
        """Return FAISS's own bytes."""
        data: memoryview = faiss.serialize_index(self._index).data
        return data

    def in_step(self, ids: Ids, fetch: Fetch) -> "Cells":
        """Return cells of exactly ``ids``, learnt anew once there are twice as many."""
        if len(ids) > 2 * self.learnt:
            return Cells.build(ids, fetch)
        gone = np.setdiff1d(self.ids, ids, assume_unique=True)
        new = np.setdiff1d(ids, self.ids, assume_unique=True)
        if not len(gone) and not len(new):
            return Cells(ids, self.learnt, self._index)  # the caller's array: compared at once
        index = faiss.clone_index(self._index)
        if len(gone):
            index.remove_ids(gone)  # type: ignore[arg-type]
        _add(index, new, fetch)
        return Cells(ids, self.learnt, index)

    def propose(self, vector: Floats, k: int) -> Ids:
        """Return ids among which the best ``k`` for ``vector`` (d,) nearly always are."""
        # One question is no work to share: waiting for other threads can take a hundred times
        # as long as the search.
        faiss.omp_set_num_threads(1)
        probes = max(_PROBES, self._index.nlist // _ONE_IN)  # type: ignore[attr-defined]
        params = faiss.SearchParametersIVF(nprobe=probes)  # type: ignore[call-arg]
        query = np.ascontiguousarray(vector, dtype=np.float32)[None, :]
        _, found = self._index.search(query, min(2 * k + _SPARE, len(self.ids)), params=params)
        ids: Ids = found[0][found[0] >= 0]
        return ids


def _add(index: faiss.Index, ids: Ids, fetch: Fetch) -> None:
    for at in range(0, len(ids), _BATCH):
        batch = ids[at : at + _BATCH]
        index.add_with_ids(np.ascontiguousarray(fetch(batch)), batch)
