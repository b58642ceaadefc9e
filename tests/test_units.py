"""Units that a question names, and those that measure the same."""

import pytest

from qa.text.expectations import expectation, meets

UNITS = [
    ("How many kilowatt-hours does it make?", "It has 48 kW.", "en", False),
    ("How many kilowatt-hours does it make?", "It stores 120 kWh.", "en", True),
    ("How many kilowatt-hours does it make?", "It makes 120kWh.", "en", True),
    ("Wie viele Quadratmeter hat sie?", "Sie hat 54 qm.", "de", True),
    ("何キロですか。", "5kgです。", "ja", True),
    ("How many people came?", "Nobody came.", "en", True),
    ("How many jobs were cut?", "It cut 300 positions.", "en", True),
    ("Wie viele Jahre gilt er?", "Er gilt 5 Jahre.", "de", True),
    ("How many third parties are there?", "There are 7.", "en", True),
    ("How many T-shirts are left?", "We have 12 left.", "en", True),
    ("How much flour is needed in grams? How many grams?", "Take 200g of it.", "en", True),
    ("何キロカロリーですか。", "350kcalです。", "ja", True),
    ("参加者は何人ですか。", "参加者数：42", "ja", True),
    ("How many square miles are there?", "There are 8,646 sq mi.", "en", True),
    ("Wie viele Quadratkilometer sind es?", "Es sind 22 km2.", "de", True),
    ("Wie viele Meter sind es?", "Es sind 3 Tonnen.", "de", False),
    ("Wie viele Menschen sind es?", "Es sind 300.", "de", True),
    ("全長は何キロメートルですか。", "重さは5キログラムです。", "ja", False),
    ("全長は何キロメートルですか。", "全長は5.2キロです。", "ja", True),
    ("何カロリーありますか。", "100としたときの割合です。", "ja", False),
    ("人口は何人ですか。", "2025年9月1日、第612号。", "ja", False),
    ("人口は何人ですか。", "二名が住んでいます。", "ja", True),
    ("人口は何人ですか。", "The town has 300 inhabitants.", "en", True),
    ("何回建て直されましたか。", "The tower was rebuilt three times.", "en", True),
    ("オーブンは何度ですか。", "27度が目安です。", "ja", True),
    ("How many degrees is the oven?", "オーブンは27度です。", "ja", True),
    ("How many pounds is a ticket?", "It is £7.50.", "en", True),
    ("何度も借りると、どれくらい払いますか。", "12ユーロです。", "ja", True),
]


@pytest.mark.parametrize(("question", "sentence", "lang", "met"), UNITS)
def test_a_number_of_something_else_is_no_answer(
    question: str, sentence: str, lang: str, met: bool
) -> None:
    assert meets(sentence, expectation(question), lang, question) is met
