"""Whether a sentence asks or says something, and whether it leans on the one before it."""

import re

from qa.text.sources import announces_sources

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
_LETTER = re.compile(r"[^\W\d_]")
_VALUE = re.compile(r"(?:[^\d|]*\d){3}[^|]*")  # of its own, such as a telephone number


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
