"""The truth of an index: one SQLite file with documents, passages and vectors.

Everything else in the index folder is derived from it. A document is put, replaced or deleted in
one transaction, so that no reader ever meets half of one; each such transaction raises the
revision by one. Passage ids are never reused, and a passage row never changes: the set of ids
says everything about what a derived part has to add or drop.

A store is one connection. Several threads may hold stores of their own, but share none.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np

from qa.datamodel import Document, FailedFile, Floats, Ids, Passage, tags_of
from qa.errors import FundstelleError, IndexStateError
from qa.files import size_of
from qa.header import Header, read_header
from qa.refusals import (
    damaged,
    legible,
    missing,
    newer,
    older,
    plain_errors,
    rolled_back,
    unread_pages,
    unusable,
)
from qa.schema import APPLICATION, SCHEMA, SPOILT, create, migrate, prepare

FILE_NAME = "fundstelle.db"
_ENCODINGS = "CROSS JOIN encodings ON encodings.key = passages.key"
_TITLES = "CROSS JOIN documents USING (doc_id)"
# The fields of a Document; the rest of its row describes the file.
_COLUMNS = (
    "doc_id, source, title, text, sha256, lang, date, page_starts, pages_without_text, metadata"
)


@dataclass(frozen=True, slots=True)
class FileState:
    """By what a change is recognised; ``size`` in bytes, ``sha256`` in hex."""

    size: int
    mtime_ns: int
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A passage to be stored; ``key`` names its encoding."""

    start: int
    end: int
    text: str
    lang: str
    page: int | None
    heading: tuple[str, ...]
    key: bytes


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document without its text; ``characters``, ``passages`` and ``pages`` are counts."""

    doc_id: str
    source: str
    title: str
    lang: str
    date: str | None
    characters: int
    passages: int
    pages: int


@dataclass(frozen=True, slots=True)
class PassageTable:
    """Id, language and document of all passages, by ascending id."""

    ids: Ids
    langs: tuple[str, ...]
    sources: tuple[str, ...]


class Store:
    """One connection to an index's SQLite file; see :class:`qa.writer.Writer` for changes."""

    def __init__(self, folder: Path, *, mode: str = "rw", older: bool = False) -> None:
        """Open the store in ``folder``; mode "rwc" creates it, or brings an older one up to date.

        With ``older``, one of an older schema may be read: header, files and failures.

        Raises IndexStateError: index_missing, index_damaged, index_newer_schema,
        index_older_schema.
        """
        self.folder = folder
        self.path = folder / FILE_NAME
        try:
            if mode != "rwc" and not self.path.is_file():
                raise missing(folder)
        except OSError as error:  # may not be entered, or its name is too long
            raise unusable(folder, str(error.strerror)) from error
        self._immutable = False
        self._open(mode)
        try:
            self._prepare(create=mode == "rwc", older=older)
        except FundstelleError as error:
            self.close()
            if error.code not in ("index_unusable", "disk_full") or mode != "rw" or self.unsettled:
                raise
            # A disk that is full, or that cannot be written, has no room for the file by which
            # readers and writers agree; nor can there be a writer to agree with.
            self._immutable = True
            self._open("ro&immutable=1")
            self._prepare(create=False, older=older)
        found = self.path.stat()
        self._file = (found.st_dev, found.st_ino)

    def _open(self, mode: str) -> None:
        with plain_errors(self.folder):
            # Stores wander between threads of a server, one thread at a time.
            self._connection = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode={mode}",
                uri=True,
                timeout=10.0,
                isolation_level=None,
                check_same_thread=False,
            )

    def _prepare(self, *, create: bool, older: bool) -> None:
        # Deleted text is overwritten with zeros, not merely forgotten.
        self._run("PRAGMA secure_delete = ON")
        self._run("PRAGMA foreign_keys = ON")
        prepare(self._connection)
        application = int(self._one("PRAGMA application_id")[0])
        schema = int(self._one("PRAGMA user_version")[0])
        if application == 0 and not self._rows("SELECT 1 FROM sqlite_master LIMIT 1"):
            if not create:
                raise missing(self.folder)
            self._create()
        elif application != APPLICATION:
            raise damaged(self.folder, "it is not an index of this program")
        elif schema != SCHEMA and not (older and schema < SCHEMA):
            self._of_another(schema, create=create)
        # In WAL mode NORMAL survives any kill of the process. Power loss may take the last
        # documents, which the next sync reads again: :meth:`Writer.checkpoint` makes the store
        # durable before a derived part is allowed to say that it contains them.
        self._run("PRAGMA synchronous = NORMAL")

    def _create(self) -> None:
        self._run("PRAGMA journal_mode = WAL")
        with plain_errors(self.folder):
            create(self._connection)

    def _of_another(self, schema: int, *, create: bool) -> None:
        """Bring a store of an older schema up to date if it may be written."""
        if schema > SCHEMA:
            raise newer(self.folder)
        if not create:
            raise older(self.folder)
        with plain_errors(self.folder), rolled_back(self._connection):
            migrate(self._connection, schema)

    def is_current(self) -> bool:
        """Tell whether the file is still in its place, and not deleted or built anew.

        What was opened on a disk that could not be written is looked at anew each time.
        """
        if self._immutable:
            return False
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return False
        return (found.st_dev, found.st_ino) == self._file

    @property
    def unsettled(self) -> bool:
        """Whether the write-ahead log holds anything."""
        return size_of(self.path.with_name(f"{FILE_NAME}-wal")) > 0

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Show one state of the store until the end of the block, whatever others write."""
        self._run("BEGIN")
        try:
            yield
        finally:
            self._run("ROLLBACK")

    @property
    def header(self) -> Header | None:
        """What the index was built from and with; None before the first sync has begun."""
        rows = dict(self._rows("SELECT key, value FROM meta WHERE key LIKE 'header%'"))
        with legible(self.folder):
            return read_header(rows)

    @property
    def revision(self) -> int:
        """Number of transactions that changed documents."""
        rows = self._rows("SELECT value FROM meta WHERE key = 'revision'")
        with legible(self.folder):
            return int(rows[0][0]) if rows else 0

    def files(self) -> dict[str, FileState]:
        """Return the state in which each document's file was read, by source."""
        rows = self._rows("SELECT source, size, mtime_ns, sha256 FROM documents")
        return {source: FileState(*state) for source, *state in rows}

    def failures(self) -> dict[str, tuple[FailedFile, FileState]]:
        """Return what could not be read, and in which state it was, by source."""
        rows = self._rows("SELECT source, reason, size, mtime_ns FROM failed ORDER BY source")
        return {row[0]: (FailedFile(*row[:2]), FileState(*row[2:])) for row in rows}

    def unread(self) -> list[FailedFile]:
        """Return the files that could not be read, and those with pages that hold no text."""
        rows = self._rows(
            "SELECT source, pages_without_text FROM documents WHERE pages_without_text != '[]'"
        )
        with legible(self.folder):
            partly = [FailedFile(source, unread_pages(json.loads(pages))) for source, pages in rows]
        wholly = [failed for failed, _ in self.failures().values()]
        return sorted([*wholly, *partly], key=lambda failed: failed.file)

    def document(self, doc_id: str) -> Document | None:
        """Return a document with its text, or None."""
        rows = self._rows(f"SELECT {_COLUMNS} FROM documents WHERE doc_id = ?", (doc_id,))  # noqa: S608
        if not rows:
            return None
        values = dict(zip(_COLUMNS.split(", "), rows[0], strict=True))
        with legible(self.folder):
            for name in ("page_starts", "pages_without_text"):
                values[name] = tuple(json.loads(values[name]))
            values["metadata"] = json.loads(values["metadata"])
            return Document(**values)

    def documents(self) -> list[DocumentSummary]:
        """Return all documents without their texts, by source."""
        rows = self._rows(
            "SELECT doc_id, source, title, lang, date, length(text),"
            " (SELECT count(*) FROM passages WHERE passages.doc_id = documents.doc_id),"
            " json_array_length(page_starts) FROM documents ORDER BY source"
        )
        return [DocumentSummary(*row) for row in rows]

    def labels(self) -> dict[str, tuple[str | None, frozenset[str]]]:
        """Return each document's date and tags, by source."""
        rows = self._rows("SELECT source, date, metadata FROM documents")
        with legible(self.folder):
            return {source: (date, tags_of(json.loads(known))) for source, date, known in rows}

    def table(self) -> PassageTable:
        """Return id, language and document of all passages, by ascending id."""
        rows = self._rows(
            "SELECT passage_id, passages.lang, source FROM passages JOIN documents"
            " USING (doc_id) ORDER BY passage_id"
        )
        ids, langs, sources = zip(*rows, strict=True) if rows else ((), (), ())
        return PassageTable(np.array(ids, dtype=np.int64), langs, sources)

    def passages(self, ids: Ids) -> list[Passage]:
        """Return the passages of ``ids`` in the same order; IndexStateError if one is gone."""
        rows = self._of_passages(
            'passage_id, doc_id, "start", "end", text, lang, page, heading', ids
        )
        with legible(self.folder):
            return [_passage(*row) for row in rows]

    def token_codes(self, ids: Ids) -> list[bytes]:
        """Return the compressed token vectors of ``ids`` in the same order."""
        return [row[0] for row in self._of_passages("tokens", ids, _ENCODINGS)]

    def means(self, ids: Ids) -> Floats:
        """Return the mean vectors of ``ids``, shape (n, d), in the same order."""
        rows = self._of_passages("mean", ids, _ENCODINGS)
        flat = np.frombuffer(b"".join(row[0] for row in rows), dtype=np.float32)
        return flat.reshape(len(rows), -1)

    def words(self, ids: Ids) -> list[str]:
        """Return title, headings and text of ``ids`` in the same order: what is searched."""
        rows = self._of_passages("title, heading, passages.text", ids, _TITLES)
        with legible(self.folder):
            return ["\n".join([row[0], *json.loads(row[1]), row[2]]) for row in rows]

    def spoilt(self) -> set[str]:
        """Return the sources of documents of which anything differs from its digest."""
        return {row[0] for row in self._rows(SPOILT)}

    def copy_to(self, target: Path) -> None:
        """Copy one state of the store into a new file, without pages that are free."""
        self._run("VACUUM INTO ?", (str(target),))

    def faults(self) -> list[str]:
        """Return what SQLite itself finds wrong with the file, at most a few sentences."""
        rows = self._rows("PRAGMA integrity_check(3)") + [
            (f"a row of {row[0]} refers to one of {row[2]} that is not there",)
            for row in self._rows("PRAGMA foreign_key_check")[:3]
        ]
        return [str(row[0]) for row in rows if row[0] != "ok"]

    def misplaced(self) -> set[str]:
        """Return the sources of documents with a passage that is not where it says.

        It is if the text from start to end, and the page, are as stored and can be read.
        """
        rows = self._rows("SELECT source, doc_id FROM documents")
        return {source for source, doc_id in rows if not self._is_placed(doc_id)}

    def _is_placed(self, doc_id: str) -> bool:
        columns = '"start", "end", text, page'
        try:
            document = self.document(doc_id)
            passages = self._rows(f"SELECT {columns} FROM passages WHERE doc_id = ?", (doc_id,))  # noqa: S608
        except IndexStateError:
            return False
        return document is not None and all(
            document.text[start:end] == text and document.page_at(start) == page
            for start, end, text, page in passages
        )

    def _of_passages(self, columns: str, ids: Ids, joined: str = "") -> list[tuple[Any, ...]]:
        """Return ``columns`` of the passages ``ids``, in their order."""
        # CROSS JOIN keeps SQLite to this order of loops. ORDER BY would copy every row, token
        # codes and all, to sort it, which takes longer than reading them.
        sql = (
            f"SELECT wanted.key, {columns} FROM json_each(?) AS wanted"  # noqa: S608
            f" CROSS JOIN passages ON passage_id = wanted.value {joined}"
        )
        rows = self._rows(sql, (json.dumps(ids.tolist()),))
        if len(rows) != len(ids):
            raise IndexStateError(
                "index_changed",
                f"The index in {self.folder} was changed while it was being read.",
                "Ask again.",
            )
        return [row[1:] for row in sorted(rows, key=itemgetter(0))]

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with plain_errors(self.folder):
            return self._connection.execute(sql, values).fetchall()

    def _one(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...]:
        return self._rows(sql, values)[0]

    def _run(self, sql: str, values: Sequence[Any] = ()) -> int:
        with plain_errors(self.folder):
            return self._connection.execute(sql, values).rowcount

    def _run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        with plain_errors(self.folder):
            self._connection.executemany(sql, rows)


def _passage(
    passage_id: int,
    doc_id: str,
    start: int,
    end: int,
    text: str,
    lang: str,
    page: int | None,
    heading: str,
) -> Passage:
    return Passage(passage_id, doc_id, start, end, text, lang, page, tuple(json.loads(heading)))
