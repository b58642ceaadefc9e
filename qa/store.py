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
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from qa.datamodel import Document, FailedFile, Floats, Ids, Passage
from qa.errors import FundstelleError, IndexBusyError, IndexStateError
from qa.schema import APPLICATION, SCHEMA, make_tables, migrate
from qa.settings import Settings

FILE_NAME = "fundstelle.db"

_ENCODED = """
SELECT {} FROM json_each(?) AS wanted JOIN passages ON passage_id = wanted.value
JOIN encodings ON encodings.key = passages.key ORDER BY wanted.key
"""
# The fields of a Document; the rest of its row describes the file.
_COLUMNS = (
    "doc_id, source, title, text, sha256, lang, date, page_starts, pages_without_text, metadata"
)


@dataclass(frozen=True, slots=True)
class Header:
    """What an index was built from and with.

    ``identity`` is a random name for this numbering of passages, carried by derived parts.
    """

    identity: str
    root: str
    settings: Settings
    encoder: str
    fingerprint: str
    dimensions: int


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

    def __init__(self, folder: Path, *, mode: str = "rw") -> None:
        """Open the store in ``folder``; mode "rwc" creates it.

        Raises IndexStateError: index_missing, index_damaged, index_newer_schema.
        """
        self.folder = folder
        self.path = folder / FILE_NAME
        try:
            if mode != "rwc" and not self.path.is_file():
                raise missing(folder)
        except OSError as error:  # may not be entered, or its name is too long
            raise unusable(folder, str(error.strerror)) from error
        with _plain_errors(folder):
            # Stores wander between threads of a server, one thread at a time.
            self._connection = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode={mode}",
                uri=True,
                timeout=10.0,
                isolation_level=None,
                check_same_thread=False,
            )
        found = self.path.stat()
        self._file = (found.st_dev, found.st_ino)
        try:
            self._prepare(create=mode == "rwc")
        except FundstelleError:
            self.close()
            raise

    def _prepare(self, *, create: bool) -> None:
        # Deleted text is overwritten with zeros, not merely forgotten.
        self._run("PRAGMA secure_delete = ON")
        self._run("PRAGMA foreign_keys = ON")
        application = int(self._one("PRAGMA application_id")[0])
        schema = int(self._one("PRAGMA user_version")[0])
        if application == 0 and not self._rows("SELECT 1 FROM sqlite_master LIMIT 1"):
            if not create:
                raise missing(self.folder)
            with _plain_errors(self.folder):
                make_tables(self._connection)
        elif application != APPLICATION:
            raise damaged(self.folder, "it is not an index of this program")
        elif schema > SCHEMA:
            raise IndexStateError(
                "index_newer_schema",
                f"The index in {self.folder} was written by a newer version of Fundstelle.",
                "Update Fundstelle, or build the index anew: qa index --rebuild",
            )
        elif schema < SCHEMA:
            with _plain_errors(self.folder):
                migrate(self._connection)
        # In WAL mode NORMAL survives any kill of the process. Power loss may take the last
        # documents, which the next sync reads again: :meth:`Writer.checkpoint` makes the store
        # durable before a derived part is allowed to say that it contains them.
        self._run("PRAGMA synchronous = NORMAL")

    def is_current(self) -> bool:
        """Tell whether the file is still in its place, and not deleted or built anew."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return False
        return (found.st_dev, found.st_ino) == self._file

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
        rows = self._rows("SELECT value FROM meta WHERE key = 'header'")
        if not rows:
            return None
        with _legible(self.folder):
            values = json.loads(rows[0][0])
            return Header(**{**values, "settings": Settings(**values["settings"])})

    @property
    def revision(self) -> int:
        """Number of transactions that changed documents."""
        rows = self._rows("SELECT value FROM meta WHERE key = 'revision'")
        with _legible(self.folder):
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
        with _legible(self.folder):
            partly = [
                FailedFile(source, _unread_pages(json.loads(pages))) for source, pages in rows
            ]
        wholly = [failed for failed, _ in self.failures().values()]
        return sorted([*wholly, *partly], key=lambda failed: failed.file)

    def document(self, doc_id: str) -> Document | None:
        """Return a document with its text, or None."""
        rows = self._rows(f"SELECT {_COLUMNS} FROM documents WHERE doc_id = ?", (doc_id,))  # noqa: S608
        if not rows:
            return None
        values = dict(zip(_COLUMNS.split(", "), rows[0], strict=True))
        with _legible(self.folder):
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

    def dates(self) -> dict[str, str | None]:
        """Return each document's date, by source."""
        return dict(self._rows("SELECT source, date FROM documents"))

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
            'SELECT passage_id, doc_id, "start", "end", text, lang, page, heading'
            " FROM json_each(?) AS wanted JOIN passages ON passage_id = wanted.value"
            " ORDER BY wanted.key",
            ids,
        )
        with _legible(self.folder):
            return [_passage(*row) for row in rows]

    def token_codes(self, ids: Ids) -> list[bytes]:
        """Return the compressed token vectors of ``ids`` in the same order."""
        return [row[0] for row in self._of_passages(_ENCODED.format("tokens"), ids)]

    def means(self, ids: Ids) -> Floats:
        """Return the mean vectors of ``ids``, shape (n, d), in the same order."""
        rows = self._of_passages(_ENCODED.format("mean"), ids)
        flat = np.frombuffer(b"".join(row[0] for row in rows), dtype=np.float32)
        return flat.reshape(len(rows), -1)

    def words(self, ids: Ids) -> list[str]:
        """Return title, headings and text of ``ids`` in the same order: what is searched."""
        rows = self._of_passages(
            "SELECT title, heading, passages.text FROM json_each(?) AS wanted"
            " JOIN passages ON passage_id = wanted.value JOIN documents USING (doc_id)"
            " ORDER BY wanted.key",
            ids,
        )
        with _legible(self.folder):
            return ["\n".join([row[0], *json.loads(row[1]), row[2]]) for row in rows]

    def _of_passages(self, sql: str, ids: Ids) -> list[tuple[Any, ...]]:
        rows = self._rows(sql, (json.dumps(ids.tolist()),))
        if len(rows) != len(ids):
            raise IndexStateError(
                "index_changed",
                f"The index in {self.folder} was changed while it was being read.",
                "Ask again.",
            )
        return rows

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with _plain_errors(self.folder):
            return self._connection.execute(sql, values).fetchall()

    def _one(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...]:
        return self._rows(sql, values)[0]

    def _run(self, sql: str, values: Sequence[Any] = ()) -> int:
        with _plain_errors(self.folder):
            return self._connection.execute(sql, values).rowcount

    def _run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        with _plain_errors(self.folder):
            self._connection.executemany(sql, rows)


