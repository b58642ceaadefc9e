"""What a question wants word for word: phrases in quotation marks, identifiers, "12.3"."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from qa.text.tokens import LETTER, parted, word_spans

# So many are honoured: a pasted list of hundreds would be searched for one by one.
MOST_TERMS = 8
_QUOTED = re.compile(
    r"[\"\u201c\u201d\u201e]([^\"\u201c\u201d\u201e]{0,200})[\"\u201c\u201d]|"
    r"[«»‹›]([^«»‹›]{0,200})[«»‹›]|「([^「」]{0,200})」|『([^『』]{0,200})』|"
    r"《([^《》]{0,200})》|〈([^〈〉]{0,200})〉|"
    r"(?<!\w)['\u2018\u201a]([^'\u2018\u2019\u201a]{0,200})['\u2018\u2019](?!\w)"
)
_HYPHENS = re.compile("[\u2010-\u2015\u2212]")
_EDGE = re.compile(r"^\W+|\W+$")
_SECTION = re.compile(r"\d+(\.\d+)+")
_PARTED = re.compile(r"(?<=\d)\\\.(?=\d)")  # an escaped full stop between digits


class Term(NamedTuple):
    """What a question wants word for word, folded; ``quoted`` tells it from an identifier."""

    text: str
    quoted: bool


def exact_terms(question: str) -> tuple[Term, ...]:
    """Return the phrases in quotation marks and the identifiers that a question gives.

    An identifier has letters and digits in one word (GPT-4, MRG-1440, 5G), or is a number of
    several parts (12.3).
    """
    folded = _folded(question)
    quoted = [_EDGE.sub("", "".join(groups)) for groups in _QUOTED.findall(folded)]
    rest = _QUOTED.sub(" ", folded)
    words = [rest[start:end] for start, end, spaced in word_spans(rest) if spaced]
    terms = [
        *(Term(phrase, quoted=True) for phrase in quoted if phrase),
        *(Term(word, quoted=False) for word in words if _is_identifier(word)),
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
    return _is_mixed(word) or bool(_SECTION.fullmatch(word))


def _is_mixed(word: str) -> bool:
    return any(map(str.isdecimal, word)) and any(map(str.isalpha, word))


@lru_cache(64)  # one text is searched for several terms
def _folded(text: str) -> str:
    return _HYPHENS.sub("-", unicodedata.normalize("NFKC", parted(text)).casefold())
