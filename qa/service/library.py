"""The person's folder, as far as the app may touch it.

Uploads land in ``uploads/`` of the root folder, removed files in ``.trash/``, which no sync reads.
Clients name documents by id and uploads by a bare name: no path is ever taken from them.
"""

import os
import re
import secrets
import time
import unicodedata
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock
from typing import Final

from qa.datamodel import Document, Encoder
from qa.documents import SUFFIXES, archive, beir
from qa.documents.archive import located, source_bytes
from qa.errors import DocumentError, FolderError, InputError
from qa.files import place_file
from qa.freshness import Freshness, file_state
from qa.index import Index
from qa.render import clean
from qa.service.jobs import Job, Jobs, Step
from qa.sync import Progress, preview, sync

KINDS: Final = SUFFIXES | {archive.SUFFIX}  # of files that may be added
UPLOADS: Final = "uploads"
TRASH: Final = ".trash"
_LONGEST_NAME = 200  # bytes; file systems allow 255, and a number may be added
_NO_NAME = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f]')
_TICKET = re.compile(r"[0-9a-f]{16}")
_STARTS: Final = {
    ".pdf": b"%PDF-",
    **dict.fromkeys((".docx", ".docm", ".pptx", ".pptm", ".xlsx", ".xlsm", ".epub"), b"PK"),
    archive.SUFFIX: b"PK",
}
_SECONDS = 2.0  # for which a look at the folder counts
_HEAD = 1024  # a PDF may begin with some bytes of something else


@dataclass(frozen=True, slots=True)
class Removed:
    """A file in the trash; ``ticket`` brings it back."""

    ticket: str
    source: str


@dataclass(frozen=True, slots=True)
class Differences:
    """The documents whose files are not as indexed, by source, and how many files are new."""

    states: Mapping[str, Freshness]
    new: int


class Library:
    """Adds and removes files and keeps the index their mirror."""

    def __init__(self, index: Index, encoder: Encoder, jobs: Jobs) -> None:
        """Work on the root folder of ``index``; syncs run as jobs."""
        self._index = index
        self._encoder = encoder
        self._jobs = jobs
        self._looking = Lock()
        self._looked_at, self._looked_after = float("-inf"), 0
        self._differences = Differences({}, 0)

    def sync(self) -> Job:
        """Bring the index in step with its folder: now, or after the job that is running."""
        return self._jobs.request("sync", self._sync)

    def _sync(self, report: Step, stop: Event) -> object:
        def progress(now: Progress) -> None:
            report(now.done, now.total)

        return sync(
            self._index.folder,
            self._index.root,
            self._encoder,
            self._index.settings,
            # Without a file since the last one was removed here: no drive that is not there.
            may_be_empty=any(self._index.root.glob(f"{TRASH}/*")),
            progress=progress,
            stop=stop,
        )

    def differences(self) -> Differences:
        """Return how the folder differs from the index; while a job runs, as it was before.

        It is looked at again after two seconds, or a job: pages ask more often than that.
        """
        job, now = self._jobs.job, time.monotonic()
        if job is not None and job.running:
            return self._differences
        after = job.number if job is not None else 0
        with self._looking:
            if after != self._looked_after or now > self._looked_at + _SECONDS:
                self._differences = self._look()
                self._looked_at, self._looked_after = now, after
            return self._differences

    def _look(self) -> Differences:
        try:
            plan = preview(self._index.folder, self._index.root)
        except FolderError:  # gone or empty; a sync says which
            with self._index.reading():
                sources = [one.source for one in self._index.documents()]
            return Differences(dict.fromkeys(sources, "missing"), 0)
        changed = [one.candidate.source for one in plan.steps if one.kind == "changed"]
        moved = [one.moved_from for one in plan.steps if one.moved_from is not None]
        gone = [one for one in plan.gone if one not in plan.failed]
        states: dict[str, Freshness] = {
            **dict.fromkeys([*gone, *moved], "missing"),
            **dict.fromkeys(changed, "changed"),
        }
        return Differences(states, sum(one.kind == "added" for one in plan.steps))

    async def add(self, name: str, chunks: AsyncIterator[bytes]) -> str:
        """Write an upload into the folder and return its source; a sync then reads it.

        Raises InputError: name_refused, kind_refused, content_refused, file_empty;
        FolderError: folder_is_corpus, folder_not_writable.
        """
        name = checked_name(name)
        folder = self._own_folder(UPLOADS)
        beside = folder / f".{secrets.token_hex(8)}.part"
        try:
            await _write(beside, chunks, name)
            target = place_file(beside, folder, name)
        except OSError as error:
            raise not_writable(folder, error) from error
        finally:
            beside.unlink(missing_ok=True)
        return target.relative_to(self._index.root).as_posix()

    def remove(self, doc_id: str) -> Removed:
        """Move a document's file to the trash; a sync then drops it from the index.

        Raises InputError (document_unknown, document_in_archive), FolderError
        (folder_is_corpus, folder_not_writable), DocumentError (file_missing).
        """
        source = self._index.document(doc_id).source
        path = self._inside(source)
        holder, member = located(path)
        if member:
            raise InputError(
                "document_in_archive",
                f"{member} is a part of {holder.name}, which the app does not change.",
                "Change the archive, then synchronise.",
            )
        ticket = secrets.token_hex(8)
        target = self._own_folder(TRASH) / ticket / source
        try:
            target.parent.mkdir(parents=True)
            path.rename(target)
        except FileNotFoundError as error:
            raise gone(source) from error
        except OSError as error:
            raise not_writable(path.parent, error) from error
        return Removed(ticket, source)

    def restore(self, ticket: str) -> str:
        """Bring a removed file back to its place and return its source.

        Raises InputError (ticket_unknown, place_taken), FolderError (folder_not_writable).
        """
        folder = self._own_folder(TRASH) / ticket
        # From within the trash a link may lead nowhere that leads somewhere from its own place.
        found = folder.rglob("*") if _is(ticket) else []
        files = [path for path in found if path.is_symlink() or path.is_file()]
        if not files:
            raise InputError("ticket_unknown", "There is nothing to bring back.", "Look in .trash.")
        source = files[0].relative_to(folder).as_posix()
        target = self._inside(source)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            # Unlike a rename it replaces nothing.
            os.link(files[0], target, follow_symlinks=False)
            files[0].unlink()
        except FileExistsError as error:
            message = f"There is a new file at the place of {source}."
            raise InputError("place_taken", message, "Rename it, then try again.") from error
        except OSError as error:
            raise not_writable(target.parent, error) from error
        return source

    def original(self, doc_id: str) -> tuple[Document, Path]:
        """Return a document and its file, which is still the one that was indexed.

        Raises InputError (document_unknown), DocumentError (file_changed, file_missing).
        """
        with self._index.reading():
            document, root = self._index.document(doc_id), self._index.root
        state: Freshness = file_state(root, document)
        if state == "missing":
            raise gone(document.source)
        if state == "changed":
            raise DocumentError(
                "file_changed",
                f"{document.source} has changed since it was indexed.",
                "Synchronise the documents to read it again.",
            )
        return document, self._inside(document.source)

    def file(self, doc_id: str) -> tuple[str, Path | bytes]:
        """Return a file name for a document, and its file; of a part of a file, its bytes.

        Raises what :meth:`original` raises.
        """
        document, path = self.original(doc_id)
        name, corpus = document.source.rpartition("/")[2], self._index.root / beir.FILE_NAME
        if corpus.is_file():
            return f"{name}.json", beir.line_of(corpus, document.sha256) or b""
        return name, path if path.is_file() else source_bytes(path)

    def _inside(self, source: str) -> Path:
        """Return the path of a source; nothing outside the root folder has one."""
        root = self._index.root
        path = root / source
        if not path.parent.resolve().is_relative_to(root.resolve()):
            raise gone(source)
        return path

    def _own_folder(self, name: str) -> Path:
        root = self._index.root
        if (root / beir.FILE_NAME).is_file():
            raise FolderError(
                "folder_is_corpus",
                f"The documents are lines of {beir.FILE_NAME}, which the app does not change.",
                "Change the file, then synchronise.",
            )
        folder = root / name
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise not_writable(root, error) from error
        if folder.resolve() != root.resolve() / name:
            raise FolderError(
                "folder_not_writable", f"{name} is a link.", "Make it a folder of its own."
            )
        return folder


