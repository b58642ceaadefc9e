"""ZIP containers, alone or as Office files and books, and what readers say of damaged files.

Nothing is unpacked to the disk, and nothing before its size is known.
"""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, _EndRecData  # type: ignore[attr-defined]

from lxml import etree  # type: ignore[import-untyped]

from qa.documents.parsed import Unreadable

MOST_MEMBERS = 20_000
MOST_UNPACKED = 512 * 2**20  # bytes, of all members together
_A_MEMBER = 256  # bytes in the list of members, long names among them
_SUSPICIOUS = 16 * 2**20  # bytes; smaller members may shrink as well as they like
_RATIO = 200  # of unpacked to packed size; ordinary XML reaches 30
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")

# What parsers raise when they stumble over damaged bytes.
_DAMAGE = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError),
    *(EOFError, NotImplementedError, OSError, RuntimeError, SyntaxError),
    *(BadZipFile, struct.error, zlib.error, etree.LxmlError),
)


@contextmanager
def refusing(kind: str, *own: type[Exception]) -> Iterator[None]:
    """Turn whatever parsing raises in the block into Unreadable ("document_corrupt").

    ``own`` are the exceptions of a parser that derive from none of Python's.
    """
    try:
        yield
    except Unreadable:
        raise
    except (*_DAMAGE, *own) as error:
        raise Unreadable(
            "document_corrupt",
            f"is damaged, or no {kind} at all.",
            "Open it in the program it was made with and save it again, or fetch it anew.",
        ) from error


def open_zip(file: bytes | BinaryIO, kind: str = "ZIP archive") -> ZipFile:
    """Open a container whose members are of believable number and size.

    Raises Unreadable: document_corrupt, document_encrypted, document_bomb.
    """
    if isinstance(file, bytes) and file.startswith(_OLE):
        raise Unreadable(
            "document_encrypted",
            "is protected by a password, or of an Office version before 2007.",
            "Save a copy without a password in a newer format.",
        )
    with refusing(kind):
        opened = BytesIO(file) if isinstance(file, bytes) else file
        count, listed = _announced(opened)
        if count > MOST_MEMBERS or listed > MOST_MEMBERS * _A_MEMBER:
            raise _bomb(f"would unpack to {max(count, listed // _A_MEMBER):,} files.")
        container = ZipFile(opened)
        members = container.infolist()
        unpacked = sum(member.file_size for member in members)
        swollen = any(
            member.file_size > max(_SUSPICIOUS, _RATIO * member.compress_size) for member in members
        )
    if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED or swollen:
        raise _bomb(f"would unpack to {unpacked / 2**20:,.0f} MB in {len(members):,} files.")
    return container


def _announced(file: BinaryIO) -> tuple[int, int]:
    """Return how many members a container says it has, and the bytes of the list of them.

    Listing a million members takes half a gigabyte: whether there are so many is asked before.
    """
    record = _EndRecData(file)
    file.seek(0)
    return (record[4], record[5]) if record else (0, 0)


def _bomb(what: str) -> Unreadable:
    hint = "If it is meant to be so large, unpack it and split it."
    return Unreadable("document_bomb", what, hint)


def parse_xml(data: bytes) -> etree._Element:
    """Parse XML without entities, external files and network; raises etree.XMLSyntaxError."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    return etree.fromstring(data, parser)
