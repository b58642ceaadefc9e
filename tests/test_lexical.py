"""Words: found in their language, ranked by its own statistics, gone when deleted."""

import math
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.datamodel import Ids
from qa.lexical import FOLDER_NAME, Lexical
from qa.text.tokens import lexical_tokens

TEXTS = {
    1: ("en", "The harbour was opened in 1874."),
    2: ("en", "The lighthouse keeper painted the tower red."),
    3: ("de", "Der Hafen wurde eröffnet, man darf den Mietvertrag kündigen."),
    4: ("ja", "港の責任者は佐藤恵子さんです。"),
    5: ("en", "Nothing about ships here, only the harbour."),
}


def written(
    folder: Path, texts: dict[int, tuple[str, str]], revision: int = 1, near: Lexical | None = None
) -> Lexical:
    wanted: dict[str, Ids] = {
        lang: np.array(sorted(i for i, (found, _) in texts.items() if found == lang))
        for lang in {lang for lang, _ in texts.values()}
    }
    near = near or Lexical.read(folder, "me")
    return near.write_in_step(
        folder, wanted, revision, lambda ids: [texts[i][1] for i in ids.tolist()]
    )


def find(lexical: Lexical, words: str, lang: str, allowed: Ids | None = None) -> list[int]:
    ids, _ = lexical.search(lexical_tokens(words, lang), 10, lang, allowed)
    return [int(passage_id) for passage_id in ids]


@pytest.mark.parametrize(
    ("words", "lang", "expected"),
    [
        ("lighthouses", "en", [2]),
        ("kündigen.", "de", [3]),
        ("責任者", "ja", [4]),
        ("harbour", "de", []),
        ("harbour", "fr", []),
        ("???", "en", []),
    ],
)
def test_words_are_found_in_their_language(
    tmp_path: Path, words: str, lang: str, expected: list[int]
) -> None:
    assert find(written(tmp_path, TEXTS), words, lang) == expected


def test_only_allowed_passages_are_found(tmp_path: Path) -> None:
    lexical = written(tmp_path, TEXTS)
    assert find(lexical, "harbour", "en", np.array([2, 5])) == [5]
    assert find(lexical, "harbour", "en", np.array([], dtype=np.int64)) == []


def test_a_passage_can_be_made_to_need_every_word(tmp_path: Path) -> None:
    lexical = written(tmp_path, TEXTS)
    words = lexical_tokens("the harbour of ships", "en")
    some, _ = lexical.search(words, 10, "en")
    assert set(some.tolist()) == {1, 2, 5}
    assert lexical.search(words[:2], 10, "en", every=True)[0].tolist() == [1, 5]
    assert lexical.search(words, 10, "en", every=True)[0].tolist() == []


@pytest.mark.parametrize("k", [-1, 0])
def test_no_places_give_no_hits(tmp_path: Path, k: int) -> None:
    ids, scores = written(tmp_path, TEXTS).search(["harbour"], k, "en")
    assert len(ids) == len(scores) == 0


def bm25(texts: dict[int, list[str]], query: list[str]) -> dict[int, float]:
    """Robertson's formula with k1 = 1.2 and b = 0.75, as Lucene and tantivy compute it."""
    mean = sum(map(len, texts.values())) / len(texts)
    scores: defaultdict[int, float] = defaultdict(float)
    for word in set(query):
        df = sum(word in text for text in texts.values())
        idf = math.log(1 + (len(texts) - df + 0.5) / (df + 0.5))
        for passage, text in texts.items():
            tf = text.count(word)
            scores[passage] += (
                idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * len(text) / mean)) if tf else 0.0
            )
    return {passage: score for passage, score in scores.items() if score > 0}


WORDS = st.lists(st.sampled_from(["red", "blue", "green", "tall"]), min_size=1, max_size=8)


@settings(max_examples=15)  # each writes and syncs files
@given(texts=st.lists(WORDS, min_size=1, max_size=8), query=WORDS, k=st.integers(1, 9))
def test_scores_are_bm25_of_one_language_alone(
    tmp_path_factory: pytest.TempPathFactory, texts: list[list[str]], query: list[str], k: int
) -> None:
    folder = tmp_path_factory.mktemp("lexical")
    english = {2 * i + 1: ("en", " ".join(text)) for i, text in enumerate(texts)}
    german = {2 * i + 2: ("de", "red red red") for i in range(5)}
    ids, scores = written(folder, english | german).search(query, k, "en")
    expected = bm25({2 * i + 1: text for i, text in enumerate(texts)}, query)
    np.testing.assert_allclose(scores, [expected[i] for i in ids.tolist()], rtol=1e-4)
    np.testing.assert_allclose(scores, sorted(expected.values(), reverse=True)[:k], rtol=1e-4)


