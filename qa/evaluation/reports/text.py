"""Reports as text: for a terminal of 80 columns, and as Markdown."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from qa.evaluation.report import Failure
from qa.evaluation.reports.sections import Laid, Quoted, Section, place_words, stage_words
from qa.render import clean, shorten

_FAILURES = 10
_IDS = 200  # characters of the lists of questions won and lost


def print_report(out: Console, laid: Laid) -> None:
    """Write the tables and the first failures."""
    for section in [*laid.sections, *laid.after]:
        print_section(out, section)
    if not laid.failures:
        return
    out.print(Text(f"\n{len(laid.failures):,} questions went wrong", style="bold"))
    for failure, quoted in laid.failures[:_FAILURES]:
        told = shorten(clean(f"{failure.id}: {quoted.question}"), 200)
        out.print(Text.assemble((f"{failure.fault:<15} ", "bold"), told))
        words = stage_words(failure)
        if words:
            out.print(f"    rank of the right passage: {words}")
    more = len(laid.failures) - _FAILURES
    if more > 0:
        out.print(f"{more:,} more: --out DIR writes them all, with the reasons.")


def print_section(out: Console, section: Section) -> None:
    """Write a heading, sentences and a table."""
    if section.title:
        out.print(Text(f"\n{section.title}", style="bold"))
    for sentence in section.sentences:
        out.print(shorten(clean(sentence), _IDS + 100))
    if not section.rows:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for number, name in enumerate(section.header):
        table.add_column(Text(name), justify="right" if number else "left", overflow="ellipsis")
    for row in section.rows:
        table.add_row(*(Text(clean(cell)) for cell in row))
    out.print(table)


def markdown(laid: Laid) -> str:
    """Return the whole report as Markdown."""
    parts = [f"# {_inline(laid.title)}"]
    for section in laid.sections:
        parts += _section(section)
    if laid.failures:
        parts.append(f"## What went wrong ({len(laid.failures):,})")
        parts += [_failure(*one) for one in laid.failures]
    for section in laid.after:
        parts += _section(section)
    return "\n\n".join(parts) + "\n"


def _section(section: Section) -> Iterator[str]:
    if section.title:
        yield f"## {_inline(section.title)}"
    if section.sentences:
        yield "\n".join(f"- {_inline(sentence)}" for sentence in section.sentences)
    if section.rows:
        rule = ["---", *["---:"] * (len(section.header) - 1)]
        yield "\n".join(_row(cells) for cells in (section.header, rule, *section.rows))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(_inline(cell) for cell in cells)} |"


def _failure(failure: Failure, quoted: Quoted) -> str:
    lines = [f"- **{_inline(failure.id)}** {_inline(quoted.question)}", f"  {failure.fault}."]
    lines.append(f"  {_inline(failure.reason)}")
    words = stage_words(failure)
    if words:
        lines.append(f"  Rank of the right passage: {words}.")
    if failure.source:
        lines.append(f"  Right would have been {_inline(place_words(failure.source))}.")
    if failure.beaten_by:
        first = place_words(failure.beaten_by)
        lines.append(f"  First came {_inline(first)}: {_inline(quoted.beaten_by)}")
    return "  \n".join(lines)


def _inline(text: str) -> str:
    """Return text on one line that Markdown shows as it is."""
    flat = " ".join(clean(text).split())
    return "".join(f"\\{char}" if char in "\\`*_[]<>|#~" else char for char in flat)
