"""Ask the project's own test questions of its own documents, and count what comes back.

    python -m benchmarks.questions

``first``: an accepted document is the first hit. ``cited``: a citation overlaps an accepted quote.
``abstained`` should be none of the answerable questions and all of the others. Questions that went
wrong are listed below the table; times are those of a warm process.
"""

import json
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa import Answer, Assistant, Citation

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question."""

    question: str
    group: str
    answerable: bool
    first: bool
    cited: bool
    abstained: bool
    took_ms: float

    @property
    def right(self) -> bool:
        return self.cited if self.answerable else self.abstained


def overlaps(citation: Citation, source: Mapping[str, str]) -> bool:
    """Tell whether a citation shares text with an accepted quote; the quote must exist."""
    if citation.document.source != source["doc"]:
        return False
    start = citation.document.text.index(source["quote"])
    return citation.start < start + len(source["quote"]) and start < citation.end


def outcome(test: Mapping[str, Any], answer: Answer) -> Outcome:
    sources = test.get("sources", [])
    first = answer.hits[0].document.source if answer.hits else None
    return Outcome(
        question=f"{test['id']}: {test['question']}",
        group=test["tags"][0],
        answerable=test.get("answerable", True),
        first=first in {source["doc"] for source in sources},
        cited=any(overlaps(c, source) for c in answer.citations for source in sources),
        abstained=answer.abstained,
        took_ms=answer.took_ms,
    )


def ask_all(index: Path) -> list[Outcome]:
    """Index the project's documents in the folder ``index`` and ask every question once."""
    started = time.perf_counter()
    assistant = Assistant.build(ROOT / "corpus", index)
    print(f"indexed in {time.perf_counter() - started:.1f} s")
    lines = (ROOT / "tests" / "questions.jsonl").read_text("utf-8").splitlines()
    return [outcome(test, assistant.ask(test["question"])) for test in map(json.loads, lines)]


def show(name: str, outcomes: Sequence[Outcome]) -> None:
    first, cited, abstained = (
        sum(getattr(each, measure) for each in outcomes)
        for measure in ("first", "cited", "abstained")
    )
    print(f"{name:14} {len(outcomes):9} {first:6} {cited:6} {abstained:10}")


def main() -> None:
    """Print one row for each pair of languages, one for all, and what went wrong."""
    with tempfile.TemporaryDirectory() as folder:
        outcomes = ask_all(Path(folder) / "index")
    print(f"{'':14} {'questions':>9} {'first':>6} {'cited':>6} {'abstained':>10}")
    for group in dict.fromkeys(each.group for each in outcomes):
        show(group, [each for each in outcomes if each.group == group])
    show("answerable", [each for each in outcomes if each.answerable])
    show("unanswerable", [each for each in outcomes if not each.answerable])
    print(f"median answer: {statistics.median(each.took_ms for each in outcomes):.0f} ms")
    for each in outcomes:
        if not each.right:
            print(f"  {'not cited' if each.answerable else 'answered'}  {each.question}")


if __name__ == "__main__":
    main()
