"""ZIP archives: a member is a document of its own, whose source is ``archive.zip/inner/name.pdf``.

Archives in archives are named, not opened.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from zipfile import ZipFile, ZipInfo

from qa.documents import LARGEST, SUFFIXES
from qa.documents.containers import open_zip, refusing
from qa.documents.parsed import Unreadable
from qa.text.normalise import decode

SUFFIX = ".zip"
_ARCHIVES = frozenset({SUFFIX, ".7z", ".rar", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".jar"})
_ENCRYPTED, _UTF_8 = 0x1, 0x800  # of a member's flags
_NOTHING = b"PK\x05\x06" + bytes(18)  # an archive without members
_IBM = "cp437"  # what names are in that are not said to be in UTF-8; by the standard, not in fact


@dataclass(frozen=True, slots=True)
class Contents:
    """The members that can be read, with their sizes in bytes, and why others cannot."""

    members: dict[str, int]
    failed: dict[str, str]


def list_members(path: Path) -> Contents:
    """List an archive; hidden members and kinds that are never read are left out.

    Raises Unreadable: document_corrupt, document_bomb. Raises OSError.
    """
    contents = Contents({}, {})
    with path.open("rb") as file, open_zip(file) as archive:
        entries = _entries(archive)
    for name, member in entries:
        if name.endswith("/") or _hidden(name):
            continue
        reason = _objection(name, member, contents)
        if reason:
            contents.failed[_printable(name)] = reason
        elif PurePosixPath(name).suffix.lower() in SUFFIXES:
            contents.members[name] = member.file_size
    return contents


def _entries(archive: ZipFile) -> list[tuple[str, ZipInfo]]:
    """Return the members with their names, whatever encoding these are written in."""
    members = archive.infolist()
    unsaid = [one for one in members if not one.flag_bits & _UTF_8 and not one.filename.isascii()]
    told = {id(one): name for one, name in zip(unsaid, _decoded(unsaid), strict=True)}
    return [(told.get(id(one), one.filename), one) for one in members]


def _decoded(members: list[ZipInfo]) -> list[str]:
    """Guess the encoding of names together: one alone would not tell."""
    names = [member.filename for member in members]
    joined = "\n".join(names)
    try:
        data = joined.encode(_IBM)
        if not _is_latin(joined) or _is_utf_8(data):
            decoded = decode(data).split("\n")
            return decoded if len(decoded) == len(names) else names
    except ValueError:  # what no encoding explains stays as it is
        pass
    return names


def _is_latin(text: str) -> bool:
    """Tell names with umlauts and accents from those that only seem to have box drawings."""
    odd = (char for char in text if not char.isascii())
    return all(unicodedata.name(char, "").startswith("LATIN ") for char in odd)


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _objection(name: str, member: ZipInfo, contents: Contents) -> str:
    """Return why a member is not read, or nothing."""
    if name.startswith("/") or "\\" in name or ".." in name.split("/") or ":" in name[:2]:
        return "Its name leads out of the archive; rename it there."
    if not name or name != _printable(name):
        return "Its name is not valid; rename it in the archive."
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in _ARCHIVES:
        return "It is an archive in an archive; unpack it."
    if suffix not in SUFFIXES:
        return ""
    if name in contents.members:
        return "The archive holds two files of this name; rename one of them."
    if member.flag_bits & _ENCRYPTED:
        return "It is protected by a password; unpack the archive."
    return "It has more than 64 MB; split it." if member.file_size > LARGEST else ""


def _hidden(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return parts[0] == "__MACOSX" or any(part[:1] == "." and part != ".." for part in parts)


def _printable(name: str) -> str:
    return "".join(char if char.isprintable() else "\ufffd" for char in name)


def read_member(path: Path, name: str) -> bytes:
    """Return the bytes of a member.

    Raises Unreadable: document_corrupt, document_bomb, document_unreadable (it is gone).
    Raises OSError.
    """
    found = path.stat()
    state = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
    with path.open("rb") as file:
        member = _members(path, state).get(name)
        if member is None:
            raise Unreadable("document_unreadable", "is no longer in its archive.", "Index again.")
        with refusing("ZIP archive"):
            return _unpacked(file, member)


@lru_cache(maxsize=4)
def _members(path: Path, _: tuple[int, ...]) -> dict[str, ZipInfo]:
    """Return the members of an archive, which has thousands, for whoever reads one by one."""
    with path.open("rb") as file, open_zip(file) as archive:
        return dict(reversed(_entries(archive)))


def _unpacked(file: BinaryIO, member: ZipInfo) -> bytes:
    """Return the bytes of one member without reading the list of all of them again."""
    with ZipFile(BytesIO(_NOTHING)) as archive:
        archive.fp = file
        return archive.read(member)


def located(path: Path) -> tuple[Path, str]:
    """Part a document's place below the root into the file and the member's name, "" if none."""
    for ancestor in path.parents:
        if ancestor.suffix.lower() == SUFFIX and ancestor.is_file():
            return ancestor, path.relative_to(ancestor).as_posix()
    return path, ""


def source_bytes(path: Path) -> bytes:
    """Return the bytes of a document's file: ``path`` is its source below the root.

    Raises Unreadable as :func:`read_member` does, and OSError.
    """
    file, name = located(path)
    return read_member(file, name) if name else file.read_bytes()
