"""Figures in a text as values, however a language writes them: 1,250, 3,8 Mio., 1億1000万."""

import re
import unicodedata

_SCALES = {
    "thousand": 1e3, "tausend": 1e3, "mille": 1e3, "mil": 1e3,
    "million": 1e6, "millions": 1e6, "millionen": 1e6, "mio": 1e6, "millones": 1e6, "millón": 1e6,
    "billion": 1e9, "billions": 1e9, "milliarde": 1e9, "milliarden": 1e9, "milliards": 1e9,
    "mrd": 1e9, "trillion": 1e12, "trillions": 1e12, "billionen": 1e12,
    "billón": 1e12, "billones": 1e12, "bio": 1e12, "trillionen": 1e18,
}  # fmt: skip
# Where these words mean more than they do in English.
_LONG_SCALE = frozenset({"de", "fr", "nl", "sv", "da", "no"})
_LONGER = {"billion": 1e12, "billions": 1e12, "trillion": 1e18, "trillions": 1e18}
_UNITS = "|".join(sorted(_SCALES, key=len, reverse=True))
_SCALED = re.compile(rf"(?P<number>\d+(?:[.,]\d+)*)(?:[\s-]?(?P<scale>{_UNITS})\b)?", re.IGNORECASE)
# An exponent, or the mark of a footnote: no part of the number before it.
_EXPONENT = re.compile("(?<=[0-9])[⁺⁻]?[⁰¹²³⁴-⁹]+")
_NARROW_GAP = re.compile("(?<=\\d)[\u00a0\u202f](?=\\d{3})")
# 1億1000万: parts that add up.
_MYRIADS = {"万": 1e4, "億": 1e8, "亿": 1e8, "兆": 1e12}
_COMPOUND = re.compile(r"(?:\d[\d,]*(?:\.\d+)?[万億亿兆])+(?:\d[\d,]*)?")
_PART = re.compile(r"(\d[\d,]*(?:\.\d+)?)([万億亿兆]?)")
# Where a comma parts whole numbers from fractions, and a full stop the thousands.
_DECIMAL_COMMA = frozenset({"de", "fr", "es", "it", "pt", "nl", "sv", "da", "no", "fi", "pl", "ru"})


def figures(text: str, lang: str) -> frozenset[float]:
    """Return the values of all numbers that a text in a language writes in digits."""
    folded = unicodedata.normalize("NFKC", _NARROW_GAP.sub("", _EXPONENT.sub("", text)))
    found = {_sum(match.group()) for match in _COMPOUND.finditer(folded)}
    for match in _SCALED.finditer(_COMPOUND.sub(" ", folded)):
        value = _value(match["number"], lang)
        if value is not None:
            found.add(round(value * _scale((match["scale"] or "").casefold(), lang), 6))
    return frozenset(found)


def _scale(word: str, lang: str) -> float:
    longer = _LONGER if lang in _LONG_SCALE else {}
    return longer.get(word) or _SCALES.get(word, 1.0)


def _sum(compound: str) -> float:
    parts = _PART.findall(compound)
    return sum(float(number.replace(",", "")) * _MYRIADS.get(unit, 1.0) for number, unit in parts)


def _value(number: str, lang: str) -> float | None:
    """Read one number; what is none, such as 3.1.4, has no value."""
    thousands, decimal = (r"\.", ",") if lang in _DECIMAL_COMMA else (",", r"\.")
    if re.fullmatch(rf"\d{{1,3}}(?:{thousands}\d{{3}})+(?:{decimal}\d+)?", number):
        number = re.sub(thousands, "", number)
    if len(re.findall("[.,]", number)) > 1:
        return None
    return float(number.replace(",", "."))
