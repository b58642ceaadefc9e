"""Nearest vectors: exact, ordered, derived from the store and safe on disk."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qa.datamodel import Floats, Ids
from qa.dense import FILE_NAME, Dense

# Small whole numbers: inner products are exact, and ties are common.
VECTORS = arrays(np.float32, st.tuples(st.integers(1, 30), st.just(4)), elements=st.integers(-2, 2))


def dense_of(vectors: Floats, ids: Ids, revision: int = 1) -> Dense:
    by_id = dict(zip(ids.tolist(), vectors, strict=True))
    return Dense.empty("me", vectors.shape[1]).in_step(
        np.sort(ids), revision, lambda wanted: np.stack([by_id[i] for i in wanted.tolist()])
    )


def full_sort(vectors: Floats, ids: Ids, query: Floats, k: int) -> tuple[list[int], list[float]]:
    scores = vectors @ query
    order = np.lexsort((ids, -scores))[: max(k, 0)]
    return ids[order].tolist(), scores[order].tolist()


@given(vectors=VECTORS, data=st.data(), k=st.integers(-1, 40))
def test_search_equals_a_full_sort(vectors: Floats, data: st.DataObject, k: int) -> None:
    count = len(vectors)
    chosen = data.draw(
        st.lists(st.integers(1, 500), min_size=count, max_size=count, unique=True), label="ids"
    )
    ids = np.array(chosen, dtype=np.int64)
    query = data.draw(arrays(np.float32, 4, elements=st.integers(-2, 2)), label="query")
    found, scores = dense_of(vectors, ids).search(query, k)
    assert (found.tolist(), scores.tolist()) == full_sort(vectors, ids, query, k)


@given(vectors=VECTORS, data=st.data(), k=st.integers(1, 40))
def test_search_among_allowed_ids_equals_a_full_sort_of_them(
    vectors: Floats, data: st.DataObject, k: int
) -> None:
    ids = np.arange(1, len(vectors) + 1, dtype=np.int64)
    keep = np.array(data.draw(st.lists(st.booleans(), min_size=len(ids), max_size=len(ids))))
    query = data.draw(arrays(np.float32, 4, elements=st.integers(-2, 2)), label="query")
    found, scores = dense_of(vectors, ids).search(query, k, allowed=ids[keep])
    assert (found.tolist(), scores.tolist()) == full_sort(vectors[keep], ids[keep], query, k)


@given(
    before=st.sets(st.integers(1, 40)), after=st.sets(st.integers(1, 40)), dims=st.integers(2, 8)
)
def test_in_step_holds_exactly_the_wanted_vectors(
    before: set[int], after: set[int], dims: int
) -> None:
    def fetch(ids: Ids) -> Floats:
        return np.outer(ids, np.arange(1, dims + 1)).astype(np.float32)

    old_ids, new_ids = (np.array(sorted(ids), dtype=np.int64) for ids in (before, after))
    old = Dense.empty("me", dims).in_step(old_ids, 1, fetch)
    new = old.in_step(new_ids, 2, fetch)
    assert new.ids.tolist() == sorted(after)
    np.testing.assert_array_equal(new.vectors(new_ids), fetch(new_ids))
    found, _ = new.search(np.ones(dims, dtype=np.float32), 100)
    assert sorted(found.tolist()) == sorted(after)
    # Questions under way keep what they had.
    assert sorted(old.search(np.ones(dims, dtype=np.float32), 100)[0].tolist()) == sorted(before)


def test_in_step_fetches_only_what_is_new() -> None:
    first = dense_of(np.eye(3, 4, dtype=np.float32), np.array([1, 2, 3]))
    asked: list[int] = []

    def fetch(ids: Ids) -> Floats:
        asked.extend(ids.tolist())
        return np.ones((len(ids), 4), dtype=np.float32)

    first.in_step(np.array([2, 3, 9]), 2, fetch)
    assert asked == [9]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    dense = dense_of(np.eye(3, 4, dtype=np.float32), np.array([7, 2, 5]), revision=12)
    dense.write(tmp_path)
    again = Dense.read(tmp_path, "me", 4)
    assert (again.revision, again.ids.tolist()) == (12, [2, 5, 7])
    assert Dense.recorded_revision(tmp_path, "me") == 12
    np.testing.assert_array_equal(again.vectors(np.array([5, 7])), dense.vectors(np.array([5, 7])))


def test_another_index_is_not_mistaken_for_ours(tmp_path: Path) -> None:
    dense_of(np.eye(3, 4, dtype=np.float32), np.array([1, 2, 3])).write(tmp_path)
    assert Dense.read(tmp_path, "other", 4).revision == -1
    assert Dense.recorded_revision(tmp_path, "other") == -1


def test_a_missing_file_counts_as_empty(tmp_path: Path) -> None:
    assert Dense.read(tmp_path, "me", 4).revision == -1
    assert Dense.recorded_revision(tmp_path, "me") == -1


@pytest.mark.parametrize("at", range(0, 300, 13))
def test_any_damaged_byte_counts_as_missing(tmp_path: Path, at: int) -> None:
    dense_of(np.eye(3, 4, dtype=np.float32), np.array([1, 2, 3])).write(tmp_path)
    path = tmp_path / FILE_NAME
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= 0x5A
    path.write_bytes(data)
    again = Dense.read(tmp_path, "me", 4)
    assert again.revision == -1 or again.ids.tolist() == [1, 2, 3]


@pytest.mark.parametrize("cut", [1, 10, 100, 150, 10_000])
def test_a_cut_file_counts_as_missing(tmp_path: Path, cut: int) -> None:
    dense_of(np.eye(3, 4, dtype=np.float32), np.array([1, 2, 3])).write(tmp_path)
    path = tmp_path / FILE_NAME
    path.write_bytes(path.read_bytes()[:-cut])
    assert Dense.read(tmp_path, "me", 4).revision == -1


def test_no_vectors_give_no_hits() -> None:
    ids, scores = Dense.empty("me", 4).search(np.ones(4, dtype=np.float32), 5)
    assert len(ids) == len(scores) == 0
    assert Dense.empty("me", 4).vectors(np.array([], dtype=np.int64)).shape == (0, 4)
