"""The edges of a PDF's pages: what repeats goes, what a page is about stays."""

from pathlib import Path

import pytest

from tests.pdf_files import Draw, both, lines, pdf
from tests.test_pdf import PROSE, place_of, read


@pytest.mark.parametrize("count", [2, 5])
def test_headers_and_footers_that_repeat_are_left_out(tmp_path: Path, count: int) -> None:
    def page(number: int) -> Draw:
        return both(
            lines("Annual report of the harbour", top=40),
            lines(f"- {number} -", top=810, left=290),
            lines(f"What is told on page {number} alone.", *PROSE),
        )

    document = read(tmp_path, pdf(*map(page, range(1, count + 1))))
    assert "Annual report" not in document.text
    assert "- 2 -" not in document.text
    for number in range(1, count + 1):
        assert document.page_at(place_of(document, f"told on page {number} alone")[0]) == number


def headed(tmp_path: Path, head: str, size: float = 11) -> str:
    """The text of three pages whose first lines are made of their numbers."""
    pages = [
        both(
            lines(head.format(number), top=40, size=size), lines(f"Told on page {number}.", *PROSE)
        )
        for number in (1, 2, 3)
    ]
    return read(tmp_path, pdf(*pages)).text


@pytest.mark.parametrize("head", ["Invoice No. 471{}", "Lesson {}", "{}. Lesson", "Article {}00"])
def test_lines_that_differ_in_more_than_the_number_of_their_page_stay(
    tmp_path: Path, head: str
) -> None:
    text = headed(tmp_path, head)
    assert [head.format(number) in text for number in (1, 2, 3)] == [True] * 3


@pytest.mark.parametrize(
    "head",
    [
        "{} of 12",
        "Harbour, page {} of 12",
        "10{}",
        "[{}]",
        "2-1{}",
        "Harbour report | {}",
        "{} Harbour",
    ],
)
def test_running_heads_with_the_number_of_their_page_are_left_out(
    tmp_path: Path, head: str
) -> None:
    text = headed(tmp_path, head)
    assert [head.format(number) in text for number in (1, 2, 3)] == [False] * 3


def test_roman_numbers_of_pages_are_left_out(tmp_path: Path) -> None:
    pages = [both(lines(number, top=810), lines(*PROSE)) for number in ("iv", "v", "vi", "vii")]
    assert read(tmp_path, pdf(*pages)).text.count("v") == 4 * " ".join(PROSE).count("v")


@pytest.mark.parametrize(("head", "kept"), [("Page {}", 3), ("Timetable of the harbour", 1)])
def test_a_repeated_line_set_as_a_heading_stays_at_its_first_place(
    tmp_path: Path, head: str, kept: int
) -> None:
    assert headed(tmp_path, head, size=18).count(f"# {head[:5]}") == kept


def test_a_case_number_above_each_page_is_read_once(tmp_path: Path) -> None:
    text = headed(tmp_path, "Case number 12 U 34/20")
    assert text.startswith("Case number 12 U 34/20\n\n")
    assert text.count("Case number") == 1


def test_what_stands_once_where_headers_stand_later_is_read(tmp_path: Path) -> None:
    letter = both(lines("Berlin, 3 May 2024, reference 4711", top=40), lines(*PROSE))
    later = both(lines("Annual report of the harbour", top=40), lines(*PROSE))
    text = read(tmp_path, pdf(letter, later, later, later)).text
    assert "reference 4711" in text
    assert "Annual report" not in text
