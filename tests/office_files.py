"""Office files, books, mail and archives for tests, written by the usual libraries."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import datetime, timedelta
from email.message import EmailMessage
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import openpyxl
import pptx
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from pptx.util import Inches

MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
A14 = 'xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def zipped(members: Mapping[str, bytes | str]) -> bytes:
    """An archive of files."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def word() -> bytes:
    """A Word file with headings, a list, a table, a revision and metadata."""
    document = docx.Document()
    document.core_properties.title = "Harbour report"
    document.core_properties.author = "Ute Brandt"
    document.core_properties.created = datetime(2023, 4, 5)
    document.add_heading("Traffic", 1)
    document.add_paragraph("The harbour handled 1,250 ships.")
    document.add_heading("Cargo", 2)
    for kind in ("timber", "grain"):
        document.add_paragraph(kind, style="List Bullet")
    table = document.add_table(rows=3, cols=2)
    cells = ("Crane", "Tonnes", "North", "40", "Old", "3")
    for cell, text in zip(table._cells, cells, strict=True):
        cell.text = text
    table.rows[2]._tr.insert(0, parse_xml(f"<w:trPr {W}><w:del/></w:trPr>"))
    revised = document.add_paragraph("The crane is ")._p
    revised.append(parse_xml(f"<w:del {W}><w:r><w:delText>red</w:delText></w:r></w:del>"))
    revised.append(parse_xml(f"<w:ins {W}><w:r><w:t>green.</w:t></w:r></w:ins>"))
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def _paragraph(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


def _row(*cells: str) -> str:
    return f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr>"


def _reference(kind: str, note: int) -> str:
    return f'<w:r><w:{kind}Reference w:id="{note}"/></w:r>'


def _shape(text: str) -> str:
    """A text box, written twice as Word does."""
    box = f"<w:txbxContent>{_paragraph(_run(text))}</w:txbxContent>"
    both = f"<mc:Choice Requires='wps'>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    return f"<w:r><mc:AlternateContent>{both}</mc:AlternateContent></w:r>"


def _notes(kind: str, texts: Mapping[int, str]) -> Part:
    """The part of a Word file that holds its notes; Word's own first ones draw a line."""
    notes = "".join(
        f'<w:{kind} w:id="{at}">{_paragraph("<w:r><w:footnoteRef/></w:r>", _run(text))}</w:{kind}>'
        for at, text in texts.items()
    )
    line = f'<w:{kind} w:id="0"><w:p><w:r><w:separator/></w:r></w:p></w:{kind}>'
    data = f"<w:{kind}s {W}>{line}{notes}</w:{kind}s>"
    content = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}s+xml"
    return Part(PackURI(f"/word/{kind}s.xml"), content, data.encode())


