"""What a question expects of its answer, told from a few words in several languages."""
# ruff: noqa: RUF001

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.text.expectations import Expectation, expectation, meets

(
    NUMBER,
    DATE,
    NAME,
    MONEY,
    DURATION,
    PERSON,
    PHONE,
    EMAIL,
    NOTHING,
) = (
    Expectation.NUMBER,
    Expectation.DATE,
    Expectation.NAME,
    Expectation.MONEY,
    Expectation.DURATION,
    Expectation.PERSON,
    Expectation.PHONE,
    Expectation.EMAIL,
    Expectation.NOTHING,
)


ASKS = {
    # English
    "How many cranes does the harbour have?": NUMBER,
    "how much does a ticket cost": MONEY,
    "How much money was spent?": MONEY,
    "How much is a ticket?": MONEY,
    "For how long may the ferry stay?": DURATION,
    "How long is the quay?": NUMBER,
    "What happens to the crane when the wind is strong?": NOTHING,
    "What percentage of ships carry grain?": NUMBER,
    "When was the harbour opened?": DATE,
    "Since when has she led it?": DATE,
    "In which year did the tower burn?": DATE,
    "Who painted the tower?": PERSON,
    "Whose diary is it?": PERSON,
    "Do you know who keeps the key?": PERSON,
    "When did it open, and who paid for it?": DATE,
    "Do people who own a boat pay less?": NOTHING,
    "Chi ha dipinto la torre?": PERSON,
    "Chi phí xây dựng là gì?": NOTHING,
    "Chi nhánh ở đâu?": NOTHING,
    "What are the names of the cranes?": NAME,
    "Who may use the crane?": NOTHING,
    "Who is the keeper?": PERSON,
    "Who doesn't have to pay?": NOTHING,
    "Which paper won?": NOTHING,
    "Which company built the ferry?": NAME,
    "Which company rules apply?": NOTHING,
    "Why do you need my telephone number?": NOTHING,
    "How do I change my e-mail address?": NOTHING,
    "For whom is the ferry free?": NOTHING,
    "When the wind is strong, what happens?": NOTHING,
    "What is the harbour's telephone number?": PHONE,
    "How many telephone numbers are there?": NUMBER,
    "Which email address answers?": EMAIL,
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
    "Wer leitet den Hafen?": PERSON,
    "Von wem stammt das Tagebuch?": PERSON,
    "Wie heißt der Hafen?": NAME,
    "Wie heißen die Kräne?": NAME,
    "Wie funktioniert der Kran?": NOTHING,
    "Wer darf den Kran bedienen?": NOTHING,
    "Wer ist versichert?": NOTHING,
    "Für wen ist die Fähre gratis?": NOTHING,
    "Woran sieht man, wie groß ein Hafen ist?": NOTHING,
    "Welche Telefonnummer hat der Hafen?": PHONE,
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
    "港の責任者は誰ですか": PERSON,
    "だれが塔を塗りましたか": PERSON,
    "町長の名前は？": NAME,
    "一個あたり何カロリーありますか": NUMBER,
    "港の電話番号は？": PHONE,
    "電話番号を変更するにはどうすればいいですか。": NOTHING,
    "佐藤恵子とは誰ですか。": NOTHING,
    "連絡先のメールアドレスを教えてください": EMAIL,
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
    (DATE, "It fell at the end of the war.", True),
    (DATE, "It opens daily.", True),
    (DATE, "Sobald der Pegel sinkt, fährt sie wieder.", True),
    (DATE, "家賃は月末に払います。", True),
    (DATE, "図書館は水曜日に休みです。", True),
    (DATE, "The tower is red.", False),
    (DATE, "Der Turm ist rot.", False),
    (NAME, "The keeper was Marta Quill.", True),
    (NAME, "Die Meisterin heißt Ute Brandt.", True),
    (NAME, "責任者は佐藤恵子さんです。", True),
    (NAME, "The tower is red.", False),
    (NAME, "Der Turm gehört der Reederei.", False),
    (PERSON, "Er gehört dem Bürgermeister.", True),
    (NAME, "Er gehört dem Bürgermeister.", False),
    (NAME, "Das Haus baute Quillmann.", True),
    (NAME, "Die Stadträtinnen und die Leiterin des Tiefbauamts kamen.", False),
    (NAME, "Der Rat begrüßt den Kommandanten der Feuerwehr.", False),
    (NAME, "Quillmann keeps it.", True),
    (NAME, "They keep it.", False),
    (NAME, "This is known as a slipway.", True),
    (NAME, "塔は赤いです。", False),
    (NAME, "日米首脳の共同声明では、協力覚書を結びました。", False),
    (NAME, "責任者は桐山蓮です。", True),
    (NAME, "責任者はアダ・クイルです。", True),
    (PERSON, "責任者は大臣です。", True),
    (PERSON, "The landlord pays.", True),
    (PERSON, "Our caretaker keeps the key.", True),
    (PERSON, "Das macht der Hausmeister.", True),
    (NAME, "The file is called stock_list.", True),
    (PERSON, "塔は赤いです。", False),
    (PHONE, "Call 0800 471 199.", True),
    (PHONE, "Call by telephone, at the desk.", False),
    (EMAIL, "Write to desk@harbour.example.", True),
    (EMAIL, "Write to us.", False),
    (NAME, "Die Fähre betreibt die NOB.", True),
    (NAME, "Der Hafen heißt Norderholm.", True),
    (NAME, "Das Schiff trägt den Namen „Seestern“.", True),
    (MONEY, "A ticket costs 4 euros.", True),
    (MONEY, "Der Eintritt ist kostenlos.", True),
    (MONEY, "切符は400円です。", True),
    (MONEY, "Admission is included.", True),
    (MONEY, "Erwachsene: 7,50", True),
    (MONEY, "It handled 1,250 ships.", False),
    (MONEY, "図書館は1874年に建てられました。", False),
    (DURATION, "The ferry takes forty minutes.", True),
    (DURATION, "It stays for 3 days.", True),
    (DURATION, "Die Fahrt dauert eine Stunde.", True),
    (DURATION, "It was in use from 1870 to 1939.", True),
    (DURATION, "The answer comes within seconds.", True),
    (DURATION, "It takes 45min.", True),
    (DURATION, "The lease is permanent.", True),
    (DURATION, "Der Vertrag ist unbefristet.", True),
    (DURATION, "契約は5年間有効です。", True),
    (DURATION, "It was opened in 1874.", False),
    (DURATION, "契約は2024年に署名されました。", False),
    (NOTHING, "", True),
]

