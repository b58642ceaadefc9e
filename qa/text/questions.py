"""What a question expects of its answer, and what a sentence can do for it."""

import re
from enum import Enum


class Expectation(Enum):
    """The kind of thing asked for, as far as a few words in a few languages tell."""

    NOTHING = 0
    NUMBER = 1
    DATE = 2
    NAME = 3


_ASKS = {
    Expectation.DATE: re.compile(
        r"\b(when|what (year|date|day|month)|which (year|day|month)|since when|"
        r"wann|seit wann|welche[nmrs]? (jahr|tag|datum|monat)|"
        r"quand|cuándo|quando)\b|いつ|何年|何月|何日|什么时候|何时|哪一年|언제|когда|متى",
        re.IGNORECASE,
    ),
    Expectation.NUMBER: re.compile(
        r"\b(how (many|much|long|far|old|high|large|big|often)|what (percentage|number|amount)|"
        r"wie ?(viele?[nr]?|hoch|lange|weit|alt|gro(ß|ss)|oft)|"
        r"welche[rn]? (anteil|betrag|zahl|summe)|"
        r"combien|cuánt[oa]s?|quant[oiae])\b|"
        r"いくつ|いくら|何(人|個|つ|台|か国|カ国|ヶ国|社|ドル|円|回|度|キロ|メートル|パーセント|割|歳|時間)|"
        r"どのくらい|どれくらい|どれだけ|多少|几(个|年|位)|얼마|몇|сколько|كم",
        re.IGNORECASE,
    ),
    Expectation.NAME: re.compile(
        r"\b(who|whom|whose|wer|wen|wem|wessen|qui|quién(es)?|chi|quem)\b|"
        r"だれ|誰|どなた|谁|누구|(^|\s)кто\b|(^|\s)من(\s|$)",
        re.IGNORECASE,
    ),
}
_NUMBER_WORDS = (
    r"\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|hundred|thousand|"
    r"million|billion|half|third|quarter|both|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|"
    r"elf|zwölf|zwanzig|hundert|tausend|millionen?|milliarden?|hälfte|drittel|viertel|beiden?)"
)
_MEETS = {
    Expectation.NUMBER: re.compile(
        rf"\d|{_NUMBER_WORDS}|[一二三四五六七八九十百千万億兆両]", re.IGNORECASE
    ),
    Expectation.DATE: re.compile(
        r"\d|\b(january|february|march|april|may|june|july|august|september|october|november|"
        r"december|januar|februar|märz|mai|juni|juli|oktober|dezember|century|jahrhundert|"
        r"(mon|tues|wednes|thurs|fri|satur|sun)day|(mon|diens|donners|frei|sams|sonn)tag|mittwoch)|"
        r"[一二三四五六七八九十]+(年|月|日|世紀)|[月火水木金土日]曜",
        re.IGNORECASE,
    ),
    # A capital letter inside the sentence, or a script without capitals.
    Expectation.NAME: re.compile(
        r"(?<=\w\W)[A-ZÀ-ÞА-Я]|(?<=\w\W\W)[A-ZÀ-ÞА-Я]|[^\W\d_A-Za-zÀ-ɏЀ-ӿͰ-Ͽ]"
    ),
}
_LEANS = re.compile(
    r"(it|its|this|these|those|they|their|he|she|his|her|such|both|there|the latter|"
    r"dies|diese[rnms]?|er|sie|es|ihr|ihre[rnms]?|sein|seine[rnms]?|dazu|dabei|damit|dafür|"
    r"daraus|daran|darin|dort|letztere[rnms]?|beide)\b|"
    r"これ|それ|この|その|こうした|そうした|そこ|同(社|国|年|氏|日|協定|覚書)|両(国|者|氏)|また|なお|さらに",
    re.IGNORECASE,
)


# "- NASA (10 April 2024): title": an entry of a list of sources.
_REFERENCE = re.compile(
    r"[-*•\d.\s]*[^():（）：]{2,80}\s?"
    r"[(（]([^()（）]*\d{4}[^()（）]*|n\. ?d\.|undated|o\. ?[DJ]\.|undatiert|日付なし)"
    r"[)）]\s?[:：]",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")


def expectation(question: str) -> Expectation:
    """Return what kind of thing a question asks for; NOTHING if no word tells."""
    return next(
        (kind for kind, asks in _ASKS.items() if asks.search(question)), Expectation.NOTHING
    )


def meets(sentence: str, expected: Expectation) -> bool:
    """Tell whether a sentence holds a thing of the kind expected."""
    return expected is Expectation.NOTHING or bool(_MEETS[expected].search(sentence))


def is_statement(sentence: str) -> bool:
    """Tell whether a sentence can stand in an answer: it has words and is no source's title."""
    return bool(_LETTER.search(sentence)) and not _REFERENCE.match(sentence)


def leans_on_previous(sentence: str) -> bool:
    """Tell whether a sentence begins with a word that points to the one before it."""
    return bool(_LEANS.match(sentence))
