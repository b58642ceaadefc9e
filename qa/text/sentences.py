"""Sentences with exact offsets, for any script, by rules over the blocks of a text.

Measured against sentencex and pysbd by ``benchmarks/sentences.py``. Where a full stop may
belong to an abbreviation, an ordinal or an initial, the next word decides: a sentence ends if
that word is one that sentences begin with.
"""
# ruff: noqa: RUF001 - marks and letters of many scripts

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

from qa.datamodel import Span
from qa.text.abbreviations import (
    BEFORE_NUMBERS,
    MAYBE_LAST,
    NEVER_LAST,
    ORDINAL_LANGUAGES,
    STARTERS,
)
from qa.text.blocks import Block, split_blocks, trim

_CLOSERS = "\"'’”“»›)\\]}」』）】〉》］｣*_"
_FULL = "。．！？｡।॥؟۔։።။។"  # ends a sentence with no space behind it
_ASKS = r"(?<=[\u0370-\u03ff\u1f00-\u1fff])[;\u037e]"  # the question mark of Greek
_END = re.compile(
    rf"(?:[.!?…‥{_FULL}]+|{_ASKS})(?:[{_CLOSERS}]|[\u00a0\u202f]»|\[[^\]\s]{{1,12}}\])*"
)
_SPACED_QUOTE = re.compile(r"«[^«»]{0,1000}( »)")
_DATE = re.compile(r"(?<!\d)\d{4}\. ?\d{1,2}\. ?\d{1,2}\b\.?")  # of Korean and Hungarian
_DANDA = "।"
_BRACKETED = re.compile(r"「[^「」\n]{0,400}」|『[^『』\n]{0,400}』|（[^（）\n]{0,400}）")
_LAST_WORD = re.compile(r"[^\s(\[\"'“”„‚‘«»/–—]*$")
_NEXT_WORD = re.compile(r"[\s\"'“”„‚‘«»(\[¿¡*_]*(\w[\w’']*)")

_CONSONANTS = "bcdfghjklmnpqrstvwxzßłđбвгджзклмнпрстфхцчшщгґћђљњџβγδζθκλμνξπρσςτφχψ"
_CLIPPED = re.compile(rf"(?![^rlрл][rlрл][^rlрл])[{_CONSONANTS}]+")
_UNITS = frozenset(["km", "cm", "mm", "kg", "Kč", "zł", "Ft"])  # also where no number is before

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
    context = _Context.of(text, start, end, lang)
    marks = ((match, context.end_of(match)) for match in _END.finditer(text, start, end))
    return [
        after for match, after in marks if after < end and _ends_sentence(match, after, context)
    ]


@dataclass(frozen=True, slots=True)
class _Context:
    """The text around the marks of a block that ends at ``end``.

    ``brackets`` and ``dates`` are spans in order, ``closing`` holds places of a space before »,
    and where the quotation ends. Where ``danda`` ends sentences, a full stop abbreviates.
    """

    text: str
    end: int
    lang: str
    brackets: list[Span]
    dates: list[Span]
    closing: dict[int, int]
    danda: bool

    @classmethod
    def of(cls, text: str, start: int, end: int, lang: str) -> Self:
        brackets, dates = (
            [match.span() for match in pattern.finditer(text, start, end)]
            for pattern in (_BRACKETED, _DATE)
        )
        closing = dict(match.span(1) for match in _SPACED_QUOTE.finditer(text, start, end))
        return cls(text, end, lang, brackets, dates, closing, text.find(_DANDA, start, end) >= 0)

    def end_of(self, mark: re.Match[str]) -> int:
        """Return where a mark ends, with a guillemet that a plain space parts from it."""
        return self.closing.get(mark.end(), mark.end())


def _ends_sentence(mark: re.Match[str], after: int, context: _Context) -> bool:
    """Decide about a mark that ends, with what it closes, at ``after``."""
    text, dot = context.text, mark.start()
    if bracket := _around(context.brackets, dot):
        # 「はい。」と言った goes on; a bracket that stands alone ends with its sentence.
        closed = after >= bracket[1]
        return closed and (text[after].isspace() or text[after] in "「『（")
    if mark.group()[0] == "．":
        return not text[dot - 1 : dot].isdecimal()  # 5．8 is a number, 1． counts an item
    if mark.group()[0] in _FULL:
        return True
    if not text[after].isspace() or _continues(text, mark.group(), after, context.end):
        return False
    return _ends_before_space(mark, after, context)


