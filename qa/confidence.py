"""Two small linear models: how well a sentence answers, and how sure the answer is.

Both are logistic regressions over :class:`Signals`, fitted by ``benchmarks/calibrate.py`` on
the tune split of public question sets in several languages.
"""

import math
from dataclasses import astuple, dataclass
from typing import Self

import numpy as np

from qa.datamodel import Floats

# Coefficients in the order of Signals' fields, then the intercept.
SENTENCE = (34.112, -26.133, -4.796, 1.007, 0.069, 0.360, -0.208, -1.751, 0.058, -0.980, -5.250)
CONFIDENCE = (9.084, -5.114, 5.362, 1.258, 0.186, 0.708, -0.036, -2.815, 0.085, -0.011, -8.434)
# Below this confidence nothing is answered.
THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for a sentence.

    sentence: mean over question tokens of the best cosine with a token of the sentence.
    passage: the same with any token of its passage.
    weakest: mean of the passage's matches for the worst-matched quarter of question tokens.
    fused: the passage's fused score.
    first: whether the sentence opens its passage.
    short: whether it has fewer than 40 characters.
    tokens: logarithm of the number of question tokens.
    same_language: whether the passage is in the question's language.
    expected, unmet: whether the question asks for a number, date or name; and none is there.
    """

    sentence: float
    passage: float
    weakest: float
    fused: float
    first: float
    short: float
    tokens: float
    same_language: float
    expected: float
    unmet: float

    @classmethod
    def of(
        cls,
        *,
        sentence: Floats,
        passage: Floats,
        fused: float,
        position: int,
        length: int,
        same_language: bool,
        expected: bool,
        met: bool,
    ) -> Self:
        """Summarise the matches (t,) of question tokens with a sentence and its passage."""
        count = max(1, len(passage))
        worst = np.sort(passage)[: math.ceil(count / 4)]
        return cls(
            sentence=float(sentence.sum()) / count,
            passage=float(passage.sum()) / count,
            weakest=float(worst.mean()) if len(worst) else 0.0,
            fused=fused,
            first=float(position == 0),
            short=float(length < 40),
            tokens=math.log(count),
            same_language=float(same_language),
            expected=float(expected),
            unmet=float(not met),
        )


def sentence_score(signals: Signals) -> float:
    """Return the log-odds that a sentence holds the answer (up to a constant)."""
    return _linear(SENTENCE, signals)


def confidence(signals: Signals) -> float:
    """Return the probability that the sentence's passage answers the question."""
    return 1 / (1 + math.exp(-_linear(CONFIDENCE, signals)))


def _linear(coefficients: tuple[float, ...], signals: Signals) -> float:
    values: tuple[float, ...] = (*astuple(signals), 1.0)
    return sum(a * b for a, b in zip(coefficients, values, strict=True))
