"""The index as its readers see it: store, dense and lexical part, always in step.

An :class:`Index` may be used by many threads at once. Each question borrows a connection of its
own and sees one state of everything until it ends (:meth:`Index.reading`); a sync by another
process never blocks it and shows with the next question.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from threading import Lock, local

import numpy as np

from qa import dense as dense_part
from qa import lexical as lexical_part
from qa.datamodel import Document, Encoder, Filters, Floats, Ids, Passage, Status
from qa.dense import Dense
from qa.errors import FundstelleError, IndexBusyError, IndexStateError, InputError
from qa.files import size_of, write_lock
from qa.header import Header
from qa.lexical import Lexical
from qa.refusals import missing, qa_command
from qa.roots import root_path, seen_from_here
from qa.schema import SCHEMA
from qa.settings import Settings
from qa.store import FILE_NAME, DocumentSummary, PassageTable, Store
from qa.text.language import iso_language
from qa.text.tokens import Word

_CACHED_DOCUMENTS = 64
State = tuple[str, int]


@dataclass(frozen=True, slots=True)
class _View:
    """One state of the index, in memory. ``lexical`` may lag behind while a sync runs."""

    header: Header
    revision: int
    table: PassageTable
    by_lang: Mapping[str, Ids]
    dense: Dense
    lexical: Lexical

    @property
    def state(self) -> State:
        return self.header.identity, self.revision

    @property
    def in_step(self) -> bool:
        return self.lexical.revision == self.revision

    def of_language(self, lang: str) -> Ids:
        return self.by_lang.get(lang, np.empty(0, dtype=np.int64))


class Index:
    """A reader of the index in a folder; :meth:`open` checks that it can be used."""

    def __init__(self, folder: Path, encoder: Encoder | None = None) -> None:
        """Prepare a reader; use :meth:`open`."""
        self.folder = folder
        self._encoder = encoder
        self._view: _View | None = None
        self._loading = Lock()
        self._idle: list[Store] = []
        self._documents: OrderedDict[tuple[State, str], Document] = OrderedDict()
        self._chosen: tuple[tuple[State, Filters], Ids] | None = None
        self._here = local()

    @classmethod
    def open(cls, folder: Path, encoder: Encoder | None = None) -> "Index":
        """Open the index in ``folder``; with ``encoder``, only if that model built it.

        Raises IndexStateError: index_missing, index_damaged, index_other_model,
        index_newer_schema.
        """
        index = cls(folder, encoder)
        try:
            index.refresh()
        except FundstelleError:
            index.close()
            raise
        return index

    def close(self) -> None:
        """Close all connections; questions under way must have ended."""
        while self._idle:
            self._idle.pop().close()

    def refresh(self) -> None:
        """See what other processes have finished, and mend what one of them left half done."""
        with self._pinned() as (_, view):
            in_step = view.in_step
        if not in_step:
            # A busy lock is a sync under way, and a folder that cannot be written stays as it
            # is: words of new passages are then not found yet, meaning is.
            with (
                suppress(IndexBusyError, OSError),
                write_lock(self.folder, patience=0.0),
                self._connection() as store,
            ):
                bring_in_step(self.folder, store)
            with self._pinned():
                pass

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Let this thread see one state, the newest, until the end of the block."""
        if getattr(self._here, "pinned", None) is None:
            self.refresh()
        with self._pinned():
            yield

    @property
    def header(self) -> Header:
        """What the index was built from and with."""
        with self._pinned() as (_, view):
            return view.header

    @property
    def settings(self) -> Settings:
        """The settings it was built with."""
        return self.header.settings

    @property
    def root(self) -> Path:
        """The folder whose mirror it is."""
        return root_path(self.header.root, self.folder)

    @property
    def revision(self) -> int:
        """Rises with every document added, replaced or deleted."""
        with self._pinned() as (_, view):
            return view.revision

    @property
    def state(self) -> State:
        """Identity and revision: another index made in its place counts revisions anew."""
        with self._pinned() as (_, view):
            return view.state

    @property
    def contents(self) -> str:
        """A hash of the documents, in hex: the same for an index made anew of the same files."""
        total = sha256()
        with self._pinned() as (store, _):
            for source, file in sorted(store.files().items()):
                total.update(f"{source}\n{file.sha256}\n".encode("utf-8", "surrogateescape"))
        return total.hexdigest()

    def status(self) -> Status:
        """Return what is indexed, by which model, and what could not be read."""
        with self._pinned() as (store, view):
            return Status(
                documents=len(store.files()),
                passages=len(view.table.ids),
                by_lang=self.languages(),
                encoder=view.header.encoder,
                failed=tuple(store.unread()),
                bytes={
                    "store": sum(size_of(path) for path in self.folder.glob(f"{FILE_NAME}*")),
                    "dense": size_of(self.folder / dense_part.FILE_NAME),
                    "lexical": size_of(self.folder / lexical_part.FOLDER_NAME),
                },
                root=seen_from_here(self.root).as_posix(),
                schema=SCHEMA,
                revision=view.revision,
            )

    def documents(self) -> list[DocumentSummary]:
        """Return all documents without their texts, by source."""
        with self._pinned() as (store, _):
            return store.documents()

    def document(self, doc_id: str) -> Document:
        """Return a document; InputError ("document_unknown") if there is none."""
        with self._pinned() as (store, view):
            key = (view.state, doc_id)
            found = self._documents.get(key) or store.document(doc_id)
            if found is None:
                raise InputError(
                    "document_unknown",
                    f"There is no document {doc_id!r} in the index.",
                    "See what there is: GET /api/docs, or the page Documents.",
                )
            with self._loading:
                self._documents[key] = found
                self._documents.move_to_end(key)
                while len(self._documents) > _CACHED_DOCUMENTS:
                    self._documents.popitem(last=False)
            return found

    def languages(self) -> dict[str, int]:
        """Return the number of passages in each language, most frequent first."""
        with self._pinned() as (_, view):
            counts = {lang: len(ids) for lang, ids in view.by_lang.items()}
            return dict(sorted(counts.items(), key=lambda count: (-count[1], count[0])))

    def select(self, lang: str, filters: Filters) -> Ids:
        """Return the ascending ids of passages in ``lang`` that pass ``filters``."""
        if filters.langs and lang not in map(iso_language, filters.langs):
            return np.empty(0, dtype=np.int64)
        with self._pinned() as (store, view):
            ids = view.of_language(lang)
            if replace(filters, langs=()) == Filters():
                return ids
            return np.intersect1d(ids, self._of_documents(store, view, filters), assume_unique=True)

    def _of_documents(self, store: Store, view: _View, filters: Filters) -> Ids:
        """Return the ascending ids of passages in documents that pass ``filters``."""
        asked = (view.state, filters)
        chosen = self._chosen  # read once: other threads ask for something else meanwhile
        if chosen is None or chosen[0] != asked:
            wanted = {
                source
                for source, labels in store.labels().items()
                if filters.admits(*labels) and filters.admits_source(source)
            }
            keep = [source in wanted for source in view.table.sources]
            # All languages of one question ask for the same.
            chosen = self._chosen = (asked, view.table.ids[np.array(keep, dtype=bool)])
        return chosen[1]

    @property
    def dense(self) -> Dense:
        """The mean vectors of this thread's state, which other threads may search for it."""
        with self._pinned() as (_, view):
            return view.dense

    def search_lexical(
        self,
        words: Sequence[Word],
        k: int,
        lang: str,
        allowed: Ids | None = None,
        *,
        every: bool = False,
    ) -> tuple[Ids, Floats]:
        """Return ids and BM25 scores of the best ``k`` passages in ``lang``, best first."""
        with self._pinned() as (_, view):
            if not view.in_step:  # it may still know passages that are gone
                present = view.of_language(lang)
                allowed = present if allowed is None else np.intersect1d(allowed, present)
            return view.lexical.search(words, k, lang, allowed, every=every)

    def passages(self, ids: Ids) -> list[Passage]:
        """Return passages in the order of ``ids``.

        Raises IndexStateError ("index_changed") if one is gone: look ids up in the same
        :meth:`reading` block in which they were found.
        """
        with self._pinned() as (store, _):
            return store.passages(ids)

    def words(self, ids: Ids) -> list[str]:
        """Return title, headings and text of passages in the order of ``ids``."""
        with self._pinned() as (store, _):
            return store.words(ids)

    def vectors(self, ids: Ids) -> Floats:
        """Return the mean vectors of passages, shape (n, d), in the order of ``ids``."""
        with self._pinned() as (_, view):
            return view.dense.vectors(ids)

    def token_codes(self, ids: Ids) -> list[bytes]:
        """Return the compressed token vectors of passages in the order of ``ids``."""
        with self._pinned() as (store, _):
            return store.token_codes(ids)

    @contextmanager
    def _pinned(self) -> Iterator[tuple[Store, _View]]:
        """Give this thread a connection and a view of the same state."""
        pinned: tuple[Store, _View] | None = getattr(self._here, "pinned", None)
        if pinned is not None:
            yield pinned
            return
        with self._connection() as store, store.snapshot():
            self._here.pinned = (store, self._view_at(store))
            try:
                yield self._here.pinned
            finally:
                self._here.pinned = None

    @contextmanager
    def _connection(self) -> Iterator[Store]:
        store = self._idle_store() or Store(self.folder)
        try:
            yield store
        finally:
            self._idle.append(store)

    def _idle_store(self) -> Store | None:
        """Return a connection that is free; ones to a file that was replaced are closed."""
        while True:
            try:
                store = self._idle.pop()
            except IndexError:
                return None
            if store.is_current():
                return store
            store.close()

    def _view_at(self, store: Store) -> _View:
        """Return the view of the store's present state, which is the last one if it fits."""
        header, revision = self._checked(store.header), store.revision
        with self._loading:
            view = self._view
            if view is not None and view.header.identity != header.identity:
                view = None
            if (
                view is None
                or view.header != header
                or view.revision != revision
                or not view.in_step
            ):
                view = self._view = self._load(store, header, revision, view)
            return view

    def _load(self, store: Store, header: Header, revision: int, last: _View | None) -> _View:
        if last is None:
            near = Dense.read(self.folder, header.identity, header.dimensions)
            words = Lexical.read(self.folder, header.identity)
        else:
            near, words = last.dense, last.lexical
            if words.revision != Lexical.recorded_revision(self.folder, header.identity):
                words = Lexical.read(self.folder, header.identity)
        if last is not None and last.revision == revision:
            return replace(last, header=header, lexical=words)
        table = store.table()
        by_lang = _by_lang(table)
        near = near.in_step(table.ids, revision, store.means, by_lang)
        return _View(header, revision, table, by_lang, near, words)

    def _checked(self, header: Header | None) -> Header:
        if header is None:
            raise missing(self.folder)
        encoder = self._encoder
        if encoder is not None and encoder.fingerprint != header.fingerprint:
            raise IndexStateError(
                "index_other_model",
                f"The index in {self.folder} was built by another model ({header.fingerprint}) "
                f"than the one loaded ({encoder.fingerprint}).",
                "It was built anew since this program was started: start it again."
                if self._view is not None
                else "Build it anew: "
                + qa_command(self.folder, "index", "--rebuild", "--encoder", encoder.name),
            )
        return header


