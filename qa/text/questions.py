"""What a question expects of its answer, and what a sentence can do for it."""

import re
import unicodedata
from enum import Enum
from functools import cache, lru_cache

from qa.text.language import same_script
from qa.text.sources import announces_sources
from qa.text.tokens import LETTER
from qa.text.vocabulary import MONEY, TIME_UNITS, calendar, number_words


class Expectation(Enum):
    """The kind of thing asked for, as far as a few words in a few languages tell."""

    NOTHING = 0
    NUMBER = 1
    DATE = 2
    NAME = 3
    MONEY = 4
    DURATION = 5


# The first that fits counts, so that "how much money" is no mere number.
_ASKS = {
    Expectation.MONEY: re.compile(
        r"\b(how much (money|funding|does it cost|do(es)? .{1,60} (cost|pay))|how expensive|"
        r"what (does|do|did) .{1,60} cost|"
        r"wie ?viel (geld|kostet|kosten|zahlt|zahlen)|wie teuer|was kostet|"
        r"combien (coûte|d'argent)|cuánto (cuesta|dinero))\b|いくら|何(ドル|円|ユーロ)|多少钱",
        re.IGNORECASE,
    ),
    Expectation.DURATION: re.compile(
        r"\b(how long (do|does|did|will|has|have|may|can|must|should|was|were)|"
        r"what (notice )?period|"
        r"wie lange|welche (dauer|laufzeit|frist)|combien de temps|cuánto tiempo)\b|"
        r"(期間|有効).{0,12}(何年|どのくらい|どれくらい|いつまで)|何(年間|か月間?|ヶ月間?|日間|週間|時間|分間)|多久",
        re.IGNORECASE,
    ),
    Expectation.DATE: re.compile(
        r"(^|\b(since|until|from|and|by) )when\b|"
        r"\bwhen (is|are|was|were|do|does|did|will|would|has|have|had|can|should|must) |"
        r"\b(what (year|date|day|month)|which (year|day|month)|"
        r"wann|seit wann|welche[nmrs]? (jahr|tag|datum|monat)|"
        r"quand|cuándo|quando)\b|いつ|何年|何月|何日|什么时候|何时|哪一年|언제|когда|متى",
        re.IGNORECASE,
    ),
    Expectation.NUMBER: re.compile(
        r"\b(how (many|much|long|far|old|high|large|big|often)|what (percentage|number|amount)|"
        r"wie ?(viele?[nr]?|hoch|lange|weit|alt|gro(ß|ss)|oft)|"
        r"welche[rn]? (anteil|betrag|zahl|summe)|"
        r"combien|cuánt[oa]s?|quant[oiae])\b|"
        r"いくつ|何(人|個|つ|台|か国|カ国|ヶ国|社|回|度|キロ|メートル|パーセント|割|歳)|"
        r"どのくらい|どれくらい|どれだけ|多少|几(个|年|位)|얼마|몇|сколько|كم",
        re.IGNORECASE,
    ),
    Expectation.NAME: re.compile(
        # Elsewhere it is a relative pronoun: "people who hold shares".
        r"(^|[.,;:!?–] ?|\b(and|or|but|by|to|for|with|of|from|on|me|know|says?|said) )who(m|se)?\b|"
        r"\b(wer|wen|wem|wessen|qui|quién(es)?|quem|"
        # No word of Vietnamese: "chi phí" are costs.
        r"chi(?! (phí|nhánh|tiết|tiêu|trả|cục|hội|bộ|đoàn|phối)\b)|"
        r"(what|which) (is|are|was|were) .{0,40}\bnames?|wie (heißt|heißen|hieß|hießen))\b|"
        r"だれ|誰|どなた|名前は|何という(人|名)|谁|누구|(^|\s)кто\b|(^|\s)من(\s|$)",
        re.IGNORECASE,
    ),
}
_IDEOGRAPHS = "一二三四五六七八九十百千万萬億亿兆两両"


@cache
def _thing(expected: Expectation, lang: str) -> re.Pattern[str]:
    """Return a pattern of things of a kind in a language; of numbers and dates at least a part."""
    numbers = number_words(lang)
    patterns = {
        Expectation.NUMBER: rf"\d|{numbers}|[{_IDEOGRAPHS}]",
        Expectation.MONEY: MONEY,
        Expectation.DURATION: rf"(\d|\b(a|an|eine[nrms]?)\b|{numbers})[\s-]*({TIME_UNITS})"
        rf"(?!{LETTER})|"
        r"[\d一二三四五六七八九十]\s?(年間|か月|ヶ月|カ月|箇月|週間|日間|時間|分間|分|秒|个月|小时|分钟|天)|"
        r"\b(until|bis|jusqu|hasta)\b|まで",
        Expectation.DATE: rf"\d|{calendar(lang)}|"
        r"[一二三四五六七八九十]+(年|月|日|世紀)|[月火水木金土日]曜",
    }
    return re.compile(patterns[expected], re.IGNORECASE)


