"""The nouns: frozen, slotted, and checked when built.

Offsets are zero-based, half-open and count Unicode code points of ``Document.text``.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date as calendar_date
from fnmatch import fnmatchcase
from typing import Literal, Protocol
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from qa.errors import InputError

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]
Spans = NDArray[np.int32]
Span = tuple[int, int]
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


@dataclass(frozen=True, slots=True)
class Document:
    """A text and where it comes from.

    ``source`` is the POSIX path below the root folder, ``doc_id`` a short URL-safe id derived
    from it. ``sha256`` is that of the file's bytes, in hex. In a BEIR corpus, a line stands for the
    file and its id for the path. ``page_starts`` holds the offset of
    each page's first character; it is empty for documents without pages. ``pages_without_text``
    are the pages (from 1) that show something and hold no text, such as scans.
    """

    doc_id: str
    source: str
    title: str
    text: str
    sha256: str
    lang: str
    date: str | None = None
    page_starts: tuple[int, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    pages_without_text: tuple[int, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """Return the 1-based page that holds ``offset``, or None without pages."""
        return bisect_right(self.page_starts, offset) or None

    @property
    def tags(self) -> frozenset[str]:
        """The document's tags (``tags`` of front matter), without case."""
        return tags_of(self.metadata)


def tags_of(metadata: Mapping[str, str]) -> frozenset[str]:
    """Return the tags in a document's metadata, where commas part them, without case."""
    parts = metadata.get("tags", "").split(",")
    return frozenset(part.strip().casefold() for part in parts) - {""}


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of one document: ``document.text[start:end] == text``."""

    passage_id: int
    doc_id: str
    start: int
    end: int
    text: str
    lang: str
    page: int | None = None
    heading: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError unless the span is as long as its text."""
        if not 0 <= self.start < self.end or self.end - self.start != len(self.text):
            raise ValueError(f"passage span {self.start}:{self.end} does not fit its text")


@dataclass(frozen=True, slots=True)
class Encoding:
    """What the encoder makes of one text.

    ``mean`` has shape (d,), ``tokens`` (t, d), both float32 with rows of unit length; token
    vectors are centred, that is, what all of the model's token vectors share is taken away.
    ``spans`` has shape (t, 2): each token's offsets in the text; tokens of the context that was
    encoded before a passage carry (-1, -1). Prompt and special tokens are left out of
    ``tokens``. A model without token vectors gives t = 0. ``weights`` (t,) says how much each
    token tells: 1 on average, little for "the", much for a name.
    """

    mean: Floats
    tokens: Floats
    spans: Spans
    weights: Floats


class TooLongError(ValueError):
    """A text has more tokens than the encoder reads at once."""


