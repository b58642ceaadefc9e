"""The kind of thing that a question asks for, and whether a sentence has one."""

import re
import unicodedata
from enum import Enum
from functools import cache, lru_cache

from qa.text.names import STEM, names_in, people_in
from qa.text.tokens import LETTER
from qa.text.units import asked_unit
from qa.text.vocabulary import (
    MOMENTS,
    MONEY,
    PRICES,
    SPANS,
    TIME_UNITS,
    calendar,
    number_words,
)

# A question is looked at once for each sentence.
_TEXTS = 1_000


class Expectation(Enum):
    """The kind of thing asked for, as far as a few words in a few languages tell."""

    NOTHING = 0
    NUMBER = 1
    DATE = 2
    NAME = 3
    MONEY = 4
    DURATION = 5
    PERSON = 6
    PHONE = 7
    EMAIL = 8


# Who may or gets something is told by what people are, not by their names; "Who is Ida Quill?" by
# what she is.
_MAY_EN = (
    r"(?:else )?(?:(?:can|may|must|should)(?:n't| not)?|gets?|needs?|pays?|qualif\w+|benefits?|"
    r"ha(?:s|ve) to|does(?:n't| not) have to|"
    r"(?:is|are) (?:allowed|entitled|eligible|exempt|insured|affected|covered)|else)\b"
)
_MAY_DE = (
    r"(?:kann|darf|dürfen|muss|müssen|soll|sollte|bekommt|erhält|zahlt|braucht|"
    r".*(?:berechtigt|versichert|befreit|betroffen|anspruch|ausgeschlossen))\b"
)
_IS_EN = (
    r"(?-i:(?:is|was|are|were) (?!the\b|my\b|your\b|our\b|his\b|her\b|this\b|an? )(?:the )?[A-Z])"
)
_IS_DE = r"(?-i:ist [A-ZÀ-Þ]\w+ (?:von )?[A-ZÀ-Þ]|war [A-ZÀ-Þ]\w+(?: [A-ZÀ-Þ]|\?))"
# What has a name. German places are left out: lexicons know many.
_BEARERS_EN = (
    "architect|author|artist|painter|composer|writer|poet|engineer|scientist|director|actor|"
    "president|king|queen|emperor|minister|politician|club|company|firm|manufacturer|"
    "publisher|newspaper|hotel|university|airline"
)
_BEARERS_DE = (
    "architekt|autor|künstler|maler|komponist|dichter|ingenieur|regisseur|schauspieler|politiker|"
    "firma|unternehmen|hersteller|verlag|hotel|restaurant"
)
# The first that fits counts, so that "how much money" is no mere number.
_ASKS = {
    Expectation.MONEY: re.compile(
        r"\b(how much (money|funding|(is|are) |does it cost|do(es)? .{1,60} (cost|pay))|"
        r"how expensive|what (does|do|did) .{1,60} cost|"
        r"wie ?viel (geld|kostet|kosten|zahlt|zahlen)|wie teuer|was kostet|"
        r"combien (coûte|d'argent)|cuánto (cuesta|dinero))\b|いくら|何(ドル|円|ユーロ)|多少钱",
        re.IGNORECASE,
    ),
    Expectation.DURATION: re.compile(
        r"\b(how long (do|does|did|will|would|has|have|may|can|must)\b(?!.*\b(be|need)\b)|"
        r"what (is the )?(notice )?period|"
        r"wie lange|welche (dauer|laufzeit|frist)|combien de temps|cuánto tiempo)\b|"
        r"(期間|有効).{0,12}(何年|どのくらい|どれくらい|いつまで)|何(か月間?|ヶ月間?|週間|時間|分間)|"
        r"何(年|日|か月)(間|かか|働|続|保証|有効|くらい|ぐらい|ほど)|多久",
        re.IGNORECASE,
    ),
    Expectation.DATE: re.compile(
        # "When it rains, what ...?" does not ask when.
        r"(^|\b(since|until|from|and|by) )when\b(?!.*, (what|who|whose|which|how|where|why)\b)|"
        r"\bwhen (is|are|was|were|do|does|did|will|would|has|have|had|can|should|must) |"
        r"\b(what (year|date|day|month)|which (year|day|month)|"
        r"wann|seit wann|welche[nmrs]? (jahr|tag|datum|monat)|"
        r"quand|cuándo|quando)\b|いつ|何年|何月|何日|什么时候|何时|哪一年|언제|"
        r"^\W*когда|в как[ои][мй] году|(^|\s)متى(\s|$)",
        re.IGNORECASE,
    ),
    Expectation.NUMBER: re.compile(
        r"\b(how (many|much|long|far|old|high|large|big)|what (percentage|number|amount)|"
        r"(?<!, )wie ?(viele?[nr]?|hoch|lange|weit|alt|gro(ß|ss))|"
        r"welche[rn]? (anteil|betrag|zahl|summe)|"
        r"combien|cuánt[oa]s?|quant[oiae])\b|"
        r"いくつ|何(人|個|つ|台|[かカヶ箇]国|[かカヶ箇]所|社|回|度|割|歳|枚|本|冊|頭|匹|羽|校|室|席|階|"
        r"世帯|種類|倍|名(?!前)|キロ|メートル|パーセント|グラム|トン|リットル|ワット|カロリー|ヘクタール|ページ)|"
        r"どのくらい|どれくらい|どれだけ|多少|几(个|年|位)|얼마|몇|сколько|(^|\s)كم(\s|$)",
        re.IGNORECASE,
    ),
    Expectation.PERSON: re.compile(
        # Elsewhere it is a relative pronoun: "people who hold shares".
        r"(^|[.,;:!?–] ?|\b(and|or|but|by|to|for|with|of|from|on|me|know|says?|said) )"
        rf"(?<!for )who(m|se)?\b(?! (?:{_MAY_EN}|{_IS_EN}))|"
        rf"\b((?<!für )(wer|wen|wem|wessen)\b(?! (?:{_MAY_DE}|{_IS_DE}))|(qui|quién(es)?|quem|"
        # No word of Vietnamese: "chi phí" are costs.
        r"chi(?! (phí|nhánh|tiết|tiêu|trả|cục|hội|bộ|đoàn|phối)\b))\b)|"
        r"(?<!とは)(?<!って)(だれ|誰|どなた)(?![もか]|でも)(?![^。？]*(対象|できますか|れますか))|谁|누구|"
        r"(^|\s)кто\b|(^|\s)من(\s|$)",
        re.IGNORECASE,
    ),
    Expectation.NAME: re.compile(
        r"\b((what|which) (is|are|was|were) .{0,40}\bnames?|wie (heißt|heißen|hieß|hießen))\b|"
        rf"名前は|何という(人|名)|\b(what|which) ({_BEARERS_EN})s?\b"
        r"(?= (is|was|are|were|did|does|do|has|have|had|will|made|built|won|led|wrote|[a-z]+ed|"
        r"[a-z]+rs)\b|\?)|"
        rf"\bwelche[nmrs]? \w*({_BEARERS_DE})(in)?\b",
        re.IGNORECASE,
    ),
    Expectation.PHONE: re.compile(
        r"\b((tele)?phone|mobile|fax) numbers?\b|"
        r"\b(telefon|ruf|mobil|handy|fax)nummern?\b|"
        r"numéro de téléphone|número de teléfono|(電話|ファックス)番号|电话号码",
        re.IGNORECASE,
    ),
    Expectation.EMAIL: re.compile(
        r"\be-?mail[- ]?(address|adresse)|adresse (e-?mail|électronique)|"
        r"correo electrónico|メールアドレス|(邮箱|邮件)地址",
        re.IGNORECASE,
    ),
}
# Who asks about a number or an address, not for it.
_ABOUT = re.compile(
    r"\b(why|how (do|can|to)|where (do|can|should)|do I|is my|can I|what (happens|counts)|"
    r"which .*(allowed|blocked)|was passiert|wozu|wofür|warum|wieso|wie (änder|kann|lösch)\w*|muss|"
    r"darf|wo|wohin|sind)\b|なぜ|変更|どうすれば|どうしますか|どこ|使わ|必要|必須",
    re.IGNORECASE,
)
_MOMENT = re.compile(MOMENTS, re.IGNORECASE)
_IDEOGRAPHS = "一二三四五六七八九十百千万萬億亿兆两両"


