"""The ONNX Runtime session of a model folder, shared by the encoder and sentence-transformers."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qa.datamodel import Floats
from qa.errors import ModelError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


def session_of(model: str | bytes) -> "InferenceSession":
    """Open a graph, a file's path or its bytes, with one thread a call: callers run in parallel.

    Measured on two cores, one thread in each of two callers encodes a fifth more passages a
    second than two threads in one caller, and a short question takes the same time.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, ["CPUExecutionProvider"])


def open_session(path: Path) -> "InferenceSession":
    """Open the graph of a model folder.

    Raises:
        ModelError: if ONNX Runtime cannot read the graph.
    """
    from onnxruntime.capi import onnxruntime_pybind11_state as errors

    refusals = (errors.Fail, errors.InvalidArgument, errors.InvalidProtobuf, errors.NoSuchFile)
    try:
        return session_of(str(path))
    except refusals as error:
        raise ModelError(
            "model_damaged",
            f"ONNX Runtime cannot open {path.name}: {str(error).splitlines()[0]}",
            f"Delete the folder {path.parent} and run the command again.",
        ) from error


def run(session: "InferenceSession", ids: Sequence[int]) -> Floats:
    """Return the token embeddings of one text, shape (t, d)."""
    vectors: Floats = session.run(None, {"input_ids": np.array([ids], np.int64)})[0][0]
    return vectors
