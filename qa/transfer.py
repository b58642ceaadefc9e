"""Moving an index to another machine or place: one archive with the truth, nothing derived.

The archive is a zip of two members: ``manifest.json``, and the store as SQLite's own backup
copies it. An archive may come from anywhere, so it is not believed: nothing but these two members
is ever read, no name in it becomes a path, checksum and length must agree, and the database must
have exactly our tables, without triggers or views.
"""

import errno
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile
from zlib import error as ZlibError

from qa.errors import IndexStateError, InputError
from qa.files import IMPORT, sync_folder, write_lock
from qa.folder import check_folder
from qa.index import bring_in_step
from qa.refusals import disk_full, missing, unusable
from qa.roots import root_name
from qa.schema import SCHEMA, create, prepare
from qa.store import FILE_NAME, Store
from qa.writer import Writer

_MANIFEST = "manifest.json"
_FORMAT = 1
_LARGEST_MANIFEST = 10_000  # bytes
_CHUNK = 2**20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself; ``bytes`` and ``sha256`` are those of the store in it."""

    format: int
    schema: int
    documents: int
    passages: int
    encoder: str
    fingerprint: str
    root: str
    bytes: int
    sha256: str


def export_index(folder: Path, target: Path) -> Manifest:
    """Write the index in ``folder`` into one archive, which appears whole or not at all.

    Questions and a sync may go on meanwhile: the archive holds one state of everything.

    Raises IndexStateError (index_missing, index_damaged, index_older_schema, index_newer_schema)
    and InputError ("archive_unwritable").
    """
    with closing(Store(folder)) as store:
        _check_target(folder, target)
        return _write_archive(store, target)


def _check_target(folder: Path, target: Path) -> None:
    """Refuse a place where something else would be lost: archives alone are replaced."""
    inside = target.resolve().is_relative_to(folder.resolve())
    if inside or (target.exists() and not _is_archive(target)):
        why = "it is in the index itself" if inside else "another file is there"
        raise InputError(
            "archive_unwritable",
            f"{target} cannot be written: {why}.",
            "Choose another place: qa export FILE",
        )


def _is_archive(path: Path) -> bool:
    try:
        with ZipFile(path) as archive:
            return sorted(archive.namelist()) == [FILE_NAME, _MANIFEST]
    except (BadZipFile, OSError, ValueError):
        return False


def _write_archive(store: Store, target: Path) -> Manifest:
    try:
        with TemporaryDirectory(dir=target.absolute().parent) as work:
            copy = Path(work) / FILE_NAME
            store.copy_to(copy)
            manifest = _manifest(copy)
            beside = Path(work) / "archive.zip"
            with ZipFile(beside, "w", ZIP_DEFLATED) as archive:
                archive.writestr(_MANIFEST, json.dumps(asdict(manifest), indent=1))
                archive.write(copy, FILE_NAME)
            with beside.open("rb") as file:
                os.fsync(file.fileno())
            beside.replace(target)
            sync_folder(target.absolute().parent)
    except OSError as error:
        raise InputError(
            "archive_unwritable",
            f"{target} cannot be written: {error.strerror or error}.",
            "Choose another place: qa export FILE",
        ) from error
    return manifest


def import_index(source: Path, folder: Path, root: Path | None = None) -> Manifest:
    """Put the index in an archive into ``folder``, which must not hold one yet.

    ``root`` is the folder of its documents here; without it, it keeps the one it had. What is
    derived is made anew; nothing is encoded.

    Raises InputError (archive_missing, archive_damaged, index_exists), FolderError, IndexStateError
    (index_newer_schema, disk_full, index_unusable) and IndexBusyError.
    """
    if not source.is_file():
        message = f"There is no archive {source}."
        raise InputError("archive_missing", message, "Make one: qa export FILE")
    if root is not None:
        check_folder(root, folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with write_lock(folder):
            if (folder / FILE_NAME).exists():
                raise InputError(
                    "index_exists",
                    f"There is an index in {folder} already.",
                    "Choose another place: qa import FILE --index DIR",
                )
            with TemporaryDirectory(dir=folder, prefix=IMPORT) as work:
                return _take_in(source, Path(work), folder, root)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        refusal = disk_full(folder) if full else unusable(folder, error.strerror or str(error))
        raise refusal from error


def _take_in(source: Path, work: Path, folder: Path, root: Path | None) -> Manifest:
    """Unpack beside, examine, name the root, and only then put the store in its place."""
    manifest = _unpack(source, work / FILE_NAME)
    _check_tables(source, work / FILE_NAME, manifest.schema)
    with closing(Writer(work)) as writer:
        header = writer.header
        if header is None or writer.faults():
            raise _damaged(source, "its database is not whole")
        if root is not None:
            writer.set_header(replace(header, root=root_name(root, folder)))
        writer.checkpoint()
        bring_in_step(work, writer)
    for left in folder.glob(f"{FILE_NAME}-*"):  # the log of an index whose store is gone
        left.unlink()
    for part in sorted(work.iterdir(), key=lambda path: path.name == FILE_NAME):
        target = folder / part.name
        if target.is_dir():  # left behind by an index that is gone
            shutil.rmtree(target)
        part.replace(target)  # the store last: without it there is no index
    sync_folder(folder)
    return manifest


def _manifest(copy: Path) -> Manifest:
    with closing(Store(copy.parent)) as store:
        header = store.header
        if header is None:
            raise missing(copy.parent)
        documents, passages = len(store.files()), len(store.table().ids)
    with copy.open("rb") as file:
        digest = sha256()
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return Manifest(
        format=_FORMAT,
        schema=SCHEMA,
        documents=documents,
        passages=passages,
        encoder=header.encoder,
        fingerprint=header.fingerprint,
        root=header.root,
        bytes=copy.stat().st_size,
        sha256=digest.hexdigest(),
    )


def _unpack(source: Path, target: Path) -> Manifest:
    with _readable(source), ZipFile(source) as archive:
        with archive.open(_MANIFEST) as member:
            manifest = Manifest(**json.loads(member.read(_LARGEST_MANIFEST)))
        if manifest.format > _FORMAT or manifest.schema > SCHEMA:
            raise IndexStateError(
                "index_newer_schema",
                f"{source} was written by a newer version of Fundstelle.",
                "Update Fundstelle, or index the documents here: qa index FOLDER",
            )
        digest, left = sha256(), manifest.bytes
        with archive.open(FILE_NAME) as member, target.open("wb") as file:
            # One byte more than announced is enough to see that something is wrong.
            while left >= 0 and (chunk := member.read(min(_CHUNK, left + 1))):
                digest.update(chunk)
                file.write(chunk)
                left -= len(chunk)
        if left or digest.hexdigest() != manifest.sha256:
            raise _damaged(source, "its checksum is another one")
        return manifest


def _check_tables(source: Path, path: Path, schema: int) -> None:
    """Refuse a database with anything in it but our own tables, as they were in its schema."""
    with closing(sqlite3.connect(":memory:")) as ours:
        prepare(ours)
        create(ours, schema)
        wanted = _objects(ours)
    with (
        _readable(source),
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as theirs,
    ):
        theirs.execute("PRAGMA trusted_schema = OFF")
        if _objects(theirs) != wanted:
            raise _damaged(source, "its database has other tables")


def _objects(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
    rows = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%'"
    )
    return {(kind, name, " ".join(str(sql).split())) for kind, name, sql in rows}


@contextmanager
def _readable(source: Path) -> Iterator[None]:
    try:
        yield
    except (
        *(BadZipFile, EOFError, KeyError, TypeError, ValueError, ZlibError),
        *(NotImplementedError, RuntimeError, sqlite3.DatabaseError),
    ) as error:
        raise _damaged(source, "it is not an archive of this program, or not whole") from error


def _damaged(source: Path, why: str) -> InputError:
    return InputError(
        "archive_damaged", f"{source} cannot be imported: {why}.", "Export it anew: qa export FILE"
    )
