"""What a question expects of its answer, told from a few words in several languages."""
# ruff: noqa: RUF001

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.text.questions import (
    Expectation,
    expectation,
    is_statement,
    leans_on_previous,
    meets,
    unmentioned_names,
)

NUMBER, DATE, NAME, MONEY, DURATION, NOTHING = (
    Expectation.NUMBER,
    Expectation.DATE,
    Expectation.NAME,
    Expectation.MONEY,
    Expectation.DURATION,
    Expectation.NOTHING,
)

ASKS = {
    # English
    "How many cranes does the harbour have?": NUMBER,
    "how much does a ticket cost": MONEY,
    "How much money was spent?": MONEY,
    "For how long may the ferry stay?": DURATION,
    "How long is the quay?": NUMBER,
    "What happens to the crane when the wind is strong?": NOTHING,
    "What percentage of ships carry grain?": NUMBER,
    "When was the harbour opened?": DATE,
    "Since when has she led it?": DATE,
    "In which year did the tower burn?": DATE,
    "Who painted the tower?": NAME,
    "Whose diary is it?": NAME,
    "Do you know who keeps the key?": NAME,
    "When did it open, and who paid for it?": DATE,
    "Do people who own a boat pay less?": NOTHING,
    "Chi ha dipinto la torre?": NAME,
    "Chi phí xây dựng là gì?": NOTHING,
    "Chi nhánh ở đâu?": NOTHING,
    "What are the names of the cranes?": NAME,
    "How is RIKEN doing?": NOTHING,
    "How does the crane work?": NOTHING,
    "How was the harbour built?": NOTHING,
    "Where is the wholesale market?": NOTHING,
    "Why did the whole town move?": NOTHING,
    "What does the museum show?": NOTHING,
    # German
    "Wie viele Taschenuhren besitzt das Museum?": NUMBER,
    "wieviel kostet eine Karte": MONEY,
    "Wie lange fährt die Fähre?": DURATION,
    "Mit wie vielen Kränen arbeitet der Hafen?": NUMBER,
    "Wie hoch ist der Leuchtturm?": NUMBER,
    "Wie groß ist die Fähre?": NUMBER,
    "Wann wurde der Hafen eröffnet?": DATE,
    "Seit wann leitet sie ihn?": DATE,
    "In welchem Jahr brannte der Turm?": DATE,
    "An welchem Tag ist geschlossen?": DATE,
    "Wer leitet den Hafen?": NAME,
    "Von wem stammt das Tagebuch?": NAME,
    "Wie heißt der Hafen?": NAME,
    "Wie heißen die Kräne?": NAME,
    "Wie funktioniert der Kran?": NOTHING,
    "Welche Werke zeigt das Museum?": NOTHING,
    "Was kann man im Werk sehen?": NOTHING,
    # Japanese
    "港には何人が働いていますか": NUMBER,
    "電車は一日に何回走りますか": NUMBER,
    "切符はいくらですか": MONEY,
    "契約の有効期間は何年ですか": DURATION,
    "駅までどのくらいかかりますか": NUMBER,
    "港はいつ開かれましたか": DATE,
    "図書館は何年に建てられましたか": DATE,
    "何月何日に署名しますか": DATE,
    "港の責任者は誰ですか": NAME,
    "だれが塔を塗りましたか": NAME,
    "町長の名前は？": NAME,
    "図書館とは何ですか": NOTHING,
    "なぜ休みですか": NOTHING,
    "駅には何がありますか": NOTHING,
}

MEETS = [
    (NUMBER, "It handled 1,250 ships.", True),
    (NUMBER, "Its three cranes are old.", True),
    (NUMBER, "Zwei Japaner fliegen mit.", True),
    (NUMBER, "港には三台のクレーンがあります。", True),
    (NUMBER, "The harbour is old.", False),
    (NUMBER, "Der Hafen ist alt.", False),
    (NUMBER, "図書館は静かです。", False),
    (DATE, "It was opened in 1874.", True),
    (DATE, "The signing is set for late October.", True),
    (DATE, "Geöffnet ist ab Dienstag.", True),
    (DATE, "図書館は水曜日に休みです。", True),
    (DATE, "The tower is red.", False),
    (DATE, "Der Turm ist rot.", False),
    (NAME, "The keeper was Marta Quill.", True),
    (NAME, "Die Meisterin heißt Ute Brandt.", True),
    (NAME, "責任者は佐藤恵子さんです。", True),
    (NAME, "The tower is red.", False),
    (NAME, "Der Turm gehört der Reederei.", False),
    (NAME, "Er gehört dem Bürgermeister.", True),
    (NAME, "Die Fähre betreibt die NOB.", True),
    (NAME, "Der Hafen heißt Norderholm.", True),
    (NAME, "Das Schiff trägt den Namen „Seestern“.", True),
    (MONEY, "A ticket costs 4 euros.", True),
    (MONEY, "Der Eintritt ist kostenlos.", True),
    (MONEY, "切符は400円です。", True),
    (MONEY, "It handled 1,250 ships.", False),
    (MONEY, "図書館は1874年に建てられました。", False),
    (DURATION, "The ferry takes forty minutes.", True),
    (DURATION, "It stays for 3 days.", True),
    (DURATION, "Die Fahrt dauert eine Stunde.", True),
    (DURATION, "契約は5年間有効です。", True),
    (DURATION, "It was opened in 1874.", False),
    (DURATION, "契約は2024年に署名されました。", False),
    (NOTHING, "", True),
]

