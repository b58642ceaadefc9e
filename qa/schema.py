"""The tables of an index, their checksums, and how older ones become today's.

Each row of content carries a digest of its values, so that damage inside a page, which SQLite
does not notice, is found (:mod:`qa.doctor`).
"""

import sqlite3
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

from qa.codes import recoded

SCHEMA = 4
APPLICATION = 0x46756E64  # "Fund": tells our files from any other SQLite file

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE documents (
    doc_id TEXT PRIMARY KEY, source TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
    sha256 TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    lang TEXT NOT NULL, date TEXT, page_starts TEXT NOT NULL, metadata TEXT NOT NULL,
    revision INTEGER NOT NULL, text TEXT NOT NULL) STRICT;
CREATE TABLE encodings (
    key BLOB PRIMARY KEY, mean BLOB NOT NULL, tokens BLOB NOT NULL) STRICT;
CREATE TABLE passages (
    passage_id INTEGER PRIMARY KEY AUTOINCREMENT,
    doc_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    "start" INTEGER NOT NULL, "end" INTEGER NOT NULL, lang TEXT NOT NULL, page INTEGER,
    heading TEXT NOT NULL, key BLOB NOT NULL REFERENCES encodings,
    text TEXT NOT NULL) STRICT;
CREATE INDEX passages_of_document ON passages (doc_id);
CREATE INDEX passages_of_encoding ON passages (key);
CREATE TABLE failed (
    source TEXT PRIMARY KEY, reason TEXT NOT NULL,
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL) STRICT;
"""
# What each table's digest covers; size and time of a file may change by themselves.
COVERED = {
    "documents": "doc_id, source, title, sha256, lang, date, page_starts, pages_without_text,"
    " metadata, text",
    "encodings": "key, mean, tokens",
    "passages": 'doc_id, "start", "end", lang, page, heading, key, text',
}
# What Python calls SQLite's types.
_KINDS = {"text": "str", "integer": "int", "blob": "bytes", "null": "NoneType"}
_PAGES = "ALTER TABLE documents ADD COLUMN pages_without_text TEXT NOT NULL DEFAULT '[]';"
_DIGESTS = "".join(
    f"ALTER TABLE {table} ADD COLUMN digest BLOB NOT NULL DEFAULT x'';"  # noqa: S608 - our own names
    f"UPDATE {table} SET digest = digest_of({columns});"
    for table, columns in COVERED.items()
)
# A row that is damaged stays as it is, so that its digest goes on telling so.
_RECODED = f"""
UPDATE encodings SET tokens = recoded(tokens), digest = digest_of(key, mean, recoded(tokens))
WHERE digest = digest_of({COVERED["encodings"]});
"""  # noqa: S608 - our own names
# Where documents went that are no longer at their source, until test sets and verdicts know it.
_VANISHED = "CREATE TABLE vanished (source TEXT PRIMARY KEY, place TEXT) STRICT;"
# By the schema from which each leads to the next one.
_MIGRATIONS = {1: _PAGES + _DIGESTS, 2: _RECODED, 3: _VANISHED}
# The sources of documents of which anything, vectors included, differs from its digest. Values are
# compared as bytes, since SQLite hands over no text that is damaged so that it is no UTF-8.
_FOUND = {
    table: ", ".join(f"typeof({name}), CAST({name} AS BLOB)" for name in columns.split(", "))
    for table, columns in COVERED.items()
}
SPOILT = f"""
SELECT source FROM documents WHERE digest <> digest_found({_FOUND["documents"]})
UNION SELECT source FROM documents JOIN (
    SELECT doc_id FROM passages WHERE digest <> digest_found({_FOUND["passages"]})
    UNION SELECT doc_id FROM passages JOIN (
        SELECT key FROM encodings WHERE digest <> digest_found({_FOUND["encodings"]})
    ) USING (key)
) USING (doc_id)
"""  # noqa: S608 - our own names


def prepare(connection: sqlite3.Connection) -> None:
    """Teach a connection ``digest_of(...)``, 16 bytes for any number of values, and ``recoded``.

    ``digest_found(...)`` is the same of types and bytes, in turn.
    """
    connection.create_function("digest_of", -1, _digest_of, deterministic=True)
    connection.create_function("digest_found", -1, _digest_found, deterministic=True)
    connection.create_function("recoded", 1, recoded, deterministic=True)


def create(connection: sqlite3.Connection, schema: int = SCHEMA) -> None:
    """Make the tables of a schema, by default today's, in one transaction."""
    steps = "".join(_MIGRATIONS[step] for step in range(1, schema))
    connection.executescript(
        f"BEGIN IMMEDIATE; {_TABLES} {steps} PRAGMA application_id = {APPLICATION};"
        f"PRAGMA user_version = {schema}; COMMIT;"
    )


def migrate(connection: sqlite3.Connection, schema: int) -> None:
    """Make tables of an older schema today's, in one transaction."""
    steps = "".join(_MIGRATIONS[step] for step in range(schema, SCHEMA))
    connection.executescript(f"BEGIN IMMEDIATE; {steps} PRAGMA user_version = {SCHEMA}; COMMIT;")


def _digest_of(*values: str | int | bytes | None) -> bytes:
    written = (value if isinstance(value, bytes) else str(value).encode() for value in values)
    return _digest(zip((type(value).__name__ for value in values), written, strict=True))


def _digest_found(*values: Any) -> bytes:
    kinds = (_KINDS.get(kind, kind) for kind in values[::2])
    found = (b"None" if value is None else value for value in values[1::2])
    return _digest(zip(kinds, found, strict=True))


def _digest(values: Iterable[tuple[str, bytes]]) -> bytes:
    digest = blake2b(digest_size=16)
    for kind, data in values:
        digest.update(f"{kind} {len(data)} ".encode() + data)
    return digest.digest()