def _unread_pages(pages: Sequence[int]) -> str:
    """Say which pages could not be searched; the first of them by number."""
    named = ", ".join(map(str, pages[:10])) + (" …" if len(pages) > 10 else "")
    subject = f"Page {named} has" if len(pages) == 1 else f"{len(pages)} pages have"
    where = "" if len(pages) == 1 else f": {named}"
    return f"{subject} no text layer and cannot be found{where}. For scans: qa index --ocr"


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


def header_json(header: Header) -> str:
    """Return a header as :attr:`Store.header` reads it."""
    return json.dumps(asdict(header), ensure_ascii=False)


def missing(folder: Path) -> IndexStateError:
    """Return the error for a folder without an index."""
    return IndexStateError(
        "index_missing", f"There is no index in {folder}.", "Build one: qa index FOLDER"
    )


def damaged(folder: Path, why: str) -> IndexStateError:
    """Return the error for an index that cannot be used any more."""
    return IndexStateError(
        "index_damaged",
        f"The index in {folder} is damaged: {why}.",
        "Build it anew from the documents: qa index --rebuild",
    )


def unusable(folder: Path, why: str) -> IndexStateError:
    """Return the error for an index that the system does not let us use."""
    return IndexStateError(
        "index_unusable",
        f"The index in {folder} cannot be read or written: {why}.",
        "Check the folder's name, its permissions and its disk.",
    )


@contextmanager
def _legible(folder: Path) -> Iterator[None]:
    """Turn what is met where a stored value is not as it was written into our error."""
    try:
        yield
    except (ValueError, TypeError, KeyError) as error:
        raise damaged(folder, "it holds values that cannot be read") from error


@contextmanager
def _plain_errors(folder: Path) -> Iterator[None]:
    """Turn what SQLite says about file, disk and locks into our errors; bugs stay as they are."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        # Errors of the binding itself carry no code.
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        lost = code == sqlite3.SQLITE_ERROR and "no such table" in str(error)
        if lost or code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise damaged(folder, str(error)) from error
        if code == sqlite3.SQLITE_BUSY:
            raise IndexBusyError(
                "index_busy", f"The index in {folder} is locked by another process.", "Try again."
            ) from error
        if code == sqlite3.SQLITE_FULL:
            raise IndexStateError(
                "disk_full",
                f"The disk that holds {folder} is full; what was indexed before is still there.",
                "Make room, then run the command again.",
            ) from error
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR):
            raise unusable(folder, str(error)) from error
        raise
