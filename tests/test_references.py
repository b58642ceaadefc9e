"""References: what a document points to itself, each at its exact place."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.documents import read_document
from qa.documents.html import whole_text
from qa.documents.references import Reference, find_references


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


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("[a](" * 100_000, 0),
        ("[a](x" * 100_000, 0),
        (f"[a]({'x' * 500_000}", 0),
        ("[a](<" * 100_000, 0),
        (f"https://x.example{')' * 500_000}", 1),
        ("".join(f"[^{number}]: x\n\n" for number in range(50_000)), 50_000),
        ("[1] x\n\n" * 50_000, 50_000),
        ("[a](b)\n\n[^1]: x\n\n" * 30_000, 60_000),
    ],
    ids=["open", "targets", "target", "angles", "address", "notes", "same note", "both"],
)
def test_texts_that_repeat_themselves_are_read_in_time(text: str, count: int) -> None:
    assert len(find_references(text)) == count


NOTES = """<!doctype html><html lang="en"><head><title>The keeper</title></head><body><article>
<h1>The keeper</h1>
<p>The keeper of the lighthouse kept a diary<sup><a href="#fn1">1</a></sup> of the storms that
winter, and lived in the tower.<a href="#fn2" role="doc-noteref">2</a> The tower was as high as
ten houses, and its lamp was seen by ships far out at sea on clear nights.</p>
<p>It covered 40 m<sup>2</sup>, of which he used half.<sup><a href="#fn3">[3]</a></sup> See
<a href="#tower">the tower</a>, and chapter <a href="#two">2</a>.</p>
<section role="doc-endnotes"><h2>Notes</h2><ol>
<li id="fn1"><p>Quill, M. (1931). Diary of a keeper. <a href="#ref1">back</a></p></li>
<li id="fn2">Brandt 2015, p. 4.</li><li id=fn3>3. Harbour Board, minutes of 1902.</li>
</ol></section></article></body></html>"""


def test_notes_of_a_web_page_carry_the_number_that_refers_to_them(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(NOTES, "utf-8")
    document = read_document(tmp_path / "a.html", "a.html")
    text = document.text
    assert "kept a diary[1] of the storms" in text
    assert "in the tower.[2] The tower" in text
    assert "used half.[3] See the tower, and chapter 2." in text
    assert "m[2]" not in text
    found = find_references(document.text)
    assert [(one.kind, one.label, one.marks) for one in found] == [
        ("note", "1", (text.index("[1]"),)),
        ("note", "2", (text.index("[2]"),)),
    ]
    assert text[found[0].start : found[0].end].startswith("- [1] Quill, M. (1931).")


@pytest.mark.parametrize(
    "piece", ["<a href=#a> ", "<a x> ", "<p id=", '<li id="a"', "<p id ", "> "]
)
def test_pages_that_repeat_themselves_are_read_in_time(piece: str) -> None:
    for page in (piece * 20_000, piece + " " * 200_000 + "z", piece + "a" * 200_000):
        assert isinstance(whole_text(page), str)
