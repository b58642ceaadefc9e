"""Making an index the mirror of a folder: what is new, changed, moved or gone, and nothing else.

An interrupted run loses at most what was being encoded; the next one goes on from there.
"""

import shlex
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from threading import Event
from uuid import uuid4

from qa.datamodel import Encoder, SyncReport
from qa.documents import doc_id_for
from qa.errors import FolderError, IndexStateError
from qa.files import REBUILD, sweep, write_lock
from qa.folder import Listing, check_folder, list_folder
from qa.header import Header
from qa.index import bring_in_step, derived_revision, read_header
from qa.ingest import Counts, Ingest, Workshop
from qa.ingest import Progress as Progress
from qa.isolation import Limits
from qa.plan import UNKNOWN, Plan, make_plan
from qa.refusals import missing, qa_command, writable
from qa.roots import root_name, root_path, seen_from_here
from qa.settings import Settings
from qa.store import FILE_NAME, Store
from qa.testsets import FEEDBACK, KEPT
from qa.writer import Writer


def sync(
    index: Path,
    root: Path,
    encoder: Encoder | Callable[[], Encoder],
    settings: Settings | Callable[[], Settings],
    *,
    re_root: bool = False,
    rebuild: bool = False,
    may_be_empty: bool = False,
    progress: Callable[[Progress], None] | None = None,
    stop: Event | None = None,
    jobs: int | None = None,
    limits: Limits | None = None,
) -> SyncReport:
    """Make ``index`` the mirror of ``root`` and return what was done.

    An index belongs to one root and one model: another root is taken only with ``re_root``,
    another model or passage size only with ``rebuild``, which reads everything again from
    whatever ``root`` it is given, while the old index stays in use, and then replaces it in one
    step. A folder without documents is taken for a mistake, unless it ``may_be_empty``.

    ``encoder`` may be a function that loads it: it is not called when there is nothing to read.
    ``settings`` may be a function too, called once nobody else can change those of the index.
    ``stop``, once set, ends the run early, with whole documents kept (``report.stopped``); a
    rebuild that is stopped leaves everything as it was. Files are read in ``jobs`` processes, by
    default one a processor, each file within ``limits`` of time and memory.

    Raises FolderError (folder_missing, folder_unreadable, folder_empty, folder_other_root),
    IndexStateError (index_damaged, index_other_model, index_newer_schema, index_unusable,
    disk_full), IndexBusyError, FundstelleError (readers_unavailable).
    The index is left as it was, or with whole documents more.
    """
    started = time.monotonic()
    check_folder(root, index)
    with writable(index), _locked(index):
        chosen = settings() if callable(settings) else settings
        # Not before: what somebody else has indexed meanwhile would count as deleted.
        listing = list_folder(root, index, ocr=chosen.ocr, may_be_empty=may_be_empty)
        run = _Run(index, root, encoder, chosen)
        run.workshop = Workshop(
            lambda: run.encoder, chosen, progress or _silent, stop or Event(), jobs, limits
        )
        make = run.rebuild if rebuild else run.update
        counts = make(listing, re_root=re_root)
    return _report(counts, time.monotonic() - started)


def preview(
    index: Path,
    root: Path,
    *,
    re_root: bool = False,
    rebuild: bool = False,
    ocr: bool | None = None,
) -> Plan:
    """Return what :func:`sync` would do; changes nothing and needs no encoder.

    Raises FolderError and IndexStateError as :func:`sync` does, but for what only the model tells.
    """
    listing = list_folder(root, index)
    old = _readable_header(index) if rebuild else None
    if rebuild or not (index / FILE_NAME).is_file():
        _check_root(index, old, root_name(root, index), re_root=re_root)
        return make_plan(listing, {}, {})
    with closing(Store(index, older=True)) as store, store.snapshot():
        _check_root(index, store.header, root_name(root, index), re_root=re_root)
        files, failures, header = store.files(), store.failures(), store.header
        if header and ocr is not None and ocr != header.settings.ocr:
            failures = {}
            files |= {page.file: UNKNOWN for page in store.unread()}
        return make_plan(listing, files, failures)


def _silent(_: Progress) -> None:
    pass


def _report(counts: Counts, took_s: float) -> SyncReport:
    return SyncReport(
        added=counts.added,
        changed=counts.changed,
        moved=counts.moved,
        deleted=counts.deleted,
        unchanged=counts.unchanged,
        passages=counts.passages,
        failed=tuple(sorted(counts.failed, key=lambda failed: failed.file)),
        took_s=took_s,
        stopped=counts.stopped,
    )


@contextmanager
def _locked(index: Path) -> Iterator[None]:
    """Hold the write lock of an index, whose folder goes again if it was made for nothing."""
    made = not index.exists()
    index.mkdir(parents=True, exist_ok=True)
    with write_lock(index):
        sweep(index)
        try:
            yield
        except BaseException:
            if made and not (index / FILE_NAME).exists():
                shutil.rmtree(index, ignore_errors=True)
            raise


