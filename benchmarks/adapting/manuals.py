"""More texts in many languages: paragraph by paragraph the same, with no questions about them.

The handbook of Debian and the help of LibreOffice are there in German, Japanese and other languages
as packages of Debian. Nobody asked questions about them, so that a paragraph taken out of its
passage, or the heading above it, stands for one (the inverse cloze task, Lee et al. 2019)::

    apt-get download debian-handbook libreoffice-help-{en-us,de,ja,es,fr,ru,zh-cn,ko}
    for package in *.deb; do dpkg-deb --extract $package MANUALS; done
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from lxml import html  # type: ignore[import-untyped]

from benchmarks.adapting.texts import REFERENCE, Articles, Asked, Told
from qa.datamodel import Span

PASSAGE, QUESTION, HEADING = (250, 900), (30, 220), (12, 120)  # characters in English
PAGES = 4  # that lie beside each other make one article
SHARES = {"ja": 1.0, "de": 0.35}  # how many of the passages are taken that are there in a language
UNTRANSLATED = 0.1  # share of a passage's paragraphs that may still be English
_OTHER_LETTERS = {"ja", "zh", "ru", "ar", "ko"}
_FOREIGN = re.compile(r"[^\x00-\u024f]")

Pieces = Mapping[str, tuple[bool, str]]  # by what they are in all languages: a heading? and text


@dataclass(frozen=True, slots=True)
class Unit:
    """A heading or a paragraph by language."""

    heading: bool
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Manual:
    """Where the pages of each language are, and how one is taken apart."""

    folder: str
    languages: Mapping[str, str]
    pieces: Callable[[Any], Pieces]


def _of_handbook(page: Any) -> Pieces:
    """All languages were made from one source: its paragraphs have the same number in each."""
    parts = page.xpath('//div[@class="para"] | //h2[@class="title"] | //h3[@class="title"]')
    innermost = [one for one in parts if not one.xpath('.//div[@class="para"]')]
    return {str(n): (one.tag != "div", _text(one)) for n, one in enumerate(innermost)}


def _of_help(page: Any) -> Pieces:
    parts = page.xpath('//p[starts-with(@id, "par_id")] | //*[starts-with(@id, "hd_id")]')
    return {one.get("id"): (one.tag != "p", _text(one)) for one in parts}


MANUALS = (
    Manual(
        "usr/share/doc/debian-handbook/html",
        {
            "en": "en-US", "de": "de-DE", "ja": "ja-JP", "es": "es-ES", "fr": "fr-FR",
            "zh": "zh-CN", "ru": "ru-RU", "ar": "ar-MA", "pt": "pt-BR", "ko": "ko-KR",
        },
        _of_handbook,
    ),
    Manual(
        "usr/share/libreoffice/help",
        {
            "en": "en-US", "de": "de", "ja": "ja", "es": "es",
            "fr": "fr", "zh": "zh-CN", "ru": "ru", "ko": "ko",
        },
        _of_help,
    ),
)  # fmt: skip


def manuals(root: Path) -> Articles:
    """Return articles of both manuals: all Japanese passages, and some that are not Japanese."""
    rng = random.Random(0)  # noqa: S311
    found: Articles = []
    for manual in MANUALS:
        pages = (_passages(units, rng) for units in _pages(root, manual))
        told = [page for page in map(list, pages) if page]
        found += [
            list(chain.from_iterable(told[at : at + PAGES])) for at in range(0, len(told), PAGES)
        ]
    return found


def _pages(root: Path, manual: Manual) -> Iterator[list[Unit]]:
    """Yield the pages of a manual in the languages that have all of their pieces."""
    folders = {lang: root / manual.folder / name for lang, name in manual.languages.items()}
    for page in sorted(folders[REFERENCE].rglob("*.html")):
        paths = {lang: of / page.relative_to(folders[REFERENCE]) for lang, of in folders.items()}
        pieces = {
            lang: manual.pieces(html.parse(path).getroot())
            for lang, path in paths.items()
            if path.is_file()
        }
        reference = pieces[REFERENCE]
        whole = [lang for lang, of in pieces.items() if of.keys() == reference.keys()]
        yield [
            Unit(heading, {lang: pieces[lang][key][1] for lang in whole})
            for key, (heading, text) in reference.items()
            if text
        ]


def _passages(units: Sequence[Unit], rng: random.Random) -> Iterator[Told]:
    """Yield passages of neighbouring paragraphs below one heading."""
    heading: Unit | None = None
    run: list[Unit] = []
    for unit in [*units, Unit(heading=True, texts={})]:
        size = sum(len(one.texts[REFERENCE]) for one in run)
        if unit.heading or size > PASSAGE[1]:
            told = _told(heading, run, rng) if size >= PASSAGE[0] else None
            if told is not None:
                yield told
            run = []
        if unit.heading:
            heading = unit
        else:
            run.append(unit)


def _told(heading: Unit | None, run: Sequence[Unit], rng: random.Random) -> Told | None:
    """Take a paragraph out, which asks for the others; None if that makes no passage."""
    rows = [row for row, one in enumerate(run) if _fits(one, QUESTION)]
    languages = _translated(run)
    taken = max(SHARES.get(lang, 0.0) for lang in languages)
    if len(run) < 2 or not rows or rng.random() > taken:
        return None
    row = rng.choice(rows)
    rest = [one for n, one in enumerate(run) if n != row]
    joined = {lang: _joined([one.texts[lang] for one in rest], lang) for lang in languages}
    told = Told(
        {lang: text for lang, (text, _) in joined.items()},
        {lang: spans for lang, (_, spans) in joined.items()},
    )
    told.asked.append(_asked(run[row], languages, max(0, row - 1)))
    if heading and _fits(heading, HEADING) and heading.texts.keys() >= set(languages):
        told.asked.append(_asked(heading, languages, 0))
    return told


def _asked(unit: Unit, languages: Sequence[str], near: int) -> Asked:
    texts = {lang: unit.texts[lang] for lang in languages}
    return Asked(texts, dict.fromkeys(texts, near), real=False)


def _fits(unit: Unit, size: tuple[int, int]) -> bool:
    return size[0] <= len(unit.texts.get(REFERENCE, "")) <= size[1]


def _translated(run: Sequence[Unit]) -> list[str]:
    """Return the languages in which hardly a paragraph is still English, English first."""
    shared = set.intersection(*(set(one.texts) for one in run)) - {REFERENCE}
    return [
        REFERENCE,
        *(
            lang
            for lang in sorted(shared)
            if sum(_is_english(one.texts, lang) for one in run) < UNTRANSLATED * len(run)
        ),
    ]


def _is_english(texts: Mapping[str, str], lang: str) -> bool:
    text = texts[lang]
    foreign = lang not in _OTHER_LETTERS or _FOREIGN.search(text)
    return not text or text == texts[REFERENCE] or not foreign


def _joined(parts: Sequence[str], lang: str) -> tuple[str, list[Span]]:
    """Return paragraphs as one text, and where each stands in it."""
    space = "" if lang in {"ja", "zh"} else " "
    starts = [0]
    for part in parts:
        starts.append(starts[-1] + len(part) + len(space))
    return space.join(parts), [
        (start, start + len(part)) for start, part in zip(starts, parts, strict=False)
    ]


def _text(element: Any) -> str:
    return " ".join(element.text_content().split())
