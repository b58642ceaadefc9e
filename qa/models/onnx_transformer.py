"""The ONNX graph as a sentence-transformers module, for those who use that API.

``SentenceTransformer(folder, trust_remote_code=True)`` loads it from the unpacked model folder.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import torch
from sentence_transformers.base.modules.input_module import InputModule
from transformers import PreTrainedTokenizerFast

from qa.models.cache import ONNX_FILE
from qa.models.session import open_session, run


class OnnxTransformer(InputModule):
    """First module of the default model: tokenises, and runs the graph on ONNX Runtime."""

    def __init__(self, folder: str) -> None:
        """Open the tokenizer and the graph in an unpacked model folder."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.folder = folder
        self.tokenizer: PreTrainedTokenizerFast = PreTrainedTokenizerFast.from_pretrained(folder)
        self.session = open_session(Path(folder) / ONNX_FILE)
        self.max_seq_length = self.tokenizer.model_max_length

    def preprocess(
        self, inputs: Sequence[Any], prompt: str | None = None, **_: Any
    ) -> dict[str, torch.Tensor]:
        """Return input_ids and attention_mask, both (b, t), cut at ``max_seq_length``."""
        texts = self._prepend_prompt(list(inputs), prompt or "")
        tokens = self.tokenizer(texts, padding=True, truncation=True, return_tensors="pt")
        return {key: tokens[key] for key in ("input_ids", "attention_mask")}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Add token_embeddings, shape (b, t, d), to ``features``."""
        ids, mask = (features[key].cpu() for key in ("input_ids", "attention_mask"))
        texts = [row[real.bool()].tolist() for row, real in zip(ids, mask, strict=True)]
        vectors = [torch.from_numpy(run(self.session, text)) for text in texts]
        features["token_embeddings"] = torch.nn.utils.rnn.pad_sequence(vectors, batch_first=True)
        return features

    def get_embedding_dimension(self) -> int:
        """Return the width of the token embeddings."""
        return int(self.session.get_outputs()[0].shape[-1])

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Refuse: the folder is derived from the packaged weights, copy it instead."""
        raise NotImplementedError(f"copy the folder {self.folder} to {output_path} instead")

    @classmethod
    def load(cls, model_name_or_path: str, *_: Any, **__: Any) -> Self:
        """Open the module from an unpacked model folder."""
        return cls(model_name_or_path)
