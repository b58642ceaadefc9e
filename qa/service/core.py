"""What the app and the API ask for: answers, and what is known of the documents."""

import asyncio
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from typing import Final, TypeVar

from anyio import to_thread

from qa.assistant import Assistant
from qa.datamodel import Answer, Document, Filters, Hit, Span, Status
from qa.duplicates import Duplicates
from qa.errors import InputError
from qa.freshness import Freshness, file_state, file_states, shown_in
from qa.matches import Match, matched_words
from qa.render import Json
from qa.service.bodies import FeedbackBody, PlaceBody
from qa.service.evaluations import Evaluations
from qa.service.feedback import Feedback, Place
from qa.service.jobs import Jobs
from qa.service.library import Library
from qa.service.observe import Metrics
from qa.service.similar import Similar, find_similar
from qa.service.turns import Turns
from qa.store import DocumentSummary

_ALL: Final = Filters()
_Made = TypeVar("_Made")
_PAGES_KEPT = 64
_SAMPLED = 60  # passages of a language that are looked at for examples
_NUMBERING = re.compile(r"^\s*(?:[\d.]+|[一二三四五六七八九十]+)[\s.)、:：]+|\s+$")
# Not one word alone, which is as often "Sources" or "Introduction" as something to ask about.
_TELLING = re.compile(r"\S+\s.{4,80}|[^\x00-\u024f].{6,80}")
_QUESTION_MARKS = ("?", "？", "؟", "か")
WIDEST_PAGE: Final = 2_400  # pixels


@dataclass(frozen=True, slots=True)
class Explained:
    """An answer, for each of its hits the words that match the question, by passage id.

    ``states`` tell of each document by its id whether its file is still the one indexed.
    """

    answer: Answer
    matches: Mapping[int, tuple[Match, ...]]
    states: Mapping[str, Freshness]


