"""What the words of a question may be in another language, by small lexicons.

The encoder matches what two languages have in common in its training; it does not know that
*Ungehorsam* is disobedience. The lexicons do (:mod:`qa.text.lexicons`).
"""

import unicodedata
from collections.abc import Container, Iterator
from itertools import pairwise

from qa.text.compounds import compound_parts
from qa.text.lexicons import Lexicon, forms, lexicon, pieces
from qa.text.tokens import Alternatives, lexical_tokens, word_spans

# What may follow a noun of one character: passages are indexed by pairs of them.
_FOLLOWING = "はがをのにへとでもやか"


def translated(text: str, source: str, target: str) -> list[Alternatives]:
    """Return what each word of ``text`` may be in ``target``, as tokens of the lexical index.

    Names, numbers and what looks like them stay what they are. Other words that no lexicon knows
    are left out, and so is everything where there is none for the two languages.
    """
    known = lexicon(source, target)
    if not known:
        return []
    text = unicodedata.normalize("NFKC", text)
    found: dict[str, Alternatives] = {}
    for start, end, spaced in word_spans(text):
        word = text[start:end]
        for key in lexical_tokens(word, source) if spaced else words_in_run(word, known):
            if key in known:
                found[key] = _alternatives(known[key], target)
        if spaced and _is_name(word, first=start == 0):
            for token in lexical_tokens(word, target):
                found.setdefault(token, ((token,),))
    return [*found.values(), *_phrases(text, source, target, known)]


def words_in_run(run: str, known: Container[str]) -> Iterator[str]:
    """Yield the words in a run of characters: the longest that begins, wherever one does."""
    return (piece for piece in pieces(run, known) if piece in known)


def _alternatives(meanings: str, lang: str) -> Alternatives:
    """Return what a lexicon says as tokens; parts of several also count by themselves."""
    words = meanings.split("\n")
    if lang != "ja":
        whole = [tuple(word.split()) for word in words]
        if lang == "de":
            whole += [parts for word in words if (parts := compound_parts(word))]
        return tuple(dict.fromkeys([*whole, *((part,) for parts in whole for part in parts)]))
    found = [form for word in words for form in forms(word)]
    long = [form for form in found if len(form) > 1]
    long += [form + kana for form in found if len(form) == 1 for kana in _FOLLOWING]
    return tuple(tuple(lexical_tokens(form, lang)) for form in long)


def _is_name(word: str, *, first: bool) -> bool:
    return any(char.isdecimal() for char in word) or (len(word) > 1 and not word[first:].islower())


def _phrases(text: str, source: str, target: str, known: Lexicon) -> Iterator[Alternatives]:
    """Yield what two words beside each other are together ("flood control")."""
    stems = lexical_tokens(text, source) if source != "ja" else []
    for pair in dict.fromkeys(map(" ".join, pairwise(stems))):
        if pair in known:
            yield _alternatives(known[pair], target)
