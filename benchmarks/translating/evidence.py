"""What speaks for it that one word translates another: dictionaries, texts, the encoder."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks.translating.dictionaries import FUNCTION, Entry, stemmed
from benchmarks.translating.parallel import Pair, Pairs, Reals, aligned, sentences, translations
from qa.encoder import load_encoder
from qa.settings import Settings
from qa.text.lexicons import LONGEST_RUN, forms
from qa.text.tokens import word_spans
from qa.text.translation import words_in_run

LEAST_LINK = 0.02  # of all that a dictionary says of a word
LONGEST = 40  # characters of a word


@dataclass
class Dictionary:
    """How closely words are linked by JMdict, and how they are written."""

    links: Counter[Pair] = field(default_factory=Counter)
    entries: Counter[Pair] = field(default_factory=Counter)

    def add(self, pairs: Mapping[Pair, float]) -> None:
        self.links.update(pairs)
        self.entries.update(pairs.keys())

    def totals(self) -> list[Counter[str]]:
        """Return the sum of the links of each word, first words and second ones."""
        found = [Counter[str](), Counter[str]()]
        for pair, weight in self.links.items():
            for total, word in zip(found, pair, strict=True):
                total[word] += weight
        return found

    def shares(self, pair: Pair, totals: Sequence[Counter[str]]) -> list[float]:
        """Return what share of each word's links a pair is."""
        link = self.links[pair]
        return [link / total[word] if link else 0 for total, word in zip(totals, pair, strict=True)]


@dataclass
class Spelling:
    """The commonest spelling of each key, language by language."""

    seen: defaultdict[tuple[str, str], Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )

    def key(self, word: str, lang: str) -> str:
        """Return by what a word is found: a Japanese one by itself, as its forms are many."""
        key = word if lang == "ja" else " ".join(stemmed(word, lang))
        self.seen[lang, key][word] += 1
        return key

    def of(self, key: str, lang: str) -> str:
        best = self.seen.get((lang, key))
        return min(best, key=lambda word: (-best[word], word)) if best else key


def linked(
    entries: Mapping[str, Sequence[Entry]], spelling: Spelling
) -> dict[tuple[str, str], Dictionary]:
    """Return what JMdict says of each pair of languages."""
    told = {langs: Dictionary() for langs in (("de", "en"), ("de", "ja"), ("en", "ja"))}
    meant: dict[str, dict[tuple[str, str], dict[str, float]]] = {"de": {}, "en": {}}
    for lang, known in entries.items():
        for entry in known:
            words: dict[str, float] = {}
            for rank, gloss in enumerate(entry.glosses, 1):
                words.setdefault(spelling.key(gloss, lang), 1 / rank)
            meant[lang].setdefault((entry.forms[0], entry.forms[-1]), {}).update(words)
            for form in filter(_is_word, entry.forms):
                spelling.key(form, "ja")
                told[lang, "ja"].add({(word, form): weight for word, weight in words.items()})
    for concept, german in meant["de"].items():
        english = meant["en"].get(concept, {})
        told["de", "en"].add(
            {
                (d, e): german[d] * english[e]
                for d, e in product(german, english)
                if " " not in d + e
            }
        )
    return told


def _is_word(form: str) -> bool:
    """Tell whether a Japanese form is one that is recognised: not in hiragana alone."""
    return len(form) <= LONGEST_RUN and any(not "\u3041" <= char <= "\u3096" for char in form)


def met_in_texts(folder: Path, japanese: set[str]) -> dict[tuple[str, str], Pairs]:
    """Return which words stand for which in translated texts."""
    german, other = translations(folder, "de"), translations(folder, "ja")
    between = {german[text]: other[text] for text in german.keys() & other.keys()}
    recognised = {form: word for word in sorted(japanese) for form in forms(word)}

    def tokens(lang: str) -> Callable[[str], list[str]]:
        if lang == "ja":
            return lambda text: _japanese(text, recognised)
        return lambda text: stemmed(text, lang)

    turned = {text: english for english, text in german.items()}
    texts = {("de", "en"): turned, ("de", "ja"): between, ("en", "ja"): other}
    return {langs: aligned(sentences(pairs), *map(tokens, langs)) for langs, pairs in texts.items()}


def _japanese(text: str, recognised: Mapping[str, str]) -> list[str]:
    runs = [text[start:end] for start, end, spaced in word_spans(text) if not spaced]
    return [recognised[form] for run in runs for form in words_in_run(run, recognised)]


def signals(
    told: Dictionary, met: Pairs, langs: tuple[str, str], spelling: Spelling
) -> tuple[list[Pair], Reals]:
    """Return the pairs worth a look, and what speaks for each, shape (pairs, signals)."""
    totals = told.totals()
    function = [{spelling.key(word, lang) for word in FUNCTION[lang].split()} for lang in langs]
    pairs = sorted(
        pair
        for pair in told.links.keys() | met.keys()
        if (pair in met or max(told.shares(pair, totals)) > LEAST_LINK)
        and all(map(_is_plain, pair, function))
    )
    vectors = [
        _vectors({pair[side] for pair in pairs}, lang, spelling) for side, lang in enumerate(langs)
    ]
    rows = []
    for pair in pairs:
        forth, back = told.shares(pair, totals)
        entries, (p, q, count) = told.entries[pair], met.get(pair, (0, 0, 0))
        near = float(vectors[0][pair[0]] @ vectors[1][pair[1]])
        rows.append(
            [np.log(forth + 1e-3), np.log(back + 1e-3), np.log(entries + 0.5), entries > 0,
             np.log(p + 0.01), np.log(q + 0.01), np.log(count + 0.2), count > 0,
             near, max(near, 0.3), pair[0][:4] == pair[1][:4]]
        )  # fmt: skip
    return pairs, np.array(rows, np.float64)


def _is_plain(word: str, function: set[str]) -> bool:
    return len(word) <= LONGEST and word not in function and not any(map(str.isdecimal, word))


def _vectors(words: Iterable[str], lang: str, spelling: Spelling) -> dict[str, Reals]:
    """Return the mean vector of each word by itself, without what all of them share."""
    ordered = sorted(words)
    encoder = load_encoder(Settings())
    encoded = []
    for at in range(0, len(ordered), 512):
        texts = [spelling.of(word, lang) for word in ordered[at : at + 512]]
        encoded += [one.mean for one in encoder.encode_questions(texts)]
    rows = np.array(encoded) - np.mean(encoded, axis=0)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return dict(zip(ordered, rows, strict=True))
