"""Measures of one question from the ranks of its relevant documents, and how sure they are.

Ranks count from 0; relevance is binary; a relevant document that was not found has no rank.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import bootstrap, permutation_test

from qa.stats import Estimate, Values

Ranks = NDArray[np.int64]
RESAMPLES = 9_999
_BATCH = 500
_SEED = 7


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


def estimate(values: Sequence[float] | Values) -> Estimate:
    """Return the mean and its percentile bootstrap interval over questions."""
    data = np.asarray(values, np.float64)
    if np.ptp(data) == 0:  # nothing varies
        return Estimate(float(data[0]), float(data[0]), float(data[0]), len(data))
    found = bootstrap(
        (data,), np.mean, n_resamples=2_000, method="percentile", batch=_BATCH, rng=_SEED
    ).confidence_interval
    return Estimate(float(data.mean()), float(found.low), float(found.high), len(data))


def gain(values: Values, baseline: Values) -> tuple[Estimate, float]:
    """Return the mean paired difference and its two-sided p by paired randomisation."""
    difference = np.asarray(values) - np.asarray(baseline)
    if not difference.any():
        return estimate(difference), 1.0
    test = permutation_test(
        (difference,),
        np.mean,
        permutation_type="samples",
        vectorized=True,
        n_resamples=RESAMPLES,
        batch=_BATCH,
        rng=_SEED,
    )
    return estimate(difference), float(test.pvalue)
