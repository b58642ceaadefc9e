"""What is measured: ranked lists through ir-measures, and how much a confidence is worth.

Every judged question counts, and one without results counts as zero. Items are ranked strictly:
ir-measures breaks ties of scores differently in nDCG and in RR, so it is given ranks.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from qa.errors import InputError

Values = NDArray[np.float64]
Labels = NDArray[np.bool_]
Qrels = Mapping[str, Mapping[str, int]]
Run = Mapping[str, Sequence[str]]

_RANKED = re.compile(r"(nDCG|RR|R|P|Success)@([1-9]\d{0,3})|AP(?:@[1-9]\d{0,3})?")
_PRECISION = 0.95
_RATES = np.linspace(0, 0.9, 10)


def is_ranked(name: str) -> bool:
    """Tell whether ``name`` is a measure of ranked lists, such as nDCG@10, RR@10 or AP."""
    return _RANKED.fullmatch(name) is not None


def ranked(names: Sequence[str], qrels: Qrels, run: Run) -> dict[str, dict[str, float]]:
    """Return each measure's value for each judged question: ``{name: {question: value}}``.

    ``qrels`` gives the grade of relevant items, ``run`` items best first, each once. P@k divides
    by k however few there are, R@k by the number of relevant items; RR, AP and Success take any
    positive grade for relevant; nDCG uses grades as gains, as trec_eval does.

    Raises InputError ("measure_unknown").
    """
    import ir_measures

    parsed = {ir_measures.parse_measure(_known(name)): name for name in names}
    values = {name: dict.fromkeys(qrels, 0.0) for name in names}
    judged = [
        ir_measures.Qrel(question, item, grade)
        for question, items in qrels.items()
        for item, grade in items.items()
    ]
    scored = [
        ir_measures.ScoredDoc(question, item, float(-rank))
        for question in qrels
        for rank, item in enumerate(run.get(question, ()))
    ]
    if parsed and judged:
        for found in ir_measures.iter_calc(list(parsed), judged, scored):
            values[parsed[found.measure]][found.query_id] = float(found.value)
    return values


def _known(name: str) -> str:
    if not is_ranked(name):
        raise InputError(
            "measure_unknown",
            f"There is no measure {name!r}.",
            "Known are nDCG@k, RR@k, R@k, P@k, Success@k and AP, such as nDCG@10.",
        )
    return name


def auroc(scores: Values, labels: Labels) -> float:
    """Return the probability that a positive scores above a negative one, ties counting half.

    Both have shape (n,). The Mann-Whitney statistic divided by the number of pairs; NaN unless
    both kinds are there.
    """
    from scipy.stats import rankdata

    positive, negative = int(labels.sum()), int((~labels).sum())
    if not positive or not negative:
        return float("nan")
    above = rankdata(scores)[labels].sum() - positive * (positive + 1) / 2
    return float(above / (positive * negative))


def aupr(scores: Values, labels: Labels) -> float:
    """Return the area under precision over recall as average precision; NaN without positives.

    ``sum((R_n - R_{n-1}) * P_n)`` over thresholds from high to low, as scikit-learn defines it.
    """
    if not labels.any():
        return float("nan")
    _, answered, right = _by_threshold(scores, labels)
    gained = np.diff(right, prepend=0) / labels.sum()
    return float((gained * right / answered).sum())


def coverage_at_precision(scores: Values, labels: Labels, precision: float = _PRECISION) -> float:
    """Return the largest share of questions that may be answered, most confident first.

    Of those answered, at least ``precision`` are right; 0 where no threshold gets there.
    """
    _, answered, right = _by_threshold(scores, labels)
    enough = answered[right >= precision * answered]
    return float(enough.max() / len(labels)) if len(enough) else 0.0


def _by_threshold(scores: Values, labels: Labels) -> tuple[Values, Values, Values]:
    """Return each distinct score, descending, how many reach it, and how many of them are right."""
    order = np.argsort(-scores, kind="stable")
    sorted_scores = scores[order]
    last = np.append(np.flatnonzero(np.diff(sorted_scores)), len(scores) - 1).astype(np.intp)
    if not len(scores):
        last = last[:0]
    right = np.cumsum(labels[order]).astype(np.float64)
    return sorted_scores[last], (last + 1).astype(np.float64), right[last]


def nauc(scores: Values, values: Values) -> float:
    """Return the normalised area under the abstention curve of a measure, at most 1.

    The measure's mean over what is kept when 0, 10, ... 90 % of questions are refused, least
    confident first; scaled so that refusing at random gives 0 and refusing the worst first gives
    1. Gisserot-Boukhlef et al. 2024 (arXiv 2402.12997), computed as MTEB does. NaN where refusing
    the worst gains nothing.
    """
    flat = values.mean() * (_RATES[-1] - _RATES[0]) if len(values) else 0.0
    best = _area(values, values)
    if np.isclose(best, flat, rtol=0, atol=1e-12):
        return float("nan")
    return float((_area(scores, values) - flat) / (best - flat))


def _area(scores: Values, values: Values) -> float:
    order = np.argsort(scores, kind="stable")
    refused = [min(round(rate * len(order)), len(order) - 1) for rate in _RATES]
    curve = [values[order[count:]].mean() if len(order) else 0.0 for count in refused]
    return float(np.trapezoid(curve, _RATES))


def calibration_error(scores: Values, labels: Labels, bins: int = 10) -> float:
    """Return the expected calibration error (Guo et al. 2017) over bins of equal width.

    The mean difference between confidence and share of right ones in a bin, weighed by its size.
    """
    table = reliability(scores, labels, bins)
    return sum(count * abs(said - right) for said, right, count in table) / max(1, len(labels))


def reliability(scores: Values, labels: Labels, bins: int = 10) -> list[tuple[float, float, int]]:
    """Return mean confidence, share of right ones and size of each bin that holds anything."""
    placed = np.minimum((np.clip(scores, 0, 1) * bins).astype(int), bins - 1)
    return [
        (float(scores[inside].mean()), float(labels[inside].mean()), int(inside.sum()))
        for number in range(bins)
        if (inside := placed == number).any()
    ]


def mean(values: Iterable[float]) -> float:
    """Return the mean, 0 for nothing."""
    listed = list(values)
    return sum(listed) / len(listed) if listed else 0.0
