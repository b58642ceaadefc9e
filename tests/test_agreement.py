"""Other documents that say the same are named, and those with other figures are flagged."""
# ruff: noqa: RUF001

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from qa import Assistant
from qa.agreement import differing, likeness
from qa.answering import Candidate, cite
from qa.citing import answer_markdown, answer_page
from qa.datamodel import Answer, AnswerSentence
from qa.render import answer_json
from qa.settings import Settings
from qa.text.figures import differ, figures
from qa.ui.answer import answer_html
from tests.conftest import write_files
from tests.hash_encoder import HashEncoder
from tests.test_answering import candidate, document

WILLING = Settings(threshold=1e-6)
FIGURES = [
    ("It handled 1,250 ships.", "en", {1250}),
    ("Er fertigte 1.250 Schiffe ab.", "de", {1250}),
    ("1 250 bateaux", "fr", {1250}),
    ("In 2024 300 people came", "en", {2024, 300}),
    ("1'250'000 Franken", "de", {1.25e6}),
    ("3,8 млн рублей", "ru", {3.8e6}),
    ("3 800 000 рублей", "ru", {3.8e6}),
    ("3,8 miljoen euro", "nl", {3.8e6}),
    ("3 mil millones", "es", {3e9}),
    ("3억 원", "ko", {3e8}),
    ("$1.2bn", "en", {1.2e9}),
    ("5½ hours", "en", {5.5}),
    ("am 10.04. um 9 Uhr", "de", {10, 4, 9}),
    ("am 10.04.2024", "de", {10, 4, 2024}),
    ("1. The fee is 40 euros.[1]", "en", {40}),
    ("MRG-1462 on A4, COVID-19, 40 ships", "en", {40}),
    ("| 2 | Region: North | Sales: 40 |", "en", {40}),
    ("1\u00a0250 bateaux", "fr", {1250}),
    ("102.6 million euros", "en", {102.6e6}),
    ("102,6 Mio. Euro", "de", {102.6e6}),
    ("1億1000万ドル", "ja", {1.1e8}),
    ("110 million dollars", "en", {1.1e8}),
    ("$3.8m and €12 m, after 5 m", "en", {3.8e6, 1.2e7, 5.0}),
    ("約380万ユーロ", "ja", {3.8e6}),
    ("4,35 Millionen Euro", "de", {4.35e6}),
    ("３台", "ja", {3}),
    ("10. April 2024", "de", {10, 2024}),
    ("Version 3.1.4", "en", set()),
    ("opened in 2019³", "en", {2019}),
    ("2 Billionen Euro", "de", {2e12}),
    ("1 Billion Euro", "de", {1e12}),
    ("1 billion euros", "en", {1e9}),
    ("2 billones de pesos", "es", {2e12}),
    ("It is 2.5 m high.", "en", {2.5}),
    ("no digits", "en", set()),
    ("٣٫٥ و ١٬٢٣٤", "ar", {3.5, 1234}),
    ("۱۲٬۰۰۰ تومان", "fa", {12000}),
    ("12,34,567", "en", {1234567}),
    ("२,५०,००० रुपये", "hi", {250000}),
    ("5 lakh, 2 crore", "en", {5e5, 2e7}),
    ("5 लाख और 3 करोड़", "hi", {5e5, 3e7}),
    ("৫ লাখ", "bn", {5e5}),
    ("3 หมื่นล้านบาท", "th", {3e10}),
    ("350萬美元", "zh", {3.5e6}),
    ("3億5000萬", "zh", {3.5e8}),
    ("3万亿", "zh", {3e12}),
    ("3万 5万", "ja", {3e4, 5e4}),
    ("2兆5000億 100万", "ja", {2_500_001_000_000}),
    ("3万5千円", "ja", {35000}),
    ("5百万円", "ja", {5e6}),
    ("５千円", "ja", {5000}),
    ("1億2千5百万", "ja", {1.25e8}),
    ("5千克", "zh", {5}),
    ("1억 2000만 원", "ko", {1.2e8}),
    ("5천만", "ko", {5e7}),
    ("3만 5천 명", "ko", {35000}),
    ("3만 5000원", "ko", {35000}),
    ("인구 3만 2024년", "ko", {30000, 2024}),
    ("5 mil. Kč", "cs", {5e6}),
    ("5 mil euros", "es", {5000}),
    ("120 M de wons et 2 Md€", "fr", {1.2e8, 2e9}),
    ("3 bin", "tr", {3000}),
    ("20 bin ich", "de", {20}),
    ("1.234,5 and 1,234.5", "en", {1234.5}),
    ("It rose to 3.5.", "en", {3.5}),
    ("令和6年4月10日", "ja", {6, 4, 10}),
    ("10.04.2024", "en", {10, 4, 2024}),
    ("um 14.30 Uhr", "de", {14.3}),
    ("at 14:30 or 2:30 p.m.", "en", {14.3}),
    ("at 2 pm", "en", {14}),
    ("à 14 h 30", "fr", {14.3}),
    ("14 Uhr 30", "de", {14.3}),
    ("午後2時30分", "ja", {14.3}),
    ("오후 2시 30분", "ko", {14.3}),
    ("09:05 o'clock", "en", {9.05}),
    ("14:30:15", "en", {14, 30, 15}),
]
# Three and a half million dollars.
MILLIONS = [
    ("en", "3.5 million dollars"),
    ("de", "3,5 Millionen Dollar"),
    ("fr", "3,5 millions de dollars"),
    ("es", "3,5 millones de dólares"),
    ("it", "3,5 milioni di dollari"),
    ("pt", "3,5 milhões de dólares"),
    ("nl", "3,5 miljoen dollar"),
    ("sv", "3,5 miljoner dollar"),
    ("da", "3,5 millioner dollar"),
    ("fi", "3,5 miljoonaa dollaria"),
    ("pl", "3,5 miliona dolarów"),
    ("cs", "3,5 milionu dolarů"),
    ("sk", "3,5 milióna dolárov"),
    ("hu", "3,5 millió dollár"),
    ("ro", "3,5 milioane de dolari"),
    ("hr", "3,5 milijuna dolara"),
    ("bg", "3,5 милиона долара"),
    ("ru", "3,5 миллиона долларов"),
    ("uk", "3,5 мільйона доларів"),
    ("el", "3,5 εκατομμύρια δολάρια"),
    ("tr", "3,5 milyon dolar"),
    ("ar", "٣٫٥ مليون دولار"),
    ("fa", "۳٫۵ میلیون دلار"),
    ("he", "3.5 מיליון דולר"),
    ("hi", "35 लाख डॉलर"),
    ("bn", "৩৫ লাখ ডলার"),
    ("th", "3.5 ล้านดอลลาร์"),
    ("vi", "3,5 triệu đô la"),
    ("id", "3,5 juta dolar"),
    ("zh", "350万美元"),
    ("zh", "350萬美元"),
    ("ja", "350万ドル"),
    ("ko", "350만 달러"),
]
DIFFER = [
    ("It costs 12 euros.", "en", "Es kostet 14 Euro.", "de", True),
    ("It costs 12 euros.", "en", "Es kostet 12.000 Euro.", "de", True),
    ("It costs 12 USD.", "en", "It costs 12,000 EUR.", "en", True),
    ("It has 12 wardens.", "en", "It has 12,000 wardens.", "en", True),
    ("It takes 5 minutes.", "en", "5.000 Leute kamen.", "de", True),
    ("3.5 million dollars", "en", "3,5 miliyoni mali", "sw", False),
    ("3,5 miliyoni mali", "sw", "3,500,000 dollars", "en", False),
    ("3,5 miliyoni mali", "sw", "3,600,000 dollars", "en", True),
    ("120 M de wons", "fr", "120 Millionen Won", "de", False),
    ("um 14.30 Uhr", "de", "at 14:30", "en", False),
    ("It costs 12 euros.", "en", "Es kostet nichts.", "de", False),
]


