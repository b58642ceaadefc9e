"""What a folder of documents holds: every file that could be one, and what cannot be read."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import file_digest, sha256
from pathlib import Path
from typing import ClassVar, Protocol

from pathspec import GitIgnoreSpec

from qa.datamodel import Document
from qa.documents import SUFFIXES, archive, beir, read_bytes, read_document
from qa.documents.parsed import Unreadable
from qa.errors import DocumentError, FolderError
from qa.store import FileState

IGNORE_FILE = ".qaignore"
_ALLOW = "Check its permissions."
_SUFFIXES = SUFFIXES | {archive.SUFFIX}


class Candidate(Protocol):
    """Something that becomes a document if it can be read.

    What is ``foreign`` is parsed only when it is read, by libraries that it may break.
    """

    foreign: ClassVar[bool]

    @property
    def source(self) -> str:
        """The document's source: the POSIX path below the root, or a BEIR id."""
        ...

    @property
    def state(self) -> FileState:
        """Size and time as they were listed, before anything was read."""
        ...

    def sha256(self) -> str:
        """Hash the content; raises OSError."""
        ...

    def read(self) -> Document:
        """Read the document; raises OSError and DocumentError."""
        ...


@dataclass(slots=True)
class Listing:
    """The candidates of a folder, and the reason for everything that is none by mistake.

    ``hidden`` holds folders (with a final slash) whose files could not be listed: nothing is
    known about them, least of all that they are gone.
    """

    candidates: list[Candidate] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """A file of a kind that can be read; ``path`` is absolute."""

    foreign: ClassVar[bool] = True
    path: Path
    source: str
    state: FileState
    ocr: bool = False

    def sha256(self) -> str:
        """Hash the file."""
        with self.path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()

    def read(self) -> Document:
        """Read the file; runs in a worker only (see :mod:`qa.reading`)."""
        return read_document(self.path, self.source, ocr=self.ocr)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an archive; ``path`` is the archive's, ``name`` the member's in it."""

    foreign: ClassVar[bool] = True
    path: Path
    name: str
    source: str
    state: FileState
    ocr: bool = False

    def sha256(self) -> str:
        """Hash the member."""
        return sha256(self._bytes()).hexdigest()

    def read(self) -> Document:
        """Read the member without unpacking it to the disk; runs in a worker only."""
        return read_bytes(self._bytes(), self.source, ocr=self.ocr)

    def _bytes(self) -> bytes:
        try:
            return archive.read_member(self.path, self.name)
        except Unreadable as error:
            raise DocumentError(error.code, f"{self.source} {error.message}", error.hint) from error


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a BEIR corpus."""

    foreign: ClassVar[bool] = False
    line: beir.Line
    state: FileState

    @property
    def source(self) -> str:
        """The ``_id``."""
        return self.line.source

    def sha256(self) -> str:
        """Return what was found when the line was listed."""
        return self.line.sha256

    def read(self) -> Document:
        """Read the line."""
        return beir.read_line(self.line)


def list_folder(
    root: Path, index: Path, *, ocr: bool = False, may_be_empty: bool = False
) -> Listing:
    """List a folder: hidden files, the index itself and what ``.qaignore`` names are left out.

    With ``ocr``, pages that are pictures will have their text recognised. A folder with a
    ``corpus.jsonl`` is a BEIR folder: its documents are that file's lines.

    Raises FolderError: folder_missing, folder_unreadable, folder_empty (nothing in it could be
    a document, which is taken for a mistake unless it ``may_be_empty``).
    """
    check_folder(root, index)
    with _readable(root):
        listing = _listing(root.absolute(), index, ocr=ocr)  # paths go to other processes
    if not (listing.candidates or listing.failed or may_be_empty):
        raise FolderError(
            "folder_empty",
            f"There are no documents in {root}; the index stays as it is.",
            f"Put files of these kinds there: {' '.join(sorted(_SUFFIXES))}",
        )
    return listing


def check_folder(root: Path, index: Path) -> None:
    """Refuse what cannot be a root of this index.

    Raises FolderError: folder_missing, folder_unreadable.
    """
    with _readable(root):
        _check(root, index)


@contextmanager
def _readable(root: Path) -> Iterator[None]:
    """Turn what the system says of a folder that may not be entered, or its name, into ours."""
    try:
        yield
    except OSError as error:
        raise FolderError(
            "folder_unreadable",
            f"The folder {_printable(str(root))} cannot be read: {error.strerror}.",
            "Check its name and its permissions.",
        ) from error


def _check(root: Path, index: Path) -> None:
    if not root.is_dir():
        name = _printable(str(root))
        raise FolderError(
            "folder_missing",
            f"{name} is not a folder." if root.exists() else f"There is no folder {name}.",
            "Name the folder that holds the documents: qa index FOLDER",
        )
    for folder in map(str, (root.resolve(), index.resolve())):
        if folder != _printable(folder):  # the store and the search engine take UTF-8 only
            raise FolderError(
                "folder_unreadable",
                f"The name of the folder {_printable(folder)} is not valid UTF-8.",
                "Rename it, or choose another one.",
            )


