"""Texts of programs and their translations, and which words stand for which in them.

Games tell stories in everyday words. As packages of Debian they bring translations as ``.mo``
and ``.po`` files, sentence by sentence.
"""

import gettext
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_CODE = re.compile(
    r"<[^<>]{1,60}>|%[-0-9.]*[a-zA-Z$]+|\{[^}]*\}|&[a-z]+;|\^|_\(|[_&](?=\w)|\[/?\w+\]"
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])")
_FIELD = re.compile(r'(msgid|msgstr|msgctxt|msgid_plural|msgstr\[\d\]) "(.*)"')
LONGEST = 40  # words of a sentence
ROUNDS = 6
# A word met once may stand for anything in its sentence: its shares are taken of half a word more.
DOUBT = 0.5
LEAST_SHARE, LEAST_COUNT = 0.03, 0.3

Pair = tuple[str, str]
Ints = NDArray[np.int64]
Reals = NDArray[np.float64]
Tokens = Callable[[str], Sequence[str]]
Pairs = Mapping[Pair, tuple[float, float, float]]


def translations(folder: Path, language: str) -> dict[str, str]:
    """Return every text of the packages extracted to ``folder`` by its English original."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob(f"{language}/LC_MESSAGES/*.mo")):
        found.update(_of_mo(path))
    for path in sorted(folder.rglob(f"{language}.po")):
        found.update(_of_po(path.read_text("utf-8", errors="replace")))
    for path in sorted(folder.rglob("public.zip")):  # of 0 A.D.
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if re.search(rf"/{language}\.[^/]*\.po$", name):
                    found.update(_of_po(archive.read(name).decode()))
    return {one: other for one, other in found.items() if one and other and one != other}


def _of_mo(path: Path) -> Iterator[Pair]:
    with path.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    for key, told in catalogue.items():
        text, number = key if isinstance(key, tuple) else (key, 0)
        if number == 0:
            yield text.split("\x04")[-1], told


def _of_po(text: str) -> Iterator[Pair]:
    fields: dict[str, str] = {}
    name = ""
    for line in [*text.split("\n"), 'msgid ""']:
        if match := _FIELD.fullmatch(line.rstrip()):
            name = match[1]
            if name in ("msgid", "msgctxt") and {"msgid", "msgstr"} <= fields.keys():
                yield _unescaped(fields["msgid"]), _unescaped(fields["msgstr"])
                fields = {}
            fields[name] = match[2]
        elif line.startswith('"') and name:
            fields[name] += line.rstrip()[1:-1]


def _unescaped(text: str) -> str:
    return text.replace("\\n", "\n").replace('\\"', '"')


def sentences(pairs: Mapping[str, str]) -> list[Pair]:
    """Return texts and translations, taken apart where both have as many lines, or sentences."""
    parts = {
        part
        for pair in pairs.items()
        for line in _apart((_clean(pair[0]), _clean(pair[1])), lambda text: text.split("\n"))
        for part in _apart(line, _SENTENCE_END.split)
    }
    return sorted(parts)


def _clean(text: str) -> str:
    return _CODE.sub(" ", text)


def _apart(pair: Pair, split: Callable[[str], list[str]]) -> list[Pair]:
    one, other = ([part for part in split(text) if part.strip()] for text in pair)
    return list(zip(one, other, strict=True)) if len(one) == len(other) else [pair]


def aligned(texts: Sequence[Pair], one: Tokens, other: Tokens) -> Pairs:
    """Return for pairs of words: p(second | first), p(first | second), how often they meet.

    IBM model 1 in both directions (Brown et al. 1993).
    """
    sides: tuple[dict[str, int], dict[str, int]] = ({}, {})
    rows = []
    for left, right in texts:
        words = dict.fromkeys(one(left)), dict.fromkeys(other(right))
        if all(0 < len(side) <= LONGEST for side in words):
            numbers = [
                np.array([known.setdefault(word, len(known)) for word in side])
                for known, side in zip(sides, words, strict=True)
            ]
            rows.append((numbers[0], numbers[1]))
    size = max(map(len, sides))
    met = np.concatenate([np.add.outer(a * size, b).ravel() for a, b in rows])
    keys, at = np.unique(met, return_inverse=True)
    # Each pair of a sentence by the word of it that is explained, on either side.
    explained = (
        _numbered([np.tile(np.arange(len(b)), len(a)) for a, b in rows]),
        _numbered([np.repeat(np.arange(len(a)), len(b)) for a, b in rows]),
    )
    forth, there = _shares(at, keys // size, explained[0])
    back, here = _shares(at, keys % size, explained[1])
    count = np.minimum(there, here)
    keep = (forth > LEAST_SHARE) & (back > LEAST_SHARE) & (count > LEAST_COUNT)
    names = [list(side) for side in sides]
    return {
        (names[0][key // size], names[1][key % size]): (float(p), float(q), float(n))
        for key, p, q, n in zip(keys[keep], forth[keep], back[keep], count[keep], strict=True)
    }


def _numbered(places: list[Ints]) -> Ints:
    """Count places on from sentence to sentence."""
    starts = np.cumsum([0, *(int(place.max()) + 1 for place in places[:-1])])
    return np.concatenate([place + start for place, start in zip(places, starts, strict=True)])


def _shares(at: Ints, source: Ints, explained: Ints) -> tuple[Reals, Reals]:
    """Return what each pair's first word is the second in, and how often it was."""
    share = count = np.ones(len(source))
    for _ in range(ROUNDS):
        weight = share[at]
        weight /= np.bincount(explained, weights=weight)[explained]
        count = np.bincount(at, weights=weight, minlength=len(source)).astype(np.float64)
        share = count / (np.bincount(source, weights=count)[source] + DOUBT)
    return share, count
