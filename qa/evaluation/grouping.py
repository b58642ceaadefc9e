"""The groups a question is counted in: language, pair, kind, whether it can be answered, ..."""

import re
from collections.abc import Mapping, Sequence

from qa.evaluation.judging import Gold
from qa.testsets import Question
from qa.text.expectations import expectation

FACETS = ("lang", "pair", "across", "kind", "answerable", "tag", "length", "doc")
_PAIR = "[a-z]{2,3}->[a-z]{2,3}"
_LENGTHS = ((30, "up to 30 characters"), (60, "31 to 60"), (120, "61 to 120"))


def groups_of(
    question: Question, golds: Sequence[Gold], guessed: str
) -> dict[str, tuple[str, ...]]:
    """Return the groups of a question by facet.

    ``guessed`` is the question's language where the test set does not say. A pair is that of the
    test set (perhaps as a tag such as ``en->de``), else of the question's and its sources'
    languages, and counts as the same language if one of the sources is in it. A question without
    a kind of its own is told by what it asks for: a number, date, name or the like.
    """
    lang = question.lang or guessed
    tagged = next((tag for tag in question.tags if re.fullmatch(_PAIR, tag)), "")
    pair = question.facets.get("pair") or tagged or _pair(lang, golds)
    docs = dict.fromkeys(gold.doc for gold in golds)
    groups: Mapping[str, Sequence[str]] = {
        "lang": (lang,),
        "pair": (pair,) if pair else (),
        "across": (_across(pair),) if pair else (),
        "kind": (question.facets.get("kind") or _kind(question),),
        "answerable": ("yes" if question.answerable else "no",),
        "tag": question.tags,
        "length": (_length(question.text),),
        "doc": tuple(docs),
    }
    return {facet: tuple(named) for facet, named in groups.items() if named}


def _pair(lang: str, golds: Sequence[Gold]) -> str:
    langs = sorted({gold.lang for gold in golds if gold.lang})
    if not langs:
        return ""
    return f"{lang}->{lang}" if lang in langs else f"{lang}->{'+'.join(langs)}"


def _across(pair: str) -> str:
    asked, _, answered = pair.partition("->")
    return "same language" if asked.strip() == answered.strip() else "across languages"


def _kind(question: Question) -> str:
    expected = expectation(question.text).name.lower()
    return "other" if expected == "nothing" else expected


def _length(text: str) -> str:
    named = (name for most, name in _LENGTHS if len(text) <= most)
    return next(named, "over 120")
