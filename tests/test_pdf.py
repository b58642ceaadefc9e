"""PDF: reading order, whole words, pages, and every character traced back to its place."""

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pytest
from numpy.typing import NDArray
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont

from qa.datamodel import Document, Span
from qa.documents import read_document
from qa.documents.pages import Box, page_png, span_boxes
from qa.errors import DocumentError, InputError
from tests.pdf_files import HEIGHT, LINE, both, field, lines, pdf, scan
from tests.syncing import opened, run

HEBREW = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
PROSE = [
    "The harbour of Elmstadt was opened in the year 1874 and has three",
    "large cranes of steel, which can lift as much as forty tonnes each.",
    "Most of the ships that call there carry timber and grain from the",
    "north, and some of them carry clocks for the museum of the town.",
]
LEFT = [
    "Ships from the north carry",
    "timber to the saw mills, and",
    "grain to the great mill of",
    "the town, which stands by",
    "the river since 1799.",
]
RIGHT = [
    "The museum holds more than",
    "three hundred silver clocks",
    "that were made in the south",
    "before the railway came to",
    "the valley of the Elm.",
]


def read(folder: Path, data: bytes, name: str = "a.pdf") -> Document:
    (folder / name).write_bytes(data)
    return read_document(folder / name, name)


def place_of(document: Document, words: str) -> Span:
    start = document.text.index(words)
    return start, start + len(words)


def shown_in(path: Path, page: int, box: Box) -> str:
    """Return what PDFium finds in a box, which knows nothing of our text."""
    with pdfium.PdfDocument(path) as opened:
        sheet = opened[page - 1]
        width, height = sheet.get_size()
        left, top = box.left * width, height - box.top * height
        right, bottom = left + box.width * width, top - box.height * height
        found: str = sheet.get_textpage().get_text_bounded(left, bottom, right, top)
    return " ".join(found.split())


def test_lines_become_paragraphs_and_pages_are_kept(tmp_path: Path) -> None:
    first = both(lines(*PROSE), lines("A second paragraph begins here.", top=220))
    document = read(
        tmp_path, pdf(first, lines("On the second page."), title="Elmstadt", author="O")
    )
    assert document.text == (
        f"{' '.join(PROSE)}\n\nA second paragraph begins here.\n\nOn the second page."
    )
    assert document.page_starts == (0, document.text.index("On the second"))
    assert (document.title, document.metadata) == ("Elmstadt", {"author": "O"})
    assert document.date == "2000-01-01"
    assert document.pages_without_text == ()


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        *((b"20211231", "2021-12-31"), (b"20211345", "2021"), (b"20210230", "2021-02")),
        *((b"19100061", "1910"), (b"00000000", None), (b"2021    ", "2021")),
    ],
)
def test_dates_that_no_calendar_has_are_not_believed(
    tmp_path: Path, said: bytes, taken: str | None
) -> None:
    data = pdf(lines(*PROSE)).replace(b"D:20000101", b"D:" + said)
    assert read(tmp_path, data).date == taken


def test_a_sentence_goes_on_over_the_page(tmp_path: Path) -> None:
    document = read(tmp_path, pdf(lines(*PROSE[:3], top=700), lines(PROSE[3])))
    assert document.text == " ".join(PROSE)
    assert document.page_at(place_of(document, "north")[0]) == 2


@pytest.mark.parametrize("interleaved", [False, True])
def test_columns_are_read_one_after_the_other(tmp_path: Path, interleaved: bool) -> None:
    title = lines("A title that stands above both columns of the page, all across it", top=80)
    columns = [lines(*LEFT, left=70), lines(*RIGHT, left=310)]
    if interleaved:
        columns = [
            lines(text, left=left, top=120 + LINE * row)
            for row in range(5)
            for text, left in ((LEFT[row], 70), (RIGHT[row], 310))
        ]
    document = read(tmp_path, pdf(both(title, *columns)))
    assert document.text.endswith(f"{' '.join(LEFT)}\n\n{' '.join(RIGHT)}")


def test_cells_of_a_table_stay_in_their_rows(tmp_path: Path) -> None:
    rows = [("timber", "40"), ("grain", "112"), ("clocks", "3"), ("coal", "9"), ("salt", "17")]
    cells = [
        lines(text, left=left, top=120 + LINE * row)
        for row, pair in enumerate(rows)
        for text, left in zip(pair, (70, 400), strict=True)
    ]
    assert read(tmp_path, pdf(both(*cells))).text == "\n".join(map(" ".join, rows))


