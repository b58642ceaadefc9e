"""Units of measurement in a few languages: who asks for kilometres is not told by kilograms."""

import re

from qa.text.tokens import LETTER

_METRE = r"(?:kilo|centi|milli)?met(?:er|re)[sn]?|[kcm]?m|metros?|mètres?"
# Unspaced words hold no other one: キロ is a kilometre, キログラム and キロワット are not.
_UNITS = (
    r"(?:square|sq|quadrat\w*|hectares?|hektar|ha|acres?|qm|sqm|"
    r"(?:kilo|centi)?m(?:ètres?|etros?|etri) (?:carrés?|cuadrados?|quadrad[io]s?))|"
    "[kc]?m[²2]|平方|平米|ヘクタール|公顷",
    r"(?:cubic|kubik\w*|lit(?:er|re|ro)[sn]?|hektoliter|gallons?|[mcd]?l|cc|cbm|ccm)|m[³3]|立方|リットル|升",
    rf"(?:{_METRE}|miles?|meilen?|feet|foot|ft|fuß|inch(?:es)?|zoll|yards?)|"
    r"キロ(?!グラム|ワット|カロリー|リットル|ジュール|バイト)|センチ|インチ|フィート|ヤード|メートル|マイル|"
    r"\d\s?[\"”″]|海里|公里|千米|米|英尺|英里",
    r"(?:(?:kilo|milli)?gram(?:m|m?es?)?s?|kilos?|[km]?g|(?:kilo|mega|giga)?tonn?(?:e|en)?s?|[mk]?t|"
    r"pounds?|lbs?|pfund)|£|キロ(?!メートル|ワット|カロリー|リットル)|グラム|トン|公斤|千?克|吨",
    r"(?:(?:kilo|mega|giga)watt[- ]?(?:stunden?|hours?)|[kmgt]wh|k?j(?:oules?)?|k?cal|"
    r"(?:kilo)?(?:calories?|kalorien?))|ワット時|カロリー|ジュール|千瓦时|卡路里",
    r"(?:(?:kilo|mega|giga)?watt|[kmg]?w|horsepower|ps)|ワット(?!時)|馬力|千瓦(?!时)",
    "(?:per ?cent|prozent|pour cent|por ciento|percentage points?|(?:half|third|quarter|tenth)s?|"
    r"hälfte|drittel|viertel)|%|パーセント|割|百分|分の|半|\d (?:of|von|out of) \d",
    # 何度 may also ask how often.
    "(?:degrees?|grad|[cf])|[°℃]|(?<!何)度",
)


def _bounded(units: str) -> str:
    """Return a pattern in which the words in the first brackets are whole words."""
    words, _, rest = units.partition(")|")
    return rf"(?<![^\W\d_]){words})(?!{LETTER})|{rest}"


_PATTERNS = tuple(re.compile(_bounded(units), re.IGNORECASE) for units in _UNITS)
_HOW_MANY = r"(?:how many|wie ?viele|combien de|cuánt[oa]s|何|多少)\s*"
_ASKED = tuple(re.compile(f"{_HOW_MANY}(?:{_bounded(units)})", re.IGNORECASE) for units in _UNITS)

# What Japanese counts in, and which counters mean the same; other languages leave them out.
_COUNTED = re.compile("何([人名個つ回度歳才匹頭羽台社枚冊校室席階])(?!前|目|も)")
# 何キロ may ask for kilometres and kilograms.
_KILOS = re.compile("何キロ(?!メートル|グラム|ワット|カロリー|リットル)")
_KILO = re.compile("キロ|k[mg](?![a-z])", re.IGNORECASE)
_SAME = ("人名", "個つコヶ箇", "回度°", "歳才", "匹頭羽", "冊点", "階F", "枚通")


def asked_unit(question: str, lang: str) -> re.Pattern[str] | None:
    """Return a pattern of the units that measure what a question asks for by naming one.

    ``lang`` is the language of the texts to look for them in.
    """
    if _KILOS.search(question):
        return _KILO
    found = (unit for asked, unit in zip(_ASKED, _PATTERNS, strict=True) if asked.search(question))
    unit = next(found, None)
    counted = _COUNTED.search(question) if lang == "ja" else None
    if unit or not counted:
        return unit
    return re.compile(f"[{next((same for same in _SAME if counted[1] in same), counted[1])}]")
