"""PDF: what a file holds after the text of its page is read where it stands."""

from pathlib import Path

from qa.documents import read_document
from tests.pdf_files import Draw, both, lines, pdf

RULES = ["Count from the boat in the early morning.", "Never count twice on the same day."]
COSTS = ["The boat costs 340 euros for each day on", "which it is used, and nothing else."]


def read(folder: Path, *draws: Draw) -> str:
    (folder / "a.pdf").write_bytes(pdf(both(*draws)))
    return read_document(folder / "a.pdf", "a.pdf").text


def test_numbers_of_a_list_and_code_are_read_where_they_stand(tmp_path: Path) -> None:
    text = [lines(*RULES, left=90), lines(*COSTS, top=220)]
    late = [lines("1.", "2.", left=74), lines("pay = 340", top=185, font="Courier")]
    read_text = f"1. {RULES[0]}\n2. {RULES[1]}\n\npay = 340\n\n{' '.join(COSTS)}"
    assert read(tmp_path, *text, *late) == read_text
    assert read(tmp_path, *text, *reversed(late)) == read_text


def test_what_stands_beside_the_text_is_read_after_it(tmp_path: Path) -> None:
    note = lines("See the board.", "It stands by", left=420, top=134)
    assert read(tmp_path, lines(*RULES, *COSTS), note).endswith("See the board. It stands by")


def test_a_block_beside_the_lines_of_an_address_is_read_as_a_whole(tmp_path: Path) -> None:
    address = [lines(text, top=120 + 40 * at) for at, text in enumerate(("Ida Quill", "Elmstadt"))]
    block = lines("Member 4711", "since 2001", left=400, top=134)
    text = read(tmp_path, *address, lines(*COSTS, top=260), block)
    assert text.endswith("\n\nMember 4711 since 2001")


def test_a_title_that_the_file_holds_last_is_read_first(tmp_path: Path) -> None:
    title = lines("Rules of the count", size=18, top=80)
    assert read(tmp_path, lines(*COSTS), title) == f"# Rules of the count\n\n{' '.join(COSTS)}"