@cache
def _figure(lang: str) -> re.Pattern[str]:
    return re.compile(rf"\d+(?:[.,]\d+)*|{number_words(lang)}|[{_IDEOGRAPHS}]+", re.IGNORECASE)


# Words that often begin a sentence and are no part of a name.
_OPENERS = (
    r"(?!(?:The|A|An|In|On|At|By|For|From|Of|And|But|When|While|After|Before|As|It|This|That|These|"
    r"Those|His|Her|Its|Their|Our|Some|All|Both|Each|Since|El|La|Los|Las|Un|Una|En|Le|Les|Une|Il|"
    r"Der|Die|Das|Dem|Den|Des|Eine?[mnrs]?|Im|Am|Auf|Mit|Für|Von|Bei|Seit|Als|Wenn|Und|Aber|Zum|"
    r"Zur|Nach|Aus|Zwei|Drei|Diese[mnrs]?|Seine?[mnrs]?|Ihre?[mnrs]?|Alle|Viele|Wie|Um)\b)"
)
# Words with a capital inside a sentence, and two in a row at its beginning.
_NAMES = re.compile(
    r"(?<![.!?:] )(?<!^)\b[A-ZÀ-ÞА-Я][\w'’.-]*\w|\b"
    + _OPENERS
    + r"[A-ZÀ-ÞА-Я][^\W\d_]+ [A-ZÀ-ÞА-Я][\w-]+"
)
# Where every noun has a capital, a name shows in two in a row, in capitals only, in quotation
# marks, after a title or "heißt"; a person in a title alone too.
_GERMAN_NAMES = re.compile(
    r"\b" + _OPENERS + r"[A-ZÀ-Þ][\w-]+(?: (?:von |van |de |der )?[A-ZÀ-Þ][\w.-]+)+|\b[A-Z]{2,}\b|"
    r"[„“»\"][A-ZÀ-Þ][^„“”«\"]{1,60}|\b(?:heißt|heißen|hieß|hießen|namens|genannt) [A-ZÀ-Þ]\w+|"
    r"\b(?:Frau|Herrn?|Präsident\w*|Minister\w*|König\w*|Kaiser\w*|Papst|Prinz\w*) [A-ZÀ-Þ]\w+|"
    r"\b(?:der|die|dem|den|des) [A-ZÀ-Þ]\w+(?:in|er|or|ent|ist|amt|rat|ium|haus)\b"
)
# Where nothing is written with capitals: runs of katakana, ideographs or foreign letters.
_UNCASED_NAMES = re.compile(
    r"[ァ-ヺー]{2,}(?:[・\uff1d][ァ-ヺー]+)*|[\u4e00-\u9fff々]{2,}|[A-Z][A-Za-z]+|"
    r"[^\W\d_a-zA-ZÀ-ɏ\u3040-\u30ff\u4e00-\u9fff]{2,}"
)
_STEM = 5  # letters of a name that tell it: Japan, Japan's, Japanese
# By language: "es" is a verb in Spanish, and "IT" no pronoun.
_LEANS = {
    "en": re.compile(
        r"(?:[Ii]ts?|[Tt](?:his|hese|hose|hey|heir|here|he latter)|[Ss]?[Hh]e|[Hh](?:is|er)|"
        r"[Ss]uch|[Bb]oth)\b"
    ),
    "de": re.compile(
        r"(?:dies(?:e[rnms]?)?|er|sie|es|ihr(?:e[rnms]?)?|sein(?:e[rnms]?)?|dazu|dabei|damit|"
        r"dafür|daraus|daran|darin|dort|letztere[rnms]?|beide)\b",
        re.IGNORECASE,
    ),
    "ja": re.compile(
        "これ|それ|この|その|こうした|そうした|そこ|同(?:社|国|年|氏|日|協定|覚書)|両(?:国|者|氏)|"
        "また|なお|さらに"
    ),
}


