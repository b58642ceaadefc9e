"""Fundstelle: answers from your own documents, each with the exact place it comes from.

    from qa import Assistant

    assistant = Assistant.open("index")
    answer = assistant.ask("Who signs for Japan?")
    for c in answer.citations:
        print(c.number, c.document.title, c.page, c.quote)

Where to look, from the bottom to the top; a module imports from its own or lower rows only:

    errors, datamodel                    failures and nouns
    settings, text, models               choices, analysis of text, the default model's files
    files, schema, store, writer         locks and whole files; SQLite, read and written
    refusals                             what SQLite and the system say, in our words
    documents, passages, encoder         reading files, cutting them up, turning text into vectors
    dense, lexical, tokens               nearest vectors, words, compressed token vectors
    index, freshness                     reading an index; whether files are as they were indexed
    folder, plan, ingest, sync, watch    making it the mirror of a folder
    worker, isolation, reading           parsing files in processes of their own
    doctor, transfer                     examining and mending an index; moving it
    retrieval                            candidates, scores, fair ranking across languages
    answering, confidence                sentences, citations, abstention; the fitted models
    assistant, render, reports           the facade; JSON and terminal output
    service                              the HTTP API and the guard around the server
    cli, ui                              the command and the app

Names are loaded when they are first used, so that ``import qa`` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.assistant import Assistant
    from qa.datamodel import Answer, Citation, Document, Filters, Hit
    from qa.errors import FundstelleError

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Assistant",
    "Citation",
    "Document",
    "Filters",
    "FundstelleError",
    "Hit",
    "__version__",
]

_HOMES = {"Assistant": "qa.assistant", "FundstelleError": "qa.errors"}

if not TYPE_CHECKING:  # A type checker must still report names that do not exist.

    def __getattr__(name: str) -> object:
        """Load one of the names above from the module that defines it."""
        if name not in __all__:
            raise AttributeError(f"module 'qa' has no attribute {name!r}")
        return getattr(import_module(_HOMES.get(name, "qa.datamodel")), name)
