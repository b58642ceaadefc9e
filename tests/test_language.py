"""Languages: the script is never wrong, and a short question keeps every language it may be in."""
# ruff: noqa: RUF001

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.text.language import detect_language, question_languages, same_script

TRIO = ("en", "de", "ja")


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("The harbour was opened in 1874 and has three cranes.", "en"),
        ("Der Hafen wurde 1874 eröffnet und hat drei Kräne.", "de"),
        ("Le port fut ouvert en 1874 et possède trois grues.", "fr"),
        ("El puerto se abrió en 1874 y tiene tres grúas.", "es"),
        ("港は1874年に開かれました。", "ja"),
        ("ABC社とNASAはJAXAのデータをGoogle Cloudで共有する。", "ja"),
        ("港口于1874年开放，有三台起重机。", "zh"),
        ("항구는 1874년에 열렸다.", "ko"),
        ("Порт был открыт в 1874 году, в нём три крана.", "ru"),
        ("Порт було відкрито 1874 року, у ньому три крани.", "uk"),
        ("Το λιμάνι άνοιξε το 1874.", "el"),
        ("ท่าเรือเปิดในปี 1874", "th"),
        ("افتتح الميناء عام 1874 وفيه ثلاث رافعات.", "ar"),
        ("בנמל שלושה עגורנים", "he"),
        ("बंदरगाह 1874 में खोला गया था और इसमें तीन क्रेन हैं।", "hi"),
        ("1874, 12.50 € — !?", "und"),
        ("", "und"),
    ],
)
def test_detects(text: str, lang: str) -> None:
    assert detect_language(text) == lang


def test_candidates_decide_where_the_text_leaves_it_open() -> None:
    assert detect_language("東京", TRIO) == "ja"
    assert detect_language("東京", ("zh", "ja")) == "zh"
    assert detect_language("Who signs for Japan?", TRIO) == "en"
    assert detect_language("Kann man dort parken?", ("de", "nl")) == "de"


def test_candidates_of_another_script_do_not_count() -> None:
    assert detect_language("Der Hafen wurde im Jahr 1874 eröffnet.", ("ja",)) == "de"


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("Who signs for Japan?", "en"),
        ("Wer unterzeichnet für Japan?", "de"),
        ("Wie viel Geld?", "de"),
        ("誰が署名しますか", "ja"),
        ("東京", "ja"),
    ],
)
def test_the_best_guess_of_a_short_question(question: str, best: str) -> None:
    assert question_languages(question, TRIO)[0] == best


@pytest.mark.parametrize("question", ["RIKEN", "AI", "NASA Mond", "Artemis"])
def test_a_name_alone_keeps_the_languages_of_the_collection(question: str) -> None:
    assert {"en", "de"} <= set(question_languages(question, TRIO))


def test_a_question_in_a_language_no_document_has_keeps_its_own() -> None:
    assert question_languages("Wie viele Kräne hat der Hafen?", {"en", "ja"})[0] == "de"
    assert question_languages("Сколько кранов в порту?", {"en"})[0] == "ru"
    assert question_languages("港口有几台起重机", {"zh", "ja"}) == ("zh", "ja")


def test_no_letters_no_idea() -> None:
    assert question_languages("1874?", TRIO) == ()


@given(st.text(max_size=60), st.sets(st.sampled_from(["en", "de", "ja", "ru", "xx"])))
def test_any_text_has_an_answer(text: str, collection: set[str]) -> None:
    langs = question_languages(text, collection)
    assert len(set(langs)) == len(langs)
    assert (detect_language(text) == "und") == (langs == ())


def test_a_language_nobody_foresaw_is_written_in_latin_letters() -> None:
    assert same_script("mt", "en")
    assert not same_script("mt", "ja")
    assert not same_script("und", "en")
