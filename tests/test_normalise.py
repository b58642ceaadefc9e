"""Decoding: every common encoding comes back as written, junk is refused, nothing is improved."""
# ruff: noqa: RUF001

import os
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.text.normalise import decode, whole_words

GERMAN = "Die Prüfung der Größe wäre für Übermütige äußerst schön, meinte Jörg im März."
FRENCH = "L’été dernier, les élèves ont découvert la forêt près du château."
JAPANESE = "これは日本語の文章です。量子コンピューターの研究が進んでいます。"
RUSSIAN = "Это короткий текст о науке и технике. Учёные подписали соглашение в Токио."
POLISH = "Zażółć gęślą jaźń, dziękuję."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "utf-8"),
        (GERMAN, "utf-8-sig"),
        (GERMAN, "utf-16"),
        (GERMAN, "utf-16-le"),
        (GERMAN, "utf-16-be"),
        (GERMAN, "utf-32"),
        (GERMAN, "iso8859_1"),
        (GERMAN, "cp1252"),
        (FRENCH, "cp1252"),
        (POLISH, "cp1250"),
        (JAPANESE, "utf-16"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (JAPANESE, "iso2022_jp"),
        (RUSSIAN, "koi8_r"),
        (RUSSIAN, "cp1251"),
    ],
)
def test_text_comes_back_from_its_encoding(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_a_declared_encoding_is_believed_where_it_fits() -> None:
    data = "Größe".encode("cp850")
    assert decode(data, declared="cp850") == "Größe"
    assert decode("Größe".encode(), declared="no-such-encoding") == "Größe"
    assert decode(GERMAN.encode("cp1252"), declared="ascii") == GERMAN


def test_mojibake_is_mended() -> None:
    broken = "Der schÃ¶ne KÃ¤fer fliegt Ã¼ber die StraÃŸe."
    assert decode(broken.encode()) == "Der schöne Käfer fliegt über die Straße."


@pytest.mark.parametrize(
    "text",
    [
        "Lena”s boat and “Ida’s” harbour",  # mixed-up quotation marks are the author's
        "ﬁnal Ａ１ ㎏ ½ …",  # compatibility characters
        "e\u0301tude",  # a letter in two parts
        "&amp; &eacute; <b>",  # entities somebody wrote about
        "„Zitat“ – ‚inneres‘ »auch«",
    ],
)
def test_nothing_else_is_improved(text: str) -> None:
    assert decode(text.encode()) == text


@pytest.mark.parametrize("text", [GERMAN, FRENCH, JAPANESE, RUSSIAN])
@pytest.mark.parametrize("broken", [b"\xff", "…".encode()[:-1], "Café".encode("cp1252")])
def test_few_broken_bytes_do_not_make_another_encoding(text: str, broken: bytes) -> None:
    decoded = decode(40 * (text.encode() + b"\n") + broken)
    assert decoded.startswith(40 * f"{text}\n".replace("\u2019", "’"))
    assert "\ufffd" in decoded


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Donau\u00addampf\u00adschiff", "Donaudampfschiff"),
        ("Donau\u00ad\n  dampf", "Donaudampf"),
        ("1990\u00ad\n1995", "1990\n1995"),
        ("harbour/\u200bquay", "harbour/quay"),
        ("ท่า\u200bเรือ", "ท่า\u200bเรือ"),
    ],
)
def test_marks_at_which_a_word_may_be_broken_are_taken_out(text: str, whole: str) -> None:
    assert whole_words(text) == whole


def test_every_line_break_becomes_one_newline_and_controls_go() -> None:
    assert decode(b"a\r\nb\rc\x0cd\x0be\x07") == "a\nb\nc\nd\ne"


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"some text\0with zeros\0in it",
        b"\x01\x02\x03\x04" * 50,
        b"\xff\xfe\x00",
        "lone zero \0".encode("utf-16"),
    ],
)
def test_binary_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        decode(data)


@pytest.mark.parametrize("seed", range(10))
def test_random_bytes_are_refused(seed: int) -> None:
    with pytest.raises(ValueError):
        decode(random.Random(seed).randbytes(3000))  # noqa: S311


def test_compressed_bytes_are_refused() -> None:
    with pytest.raises(ValueError):
        decode(b"PK\x03\x04" + os.urandom(4000))


@given(st.binary(max_size=400))
def test_what_is_accepted_is_clean(data: bytes) -> None:
    try:
        text = decode(data)
    except ValueError:
        return
    assert "\0" not in text
    assert "\r" not in text
    text.encode("utf-8")


@given(st.text(st.characters(categories=["L", "Nd", "Zs"], max_codepoint=0x24F), max_size=200))
def test_decoding_twice_changes_nothing(text: str) -> None:
    once = decode(text.encode())
    assert decode(once.encode()) == once
