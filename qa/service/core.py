"""What the app and the API ask for: answers, and what is known of the documents."""

import hashlib
import threading
from pathlib import Path
from typing import Final, Literal

from qa.assistant import Assistant
from qa.datamodel import Answer, Document, Filters, Hit
from qa.render import Json
from qa.service.jobs import Jobs
from qa.store import DocumentSummary

Freshness = Literal["same", "changed", "missing"]
_ALL: Final = Filters()


class Service:
    """One assistant shared by everyone who asks; questions are answered one at a time."""

    def __init__(self, assistant: Assistant) -> None:
        """Share ``assistant``."""
        self._assistant = assistant
        self._index = assistant.index
        self.jobs = Jobs()
        self._turn = threading.Lock()  # two questions at once would only share the processor

    def ask(self, question: str, k: int = 5, filters: Filters = _ALL) -> Answer:
        """Answer a question; raises what :meth:`qa.Assistant.ask` raises."""
        with self._turn:
            return self._assistant.ask(question, k, filters)

    def search(self, question: str, k: int, filters: Filters) -> list[Hit]:
        """Return the best passages for a question."""
        with self._turn:
            return self._assistant.search(question, k, filters)

    def health(self) -> Json:
        """Return what a monitor asks for: alive, how many documents, which revision."""
        with self._index.reading():
            documents, revision = len(self._index.documents()), self._index.revision
        return {"status": "ok", "documents": documents, "revision": revision}

    def overview(self) -> tuple[int, dict[str, int]]:
        """Return the number of documents and the passages per language."""
        with self._index.reading():
            return len(self._index.documents()), self._index.languages()

    def documents(self) -> list[Json]:
        """Return every document's metadata, without texts."""
        with self._index.reading():
            return [_summary_json(document) for document in self._index.documents()]

    def document(self, doc_id: str) -> tuple[Document, Freshness]:
        """Return a document and whether its file is still the one that was indexed."""
        with self._index.reading():
            document, root = self._index.document(doc_id), self._index.root
        return document, file_state(root, document)


def file_state(root: Path, document: Document) -> Freshness:
    """Compare the file below ``root`` with the bytes that were indexed."""
    path = root / document.source
    if not path.is_file():
        return "missing"
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return "same" if digest == document.sha256 else "changed"


def _summary_json(document: DocumentSummary) -> Json:
    return {
        "doc": document.source,
        "doc_id": document.doc_id,
        "title": document.title,
        "lang": document.lang,
        "date": document.date,
        "characters": document.characters,
        "passages": document.passages,
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
