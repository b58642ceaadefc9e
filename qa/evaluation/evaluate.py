"""Evaluation in one call: ask, score, compare, judge."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from qa.assistant import Assistant
from qa.evaluation import report as reporting
from qa.evaluation.comparing import check_related, compare
from qa.evaluation.judging import locate
from qa.evaluation.report import Report
from qa.evaluation.running import Progress, run
from qa.evaluation.runs import find
from qa.testsets import QuestionSet


def evaluate(
    assistant: Assistant,
    tests: QuestionSet,
    *,
    runs: Path | None = None,
    k: int = 10,
    plain: bool = False,
    baseline: str | None = None,
    bars: Mapping[str, float] | None = None,
    notes: Sequence[str] = (),
    progress: Callable[[Progress], None] = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Report | None:
    """Ask the questions of a test set and report how good the answers are.

    The run is kept below ``runs``, by default the assistant's index folder. ``plain`` ranks by
    mean vectors alone. ``baseline`` names an earlier run (or its folder) to compare with, ``bars``
    the least value of measures by name; ``Report.gate`` says what is not reached. Returns None if
    ``stopped`` became true before the end: the same call goes on from there.

    Raises InputError: tests_foreign, measure_unknown, run_missing, run_damaged, cutoffs_differ,
    runs_unrelated; IndexStateError ("index_changed").
    """
    bars = bars or {}
    reporting.check_bars(bars, k)
    home = runs or assistant.index.folder
    before = find(home, baseline, tests) if baseline else None
    if before:
        check_related(before, tests, k)
    judgements = locate(assistant.index, tests)
    folder = run(
        assistant,
        tests,
        judgements,
        runs=home,
        k=k,
        plain=plain,
        depth=reporting.depth(bars, k),
        progress=progress,
        stopped=stopped,
    )
    if folder is None:
        return None
    wanted = [name.rpartition(".")[2] for name in bars]
    found = reporting.build(folder, tests, judgements, wanted)
    found = replace(found, notes=[*notes, *found.notes])
    if before:
        found = replace(found, baseline=compare(before, folder))
    found = replace(found, gate=reporting.below(found, bars))
    reporting.keep(found, folder)
    return found
