"""Office files, tables, books and mail: what they say, in order, and nothing they do not show."""

from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from qa.datamodel import Document
from qa.documents import read_document
from qa.documents.references import find_references
from qa.errors import DocumentError
from qa.passages import split_passages
from tests import office_files as make
from tests.hash_encoder import HashEncoder
from tests.pdf_files import lines, pdf


def read(folder: Path, name: str, data: bytes) -> Document:
    (folder / name).write_bytes(data)
    return read_document(folder / name, name)


def test_exponents_and_formulas_of_slides_are_read(tmp_path: Path) -> None:
    value = "3 × 10⁶ of CO2"
    assert read(tmp_path, "a.pptx", make.raised_slides()).text == (
        f"# {value}\n\n- {value}\n- So y=10⁻⁶x/x\n\n| Tank | {value} |\n\n## Notes\n\n{value}"
    )


def test_word_files_keep_headings_lists_tables_and_insertions(tmp_path: Path) -> None:
    document = read(tmp_path, "a.docx", make.word())
    assert document.text == (
        "# Traffic\n\nThe harbour handled 1,250 ships.\n\n## Cargo\n\n- timber\n- grain\n\n"
        "| Crane | Tonnes |\n| North | 40 |\n\nThe crane is green."
    )
    assert (document.title, document.date) == ("Harbour report", "2023-04-05")
    assert document.metadata == {"author": "Ute Brandt"}


def test_notes_of_a_word_file_follow_what_refers_to_them(tmp_path: Path) -> None:
    document = read(tmp_path, "a.docx", make.annotated_word())
    assert document.text == (
        "Ships came.[^1]\n\nBeside the ships.\n\n[^1]: Harbour Board, p. 4.\n\n"
        "Clocks stopped.[^2]\n\n[^2]: Museum of clocks.\n\n| outer boxed | inner table |\n\n"
        "The ferry.\n\nIt leaves at nine.港\n\nE=mc"
    )
    notes = find_references(document.text)
    assert [(one.kind, one.label, one.marks) for one in notes] == [
        ("note", "1", (document.text.index("[^1]"),)),
        ("note", "2", (document.text.index("[^2]"),)),
    ]
    assert document.text[notes[1].start : notes[1].end] == "[^2]: Museum of clocks."


@pytest.mark.parametrize("name", ["a.docx", "a.pptx"])
def test_the_date_of_a_template_is_not_that_of_a_file(tmp_path: Path, name: str) -> None:
    data = make.raised_word() if name == "a.docx" else make.slides()
    assert read(tmp_path, name, data).date is None


def test_exponents_of_a_word_file_are_no_part_of_the_number_before(tmp_path: Path) -> None:
    document = read(tmp_path, "a.docx", make.raised_word())
    assert document.text == "The tank holds 10⁶ litres, or 10⁻³ lakes, or 2¹⁰, says the 1st."


def test_slides_are_pages(tmp_path: Path) -> None:
    document = read(tmp_path, "a.pptx", make.slides())
    assert document.text == (
        "# Cranes\n\n- Three cranes\n- Forty tonnes each\n\nSteel of 1901\n\nBuilt in 1899\n\n"
        "## Notes\n\n"
        "Mention the storm of 1931.\n\n# Ferries\n\n| Line | Minutes |\n| Norderholm | 25 |"
    )
    pages = {piece.text: piece.page for piece in split_passages(document, HashEncoder(), 40)}
    assert pages["Mention the storm of 1931."] == 1
    assert pages["| Line | Minutes |\n| Norderholm | 25 |"] == 3


def test_pages_begin_where_they_did_once_soft_hyphens_are_gone(tmp_path: Path) -> None:
    plain = read(tmp_path, "a.pptx", make.slides())
    soft = read(tmp_path, "b.pptx", make.slides(cranes="Cra\u00adnes"))
    assert (soft.title, soft.text) == (plain.title, plain.text)
    assert soft.page_starts == plain.page_starts


def test_rows_of_sheets_carry_number_and_column(tmp_path: Path) -> None:
    document = read(tmp_path, "a.xlsx", make.sheets())
    assert document.text == (
        "# Sales\n\n| 1 | Region | Sales | Since |\n"
        "| 2 | Region: North | Sales: 40 | Since: 2021-03-01 |\n"
        "| 4 | Region: South | Sales: 12.1 |\n\n# Notes\n\n"
        "| 3 | 1874 | 7.5% | 5.2% | TRUE | 30:05:00 |"
    )
    pieces = split_passages(document, HashEncoder(), 200)
    assert [piece.heading for piece in pieces] == [("Sales",), ("Notes",)]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_separated_values_whatever_separates_them(tmp_path: Path, mark: str) -> None:
    document = read(tmp_path, "harbour.csv", make.CSV.replace(";", mark).encode("utf-16"))
    assert document.text == "| 1 | name | tonnes |\n| 2 | name: North | tonnes: 40 |\n" + (
        "| 3 | name: South | tonnes: 12 |"
    )


