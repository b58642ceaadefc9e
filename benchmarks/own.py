"""Evaluate the project's own questions and write what came of it into docs/evaluation.md.

    python -m benchmarks.own [--index DIR]

``corpus/`` is indexed into a temporary folder (or DIR) and both files of questions are asked by
``qa eval``'s own code. The part of the page between the two comments is written anew: measures
with 95 % intervals, by pair and by kind of unanswerable question, and every question that went
wrong.
"""

import argparse
import platform
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks.machine import ROOT, machine, provenance
from benchmarks.report import table
from qa import Assistant, __version__
from qa.evaluation.evaluate import evaluate
from qa.evaluation.report import Failure, Group, Report
from qa.evaluation.reports.sections import place_words, stage_words
from qa.stats import Estimate
from qa.testsets import QuestionSet
from qa.testsets.reading import read

PAGE = ROOT / "docs" / "evaluation.md"
SETS = ("questions.jsonl", "questions-hard.jsonl")
BEGIN, END = "<!-- written by python -m benchmarks.own -->", "<!-- end -->"
MEASURES = {
    "document.Success@1": "an accepted document is first",
    "Success@1": "an accepted passage is first",
    "nDCG@10": "accepted passages rank high",
    "sentence@1": "the answer's first sentence is accepted",
    "citation_precision": "citations that stand at an accepted place",
    "answered": "answerable questions that were answered",
    "refused": "unanswerable questions that were refused",
    "abstention_auroc": "the confidence tells answerable from unanswerable",
    "coverage@95": "answerable at 95 % precision",
    "calibration_error": "gap between confidence and share of right ones",
}
BY_PAIR = ("document.Success@1", "nDCG@10", "sentence@1", "answered")
UNANSWERABLE = ("near-miss", "off-topic")


def told(one: Estimate | None) -> str:
    """Return a fraction in per cent with its interval."""
    return "" if one is None else f"{one.value:.0%} [{one.low:.0%}, {one.high:.0%}]"


def section(report: Report, tests: QuestionSet) -> Iterator[str]:
    """Yield the lines about one test set."""
    answerable = sum(one.answerable for one in tests.questions)
    yield f"### {tests.path.name}\n"
    yield f"{answerable} questions that the documents answer, {len(tests.questions) - answerable}"
    yield f"that they do not. An answer took {report.p50_ms:.0f} ms (median),"
    yield f"{report.p95_ms:.0f} ms (95th percentile).\n"
    rows = [
        [f"`{name}`", said, told(report.measures[name]), report.measures[name].n]
        for name, said in MEASURES.items()
        if name in report.measures
    ]
    yield from table(["measure", "", "per cent [95 % interval]", "questions"], rows)
    yield from groups("question -> document", BY_PAIR, report.by.get("pair", {}))
    tags = report.by.get("tag", {})
    refusing = {name: tags[name] for name in UNANSWERABLE if name in tags}
    if refusing:
        yield from groups("unanswerable", ("refused",), refusing)
    yield from misses(report, {one.id: one.text for one in tests.questions})


def groups(title: str, names: Sequence[str], found: Mapping[str, Group]) -> Iterator[str]:
    """Yield a table of groups that have any of the measures."""
    rows = [
        [name.replace("->", " -> "), *(told(group.get(one)) for one in names)]
        for name, group in found.items()
        if any(one in group for one in names)
    ]
    yield from table([title, *(f"`{one}`" for one in names)], rows)


def misses(report: Report, questions: dict[str, str]) -> Iterator[str]:
    """Yield what went wrong, question by question."""
    yield f"<details><summary>What went wrong ({len(report.failures)})</summary>\n"
    rows = [
        [one.id, questions[one.id].replace("|", "\\|"), one.fault, stage_words(one), first(one)]
        for one in report.failures
    ]
    head = ["id", "question", "fault", "rank of the right passage by stage", "came first"]
    yield from table(head, rows)
    yield "</details>\n"


def first(failure: Failure) -> str:
    """Name the passage that came first instead of the right one."""
    return "" if failure.beaten_by is None else f"`{place_words(failure.beaten_by)}`"


def measured_on() -> Iterator[str]:
    """Yield what the figures were measured on."""
    said, on = provenance(), machine()
    packages = ("onnxruntime", "faiss-cpu", "tantivy", "numpy")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    yield f"`{said['command']}`, {said['date']}, commit {said['commit']}, version {__version__};"
    yield f"{on['processor']}, {on['cores']} cores ({', '.join(on['flags'])}), Python"
    yield f"{platform.python_version()}, {versions}.\n"


def write(lines: Sequence[str], page: Path = PAGE) -> None:
    """Put ``lines`` between the two comments of a page."""
    before, begin, rest = page.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin and end, f"{page.name} lacks {BEGIN} or {END}"
    body = "\n".join(lines).strip()
    page.write_text(f"{before}{BEGIN}\n\n{body}\n\n{END}{after}", "utf-8")


def measure(index: Path) -> list[str]:
    """Index the project's documents, ask all questions, and return what to say of them."""
    lines = list(measured_on())
    assistant = Assistant.build(ROOT / "corpus", index)
    try:
        for name in SETS:
            tests = read(ROOT / "tests" / name)
            report = evaluate(assistant, tests)
            assert report is not None
            lines += section(report, tests)
            print(f"{name}: {len(report.failures)} of {len(tests.questions)} went wrong")
    finally:
        assistant.close()
    return lines


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.own")
    parser.add_argument("--index", type=Path, help="keep the index here")
    chosen = parser.parse_args().index
    with tempfile.TemporaryDirectory() as folder:
        write(measure(chosen or Path(folder) / "index"))


if __name__ == "__main__":
    main()
