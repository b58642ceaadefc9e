"""What is evaluated: the whole assistant, or nearest mean vectors alone to compare it with."""

import time
from collections.abc import Callable, Sequence

from qa.assistant import Assistant, short_enough
from qa.datamodel import Answer, Document, Filters, Passage
from qa.evaluation.judging import Found, Gold, bears, first_rank, pages_of
from qa.evaluation.results import Cited, Result, Stages, on_span
from qa.testsets import Question

# As many passages as the assistant takes from each language anyway: asking for more would change
# the answer.
DEPTH = 50
_DIGITS = 6

Retriever = Callable[[Question, int], Result]


def assistant_retriever(assistant: Assistant) -> Retriever:
    """Return the assistant as people use it."""

    def retrieve(question: Question, depth: int) -> Result:
        return _answered(question, assistant.ask(question.text, depth))

    return retrieve


def plain_retriever(assistant: Assistant) -> Retriever:
    """Return the ranking by cosines of mean vectors alone, as embedding benchmarks measure it.

    The score of the best passage is its confidence; it answers nothing.
    """
    index = assistant.index

    def retrieve(question: Question, depth: int) -> Result:
        started = time.perf_counter()
        with index.reading(), short_enough(assistant.retriever.encoder):
            query = assistant.retriever.understand(question.text)
            ids, scores = index.dense.search(query.encoding.mean, depth)
            passages = index.passages(ids)
            hits = [(index.document(p.doc_id), p) for p in passages]
        return Result(
            id=question.id,
            lang=query.langs[0] if query.langs else "und",
            hits=_found(hits, scores.tolist()),
            bearing=_first_bearing(question, [passage.text for passage in passages]),
            confidence=round(float(scores[0]), _DIGITS) if len(scores) else 0.0,
            took_ms=_milliseconds(started),
        )

    return retrieve


def _answered(question: Question, answer: Answer) -> Result:
    cited = {
        one.number: Cited(one.document.source, one.start, one.end, bears(one.quote, question))
        for one in answer.citations
    }
    hits = [(hit.document, hit.passage) for hit in answer.hits]
    return Result(
        id=question.id,
        lang=answer.lang,
        hits=_found(hits, [hit.score for hit in answer.hits]),
        bearing=_first_bearing(question, [hit.passage.text for hit in answer.hits]),
        sentences=tuple(tuple(cited[n] for n in one.citations) for one in answer.sentences),
        confidence=round(answer.confidence, _DIGITS),
        abstained=answer.abstained,
        took_ms=round(answer.took_ms, 2),
    )


def _found(hits: Sequence[tuple[Document, Passage]], scores: Sequence[float]) -> tuple[Found, ...]:
    return tuple(
        Found(
            document.source,
            passage.start,
            passage.end,
            pages_of(document, passage.start, passage.end),
            round(float(score), _DIGITS),
        )
        for (document, passage), score in zip(hits, scores, strict=True)
    )


def _first_bearing(question: Question, texts: Sequence[str]) -> int | None:
    if not question.answers:
        return None
    return next((rank for rank, text in enumerate(texts, 1) if bears(text, question)), None)


def _milliseconds(started: float) -> float:
    return round(1000 * (time.perf_counter() - started), 2)


def stages(
    assistant: Assistant, question: Question, golds: Sequence[Gold], result: Result
) -> Stages:
    """Return the rank that each stage gave the first source, among all candidates.

    dense, lexical, late and fused are the scores of :class:`qa.datamodel.Hit`; answer is the
    place among the sentences of the answer. None where a stage did not have it at all.
    """
    retriever = assistant.retriever
    with assistant.index.reading():
        query = retriever.understand(question.text)
        candidates = retriever.candidates(query, Filters())
        hits = retriever.best(candidates, len(candidates.ids))
    ranks: dict[str, int | None] = {}
    for stage in ("dense", "lexical", "late", "fused"):
        order = sorted(hits, key=lambda hit: -hit.scores[stage])
        met = [hit for hit in order if stage != "lexical" or hit.scores[stage] > 0]
        found = _found([(hit.document, hit.passage) for hit in met], [0.0] * len(met))
        ranks[stage] = first_rank(golds, found)
    right = (n for n, one in enumerate(result.sentences, 1) if any(on_span(c, golds) for c in one))
    ranks["answer"] = next(right, None)
    return ranks