def read_header(folder: Path) -> Header:
    """Return what an index says of itself, without a model.

    Raises IndexStateError: index_missing, index_damaged, index_newer_schema.
    """
    with closing(Store(folder, older=True)) as store:
        header = store.header
    if header is None:
        raise missing(folder)
    return header


def bring_in_step(folder: Path, store: Store) -> None:
    """Make the derived parts in ``folder`` contain what the store does; encodes nothing.

    The caller holds the write lock.
    """
    with store.snapshot():
        header, revision = store.header, store.revision
        if header is None:
            return
        table = store.table()
        by_lang = _by_lang(table)
        near = Dense.read(folder, header.identity, header.dimensions)
        if near.revision != revision:
            near.in_step(table.ids, revision, store.means, by_lang).write(folder)
        words = Lexical.read(folder, header.identity)
        if words.revision != revision:
            words.write_in_step(folder, by_lang, revision, store.words)


def _by_lang(table: PassageTable) -> dict[str, Ids]:
    langs = np.array(table.langs, dtype=object)
    return {lang: table.ids[langs == lang] for lang in sorted(set(table.langs))}


def derived_revision(folder: Path, store: Store) -> int:
    """Return the revision that all derived parts in ``folder`` say they contain, or -1."""
    header = store.header
    if header is None:
        return -1
    dense = Dense.recorded_revision(folder, header.identity)
    return min(dense, Lexical.recorded_revision(folder, header.identity))
