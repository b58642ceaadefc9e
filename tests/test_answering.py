"""An answer is made of sentences that stand in the documents, word for word, each once."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa import answering
from qa.answering import Candidate, candidates, cite, compose, gather
from qa.confidence import Matches, Signals, Wants, confidence, sentence_scores
from qa.datamodel import Answer, Document, Hit, Passage
from qa.passages import split_passages
from qa.text.sentences import split_sentences
from qa.tokens import compress
from tests.hash_encoder import HashEncoder

HARBOUR = (
    "The harbour was opened in 1874. This made the town rich. Its cranes lift 40 tonnes. "
    "Most ships carry timber. A ferry leaves at eight. The museum shows old clocks."
)


def document(text: str, name: str = "a", page_starts: tuple[int, ...] = ()) -> Document:
    return Document(name, f"{name}.txt", name, text, "0" * 64, "en", page_starts=page_starts)


PLAIN = Wants([False], [False], [False])


def signals(
    match: float = 0.9, wants: Wants = PLAIN, rival: float = 1.0, among: int = 9
) -> Signals:
    of = document("The harbour.")
    matches = Matches(
        np.full((1, 4), match, np.float32), np.full(4, 0.9, np.float32), np.ones(4, np.float32)
    )
    hit = replace(hit_of(of), score=2.0, ranks={"dense": 1, "lexical": 1}, among=among)
    langs = ["en"] if rival == 1.0 else ["ja"]
    (one,) = Signals.of_sentences(hit, matches, langs=langs, wants=wants, rival=rival)
    return one


def candidate(of: Document, sentence: str, score: float = 0.0, lang: str = "en") -> Candidate:
    start = of.text.index(sentence)
    return Candidate(of, start, start + len(sentence), score, signals(), lang)


def ranked(of: Document, *sentences: str) -> list[Candidate]:
    """Return candidates of nearly equal score, in the order given."""
    return [candidate(of, sentence, -0.001 * i) for i, sentence in enumerate(sentences)]


def sentences_of(text: str, lang: str = "en") -> list[str]:
    return [text[start:end] for start, end in split_sentences(text, lang)]


def hit_of(of: Document, rank: int = 1) -> Hit:
    end = len(of.text)
    return Hit(Passage(rank, of.doc_id, 0, end, of.text, of.lang), of, rank, 1.0, {})


def answer(found: Sequence[Candidate], hits: Sequence[Hit] = (), threshold: float = 0.0) -> Answer:
    """Compose an answer whatever the coefficients: all is certain enough, or nothing is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qa.answering.THRESHOLD", threshold)
        return compose("?", "en", hits, found)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=9), st.lists(st.floats(-5, 5), max_size=4))
def test_hits_are_ordered_by_what_they_score_and_by_their_best_sentence(
    fused: list[float], sentences: list[float]
) -> None:
    of = document("The harbour was opened in 1874.")
    scores = sorted(fused, reverse=True)
    hits = [replace(hit_of(of, n), score=score) for n, score in enumerate(scores, 1)]
    read = sentences[: len(hits)]
    unordered = [
        replace(candidate(of, of.text, score - worse), passage_id=n)
        for n, score in enumerate(read, 1)
        for worse in (0, 1)
    ]
    found = sorted(unordered, key=lambda one: -one.score)
    after = answering.ranked(hits, found)
    assert sorted(hit.passage.passage_id for hit in after) == [*range(1, len(hits) + 1)]
    assert [hit.rank for hit in after] == [*range(1, len(hits) + 1)]
    assert [hit.score for hit in after] == sorted((hit.score for hit in after), reverse=True)
    places = {hit.passage.passage_id: hit.rank for hit in after}
    for (i, one), (j, other) in combinations(enumerate(read, 1), 2):
        if one >= other:  # the better by words and vectors, and its best sentence is no worse
            assert places[i] < places[j]
    for unread in range(len(read) + 1, len(hits) + 1):
        assert places[unread] == unread, "what was not read stays behind, in its order"


def quotes(found: Sequence[Candidate]) -> list[str]:
    return [citation.quote for citation in answer(found).citations]


