"""What a question gives word for word, found wherever it stands: phrases, identifiers."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from qa import Assistant
from qa.datamodel import Encoding, Filters
from qa.settings import Settings
from qa.text.exact import MOST_TERMS, Term, exact_terms, holds, names_another
from tests.conftest import write_files
from tests.hash_encoder import HashEncoder
from tests.test_retrieval import SHIPS, find, retriever_over, sources

# Lists so long, and so many, that neither their vectors nor their words tell one from another.
CODES = "\n\n".join(
    f"List {n}. "
    + " ".join(f"On line {k % 7} code MRG-{n}{k:02} stops pump {k}." for k in range(20))
    for n in range(100, 400)
)


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ('What does "Section 12.3" say?', ("section 12.3",)),
        ("Was steht in „Abschnitt 7“ und in »Anhang B«?", ("abschnitt 7", "anhang b")),
        ("“The Ferry?”: who wrote it", ("the ferry",)),
        ("「麦の会」の講師は『手引き』の著者ですか", ("麦の会", "手引き")),
        ("《红楼梦》是谁写的？", ("红楼梦",)),
        ("Que dit « Le Port » ?", ("le port",)),
        ("the 'old press' of Peter's dogs' house", ("old press",)),
        ("What about MRG\u20111440 and mrg-1440 in release 3.2?", ("mrg-1440", "3.2")),
        ("5Gと6G、2025年10月の覚書", ("5g", "6g")),
        ("Что такое Восток-1?", ("восток-1",)),
        ("How many of the 40 ships carried 10,000 tons in 2024?", ()),
        ("Am 10.04.2024: who won the 2nd prize of 10.000 in the 1990s, 5km away, 2024년에?", ()),
        ('Is a 24" screen better than a 27" one?', ()),
        ('מה שיעור המע"מ בארה"ב?', ()),
        ('"हिंदी" और "C++", "C#"', ("हिंदी", "c++", "c#")),
        ("Which 5G and 787-9B?", ("5g", "787-9b")),
        ("מה נאמר על ״הבית הישן״?", ("הבית הישן",)),
        ("מה שיעור המע״מ?", ()),
        ("‘집’이란 무엇입니까?", ("집",)),
        ("\"빨간 집\"이란 '탑'은?", ("빨간 집", "탑")),
        ("Que dit-on de «l’école d’été»?", ("l'école d'été",)),
        ("a lone \" mark, an apostrophe's end", ()),
        ('"" and "!?" and 「」', ()),
        ("", ()),
    ],
)
def test_what_is_wanted_word_for_word(question: str, terms: tuple[str, ...]) -> None:
    assert tuple(term.text for term in exact_terms(question)) == terms


def test_a_pasted_list_is_honoured_in_part() -> None:
    assert len(exact_terms(" ".join(f"MRG-{n}" for n in range(900)))) == MOST_TERMS


@pytest.mark.parametrize(
    ("text", "term", "held"),
    [
        ("As Section\n 12.3 says", "section 12.3", True),
        ("As Section 12.31 says", "section 12.3", False),
        ("the MRG\u20131440s", "mrg-1440", False),
        ("(MRG\u20131440)", "mrg-1440", True),
        ("次世代の5Gの規格", "5g", True),
        ("15Gの規格", "5g", False),
        ("料理教室「麦の会」です", "麦の会", True),
        ("\uff27\uff30\uff34\uff0d\uff14", "gpt-4", True),
        ("GPT-٤", "gpt-4", True),
        ("L’école d’été accueille", "l'école d'été", True),
        ("L\u02bcécole d′été accueille", "l'école d'été", True),
        ("המע״מ עלה", 'המע"מ', True),
    ],
)
def test_a_text_holds_a_term_in_whole_words(text: str, term: str, held: bool) -> None:
    assert holds(text, Term(term, quoted=True)) is held


@pytest.mark.parametrize(
    ("question", "text", "another"),
    [
        ("What was MRG-1440?", "MRG-1462 is mended.", True),
        ("What was MRG-1440?", "MRG-1462 and MRG\u20111440 are mended.", False),
        ("What was MRG-1440?", "ABC-1462 of XMRG-1 is mended.", False),
        ("MRG-1440とは", "番号MRG-1462、下線", True),
        ("Is 6G better than 5G?", "6G is planned.", False),
        ("Is 6G better than 5G?", "4G is slow.", True),
        ("What does section 12.3 say?", "It weighs 3.5 kg.", False),
        ('Who wrote "Apollo 13"?', "Apollo 11 landed.", False),
    ],
)
def test_a_text_names_another_identifier(question: str, text: str, another: bool) -> None:
    terms = exact_terms(question)
    assert any(names_another(text, term, terms) for term in terms) is another


class Numberless(HashEncoder):
    """A model to which all numbers are alike."""

    def encode_questions(self, questions: Sequence[str]) -> list[Encoding]:
        return super().encode_questions([re.sub(r"\d", "0", text) for text in questions])

    def encode_passages(self, passages: Sequence[tuple[str, str]]) -> list[Encoding]:
        return super().encode_passages([(c, re.sub(r"\d", "0", text)) for c, text in passages])


@pytest.mark.parametrize("number", [1440, 1462, 1437])
@pytest.mark.parametrize("question", ["What was bug MRG-{}?", "MRG-{}", "Was behebt MRG-{}?"])
def test_one_row_answers_what_a_number_is(tmp_path: Path, question: str, number: int) -> None:
    said = {1437: "Footnotes were printed twice", 1440: "Bugs of clocks hung the bug of bugs"}
    rows = "\n".join(f"- MRG-{n}: {text}." for n, text in said.items())
    files = {"known.md": f"# Bugs\n\n{rows}\n", "fr.md": "Le bug MRG-1462 : un bug du bug.\n"}
    corpus = write_files(tmp_path / "corpus", files)
    settings = Settings(threshold=1e-6)
    assistant = Assistant.build(corpus, tmp_path / "index", Numberless(), settings)
    answer = assistant.ask(question.format(number))
    assistant.index.close()
    assert answer.citations
    assert all(f"MRG-{number}" in one.quote for one in answer.citations)


class Vague(HashEncoder):
    """A model to whose mean vector of a question a code of letters and digits means nothing."""

    def encode_questions(self, questions: Sequence[str]) -> list[Encoding]:
        others = super().encode_questions(["ships that carry timber"] * len(questions))
        own = super().encode_questions(questions)
        return [replace(one, mean=other.mean) for one, other in zip(own, others, strict=True)]


@pytest.mark.parametrize(
    "question", ["Was bedeutet MRG-23417?", "Which pump stops on which line at code MRG-23417?"]
)
def test_an_identifier_is_found_in_thousands_in_any_language(tmp_path: Path, question: str) -> None:
    retriever = retriever_over(tmp_path, {"codes.md": CODES, "ships.md": SHIPS}, Vague())
    assert "MRG-23417" in find(retriever, question, 3)[0].passage.text
    elsewhere = find(retriever, question, 3, Filters(docs=("ships.md",)))
    assert sources(elsewhere) == ["ships.md"] * 3
    retriever.index.close()


def test_a_phrase_in_quotation_marks_comes_before_its_words_in_another_order(
    tmp_path: Path,
) -> None:
    around = "The rule was made by the council and is read out on the quay every spring. "
    files = {
        f"other{n}.txt": f"{around}The lamp is red, the tower old, the old lamp and red tower."
        for n in range(12)
    }
    files["there.txt"] = f"{around}{around}Nobody enters the old red lamp tower."
    retriever = retriever_over(tmp_path, files)
    found = sources(find(retriever, 'What is said of "the old red lamp tower"?', 13))
    assert found[0] == "there.txt", found
    retriever.index.close()


def test_a_heading_or_title_can_hold_a_phrase(tmp_path: Path) -> None:
    sections = "\n\n".join(
        f"## Section 12.{n}\n\nThe tenant writes to the landlord about point {n} within a week, "
        "and this section counts 12.3 per cent of a section for each day of delay."
        for n in range(1, 10)
    )
    retriever = retriever_over(tmp_path, {"lease.md": f"# Lease\n\n{sections}\n"})
    first = find(retriever, 'What does "Section 12.3" say?', 9)[0]
    assert first.passage.heading[-1] == "Section 12.3"
    retriever.index.close()


def test_a_number_is_the_same_however_its_language_parts_it() -> None:
    (term,) = exact_terms("Did it rise by 3.5 per cent?")
    assert holds("Es stieg um 3,5 Prozent.", term)
    assert not holds("Es stieg um 13,5 Prozent.", term)
    (quoted,) = exact_terms('What does "Section 12.3" say?')
    assert not holds("Section 12,3", quoted)
