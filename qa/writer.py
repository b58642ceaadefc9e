"""Changes to the store; only the holder of the write lock makes them."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from qa.datamodel import Document, Floats
from qa.header import Header, written
from qa.schema import COVERED
from qa.store import FILE_NAME, FileState, PassageRow, Store

_DOCUMENT = """
INSERT INTO documents (doc_id, source, title, text, sha256, size, mtime_ns, lang, date,
    page_starts, pages_without_text, metadata, revision, digest)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,
    digest_of(?1, ?2, ?3, ?5, ?8, ?9, ?10, ?11, ?12, ?4))
ON CONFLICT (doc_id) DO UPDATE SET title = excluded.title, text = excluded.text,
    sha256 = excluded.sha256, size = excluded.size, mtime_ns = excluded.mtime_ns,
    lang = excluded.lang, date = excluded.date, page_starts = excluded.page_starts,
    pages_without_text = excluded.pages_without_text,
    metadata = excluded.metadata, revision = excluded.revision, digest = excluded.digest
"""
_PASSAGE = """
INSERT INTO passages (doc_id, "start", "end", text, lang, page, heading, key, digest)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, digest_of(?1, ?2, ?3, ?5, ?6, ?7, ?8, ?4))
"""
_VANISHED = "REPLACE INTO vanished VALUES (?, ?)"
# One that is elsewhere by its bytes, where nothing was, has moved.
_ADOPT = """
REPLACE INTO main.vanished SELECT old.source, (
    SELECT new.source FROM fresh.documents AS new
    WHERE new.sha256 = old.sha256 AND new.source NOT IN (SELECT source FROM main.documents)
) FROM main.documents AS old WHERE old.source NOT IN (SELECT source FROM fresh.documents);
DELETE FROM main.documents;
DELETE FROM main.failed;
DELETE FROM main.encodings;
INSERT INTO main.documents SELECT * FROM fresh.documents;
INSERT INTO main.encodings SELECT * FROM fresh.encodings;
INSERT INTO main.passages SELECT passage_id + (
    SELECT coalesce(max(seq), 0) FROM main.sqlite_sequence WHERE name = 'passages'
), doc_id, "start", "end", lang, page, heading, key, text, digest
    FROM fresh.passages ORDER BY passage_id;
