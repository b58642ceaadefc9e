"""Lexical tokens: what a reader takes for the same word is the same token, in every script."""
# ruff: noqa: RUF001

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.text.tokens import lexical_tokens


@pytest.mark.parametrize(
    ("one", "other", "lang"),
    [
        ("kündigen.", "kündigen", "de"),
        ("Häuser", "haus", "de"),
        ("STRASSE", "Straße", "de"),
        ("universities", "university", "en"),
        ("Lena”s", "Lena's", "en"),
        ("Lena’s", "lena", "en"),
        ("ｶﾒﾗ", "カメラ", "ja"),
        ("ＡＩ", "ai", "ja"),
        ("cafe\u0301", "café", "fr"),
        ("U.S.", "US", "en"),
        ("10⁶", "10^6", "en"),
        ("10⁻⁶", "10^-6", "en"),
        ("m²", "m2", "en"),
        ("٢٠٢٤", "2024", "ar"),
        ("۱۳۵۲", "1352", "fa"),
        ("٣٫٥", "3.5", "ar"),
        ("GPT-४", "GPT-4", "hi"),
        ("lʼécole", "l’école", "fr"),
        ("п\u02bcять", "п'ять", "uk"),
    ],
)
def test_same_tokens(one: str, other: str, lang: str) -> None:
    assert lexical_tokens(one, lang) == lexical_tokens(other, lang) != []


def test_japanese_and_thai_become_bigrams() -> None:
    assert lexical_tokens("量子計算、木", "ja") == ["量子", "子計", "計算", "木"]
    assert lexical_tokens("ท่าเรือ", "th")[0] == "ท่"


def test_scripts_in_one_run_are_parted() -> None:
    assert lexical_tokens("2024年にABC社", "ja") == ["2024", "年に", "abc", "社"]


def test_numbers_and_identifiers_stay_whole() -> None:
    assert lexical_tokens("102,6 und 10.04.2024", "de") == ["102,6", "und", "10.04.2024"]
    assert lexical_tokens("COVID-19", "en") == ["covid-19", "covid", "19"]
    assert "5g" in lexical_tokens("beyond 5G.", "en")


def test_parts_of_a_compound_are_found() -> None:
    assert set(lexical_tokens("Forschung", "de")) <= set(lexical_tokens("KI-Forschung", "de"))


@pytest.mark.parametrize(
    ("compound", "parts"),
    [
        ("Leihfrist", ["frist"]),
        ("Jahresgebühren", ["jahr", "gebuhr"]),
        ("Hochwasserschutzanlage", ["hochwass", "schutz", "anlag"]),
        ("KI-Forschungspartnerschaft", ["ki", "forschung", "partnerschaft"]),
    ],
)
def test_german_compounds_have_their_parts_beside_them(compound: str, parts: list[str]) -> None:
    tokens = lexical_tokens(compound, "de")
    assert set(parts) < set(tokens)
    assert set(lexical_tokens(compound, "en")).isdisjoint(parts[-1:])


@pytest.mark.parametrize(
    "word", ["Universität", "Wissenschaften", "unterzeichnen", "Mizumori", "Haus" * 500]
)
def test_other_german_words_are_left_whole(word: str) -> None:
    assert len(lexical_tokens(word, "de")) == 1


def test_indic_vowel_signs_belong_to_their_words() -> None:
    assert len(lexical_tokens("हिन्दी में लिखा", "hi")) == 3


def test_a_language_without_stemmer_keeps_its_words() -> None:
    assert lexical_tokens("Bom dia", "xx") == ["bom", "dia"]


@given(st.text(), st.sampled_from(["en", "de", "ja", "ar", "tr", "und"]))
def test_tokens_are_never_empty_and_never_hold_whitespace(text: str, lang: str) -> None:
    for token in lexical_tokens(text, lang):
        assert token.split() == [token]


# U+02BC counts as an apostrophe.
@given(st.text(st.characters(categories=["L", "Nd"], exclude_characters="\u02bc"), min_size=1))
def test_no_letter_or_digit_is_lost(text: str) -> None:
    assert lexical_tokens(text, "und") != []