def _listing(root: Path, index: Path, *, ocr: bool) -> Listing:
    corpus = root / beir.FILE_NAME
    return _list_corpus(corpus) if corpus.is_file() else _Walk(root, index, ocr=ocr).listing()


def _list_corpus(path: Path) -> Listing:
    lines, broken = beir.list_lines(path)
    mtime_ns = path.stat().st_mtime_ns
    candidates: list[Candidate] = [
        Line(line, FileState(line.size, mtime_ns, line.sha256)) for line in lines
    ]
    return Listing(candidates, broken)


class _Walk:
    """One walk over a folder."""

    def __init__(self, root: Path, index: Path, *, ocr: bool) -> None:
        self._root = root
        self._ocr = ocr
        self._real_root = root.resolve()
        self._index = index.resolve()
        ignore = root / IGNORE_FILE
        text = ignore.read_text("utf-8-sig", errors="replace") if ignore.is_file() else ""
        try:
            self._ignored = GitIgnoreSpec.from_lines(text.splitlines())
        except ValueError as error:  # left out, the line might let in what was to be hidden
            raise FolderError(
                "ignore_invalid",
                f"{ignore} has a line that is not a pattern ({error}).",
                "Mend or delete that line; the syntax is that of .gitignore.",
            ) from error
        self._listing = Listing()

    def listing(self) -> Listing:
        for source, path in self._paths():
            self._look_at(path, source)
        return self._listing

    def _paths(self) -> Iterator[tuple[str, Path]]:
        """Yield source and path of what may be read, by its name."""
        for name, folders, files in os.walk(self._root, onerror=self._unlistable):
            folder = Path(name)
            prefix = "" if folder == self._root else f"{self._source(folder)}/"
            folders[:] = sorted(
                child
                for child in folders
                if self._wanted(f"{prefix}{child}/") and (folder / child).resolve() != self._index
            )
            for child in sorted(files):
                kind = os.path.splitext(child)[1].lower()  # noqa: PTH122 - of very many
                if kind in _SUFFIXES and self._wanted(prefix + child):
                    yield prefix + child, folder / child

    def _source(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()

    def _wanted(self, source: str) -> bool:
        name = source.rstrip("/").rpartition("/")[2]
        hidden = name.startswith(".")
        return not (hidden or (self._ignored and self._ignored.match_file(source)))

    def _unlistable(self, error: OSError) -> None:
        path = Path(os.fsdecode(error.filename))
        if path == self._root:
            raise FolderError(
                "folder_unreadable",
                f"The folder {path} cannot be listed: {error.strerror}.",
                "Check its permissions.",
            ) from error
        folder = f"{self._source(path)}/"
        self._listing.hidden += (folder,)
        reason = f"It cannot be listed: {error.strerror}. {_ALLOW}"
        self._listing.failed[_printable(folder)] = reason

    def _look_at(self, path: Path, source: str) -> None:
        if source != _printable(source):
            reason = "Its name is not valid UTF-8; rename it."
            self._listing.failed[_printable(source)] = reason
            return
        try:
            found = path.lstat()
            if stat.S_ISLNK(found.st_mode):
                if not path.resolve(strict=True).is_relative_to(self._real_root):
                    reason = "It is a link that leads out of the folder. Copy the file here."
                    self._listing.failed[source] = reason
                    return
                found = path.stat()
        except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
            what = error.strerror if isinstance(error, OSError) else "links in a circle"
            self._listing.failed[source] = f"It cannot be opened: {what}. Mend or remove the link."
            return
        if not stat.S_ISREG(found.st_mode):
            reason = f"It is not a regular file. Move it, or name it in {IGNORE_FILE}."
            self._listing.failed[source] = reason
            return
        state = FileState(found.st_size, found.st_mtime_ns)
        if source.lower().endswith(archive.SUFFIX):
            self._look_into(path, source, state)
        else:
            self._listing.candidates.append(File(path, source, state, self._ocr))

    def _look_into(self, path: Path, source: str, state: FileState) -> None:
        """List the members of an archive; what is left out of folders is left out of it too."""
        try:
            contents = archive.list_members(path)
        except Unreadable as error:
            self._listing.failed[source] = f"{source} {error.message} {error.hint}".strip()
            return
        except OSError as error:
            self._listing.hidden += (f"{source}/",)
            self._listing.failed[source] = f"It cannot be opened: {error.strerror}. {_ALLOW}"
            return
        for name, size in contents.members.items():
            inner = f"{source}/{name}"
            if self._wanted(inner):
                changed = FileState(size, state.mtime_ns)
                self._listing.candidates.append(Member(path, name, inner, changed, self._ocr))
        failed = {f"{source}/{name}": why for name, why in contents.failed.items()}
        self._listing.failed |= {
            one: why for one, why in failed.items() if not self._ignored.match_file(one)
        }


def _printable(name: str) -> str:
    return name.encode(errors="surrogateescape").decode(errors="backslashreplace")
