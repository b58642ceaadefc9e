"""How certain a measure is: intervals, comparisons of two runs, and how many questions it takes.

All drawing is seeded: the same values give the same interval and the same p.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Verdict = Literal["better", "worse", "same", "too few questions to tell"]

LEVEL = 0.95
ALPHA = 0.05
_POWER = 0.8
_FEWEST = 10
_RESAMPLES = 2_000
_DRAWS = 10_000
_CHUNK = 2_000_000  # numbers drawn at once
_SEED = 1874


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measure's value over ``n`` questions and its 95 % interval."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a measure changed between two runs over the same ``n`` questions.

    ``delta`` is the mean difference (larger is better) and ``low``, ``high`` its interval;
    ``p`` is adjusted for the number of measures. ``needed`` is about how many questions would
    show a difference of this size, None if there is none or it is shown.
    """

    measure: str
    delta: float
    low: float
    high: float
    p: float
    wins: int
    ties: int
    losses: int
    n: int
    verdict: Verdict
    needed: int | None = None


def mean_estimates(values: Values) -> list[Estimate]:
    """Return the mean of each column of ``values`` (n, m) with its bootstrap interval.

    Percentile intervals, widened as a t interval is against a normal one, so that they hold for
    few questions too (Hesterberg 2015, section 5.3). Where all values are equal, resampling has
    nothing to show: the interval then says what share of other values could have stayed unseen
    (1 - 0.025^(1/n), the exact binomial bound). Values lie in [0, 1].
    """
    count = len(values)
    centre = values.mean(axis=0) if count else np.zeros(values.shape[1])
    lows, highs = _bounds(values) if count > 1 else (np.zeros_like(centre), np.ones_like(centre))
    unseen = (1 - LEVEL) / 2
    kept = unseen ** (1 / count) if count else 0.0
    constant = np.ptp(values, axis=0) == 0 if count else np.zeros_like(centre, bool)
    lows = np.where(constant, centre * kept, lows)
    highs = np.where(constant, 1 - (1 - centre) * kept, highs)
    return [
        Estimate(float(value), float(low), float(high), count)
        for value, low, high in zip(centre, lows, highs, strict=True)
    ]


def _bounds(values: Values) -> tuple[Values, Values]:
    drawn = np.concatenate([_resampled(values, size) for size in _chunks(_RESAMPLES, len(values))])
    tail = _tail(len(values))
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    return low, high


def _tail(count: int) -> float:
    """Return the share of resamples left out at each end."""
    from scipy.stats import norm, t

    reach = t.ppf((1 - LEVEL) / 2, count - 1) * np.sqrt(count / (count - 1))
    return float(norm.cdf(reach))


def _chunks(total: int, width: int) -> Iterator[tuple[int, np.random.Generator]]:
    """Yield how many rows to draw at once, each time with the same generator."""
    rng = np.random.default_rng(_SEED)
    most = max(1, _CHUNK // max(1, width))
    for at in range(0, total, most):
        yield min(most, total - at), rng


def _resampled(values: Values, chunk: tuple[int, np.random.Generator]) -> Values:
    size, rng = chunk
    count = len(values)
    rows = rng.integers(0, count, (size, count)) + np.arange(size)[:, None] * count
    times = np.bincount(rows.ravel(), minlength=size * count).reshape(size, count)
    drawn: Values = times.astype(np.float64) @ values / count
    return drawn


def estimate(
    statistic: Callable[[NDArray[np.intp]], float], count: int, resamples: int = 500
) -> Estimate | None:
    """Return a statistic of ``count`` questions and its bootstrap percentile interval.

    ``statistic`` takes the rows to use, some perhaps several times. None if it has no value (NaN),
    or if there are too few questions to resample; resamples without a value are left out.
    """
    if count < _FEWEST:
        return None
    value = statistic(np.arange(count))
    if np.isnan(value):
        return None
    rng = np.random.default_rng(_SEED)
    drawn = np.array([statistic(rng.integers(0, count, count)) for _ in range(resamples)])
    drawn = drawn[~np.isnan(drawn)]
    if not len(drawn):
        return Estimate(value, value, value, count)
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value, float(min(low, value)), float(max(high, value)), count)


def randomisation_p(differences: Values) -> Values:
    """Return the two-sided p of each column of paired ``differences`` (n, m), shape (m,).

    The paired randomisation (sign-flip) test of Fisher: were the two runs alike, each question's
    difference might as well have the other sign. ``p = (1 + as extreme) / (1 + draws)``, so that
    it is never 0 (Phipson and Smyth 2010).
    """
    count, measures = differences.shape
    seen = np.abs(differences.sum(axis=0))
    extreme = np.zeros(measures)
    slack = 1e-9 * (1 + seen)
    for size, rng in _chunks(_DRAWS, count):
        bits = np.frombuffer(rng.bytes((size * count + 7) // 8), np.uint8)
        flips = np.unpackbits(bits)[: size * count].reshape(size, count)
        # sum(sign * d) with sign = 1 - 2 * flip
        sums = differences.sum(axis=0) - 2 * (flips.astype(np.float64) @ differences)
        extreme += (np.abs(sums) >= seen - slack).sum(axis=0)
    return np.asarray((1 + extreme) / (1 + _DRAWS), np.float64)


def holm(ps: Sequence[float]) -> list[float]:
    """Return p-values adjusted for testing several measures at once (Holm 1979)."""
    order = sorted(range(len(ps)), key=lambda place: ps[place])
    adjusted = [0.0] * len(ps)
    highest = 0.0
    for done, place in enumerate(order):
        highest = max(highest, min(1.0, (len(ps) - done) * ps[place]))
        adjusted[place] = highest
    return adjusted


def compare(pairs: Mapping[str, tuple[Values, Values]]) -> list[Comparison]:
    """Compare two runs by the values before and after, each (n,), of the same questions."""
    columns = {name: (after - before)[:, None] for name, (before, after) in pairs.items()}
    columns = {name: column for name, column in columns.items() if len(column)}
    ps = holm([float(randomisation_p(column)[0]) for column in columns.values()])
    return [_comparison(name, columns[name], p) for name, p in zip(columns, ps, strict=True)]


def _comparison(name: str, column: Values, p: float) -> Comparison:
    each = column[:, 0]
    low, high = _bounds(column) if len(each) > 1 else (np.full(1, -1.0), np.full(1, 1.0))
    verdict = _verdict(each, p)
    return Comparison(
        measure=name,
        delta=float(each.mean()),
        low=float(low[0]),
        high=float(high[0]),
        p=p,
        wins=int((each > 0).sum()),
        ties=int((each == 0).sum()),
        losses=int((each < 0).sum()),
        n=len(each),
        verdict=verdict,
        needed=needed(each) if verdict == "too few questions to tell" else None,
    )


def _verdict(differences: Values, p: float) -> Verdict:
    if not differences.any():
        return "same"
    if p >= ALPHA:
        return "too few questions to tell"
    return "better" if differences.mean() > 0 else "worse"


def needed(differences: Values) -> int | None:
    """Return about how many questions would show the mean difference, None if it is 0.

    ``((z(0.975) + z(0.8)) * sd / mean)^2``: a two-sided test at 5 % that finds it in four of five
    cases.
    """
    from scipy.stats import norm

    mean = float(differences.mean())
    if len(differences) < 2 or abs(mean) < 1e-9:
        return None
    reach = float(norm.ppf(1 - ALPHA / 2) + norm.ppf(_POWER))
    return max(6, int(np.ceil((reach * float(differences.std(ddof=1)) / mean) ** 2)))
