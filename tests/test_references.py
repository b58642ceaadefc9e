"""References: what a document points to itself, each at its exact place."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from qa.documents import read_document
from qa.documents.references import Reference, find_references, references_of


def found(text: str) -> list[tuple[str, str, str, str]]:
    return [
        (one.kind, text[one.start : one.end], one.label, one.url) for one in find_references(text)
    ]


def test_links_of_markdown_and_addresses() -> None:
    text = (
        "See [the report](https://a.example/x_(1)) and (https://b.example/y). "
        "![picture](c.png) <https://d.example>, or [below](#part)."
    )
    assert found(text) == [
        ("link", "[the report](https://a.example/x_(1))", "the report", "https://a.example/x_(1)"),
        ("link", "https://b.example/y", "", "https://b.example/y"),
        ("link", "https://d.example", "", "https://d.example"),
        ("link", "[below](#part)", "below", "#part"),
    ]


def test_notes_know_where_the_text_refers_to_them() -> None:
    text = "Ships carry grain.[^1] And clocks [2].\n\n[^1]: Harbour Board.\n\n[2] Museum, p. 4."
    notes = find_references(text)
    assert [(one.kind, one.label, text[one.start : one.end]) for one in notes] == [
        ("note", "1", "[^1]: Harbour Board."),
        ("note", "2", "[2] Museum, p. 4."),
    ]
    assert [one.marks for one in notes] == [(text.index("[^1]"),), (text.index("[2]"),)]


def test_the_list_of_sources_at_the_end() -> None:
    entries = "- Harbour Board (2020): Annual report\n- https://a.example/clocks, seen in 2021"
    for heading in ("## References", "# 7. Literatur", "参考文献\n----", "Read more"):
        text = f"# A\n\nText about [x] things.\n\n{heading}\n\n{entries}\n\n# Annex\n\nMore text."
        assert found(text) == [
            ("source", "- Harbour Board (2020): Annual report", "", ""),
            ("source", "- https://a.example/clocks, seen in 2021", "", "https://a.example/clocks"),
        ], heading


def test_a_text_without_references_has_none() -> None:
    assert found("# Sources of energy\n\nWood and coal [sic]. See page 4.\n\n- one\n- two") == []


PIECES = [
    "[a](b)",
    "https://x.example)",
    "[1] ",
    "[^1]: ",
    "\n\n",
    "# References\n",
    "- ",
    "港",
    "[",
    "(",
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=30).map("".join))
def test_every_reference_stands_in_the_text(text: str) -> None:
    references = find_references(text)
    for one in references:
        assert isinstance(one, Reference)
        assert 0 <= one.start < one.end <= len(text)
        assert one.url in text[one.start : one.end]
        assert all(text[mark] == "[" for mark in one.marks)
    assert references == sorted(references, key=lambda one: (one.start, one.end))


def test_links_of_a_web_page_lead_where_its_file_says(tmp_path: Path) -> None:
    paragraph = (
        "<p>The harbour was opened in 1874, says <a href='https://a.example/y'> the report</a> of "
        "the board. Its <b>cranes</b> lift forty tonnes, see <a href='cranes.html'>below</a>.</p>"
    )
    page = f"<html><body><main><h1>Harbour</h1>{paragraph}{paragraph}</main></body></html>"
    (tmp_path / "a.html").write_text(page)
    document = read_document(tmp_path / "a.html", "a.html")
    found = references_of(tmp_path / "a.html", document)
    words = [(document.text[one.start : one.end], one.url) for one in found]
    assert ("the report", "https://a.example/y") in words
    assert ("below", "cranes.html") in words
    based = page.replace("<body>", "<head><base href='https://b.example/dir/'></head><body>")
    (tmp_path / "b.html").write_text(based)
    found = references_of(tmp_path / "b.html", read_document(tmp_path / "b.html", "b.html"))
    assert {"https://a.example/y", "https://b.example/dir/cranes.html"} <= {x.url for x in found}
    (tmp_path / "a.html").write_text(page.replace("forty", "fifty"))
    assert references_of(tmp_path / "a.html", document) == []
