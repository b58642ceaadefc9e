"""Writing to the index folder: one writer at a time, and files that are whole or not there."""

import filecmp
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from qa.errors import IndexBusyError, InputError

REBUILD, IMPORT = ".rebuild", ".import-"  # folders in which an index is made beside another one
_NEW = ".new"
_ABANDONED = 24 * 3600  # seconds
_LOCK = "write.lock"
_OWNER = "write.owner"


def replace_file(path: Path, chunks: Iterable[bytes | memoryview]) -> None:
    """Write ``chunks`` beside ``path``, then put them in its place in one step.

    A kill at any moment leaves the old or the new file. The folder is synced too: a rename that
    is not on disk yet would come undone with the power.
    """
    beside = path.with_name(f".{path.name}{_NEW}")
    with beside.open("wb") as file:
        file.writelines(chunks)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)


def place_file(beside: Path, folder: Path, name: str) -> Path:
    """Give a finished file its name in ``folder``, and return where it is.

    A name that another content has taken gets a number; the same content is there already.

    Raises InputError ("name_refused") if there are too many of the name.
    """
    stem, suffix = Path(name).stem, Path(name).suffix
    for number in range(1, 10_000):
        target = folder / (name if number == 1 else f"{stem} ({number}){suffix}")
        try:
            os.link(beside, target)  # unlike a rename it replaces nothing
        except FileExistsError:
            if not (target.is_file() and filecmp.cmp(beside, target, shallow=False)):
                continue
        sync_folder(folder)
        return target
    raise InputError("name_refused", f"There are too many files named {name}.", "Rename it.")


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(folder: Path) -> None:
    """Delete what writers that were killed left half done; the caller holds the write lock."""
    for path in folder.glob(".*"):
        if path.name.startswith((REBUILD, IMPORT)):
            shutil.rmtree(path, ignore_errors=True)
        elif path.name.endswith(_NEW):
            path.unlink()
    # Test sets and verdicts are written without the lock: what is old enough, nobody writes.
    for path in folder.glob("*/.*"):
        if time.time() - path.stat().st_mtime > _ABANDONED and path.name != ".lock":
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def size_of(path: Path) -> int:
    """Return the bytes of a file, or of all files below a folder; 0 if there is none.

    A writer may take away what was there a moment before.
    """
    try:
        if path.is_dir():
            return sum(size_of(child) for child in path.iterdir())
        return path.stat().st_size
    except FileNotFoundError:
        return 0


@contextmanager
def write_lock(folder: Path, patience: float = 2.0) -> Iterator[None]:
    """Hold the index's write lock; readers never need it.

    The operating system frees the lock when its holder dies, however it dies. ``patience`` (in
    seconds) outlasts a reader that is just bringing derived files in step.

    Raises IndexBusyError ("index_busy") naming the process that holds it.
    """
    lock = FileLock(folder / _LOCK)
    try:
        lock.acquire(timeout=patience)
    except Timeout as error:
        raise IndexBusyError(
            "index_busy",
            f"The index in {folder} is being written by {_owner(folder)}.",
            "Wait until it has finished, then run the command again.",
        ) from error
    try:
        now = datetime.now().astimezone().isoformat(timespec="minutes")
        (folder / _OWNER).write_text(json.dumps({"pid": os.getpid(), "since": now}))
        yield
    finally:
        (folder / _OWNER).unlink(missing_ok=True)
        lock.release()


def _owner(folder: Path) -> str:
    """Name the holder; its note may be missing, or half written, at just this moment."""
    try:
        note = json.loads((folder / _OWNER).read_text())
        return f"process {note['pid']} since {datetime.fromisoformat(note['since']):%Y-%m-%d %H:%M}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
