"""Two runs side by side: what changed, whether that is more than chance, and where."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from qa import stats
from qa.errors import InputError
from qa.evaluation.report import Baseline
from qa.evaluation.runs import RunInfo, read_info
from qa.evaluation.scoring import Kept, asked, read_values
from qa.testsets import QuestionSet


def compared_names(k: int) -> list[str]:
    """Return the measures that decide whether a run is worse: few, since each costs power."""
    retrieval = [f"nDCG@{k}", f"RR@{k}", f"R@{k}", "Success@1"]
    return [*retrieval, "sentence@1", "answered", "refused"]


def compare(before: Path, after: Path) -> Baseline:
    """Compare the runs in two folders by the questions that both judged.

    Raises InputError: run_damaged, cutoffs_differ, runs_unrelated (no question in common).
    """
    old, new = read_info(before), read_info(after)
    _check_cutoff(old, new.k)
    values = read_values(before), read_values(after)
    names = compared_names(new.k)
    pairs = {name: _paired(name, *values) for name in names}
    found = {name: (a, b) for name, (_, a, b) in pairs.items() if len(a)}
    if not found:
        raise _unrelated(old.run, f"the run {new.run}")
    main = next(iter(found))
    ids, was, now = pairs[main]
    return Baseline(
        run=old.run,
        measure=main,
        comparisons=stats.compare(found),
        won=[one for one, a, b in zip(ids, was, now, strict=True) if b > a],
        lost=[one for one, a, b in zip(ids, was, now, strict=True) if b < a],
        notes=_differences(old, new),
    )


def check_related(before: Path, tests: QuestionSet, k: int) -> None:
    """Check that a run can be compared with one of a test set with the cut-off ``k``.

    Raises InputError: run_damaged, cutoffs_differ, runs_unrelated (it judged no such question).
    """
    old, judged = read_info(before), read_values(before)
    _check_cutoff(old, k)
    if not any(one.id in judged and judged[one.id].is_of(asked(one)) for one in tests.questions):
        raise _unrelated(old.run, tests.path.name)


def _check_cutoff(old: RunInfo, k: int) -> None:
    """Refuse what would leave out most measures, and so find nothing worse."""
    if old.k != k:
        raise InputError(
            "cutoffs_differ",
            f"The run {old.run} was measured with the cut-off {old.k}, the other one with {k}.",
            f"Compare runs of the same cut-off: qa eval TESTS -k {old.k}",
        )


def _unrelated(run: str, other: str) -> InputError:
    return InputError(
        "runs_unrelated",
        f"The run {run} and {other} have no judged question in common.",
        "Compare runs of the same test set.",
    )


def _paired(
    name: str, before: Mapping[str, Kept], after: Mapping[str, Kept]
) -> tuple[Sequence[str], stats.Values, stats.Values]:
    """Return the questions that both runs have a value of, and the values."""
    ids = [
        one
        for one, now in after.items()
        if one in before and before[one].is_of(now.asked)
        if name in now.values and name in before[one].values
    ]
    was = np.array([before[one].values[name] for one in ids], np.float64)
    now = np.array([after[one].values[name] for one in ids], np.float64)
    return ids, was, now


def _differences(old: RunInfo, new: RunInfo) -> list[str]:
    """Say in what the runs differ: other questions are not another quality."""
    notes = []
    if old.digest != new.digest:
        notes.append("The test sets differ: only questions that both judge are compared.")
    if old.fingerprint != new.fingerprint:
        notes.append(f"The encoders differ: {old.encoder} and {new.encoder}.")
    if old.settings != new.settings:
        notes.append("The indexes were built with different settings.")
    if old.plain != new.plain:
        notes.append("One of the runs ranks by mean vectors alone.")
    if old.contents != new.contents:
        notes.append("The documents changed between the runs.")
    if old.version != new.version:
        notes.append(f"The program changed: {old.version} and {new.version}.")
    return notes
