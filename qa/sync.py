"""Making an index the mirror of a folder: what is new, changed, moved or gone, and nothing else.

An interrupted run loses at most the batch it was working on; the next one goes on from there.
"""

import errno
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
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
from qa.folder import Listing, list_folder
from qa.index import bring_in_step, derived_revision
from qa.ingest import Counts, Ingest, Workshop
from qa.ingest import Progress as Progress
from qa.isolation import Limits
from qa.plan import Plan, make_plan
from qa.refusals import disk_full, missing
from qa.roots import root_name, root_path
from qa.settings import Settings
from qa.store import FILE_NAME, FileState, Header, Store
from qa.testsets import FEEDBACK, KEPT
from qa.writer import Writer


def sync(
    index: Path,
    root: Path,
    encoder: Encoder | Callable[[], Encoder],
    settings: Settings,
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
    ``stop``, once set, ends the run early, with whole documents kept (``report.stopped``); a
    rebuild that is stopped leaves everything as it was. Files are read in ``jobs`` processes, by
    default one a processor, each file within ``limits`` of time and memory.

    Raises FolderError (folder_missing, folder_unreadable, folder_empty, folder_other_root),
    IndexStateError (index_damaged, index_other_model, index_newer_schema, index_unusable,
    disk_full), IndexBusyError, FundstelleError (readers_unavailable).
    The index is left as it was, or with whole documents more.
    """
    started = time.monotonic()
    listing = list_folder(root, index, ocr=settings.ocr, may_be_empty=may_be_empty)
    run = _Run(index, root, encoder, settings)
    run.workshop = Workshop(
        lambda: run.encoder, settings, progress or _silent, stop or Event(), jobs, limits
    )
    with _writable(index):
        index.mkdir(parents=True, exist_ok=True)
        with write_lock(index):
            sweep(index)
            make = run.rebuild if rebuild else run.update
            counts = make(listing, re_root=re_root)
    return _report(counts, time.monotonic() - started)


def preview(index: Path, root: Path) -> Plan:
    """Return what :func:`sync` would do; changes nothing and needs no encoder.

    Raises FolderError and IndexStateError as :func:`sync` does, but for what only the model tells.
    """
    listing = list_folder(root, index)
    if not (index / FILE_NAME).is_file():
        return make_plan(listing, {}, {})
    with closing(Store(index, older=True)) as store, store.snapshot():
        return make_plan(listing, store.files(), store.failures())


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
def _writable(index: Path) -> Iterator[None]:
    """Turn what the system says about the index folder into our errors."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise disk_full(index) from error
        raise IndexStateError(
            "index_unusable",
            f"The index in {index} cannot be written: {error.strerror or error}.",
            "Check its permissions and the room on its disk, or choose another place: --index",
        ) from error


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
            if self._settings.ocr and writer.header and not writer.header.settings.ocr:
                writer.forget_unread()
            before = writer.files()
            plan = make_plan(listing, before, writer.failures())
            self._take_over(writer, plan, re_root=re_root)
            counts = Ingest(writer, self.workshop).carry_out(plan)
            self._finish(writer, whole=not counts.stopped)
            self._tell_test_sets(before, writer)
        return counts

    def rebuild(self, listing: Listing, *, re_root: bool) -> Counts:
        """Read everything again beside the old index, then replace it in one transaction."""
        self._check_root(self._readable_header(), re_root=re_root)
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
            before = writer.files()
            writer.adopt(beside)
            self._finish(writer)
            self._tell_test_sets(before, writer)

    def _tell_test_sets(self, before: Mapping[str, FileState], writer: Writer) -> None:
        """Have test sets and verdicts follow documents that moved, and forget those deleted."""
        if not any((self._index / one).exists() for one in (KEPT, FEEDBACK)):
            return
        after = writer.files()
        gone = before.keys() - after.keys()
        if not gone:
            return
        from qa.testsets.keeping import follow, follow_feedback

        now = {state.sha256: source for source, state in after.items() if source not in before}
        places = {source: now.get(before[source].sha256) for source in gone}
        follow(self._index, {**places, **{doc_id_for(one): places[one] for one in places}})
        follow_feedback(self._index, places)

    def _take_over(self, writer: Writer, plan: Plan, *, re_root: bool) -> None:
        """Check that the index is of this root and model, and record what may differ."""
        old = writer.header
        if old is None:
            writer.set_header(self._header)
            return
        threshold = self._settings.threshold or old.settings.threshold
        settings = replace(self._settings, threshold=threshold)
        # Where nothing is encoded, a model that would have to be loaded first is not compared:
        # whoever asks a question compares it.
        idle = callable(self._given) and not plan.steps and old.settings == settings
        new = old if idle else replace(self._header, identity=old.identity, settings=settings)
        self._check_model(old, new)
        self._check_root(old, re_root=re_root)
        new = replace(new, root=self._root)
        if new != old:
            writer.set_header(new)

    def _readable_header(self) -> Header | None:
        """Return what the old index says of itself; None if it is missing or beyond reading."""
        try:
            with closing(Store(self._index, older=True)) as store:
                return store.header
        except IndexStateError:
            return None

    def _check_root(self, old: Header | None, *, re_root: bool) -> None:
        new = self._root
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
            f"Build it anew: qa index --rebuild {options}",
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
