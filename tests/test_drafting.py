"""Drafted test sets, and the threshold that own questions choose."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from qa import Assistant
from qa.errors import InputError
from qa.evaluation.calibrating import calibrate, fit
from qa.evaluation.drafting import write_draft
from qa.evaluation.results import Result
from qa.settings import Settings
from qa.sync import set_threshold, sync
from qa.testsets.reading import read
from tests.conftest import write_files
from tests.evaluating import QUESTIONS, run, write_tests
from tests.hash_encoder import HashEncoder


@pytest.fixture
def assistant(tmp_path: Path, corpus: Path, encoder: HashEncoder) -> Assistant:
    return Assistant.build(corpus, tmp_path / "index", encoder)


def test_a_draft_can_be_evaluated(assistant: Assistant, tmp_path: Path) -> None:
    kept_question = {**QUESTIONS[0], "id": "kept", "by": "192.0.2.7", "at": "2026-01-02"}
    open_one = {"id": "open", "question": "Why?", "tags": ["feedback", "missing"], "sources": []}
    lines = f"{json.dumps(kept_question)}\n{json.dumps(open_one)}\n"
    write_files(assistant.index.folder, {"feedback/questions.jsonl": lines})
    feedback = read(assistant.index.folder / "feedback" / "questions.jsonl")
    assert [one.id for one in feedback.questions] == ["kept"]
    assert "line 2: left out" in feedback.notes[0]
    path = tmp_path / "drafts.jsonl"
    count = write_draft(assistant.index, path)
    tests = read(path)
    assert len(tests.questions) == count >= 8
    assert tests.questions[0].id == "kept"
    assert {one.facets.get("kind") for one in tests.questions} >= {"known-item", "heading"}
    assert "192.0.2.7" not in path.read_text("utf-8")
    assert len({one.sources[0].doc for one in tests.questions}) == 6
    report = run(assistant, tests)
    assert report.notes == []  # every quote stands in its document, word for word
    assert report.measures["document.R@10"].value > 0.7
    with pytest.raises(InputError, match="exists already"):
        write_draft(assistant.index, path)


def test_sentences_without_a_word_to_ask_for_are_not_drafted(
    tmp_path: Path, encoder: HashEncoder
) -> None:
    texts = {
        "a": "とてもおいしいりんごをみんなでたべました。",
        "b": "港には三台の大きなクレーンがあります。",
    }
    folder = write_files(tmp_path / "docs", {f"{name}.txt": text for name, text in texts.items()})
    assistant = Assistant.build(folder, tmp_path / "index", encoder)
    assert write_draft(assistant.index, tmp_path / "drafts.jsonl") == 1
    assert len(read(tmp_path / "drafts.jsonl").questions) == 1


def confident(values: Mapping[str, tuple[float, bool]]) -> tuple[list[Result], list[bool]]:
    results = [Result(name, confidence=value) for name, (value, _) in values.items()]
    return results, [label for _, label in values.values()]


def test_the_threshold_is_chosen_where_it_decides_best() -> None:
    values = {f"a{n}": (0.3 + n / 100, True) for n in range(20)}
    values |= {f"n{n}": (0.1 + n / 100, False) for n in range(12)}
    found = calibrate(*confident(values), in_use=0.05)
    assert 0.21 < found.threshold < 0.3
    assert (found.before, found.after) == (0.5, 1.0)
    assert found.kept
    noise = np.random.default_rng(1).random(60)
    mixed = {str(n): (float(value), n % 2 == 0) for n, value in enumerate(noise)}
    assert abs(calibrate(*confident(mixed), in_use=0.5).after - 0.5) < 0.15


def test_a_threshold_is_kept_with_the_index(
    assistant: Assistant, tmp_path: Path, corpus: Path, encoder: HashEncoder
) -> None:
    index = assistant.index.folder
    with pytest.raises(InputError, match="there are 4 and 1"):
        fit(assistant, write_tests(tmp_path), runs=index)
    answer = assistant.ask("When was the harbour of Elmstadt opened?")
    for threshold, abstains in ((1.0, True), (0.0, False)):
        set_threshold(index, threshold)
        assert assistant.ask(answer.question).abstained == abstains  # the open one sees it
    sync(index, corpus, encoder, Settings())
    assert Assistant.open(index, encoder).index.settings.threshold == 0.0
