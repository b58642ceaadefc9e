"""Words that multiply the number before them: million, Mrd., тыс., लाख, หมื่น, 万, 억."""
# ruff: noqa: RUF001

import math
import re
from functools import lru_cache
from itertools import chain

from qa.text.tokens import LETTER
from qa.text.vocabulary import normal

# Endings are those of the languages that inflect the word.
_WORDS = {
    1e2: r"hundred|सौ|ร้อย(?!ละ)",
    1e3: r"k|thousands?|tausend|tsd|mille|milliers?|mil|mila|duizend|tusen|tusind|"
    r"tuhat|tuhatta|tys|tysi[ąę]c\w*|tis|tisíc\w*|tisuć\w*|hiljad\w*|ezer|ribu|rb|nghìn|ngàn|"
    r"mii|mie|tūkst\w*|тыс|тысяч\w*|тис|тисяч\w*|хил|хиляд\w*|хиљад\w*|χιλ|χιλιάδ\w+|"
    r"אלף|אלפי|אלפים|ألف\w*|آلاف|الف|هزار|ہزار|हज़ार|हजार|হাজার|พัน(?!ธ)",
    1e4: "หมื่น",
    1e5: r"lakhs?|लाख|লাখ|লক্ষ|لاکھ|แสน",
    1e6: r"mio|mln|milj|millions?|millionen|millioner|millió\w*|mill[oó]n|millones|milione|milioni|"
    r"milion|miliony|milion[auůó]\w?|milionach|milión\w*|milijun\w*|milijon\w*|milioane|milioi|"
    r"milhão|milhões|milions|miljoen|miljon|miljoner|miljoona\w*|miljoni\w*|milyon|juta|triệu|"
    r"млн|миллион(а|ов|у|ами?|ы)?|мільйон(а|и|ів)?|мільйонами?|милион(а|и)?|мілн|"
    r"εκατ|εκατομμύρι\w+|εκατομμυρίων|מיליון|מיליוני|מיליונים|مليون\w*|ملايين|میلیون|ملین|"
    r"मिलियन|মিলিয়ন|ล้าน",
    1e7: r"crores?|करोड़|কোটি|کروڑ",
    1e9: r"bn|mrd|mld|mlrd|billions?|milliards?|milliarden|milliarder|milliárd\w*|miliardo|"
    r"miliardi|miliard|miliard[yůuaeó]\w?|miliárd\w*|milijard\w*|milijarder|miljard|miljarder|"
    r"miljardi\w*|milyar|miliar|bilhão|bilhões|tỷ|tỉ|млрд|миллиард(а|ов|у|ы)?|"
    r"мільярд(а|и|ів)?|милиард(а|и)?|милијард\w*|δισ|δισεκατομμύρι\w+|δισεκατομμυρίων|"
    r"מיליארד|מיליארדי|مليار\w*|بليون|میلیارد|अरब|ارب",
    1e12: r"trillions?|billionen|bill[oó]n|billones|biljoen|biljoner|billioner|biljoona\w*|"
    r"bilion|biliony|bilion[uůó]\w?|billió\w*|trilhão|trilhões|trilyon|triliun|трлн|"
    r"триллион(а|ов)?|трильйон\w*|τρισ|τρισεκατομμύρι\w+|تريليون\w*|تریلیون|bio(?!-)",
    1e18: "trillionen",
}  # fmt: skip
# Where words mean more or less than they do elsewhere.
_LONG_SCALE = {r"billions?": 1e12, r"trillions?": 1e18}
_ELSEWHERE = {
    "de": _LONG_SCALE,
    "fr": _LONG_SCALE,
    "nl": _LONG_SCALE,
    "sv": _LONG_SCALE,
    "da": {**_LONG_SCALE, "mia": 1e9},
    "no": {**_LONG_SCALE, "mia": 1e9},
    "cs": {"mil": 1e6},
    "sk": {"mil": 1e6},
    "tr": {"bin": 1e3},
}
# 1億1000万, 5千万, 3만 5천: parts that add up.
_BIG = {"万": 1e4, "萬": 1e4, "億": 1e8, "亿": 1e8, "兆": 1e12, "만": 1e4, "억": 1e8, "조": 1e12}
_SMALL = {"千": 1e3, "천": 1e3, "百": 1e2, "백": 1e2}
# 5千克 are five kilograms, and 5百分 no hundreds.
_SMALL_UNIT = "(?:[千천](?![克米瓦卡赫])|[百백](?!分))"
_UNIT = f"(?:[{''.join(_BIG)}]|{_SMALL_UNIT})"
_COUNT = r"\d[\d,]*+(?:\.\d+)?+"
_SECTION = rf"{_COUNT}(?:{_SMALL_UNIT}(?:{_COUNT})?)*+"  # 2千5百
# What is left of ten thousand may stand apart in Korean: 3만 5000원, but not 3만 2024년.
_REST = r"(?:(?<=[만억조]) \d{1,4}(?![\d.,]| ?[년월일만억조천백])|\d[\d,]*+)"
# Each unit is smaller than the one before: 3万 5万 are two numbers.
COMPOUND = re.compile(
    rf"(?<![\d.,])(?={_SECTION}[{''.join(_BIG)}]|{_COUNT}{_SMALL_UNIT})"
    rf"(?:{_SECTION}[兆조])?(?: ?{_SECTION}[億亿억])?(?: ?{_SECTION}[万萬만][億亿兆]?)?"
    rf"(?: ?{_COUNT}{_SMALL_UNIT}(?:{_COUNT}|{_SMALL_UNIT})*+|{_REST})?"
)
_PIECES = re.compile(rf"({_COUNT})|({_UNIT})")
_ALL = "|".join(map(normal, [*_WORDS.values(), "bin", "mia"]))
SCALE = rf"(?:[\s-]?(?:{_ALL})(?!{LETTER})){{0,2}}"  # "mil millones" too
UNITS = rf"(?:{_ALL})(?!{LETTER})|{_UNIT}"
_WORD = re.compile(rf"(?:{_ALL})(?!{LETTER})", re.IGNORECASE)


def compound_value(compound: str) -> float:
    """Return the value of a number such as 1億1000万 that :data:`COMPOUND` matches."""
    total = section = 0.0
    number: float | None = None
    for count, unit in _PIECES.findall(compound):
        if count:
            number = float(count.replace(",", ""))
        elif unit in _SMALL:
            section, number = section + (1 if number is None else number) * _SMALL[unit], None
        elif section or number is not None:
            total, section, number = total + (section + (number or 0)) * _BIG[unit], 0.0, None
        else:  # 3万亿
            total *= _BIG[unit]
    return total + section + (number or 0)


def scale(words: str, lang: str) -> float:
    """Return the product of words such as "mil millones" in a language; 1 for none."""
    return math.prod(_one(found.group(), lang) for found in _WORD.finditer(words))


@lru_cache(1_000)
def _one(word: str, lang: str) -> float:
    tables = [_ELSEWHERE.get(lang, {}).items(), ((words, power) for power, words in _WORDS.items())]
    powers = (power for words, power in chain(*tables) if _is(word, words))
    return next(powers, 1.0)


def _is(word: str, words: str) -> bool:
    return bool(re.fullmatch(normal(words), word, re.IGNORECASE))
