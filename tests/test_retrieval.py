"""What a question finds: all languages, what the filters allow, in an order that is fair."""

import fnmatch
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.datamodel import Encoding, Filters, Hit
from qa.index import Index
from qa.retrieval import Candidates, Retriever, fuse
from qa.settings import Settings
from qa.sync import sync
from tests.conftest import CORPUS, write_files
from tests.hash_encoder import HashEncoder
from tests.syncing import SETTINGS

ALL = Filters()
QUESTIONS = {
    "When was the harbour of Elmstadt opened?": "harbour.md",
    "Who painted the lighthouse tower red?": "notes/lighthouse.txt",
    "Wer leitet den Hafen von Elmstadt?": "hafen.md",
    "Wie viele Taschenuhren aus Silber besitzt das Museum?": "museum.html",
    "エルムの港はいつ開かれましたか": "minato.txt",
    "海沿いの電車の切符はいくらですか": "densha.md",
}
NAMES = ("timber", "grain", "copper", "salt", "wool", "cider", "paper", "glass", "slate", "rope")
# Three hundred short paragraphs, none of which names the keeper of the lighthouse.
SHIPS = "\n\n".join(
    f"Ship number {n} carried {NAMES[n % 10]} and {NAMES[n // 10 % 10]} to the northern islands, "
    f"where {n + 3} people waited on the quay of the old town for what it brought them."
    for n in range(300)
)
KEEPER = (
    "灯台の記録\n\n"
    "灯台守の Marta Quill は1931年に塔を赤く塗りました。冬の嵐についての日記も残しています。\n\n"
    "# 町\n\n町には古い時計台があり、毎朝六時に鐘が鳴ります。広場では市が開かれます。\n\n"
    "# 川\n\n川には石の橋が二本かかっています。橋の下では子どもたちが魚を釣ります。\n"
)


class MeanEncoder(HashEncoder):
    """A model without token vectors."""

    def __init__(self) -> None:
        super().__init__(seed="mean")

    def encode_questions(self, questions: Sequence[str]) -> list[Encoding]:
        return [without_tokens(one) for one in super().encode_questions(questions)]

    def encode_passages(self, passages: Sequence[tuple[str, str]]) -> list[Encoding]:
        return [without_tokens(one) for one in super().encode_passages(passages)]


def without_tokens(encoding: Encoding) -> Encoding:
    return replace(encoding, tokens=encoding.tokens[:0], spans=encoding.spans[:0])


def retriever_over(
    folder: Path,
    files: dict[str, str],
    encoder: HashEncoder | None = None,
    settings: Settings = SETTINGS,
) -> Retriever:
    encoder = encoder or HashEncoder()
    root = write_files(folder / "corpus", files)
    sync(folder / "index", root, encoder, settings)
    return Retriever(Index.open(folder / "index", encoder), encoder)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    retriever = retriever_over(tmp_path_factory.mktemp("small"), CORPUS)
    yield retriever
    retriever.index.close()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    """Hundreds of English passages and three Japanese ones."""
    files = {"ships.md": SHIPS, "todai.md": KEEPER, "harbour.md": CORPUS["harbour.md"]}
    retriever = retriever_over(tmp_path_factory.mktemp("large"), files)
    yield retriever
    retriever.index.close()


def find(
    retriever: Retriever,
    question: str,
    k: int = 5,
    filters: Filters = ALL,
    langs: tuple[str, ...] | None = None,
) -> list[Hit]:
    with retriever.index.reading():
        query = retriever.understand(question)
        return retriever.search(query if langs is None else replace(query, langs=langs), k, filters)


def ids(hits: Sequence[Hit]) -> list[int]:
    return [hit.passage.passage_id for hit in hits]


def sources(hits: Sequence[Hit]) -> list[str]:
    return [hit.document.source for hit in hits]


def everything(retriever: Retriever) -> list[tuple[int, str, str]]:
    """Return id, language and source of every passage, found without searching."""
    index = retriever.index
    with index.reading():
        every = [index.passages(index.select(lang, ALL)) for lang in index.languages()]
        return [
            (passage.passage_id, passage.lang, index.document(passage.doc_id).source)
            for passages in every
            for passage in passages
        ]


def candidates_for(retriever: Retriever, question: str) -> Candidates:
    with retriever.index.reading():
        return retriever.candidates(retriever.understand(question), ALL)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_document_that_says_it_is_first(small: Retriever, question: str) -> None:
    assert sources(find(small, question))[0] == QUESTIONS[question]