def test_words_cut_at_the_end_of_a_line_are_whole(tmp_path: Path) -> None:
    text = [
        "In this harbour a well-known crane stands, and the harbour adminis-",
        "tration paints it once a year. The crane is well-",
        "known far beyond the valley, as is the Elm-",
        "Norderholm ferry, which in the years 1990-",
        "1995 did not go at all for want of passengers in the winter.",
    ]
    found = read(tmp_path, pdf(lines(*text))).text
    for words in ("harbour administration", "is well-known far", "Elm-Norderholm", "1990-1995"):
        assert words in found


def test_a_line_that_begins_with_a_number_is_not_always_an_item(tmp_path: Path) -> None:
    page = both(
        lines(
            "The ferry to Norderholm, which many people had long been waiting for, began on",
            "1. January, in a storm. Whoever wants to cross should bring three things:",
            "1. a warm coat",
            "2. a ticket",
        ),
    )
    assert read(tmp_path, pdf(page)).text == (
        "The ferry to Norderholm, which many people had long been waiting for, began on "
        "1. January, in a storm. Whoever wants to cross should bring three things:\n"
        "1. a warm coat\n2. a ticket"
    )


@pytest.mark.parametrize("size", [7, 9.8])
def test_small_digits_above_the_line_are_no_part_of_the_number_before(
    tmp_path: Path, size: float
) -> None:
    def draw(canvas: Any) -> None:
        text = canvas.beginText(70, HEIGHT - 120)
        for part in (
            "A tank of 10",
            "^6",
            " litres, in 2019",
            "^3",
            " and H",
            "_2",
            "O, says it",
            "^12",
        ):
            rise = {"^": 4, "_": -2}.get(part[0], 0)
            text.setFont("Helvetica", size if rise else 11)
            text.setRise(rise)
            text.textOut(part.lstrip("^_"))
        canvas.drawText(text)

    found = read(tmp_path, pdf(draw))
    assert found.text == "A tank of 10⁶ litres, in 2019³ and H2O, says it¹²"


@pytest.mark.skipif(not HEBREW.is_file(), reason="no font with Hebrew letters is installed")
def test_lines_read_from_right_to_left_stay_whole(tmp_path: Path) -> None:
    lines_of = ["הנמל נפתח בשנת אלף תשע מאות ואחת", "והגשר נבנה שלושים שנה אחר כך בעיר."]
    registerFont(TTFont("Hebrew", HEBREW))

    def draw(canvas: Any) -> None:
        canvas.setFont("Hebrew", 11)
        for number, line in enumerate(lines_of):
            canvas.drawRightString(500, HEIGHT - 120 - number * LINE, line[::-1])

    assert read(tmp_path, pdf(draw)).text == " ".join(lines_of)


def test_japanese_lines_are_joined_without_spaces_and_items_kept_apart(tmp_path: Path) -> None:
    text = [
        "エルムの港は長いあいだ使われていましたが、新しい桟橋の工事は、2025年",
        "10月に始まりました。持ち物は次のとおりです。",
        "・切符と暖かい上着",
        "・②の地図",
        "(1)身分証",
    ]
    page = lines(*text, font="HeiseiMin-W3")
    assert read(tmp_path, pdf(page)).text == (
        f"{text[0]}{text[1]}\n{text[2]}\n{text[3]}\n{text[4]}"
    )


def test_headings_by_size_and_what_only_looks_like_markdown(tmp_path: Path) -> None:
    page = both(
        lines("Traffic", size=18, top=90),
        lines(*PROSE),
        lines("Cranes", size=14, top=220),
        lines("# apt-get update", top=250),
    )
    assert read(tmp_path, pdf(page)).text == (
        f"# Traffic\n\n{' '.join(PROSE)}\n\n## Cranes\n\n    # apt-get update"
    )


