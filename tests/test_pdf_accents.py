"""PDF: accents that are drawn over letters are part of them."""
# ruff: noqa: RUF001

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from qa.datamodel import Floats
from qa.documents import read_document
from qa.documents.accents import composed
from qa.documents.pages import span_boxes
from tests.pdf_files import HEIGHT, LINE, lines, pdf


def drawn(folder: Path, text: str, *, font: str = "Helvetica") -> str:
    """Read a line in which each accent after a "|" is drawn over the letter that follows."""
    from reportlab.pdfgen.canvas import Canvas

    def draw(canvas: Canvas) -> None:
        canvas.setFont(font, 11)
        left = 70.0
        for at, piece in enumerate(text.split("|")):
            if at:
                accent, letter = piece[0], piece[1]
                wider = canvas.stringWidth(letter, font, 11) - canvas.stringWidth(accent, font, 11)
                raised = 2 if letter.isupper() else 0
                canvas.drawString(left + wider / 2, HEIGHT - 120 + raised, accent)
            canvas.drawString(left, HEIGHT - 120, piece[bool(at) :])
            left += canvas.stringWidth(piece[bool(at) :], font, 11)

    (folder / "a.pdf").write_bytes(pdf(draw))
    return read_document(folder / "a.pdf", "a.pdf").text


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Die M|¨angel der gr|¨oßeren Br|¨ucke", "Die Mängel der größeren Brücke"),
        ("L'|´et|´e dernier, le gar|¸con, l'h|ˆotel", "L'été dernier, le garçon, l'hôtel"),
        ("|¨Uber die Kosten von |´Evian", "Über die Kosten von Évian"),
        ("El ni|˜no |`a", "El niño à"),
    ],
)
def test_accents_are_part_of_the_letters_below_them(tmp_path: Path, text: str, read: str) -> None:
    assert drawn(tmp_path, text) == read


def test_words_with_accents_are_marked_where_they_stand(tmp_path: Path) -> None:
    drawn(tmp_path, "Die M|¨angel")
    document = read_document(tmp_path / "a.pdf", "a.pdf")
    (box,) = span_boxes(tmp_path / "a.pdf", document, 1, (4, 10))
    assert 0.14 < box.left < box.left + box.width < 0.22
    assert box.top < (120 / HEIGHT) < box.top + box.height + LINE / HEIGHT


def test_accents_that_stand_for_themselves_stay(tmp_path: Path) -> None:
    text = "echo `date` > a^e, ~/x, 5 ´ 3 ¨ a¸ b"
    for font in ("Helvetica", "Courier"):
        assert drawn(tmp_path, text, font=font) == text


def test_an_accent_may_stand_far_from_its_letter_in_the_file() -> None:
    def boxes(places: Sequence[int]) -> Floats:
        lefts = np.array([0, 6, 12, 18, 0, 30])[list(places)]
        return np.stack([lefts, lefts * 0, lefts + 6, lefts * 0 + 10], axis=1).astype(float)

    assert composed("Uhr ¨ ", boxes) == "Ühr   "
    assert composed("ıhr ¨ ", boxes) == "ïhr   "
    assert composed("qhr ¨ ", boxes) == "qhr ¨ "


def test_many_accents_are_read_in_time(tmp_path: Path) -> None:
    document = lines(*["¨´`ˆ˜" * 20] * 40)
    (tmp_path / "a.pdf").write_bytes(pdf(document))
    assert "¨´" in read_document(tmp_path / "a.pdf", "a.pdf").text