@pytest.mark.parametrize("question", [*QUESTIONS, "港 harbour Hafen", "12345"])
def test_candidates_come_from_every_language(small: Retriever, question: str) -> None:
    assert set(candidates_for(small, question).langs.tolist()) == {"en", "de", "ja"}


@pytest.mark.parametrize("question", ["Which ship carried timber and grain?", "Quill"])
def test_few_passages_are_not_starved_by_hundreds(large: Retriever, question: str) -> None:
    assert large.index.languages()["en"] >= 100
    assert large.index.languages()["ja"] == 3
    found = candidates_for(large, question)
    japanese = {passage for passage, lang, _ in everything(large) if lang == "ja"}
    assert japanese <= set(found.ids.tolist())


def test_the_one_passage_in_another_language_is_first(large: Retriever) -> None:
    first = find(large, "Marta Quill")[0]
    assert "Marta Quill" in first.passage.text
    assert first.passage.lang == "ja"


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("langs", [(), ("fr",), ("en",), ("de",), ("ja",), ("zh", "en")])
def test_a_wrong_language_loses_no_first_hit(
    small: Retriever, question: str, langs: tuple[str, ...]
) -> None:
    assert QUESTIONS[question] in sources(find(small, question, 3, langs=langs))
    first = find(small, question, 1)
    assert ids(first)[0] in ids(find(small, question, 3, langs=langs))


def test_an_unknown_language_loses_no_word_among_hundreds(large: Retriever) -> None:
    question = "How many ships did the harbour of Elmstadt handle in 2020?"
    for langs in (("en",), (), ("fr",), ("ja",)):
        assert sources(find(large, question, langs=langs))[0] == "harbour.md"


GLOBS = ["*.md", "harbour.md", "h*", "notes/*", "*.txt", "museum.html", "nothing.md", "[mn]*"]


@given(
    question=st.sampled_from(list(QUESTIONS)),
    langs=st.lists(st.sampled_from(["en", "de", "ja", "fr"]), max_size=3, unique=True),
    docs=st.lists(st.sampled_from(GLOBS), max_size=2, unique=True),
    k=st.integers(1, 20),
)
def test_filters_are_exact(
    small: Retriever, question: str, langs: list[str], docs: list[str], k: int
) -> None:
    allowed = {
        passage
        for passage, lang, source in everything(small)
        if (not langs or lang in langs) and (not docs or matches(source, docs))
    }
    found = ids(find(small, question, k, Filters(tuple(langs), tuple(docs))))
    assert set(found) <= allowed
    assert len(found) == len(set(found)) == min(k, len(allowed))


def matches(source: str, globs: Sequence[str]) -> bool:
    names = {source, source.rpartition("/")[2]}
    return any(fnmatch.fnmatchcase(name, glob) for name in names for glob in globs)


def test_a_number_alone_is_looked_for_by_words(tmp_path: Path) -> None:
    orders = "\n\n".join(
        f"# {n}\n\nThe order has the number {5533000 + 7 * n}." for n in range(300)
    )
    small = retriever_over(tmp_path, {"orders.md": orders, "hafen.md": "Der Hafen ist offen."})
    hit = find(small, "5533826", 1)[0]
    assert "5533826" in hit.passage.text


def test_names_with_accents_are_found_however_they_are_put_together() -> None:
    parted = unicodedata.normalize("NFD", "berichte/Übersicht.md")
    assert Filters(docs=("Übersicht*",)).admits_source(parted)
    assert Filters(docs=(parted,)).admits_source("berichte/Übersicht.md")


def test_a_filter_finds_what_hundreds_of_passages_hide(large: Retriever) -> None:
    question = "Which ship carried timber and grain to the northern islands?"
    harbour = {passage for passage, _, source in everything(large) if source == "harbour.md"}
    assert set(ids(find(large, question, 10, Filters(docs=("harbour.md",))))) == harbour
    japanese = find(large, question, 10, Filters(langs=("ja",)))
    assert sources(japanese) == ["todai.md"] * 3
    assert find(large, question, 10, Filters(langs=("ko",))) == []


