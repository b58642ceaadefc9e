"""How well sentences of other documents that say the same as an answer are told from others.

    python -m benchmarks.agreement

The sources of the project's own questions list every document that holds a fact. For each
question whose best sentence is right, the sentence of every other document among the passages
read that is most like it counts as right if it overlaps an accepted quote. Printed: AUROC, and
precision and recall of thresholds, within a language and across two. Precision is a lower bound:
a sentence may well say the same without being accepted as an answer.
"""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from benchmarks.questions import QUESTIONS, ROOT, overlaps
from qa import Assistant, Filters
from qa.agreement import likeness
from qa.answering import PASSAGES_READ, Candidate, candidates, gather
from qa.assistant import ids_of

THRESHOLDS = [round(0.22 + 0.02 * step, 2) for step in range(10)]


@dataclass(frozen=True, slots=True)
class Pair:
    """The best sentence and that of another document: how alike, and whether both are right."""

    likeness: float
    same_language: bool
    right: bool


def main() -> None:
    """Print what each threshold finds."""
    with tempfile.TemporaryDirectory() as folder:
        assistant = Assistant.build(ROOT / "corpus", folder)
        tests = map(json.loads, QUESTIONS.read_text("utf-8").splitlines())
        pairs = [pair for test in tests for pair in pairs_of(assistant, test)]
        assistant.close()
    for name, same in (("same language", True), ("across", False)):
        mine = [pair for pair in pairs if pair.same_language is same]
        report(name, mine)


def pairs_of(assistant: Assistant, test: dict[str, Any]) -> Iterator[Pair]:
    sources = test.get("sources", [])
    found = read(assistant, test["question"])

    def right(one: Candidate) -> bool:
        return any(overlaps(one.document, one.start, one.end, source) for source in sources)

    if not (found and sources and right(found[0])):
        return
    others: dict[str, list[Candidate]] = {}
    for one in found:
        others.setdefault(one.document.doc_id, []).append(one)
    del others[found[0].document.doc_id]
    for members in others.values():
        values = likeness(found[0].tokens, [one.tokens for one in members])
        best = members[int(values.argmax())]
        yield Pair(float(values.max()), best.lang == found[0].lang, right(best))


def read(assistant: Assistant, question: str) -> list[Candidate]:
    with assistant.index.reading():
        query = assistant.retriever.understand(question)
        hits = assistant.retriever.search(query, PASSAGES_READ, Filters())
        codes = assistant.index.token_codes(ids_of(hits))
    return candidates(question, query.langs, gather(query.encoding, hits, codes))


def report(name: str, pairs: list[Pair]) -> None:
    right = np.array([pair.right for pair in pairs])
    alike = np.array([pair.likeness for pair in pairs])
    print(f"{name}: {len(pairs)} pairs, {right.sum()} right", end=", ")
    print(f"AUROC {roc_auc_score(right, alike):.3f}")
    for threshold in THRESHOLDS:
        shown = alike >= threshold
        if shown.any():
            precision, recall = right[shown].mean(), right[shown].sum() / right.sum()
            print(f"  {threshold:.2f} {shown.sum():4} shown {precision:6.2f} {recall:6.2f}")


if __name__ == "__main__":
    main()