def _ends_before_space(mark: re.Match[str], after: int, context: _Context) -> bool:
    """Decide by the next word about a mark that also stands inside sentences."""
    text, dot = context.text, mark.start()
    following = _NEXT_WORD.match(text, after, min(context.end, after + 60))
    if following and following.group(1)[0].islower():
        return False
    word = text[following.start(1) : following.end() + 1] if following else ""
    if date := _around(context.dates, dot):
        return after >= date[1] and _begins_sentence(word, context.lang)
    if mark.group() != ".":
        return True
    return not context.danda and (not word or _full_stop_ends(text, dot, word, context.lang))


def _around(spans: list[Span], place: int) -> Span | None:
    """Return the one of some spans, which are in order, that holds a place."""
    before = bisect_left(spans, (place, 0)) - 1
    return spans[before] if before >= 0 and place < spans[before][1] else None


def _continues(text: str, mark: str, after: int, end: int) -> bool:
    """Recognise a spaced ellipsis and a quoted title before its year in brackets."""
    gap = _GAP.match(text, after, end)
    following = text[gap.end() : gap.end() + 1] if gap else ""
    return following == "." or (following == "(" and len(mark) > 1)


def _full_stop_ends(text: str, dot: int, following: str, lang: str) -> bool:
    """Decide about a single full stop before a word (and its next character)."""
    before = text[max(0, dot - 40) : dot]
    if before.endswith((")", "]")):
        return True
    last = _LAST_WORD.search(before)
    word = last.group() if last else ""
    lower = word.casefold()
    spellings = [lower, *_with_first_part(before, lower)]
    if _listed(NEVER_LAST, spellings, lang):
        return False
    if lower in BEFORE_NUMBERS and following[0].isdecimal():
        return False
    number = word.isdecimal() and len(word) <= 2 and lang in ORDINAL_LANGUAGES
    roman = lang in ORDINAL_LANGUAGES and re.fullmatch("[IVX]+", word)
    initial = len(word) == 1 and word.isalpha()
    if number or roman or initial or _is_clipped(word, before):
        return _begins_sentence(following, lang)
    if "." in word[:-1] or _listed(MAYBE_LAST, spellings, lang):
        return _begins_sentence(following, lang) or following.endswith(",")
    return True


def _begins_sentence(following: str, lang: str) -> bool:
    """Tell whether a word, given with its next character, is one that sentences begin with."""
    word = following[:-1].casefold()
    initial = len(word) == 1 and following.endswith(".")
    return word in STARTERS.get(lang, _NONE) and not initial


def _listed(words: dict[str, frozenset[str]], spellings: list[str], lang: str) -> bool:
    return any(one in words[""] or one in words.get(lang, _NONE) for one in spellings)


def _with_first_part(before: str, word: str) -> list[str]:
    """Return an abbreviation written with spaces, as "z. B." is, in one word."""
    parts = before.split()[-2:]
    if len(parts) < 2 or not parts[0].endswith(".") or len(parts[0]) > 3:
        return []
    return [(parts[0] + word).casefold()]


def _is_clipped(word: str, before: str) -> bool:
    """Tell whether a word without a vowel is an abbreviation of any language: Bc, mgr, стр.

    None is "GmbH", a unit after its number ("5 km") or a word such as the Czech "vlk".
    """
    if not 2 <= len(word) <= 4 or not word[1:].islower() or word in _UNITS:
        return False
    letters = "".join(c for c in unicodedata.normalize("NFD", word.casefold()) if c.isalpha())
    measure = before[: -len(word)].rstrip()[-1:].isdecimal()
    return bool(_CLIPPED.fullmatch(letters)) and not measure


def _thai_cuts(text: str, start: int, end: int) -> list[int]:
    """Return the wider gaps of Thai, which ends sentences with a space and clauses too."""
    cuts, last = [], start
    for gap in _GAP.finditer(text, start, end):
        least = _THAI_CLAUSE if _THAI_OPENER.match(text, gap.end()) else _THAI_SENTENCE
        if gap.start() - last >= least:
            cuts.append(gap.start())
            last = gap.end()
    return cuts
