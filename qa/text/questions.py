"""What a question expects of its answer, and what a sentence can do for it."""

import re
import unicodedata
from enum import Enum


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
        r"\b(who|whom|whose|wer|wen|wem|wessen|qui|quién(es)?|chi|quem)\b|"
        r"だれ|誰|どなた|谁|누구|(^|\s)кто\b|(^|\s)من(\s|$)",
        re.IGNORECASE,
    ),
}
_NUMBER_WORD = (
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|"
    r"million|billion|half|third|quarter|both|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|"
    r"elf|zwölf|zwanzig|dreißig|vierzig|fünfzig|hundert|tausend|millionen?|milliarden?|hälfte|drittel|viertel|beiden?"
)
_TIME_UNIT = (
    r"years?|months?|weeks?|days?|hours?|minutes?|seconds?|centur(y|ies)|decades?|"
    r"jahre?[ns]?|monat(e[ns]?|s)?|wochen?|tage?[ns]?|stunden?|minuten?|sekunden?|jahrhunderte?|"
    r"ans?|mois|semaines?|jours?|heures?|años?|meses|mes|semanas?|días?|horas?|minutos?"
)
_MEETS = {
    Expectation.NUMBER: re.compile(
        rf"\d|\b({_NUMBER_WORD})|[一二三四五六七八九十百千万億兆両]", re.IGNORECASE
    ),
    Expectation.MONEY: re.compile(
        r"[$€£¥₩₽￥]|\b(USD|EUR|JPY|GBP|CHF|dollars?|euros?|yen|pounds?|cents?|francs?|francos?|"
        r"franken|pfund|mark|pesos?|free|gratis|kostenlos|kostenfrei)\b|"
        r"[\d万億兆百千]\s?(円|ドル|ユーロ|ポンド|元|美元)|無料|免费",
        re.IGNORECASE,
    ),
    Expectation.DURATION: re.compile(
        rf"(\d|\b(a|an|eine[nrms]?|{_NUMBER_WORD}))[\s-]*({_TIME_UNIT})\b|"
        r"[\d一二三四五六七八九十]\s?(年間|か月|ヶ月|カ月|箇月|週間|日間|時間|分間|分|秒|个月|小时|分钟|天)|"
        r"\b(until|bis|jusqu|hasta)\b|まで",
        re.IGNORECASE,
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
# Where every noun has a capital, a name shows in two in a row, in capitals only, or in a title.
_GERMAN_NAME = re.compile(
    r"(?<=[\w,;(] )[A-ZÀ-Þ][\wà-ÿ.-]*\s(von |van |de )?[A-ZÀ-Þ]|\b[A-Z]{2,}|"
    r"\b(der|die|das|den|dem|des|Frau|Herrn?) [A-ZÀ-Þ]\w+(in|er|or|ent|ist|amt|rat|ium|haus)\b"
)
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
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_LETTER = re.compile(r"[^\W\d_]")


def expectation(question: str) -> Expectation:
    """Return what kind of thing a question asks for; NOTHING if no word tells."""
    return next(
        (kind for kind, asks in _ASKS.items() if asks.search(question)), Expectation.NOTHING
    )


def meets(sentence: str, expected: Expectation, lang: str) -> bool:
    """Tell whether a sentence in a language holds a thing of the kind expected."""
    if expected is Expectation.NOTHING:
        return True
    german_name = lang == "de" and expected is Expectation.NAME
    return bool((_GERMAN_NAME if german_name else _MEETS[expected]).search(sentence))


def numbers_of(text: str) -> frozenset[str]:
    """Return the numbers that a text writes in digits, wide ones too: 102.6 and 102,6 are one."""
    folded = unicodedata.normalize("NFKC", text)
    return frozenset(found.replace(",", ".") for found in _NUMBER.findall(folded))


def is_statement(sentence: str) -> bool:
    """Tell whether a sentence can stand in an answer: it has words and is no source's title."""
    return bool(_LETTER.search(sentence)) and not _REFERENCE.match(sentence)


def leans_on_previous(sentence: str) -> bool:
    """Tell whether a sentence begins with a word that points to the one before it."""
    return bool(_LEANS.match(sentence))
