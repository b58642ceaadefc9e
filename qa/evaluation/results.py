"""What a run remembers of one question: places and numbers, never a document's words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from qa.evaluation.judging import Found, Gold, first_rank, hits_gold
from qa.testsets import Question

Fault = Literal["error", "lost", "not found", "ranked low", "refused", "other sentence", "answered"]
Stages = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation: its place, and whether it holds an accepted answer."""

    doc: str
    start: int
    end: int
    bears: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What came back for one question.

    ``hits`` are best first; ``bearing`` is the rank of the first one that holds an accepted
    answer; ``sentences`` holds the citations of each sentence of the answer. ``abstained`` is None
    for a retriever that answers nothing. ``stages`` says of a failure at which rank each stage had
    the first source, None where it had none.
    """

    id: str
    lang: str = "und"
    hits: Sequence[Found] = ()
    bearing: int | None = None
    sentences: Sequence[Sequence[Cited]] = ()
    confidence: float = 0.0
    abstained: bool | None = None
    took_ms: float = 0.0
    error: str = ""
    fault: Fault | None = None
    stages: Stages = field(default_factory=dict)


def to_json(result: Result) -> dict[str, Any]:
    """Return a result as one line of a run file."""
    return {
        "id": result.id,
        "lang": result.lang,
        "hits": [[h.doc, h.start, h.end, h.pages, h.score] for h in result.hits],
        "bearing": result.bearing,
        "sentences": [[[c.doc, c.start, c.end, c.bears] for c in s] for s in result.sentences],
        "confidence": result.confidence,
        "abstained": result.abstained,
        "took_ms": result.took_ms,
        "error": result.error,
        "fault": result.fault,
        "stages": result.stages,
    }


def from_json(fields: Mapping[str, Any]) -> Result:
    """Return what :func:`to_json` wrote; raises KeyError, TypeError and ValueError."""
    hits = tuple(
        Found(doc, start, end, tuple(pages) if pages else None, score)
        for doc, start, end, pages, score in fields["hits"]
    )
    sentences = tuple(tuple(Cited(*cited) for cited in one) for one in fields["sentences"])
    return Result(**{**fields, "hits": hits, "sentences": sentences})


def sentence_is_judged(question: Question, golds: Sequence[Gold]) -> bool:
    """Tell whether one can say if a sentence is right: by its place or by accepted answers."""
    return bool(question.answers) or any(not gold.whole for gold in golds)


def sentence_is_right(golds: Sequence[Gold], sentence: Sequence[Cited]) -> bool:
    """Tell whether a sentence stands at an accepted place or holds an accepted answer.

    An accepted answer counts in the right document only, or anywhere if none is named.
    """
    docs = {gold.doc for gold in golds}
    return any(
        (cited.bears and (not docs or cited.doc in docs)) or on_span(cited, golds)
        for cited in sentence
    )


def on_span(cited: Cited, golds: Sequence[Gold]) -> bool:
    """Tell whether a citation overlaps a source that is more exact than a whole document."""
    return any(
        not gold.whole and hits_gold(cited.doc, cited.start, cited.end, gold) for gold in golds
    )


def first_is_right(golds: Sequence[Gold], result: Result) -> bool:
    """Tell whether the best passage is a source or, where none is named, holds the answer."""
    rank = first_rank(golds, result.hits) if golds else result.bearing
    return rank == 1


def fault_of(question: Question, golds: Sequence[Gold], result: Result, k: int) -> Fault | None:
    """Return what went wrong, None if nothing did."""
    if result.error:
        return "error"
    if not question.answerable:
        return "answered" if result.abstained is False else None
    if golds and not any(gold.spans for gold in golds):
        return "lost"
    return _fault_of_answerable(question, golds, result, k)


def _fault_of_answerable(
    question: Question, golds: Sequence[Gold], result: Result, k: int
) -> Fault | None:
    rank = first_rank(golds, result.hits) if golds else result.bearing
    if rank is None or rank > k:
        return "not found"
    if result.abstained:
        return "refused"
    if result.abstained is None or not sentence_is_judged(question, golds):
        return None if rank == 1 else "ranked low"
    if result.sentences and sentence_is_right(golds, result.sentences[0]):
        return None
    return "other sentence" if rank == 1 else "ranked low"
