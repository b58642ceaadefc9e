"""Ranked passages in, an answer with exact citations out, or an honest abstention."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

from qa.confidence import THRESHOLD, Matches, Signals, Wants, confidence, sentence_scores
from qa.datamodel import Answer, AnswerSentence, Citation, Document, Encoding, Floats, Hit, Span
from qa.text.exact import Term, exact_terms, holds, names_another
from qa.text.expectations import Expectation, expectation, meets
from qa.text.names import unmentioned_names
from qa.text.numbers import has_number, numbers_of
from qa.text.questions import is_question, is_statement, leans_on_previous
from qa.text.sentences import split_sentences
from qa.text.tokens import LETTER
from qa.tokens import expand, similarities

# Sentences are looked for in this many passages, and added to the best one only if they score
# almost as well (in units of the sentence score).
PASSAGES_READ = 5
MOST_SENTENCES = 3
CLOSE = 1.0
# What a passage's best sentence counts beside its fused score. Chosen on the tune split of XQuAD,
# JaQuAD and SciFact: nDCG@10 rises by up to 0.3 points from 0.1 on, and from 0.5 on no further.
SENTENCE_WEIGHT = 0.5
# A number with its sign and its decimals, a word, or a character of a script without spaces.
_WORD = re.compile(rf"[-+\u2212]?\d+(?:[.,]\d+)*|{LETTER}+|[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one passage offers: its hit, sentence spans in the document, question matches.

    ``matches[s, t]`` is the best cosine of question token t with a token of sentence s, of the
    title and headings it stands under or of the question that it answers, ``whole[t]`` that with
    any token of the passage, ``weights[t]`` how much the token tells; ``tokens[s]`` holds the signs
    (n, d) of a sentence's own token vectors, ``leads[s]`` is where a question right before it
    begins, else its own start.
    """

    hit: Hit
    spans: tuple[Span, ...]
    matches: Floats
    whole: Floats
    weights: Floats
    tokens: tuple[Floats, ...]
    leads: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, and what its words tell of the answer it wants."""

    text: str
    langs: Sequence[str]
    expected: Expectation
    numbers: frozenset[str]
    terms: tuple[Term, ...]

    @classmethod
    def of(cls, text: str, langs: Sequence[str]) -> Self:
        return cls(text, langs, expectation(text), numbers_of(text), exact_terms(text))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, with its score (larger is better) and what speaks for it.

    ``lang`` and ``passage_id`` are those of its passage; ``tokens`` (n, d) are the signs of its
    token vectors; ``lead`` is where a question begins that it is quoted with, if any.
    """

    document: Document
    start: int
    end: int
    score: float
    signals: Signals
    lang: str = "und"
    passage_id: int = -1
    tokens: Floats = field(default_factory=lambda: np.empty((0, 0), np.float32), repr=False)
    lead: int | None = None

    @property
    def text(self) -> str:
        """The sentence, word for word."""
        return self.document.text[self.start : self.end]


def cite(document: Document, start: int, end: int, number: int) -> Citation:
    """Build the citation of ``document.text[start:end]``: the only place that does.

    Raises ValueError if the span is empty or outside the text.
    """
    quote = document.text[start:end]
    return Citation(number, document, start, end, quote, document.page_at(start))


def gather(question: Encoding, hits: Sequence[Hit], codes: Sequence[bytes]) -> list[Evidence]:
    """Match a question's token vectors with each sentence of ``hits``, whose codes follow."""
    table = expand(codes, question.tokens.shape[1])
    cosines = similarities(question.tokens, table)
    parts = [slice(start, end) for start, end in pairwise(table.bounds.tolist())]
    return [
        _evidence(hit, cosines[:, part], table.spans[part], table.signs[part], question.weights)
        for hit, part in zip(hits, parts, strict=True)
    ]


def _evidence(
    hit: Hit, cosines: Floats, places: NDArray[np.int32], signs: Floats, weights: Floats
) -> Evidence:
    """Match (t, n) cosines of one passage, whose n tokens stand at ``places`` (n, 2)."""
    passage = hit.passage
    spans = split_sentences(passage.text, passage.lang)
    # Tokens of the context come first, then those of the text in reading order.
    middles = places.mean(axis=1)
    edges = np.searchsorted(middles, [0, *(at for span in spans for at in span)]).tolist()
    context = _best(cosines[:, : edges[0]])
    rows = [slice(*edges[at : at + 2]) for at in range(1, len(edges), 2)]
    asked = _answered_questions(passage.text, spans)
    said = [row for row, span in enumerate(spans) if is_statement(passage.text[slice(*span)])]
    matches = [
        np.max([context, *(_best(cosines[:, rows[i]]) for i in (*asked[row], row))], axis=0)
        for row in said
    ]
    return Evidence(
        hit,
        tuple((passage.start + spans[row][0], passage.start + spans[row][1]) for row in said),
        np.array(matches, np.float32).reshape(len(said), len(cosines)),
        _best(cosines),
        weights,
        tuple(signs[rows[row]] for row in said),
        tuple(passage.start + _lead(passage.text, spans, asked[row], row) for row in said),
    )