@pytest.mark.parametrize("k", [1, 10, 50, 100])
@pytest.mark.parametrize("filters", [ALL, Filters(langs=("en",)), Filters(docs=("ships.md",))])
def test_k_results_where_k_exist(large: Retriever, k: int, filters: Filters) -> None:
    found = ids(find(large, "Which ship carried timber?", k, filters))
    assert len(found) == len(set(found)) == k


def test_hits_are_ranked_and_carry_their_scores(small: Retriever) -> None:
    hits = find(small, "When was the harbour of Elmstadt opened?", 20)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    for hit in hits:
        assert set(hit.scores) == {"dense", "lexical", "late", "fused"}
        assert hit.scores["fused"] == hit.score
        assert np.isfinite(list(hit.scores.values())).all()
        passage = hit.passage
        assert hit.document.doc_id == passage.doc_id
        assert hit.document.text[passage.start : passage.end] == passage.text
    assert hits[0].scores["lexical"] > 0


def test_the_same_sentence_in_two_documents_gives_two_hits(tmp_path: Path) -> None:
    text = "The ferry to Norderholm leaves at eight and carries forty bicycles.\n"
    retriever = retriever_over(tmp_path, {**CORPUS, "a.txt": text, "b/c.txt": text})
    hits = find(retriever, "When does the ferry to Norderholm leave?", 3)
    assert {"a.txt", "b/c.txt"} <= set(sources(hits)), sources(hits)
    retriever.index.close()


def test_a_model_without_token_vectors_ranks_by_meaning(tmp_path: Path) -> None:
    retriever = retriever_over(tmp_path, CORPUS, MeanEncoder())
    for question, source in QUESTIONS.items():
        hits = find(retriever, question, 20)
        assert source in sources(hits)[:2]
        assert all(np.isfinite(hit.score) for hit in hits)
    without_words = find(retriever, next(iter(QUESTIONS)), 20, Filters(langs=("en",)), langs=())
    dense = [hit.scores["dense"] for hit in without_words]
    assert dense == sorted(dense, reverse=True)
    retriever.index.close()


def test_no_passages_no_hits(small: Retriever) -> None:
    with small.index.reading():
        assert small.search(small.understand("?"), 5, Filters(docs=("none",))) == []


def test_equals_are_ordered_by_id(small: Retriever) -> None:
    found = [passage for passage, _, _ in everything(small)]
    for order in (found, found[::-1], sorted(found, key=lambda n: n % 3)):
        tied = replace(flat(len(order)), ids=np.array(order, np.int64))
        with small.index.reading():
            assert ids(small.best(tied, 4)) == sorted(found)[:4]


@pytest.mark.parametrize("question", [*QUESTIONS, "??", "a"])
def test_the_order_is_the_same_every_time(small: Retriever, question: str) -> None:
    again = Retriever(Index.open(small.index.folder), HashEncoder())
    assert ids(find(small, question, 20)) == ids(find(again, question, 20))
    again.index.close()


# Scores on a grid, so that no two differ by a rounding error only.
UNIT = np.float32(0.06)
SCORES = st.integers(-64, 64).map(lambda n: n / 64)
ROWS = st.lists(st.tuples(st.sampled_from(["en", "de", "ja"]), SCORES, SCORES), max_size=40)


def flat(count: int, late: float = 0.3) -> Candidates:
    zeros = np.zeros(count, np.float32)
    langs = np.array(["en"] * count, dtype=np.str_)
    scores = np.full(count, late, np.float32)
    return Candidates(np.arange(count), langs, zeros + UNIT, zeros + 1, zeros, zeros, scores, zeros)


def columns(rows: Sequence[tuple[str, float, float]]) -> Candidates:
    """Build candidates from (language, late, lexical); a lexical score is never negative."""
    late = np.array([row[1] for row in rows], np.float32)
    lexical = np.array([10 * max(0.0, row[2]) for row in rows], np.float32)
    langs = np.array([row[0] for row in rows], dtype=np.str_)
    return Candidates(
        np.arange(len(rows)), langs, 0 * late + UNIT, 0 * late + 1, late, lexical, late, 0 * late
    )


@given(ROWS, SCORES)
def test_in_one_language_a_constant_changes_nothing(
    rows: list[tuple[str, float, float]], constant: float
) -> None:
    plain = replace(columns(rows), langs=np.array(["en"] * len(rows), dtype=np.str_))
    raised = replace(plain, late=plain.late + np.float32(constant))
    moved = fuse(raised) - fuse(plain)
    assert np.ptp(moved) < 0.05 if len(rows) else not len(moved)
    late = replace(plain, lexical=np.zeros(len(rows), np.float32))
    by_late = np.lexsort((late.ids, -late.late)).tolist()
    ranked = np.lexsort((late.ids, -fuse(late))).tolist()
    assert late.late[ranked].tolist() == late.late[by_late].tolist()