GERMAN = {
    sentence
    for _, sentence, _ in MEETS
    if re.match("D(er|ie|as) |Er |Zwei |Geöffnet |Sobald |Erwachsene", sentence)
}


@pytest.mark.parametrize("question", ASKS)
def test_what_a_question_expects(question: str) -> None:
    assert expectation(question) is ASKS[question]


@pytest.mark.parametrize("question", ASKS)
def test_case_does_not_matter(question: str) -> None:
    assert expectation(question.lower()) is ASKS[question]


@pytest.mark.parametrize("question", ["Who is Ida Quill?", "Wer ist Ida Quill?", "Wer war Quill?"])
def test_who_somebody_is_asks_for_no_name(question: str) -> None:
    assert expectation(question) is NOTHING


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
    ("Wer leitet die NOB?", "Die NOB wird umsichtig geleitet.", "de", False),
    ("Wer leitet die NOB?", "Die NOB wird von der Stadt geleitet.", "de", True),
    ("Wer vertritt die Leiterin?", "Wenn die Leiterin fehlt, bleibt zu.", "de", False),
    ("Wer leitet die NOB?", "Die NOB wird von Ute Brandt geleitet.", "de", True),
    ("水守町の町長の名前は？", "水守町役場", "ja", False),
    ("2025年の会議はいつですか。", "会議は2025年5月です。", "ja", True),
    ("When does bus 19 leave?", "Bus 19 leaves at 9.", "en", True),
    ("When should it be changed?", "Change it when the red light is on.", "en", True),
    ("水守町の町長の名前は？", "水守町の町長は桐山蓮です。", "ja", True),
]


@pytest.mark.parametrize(("question", "sentence", "lang", "met"), NEW)
def test_what_the_question_gives_is_no_answer(
    question: str, sentence: str, lang: str, met: bool
) -> None:
    assert meets(sentence, expectation(question), lang, question) is met


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
    for lang in ("de", "en", "ja", "zh"):
        assert all(meets(text, kind, lang, text) in (True, False) for kind in Expectation)


@given(st.text(), st.sampled_from(["de", "en", "ja", "zh"]), st.sampled_from(Expectation))
def test_any_text_is_told(text: str, lang: str, kind: Expectation) -> None:
    assert expectation(text) in Expectation
    assert meets(text, kind, lang, text) in (True, False)
    assert meets(text, NOTHING, lang)
