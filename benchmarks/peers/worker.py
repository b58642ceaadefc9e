"""One system in a process of its own: reads requests from stdin, answers on stdout, as JSON.

    python -m benchmarks.peers.worker NAME MODEL CACHE

Requests: ``{"do": "index", "units": [[doc, text], ...], "chunk": true, "timed": true}`` and
``{"do": "search", "question": "...", "k": 30, "timed": true}``. Untimed requests may take
vectors from the cache, which all libraries share, since all use the same model on torch: so that
quality can be measured on whole collections. Timed ones encode.
"""

import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np

PACKAGES = {
    "LangChain": "langchain-community",
    "LlamaIndex": "llama-index-core",
    "Haystack": "haystack-ai",
    "txtai": "txtai",
    "Chroma": "chromadb",
    "Fundstelle": "fundstelle",
}


class SharedVectors:
    """Puts a memory in front of ``SentenceTransformer.encode``; off while something is timed."""

    def __init__(self, path: Path) -> None:
        from sentence_transformers import SentenceTransformer

        self.on = True
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=60)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("CREATE TABLE IF NOT EXISTS vectors (text TEXT PRIMARY KEY, vector BLOB)")
        self._encode = SentenceTransformer.encode
        memory = self

        def encode(model: Any, inputs: Any, *args: Any, **options: Any) -> Any:
            if not memory.on:
                return memory._encode(model, inputs, *args, **options)
            return memory.remembered(model, inputs, *args, **options)

        SentenceTransformer.encode = encode  # type: ignore[method-assign,assignment]

    def remembered(self, model: Any, inputs: Any, *args: Any, **options: Any) -> Any:
        texts = [inputs] if isinstance(inputs, str) else list(inputs)
        name = options.get("prompt_name")
        prompt = options.get("prompt") or (model.prompts[name] if name else "")
        keys = [prompt + text for text in texts]
        found = {key: self._vector(key) for key in keys}
        missing = [key for key, vector in found.items() if vector is None]
        if missing:
            for key, vector in zip(missing, self._encode(model, missing, prompt=""), strict=True):
                found[key] = np.asarray(vector, np.float32)
                row = (key, found[key].tobytes())
                self._db.execute("INSERT OR IGNORE INTO vectors VALUES (?, ?)", row)
        vectors: Any = np.stack([found[key] for key in keys])
        if options.get("convert_to_tensor"):
            import torch

            vectors = torch.from_numpy(vectors)
        return vectors[0] if isinstance(inputs, str) else vectors

    def _vector(self, key: str) -> Any:
        row = self._db.execute("SELECT vector FROM vectors WHERE text = ?", (key,)).fetchone()
        return None if row is None else np.frombuffer(row[0], np.float32)


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Return what a call gives, its wall-clock and its processor seconds."""
    wall, processor = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - wall, time.process_time() - processor


def answer(system: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Carry out one request."""
    if request["do"] == "search":
        docs, wall, cpu = timed(lambda: system.search(request["question"], request["k"]))
        return {"docs": docs, "wall": wall, "cpu": cpu}
    units = [tuple(unit) for unit in request["units"]]
    if request.get("chunk"):
        units = system.chunk(units)
    _, wall, cpu = timed(lambda: system.index(units))
    return {"units": len(units), "wall": wall, "cpu": cpu}


class Memory(Protocol):
    """What is off while something is timed."""

    on: bool


def build(name: str, model: str, cache: str) -> tuple[Any, Memory]:
    """Return the system and its memory of vectors."""
    if name == "Fundstelle":
        from benchmarks.peers.ours import Fundstelle

        ours = Fundstelle(Path(cache))
        return ours, ours
    memory = SharedVectors(Path(cache) / "peers-vectors.db")
    from benchmarks.peers.libraries import LIBRARIES

    return LIBRARIES[name](model), memory


def main() -> None:
    """Answer requests until stdin ends. Whatever a library prints goes to stderr."""
    name, model, cache = sys.argv[1:4]
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    system, memory = build(name, model, cache)
    print(json.dumps({"ready": name, "version": version(PACKAGES[name])}), file=out, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        memory.on = not request.get("timed", False)
        print(json.dumps(answer(system, request)), file=out, flush=True)


if __name__ == "__main__":
    main()
