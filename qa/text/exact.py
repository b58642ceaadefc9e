"""What a question wants word for word: phrases in quotation marks, identifiers, "12.3"."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from qa.text.tokens import LETTER, ascii_digits, parted, word_spans

# So many are honoured: a pasted list of hundreds would be searched for one by one.
MOST_TERMS = 8
# In Korean a particle follows what is quoted without a space.
_ENDS = rf"(?:(?!{LETTER})|(?=[\uac00-\ud7a3]))"
# A straight mark within or after a word is no quotation mark: 24", and abbreviations of Hebrew.
_OPENS, _CLOSES = (
    rf"(?:(?<!{LETTER})[\"\u05f4]|[\u201c\u201d\u201e])",
    rf"(?:[\"\u05f4]{_ENDS}|[\u201c\u201d])",
)
_QUOTED = re.compile(
    rf"{_OPENS}([^\"\u05f4\u201c\u201d\u201e]{{0,200}}){_CLOSES}|"
    r"[«»‹›]([^«»‹›]{0,200})[«»‹›]|「([^「」]{0,200})」|『([^『』]{0,200})』|"
    r"《([^《》]{0,200})》|〈([^〈〉]{0,200})〉|"
    rf"(?<!\w)['\u2018\u201a]([^'\u2018\u2019\u201a]{{0,200}})['\u2018\u2019]{_ENDS}"
)
# All are written for an apostrophe, and both for the mark of an abbreviation.
_APOSTROPHES = str.maketrans("‘’\u02bc′\u05f3\u05f4", "'''''\"")
_HYPHENS = re.compile("[\u2010-\u2015\u2212]")
_PART_OF_NAMES = frozenset("#+")  # C#, C++
_SECTION = re.compile(r"\d+(\.\d+)+")
_DATE_OR_THOUSANDS = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}|\d{1,3}(\.\d{3})+")
_PARTED = re.compile(r"(?<=\d)\\\.(?=\d)")  # an escaped full stop between digits


class Term(NamedTuple):
    """What a question wants word for word, folded; ``quoted`` tells it from an identifier."""

    text: str
    quoted: bool


def exact_terms(question: str) -> tuple[Term, ...]:
    """Return the phrases in quotation marks and the identifiers that a question gives.

    An identifier has letters and digits in one word (GPT-4, mrg-1440, 5G; not 2nd and 5km), or is
    a number of several parts (12.3) and no date.
    """
    plain = _plain(question)
    quoted = [_bare("".join(groups)) for groups in _QUOTED.findall(plain)]
    rest = _QUOTED.sub(" ", plain)
    words = [rest[start:end] for start, end, spaced in word_spans(rest) if spaced]
    terms = [
        *(Term(_folded(phrase), quoted=True) for phrase in quoted if phrase),
        *(Term(_folded(word), quoted=False) for word in words if _is_identifier(word)),
    ]
    return tuple(dict.fromkeys(terms))[:MOST_TERMS]


def holds(text: str, term: Term) -> bool:
    """Tell whether a text has a term in whole words, whatever the case, spaces and hyphens.

    A number matches however its language parts it: 3.5 is 3,5.
    """
    pattern = r"\s+".join(map(re.escape, term.text.split()))
    return _has(text, term, pattern if term.quoted else _PARTED.sub("[.,]", pattern))


def names_another(text: str, term: Term, terms: Sequence[Term]) -> bool:
    """Tell whether a text has an identifier that differs from ``term`` in its digits only.

    Not if it has one of that form among ``terms``, which are all that is wanted: whoever asks for
    MRG-1440 does not want to read of MRG-1462 alone.
    """
    if term.quoted or not _is_mixed(term.text):
        return False
    alike = (one for one in terms if not one.quoted and _form(one.text) == _form(term.text))
    return _has(text, term, _form(term.text)) and not any(holds(text, one) for one in alike)


def _form(identifier: str) -> str:
    """Return a pattern of all identifiers that differ from one in their digits only."""
    return re.sub(r"\d+", r"\\d+", re.escape(identifier))


def _has(text: str, term: Term, pattern: str) -> bool:
    # What stands beside a word of Chinese or Japanese may be no part of it.
    before = rf"(?<!{LETTER})" if re.match(LETTER, term.text[0]) else ""
    after = rf"(?!{LETTER})" if re.match(LETTER, term.text[-1]) else ""
    return bool(re.search(before + pattern + after, _folded(text)))


def _is_identifier(word: str) -> bool:
    if _SECTION.fullmatch(word):
        return not _DATE_OR_THOUSANDS.fullmatch(word)
    return _is_mixed(word) and (not word[0].isdecimal() or word.isupper())


def _is_mixed(word: str) -> bool:
    return any(map(str.isdecimal, word)) and any(map(str.isalpha, word))


def _bare(phrase: str) -> str:
    """Return a phrase without the punctuation around it."""
    said = [at for at, char in enumerate(phrase) if _says(char)]
    return phrase[said[0] : said[-1] + 1] if said else ""


def _says(char: str) -> bool:
    return char in _PART_OF_NAMES or unicodedata.category(char)[0] not in "PZC"


@lru_cache(64)  # one text is searched for several terms
def _folded(text: str) -> str:
    return _plain(text).translate(_APOSTROPHES).casefold()


def _plain(text: str) -> str:
    return _HYPHENS.sub("-", ascii_digits(unicodedata.normalize("NFKC", parted(text))))
