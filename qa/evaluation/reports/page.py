"""The report as one HTML page that needs nothing else: own style, inline plots, no script."""

from collections.abc import Iterator
from html import escape

from qa.evaluation.report import LATENCIES, Failure, Group, Report
from qa.evaluation.reports import plots
from qa.evaluation.reports.sections import Laid, Quoted, Section, place_words, stage_words
from qa.render import clean

STYLE = """
:root { color-scheme: light dark; --accent: #0a6b70; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; font-variant-numeric: tabular-nums; }
th, td { padding: .15rem .8rem .15rem 0; text-align: right; border-bottom: 1px solid #8884; }
th:first-child, td:first-child { text-align: left; overflow-wrap: anywhere; min-width: 8rem; }
figure { margin: 1rem 0 2rem; } figcaption { font-weight: 600; }
.plot { width: 100%; max-width: 40rem; font: 12px system-ui, sans-serif; fill: currentColor; }
.plot .grid, .plot .frame { stroke: #8886; fill: none; }
.plot .range { stroke: var(--accent); stroke-width: 2; }
.plot .mark, .plot .bar { fill: var(--accent); } .plot .faint { fill-opacity: .6; }
article { border-top: 1px solid #8884; padding: .5rem 0; } article p { margin: .2rem 0; }
bdi, p { overflow-wrap: anywhere; }
blockquote { margin: .3rem 0 .3rem 1rem; opacity: .8; }
@media (max-width: 40rem) { body { margin: 1rem auto; font-size: 14px; }
  th, td { padding-right: .5rem; } th:first-child, td:first-child { min-width: 6rem; } }
@media (prefers-color-scheme: dark) { :root { --accent: #5cc4c9; } }
"""


def page(report: Report, laid: Laid) -> str:
    """Return the page."""
    body = [f"<h1>{_text(laid.title)}</h1>"]
    for section in laid.sections:
        body += _section(section)
    body += [
        f"<figure><figcaption>{name}</figcaption>{svg}</figure>" for name, svg in _plots(report)
    ]
    if laid.failures:
        body.append(f"<h2>What went wrong ({len(laid.failures):,})</h2>")
        body += [_failure(*one) for one in laid.failures]
    for section in laid.after:
        body += _section(section)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{_text(laid.title)}</title><style>{STYLE}</style></head>\n<body><main>\n"
        + "\n".join(body)
        + "\n</main></body></html>\n"
    )


def _plots(report: Report) -> Iterator[tuple[str, str]]:
    pairs = [(pair, group[report.main]) for pair, group in by_pair(report)]
    if pairs:
        title = f"{report.main} by language pair"
        yield title, plots.intervals(title, pairs)
    if report.reliability:
        title = "Confidence (across) and share of right answers (up)"
        yield title, plots.reliability(title, report.reliability)
    yield "Answer time in ms", plots.bars("Answer time in ms", latency_bars(report))
    yield "Rank of the right passage", plots.bars("Rank of the right passage", rank_bars(report))


def by_pair(report: Report) -> Iterator[tuple[str, Group]]:
    """Yield language pairs whose main measure is known."""
    for pair, group in report.by.get("pair", {}).items():
        if report.main in group:
            yield pair, group


def latency_bars(report: Report) -> list[tuple[str, int]]:
    """Return the latency histogram with names of its bins."""
    names = [*(f"≤{most}" for most in LATENCIES), f">{LATENCIES[-1]}"]
    return list(zip(names, report.latencies, strict=True))


def rank_bars(report: Report) -> list[tuple[str, int]]:
    """Return the histogram of ranks with names."""
    names = [*map(str, range(1, len(report.ranks) - 1)), "later", "never"]
    return list(zip(names, report.ranks, strict=True))


def _section(section: Section) -> Iterator[str]:
    if section.title:
        yield f"<h2>{_text(section.title)}</h2>"
    yield from (f"<p>{_text(sentence)}</p>" for sentence in section.sentences)
    if section.rows:
        head = "".join(_head(cell) for cell in section.header)
        rows = "".join(
            f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in row)}</tr>" for row in section.rows
        )
        label = _text(section.title or "Table")
        yield (
            f'<div class="wide" role="group" aria-label="{label}" tabindex="0">'
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
        )


def _head(cell: str) -> str:
    return f'<th scope="col">{_text(cell)}</th>' if cell else "<td></td>"


def _failure(failure: Failure, quoted: Quoted) -> str:
    lines = [f"<b><bdi>{_text(failure.id)}</bdi></b> <bdi>{_text(quoted.question)}</bdi>"]
    lines.append(f"{failure.fault}: {_text(failure.reason)}")
    words = stage_words(failure)
    if words:
        lines.append(f"Rank of the right passage: {words}")
    if failure.source:
        lines.append(f"Right would have been {_text(place_words(failure.source))}")
    told = "".join(f"<p>{line}</p>" for line in lines)
    if failure.beaten_by:
        told += f"<p>First came {_text(place_words(failure.beaten_by))}</p>"
        told += f'<blockquote dir="auto">{_text(quoted.beaten_by)}</blockquote>'
    return f"<article>{told}</article>"


def _text(text: str) -> str:
    return escape(clean(text))
