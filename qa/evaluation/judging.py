"""What a test set accepts, as places in the index, and whether a returned passage is one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qa.datamodel import Document, Span
from qa.errors import InputError
from qa.index import Index
from qa.testsets import Question, QuestionSet, Source
from qa.testsets.places import place

_NOTES = 20


@dataclass(frozen=True, slots=True)
class Gold:
    """A source where the index has it; without spans if it could not be located.

    ``pages`` are the first and last page of its spans; ``whole`` means any part of the document.
    """

    doc: str
    lang: str
    spans: tuple[Span, ...]
    pages: tuple[Span, ...]
    grade: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A returned passage: where it stands, on which pages, and its score."""

    doc: str
    start: int
    end: int
    pages: Span | None
    score: float


@dataclass(frozen=True, slots=True)
class Judgements:
    """The located sources of each question, in the order of the test set.

    ``lost`` says of a question why none of its sources can be found; ``notes`` are sentences
    about single sources.
    """

    golds: Sequence[tuple[Gold, ...]]
    lost: Mapping[str, str]
    notes: tuple[str, ...]


def locate(index: Index, tests: QuestionSet) -> Judgements:
    """Locate every source of a test set in the index; each document is read once.

    Raises InputError ("tests_foreign") if none of the sources' documents is in the index.
    """
    known = _Known(index)
    # Document by document, so that each is read once.
    wanted = sorted(
        (source.doc, q, n)
        for q, one in enumerate(tests.questions)
        for n, source in enumerate(one.sources)
    )
    located = {(q, n): known.locate(tests.questions[q].sources[n]) for _, q, n in wanted}
    notes = [
        f"{tests.questions[q].sources[n].line}: {one.remark}."
        for (q, n), one in sorted(located.items())
        if one.remark
    ]
    if located and not any(one.gold.spans for one in located.values()):
        raise InputError(
            "tests_foreign",
            f"None of the places that {tests.path.name} names is in the index: {notes[0]}",
            "Name the index of these documents with --index, or index their folder first.",
        )
    golds = [
        tuple(located[q, n].gold for n in range(len(one.sources)))
        for q, one in enumerate(tests.questions)
    ]
    lost = {
        one.id: located[q, 0].remark
        for q, one in enumerate(tests.questions)
        if golds[q] and not any(gold.spans for gold in golds[q])
    }
    return Judgements(golds, lost, _clipped(notes))


@dataclass(frozen=True, slots=True)
class _Located:
    """A source in the index, and half a sentence about what is odd with it."""

    gold: Gold
    remark: str = ""


_REMARKS = {
    "exact": "",
    "letters": "the quote stands in {} but for spaces and punctuation",
    "similar": "the quote was taken for the most similar words of {}",
}


class _Known:
    """The documents of an index, by path and by id, and why others are missing."""

    def __init__(self, index: Index) -> None:
        self._index = index
        documents = index.documents()
        self._summaries = {one.doc_id: one for one in documents}
        self._summaries |= {one.source: one for one in documents}
        self._failed = {one.file: one.reason for one in index.status().failed}

    def locate(self, source: Source) -> _Located:
        summary = self._summaries.get(source.doc)
        if summary is None:
            return _lost(source, self._why_missing(source.doc))
        if source.whole:
            spans: tuple[Span, ...] = ((0, summary.characters),)
            gold = Gold(summary.source, summary.lang, spans, (), source.grade, whole=True)
            return _Located(gold)
        document = self._index.document(summary.doc_id)
        found = place(document, source)
        if isinstance(found, str):
            return _lost(source, f"{found} ({summary.source})")
        pages = (pages_of(document, *span) for span in found.spans)
        gold = Gold(
            doc=summary.source,
            lang=summary.lang,
            spans=found.spans,
            pages=tuple(span for span in pages if span),
            grade=source.grade,
            whole=False,
        )
        return _Located(gold, _REMARKS[found.how].format(summary.source))

    def _why_missing(self, doc: str) -> str:
        if doc in self._failed:
            return f"the document {doc} failed to load ({self._failed[doc].rstrip('.')})"
        return f"the document {doc} is not in the index"


