"""What the benchmarks rest on: measures, intervals, question pools, synthetic indexes."""

import gzip
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.beir import read_questions
from benchmarks.encodings import CachedEncoder
from benchmarks.estimates import average_precision, estimate, gain, ndcg, top_1
from benchmarks.lareqa import write_lareqa
from benchmarks.synthetic import PER_DOCUMENT, real_passages, write_index
from qa.datamodel import Filters
from qa.index import Index
from qa.settings import Settings
from qa.sync import sync
from tests.hash_encoder import HashEncoder


@given(st.sets(st.integers(0, 30), max_size=8), st.integers(0, 5))
def test_measures_equal_their_definitions(found: set[int], lost: int) -> None:
    relevant = len(found) + lost
    if not relevant:
        return
    ranks = np.array(sorted(found), np.int64)
    gains = sum(1 / math.log2(rank + 2) for rank in found if rank < 10)
    ideal = sum(1 / math.log2(rank + 2) for rank in range(min(relevant, 10)))
    assert ndcg(ranks, relevant) == pytest.approx(gains / ideal)
    assert top_1(ranks, relevant) == (0 in found)
    precisions = [len([r for r in found if r <= rank]) / (rank + 1) for rank in found]
    assert average_precision(ranks, relevant) == pytest.approx(sum(precisions) / relevant)


def test_a_real_gain_is_told_from_chance() -> None:
    noise = np.random.default_rng(3).normal(0, 1, 300)
    more, p = gain(noise + 0.5, noise)
    assert more.value == pytest.approx(0.5)
    assert p < 0.01
    shuffled = np.random.default_rng(4).permutation(noise)
    assert gain(shuffled, noise)[1] > 0.05
    assert gain(noise, noise)[1] == 1.0


def test_an_interval_holds_its_value_and_narrows() -> None:
    values = np.random.default_rng(5).random(1_000)
    few, many = estimate(values[:50]), estimate(values)
    for one in (few, many):
        assert one.low < one.value < one.high
    assert many.high - many.low < few.high - few.low


def test_cached_encodings_are_those_of_the_encoder(tmp_path: Path) -> None:
    plain = HashEncoder()
    pairs = [("title", "The red tower."), ("", "Nine cranes"), ("", "Nine cranes")]
    for _ in range(2):
        cached = CachedEncoder(plain, tmp_path)
        found = cached.encode_passages(pairs)
        cached.close()
        for one, expected in zip(found, HashEncoder().encode_passages(pairs), strict=True):
            np.testing.assert_array_equal(one.mean, expected.mean)
            np.testing.assert_allclose(one.tokens, expected.tokens, atol=1e-3)
            np.testing.assert_array_equal(one.spans, expected.spans)
    assert plain.calls == 1


def test_lareqa_pools_the_sentences_of_all_languages(tmp_path: Path) -> None:
    texts = {"en": "It rained. The tower is red.", "de": "Es regnete. Der Turm ist rot."}
    for lang, text in texts.items():
        cut = text.index(".") + 1
        question = {"id": "q1", "question": f"{lang}?", "answers": [{"answer_start": cut + 5}]}
        breaks = [[0, cut], [cut + 1, len(text)]]
        paragraph = {"context": text, "sentence_breaks": breaks, "qas": [question]}
        with gzip.open(tmp_path / f"{lang}.json.gz", "wt", encoding="utf-8") as file:
            json.dump({"data": [{"paragraphs": [paragraph]}]}, file)
    write_lareqa(tmp_path, tmp_path / "pool", {"q1": "report"})
    rows = map(json.loads, (tmp_path / "pool" / "corpus.jsonl").read_text("utf-8").splitlines())
    corpus = {row["_id"]: row["text"] for row in rows}
    assert len(corpus) == 4
    questions = read_questions(tmp_path / "pool", "report")
    assert [question.text for question in questions] == ["de?", "en?"]
    for one in questions:
        answers = {corpus[doc] for doc in one.relevant}
        assert answers == {"The tower is red.", "Der Turm ist rot."}
    assert read_questions(tmp_path / "pool", "tune") == []


def test_a_synthetic_index_is_a_whole_index(corpus: Path, tmp_path: Path) -> None:
    encoder = HashEncoder()
    sync(tmp_path / "real", corpus, encoder, Settings())
    real_index = Index.open(tmp_path / "real", encoder)
    real = real_passages(real_index)
    real_index.close()
    write_index(tmp_path / "large", real, 90, encoder)
    index = Index.open(tmp_path / "large", encoder)
    with index.reading():
        assert index.languages() == dict.fromkeys(["de", "en", "ja"], 3 * PER_DOCUMENT)
        for lang in index.languages():
            ids = index.select(lang, Filters())
            for passage in index.passages(ids):
                document = index.document(passage.doc_id)
                assert document.text[passage.start : passage.end] == passage.text
            lengths = np.linalg.norm(index.vectors(ids), axis=1)
            np.testing.assert_allclose(lengths, 1, atol=1e-5)
            found = index.search_lexical(["tower"], 5, lang)[0]
            assert len(found) == (5 if lang == "en" else 0)
            assert all(index.token_codes(ids))
    index.close()
