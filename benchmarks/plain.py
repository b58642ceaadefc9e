"""The packaged model's mean vectors as embedding benchmarks measure them, by our own harness.

    python -m benchmarks.plain FOLDER ... [--backend torch] [--no-record]

Without the adapter. Whole documents and all questions of BEIR folders are encoded, and cut where
the model cannot read more, as sentence-transformers and so MTEB do; documents are ranked by cosine.
Test sets, measures and intervals are those of ``qa eval``.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.encodings import packaged_encoder
from benchmarks.machine import RESULTS, provenance, record
from qa import measures, stats
from qa.datamodel import Floats
from qa.encoder import OnnxEncoder, SentenceTransformerEncoder, mean
from qa.models.cache import PROMPTS
from qa.models.session import run
from qa.testsets.reading import read

MEASURES = ("nDCG@10", "Success@1")
KEYS = ("set", "backend")
DEPTH = 100
Encode = Callable[[Sequence[str]], Any]


def encoder_for(backend: str) -> Encode:
    """Return what gives texts with their prompt unit vectors, shape (n, d)."""
    encoder = packaged_encoder(backend)
    if isinstance(encoder, SentenceTransformerEncoder):
        return partial(encoder.model.encode, batch_size=32)
    assert isinstance(encoder, OnnxEncoder)
    return partial(cut_and_encoded, encoder)


def cut_and_encoded(encoder: OnnxEncoder, texts: Sequence[str]) -> Floats:
    """Return the unit mean vector of each text, shape (n, d); the encoder itself cuts nothing."""
    limit = encoder.max_tokens
    tokens = [one.ids for one in encoder.tokenizer.encode_batch(list(texts))]
    ids = [one if len(one) <= limit else [*one[: limit - 1], one[-1]] for one in tokens]
    with ThreadPoolExecutor(encoder.jobs) as pool:
        return np.stack([*pool.map(lambda one: mean(run(encoder.session, one)), ids)])


def rankings(encode: Encode, folder: Path, questions: Sequence[str]) -> list[list[str]]:
    """Return the ids of the nearest documents of a BEIR folder for each question, best first."""
    lines = (folder / "corpus.jsonl").read_text("utf-8").splitlines()
    corpus = [json.loads(line) for line in lines]
    texts = [f"{one.get('title', '')} {one['text']}".strip() for one in corpus]
    documents = encode([PROMPTS["document"] + text for text in texts])
    scores = encode([PROMPTS["query"] + text for text in questions]) @ documents.T
    order = np.argsort(-scores, axis=1, kind="stable")[:, :DEPTH]
    return [[corpus[row]["_id"] for row in rows] for rows in order]


def evaluate(encode: Encode, folder: Path) -> dict[str, Any]:
    """Return the measures of all answerable questions of a folder with their intervals."""
    questions = [one for one in read(folder).questions if one.answerable]
    ranked = rankings(encode, folder, [one.text for one in questions])
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
    others = [one for one in known if any(one[name] != found[name] for name in KEYS)]
    packages = ("onnxruntime", "sentence-transformers", "torch", "numpy")
    record("plain", packages, {"sets": [*others, provenance() | found]})


def main() -> None:
    """Measure the folders named on the command line and record the results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.plain")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--backend", default="onnx", choices=["onnx", "torch"])
    parser.add_argument("--no-record", action="store_true", help="print only")
    options = parser.parse_args()
    encode = encoder_for(options.backend)
    for folder in options.folders:
        found = {"backend": options.backend} | evaluate(encode, folder)
        show(found)
        if not options.no_record:
            keep(found)


if __name__ == "__main__":
    main()
