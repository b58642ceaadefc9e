"""Which language a text is in: the script decides first, then py3langid within the script.

py3langid alone calls short English Pidgin and 東京 Chinese. It is only asked to choose among
the major languages of the script, and a question keeps every language that it may be in.
"""

import re
from collections import Counter
from collections.abc import Collection
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

# A script's languages, the commonest first.
_LATIN = (
    "en de fr es it pt nl sv da no fi pl cs sk hu ro hr sl tr vi id ms ca et lv lt is ga sq eu gl "
    "af sw tl cy la eo"
)
_LANGUAGES = {
    "latin": tuple(_LATIN.split()),
    "han": ("zh", "ja"),
    "kana": ("ja",),
    "hangul": ("ko",),
    "thai": ("th",),
    "greek": ("el",),
    "hebrew": ("he",),
    "devanagari": ("hi", "mr", "ne"),
    "arabic": ("ar", "fa", "ur", "ps"),
    "cyrillic": ("ru", "uk", "bg", "sr", "mk", "be", "kk"),
    "armenian": ("hy",),
    "georgian": ("ka",),
    "bengali": ("bn", "as"),
    "gurmukhi": ("pa",),
    "gujarati": ("gu",),
    "tamil": ("ta",),
    "telugu": ("te",),
    "kannada": ("kn",),
    "malayalam": ("ml",),
    "sinhala": ("si",),
    "lao": ("lo",),
    "myanmar": ("my",),
    "ethiopic": ("am",),
    "khmer": ("km",),
}
_SCRIPTS = {
    "latin": "A-Za-zªº\u00c0-\u024f\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a",
    "han": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\u3005\u3007",
    "kana": "\u3041-\u3096\u30a1-\u30fa\u30fc-\u30ff\uff66-\uff9d",
    "hangul": "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af",
    "thai": "\u0e01-\u0e3a\u0e40-\u0e4e",
    "greek": "\u0370-\u03ff\u1f00-\u1fff",
    "hebrew": "\u05d0-\u05f2",
    "devanagari": "\u0900-\u0963\u0970-\u097f",
    "arabic": "\u0620-\u065f\u066e-\u06d3\u06d5-\u06ef\u06fa-\u06ff\u0750-\u077f",
    "cyrillic": "\u0400-\u0481\u048a-\u052f",
    "armenian": "\u0531-\u0587",
    "georgian": "\u10a0-\u10ff\u1c90-\u1cbf",
    "bengali": "\u0980-\u09e3",
    "gurmukhi": "\u0a01-\u0a5e\u0a70-\u0a76",
    "gujarati": "\u0a81-\u0ae3",
    "tamil": "\u0b82-\u0bd7",
    "telugu": "\u0c00-\u0c63",
    "kannada": "\u0c80-\u0ce3",
    "malayalam": "\u0d00-\u0d63",
    "sinhala": "\u0d81-\u0df3",
    "lao": "\u0e81-\u0ece",
    "myanmar": "\u1000-\u103f\u1050-\u109f",
    "ethiopic": "\u1200-\u135f",
    "khmer": "\u1780-\u17d3",
}
_LETTERS = re.compile("|".join(f"(?P<{name}>[{span}]+)" for name, span in _SCRIPTS.items()))
_TAG = re.compile(r"([a-z]{2,3})(?:[-_].*)?", re.IGNORECASE)
# Languages that texts are told to be in by another code than this.
_USUAL = {"nb": "no", "nn": "no", "fil": "tl", "iw": "he", "in": "id"}
# ISO 639-2, by which some programs name them, to ISO 639-1.
_LONG = (
    "ara:ar bul:bg cat:ca ces:cs cze:cs dan:da deu:de ger:de ell:el gre:el eng:en spa:es est:et "
    "fas:fa per:fa fin:fi fra:fr fre:fr heb:he hin:hi hrv:hr hun:hu ind:id ita:it jpn:ja kor:ko "
    "lit:lt lav:lv nld:nl dut:nl nor:no nob:no nno:no pol:pl por:pt ron:ro rum:ro rus:ru slk:sk "
    "slo:sk slv:sl srp:sr swe:sv tha:th tur:tr ukr:uk vie:vi zho:zh chi:zh"
)
_USUAL |= dict(pair.split(":") for pair in _LONG.split())
_SAMPLE = 4000  # characters whose script is looked at
# Of these, py3langid gets some pieces: of 2,033 paragraphs in 21 languages, all of more than 450
# characters, they tell what the whole does, in half the time.
_PIECES, _PIECE = 4, 120
_DENSE = 3  # letters of an alphabet that say as much as one character of these scripts
_MAJOR = frozenset({"en", "de", "fr", "es", "it", "pt", "nl", "ru", "ar", "hi"})
_PLAUSIBLE = 0.05


