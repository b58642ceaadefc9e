"""Sentences with exact offsets, for any script, by rules over the blocks of a text.

Measured against sentencex and pysbd by ``benchmarks/sentences.py``. Where a full stop may
belong to an abbreviation, an ordinal or an initial, the next word decides: a sentence ends if
that word is one that sentences begin with.
"""

import re
from bisect import bisect_left
from itertools import pairwise

from qa.datamodel import Span
from qa.text.abbreviations import (
    BEFORE_NUMBERS,
    MAYBE_LAST,
    NEVER_LAST,
    ORDINAL_LANGUAGES,
    STARTERS,
)
from qa.text.blocks import Block, split_blocks, trim

_CLOSERS = "\"'’”“»›)\\]}」』）】〉》］｣*_"  # noqa: RUF001
_FULL = "。．！？｡।॥؟۔։።။។"  # noqa: RUF001 - ends a sentence with no space behind it
_END = re.compile(rf"[.!?…‥{_FULL}]+(?:[{_CLOSERS}]|[\u00a0\u202f]»|\[[^\]\s]{{1,12}}\])*")
_BRACKETED = re.compile(r"「[^「」\n]{0,400}」|『[^『』\n]{0,400}』|（[^（）\n]{0,400}）")
_LAST_WORD = re.compile(r"[^\s(\[\"'“”„‚‘«»/–—]*$")
_NEXT_WORD = re.compile(r"[\s\"'“”„‚‘«»(\[¿¡*_]*(\w[\w’']*)")

_NONE: frozenset[str] = frozenset()
_GAP = re.compile(r"\s+")
_THAI_OPENER = re.compile(
    "ซึ่ง|เพื่อ|อย่างไรก็ตาม|เนื่องจาก|โดย|ในขณะ|ขณะที่|เมื่อ|นอกจาก|เพราะ|ดังนั้น|หลังจาก|แม้|ถึงแม้|ต่อมา"
)
_THAI_CLAUSE, _THAI_SENTENCE = 30, 300


def split_sentences(text: str, lang: str) -> list[Span]:
    """Return the half-open offsets of the sentences, in order, without surrounding whitespace.

    Everything but whitespace is covered exactly once. A blank line, list item, table row or
    heading ends a sentence; a line break inside a paragraph does not. ``lang`` is an ISO 639-1
    code and decides on abbreviations and ordinals; any other value is allowed.
    """
    return [span for block in split_blocks(text) for span in block_sentences(text, block, lang)]


def block_sentences(text: str, block: Block, lang: str) -> list[Span]:
    """Return the sentences of one block of ``text``; a heading, table row or line is one."""
    if block.kind not in ("text", "item"):
        return [(block.start, block.end)]
    cuts = [block.start, *_cuts(text, block.body, block.end, lang), block.end]
    pieces = (trim(text, left, right) for left, right in pairwise(cuts))
    return [piece for piece in pieces if piece]


def _cuts(text: str, start: int, end: int, lang: str) -> list[int]:
    """Return the offsets at which a sentence ends before ``end``."""
    if lang == "th":
        return _thai_cuts(text, start, end)
    brackets = [match.span() for match in _BRACKETED.finditer(text, start, end)]
    return [
        match.end()
        for match in _END.finditer(text, start, end)
        if match.end() < end and _ends_sentence(text, match, end, lang, brackets)
    ]


def _ends_sentence(
    text: str, mark: re.Match[str], end: int, lang: str, brackets: list[Span]
) -> bool:
    place = bisect_left(brackets, (mark.start(), 0)) - 1
    if place >= 0 and mark.start() < brackets[place][1]:
        # 「はい。」と言った goes on; a bracket that stands alone ends with its sentence.
        closed = mark.end() >= brackets[place][1]
        return closed and (text[mark.end()].isspace() or text[mark.end()] in "「『（")
    if mark.group()[0] in _FULL:
        return True
    if not text[mark.end()].isspace() or _continues(text, mark, end):
        return False
    following = _NEXT_WORD.match(text, mark.end(), min(end, mark.end() + 60))
    if following and following.group(1)[0].islower():
        return False
    if mark.group() != ".":
        return True
    if following is None:
        return True
    return _full_stop_ends(text, mark.start(), text[following.start(1) : following.end() + 1], lang)


def _continues(text: str, mark: re.Match[str], end: int) -> bool:
    """Recognise a spaced ellipsis and a quoted title before its year in brackets."""
    gap = _GAP.match(text, mark.end(), end)
    after = text[gap.end() : gap.end() + 1] if gap else ""
    return after == "." or (after == "(" and len(mark.group()) > 1)


def _full_stop_ends(text: str, dot: int, following: str, lang: str) -> bool:
    """Decide about a single full stop before a word (and its next character)."""
    before = text[max(0, dot - 40) : dot]
    if before.endswith((")", "]")):
        return True
    last = _LAST_WORD.search(before)
    word = last.group() if last else ""
    lower = word.casefold()
    if _listed(NEVER_LAST, lower, lang) or _second_part(before, lower, lang):
        return False
    if lower in BEFORE_NUMBERS and following[0].isdecimal():
        return False
    number = word.isdecimal() and len(word) <= 2 and lang in ORDINAL_LANGUAGES
    roman = lang in ORDINAL_LANGUAGES and re.fullmatch("[IVX]+", word)
    initial = len(word) == 1 and word.isalpha()
    begins = following[:-1].casefold() in STARTERS.get(lang, _NONE)
    if number or roman or initial:
        return begins
    if "." in word[:-1] or _listed(MAYBE_LAST, lower, lang):
        return begins or following.endswith(",")
    return True


def _listed(words: dict[str, frozenset[str]], word: str, lang: str) -> bool:
    return word in words[""] or word in words.get(lang, _NONE)


def _second_part(before: str, word: str, lang: str) -> bool:
    """Tell whether ``word`` ends an abbreviation written with spaces, as "z. B." does."""
    parts = before.split()[-2:]
    if len(parts) < 2 or not parts[0].endswith(".") or len(parts[0]) > 3:
        return False
    return (parts[0] + word).casefold() in NEVER_LAST.get(lang, _NONE)


def _thai_cuts(text: str, start: int, end: int) -> list[int]:
    """Return the wider gaps of Thai, which ends sentences with a space and clauses too."""
    cuts, last = [], start
    for gap in _GAP.finditer(text, start, end):
        least = _THAI_CLAUSE if _THAI_OPENER.match(text, gap.end()) else _THAI_SENTENCE
        if gap.start() - last >= least:
            cuts.append(gap.start())
            last = gap.end()
    return cuts
