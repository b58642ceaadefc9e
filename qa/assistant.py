"""The facade: open or build an index, ask it, search it."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np

from qa.agreement import agreements, differing
from qa.answering import PASSAGES_READ, Candidate, candidates, compose, gather, ranked
from qa.datamodel import Answer, Encoder, Filters, Hit, Ids, TooLongError
from qa.encoder import load_encoder
from qa.errors import IndexStateError, InputError
from qa.index import Index, read_header
from qa.reranking import Reranker
from qa.retrieval import Query, Retriever
from qa.settings import Settings
from qa.sync import sync

LONGEST_QUESTION = 2_000
_SAYS_NOTHING = dict.fromkeys(map(ord, " ?!.,;:…¿¡？！。、؟"))
_ALL = Filters()


class Assistant:
    """Answers questions over one index; may be shared by threads.

    ``index`` is the open index, ``retriever`` ranks its passages.
    """

    def __init__(self, index: Index, encoder: Encoder, reranker: Reranker | None = None) -> None:
        """Combine an open index and its models; see :meth:`open` and :meth:`build`."""
        self.index = index
        self.retriever = Retriever(index, encoder, reranker)

    def __enter__(self) -> Self:
        """Return the assistant, which the end of the block closes."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it, however the block ends."""
        self.close()

    def close(self) -> None:
        """Close the index; questions under way end first."""
        self.retriever.close()
        self.index.close()

    @classmethod
    def open(cls, index: Path | str = "index", encoder: Encoder | None = None) -> "Assistant":
        """Open the index in a folder with the encoder that built it, and its reranker if any.

        Raises:
            IndexStateError: if the index is missing, damaged or of another model.
            ModelError: if its encoder or reranker cannot be loaded.
        """
        folder = Path(index)
        settings = read_header(folder).settings
        encoder = encoder or load_encoder(settings)
        reranker = Reranker(settings.rerank) if settings.rerank else None
        return cls(Index.open(folder, encoder), encoder, reranker)

    @classmethod
    def build(
        cls,
        corpus: Path | str = "corpus",
        index: Path | str = "index",
        encoder: Encoder | None = None,
        settings: Settings | None = None,
    ) -> "Assistant":
        """Make the index the mirror of a folder of documents, and open it.

        Without ``settings`` an index keeps those it was built with.

        Raises what :func:`qa.sync.sync` and :meth:`open` raise.
        """
        settings = settings or _settings_of(Path(index))
        encoder = encoder or load_encoder(settings)
        sync(Path(index), Path(corpus), encoder, settings)
        return cls.open(index, encoder)

    def ask(self, question: str, k: int = 5, filters: Filters = _ALL) -> Answer:
        """Answer a question with cited sentences, or abstain with the ``k`` closest passages.

        Raises:
            InputError: if the question is empty, over 2,000 characters, or longer than the
                encoder reads.
        """
        started = time.perf_counter()
        question = checked(question)
        with self.index.reading():
            query, hits, found = self._ranked(question, k, filters)
            threshold = self.index.settings.threshold
        answer = compose(
            question, query.langs[0] if query.langs else "und", hits[:k], found, threshold
        )
        return replace(
            answer,
            also=agreements(answer.citations, found),
            differing=differing(answer.citations, found),
            took_ms=1000 * (time.perf_counter() - started),
        )

    def search(self, question: str, k: int = 10, filters: Filters = _ALL) -> list[Hit]:
        """Return the best ``k`` passages for a question, best first.

        Raises:
            InputError: as :meth:`ask`.
        """
        with self.index.reading():
            return self._ranked(checked(question), k, filters)[1][:k]

    def _ranked(
        self, question: str, k: int, filters: Filters
    ) -> tuple[Query, list[Hit], list[Candidate]]:
        """Return hits, at least ``k`` if there, and the sentences of those that were read."""
        with short_enough(self.retriever.encoder):
            query = self.retriever.understand(question)
            hits = self.retriever.search(query, max(k, PASSAGES_READ), filters)
        read = hits[:PASSAGES_READ]
        codes = self.index.token_codes(ids_of(read))
        found = candidates(question, query.langs, gather(query.encoding, read, codes))
        # A cross-encoder has read the passages itself.
        return query, hits if self.retriever.reranker else ranked(hits, found), found


def _settings_of(index: Path) -> Settings:
    try:
        return read_header(index).settings
    except IndexStateError:  # none, or one that the sync refuses itself
        return Settings()


@contextmanager
def short_enough(encoder: Encoder) -> Iterator[None]:
    """Turn what the encoder says of a question that it cannot read at once into our error."""
    try:
        yield
    except TooLongError as error:
        raise InputError(
            "question_too_long",
            f"The question is longer than the model reads at once ({encoder.max_tokens:,} tokens).",
            "Ask in a sentence or two.",
        ) from error


def ids_of(hits: Sequence[Hit]) -> Ids:
    """Return the passage ids of hits, in their order."""
    return np.array([hit.passage.passage_id for hit in hits], np.int64)


def checked(question: str) -> str:
    """Return the question without surrounding white space; raise InputError if unusable."""
    # Half characters (lone surrogates), which JSON can write, are of no text.
    question = question.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()
    if not question.translate(_SAYS_NOTHING):
        raise InputError("question_empty", "The question is empty.", 'qa ask "Who signs?"')
    if len(question) > LONGEST_QUESTION:
        raise InputError(
            "question_too_long",
            f"The question has {len(question):,} characters; {LONGEST_QUESTION:,} are read.",
            "Ask in a sentence or two.",
        )
    return question
