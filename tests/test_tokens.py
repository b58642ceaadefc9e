"""Token codes: small, exact about places, and close to the vectors they stand for."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.codes import LARGEST
from qa.datamodel import Encoding, Floats
from qa.encoder import load_encoder
from qa.errors import IndexStateError
from qa.settings import Settings
from qa.tokens import compress, expand, rotation, shared_part, similarities
from qa.tokens import late_scores as weighted_scores
from tests.conftest import CORPUS

offsets = st.integers(0, 500) | st.integers(0, 2**31 - 1)
places = st.just((-1, -1)) | st.tuples(offsets, offsets).map(lambda pair: (min(pair), max(pair)))


def unit_vectors(count: int, dimensions: int, seed: int = 0) -> Floats:
    vectors = np.random.default_rng(seed).standard_normal((count, dimensions))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def encoded(tokens: Floats, spans: list[tuple[int, int]] | None = None) -> Encoding:
    if spans is None:
        spans = [(i, i + 1) for i in range(len(tokens))]
    mean = np.ones(tokens.shape[1], np.float32)
    weights = np.ones(len(tokens), np.float32)
    return Encoding(mean, tokens, np.array(spans, np.int32).reshape(-1, 2), weights)


def late_scores(question: Floats, blobs: Sequence[bytes]) -> Floats:
    return weighted_scores(question, np.ones(len(question), np.float32), blobs)


def max_sim(question: Floats, passage: Floats) -> float:
    return float((question @ passage.T).max(axis=1).mean())


@given(
    passages=st.lists(st.lists(places, max_size=8), min_size=1, max_size=6),
    dimensions=st.sampled_from([8, 20, 64, 384]),
)
def test_places_and_order_survive(passages: list[list[tuple[int, int]]], dimensions: int) -> None:
    encodings = [encoded(unit_vectors(len(p), dimensions, len(p)), p) for p in passages]
    table = expand([compress(encoding) for encoding in encodings], dimensions)
    assert table.bounds.tolist() == np.cumsum([0, *map(len, passages)]).tolist()
    assert list(map(tuple, table.spans.tolist())) == [span for spans in passages for span in spans]
    rotated = np.concatenate([encoding.tokens for encoding in encodings]) @ rotation(dimensions)
    assert table.signs.shape == rotated.shape
    clear = np.abs(rotated) > 1e-5  # the sign of a zero is a matter of rounding
    np.testing.assert_array_equal(table.signs[clear], np.sign(rotated)[clear])


def words_of_a_text(count: int) -> list[tuple[int, int]]:
    """Return the spans of words of 1 to 9 letters, a few of them joined."""
    lengths = np.random.default_rng(1).integers(1, 10, count)
    ends = np.cumsum(lengths + (lengths > 2))
    return [(int(end - length), int(end)) for end, length in zip(ends, lengths, strict=True)]


@pytest.mark.parametrize(("dimensions", "a_token"), [(8, 1), (64, 8), (384, 48), (1024, 128)])
@pytest.mark.parametrize("count", [0, 1, 100, 510])
def test_a_token_takes_its_bits_and_a_passage_at_most_eight_kilobytes(
    count: int, dimensions: int, a_token: int
) -> None:
    blob = compress(encoded(unit_vectors(count, dimensions), words_of_a_text(count)))
    assert len(blob) <= count * (a_token + 1.2) + 30
    assert len(blob) <= max(LARGEST, 160 * (a_token + 1.2))


def test_a_long_passage_keeps_the_tokens_that_tell_most_in_their_order() -> None:
    spans, tokens = words_of_a_text(500), unit_vectors(500, 384)
    telling = np.random.default_rng(2).permutation(500) < 150
    whole = encoded(tokens, spans)
    passage = Encoding(
        whole.mean, tokens, whole.spans, np.where(telling, np.float32(2), np.float32(0.5))
    )
    kept = list(map(tuple, expand([compress(passage)], 384).spans.tolist()))
    assert kept == sorted(kept)
    assert set(kept) >= {span for span, tells in zip(spans, telling, strict=True) if tells}
    assert 150 < len(kept) < 170


@given(data=st.data())
def test_damaged_codes_are_said_to_be_damaged(data: st.DataObject) -> None:
    tokens = unit_vectors(12, 64)
    blob = compress(encoded(tokens, words_of_a_text(12)))
    if data.draw(st.booleans()):
        spoilt = blob[: data.draw(st.integers(0, len(blob) - 1))]
    else:
        spoilt = blob + data.draw(st.binary(min_size=1, max_size=9))
    for read in (
        lambda: expand([blob, spoilt], 64),
        lambda: late_scores(tokens, [spoilt, blob]),
        lambda: shared_part([spoilt], 64, 5),
    ):
        with pytest.raises(IndexStateError) as raised:
            read()
        assert raised.value.code == "index_damaged"


@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_flipped_bit_is_noticed_or_changes_no_place(at: int, bit: int) -> None:
    spans = words_of_a_text(12)
    blob = bytearray(compress(encoded(unit_vectors(12, 64), spans)))
    blob[at % len(blob)] ^= 1 << bit
    try:
        assert list(map(tuple, expand([bytes(blob)], 64).spans.tolist())) == spans
    except IndexStateError as error:
        assert error.code == "index_damaged"


def test_integer_products_score_as_floats_do() -> None:
    question, weights = unit_vectors(20, 384), np.linspace(0.3, 3, 20).astype(np.float32)
    sizes = [160, 0, 1, 37, 160, 159, 0, *[120] * 30]  # more than one portion
    passages = [unit_vectors(size, 384, seed) for seed, size in enumerate(sizes, 1)]
    passages[3][:20] = question
    blobs = [compress(encoded(passage)) for passage in passages]
    table = expand(blobs, 384)
    cosines = np.split(similarities(question, table), table.bounds[1:-1], axis=1)
    floats = [weights @ one.max(axis=1) / weights.sum() if one.size else 0 for one in cosines]
    scores = weighted_scores(question, weights, blobs)
    np.testing.assert_allclose(scores, floats, atol=0.001)
    assert scores.argmax() == 3


def test_no_blobs_are_an_empty_table() -> None:
    table = expand([], 64)
    assert (table.signs.shape, table.spans.shape, table.bounds.tolist()) == ((0, 64), (0, 2), [0])
    assert shared_part([], 64, 5).tolist() == [0.0] * 64


def test_passages_without_tokens_score_nothing_and_shift_nobody() -> None:
    question, passage = unit_vectors(4, 64), encoded(unit_vectors(9, 64, seed=1))
    other = encoded(question)
    blobs = [compress(one) for one in (passage, other)]
    empty = compress(encoded(unit_vectors(0, 64)))
    scores = late_scores(question, [empty, blobs[0], empty, empty, blobs[1], empty])
    assert scores[[0, 2, 3, 5]].tolist() == [0, 0, 0, 0]
    np.testing.assert_allclose(scores[[1, 4]], late_scores(question, blobs), atol=1e-6)
    assert scores.argmax() == 4
    assert late_scores(question, [empty, empty]).tolist() == [0, 0]
    assert late_scores(question, []).shape == (0,)
    assert late_scores(question[:0], blobs).tolist() == [0, 0]


@pytest.mark.parametrize("dimensions", [64, 384])
def test_estimates_are_as_close_as_theory_says(dimensions: int) -> None:
    # A rotated unit vector's sign vector, scaled to unit length, has sqrt(2 / pi) of its length
    # along it; the other 1 - 2 / pi (squared) lie in a random direction. After division by
    # sqrt(2 / pi) that is an error with standard deviation sqrt((pi / 2 - 1) / d): 0.039 at 384.
    deviation = math.sqrt((math.pi / 2 - 1) / dimensions)
    tokens = unit_vectors(500, dimensions)
    mixed = tokens[:100] + 0.7 * unit_vectors(100, dimensions, seed=1)  # cosines up to 0.8
    question = np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True), np.float32)
    blobs = [compress(encoded(tokens[i : i + 50])) for i in range(0, 500, 50)]
    error = similarities(question, expand(blobs, dimensions)) - question @ tokens.T
    assert np.sqrt((error**2).mean()) == pytest.approx(deviation, rel=0.1)
    assert abs(error.mean()) < deviation / 10
    # MaxSim is no further off than the worst of its estimates: 5.5 deviations among 50,000.
    assert np.abs(error).max() < 5.5 * deviation
    exact = [max_sim(question, tokens[i : i + 50]) for i in range(0, 500, 50)]
    assert np.abs(late_scores(question, blobs) - exact).max() < 5.5 * deviation


def test_similar_vectors_rank_as_they_should() -> None:
    question = unit_vectors(6, 384)
    noise = unit_vectors(6 * 5, 384, seed=2).reshape(5, 6, 384)
    strengths = [0.2, 3.0, 0.7, 1.5, 10.0]
    passages = [question + s * noise[i] for i, s in enumerate(strengths)]
    units = [p / np.linalg.norm(p, axis=1, keepdims=True) for p in passages]
    scores = late_scores(question, [compress(encoded(unit)) for unit in units])
    assert np.argsort(-scores).tolist() == np.argsort(strengths).tolist()


def test_all_machines_share_one_rotation() -> None:
    # Codes are stored, and indexes are copied: another rotation would make them noise.
    matrix = rotation(384)
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(384), atol=1e-5)
    np.testing.assert_allclose(
        rotation(8)[0],
        [0.14760, -0.03254, -0.30629, 0.83471, 0.39219, 0.08754, -0.15120, -0.04744],
        atol=1e-4,
    )


@pytest.mark.model
def test_codes_find_what_the_vectors_find() -> None:
    texts = [
        line.strip()
        for text in CORPUS.values()
        for line in text.split("\n")
        if len(line) > 20 and not line.startswith(("---", "title", "<!doctype"))
    ]
    questions = [
        "How much can the cranes lift?",
        "Who painted the tower?",
        "Wie viele Schiffe kamen 2020 in den Hafen?",
        "Was kostet die Fähre?",
        "港の責任者は誰ですか。",
        "Which day is the library closed?",
    ]
    encoder = load_encoder(Settings())
    passages = encoder.encode_passages([("", text) for text in texts])
    blobs = [compress(passage) for passage in passages]
    for question in encoder.encode_questions(questions):
        exact = [max_sim(question.tokens, passage.tokens) for passage in passages]
        assert late_scores(question.tokens, blobs).argmax() == np.argmax(exact)
