"""``qa eval``: how good retrieval and answers are on test questions."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qa.cli.base import AsJson, IndexFolder, app, console, print_json
from qa.errors import InputError
from qa.settings import INDEX

if TYPE_CHECKING:
    from qa.evaluation.report import Report
    from qa.evaluation.running import Progress
    from qa.testsets import QuestionSet

BELOW_BAR = 9


_Tests = Annotated[
    Path | None,
    typer.Argument(metavar="TESTS", help="Test set (JSONL, CSV, YAML, TREC) or BEIR folder."),
]
_Cutoff = Annotated[
    int, typer.Option("-k", min=1, max=1000, metavar="N", help="Cut-off of the measures.")
]
_Baseline = Annotated[
    str | None,
    typer.Option(metavar="RUN", help='Fail if worse than this run (name, folder or "last").'),
]
_FailUnder = Annotated[
    list[str],
    typer.Option("--fail-under", metavar="MEASURE=VALUE", help="Fail below, nDCG@10=0.80."),
]
_Out = Annotated[Path | None, typer.Option(metavar="DIR", help="Write the report's files there.")]
_Compare = Annotated[
    tuple[str, str] | None, typer.Option(metavar="A B", help="Compare two earlier runs.")
]
_Plain = Annotated[
    bool, typer.Option("--plain", help="Rank by mean vectors alone, as embedding tests do.")
]
_Sweep = Annotated[
    list[str],
    typer.Option(metavar="NAME=A,B", help="Try settings, such as passages.tokens=128,200."),
]
_Calibrate = Annotated[
    bool, typer.Option("--calibrate", help="Fit to the questions when nothing is answered.")
]
_Init = Annotated[
    bool, typer.Option("--init", help="Draft a test set from the documents into TESTS.")
]
_Qrels = Annotated[Path | None, typer.Option(metavar="FILE", help="Judgements of TREC topics.")]


# What is done instead of an evaluation: what to type, and what else it takes.
_INSTEAD: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "--compare": ("qa eval --compare A B", ()),
    "--init": ("qa eval --init TESTS", ("TESTS",)),
    "--sweep": ("qa eval TESTS --sweep NAME=A,B", ("TESTS", "--qrels")),
    "--calibrate": ("qa eval TESTS --calibrate", ("TESTS", "--qrels")),
}


@app.command("eval")
def eval_command(
    tests: _Tests = None,
    index: IndexFolder = INDEX,
    k: _Cutoff = 10,
    baseline: _Baseline = None,
    fail_under: _FailUnder = [],  # noqa: B006  (typer copies it)
    out: _Out = None,
    compare: _Compare = None,
    plain: _Plain = False,
    sweep: _Sweep = [],  # noqa: B006
    calibrate: _Calibrate = False,
    init: _Init = False,
    qrels: _Qrels = None,
    as_json: AsJson = False,
) -> None:
    """Measure retrieval and answers on test questions.

    Every run is kept in the index folder (runs/), and an interrupted one is continued. The exit
    code is 9 if a measure is below its bar or significantly worse than the baseline.
    """
    from qa.testsets.reading import read

    _check_together(
        {
            "--compare": compare is not None,
            "--init": init,
            "--sweep": bool(sweep),
            "--calibrate": calibrate,
            "--baseline": baseline is not None,
            "--fail-under": bool(fail_under),
            "--out": out is not None,
            "--plain": plain,
            "--qrels": qrels is not None,
            "TESTS": tests is not None,
        }
    )
    if compare is not None:
        _compare(index, compare, as_json=as_json)
        return
    if tests is None:
        raise InputError(
            "tests_missing", "No test set is named.", "Draft one: qa eval --init questions.jsonl"
        )
    if init:
        _draft(index, tests, as_json=as_json)
        return
    questions = read(tests, qrels)
    if sweep:
        _sweep(index, questions, sweep, k, as_json=as_json)
    elif calibrate:
        _calibrate(index, questions, as_json=as_json)
    else:
        bars = _bars(fail_under)
        _evaluate(index, questions, k, plain, baseline, bars, out, as_json=as_json)


def _check_together(given: Mapping[str, bool]) -> None:
    """Refuse what does nothing beside an option that does something else than an evaluation."""
    mode = next((name for name in _INSTEAD if given[name]), None)
    if mode is None:
        return
    usage, taken = _INSTEAD[mode]
    spare = [name for name, there in given.items() if there and name not in (mode, *taken)]
    if spare:
        raise InputError(
            "options_conflict",
            f"{spare[0]} does nothing beside {mode}.",
            f"Leave out one of the two: {usage}",
        )


def _evaluate(
    index: Path,
    tests: "QuestionSet",
    k: int,
    plain: bool,
    baseline: str | None,
    bars: dict[str, float],
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    from qa.evaluation.evaluate import evaluate
    from qa.evaluation.opening import open_for
    from qa.evaluation.report import check_bars, report_json
    from qa.evaluation.reports.files import quotes, write_all
    from qa.evaluation.reports.sections import lay_out
    from qa.evaluation.reports.text import print_report
    from qa.evaluation.runs import find

    check_bars(bars, k)
    assistant, notes = open_for(tests, index, whole=plain)
    with _progress() as show:
        report = evaluate(
            assistant,
            tests,
            runs=index,
            k=k,
            plain=plain,
            baseline=baseline,
            bars=bars,
            notes=notes,
            progress=show,
        )
    assert report is not None  # noqa: S101  (nothing stops it but Ctrl-C)
    told = quotes(report, tests, assistant)
    if out is not None:
        write_all(out, find(index, report.info.run), report, tests, assistant.index, told)
    if as_json:
        print_json(report_json(report))
    else:
        print_report(console(), lay_out(report, told))
    _judge(report)


def _judge(report: "Report") -> None:
    if report.gate:
        err = console(sys.stderr)
        for sentence in report.gate:
            err.print(f"Not good enough: {sentence}", soft_wrap=True)
        raise typer.Exit(BELOW_BAR)


def _bars(wanted: Sequence[str]) -> dict[str, float]:
    """Return ``nDCG@10=0.8`` as a name and a value."""
    bars = {}
    for one in wanted:
        name, _, value = one.partition("=")
        try:
            bars[name.strip()] = float(value)
        except ValueError:
            bars[name.strip()] = -1.0
        if not 0 <= bars[name.strip()] <= 1:
            raise InputError(
                "bar_unusable",
                f"--fail-under {one!r} is not a measure and a value between 0 and 1.",
                "Write it like this: --fail-under nDCG@10=0.80",
            )
    return bars


def _compare(index: Path, names: tuple[str, str], *, as_json: bool) -> None:
    from qa.evaluation.comparing import compare
    from qa.evaluation.report import baseline_json
    from qa.evaluation.reports.sections import comparison
    from qa.evaluation.reports.text import print_section
    from qa.evaluation.runs import find

    before, after = (find(index, name) for name in names)
    found = compare(before, after)
    if as_json:
        print_json({"runs": [before.name, after.name], **baseline_json(found)})
    else:
        print_section(console(), comparison(found))


def _draft(index: Path, path: Path, *, as_json: bool) -> None:
    from qa.evaluation.drafting import write_draft
    from qa.index import Index

    opened = Index.open(index)
    try:
        count = write_draft(opened, path)
    finally:
        opened.close()
    if as_json:
        print_json({"tests": str(path), "questions": count})
        return
    out = console()
    out.print(f"{count} questions drafted in {path}.", soft_wrap=True)
    out.print("Edit them to what people really ask, and add some that nothing answers.")


def _sweep(
    index: Path, tests: "QuestionSet", axes: Sequence[str], k: int, *, as_json: bool
) -> None:
    from qa.evaluation.opening import root_of
    from qa.evaluation.reports.sections import sweep_section
    from qa.evaluation.reports.text import print_section
    from qa.evaluation.sweeping import point_json, sweep

    root, settings = root_of(tests, index)
    with _progress() as show:
        points = sweep(root, settings, tests, axes, runs=index, k=k, progress=show)
    if as_json:
        print_json({"tests": tests.name, "sweep": [point_json(point) for point in points]})
    else:
        print_section(console(), sweep_section(points))


def _calibrate(index: Path, tests: "QuestionSet", *, as_json: bool) -> None:
    from qa.evaluation.calibrating import fit
    from qa.evaluation.opening import open_for

    assistant, _ = open_for(tests, index)
    with _progress() as show:
        found = fit(assistant, tests, runs=index, progress=show)
    told: dict[str, Any] = {
        "threshold": found.threshold,
        "before": round(found.before, 4),
        "after": round(found.after, 4),
        "answerable": found.answerable,
        "others": found.others,
        "kept": found.kept,
    }
    if as_json:
        print_json(told)
        return
    out = console()
    out.print(
        f"Right decisions to answer or not: {found.before:.0%} before, {found.after:.0%} with"
    )
    out.print(f"thresholds chosen on other questions ({found.answerable} answerable, others")
    out.print(f"{found.others}).")
    if found.kept:
        out.print(f"The index now answers from a confidence of {found.threshold:.3f}.")
    else:
        out.print("That is no gain: the threshold stays as it was.")


@contextmanager
def _progress() -> Iterator[Callable[["Progress"], None]]:
    """Show a bar on a terminal; nothing when piped."""
    out = console(sys.stderr)
    if not out.is_terminal:
        yield lambda _: None
        return
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.completed:.0f} of {task.total:.0f} questions"),
        BarColumn(),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=out, transient=True) as bar:
        task = bar.add_task("", visible=False)

        def show(now: "Progress") -> None:
            bar.update(task, total=now.total, completed=now.done, visible=True)

        yield show
