"""Indexes of any size without encoding: new passages drawn from the likes of real ones.

Real passages of several languages are encoded once. A new one takes

* a mean vector halfway between a real one and the Gaussian of its language (the language's mean,
  the covariance within all languages), so that neighbourhoods are as dense as real ones;
* the token codes of that real passage, as they are: their number and size is what takes time;
* as many characters of text, put together from pieces of the language's real passages. Words cut
  at the joints are the many rare words that a large collection has.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import numpy as np

from qa.datamodel import Document, Encoder, Filters, Floats, Passage
from qa.files import write_lock
from qa.header import Header
from qa.index import Index, bring_in_step
from qa.settings import Settings
from qa.store import FileState, PassageRow
from qa.writer import Writer

PER_DOCUMENT = 10
_PIECE = 40  # characters
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Real:
    """The real passages of one language with their vectors (n, d) and token codes."""

    passages: Sequence[Passage]
    vectors: Floats
    codes: Sequence[bytes]

    @property
    def pieces(self) -> list[str]:
        texts = [passage.text for passage in self.passages]
        return [text[at : at + _PIECE] for text in texts for at in range(0, len(text), _PIECE)]


def real_passages(index: Index) -> dict[str, Real]:
    """Return the passages of an index, by language."""
    found = {}
    with index.reading():
        for lang in index.languages():
            ids = index.select(lang, Filters())
            found[lang] = Real(index.passages(ids), index.vectors(ids), index.token_codes(ids))
    return found


class Synthesis:
    """A stream of new passages, the same for the same seed."""

    def __init__(self, real: Mapping[str, Real], seed: int = 1) -> None:
        self._real = real
        self._random = random.Random(seed)  # noqa: S311
        self._numbers = np.random.default_rng(seed)
        self._centres = {lang: one.vectors.mean(axis=0) for lang, one in real.items()}
        within = [one.vectors - self._centres[lang] for lang, one in real.items()]
        pooled = np.concatenate(within)
        self._within = (pooled / np.sqrt(len(pooled))).astype(np.float32)
        self._pieces = {lang: one.pieces for lang, one in real.items()}

    def vectors(self, lang: str, rows: Sequence[int]) -> Floats:
        """Return new mean vectors like the real ones of ``rows``, unit length, (n, d)."""
        centre = self._centres[lang]
        noise = self._numbers.standard_normal((len(rows), len(self._within)), np.float32)
        near = (self._real[lang].vectors[list(rows)] - centre) * np.sqrt(0.5)
        drawn: Floats = centre + near + noise @ self._within * np.float32(np.sqrt(0.5))
        return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), np.float32)

    def rows(self, lang: str, count: int) -> list[int]:
        """Return which real passages the next ones are drawn from."""
        return self._random.choices(range(len(self._real[lang].passages)), k=count)

    def text(self, lang: str, length: int) -> str:
        """Return a new text of ``length`` characters."""
        pieces = self._random.choices(self._pieces[lang], k=2 + 2 * length // _PIECE)
        return "".join(pieces)[:length].ljust(length, ".")

    def documents(self, lang: str, count: int) -> Iterator[tuple[str, list[int]]]:
        """Yield the text of each document and the real rows of its passages."""
        for _ in range(count):
            rows = self.rows(lang, PER_DOCUMENT)
            lengths = [len(self._real[lang].passages[row].text) for row in rows]
            yield "\n".join(self.text(lang, length) for length in lengths), rows


def write_index(folder: Path, real: Mapping[str, Real], count: int, encoder: Encoder) -> None:
    """Write an index of ``count`` passages, equally many in each language, and its parts.

    Where there is one already, only its parts are made those of today's code.
    """
    there = folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    with write_lock(folder):
        writer = Writer(folder)
        if not there:
            _write(writer, real, count, encoder)
        bring_in_step(folder, writer)
        writer.close()


def _write(writer: Writer, real: Mapping[str, Real], count: int, encoder: Encoder) -> None:
    identity = (encoder.name, encoder.fingerprint, encoder.dimensions)
    writer.set_header(Header(uuid4().hex, "synthetic", Settings(), *identity))
    synthesis = Synthesis(real)
    for lang, one in real.items():
        documents = count // len(real) // PER_DOCUMENT
        for at in range(0, documents, _BATCH):
            batch = synthesis.documents(lang, min(_BATCH, documents - at))
            _put(writer, synthesis, one, lang, at, list(batch))
    writer.checkpoint()


def _put(
    writer: Writer,
    synthesis: Synthesis,
    real: Real,
    lang: str,
    first: int,
    batch: Sequence[tuple[str, list[int]]],
) -> None:
    rows = [row for _, of in batch for row in of]
    keys = [f"{lang}{first:08d}{at:08d}".encode() for at in range(len(rows))]
    vectors = synthesis.vectors(lang, rows)
    codes = [real.codes[row] for row in rows]
    writer.add_encodings(zip(keys, vectors, codes, strict=True))
    for number, (text, of) in enumerate(batch):
        name = f"{lang}/{first + number:06d}.txt"
        document = Document(f"{lang}{first + number}", name, name, text, "0" * 64, lang)
        mine = keys[number * PER_DOCUMENT : (number + 1) * PER_DOCUMENT]
        spans = _spans([len(real.passages[row].text) for row in of])
        passages = [
            PassageRow(start, end, text[start:end], lang, None, (), key)
            for (start, end), key in zip(spans, mine, strict=True)
        ]
        writer.put(document, FileState(len(text), 0), passages)


def _spans(lengths: Sequence[int]) -> Iterator[tuple[int, int]]:
    start = 0
    for length in lengths:
        yield start, start + length
        start += length + 1
