"""The languages of the interface."""

import dataclasses
import importlib
import pkgutil
import re

import pytest

from qa.ui import words
from qa.ui.words import LANGS, chosen, counted, day, fraction, language_name, number

MODULES = [
    importlib.import_module(f"qa.ui.words.{found.name}")
    for found in pkgutil.iter_modules(words.__path__)
]


@pytest.mark.parametrize(
    ("cookie", "accepted", "lang"),
    [
        (None, "", "en"),
        (None, "de-AT,de;q=0.9,en;q=0.8", "de"),
        (None, "fr,ja;q=0.3,en;q=0.2", "ja"),
        (None, "en;q=0.2,DE;q=0.7", "de"),
        (None, "de;q=0,fr", "en"),
        (None, "de;q=x,ja", "ja"),
        ("ja", "de", "ja"),
        ("<script>", "de", "de"),
    ],
)
def test_the_reader_then_the_browser_chooses(cookie: str | None, accepted: str, lang: str) -> None:
    assert chosen(cookie, accepted) == lang


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_language_says_everything_with_the_same_gaps(module: object) -> None:
    tables = {lang: dataclasses.asdict(vars(module)["WORDS"][lang]) for lang in LANGS}
    for name, text in tables["en"].items():
        for lang in LANGS:
            other = tables[lang][name]
            assert other or name == "errors", f"{lang}: {name} is missing"
            if isinstance(text, str):
                assert gaps(other) == gaps(text), f"{lang}: {name}"
                assert lang != "ja" or other != text, name


def gaps(text: str) -> set[str]:
    return set(re.findall(r"\{\w+\}", text))


def test_numbers_dates_and_names_are_of_the_language() -> None:
    assert [number(12345, lang) for lang in LANGS] == ["12,345", "12.345", "12,345"]
    assert [fraction(0.8284, lang) for lang in LANGS] == ["0.828", "0,828", "0.828"]
    assert [fraction(n, "de", signed=True) for n in (0.5, -0.5, 0)] == ["+0,500", "-0,500", "0,000"]
    assert [day("2024-04-10", lang) for lang in LANGS] == [
        "April 10, 2024",
        "10. April 2024",
        "2024年4月10日",
    ]
    assert day("spring 2024", "de") == "spring 2024"
    assert [language_name("ja", lang) for lang in LANGS] == ["Japanese", "Japanisch", "日本語"]
    assert [language_name(code, "en") for code in ("und", "tlh", "x<y")] == [
        "UND",
        "TLH",
        "X<Y",
    ]
    assert counted(1, "1 page", "{count} pages", "en") == "1 page"
    assert counted(1200, "1 Seite", "{count} Seiten", "de") == "1.200 Seiten"
