"""Passages: nothing lost, nothing twice, below one heading, in one language, of even size."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.datamodel import Document
from qa.documents import doc_id_for
from qa.passages import Piece, split_passages
from qa.text.blocks import split_blocks
from tests.hash_encoder import HashEncoder

GERMAN = "Der Hafen von Elmstadt wurde im Jahr 1874 eröffnet und hat drei große Kräne aus Stahl. "
ENGLISH = "The harbour of Elmstadt was opened in 1874 and still has three large cranes of steel. "
JAPANESE = "エルムの港は1874年に開かれ、今も三台の大きな鋼鉄のクレーンが働いています。"


class Counting(HashEncoder):
    """Counts how often it is asked to count."""

    asked = 0

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        self.asked += 1
        return super().count_tokens(texts)


def document(text: str, title: str = "Elmstadt", lang: str = "en") -> Document:
    return Document(doc_id_for("a.md"), "a.md", title, text, "0" * 64, lang)


def split(text: str, tokens: int = 40, title: str = "Elmstadt", lang: str = "en") -> list[Piece]:
    return split_passages(document(text, title, lang), HashEncoder(), tokens)


def sizes(pieces: list[Piece]) -> list[int]:
    return HashEncoder().count_tokens([piece.text for piece in pieces])


def test_headings_are_the_path_of_what_follows_and_never_crossed() -> None:
    text = "# Elmstadt\n\nIntro.\n\n## Port\n\n### Cranes\n\nThree.\n\n"
    text += "## Town\n\nSmall.\n\n# Annex\n\nEnd."
    found = [(piece.text, piece.heading) for piece in split(text)]
    assert found == [
        ("Intro.", ()),
        ("Three.", ("Port", "Cranes")),
        ("Small.", ("Town",)),
        ("End.", ("Annex",)),
    ]


def test_context_is_title_and_path_and_stays_short() -> None:
    pieces = split("## Port\n\nThree.\n\n## " + "very long heading " * 60 + "\n\nEnd.")
    assert pieces[0].context == "Elmstadt › Port"
    assert 0 < HashEncoder().count_tokens([pieces[1].context])[0] <= 60
    assert pieces[1].heading[0].endswith("long heading")


def test_a_document_of_headings_only_can_still_be_found() -> None:
    text = "# One\n\n## Two\n\nThree\n====="
    assert "".join("".join(piece.text.split()) for piece in split(text)) == "#One##TwoThree====="


def test_a_heading_with_nothing_below_it_says_something_itself() -> None:
    text = "# Elmstadt\n\n## Closed on Mondays\n\n## Learning C#\n\nLater.\n\n### Bids end in June"
    assert [(piece.text, piece.heading) for piece in split(text)] == [
        ("## Closed on Mondays", ()),
        ("Later.", ("Learning C#",)),
        ("### Bids end in June", ("Learning C#",)),
    ]


def test_even_sizes_rather_than_a_short_tail() -> None:
    text = ENGLISH * 6
    assert sizes(split(text, tokens=64)) == [51, 51]
    assert len(split(text, tokens=102)) == 1


def test_paragraphs_stay_whole_where_they_fit() -> None:
    paragraphs = [ENGLISH * 2, ENGLISH * 3, ENGLISH * 2, ENGLISH * 3]
    pieces = split("\n\n".join(paragraphs), tokens=50)
    assert [piece.text for piece in pieces] == [paragraph.strip() for paragraph in paragraphs]


def test_a_list_of_references_is_a_passage_of_its_own() -> None:
    text = f"{ENGLISH}\nRead more\n- First title, 1999\n- Second title, 2004\n- Third title, 2011\n"
    assert [piece.text for piece in split(text, tokens=200)] == [
        ENGLISH.strip(),
        "Read more\n- First title, 1999\n- Second title, 2004\n- Third title, 2011",
    ]


def test_items_and_rows_are_never_cut() -> None:
    rows = [f"| row {i} | one. Two. Three. Four |" for i in range(30)]
    ends = {piece.text.split("\n")[-1] for piece in split("\n".join(rows))}
    assert len(ends) > 3
    assert ends <= set(rows)


def test_languages_are_not_mixed() -> None:
    text = f"{ENGLISH * 3}\n\n{GERMAN * 3}\n\n{JAPANESE * 3}\n\n東京。\n\n{ENGLISH * 3}"
    found = [(piece.lang, piece.text[:4]) for piece in split(text, tokens=400)]
    assert found == [("en", "The "), ("de", "Der "), ("ja", JAPANESE[:4]), ("en", "The ")]


def test_english_titles_do_not_make_a_german_list_english() -> None:
    text = GERMAN * 3 + "\n\n- The Harbour Board (2020): Annual report of the harbour\n- More of it"
    assert {piece.lang for piece in split(text, lang="de")} == {"de"}


@pytest.mark.parametrize("text", ["word " * 3000, "字" * 3000, "x" * 9000, ENGLISH[:-2] * 200])
def test_a_sentence_beyond_the_limit_is_cut_and_nothing_is_lost(text: str) -> None:
    pieces = split(text, tokens=200)
    assert "".join("".join(piece.text.split()) for piece in pieces) == "".join(text.split())
    HashEncoder().encode_passages([(piece.context, piece.text) for piece in pieces])
    words = {word for piece in pieces for word in piece.text.split()}
    assert " " not in text or words <= set(text.split())


def test_tokens_are_counted_in_one_batch() -> None:
    encoder = Counting()
    split_passages(document(f"# A\n\n{ENGLISH * 20}\n\n## B\n\n{GERMAN * 20}"), encoder, 60)
    assert encoder.asked == 1


def test_pages_come_from_the_start() -> None:
    text = ENGLISH * 3 + "\n\n" + ENGLISH * 3
    whole = document(text)
    paged = Document(
        whole.doc_id, "a.pdf", "t", text, whole.sha256, "en", page_starts=(0, len(ENGLISH) * 3)
    )
    assert [piece.page for piece in split_passages(paged, HashEncoder(), 45)] == [1, 2]


MARKS = [
    "# ",
    "## ",
    "- ",
    "| ",
    "```\n",
    "\n",
    "\n\n",
    "---\n",
    "1. ",
    ". ",
    "! ",
    "。",
    "「",
    "」",
]
CONTENT = [" ", "Hafen", "港", "10", "z. B.", "x" * 50, "\u3000", "\u00a0", GERMAN, JAPANESE]
WORDS = st.sampled_from(MARKS + CONTENT)
TEXTS = st.lists(WORDS, max_size=40).map("".join) | st.text(max_size=300)


@given(TEXTS, st.sampled_from([8, 40, 200, 1000]), st.sampled_from([64, 512]))
def test_all_text_but_headings_is_covered_exactly_once(text: str, tokens: int, limit: int) -> None:
    encoder = HashEncoder(max_tokens=limit)
    whole = document(text)
    pieces = split_passages(whole, encoder, tokens)
    encoder.encode_passages([(piece.context, piece.text) for piece in pieces])
    blocks = split_blocks(text)
    headings = [block for block in blocks if block.kind == "heading"]
    if len(headings) == len(blocks):
        headings = []
    covered = [0] * len(text)
    for piece in pieces:
        assert text[piece.start : piece.end] == piece.text == piece.text.strip()
        for place in range(piece.start, piece.end):
            covered[place] += 1
    for block in headings:
        for place in range(block.start, block.end):
            covered[place] += 1
    assert all(
        count == 1 or (char.isspace() and count == 0)
        for char, count in zip(text, covered, strict=True)
    )
    starts = [piece.start for piece in pieces]
    assert starts == sorted(starts)


def test_a_question_stays_with_its_answer() -> None:
    asked = "How do I reset lamp {} after somebody has repaired it?"
    answer = "Hold the green button of lamp {} for ten seconds, then wait."
    text = "\n\n".join(f"{asked}\n\n{answer}".replace("{}", str(n)) for n in range(12))
    for piece in split(text):
        assert piece.text.startswith("How do I")
        assert piece.text.endswith("then wait.")