@pytest.mark.parametrize("table", ["name;tonnes\nNorth;40,5\n", "sep=;\nname;tonnes\nNorth;40,5\n"])
def test_tables_as_spreadsheets_write_them(tmp_path: Path, table: str) -> None:
    document = read(tmp_path, "harbour.csv", table.encode("utf-8-sig"))
    assert document.text == "| 1 | name | tonnes |\n| 2 | name: North | tonnes: 40,5 |"


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Harbour figures", "Harbour figures"),
        ("Harbour figures;;", "Harbour figures"),
        ("Figures, in tonnes", "Figures, in tonnes"),
    ],
)
def test_names_of_columns_stand_below_a_title_too(tmp_path: Path, title: str, shown: str) -> None:
    table = f"{title}\n\nname;tonnes;since\nNorth;40;1899\n"
    assert read(tmp_path, "harbour.csv", table.encode()).text == (
        f"| 1 | {shown} |\n| 3 | name | tonnes | since |\n"
        "| 4 | name: North | tonnes: 40 | since: 1899 |"
    )


def test_years_are_names_of_columns_beside_a_word(tmp_path: Path) -> None:
    table = b"Country,Code,2019,2020\nGermany,DEU,83,84\n"
    assert (
        "| 2 | Country: Germany | Code: DEU | 2019: 83 | 2020: 84 |"
        in read(tmp_path, "a.csv", table).text
    )


@pytest.mark.parametrize(
    ("name", "title", "shown"),
    [
        ("a.pdf", "Microsoft Word - Dokument1", "Ships call here."),
        ("a.pdf", "Haushalt - Bericht 2024", "Haushalt - Bericht 2024"),
        ("a.pptx", "PowerPoint-Pr\u00e4sentation", "Cranes"),
        ("a.pptx", "PowerPoint Presentation", "Cranes"),
    ],
)
def test_what_a_program_calls_a_file_is_no_title(
    tmp_path: Path, name: str, title: str, shown: str
) -> None:
    data = (
        pdf(lines("Ships call here."), title=title) if name == "a.pdf" else make.slides(title=title)
    )
    assert read(tmp_path, name, data).title == shown


def test_a_list_has_no_names_of_columns(tmp_path: Path) -> None:
    rows = ["North", "South", "East", "West", "name,tonnes", "Isle,40"]
    lines = read(tmp_path, "harbour.csv", "\n".join(rows).encode()).text.splitlines()
    assert lines[-1] == "| 6 | Isle | 40 |"


def test_a_cell_of_several_lines_is_one_cell(tmp_path: Path) -> None:
    table = 'name;note\nNorth;"grain, timber\n\nand clocks, too"\nSouth;none\n'
    assert read(tmp_path, "harbour.csv", table.encode()).text == (
        "| 1 | name | note |\n| 2 | name: North | note: grain, timber and clocks, too |\n"
        "| 3 | name: South | note: none |"
    )


def test_a_comma_in_every_number_separates_nothing(tmp_path: Path) -> None:
    document = read(tmp_path, "harbour.csv", b"1,5;2,5;3,5\n2,5;3,5;4,5\n")
    assert document.text == "| 1 | 1,5 | 2,5 | 3,5 |\n| 2 | 2,5 | 3,5 | 4,5 |"


def test_a_book_is_read_in_the_order_of_its_spine(tmp_path: Path) -> None:
    document = read(tmp_path, "a.epub", make.book())
    assert document.text == (
        "# Winter\n\nShe painted the tower red.\n\n# Spring\n\nThen the ships came back."
    )
    assert (document.title, document.date) == ("The keeper", "1931-02-03")
    assert document.metadata == {"author": "Marta Quill"}


def test_numbers_of_notes_in_a_book_are_no_part_of_a_word(tmp_path: Path) -> None:
    body = (
        "<html xmlns:epub='http://www.idpf.org/2007/ops'><body><p>Ships came.<a href='#n'"
        " epub:type='noteref'><sup>1</sup></a> Clocks stopped.</p>"
        "<aside id='n' epub:type='footnote'><p>1. Harbour Board.</p></aside></body></html>"
    )
    members = {"OEBPS/two.xhtml": body}
    document = read(tmp_path, "a.epub", replaced(make.book(), members))
    assert document.text.endswith("Ships came.[1] Clocks stopped.\n\n1. Harbour Board.")


def test_marks_of_notes_in_a_book_that_are_no_numbers(tmp_path: Path) -> None:
    body = (
        "<html xmlns:epub='http://www.idpf.org/2007/ops'><body><p>Ships came.<a href='n.xhtml'"
        " epub:type='noteref'><span>*</span></a> Clocks stopped.</p></body></html>"
    )
    document = read(tmp_path, "a.epub", replaced(make.book(), {"OEBPS/two.xhtml": body}))
    assert document.text.endswith("Ships came.[*] Clocks stopped.")


