"""Making an index the mirror of a folder: what is new, changed or gone, and nothing else.

Documents are committed one by one as their passages are encoded, so that an interrupted run
loses at most the batch it was working on; the next one goes on from there.
"""

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from uuid import uuid4

from qa.datamodel import Document, Encoder, FailedFile, SyncReport
from qa.errors import DocumentError, FolderError, IndexStateError
from qa.files import write_lock
from qa.folder import Candidate, Listing, list_folder
from qa.index import bring_in_step, derived_revision, root_name, root_path
from qa.passages import split_passages
from qa.settings import Settings
from qa.store import FILE_NAME, FileState, Header, PassageRow, Store, missing
from qa.tokens import compress
from qa.writer import Writer

_BATCH = 64  # passages encoded in one call
_REBUILD = ".rebuild"
_UNKNOWN = FileState(-1, -1)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sync is: ``done`` of ``total`` files, and ``passages`` encoded so far."""

    done: int
    total: int
    passages: int


@dataclass(frozen=True, slots=True)
class _Pending:
    """A document whose passages may still have to be encoded: ``texts`` by their key."""

    document: Document
    state: FileState
    rows: Sequence[PassageRow]
    texts: Mapping[bytes, tuple[str, str]]
    new: bool


@dataclass(slots=True)
class _Counts:
    added: int = 0
    changed: int = 0
    deleted: int = 0
    unchanged: int = 0
    passages: int = 0
    failed: list[FailedFile] = field(default_factory=list)


def sync(
    index: Path,
    root: Path,
    encoder: Encoder,
    settings: Settings,
    *,
    re_root: bool = False,
    rebuild: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> SyncReport:
    """Make ``index`` the mirror of ``root`` and return what was done.

    An index belongs to one root and one model: another root is taken only with ``re_root``,
    another model or passage size only with ``rebuild``, which reads everything again from
    whatever ``root`` it is given, while the old index stays in use, and then replaces it in one
    step.

    Raises FolderError (folder_missing, folder_unreadable, folder_empty, folder_other_root),
    IndexStateError (index_damaged, index_other_model, index_newer_schema, index_unusable,
    disk_full), IndexBusyError.
    The index is left as it was, or with whole documents more.
    """
    started = time.monotonic()
    listing = list_folder(root, index, ocr=settings.ocr)
    run = _Run(index, root, encoder, settings, progress or (lambda _: None))
    try:
        index.mkdir(parents=True, exist_ok=True)
        with write_lock(index):
            shutil.rmtree(index / _REBUILD, ignore_errors=True)  # of a run that was killed
            make = run.rebuild if rebuild else run.update
            counts = make(listing, re_root=re_root)
    except OSError as error:
        raise IndexStateError(
            "index_unusable",
            f"The index in {index} cannot be written: {error.strerror or error}.",
            "Check its permissions and the room on its disk, or choose another place: --index",
        ) from error
    return SyncReport(
        added=counts.added,
        changed=counts.changed,
        deleted=counts.deleted,
        unchanged=counts.unchanged,
        passages=counts.passages,
        failed=tuple(sorted(counts.failed, key=lambda failed: failed.file)),
        took_s=time.monotonic() - started,
    )


def set_threshold(index: Path, threshold: float | None) -> None:
    """Store with an index below which confidence nothing is answered.

    Raises IndexStateError (index_missing) and IndexBusyError.
    """
    with closing(Store(index)) as store:
        header = store.header
    if header is None:
        raise missing(index)
    with write_lock(index), closing(Writer(index)) as writer:
        settings = replace(header.settings, threshold=threshold)
        writer.set_header(replace(header, settings=settings))


class _Run:
    """One sync, under the write lock."""

    def __init__(
        self,
        index: Path,
        root: Path,
        encoder: Encoder,
        settings: Settings,
        progress: Callable[[Progress], None],
    ) -> None:
        self._index = index
        self._encoder = encoder
        self._settings = settings
        self._progress = progress
        self._header = Header(
            identity=uuid4().hex,
            root=root_name(root, index),
            settings=settings,
            encoder=encoder.name,
            fingerprint=encoder.fingerprint,
            dimensions=encoder.dimensions,
        )

    def update(self, listing: Listing, *, re_root: bool) -> _Counts:
        """Bring the index in step with the listing."""
        writer = Writer(self._index)
        try:
            self._take_over(writer, re_root=re_root)
            counts = self._mirror(writer, listing)
            self._finish(writer)
        finally:
            writer.close()
        return counts

    def rebuild(self, listing: Listing, *, re_root: bool) -> _Counts:
        """Read everything again beside the old index, then replace it in one transaction."""
        self._check_root(self._readable_header(), re_root=re_root)
        beside = self._index / _REBUILD
        beside.mkdir()
        fresh = Writer(beside)
        try:
            fresh.set_header(self._header)
            counts = self._mirror(fresh, listing)
        finally:
            fresh.close()
        try:
            self._replace_by(beside)
        except IndexStateError as error:
            if error.code not in ("index_damaged", "index_newer_schema"):
                raise
            # Nothing in it can be used any more; the person asked to build it anew.
            for path in self._index.glob(f"{FILE_NAME}*"):
                path.unlink()
            self._replace_by(beside)
        shutil.rmtree(beside)
        return counts

    def _replace_by(self, beside: Path) -> None:
        writer = Writer(self._index)
        try:
            writer.adopt(beside)
            self._finish(writer)
        finally:
            writer.close()

    def _take_over(self, writer: Writer, *, re_root: bool) -> None:
        """Check that the index is of this root and model, and record what may differ."""
        old, new = writer.header, self._header
        if old is not None:
            self._check_model(old)
            self._check_root(old, re_root=re_root)
            threshold = new.settings.threshold or old.settings.threshold
            settings = replace(new.settings, threshold=threshold)
            new = replace(new, identity=old.identity, settings=settings)
            if new.settings.ocr and not old.settings.ocr:
                writer.forget_unread()
        if new != old:
            writer.set_header(new)

    def _readable_header(self) -> Header | None:
        """Return what the old index says of itself; None if it is missing or beyond reading."""
        try:
            with closing(Store(self._index)) as store:
                return store.header
        except IndexStateError:
            return None

    def _check_root(self, old: Header | None, *, re_root: bool) -> None:
        new = self._header.root
        if (
            old is None
            or re_root
            or root_path(old.root, self._index) == root_path(new, self._index)
        ):
            return
        raise FolderError(
            "folder_other_root",
            f"The index in {self._index} is of the folder {old.root}, not {new}.",
            "Choose another place with --index, or let it change folders: qa index --root",
        )

    def _check_model(self, old: Header) -> None:
        new = self._header
        if old.fingerprint != new.fingerprint:
            names = (old.encoder, new.encoder)
            if old.encoder == new.encoder:  # other weights, or another graph made from them
                names = (old.fingerprint, new.fingerprint)
            what = f"by another model ({names[0]}, not {names[1]})"
        elif old.settings.passage_tokens != new.settings.passage_tokens:
            size = f"{old.settings.passage_tokens}, not {new.settings.passage_tokens}"
            what = f"with passages of another size ({size} tokens)"
        else:
            return
        options = f"--encoder {new.settings.encoder}"
        if new.settings.backend != old.settings.backend:
            options += f" --backend {new.settings.backend}"
        raise IndexStateError(
            "index_other_model",
            f"The index in {self._index} was built {what}.",
            f"Build it anew: qa index --rebuild {options}",
        )

    def _mirror(self, writer: Writer, listing: Listing) -> _Counts:
        known = writer.files()
        counts = _Counts()
        kept = _Reader(writer, self._encoder, self._settings, counts, self._progress).read_all(
            listing.candidates, known
        )
        unseen = tuple(listing.hidden)
        gone = [name for name in known if name not in kept and not name.startswith(unseen)]
        # Last, so that a moved file finds its encodings under its new name.
        if gone:
            writer.delete(gone)
        counts.deleted = len(gone)
        for source, reason in listing.failed.items():
            writer.fail(source, reason, _UNKNOWN)
            counts.failed.append(FailedFile(source, reason))
        writer.forgive(writer.failures().keys() - {failed.file for failed in counts.failed})
        counts.failed = writer.unread()
        return counts

    def _finish(self, writer: Writer) -> None:
        """Bring the derived parts in step, if this run or one before it has left them behind."""
        if derived_revision(self._index, writer) != writer.revision:
            writer.drop_orphans()
            writer.checkpoint()
            bring_in_step(self._index, writer)


class _Reader:
    """Reads files, encodes their passages in batches and commits each document when whole."""

    def __init__(
        self,
        writer: Writer,
        encoder: Encoder,
        settings: Settings,
        counts: _Counts,
        progress: Callable[[Progress], None],
    ) -> None:
        self._writer = writer
        self._encoder = encoder
        self._settings = settings
        self._counts = counts
        self._progress = progress
        self._failures = writer.failures()
        self._pending: list[_Pending] = []
        self._done = self._total = 0

    def read_all(self, candidates: Sequence[Candidate], known: dict[str, FileState]) -> set[str]:
        """Store what is new or changed; return the sources whose documents stay."""
        self._total = len(candidates)
        kept = set()
        for candidate in candidates:
            try:
                self._look_at(candidate, known.get(candidate.source))
                kept.add(candidate.source)
            except (DocumentError, OSError) as error:
                if _says_nothing_of_content(error):
                    kept.add(candidate.source)
                self._fail(candidate, error)
            if sum(len(item.rows) for item in self._pending) >= _BATCH:
                self._commit()
        self._commit()
        return kept

    def _look_at(self, candidate: Candidate, old: FileState | None) -> None:
        state = candidate.state
        failure = self._failures.get(candidate.source)
        if failure is not None and _same(failure[1], state):
            raise DocumentError("document_unreadable", failure[0].reason)
        if old is not None and not _same(old, state):
            state = replace(state, sha256=candidate.sha256())
            if state.sha256 == old.sha256:
                self._writer.touch(candidate.source, state)
                old = state
        if old is not None and _same(old, state):
            self._counts.unchanged += 1
            self._advance(1)
        else:
            self._pending.append(self._read(candidate, new=old is None))

    def _read(self, candidate: Candidate, *, new: bool) -> _Pending:
        document = candidate.read()
        pieces = split_passages(document, self._encoder, self._settings.passage_tokens)
        texts = [(piece.context(), piece.text) for piece in pieces]
        keys = [blake2b("\0".join(pair).encode(), digest_size=16).digest() for pair in texts]
        rows = [
            PassageRow(
                piece.start, piece.end, piece.text, piece.lang, piece.page, piece.heading, key
            )
            for piece, key in zip(pieces, keys, strict=True)
        ]
        return _Pending(
            document, candidate.state, rows, dict(zip(keys, texts, strict=True)), new=new
        )

    def _fail(self, candidate: Candidate, error: DocumentError | OSError) -> None:
        reason = str(error) if isinstance(error, DocumentError) else f"It cannot be read: {error}."
        # What says nothing of the content may pass by itself: it is tried again each time.
        state = _UNKNOWN if _says_nothing_of_content(error) else candidate.state
        self._writer.fail(candidate.source, reason, state)
        self._counts.failed.append(FailedFile(candidate.source, reason))
        self._advance(1)

    def _commit(self) -> None:
        texts = {key: pair for item in self._pending for key, pair in item.texts.items()}
        absent = self._writer.absent(texts)
        self._encode([(key, pair) for key, pair in texts.items() if key in absent])
        for item in self._pending:
            self._writer.put(item.document, item.state, item.rows)
            self._counts.added += item.new
            self._counts.changed += not item.new
        self._advance(len(self._pending))
        self._pending.clear()

    def _encode(self, todo: Sequence[tuple[bytes, tuple[str, str]]]) -> None:
        """Encode and store; in portions, so that a long document is not lost when interrupted."""
        for at in range(0, len(todo), _BATCH):
            batch = todo[at : at + _BATCH]
            encodings = self._encoder.encode_passages([pair for _, pair in batch])
            self._writer.add_encodings(
                (key, encoding.mean, compress(encoding))
                for (key, _), encoding in zip(batch, encodings, strict=True)
            )
            self._counts.passages += len(batch)
            self._advance(0)

    def _advance(self, files: int) -> None:
        self._done += files
        self._progress(Progress(self._done, self._total, self._counts.passages))


def _says_nothing_of_content(error: Exception) -> bool:
    """Tell errors of reading, after which a document stays as it was, from those of parsing."""
    return isinstance(error, OSError) or isinstance(error.__cause__, OSError)


def _same(old: FileState, new: FileState) -> bool:
    """Tell whether a file looks as it did; a line of a corpus is known by its hash alone."""
    if new.sha256:
        return new.sha256 == old.sha256
    return (old.size, old.mtime_ns) == (new.size, new.mtime_ns)