@given(st.integers(0, 2**32 - 1), SCORES, st.sampled_from(["en", "de", "ja"]))
def test_what_a_language_scores_on_average_is_taken_away(
    seed: int, constant: float, lang: str
) -> None:
    random = np.random.default_rng(seed)
    count = 3_000
    langs = np.array(["en", "de", "ja"] * (count // 3), dtype=np.str_)
    late = random.normal(0.3, 0.1, count).astype(np.float32)
    lexical = random.random(count, np.float32)
    plain = Candidates(
        np.arange(count), langs, 0 * late + UNIT, 0 * late + 1, late, lexical, late, 0 * late
    )
    moved = replace(plain, late=late + np.float32(constant) * (langs == lang))
    # All but the part of the prior, a hundredth of what was added.
    np.testing.assert_allclose(fuse(plain), fuse(moved), atol=0.25)


@given(ROWS)
def test_fused_scores_are_finite(rows: list[tuple[str, float, float]]) -> None:
    fused = fuse(columns(rows))
    assert fused.shape == (len(rows),)
    assert np.isfinite(fused).all()


@given(ROWS, st.sampled_from([0.0, 0.1, 0.3, 1.0, -0.7]))
def test_equal_scores_stay_equal(rows: list[tuple[str, float, float]], late: float) -> None:
    tied = columns([(lang, late, 0.0) for lang, _, _ in rows])
    fused = fuse(tied)
    assert np.isfinite(fused).all()
    for lang in set(tied.langs):
        assert np.ptp(fused[tied.langs == lang]) < 0.1


def test_no_candidates_no_scores() -> None:
    assert fuse(flat(0)).shape == (0,)


@given(st.lists(SCORES, min_size=2, max_size=20), st.integers(0, 19))
def test_a_word_lifts_a_passage_over_its_equals(late: list[float], row: int) -> None:
    row %= len(late)
    lexical = np.zeros(len(late), np.float32)
    lexical[row] = 5.0
    level = replace(flat(len(late)), lexical=lexical)
    assert int(np.argmax(fuse(level))) == row
    uneven = replace(level, late=np.array(late, np.float32))
    silent = replace(uneven, lexical=np.zeros(len(late), np.float32))
    above = [int((fuse(some) > fuse(some)[row]).sum()) for some in (uneven, silent)]
    assert above[0] <= above[1]


@pytest.mark.parametrize(
    "quote", ["The ferry leaves at eight-thirty in winter", "船は冬には八時半に出ます"]
)
def test_a_sentence_that_is_pasted_finds_where_it_stands(tmp_path: Path, quote: str) -> None:
    """Others may hold the same words more often: they are not what is looked for."""
    words = quote.replace("-", " ").split() if " " in quote else list(quote)
    around = "Timber and grain are carried by rail when the river freezes over, as it often does. "
    files = {f"other{n}.txt": f"{' '.join(words[::-1])}. " * 3 for n in range(3)}
    files["there.txt"] = f"{around * 2}{quote.replace('-', '- ')}. {around * 2}"
    retriever = retriever_over(tmp_path, files)
    assert sources(find(retriever, f" {quote}! ", 4))[0] == "there.txt"
    found = candidates_for(retriever, f" {quote}! ")
    whole = found.ids[found.late == 1].tolist()
    assert [source for one, _, source in everything(retriever) if one in whole] == ["there.txt"]
    retriever.index.close()


def test_what_stands_out_less_in_another_language_counts_as_much() -> None:
    late = np.array([0.30] * 9 + [0.40] + [0.30] * 9 + [0.46], np.float32)
    langs = np.array(["de"] * 10 + ["en"] * 10, dtype=np.str_)
    level = Candidates(
        np.arange(20), langs, np.full(20, UNIT), 0 * late + 1, late, 0 * late, late, 0 * late
    )
    assert int(np.argmax(fuse(level))) == 19
    spread = np.array([0.03] * 10 + [0.06] * 10, np.float32)
    assert int(np.argmax(fuse(replace(level, spread=spread)))) == 9