GERMAN = {
    sentence for _, sentence, _ in MEETS if re.match("Der |Die |Er |Zwei |Geöffnet ", sentence)
}

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


@pytest.mark.parametrize("question", ASKS)
def test_what_a_question_expects(question: str) -> None:
    assert expectation(question) is ASKS[question]


@pytest.mark.parametrize("question", ASKS)
def test_case_does_not_matter(question: str) -> None:
    assert expectation(question.lower()) is ASKS[question]


@pytest.mark.parametrize(("expected", "sentence", "met"), MEETS)
def test_what_a_sentence_holds(expected: Expectation, sentence: str, met: bool) -> None:
    lang = "ja" if re.search("[ぁ-ん]", sentence) else "de" if sentence in GERMAN else "en"
    assert meets(sentence, expected, lang) is met


MEETS_IN = [
    (MONEY, "sv", "Inträdet kostar 80 kr."),
    (MONEY, "cs", "Vstupné je 120 Kč."),
    (MONEY, "cs", "Stála 2 mil. Kč."),
    (MONEY, "pl", "Bilet kosztuje 50 zł."),
    (MONEY, "ru", "Билет стоит 500 руб."),
    (MONEY, "uk", "Квиток коштує 100 гривень."),
    (MONEY, "bg", "Билетът струва 10 лева."),
    (MONEY, "ko", "입장료는 2,000원입니다."),
    (MONEY, "zh", "門票三百元"),
    (MONEY, "ar", "سعر التذكرة ٢٥٠ دينارًا."),
    (MONEY, "fa", "بلیت ۵۰۰ تومان است."),
    (MONEY, "he", "הכרטיס עולה 30 שקלים."),
    (MONEY, "hi", "प्रवेश शुल्क ५० रुपये है।"),
    (MONEY, "bn", "টিকিট ৫০ টাকা"),
    (MONEY, "th", "ค่าเข้าชม 50 บาท"),
    (MONEY, "vi", "Vé giá 20.000 đồng."),
    (MONEY, "id", "Tiket Rp 20.000"),
    (MONEY, "de", "Der Eintritt kostet 500 Rupien."),
    (MONEY, "de", "Der Eintritt kostet 200 Kronen."),
    (MONEY, "en", "Admission is 50 baht."),
    (MONEY, "hu", "A jegy 1 500 Ft."),
    (MONEY, "tr", "Bilet 30 TL."),
    (MONEY, "ro", "Biletul este 20 de lei."),
    (MONEY, "hr", "Ulaznica je 5 eura."),
    (MONEY, "el", "Κοστίζει 5 ευρώ."),
    (MONEY, "fi", "Pääsy on ilmainen."),
    (NUMBER, "fr", "La ville compte trois ponts."),
    (NUMBER, "es", "Hay tres puentes."),
    (NUMBER, "it", "Ci sono due ponti."),
    (NUMBER, "pt", "A cidade tem duas pontes."),
    (NUMBER, "ru", "В городе три моста."),
    (NUMBER, "uk", "Тут п'ять мостів."),
    (NUMBER, "pl", "Są trzy mosty."),
    (NUMBER, "sv", "Det finns tre broar."),
    (NUMBER, "tr", "Üç köprü var."),
    (NUMBER, "ko", "세 개의 다리가 있습니다."),
    (NUMBER, "zh", "有两座桥"),
    (NUMBER, "ar", "في المدينة ثلاثة جسور"),
    (NUMBER, "hi", "शहर में तीन पुल हैं"),
    (NUMBER, "th", "เมืองนี้มีสามสะพาน"),
    (DATE, "fr", "Le premier dimanche de juin."),
    (DATE, "fr", "En fe\u0301vrier."),
    (DATE, "es", "El primer domingo de junio."),
    (DATE, "ru", "Музей откроют в июне."),
    (DATE, "pl", "Otwarcie jest w czerwcu."),
    (DATE, "ko", "월요일에 연다"),
    (DATE, "hi", "पहले रविवार को"),
    (DURATION, "it", "Il viaggio dura tre giorni."),
    (DURATION, "ru", "Договор действует пять лет."),
]
FAILS_IN = [
    (MONEY, "en", "He visited Europe and won."),
    (MONEY, "vi", "Hợp đồng ký năm ngoái."),
    (MONEY, "en", "Ron wore a lei."),
    (NUMBER, "en", "Once the rent was due."),
    (NUMBER, "th", "สามารถ"),
    (DATE, "fr", "La maison est vieille, mais belle."),
]


