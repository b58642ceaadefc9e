"""The models one can choose from, with what was measured of each.

The figures come from ``benchmarks/models.py``, on one core of an Intel Xeon with AVX-512 VNNI and
AMX; on others int8 gains less.
"""

from dataclasses import dataclass

from qa.settings import DEFAULT_ENCODER


@dataclass(frozen=True, slots=True)
class Choice:
    """A model and how it is chosen.

    ``same`` and ``across`` are nDCG@10 in per cent of English questions over the whole XQuAD, with
    English and with German documents (report split); ``passages`` are encoded in a second of
    one processor, about 160 tokens each; ``question_ms`` is what a question takes it. None where
    nothing was measured.
    """

    name: str
    option: str
    what: str
    same: float | None = None
    across: float | None = None
    passages: float | None = None
    question_ms: float | None = None


CHOICES = (
    Choice(
        DEFAULT_ENCODER,
        "--backend onnx",
        "the default: about 100 languages, 8-bit weights on ONNX Runtime",
        99.6,
        97.7,
        30.0,
        8.9,
    ),
    Choice(
        DEFAULT_ENCODER,
        "--backend torch",
        "the same weights in 32 bits on torch",
        99.6,
        97.3,
        10.0,
        38.3,
    ),
    Choice("NAME or folder", "--encoder", "any model of sentence-transformers"),
    Choice("NAME or folder", "--encoder", "any multi-vector (ColBERT-like) model of it"),
    Choice("NAME or folder", "--rerank", "any cross-encoder of it, to order the best 20 hits anew"),
)