def iso_language(value: str | None) -> str | None:
    """Return the language of a tag such as ``en-GB``, or None if it is no tag."""
    found = _TAG.fullmatch((value or "").strip())
    if found is None:
        return None
    lang = found.group(1).lower()
    return _USUAL.get(lang, lang)


def detect_language(text: str, candidates: Collection[str] = ()) -> str:
    """Return the ISO 639-1 code of the language most of ``text`` is in, ``und`` without letters.

    ``candidates`` restrict the choice if any of them is written in the text's script.
    """
    script = _script(text)
    if script is None:
        return "und"
    choice = [lang for lang in _LANGUAGES[script] if lang in candidates] or _LANGUAGES[script]
    if len(choice) == 1 or script == "han":
        return choice[0]
    return _ranked(text, choice)[0][0]


def question_languages(text: str, collection: Collection[str]) -> tuple[str, ...]:
    """Return the languages that a short question may be in, best first; () without letters.

    ``collection`` holds the languages of the documents: they win where the text leaves it open.
    """
    script = _script(text)
    if script is None:
        return ()
    known = tuple(lang for lang in _LANGUAGES[script] if lang in collection)
    if script == "han":
        return known or _LANGUAGES[script]
    if len(_LANGUAGES[script]) == 1:
        return _LANGUAGES[script]
    weighted = [
        (lang, share * (4 if lang in collection else 1))
        for lang, share in _ranked(text, _LANGUAGES[script])
    ]
    weighted.sort(key=lambda pair: -pair[1])
    least = _PLAUSIBLE * sum(share for _, share in weighted)
    return tuple(lang for lang, share in weighted if share >= least)


@cache
def same_script(one: str, other: str) -> bool:
    """Tell whether two languages are written in the same script; most others use Latin letters."""
    return bool(_scripts_of(one) & _scripts_of(other))


def _scripts_of(lang: str) -> set[str]:
    known = {script for script, langs in _LANGUAGES.items() if lang in langs}
    return known or ({"latin"} if lang != "und" else set())


def _script(text: str) -> str | None:
    """Return the script that says most in ``text``, or None without letters."""
    counts: Counter[str] = Counter()
    for match in _LETTERS.finditer(text, 0, _SAMPLE):
        counts[str(match.lastgroup)] += match.end() - match.start()
    if counts["kana"] * 20 >= counts["han"] and counts["kana"]:
        counts["kana"] += counts.pop("han", 0)
    for dense in ("han", "kana", "hangul"):
        counts[dense] *= _DENSE
    best = max(counts, key=lambda script: counts[script])
    return best if counts[best] else None


def _ranked(text: str, choice: Collection[str]) -> list[tuple[str, float]]:
    """Return the languages of ``choice`` with their shares of the probability, best first."""
    shares = {
        lang: share * (1 if lang in _MAJOR else 0.2)
        for lang, share in _probabilities(_telling(text[:_SAMPLE]))
        if lang in choice
    }
    total = sum(shares.values()) or 1.0
    ranked = ((lang, share / total) for lang, share in shares.items())
    return sorted(ranked, key=lambda pair: -pair[1])


@lru_cache(maxsize=8)  # the language of a document of one passage is that of the passage
def _probabilities(text: str) -> tuple[tuple[str, float], ...]:
    return tuple(_identifier().rank(text))


def _telling(text: str) -> str:
    """Return a text, or pieces from all over a long one."""
    if len(text) <= _PIECES * _PIECE:
        return text
    step = (len(text) - _PIECE) / (_PIECES - 1)
    starts = (round(n * step) for n in range(_PIECES))
    return " ".join(text[start : start + _PIECE] for start in starts)


@lru_cache(maxsize=1)
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
