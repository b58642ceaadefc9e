"""How the adapter is learnt: from the articles it may see, and so that wrong answers lose."""

import gzip
import json
import random
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks.adapting.__main__ import Teacher, loss, maxsim
from benchmarks.adapting.batches import batches
from benchmarks.adapting.bert import Adaptable
from benchmarks.adapting.manuals import manuals
from benchmarks.adapting.texts import HELD_OUT, Articles, monolingual, parallel
from qa.encoder import OnnxEncoder
from qa.models.adapter import changes
from qa.models.cache import model_folder
from tests.conftest import write_files
from tests.tiny_weights import TINY

# The tiny model reads small letters only.
TEXTS = {"en": "a boat. the red sea. nine cats", "de": "ein boot. das rote meer. neun katzen"}
STEPS = 40


def spans(text: str) -> list[list[int]]:
    ends = [at + 1 for at, letter in enumerate(text) if letter == "."] + [len(text)]
    return [[begin, end] for begin, end in zip([0, *ends], ends, strict=False)]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two articles to learn from, one that is held out, and one of the other split."""
    articles = {"a000": "tune", "a001": "tune", min(HELD_OUT["xquad"]): "tune", "a003": "report"}
    (tmp_path / "xquad-r").mkdir()
    for lang, text in TEXTS.items():
        paragraphs = [
            {
                "context": f"{text} {article}",
                "sentence_breaks": spans(f"{text} {article}"),
                "qas": [
                    {"id": f"{article}-{n}", "question": f"{lang} {n}", "answers": [answer]}
                    for n, answer in enumerate([{"answer_start": 0}, {"answer_start": 12}])
                ],
            }
            for article in articles
        ]
        with gzip.open(tmp_path / "xquad-r" / f"{lang}.json.gz", "wt", encoding="utf-8") as file:
            json.dump({"data": [{"paragraphs": paragraphs}]}, file)
    rows = [
        {"_id": f"{article}-{n}", "metadata": {"article": article, "split": split}}
        for article, split in articles.items()
        for n in range(2)
    ]
    (tmp_path / "xquad-en-en").mkdir()
    lines = "\n".join(json.dumps(row) for row in rows)
    (tmp_path / "xquad-en-en" / "queries.jsonl").write_text(lines, "utf-8")
    return tmp_path


@pytest.fixture
def student(tmp_path: Path) -> Adaptable:
    torch.manual_seed(1)
    (tmp_path / "tiny.bin").write_bytes(TINY)
    return Adaptable(tmp_path / "tiny.bin")


def taught(data: Path) -> Articles:
    return [article for _ in range(8) for article in parallel(data)]


def test_held_out_and_report_articles_are_left_alone(data: Path) -> None:
    seen = {told.texts["en"][-4:] for article in parallel(data) for told in article}
    assert seen == {"a000", "a001"}
    for article in parallel(data):
        for told in article:
            for lang, text in told.texts.items():
                begin, end = told.sentences[lang][told.asked[1].sentence[lang]]
                assert text[begin:end].strip() == (
                    "the red sea." if lang == "en" else "das rote meer."
                )


def test_what_cannot_be_learnt_from_is_left_out(data: Path) -> None:
    folder = data / "squad2-unanswerable"
    (folder / "qrels").mkdir(parents=True)
    held = min(HELD_OUT["squad2-unanswerable"])
    asked = [
        ("right", "a000", "tune", True, ["Nine cats"]),
        ("unanswerable", "a000", "tune", False, []),
        ("elsewhere", "a000", "tune", True, ["dogs"]),
        ("held out", held, "tune", True, ["Nine cats"]),
        ("report", "a000", "report", True, ["Nine cats"]),
    ]
    corpus = {"_id": "d", "text": "A boat sails. Nine cats sleep."}
    (folder / "corpus.jsonl").write_text(json.dumps(corpus), "utf-8")
    names = ("article", "split", "answerable", "answers")
    rows = [
        {"_id": text, "text": text, "metadata": dict(zip(names, rest, strict=True))}
        for text, *rest in asked
    ]
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    qrels = "\n".join(["query-id\tcorpus-id\tscore", *(f"{one[0]}\td\t1" for one in asked)])
    (folder / "qrels" / "test.tsv").write_text(qrels, "utf-8")
    ((told,),) = monolingual(folder, "en")
    (one,) = told.asked
    assert one.texts == {"en": "right"}
    begin, end = told.sentences["en"][one.sentence["en"]]
    assert told.texts["en"][begin:end] == "Nine cats sleep."


def test_before_it_learns_the_model_is_the_one_that_is_packaged(
    student: Adaptable, tmp_path: Path
) -> None:
    encoder = OnnxEncoder(model_folder(tmp_path, tmp_path / "tiny.bin", "onnx"))
    student.centre = torch.from_numpy(encoder.centre)
    texts = list(TEXTS.values())
    found, means = student.encode(texts, "document")
    for one, expected in zip(found, encoder.encode_passages([("", t) for t in texts]), strict=True):
        assert (one.vectors.detach().numpy() * expected.tokens).sum(axis=1).min() > 0.97
        np.testing.assert_allclose(one.weights.numpy(), expected.weights, atol=1e-5)
        np.testing.assert_array_equal(one.spans, expected.spans)
    with torch.no_grad():
        whole, parts = maxsim(found, found, [(0, (0, len(texts[0])))])
    assert whole.argmax(1).tolist() == [0, 1]
    np.testing.assert_allclose(parts[:, 0], whole[:, 0], atol=1e-6)
    assert means.shape == (2, len(student.centre))


def test_learning_makes_less_wrong_and_is_kept(
    student: Adaptable, data: Path, tmp_path: Path
) -> None:
    sources = [taught(data)] * 4
    teacher = Teacher(student, sources)
    optimizer = torch.optim.AdamW(student.parameters(), lr=5e-3)
    drawn = batches(sources, student.length, random.Random(0))  # noqa: S311
    again = [next(drawn) for _ in range(4)]

    def wrong() -> float:
        student.merge()
        with torch.no_grad():
            return sum(loss(student, teacher, batch).item() for batch in again)

    before = wrong()
    for step in range(STEPS):
        student.merge()
        optimizer.zero_grad()
        torch.autograd.backward(loss(student, teacher, again[step % len(again)]))
        optimizer.step()
    assert wrong() < 0.8 * before
    student.save(tmp_path / "learnt.safetensors")
    learnt = dict(changes(tmp_path / "learnt.safetensors"))
    assert learnt.keys() == student.changed.keys()
    assert all(np.abs(change).max() > 0 for change in learnt.values())


def page(*paragraphs: str) -> str:
    parts = "".join(f'<div class="para"> {one} </div>' for one in paragraphs)
    return f'<meta charset="utf-8"><h2 class="title">{paragraphs[0][:20]}</h2>{parts}'


def test_manuals_are_the_same_in_all_their_languages_but_what_is_not_translated(
    tmp_path: Path,
) -> None:
    words = {
        "en-US": ["The harbour is open.", "Boats wait outside. " * 9, "Nine cats watch them. " * 9],
        "ja-JP": ["港は開いています。", "船は外で待ちます。" * 9, "猫が九匹見ています。" * 9],
        "es-ES": ["The harbour is open.", "Boats wait outside. " * 9, "Nine cats watch them. " * 9],
    }
    for lang, paragraphs in words.items():
        folder = tmp_path / "usr/share/doc/debian-handbook/html" / lang
        write_files(folder, {"harbour.html": page(*paragraphs)})
    ((told,),) = manuals(tmp_path)
    assert set(told.texts) == {"en", "ja"}
    for lang, name in (("en", "en-US"), ("ja", "ja-JP")):
        taken, heading = (one.texts[lang] for one in told.asked)
        shown = [told.texts[lang][begin:end] for begin, end in told.sentences[lang]]
        assert sorted([taken, *shown]) == sorted(" ".join(one.split()) for one in words[name])
        assert heading == words[name][0]
    assert not any(one.real for one in told.asked)
