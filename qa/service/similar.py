"""Where else it stands: passages of other documents that say much the same as a given one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa.assistant import Assistant
from qa.datamodel import Document, Hit, Span
from qa.matches import Match, matched_words

_LONGEST = 300  # characters of a passage that others are compared with
_MOST = 4
_FOUND = 20
# How well another document must match a passage, in parts of how well the passage matches itself.
# Seen on the committed corpus, where documents in three languages tell of the same events.
_SAME = 0.54


@dataclass(frozen=True, slots=True)
class Similar:
    """Passages of other documents, and their words that match, by passage id."""

    hits: Sequence[Hit]
    matches: Mapping[int, tuple[Match, ...]]


def find_similar(assistant: Assistant, document: Document, span: Span) -> Similar:
    """Return the best passage of each other document that says much the same as a span."""
    start, end = span
    text = document.text[start : min(end, start + _LONGEST)]
    if not text.strip():
        return Similar((), {})
    found = assistant.search(text, _FOUND)
    doc_id = document.doc_id
    own = max((hit.scores["late"] for hit in found if hit.passage.doc_id == doc_id), default=1.0)
    best: dict[str, Hit] = {}
    for hit in found:
        if hit.passage.doc_id != doc_id and hit.scores["late"] >= _SAME * own:
            best.setdefault(hit.passage.doc_id, hit)
    others = list(best.values())[:_MOST]
    return Similar(others, matched_words(assistant, text, others))
