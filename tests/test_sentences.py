"""Sentences: nothing is lost, and a full stop ends a sentence only where a reader would say so."""
# ruff: noqa: RUF001

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.text.blocks import split_blocks
from qa.text.sentences import split_sentences

CASES = [
    ("de", "Am 10. April 2024 kamen z. B. zwölf Gäste.|Sie blieben lange."),
    ("de", "Das kostet 102,6 Mio. EUR.|Dr. Adler zahlt."),
    ("de", "Es kostete 3 Mio.|Die Stadt zahlte."),
    ("de", "Der 2. Preis ging am 3.5.2021 an Nr. 7.|Danach war Schluss."),
    ("de", "Ludwig XIV. König war er nie gern.|Er sagte: „Genug.“|Dann ging er."),
    ("de", "Sie fuhren 1990.|Boote gab es genug."),
    ("de", "Im 19. Jahrhundert usw. war es so, d. h. anders."),
    ("en", "The U.S. Navy met Dr. Smith at 3.5 p.m. in the U.S.|The talks failed."),
    ("en", "It sold in the U.S.|Additionally, it sold in Spain."),
    (
        "en",
        "J. F. Marlow paid $1.5 million.|(Nobody asked.)|See Fig. 3 for Ida et al.|It is clear.",
    ),
    ("en", '"Why?" he asked.|"No."|Then he left.'),
    ("en", "He came . . . late.|Is it done?|Yes!|Good…|Perhaps."),
    ("en", "This is known.[3]|Others disagree.[4]"),
    (
        "en",
        "Under Art. 12 and Sec. 4 he is liable.|See Ch. 3, Tel. 0800 4711.|He did his part.",
    ),
    ("de", "Nach Ziff. 4 und Rn. 12 haftet er.|Das war es."),
    ("ru", "Согласно ст. 5 закона это запрещено.|Это так."),
    ("fr", "Mme. Roy est venue.|Elle a vu M. Dupont."),
    ("es", "El Sr. Ruiz llegó.|¿Quién lo vio?|¡Nadie!"),
    ("ja", "「はい。」と彼は言った。|会議は10時？|資料（後述。）を配る！|費用は1.5億円。"),
    ("zh", "他来了。|她说：“好。”|然后走了！"),
    ("hi", "यह पहला वाक्य है।|यह दूसरा वाक्य है।"),
    ("ar", "هل جاء؟|نعم جاء.|ذهب."),
    (
        "cs",
        "Hlavní sestrou je Bc. Jana Malá.|Lékárna sídlí v ul. Dlouhé.|V lese žije vlk.|Má hlad.",
    ),
    ("cs", "Trvá to 18 hod.|Parkování stojí 5 Kč.|Stálo to 3 mil. Kč.|Pak nic."),
    ("pl", "Dyrektorem szkoły jest mgr inż. Jan Nowak.|Sekretariat mieści się przy ul. Długiej."),
    (
        "pl",
        "Powstała w 1990 r.|W tym roku prof. Lis odszedł.|Bilet kosztuje 5 zł.|Dzieci nie płacą.",
    ),
    ("sk", "Vedie ju Mgr. Eva Biela.|Sídli na nám. Slobody.|Otvorené od 9. mája."),
    (
        "uk",
        "Директор театру — проф. Шевченко.|Каса на вул. Хрещатик.|Це 2 грн.|Зала в буд. 5 є.",
    ),
    ("ru", "Заявление подал гр. Иванов.|Стена толщиной 10 см.|Длина — три метра."),
    ("hi", "यहाँ डॉ. शर्मा रहते हैं।|शुल्क रु. 500 है।|यह ठीक है।"),
    ("bn", "এখানে মো. রহিম থাকেন।|ডা. সেন আসেন।"),
    ("hi", "यहाँ डॉ. शर्मा रहते हैं."),
    ("pt", "A obra foi projetada pelo eng. Souza.|A sede fica na Av. Paulista."),
    ("it", "Il ponte è dell'ing. Rossi.|Vende pane, latte ecc.|Il sig. Bo paga."),
    ("tr", "Ofis Atatürk Cad. Numara beştedir.|Prof. Kaya geldi."),
    ("hu", "Az alapító id. Kovács volt.|A tó kb. Budapestnyi.|A belépő 500 Ft.|Gyerekeknek nem."),
    ("sv", "Chefen är fil. dr Eva Ek.|Boken är skriven av t.ex. Strindberg."),
    ("fi", "Hoitaja on tri. Virtanen.|Mukana oli mm. Kekkonen."),
    (
        "el",
        "Το σχολείο είναι στη Λεωφ. Κηφισίας.|Πόσα βιβλία έχει;|Έχει 40 βιβλία κ.ά.|Το τέλος.",
    ),
    ("es", "Los EE. UU. son el principal destino.|Vive en EE. UU.|La oficina está en la Av. Paz."),
    ("de", "Die Müller GmbH.|Sie fährt bis Köln Hbf. Mainz liegt 5 km.|Nach Süden."),
    ("en", "J. A. Smith sold a TV.|Nobody knew why.|See the pics at Grove Rd. Eastham."),
    ("ko", "두 시는 2011. 3. 15. 서울에서 협약을 체결하였다.|협약의 기간은 2024. 12. 31.까지이다."),
    ("ko", "협약(2011. 3. 15.) 내용은 같다.|끝."),
    ("hu", "A fürdő 2019. 05. 20. óta működik.|A szerződés 2027. 12. 31.|A díj 5000 Ft."),
    (
        "fr",
        "Il a répondu : « Nous fermerons en juin. »|Le conseil votera.|« Non ! » dit-elle.",
    ),
    ("fr", "Il demande : « Où\u00a0? »|Elle sort."),
    ("ja", "源泉の温度は５８．５℃である。|次は１．に定める。|湯を汲む．|飲む．"),
    ("xx", "Saluton al vi.|Mi estas ĉi tie."),
]