@cache
def _thing(expected: Expectation, lang: str) -> re.Pattern[str]:
    """Return a pattern of things of a kind in a language; of numbers and dates at least a part."""
    numbers = number_words(lang)
    patterns = {
        Expectation.NUMBER: rf"\d|{numbers}|[{_IDEOGRAPHS}]",
        Expectation.MONEY: f"{MONEY}|{PRICES}",
        Expectation.DURATION: rf"(?<![^\W\d_])({TIME_UNITS})(?!{LETTER})|{SPANS}",
        Expectation.DATE: rf"\d|{calendar(lang)}|{numbers}|"
        r"[一二三四五六七八九十]{1,4}(年|月|日|世紀)|[月火水木金土日]曜",
        Expectation.PHONE: r"\d(?:[\s()/.\u2010-\u2015\u2212ー-]{0,3}\d){5}|"
        r"\b(dial|call|ext|extension|durchwahl|notruf|emergency|fax|composez le)\b\D{0,12}\d|"
        r"内線|[请撥拨]\D?\d|\d番",
        Expectation.EMAIL: r"@|[(\[{]\s?(at|ät|arobase)\s?[)\]}]",
    }
    return re.compile(patterns[expected], re.IGNORECASE)


@cache
def _figure(lang: str) -> re.Pattern[str]:
    return re.compile(rf"\d+(?:[.,]\d+)*|{number_words(lang)}|[{_IDEOGRAPHS}]+", re.IGNORECASE)


