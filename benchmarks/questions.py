"""Ask the project's own test questions of its own documents, and count what comes back.

    python -m benchmarks.questions [tests/questions.jsonl tests/questions-hard.jsonl ...]

``first``: an accepted document is the first hit. ``passage``: a passage that is cited overlaps an
accepted quote; ``cited``: the sentence itself does. ``abstained`` should be none of the answerable
questions and all of the others. Questions that went wrong are listed below each table; times are
those of a warm process.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa import Answer, Assistant, Document

ROOT = Path(__file__).parents[1]
QUESTIONS = ROOT / "tests" / "questions.jsonl"
MEASURES = ("first", "passage", "cited", "abstained")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question."""

    question: str
    group: str
    answerable: bool
    first: bool
    passage: bool
    cited: bool
    answer: Answer

    @property
    def abstained(self) -> bool:
        return self.answer.abstained

    @property
    def right(self) -> bool:
        return self.cited if self.answerable else self.abstained


def overlaps(document: Document, start: int, end: int, source: Mapping[str, str]) -> bool:
    """Tell whether a span shares text with an accepted quote; the quote must exist."""
    if document.source != source["doc"]:
        return False
    begin = document.text.index(source["quote"])
    return start < begin + len(source["quote"]) and begin < end


def cited_passages(answer: Answer) -> list[tuple[Document, int, int]]:
    """Return the citations themselves and the passages among the hits that they lie in."""
    cited = [(c.document, c.start, c.end) for c in answer.citations]
    return cited + [
        (hit.document, hit.passage.start, hit.passage.end)
        for hit in answer.hits
        for document, start, end in cited
        if hit.document.doc_id == document.doc_id
        and hit.passage.start < end
        and start < hit.passage.end
    ]


def outcome(test: Mapping[str, Any], answer: Answer) -> Outcome:
    sources = test["sources"]
    return Outcome(
        question=f"{test['id']}: {test['question']}",
        group=test["tags"][0],
        answerable=test.get("answerable", True),
        first=any(answer.hits[0].document.source == source["doc"] for source in sources),
        passage=any(overlaps(*p, source) for p in cited_passages(answer) for source in sources),
        cited=any(
            overlaps(c.document, c.start, c.end, source)
            for c in answer.citations
            for source in sources
        ),
        answer=answer,
    )


def ask_all(assistant: Assistant, questions: Path = QUESTIONS) -> list[Outcome]:
    """Ask every question of a file once."""
    lines = questions.read_text("utf-8").splitlines()
    return [outcome(test, assistant.ask(test["question"])) for test in map(json.loads, lines)]


def count(outcomes: Sequence[Outcome], *, answerable: bool) -> dict[str, int]:
    """Return how many questions there are, and how many of them each measure holds for."""
    asked = [each for each in outcomes if each.answerable == answerable]
    counts = {name: sum(getattr(each, name) for each in asked) for name in MEASURES}
    return {"questions": len(asked), **counts}


def show(name: str, counts: Mapping[str, int]) -> None:
    print(f"{name:14}" + "".join(f"{value:10}" for value in counts.values()))


def report(outcomes: Sequence[Outcome]) -> None:
    """Print one row for each pair of languages, one for all, and what went wrong."""
    print(f"{'':14}" + "".join(f"{name:>10}" for name in ("questions", *MEASURES)))
    for group in dict.fromkeys(each.group for each in outcomes if each.answerable):
        show(group, count([each for each in outcomes if each.group == group], answerable=True))
    show("answerable", count(outcomes, answerable=True))
    show("unanswerable", count(outcomes, answerable=False))
    print(f"median answer: {statistics.median(each.answer.took_ms for each in outcomes):.0f} ms")
    for each in outcomes:
        if not each.right:
            print(f"  {fault(each):14}{each.question}")


def fault(wrong: Outcome) -> str:
    if not wrong.answerable:
        return "answered"
    if wrong.abstained:
        return "abstained"
    return "near" if wrong.passage else "elsewhere"


def main() -> None:
    """Index the project's documents and print a table for each file of questions."""
    files = [Path(name) for name in sys.argv[1:]] or [QUESTIONS]
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        assistant = Assistant.build(ROOT / "corpus", Path(folder) / "index")
        print(f"indexed in {time.perf_counter() - started:.1f} s")
        for file in files:
            print(f"\n{file.name}")
            report(ask_all(assistant, file))
        assistant.close()


if __name__ == "__main__":
    main()
