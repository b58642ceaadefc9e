"""Fundstelle: answers from your own documents, each with the exact place it comes from.

    from qa import Assistant

    assistant = Assistant.open("index")
    answer = assistant.ask("Wer unterzeichnet für Japan?")
    for c in answer.citations:
        print(c.number, c.document.title, c.page, c.quote)

Where to look, from the bottom to the top; a module imports from its own or lower rows only:

    errors, datamodel                    failures and nouns
    settings, text, models               choices, analysis of text, the encoder's files
    files, store, writer                 locks and whole files; SQLite, read and written
    documents, passages, encoder,        reading files, cutting them up, turning text into vectors
    dense, lexical, tokens               the derived indexes and the stored token vectors
    index, folder, sync                  all parts kept in step with each other and a folder
    retrieval                            candidates, scores, fair ranking across languages
    answering                            sentences, citations, abstention
    assistant, render                    the facade; terminal, JSON and HTML output
    service                              the HTTP API
    cli, ui                              what people use

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
