"""Two small linear models: how well a sentence answers, and how sure the answer is.

Both are logistic regressions over :class:`Signals`, fitted by ``benchmarks/calibrate.py`` on
the tune split of public question sets in several languages. Small collections about one subject
and mixed ones are among them, since people's own folders are such.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from qa.datamodel import Floats, Hit
from qa.text.language import same_script

Scores = NDArray[np.float64]

# Log-odds of a sentence within its passage, which is counted from what the passage itself reaches:
# in another language than the question's, all of that is lower. The weight of the passage's fused
# score, which is fair to languages, is the largest that puts as many right sentences first as any.
SENTENCE = {
    "sentence": 29.3,
    "unmet": -1.38,
    "passage": -29.3,
    "fused": 6.0,
    # Not fitted: the public sets have hardly any.
    "other": -3.0,
}
# Not fitted, as below: of 0 to -5, -2 and more put as many right sentences of `tune` first.
LACKING = -2.0
CONFIDENCE = {
    "sentence": 12.17,
    "passage": -6.16,
    "lowest": 3.52,
    "fused": 0.77,
    "depth": -0.14,
    "leads": 1.41,
    "same_language": -0.64,
    "same_script": -0.55,
    "length": 0.74,
    "unmet": -0.12,
    "strange": -2.16,
    "unnamed": -1.06,
    # Not fitted: a handful of questions in the public sets decide, and not always alike.
    "missing": -1.32,
    # Not fitted either: texts like Wikipedia's are full of names and numbers, so that wrong
    # sentences have them as often as right ones. Of right ones 1 % lack what is asked for.
    "lacking": -5.0,
    "ahead": 0.79,
    "size": -0.08,
}
INTERCEPT = -10.65
# Below this confidence nothing is answered: a twelfth of the tune questions stays below it, of
# those that the adapter of the encoder was not fitted on.
THRESHOLD = 0.09


@dataclass(frozen=True, slots=True)
class Matches:
    """Best cosines of question tokens with each sentence of a passage, and their weights (t,).

    ``sentences`` (s, t) are those with a sentence's tokens, ``passage`` (t,) with any of them.
    """

    sentences: Floats
    passage: Floats
    weights: Floats


@dataclass(frozen=True, slots=True)
class Wants:
    """What a question wants and a passage or its document does not have.

    ``unmet`` tells for each sentence whether it lacks the kind of thing asked for, ``lacking``
    whether what it leans on does, too, ``other`` whether it names another identifier than
    the question; ``missing`` counts what is wanted word for word.
    """

    unmet: Sequence[bool]
    lacking: Sequence[bool]
    other: Sequence[bool]
    strange: bool = False
    unnamed: int = 0
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for a sentence.

    sentence: mean over question tokens, by their weight, of the best cosine with a token of the
        sentence.
    passage: the same with any token of its passage.
    lowest: the passage's match for the worst-matched of the tokens that tell much: a word that
        it does not know.
    fused: the passage's fused score.
    depth: natural logarithm of the passage's rank in its language by mean vectors.
    leads: 1 if it is in the question's language and first there by mean vectors or words (BM25).
    same_language: 1 if the passage is in one of the question's languages.
    same_script: 1 if it is in a language written like the question.
    length: natural logarithm of the number of question tokens; of many, some match badly.
    unmet: 1 if the question asks for a number, date, name or the like, and the sentence has none
        that the question does not give itself.
    lacking: 1 if neither the sentence before it has one, nor what it announces.
    strange: 1 if the question gives a number that the document does not.
    unnamed: how many names of the question the passage lacks, if in the question's language.
    missing: how many of the phrases and identifiers that the question gives the passage lacks; of
        the phrases, if in the question's language.
    ahead: by how much the fused score of a passage in another language than the question's exceeds
        that of the best other one. Where documents of one language say the same, that tells little.
    size: natural logarithm of the number of candidates; the best of many matches well by chance.
    """

    sentence: float
    passage: float
    lowest: float
    fused: float
    depth: float
    leads: float
    same_language: float
    same_script: float
    length: float
    unmet: float
    lacking: float
    strange: float
    unnamed: float
    missing: float
    ahead: float
    size: float
    other: float

    @classmethod
    def of_sentences(
        cls, hit: Hit, matches: Matches, *, langs: Sequence[str], wants: Wants, rival: float
    ) -> list[Self]:
        """Summarise what is known of each sentence of a hit.

        ``langs`` are those of the question, ``rival`` is the fused score of the best other hit.
        """
        sentences, passage, weights = matches.sentences, matches.passage, matches.weights
        if not len(weights):  # a model without token vectors
            sentences = np.zeros((len(wants.unmet), 1), np.float32)
            passage = np.zeros(1, np.float32)
            weights = np.ones(1, np.float32)
        lang, same_language = hit.passage.lang, hit.passage.lang in langs
        telling = weights >= min(1.0, float(weights.max()))
        shared = {
            "passage": float(np.average(passage, weights=weights)),
            "lowest": float(passage[telling].min()),
            "fused": hit.score,
            "depth": math.log(hit.ranks.get("dense", 1)),
            "leads": float(same_language and 1 in hit.ranks.values()),
            "same_language": float(same_language),
            "same_script": float(any(same_script(lang, one) for one in langs)),
            "length": math.log(len(weights)),
            "strange": float(wants.strange),
            "unnamed": float(wants.unnamed),
            "missing": float(wants.missing),
            "ahead": 0.0 if same_language else hit.score - rival,
            "size": math.log(hit.among),
        }
        means = (sentences @ weights / weights.sum()).tolist()
        return [
            cls(
                sentence=mean,
                unmet=float(unmet),
                lacking=float(lacking),
                other=float(other),
                **shared,
            )
            for mean, unmet, lacking, other in zip(
                means, wants.unmet, wants.lacking, wants.other, strict=True
            )
        ]


def sentence_scores(signals: Sequence[Signals]) -> list[float]:
    """Return the log-odds that each sentence of a passage holds the answer (up to a constant)."""
    scores = np.array([_linear(SENTENCE, each) for each in signals])
    lacking = np.array([each.lacking for each in signals])
    return [float(score) for score in standing_back(scores, lacking)]


def standing_back(scores: Scores, lacking: Scores) -> Scores:
    """Put sentences of a passage that lack what is asked for behind those that do not, (s,).

    The passage does not stand behind others for it, which may just have another number.
    """
    if not len(scores):
        return scores
    behind = scores + LACKING * lacking
    return np.asarray(behind + (scores.max() - behind.max()))


def confidence(signals: Signals) -> float:
    """Return the probability that the sentence's passage answers the question."""
    return 1 / (1 + math.exp(-INTERCEPT - _linear(CONFIDENCE, signals)))


def _linear(coefficients: Mapping[str, float], signals: Signals) -> float:
    return sum(weight * float(getattr(signals, name)) for name, weight in coefficients.items())
