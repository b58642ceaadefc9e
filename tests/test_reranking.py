"""A cross-encoder orders the best hits; nothing else about them changes."""

from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.cli import main
from qa.errors import ModelError
from qa.reranking import Reranker
from qa.settings import Settings
from tests.hash_encoder import HashEncoder

QUESTION = "Who painted the tower?"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cross_encoder(tmp_path_factory.mktemp("cross"), labels=1)


def cross_encoder(folder: Path, *, labels: int) -> Path:
    """Make a cross-encoder of one small layer that reads letters one by one."""
    from sentence_transformers import CrossEncoder
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abcdefghijklmnopqrstuvwxyz"]
    tokenizer = Tokenizer(models.WordLevel({one: at for at, one in enumerate(pieces)}, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, model_max_length=128, **names
    ).save_pretrained(folder / "bert")
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=128,
    )
    config.num_labels = labels
    BertForSequenceClassification(config).save_pretrained(folder / "bert")
    CrossEncoder(str(folder / "bert"), device="cpu").save_pretrained(str(folder / "model"))
    return folder / "model"


@pytest.fixture
def index(tmp_path: Path, corpus: Path) -> Path:
    Assistant.build(corpus, tmp_path / "index", HashEncoder()).index.close()
    return tmp_path / "index"


def test_hits_stand_in_the_order_the_model_gives(
    index: Path, tmp_path: Path, corpus: Path, model: Path
) -> None:
    plain = Assistant.open(index, HashEncoder())
    wanted = Settings(rerank=str(model))
    other = tmp_path / "other"
    ordered = Assistant.build(corpus, other, HashEncoder(), wanted)
    for k in (3, 30):
        before, after = plain.search(QUESTION, 30), ordered.search(QUESTION, k)
        assert len(after) == min(k, len(before))
        assert [hit.rank for hit in after] == list(range(1, len(after) + 1))
        said = [hit.scores["rerank"] for hit in after]
        assert said == sorted(said, reverse=True)
        known = {hit.passage.text: hit.scores["fused"] for hit in before}
        assert all(hit.score == pytest.approx(known[hit.passage.text]) for hit in after)
    assert "rerank" not in plain.search(QUESTION, 1)[0].scores
    assert ordered.ask(QUESTION).hits[0].passage.text == ordered.search(QUESTION, 5)[0].passage.text
    assert Reranker(str(model)).reordered(QUESTION, []) == []


def test_a_model_that_is_not_there_is_refused_before_anything_is_stored(
    index: Path, corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["index", str(corpus), "--index", str(index), "--rerank", str(corpus)])
    assert ended.value.code == ModelError.exit_code
    assert "cannot be loaded" in capsys.readouterr().err
    assert Assistant.open(index, HashEncoder()).index.settings.rerank == ""


def test_a_model_that_gives_several_values_is_refused(tmp_path: Path) -> None:
    """As those do that tell whether one sentence follows from another."""
    with pytest.raises(ModelError, match="gives 3 values"):
        Reranker(str(cross_encoder(tmp_path, labels=3)))
