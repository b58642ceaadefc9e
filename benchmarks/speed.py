"""How fast, how large, and how both grow.

    python -m benchmarks.speed FOLDER ... [--sizes 1000 10000 100000] [--vectors 1000000]

The folders are BEIR folders in several languages: their passages are encoded once, and larger
indexes are drawn from the likes of them (:mod:`benchmarks.synthetic`); their questions are asked.

* throughput: the encoder and a whole sync beside a bare ONNX Runtime session on the same
  texts, already tokenised, turn by turn; a ratio of medians, of wall-clock and of processor time;
* answering beside encoding the question, memory and size on disk, recall@100 of the search by
  mean vector against exact search, at each size;
* ``--vectors``: the search by mean vector alone, in one language of that many passages.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.asking import RECALL_AT, timed
from benchmarks.beir import read_questions
from benchmarks.encodings import CachedEncoder
from benchmarks.machine import record
from benchmarks.synthetic import Real, Synthesis, real_passages, write_index
from qa.cli import ONE_THREAD
from qa.dense import Dense
from qa.encoder import OnnxEncoder, load_encoder
from qa.index import Index
from qa.models.cache import ONNX_FILE, PROMPTS
from qa.models.session import run
from qa.settings import Settings, cache_folder
from qa.sync import sync

QUESTIONS = 60
ENCODED = 48  # passages in one repetition
REPETITIONS = 5


def real_of(folders: Sequence[Path], encoder: CachedEncoder) -> dict[str, Real]:
    """Return the passages of BEIR folders, by language."""
    found: dict[str, Real] = {}
    for folder in folders:
        with tempfile.TemporaryDirectory() as home:
            sync(Path(home), folder, encoder, Settings())
            index = Index.open(Path(home), encoder)
            found |= real_passages(index)
            index.close()
    return found


def throughput(encoder: OnnxEncoder, real: Mapping[str, Real]) -> dict[str, Any]:
    """Return passages a second of encoder and sync, and of a bare session's best setting."""
    import onnxruntime

    texts = [passage.text for one in real.values() for passage in one.passages]
    texts = texts[:: len(texts) // ENCODED][:ENCODED]
    tokens = encoder.tokenizer.encode_batch([PROMPTS["document"] + text for text in texts])
    rows = [one.ids for one in tokens]
    default = onnxruntime.InferenceSession(
        str(cache_model(encoder) / ONNX_FILE), providers=["CPUExecutionProvider"]
    )
    with ThreadPoolExecutor(os.cpu_count()) as pool, tempfile.TemporaryDirectory() as home:
        numbers = iter(range(1000))
        arms: dict[str, Callable[[], object]] = {
            "bare": lambda: list(pool.map(lambda one: run(encoder.session, one), rows)),
            "bare_default": lambda: [run(default, one) for one in rows],
            "encoder": lambda: encoder.encode_passages([("", text) for text in texts]),
            "sync": lambda: _sync(Path(home) / str(next(numbers)), texts, encoder),
        }
        times = {name: [timed(arm)] for name, arm in arms.items()}
        for _ in range(REPETITIONS):
            for name, arm in arms.items():
                times[name].append(timed(arm))
    wall = {name: statistics.median(one for one, _ in of[1:]) for name, of in times.items()}
    processor = {name: statistics.median(one for _, one in of[1:]) for name, of in times.items()}
    return {
        "passages": len(texts),
        "tokens": sum(map(len, rows)),
        "passages_a_second": {name: round(1000 * ENCODED / ms, 1) for name, ms in wall.items()},
        "ratio_to_bare": {name: round(wall["bare"] / ms, 3) for name, ms in wall.items()},
        "ratio_to_bare_cpu": {
            name: round(processor["bare"] / ms, 3) for name, ms in processor.items()
        },
    }


def cache_model(encoder: OnnxEncoder) -> Path:
    """Return the folder of an encoder's model."""
    return cache_folder() / "models" / encoder.fingerprint


def _sync(home: Path, texts: Sequence[str], encoder: OnnxEncoder) -> None:
    corpus = home / "corpus"
    corpus.mkdir(parents=True)
    for number, text in enumerate(texts):
        (corpus / f"{number}.txt").write_text(text, "utf-8")
    sync(home / "index", corpus, encoder, Settings())


def answering(index: Path, questions: Sequence[str]) -> dict[str, Any]:
    """Measure one index in a process of its own."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(list(questions), file)
        file.flush()
        command = [sys.executable, "-m", "benchmarks.asking", str(index), file.name]
        env = {**os.environ, **ONE_THREAD}
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=env)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def vectors_alone(
    real: Mapping[str, Real], count: int, encoder: CachedEncoder, questions: Sequence[str]
) -> dict[str, Any]:
    """Measure the search by mean vector in one language of ``count`` passages."""
    lang = min(real)
    synthesis = Synthesis({lang: real[lang]})
    ids = np.arange(1, count + 1, dtype=np.int64)
    started = time.perf_counter()
    dense = Dense.empty("benchmark", encoder.dimensions).in_step(
        ids, 1, lambda new: synthesis.vectors(lang, synthesis.rows(lang, len(new))), {lang: ids}
    )
    built = time.perf_counter() - started
    means = [encoder.encode_questions([text])[0].mean for text in questions]
    exact, near, shares = [], [], []
    subset = ids[:-1]  # no group, so compared one by one
    for mean in means:
        exact.append(timed(partial(dense.search, mean, RECALL_AT, subset)))
        near.append(timed(partial(dense.search, mean, RECALL_AT, ids)))
        best = dense.search(mean, RECALL_AT)[0]
        shares.append(len(np.intersect1d(best, dense.search(mean, RECALL_AT, ids)[0])))
    return {
        "passages": count,
        "build_s": round(built, 1),
        "exact_cpu_ms": round(statistics.median(cpu for _, cpu in exact), 2),
        "cells_cpu_ms": round(statistics.median(cpu for _, cpu in near), 2),
        "recall@100": round(float(np.mean(shares)) / RECALL_AT, 4),
    }


def main() -> None:
    """Measure everything and record the results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--sizes", nargs="*", type=int, default=[1_000, 10_000, 100_000])
    parser.add_argument("--vectors", type=int, help="search by mean vector alone, so many")
    parser.add_argument("--cache", type=Path, default=cache_folder() / "benchmarks")
    options = parser.parse_args()
    onnx = load_encoder(Settings())
    assert isinstance(onnx, OnnxEncoder), "throughput is that of the packaged model"
    encoder = CachedEncoder(onnx, options.cache)
    real = real_of(options.folders, encoder)
    asked = [question.text for folder in options.folders for question in read_questions(folder)]
    asked = asked[:: len(asked) // QUESTIONS][:QUESTIONS]
    results: dict[str, Any] = {"load": os.getloadavg()[0], "throughput": throughput(onnx, real)}
    print(json.dumps(results), flush=True)
    results["sizes"] = []
    for size in options.sizes:
        index = options.cache / f"synthetic-{size}-{'-'.join(real)}-{onnx.fingerprint}"
        write_index(index, real, size, encoder)
        results["sizes"].append(answering(index, asked))
        print(json.dumps(results["sizes"][-1]), flush=True)
    if options.vectors:
        results["vectors"] = vectors_alone(real, options.vectors, encoder, asked)
        print(json.dumps(results["vectors"]), flush=True)
    encoder.close()
    record("speed", ("onnxruntime", "faiss-cpu", "tantivy", "numpy"), results)


if __name__ == "__main__":
    main()
