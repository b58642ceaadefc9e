"""What words of a question are looked for in documents of another language."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from qa.datamodel import Filters
from qa.retrieval import Retriever
from qa.text.lexicons import FOLDER, lexicon
from qa.text.tokens import Word, lexical_tokens
from qa.text.translation import translated
from tests.conftest import write_files
from tests.hash_encoder import HashEncoder
from tests.syncing import opened, run

LANGUAGES = ("de", "en", "ja")


def finds(words: Sequence[Word], text: str, lang: str) -> bool:
    """Tell whether one of the alternatives of some word stands in a text."""
    there = set(lexical_tokens(text, lang))
    return any(there.issuperset(tokens) for word in words for tokens in word)


@pytest.mark.parametrize(
    ("source", "question", "target", "text"),
    [
        ("de", "Was ist ziviler Ungehorsam?", "en", "disobedience"),
        ("en", "Who was disobedient?", "de", "ungehorsam"),
        ("de", "Was kostet der Hochwasserschutz?", "en", "against floods"),
        ("de", "Was kostet der Hochwasserschutz?", "en", "they protected the town"),
        ("de", "Welche Halbleiter?", "ja", "先端半導体について"),
        ("ja", "半導体はどこで作りますか。", "de", "Halbleitern"),
        ("ja", "覚書に署名したのは誰ですか。", "en", "memoranda and memos"),
        ("ja", "いつ開けますか。", "en", "It opens at nine."),
        ("ja", "犬を連れて行ってもいいですか。", "en", "no dogs"),
        ("en", "May I bring my dog?", "ja", "犬を連れて来てもいい"),
        ("en", "Who pays?", "ja", "市が払います"),
        ("en", "What was done for flood control?", "ja", "治水の工事"),
    ],
)
def test_what_lexicons_know_is_found(source: str, question: str, target: str, text: str) -> None:
    assert finds(translated(question, source, target), text, target)


def test_names_numbers_and_identifiers_stay_what_they_are() -> None:
    words = translated("Was hat RIKEN 2025 in Kobe mit GPT-4 gemacht?", "de", "en")
    for name in ("RIKEN", "2025", "Kobe", "GPT-4"):
        assert finds(words, name, "en")
    assert finds(translated("NISTは何をしていますか。", "ja", "en"), "NIST", "en")


def test_function_words_are_not_looked_for() -> None:
    assert translated("What is it that you would have done with them?", "en", "de") == []
    assert translated("Was ist es, das man nicht machen soll?", "de", "en") == []


@pytest.mark.parametrize("pair", [("en", "en"), ("en", "xx"), ("xx", "de"), ("fr", "ja")])
def test_where_there_is_no_lexicon_nothing_is_found(pair: tuple[str, str]) -> None:
    assert translated("The harbour of RIKEN in 2025", *pair) == []


@pytest.mark.parametrize("source", LANGUAGES)
def test_no_text_is_too_odd(source: str) -> None:
    for target in LANGUAGES:
        for text in (
            "",
            " ",
            "?!",
            "ー",
            "々",
            "る",
            "い" * 50,
            "Ⅷ",
            "\u200b",
            "a" * 10_000,
            "ｱｲｳ",
        ):
            for word in translated(text, source, target):
                assert word
                assert all(tokens and all(tokens) for tokens in word)


def test_every_lexicon_can_be_read_both_ways() -> None:
    for path in FOLDER.glob("*.tsv"):
        one, other = path.stem.split("-")
        lines = path.read_text("utf-8").splitlines()
        assert lines == sorted(set(lines))
        assert all(len(line.split("\t")) == 2 for line in lines)
        assert len(lexicon(one, other)) > 10_000
        assert len(lexicon(other, one)) > 10_000


def test_a_question_finds_the_passage_that_holds_its_words_in_another_language(
    tmp_path: Path,
) -> None:
    """The encoder of the tests knows no language: only words can tell these passages apart."""
    notes = write_files(
        tmp_path / "notes",
        {
            "a.txt": "The river rose in spring, and the old bridge was closed for a month.",
            "b.txt": "The mayor praised the disobedience of the people who stayed in the square.",
            "c.txt": "The market sells apples, pears and plums from the gardens of the town.",
            "de.txt": "Der Bahnhof ist im Winter geschlossen, und die Züge halten auf dem Feld.",
        },
    )
    run(tmp_path / "index", notes)
    with opened(tmp_path / "index") as index:
        retriever = Retriever(index, HashEncoder())
        for question, source in (
            ("Wer lobte den Ungehorsam der Leute?", "b.txt"),
            ("Wann war die alte Brücke über den Fluss gesperrt?", "a.txt"),
            ("市場では林檎を売っていますか。", "c.txt"),
        ):
            hits = retriever.search(retriever.understand(question), 4, Filters())
            english = [hit for hit in hits if hit.passage.lang == "en"]
            assert english[0].document.source.endswith(source)
            assert english[0].scores["lexical"] > 0
        retriever.close()


def test_every_candidate_that_has_the_word_is_told_to_have_it(tmp_path: Path) -> None:
    """Few are added by what lexicons find, but those that are there anyway have their scores."""
    files = {f"{n}.txt": f"Chapter {n} tells of disobedience in town {n}." for n in range(40)}
    notes = write_files(tmp_path / "notes", files)
    run(tmp_path / "index", notes)
    with opened(tmp_path / "index") as index:
        retriever = Retriever(index, HashEncoder())
        found = retriever.understand("Wo gab es einen großen Ungehorsam der Bürger?")
        hits = retriever.search(found, 40, Filters())
        retriever.close()
    assert len(hits) == 40
    assert all(hit.scores["lexical"] > 0 for hit in hits)
