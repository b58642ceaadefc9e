"""Test sets: questions with the places that answer them, read from whatever file holds them.

JSONL, CSV and YAML files of our own shape, BEIR folders (``queries.jsonl``, ``qrels/*.tsv``) and
TREC topics with qrels. A test set says where an answer stands by words, page or offsets, never by
a passage's number: it survives another way of cutting documents into passages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from qa.datamodel import Span

KEPT = "tests"  # the folder of an index with test sets that were uploaded
FEEDBACK = "feedback/questions.jsonl"  # the file of an index with what readers say of answers


@dataclass(frozen=True, slots=True)
class Source:
    """A place that answers a question: a quote, a page, a span, or else the whole document.

    ``doc`` is the document's path below the root folder, or its id in a BEIR corpus. ``grade`` is
    how relevant it is, 0 not at all. ``line`` is where the test set says so.
    """

    doc: str
    quote: str | None = None
    page: int | None = None
    span: Span | None = None
    grade: int = 1
    line: str = ""

    @property
    def whole(self) -> bool:
        """Whether any passage of the document will do."""
        return self.quote is None and self.page is None and self.span is None


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what is known of its answer.

    ``facets`` are its groups as the test set names them (``pair``, ``kind``); ``answers`` are
    accepted strings; ``line`` is where it is written, such as ``questions.jsonl, line 3``.
    """

    id: str
    text: str
    lang: str | None = None
    tags: tuple[str, ...] = ()
    answerable: bool = True
    sources: tuple[Source, ...] = ()
    answers: tuple[str, ...] = ()
    facets: Mapping[str, str] = field(default_factory=dict)
    line: str = ""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """The judged questions of a file or folder, in its order.

    ``notes`` are sentences about what was left out or looks odd; ``digest`` tells whether two
    sets ask and accept the same, whatever file they stand in. ``qrels`` is the file of judgements
    if it was named.
    """

    path: Path
    questions: Sequence[Question]
    notes: tuple[str, ...] = ()
    qrels: Path | None = None

    @property
    def name(self) -> str:
        """A short name for people, made from that of the file or folder."""
        return self.path.resolve().stem

    @property
    def digest(self) -> str:
        """A hash of the questions, in hex."""
        total = sha256()
        for one in self.questions:
            places = [(s.doc, s.quote, s.page, s.span, s.grade) for s in one.sources]
            told = (one.id, one.text, one.lang, one.tags, one.answerable, places, one.answers)
            total.update(repr((told, sorted(one.facets.items()))).encode("utf-8", "replace"))
        return total.hexdigest()
