"""A fast, deterministic encoder for tests: words that share letters share direction.

It keeps every promise of :class:`qa.datamodel.Encoder` without a model: each token's vector is
the normalised sum of hashed character trigrams, the mean vector weighs tokens by their length,
so that similar texts are similar and equal texts are equal, in every process.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np

from qa.datamodel import Encoding, Floats, Span, TooLongError

# Han, kana, Hangul and Thai are written without spaces: one character is one token there.
_TOKEN = re.compile(
    r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]"
    r"|[^\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+"
    r"|[^\w\s]"
)
_RESERVED = 4  # start, two prompt tokens, end: as a real model would spend them


class HashEncoder:
    """An :class:`qa.datamodel.Encoder`; ``calls`` and ``encoded`` count its work on passages."""

    def __init__(self, dimensions: int = 64, max_tokens: int = 512, seed: str = "hash") -> None:
        self.name = f"{seed}-encoder"
        self.fingerprint = f"{seed}-{dimensions}-{max_tokens}"
        self.dimensions = dimensions
        self.max_tokens = max_tokens
        self.calls = 0
        self.encoded = 0
        self._seed = seed

    def encode_questions(self, questions: Sequence[str]) -> list[Encoding]:
        """Encode questions; TooLongError if one is longer than ``max_tokens``."""
        for question in questions:
            self._check_length("", question)
        return [self._encode("", question) for question in questions]

    def encode_passages(self, passages: Sequence[tuple[str, str]]) -> list[Encoding]:
        """Encode (context, text) pairs; TooLongError if one is longer than ``max_tokens``."""
        self.calls += 1
        self.encoded += len(passages)
        for context, text in passages:
            self._check_length(context, text)
        return [self._encode(context, text) for context, text in passages]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text."""
        return [len(_TOKEN.findall(text)) for text in texts]

    def _check_length(self, context: str, text: str) -> None:
        if sum(self.count_tokens([context, text])) + _RESERVED > self.max_tokens:
            raise TooLongError(f"text does not fit {self.max_tokens} tokens: {text[:40]!r}")

    def _encode(self, context: str, text: str) -> Encoding:
        before = _TOKEN.findall(context)
        matches = list(_TOKEN.finditer(text))
        words = [*before, *(match.group() for match in matches)]
        spans: list[Span] = [(-1, -1)] * len(before) + [match.span() for match in matches]
        if not words:
            words, spans = [text], [(0, len(text))]
        tokens = np.stack([_vector(word.casefold(), self.dimensions, self._seed) for word in words])
        weights = np.array([_weight(word) for word in words], dtype=np.float32)
        return Encoding(
            mean=_unit(weights @ tokens),
            tokens=tokens,
            spans=np.array(spans, dtype=np.int32).reshape(-1, 2),
            weights=np.ones(len(words), dtype=np.float32),
        )


def _weight(word: str) -> float:
    """Long words say what a text is about; punctuation says nearly nothing."""
    return float(min(len(word), 12)) ** 1.5 if word[:1].isalnum() else 0.05


@lru_cache(maxsize=50_000)
def _vector(word: str, dimensions: int, seed: str) -> Floats:
    marked = f"^{word}$"
    grams = {marked[i : i + 3] for i in range(max(1, len(marked) - 2))}
    total = sum((_signs(gram, dimensions, seed) for gram in sorted(grams)), np.zeros(dimensions))
    vector = _unit(np.asarray(total, dtype=np.float32))
    vector.setflags(write=False)
    return vector


@lru_cache(maxsize=50_000)
def _signs(gram: str, dimensions: int, seed: str) -> Floats:
    digest = b""
    while len(digest) * 8 < dimensions:
        digest += blake2b(f"{seed}:{gram}:{len(digest)}".encode(errors="replace")).digest()
    bits = np.unpackbits(np.frombuffer(digest, dtype=np.uint8))[:dimensions]
    return (bits.astype(np.float32) * 2 - 1).astype(np.float32)


def _unit(vector: Floats) -> Floats:
    length = float(np.linalg.norm(vector))
    if length == 0.0:
        vector, length = np.eye(1, len(vector), dtype=np.float32)[0], 1.0
    return (vector / length).astype(np.float32)