def test_mail_shows_its_headers_and_names_its_attachments(tmp_path: Path) -> None:
    document = read(tmp_path, "a.eml", make.mail())
    assert document.text == (
        "From: Ute Brandt <ute@elmstadt.example>\nTo: Marta Quill <marta@elmstadt.example>\n"
        "Date: Tue, 10 Apr 2018 08:00:00 +0200\nSubject: Die Fähre nach Norderholm\n"
        "Attachments: plan.pdf\n\nDie Fähre fährt um acht Uhr."
    )
    assert (document.title, document.date, document.lang) == (
        ("Die Fähre nach Norderholm", "2018-04-10", "de")
    )
    assert document.metadata["attachments"] == "plan.pdf"
    html = read(tmp_path, "b.eml", make.mail(html=True))
    assert html.text.endswith("## Fähre\n\nSie fährt um acht.")


def test_a_mail_names_all_who_got_it_and_shows_the_version_that_says_something(
    tmp_path: Path,
) -> None:
    people = ", ".join(f"Rower {n} <rower{n}@elmstadt.example>" for n in range(30))
    rows = "<tr><td>Crane<td>arrives in May</tr><tr><td>Ferry<td>leaves at nine, as ever</tr>"
    message = EmailMessage()
    message["From"], message["To"] = "ute@elmstadt.example", people
    message.set_content("Your program shows no pages.")
    message.add_alternative(f"<table>{rows}</table><p>{20 * 'News. '}</p>", subtype="html")
    text = read(tmp_path, "a.eml", bytes(message)).text
    assert "Rower 29 <rower29@elmstadt.example>" in text
    assert "| Crane | arrives in May |\n| Ferry | leaves at nine, as ever |" in text


def test_all_that_a_mail_shows_is_read(tmp_path: Path) -> None:
    """Its headers in no declared encoding, a page only, text after a picture, a forwarded mail."""
    document = read(tmp_path, "a.eml", make.MAIL.encode("latin-1"))
    assert document.text == (
        "From: Jürgen Groß <j@elmstadt.example>\nSubject: Fähre nach Süden\n"
        "Attachments: map.png, old.eml\n\nOnly the page says when: at nine.\n\n"
        "Viele Grüße, und nach dem Bild geht es weiter.\n\n"
        "From: marta@elmstadt.example\nSubject: Abfahrt fällt aus\n\nThe ferry is under repair."
    )


@pytest.mark.parametrize("name", ["a.docx", "a.pptx", "a.xlsx", "a.epub", "a.eml"])
@pytest.mark.parametrize("data", [b"no such file", make.zipped({"a.txt": "no office file"})])
def test_what_is_not_of_its_kind_is_said_so(tmp_path: Path, name: str, data: bytes) -> None:
    with pytest.raises(DocumentError) as raised:
        read(tmp_path, name, data)
    assert raised.value.code == "document_corrupt"


@pytest.mark.parametrize(
    ("name", "data"), [("a.docx", make.word()), ("a.pptx", make.slides())], ids=["word", "slides"]
)
def test_a_container_whose_parts_lead_nowhere_is_damaged(
    tmp_path: Path, name: str, data: bytes
) -> None:
    with ZipFile(BytesIO(data)) as container:
        relations = container.read("_rels/.rels").decode()
    spoilt = {"_rels/.rels": relations.replace("Target=", "Targe=")}
    with pytest.raises(DocumentError) as raised:
        read(tmp_path, name, replaced(data, spoilt))
    assert raised.value.code == "document_corrupt"


@pytest.mark.parametrize(
    ("member", "code"), [("OEBPS/text/one%201.xhtml", "document_encrypted"), ("OEBPS/a.otf", "")]
)
def test_rights_management_of_a_book_is_named_as_the_reason(
    tmp_path: Path, member: str, code: str
) -> None:
    rights = (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:e="http://www.w3'
        f'.org/2001/04/xmlenc#"><e:EncryptedData><e:CipherData><e:CipherReference URI="{member}"/>'
        "</e:CipherData></e:EncryptedData></encryption>"
    )
    data = replaced(make.book(), {"META-INF/encryption.xml": rights})
    if not code:
        assert "painted the tower" in read(tmp_path, "a.epub", data).text
        return
    with pytest.raises(DocumentError) as raised:
        read(tmp_path, "a.epub", data)
    assert raised.value.code == code


def test_a_password_is_named_as_the_reason(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as raised:
        read(tmp_path, "a.docx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000))
    assert raised.value.code == "document_encrypted"


@pytest.mark.parametrize("name", ["a.docx", "a.pptx", "a.xlsx", "a.epub"])
def test_a_file_that_swells_is_not_unpacked(tmp_path: Path, name: str) -> None:
    with pytest.raises(DocumentError) as raised:
        read(tmp_path, name, make.zipped({"word/document.xml": bytes(40 * 2**20)}))
    assert raised.value.code == "document_bomb"


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    entities = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
    body = f"{entities}<html><body><p>Before &a;&b; after.</p></body></html>"
    members = dict.fromkeys(["OEBPS/two.xhtml", "OEBPS/text/one 1.xhtml"], body)
    document = read(tmp_path, "a.epub", replaced(make.book(), members))
    assert "aaaa" not in document.text
    assert "root:" not in document.text


def replaced(data: bytes, members: dict[str, str]) -> bytes:
    with ZipFile(BytesIO(data)) as old:
        kept: dict[str, bytes | str] = {name: old.read(name) for name in old.namelist()}
    return make.zipped(kept | members)