def evidence_of(question: str, documents: Sequence[Document]) -> list[Candidate]:
    """Return what the answering stage finds in the first passages of documents."""
    encoder = HashEncoder()
    hits: list[Hit] = []
    codes: list[bytes] = []
    for one in documents:
        pieces = split_passages(one, encoder, 40)[:5]
        encodings = encoder.encode_passages([(piece.context, piece.text) for piece in pieces])
        for piece, encoding in zip(pieces, encodings, strict=True):
            passage = Passage(
                len(hits), one.doc_id, piece.start, piece.end, piece.text, piece.lang, piece.page
            )
            hits.append(Hit(passage, one, len(hits) + 1, 1.0, {}))
            codes.append(compress(encoding))
    return candidates(
        question, ["en"], gather(encoder.encode_questions([question])[0], hits, codes)
    )


# Citations


@given(st.text(min_size=1), st.data())
def test_a_citation_is_its_place_word_for_word(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    one = cite(document(text), start, end, 7)
    assert one.quote == text[start:end]
    assert (one.start, one.end, one.number, one.page) == (start, end, 7, None)


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, 0), (3, 3), (3, 2), (6, 7), (99, 100), (0, 7), (4, 100), (-3, 6), (-3, -1), (-1, 1)],
)
def test_empty_and_outside_spans_are_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError):
        cite(document("abcdef"), start, end, 1)


@pytest.mark.parametrize(("offset", "page"), [(0, 1), (31, 1), (32, 2), (60, 3), (100, 3)])
def test_a_citation_knows_its_page(offset: int, page: int) -> None:
    paged = document(HARBOUR, page_starts=(0, 32, 57))
    assert cite(paged, offset, offset + 5, 1).page == page


def test_a_joined_quote_is_on_the_page_where_it_begins() -> None:
    paged = document(HARBOUR, page_starts=(0, 32, 57))
    first, second, *_ = sentences_of(HARBOUR)
    (citation,) = answer(ranked(paged, second, first)).citations
    assert (citation.page, citation.start) == (1, 0)


# Abstention


def test_no_hits_no_documents() -> None:
    nothing = answer([])
    assert (nothing.abstained, nothing.reason, nothing.hits) == (True, "no_documents", ())
    assert nothing.confidence == 0.0


def test_below_the_threshold_the_closest_passages_stay() -> None:
    of = document(HARBOUR)
    hits = [hit_of(of, 1), hit_of(document(HARBOUR, "b"), 2)]
    weak = answer(ranked(of, *sentences_of(HARBOUR)), hits, threshold=1.1)
    assert (weak.abstained, weak.reason) == (True, "no_support")
    assert weak.hits == tuple(hits)
    assert not weak.sentences
    assert not weak.citations


def test_hits_without_a_sentence_support_nothing() -> None:
    bare = answer([], [hit_of(document("---\n***"))])
    assert (bare.abstained, bare.reason) == (True, "no_support")


def test_confidence_is_a_probability_and_rises_with_the_match() -> None:
    certain = [confidence(signals(match)) for match in (0.0, 0.3, 0.6, 0.9)]
    assert all(0 <= each <= 1 for each in certain)
    assert certain == sorted(certain)
    better, worse = sentence_scores([signals(0.9), signals(0.1)])
    assert better > worse


@pytest.mark.parametrize(
    "lacking",
    [
        Wants([True], [False], [False]),
        Wants([False], [True], [False]),
        Wants([False], [False], [False], strange=True),
        Wants([False], [False], [False], unnamed=1),
        Wants([False], [False], [False], missing=1),
    ],
)
def test_what_a_passage_lacks_makes_its_answer_less_sure(lacking: Wants) -> None:
    assert confidence(signals(wants=lacking)) < confidence(signals())


def test_the_best_of_few_is_surer_than_the_best_of_many() -> None:
    few, many = (confidence(signals(among=count)) for count in (5, 500))
    assert few > many


def test_standing_out_makes_an_answer_in_another_language_surer() -> None:
    ahead, behind = (confidence(signals(rival=score)) for score in (0.5, 1.9))
    assert ahead > behind


# Choice


def test_at_most_three_sentences() -> None:
    apart = " ".join(f"Sentence {n} of it. Filler {n} is here." for n in range(9))
    of = document(apart)
    chosen = quotes(ranked(of, *(f"Sentence {n} of it." for n in range(9))))
    assert 1 <= len(chosen) <= 3
    assert chosen[0] == "Sentence 0 of it."


