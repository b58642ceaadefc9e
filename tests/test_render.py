"""What people and programs see of an answer: JSON, a terminal, and escaped HTML."""

import io
import json
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from qa.datamodel import (
    Agreement,
    Answer,
    AnswerSentence,
    Citation,
    Document,
    FailedFile,
    Hit,
    Passage,
    Status,
    SyncReport,
)
from qa.errors import InputError
from qa.render import (
    answer_json,
    bare,
    clean,
    console,
    print_answer,
    print_error,
    print_failed,
    print_report,
    print_status,
    report_json,
    search_json,
    status_json,
)
from qa.ui.answer import answer_html
from qa.ui.welcome import welcome_html

TEXT = (
    "Das Memorandum wurde in Tokio unterzeichnet. Für Japan unterzeichnete Kimi Onoda. "
    "Es nennt sieben Felder.\n\nEin anderer Absatz."
)
QUOTE = "Für Japan unterzeichnete Kimi Onoda."
STATUS = Status(
    documents=12,
    passages=140,
    by_lang={"en": 100, "de": 40},
    encoder="multilingual-e5-small",
    failed=(FailedFile("x.pdf", "It is protected by a password."),),
    bytes={"store": 3_000_000, "dense": 500_000, "lexical": 100_000},
    root="corpus",
    schema=1,
    revision=17,
)


def document(text: str = TEXT, title: str = "Das Memorandum", lang: str = "de") -> Document:
    return Document("abc", "reports/memo.md", title, text, "0" * 64, lang, "2025-10-28", (0, 45))


def answer(found: Document | None = None, quote: str = QUOTE) -> Answer:
    found = found or document()
    start = found.text.index(quote)
    end = start + len(quote)
    passage = Passage(7, found.doc_id, 0, len(found.text), found.text, found.lang, 1)
    return Answer(
        question="Who signed for Japan?",
        lang="en",
        sentences=(AnswerSentence(quote, (1,)),),
        citations=(Citation(1, found, start, end, quote, found.page_at(start)),),
        hits=(Hit(passage, found, 1, 0.75, {"dense": 0.5, "late": 1.0}),),
        confidence=0.93,
        abstained=False,
        took_ms=31.04,
    )


def abstention(*hits: Hit) -> Answer:
    return Answer("What?", "en", (), (), hits, 0.1, abstained=True, reason="no_support")


def printed(one: Answer, *, terminal: bool = False) -> str:
    stream = io.StringIO()
    out = Console(file=stream, force_terminal=True, width=90) if terminal else console(stream)
    print_answer(out, one)
    return stream.getvalue()