def parts(text: str, lang: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text, lang)]


@pytest.mark.parametrize(("lang", "marked"), CASES)
def test_sentences(lang: str, marked: str) -> None:
    spaced = lang not in ("ja", "zh")
    expected = marked.split("|")
    assert parts((" " if spaced else "").join(expected), lang) == expected


def test_blocks_end_sentences_and_wrapped_lines_do_not() -> None:
    text = (
        "# A title\nA wrapped\nsentence goes on.\n\nNo full stop\n\n"
        "- one\n  goes on\n- two\n\n1. first\n2. second\n\n| a | b. C |\n|---|---|\n"
        "Setext\n------\nLast"
    )
    assert parts(text, "en") == [
        "# A title",
        "A wrapped\nsentence goes on.",
        "No full stop",
        "- one\n  goes on",
        "- two",
        "1. first",
        "2. second",
        "| a | b. C |",
        "|---|---|",
        "Setext\n------",
        "Last",
    ]


def test_thai_is_cut_at_gaps_only() -> None:
    text = "ท่าเรือแห่งนี้เปิดในปี 1874 และมีปั้นจั่นสามตัว ซึ่งทำจากเหล็กกล้า " * 8
    found = parts(text, "th")
    assert len(found) > 4
    assert " ".join(found) == text.strip()


def test_a_date_at_the_start_of_a_wrapped_line_is_no_list() -> None:
    assert parts("Das Treffen am\n10. April war kurz.", "de") == [
        "Das Treffen am\n10. April war kurz."
    ]


LISTS = [
    ["・入浴料：大人800円", "・定休日：毎週水曜日", "・営業時間：10時から"],
    ["一、窗口提出申请", "二、支付手续费", "三、五个工作日后领取证件"],
    ["1、窗口提出申请", "2、支付手续费", "3、领取证件"],
    ["（一）提出申请", "（二）支付手续费", "(三)领取证件"],
    ["(1)申請書を出す", "(2)手数料を払う"],
    ["①申請書を出す", "②手数料を払う", "③証明書を受け取る"],
    ["１．窓口で申請書を提出する", "２．手数料３００円を支払う", "３．証明書を受け取る"],
    ["１　申請", "※雨天中止", "○駐車場あり", "●売店なし", "■ 電話 0123", "► Eingang"],
    ["가. 신청서를 낸다", "나. 수수료를 낸다", "다. 증명서를 받는다"],
    ["а) подать заявление", "б) оплатить пошлину", "в) получить справку"],
    ["١- تقديم الطلب", "٢- دفع الرسوم", "٣ - استلام الشهادة"],
    ["۱- درخواست بدهید", "۲- هزینه را بپردازید"],
]


@pytest.mark.parametrize("items", LISTS)
def test_each_item_of_a_list_is_cited_alone(items: list[str]) -> None:
    assert parts("\n".join(items), "und") == items


@pytest.mark.parametrize(
    "text",
    [
        "この港は1874年に開かれた港で、\n二、三日のうちに十一隻の船が\n（この町の船を含む）入港し、"
        "\n２．５倍の荷物と\n○○会社の品を運んだ。",
        "要件は年齢、住所及び\n②に定める収入、\n3、4年の経験である",
        "이 항구는 1874년에 열\n렸\n다. 배가 많다",
        "Der Betrag aus Absatz\n(2) und\n10. April\nwird\nв) nicht gezahlt",
    ],
)
def test_wrapped_text_is_no_list(text: str) -> None:
    assert len(split_blocks(text)) == 1


def test_code_is_no_heading_and_ends_with_its_fence() -> None:
    text = "```sh\n# a comment\n\nls\n```\n# Heading\ntext"
    kinds = [(text[block.start : block.end], block.kind) for block in split_blocks(text)]
    assert kinds[1] == ("# a comment", "code")
    assert kinds[-2:] == [("# Heading", "heading"), ("text", "text")]


@pytest.mark.parametrize("mark", ["~~~~~~~~", "```"])
def test_a_row_of_marks_that_nothing_closes_is_no_code(mark: str) -> None:
    text = f"~~~\nls\n~~~\nThe harbour\n\n{mark}\n\n# Cranes\n\nThree cranes of steel."
    kinds = [block.kind for block in split_blocks(text)]
    assert kinds[:4] == ["code", "code", "code", "text"]
    assert kinds[-2:] == ["heading", "text"]


def test_a_short_line_above_a_long_one_stands_alone() -> None:
    text = "The harbour\nIt was opened in 1874 and has three cranes that lift forty tonnes."
    assert parts(text, "en")[0] == "The harbour"


MARKED = st.text(
    st.sampled_from("Aab1 .!?。「」“”()\n\n#-*|`~=\u00a0\u3000\u2028z. B"), max_size=80
)
LANGS = st.sampled_from(["en", "de", "ja", "th", "ru", "und", ""])


@given(st.text() | MARKED, LANGS)
def test_everything_but_whitespace_is_covered_exactly_once(text: str, lang: str) -> None:
    last = 0
    for start, end in split_sentences(text, lang):
        assert last <= start < end <= len(text)
        assert not text[last:start].strip()
        assert text[start:end] == text[start:end].strip() != ""
        last = end
    assert not text[last:].strip()


def test_a_long_line_takes_linear_time() -> None:
    text = "Ein Satz mit z. B. (einer Klammer). " * 20_000
    assert len(split_sentences(text, "de")) == 20_000