def _answered_questions(text: str, spans: Sequence[Span]) -> list[range]:
    """Return for each sentence which ones ask what it answers.

    A question holds for the rest of its paragraph, or for the next one if it stands alone. Of
    questions in separate lines, as in a table of contents, only the last is answered.
    """
    asked, found = range(0), []
    for row, (start, end) in enumerate(spans):
        breaks = text.count("\n", spans[row - 1][1], start) if row else 0
        if is_question(text[start:end]):
            follows = row and asked.stop == row and not breaks
            asked = range(asked.start if follows else row, row + 1)
        elif breaks > 1 and asked.stop != row:
            asked = range(0)
        found.append(asked)
    return found


def _lead(text: str, spans: Sequence[Span], asked: range, row: int) -> int:
    """Return where a quote of sentence ``row`` begins that takes a question right before it."""
    right_before = asked and asked.stop == row and _is_gap(text[spans[row - 1][1] : spans[row][0]])
    return spans[asked.start if right_before else row][0]


def _best(cosines: Floats) -> Floats:
    """Return the largest of each row; of none, the least that a cosine can be."""
    best: Floats = cosines.max(axis=1, initial=-1.0)
    return best


def candidates(
    question: str, langs: Sequence[str], evidence: Sequence[Evidence]
) -> list[Candidate]:
    """Return all sentences of the passages read, best first."""
    asked = _Asked.of(question, langs)
    scores = [each.hit.score for each in evidence]
    found = [
        one
        for row, each in enumerate(evidence)
        for one in _candidates(asked, each, _best_but(row, scores))
    ]
    return sorted(found, key=lambda candidate: -candidate.score)


def ranked(hits: Sequence[Hit], found: Sequence[Candidate]) -> list[Hit]:
    """Order hits by their score and by the best sentence that :func:`candidates` found in each."""
    lost = sentence_losses(found, [hit.passage.passage_id for hit in hits])
    scores = [hit.score - loss for hit, loss in zip(hits, lost, strict=True)]
    order = sorted(range(len(hits)), key=lambda row: -scores[row])
    return [
        replace(hits[row], rank=rank, score=scores[row]) for rank, row in enumerate(order, start=1)
    ]


def sentence_losses(found: Sequence[Candidate], passages: Sequence[int]) -> list[float]:
    """Return what each of ``passages`` loses as its best sentence is worse than the best of all.

    One that was not read counts as the least of those that were.
    """
    lost: dict[int, float] = {}
    for one in found:
        lost.setdefault(one.passage_id, SENTENCE_WEIGHT * (found[0].score - one.score))
    unread = max(lost.values(), default=0.0)
    return [lost.get(passage, unread) for passage in passages]


def _best_but(row: int, scores: Sequence[float]) -> float:
    """Return the best score but that of a row; alone, it is one ahead of nothing."""
    return max((*scores[:row], *scores[row + 1 :]), default=scores[row] - 1)


def _candidates(asked: _Asked, evidence: Evidence, rival: float) -> Iterator[Candidate]:
    """Yield the sentences of one passage; ``rival``: the fused score of the best other one."""
    hit, document = evidence.hit, evidence.hit.document
    matches = Matches(evidence.matches, evidence.whole, evidence.weights)
    signals = Signals.of_sentences(
        hit, matches, langs=asked.langs, wants=_wants(asked, evidence), rival=rival
    )
    lang, passage_id = hit.passage.lang, hit.passage.passage_id
    scores = sentence_scores(signals)
    rows = zip(evidence.spans, scores, signals, evidence.tokens, evidence.leads, strict=True)
    for (start, end), score, one, tokens, lead in rows:
        yield Candidate(document, start, end, score, one, lang, passage_id, tokens, lead)


