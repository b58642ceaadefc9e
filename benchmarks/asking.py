"""Measures one index in a process of its own: times, memory, size, recall. Prints JSON.

    python -m benchmarks.asking INDEX QUESTIONS.json

QUESTIONS.json is a list of questions. Used by :mod:`benchmarks.speed`.
"""

import json
import resource
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from qa import Assistant
from qa.datamodel import Filters, Floats
from qa.dense import Dense
from qa.encoder import load_encoder
from qa.index import Index
from qa.settings import Settings
from qa.tokens import expand, late_scores, similarities

WARM_UP = 5
RECALL_AT = 100
DENSE = "search_dense"
OF_INDEX = ("search_lexical", "token_codes", "vectors", "passages", "document")


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return wall-clock and processor milliseconds of one call."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - processor)


class Clock:
    """Adds up the time spent in some methods of an index and of its dense part.

    What threads do side by side counts in full.
    """

    def __init__(self, index: Index) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        for name in OF_INDEX:
            setattr(index, name, self._clocked(name, getattr(index, name)))
        setattr(Dense, "search", self._clocked(DENSE, Dense.search))  # noqa: B010 - frozen

    def _clocked(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def clocked(*args: Any, **options: Any) -> Any:
            started = time.perf_counter()
            try:
                return method(*args, **options)
            finally:
                self.spent[name] += 1000 * (time.perf_counter() - started)

        return clocked


def latency(assistant: Assistant, questions: Sequence[str]) -> dict[str, Any]:
    """Return medians of encoding a question and of answering it, turn by turn."""
    encoder = assistant.retriever.encoder
    for question in questions[:WARM_UP]:
        assistant.ask(question)
    clock = Clock(assistant.index)
    rows = []
    for question in questions:
        encode = timed(partial(encoder.encode_questions, [question]))
        rows.append((*encode, *timed(partial(assistant.ask, question))))
    encode_wall, encode_cpu, wall, cpu = map(list, zip(*rows, strict=True))
    return {
        "encode_ms": round(statistics.median(encode_wall), 2),
        "ask_ms": round(statistics.median(wall), 2),
        "ask_p95_ms": round(statistics.quantiles(wall, n=20)[-1], 2),
        "encode_cpu_ms": round(statistics.median(encode_cpu), 2),
        "ask_cpu_ms": round(statistics.median(cpu), 2),
        "parts_ms": {
            name: round(clock.spent[name] / len(questions), 2) for name in (DENSE, *OF_INDEX)
        },
    }


def late_interaction(assistant: Assistant, questions: Sequence[str]) -> dict[str, float]:
    """Score the candidates of each question by products of floats and as the product does.

    Returns medians of processor time, their ratio, and the largest difference of two scores.
    """
    retriever, index = assistant.retriever, assistant.index
    rows, worst = [], 0.0
    with index.reading():
        for question in questions:
            query = retriever.understand(question)
            blobs = index.token_codes(retriever.candidates(query, Filters()).ids)
            tokens, weights = query.encoding.tokens, query.encoding.weights
            floats = partial(_by_floats, tokens, weights, blobs)
            integers = partial(late_scores, tokens, weights, blobs)
            rows.append((timed(floats)[1], timed(integers)[1]))
            worst = max(worst, float(np.abs(floats() - integers()).max()))
    by_floats, by_integers = (statistics.median(one) for one in zip(*rows, strict=True))
    return {
        "floats_cpu_ms": round(by_floats, 2),
        "integers_cpu_ms": round(by_integers, 2),
        "ratio": round(by_floats / by_integers, 2),
        "largest_difference": round(worst, 5),
    }


def _by_floats(question: Floats, weights: Floats, blobs: Sequence[bytes]) -> Floats:
    table = expand(blobs, question.shape[1])
    best = np.maximum.reduceat(similarities(question, table), table.bounds[:-1], axis=1)
    return np.asarray(weights @ best / weights.sum(), np.float32)


def recall(assistant: Assistant, questions: Sequence[str]) -> dict[str, float]:
    """Return the share of the exact best 100 of each language that a search finds."""
    index, found = assistant.index, {}
    means = [assistant.retriever.encoder.encode_questions([text])[0].mean for text in questions]
    for lang in index.languages():
        ids = index.select(lang, Filters())
        exact = index.vectors(ids) @ np.stack(means, axis=1)
        best = ids[np.argsort(-exact, axis=0)[:RECALL_AT]]
        shares = [
            len(np.intersect1d(index.dense.search(mean, RECALL_AT, ids)[0], best[:, at]))
            for at, mean in enumerate(means)
        ]
        found[lang] = round(float(np.mean(shares)) / len(best), 4)
    return found


def main() -> None:
    """Measure the index and print what was found."""
    questions = json.loads(Path(sys.argv[2]).read_text("utf-8"))
    encoder = load_encoder(Settings())
    encoder.encode_questions(questions[:1])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    assistant = Assistant.open(Path(sys.argv[1]), encoder)
    opened = time.perf_counter() - started
    times = latency(assistant, questions)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    status = assistant.index.status()
    result = {
        "passages": status.passages,
        "open_s": round(opened, 2),
        **times,
        "encoder_mb": before // 1024,
        "peak_mb": memory // 1024,
        "bytes": dict(status.bytes),
        "late_interaction": late_interaction(assistant, questions),
        "recall@100": recall(assistant, questions),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
