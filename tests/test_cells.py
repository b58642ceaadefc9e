"""Large groups of vectors: nearly exact as a whole, exact in every other choice of ids."""

from pathlib import Path

import numpy as np
import pytest

from qa.cells import WORTHWHILE, Cells
from qa.datamodel import Floats, Ids
from qa.dense import Dense

DIMENSIONS = 24
LARGE = np.arange(1, WORTHWHILE + 501, dtype=np.int64)
SMALL = np.arange(WORTHWHILE + 501, WORTHWHILE + 601, dtype=np.int64)


def vectors_of(ids: Ids) -> Floats:
    """Return unit vectors around a few dozen topics, the same for the same id."""
    topics = np.random.default_rng(0).standard_normal((40, DIMENSIONS))
    noise = np.random.default_rng(1).standard_normal((2 * len(LARGE), DIMENSIONS))
    found = topics[ids % 40] + 0.7 * noise[ids]
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


def questions(count: int) -> Floats:
    asked = np.random.default_rng(2).standard_normal((count, DIMENSIONS)) + 1
    return np.asarray(asked / np.linalg.norm(asked, axis=1, keepdims=True), np.float32)


def best(ids: Ids, question: Floats, k: int) -> list[int]:
    scores = vectors_of(ids) @ question
    return [int(one) for one in ids[np.lexsort((ids, -scores))][:k]]


def recall(dense: Dense, ids: Ids, k: int = 100) -> float:
    """Return the share of the exact best ``k`` that a search of the whole group finds."""
    shares = [
        len(set(dense.search(one, k, allowed=ids)[0].tolist()) & set(best(ids, one, k))) / k
        for one in questions(30)
    ]
    return float(np.mean(shares))


@pytest.fixture(scope="module")
def dense() -> Dense:
    everything = np.concatenate([LARGE, SMALL])
    groups = {"de": LARGE, "en": SMALL}
    return Dense.empty("me", DIMENSIONS).in_step(everything, 1, vectors_of, groups)


def test_a_large_group_finds_99_of_100(dense: Dense) -> None:
    assert recall(dense, LARGE) >= 0.99


def test_of_very_many_cells_a_share_is_looked_into(
    dense: Dense, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.cells._PROBES", 1)
    some = recall(dense, LARGE)
    monkeypatch.setattr("qa.cells._ONE_IN", len(LARGE))
    assert recall(dense, LARGE) < 0.5 < 0.8 < some


def test_scores_of_a_large_group_are_exact_and_sorted(dense: Dense) -> None:
    question = questions(1)[0]
    ids, scores = dense.search(question, 50, allowed=LARGE)
    np.testing.assert_allclose(scores, vectors_of(ids) @ question, atol=1e-6)
    assert (np.diff(scores) <= 0).all()
    assert len(set(ids.tolist())) == 50


@pytest.mark.parametrize("step", [1, 2, 7, 500])
def test_any_other_choice_of_ids_is_exact(dense: Dense, step: int) -> None:
    allowed = LARGE[1::step]
    for question in questions(5):
        found, _ = dense.search(question, 20, allowed=allowed)
        assert found.tolist() == best(allowed, question, 20)
    found, _ = dense.search(questions(1)[0], 20, allowed=SMALL)
    assert found.tolist() == best(SMALL, questions(1)[0], 20)


def test_what_is_gone_is_never_found_and_what_is_new_is(dense: Dense) -> None:
    question = questions(1)[0]
    gone = np.array(best(LARGE, question, 10))
    new = np.array([SMALL[-1] + 5])
    kept = np.setdiff1d(LARGE, gone)
    group = np.concatenate([kept, new])

    def fetch(ids: Ids) -> Floats:
        return np.where((ids == new)[:, None], question, vectors_of(ids))

    later = dense.in_step(group, 2, fetch, {"de": group})
    found, _ = later.search(question, 30, allowed=group)
    assert found.tolist() == [int(new[0]), *best(kept, question, 29)]
    # Questions under way keep what they had.
    assert set(gone.tolist()) <= set(dense.search(question, 10, allowed=LARGE)[0].tolist())


def test_cells_are_written_and_read_again(dense: Dense, tmp_path: Path) -> None:
    dense.write(tmp_path)
    again = Dense.read(tmp_path, "me", DIMENSIONS)
    assert again.ids.tolist() == dense.ids.tolist()
    for question in questions(5):
        for allowed in (LARGE, SMALL, LARGE[::3]):
            np.testing.assert_array_equal(
                again.search(question, 40, allowed=allowed)[0],
                dense.search(question, 40, allowed=allowed)[0],
            )


def test_cells_are_learnt_anew_when_the_group_has_doubled() -> None:
    first = Cells.build(LARGE[:2_000], vectors_of)
    assert first.in_step(LARGE[:4_000], vectors_of).learnt == 2_000
    assert first.in_step(LARGE[:4_001], vectors_of).learnt == 4_001


def test_a_small_group_has_no_cells_any_more(dense: Dense) -> None:
    few = LARGE[: WORTHWHILE - 1]
    later = dense.in_step(few, 2, vectors_of, {"de": few})
    question = questions(1)[0]
    assert later.search(question, 100, allowed=few)[0].tolist() == best(few, question, 100)
