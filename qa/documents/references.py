"""What a document itself refers to: links, notes, and the list of sources at its end.

Each reference has its exact place in the stored text. Where the links of a web page lead is no part
of that text.
"""

import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from qa.text.blocks import Block, split_blocks
from qa.text.sources import announces_sources

Kind = Literal["link", "note", "source"]

# A text may repeat the beginning of a link without end: every part has a greatest length, and what
# a part has taken it does not give back.
_URL = re.compile(r"https?://[^\s<>\"'「」（）|\\^`{}]{1,2000}+", re.I)
_TARGET = r"<[^>\n]{0,1000}>|[^\s()]{0,1000}+(?:\([^\s()]{0,300}+\)[^\s()]{0,300}+){0,9}"
_LINK = re.compile(rf"!?\[([^\]\n]{{1,300}}+)\]\(({_TARGET})[^)\n]{{0,300}}+\)")
_NOTE = re.compile(r"\[\^?([\w.-]{1,12})\]:?[ \t]+")
_MARK = re.compile(r"\[\^?([\w.-]{1,12})\]")
_TRAILING = ".,;:!?)]»”’"
_MOST_MARKS = 100
Marks = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference that stands at ``text[start:end]`` of its document.

    ``label`` is the number or name of a note, or the words of a link; ``url`` is empty where none
    is given. ``marks`` holds the first hundred offsets at which the text refers to a note.
    """

    kind: Kind
    start: int
    end: int
    label: str = ""
    url: str = ""
    marks: tuple[int, ...] = ()


def find_references(text: str) -> list[Reference]:
    """Return the references of a text by their place; a listed source's own link is part of it."""
    blocks, marks = split_blocks(text), _marks(text)
    listed = [*_sources(text, blocks, marks), *_notes(text, blocks, marks)]
    taken = sorted((one.start, one.end) for one in listed)

    def is_free(link: Reference) -> bool:  # entries are blocks, which do not overlap
        before = bisect(taken, link.start, key=lambda span: span[0])
        return before == 0 or taken[before - 1][1] <= link.start

    unique = {(one.start, one.end): one for one in [*filter(is_free, _links(text)), *listed]}
    return sorted(unique.values(), key=lambda one: (one.start, one.end))


def _links(text: str) -> Iterator[Reference]:
    """Yield Markdown's links, and addresses that stand in the text as they are."""
    covered = 0
    for match in re.finditer(f"{_LINK.pattern}|(?i:{_URL.pattern})", text):
        start, end = match.span()
        if match.group(2) is not None:
            url = match.group(2).strip("<>")
            if url and not match.group().startswith("!"):  # a picture is part of the document
                yield Reference("link", start, end, match.group(1), url)
        elif start >= covered:
            url = _bare(match.group())
            yield Reference("link", start, start + len(url), "", url)
        covered = end


def _bare(url: str) -> str:
    """Return an address without the punctuation of the sentence around it."""
    end, unopened = len(url), url.count(")") - url.count("(")
    while url[end - 1] in _TRAILING and (url[end - 1] != ")" or unopened > 0):
        unopened -= url[end - 1] == ")"
        end -= 1
    return url[:end]


def _sources(text: str, blocks: list[Block], marks: Marks) -> Iterator[Reference]:
    """Yield the entries below a heading, or a short line, that announces sources."""
    level = 0
    for at, block in enumerate(blocks):
        if block.kind == "heading":
            level = block.level if announces_sources(block.title) else 0
        elif level == 0 and announces_sources(text[block.start : block.end]):
            following = blocks[at + 1] if at + 1 < len(blocks) else None
            level = -1 if following and following.kind == "item" else 0
        elif level > 0 or (level == -1 and block.kind == "item"):
            yield _entry(text, block, marks)
        elif level == -1:
            level = 0


def _entry(text: str, block: Block, marks: Marks) -> Reference:
    note = _NOTE.match(text, block.body, block.end)
    url = _URL.search(text, block.start, block.end)
    return Reference(
        "source",
        block.start,
        block.end,
        note.group(1) if note else "",
        _bare(url.group()) if url else "",
        _others(marks, note.group(1), block.body) if note else (),
    )


def _notes(text: str, blocks: list[Block], marks: Marks) -> Iterator[Reference]:
    """Yield notes, wherever they stand: ``[^1]: text`` and ``[1] text`` that is referred to."""
    for block in blocks:
        note = _NOTE.match(text, block.body, block.end)
        others = _others(marks, note.group(1), block.body) if note else ()
        if note and (others or note.group().startswith("[^")):
            url = _URL.search(text, block.start, block.end)
            address = _bare(url.group()) if url else ""
            yield Reference("note", block.start, block.end, note.group(1), address, others)


def _marks(text: str) -> Marks:
    """Return by label where it stands as a mark; of each the first ones, and one for its own."""
    found: dict[str, list[int]] = defaultdict(list)
    for mark in _MARK.finditer(text):
        if len(found[mark.group(1)]) <= _MOST_MARKS:
            found[mark.group(1)].append(mark.start())
    return found


def _others(marks: Marks, label: str, own: int) -> tuple[int, ...]:
    return tuple(start for start in marks[label] if start != own)[:_MOST_MARKS]
