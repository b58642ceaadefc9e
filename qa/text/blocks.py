"""The blocks of a text: headings, list items, table rows, lines of code and paragraphs.

Markdown's own marks are read, and so is plain text: a hard-wrapped paragraph is one block, a
short line above a much longer one stands alone.
"""
# ruff: noqa: RUF001, RUF003 - marks of lists in many scripts

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from qa.datamodel import Span

Kind = Literal["heading", "item", "row", "code", "text"]

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)")
_CLOSING = re.compile(r"(?:^|\s)#+\s*$")  # not in "# Learning C#"
# Marks of list items: bullets, and numbers or letters, which count on from "first". Where nothing
# is written with spaces, none follows the mark: ・ ① １． 一、 （二）.
_HAN = "一二三四五六七八九十"
_ORDERED = (
    r"\(?(?:\d{1,3}|[a-zа-яα-ω](?=\)))[.)][ \t]+|"
    r"[가나다라마바사아자차카타파하][.)][ \t]+|"
    r"[\u0660-\u0669\u06f0-\u06f9]{1,3}[ \t]?[-–][ \t]*(?=\D)|"
    r"\d{1,3}[．、](?!\d)|"
    rf"(?!一、二)[{_HAN}]{{1,3}}[、．]|"
    rf"[(（](?:\d{{1,3}}|[{_HAN}]{{1,3}})[)）](?=\w)|"
    r"[\u2460-\u249b\u24f5-\u24fe\u2776-\u2793\u3251-\u325f\u32b1-\u32bf]"
)
_ITEM = re.compile(
    rf"\s*(?:[-*+•‣◦·–][ \t]+|([・●○■□◆◇※►▶])(?!\1)|(?P<ordered>{_ORDERED}))[ \t\u3000]*(?=\S)"
)
_FIRST = frozenset("aаα가一")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_UNDERLINE = re.compile(r" {0,3}(=+|-{3,})\s*$")
_RULE = re.compile(r" {0,3}([-*_=~])(?:[ \t]*\1){2,}\s*$")
_WRAPPED = 160  # characters; a longer line is a paragraph of its own, not one of several
_TERMINATORS = ".!?…:;。！？।؟"


@dataclass(frozen=True, slots=True)
class Block:
    """A span of whole lines without surrounding whitespace.

    ``level`` and ``title`` belong to headings (1 is the highest); ``body`` is where the content
    begins after the mark of a list item.
    """

    start: int
    end: int
    kind: Kind
    level: int = 0
    title: str = ""
    body: int = 0


def split_blocks(text: str) -> list[Block]:
    """Return the blocks in order; together they hold everything but whitespace exactly once."""
    blocks: list[Block] = []
    fence = ""
    open_lines: list[Span] = []
    lines = _lines(text)
    # A row of tildes may be an ornament: what nothing closes is no code.
    closed = {_fence(text[start:end], closing=True): start for start, end in lines}
    for start, end in lines:
        line = text[start:end]
        mark = _fence(line)
        if fence or (mark and closed.get(mark, 0) > start):
            _close(text, open_lines, blocks)
            blocks += _trimmed(text, start, end, "code")
            fence = mark if not fence else "" if _fence(line, closing=True) == fence else fence
        else:
            _add_line(text, (start, end), open_lines, blocks)
    _close(text, open_lines, blocks)
    return blocks


def _lines(text: str) -> list[Span]:
    return [match.span() for match in re.finditer(r"[^\n]*(?:\n|$)", text)]


def _fence(line: str, *, closing: bool = False) -> str:
    """Return the mark that a line of code's fence begins with, "" for other lines."""
    found = _FENCE.match(line)
    mark = found.group(1) if found else ""
    return "" if mark and closing and line.strip().strip(mark[0]) else mark


def _add_line(text: str, span: Span, open_lines: list[Span], blocks: list[Block]) -> None:
    """Extend the open block by a line, or close it and begin the next one."""
    line = text[slice(*span)]
    if not line.strip():
        _close(text, open_lines, blocks)
    elif _is_underline(text, line, open_lines):
        start, end = open_lines.pop()
        level = 1 if "=" in line else 2
        blocks += _trimmed(text, start, span[1], "heading", level, text[start:end].strip())
    elif heading := _HEADING.match(line):
        _close(text, open_lines, blocks)
        title = _CLOSING.sub("", line[heading.end() :]).strip()
        blocks += _trimmed(text, *span, "heading", len(heading.group(1)), title)
    elif line.lstrip().startswith("|") or _RULE.match(line):
        _close(text, open_lines, blocks)
        blocks += _trimmed(text, *span, "row")
    else:
        if open_lines and _begins_block(text, line, open_lines):
            if _ITEM.match(line) and _introduces(text, open_lines):
                lead = open_lines.pop()
                _close(text, open_lines, blocks)
                open_lines.append(lead)
            _close(text, open_lines, blocks)
        open_lines.append(span)


def _is_underline(text: str, line: str, open_lines: list[Span]) -> bool:
    """Tell a setext heading's underline from a horizontal rule below a paragraph."""
    if len(open_lines) != 1 or not _UNDERLINE.match(line):
        return False
    above = text[slice(*open_lines[0])].strip()
    return len(above) <= 120 and above[-1] not in _TERMINATORS and not _ITEM.match(above)


def _begins_block(text: str, line: str, open_lines: list[Span]) -> bool:
    above = text[slice(*open_lines[-1])].strip()
    ends = above[-1] in _TERMINATORS
    if item := _ITEM.match(line):
        # "am\n10. April" in wrapped text is no list; "1." or a line after a full stop is.
        return _is_first(item["ordered"]) or ends or bool(_ITEM.match(text, open_lines[0][0]))
    if ends:
        return len(above) > _WRAPPED
    return 2 * len(above) < len(line.strip())


def _is_first(number: str | None) -> bool:
    """Tell whether the mark of an item begins a list; a bullet may."""
    if number is None:
        return True
    plain = unicodedata.normalize("NFKC", number).strip("().、-– \t")  # ① and １ are 1
    return plain in _FIRST or (plain.isdecimal() and int(plain) == 1)


def _introduces(text: str, open_lines: list[Span]) -> bool:
    """Tell whether the last open line is the title of a list rather than wrapped text."""
    if len(open_lines) < 2:
        return False
    above, last = (text[start:end].strip() for start, end in open_lines[-2:])
    return above[-1] in ".!?。！？" and last[-1] not in ".!?。！？" and not _ITEM.match(last)


def _close(text: str, open_lines: list[Span], blocks: list[Block]) -> None:
    if open_lines:
        start, end = open_lines[0][0], open_lines[-1][1]
        kind: Kind = "item" if _ITEM.match(text, start, end) else "text"
        blocks += _trimmed(text, start, end, kind)
        open_lines.clear()


def _trimmed(
    text: str, start: int, end: int, kind: Kind, level: int = 0, title: str = ""
) -> list[Block]:
    """Return the block without surrounding whitespace, or nothing if it is blank."""
    span = trim(text, start, end)
    if span is None:
        return []
    item = _ITEM.match(text, *span) if kind == "item" else None
    return [Block(*span, kind, level, title, item.end() if item else span[0])]


def trim(text: str, start: int, end: int) -> Span | None:
    """Return the span without whitespace at its ends, or None if it holds nothing else."""
    piece = text[start:end]
    stripped = piece.strip()
    if not stripped:
        return None
    start += len(piece) - len(piece.lstrip())
    return start, start + len(stripped)
