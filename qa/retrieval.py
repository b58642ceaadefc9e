"""Question in, ranked passages out.

Candidates come from every language of the collection, by meaning (FAISS) and by words (tantivy),
in other languages than the question's by what lexicons say they are. They are scored by late
interaction; what a language scores on average is taken away, so that passages in another language
than the question's have the same chance; words then help to choose among passages of one language.
"""

import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, fields
from functools import partial

import numpy as np
from numpy.typing import NDArray

from qa.datamodel import Encoder, Encoding, Filters, Floats, Hit, Ids
from qa.index import Index, State
from qa.reranking import RERANKED, Reranker
from qa.text.exact import Term, exact_terms, holds, names_another
from qa.text.language import question_languages, same_script
from qa.text.tokens import Word, lexical_tokens
from qa.text.translation import translated
from qa.tokens import centred, late_scores, shared_part

# At least this many candidates by meaning, and as many by words, from each language; by meaning
# also so many of all languages together: where there are few languages, more are looked at in
# the same time.
PER_LANGUAGE = 50
BY_MEANING = 150
# Of what lexicons find there is less to expect, and all that is found takes time to be scored.
TRANSLATED = 15
# What a word is worth that one passage alone has. Chosen on the tune split of XQuAD, JaQuAD and
# SciFact, where 0.2 to 0.6 are within 0.3 points.
LEXICAL_WEIGHT = 0.35
# What a passage gains that has all phrases, or all identifiers, that the question gives, and loses
# that has identifiers of the same form with other digits instead, in units of the fused score.
# Identifiers: chosen on the tune split of SciFact, where 0.25 to 2 are within a point. Others: 0.5
# to 2 change nothing on the tune splits, and whoever asks for one number does not want another.
# Phrases: of 150 questions with quotation marks in XQuAD, JaQuAD and SQuAD 1 loses one, for which
# they mean something else, 2 loses two, and whoever quotes a phrase wants to find it.
QUOTED_WEIGHT = 1.0
IDENTIFIER_WEIGHT = 1.5
OTHER_WEIGHT = 1.0
# What late scores within a language deviate by, in the question's language, another one in its
# script, and one in another script: the unit of fused scores, since the right passage too stands
# out less in another language. Constants, because the deviation in a small or narrow collection
# says nothing about a hit. Measured on the tune split of XQuAD (en, de, zh): 0.059, 0.046, 0.040;
# taken milder, as the question's own language would lose too much in small collections.
SPREADS = (0.06, 0.051, 0.045)
# A language's mean score is believed as far as its candidates outnumber the prior; with few of
# them, the right one among them, it would hide what stands out. The prior is what candidates in
# XQuAD score on average in the question's language (in another one 0.37). Chosen on its tune split,
# for pools of 3 to 40 passages in en, de, zh, where 0.24 to 0.3 put as many right ones first.
PRIOR_CANDIDATES = 10
PRIOR_OFFSET = 0.27
# What passages of the question's language share is learnt from so many of them, and believed as
# far as they outnumber the prior.
SHARED_SAMPLE = 200
PRIOR_SHARED = 15
# A question of so many bytes is looked for word for word in the passages that score
# best by tokens or by words.
SHORTEST_QUOTE = 24
QUOTE_SAMPLE = 4
_NO_LETTERS = re.compile(r"[\W_]+")
_PIECE = re.compile(r"[^\W_]{4}")


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the retriever sees it; ``langs`` best first, () if it cannot be told.

    ``exact`` is what it wants word for word (:func:`qa.text.exact.exact_terms`).
    """

    text: str
    langs: tuple[str, ...]
    exact: tuple[Term, ...]
    _encodings: Future[list[Encoding]]

    @property
    def encoding(self) -> Encoding:
        """The encoder's vectors, once they are there; raises what the encoder does."""
        return self._encodings.result()[0]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages worth scoring, row by row: ids, languages, and their scores, shape (n,).

    ``spread`` is what late scores of their language deviate by, for a question in this one;
    ``rarest`` is what BM25 gives for a word that one passage of their language alone has;
    ``exact`` is what a passage gains by having what the question wants word for word, or loses.
    """

    ids: Ids
    langs: NDArray[np.str_]
    spread: Floats
    rarest: Floats
    dense: Floats
    lexical: Floats
    late: Floats
    exact: Floats

    def only(self, keep: NDArray[np.bool_]) -> "Candidates":
        """Return the rows that ``keep`` (n,) marks."""
        return Candidates(*(getattr(self, column.name)[keep] for column in fields(self)))


class Retriever:
    """Finds passages of an index with the encoder that built it."""

    def __init__(self, index: Index, encoder: Encoder, reranker: Reranker | None = None) -> None:
        """Combine an open index and its encoder; ``reranker`` orders the best hits anew."""
        self.index = index
        self.reranker = reranker
        self.encoder = encoder
        self._shared: tuple[State, dict[str, Floats]] = (("", -1), {})
        self._threads = ThreadPoolExecutor(os.cpu_count(), "search")

    def close(self) -> None:
        """End the threads that search; waits for those at work."""
        self._threads.shutdown()

    def understand(self, question: str) -> Query:
        """Begin to encode a question, and guess its languages."""
        # Its words are looked up meanwhile.
        encodings = self._threads.submit(self.encoder.encode_questions, [question])
        langs = question_languages(question, set(self.index.languages()))
        return Query(question, langs, exact_terms(question), encodings)

    def search(self, query: Query, k: int, filters: Filters) -> list[Hit]:
        """Return the best ``k`` passages that pass ``filters``, best first."""
        if self.reranker is None:
            return self.best(self.candidates(query, filters, k), k)
        hits = self.best(self.candidates(query, filters, k), max(k, RERANKED))
        return self.reranker.reordered(query.text, hits)[:k]

    def best(self, candidates: Candidates, k: int) -> list[Hit]:
        """Return the best ``k`` of ``candidates`` by their fused scores."""
        return self.hits(candidates, fuse(candidates), k)

    def hits(self, candidates: Candidates, fused: Floats, k: int) -> list[Hit]:
        """Return the best ``k`` of ``candidates`` by scores (n,), equals by ascending id."""
        order = np.lexsort((candidates.ids, -fused))[:k]
        passages = self.index.passages(candidates.ids[order])
        return [
            Hit(
                passage=passage,
                document=self.index.document(passage.doc_id),
                rank=rank,
                score=float(fused[row]),
                scores={
                    "dense": float(candidates.dense[row]),
                    "lexical": float(candidates.lexical[row]),
                    "late": float(candidates.late[row]),
                    "fused": float(fused[row]),
                },
                ranks=_ranks(candidates, int(row)),
                among=len(candidates.ids),
            )
            for rank, (row, passage) in enumerate(zip(order, passages, strict=True), start=1)
        ]

    def candidates(self, query: Query, filters: Filters, k: int = 0) -> Candidates:
        """Return the candidates of every language with their scores, at least ``k`` if there."""
        passages = self.index.languages()
        selected = {lang: self.index.select(lang, filters) for lang in passages}
        allowed = {lang: ids for lang, ids in selected.items() if len(ids)}
        worded = [self._by_words(query, lang, ids) for lang, ids in allowed.items()]
        most = max(k, PER_LANGUAGE, BY_MEANING // max(1, len(allowed)))
        nearest = partial(self.index.dense.search, query.encoding.mean, most)
        near = self._threads.map(nearest, allowed.values())
        parts = [_joined(ids, *words) for (ids, _), words in zip(near, worded, strict=True)]
        ids = np.concatenate([part[0] for part in parts] or [np.empty(0, np.int64)])
        counts = [len(part[0]) for part in parts]
        langs = np.repeat(np.array([*allowed], dtype=np.str_), counts)
        lexical = np.concatenate([part[1] for part in parts] or [np.empty(0, np.float32)])
        dense = self._dense_scores(query, ids)
        late = late_scores(
            self._telling(query), query.encoding.weights, self.index.token_codes(ids)
        )
        if not late.any():  # a model without token vectors
            late = dense
        late = np.where(self._holding(query.text, ids, late, lexical), np.float32(1), late)
        spreads = np.array([spread_of(lang, query.langs) for lang in allowed], np.float32)
        spread = np.repeat(spreads, counts)
        rarest = np.repeat(rarest_word(np.array([passages[lang] for lang in allowed])), counts)
        exact = self._held(query.exact, ids)
        return Candidates(ids, langs, spread, rarest, dense, lexical, late, exact)

    def _holding(self, text: str, ids: Ids, late: Floats, lexical: Floats) -> NDArray[np.bool_]:
        """Tell which passages hold the question word for word: somebody looks for a quotation.

        Such a passage matches every token perfectly; its own score is lower, since token vectors
        depend on what stands around them and are stored in few bits.
        """
        holding = np.zeros(len(ids), dtype=np.bool_)
        wanted = _letters(text)
        if len(wanted.encode()) >= SHORTEST_QUOTE:
            best = [np.argsort(-scores, kind="stable")[:QUOTE_SAMPLE] for scores in (late, lexical)]
            rows = np.union1d(*best)
            pieces = set(_PIECE.findall(text.casefold()))
            holding[rows] = [
                _likely(pieces, found.text) and wanted in _letters(found.text)
                for found in self.index.passages(ids[rows])
            ]
        return holding

    def _telling(self, query: Query) -> Floats:
        """Return the question's token vectors without what its language's passages share."""
        state, known = self._shared
        if state != self.index.state:
            known = {}
            self._shared = (self.index.state, known)
        lang = query.langs[0] if query.langs else ""
        if lang not in known:
            ids = self.index.select(lang, Filters())
            codes = self.index.token_codes(ids[:: len(ids) // SHARED_SAMPLE + 1])
            known[lang] = shared_part(codes, self.encoder.dimensions, PRIOR_SHARED)
        return centred(query.encoding.tokens, known[lang])

    def _by_words(self, query: Query, lang: str, allowed: Ids) -> tuple[Ids, Floats, Ids]:
        """Return passages of one language that have words of the question, their BM25 scores.

        The last are those that are candidates for it: the best, and those with all words of
        something that the question wants word for word.
        """
        spoken = _spoken(lang, query.langs)
        words: Sequence[Word] = (
            lexical_tokens(query.text, lang)
            if spoken
            else [word for one in query.langs for word in translated(query.text, one, lang)]
        )
        met, bm25 = self.index.search_lexical(words, PER_LANGUAGE, lang, allowed)
        added = met if spoken else met[:TRANSLATED]
        return met, bm25, np.union1d(added, self._with_all(query.exact, lang, allowed))

    def _with_all(self, terms: Sequence[Term], lang: str, allowed: Ids) -> Ids:
        """Return passages of one language that have every word of one of ``terms``."""
        searched = [lexical_tokens(term.text, lang) for term in terms]
        found = [
            self.index.search_lexical(words, PER_LANGUAGE, lang, allowed, every=True)[0]
            for words in searched
        ]
        return np.unique(np.concatenate([*found, np.empty(0, np.int64)]))

    def _held(self, terms: Sequence[Term], ids: Ids) -> Floats:
        """Return what each passage gains by ``terms`` in it, its title or headings, shape (n,)."""
        if not terms:
            return np.zeros(len(ids), np.float32)
        gains = [sum(_gains(terms, text)) / len(terms) for text in self.index.words(ids)]
        return np.array(gains, np.float32)

    def _dense_scores(self, query: Query, ids: Ids) -> Floats:
        if not len(ids):
            return np.empty(0, np.float32)
        scores: Floats = self.index.vectors(ids) @ query.encoding.mean
        return scores


def _joined(near: Ids, met: Ids, bm25: Floats, worded: Ids) -> tuple[Ids, Floats]:
    """Return the candidates of one language and their BM25 scores, 0 where no word met.

    Those ``near`` the question are added to those of :meth:`Retriever._by_words`.
    """
    ids = np.union1d(near, worded)
    scores = np.zeros(len(ids), np.float32)
    _, at, known = np.intersect1d(ids, met, assume_unique=True, return_indices=True)
    scores[at] = bm25[known]
    return ids, scores


def _gains(terms: Sequence[Term], text: str) -> Iterator[float]:
    for term in terms:
        if holds(text, term):
            yield QUOTED_WEIGHT if term.quoted else IDENTIFIER_WEIGHT
        elif names_another(text, term, terms):
            yield -OTHER_WEIGHT


def _ranks(candidates: Candidates, row: int) -> dict[str, int]:
    """Return where a candidate stands within its language, by each first stage that found it."""
    among = candidates.langs == candidates.langs[row]
    stages = {"dense": candidates.dense, "lexical": candidates.lexical}
    return {
        stage: 1 + int((scores[among] > scores[row]).sum())
        for stage, scores in stages.items()
        if stage == "dense" or scores[row] > 0
    }


def _letters(text: str) -> str:
    """Return letters and digits alone: quotations are pasted with other spaces and hyphens."""
    return _NO_LETTERS.sub("", unicodedata.normalize("NFKC", text).casefold())


def _likely(pieces: set[str], text: str) -> bool:
    """Tell whether half of a question's pieces are in a text: far faster than :func:`_letters`.

    Other spaces and hyphens break a few pieces of a quotation only.
    """
    folded = text.casefold()
    return 2 * sum(piece in folded for piece in pieces) >= len(pieces)


def fuse(candidates: Candidates) -> Floats:
    """Return the fused score of each candidate, shape (n,).

    ``(late - offset[lang]) / spread[lang] + LEXICAL_WEIGHT * (w - w[best])``: the offset is what
    the language scores on average (:func:`offsets`); w is the BM25 score in units of what a word
    scores that one passage alone has, so that it does not depend on how large a collection is; it
    is counted from that language's best candidate, so that words choose among the passages of one
    language and never lift a language over another. What the question wants word for word is added.
    """
    leading = leading_rows(candidates)
    fused: Floats = (candidates.late - offsets(candidates, leading)) / candidates.spread
    fused += candidates.exact
    for lang in np.unique(candidates.langs):
        rows = candidates.langs == lang
        bonus = LEXICAL_WEIGHT * candidates.lexical[rows] / candidates.rarest[rows]
        fused[rows] += bonus - bonus[np.argmax(fused[rows] + bonus)]
    return fused


def rarest_word(passages: NDArray[np.int64]) -> Floats:
    """Return what BM25 gives for a word that one of so many passages alone has, shape (n,)."""
    scores: Floats = np.log(1 + (passages - 0.5) / 1.5).astype(np.float32)
    return scores


def _spoken(lang: str, asked: tuple[str, ...]) -> bool:
    """Tell whether a question may be in a language: a number alone is in any."""
    return lang in asked or not asked


def spread_of(lang: str, asked: tuple[str, ...]) -> float:
    """Return what late scores in a language deviate by, for a question in one of ``asked``."""
    same, script, other = SPREADS
    if _spoken(lang, asked):
        return same
    return script if any(same_script(lang, one) for one in asked) else other


def offsets(candidates: Candidates, leading: NDArray[np.bool_]) -> Floats:
    """Return, for each candidate, what the ``leading`` of its language score on average, (n,)."""
    result = np.zeros(len(candidates.ids), np.float32)
    for lang in np.unique(candidates.langs):
        rows = candidates.langs == lang
        late = candidates.late[rows & leading]
        share = len(late) / (len(late) + PRIOR_CANDIDATES)
        result[rows] = share * float(late.mean()) + (1 - share) * PRIOR_OFFSET
    return result


def leading_rows(candidates: Candidates) -> NDArray[np.bool_]:
    """Tell which candidates are found by words, or among the first of their language by meaning.

    What they score on average does not depend on how many candidates there are beside them.
    """
    leading = candidates.lexical > 0
    for lang in np.unique(candidates.langs):
        rows = np.flatnonzero(candidates.langs == lang)
        order = np.argsort(-candidates.dense[rows], kind="stable")
        leading[rows[order[:PER_LANGUAGE]]] = True
    return leading