def annotated_word() -> bytes:
    """A Word file with notes, text boxes, tables in tables, a moved sentence and hidden words."""
    document = docx.Document()
    for kind, texts in {
        "footnote": {3: " Harbour Board, p. 4.", 5: "Not referred to."},
        "endnote": {3: "Museum of clocks."},
    }.items():
        document.part.relate_to(_notes(kind, texts), f"{RELATIONS}/{kind}s")
    inner = f"<w:tbl>{_row(_paragraph(_run('inner')), _paragraph(_run('table')))}</w:tbl>"
    moved = _run("It leaves at nine.")
    ruby = f"<w:ruby><w:rt>{_run('みなと')}</w:rt><w:rubyBase>{_run('港')}</w:rubyBase></w:ruby>"
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r>"
    body = [
        _paragraph(_run("Ships came."), _reference("footnote", 3), _shape("Beside the ships.")),
        _paragraph(_run("Clocks stopped."), _reference("endnote", 3), hidden),
        f"<w:tbl>{_row(_paragraph(_run('outer'), _shape('boxed')), inner + _paragraph())}</w:tbl>",
        _paragraph(f"<w:moveFrom>{moved}</w:moveFrom>", _run("The ferry.")),
        _paragraph(f"<w:moveTo>{moved}</w:moveTo>", f"<w:r>{ruby}</w:r>"),
        _paragraph(f"<m:oMath {M}><m:r><m:t>E=mc</m:t></m:r></m:oMath>"),
    ]
    for block in reversed(body):
        document.element.body.insert(0, parse_xml(f"<w:sdt {W} {MC}>{block}</w:sdt>"))
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def raised_word() -> bytes:
    """A Word file with exponents in its text and in a formula."""
    document = docx.Document()
    paragraph = document.add_paragraph("The tank holds ")
    for before, exponent in (("10", "6"), (" litres, or 10", "-3")):
        paragraph.add_run(before)
        paragraph._p.append(parse_xml(f'<w:proofErr {W} w:type="spellStart"/>'))
        paragraph.add_run(exponent).font.superscript = True
    paragraph.add_run(" lakes, or ")
    base, exponent = (f"<m:r><m:t>{number}</m:t></m:r>" for number in (2, 10))
    power = f"<m:sSup><m:e>{base}</m:e><m:sup>{exponent}</m:sup></m:sSup>"
    paragraph._p.append(parse_xml(f"<m:oMath {M}>{power}</m:oMath>"))
    paragraph.add_run(", says the 1")
    paragraph.add_run("st").font.superscript = True
    paragraph.add_run(".")
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def slides(*, cranes: str = "Cranes", title: str = "Harbour slides") -> bytes:
    """Three slides: a list, a group and notes, an empty one, and a table."""
    presentation = pptx.Presentation()
    presentation.core_properties.title = title
    first = presentation.slides.add_slide(presentation.slide_layouts[1])
    first.shapes.title.text = cranes
    first.placeholders[1].text = "Three cranes\nForty tonnes each"
    first.notes_slide.notes_text_frame.text = "Mention the storm of 1931."
    presentation.slides.add_slide(presentation.slide_layouts[6])
    for shape in presentation.slide_layouts[1].shapes:  # date, footer and number
        if shape.is_placeholder and shape.placeholder_format.idx >= 10:
            first.shapes._spTree.append(deepcopy(shape._element))
    newer = first.shapes.add_textbox(0, 0, 100, 100)
    newer.text_frame.text = "Steel of 1901"
    written_twice = parse_xml(
        f"<mc:AlternateContent {MC}><mc:Choice Requires='a14'/></mc:AlternateContent>"
    )
    newer._element.getparent().replace(newer._element, written_twice)
    written_twice[0].append(newer._element)
    group = first.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, 100, 100).text_frame.text = "Built in 1899"
    third = presentation.slides.add_slide(presentation.slide_layouts[5])
    third.shapes.title.text = "Ferries"
    size = (Inches(1), Inches(2), Inches(4), Inches(1))
    table = third.shapes.add_table(2, 2, *size).table
    for at, text in enumerate(("Line", "Minutes", "Norderholm", "25")):
        table.cell(at // 2, at % 2).text = text
    file = BytesIO()
    presentation.save(file)
    return file.getvalue()


def raised_slides() -> bytes:
    """A slide with exponents in its title, text, table and notes, and a formula."""
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    table = slide.shapes.add_table(1, 2, 0, 0, Inches(4), Inches(1)).table
    table.cell(0, 0).text = "Tank"
    body = slide.placeholders[1].text_frame
    notes = slide.notes_slide.notes_text_frame
    assert notes is not None
    for frame in (slide.shapes.title.text_frame, body, table.cell(0, 1).text_frame, notes):
        for text, baseline in (("3 × 10", 0), ("6", 30000), (" of CO", 0), ("2", -25000)):
            run = frame.paragraphs[0].add_run()
            run.text = text
            if baseline:
                run._r.get_or_add_rPr().set("baseline", str(baseline))
    ten, six, half = (f"<m:r><m:t>{text}</m:t></m:r>" for text in ("y=10", "-6", "x"))
    power = f"<m:sSup><m:e>{ten}</m:e><m:sup>{six}</m:sup></m:sSup>"
    fraction = f"<m:f><m:num>{half}</m:num><m:den>{half}</m:den></m:f>"
    math = f"<a14:m {A14} {M}><m:oMath>{power}{fraction}</m:oMath></a14:m>"
    twice = "<mc:AlternateContent {}><mc:Choice Requires='a14'>{}</mc:Choice></mc:AlternateContent>"
    paragraph = body.add_paragraph()
    paragraph.text = "So "
    paragraph._p.append(parse_xml(twice.format(MC, math)))
    file = BytesIO()
    presentation.save(file)
    return file.getvalue()


ROWS: Sequence[list[Any]] = [
    ["Region", "Sales", "Since"],
    ["North", 40, datetime(2021, 3, 1)],
    [None, None, None],
    ["South", 12.3 - 0.2, None],  # 12.100000000000001
]


def sheets() -> bytes:
    """Two sheets, the second without names of columns."""
    book = openpyxl.Workbook()
    book.properties.title = "Harbour figures"
    first = book.active
    assert first is not None
    first.title = "Sales"
    for row in ROWS:
        first.append(row)
    second = book.create_sheet("Notes")
    second["B3"] = 1874
    second["C3"] = "=1+1"
    second["D3"] = 0.075
    second["D3"].number_format = "0.0%"
    second["E3"] = 5.2
    second["E3"].number_format = '0.0"%"'
    second["F3"] = True
    second["G3"] = timedelta(hours=30, minutes=5)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def book() -> bytes:
    """A book of two chapters, listed in another order than they are read."""
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
    )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>The keeper</dc:title>'
        "<dc:creator>Marta Quill</dc:creator><dc:language>en</dc:language>"
        "<dc:date>1931-02-03</dc:date></metadata><manifest>"
        '<item id="b" href="two.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="a" href="text/one%201.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="c" href="cover.jpg" media-type="image/jpeg"/></manifest>'
        '<spine><itemref idref="c"/><itemref idref="a"/><itemref idref="b"/></spine></package>'
    )
    page = '<html xmlns="http://www.w3.org/1999/xhtml"><body><h1>{}</h1><p>{}</p></body></html>'
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": container,
            "OEBPS/book.opf": package,
            "OEBPS/two.xhtml": page.format("Spring", "Then the ships came back."),
            "OEBPS/text/one 1.xhtml": page.format("Winter", "She painted the tower red."),
        }
    )


