"""Compressed token vectors of passages, and late interaction (MaxSim) over them.

A token vector of d dimensions is rotated at random and kept as d sign bits: 48 bytes at 384
dimensions instead of 1,536. The question's vectors stay as they are, so that
``sum(q * sign(x)) / sqrt(d)`` estimates ``cos(q, x) * sqrt(2 / pi)`` (Charikar 2002).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qa.codes import Codes, codes_of, most_tokens, pack, spans_of
from qa.datamodel import Encoding, Floats, Spans
from qa.models.session import session_of

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_SEED = 20240410
_BYTE_SIGNS = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1) * np.float32(2) - 1
# Tokens scored at a time: their unpacked bits stay in the processor's cache.
_PORTION = 2_000
_LEVELS = 127  # on each side of zero, of a question's vectors


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
    """Return the token codes of a passage, at most 8 kB at 384 dimensions, without its mean.

    Of a long passage the tokens that tell least are left out, such as commas and articles.
    """
    turned = encoding.tokens @ rotation(encoding.tokens.shape[1])
    codes, spans = np.packbits(turned > 0, axis=1), encoding.spans
    most = most_tokens(codes.shape[1])
    if len(codes) > most:
        kept = np.sort(np.argsort(-encoding.weights, kind="stable")[:most])
        codes, spans = codes[kept], spans[kept]
    return pack(codes, spans)


def expand(blobs: Sequence[bytes], dimensions: int) -> TokenTable:
    """Return the token vectors behind ``blobs``, which come from :func:`compress`.

    Raises IndexStateError ("index_damaged") if one does not.
    """
    width = _code_bytes(dimensions)
    counts, codes = codes_of(blobs, width)
    # One row of eight signs a byte: several times faster than unpacking bits and scaling them.
    signs = np.take(_BYTE_SIGNS, codes, axis=0).reshape(len(codes), 8 * width)
    spans = [np.empty((0, 2), np.int32), *(spans_of(blob, width) for blob in blobs)]
    bounds = np.cumsum([0, *counts])
    return TokenTable(signs[:, :dimensions], np.concatenate(spans), bounds)


def similarities(question: Floats, table: TokenTable) -> Floats:
    """Return the estimated cosine of each question token with each passage token, (t, n)."""
    dimensions = question.shape[1]
    turned = question @ rotation(dimensions) * _scale(dimensions)
    return np.asarray(turned @ table.signs.T, np.float32)


def shared_part(blobs: Sequence[bytes], dimensions: int, prior: int) -> Floats:
    """Return what the token vectors behind ``blobs`` have in common, shape (d,).

    In a collection about one subject it says nothing about which passage answers. It is believed
    as far as the passages outnumber ``prior``.
    """
    _, codes = codes_of(blobs, _code_bytes(dimensions))
    if not len(codes):
        return np.zeros(dimensions, np.float32)
    share = len(blobs) / (len(blobs) + prior) * _scale(dimensions)
    bits = np.unpackbits(codes, axis=1, count=dimensions).mean(axis=0)
    return np.asarray(share * ((2 * bits - 1) @ rotation(dimensions).T), np.float32)


def centred(question: Floats, shared: Floats) -> Floats:
    """Take ``shared`` (d,) away from question tokens (t, d); rows keep unit length."""
    moved = question - shared
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), np.float32)


def late_scores(question: Floats, weights: Floats, blobs: Sequence[bytes]) -> Floats:
    """Return MaxSim of a question's token vectors (t, d) with each passage, shape (n,).

    The mean over question tokens, weighted by ``weights`` (t,), of the best cosine with any
    token of the passage (Khattab and Zaharia 2020); 0 where either side has no token vectors.
    The question's vectors are rounded to 255 levels, which moves a score by less than 0.001:
    integer products with bits are several times faster than products of floats.

    Raises IndexStateError ("index_damaged") if a blob does not come from :func:`compress`.
    """
    dimensions = question.shape[1]
    found, codes = codes_of(blobs, _code_bytes(dimensions))
    counts = np.array(found, np.int64)
    scores = np.zeros(len(blobs), np.float32)
    if not len(question) or not len(codes):
        return scores
    turned = question @ rotation(dimensions)
    step = np.abs(turned).max(axis=1) / _LEVELS
    levels = np.rint(turned / step[:, None]).astype(np.int8)
    filled = np.flatnonzero(counts)
    starts = (np.cumsum(counts) - counts)[filled]
    best = np.concatenate(_best_products(levels, codes, starts))
    # With bits for signs: sum(q * sign) = 2 * sum(q * bit) - sum(q).
    cosines = (2 * best - levels.sum(axis=1, dtype=np.int32)) * (step * _scale(dimensions))
    scores[filled] = cosines @ weights / weights.sum()
    return scores


def _best_products(
    levels: NDArray[np.int8], codes: Codes, starts: NDArray[np.int64]
) -> list[NDArray[np.int32]]:
    """Return, for some passages at a time, the best product with each question token, (p, t)."""
    session, columns = _products(), np.ascontiguousarray(levels.T)
    ends = np.append(starts, len(codes))

    def best(first: int, last: int) -> NDArray[np.int32]:
        flat = np.unpackbits(codes[ends[first] : ends[last]])  # faster than row by row
        bits = np.ascontiguousarray(flat.reshape(-1, 8 * codes.shape[1])[:, : len(columns)])
        products = session.run(None, {"bits": bits, "levels": columns})[0]
        return np.maximum.reduceat(products, starts[first:last] - starts[first], axis=0)

    portions = np.searchsorted(starts, np.arange(0, len(codes), _PORTION))
    edges = np.unique(np.append(portions, len(starts))).tolist()
    return [best(first, last) for first, last in pairwise(edges)]


@cache
def _products() -> "InferenceSession":
    """Return ONNX Runtime's integer matrix product, (n, d) bits by (d, t) levels.

    Products of bits cannot overflow on processors without VNNI either.
    """
    from onnx import TensorProto, helper

    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["bits", "levels"], ["products"])],
        "products",
        [
            helper.make_tensor_value_info("bits", TensorProto.UINT8, ["n", "d"]),
            helper.make_tensor_value_info("levels", TensorProto.INT8, ["d", "t"]),
        ],
        [helper.make_tensor_value_info("products", TensorProto.INT32, ["n", "t"])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 10)], ir_version=10)
    return session_of(model.SerializeToString())


def _code_bytes(dimensions: int) -> int:
    return -(-dimensions // 8)


def _scale(dimensions: int) -> float:
    """Return by what a sum over signs is multiplied to estimate a cosine."""
    return math.sqrt(math.pi / 2 / dimensions)


@cache
def rotation(dimensions: int) -> Floats:
    """Return the random orthogonal matrix (d, d) that all codes of a size share."""
    gaussian = np.random.default_rng(_SEED).standard_normal((dimensions, dimensions))
    factor = np.linalg.qr(gaussian)
    # The signs of a QR factor are the library's choice: fix them, so that all machines agree.
    fixed = factor.Q * np.sign(np.diag(factor.R))
    return np.ascontiguousarray(fixed[:, :dimensions], np.float32)
