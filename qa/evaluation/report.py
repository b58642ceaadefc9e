"""A report: everything a run says, as one value that is kept, shown and compared."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qa import measures
from qa.errors import InputError
from qa.evaluation import scoring
from qa.evaluation.grouping import FACETS
from qa.evaluation.judging import Judgements
from qa.evaluation.results import Fault, Stages
from qa.evaluation.runs import RunInfo, damaged, read_info
from qa.evaluation.scoring import Place, Scored
from qa.files import replace_file
from qa.stats import Comparison, Estimate
from qa.testsets import QuestionSet

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FILE = "summary.json"
_RANKS = 10
# Upper ends of the latency histogram's bins in milliseconds; the last bin is open.
LATENCIES = (10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1000)
Group = Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Failure:
    """A question that went wrong and why.

    ``rank`` is that of the first source among the hits, ``stages`` its rank in each stage,
    ``source`` its document, start and end, and ``beaten_by`` those of the passage that came first
    instead.
    """

    id: str
    fault: Fault
    reason: str
    rank: int | None = None
    stages: Stages = field(default_factory=dict)
    source: Place | None = None
    beaten_by: Place | None = None


@dataclass(frozen=True, slots=True)
class Baseline:
    """How a run compares with an earlier one.

    ``won`` and ``lost`` are the questions that ``measure`` rates higher and lower now; ``notes``
    say in what the runs differ beside what is measured.
    """

    run: str
    measure: str
    comparisons: Sequence[Comparison]
    won: Sequence[str] = ()
    lost: Sequence[str] = ()
    notes: Sequence[str] = ()

    @property
    def worse(self) -> list[Comparison]:
        """The measures that became significantly worse."""
        return [one for one in self.comparisons if one.verdict == "worse"]


@dataclass(frozen=True, slots=True)
class Report:
    """What a run says.

    ``ranks`` counts the questions whose first source came at rank 1, 2, ... 10, later, and never;
    ``latencies`` those answered within each of :data:`LATENCIES`; ``reliability`` holds mean
    confidence, share of right ones and size of ten bins. ``gate`` holds a sentence for every bar
    that was not reached.
    """

    info: RunInfo
    measures: Group
    by: Mapping[str, Mapping[str, Group]]
    failures: Sequence[Failure]
    notes: Sequence[str]
    ranks: Sequence[int]
    reliability: Sequence[tuple[float, float, int]]
    latencies: Sequence[int]
    p50_ms: float
    p95_ms: float
    baseline: Baseline | None = None
    gate: Sequence[str] = ()

    @property
    def main(self) -> str:
        """The measure that a report leads with."""
        return f"nDCG@{self.info.k}"


def build(
    folder: Path, tests: QuestionSet, judgements: Judgements, wanted: Sequence[str] = ()
) -> Report:
    """Score a finished run and summarise it; raises InputError ("run_damaged")."""
    info = read_info(folder)
    scored = scoring.score(folder, tests, judgements, info.k, wanted)
    names = list(dict.fromkeys(name for one in scored for name in one.values))
    names.sort(key=lambda name: name.startswith(("document.", "page.")))
    overall = scoring.estimates(scored, names)
    overall |= scoring.confidence_estimates(scored, f"nDCG@{info.k}", probability=not info.plain)
    return Report(
        info=info,
        measures=overall,
        by={facet: scoring.by_group(scored, facet, names) for facet in FACETS},
        failures=[_failure(one, judgements) for one in scored if one.fault],
        notes=[*tests.notes, *judgements.notes],
        ranks=_rank_counts(scored),
        reliability=_reliability(scored) if not info.plain else [],
        latencies=_latency_counts(scored),
        p50_ms=_quantile(scored, 0.5),
        p95_ms=_quantile(scored, 0.95),
    )


_REASONS: dict[Fault, str] = {
    "not found": "The right passage is not among those returned.",
    "ranked low": "Another passage comes first.",
    "refused": "Nothing was answered, although the right passage was found.",
    "other sentence": "The right passage comes first, but another sentence of it was chosen.",
    "answered": "It was answered although the documents do not answer it.",
}


def _failure(one: Scored, judgements: Judgements) -> Failure:
    assert one.fault is not None  # noqa: S101  (the caller chose it for its fault)
    if one.fault == "lost":
        reason = f"Not retrieved because {judgements.lost[one.id]}."
    else:
        reason = one.error or _REASONS[one.fault]
    return Failure(one.id, one.fault, reason, one.rank, one.stages, one.source, one.beaten_by)


def _rank_counts(scored: Sequence[Scored]) -> list[int]:
    ranks = Counter(
        _RANKS + 2 if one.rank is None else min(one.rank, _RANKS + 1)
        for one in scored
        if one.answerable
    )
    return [ranks[rank] for rank in range(1, _RANKS + 3)]


def _latency_counts(scored: Sequence[Scored]) -> list[int]:
    bins = np.searchsorted(LATENCIES, [one.took_ms for one in scored])
    return [int(count) for count in np.bincount(bins, minlength=len(LATENCIES) + 1)]


def _quantile(scored: Sequence[Scored], share: float) -> float:
    return round(float(np.quantile([one.took_ms for one in scored], share)), 1)


def _reliability(scored: Sequence[Scored]) -> list[tuple[float, float, int]]:
    confidence = np.array([one.confidence for one in scored])
    return measures.reliability(confidence, np.array([one.right for one in scored], bool))


@cache
def _adapter() -> "TypeAdapter[Report]":
    from pydantic import TypeAdapter

    return TypeAdapter(Report)


def keep(report: Report, folder: Path) -> None:
    """Write a report into its run's folder."""
    replace_file(folder / FILE, [_adapter().dump_json(report, indent=1), b"\n"])