@pytest.mark.parametrize(("expected", "lang", "sentence"), MEETS_IN)
def test_money_numbers_and_dates_are_told_in_each_language(
    expected: Expectation, lang: str, sentence: str
) -> None:
    assert meets(sentence, expected, lang)


@pytest.mark.parametrize(("expected", "lang", "sentence"), FAILS_IN)
def test_words_that_only_look_like_a_number_are_none(
    expected: Expectation, lang: str, sentence: str
) -> None:
    assert not meets(sentence, expected, lang)


NEW = [
    ("How many of the 40 ships carried grain?", "The 40 ships carried grain.", "en", False),
    ("How many of the 40 ships carried grain?", "Of the 40 ships, 12 carried grain.", "en", True),
    ("Was the ferry there when 40 ships came?", "The 40 ships came in May.", "en", True),
    ("Who led the Elmstadt museum?", "It was the Elmstadt museum that opened it.", "en", False),
    ("Who led the Elmstadt museum?", "The Elmstadt museum was led by Marta Quill.", "en", True),
    ("Who speaks for Japan?", "The Japanese did, in the end.", "en", False),
    ("Wer leitet die NOB?", "Die NOB wird von der Stadt geleitet.", "de", False),
    ("Wer leitet die NOB?", "Die NOB wird von Ute Brandt geleitet.", "de", True),
]


@pytest.mark.parametrize(("question", "sentence", "lang", "met"), NEW)
def test_what_the_question_gives_is_no_answer(
    question: str, sentence: str, lang: str, met: bool
) -> None:
    assert meets(sentence, expectation(question), lang, question) is met


def test_names_that_a_passage_lacks_are_counted() -> None:
    question = "What did Marta Quill tell the people of Norderholm and the NOB?"
    assert unmentioned_names(question, "Marta Quill's diary", "en") == 2
    assert unmentioned_names(question, "norderholmers and the NOB knew Quill, Marta", "en") == 0
    assert unmentioned_names("How long is the Elmstadt-Norderholm line?", "In Elmstadt", "en") == 1
    decomposed = unicodedata.normalize("NFD", "Éloïse Bélanger dirige le musée.")
    assert unmentioned_names("Que fait Éloïse Bélanger ?", decomposed, "fr") == 0
    # In a title capitals tell nothing.
    assert unmentioned_names("What Was The Price Of The Ticket?", "It cost 5.", "en") == 0
    # Every German noun has a capital, and where nothing has one, none can be told.
    assert unmentioned_names("Was sagt Ute zum Hafen?", "", "de") == 0
    assert unmentioned_names("ナタリーは何と言いましたか。", "", "ja") == 0


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


JUNK = [
    "a",
    "A ",
    "wie ",
    "how ",
    "9",
    "何",
    "(",
    "\n",
    "one hundred ",
    "A\u0301",
    "\U0001f600",
    ".",
]


@pytest.mark.parametrize("junk", JUNK)
def test_junk_is_told_at_once(junk: str) -> None:
    text = (junk * 2_000)[:2_000]
    assert expectation(text) in Expectation
    assert leans_on_previous(text, "de") in (True, False)
    assert is_statement(text) in (True, False)
    assert all(meets(text, kind, "de", text) in (True, False) for kind in Expectation)
    assert unmentioned_names(text, "", "en") >= 0


@given(st.text())
def test_any_text_is_told(text: str) -> None:
    assert expectation(text) in Expectation
    assert leans_on_previous(text, "de") in (True, False)
    assert is_statement(text) in (True, False)
    assert meets(text, NOTHING, "en")
