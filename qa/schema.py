"""The tables of a store, and how an older store gets them."""

import sqlite3

SCHEMA = 2
APPLICATION = 0x46756E64  # "Fund": tells our files from any other SQLite file

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE documents (
    doc_id TEXT PRIMARY KEY, source TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
    sha256 TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    lang TEXT NOT NULL, date TEXT, page_starts TEXT NOT NULL, metadata TEXT NOT NULL,
    revision INTEGER NOT NULL, text TEXT NOT NULL,
    pages_without_text TEXT NOT NULL DEFAULT '[]') STRICT;
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
# What brings a store of each older schema one further.
_MIGRATIONS = {
    1: "ALTER TABLE documents ADD COLUMN pages_without_text TEXT NOT NULL DEFAULT '[]'",
}


def make_tables(connection: sqlite3.Connection) -> None:
    """Make an empty file a store; raises sqlite3.Error."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(
        f"BEGIN IMMEDIATE; {_TABLES} PRAGMA application_id = {APPLICATION};"
        f"PRAGMA user_version = {SCHEMA}; COMMIT;"
    )


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a store of an older schema up to date, in one transaction; raises sqlite3.Error."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have done it meanwhile.
        found = int(connection.execute("PRAGMA user_version").fetchone()[0])
        for schema in range(found, SCHEMA):
            connection.execute(_MIGRATIONS[schema])
        connection.execute(f"PRAGMA user_version = {SCHEMA}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
