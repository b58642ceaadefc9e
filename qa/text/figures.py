"""Figures in a text as values, however a language writes them: 1,250, 3,8 Mio., 1億1000万."""

import re
import unicodedata
from collections.abc import Iterator

from qa.text.scales import COMPOUND, SCALE, compound_value, scale
from qa.text.tokens import LETTER, ascii_digits
from qa.text.vocabulary import MONEY, TIME_UNITS

# Not in identifiers: MRG-1462, A4. A word of unknown meaning behind it may be a scale too.
_SCALED = re.compile(
    r"(?<![A-Za-z\d.,])(?<![A-Za-z]-)(?P<number>\d+(?:[.,]\d+)*)"
    rf"(?P<scale>{SCALE})"
    rf"(?:\.?[\s-]?(?P<word>[^\W\d_](?:(?!\d){LETTER}){{0,30}}))?",
    re.IGNORECASE,
)
_UNIT = re.compile(rf"(?:{MONEY})|(?:{TIME_UNITS})(?!{LETTER})", re.IGNORECASE)
# An exponent, or the mark of a footnote: no part of the number before it.
_EXPONENT = re.compile("(?<=[0-9])[⁺⁻]?[⁰¹²³⁴-⁹]+")
# 1 250 000 and 1'250'000: what parts thousands and is no full stop or comma.
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:[ '’\u00a0\u202f]\d{3})+(?!\d)")
# No figures of what a text says: the numbers of items, of rows and of notes.
_MONTH = "jan|feb|m[aä]r|apr|ma[ij]|j[ua]n|jul|a[uo][gû]|sep|o[ck]t|nov|d[eé][zc]"
_NUMBERING = re.compile(
    rf"^[^\S\n]*(?:\d{{1,3}}[.)]\s+(?!{_MONTH})|\|\s*\d+\s*\|)|\[\^?\d{{1,3}}\]",
    re.IGNORECASE | re.MULTILINE,
)
_DATE = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b")
_DAY = re.compile(r"\b(\d{1,2})\.(0?[1-9]|1[0-2])\.(?!\d)")  # 10.04.
# "m" is a million beside money only: 5 m may be metres. French and others write M and Md.
_MONEY = re.compile(r"([$€£¥]\s?\d[\d.,]*+)\s?m\b", re.IGNORECASE)
_CURRENCY = r"(?=\s?[$€£¥₩]|\s(?:d['’]|de |euros?\b|dollars?\b|francs?\b))"
_MILLION = re.compile(rf"(?<=\d)\s?M{_CURRENCY}")
_MILLIARD = re.compile(rf"(?<=\d)\s?Mds?{_CURRENCY}")
# 14:30, 14 h 30, 14 Uhr 30, 14時30分, 오후 2시 30분; of the afternoon: 2:30 p.m.
_CLOCK = re.compile(
    r"(?<![\d:.,])([01]?\d|2[0-4])(?: ?(?:h|Uhr|[時时点點시]) ?|:)([0-5]\d)"
    r"(?![\d:]|[.,]\d)(?: ?[分분])?",
    re.IGNORECASE,
)
_AFTERNOON = re.compile(
    r"(?:午後|下午|오후) ?(\d{1,2})(?![\d,])(\.\d\d)?|(?<![\d.,:])(\d{1,2})(\.\d\d)?\s?p\.?m\b\.?",
    re.IGNORECASE,
)
_FRACTION = re.compile("(\\d)([¼½¾⅓⅔⅕-⅞])")
# Where a comma parts whole numbers from fractions, and a full stop the thousands.
_COMMAS = "de fr es it pt nl sv da no fi pl ru tr el ro hr cs sk hu bg uk sl sr id vi ca lv lt "
_COMMAS += "et gl eu mk be kk"
_DECIMAL_COMMA = frozenset(_COMMAS.split())
_INDIAN = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?")  # 12,34,567
_BOTH = re.compile(r"\d{1,3}([.,])\d{3}(?:\1\d{3})*(?!\1)[.,]\d+")  # 1.234,5
# What a word that is not known here may stand for.
_POWERS = [10.0**power for power in range(3, 13)]


def figures(text: str, lang: str) -> frozenset[float]:
    """Return the values of all numbers that a text in a language writes in digits.

    Of dates such as 10.04.2024 day, month and year are numbers each; 14:30 is 14.3.
    """
    return frozenset(value for value, _ in _read(text, lang))


def differ(one: str, lang: str, other: str, other_lang: str) -> bool:
    """Tell whether two texts in two languages both give figures, and none that is the same.

    Not if one may be the same: if it is a power of ten apart and a word that is no known unit is
    behind it, which may be a million in a language that nothing here knows.
    """
    here, there = list(_read(one, lang)), list(_read(other, other_lang))
    if not here or not there or {value for value, _ in here} & {value for value, _ in there}:
        return False
    return not _may_agree(here, there) and not _may_agree(there, here)


def _may_agree(here: list[tuple[float, str]], there: list[tuple[float, str]]) -> bool:
    words: dict[float, set[str]] = {}
    for value, word in there:
        words.setdefault(value, set()).add(word)
    scaled = ((round(value * power, 6), word) for value, word in here if word for power in _POWERS)
    # 12 euros and 12,000 euros are not the same.
    return any(word not in words[value] for value, word in scaled if value in words)


def _read(text: str, lang: str) -> Iterator[tuple[float, str]]:
    """Yield the value of each number, and the word behind it if it may be a scale."""
    said = _DATE.sub(r"\1 \2 \3", _NUMBERING.sub(" ", text))
    # Elsewhere "3.5." is a number that ends a sentence.
    folded = in_one_piece(_DAY.sub(r"\1 \2 ", said) if lang in _DECIMAL_COMMA else said)
    folded = _AFTERNOON.sub(_of_24, folded)
    for match in COMPOUND.finditer(folded):
        yield compound_value(match.group()), ""
    for match in _SCALED.finditer(COMPOUND.sub(" ", folded)):
        value = _value(match["number"], lang)
        if value is not None:
            word = match["word"] or ""
            known = match["scale"] or _UNIT.match(word)
            yield round(value * scale(match["scale"], lang), 6), "" if known else word.casefold()


def in_one_piece(text: str) -> str:
    """Return a text in NFKC in which each number is one: 1250 for 1 250, 5.5 for 5½, 14.30."""
    said = _FRACTION.sub(_with_decimals, _EXPONENT.sub("", text))
    folded = ascii_digits(unicodedata.normalize("NFKC", said))
    grouped = _GROUPED.sub(lambda found: re.sub(r"\D", "", found.group()), folded)
    clock = _CLOCK.sub(r"\1.\2", grouped)
    money = _MILLIARD.sub(" milliard", _MILLION.sub(" million", clock))
    return _MONEY.sub(r"\1 million", money)


def _of_24(found: re.Match[str]) -> str:
    hour, minutes = int(found[1] or found[3]), found[2] or found[4] or ""
    return f"{hour + 12 if hour < 12 else hour}{minutes} "


def _with_decimals(found: re.Match[str]) -> str:
    return f"{found[1]}{unicodedata.numeric(found[2]):.3f}".replace("0.", ".").rstrip("0")


def _value(number: str, lang: str) -> float | None:
    """Read one number; what is none, such as 3.1.4, has no value."""
    thousands = r"\." if lang in _DECIMAL_COMMA else ","
    if _INDIAN.fullmatch(number):
        number = number.replace(",", "")
    elif both := _BOTH.fullmatch(number):
        number = number.replace(both[1], "")
    elif re.fullmatch(rf"\d{{1,3}}(?:{thousands}\d{{3}})+", number):
        number = re.sub(thousands, "", number)
    if len(re.findall("[.,]", number)) > 1:
        return None
    return float(number.replace(",", "."))