def test_headings_of_the_outline(tmp_path: Path) -> None:
    def outlined(canvas: object) -> None:
        canvas.bookmarkPage("a")  # type: ignore[attr-defined]
        canvas.addOutlineEntry("Traffic", "a", level=0)  # type: ignore[attr-defined]

    page = both(outlined, lines("1. Traffic", top=80), lines(*PROSE))
    assert read(tmp_path, pdf(page)).text.startswith("# 1. Traffic\n\nThe harbour")


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("cropped", [False, True])
def test_boxes_cover_the_words_however_the_page_is_turned(
    tmp_path: Path, turn: int, cropped: bool
) -> None:
    with pdfium.PdfDocument(pdf(lines(*PROSE))) as made:
        if turn:
            made[0].set_rotation(turn)
        if cropped:
            made[0].set_cropbox(40, 300, 560, 800)
        made.save(tmp_path / "made.pdf")
    document = read(tmp_path, (tmp_path / "made.pdf").read_bytes())
    assert document.text == " ".join(PROSE)
    span = place_of(document, "forty tonnes each. Most of the ships")
    boxes = span_boxes(tmp_path / "a.pdf", document, 1, span)
    assert len(boxes) == 2
    assert all(0 <= box.left < box.left + box.width <= 1 for box in boxes)
    assert all(0 <= box.top < box.top + box.height <= 1 for box in boxes)
    # On the picture the boxes hold ink, and what is left of the page unmarked holds no marker.
    marked, plain = (picture(tmp_path / "a.pdf", document, one) for one in (span, None))
    assert (marked != plain).any()
    for box in boxes:
        assert dark(plain, box) > 0.03
    if not turn and not cropped:
        found = [shown_in(tmp_path / "a.pdf", 1, box) for box in boxes]
        assert found == ["forty tonnes each.", "Most of the ships"]


def picture(path: Path, document: Document, span: Span | None) -> NDArray[Any]:
    with Image.open(BytesIO(page_png(path, document, 1, span, width=800))) as image:
        assert image.width == 800
        return np.asarray(image)


def dark(image: NDArray[Any], box: Box) -> float:
    height, width = image.shape[:2]
    rows = slice(round(box.top * height), round((box.top + box.height) * height))
    columns = slice(round(box.left * width), round((box.left + box.width) * width))
    return float((image[rows, columns] < 128).mean())


@pytest.mark.parametrize("turn", [0, 90])
def test_what_is_filled_into_a_form_is_read_and_marked(tmp_path: Path, turn: int) -> None:
    drawn = both(lines("Name of the captain:"), field("Marta Quill", 200, 715))
    with pdfium.PdfDocument(pdf(drawn)) as made:
        made[0].set_rotation(turn)
        made.save(tmp_path / "made.pdf")
    document = read(tmp_path, (tmp_path / "made.pdf").read_bytes())
    assert document.text == "Name of the captain: Marta Quill"
    span = place_of(document, "Marta Quill")
    (box,) = span_boxes(tmp_path / "a.pdf", document, 1, span)
    # The field is at 200, 715, of 200 by 20 points, on a sheet of 595 by 842.
    place = (0.335, 0.126, 0.673, 0.151) if not turn else (0.849, 0.335, 0.874, 0.673)
    assert place[0] < box.left < box.left + box.width < place[2]
    assert place[1] < box.top < box.top + box.height < place[3]
    assert dark(picture(tmp_path / "a.pdf", document, None), box) > 0.03


def test_a_file_that_opens_without_a_password_is_read(tmp_path: Path) -> None:
    locked = StandardEncryption("", ownerPassword="secret", canPrint=0, canCopy=0)
    assert read(tmp_path, pdf(lines(*PROSE), encrypt=locked)).text == " ".join(PROSE)


def test_a_span_over_two_pages_has_boxes_on_both(tmp_path: Path) -> None:
    document = read(tmp_path, pdf(lines(*PROSE[:3], top=700), lines(PROSE[3])))
    span = place_of(document, "grain from the north")
    first, second = (span_boxes(tmp_path / "a.pdf", document, page, span) for page in (1, 2))
    assert shown_in(tmp_path / "a.pdf", 1, first[0]) == "grain from the"
    assert shown_in(tmp_path / "a.pdf", 2, second[0]) == "north"
    assert span_boxes(tmp_path / "a.pdf", document, 2, (span[0], span[0])) == []


def test_a_font_that_claims_much_room_marks_no_other_lines(tmp_path: Path) -> None:
    registerFont(TTFont("Vera", "Vera.ttf"))
    data = pdf(lines(*PROSE, font="Vera"))
    for name, value in ((b"759.7656", b"1500    "), (b"-240.2344", b"-900     ")):
        assert name in data
        data = data.replace(name, value)
    document = read(tmp_path, data.replace(b"-235.8398", b"-900.0000").replace(b"928.2", b"1500."))
    (box,) = span_boxes(tmp_path / "a.pdf", document, 1, place_of(document, PROSE[1]))
    assert shown_in(tmp_path / "a.pdf", 1, box) == PROSE[1]


