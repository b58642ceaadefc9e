"""Words as the lexical index sees them: folded, stemmed, and bigrams where no spaces part them."""

import re
import unicodedata

from qa.text.compounds import compound_parts
from qa.text.stems import stem

_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u1000-\u109f\u1780-\u17d3"
    "\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u30fc-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# Python's \w leaves out the vowel signs that Indic and Semitic words are written with.
_MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963"
_MARKS += "\u0966-\u0dff"
# U+02BC is an apostrophe to those who write it, whatever Unicode says: it parts words as ' does.
LETTER = rf"(?:[^\W_\u02bc{_UNSPACED}]|[{_MARKS}])"
_TOKEN = re.compile(rf"(?P<run>[{_UNSPACED}]+)|{LETTER}+(?:[-.,:/_]{LETTER}+)*")
_PART = re.compile(rf"{LETTER}+")
# Possessives, with whatever stands for the apostrophe: Japan's, Japan’s, Japan”s.
_POSSESSIVE = re.compile(r"(?<=\w)['’‘”`\u00b4\u02bc]s\b")
# 10⁶ is not 106, which it would be in NFKC.
_EXPONENT = re.compile("(?<=[0-9])(?=[⁰¹²³⁴-⁹⁺⁻])")
_OTHER_DIGIT = re.compile(r"[^\D0-9]")
# What parts fractions and thousands among Arabic digits.
_OTHER_MARK = re.compile("(?<=[0-9])[\u066b\u066c](?=[0-9])")
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
# What is looked up: a token, or what a word may be, each some tokens that must all be there.
Alternatives = tuple[tuple[str, ...], ...]
Word = str | Alternatives


def parted(text: str) -> str:
    """Put a space before exponents, which would melt into their number where text is folded."""
    return _EXPONENT.sub(" ", text)


def ascii_digits(text: str) -> str:
    """Return a text with the digits of all scripts as 0 to 9 and their marks as . and ,.

    It is as long as before.
    """
    if text.isascii():
        return text
    digits = _OTHER_DIGIT.sub(lambda found: str(unicodedata.decimal(found.group())), text)
    return _OTHER_MARK.sub(lambda found: "." if found.group() == "\u066b" else ",", digits)


def lexical_tokens(text: str, lang: str) -> list[str]:
    """Return the tokens of ``text`` in order, none of them empty or holding whitespace.

    Words are NFKC-normalised, casefolded and stemmed where snowball knows ``lang`` (ISO 639-1);
    runs of Chinese, Japanese, Thai and the like become character bigrams. German compounds have
    their parts beside them. Numbers stay whole
    (102,6), identifiers too (COVID-19, GPT-4), with their words beside them; U.S. becomes us,
    10⁶ is the numbers of 10^6, and ٢٠٢٤ is 2024.
    """
    folded = _POSSESSIVE.sub("", unicodedata.normalize("NFKC", parted(text)).casefold())
    tokens: list[str] = []
    for match in _TOKEN.finditer(ascii_digits(unicodedata.normalize("NFKC", folded))):
        found = match.group()
        if match.lastgroup == "run":
            tokens += [found[i : i + 2] for i in range(max(1, len(found) - 1))]
        else:
            tokens += _spaced_tokens(found, lang)
    return tokens


def word_spans(text: str) -> list[tuple[int, int, bool]]:
    """Return the words of ``text`` by their offsets, and whether spaces part them.

    A run of Chinese, Japanese, Thai and the like is one item: nothing here knows its words.
    """
    return [(*match.span(), match.lastgroup != "run") for match in _TOKEN.finditer(text)]


def _spaced_tokens(found: str, lang: str) -> list[str]:
    if _NUMBER.fullmatch(found):
        return [found]
    words = _PART.findall(found)
    if len(words) > 1 and all(len(word) == 1 for word in words) and "." in found:
        return ["".join(words)]
    parts = [stem(word, lang) for word in words]
    if lang == "de":
        parts = [one for part in parts for one in (part, *compound_parts(part))]
    mixed = len(words) > 1 and any(char.isdecimal() for char in found)
    return [found, *parts] if mixed else parts
