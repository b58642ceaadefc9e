"""Why a passage was found: its words that match the question, across languages too."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qa.assistant import Assistant, ids_of
from qa.datamodel import Floats, Hit, Span, Spans
from qa.text.tokens import word_spans
from qa.tokens import TokenTable, expand, similarities

# Cosines of token vectors: below the first a match says nothing, from the second on it is strong.
# Seen on the project's own questions; the tint explains a hit and decides nothing.
WEAKEST = 0.45
STRONG = 0.7
_SHORT = 4
_HIRAGANA = re.compile(r"[\u3040-\u309f]+")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")


@dataclass(frozen=True, slots=True)
class Match:
    """A word of a passage, by its offsets in the document; ``strength`` is in (0, 1]."""

    start: int
    end: int
    strength: float


def matched_words(
    assistant: Assistant, question: str, hits: Sequence[Hit]
) -> Mapping[int, tuple[Match, ...]]:
    """Return the matching words of each hit, in reading order, by passage id.

    A word is as strong as the best cosine of one of its tokens with a token of the question.
    Raises TooLongError if the question is longer than the encoder reads.
    """
    if not hits:
        return {}
    with assistant.index.reading():
        encoding = assistant.retriever.understand(question).encoding
        codes = assistant.index.token_codes(ids_of(hits))
    tokens = encoding.tokens[_telling(question, encoding.spans)]
    if not len(tokens):
        return {}
    table = expand(codes, tokens.shape[1])
    best = similarities(tokens, table).max(axis=0)
    bounds = zip(table.bounds[:-1], table.bounds[1:], strict=True)
    return {
        hit.passage.passage_id: _words(hit, table, best, (int(low), int(high)))
        for hit, (low, high) in zip(hits, bounds, strict=True)
    }


def _words(hit: Hit, table: TokenTable, best: Floats, rows: Span) -> tuple[Match, ...]:
    offset, spans, cosines = hit.passage.start, table.spans[slice(*rows)], best[slice(*rows)]
    found = []
    for start, end, spaced in _telling_words(hit.passage.text):
        inside = np.flatnonzero((spans[:, 0] < end) & (spans[:, 1] > start))
        if spaced and len(inside):
            pieces = [(start, end, float(cosines[inside].max()))]
        else:
            pieces = [(*_within(spans[i], start, end), float(cosines[i])) for i in inside]
        found += [
            Match(low + offset, high + offset, _strength(cosine))
            for low, high, cosine in pieces
            if cosine >= WEAKEST and _tells(hit.document.text[low + offset : high + offset])
        ]
    return tuple(found)


def _within(span: Spans, start: int, end: int) -> Span:
    return max(start, int(span[0])), min(end, int(span[1]))


def _strength(cosine: float) -> float:
    return min(1.0, 0.25 + 0.75 * (cosine - WEAKEST) / (STRONG - WEAKEST))


def _telling(text: str, spans: Spans) -> list[bool]:
    """Tell for each token whether it belongs to a word that says what a text is about."""
    words = _telling_words(text)
    return [
        any(
            start < high and end > low and (spaced or _tells(text[start:end]))
            for low, high, spaced in words
        )
        for start, end in spans.tolist()
    ]


def _telling_words(text: str) -> list[tuple[int, int, bool]]:
    return [
        (start, end, spaced)
        for start, end, spaced in word_spans(text)
        if not spaced or _tells(text[start:end])
    ]


def _tells(word: str) -> bool:
    """Leave out short words and what is all hiragana: articles, particles, endings.

    No list of them would know every language.
    """
    if _HIRAGANA.fullmatch(word):
        return False
    short = len(word) < _SHORT and word.isalpha() and not word.isupper()
    return not short or (not word.isascii() and not _LATIN.search(word))
