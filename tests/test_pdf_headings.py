"""PDF: the lines that an outline names are headings, and no others."""

from pathlib import Path
from typing import Any

import pytest

from qa.documents import read_document
from tests.pdf_files import HEIGHT, Draw, both, lines, pdf

PROSE = [
    "The costs of the count are told in a table at the end of this report, for which see the",
    "Annex",
]


def outlined(title: str, level: int = 0, top: float | None = None) -> Draw:
    def draw(canvas: Any) -> None:
        name = f"{title}{level}{top}"
        if top is None:
            canvas.bookmarkPage(name)
        else:
            canvas.bookmarkPage(name, fit="XYZ", left=0, top=HEIGHT - top, zoom=0)
        canvas.addOutlineEntry(title, name, level=level)

    return draw


def read(folder: Path, *draws: Draw) -> str:
    (folder / "a.pdf").write_bytes(pdf(both(*draws)))
    return read_document(folder / "a.pdf", "a.pdf").text


@pytest.mark.parametrize(
    "number", ["1.2.3 ", "Chapter 4. ", "IV. ", "1 ", "2) ", "Kapitel 12: ", "I ", ""]
)
def test_the_outline_names_headings_without_their_numbers(tmp_path: Path, number: str) -> None:
    drawn = lines(f"{number}Cranes", top=80), lines("They come back every year in March.")
    assert read(tmp_path, outlined("Cranes"), *drawn).startswith(f"# {number}Cranes\n\n")


@pytest.mark.parametrize("start", ["", "Reference ", "1.1."])
def test_long_numbers_are_read_in_time(tmp_path: Path, start: str) -> None:
    line = f"{start}{'7' * 80}X"
    assert line in read(tmp_path, outlined("Cranes"), lines(line))


@pytest.mark.parametrize("top", [None, 200])
def test_the_end_of_a_sentence_is_no_heading(tmp_path: Path, top: float | None) -> None:
    prose = lines(*PROSE, "", "It is long.")
    heading = lines("Annex", top=200, font="Helvetica-Bold"), lines("A boat: 340 euros.", top=230)
    ends = "for which see the Annex\n\nIt is long."
    assert ends in read(tmp_path, outlined("Annex"), prose)
    text = read(tmp_path, outlined("Annex", top=top), prose, *heading)
    assert ends in text
    assert text.endswith("\n\n# Annex\n\nA boat: 340 euros.")


def test_headings_of_the_same_words_have_their_own_levels(tmp_path: Path) -> None:
    entries = outlined("Costs", top=290), outlined("Costs", 1, top=90)
    drawn = [
        one
        for top in (100, 300)
        for one in (
            lines("Costs", top=top, font="Helvetica-Bold"),
            lines("They were high.", top=top + 30),
        )
    ]
    assert read(tmp_path, *entries, *drawn) == (
        "## Costs\n\nThey were high.\n\n# Costs\n\nThey were high."
    )
