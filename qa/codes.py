"""Token codes: how the sign bits of a passage's token vectors lie in its blob.

u16 tokens, u16 bytes of the span table, then the codes, then the span table: the differences
between one offset and the next, 32 bits each, starts apart from ends and like bytes together,
deflated. That takes less than a byte a token.
"""

import struct
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa.datamodel import Spans
from qa.errors import IndexStateError

Codes = NDArray[np.uint8]
# The most that the codes of one passage take, in bytes; larger vectors than those of 384
# dimensions take more, rather than fewer tokens.
LARGEST = 8_000
MOST_TOKENS = 160
_SPAN_BYTES = 1.5  # a token, with something to spare
_HEADER = struct.Struct("<HH")
_OLD_HEADER = struct.Struct("<HB")  # of schema 2: tokens and bytes per offset, spans, codes
_OLD_OFFSETS = {2: "<i2", 4: "<i4"}


def most_tokens(code_bytes: int) -> int:
    """Return how many tokens of so many bytes a blob has room for."""
    return max(MOST_TOKENS, int((LARGEST - _HEADER.size) / (code_bytes + _SPAN_BYTES)))


def pack(codes: Codes, spans: Spans) -> bytes:
    """Return the blob of codes, shape (t, b), and spans, shape (t, 2)."""
    steps = np.diff(spans.astype(np.int32).ravel(), prepend=np.int32(0)).astype("<i4")
    table = zlib.compress(steps.view(np.uint8).reshape(-1, 2, 4).transpose(1, 2, 0).tobytes(), 9)
    return _HEADER.pack(len(spans), len(table)) + codes.tobytes() + table


def codes_of(blobs: Sequence[bytes], code_bytes: int) -> tuple[list[int], Codes]:
    """Return the number of tokens of each blob, and the codes of all, shape (n, ``code_bytes``).

    Raises IndexStateError ("index_damaged") if one is not as :func:`pack` made it.
    """
    counts, parts = [], []
    for blob in blobs:
        count, split = _measured(blob, code_bytes)
        counts.append(count)
        parts.append(blob[_HEADER.size : split])
    return counts, np.frombuffer(b"".join(parts), np.uint8).reshape(-1, code_bytes)


def spans_of(blob: bytes, code_bytes: int) -> Spans:
    """Return the spans in a blob, shape (t, 2); raises as :func:`codes_of`."""
    count, split = _measured(blob, code_bytes)
    try:
        table = np.frombuffer(zlib.decompress(blob[split:]), np.uint8).reshape(2, 4, count)
    except (zlib.error, ValueError) as error:
        raise _spoilt() from error
    steps = np.ascontiguousarray(table.transpose(2, 0, 1)).view("<i4")
    return np.cumsum(steps.ravel(), dtype=np.int32).reshape(count, 2)


def recoded(blob: bytes) -> bytes:
    """Return token codes of schema 2 as they are written today; all tokens stay."""
    count, width = _OLD_HEADER.unpack_from(blob)
    split = _OLD_HEADER.size + 2 * width * count
    spans = np.frombuffer(blob[_OLD_HEADER.size : split], _OLD_OFFSETS[width])
    return pack(np.frombuffer(blob[split:], np.uint8), spans.reshape(-1, 2).astype(np.int32))


def _measured(blob: bytes, code_bytes: int) -> tuple[int, int]:
    """Return a blob's number of tokens and where its span table begins."""
    if len(blob) >= _HEADER.size:
        count, table = _HEADER.unpack_from(blob)
        split = _HEADER.size + count * code_bytes
        if split + table == len(blob):
            return count, split
    raise _spoilt()


def _spoilt() -> IndexStateError:
    return IndexStateError(
        "index_damaged",
        "The index holds token vectors that cannot be read.",
        "Take out what is damaged, then read its files again: qa doctor --repair",
    )
