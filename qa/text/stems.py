"""Stems of words in the languages that snowball knows."""

import threading
from functools import lru_cache

import Stemmer

_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german",
    "el": "greek", "en": "english", "eo": "esperanto", "es": "spanish", "et": "estonian",
    "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish",
    "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian", "pl": "polish",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish",
    "ta": "tamil", "tr": "turkish",
}  # fmt: skip
_local = threading.local()


# Most words of a collection are a few thousand, again and again.
@lru_cache(maxsize=100_000)
def stem(word: str, lang: str) -> str:
    """Return the stem of a casefolded word; itself where none is known, or in identifiers."""
    if lang not in _STEMMERS or any(char.isdecimal() for char in word):
        return word
    return _stemmer(_STEMMERS[lang]).stemWord(word) or word


def _stemmer(name: str) -> "Stemmer.Stemmer":
    """Return this thread's stemmer: they are not safe to share."""
    stemmers: dict[str, Stemmer.Stemmer] = _local.__dict__.setdefault("stemmers", {})
    if name not in stemmers:
        stemmers[name] = Stemmer.Stemmer(name)
    return stemmers[name]
