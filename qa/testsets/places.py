"""Where in an indexed document a test set's source stands.

A quote is looked for word for word; then by its letters and digits alone, which survives other
line breaks, hyphens and quotation marks; then as the stretch that shares most of its letters with
it, which survives another reader of the same file.
"""

import unicodedata
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from qa.datamodel import Document, Span
from qa.testsets import Source

How = Literal["exact", "letters", "similar"]
_GRAM = 6
# A stretch must share this much of the quote's letter runs, and may be this much longer.
_SHARED = 0.7
_LONGER = 1.25


@dataclass(frozen=True, slots=True)
class Place:
    """The spans of a document that a source means: any of them will do."""

    spans: tuple[Span, ...]
    how: How = "exact"


def place(document: Document, source: Source) -> Place | str:
    """Return where a source stands in its document, or why it does not, as half a sentence."""
    text = document.text
    if source.quote is not None:
        found = _quoted(text, source.quote)
        return found or "the quote does not stand in the document, not even nearly"
    if source.page is not None:
        return _page(document, source.page)
    if source.span is not None:
        if source.span[1] > len(text):
            return f"the span ends after the document, which has {len(text):,} characters"
        return Place((source.span,))
    return Place(((0, len(text)),))


def _page(document: Document, page: int) -> Place | str:
    starts = document.page_starts
    if not starts:
        return "the document has no pages"
    if page > len(starts):
        return f"the document has {len(starts)} pages, and none is page {page}"
    end = starts[page] if page < len(starts) else len(document.text)
    return Place(((starts[page - 1], end),))


def _quoted(text: str, quote: str) -> Place | None:
    quote = quote.strip()
    exact = tuple(_occurrences(text, quote))
    if exact:
        return Place(tuple((at, at + len(quote)) for at in exact))
    letters, offsets = _letters(text)
    wanted, _ = _letters(quote)
    same = tuple(_occurrences(letters, wanted))
    if same:
        spans = ((offsets[at], offsets[at + len(wanted) - 1] + 1) for at in same)
        return Place(tuple(spans), "letters")
    near = _most_similar(letters, wanted)
    if near is None:
        return None
    return Place(((offsets[near[0]], offsets[near[1] - 1] + 1),), "similar")


def _occurrences(text: str, wanted: str) -> Iterator[int]:
    at = text.find(wanted)
    while at >= 0:
        yield at
        at = text.find(wanted, at + len(wanted))


def _letters(text: str) -> tuple[str, list[int]]:
    """Return the letters and digits, folded, and the offset in ``text`` that each comes from."""
    letters: list[str] = []
    offsets: list[int] = []
    for at, char in enumerate(text):
        for folded in unicodedata.normalize("NFKC", char).casefold():
            if folded.isalnum():
                letters.append(folded)
                offsets.append(at)
    return "".join(letters), offsets


def _most_similar(text: str, wanted: str) -> Span | None:
    """Return the span of ``text`` that shares most runs of letters with ``wanted``."""
    grams = Counter(wanted[i : i + _GRAM] for i in range(len(wanted) - _GRAM + 1))
    total = grams.total()
    if not total:
        return None
    inside: Counter[str] = Counter()
    window: deque[int] = deque()
    best, span, shared = 0, None, 0
    reach = int(len(wanted) * _LONGER)
    for at in range(len(text) - _GRAM + 1):
        gram = text[at : at + _GRAM]
        if gram not in grams:
            continue
        window.append(at)
        inside[gram] += 1
        shared += inside[gram] <= grams[gram]
        while window[0] + reach < at + _GRAM:
            first = window.popleft()
            old = text[first : first + _GRAM]
            shared -= inside[old] <= grams[old]
            inside[old] -= 1
        if shared > best:
            best, span = shared, (window[0], at + _GRAM)
    return span if best >= _SHARED * total else None
