"""Which sentences ask, which say something, and which lean on the one before them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.text.questions import is_question, is_statement, leans_on_previous

LEANS = {
    ("en", "This makes it the oldest harbour."): True,
    ("en", "These were built in 1874."): True,
    ("en", "It was opened in 1874."): True,
    ("en", "They build on the treaty."): True,
    ("en", "She kept a diary."): True,
    ("de", "Diese Fähre fährt täglich."): True,
    ("de", "Dieses Museum ist alt."): True,
    ("de", "Dabei half die Stadt."): True,
    ("de", "Sie leitet den Hafen."): True,
    ("ja", "これは古い港です。"): True,
    ("ja", "この港は古いです。"): True,
    ("ja", "それは1874年のことです。"): True,
    ("ja", "同社は東京にあります。"): True,
    ("en", "The harbour was opened."): False,
    ("en", "Thistles grow on the quay."): False,
    ("en", "Items are listed below."): False,
    ("en", "ITER is being built in France."): False,
    ("de", "Der Hafen ist alt."): False,
    ("de", "Essen gibt es am Kai."): False,
    ("de", "Erwachsene zahlen neun Euro."): False,
    ("ja", "港は古いです。"): False,
    ("ja", "まだ船は来ません。"): False,
    ("en", "IT is responsible for printers."): False,
    ("es", "Es gratuita los lunes."): False,
    ("de", "Es gibt drei Kräne."): True,
    ("en", ""): False,
}


@pytest.mark.parametrize(("lang", "sentence"), LEANS)
def test_which_sentences_need_the_one_before(lang: str, sentence: str) -> None:
    assert leans_on_previous(sentence, lang) is LEANS[lang, sentence]


STATEMENTS = {
    "The harbour was opened in 1874.": True,
    "- Two cranes of 40 tonnes": True,
    "Admission (adults): nine euros.": True,
    "Die Fähre (täglich) fährt um 8 Uhr.": True,
    "港は1874年に開かれました。": True,
    "開館（四月から）：火曜日から日曜日まで。": True,
    "- Population (2020 census): 84,300 people": True,
    "Budget (2024–2026): 1.2 million euros": True,
    "売上高（2023年度）：42億円": True,
    "Mayor (since 2020): Ida Quill": True,
    "0800 4711": True,
    "- Quill, Ida (2019): The harbour of Elmstadt": False,
    "- 港湾局（2021年5月4日）：港の再開": False,
    "- Harbour Board (4 May 2021): Elmstadt's harbour is open again": False,
    "- Hafenamt (04.05.2021): Der Hafen ist wieder offen": False,
    "Zum Nachlesen": False,
    "**Further reading:**": False,
    "参考文献": False,
    "3. References": False,
    "The sources of the Elm": True,
    "---": False,
    "12 | 34": False,
    "___": False,
    "**How do I reset the meter?**": False,
    "- Q: Who runs the archive?": False,
    "(And since when?)": False,
    "“Is it done?”": False,
    "Wirklich?!": False,
    "会員は何人いますか？": False,
    "会員は何人いますか。": False,
    "كم عدد الكتب؟": False,
    "Πόσα βιβλία έχει;": False,
    "She asked: “Who pays?”": True,
    "Is it done? is the title of a book.": True,
    "Paragraph 4;": True,
    "雨が降るかどうか。": True,
    "": False,
}


@pytest.mark.parametrize("sentence", STATEMENTS)
def test_what_can_stand_in_an_answer(sentence: str) -> None:
    assert is_statement(sentence) is STATEMENTS[sentence]


@pytest.mark.parametrize("junk", ["a", "A ", "(", "\n", "9", "何", "\U0001f600", "."])
def test_junk_is_told_at_once(junk: str) -> None:
    text = (junk * 2_000)[:2_000]
    assert leans_on_previous(text, "de") in (True, False)
    assert is_statement(text) in (True, False)


@given(st.text())
def test_any_text_is_told(text: str) -> None:
    assert leans_on_previous(text, "de") in (True, False)
    assert not (is_question(text) and is_statement(text))
