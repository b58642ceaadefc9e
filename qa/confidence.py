"""Two small linear models: how well a sentence answers, and how sure the answer is.

Both are logistic regressions over :class:`Signals`, fitted by ``benchmarks/calibrate.py`` on
the tune split of public question sets in several languages. Small collections about one subject
are among them, since people's own folders are such.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from qa.datamodel import Floats

# Log-odds of a sentence within its passage; the weight of the passage's fused score is chosen
# so that a sentence of a lower passage wins only by a clear margin.
SENTENCE = {"sentence": 41.41, "fused": 4.0}
CONFIDENCE = {
    "passage": 15.15,
    "lowest": 2.64,
    "fused": 0.28,
    "same_language": -2.27,
    "same_script": -1.48,
    "unmet": -0.85,
}
INTERCEPT = -8.41
# Below this confidence nothing is answered.
THRESHOLD = 0.11


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for a sentence.

    sentence: mean over question tokens of the best cosine with a token of the sentence.
    passage: the same with any token of its passage.
    lowest: the passage's match for the worst-matched question token: a word it does not know.
    fused: the passage's fused score.
    same_language: 1 if the passage is in one of the question's languages.
    same_script: 1 if it is in a language written like the question.
    unmet: 1 if the question asks for a number, date or name, and none is there.
    """

    sentence: float
    passage: float
    lowest: float
    fused: float
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
        same_language: bool,
        same_script: bool,
        met: bool,
    ) -> Self:
        """Summarise the matches (t,) of question tokens with a sentence and its passage."""
        count = max(1, len(passage))
        return cls(
            sentence=float(sentence.sum()) / count,
            passage=float(passage.sum()) / count,
            lowest=float(passage.min()) if len(passage) else 0.0,
            fused=fused,
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
