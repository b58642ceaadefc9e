"""A report as tables and sentences, before anything is laid out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from qa.evaluation.report import Baseline, Failure, Group, Report
from qa.evaluation.scoring import Place
from qa.evaluation.sweeping import Point
from qa.stats import Comparison, Estimate

FACET_NAMES = {
    "pair": "language pair",
    "across": "same or another language",
    "lang": "language of the question",
    "kind": "what is asked for",
    "answerable": "whether it can be answered",
    "tag": "tag",
    "length": "length of the question",
    "doc": "document",
}
STAGES = ("dense", "lexical", "late", "fused", "answer")
_NAMES = MappingProxyType({stage: stage for stage in STAGES})


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, sentences, and a table; the first column holds words, others numbers."""

    title: str
    sentences: Sequence[str] = ()
    header: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


@dataclass(frozen=True, slots=True)
class Quoted:
    """What a failure is about: the question, and the passage that came first instead."""

    question: str
    beaten_by: str = ""


Quotes = Mapping[str, Quoted]


@dataclass(frozen=True, slots=True)
class Laid:
    """A report laid out: what comes before its failures, the failures, what comes after."""

    title: str
    sections: Sequence[Section]
    failures: Sequence[tuple[Failure, Quoted]] = field(default_factory=tuple)
    after: Sequence[Section] = ()


def lay_out(report: Report, quotes: Quotes) -> Laid:
    """Return a report's tables in the order in which people ask for them."""
    sections = [_overview(report), _measures(report)]
    if report.baseline:
        sections.append(comparison(report.baseline))
    sections += [
        _breakdown(report, facet, name)
        for facet, name in FACET_NAMES.items()
        if len(report.by.get(facet, {})) > 1
    ]
    failures = [(one, quotes.get(one.id, Quoted(""))) for one in report.failures]
    after = [Section("Remarks", report.notes)] if report.notes else []
    return Laid(f"Evaluation of {report.info.tests}", sections, failures, after)


def _overview(report: Report) -> Section:
    info = report.info
    what = "nearest mean vectors alone" if info.plain else "the whole retrieval and the answers"
    sentences = [
        f"{info.questions:,} questions over {info.documents:,} documents "
        f"({info.passages:,} passages), encoder {info.encoder}; measured: {what}.",
        f"Run {info.run}. A question took {report.p50_ms:.0f} ms (median), "
        f"{report.p95_ms:.0f} ms (95th percentile).",
    ]
    if report.gate:
        sentences += ["Not good enough:", *report.gate]
    return Section("", sentences)


def _measures(report: Report) -> Section:
    rows = [(name, *cells(one)) for name, one in report.measures.items()]
    return Section("Measures", (), ("", "value", "95 % interval", "questions"), rows)


def cells(one: Estimate) -> tuple[str, str, str]:
    """Return value, interval and number of questions as text."""
    return f"{one.value:.3f}", f"{one.low:.3f} to {one.high:.3f}", f"{one.n:,}"


def _breakdown(report: Report, facet: str, name: str) -> Section:
    groups = report.by[facet]
    shown = _shown(report, groups)
    rows = [
        (group, *(part for measure in shown for part in _short(values.get(measure))))
        for group, values in groups.items()
        if any(measure in values for measure in shown)
    ]
    header = ("", *(part for measure in shown for part in (measure, "±", "n")))
    return Section(f"By {name}", (), header, rows)


def _shown(report: Report, groups: Mapping[str, Group]) -> list[str]:
    """Return the measures of a breakdown: ranking, answering, refusing, as far as measured."""
    names = [report.main, "sentence@1", "refused"]
    return [name for name in names if any(name in values for values in groups.values())]


def _short(one: Estimate | None) -> tuple[str, str, str]:
    if one is None:
        return "", "", ""
    return f"{one.value:.3f}", f"{(one.high - one.low) / 2:.3f}", f"{one.n:,}"


def comparison(baseline: Baseline) -> Section:
    """Return the comparison with an earlier run as a table and sentences."""
    rows = [
        (
            one.measure,
            f"{one.delta:+.3f}",
            f"{one.low:+.3f} to {one.high:+.3f}",
            f"{one.p:.4f}",
            f"{one.wins}/{one.ties}/{one.losses}",
            one.verdict if one.verdict != "too few questions to tell" else "too few to tell",
        )
        for one in baseline.comparisons
    ]
    sentences = [
        *baseline.notes,
        *(_needed(one) for one in baseline.comparisons if one.needed),
        _listed("Better now", baseline.won, baseline.measure),
        _listed("Worse now", baseline.lost, baseline.measure),
    ]
    header = ("", "change", "95 % interval", "p", "won/tied/lost", "")
    return Section(f"Compared with {baseline.run}", [s for s in sentences if s], header, rows)


def sweep_section(points: Sequence[Point]) -> Section:
    """Return a sweep as a table: quality, time and size of each setting."""
    rows = [
        (
            " ".join(f"{name}={value}" for name, value in point.setting.items()),
            *cells(point.report.measures[point.report.main])[:2],
            f"{point.report.p50_ms:.0f}",
            f"{point.report.info.bytes / 1e6:.1f}",
            "best" if point.best else "",
        )
        for point in points
    ]
    main = points[0].report.main if points else ""
    sentence = "best: no other setting is as good, as fast and as small."
    return Section("Sweep", [sentence], ("", main, "95 % interval", "ms", "MB", ""), rows)


def _needed(one: Comparison) -> str:
    return (
        f"{one.measure}: too few questions to tell; a difference of {one.delta:+.3f} would show "
        f"with about {one.needed:,} (there are {one.n:,})."
    )


def _listed(title: str, ids: Sequence[str], measure: str) -> str:
    return f"{title} by {measure} ({len(ids):,}): {', '.join(ids)}." if ids else ""


def stage_words(failure: Failure, names: Mapping[str, str] = _NAMES) -> str:
    """Return the rank in each stage as words, such as ``dense 3, lexical -``."""
    if not failure.stages:
        return ""
    return ", ".join(f"{name} {failure.stages.get(stage) or '-'}" for stage, name in names.items())


def place_words(place: Place) -> str:
    """Return a place as words, such as ``memo.md 10:80``; a whole document by its name alone."""
    doc, start, end = place
    return f"{doc} {start}:{end}" if start < end else doc
