"""Figures in a text as values, however a language writes them: 1,250, 3,8 Mio., 1億1000万."""

import re
import unicodedata

_SCALES = {
    "thousand": 1e3, "tausend": 1e3, "mille": 1e3, "mil": 1e3,
    "million": 1e6, "millions": 1e6, "millionen": 1e6, "mio": 1e6, "millones": 1e6, "millón": 1e6,
    "billion": 1e9, "billions": 1e9, "milliarde": 1e9, "milliarden": 1e9, "milliards": 1e9,
    "mrd": 1e9, "trillion": 1e12, "trillions": 1e12, "billionen": 1e12,
    "billón": 1e12, "billones": 1e12, "bio": 1e12, "trillionen": 1e18,
    "bn": 1e9, "k": 1e3, "mil millones": 1e9, "mil milhões": 1e9,
    "mila": 1e3, "milione": 1e6, "milioni": 1e6, "miliardo": 1e9, "miliardi": 1e9,
    "milhão": 1e6, "milhões": 1e6, "bilhão": 1e9, "bilhões": 1e9,
    "duizend": 1e3, "miljoen": 1e6, "miljard": 1e9, "mln": 1e6, "mld": 1e9, "tys": 1e3,
    "miljoner": 1e6, "miljarder": 1e9, "millioner": 1e6, "milliarder": 1e9,
    "bin": 1e3, "milyon": 1e6, "milyar": 1e9,
    "тыс": 1e3, "тысяч": 1e3, "тысячи": 1e3, "млн": 1e6, "миллион": 1e6, "миллиона": 1e6,
    "миллионов": 1e6, "млрд": 1e9, "миллиард": 1e9, "миллиарда": 1e9, "миллиардов": 1e9,
}  # fmt: skip
# Where these words mean more than they do in English.
_LONG_SCALE = frozenset({"de", "fr", "nl", "sv", "da", "no"})
_LONGER = {"billion": 1e12, "billions": 1e12, "trillion": 1e18, "trillions": 1e18}
_UNITS = "|".join(sorted(_SCALES, key=len, reverse=True))
# Not in identifiers: MRG-1462, A4.
_SCALED = re.compile(
    rf"(?<![A-Za-z\d.,])(?<![A-Za-z]-)(?P<number>\d+(?:[.,]\d+)*)(?:[\s-]?(?P<scale>{_UNITS})\b)?",
    re.IGNORECASE,
)
# An exponent, or the mark of a footnote: no part of the number before it.
_EXPONENT = re.compile("(?<=[0-9])[⁺⁻]?[⁰¹²³⁴-⁹]+")
# 1 250 000 and 1'250'000: what parts thousands and is no full stop or comma.
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:[ '’\u00a0\u202f]\d{3})+(?!\d)")
# No figures of what a text says: the numbers of items, of rows and of notes.
_MONTH = "jan|feb|m[aä]r|apr|ma[ij]|j[ua]n|jul|a[uo][gû]|sep|o[ck]t|nov|d[eé][zc]"
_NUMBERING = re.compile(
    rf"^\s*(?:\d{{1,3}}[.)]\s+(?!{_MONTH})|\|\s*\d+\s*\|)|\[\^?\d{{1,3}}\]",
    re.IGNORECASE | re.MULTILINE,
)
_DATE = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4}\b|(?!\d))")
# "m" is a million behind an amount of money only: 5 m may be metres.
_MONEY = re.compile(r"([$€£¥]\s?\d[\d.,]*)\s?m\b", re.IGNORECASE)
_FRACTION = re.compile("(\\d)([¼½¾⅓⅔⅕-⅞])")
# 1億1000万: parts that add up.
_MYRIADS = {"万": 1e4, "億": 1e8, "亿": 1e8, "兆": 1e12, "만": 1e4, "억": 1e8, "조": 1e12}
_COMPOUND = re.compile(r"(?:\d[\d,]*(?:\.\d+)?[万億亿兆만억조])+(?:\d[\d,]*)?")
_PART = re.compile(r"(\d[\d,]*(?:\.\d+)?)([万億亿兆만억조]?)")
# Where a comma parts whole numbers from fractions, and a full stop the thousands.
_COMMAS = "de fr es it pt nl sv da no fi pl ru tr el ro hr cs sk hu bg uk sl sr id vi ca lv lt"
_DECIMAL_COMMA = frozenset(_COMMAS.split())


def figures(text: str, lang: str) -> frozenset[float]:
    """Return the values of all numbers that a text in a language writes in digits.

    Of dates such as 10.04.2024 day, month and year are numbers each.
    """
    folded = unicodedata.normalize("NFKC", _plain(text))
    found = {_sum(match.group()) for match in _COMPOUND.finditer(folded)}
    for match in _SCALED.finditer(_COMPOUND.sub(" ", folded)):
        value = _value(match["number"], lang)
        if value is not None:
            found.add(round(value * _scale((match["scale"] or "").casefold(), lang), 6))
    return frozenset(found)


def _plain(text: str) -> str:
    """Return a text without numbers that say nothing, and with the others in one piece."""
    said = _NUMBERING.sub(" ", _EXPONENT.sub("", text))
    grouped = _GROUPED.sub(lambda found: re.sub(r"\D", "", found.group()), said)
    grouped = _MONEY.sub(r"\1 million", grouped)
    return _FRACTION.sub(_with_decimals, _DATE.sub(r"\1 \2 \3", grouped))


def _with_decimals(found: re.Match[str]) -> str:
    return f"{found[1]}{unicodedata.numeric(found[2]):.3f}".replace("0.", ".").rstrip("0")


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