def _wants(asked: _Asked, evidence: Evidence) -> Wants:
    """Tell what the question wants and a passage, with its title and headings, lacks."""
    document, passage = evidence.hit.document, evidence.hit.passage
    texts = [document.text[start:end] for start, end in evidence.spans]
    place = " ".join([document.title, *passage.heading, passage.text])
    same_language = passage.lang in asked.langs
    unheld = [term for term in asked.terms if not holds(place, term)]
    unmet = [not meets(text, asked.expected, passage.lang, asked.text) for text in texts]
    return Wants(
        unmet,
        _lacking(texts, unmet),
        [any(names_another(text, one, asked.terms) for one in asked.terms) for text in texts],
        strange=_is_strange(asked.numbers, evidence.hit),
        unnamed=unmentioned_names(asked.text, place, passage.lang) if same_language else 0,
        missing=sum(same_language or not term.quoted for term in unheld),
    )


def _lacking(texts: Sequence[str], unmet: Sequence[bool]) -> list[bool]:
    """Tell which sentences lack something, as do the one before and what a colon announces."""
    before, after = [True, *unmet], [*unmet[1:], True]
    return [
        here and one and (other or not text.rstrip().endswith((":", "\uff1a")))
        for text, here, one, other in zip(texts, unmet, before, after, strict=False)
    ]


def _is_strange(asked: frozenset[str], hit: Hit) -> bool:
    """Tell whether the question gives a number that the document of a hit does not have."""
    document = hit.document
    missing = asked - numbers_of(hit.passage.text) if asked else ()
    said = f"{document.title} {document.date or ''}"
    return any(not has_number(said, one) for one in missing if not has_number(document.text, one))


def compose(
    question: str,
    lang: str,
    hits: Sequence[Hit],
    found: Sequence[Candidate],
    threshold: float | None = None,
) -> Answer:
    """Choose sentences for the answer and cite them, or abstain below ``threshold``.

    Without one, that fitted on public questions counts.
    """
    certainty = confidence(found[0].signals) if found else 0.0
    chosen = _choose(found) if certainty >= (THRESHOLD if threshold is None else threshold) else []
    citations = [
        cite(one.document, one.start, one.end, number) for number, one in enumerate(chosen, 1)
    ]
    return Answer(
        question=question,
        lang=lang,
        sentences=tuple(AnswerSentence(one.quote, (one.number,)) for one in citations),
        citations=tuple(citations),
        hits=tuple(hits),
        confidence=certainty,
        abstained=not citations,
        reason=None if citations else ("no_support" if hits else "no_documents"),
    )


def _choose(found: Sequence[Candidate]) -> list[Candidate]:
    """Return the best sentence and others that say almost as much, each place once."""
    chosen: list[Candidate] = []
    for candidate in found:
        if candidate.score < found[0].score - CLOSE or len(chosen) == MOST_SENTENCES:
            break
        chosen = _distinct(_merged([*chosen, _with_previous(candidate, found)]))
    return chosen


def _distinct(chosen: Sequence[Candidate]) -> list[Candidate]:
    """Leave out what another one says word for word; of equals the first stays."""
    words = [_words(one.text) for one in chosen]
    return [
        one
        for i, one in enumerate(chosen)
        if not any(
            words[i] in other and (words[i] != other or j < i)
            for j, other in enumerate(words)
            if j != i
        )
    ]


def _words(text: str) -> str:
    """Return words and whole numbers, a space around each: 9 is not in 90, 1.5 is not 15."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _with_previous(candidate: Candidate, found: Sequence[Candidate]) -> Candidate:
    """Add the question before one, or what "This ..." cannot be understood without."""
    if candidate.lead is not None and candidate.lead < candidate.start:
        return replace(candidate, start=candidate.lead)
    if not leans_on_previous(candidate.text, candidate.lang):
        return candidate
    before = (one for one in found if one.start < candidate.start and _touch(one, candidate))
    return _joined(candidate, next(before, candidate))


def _merged(chosen: Sequence[Candidate]) -> list[Candidate]:
    """Join the last of ``chosen`` with all it touches, at the place of the first of them."""
    *result, last = chosen
    places = [i for i, one in enumerate(result) if _touch(one, last)]
    if not places:
        return list(chosen)
    for i in places:
        last = _joined(result[i], last)
    kept = [one for i, one in enumerate(result) if i not in places[1:]]
    kept[places[0]] = last
    return kept


def _touch(one: Candidate, other: Candidate) -> bool:
    """Tell whether two spans overlap, or only white space without a blank line parts them."""
    if one.document.doc_id != other.document.doc_id:
        return False
    return _is_gap(one.document.text[min(one.end, other.end) : max(one.start, other.start)])


def _is_gap(between: str) -> bool:
    return not between.strip() and between.count("\n") <= 1


def _joined(one: Candidate, other: Candidate) -> Candidate:
    return replace(one, start=min(one.start, other.start), end=max(one.end, other.end))
