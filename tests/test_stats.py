"""Certainty: intervals that hold what they say, and tests that are neither blind nor jumpy."""

import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import permutation_test

from qa import stats
from qa.stats import Values

CASES = 20_000 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 1_000


def successes(rng: np.random.Generator, count: int) -> tuple[float, Values]:
    return 0.8, (rng.random((count, CASES)) < 0.8).astype(float)


def reciprocal_ranks(rng: np.random.Generator, count: int) -> tuple[float, Values]:
    return float(np.mean(1 / np.arange(1, 11))), 1 / rng.integers(1, 11, (count, CASES))


def skewed(rng: np.random.Generator, count: int) -> tuple[float, Values]:
    return 0.5 / 0.8, rng.beta(0.5, 0.3, (count, CASES))


@pytest.mark.parametrize(("draw", "count"), [(successes, 60), (reciprocal_ranks, 40), (skewed, 30)])
def test_intervals_cover_the_true_mean_as_often_as_they_say(draw, count) -> None:  # type: ignore[no-untyped-def]
    truth, values = draw(np.random.default_rng(7), count)
    covered = np.mean([one.low <= truth <= one.high for one in stats.mean_estimates(values)])
    assert 0.93 <= covered <= 0.97


@pytest.mark.parametrize("grain", [0.0, 0.25])
def test_equal_systems_differ_in_one_case_of_twenty(grain: float) -> None:
    rng = np.random.default_rng(11)
    values = rng.normal(size=(2, 50, CASES))
    if grain:  # most measures take few values, and many questions tie
        values = np.round(rng.normal(size=(2, 80, CASES)) * 2) * grain
    ps = stats.randomisation_p(values[1] - values[0])
    assert 0.04 <= np.mean(ps < 0.05) <= 0.06
    assert ps.min() > 0


def test_p_equals_scipys() -> None:
    differences = np.random.default_rng(3).normal(0.3, 1, (12, 1))
    theirs = permutation_test(
        (differences[:, 0], np.zeros(12)),
        lambda a, b: float(np.mean(a - b)),
        permutation_type="samples",
        n_resamples=np.inf,
    )
    assert stats.randomisation_p(differences)[0] == pytest.approx(theirs.pvalue, abs=0.015)


def test_p_is_never_zero_and_equal_runs_are_no_evidence() -> None:
    differences = np.column_stack([np.ones(200), np.zeros(200)])
    certain, none = stats.randomisation_p(differences)
    assert 0 < certain < 0.001
    assert none == 1.0


def test_holm_steps_down() -> None:
    assert stats.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert stats.holm([0.5, 0.9]) == [1.0, 1.0]
    assert stats.holm([]) == []


@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=8))
def test_holm_never_lowers_p_and_keeps_the_order(ps: list[float]) -> None:
    adjusted = stats.holm(ps)
    assert all(p <= a <= 1 for p, a in zip(ps, adjusted, strict=True))
    assert sorted(adjusted) == [adjusted[i] for i in sorted(range(len(ps)), key=ps.__getitem__)]


def test_all_right_is_not_certainly_all_right() -> None:
    (few,) = stats.mean_estimates(np.ones((10, 1)))
    (many,) = stats.mean_estimates(np.ones((1000, 1)))
    assert (few.value, few.high) == (1.0, 1.0)
    assert few.low == pytest.approx(0.025 ** (1 / 10))
    assert 0.99 < many.low < 1.0


@pytest.mark.parametrize("count", [0, 1])
def test_one_question_says_nothing(count: int) -> None:
    (one,) = stats.mean_estimates(np.full((count, 1), 0.5))
    assert one.low < 0.013
    assert one.high > 0.987
    assert one.n == count


def test_a_statistic_gets_an_interval_around_it() -> None:
    values = np.random.default_rng(5).random(200)
    found = stats.estimate(lambda rows: float(np.median(values[rows])), 200)
    assert found is not None
    assert found.low < found.value < found.high
    assert stats.estimate(lambda _: float("nan"), 10) is None
    assert stats.estimate(lambda _: 0.5, 9) is None  # too few to resample


def test_a_comparison_says_how_many_questions_it_would_take() -> None:
    rng = np.random.default_rng(2)
    before = rng.random(400)
    pairs = {
        "clear": (before, np.clip(before - 0.3, 0, 1)),
        "noise": (before, before + rng.normal(0.002, 0.2, 400)),
        "equal": (before, before),
    }
    clear, noise, equal = stats.compare(pairs)
    assert (clear.verdict, clear.needed) == ("worse", None)
    assert (clear.wins, clear.losses) == (0, 400)
    assert noise.verdict == "too few questions to tell"
    assert noise.needed is not None
    assert noise.needed > 400
    assert (equal.verdict, equal.ties, equal.p) == ("same", 400, 1.0)


def test_as_many_questions_as_are_said_to_be_needed_show_it() -> None:
    rng = np.random.default_rng(4)
    needed = stats.needed(rng.normal(0.1, 0.5, 20_000))
    assert needed is not None
    assert 150 < needed < 260  # (2.8 * 0.5 / 0.1)^2 = 196
    shown = stats.randomisation_p(rng.normal(0.1, 0.5, (needed, 500))) < 0.05
    assert 0.7 < shown.mean() < 0.9
