"""From results to measures: values of each question, then means with intervals, by group."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from qa import measures, stats
from qa.evaluation import judging
from qa.evaluation.grouping import groups_of
from qa.evaluation.judging import Gold, Judgements
from qa.evaluation.results import (
    Fault,
    Result,
    Stages,
    first_is_right,
    on_span,
    sentence_is_judged,
    sentence_is_right,
)
from qa.evaluation.runs import SCORES, damaged, read_lines, read_results
from qa.files import replace_file
from qa.stats import Estimate
from qa.testsets import Question, QuestionSet

_CHUNK = 500
_MOST_GROUPS = 100
_DIGITS = 6
Values = dict[str, float]
Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Kept:
    """The values of a question in a run that is kept, and what tells it (:func:`asked`), or ""."""

    asked: str
    values: Mapping[str, float]

    def is_of(self, question: str) -> bool:
        """Tell whether the values are of a question that is told so."""
        return not (self.asked and question) or self.asked == question


@dataclass(frozen=True, slots=True)
class Scored:
    """A question's measures (only those that apply to it), groups, and what went wrong.

    ``asked`` tells the question by its words. ``right`` says whether the best passage is the right
    one; ``rank`` is that of the first source, ``source`` its place (document, start, end) and
    ``beaten_by`` that of the best passage if it is another.
    """

    id: str
    asked: str
    values: Mapping[str, float]
    groups: Mapping[str, Sequence[str]]
    answerable: bool
    right: bool
    confidence: float
    took_ms: float
    rank: int | None
    fault: Fault | None = None
    error: str = ""
    stages: Stages = field(default_factory=dict)
    source: Place | None = None
    beaten_by: Place | None = None


def ranked_names(k: int, wanted: Sequence[str] = ()) -> list[str]:
    """Return the measures of ranked lists at cut-off ``k``, and others that are wanted."""
    names = [f"nDCG@{k}", f"RR@{k}", "R@1", f"R@{k}", f"P@{k}", "AP", "Success@1", f"Success@{k}"]
    more = [name for name in wanted if measures.is_ranked(name)]
    return list(dict.fromkeys([*names, *more]))


def score(
    folder: Path,
    tests: QuestionSet,
    judgements: Judgements,
    k: int,
    wanted: Sequence[str] = (),
) -> list[Scored]:
    """Return the scores of a run's questions, and keep them in its folder for comparisons.

    Results are read in portions; what is kept of a question is numbers.

    Raises InputError ("run_damaged") if the run is not of these questions.
    """
    results = read_results(folder)
    scored: list[Scored] = []
    for at in range(0, len(tests.questions), _CHUNK):
        questions = tests.questions[at : at + _CHUNK]
        chunk = list(islice(results, len(questions)))
        if [result.id for result in chunk] != [question.id for question in questions]:
            raise damaged(folder)
        golds = judgements.golds[at : at + _CHUNK]
        scored += _scored(list(zip(questions, golds, chunk, strict=True)), k, wanted)
    lines = (
        json.dumps(_line(one), ensure_ascii=False).encode("utf-8", "replace") for one in scored
    )
    replace_file(folder / SCORES, (line + b"\n" for line in lines))
    return scored


def _line(one: Scored) -> dict[str, Any]:
    return {"id": one.id, "asked": one.asked, "values": one.values, "fault": one.fault}


def asked(question: Question) -> str:
    """Return what tells a question from others that have its id, in other test sets."""
    return blake2b(question.text.encode("utf-8", "replace"), digest_size=8).hexdigest()


def read_values(folder: Path) -> dict[str, Kept]:
    """Return what :func:`score` kept, by question."""
    found: dict[str, Kept] = {}
    for fields in read_lines(folder, SCORES):
        try:
            # Earlier versions did not tell.
            kept = Kept(str(fields.get("asked", "")), dict(fields["values"]))
            found[str(fields["id"])] = kept
        except (KeyError, TypeError, ValueError) as error:
            raise damaged(folder) from error
    return found


Case = tuple[Question, tuple[Gold, ...], Result]


def _scored(cases: Sequence[Case], k: int, wanted: Sequence[str]) -> Iterator[Scored]:
    ranked = _ranked(cases, ranked_names(k, wanted))
    for question, golds, result in cases:
        values = ranked[question.id]
        values.update(_answer_values(question, golds, result, k))
        best = result.hits[0] if result.hits else None
        right = question.answerable and first_is_right(golds, result)
        yield Scored(
            id=question.id,
            asked=asked(question),
            values={name: round(value, _DIGITS) for name, value in values.items()},
            groups=groups_of(question, golds, result.lang),
            answerable=question.answerable,
            right=right,
            confidence=result.confidence,
            took_ms=result.took_ms,
            rank=judging.first_rank(golds, result.hits) if golds else result.bearing,
            fault=result.fault,
            error=result.error,
            stages=result.stages,
            source=_place(golds) if result.fault else None,
            beaten_by=(best.doc, best.start, best.end)
            if best and result.fault and not right
            else None,
        )


def _place(golds: Sequence[Gold]) -> Place | None:
    """Return where the first source that was found stands; no span means its whole document."""
    found = next((gold for gold in golds if gold.spans), None)
    if found is None:
        return None
    return (found.doc, 0, 0) if found.whole else (found.doc, *found.spans[0])


_LEVELS = {
    "": (judging.source_grades, judging.by_source),
    "document.": (judging.finer_document_grades, judging.by_document),
    "page.": (judging.page_grades, judging.by_page),
}


def _ranked(cases: Sequence[Case], names: Sequence[str]) -> dict[str, Values]:
    """Return measures of ranked lists: by source, and by document and page where those differ."""
    values: dict[str, Values] = {question.id: {} for question, _, _ in cases}
    for level, (grades, items) in _LEVELS.items():
        qrels = {q.id: relevant for q, golds, _ in cases if (relevant := grades(golds))}
        run = {q.id: items(golds, result.hits) for q, golds, result in cases if q.id in qrels}
        for name, found in measures.ranked(names, qrels, run).items():
            for question, value in found.items():
                values[question][f"{level}{name}"] = value
    return values


def _answer_values(
    question: Question, golds: Sequence[Gold], result: Result, k: int
) -> Iterator[tuple[str, float]]:
    """Yield the measures of an answer that apply to a question; an unanswered one scores 0."""
    if question.answers and question.answerable:
        yield f"answer_bearing@{k}", float(result.bearing is not None and result.bearing <= k)
    if result.abstained is None:
        return
    if not question.answerable:
        yield "refused", float(result.abstained and not result.error)
        return
    yield "answered", float(result.abstained is False)
    right = [sentence_is_right(golds, sentence) for sentence in result.sentences]
    if sentence_is_judged(question, golds):
        yield "sentence@1", float(right[:1] == [True])
    if any(not gold.whole for gold in golds):
        yield from _citation_values(golds, result)


def _citation_values(golds: Sequence[Gold], result: Result) -> Iterator[tuple[str, float]]:
    """Yield citation recall and precision as ALCE defines them (Gao et al. 2023, section 4).

    A sentence is recalled if its citations together support it; a citation is precise if its
    sentence is recalled and it is not irrelevant, that is, it supports the sentence by itself or
    the others do not without it. Instead of a language model's verdict, a citation supports
    where it overlaps an accepted place; an answer without citations scores 0.
    """
    recalled = [any(on_span(c, golds) for c in sentence) for sentence in result.sentences]
    precise = [on_span(c, golds) for sentence in result.sentences for c in sentence]
    yield "citation_recall", measures.mean(recalled)
    yield "citation_precision", measures.mean(precise)


def estimates(scored: Sequence[Scored], names: Sequence[str]) -> dict[str, Estimate]:
    """Return the mean of each measure over the questions it applies to, with its interval."""
    if not names:
        return {}
    table = np.array([[one.values.get(name, np.nan) for name in names] for one in scored])
    present = ~np.isnan(table.reshape(len(scored), len(names)))
    found: dict[str, Estimate] = {}
    for pattern in np.unique(present.T, axis=0):
        columns = np.flatnonzero((pattern == present.T).all(axis=1))
        if pattern.any():
            means = stats.mean_estimates(table[np.ix_(pattern, columns)])
            found.update(zip((names[int(column)] for column in columns), means, strict=True))
    return {name: found[name] for name in names if name in found}


def by_group(scored: Sequence[Scored], facet: str, names: Sequence[str]) -> dict[str, Any]:
    """Return the estimates of each group of a facet, the hundred largest ones, by name."""
    members: dict[str, list[Scored]] = {}
    for one in scored:
        for group in one.groups.get(facet, ()):
            members.setdefault(group, []).append(one)
    largest = sorted(members, key=lambda group: (-len(members[group]), group))[:_MOST_GROUPS]
    return {group: estimates(members[group], names) for group in sorted(largest)}


def confidence_estimates(
    scored: Sequence[Scored], gain: str, *, probability: bool
) -> dict[str, Estimate]:
    """Return what the confidence is worth, with intervals.

    abstention_auroc, abstention_aupr: answerable questions told from others. coverage@95: the
    share of all questions that could be answered if 95 % of the answers shall rest on the right
    passage. nAUC: of the measure ``gain``. calibration_error: of the confidence as the probability
    that the best passage is right, if it is meant as one.
    """
    confidence = np.array([one.confidence for one in scored])
    answerable = np.array([one.answerable for one in scored], bool)
    right = np.array([one.right for one in scored], bool)
    gains = np.array([one.values.get(gain, np.nan) for one in scored])
    judged = np.flatnonzero(~np.isnan(gains))

    found = {
        "abstention_auroc": stats.estimate(
            lambda rows: measures.auroc(confidence[rows], answerable[rows]), len(scored)
        ),
        "abstention_aupr": None
        if answerable.all()
        else stats.estimate(
            lambda rows: measures.aupr(confidence[rows], answerable[rows]), len(scored)
        ),
        "coverage@95": stats.estimate(
            lambda rows: measures.coverage_at_precision(confidence[rows], right[rows]), len(scored)
        ),
        "nAUC": stats.estimate(
            lambda rows: measures.nauc(confidence[judged][rows], gains[judged][rows]), len(judged)
        ),
    }
    if probability:
        found["calibration_error"] = stats.estimate(
            lambda rows: measures.calibration_error(confidence[rows], right[rows]), len(scored)
        )
    return {name: estimate for name, estimate in found.items() if estimate is not None}
