"""BEIR folders as the benchmarks read them: questions and which documents answer them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the ids of the documents that answer it; ``metadata`` as in the file."""

    question_id: str
    text: str
    relevant: frozenset[str]
    metadata: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """What the results are broken down by: ``en same``, ``de cross``; "" elsewhere."""
        kind = self.metadata.get("kind", "")
        return f"{self.metadata['lang']} {kind}" if kind else ""


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def read_questions(folder: Path, split: str = "all") -> list[Question]:
    """Return the questions of a split that some document answers, in the file's order.

    ``split`` is compared with ``metadata.split``; "all" takes every question.
    """
    relevant = read_qrels(folder / "qrels" / "test.tsv")
    found = []
    with (folder / "queries.jsonl").open(encoding="utf-8") as file:
        for row in map(json.loads, file):
            metadata = row.get("metadata", {})
            answered_by = relevant.get(row["_id"])
            if answered_by and split in ("all", metadata.get("split")):
                found.append(Question(row["_id"], row["text"], answered_by, metadata))
    return found


def read_qrels(path: Path) -> dict[str, frozenset[str]]:
    """Return the relevant documents of each question."""
    found: dict[str, set[str]] = {}
    for line in path.read_text("utf-8").splitlines()[1:]:
        question_id, doc_id, score = line.split("\t")
        if int(score) > 0:
            found.setdefault(question_id, set()).add(doc_id)
    return {question_id: frozenset(docs) for question_id, docs in found.items()}


def write_folder(folder: Path, corpus: list[dict[str, Any]], questions: list[Question]) -> None:
    """Write a BEIR folder; an existing one is overwritten."""
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    _write_lines(folder / "corpus.jsonl", corpus)
    rows = [{"_id": q.question_id, "text": q.text, "metadata": q.metadata} for q in questions]
    _write_lines(folder / "queries.jsonl", rows)
    pairs = [f"{q.question_id}\t{doc}\t1" for q in questions for doc in sorted(q.relevant)]
    lines = ["query-id\tcorpus-id\tscore", *pairs]
    (folder / "qrels" / "test.tsv").write_text("\n".join(lines) + "\n", "utf-8")


def _write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text("\n".join(lines) + "\n", "utf-8")
