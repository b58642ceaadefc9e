"""The promise of every reader: a passage is the text at its place, whatever the characters."""

import html
import os
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from io import BytesIO

import docx
import openpyxl
import pptx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.documents import read_bytes
from qa.documents.assembly import assemble, make_row
from qa.documents.layout import Fragment, reading_order
from qa.errors import DocumentError
from qa.passages import split_passages
from tests.hash_encoder import HashEncoder
from tests.office_files import book, zipped

SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
EXAMPLES = 500 if SOAK else 8

PIECES = st.sampled_from(
    ["\r\n", "\n", "\t", " ", "\u00a0", "\u3000", "e\u0301", "\U0001f989", "\u200d", "\U00020bb7"]
) | st.sampled_from(
    ["שלום", "مرحبا", "港の責任者", "ﬁn", "Ǆ", "ß", "Hafen ", "# ", "- ", "| ", "*", "&amp;", "<b>"]
)
LETTERS = st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"])
TEXTS = st.lists(PIECES | st.text(LETTERS, max_size=4), max_size=25).map("".join)


def word(text: str) -> bytes:
    document = docx.Document()
    document.add_heading(text, 1)
    document.add_paragraph(f"x{text}")
    document.add_table(1, 1).rows[0].cells[0].text = text
    return saved(document.save)


def slide(text: str) -> bytes:
    presentation = pptx.Presentation()
    for _ in range(2):
        made = presentation.slides.add_slide(presentation.slide_layouts[1])
        assert made.shapes.title is not None
        made.shapes.title.text = text
        made.placeholders[1].text = f"x{text}"
    return saved(presentation.save)


def sheet(text: str) -> bytes:
    made = openpyxl.Workbook()
    assert made.active is not None
    for row in range(1, 4):
        made.active.append([f"x{text}", f"{row}{text}"])
    return saved(made.save)


def mail(text: str) -> bytes:
    message = EmailMessage()
    message["Subject"] = " ".join(text.split()) or "x"
    message.set_content(f"x{text}")
    return message.as_bytes(policy=SMTP)


def chapter(text: str) -> bytes:
    body = f"<html><body><h1>{html.escape(text)}</h1><p>x{html.escape(text)}</p></body></html>"
    return book_of(body)


def book_of(body: str) -> bytes:
    from zipfile import ZipFile

    with ZipFile(BytesIO(book())) as old:
        members: dict[str, bytes | str] = {name: old.read(name) for name in old.namelist()}
    return zipped(members | {"OEBPS/two.xhtml": body})


def saved(save: Callable[[BytesIO], object]) -> bytes:
    file = BytesIO()
    save(file)
    return file.getvalue()


def page(text: str) -> bytes:
    return f"<html><body><main><p>x{html.escape(text)}</p></main></body></html>".encode()


def separated(text: str) -> bytes:
    return "".join(f"x{text.replace(chr(34), '')},{row}\r\n" for row in range(3)).encode()


WRITERS: dict[str, Callable[[str], bytes]] = {
    ".txt": str.encode,
    ".md": str.encode,
    ".html": page,
    ".docx": word,
    ".pptx": slide,
    ".xlsx": sheet,
    ".csv": separated,
    ".epub": chapter,
    ".eml": mail,
}


@pytest.mark.parametrize("suffix", WRITERS)
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
@given(text=TEXTS)
def test_passages_of_every_reader_are_the_text_at_their_place(suffix: str, text: str) -> None:
    try:
        document = read_bytes(WRITERS[suffix](text), f"a{suffix}")
    except DocumentError as error:
        assert suffix in (".txt", ".md"), error  # nothing in it, or nothing that is text
        return
    pieces = split_passages(document, HashEncoder(), 20)
    assert pieces
    for piece in pieces:
        assert document.text[piece.start : piece.end] == piece.text
        assert piece.page == document.page_at(piece.start)
    document.text.encode()
    if suffix in (".docx", ".pptx"):
        assert "".join(text.split()) in "".join(document.text.split())


LINES = st.lists(
    st.tuples(st.text(LETTERS | st.sampled_from("\u00ad\ufffe-ﬁ⼀ ."), max_size=12), st.booleans()),
    max_size=12,
)


@given(st.lists(LINES, min_size=1, max_size=4))
def test_every_stored_character_of_a_pdf_is_traced_to_its_page(
    pages: list[list[tuple[str, bool]]],
) -> None:
    rows, texts = [], []
    for number, members in enumerate(pages, 1):
        chars, fragments = "", []
        for at, (text, large) in enumerate(members):
            if text.strip():
                size, top, start = (18.0 if large else 10.0), 20.0 * at, len(chars)
                chars += text
                place = (50.0, top, 50.0 + 5 * len(text), top + size)
                fragments.append(Fragment(start, len(chars), *place, size, 0, False, False))
        texts.append(chars)
        made = [make_row(number, line, chars) for line in reading_order(fragments)]
        rows += [row for row in made if row.text.strip()]
    result = assemble(rows, len(pages))
    assert len(result.text) == len(result.places)
    assert len(result.page_starts) == len(pages)
    assert list(result.page_starts) == sorted(result.page_starts)
    ends = [*result.page_starts[1:], len(result.text)]
    for chars, start, end in zip(texts, result.page_starts, ends, strict=True):
        for at in range(start, end):
            source = result.places[at]
            assert source == -1 or same(result.text[at], chars[source])
    assert list(result.lines) == sorted(result.lines)


def same(stored: str, char: str) -> bool:
    """Tell whether a stored character is one that a character of the page stands for."""
    from unicodedata import normalize

    shown = normalize("NFKC", char)
    return (
        stored in (char, *shown)
        or (stored, char) in {("-", "\ufffe"), ("-", "\u00ad")}
        or (stored in " …" and (char.isspace() or char in ".·…"))
    )
