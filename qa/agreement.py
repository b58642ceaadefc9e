"""Other documents that say what an answer says, and those whose figures differ.

Two sentences are compared by their token vectors as they stand in context: the mean over the
tokens of each of the best match in the other (late interaction), and the lower of the two, so
that a few words are not like any long sentence that has them.
"""

from collections.abc import Iterator, Sequence

from qa.answering import Candidate, cite
from qa.datamodel import Agreement, Citation, Floats
from qa.text.figures import figures

# How alike two sentences are that say the same, in one language or two. Chosen on the project's
# own questions, whose sources list every document that holds a fact
# (``python -m benchmarks.agreement``: of those shown, at least three of four are right).
ALIKE = 0.34
_MOST = 4


def agreements(citations: Sequence[Citation], found: Sequence[Candidate]) -> tuple[Agreement, ...]:
    """Return the sentence of each other document that is most like a cited one, if alike enough.

    ``found`` holds the candidates among which the cited sentences are, best first.
    """
    cited = {one.document.doc_id for one in citations}
    best: dict[str, tuple[float, Agreement]] = {}
    for citation in citations:
        for alike, other in _alike(citation, found):
            doc_id = other.document.doc_id
            if doc_id not in cited and alike > best.get(doc_id, (0.0,))[0]:
                best[doc_id] = (alike, _agreement(citation, other))
    ranked = sorted(best.values(), key=lambda pair: -pair[0])
    return tuple(agreement for _, agreement in ranked[:_MOST])


def _alike(citation: Citation, found: Sequence[Candidate]) -> Iterator[tuple[float, Candidate]]:
    inside = [one for one in found if _within(one, citation)]
    for one in inside:
        for other in found:
            if other.document.doc_id == citation.document.doc_id:
                continue
            value = likeness(one.tokens, other.tokens)
            if value >= ALIKE:
                yield value, other


def _within(candidate: Candidate, citation: Citation) -> bool:
    same = candidate.document.doc_id == citation.document.doc_id
    return same and citation.start <= candidate.start and candidate.end <= citation.end


def likeness(one: Floats, other: Floats) -> float:
    """Return how alike two sentences are by the signs of their token vectors, (n, d) and (m, d).

    0 for unrelated ones, 1 for the same.
    """
    if not (len(one) and len(other)):
        return 0.0
    products = one @ other.T / one.shape[1]
    return float(min(products.max(axis=1).mean(), products.max(axis=0).mean()))


def _agreement(citation: Citation, other: Candidate) -> Agreement:
    place = cite(other.document, other.start, other.end, citation.number)
    return Agreement(place, differ=_differ(citation, place, other.lang))


def _differ(citation: Citation, place: Citation, lang: str) -> bool:
    """Tell whether both give figures and none of them is the same."""
    here = figures(citation.quote, citation.document.lang)
    there = figures(place.quote, lang)
    return bool(here and there) and not here & there
