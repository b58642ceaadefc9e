"""What ``qa models`` says of the packaged model: quality and speed on each backend.

    python -m benchmarks.models DATA [--cache DIR]

DATA holds the BEIR folders xquad-en-en and xquad-docs_de-questions_en. Speed is that of one
processor, backends turn by turn; the figures stand in :mod:`qa.choices`.
"""

import argparse
import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from benchmarks.asking import timed
from benchmarks.beir import read_questions
from benchmarks.encodings import CachedEncoder, packaged_encoder
from benchmarks.quality import evaluate, show
from qa.datamodel import Encoder
from qa.encoder import load_encoder
from qa.settings import Settings, cache_folder

BACKENDS = ("onnx", "torch")
SETS = ("xquad-en-en", "xquad-docs_de-questions_en")
TIMED = 15

Work = Callable[[Encoder, str], object]
WORKS: Mapping[str, Work] = {
    "passage": lambda encoder, text: encoder.encode_passages([("", text)]),
    "question": lambda encoder, text: encoder.encode_questions([text]),
}


def speed(encoders: Mapping[str, Encoder], work: Work, texts: Sequence[str]) -> dict[str, float]:
    """Return the median milliseconds of processor time that each backend takes for a text."""
    times: dict[str, list[float]] = {name: [] for name in encoders}
    for text in texts[:: len(texts) // TIMED][:TIMED]:
        for name, encoder in encoders.items():
            times[name].append(timed(partial(work, encoder, text))[1])
    return {name: statistics.median(of[1:]) for name, of in times.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.models")
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path, default=cache_folder() / "benchmarks")
    options = parser.parse_args()
    encoders = {name: load_encoder(Settings(backend=name), jobs=1) for name in BACKENDS}
    lines = (options.data / SETS[0] / "corpus.jsonl").read_text("utf-8").splitlines()
    texts = {
        "passage": [json.loads(line)["text"] for line in lines],
        "question": [question.text for question in read_questions(options.data / SETS[0])],
    }
    for kind, work in WORKS.items():
        for name, took in speed(encoders, work, texts[kind]).items():
            print(f"{name}: a {kind} {took:.1f} ms, {1000 / took:.1f} a second")
    for name, encoder in encoders.items():
        print(name)
        cached = CachedEncoder(encoder, options.cache)
        packaged = CachedEncoder(packaged_encoder(name), options.cache)
        for folder in SETS:
            show(evaluate(options.data / folder, "report", cached, packaged))
        cached.close()
        packaged.close()


if __name__ == "__main__":
    main()