class Service:
    """One assistant shared by everyone who asks; questions are answered one at a time."""

    def __init__(self, assistant: Assistant) -> None:
        """Share ``assistant``."""
        self.assistant = assistant
        self.jobs = Jobs()
        self.library = Library(assistant.index, assistant.retriever.encoder, self.jobs)
        self.evaluations = Evaluations(assistant, self.jobs)
        self.feedback = Feedback(assistant.index.folder)
        self.metrics = Metrics()
        self.turns = Turns()
        self._duplicates = Duplicates(assistant.index)
        self._comparing = threading.Lock()
        self._index = assistant.index
        self._page = lru_cache(_PAGES_KEPT)(self._drawn)

    async def ask(
        self,
        question: str,
        k: int = 5,
        filters: Filters = _ALL,
        *,
        client: str = "",
        ticket: str = "",
    ) -> Answer:
        """Answer a question when its turn has come; raises what :meth:`qa.Assistant.ask` raises.

        ``client`` is who asks, for a fair order; ``ticket`` is by what :meth:`Turns.cancel` knows
        the question. Raises BusyError ("queue_full") and InputError ("question_cancelled") too.
        """
        return await self._in_turn(lambda: self._answer(question, k, filters), client, ticket)

    async def explain(
        self, question: str, filters: Filters = _ALL, *, client: str = "", ticket: str = ""
    ) -> Explained:
        """Answer a question as :meth:`ask` does, with the words that match it."""

        def work() -> tuple[Answer, Mapping[int, tuple[Match, ...]]]:
            answer = self._answer(question, 5, filters)
            return answer, matched_words(self.assistant, answer.question, answer.hits)

        answer, matches = await self._in_turn(work, client, ticket)
        # Files may be large: nobody waits for their hashes but who asked.
        return Explained(answer, matches, await to_thread.run_sync(self.states, shown_in(answer)))

    async def search(
        self, question: str, k: int, filters: Filters = _ALL, *, client: str = ""
    ) -> list[Hit]:
        """Return the best passages for a question."""
        return await self._in_turn(lambda: self.assistant.search(question, k, filters), client, "")

    async def similar(self, doc_id: str, span: Span, *, client: str = "") -> Similar:
        """Return passages of other documents that say much the same as a span of this one."""

        def work() -> Similar:
            with self._index.reading():
                return find_similar(self.assistant, self._index.document(doc_id), span)

        return await self._in_turn(work, client, "")

    def twins(self, doc_id: str) -> list[tuple[DocumentSummary, bool]]:
        """Return the documents that have nearly this text, and whether it is the very same."""
        # One at a time: the first call looks at every document.
        with self._comparing, self._index.reading():
            known = {one.doc_id: one for one in self._index.documents()}
            found = self._duplicates.of(doc_id)
        return [(known[one.doc_id], one.exact) for one in found]

    def _answer(self, question: str, k: int, filters: Filters) -> Answer:
        began = time.monotonic()
        result = "refused"
        try:
            answer = self.assistant.ask(question, k, filters)
            result = "abstained" if answer.abstained else "answered"
        finally:
            self.metrics.questions.labels(result).inc()
        self.metrics.seconds.observe(time.monotonic() - began)
        return answer

    async def _in_turn(self, work: Callable[[], _Made], client: str, ticket: str) -> _Made:
        async with self.turns.turn(client, ticket):
            # Once begun it ends: a thread cannot be stopped, and the next turn must wait for it.
            task = asyncio.ensure_future(to_thread.run_sync(work))
            try:
                return await asyncio.shield(task)
            except asyncio.CancelledError:
                await asyncio.wait([task])
                raise

    def judge(self, body: FeedbackBody, by: str) -> str:
        """Keep what a reader thinks of an answer as a test question; return its id.

        Raises InputError: document_unknown, span_invalid, feedback_full.
        """
        with self._index.reading():
            places = [self._place(one) for one in body.places]
        return self.feedback.add(body.question, body.lang, body.verdict, places, by)

    def _place(self, place: PlaceBody) -> Place:
        document = self._index.document(place.doc)
        if not place.start < place.end <= len(document.text):
            raise InputError(
                "span_invalid",
                f"{document.source} has no characters {place.start} to {place.end}.",
                "Take start and end from a citation.",
            )
        return Place(document.source, place.start, place.end)

    def examples(self, most: int) -> list[tuple[str, str, bool]]:
        """Return headings to ask about, with their languages and whether each is a question.

        They come from as many documents and languages as possible; questions come first.
        """
        found: dict[str, tuple[str, str, bool]] = {}
        with self._index.reading():
            for lang in self._index.languages():
                ids = self._index.select(lang, _ALL)
                sample = ids[:: max(1, len(ids) // _SAMPLED)]
                for passage in self._index.passages(sample):
                    heading = _NUMBERING.sub("", passage.heading[-1]) if passage.heading else ""
                    asks = heading.endswith(_QUESTION_MARKS)
                    shown = _TELLING.fullmatch(heading) is not None
                    if shown and (asks or not found.get(passage.doc_id, ("", "", False))[2]):
                        found[passage.doc_id] = (heading, lang, asks)
        return _mixed(found.values())[:most]

    def health(self) -> Json:
        """Return what a monitor asks for: alive, how many documents, which revision."""
        with self._index.reading():
            documents, revision = len(self._index.documents()), self._index.revision
        return {"status": "ok", "documents": documents, "revision": revision}

    def metrics_text(self) -> bytes:
        """Return the state of the server in Prometheus's text format."""
        documents, by_lang = self.overview()
        job = self.jobs.job
        self.metrics.documents.set(documents)
        self.metrics.passages.set(sum(by_lang.values()))
        self.metrics.waiting.set(self.turns.waiting)
        self.metrics.job.set(job is not None and job.running)
        return self.metrics.text()

    def overview(self) -> tuple[int, dict[str, int]]:
        """Return the number of documents and the passages per language."""
        with self._index.reading():
            return len(self._index.documents()), self._index.languages()

    def listing(self) -> tuple[list[DocumentSummary], Status]:
        """Return all documents without their texts, and what failed."""
        with self._index.reading():
            return self._index.documents(), self._index.status()

    def states(self, documents: Iterable[Document]) -> dict[str, Freshness]:
        """Tell by ``doc_id`` whether the files of documents are still those that were indexed."""
        return file_states(self._index.root, documents)

    def document(self, doc_id: str) -> tuple[Document, Freshness]:
        """Return a document and whether its file is still the one that was indexed."""
        with self._index.reading():
            document, root = self._index.document(doc_id), self._index.root
        return document, file_state(root, document)

    def page(self, doc_id: str, page: int, span: Span | None, width: int) -> bytes:
        """Return the image of a page as PNG, with boxes around the part of ``span`` on it.

        Raises InputError (document_unknown, page_unknown), DocumentError (file_changed,
        file_missing, and what :func:`qa.documents.pages.page_png` raises).
        """
        document, _ = self.library.original(doc_id)
        if not 1 <= page <= len(document.page_starts):
            raise InputError(
                "page_unknown",
                f"{document.source} has no page {page}.",
                f"It has {len(document.page_starts)} pages.",
            )
        return self._page(doc_id, document.sha256, page, span, min(width, WIDEST_PAGE))

    def _drawn(self, doc_id: str, sha256: str, page: int, span: Span | None, width: int) -> bytes:
        from qa.documents.pages import page_png

        document, path = self.library.original(doc_id)
        return page_png(path, document, page, span, width)


def _mixed(examples: Iterable[tuple[str, str, bool]]) -> list[tuple[str, str, bool]]:
    """Take turns among the languages, questions first."""
    by_lang: dict[str, list[tuple[str, str, bool]]] = {}
    for one in sorted(examples, key=lambda one: not one[2]):
        by_lang.setdefault(one[1], []).append(one)
    rounds = zip_longest(*by_lang.values())
    return [one for turn in rounds for one in turn if one is not None]


def summary_json(document: DocumentSummary) -> Json:
    """Return a document of ``GET /api/docs``."""
    return {
        "doc": document.source,
        "doc_id": document.doc_id,
        "title": document.title,
        "lang": document.lang,
        "date": document.date,
        "characters": document.characters,
        "passages": document.passages,
        "pages": document.pages,
    }


def document_json(document: Document) -> Json:
    """Return a document without its text; ``page_starts`` are offsets of pages in the text."""
    return {
        "doc": document.source,
        "doc_id": document.doc_id,
        "title": document.title,
        "lang": document.lang,
        "date": document.date,
        "page_starts": list(document.page_starts),
        "metadata": dict(document.metadata),
    }
