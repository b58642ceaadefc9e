"""What SQLite and the system say about an index, in our words and with what to do."""

import errno
import re
import shlex
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from qa.errors import IndexBusyError, IndexStateError
from qa.settings import INDEX


def qa_command(folder: Path, *words: str) -> str:
    """Return what to type to have a command of ``qa`` work on the index in ``folder``."""
    where = [] if folder == INDEX else ["--index", shlex.quote(str(folder))]
    return " ".join(["qa", *words, *where])


def missing(folder: Path) -> IndexStateError:
    """Return the error for a folder without an index."""
    return IndexStateError(
        "index_missing",
        f"There is no index in {folder}.",
        f"Build one: {qa_command(folder, 'index', 'FOLDER')}",
    )


def damaged(folder: Path, why: str) -> IndexStateError:
    """Return the error for an index that cannot be used any more."""
    return IndexStateError(
        "index_damaged",
        f"The index in {folder} is damaged: {why}.",
        f"Build it anew from the documents: {qa_command(folder, 'index', 'FOLDER', '--rebuild')}",
    )


def older(folder: Path) -> IndexStateError:
    """Return the error for an index that has to be brought up to date first."""
    return IndexStateError(
        "index_older_schema",
        f"The index in {folder} was written by an older version of Fundstelle.",
        "Bring it up to date, which reads nothing again: "
        + qa_command(folder, "doctor", "--repair"),
    )


def newer(folder: Path) -> IndexStateError:
    """Return the error for an index that only a later version can read."""
    return IndexStateError(
        "index_newer_schema",
        f"The index in {folder} was written by a newer version of Fundstelle.",
        "Update Fundstelle, or build the index anew: "
        + qa_command(folder, "index", "FOLDER", "--rebuild"),
    )


def unusable(folder: Path, why: str) -> IndexStateError:
    """Return the error for an index that the system does not let us use."""
    return IndexStateError(
        "index_unusable",
        f"The index in {folder} cannot be read or written: {why}.",
        "Check the folder's name, its permissions and its disk.",
    )


def disk_full(folder: Path) -> IndexStateError:
    """Return the error for a write for which there was no room."""
    return IndexStateError(
        "disk_full",
        f"The disk that holds {folder} is full; what was indexed before is still there.",
        "Make room, then run the command again.",
    )


@contextmanager
def writable(folder: Path) -> Iterator[None]:
    """Turn what the system says about an index folder that is written to into our errors."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise disk_full(folder) from error
        raise IndexStateError(
            "index_unusable",
            f"The index in {folder} cannot be written: {error.strerror or error}.",
            "Check its permissions and the room on its disk, or choose another place: --index",
        ) from error


@contextmanager
def rolled_back(connection: sqlite3.Connection) -> Iterator[None]:
    """Leave nothing half done in a script that fails."""
    try:
        yield
    except sqlite3.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def legible(folder: Path) -> Iterator[None]:
    """Turn what is met where a stored value is not as it was written into our error."""
    try:
        yield
    except (ValueError, TypeError, KeyError) as error:
        raise damaged(folder, "it holds values that cannot be read") from error


@contextmanager
def plain_errors(folder: Path) -> Iterator[None]:
    """Turn what SQLite says about file, disk and locks into our errors; bugs stay as they are."""
    try:
        yield
    except UnicodeDecodeError as error:  # of names, in a damaged page of the schema
        raise damaged(folder, "its tables cannot be read") from error
    except sqlite3.DatabaseError as error:
        # Errors of the binding itself carry no code.
        exactly = getattr(error, "sqlite_errorcode", 0)
        code = exactly & 0xFF
        lost = code == sqlite3.SQLITE_ERROR and re.search("no such (table|column)", str(error))
        garbled = "Could not decode to UTF-8" in str(error)
        if lost or garbled or code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise damaged(folder, str(error)) from error
        if code == sqlite3.SQLITE_BUSY:
            raise IndexBusyError(
                "index_busy", f"The index in {folder} is locked by another process.", "Try again."
            ) from error
        # Room for the file by which readers and writers agree is the first that lacks.
        if code == sqlite3.SQLITE_FULL or exactly == sqlite3.SQLITE_IOERR_SHMSIZE:
            raise disk_full(folder) from error
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR):
            raise unusable(folder, str(error)) from error
        raise


def unread_pages(pages: Sequence[int]) -> str:
    """Say which pages could not be searched; the first of them by number."""
    named = ", ".join(map(str, pages[:10])) + (" …" if len(pages) > 10 else "")
    subject = f"Page {named} has" if len(pages) == 1 else f"{len(pages)} pages have"
    where = "" if len(pages) == 1 else f": {named}"
    return f"{subject} no text layer and cannot be found{where}. For scans: qa index --ocr"
