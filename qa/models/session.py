"""The ONNX Runtime session of a model folder, shared by the encoder and sentence-transformers."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qa.datamodel import Floats
from qa.errors import ModelError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Batch = dict[str, NDArray[np.int64]]


def open_session(path: Path) -> "InferenceSession":
    """Open a graph with one thread a call: callers run batches in parallel instead.

    Measured on two cores, one thread in each of two callers encodes a fifth more passages a
    second than two threads in one caller, and a short question takes the same time.

    Raises:
        ModelError: if ONNX Runtime cannot read the graph.
    """
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as errors

    refusals = (errors.Fail, errors.InvalidArgument, errors.InvalidProtobuf, errors.NoSuchFile)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])
    except refusals as error:
        raise ModelError(
            "model_damaged",
            f"ONNX Runtime cannot open {path.name}: {str(error).splitlines()[0]}",
            f"Delete the folder {path.parent.name} in the model cache and run the command again.",
        ) from error


def padded(ids: Sequence[Sequence[int]], pad: int) -> Batch:
    """Return input_ids and attention_mask, both (b, longest), rows filled up with ``pad``."""
    width = max(map(len, ids))
    tokens = np.full((len(ids), width), pad, np.int64)
    mask = np.zeros((len(ids), width), np.int64)
    for row, one in enumerate(ids):
        tokens[row, : len(one)] = one
        mask[row, : len(one)] = 1
    return {"input_ids": tokens, "attention_mask": mask}


def run(session: "InferenceSession", inputs: Any) -> Floats:
    """Return the token embeddings of a batch, shape (b, t, d)."""
    hidden: Floats = session.run(None, inputs)[0]
    return hidden
