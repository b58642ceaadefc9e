"""Carrying out the readings of a plan: files to documents, passages and vectors in the store.

Files are read in processes of their own, ahead of the encoder, and documents are cut and stored
while it works. They are committed one by one as their passages are encoded, in the order in which
they were listed: the same folder always makes the same index.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import blake2b
from threading import Event

from qa.datamodel import Document, Encoder, Encoding, FailedFile
from qa.errors import DocumentError
from qa.isolation import Limits
from qa.passages import split_passages
from qa.plan import UNKNOWN, Plan, Step, why
from qa.reading import reading_ahead
from qa.settings import Settings
from qa.store import PassageRow
from qa.tokens import compress
from qa.writer import Writer

# Passages encoded in one call: few in the first, for which the encoder waits, then ever more. That
# none depends on the clock keeps batches the same, by whose company some models' vectors differ.
_FIRST, _BATCH = 8, 64
_AHEAD = 2  # calls that may be begun before what the first one gives is stored


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sync is: ``done`` of ``total`` files, and ``passages`` encoded so far."""

    done: int
    total: int
    passages: int


@dataclass(slots=True)
class Counts:
    """What was done so far."""

    added: int = 0
    changed: int = 0
    moved: int = 0
    deleted: int = 0
    unchanged: int = 0
    passages: int = 0
    failed: list[FailedFile] = field(default_factory=list)
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class _Pending:
    """A document whose passages may still have to be encoded: ``texts`` by their key."""

    step: Step
    document: Document
    rows: Sequence[PassageRow]
    texts: Mapping[bytes, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Portion:
    """Passages that are being encoded, their keys, and the documents that are whole with them."""

    keys: Sequence[bytes]
    encodings: Future[list[Encoding]]
    whole: Sequence[_Pending]


@dataclass(frozen=True, slots=True)
class Workshop:
    """What the work needs: ``encoder`` is called once, and only if there is something to read.

    ``jobs`` is the number of processes that read, each file within ``limits``; ``stop`` ends the
    work early.
    """

    encoder: Callable[[], Encoder]
    settings: Settings
    progress: Callable[[Progress], None]
    stop: Event
    jobs: int | None = None
    limits: Limits | None = None


class Ingest:
    """Carries out one plan."""

    def __init__(self, writer: Writer, workshop: Workshop) -> None:
        """Write with ``writer``, whose header is set."""
        self._writer = writer
        self._shop = workshop
        self._pending: list[_Pending] = []  # cut
        self._portions: deque[_Portion] = deque()  # being encoded
        self._enough = _FIRST  # passages that are worth a call
        self._counts = Counts()
        self._done = self._total = 0

    def carry_out(self, plan: Plan) -> Counts:
        """Bring the store in step with the plan; what is gone goes last.

        Once told to stop, nothing else is begun: whole documents stay, and nothing is deleted.
        """
        self._counts.unchanged = self._done = plan.unchanged
        self._total = plan.unchanged + len(plan.steps)
        for source, state in plan.touched.items():
            self._writer.touch(source, state)
        gone = [*plan.gone, *self._read_all(plan.steps)]
        self._note_failures(plan)
        self._counts.failed = self._writer.unread()
        self._advance(0)
        if gone and not self._counts.stopped:
            self._writer.delete(gone)
            self._counts.deleted = len(gone)
        return self._counts

    def _note_failures(self, plan: Plan) -> None:
        noted = self._writer.failures()
        for source, (reason, state) in plan.failed.items():
            if source not in noted or noted[source][0].reason != reason:
                self._writer.fail(source, reason, state)
            self._counts.failed.append(FailedFile(source, reason))
        over = noted.keys() - {failed.file for failed in self._counts.failed}
        if over and not self._counts.stopped:
            self._writer.forgive(over)

    def _read_all(self, steps: Sequence[Step]) -> list[str]:
        """Store what can be read; return the sources whose documents may not stay."""
        if not steps:
            return []
        gone: list[str] = []
        candidates = [step.candidate for step in steps]
        shop = self._shop
        with (
            ThreadPoolExecutor(1, "encode") as encoding,
            reading_ahead(candidates, shop.jobs, shop.limits, shop.stop) as answers,
        ):
            encoder = shop.encoder()  # while the first files are being read
            # Fewer answers than steps: it was told to stop.
            for step, answer in zip(steps, answers, strict=False):
                try:
                    if isinstance(answer, Exception):
                        raise answer
                    self._pending.append(_cut(step, answer, encoder, self._shop.settings))
                except (DocumentError, OSError) as error:
                    gone += self._fail(step, error)
                if sum(len(item.rows) for item in self._pending) >= self._enough:
                    self._begin(encoder, encoding)
            self._begin(encoder, encoding)
            self._commit(0)
        self._counts.stopped = self._shop.stop.is_set()
        return gone

    def _fail(self, step: Step, error: DocumentError | OSError) -> list[str]:
        """Note a failure; return the sources of documents that it leaves without a file."""
        source, passing = step.candidate.source, _says_nothing_of_content(step, error)
        reason = error.sentence if isinstance(error, DocumentError) else why(error)
        # What says nothing of the content may pass by itself: it is tried again each time.
        self._writer.fail(source, reason, UNKNOWN if passing else step.candidate.state)
        self._counts.failed.append(FailedFile(source, reason))
        self._advance(1)
        if step.moved_from:
            return [] if passing else [step.moved_from]
        return [source] if step.kind == "changed" and not passing else []

    def _begin(self, encoder: Encoder, encoding: ThreadPoolExecutor) -> None:
        """Begin to encode what is pending; what was begun before is stored while that goes on."""
        whole, self._pending = self._pending, []
        self._enough = min(_BATCH, 2 * self._enough)
        texts = {key: pair for item in whole for key, pair in item.texts.items()}
        absent = self._writer.absent(texts).difference(*(one.keys for one in self._portions))
        todo = [(key, pair) for key, pair in texts.items() if key in absent]
        # In portions, so that a long document is not lost when interrupted.
        for at in range(0, max(1, len(todo)), _BATCH):
            part = dict(todo[at : at + _BATCH])
            encodings = encoding.submit(_encode, encoder, [*part.values()], self._shop.stop)
            last = at + _BATCH >= len(todo)
            self._portions.append(_Portion([*part], encodings, whole if last else ()))
            self._commit(_AHEAD)

    def _commit(self, ahead: int) -> None:
        """Store portions, and the documents that are whole with them, until ``ahead`` are left.

        No more documents are stored once told to stop: some of their passages may be missing.
        """
        while len(self._portions) > ahead:
            portion = self._portions.popleft()
            encodings = portion.encodings.result()
            encoded = zip(portion.keys, encodings, strict=False)
            self._writer.add_encodings((key, one.mean, compress(one)) for key, one in encoded)
            self._counts.passages += len(encodings)
            whole = () if self._shop.stop.is_set() else portion.whole
            for item in whole:
                self._put(item)
            self._advance(len(whole))

    def _put(self, item: _Pending) -> None:
        step = item.step
        self._writer.put(item.document, step.candidate.state, item.rows, step.moved_from)
        self._counts.added += step.kind == "added"
        self._counts.changed += step.kind == "changed"
        self._counts.moved += step.kind == "moved"

    def _advance(self, files: int) -> None:
        self._done += files
        self._shop.progress(Progress(self._done, self._total, self._counts.passages))


def _cut(step: Step, document: Document, encoder: Encoder, settings: Settings) -> _Pending:
    pieces = split_passages(document, encoder, settings.passage_tokens)
    texts = [(piece.context, piece.text) for piece in pieces]
    keys = [blake2b("\0".join(pair).encode(), digest_size=16).digest() for pair in texts]
    rows = [
        PassageRow(piece.start, piece.end, piece.text, piece.lang, piece.page, piece.heading, key)
        for piece, key in zip(pieces, keys, strict=True)
    ]
    return _Pending(step, document, rows, dict(zip(keys, texts, strict=True)))


def _encode(encoder: Encoder, pairs: Sequence[tuple[str, str]], stop: Event) -> list[Encoding]:
    """Encode some passages, if any; none once told to stop."""
    return encoder.encode_passages(pairs) if pairs and not stop.is_set() else []


def _says_nothing_of_content(step: Step, error: DocumentError | OSError) -> bool:
    """Tell errors of reading, after which a document stays as it was, from those of parsing.

    Where a document was read before, that it takes too long says as much about the computer.
    """
    if isinstance(error, OSError) or isinstance(error.__cause__, OSError):
        return True
    return error.code == "document_timeout" and step.kind in ("changed", "moved")
