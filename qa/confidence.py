"""Two small linear models: how well a sentence answers, and how sure the answer is.

Both are logistic regressions over :class:`Signals`, fitted by ``benchmarks/calibrate.py`` on
the tune split of public question sets in several languages. Small collections about one subject
are among them, since people's own folders are such.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from qa.datamodel import Floats

# Log-odds of a sentence within its passage; the weight of the passage's fused score is chosen
# so that a sentence of a lower passage wins only by a clear margin.
SENTENCE = {"sentence": 38.15, "short": 0.07, "unmet": -0.11, "fused": 2.0}
CONFIDENCE = {
    "passage": 10.62,
    "lowest": 4.92,
    "fused": 0.33,
    "same_language": -2.46,
    "unmet": -0.51,
}
INTERCEPT = -7.92
# Below this confidence nothing is answered.
THRESHOLD = 0.45


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for a sentence.

    sentence: mean over question tokens of the best cosine with a token of the sentence.
    passage: the same with any token of its passage.
    weakest: mean of the passage's matches for the worst-matched quarter of question tokens.
    lowest: the passage's match for the worst-matched question token: a word it does not know.
    fused: the passage's fused score.
    short: 1 if it has fewer than 40 characters.
    same_language: 1 if the passage is in one of the question's languages.
    same_script: 1 if it is in a language written like the question.
    unmet: 1 if the question asks for a number, date or name, and none is there.
    """

    sentence: float
    passage: float
    weakest: float
    lowest: float
    fused: float
    short: float
    same_language: float
    same_script: float
    unmet: float

    @classmethod
    def of(
        cls,
        *,
        sentence: Floats,
        passage: Floats,
        fused: float,
        length: int,
        same_language: bool,
        same_script: bool,
        met: bool,
    ) -> Self:
        """Summarise the matches (t,) of question tokens with a sentence and its passage."""
        count = max(1, len(passage))
        worst = np.sort(passage)[: math.ceil(count / 4)]
        return cls(
            sentence=float(sentence.sum()) / count,
            passage=float(passage.sum()) / count,
            weakest=float(worst.mean()) if len(worst) else 0.0,
            lowest=float(worst[0]) if len(worst) else 0.0,
            fused=fused,
            short=float(length < 40),
            same_language=float(same_language),
            same_script=float(same_script),
            unmet=float(not met),
        )


def sentence_score(signals: Signals) -> float:
    """Return the log-odds that a sentence holds the answer (up to a constant)."""
    return _linear(SENTENCE, signals)


def confidence(signals: Signals) -> float:
    """Return the probability that the sentence's passage answers the question."""
    return 1 / (1 + math.exp(-INTERCEPT - _linear(CONFIDENCE, signals)))


def _linear(coefficients: Mapping[str, float], signals: Signals) -> float:
    return sum(weight * float(getattr(signals, name)) for name, weight in coefficients.items())