def test_growing_equals_building_at_once(tmp_path: Path) -> None:
    steps, once = tmp_path / "steps", tmp_path / "once"
    steps.mkdir()
    once.mkdir()
    for revision, count in enumerate((1, 2, 5), 1):
        grown = written(steps, dict(list(TEXTS.items())[:count]), revision)
    built = written(once, TEXTS, 3)
    for words, lang in (("harbour opened", "en"), ("Hafen", "de"), ("佐藤", "ja")):
        tokens = lexical_tokens(words, lang)
        found, scores = grown.search(tokens, 9, lang)
        expected, expected_scores = built.search(tokens, 9, lang)
        assert found.tolist() == expected.tolist()
        np.testing.assert_allclose(scores, expected_scores, rtol=1e-6)


def test_deleted_words_are_gone_from_results_statistics_and_bytes(tmp_path: Path) -> None:
    texts = TEXTS | {6: ("en", "The xylozebra harbour.")}
    written(tmp_path, texts)
    after = written(tmp_path, TEXTS, 2)
    assert find(after, "xylozebra", "en") == []
    assert b"xylozebra" not in b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    clean = tmp_path / "clean"
    clean.mkdir()
    expected = written(clean, TEXTS).search(["harbour"], 9, "en")
    np.testing.assert_allclose(after.search(["harbour"], 9, "en")[1], expected[1])


def test_an_open_reader_survives_what_a_writer_does(tmp_path: Path) -> None:
    reader = written(tmp_path, TEXTS)
    written(tmp_path, {1: TEXTS[1]}, 2)
    assert find(reader, "harbour", "en") == [1, 5]


def test_a_language_that_is_gone_leaves_nothing(tmp_path: Path) -> None:
    written(tmp_path, TEXTS)
    after = written(tmp_path, {1: TEXTS[1]}, 2)
    assert find(after, "Hafen", "de") == []
    assert len([p for p in (tmp_path / FOLDER_NAME).iterdir() if p.is_dir()]) == 1


def files(folder: Path) -> list[Path]:
    found = (path for path in (folder / FOLDER_NAME).rglob("*") if path.is_file())
    return sorted(path for path in found if not path.name.startswith("."))


@pytest.mark.parametrize("number", range(0, 16, 3))
@pytest.mark.parametrize("how", ["cut", "gone", "flipped"])
def test_a_damaged_file_is_noticed_and_rebuilt(tmp_path: Path, number: int, how: str) -> None:
    written(tmp_path, TEXTS)
    path = files(tmp_path)[number]
    data = path.read_bytes()
    middle = len(data) // 2
    path.unlink()  # never in place: a file that somebody has mapped must not shrink
    if how == "gone" or not data:
        pass
    elif how == "cut":
        path.write_bytes(data[:middle])
    else:
        path.write_bytes(data[:middle] + bytes([data[middle] ^ 0x55]) + data[middle + 1 :])
    assert Lexical.read(tmp_path, "me").revision == -1
    mended = written(tmp_path, TEXTS)
    assert mended.revision == 1
    assert find(mended, "harbour", "en") == [1, 5]
    assert find(mended, "Hafen", "de") == [3]


def test_no_bit_of_the_state_goes_unnoticed(tmp_path: Path) -> None:
    written(tmp_path, TEXTS)
    state = tmp_path / FOLDER_NAME / "state.json"
    data = state.read_bytes()
    state.write_bytes(data.replace(b'"en": [', b'"eo": ['))
    assert Lexical.read(tmp_path, "me").revision == -1
    for at in range(0, len(data), 7):
        state.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert Lexical.read(tmp_path, "me").revision == -1
    assert find(written(tmp_path, TEXTS), "harbour", "en") == [1, 5]


def test_another_index_is_not_mistaken_for_ours(tmp_path: Path) -> None:
    written(tmp_path, TEXTS)
    assert Lexical.read(tmp_path, "other").revision == -1
    assert Lexical.recorded_revision(tmp_path, "other") == -1
    assert Lexical.recorded_revision(tmp_path, "me") == 1
