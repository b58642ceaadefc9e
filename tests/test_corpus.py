"""The project's own documents and test questions: enough of each, and every quote really there."""

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from qa.datamodel import Document
from qa.documents import SUFFIXES, read_document

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "corpus"
DOCUMENTS = sorted(
    path.relative_to(CORPUS).as_posix() for path in CORPUS.rglob("*") if path.is_file()
)
LANGUAGES = ("en", "de", "ja")
PAIRS = [f"{question}->{document}" for question, document in product(LANGUAGES, repeat=2)]


def load(name: str) -> list[dict[str, Any]]:
    lines = (ROOT / "tests" / name).read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


QUESTIONS, HARD = load("questions.jsonl"), load("questions-hard.jsonl")
ANSWERABLE = [test for test in QUESTIONS + HARD if test.get("answerable", True)]
UNANSWERABLE = [test for test in QUESTIONS + HARD if not test.get("answerable", True)]


@cache
def document(source: str) -> Document:
    if Path(source).suffix not in SUFFIXES:
        pytest.skip(f"{Path(source).suffix} files cannot be read yet")
    return read_document(CORPUS / source, source)


def quotes(source: str) -> Iterator[str]:
    for test in ANSWERABLE:
        yield from (each["quote"] for each in test["sources"] if each["doc"] == source)


def test_six_documents_a_language_in_several_formats() -> None:
    languages = Counter(source.split("/")[0] for source in DOCUMENTS)
    assert set(languages) == set(LANGUAGES)
    assert min(languages.values()) >= 6
    for lang in LANGUAGES:
        suffixes = {Path(source).suffix for source in DOCUMENTS if source.startswith(f"{lang}/")}
        assert suffixes >= {".md", ".html", ".pdf", ".docx"}


@pytest.mark.parametrize("source", DOCUMENTS)
def test_a_document_is_read_in_the_language_of_its_folder(source: str) -> None:
    assert document(source).lang == source.split("/")[0]


@pytest.mark.parametrize("source", DOCUMENTS)
def test_every_quote_stands_in_its_document_once(source: str) -> None:
    text = document(source).text
    assert {quote: text.count(quote) for quote in quotes(source) if text.count(quote) != 1} == {}


def test_every_document_is_asked_about_and_no_other() -> None:
    named = {each["doc"] for test in ANSWERABLE for each in test["sources"]}
    assert named == set(DOCUMENTS)


@pytest.mark.parametrize("pair", PAIRS)
def test_each_pair_of_languages_has_twenty_questions(pair: str) -> None:
    asked = [test for test in QUESTIONS if pair in test["tags"]]
    assert len(asked) >= 20
    for test in asked:
        assert test["lang"] == pair[:2]
        assert pair[-2:] in {each["doc"].split("/")[0] for each in test["sources"]}


def test_forty_questions_cannot_be_answered_most_of_them_nearly() -> None:
    kinds = Counter(test["tags"][1] for test in UNANSWERABLE)
    assert set(kinds) == {"near-miss", "off-topic"}
    assert kinds["near-miss"] >= 24
    assert kinds.total() >= 40
    assert {test["tags"][0] for test in UNANSWERABLE} == {"unanswerable"}
    assert [test["id"] for test in UNANSWERABLE if test["sources"]] == []


def test_ids_and_questions_are_unique() -> None:
    for key in ("id", "question"):
        assert {
            n for n, times in Counter(t[key] for t in QUESTIONS + HARD).items() if times > 1
        } == set()


def test_an_accepted_answer_stands_in_an_accepted_quote() -> None:
    for test in ANSWERABLE:
        together = "\n".join(each["quote"] for each in test["sources"])
        assert [answer for answer in test["answers"] if answer not in together] == [], test["id"]