def test_a_sentence_far_below_the_best_is_left_out() -> None:
    of = document(HARBOUR)
    found = [candidate(of, "Most ships carry timber."), candidate(of, "The museum", -100.0)]
    assert quotes(found) == ["Most ships carry timber."]


def test_the_same_words_in_two_documents_are_said_once() -> None:
    one, other = document("A ferry leaves at eight."), document("A FERRY leaves, at eight!", "b")
    found = [candidate(one, one.text), candidate(other, other.text, -0.001)]
    assert quotes(found) == ["A ferry leaves at eight."]


def test_the_same_place_is_cited_once() -> None:
    of = document(HARBOUR)
    assert quotes(ranked(of, *["Most ships carry timber."] * 3)) == ["Most ships carry timber."]


@pytest.mark.parametrize("order", [(2, 3, 4), (4, 3, 2), (3, 2, 4), (2, 4, 3), (4, 2, 3)])
def test_neighbours_are_one_quote(order: tuple[int, ...]) -> None:
    of = document(HARBOUR.replace("Its cranes", "Three cranes"))
    every = sentences_of(of.text)
    (citation,) = answer(ranked(of, *(every[i] for i in order))).citations
    assert citation.quote == of.text[citation.start : citation.end]
    assert citation.quote == " ".join(every[2:5])


def test_sentences_apart_are_cited_apart_best_first() -> None:
    of = document(HARBOUR)
    found = ranked(of, "The museum shows old clocks.", "Most ships carry timber.")
    composed = answer(found)
    assert [c.number for c in composed.citations] == [1, 2]
    assert [s.citations for s in composed.sentences] == [(1,), (2,)]
    assert [s.text for s in composed.sentences] == [one.text for one in found]


@pytest.mark.parametrize(
    ("text", "leaning", "lang"),
    [
        (HARBOUR, "This made the town rich.", "en"),
        ("Die Fähre ist neu. Diese fährt täglich. Sie ist rot.", "Diese fährt täglich.", "de"),
        ("港は古いです。これは石の港です。駅もあります。", "これは石の港です。", "ja"),
    ],
)
def test_this_takes_the_sentence_before_it_along(text: str, leaning: str, lang: str) -> None:
    of, every = document(text), sentences_of(text, lang)
    rest = [candidate(of, sentence, -100.0) for sentence in every if sentence != leaning]
    (quote,) = quotes([candidate(of, leaning, lang=lang), *rest])
    assert quote == text[: text.index(leaning) + len(leaning)]
    assert quote.startswith(every[0])


def test_this_at_the_beginning_stands_alone() -> None:
    of = document("This is the harbour. It is old.")
    assert quotes(ranked(of, "This is the harbour.")) == ["This is the harbour."]


def test_what_this_takes_along_is_not_said_twice() -> None:
    of = document("Alpha one. Beta two. This is gamma. These are delta. Epsilon five.")
    every = sentences_of(of.text)
    for order in permutations(every, 3):
        rest = [candidate(of, each, -100.0) for each in every if each not in order]
        assert_nothing_is_said_twice(answer([*ranked(of, *order), *rest]))


def test_what_this_takes_along_is_not_said_by_another_document() -> None:
    one, other = document("Beta two. This is gamma."), document("Beta two.", "b")
    found = [candidate(other, "Beta two."), candidate(one, "This is gamma.", -0.001)]
    said = " ".join(quotes([*found, candidate(one, "Beta two.", -0.002)]))
    assert said.count("Beta two.") == 1


def assert_nothing_is_said_twice(composed: Answer) -> None:
    for one, other in combinations(composed.citations, 2):
        if one.document.doc_id == other.document.doc_id:
            assert one.end <= other.start or other.end <= one.start, (one.quote, other.quote)
        assert one.quote != other.quote


# From hits to an answer


def test_the_sentence_that_says_it_is_the_best_one() -> None:
    found = evidence_of("Which ships carry timber?", [document(HARBOUR)])
    assert found[0].text == "Most ships carry timber."
    assert {one.text for one in found} == set(sentences_of(HARBOUR))