class Encoder(Protocol):
    """Turns texts into vectors. ``fingerprint`` names weights and graph, not the machine.

    The vectors of a text may depend a little on the texts encoded with it.
    """

    name: str
    fingerprint: str
    dimensions: int
    max_tokens: int

    def encode_questions(self, questions: Sequence[str]) -> list[Encoding]:
        """Encode questions with the model's question prompt.

        Raises TooLongError if one does not fit ``max_tokens``: nothing is cut off silently.
        """
        ...

    def encode_passages(self, passages: Sequence[tuple[str, str]]) -> list[Encoding]:
        """Encode (context, text) pairs with the model's passage prompt.

        Raises TooLongError if a pair does not fit ``max_tokens``.
        """
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, without prompt and special tokens."""
        ...


def in_calendar(text: str) -> bool:
    """Tell whether a text is an ISO date, or its year or month, that the calendar has."""
    try:
        calendar_date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return False
    return _DATE.fullmatch(text) is not None  # 2024-W01-1 is another notation


def _check_date(text: str) -> None:
    if text and not in_calendar(text):
        raise InputError(
            "date_unusable",
            f"{text!r} is no date.",
            'Write year, month and day: qa ask --since 2024-04-10 "Who signs?"',
        )


@dataclass(frozen=True, slots=True)
class Filters:
    """Which passages may answer: by language, document and date; of each kind one must fit.

    ``docs`` are glob patterns of document sources, ``tags`` are compared without case. ``since``
    and ``until`` are ISO dates or beginnings of them ("2024-04"), both included; a document dated
    by its year or month passes if any of its days does, one without a date passes neither.
    """

    langs: tuple[str, ...] = ()
    docs: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Take accents however they are written.

        Raises InputError ("date_unusable").
        """
        object.__setattr__(self, "docs", tuple(normalize("NFC", one) for one in self.docs))
        for one in (self.since, self.until):
            _check_date(one)

    def admits(self, date: str | None, tags: frozenset[str]) -> bool:
        """Tell whether a document of this date and with these tags may answer."""
        wanted = {tag.strip().casefold() for tag in self.tags}
        return self._admits_date(date) and (not wanted or not wanted.isdisjoint(tags))

    def admits_source(self, source: str) -> bool:
        """Tell whether a document of this source may answer: as a whole, or by its file name."""
        whole = normalize("NFC", source)  # some systems part letters from their accents in names
        names = (whole, whole.rpartition("/")[2])
        # A name with brackets in it is no pattern where it is the name itself.
        return not self.docs or any(
            name == pattern or fnmatchcase(name, pattern) for name in names for pattern in self.docs
        )

    def _admits_date(self, date: str | None) -> bool:
        if not (self.since or self.until):
            return True
        if not date or date[: len(self.since)] < self.since[: len(date)]:
            return False
        return not self.until or date[: len(self.until)] <= self.until[: len(date)]


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage. ``rank`` counts from 1; scores are larger when better.

    ``scores`` holds what ``score`` was made from: dense, lexical, late, and fused, from which is
    taken what the passage's best sentence lacks beside that of others.
    ``ranks`` counts from 1 where the passage stands among the candidates of its language by mean
    vectors (dense) and by words (lexical; left out if no word of the question is in it).
    ``among`` is the number of all candidates.
    Where a cross-encoder orders the best hits, rank is by ``rerank``, which it says of them.
    """

    passage: Passage
    document: Document
    rank: int
    score: float
    scores: Mapping[str, float]
    ranks: Mapping[str, int] = field(default_factory=dict)
    among: int = 1


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact place a sentence comes from. Built by :func:`qa.answering.cite` only."""

    number: int
    document: Document
    start: int
    end: int
    quote: str
    page: int | None

    def __post_init__(self) -> None:
        """Raise ValueError unless the quote stands at its place, word for word."""
        inside = 0 <= self.start < self.end <= len(self.document.text)
        if not inside or self.document.text[self.start : self.end] != self.quote:
            raise ValueError(f"{self.document.source}: quote differs at {self.start}:{self.end}")


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """One sentence of an answer and the numbers of the citations it rests on."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """A sentence of another document that says much the same as a cited one.

    ``place.number`` is the number of that citation; ``differ`` if both give figures, and others.
    """

    place: Citation
    differ: bool

    @property
    def document(self) -> Document:
        """The other document."""
        return self.place.document


AbstainReason = Literal["no_documents", "no_support"]


@dataclass(frozen=True, slots=True)
class Answer:
    """Sentences with citations, or an abstention; ``hits`` are the closest passages.

    ``lang`` is the likeliest language of the question, ``und`` if it cannot be told;
    ``confidence`` the estimated probability that the best passage answers it. ``also`` are other
    documents that say what the cited ones say; ``differing`` are pairs of citations, by number,
    that say the same with other figures.
    """

    question: str
    lang: str
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    confidence: float
    abstained: bool
    reason: AbstainReason | None = None
    took_ms: float = 0.0
    also: tuple[Agreement, ...] = ()
    differing: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError unless the answer abstains exactly when it cites nothing."""
        used = {number for sentence in self.sentences for number in sentence.citations}
        if self.abstained == bool(self.citations) or self.abstained == (self.reason is None):
            raise ValueError("an answer abstains exactly when it has no citations")
        if used != {citation.number for citation in self.citations}:
            raise ValueError("sentences and citations must refer to each other")


@dataclass(frozen=True, slots=True)
class FailedFile:
    """A file that could not be read, wholly or in part, and why."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What one sync did, in numbers of documents (``passages``: newly encoded ones).

    ``stopped``: it was asked to stop, and did before everything was read.
    """

    added: int
    changed: int
    deleted: int
    unchanged: int
    passages: int
    failed: tuple[FailedFile, ...]
    took_s: float
    moved: int = 0
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """What is indexed; ``bytes`` per part on disk."""

    documents: int
    passages: int
    by_lang: Mapping[str, int]
    encoder: str
    failed: tuple[FailedFile, ...]
    bytes: Mapping[str, int]
    root: str
    schema: int
    revision: int