# "- NASA (10 April 2024): title": an entry of a list of sources; not so "Sales (2023): 4 million".
_SOURCE_DATE = (
    r"(?!(?:since|from|until|seit|ab|bis|von|depuis|desde|dal|fino)\b)"
    r"(?:\d{1,2}\.?\s)?(?:[^\W\d]{3,12}\.?\s)?(?:\d{1,2},\s)?\d{4}[a-z]?|"
    r"\d{1,2}[./]\d{1,2}[./]\d{4}|\d{4}(?:-\d\d){1,2}|\d{4}年(?:\d{1,2}月)?(?:\d{1,2}日)?|"
    r"n\. ?d\.|undated|o\. ?[DJ]\.|undatiert|日付なし"
)
_REFERENCE = re.compile(
    rf"[-*•\d.\s]*[^():（）：]{{2,80}}\s?[(（](?:{_SOURCE_DATE})[)）]\s?[:：]"
    r"(?!\W*\d)",
    re.IGNORECASE,
)
# Greek asks with a semicolon, polite Japanese with a syllable. In quotation marks only what is
# nothing but a quotation asks: 'She asked: "Who pays?"' tells something.
_ASKS_AT_END = (
    r"(?:[?？؟\u037e፧]|[\u0370-\u03ff\u1f00-\u1fff];|"
    r"(?:です|ます|でした|ました|ません|でしょう)か。|吗。)"
)
_QUESTION = re.compile(rf"{_ASKS_AT_END}[!！…*_\s)）\]]*$")
_QUOTED_QUESTION = re.compile(rf"{_ASKS_AT_END}[\"'’”“»›」』*_\s]*$")
_QUOTATION = re.compile(r"(?:[^\W\d_]{1,8}[:：.)]|[-*_•・\d.\s])*[\"'‘“„‚«»‹「『]")
_TAIL = 24  # characters in which a question shows that it is one
_CAPITAL = re.compile(r"(?<=[\w,;:] )(?:[A-ZÀ-ÞА-Я]\w+-)*[A-ZÀ-ÞА-Я]\w+")
# A question is looked at once for each sentence.
_TEXTS = 1_000
_LETTER = re.compile(r"[^\W\d_]")
_LETTERS = re.compile(r"[^\W\d_]+")
_VALUE = re.compile(r"(?:[^\d|]*\d){3}[^|]*")  # of its own, such as a telephone number


def expectation(question: str) -> Expectation:
    """Return what kind of thing a question asks for; NOTHING if no word tells."""
    return next(
        (kind for kind, asks in _ASKS.items() if asks.search(question)), Expectation.NOTHING
    )


def meets(sentence: str, expected: Expectation, lang: str, question: str = "") -> bool:
    """Tell whether a sentence in a language holds a thing of the kind expected.

    Numbers, dates and names that the question itself gives do not count: "How many of the 40
    ships ..." is not answered by "The 40 ships ...".
    """
    if expected is Expectation.NOTHING:
        return True
    if expected is Expectation.NAME:
        known = _letters(question)
        parts = (
            part for name in _names(sentence, lang) for part in re.split(r"[\s・\uff1d]+", name)
        )
        return any(_letters(part)[:_STEM] not in known for part in parts if _letters(part))
    sentence = unicodedata.normalize("NFKC", sentence)
    if not _thing(expected, lang).search(sentence):
        return False
    if expected in (Expectation.MONEY, Expectation.DURATION):
        return True
    return bool(_figures(sentence, expected, lang) - _figures(question, expected, lang))


def unmentioned_names(question: str, passage: str, lang: str) -> int:
    """Return how many names of a question its passage, in the same language, does not have.

    Counted only where capitals tell names from other words.
    """
    if lang == "de" or not _is_cased(lang):
        return 0
    question = unicodedata.normalize("NFKC", question)
    if all(word[0].isupper() for word in _LETTERS.findall(question)):
        return 0  # as in a title, where capitals tell nothing
    known = unicodedata.normalize("NFKC", passage).casefold()
    parts = (part for name in _CAPITAL.findall(question) for part in name.split("-"))
    names = {part.casefold()[:_STEM] for part in parts}
    return sum(name not in known for name in names)


def _names(text: str, lang: str) -> list[str]:
    if lang == "de":
        return _GERMAN_NAMES.findall(text)
    pattern = _NAMES if _is_cased(lang) else _UNCASED_NAMES
    return pattern.findall(unicodedata.normalize("NFKC", text))


def _is_cased(lang: str) -> bool:
    return any(same_script(lang, one) for one in ("en", "ru", "el"))


@lru_cache(_TEXTS)
def _figures(text: str, expected: Expectation, lang: str) -> frozenset[str]:
    """Return numbers, and for dates the names of months and days."""
    found = {match.group().casefold() for match in _figure(lang).finditer(text)}
    if expected is Expectation.DATE:
        found |= {match.group().casefold() for match in _thing(expected, lang).finditer(text)}
    return frozenset(found)


@lru_cache(_TEXTS)
def _letters(text: str) -> str:
    return re.sub(r"\W", "", unicodedata.normalize("NFKC", text).casefold())


def is_statement(sentence: str) -> bool:
    """Tell whether a sentence can stand in an answer: it says something, and not about sources."""
    says = _LETTER.search(sentence) or _VALUE.fullmatch(sentence)
    return bool(says) and not (
        _REFERENCE.match(sentence) or announces_sources(sentence) or is_question(sentence)
    )


def is_question(sentence: str) -> bool:
    """Tell whether a sentence asks something, which it does not answer itself."""
    end = sentence[-_TAIL:]
    if _QUESTION.search(end):
        return True
    return bool(_QUOTED_QUESTION.search(end) and _QUOTATION.match(sentence))


def leans_on_previous(sentence: str, lang: str) -> bool:
    """Tell whether a sentence begins with a word that points to the one before it.

    Known are such words of English, German and Japanese.
    """
    return lang in _LEANS and bool(_LEANS[lang].match(sentence))