INSERT INTO main.failed SELECT * FROM fresh.failed;
REPLACE INTO main.meta SELECT * FROM fresh.meta WHERE key LIKE 'header%'
"""


class Writer(Store):
    """A store that can be changed."""

    def __init__(self, folder: Path) -> None:
        """Open or create the store in ``folder``; raises what :class:`Store` raises."""
        super().__init__(folder, mode="rwc")
        self._rows("PRAGMA journal_mode = WAL")  # an index from an archive is not in it yet

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._run("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            # After a full disk SQLite has rolled back by itself.
            if self._connection.in_transaction:
                self._run("ROLLBACK")
            raise
        self._run("COMMIT")

    @contextmanager
    def _revision(self) -> Iterator[int]:
        """A transaction that changes documents: it raises the revision by one."""
        with self._transaction():
            revision = self.revision + 1
            self._run("REPLACE INTO meta VALUES ('revision', ?)", (str(revision),))
            yield revision

    def set_header(self, header: Header) -> None:
        """Record what the index is built from and with."""
        with self._transaction():
            self._run_many("REPLACE INTO meta VALUES (?, ?)", written(header).items())

    def absent(self, keys: Iterable[bytes]) -> set[bytes]:
        """Return the keys that have no encoding yet."""
        known = "SELECT 1 FROM encodings WHERE key = ?"
        return {key for key in keys if not self._rows(known, (key,))}

    def add_encodings(self, rows: Iterable[tuple[bytes, Floats, bytes]]) -> None:
        """Store (key, mean vector, token codes) of new passages."""
        with self._transaction():
            self._run_many(
                "INSERT INTO encodings VALUES (?1, ?2, ?3, digest_of(?1, ?2, ?3))",
                ((key, mean.astype("float32").tobytes(), codes) for key, mean, codes in rows),
            )

    def put(
        self,
        document: Document,
        state: FileState,
        passages: Sequence[PassageRow],
        moved_from: str | None = None,
    ) -> None:
        """Add a document, or replace it with all its passages; their encodings are stored.

        The document at ``moved_from`` goes in the same step.
        """
        with self._revision() as revision:
            if moved_from is not None:
                self._run("DELETE FROM documents WHERE source = ?", (moved_from,))
                self._run(_VANISHED, (moved_from, document.source))
            self._run("DELETE FROM failed WHERE source = ?", (document.source,))
            self._run("DELETE FROM passages WHERE doc_id = ?", (document.doc_id,))
            self._run(
                _DOCUMENT,
                (
                    *(document.doc_id, document.source, document.title, document.text),
                    *(document.sha256, state.size, state.mtime_ns),
                    *(document.lang, document.date, json.dumps(document.page_starts)),
                    json.dumps(document.pages_without_text),
                    *(json.dumps(dict(document.metadata), ensure_ascii=False), revision),
                ),
            )
            self._run_many(_PASSAGE, (_passage(document.doc_id, row) for row in passages))

    def delete(self, sources: Sequence[str]) -> None:
        """Delete documents with all their passages."""
        with self._revision():
            self._run_many(_VANISHED, ((source, None) for source in sources))
            self._delete(sources)

    def discard(self, sources: Sequence[str]) -> None:
        """Delete damaged documents, whose files are to be read again."""
        with self._revision():
            self._delete(sources)

    def _delete(self, sources: Sequence[str]) -> None:
        self._run(
            "DELETE FROM documents WHERE source IN (SELECT value FROM json_each(?))",
            (json.dumps(sources),),
        )

    def vanished(self) -> dict[str, str | None]:
        """Return where documents are now that test sets may still know elsewhere; None: nowhere.

        Those whose files are there and cannot be read just now are not among them.
        """
        known = "SELECT source FROM documents UNION SELECT source FROM failed"
        rows = self._rows(f"SELECT source, place FROM vanished WHERE source NOT IN ({known})")  # noqa: S608
        places = dict(rows)
        return {source: _last_place(places, source) for source in places}

    def told(self) -> None:
        """Note that all test sets know of what has vanished."""
        self._run("DELETE FROM vanished WHERE source NOT IN (SELECT source FROM failed)")

    def touch(self, source: str, state: FileState) -> None:
        """Note that a file looks different and holds the same."""
        self._run(
            "UPDATE documents SET size = ?, mtime_ns = ? WHERE source = ?",
            (state.size, state.mtime_ns, source),
        )

    def fail(self, source: str, reason: str, state: FileState) -> None:
        """Note that a file in this state cannot be read."""
        self._run(
            "REPLACE INTO failed VALUES (?, ?, ?, ?)",
            (source, reason, state.size, state.mtime_ns),
        )

    def forgive(self, sources: Iterable[str]) -> None:
        """Forget failures."""
        self._run(
            "DELETE FROM failed WHERE source IN (SELECT value FROM json_each(?))",
            (json.dumps(list(sources)),),
        )

    def forget_unread(self) -> None:
        """Have files without text, and those with pages without it, count as changed."""
        with self._transaction():
            self._run("DELETE FROM failed")
            self._run(
                "UPDATE documents SET size = -1, mtime_ns = -1, sha256 = ''"
                " WHERE pages_without_text != '[]'"
            )
            covered = COVERED["documents"]
            self._run(f"UPDATE documents SET digest = digest_of({covered}) WHERE sha256 = ''")  # noqa: S608

    def drop_orphans(self) -> None:
        """Delete the encodings that no passage needs."""
        self._run(
            "DELETE FROM encodings WHERE NOT EXISTS"
            " (SELECT 1 FROM passages WHERE passages.key = encodings.key)"
        )

    def checkpoint(self) -> None:
        """Make everything durable, and let no deleted text survive in the write-ahead log.

        Questions under way are waited for, up to the connection's ten seconds. If one takes
        longer, the log stays as it is until the next checkpoint: :attr:`unsettled`.
        """
        self._rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def adopt(self, fresh: Path) -> None:
        """Replace everything by the store in the folder ``fresh``, in one transaction."""
        self._run("ATTACH ? AS fresh", (str(fresh / FILE_NAME),))
        try:
            with self._revision():
                for statement in _ADOPT.split(";"):
                    self._run(statement)
        finally:
            self._run("DETACH fresh")


def _last_place(places: Mapping[str, str | None], source: str) -> str | None:
    """Follow a document that moved more than once."""
    seen = {source}
    while (place := places[source]) is not None and place in places and place not in seen:
        seen.add(place)
        source = place
    return place


def _passage(doc_id: str, row: PassageRow) -> tuple[str | int | bytes | None, ...]:
    heading = json.dumps(row.heading, ensure_ascii=False)
    return (doc_id, row.start, row.end, row.text, row.lang, row.page, heading, row.key)