@pytest.mark.parametrize(
    "line", ["---", "* * *", "|---|:--|", "…", "§", "!!!", "→", "———", "***", "___", "12 | 34"]
)
def test_lines_without_letters_are_no_sentences(line: str) -> None:
    found = evidence_of(f"What about {line}?", [document(f"The ferry leaves.\n\n{line}\n\nAt 8.")])
    assert "The ferry leaves." in {one.text for one in found}
    assert line not in {one.text for one in found}


def test_a_sentence_may_lean_on_a_name_in_the_one_before() -> None:
    text = "The keeper was Marta Quill. The tower was kept for years. The tower is red."
    found = evidence_of("Who kept the tower?", [document(text)])
    lacking = {one.text: one.signals.lacking for one in found}
    assert lacking == dict(zip(sentences_of(text), [0, 0, 1], strict=True))


def test_a_colon_announces_what_is_asked_for() -> None:
    text = "The keepers of the tower:\n\n- Marta Quill\n\nThe tower has windows."
    found = evidence_of("Who keeps the tower?", [document(text)])
    lacking = {one.text: one.signals.lacking for one in found}
    assert lacking["The keepers of the tower:"] == 0
    assert lacking["The tower has windows."] == 0  # after the name
    found = evidence_of("Who keeps the tower?", [document("The tower:\n\n- has windows")])
    assert {one.signals.lacking for one in found} == {1}


ASKED = "How do I reset the meter?"
DONE = "Hold the green button down."
FAQS = [
    (f"**{ASKED}**\n\n{DONE}\n\n**Who repairs it?**\n\nThe caretaker.", DONE),
    (f"Q: {ASKED}\nA: {DONE}\n\nQ: Who repairs it?\nA: The caretaker.", f"Q: {ASKED}\nA: {DONE}"),
    (f"{ASKED} {DONE}\n\nWho repairs it? The caretaker.", f"{ASKED} {DONE}"),
    (f"{ASKED} And why? {DONE}\n\nThe caretaker repairs it.", f"{ASKED} And why? {DONE}"),
    (f"- Who repairs it?\n- {ASKED}\n\n{DONE}\n\nThe caretaker repairs it.", DONE),
]


@pytest.mark.parametrize(("text", "quote"), FAQS)
def test_a_question_in_a_document_is_answered_by_what_follows_it(text: str, quote: str) -> None:
    found = evidence_of(ASKED, [document(text)])
    assert found[0].text.removeprefix("A: ") == DONE
    assert found[0].signals.sentence > 0.9, "the question speaks for it"
    assert quotes(found)[0] == quote


def test_a_question_speaks_for_all_of_the_paragraph_that_answers_it_and_no_other() -> None:
    text = f"**{ASKED}**\n\nOpen the lid. {DONE}\n\nThe caretaker has tools."
    match = {one.text: one.signals.sentence for one in evidence_of(ASKED, [document(text)])}
    assert match["Open the lid."] == pytest.approx(match[DONE], abs=0.05)
    assert match["The caretaker has tools."] < 0.7 < match[DONE]


def test_a_question_that_nothing_follows_does_not_answer_itself() -> None:
    assert evidence_of(ASKED, [document(f"- Who repairs it?\n- {ASKED}")]) == []


TEXTS = st.lists(
    st.one_of(
        st.text(max_size=40),
        st.sampled_from(
            [
                "This is it. ",
                "A ferry leaves. ",
                "港です。",
                "これは船。",
                "Die Fähre. ",
                "ferry? ",
                "\n\n",
                "- ",
            ]
        ),
    ),
    min_size=1,
    max_size=12,
).map("".join)


@given(st.lists(TEXTS.filter(str.strip), min_size=1, max_size=3), st.sampled_from(["ferry", "港?"]))
def test_every_answer_is_exact(texts: list[str], question: str) -> None:
    documents = [document(text, f"d{i}") for i, text in enumerate(texts)]
    composed = answer(evidence_of(question, documents))
    assert len(composed.sentences) <= 3
    numbers = list(range(1, len(composed.citations) + 1))
    assert [citation.number for citation in composed.citations] == numbers
    for sentence, citation in zip(composed.sentences, composed.citations, strict=True):
        text = citation.document.text
        assert sentence.text == citation.quote == text[citation.start : citation.end]
        assert sentence.citations == (citation.number,)
        assert any(character.isalnum() for character in citation.quote)
    assert_nothing_is_said_twice(composed)
