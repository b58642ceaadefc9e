"""Citations and answers to take along."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from qa.answering import cite
from qa.citing import Says, answer_markdown, answer_page, as_bibtex, as_csl, as_markdown, as_text
from qa.datamodel import Agreement, Answer, AnswerSentence, Document

HOME = "http://127.0.0.1:7860/"
TEXT = "The bridge of Elmstadt is 212 m long & 100 % safe_ly {built}."
DOCUMENT = Document(
    "abc", "reports/bridge.pdf", "On *bridges* #1", TEXT, "0" * 64, "en", "2024-04", (0,)
)
CITATION = cite(DOCUMENT, 0, len(TEXT), 1)
ANSWER = Answer(
    "How <long>?", "en", (AnswerSentence(TEXT, (1,)),), (CITATION,), (), 0.9, abstained=False
)
LINK = f"http://127.0.0.1:7860/sources?doc=abc&start=0&end={len(TEXT)}"


def test_a_citation_as_text_has_quote_title_place_and_link() -> None:
    assert as_text(CITATION, HOME) == (
        f"“{TEXT}” (On *bridges* #1, reports/bridge.pdf, page 1, 2024-04) {LINK}"
    )


def test_bibtex_escapes_what_latex_would_read() -> None:
    entry = as_bibtex(CITATION, HOME)
    assert r"212 m long \& 100 \% safe\_ly \{built\}" in entry
    assert "  year = {2024}," in entry
    assert "  month = {04}," in entry
    assert "  pages = {1}," in entry
    assert entry.startswith("@misc{abc-0,")
    assert entry.endswith("}")


def test_csl_json_is_a_list_of_one_item() -> None:
    (item,) = json.loads(as_csl(CITATION, HOME))
    assert item["issued"] == {"date-parts": [[2024, 4]]}
    assert (item["title"], item["note"], item["URL"]) == ("On *bridges* #1", TEXT, LINK)


def test_an_answer_as_markdown_reads_as_it_was() -> None:
    html = MarkdownIt().render(answer_markdown(ANSWER, HOME))
    assert "<h1>How &lt;long&gt;?</h1>" in html
    assert "<em>" not in html
    assert f'href="{LINK.replace("&", "&amp;")}"' in html
    assert html.count("212 m long &amp; 100 % safe_ly {built}.") == 2


@given(st.text(min_size=1).filter(str.strip))
def test_no_document_adds_markup_to_what_is_taken_along(text: str) -> None:
    document = Document("abc", "a.md", text, text, "0" * 64, "en")
    citation = cite(document, 0, len(text), 1)
    answer = Answer(
        text, "en", (AnswerSentence(text, (1,)),), (citation,), (), 0.9, abstained=False
    )
    page = answer_page(answer, HOME)
    plain = answer_page(ANSWER, HOME)
    assert page.count("<") == plain.count("<")
    tokens = MarkdownIt().parse(as_markdown(citation, HOME))
    inline = [child.type for token in tokens for child in token.children or []]
    assert set(inline) <= {"text", "softbreak", "link_open", "link_close", "text_special"}


def test_what_is_taken_along_names_the_other_documents() -> None:
    other = Document("xyz", "news/<b>.md", "News & *more*", "It is 210 m long.", "0" * 64, "en")
    place = cite(other, 0, len(other.text), 1)
    answer = replace(ANSWER, also=(Agreement(place, differ=True),))
    says = Says("Auch in", "mit anderen Zahlen", "{one} und {other} weichen ab.")
    for html in (
        MarkdownIt().render(answer_markdown(answer, HOME, says)),
        answer_page(answer, HOME, says),
    ):
        assert "<h2>Auch in</h2>" in html
        assert "News &amp; *more*" in html
        assert "sources?doc=xyz&amp;start=0&amp;end=17" in html
        assert "[1]" in html.partition("Auch in")[2]
        assert "It is 210 m long." in html
        assert "mit anderen Zahlen" in html
        assert "<b>" not in html
    assert "Also in" not in answer_page(ANSWER, HOME) + answer_markdown(ANSWER, HOME)
