"""Multi-vector models are encoders: their own token vectors, at their places in the text."""

from pathlib import Path

import numpy as np
import pytest

from qa.datamodel import Encoding, TooLongError
from qa.encoder import load_encoder
from qa.settings import Settings
from tests.tiny_model import TINY_TOKENS, tiny_model


@pytest.fixture(scope="module")
def colbert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A multi-vector model around the tiny one, which leaves full stops out of its scores."""
    from sentence_transformers import MultiVectorEncoder
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.multi_vector_encoder.modules import MultiVectorMask

    folder = tmp_path_factory.mktemp("colbert")
    tiny = tiny_model(folder)
    transformer = Transformer(str(tiny), query_length=40, document_length=TINY_TOKENS)
    modules = [transformer, MultiVectorMask(skiplist_words=["."])]
    prompts = {"query": "ask ", "document": "tell "}
    model = MultiVectorEncoder(modules=modules, prompts=prompts, device="cpu")
    model.save(str(folder / "colbert"))
    return folder / "colbert"


def test_a_multi_vector_model_is_an_encoder(colbert: Path) -> None:
    from sentence_transformers import MultiVectorEncoder

    encoder = load_encoder(Settings(encoder=str(colbert)))
    text = "Who runs it. Ida."
    (passage,) = encoder.encode_passages([("A title", text)])
    assert _read(passage, text) == [*"WhorunsitIda"]
    assert encoder.dimensions == passage.mean.size == passage.tokens.shape[1] == 32
    (question,) = encoder.encode_questions([text])
    assert _read(question, text) == [*"Whorunsit.Ida."]
    model = MultiVectorEncoder(str(colbert), device="cpu")
    theirs = model.encode_query([text], convert_to_numpy=True, normalize_embeddings=True)[0]
    np.testing.assert_allclose(theirs[1 + len("ask") : -1], question.tokens, atol=1e-5)
    assert encoder.max_tokens == TINY_TOKENS
    with pytest.raises(TooLongError, match="tokens do not fit 128"):
        encoder.encode_passages([("", "a " * 130)])
    with pytest.raises(TooLongError, match="tokens do not fit 40"):
        encoder.encode_questions(["a" * 60])


def _read(encoding: Encoding, text: str) -> list[str]:
    """Return the pieces of the text that have a vector."""
    return [text[start:end] for start, end in encoding.spans.tolist() if start >= 0]
