"""Compressed token vectors of passages, and late interaction (MaxSim) over them.

A token vector of d dimensions is rotated at random and kept as d sign bits: 48 bytes at 384
dimensions instead of 1,536. The question's vectors stay as they are, so that
``sum(q * sign(x)) / sqrt(d)`` estimates ``cos(q, x) * sqrt(2 / pi)`` (Charikar 2002).

Blob: u16 tokens, u8 bytes per offset; then the spans (t, 2), then the codes (t, d / 8).
"""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from qa.datamodel import Encoding, Floats, Spans

_HEADER = struct.Struct("<HB")
_OFFSETS = {2: "<i2", 4: "<i4"}
_SEED = 20240410
_SIGN_TO_COSINE = math.sqrt(math.pi / 2)
_BYTE_SIGNS = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1) * np.float32(2) - 1


@dataclass(frozen=True, slots=True)
class TokenTable:
    """Token vectors of several passages, one after the other.

    ``signs`` (n, d) holds +1 and -1 in the rotated space; passage i owns rows
    ``bounds[i]:bounds[i + 1]``; ``spans`` (n, 2) are offsets in the passage's text, (-1, -1) for
    tokens of its context.
    """

    signs: Floats
    spans: Spans
    bounds: NDArray[np.int64]


def compress(encoding: Encoding) -> bytes:
    """Return the token codes of a passage; its mean vector is kept elsewhere."""
    spans = encoding.spans
    width = 4 if len(spans) and spans.max() >= 2**15 else 2
    codes = np.packbits(encoding.tokens @ rotation(encoding.tokens.shape[1]) > 0, axis=1)
    head = _HEADER.pack(len(spans), width)
    return head + spans.astype(_OFFSETS[width]).tobytes() + codes.tobytes()


def expand(blobs: Sequence[bytes], dimensions: int) -> TokenTable:
    """Return the token vectors behind ``blobs``, which come from :func:`compress`."""
    spans, codes, counts = [], [], [0]
    code_bytes = -(-dimensions // 8)
    for blob in blobs:
        count, width = _HEADER.unpack_from(blob)
        split = _HEADER.size + 2 * width * count
        spans.append(np.frombuffer(blob[_HEADER.size : split], _OFFSETS[width]).reshape(-1, 2))
        codes.append(np.frombuffer(blob[split:], np.uint8).reshape(count, code_bytes))
        counts.append(count)
    # One row of eight signs a byte: several times faster than unpacking bits and scaling them.
    signs = np.take(_BYTE_SIGNS, np.concatenate(codes), axis=0)
    signs = signs.reshape(-1, 8 * code_bytes)[:, :dimensions]
    return TokenTable(signs, np.concatenate(spans).astype(np.int32), np.cumsum(counts))


def similarities(question: Floats, table: TokenTable) -> Floats:
    """Return the estimated cosine of each question token with each passage token, (t, n)."""
    dimensions = question.shape[1]
    scale = _SIGN_TO_COSINE / math.sqrt(dimensions)
    return np.asarray((question @ rotation(dimensions) * scale) @ table.signs.T, np.float32)


def shared_part(blobs: Sequence[bytes], dimensions: int, prior: int) -> Floats:
    """Return what the token vectors behind ``blobs`` have in common, shape (d,).

    In a collection about one subject it says nothing about which passage answers. It is believed
    as far as the passages outnumber ``prior``.
    """
    signs = expand(blobs, dimensions).signs if blobs else np.empty((0, dimensions), np.float32)
    if not len(signs):
        return np.zeros(dimensions, np.float32)
    share = len(blobs) / (len(blobs) + prior) * _SIGN_TO_COSINE / math.sqrt(dimensions)
    return np.asarray(share * (signs.mean(axis=0) @ rotation(dimensions).T), np.float32)


def centred(question: Floats, shared: Floats) -> Floats:
    """Take ``shared`` (d,) away from question tokens (t, d); rows keep unit length."""
    moved = question - shared
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), np.float32)


def late_scores(question: Floats, weights: Floats, blobs: Sequence[bytes]) -> Floats:
    """Return MaxSim of a question's token vectors (t, d) with each passage, shape (n,).

    The mean over question tokens, weighted by ``weights`` (t,), of the best cosine with any
    token of the passage (Khattab and Zaharia 2020); 0 where either side has no token vectors.
    """
    scores = np.zeros(len(blobs), np.float32)
    if not len(question) or not blobs:
        return scores
    table = expand(blobs, question.shape[1])
    filled = np.flatnonzero(np.diff(table.bounds))
    if len(filled):
        best = np.maximum.reduceat(similarities(question, table), table.bounds[filled], axis=1)
        scores[filled] = weights @ best / weights.sum()
    return scores


@cache
def rotation(dimensions: int) -> Floats:
    """Return the random orthogonal matrix (d, d) that all codes of a size share."""
    gaussian = np.random.default_rng(_SEED).standard_normal((dimensions, dimensions))
    factor = np.linalg.qr(gaussian)
    # The signs of a QR factor are the library's choice: fix them, so that all machines agree.
    fixed = factor.Q * np.sign(np.diag(factor.R))
    return fixed.astype(np.float32)