def set_threshold(index: Path, threshold: float | None) -> None:
    """Store with an index below which confidence nothing is answered.

    Raises IndexStateError (index_missing) and IndexBusyError.
    """
    Store(index).close()  # refuses what is missing before anything is made
    with write_lock(index), closing(Writer(index)) as writer:
        header = writer.header
        if header is None:
            raise missing(index)
        settings = replace(header.settings, threshold=threshold)
        writer.set_header(replace(header, settings=settings))


class _Run:
    """One sync, under the write lock."""

    workshop: Workshop

    def __init__(
        self,
        index: Path,
        root: Path,
        encoder: Encoder | Callable[[], Encoder],
        settings: Settings,
    ) -> None:
        self._index = index
        self._root = root_name(root, index)
        self._settings = settings
        self._given = encoder

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder, loaded when it is first needed."""
        return self._given() if callable(self._given) else self._given

    @cached_property
    def _header(self) -> Header:
        encoder = self.encoder
        return Header(
            identity=uuid4().hex,
            root=self._root,
            settings=self._settings,
            encoder=encoder.name,
            fingerprint=encoder.fingerprint,
            dimensions=encoder.dimensions,
        )

    def update(self, listing: Listing, *, re_root: bool) -> Counts:
        """Bring the index in step with the listing."""
        with closing(Writer(self._index)) as writer:
            old = writer.header
            if old and self._settings.ocr != old.settings.ocr:
                # First, so that a sync that is refused changes nothing.
                self._agreed(old, idle=False, re_root=re_root)
                writer.forget_unread()
            plan = make_plan(listing, writer.files(), writer.failures())
            header = self._agreed(old, idle=not plan.steps, re_root=re_root)
            if header != old:
                writer.set_header(header)
            counts = Ingest(writer, self.workshop).carry_out(plan)
            self._tell_test_sets(writer)
            self._finish(writer, whole=not counts.stopped)
        return counts

    def rebuild(self, listing: Listing, *, re_root: bool) -> Counts:
        """Read everything again beside the old index, then replace it in one transaction."""
        _check_root(self._index, _readable_header(self._index), self._root, re_root=re_root)
        beside = self._index / REBUILD
        beside.mkdir()
        with closing(Writer(beside)) as fresh:
            fresh.set_header(self._header)
            counts = Ingest(fresh, self.workshop).carry_out(make_plan(listing, {}, {}))
        if not counts.stopped:
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
        with closing(Writer(self._index)) as writer:
            writer.adopt(beside)
            self._tell_test_sets(writer)
            self._finish(writer)

    def _tell_test_sets(self, writer: Writer) -> None:
        """Have test sets and verdicts follow documents that moved, and forget those deleted.

        Of this run, or of one before it that was killed.
        """
        places = writer.vanished()
        if places and any((self._index / one).exists() for one in (KEPT, FEEDBACK)):
            from qa.testsets.keeping import follow, follow_feedback

            follow(self._index, {**places, **{doc_id_for(one): places[one] for one in places}})
            follow_feedback(self._index, places)
        if places:
            writer.told()

    def _agreed(self, old: Header | None, *, idle: bool, re_root: bool) -> Header:
        """Return what the index says of itself from now on, if it is of this root and model.

        Where nothing is encoded (``idle``), a model that would have to be loaded first is not
        compared: whoever asks a question compares it.
        """
        if old is None:
            return self._header
        threshold = self._settings.threshold
        if threshold is None:
            threshold = old.settings.threshold
        settings = replace(self._settings, threshold=threshold)
        idle = idle and callable(self._given) and old.settings == settings
        new = old if idle else replace(self._header, identity=old.identity, settings=settings)
        self._check_model(old, new)
        _check_root(self._index, old, self._root, re_root=re_root)
        return replace(new, root=self._root)

    def _check_model(self, old: Header, new: Header) -> None:
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
            f"Build it anew: {qa_command(self._index, 'index', '--rebuild', options)}",
        )

    def _finish(self, writer: Writer, *, whole: bool = True) -> None:
        """Bring the derived parts in step, if this run or one before it has left them behind.

        Vectors without a passage stay after a run that was stopped: the next one needs them.
        """
        behind = derived_revision(self._index, writer) != writer.revision
        if behind and whole:
            writer.drop_orphans()
        if behind or writer.unsettled:
            writer.checkpoint()
        if behind:
            bring_in_step(self._index, writer)


def _readable_header(index: Path) -> Header | None:
    """Return what an index says of itself; None if it is missing or beyond reading."""
    try:
        return read_header(index)
    except IndexStateError:
        return None


def _check_root(index: Path, old: Header | None, new: str, *, re_root: bool) -> None:
    if old is None or re_root or root_path(old.root, index) == root_path(new, index):
        return
    was, now = (seen_from_here(root_path(one, index)) for one in (old.root, new))
    folder = shlex.quote(str(root_path(new, index)))
    raise FolderError(
        "folder_other_root",
        f"The index in {index} is of the folder {was}, not {now}.",
        "Choose another place with --index, or let it change folders: "
        + qa_command(index, "index", folder, "--root"),
    )
