"""Measures of one question from the ranks of its relevant documents, and how sure they are.

Ranks count from 0; relevance is binary; a relevant document that was not found has no rank.
Intervals and p are those of :mod:`qa.stats`, as in the reports of ``qa eval``.
"""

import numpy as np
from numpy.typing import NDArray

from qa.stats import Estimate, Values, compare, mean_estimates

Ranks = NDArray[np.int64]


def ndcg(ranks: Ranks, relevant: int, depth: int = 10) -> float:
    """Return nDCG at ``depth`` (Järvelin and Kekäläinen 2002) of binary relevance."""
    gains = 1 / np.log2(ranks[ranks < depth] + 2.0)
    ideal = 1 / np.log2(np.arange(min(relevant, depth)) + 2.0)
    return float(gains.sum() / ideal.sum())


def top_1(ranks: Ranks, relevant: int) -> float:
    """Return 1 if a relevant document is first, else 0."""
    return float(relevant > 0 and 0 in ranks)


def average_precision(ranks: Ranks, relevant: int) -> float:
    """Return the mean of the precision at each relevant document, 0 for those not found."""
    found = np.sort(ranks)
    return float(((np.arange(len(found)) + 1) / (found + 1)).sum() / relevant)


def estimate(values: Values) -> Estimate:
    """Return the mean of ``values`` (n,), all within [0, 1], and its interval."""
    (found,) = mean_estimates(np.asarray(values, np.float64)[:, None])
    return found


def gain(values: Values, baseline: Values) -> tuple[Estimate, float]:
    """Return the mean paired difference of two (n,) and its two-sided p by paired randomisation."""
    (found,) = compare({"": (np.asarray(baseline, np.float64), np.asarray(values, np.float64))})
    return Estimate(found.delta, found.low, found.high, found.n), found.p
