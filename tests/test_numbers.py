"""The numbers of a question are found in a document, in whatever script and spelling."""
# ruff: noqa: RUF001

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.text.numbers import has_number, numbers_of


@given(st.text(alphabet="01234569.,:\uff10\uff19\u0662 a年", max_size=20))
def test_a_text_has_the_numbers_that_it_writes(text: str) -> None:
    assert all(has_number(text, number) for number in numbers_of(text))


@pytest.mark.parametrize(
    ("text", "number", "has"),
    [
        ("on 2024-04-10", "4", True),
        ("40 ships", "4", False),
        ("1.40 m", "40", False),
        ("102,6 Mio.", "102.6", True),
        ("２０２４年", "2024", True),
        ("In 2024.", "2024", True),
        ("v2024.5", "2024", False),
        ("am 10.04.2024", "2024", True),
        ("am 10.04.2024", "10", True),
        ("am 10.04.2024", "4", False),
        ("version 1.10.2", "2", False),
        ("في عام ٢٠٢٤", "2024", True),
        ("در سال ۱۳۵۲", "1352", True),
        ("वर्ष २०१२ में", "2012", True),
        ("٣٫٥", "3.5", True),
        ("12 500 €", "12500", True),
        ("12,34,567 rupees", "1234567", True),
        ("um 14.30 Uhr", "14.30", True),
        ("à 14h30", "14.30", True),
        ("at 14:30", "14.30", True),
        ("at 4:30", "14.30", False),
        ("a score of 2:1", "2.1", False),
        ("350万ドル", "3.5e6", True),
        ("1億1000万ドル", "110e6", True),
        ("3.5 million dollars", "350e4", True),
        ("3.5 million dollars", "3500000", True),
        ("3,500,000 dollars", "3.5e6", True),
        ("35 lakh", "3.5e6", True),
        ("3,5 miliyoni", "3.5e6", True),
        ("35 ships, 350 dollars, 3500000 francs", "3.6e6", False),
        ("35 ships and 350 dollars", "3.5e6", False),
        ("350 thousand", "3.5e6", False),
        ("10,000 dollars", "10000", True),
        ("10 000 dollars", "10000", True),
        ("110,000 dollars", "10000", False),
        ("2,024 ships", "2024", True),
    ],
)
def test_a_number_is_found_as_a_whole(text: str, number: str, has: bool) -> None:
    assert has_number(text, number) is has


def test_numbers_are_compared_as_they_are_meant() -> None:
    assert numbers_of("Im Jahr 2025: 102,6 Mio. und 7 Felder") == {"2025", "102.6e6", "7"}
    assert numbers_of("２０２５年") == {"2025"}
    assert numbers_of("1.250.000 Euro, 10,000 dollars") == {"1250000", "10000"}
    assert numbers_of("am 10.04.2024, 2024-04-05") == {"10", "5", "2024"}
    assert numbers_of("12 500 €, 12'500, 12,34,567") == {"12500", "1234567"}
    assert numbers_of("14:30, 14.30 Uhr, 09:05") == {"14.30", "9.05"}
    assert numbers_of("350万, 1億1000万, $3.8m") == {"350e4", "110000000", "3.8e6"}
    assert numbers_of("۱۳۵۲، ١٬٢٣٤٫٥") == {"1352", "1234.5"}
    assert numbers_of("10⁶ and 2019³") == {"10", "2019"}
    assert numbers_of("no digits") == frozenset()


@pytest.mark.parametrize("junk", ["1", "1,", "1 ", "10", "2 ", "2 million ", "1万", "0", "1."])
def test_a_number_is_looked_for_in_a_hostile_text_at_once(junk: str) -> None:
    text = (junk * 100_000)[:100_000]
    assert not has_number(text, "3.7e9")
    assert not has_number(text, "1200")
    assert numbers_of(text[:2_000])
