"""The numbers that a question gives, and whether a document has them in whatever spelling."""

import math
import re

from qa.text.figures import figures, in_one_piece
from qa.text.scales import COMPOUND, SCALE, UNITS, compound_value, scale

_DATE = re.compile(
    r"\b(?P<year>\d{4})-\d\d-(?P<day>\d\d)\b|"
    r"(?<![\d.,])(?P<first>\d{1,2})\.\d{1,2}\.(?P<last>\d{4})\b"
)
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}")
_BOTH = re.compile(r"\d{1,3}(?P<mark>[.,])\d{3}(?:(?P=mark)\d{3})*(?!(?P=mark))[.,]\d+")
_NUMBER = re.compile(rf"(?P<number>\d+(?:[.,]\d+)*)(?P<scale>{SCALE})", re.IGNORECASE)
_SINGLE = re.compile(r"(?P<number>[\d.,]+)(?P<units>\D+)")
_VALUE = re.compile(r"\d+(?:\.\d+)?(?:e\d+)?")
_CLOCK = re.compile(r"0?(\d{1,2}\.[0-5]\d)")
# The zeros of the scripts whose languages have words here.
_ZEROS = (
    "0\u0660\u06f0\u0966\u09e6\u0a66\u0ae6\u0b66\u0be6\u0c66\u0ce6\u0d66\u0e50\u0ed0\u1040\uff10"
)
_DIGITS = [f"[{''.join(chr(ord(zero) + n) for zero in _ZEROS)}]" for n in range(10)]
_POINT = "[.,\u066b\uff0e\uff0c]"
_COLON = "(?:[.,:\uff1a]| ?(?:h|Uhr|[時时点點시]) ?)"  # parts hours from minutes
_MARK = "[.,'’ \u00a0\u202f\u066c]?"  # may part thousands
_SIGN = re.compile("[万萬億亿兆千百만억조천백]")
_BETWEEN = rf"(?:{_SIGN.pattern}|[.,'’ \u00a0\u202f\u066b\u066c]){{0,2}}"  # 1億1000万
_SCALE = re.compile(rf"[\s-]?(?:{UNITS})", re.IGNORECASE)
# 4 is whole in 04, not in 24 or 1.4; day and year are in 10.04.2024.
_WHOLE = rf"(?<!\d)(?<!\d{_POINT})"
_BEFORE = re.compile(rf"{_WHOLE}{_DIGITS[0]}?$")
_BEFORE_YEAR = re.compile(rf"{_WHOLE}(?:{_DIGITS[0]}?|\d{{1,2}}\.\d{{1,2}}\.)$")
_YEAR = re.compile(r"\d{4}")
_MONTH = r"(?=\.\d{1,2}\.\d{4}(?!\d))"
_NEAR = 8  # characters before a number that tell
_INDIAN = 5  # more digits are parted in twos too: 12,34,567
_AROUND = 24  # characters that may belong to one number
_LEAST = 100  # few scales make less


def numbers_of(text: str) -> frozenset[str]:
    """Return the numbers that a text writes in the digits of any script, as they are meant.

    102.6 and 102,6 are one, and so are 10,000 and 10 000, and 14:30 and 14.30. What a word or sign
    scales is 3.5e6 for 3.5 million and 350e4 for 350万. Of a date the month is left out, which
    other texts write as a word.
    """
    folded = _DATE.sub(_day_and_year, in_one_piece(text))
    compounds = [_compound(found.group()) for found in COMPOUND.finditer(folded)]
    others = _NUMBER.finditer(COMPOUND.sub(" ", folded))
    scaled = (_times(found["number"], scale(found["scale"], "")) for found in others)
    return frozenset([*compounds, *scaled])


def _day_and_year(date: re.Match[str]) -> str:
    return f"{int(date['day'] or date['first'])} {date['year'] or date['last']}"


def _compound(compound: str) -> str:
    if single := _SINGLE.fullmatch(compound):
        return _times(single["number"], compound_value(f"1{single['units']}"))
    return _digits(compound_value(compound))


def _times(number: str, power: float) -> str:
    return f"{_meant(number)}e{round(math.log10(power))}" if power > 1 else _meant(number)


def _meant(number: str) -> str:
    if _THOUSANDS.fullmatch(number):
        return re.sub("[.,]", "", number)
    if both := _BOTH.fullmatch(number):
        number = number.replace(both["mark"], "")
    if clock := _CLOCK.fullmatch(number):
        return clock[1]
    return number.replace(",", ".")


def has_number(text: str, number: str) -> bool:
    """Tell whether a text has a number as :func:`numbers_of` gives it; 4 is in 2024-04, not in 40.

    Of 3.5e6 it may have 3.5 alone, whose word behind it may be none that is known here, 350万 or
    3,500,000. Looks only for this one, since the text may be a long document.
    """
    if _has_written(text, number.partition("e")[0]):
        return True
    value = float(number) if _VALUE.fullmatch(number) else 0.0
    if not _LEAST <= value < math.inf:
        return False
    return _has_value(text, value) or ("e" in number and _has_written(text, _digits(value)))


def _has_written(text: str, number: str) -> bool:
    pattern = re.compile(rf"{_spellings(number)}(?:(?!{_POINT}?\d)|{_MONTH})", re.IGNORECASE)
    before = _BEFORE_YEAR if _YEAR.fullmatch(number) else _BEFORE
    # What stands before is looked at last: a search for a digit is ten times as fast.
    return any(
        before.search(text[max(0, found.start() - _NEAR) : found.start()])
        for found in pattern.finditer(text)
    )


def _spellings(number: str) -> str:
    """Return a pattern of all ways to write a number without words."""
    whole, point, rest = number.partition(".")
    digits = [_DIGITS[int(digit)] for digit in whole]
    parted = [_grouped(digits, 3)] + [_grouped(digits, 2)] * (len(digits) > _INDIAN)
    mark = _COLON if _CLOCK.fullmatch(number) else _POINT
    after = "".join(_POINT if char == "." else _DIGITS[int(char)] for char in rest)
    return f"(?:{'|'.join(parted)}){mark if point else ''}{after}"


def _grouped(digits: list[str], size: int) -> str:
    """Put a mark before the last three digits, and before each ``size`` others before them."""
    places = {len(digits) - 3 - n for n in range(0, len(digits), size)}
    return "".join((_MARK if at in places and at else "") + one for at, one in enumerate(digits))


def _digits(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _has_value(text: str, value: float) -> bool:
    """Tell whether a text has a value in words or signs that scale: 350万, 3.5 million."""
    # 1億50万 writes fewer zeros than 100500000.
    zeros = rf"(?:{_BETWEEN}{_DIGITS[0]})*+"
    first, *others = (_DIGITS[int(digit)] for digit in re.sub(r"[.0]", "", _digits(value)))
    rest = "".join(rf"{zeros}{_BETWEEN}{digit}" for digit in others)
    for found in re.finditer(rf"{first}(?<![1-9]\d){rest}{zeros}(?!\d)", text):
        if _SIGN.search(found.group()) or _SCALE.match(text, found.end()):
            near = text[max(0, found.start() - _AROUND) : found.end() + _AROUND]
            if round(value, 6) in figures(near, "en") | figures(near, "de"):
                return True
    return False
