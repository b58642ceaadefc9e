"""What a sync would do, and what an examination found, as JSON objects and as text."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qa.choices import Choice
from qa.datamodel import FailedFile
from qa.refusals import qa_command
from qa.render import Json, clean, in_line, print_failed

if TYPE_CHECKING:
    from rich.console import Console

    from qa.doctor import Examination
    from qa.plan import Plan


def plan_json(plan: "Plan") -> Json:
    """Return the object of ``qa index --dry-run --json``: sources, and a count of the rest."""
    sources = {
        kind: [step.candidate.source for step in plan.steps if step.kind == kind]
        for kind in ("added", "changed")
    }
    return {
        **sources,
        "moved": [
            {"from": step.moved_from, "to": step.candidate.source}
            for step in plan.steps
            if step.kind == "moved"
        ],
        "deleted": sorted(plan.gone),
        "unchanged": plan.unchanged,
        "failed": [{"file": one.file, "reason": one.reason} for one in _failed(plan)],
    }


def print_choices(out: "Console", choices: Sequence[Choice]) -> None:
    """Write for each model how it is chosen, what it is, and its figures if it was measured."""
    for choice in choices:
        out.print(f"qa index {choice.option}", style="bold", markup=False)
        out.print(f"  {choice.name}: {choice.what}", markup=False, highlight=False, soft_wrap=True)
        if figures := _figures(choice):
            out.print(f"  {figures}", highlight=False, soft_wrap=True)


def _figures(choice: Choice) -> str:
    quality = speed = ""
    if choice.same is not None and choice.across is not None:
        quality = f"quality {choice.same:.1f} in one language, {choice.across:.1f} across"
    if choice.passages is not None and choice.question_ms is not None:
        speed = f"{choice.passages:.0f} passages a second, a question {choice.question_ms:.0f} ms"
    return "; ".join(filter(None, [quality, speed]))


def print_plan(out: "Console", plan: "Plan") -> None:
    """Write a line for each file that a sync would do something about."""
    for step in plan.steps:
        origin = f"{step.moved_from} -> " if step.moved_from else ""
        _print_line(out, step.kind, origin + step.candidate.source)
    for source in sorted(plan.gone):
        _print_line(out, "deleted", source)
    out.print(f"{plan.unchanged:,} unchanged. Nothing was done.")
    print_failed(out, _failed(plan))


def _print_line(out: "Console", kind: str, what: str) -> None:
    out.print(f"{kind:<8} {in_line(what)}", soft_wrap=True)


def _failed(plan: "Plan") -> list[FailedFile]:
    return [FailedFile(source, reason) for source, (reason, _) in sorted(plan.failed.items())]


def examination_json(found: "Examination") -> Json:
    """Return the object of ``qa doctor --json``."""
    return {
        "ok": found.ok,
        "checks": [
            {"name": check.name, "ok": check.ok, "detail": check.detail} for check in found.checks
        ],
        "read_again": list(found.read_again),
    }


def print_examination(out: "Console", found: "Examination", index: Path) -> None:
    """Write each check of the index in a folder and its outcome, then what to do."""
    for check in found.checks:
        mark = "ok" if check.ok else "WRONG"
        out.print(f"{mark:<6}{check.name:<11}{clean(check.detail)}", soft_wrap=True)
    for source in found.read_again:
        out.print(f"Taken out, to be read again: {in_line(source)}", soft_wrap=True)
    if found.read_again:
        out.print(clean(f"Read them again: {qa_command(index, 'index')}"), soft_wrap=True)
    elif not found.ok:
        repair = qa_command(index, "doctor", "--repair")
        out.print(clean(f"Mend what can be mended: {repair}"), soft_wrap=True)
