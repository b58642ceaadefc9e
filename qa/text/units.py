"""Units of measurement in a few languages: who asks for kilometres is not told by kilograms."""

import re
from functools import lru_cache

from qa.text.tokens import LETTER

_NUMERAL = "[\\d一二三四五六七八九十百千万半两]"
_METRE = r"(?:kilo|centi|milli)?met(?:er|re)[sn]?|[kcdm]?m|metros?|mètres?"
_SQUARE = r"(?:kilo|centi)?m(?:ètres?|etros?|etri) (?:carrés?|cuadrados?|quadrad[io]s?)"
# Words that stand alone, or behind digits; characters wherever they stand; and what else may tell
# the same, but asks for nothing: "how many third parties" asks for no percentage.
_UNITS = (
    (
        r"square [mkfyci]\w*|sq|quadrat(?:kilo|zenti)?meter\w*|hectares?|hektar|ha|acres?|qm|sqm|"
        + _SQUARE,
        "[kc]?m[²2](?![0-9])|平方|平米|ヘクタール|公顷",
        "",
    ),
    (
        r"cubic\w*|kubik\w*|(?:milli|hekto|hecto|zenti|centi)?lit(?:er|re|ro)[sn]?|gallons?",
        "m[³3](?![0-9])|立方|リットル|毫升|升",
        rf"{_NUMERAL}\s?(?:[mcdh]?l|cc|cbm|ccm)(?!{LETTER})",
    ),
    (
        rf"{_METRE}|miles?|meilen?|feet|foot|ft|fuß|inch(?:es)?|zoll|yards?",
        "キロメートル|センチ|インチ|フィート|ヤード|メートル|マイル|海里|公里|千米|厘米|多少米|英尺|英里|"
        f"(?<={_NUMERAL})米",
        r"\d\s?[\"”″]|(?<=\d)キロ(?!グラム|ワット|カロリー|リットル|バイト)",
    ),
    (
        r"(?:kilo|milli)?gram(?:m|m?es?)?s?|kilos?|[km]?g|(?:kilo|mega|giga)?tonn?(?:e|en)?s?|"
        "pounds?|lbs?|pfund",
        "グラム|トン|公斤|千克|克|吨",
        rf"£|{_NUMERAL}\s?(?:[kmg]?t)(?!{LETTER})|"
        r"(?<=\d)キロ(?!メートル|ワット|カロリー|リットル|バイト)",
    ),
    (
        r"(?:kilo|mega|giga)watt[- ]?(?:stunden?|hours?)|[kmgt]wh|k?joules?|k?cal|"
        r"(?:kilo)?(?:calor|kalor)\w+",
        "ワット時|カロリー|ジュール|千瓦时|卡路里",
        rf"\d\s?kj(?!{LETTER})",
    ),
    (
        r"(?:kilo|mega|giga)?watts?|[kmg]?w|horsepower|ps",
        "ワット(?!時)|馬力|千瓦(?!时)",
        "",
    ),
    (
        r"per ?cent|prozent\w*|pour cent|por ciento|percentage points?",
        f"%|パーセント|(?<={_NUMERAL})割|何割|百分",
        r"\b(?:half|thirds?|quarters?|tenths?|hälfte|drittel|viertel)\b|分の|半[分数]|半額|"
        r"\d (?:of|von|out of) \d|0[.,]\d",
    ),
    (
        r"degrees?|grad",
        # 何度 may also ask how often.
        "[°℃]|(?<!何)度",
        rf"\d\s?[cf](?!{LETTER})",
    ),
)


def _bounded(words: str, characters: str) -> str:
    """Return a pattern of whole words, which may touch a number, and of characters."""
    return rf"(?<![^\W\d_])(?:{words})(?!{LETTER})|{characters}"


_HOW_MANY = r"(?:how many|wie ?viele?|combien de|cuánt[oa]s|何|多少)\s*"

# What Japanese counts in, and which counters mean the same; other languages leave them out.
_COUNTED = re.compile("何([人名個つ回度歳才匹頭羽台社枚冊校室席階])(?!前|目|も)")
_SAME = ("人名", "個つコヶ箇", "回度°", "歳才", "匹頭羽", "冊点", "階F", "枚通", "室屋")


# A question is looked at once for each sentence.
@lru_cache(1_000)
def asked_unit(question: str, lang: str) -> re.Pattern[str] | None:
    """Return a pattern of the units that measure what a question asks for by naming one.

    ``lang`` is the language of the texts to look for them in.
    """
    for words, characters, told in _UNITS:
        # "How many T-shirts" asks for no tonnes.
        asked = rf"{_HOW_MANY}(?:(?:{words})(?!{LETTER}|-(?!hour|stund))|{characters})"
        if re.search(asked, question, re.IGNORECASE):
            unit = "|".join(filter(None, (_bounded(words, characters), told)))
            return re.compile(unit, re.IGNORECASE)
    counted = _COUNTED.search(question) if lang == "ja" else None
    if not counted:
        return None
    same = next((same for same in _SAME if counted[1] in same), counted[1])
    # "参加者数：42" tells it without.
    return re.compile(rf"[{same}]|[数員:：]\s*\d+\s*$")
