"""Other documents that say what an answer says, and those whose figures differ.

Two sentences are compared by their token vectors as they stand in context: the mean over the
tokens of each of the best match in the other (late interaction), and the lower of the two, so
that a few words are not like any long sentence that has them.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from qa.answering import Candidate, cite
from qa.datamodel import Agreement, Citation, Floats
from qa.text.figures import differ

# How alike two sentences are that say the same, in one language or two. Chosen on the project's
# own questions, whose sources list every document that holds a fact
# (``python -m benchmarks.agreement``: of those shown, at least three of four are right).
ALIKE = 0.38
_MOST = 4


def agreements(citations: Sequence[Citation], found: Sequence[Candidate]) -> tuple[Agreement, ...]:
    """Return the sentence of each other document that is most like a cited one, if alike enough.

    ``found`` holds the candidates among which the cited sentences are, best first.
    """
    cited = {one.document.doc_id for one in citations}
    best: dict[str, tuple[float, Agreement]] = {}
    for citation in citations:
        for alike, inside, other in _alike(citation, found):
            doc_id = other.document.doc_id
            if doc_id not in cited and alike > best.get(doc_id, (0.0,))[0]:
                best[doc_id] = (alike, _agreement(citation, inside.lang, other))
    ranked = sorted(best.values(), key=lambda pair: -pair[0])
    return tuple(agreement for _, agreement in ranked[:_MOST])


def differing(
    citations: Sequence[Citation], found: Sequence[Candidate]
) -> tuple[tuple[int, int], ...]:
    """Return the numbers of citations of two documents that say much the same with other figures.

    ``found`` is as in :func:`agreements`.
    """
    parts = {one.number: [each for each in found if _within(each, one)] for one in citations}
    return tuple(
        (one.number, other.number)
        for one, other in combinations(citations, 2)
        if one.document.doc_id != other.document.doc_id
        and any(_contradict(a, b) for a in parts[one.number] for b in parts[other.number])
    )


def _contradict(one: Candidate, other: Candidate) -> bool:
    if not differ(one.text, one.lang, other.text, other.lang):
        return False
    return bool(likeness(one.tokens, [other.tokens])[0] >= ALIKE)


def _alike(
    citation: Citation, found: Sequence[Candidate]
) -> Iterator[tuple[float, Candidate, Candidate]]:
    """Yield sentences that are cited and those alike in other documents, with how alike."""
    doc_id = citation.document.doc_id
    others = [one for one in found if one.document.doc_id != doc_id]
    for inside in (one for one in found if _within(one, citation)):
        values = likeness(inside.tokens, [one.tokens for one in others])
        for value, other in zip(values.tolist(), others, strict=True):
            if value >= ALIKE:
                yield value, inside, other


def _within(candidate: Candidate, citation: Citation) -> bool:
    same = candidate.document.doc_id == citation.document.doc_id
    return same and citation.start <= candidate.start and candidate.end <= citation.end


def likeness(one: Floats, others: Sequence[Floats]) -> Floats:
    """Return how alike a sentence is to each of ``others``, by the signs of their token vectors.

    They have the shapes (n, d) and (m, d). 0 for unrelated ones, 1 for the same.
    """
    counts = np.array([len(other) for other in others], np.int64)
    result, filled = np.zeros(len(others), np.float32), np.flatnonzero(counts)
    if len(one) and len(filled):
        starts = (np.cumsum(counts) - counts)[filled]
        products = one @ np.concatenate([others[i] for i in filled.tolist()]).T
        here = np.maximum.reduceat(products, starts, axis=1).mean(axis=0)
        there = np.add.reduceat(products.max(axis=0), starts) / counts[filled]
        result[filled] = np.minimum(here, there) / one.shape[1]
    return result


def _agreement(citation: Citation, lang: str, other: Candidate) -> Agreement:
    """Return the place in ``other``; ``lang`` is the language in which is cited."""
    place = cite(other.document, other.start, other.end, citation.number)
    return Agreement(place, differ=differ(citation.quote, lang, place.quote, other.lang))
