"""Documents to passages: exact spans of about the same size, on sentence boundaries.

A passage stays below one heading and in one language. Where a section has to be cut, the cuts
that leave pieces of even size at the ends of paragraphs are found by dynamic programming.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from qa.datamodel import Document, Encoder, Span
from qa.text.blocks import Block, split_blocks, trim
from qa.text.language import detect_language
from qa.text.questions import is_question
from qa.text.sentences import block_sentences

_CONTEXT_TOKENS = 60
_RESERVED = 24  # tokens kept free for prompt, special tokens and the seams between sentences
_STRETCH = 1.25  # how far over its aim a passage may go before it is cut in two
_INSIDE_PARAGRAPH = 0.3  # what a cut inside a paragraph costs, in squared relative deviation
_TELLING, _READABLE = 120, 40  # letters that found a language of the document, or choose one


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage before it is stored: ``document.text[start:end] == text``.

    ``heading`` is the path of headings above it without the document's title, ``context`` title and
    path as the encoder reads them, cut to a few dozen tokens.
    """

    start: int
    end: int
    text: str
    lang: str
    page: int | None
    heading: tuple[str, ...]
    context: str


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence, item or row: what is never cut if it fits.

    ``opens``: it begins a paragraph, and answers no question before it.
    """

    start: int
    end: int
    opens: bool
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class _Group:
    """Blocks that may share a passage: one section, one language."""

    heading: tuple[str, ...]
    lang: str
    blocks: list[Block]


def split_passages(document: Document, encoder: Encoder, passage_tokens: int) -> list[Piece]:
    """Return the passages in order; they cover all text but heading lines and never overlap.

    Each has about ``passage_tokens`` tokens of ``encoder`` and fits the encoder together with its
    context. A longer sentence is cut between words, or characters where there are no spaces.
    A document of headings only is made of passages all the same.
    """
    groups = list(_groups(document))
    units = [list(_units(document.text, group)) for group in groups]
    # The id of a line of a corpus says nothing that a question could ask for.
    title = "" if document.title == document.source else document.title
    contexts = [_context(title, group.heading) for group in groups]
    texts = [document.text[unit.start : unit.end] for run in units for unit in run]
    counts = iter(encoder.count_tokens([*contexts, *texts]))
    sizes = [next(counts) for _ in contexts]
    pieces: list[Piece] = []
    for group, run, context, size in zip(groups, units, contexts, sizes, strict=True):
        lead, spent = _capped(context, size, encoder)
        counted = [replace(unit, tokens=max(1, next(counts))) for unit in run]
        room = max(1, encoder.max_tokens - _RESERVED - spent)
        fitting = _cut_long(document.text, counted, room, encoder)
        for start, end in _pack(fitting, min(passage_tokens, room), room):
            text, page = document.text[start:end], document.page_at(start)
            pieces.append(Piece(start, end, text, group.lang, page, group.heading, lead))
    return pieces


def _context(title: str, heading: tuple[str, ...]) -> str:
    return " › ".join(part for part in (title, *heading) if part)


def _capped(context: str, size: int, encoder: Encoder) -> tuple[str, int]:
    """Return the context cut to the tokens it may have, and their number."""
    limit = min(_CONTEXT_TOKENS, encoder.max_tokens // 4)
    while size > limit:
        context = context[: len(context) * limit // size].rstrip(" ›")
        size = encoder.count_tokens([context])[0]
    return context, size


def _groups(document: Document) -> Iterator[_Group]:
    blocks = split_blocks(document.text)
    if all(block.kind == "heading" for block in blocks):
        blocks = [replace(block, kind="text", body=block.start) for block in blocks]
    sections = list(_sections(blocks, document.title))
    langs = _languages(document, [block for _, section in sections for block in section])
    for heading, section in sections:
        for part in _without_references(document.text, section):
            for lang, run in groupby(part, key=lambda block: langs[block.start]):
                yield _Group(heading, lang, list(run))


def _sections(blocks: Sequence[Block], title: str) -> Iterator[tuple[tuple[str, ...], list[Block]]]:
    """Yield the heading path and the blocks of every section that has any."""
    path: list[Block] = []
    section: list[Block] = []
    for block in blocks:
        if block.kind != "heading":
            section.append(block)
            continue
        yield from _section(path, section, block.level, title)
        section = []
        path = [*(above for above in path if above.level < block.level), block]
    yield from _section(path, section, 0, title)


def _section(
    path: Sequence[Block], section: list[Block], level: int, title: str
) -> Iterator[tuple[tuple[str, ...], list[Block]]]:
    """Yield what stands below a path of headings; ``level`` is that of the next heading.

    A heading with nothing below it says something itself, such as the title of a slide.
    """
    if section:
        yield _titles(path, title), section
    elif path and level <= path[-1].level:
        last = path[-1]
        yield _titles(path[:-1], title), [replace(last, kind="text", body=last.start)]


def _titles(path: Sequence[Block], title: str) -> tuple[str, ...]:
    titles = [" ".join(block.title.split()) for block in path]
    return tuple(text for text in titles if text and text.casefold() != title.casefold())


def _without_references(text: str, section: list[Block]) -> list[list[Block]]:
    """Part a list that ends a section, with the short line above it, from what precedes it."""
    first = len(section)
    while first and section[first - 1].kind == "item":
        first -= 1
    if first == len(section) or len(section) - first < 2:
        return [section]
    above = text[section[first - 1].start : section[first - 1].end] if first else ""
    if 0 < len(above) <= 80 and above[-1] not in ".!?。！？":
        first -= 1
    return [part for part in (section[:first], section[first:]) if part]


def _languages(document: Document, blocks: Sequence[Block]) -> dict[int, str]:
    """Return the language of every block by its start; short ones take that of the block above.

    Only the document's language and those of its longer paragraphs are considered: a list of
    English titles at the end of a German text is part of the German text.
    """
    runs = [list(run) for _, run in groupby(blocks, key=_run_key)]
    texts = [document.text[run[0].start : run[-1].end] for run in runs]
    weights = [_weight(text) for text in texts]
    rated = list(zip(runs, texts, weights, strict=True))
    telling = [text for run, text, n in rated if run[0].kind == "text" and n >= _TELLING]
    told = {text: detect_language(text) for text in telling}
    known = {document.lang, *told.values()}
    lang = document.lang
    langs: dict[int, str] = {}
    for run, text, weight in rated:
        if weight >= _READABLE:
            lang = told.get(text) or detect_language(text, known)
        langs |= {block.start: lang for block in run}
    return langs


def _run_key(block: Block) -> object:
    return block.start if block.kind == "text" else block.kind


def _weight(text: str) -> int:
    """Return the number of letters; one of a script without alphabet counts for three."""
    head = text[:2000]
    dense = len(re.findall("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]", head))
    return sum(map(str.isalpha, head)) + 2 * dense


def _units(text: str, group: _Group) -> Iterator[_Unit]:
    asked = False
    for block in group.blocks:
        for start, end in block_sentences(text, block, group.lang):
            yield _Unit(start, end, opens=start == block.start and not asked)
            asked = is_question(text[start:end])


def _cut_long(text: str, units: list[_Unit], room: int, encoder: Encoder) -> list[_Unit]:
    """Halve units until each fits ``room`` tokens, a whole level of halves at a time."""
    while any(unit.tokens > room and unit.end - unit.start > 1 for unit in units):
        halves = [half for unit in units for half in _halved(text, unit, room)]
        fresh = [half for half in halves if not half.tokens]
        counts = iter(encoder.count_tokens([text[half.start : half.end] for half in fresh]))
        units = [
            half if half.tokens else replace(half, tokens=max(1, next(counts))) for half in halves
        ]
    return units


def _halved(text: str, unit: _Unit, room: int) -> list[_Unit]:
    """Return the unit, or its two halves (still without token counts) if it is too long."""
    if unit.tokens <= room or unit.end - unit.start < 2:
        return [unit]
    cut = _middle(text, unit.start, unit.end)
    spans = [trim(text, unit.start, cut), trim(text, cut, unit.end)]
    kept: list[Span] = [span for span in spans if span]
    return [_Unit(*span, opens=unit.opens and span[0] == unit.start) for span in kept]


def _middle(text: str, start: int, end: int) -> int:
    """Return the gap between words nearest the middle, else a comma, else the middle itself."""
    middle, quarter = (start + end) // 2, (end - start) // 4
    for pattern in (r"\s+", "[、，,;；:]"):
        gaps = re.compile(pattern).finditer(text, middle - quarter, middle + quarter)
        ends = [match.end() for match in gaps if start < match.end() < end]
        if ends:
            return min(ends, key=lambda cut: abs(cut - middle))
    return middle


def _pack(units: Sequence[_Unit], aim: int, room: int) -> list[Span]:
    """Return the spans of the passages that ``units`` make up at the least cost."""
    total = sum(unit.tokens for unit in units)
    ideal = total / math.ceil(total / (_STRETCH * aim))
    widest = min(room, max(int(1.5 * aim), 1))
    best = [0.0] + [math.inf] * len(units)
    origin = [0] * (len(units) + 1)
    for end in range(1, len(units) + 1):
        size, inside = 0, end < len(units) and not units[end].opens
        for start in range(end - 1, -1, -1):
            size += units[start].tokens
            if size > widest and start < end - 1:
                break
            cost = best[start] + (size / ideal - 1) ** 2 + inside * _INSIDE_PARAGRAPH
            if cost < best[end]:
                best[end], origin[end] = cost, start
    return [(units[a].start, units[b - 1].end) for a, b in _steps(origin)]


def _steps(origin: Sequence[int]) -> list[Span]:
    """Follow the best predecessors back from the end and return the steps in order."""
    steps, end = [], len(origin) - 1
    while end:
        steps.append((origin[end], end))
        end = origin[end]
    return steps[::-1]