MAIL = """From: Jürgen Groß <j@elmstadt.example>
Subject: Fähre nach Süden
Content-Type: multipart/mixed; boundary=B

--B
Content-Type: multipart/alternative; boundary=C

--C
Content-Type: text/plain


--C
Content-Type: text/html

<p>Only the page says when: at nine.</p>
--C--
--B
Content-Type: image/png
Content-Disposition: inline; filename=map.png

--B
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: 8bit

Viele Grüße, und nach dem Bild geht es weiter.
--B
Content-Type: message/rfc822
Content-Disposition: attachment; filename=old.eml

From: marta@elmstadt.example
Subject: =?utf-8?Q?Abfahrt_f=C3=A4llt_aus?=

The ferry is under repair.
--B--
"""


def mail(*, html: bool = False) -> bytes:
    """A message with an attachment."""
    message = EmailMessage()
    message["From"] = "Ute Brandt <ute@elmstadt.example>"
    message["To"] = "Marta Quill <marta@elmstadt.example>"
    message["Subject"] = "Die Fähre nach Norderholm"
    message["Date"] = "Tue, 10 Apr 2018 08:00:00 +0200"
    if html:
        message.set_content("<h2>Fähre</h2><p>Sie fährt um <b>acht</b>.</p>", subtype="html")
    else:
        message.set_content("Die Fähre fährt um acht Uhr.\n")
        message.add_alternative("<p>not shown</p>", subtype="html")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="plan.pdf")
    return bytes(message)


CSV = "name;tonnes\nNorth;40\nSouth;12\n"