def test_the_same_words_twice_are_marked_where_they_were_cited(tmp_path: Path) -> None:
    document = read(tmp_path, pdf(lines("The same words.", "", "The same words.")))
    second = (document.text.rindex("The same"), len(document.text))
    boxes = span_boxes(tmp_path / "a.pdf", document, 1, second)
    upper = span_boxes(tmp_path / "a.pdf", document, 1, place_of(document, "The same words."))
    assert len(boxes) == len(upper) == 1
    assert boxes[0].top - upper[0].top == pytest.approx(2 * LINE / HEIGHT, abs=1e-3)


def test_a_page_is_not_drawn_from_another_file_than_the_one_read(tmp_path: Path) -> None:
    document = read(tmp_path, pdf(lines(*PROSE)))
    with pytest.raises(InputError) as missing:
        page_png(tmp_path / "a.pdf", document, 2)
    assert missing.value.code == "page_unknown"
    with pytest.raises(InputError) as outside:
        span_boxes(tmp_path / "a.pdf", document, 1, (0, 10_000))
    assert outside.value.code == "span_invalid"
    (tmp_path / "a.pdf").write_bytes(pdf(lines(*PROSE[:2])))
    for wanted in (None, (0, 5)):
        with pytest.raises(DocumentError) as changed:
            page_png(tmp_path / "a.pdf", document, 1, wanted)
        assert changed.value.code == "document_changed"
    (tmp_path / "a.pdf").unlink()
    with pytest.raises(DocumentError) as gone:
        page_png(tmp_path / "a.pdf", document, 1)
    assert gone.value.code == "document_unreadable"


def test_a_text_that_is_read_differently_has_no_boxes(tmp_path: Path) -> None:
    document = replace(read(tmp_path, pdf(lines(*PROSE))), text="Read by an older version.")
    with pytest.raises(DocumentError) as raised:
        span_boxes(tmp_path / "a.pdf", document, 1, (0, 4))
    assert raised.value.code == "document_changed"
    assert "--rebuild" in raised.value.hint


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (pdf(lines(*PROSE), encrypt="secret"), "document_encrypted"),
        (pdf(lines(*PROSE))[:300], "document_corrupt"),
        (b"%PDF-1.7 and nothing else", "document_corrupt"),
        (b"not a PDF at all", "document_corrupt"),
        (pdf(scan, scan), "document_no_text"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, data: bytes, code: str) -> None:
    with pytest.raises(DocumentError) as raised:
        read(tmp_path, data)
    assert raised.value.code == code
    assert raised.value.message.startswith("a.pdf ")
    assert raised.value.hint


def test_an_absurd_number_of_pages_is_refused(tmp_path: Path) -> None:
    """Ten thousand and one references to the same page."""
    data = pdf(lines(*PROSE))
    kids = re.search(rb"/Count 1 /Kids \[ (\d+ 0 R) \]", data)
    assert kids
    many = b"/Count 10001 /Kids [ " + b" ".join([kids.group(1)] * 10_001) + b" ]"
    with pytest.raises(DocumentError) as raised:
        read(tmp_path, data.replace(kids.group(), many))
    assert raised.value.code == "document_too_many_pages"


def test_pages_without_text_are_kept_and_reported(tmp_path: Path) -> None:
    def blank(canvas: object) -> None:
        pass

    folder, index = tmp_path / "folder", tmp_path / "index"
    folder.mkdir()
    document = read(folder, pdf(scan, lines(*PROSE), blank, scan, lines("The last page.")))
    assert document.pages_without_text == (1, 4)
    assert document.page_at(0) == 2
    assert document.page_at(place_of(document, "The last page.")[0]) == 5
    (folder / "scan.pdf").write_bytes(pdf(scan))
    report = run(index, folder)
    assert [failed.file for failed in report.failed] == ["a.pdf", "scan.pdf"]
    assert "1, 4" in report.failed[0].reason
    assert run(index, folder).failed == report.failed
    with opened(index) as reader:
        assert reader.status().failed == report.failed
        assert reader.document(document.doc_id).pages_without_text == (1, 4)