def kept(folder: Path) -> Report:
    """Read the report in a run's folder; raises InputError ("run_damaged")."""
    try:
        return _adapter().validate_json((folder / FILE).read_bytes())
    except (OSError, ValueError) as error:
        raise damaged(folder) from error


Json = dict[str, Any]


def report_json(report: Report) -> Json:
    """Return the object of ``qa eval --json``; fractions are rounded to four digits."""
    info = report.info
    return {
        "tests": info.tests,
        "run": info.run,
        "questions": info.questions,
        "retriever": "mean vectors" if info.plain else "full",
        "index": {
            "documents": info.documents,
            "passages": info.passages,
            "encoder": info.encoder,
            "fingerprint": info.fingerprint,
            "revision": info.revision,
            "settings": dict(info.settings),
        },
        "measures": _group_json(report.measures),
        "by": {
            facet: {name: _group_json(group) for name, group in groups.items()}
            for facet, groups in report.by.items()
        },
        "baseline": baseline_json(report.baseline) if report.baseline else None,
        "gate": {"passed": not report.gate, "failed": list(report.gate)},
        "failures": [failure.id for failure in report.failures],
        "why": {failure.id: _failure_json(failure) for failure in report.failures},
        "notes": list(report.notes),
        "latency_ms": {"p50": report.p50_ms, "p95": report.p95_ms},
        "took_s": info.took_s,
    }


def _group_json(group: Group) -> Json:
    return {
        name: {
            "value": round(one.value, 4),
            "low": round(one.low, 4),
            "high": round(one.high, 4),
            "n": one.n,
        }
        for name, one in group.items()
    }


def _failure_json(failure: Failure) -> Json:
    return {
        "fault": failure.fault,
        "reason": failure.reason,
        "rank": failure.rank,
        "stages": dict(failure.stages),
        "source": _place_json(failure.source),
        "beaten_by": _place_json(failure.beaten_by),
    }


def _place_json(place: Place | None) -> Json | None:
    return None if place is None else {"doc": place[0], "start": place[1], "end": place[2]}


def baseline_json(baseline: Baseline) -> Json:
    """Return the comparison with an earlier run as an object, each measure by name."""
    compared = baseline.comparisons
    return {
        "run": baseline.run,
        "delta": {one.measure: round(one.delta, 4) for one in compared},
        "low": {one.measure: round(one.low, 4) for one in compared},
        "high": {one.measure: round(one.high, 4) for one in compared},
        "p": {one.measure: round(one.p, 6) for one in compared},
        "n": {one.measure: one.n for one in compared},
        "wins": {one.measure: one.wins for one in compared},
        "ties": {one.measure: one.ties for one in compared},
        "losses": {one.measure: one.losses for one in compared},
        "verdict": {one.measure: one.verdict for one in compared},
        "needed": {one.measure: one.needed for one in compared if one.needed},
        "won": list(baseline.won),
        "lost": list(baseline.lost),
        "notes": list(baseline.notes),
    }


def check_bars(bars: Mapping[str, float], k: int) -> None:
    """Raise InputError ("measure_unknown") for a bar that no run could reach."""
    known = {"answered", "refused", "sentence@1", "citation_recall", "citation_precision"}
    known |= {f"answer_bearing@{k}", "abstention_auroc", "abstention_aupr", "coverage@95", "nAUC"}
    for name in bars:
        level, _, rest = name.rpartition(".")
        if name not in known and not (
            level in ("", "document", "page") and measures.is_ranked(rest)
        ):
            raise InputError(
                "measure_unknown",
                f"There is no measure {name!r}.",
                "Known are nDCG@k, RR@k, R@k, P@k, Success@k, AP (also as document.nDCG@10), "
                + ", ".join(sorted(known)),
            )


def depth(bars: Mapping[str, float], k: int) -> int:
    """Return how many documents are looked at by measures at ``k`` and those that have a bar."""
    cutoffs = (name.rpartition("@")[2] for name in bars)
    return max([k, *(int(one) for one in cutoffs if one.isdecimal())])


def below(report: Report, bars: Mapping[str, float]) -> list[str]:
    """Return a sentence for each measure that is below its bar, or became worse."""
    sentences = []
    for name, bar in bars.items():
        found = report.measures.get(name)
        if found is None:
            sentences.append(f"{name} could not be measured with these questions.")
        elif found.value < bar:
            sentences.append(f"{name} is {found.value:.3f}, below {bar:g}.")
    for one in report.baseline.worse if report.baseline else ():
        run = report.baseline.run if report.baseline else ""
        sentences.append(
            f"{one.measure} is worse than in {run} by {-one.delta:.3f} (p = {one.p:.4f})."
        )
    return sentences
