"""Fundstelle: answers from your own documents, each with the exact place it comes from.

    from qa import Assistant

    assistant = Assistant.open("index")
    answer = assistant.ask("Who signs for Japan?")
    for c in answer.citations:
        print(c.number, c.document.title, c.page, c.quote)

What each module is for stands in docs/architecture.md, from the bottom to the top.

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
