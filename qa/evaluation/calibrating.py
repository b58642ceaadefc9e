"""When to answer at all, learnt from a person's own questions.

The confidence is fitted on public questions; below which value nothing is answered is one number
that own questions can choose better.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.assistant import Assistant
from qa.confidence import THRESHOLD
from qa.errors import InputError
from qa.evaluation.evaluate import evaluate
from qa.evaluation.results import Result
from qa.evaluation.running import Progress
from qa.evaluation.runs import find, read_results
from qa.sync import set_threshold
from qa.testsets import QuestionSet

LEAST = 10
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Calibration:
    """A threshold and what it is worth.

    A decision is right if an answerable question is answered or another one refused. ``before``
    is the share of right decisions (both kinds weighing the same) with the threshold in use,
    ``after`` that with thresholds chosen on four fifths of the questions and tried on the others.
    """

    threshold: float
    before: float
    after: float
    answerable: int
    others: int

    @property
    def kept(self) -> bool:
        """Whether it decides better, and is therefore stored with the index."""
        return self.after > self.before


def fit(
    assistant: Assistant,
    tests: QuestionSet,
    *,
    runs: Path,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Calibration:
    """Choose a threshold for an index by a test set, and store it there if it decides better.

    Raises InputError ("too_few_questions") and what :func:`qa.evaluation.evaluate.evaluate` does.
    """
    answerable = [question.answerable for question in tests.questions]
    _check_enough(sum(answerable), len(answerable) - sum(answerable))
    report = evaluate(assistant, tests, runs=runs, progress=progress)
    assert report is not None  # noqa: S101  (nothing stops it)
    results = list(read_results(find(runs, report.info.run)))
    in_use = assistant.index.settings.threshold
    found = calibrate(results, answerable, THRESHOLD if in_use is None else in_use)
    if found.kept:
        set_threshold(assistant.index.folder, found.threshold)
    return found


def _check_enough(answerable: int, others: int) -> None:
    if min(answerable, others) < LEAST:
        raise InputError(
            "too_few_questions",
            f"A threshold needs at least {LEAST} questions that the documents answer and {LEAST} "
            f"that they do not; there are {answerable} and {others}.",
            "Add questions with answerable: false to the test set.",
        )


def calibrate(results: Sequence[Result], answerable: Sequence[bool], in_use: float) -> Calibration:
    """Choose the threshold that tells answerable questions from others best.

    There are at least five of either kind.
    """
    confidence = np.array([one.confidence for one in results])
    labels = np.array(answerable, bool)
    return Calibration(
        threshold=_best(confidence, labels),
        before=_balanced(confidence >= in_use, labels),
        after=_balanced(_cross_validated(confidence, labels), labels),
        answerable=int(labels.sum()),
        others=int((~labels).sum()),
    )


def _best(confidence: NDArray[np.float64], labels: NDArray[np.bool_]) -> float:
    """Return the middle between two confidences that decides best; of equals the lowest."""
    values = np.unique(confidence)
    cuts = np.concatenate([values[:1] / 2, (values[1:] + values[:-1]) / 2])
    worth = [round(_balanced(confidence >= cut, labels), 9) for cut in cuts]
    return round(float(cuts[int(np.argmax(worth))]), 4)


def _cross_validated(
    confidence: NDArray[np.float64], labels: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Decide on each fifth of either kind with the threshold of the others."""
    fold = np.zeros(len(labels), int)
    for kind in (True, False):
        rows = np.flatnonzero(labels == kind)
        fold[rows] = np.arange(len(rows)) % _FOLDS
    answered = np.zeros(len(labels), bool)
    for number in range(_FOLDS):
        inside = fold == number
        answered[inside] = confidence[inside] >= _best(confidence[~inside], labels[~inside])
    return answered


def _balanced(answered: NDArray[np.bool_], labels: NDArray[np.bool_]) -> float:
    return float((answered[labels].mean() + (~answered[~labels]).mean()) / 2)
