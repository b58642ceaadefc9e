"""Models that are fetched by name: from a folder, a hub, or the hub's cache."""

import json
import socket
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from qa.errors import ModelError

Loaded = TypeVar("Loaded")
_MULTI_VECTOR = ("MultiVectorEncoder", "ColBERT")  # the latter is what PyLate writes


def load_model(kind: Callable[..., Loaded], model: str) -> Loaded:
    """Load a model of a class of sentence-transformers from a folder or a hub's cache.

    Raises ModelError: model_damaged, model_missing.
    """
    from safetensors import SafetensorError

    _know_hub(model)
    try:
        return kind(model, device="cpu")
    except (OSError, ValueError, TypeError, SafetensorError) as error:
        if Path(model).is_dir():
            raise ModelError(
                "model_damaged",
                f"The model in the folder {model} cannot be loaded: {error}",
                "Copy or download it again, or do without it.",
            ) from error
        why = "" if isinstance(error, OSError) else f" in a form that can be loaded: {error}"
        raise ModelError(
            "model_missing",
            f"The model {model} is neither a folder here nor in the hub's cache{why}.",
            "Check the name, go online once so that it can be fetched, or do without it.",
        ) from error


def is_multi_vector(model: str) -> bool:
    """Tell whether a model, a folder or a hub's name, says that it is a multi-vector model."""
    from transformers.utils.hub import cached_file

    _know_hub(model)
    try:
        found = cached_file(
            model,
            "config_sentence_transformers.json",
            _raise_exceptions_for_missing_entries=False,
            _raise_exceptions_for_connection_errors=False,
            _raise_exceptions_for_gated_repo=False,
        )
    except OSError:  # neither a folder nor a name that a hub could know: loading it says so
        return False
    if found is None:
        return False
    return json.loads(Path(found).read_bytes()).get("model_type") in _MULTI_VECTOR


def _know_hub(model: str) -> None:
    """Have a hub that cannot be reached asked for nothing, nor for what is a path.

    It would be tried again and again for minutes, with a line each time.

    Raises ModelError ("model_missing") if the model is a path and there is no such folder.
    """
    from huggingface_hub import constants

    if Path(model).is_dir():
        return
    if model.startswith(("/", ".", "~")):
        raise ModelError(
            "model_missing",
            f"There is no folder {model} with a model.",
            "Check the name, or do without it.",
        )
    if not _answers(constants.ENDPOINT):
        constants.HF_HUB_OFFLINE = True


@cache
def _answers(address: str) -> bool:
    where = urlsplit(address)
    try:
        port = where.port or {"http": 80}.get(where.scheme, 443)
        socket.create_connection((where.hostname or "", port), timeout=5).close()
    except OSError:
        return False
    return True