@pytest.mark.parametrize(("text", "lang", "values"), FIGURES)
def test_figures_are_values_in_any_spelling(text: str, lang: str, values: set[float]) -> None:
    assert figures(text, lang) == values


@pytest.mark.parametrize(("lang", "text"), MILLIONS)
def test_the_same_amount_is_one_in_each_language(lang: str, text: str) -> None:
    assert figures(text, lang) == {3.5e6}


@pytest.mark.parametrize(("one", "lang", "other", "other_lang", "told"), DIFFER)
def test_figures_differ_unless_an_unknown_word_may_make_them_equal(
    one: str, lang: str, other: str, other_lang: str, told: bool
) -> None:
    assert differ(one, lang, other, other_lang) is told
    assert differ(other, other_lang, one, lang) is told


@pytest.mark.parametrize(
    "junk", ["1", "1,", "1.1", "1 ", "1 111", "1万", "1 mil ", "12:3", "$1.", "M", "\n", "5 Uhr"]
)
def test_figures_of_a_hostile_text_are_read_at_once(junk: str) -> None:
    text = (junk * 20_000)[:20_000]
    assert all(value >= 0 for value in figures(text, "de"))
    assert not differ(text, "de", text, "de")


@given(st.text(), st.sampled_from(["en", "de", "ja"]))
def test_any_text_has_figures_or_none(text: str, lang: str) -> None:
    assert all(value >= 0 for value in figures(text, lang))


