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
SENTENCE = {"sentence": 34.2, "fused": 1.0}
CONFIDENCE = {
    "sentence": 5.4,
    "passage": 7.58,
    "lowest": 2.3,
    "fused": 0.36,
    "same_language": -1.65,
    "same_script": -1.41,
    "unmet": -1.05,
    "strange": -1.54,
}
INTERCEPT = -7.79
# Below this confidence nothing is answered (fitted: 0.11).
THRESHOLD = 0.10


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for a sentence.

    sentence: mean over question tokens, by their weight, of the best cosine with a token of the
        sentence.
    passage: the same with any token of its passage.
    lowest: the passage's match for the worst-matched of the tokens that tell much: a word that
        it does not know.
    fused: the passage's fused score.
    same_language: 1 if the passage is in one of the question's languages.
    same_script: 1 if it is in a language written like the question.
    unmet: 1 if the question asks for a number, date, name or the like, and none is there.
    strange: 1 if the question names a number that the passage does not.
    """

    sentence: float
    passage: float
    lowest: float
    fused: float
    same_language: float
    same_script: float
    unmet: float
    strange: float

    @classmethod
    def of(
        cls,
        *,
        sentence: Floats,
        passage: Floats,
        weights: Floats,
        fused: float,
        same_language: bool,
        same_script: bool,
        unmet: bool,
        strange: bool,
    ) -> Self:
        """Summarise the matches (t,) of question tokens with a sentence and its passage."""
        if not len(weights):  # a model without token vectors
            sentence = passage = np.zeros(1, np.float32)
            weights = np.ones(1, np.float32)
        telling = weights >= min(1.0, float(weights.max()))
        return cls(
            sentence=float(np.average(sentence, weights=weights)),
            passage=float(np.average(passage, weights=weights)),
            lowest=float(passage[telling].min()),
            fused=fused,
            same_language=float(same_language),
            same_script=float(same_script),
            unmet=float(unmet),
            strange=float(strange),
        )


def sentence_score(signals: Signals) -> float:
    """Return the log-odds that a sentence holds the answer (up to a constant)."""
    return _linear(SENTENCE, signals)


def confidence(signals: Signals) -> float:
    """Return the probability that the sentence's passage answers the question."""
    return 1 / (1 + math.exp(-INTERCEPT - _linear(CONFIDENCE, signals)))


def _linear(coefficients: Mapping[str, float], signals: Signals) -> float:
    return sum(weight * float(getattr(signals, name)) for name, weight in coefficients.items())