class Page(HTMLParser):
    """The tags, attributes and visible text a browser would make of a piece of HTML."""

    def __init__(self, markup_text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.marked = ""
        self.feed(markup_text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.tags[-1] == "mark":
            self.marked += data
            self.tags.append("")

    def values(self, name: str) -> list[str | None]:
        return [value for key, value in self.attributes if key == name]


def test_answer_json_is_the_contract() -> None:
    start = TEXT.index(QUOTE)
    place = {"start": start, "end": start + len(QUOTE), "page": 2, "quote": QUOTE}
    assert json.loads(json.dumps(answer_json(answer()))) == {
        "question": "Who signed for Japan?",
        "lang": "en",
        "abstained": False,
        "reason": None,
        "confidence": 0.93,
        "sentences": [{"text": QUOTE, "citations": [1]}],
        "citations": [
            {
                "number": 1,
                "doc": "reports/memo.md",
                "doc_id": "abc",
                "title": "Das Memorandum",
                "lang": "de",
                "date": "2025-10-28",
                **place,
            }
        ],
        "hits": [
            {
                "rank": 1,
                "doc": "reports/memo.md",
                "doc_id": "abc",
                "page": 1,
                "start": 0,
                "end": len(TEXT),
                "text": TEXT,
                "score": 0.75,
                "scores": {"dense": 0.5, "late": 1.0},
            }
        ],
        "took_ms": 31.0,
    }


def test_search_and_status_json_are_the_contract() -> None:
    found = search_json("Q?", answer().hits, 12.345)
    assert set(found) == {"question", "hits", "took_ms"}
    assert found["took_ms"] == 12.3
    assert status_json(STATUS) == {
        "documents": 12,
        "passages": 140,
        "by_lang": {"en": 100, "de": 40},
        "encoder": "multilingual-e5-small",
        "failed": [{"file": "x.pdf", "reason": "It is protected by a password."}],
        "bytes": {"store": 3_000_000, "dense": 500_000, "lexical": 100_000},
        "root": "corpus",
        "schema": 1,
        "revision": 17,
    }


def test_a_terminal_shows_sentences_with_numbers_then_the_sources() -> None:
    text = printed(answer())
    assert f"{QUOTE} [1]" in text
    assert "[1] Das Memorandum (reports/memo.md, page 2, 2025-10-28)" in text
    assert text.index("Sources") < text.index(f'"{QUOTE}"')


def test_a_presentation_has_slides_everywhere() -> None:
    shown = answer(replace(document(), source="talk.PPTX"))
    assert "(talk.PPTX, slide 2, 2025-10-28)" in printed(shown)
    assert "slide 2" in Page(answer_html(shown, "en")).text
    assert "Folie 2" in Page(answer_html(shown, "de")).text
    assert "スライド 2" in Page(answer_html(shown, "ja")).text


def test_piped_output_is_plain_and_wraps_at_80() -> None:
    long = "Ein sehr langer Satz mit vielen Wörtern. " * 20 + "長い文がここにあります。" * 20
    text = printed(answer(document(long), long.strip()))
    wide = [
        sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in line)
        for line in text.splitlines()
    ]
    assert max(wide) <= 80
    assert all(line == line.rstrip() for line in text.splitlines())
    assert not any(unicodedata.category(c) == "Cc" for c in text if c != "\n")
    assert not any("\u2500" <= c <= "\u259f" for c in text)
    assert "\x1b[" in printed(answer(), terminal=True)


def test_an_abstention_names_the_reason_and_the_closest_passages() -> None:
    text = printed(abstention(*answer().hits))
    assert text.startswith("Not found in these documents.\n")
    assert "No passage supports an answer" in text
    assert "1. Das Memorandum (reports/memo.md, page 1, 2025-10-28)" in text
    assert "Closest" not in printed(abstention())


def test_a_document_cannot_steer_the_terminal() -> None:
    evil = document("Red \x1b[31malert\x07 \u202eevil.", title="T\x1b]0;owned\x07 [bold]x[/bold]")
    text = printed(answer(evil, evil.text))
    assert not {"\x1b", "\x07", "\u202e"} & set(text)
    assert "[bold]x[/bold]" in text


def test_status_and_report_say_what_failed() -> None:
    stream = io.StringIO()
    print_status(console(stream), STATUS)
    report = SyncReport(2, 0, 1, 9, 31, STATUS.failed, 1.25)
    print_report(console(stream), report)
    text = stream.getvalue()
    assert "140 (en 100, de 40)" in text
    assert "3.6 MB" in text
    assert "2 added, 1 deleted, 9 unchanged, 1 failed" in text
    assert text.count("It is protected by a password.") == 2
    assert report_json(report)["failed"] == status_json(STATUS)["failed"]


def test_an_error_is_a_sentence_and_a_hint() -> None:
    stream = io.StringIO()
    print_error(console(stream), InputError("x", "The question is empty.", "Type one."))
    assert stream.getvalue() == "Error: The question is empty.\nType one.\n"


def test_a_source_card_marks_the_quote_within_its_paragraph() -> None:
    page = Page(answer_html(answer(), "en"))
    assert page.marked == QUOTE
    assert "in Tokio unterzeichnet. Für Japan" in page.text
    assert "Ein anderer Absatz" not in page.text
    assert "de" in page.values("lang")
    assert page.values("data-card") == ["source-1"]
    assert "source-1" in page.values("id")
    start = str(TEXT.index(QUOTE))
    assert page.values("data-doc") == ["abc"]
    assert page.values("data-start") == [start]


@pytest.mark.parametrize("colon", [":", "："])
def test_a_source_card_shows_what_its_quote_announces(colon: str) -> None:
    quote = f"Es nennt drei Felder{colon}"
    shown = document(f"Ein Anfang. {quote}\n\n- Chips\n- Raketen\n\nEin anderer Absatz.")
    page = Page(answer_html(answer(shown, quote), "en"))
    assert page.marked == quote
    assert "Raketen" in page.text
    assert "Ein anderer Absatz" not in page.text


def test_a_card_has_the_language_of_its_passage_not_of_its_document() -> None:
    found = document(lang="en")
    passage = Passage(1, "abc", 0, len(TEXT), TEXT, "de")
    one = answer(found)
    mixed = Answer(
        **{name: getattr(one, name) for name in one.__slots__ if name != "hits"},
        hits=(Hit(passage, found, 1, 1.0, {}),),
    )
    assert "German" in Page(answer_html(mixed, "en")).text


def agreeing(*, differ: bool) -> Answer:
    """An answer, and another document that says the same, with another figure or not."""
    other = replace(
        document("Es wurden 5 <b> Verträge geschlossen.", title="B & C"),
        doc_id="xyz",
        title="B & C",
    )
    place = Citation(1, other, 0, len(other.text), other.text, 1)
    return replace(answer(), also=(Agreement(place, differ=differ),))


@pytest.mark.parametrize("differ", [True, False])
def test_documents_that_say_the_same_are_named_with_the_answer(differ: bool) -> None:
    shown = agreeing(differ=differ)
    page = Page(answer_html(shown, "en"))
    assert "B & C" in page.text
    assert "Es wurden 5 <b> Verträge" in page.text
    assert ("with other figures" in page.text) is differ
    assert any("doc=xyz&start=0" in (link or "") for link in page.values("href"))
    stream = io.StringIO()
    print_answer(console(stream), shown)
    assert "Also in\n[1] B & C" in stream.getvalue()
    assert ("with other figures" in stream.getvalue()) is differ
    (also,) = json.loads(json.dumps(answer_json(shown)))["also"]
    assert (also["doc_id"], also["number"], also["differ"]) == ("xyz", 1, differ)


def test_an_abstention_has_cards_but_no_chips() -> None:
    page = Page(answer_html(abstention(*answer().hits), "en"))
    assert "Not found in these documents." in page.text
    assert "passage-1" in page.values("id")
    assert "fs-chip" not in page.values("class")


def test_the_empty_page_says_what_is_indexed() -> None:
    text = Page(welcome_html(12, {"en": 1200, "de": 40, "tlh": 1}, [], "en")).text
    assert "12 documents" in text
    assert text.index("English 1,200 passages") < text.index("German 40 passages")
    assert "TLH" in text
    assert "No documents" in Page(welcome_html(0, {}, [], "en")).text


EVIL = st.text(
    st.sampled_from("<>&\"'`${}()=/;:! abcé\u202e\u2066\x00\x1b\ud800\n\t😀日"), min_size=1
).filter(lambda text: clean(text).strip())  # no quote consists of what is never shown


@given(text=EVIL, title=EVIL)
def test_no_document_adds_markup_to_the_page(text: str, title: str) -> None:
    harmless = Page(answer_html(answer(document("x" * 9, "y"), "x" * 9), "en"))
    page = Page(answer_html(answer(document(text, title), text), "en"))
    assert page.tags == harmless.tags
    assert [name for name, _ in page.attributes] == [name for name, _ in harmless.attributes]


@given(st.text())
def test_cleaning_leaves_readable_text_alone_and_can_always_be_written(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert clean(cleaned) == cleaned
    if all(c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs", "Cf") for c in text):
        assert cleaned == text


@pytest.mark.parametrize("offset", range(0, len(TEXT), 7))
def test_a_mark_is_cut_on_the_raw_text(offset: int) -> None:
    text = TEXT[:offset] + "\u202e<&>\u202c" + TEXT[offset:]
    quote = text[max(0, offset - 3) : offset + 8]
    assert Page(answer_html(answer(document(text), quote), "en")).marked == clean(quote)


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("- Two cranes", "Two cranes"),
        ("| Games | 2 weeks | once |", "Games | 2 weeks | once"),
        ("-40 degrees | at night", "-40 degrees | at night"),
        ("The harbour is open.", "The harbour is open."),
    ],
)
def test_a_sentence_of_a_list_or_a_table_is_shown_without_its_marks(
    sentence: str, shown: str
) -> None:
    assert bare(sentence) == shown


def test_a_name_begins_no_line_of_its_own() -> None:
    written = io.StringIO()
    print_failed(Console(file=written, width=80), [FailedFile("a\nError: b.pdf", "It is empty.")])
    shown = written.getvalue()
    assert "\nError" not in shown
    assert "b.pdf" in shown