_NAMED = {Expectation.NAME: names_in, Expectation.PERSON: people_in}
_IDEOGRAPHIC_STEM = 3  # 水守町, 水守町役場


def expectation(question: str) -> Expectation:
    """Return what kind of thing a question asks for; NOTHING if no word tells."""
    found = (kind for kind, asks in _ASKS.items() if asks.search(question))
    kind = next(found, Expectation.NOTHING)
    contact = kind in (Expectation.PHONE, Expectation.EMAIL)
    return Expectation.NOTHING if contact and _ABOUT.search(question) else kind


def meets(sentence: str, expected: Expectation, lang: str, question: str = "") -> bool:
    """Tell whether a sentence in a language holds a thing of the kind expected.

    Numbers, dates and names that the question itself gives do not count: "How many of the 40
    ships ..." is not answered by "The 40 ships ...".
    """
    if expected is Expectation.NOTHING:
        return True
    if expected in _NAMED:
        known = _letters(question)
        parts = (
            part
            for name in _NAMED[expected](sentence, lang)
            for part in re.split(r"[\s・\uff1d]+", name)
        )
        return any(_beginning(part) not in known for part in parts if _letters(part))
    sentence = unicodedata.normalize("NFKC", sentence)
    if expected is Expectation.DATE and _MOMENT.search(sentence):
        return True
    if not _thing(expected, lang).search(sentence):
        return False
    if expected not in (Expectation.NUMBER, Expectation.DATE):
        return True
    unit = asked_unit(question, lang)
    if unit and not unit.search(sentence):
        return False
    return bool(_figures(sentence, expected, lang) - _figures(question, expected, lang))


@lru_cache(_TEXTS)
def _figures(text: str, expected: Expectation, lang: str) -> frozenset[str]:
    """Return numbers, and for dates the names of months and days."""
    found = {match.group().casefold() for match in _figure(lang).finditer(text)}
    if expected is Expectation.DATE:
        said = (match.group().casefold() for match in _thing(expected, lang).finditer(text))
        found |= {one for one in said if not one.isdecimal()}
    return frozenset(found)


def _beginning(name: str) -> str:
    """Return the letters of a name that tell it."""
    letters = _letters(name)
    return letters[: _IDEOGRAPHIC_STEM if letters[0] >= "\u4e00" else STEM]


@lru_cache(_TEXTS)
def _letters(text: str) -> str:
    return re.sub(r"\W", "", unicodedata.normalize("NFKC", text).casefold())