@given(st.text(alphabet="0123456789.,万億 Mio", max_size=20))
def test_any_number_has_a_value(text: str) -> None:
    assert all(value >= 0 for value in figures(text, "de"))


def test_likeness_is_one_for_the_same_and_symmetrical() -> None:
    signs = np.sign(np.random.default_rng(0).normal(size=(9, 64))).astype(np.float32)
    one, other, nothing = signs[:5], signs[4:], np.empty((0, 0), np.float32)
    same, shared, none = likeness(one, [one, other, nothing])
    assert (same, none) == (pytest.approx(1), 0)
    assert 0 < shared < 1
    assert shared == pytest.approx(likeness(other, [nothing, one])[1])
    assert likeness(nothing, [one]) == 0


def told(text: str, doc: str, signs: NDArray[np.float32]) -> Candidate:
    return replace(candidate(document(text, doc), text), tokens=signs)


def test_cited_documents_that_contradict_each_other_are_told() -> None:
    signs = np.sign(np.random.default_rng(0).normal(size=(18, 64))).astype(np.float32)
    found = [
        told("It takes 45 minutes and costs 12 euros.", "a", signs[:9]),
        told("It takes 50 minutes and costs 14 euros.", "b", signs[:9]),
        told("In 1874 it was opened.", "c", signs[9:]),
        told("It takes 45 minutes.", "d", signs[:9]),
    ]
    citations = [cite(one.document, one.start, one.end, n) for n, one in enumerate(found, 1)]
    assert differing(citations, found) == ((1, 2), (2, 4))
    sentences = tuple(AnswerSentence(one.quote, (one.number,)) for one in citations)
    answer = Answer("?", "en", sentences, tuple(citations), (), 0.9, abstained=False)
    answer = replace(answer, differing=((1, 2),))
    assert answer_json(answer)["differing"] == [[1, 2]]
    assert "Sources 1 and 2 give different figures." in answer_html(answer, "en")
    assert "Die Quellen 1 und 2 nennen verschiedene Zahlen." in answer_html(answer, "de")
    for written in (answer_markdown(answer, "./"), answer_page(answer, "./")):
        assert "Sources 1 and 2 give different figures" in written


def test_other_documents_that_say_the_same_are_named(tmp_path: Path) -> None:
    files = {
        "a.md": "The harbour of Elmstadt was opened in 1874 by the mayor.",
        "b.md": "The harbour of Elmstadt was opened in 1874 by the mayor. It rained all day.",
        "c.md": "The harbour of Elmstadt was opened in 1881 by the mayor, says the chronicle.",
        "d.md": "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich.",
    }
    corpus = write_files(tmp_path / "corpus", files)
    assistant = Assistant.build(corpus, tmp_path / "index", HashEncoder(), WILLING)
    try:
        answer = assistant.ask("When was the harbour of Elmstadt opened by the mayor?")
    finally:
        assistant.index.close()
    cited = {one.document.source for one in answer.citations}
    also = {one.document.source: one for one in answer.also}
    assert not cited & set(also)
    assert cited | set(also) == {"a.md", "b.md", "c.md"}
    quotes = {one.number: one.quote for one in answer.citations}
    for one in answer.also:
        document, place = one.document, one.place
        assert document.text[place.start : place.end] == place.quote
        assert one.differ is (("1881" in place.quote) is not ("1881" in quotes[place.number]))
