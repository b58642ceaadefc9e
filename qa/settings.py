"""What a user may choose, and the defaults."""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

DEFAULT_ENCODER = "multilingual-e5-small"
CORPUS = Path("corpus")
INDEX = Path("index")


@dataclass(frozen=True, slots=True)
class Settings:
    """Choices stored with an index.

    ``encoder`` is the default model's name, a sentence-transformers model of a hub, or a folder.
    ``backend`` is what the default model runs on, ``onnx`` or ``torch``; all others run on torch.
    ``passage_tokens`` is the size passages aim at, in tokens of the encoder. With ``ocr``, text is
    recognised on pages that are pictures. ``threshold`` is the confidence below which nothing is
    answered, None for the one fitted on public questions. ``rerank`` is a cross-encoder that orders
    the best passages anew, of a hub or a folder; "" for none.
    """

    encoder: str = DEFAULT_ENCODER
    backend: str = "onnx"
    passage_tokens: int = 200
    ocr: bool = False
    threshold: float | None = None
    rerank: str = ""


def cache_folder() -> Path:
    """Return where unpacked models live; ``FUNDSTELLE_CACHE`` overrides the platform's place."""
    chosen = os.environ.get("FUNDSTELLE_CACHE")
    return Path(chosen) if chosen else platformdirs.user_cache_path("fundstelle")