def checked_name(name: str) -> str:
    """Return the name under which an upload is kept; raise InputError if it is none of ours."""
    name = unicodedata.normalize("NFC", name).strip()
    suffix = Path(name).suffix.lower()
    unusable = _NO_NAME.search(name) or name.startswith(".") or clean(name) != name
    if unusable or not name.removesuffix(suffix) or len(name.encode()) > _LONGEST_NAME:
        raise InputError(
            "name_refused", "The file's name cannot be used.", "Give it a short plain name."
        )
    if suffix not in KINDS:
        raise InputError(
            "kind_refused",
            f"Files of the kind {suffix or name} cannot be read.",
            f"These can: {' '.join(sorted(KINDS))}",
        )
    return name


async def _write(path: Path, chunks: AsyncIterator[bytes], name: str) -> None:
    head = b""
    with path.open("xb") as file:
        async for chunk in chunks:
            head = (head + chunk)[:_HEAD] if len(head) < _HEAD else head
            file.write(chunk)
    if not head:
        raise InputError("file_empty", f"{name} is empty.", "Choose another file.")
    start = _STARTS.get(Path(name).suffix.lower())
    if (start not in head) if start else (b"\0" in head and head[:2] not in _UTF_16):
        raise InputError(
            "content_refused",
            f"{name} is not what its name says.",
            "Give it the ending of its kind.",
        )


_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


def _is(ticket: str) -> bool:
    return _TICKET.fullmatch(ticket) is not None


def gone(source: str) -> DocumentError:
    """Return the error for a file that is no longer in its folder."""
    return DocumentError(
        "file_missing",
        f"{source} is no longer in its folder.",
        "Synchronise the documents to bring the index up to date.",
    )


def not_writable(folder: Path, error: OSError) -> FolderError:
    """Return the error for a folder that takes no files."""
    return FolderError(
        "folder_not_writable",
        f"The folder {folder.name} cannot be written: {error.strerror or error}.",
        "Check its permissions and the room on its disk.",
    )