def _lost(source: Source, why: str) -> _Located:
    pages = ((source.page, source.page),) if source.page else ()
    return _Located(Gold(source.doc, "", (), pages, source.grade, source.whole), why)


def pages_of(document: Document, start: int, end: int) -> Span | None:
    """Return the first and last page of a span, None without pages."""
    first, last = document.page_at(start), document.page_at(end - 1)
    return None if first is None or last is None else (first, last)


def _clipped(notes: Sequence[str]) -> tuple[str, ...]:
    more = len(notes) - _NOTES
    rest = (f"There are {more:,} more remarks like these.",) if more > 0 else ()
    return (*notes[:_NOTES], *rest)


def hits_gold(doc: str, start: int, end: int, gold: Gold) -> bool:
    """Tell whether a span overlaps a source."""
    return doc == gold.doc and any(start < last and first < end for first, last in gold.spans)


def by_source(golds: Sequence[Gold], hits: Iterable[Found]) -> list[str]:
    """Return a ranked list in which each source stands where a passage first overlaps it.

    Passages that overlap none count as one item each; those that only meet sources found before
    are left out, as a document's further passages are in a list of documents. Where all sources
    are whole documents, the items are documents.
    """
    if all(gold.whole for gold in golds):
        return by_document(golds, hits)
    items: list[str] = []
    found: set[int] = set()
    for number, hit in enumerate(hits):
        met = [n for n, gold in enumerate(golds) if hits_gold(hit.doc, hit.start, hit.end, gold)]
        items += [f"source {n}" for n in met if n not in found]
        items += [] if met else [f"passage {number}"]
        found.update(met)
    return items


def by_document(_: Sequence[Gold], hits: Iterable[Found]) -> list[str]:
    """Return the documents of passages, each where it comes first."""
    return list(dict.fromkeys(hit.doc for hit in hits))


def by_page(_: Sequence[Gold], hits: Iterable[Found]) -> list[str]:
    """Return the pages of passages, each where it comes first."""
    return list(
        dict.fromkeys(
            f"{hit.doc} {page}"
            for hit in hits
            if hit.pages
            for page in range(hit.pages[0], hit.pages[1] + 1)
        )
    )


def source_grades(golds: Sequence[Gold]) -> dict[str, int]:
    """Return the grades of :func:`by_source`'s relevant items."""
    if all(gold.whole for gold in golds):
        return document_grades(golds)
    return {f"source {n}": gold.grade for n, gold in enumerate(golds)}


def document_grades(golds: Sequence[Gold]) -> dict[str, int]:
    """Return the grades of relevant documents, the highest of each."""
    ascending = sorted(golds, key=lambda gold: gold.grade)
    return {gold.doc: gold.grade for gold in ascending}


def finer_document_grades(golds: Sequence[Gold]) -> dict[str, int]:
    """Return the grades of relevant documents unless the sources are documents anyway."""
    return {} if all(gold.whole for gold in golds) else document_grades(golds)


def page_grades(golds: Sequence[Gold]) -> dict[str, int]:
    """Return the grades of relevant pages, the highest of each; none without pages."""
    ascending = sorted(golds, key=lambda gold: gold.grade)
    return {
        f"{gold.doc} {page}": gold.grade
        for gold in ascending
        for first, last in gold.pages
        for page in range(first, last + 1)
    }


def first_rank(golds: Sequence[Gold], hits: Iterable[Found]) -> int | None:
    """Return the rank at which the first source comes, counting from 1."""
    relevant = source_grades(golds)
    items = enumerate(by_source(golds, hits), 1)
    return next((rank for rank, item in items if item in relevant), None)


def bears(text: str, question: Question) -> bool:
    """Tell whether a text holds an accepted answer; case and white space do not matter."""
    flat = _flat(text)
    return any(_flat(answer) in flat for answer in question.answers if answer.strip())


def _flat(text: str) -> str:
    return " ".join(text.split()).casefold()
