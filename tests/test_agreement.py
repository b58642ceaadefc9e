"""Other documents that say the same are named, and those with other figures are flagged."""

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
from qa.text.figures import figures
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
]


@pytest.mark.parametrize(("text", "lang", "values"), FIGURES)
def test_figures_are_values_in_any_spelling(text: str, lang: str, values: set[float]) -> None:
    assert figures(text, lang) == values


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
    numbers = {one.number for one in answer.citations}
    for one in answer.also:
        document = one.document
        assert document.text[one.place.start : one.place.end] == one.place.quote
        assert one.place.number in numbers
    late = "c.md" in cited
    assert {source: one.differ for source, one in also.items()} == {
        source: (source == "c.md") is not late for source in also
    }
