"""Measures equal those of the reference implementations, and hand-computed tables."""

import math

import numpy as np
import pytest
import pytrec_eval
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from qa import measures
from qa.errors import InputError

NAMES = ["nDCG@10", "RR@10", "R@1", "R@10", "P@10", "AP", "Success@1", "Success@5"]
TREC = ["ndcg_cut_10", "recip_rank", "recall_1", "recall_10", "P_10", "map", "success_1"]
REFERENCE = {"ndcg_cut.10", "recip_rank", "recall.1,10", "P.10", "map", "success.1"}

items = st.sampled_from([f"d{n}" for n in range(12)])
judged = st.dictionaries(items, st.integers(1, 3), min_size=1, max_size=5)
runs = st.lists(items, unique=True, max_size=12)
cases = st.dictionaries(st.sampled_from("abcdef"), st.tuples(judged, runs), min_size=1)


@settings(max_examples=30)
@given(cases)
def test_ranked_measures_equal_trec_eval(
    cases: dict[str, tuple[dict[str, int], list[str]]],
) -> None:
    qrels = {name: grades for name, (grades, _) in cases.items()}
    run = {name: ranked for name, (_, ranked) in cases.items()}
    ours = measures.ranked(NAMES, qrels, run)
    scores = {name: {d: -float(n) for n, d in enumerate(r)} for name, r in run.items() if r}
    evaluator = pytrec_eval.RelevanceEvaluator(qrels, REFERENCE)
    theirs = evaluator.evaluate(scores) if scores else {}
    for ours_name, theirs_name in zip(NAMES, TREC, strict=False):
        for question, ranked in run.items():
            expected = theirs[question][theirs_name] if ranked else 0.0
            if ours_name == "RR@10" and not set(qrels[question]) & set(ranked[:10]):
                expected = 0.0  # trec_eval looks further than ten
            assert ours[ours_name][question] == pytest.approx(expected)


def test_a_hand_computed_table() -> None:
    qrels = {"one": {"a": 1, "b": 2}, "missing": {"c": 1}, "empty": {"d": 1}}
    values = measures.ranked(NAMES, qrels, {"one": ["x", "b", "a"], "empty": []})
    ideal = 2 + 1 / math.log2(3)
    assert values["nDCG@10"]["one"] == pytest.approx((2 / math.log2(3) + 1 / 2) / ideal)
    assert values["RR@10"]["one"] == 0.5
    assert values["R@1"]["one"] == 0.0
    assert values["R@10"]["one"] == 1.0
    assert values["P@10"]["one"] == pytest.approx(0.2)
    assert values["AP"]["one"] == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert values["Success@5"]["one"] == 1.0
    for name in NAMES:  # every judged question counts, one without results as zero
        assert values[name]["missing"] == values[name]["empty"] == 0.0


@pytest.mark.parametrize(
    "name", ["nDCG", "nDCG@0", "nDCG@ten", "ERR@10", "", "P(rel=9)@5", "x" * 999]
)
def test_an_unknown_measure_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="no measure"):
        measures.ranked([name], {"q": {"d": 1}}, {})


confidences = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0]), st.booleans()),
    min_size=2,
    max_size=40,
).filter(lambda drawn: len({label for _, label in drawn}) == 2)


@given(confidences)
def test_areas_equal_those_of_scikit_learn(drawn: list[tuple[float, bool]]) -> None:
    scores = np.array([score for score, _ in drawn])
    labels = np.array([label for _, label in drawn])
    assert measures.auroc(scores, labels) == pytest.approx(roc_auc_score(labels, scores))
    assert measures.aupr(scores, labels) == pytest.approx(average_precision_score(labels, scores))


def test_areas_without_both_kinds_have_no_value() -> None:
    scores = np.array([0.1, 0.9])
    assert math.isnan(measures.auroc(scores, np.array([True, True])))
    assert math.isnan(measures.aupr(scores, np.array([False, False])))


def test_coverage_counts_how_many_may_be_answered() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.7, 0.1])
    right = np.array([True, True, True, False, True])
    assert measures.coverage_at_precision(scores, right, 1.0) == pytest.approx(2 / 5)
    assert measures.coverage_at_precision(scores, right, 0.75) == 1.0  # all five: 4 of 5 right
    assert measures.coverage_at_precision(scores, ~right, 0.5) == 0.0


def test_nauc_is_one_for_an_oracle_and_nothing_for_a_constant() -> None:
    values = np.array([0.0, 0.2, 0.5, 0.7, 1.0, 0.1, 0.9, 0.4, 0.3, 0.6])
    assert measures.nauc(values, values) == pytest.approx(1.0)
    assert measures.nauc(-values, values) < 0
    assert math.isnan(measures.nauc(values, np.ones(10)))
    # Refusing 0, 10, ... 90 % of ten questions in their order, trapezoids over the rates.
    order = np.arange(10.0)
    curve = [values[n:].mean() for n in range(10)]
    best = [np.sort(values)[n:].mean() for n in range(10)]
    area, top = (0.1 * (sum(c) - (c[0] + c[-1]) / 2) for c in (curve, best))
    flat = 0.9 * values.mean()
    assert measures.nauc(order, values) == pytest.approx((area - flat) / (top - flat))


def test_calibration_error_is_the_mean_gap_of_the_bins() -> None:
    scores = np.array([0.95, 0.95, 0.15, 0.15])
    right = np.array([True, False, False, False])
    assert measures.calibration_error(scores, right) == pytest.approx((0.45 + 0.15) / 2)
    assert measures.calibration_error(np.array([1.0, 0.0]), np.array([True, False])) == 0.0
