"""The gate: a worsened retriever is caught, chance is not, and what else runs are good for."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qa import Assistant
from qa.errors import InputError
from qa.evaluation.comparing import compare
from qa.evaluation.runs import find
from qa.evaluation.sweeping import marked_best, sweep
from qa.settings import Settings
from qa.sync import sync
from qa.testsets import QuestionSet
from qa.testsets.reading import read
from tests.conftest import write_files
from tests.evaluating import Worsened, beir_folder, run
from tests.hash_encoder import HashEncoder

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def beir(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, QuestionSet]:
    home = tmp_path_factory.mktemp("gate")
    folder = beir_folder(home / "beir", 90, answers=True)
    sync(home / "index", folder, HashEncoder(), Settings())
    tests = read(folder)
    assistant = Assistant.open(home / "index", HashEncoder())
    assert run(assistant, tests, plain=True).info.run == "beir-1"
    assistant.index.close()
    return home / "index", tests


def test_a_worsened_retriever_is_caught(beir: tuple[Path, QuestionSet]) -> None:
    index, tests = beir
    report = run(Assistant.open(index, Worsened(0.3)), tests, plain=True, baseline="beir-1")
    assert any("nDCG@10 is worse than in beir-1 by" in sentence for sentence in report.gate)
    assert report.baseline is not None
    assert len(report.baseline.lost) > len(report.baseline.won)
    assert {one.id for one in report.failures} >= set(report.baseline.lost)


def test_a_change_within_noise_is_not_called_worse(beir: tuple[Path, QuestionSet]) -> None:
    index, tests = beir
    report = run(Assistant.open(index, Worsened(0.03)), tests, plain=True, baseline="beir-1")
    assert report.baseline is not None
    first = report.baseline.comparisons[0]
    assert first.losses > 0
    assert first.verdict == "too few questions to tell"
    assert first.needed is not None and first.needed > 90
    assert report.gate == []


def test_bars_are_kept_or_named(beir: tuple[Path, QuestionSet]) -> None:
    index, tests = beir
    assistant = Assistant.open(index, HashEncoder())
    bars = {"nDCG@10": 0.5, "nDCG@3": 1.01, "refused": 0.5}
    report = run(assistant, tests, plain=True, bars=bars)
    assert len(report.gate) == 2
    assert report.gate[0].startswith("nDCG@3 is ")
    assert report.gate[1].startswith("refused could not be measured")
    with pytest.raises(InputError, match="There is no measure 'nDCG'"):
        run(assistant, tests, bars={"nDCG": 0.5})


def test_runs_of_different_questions_are_compared_on_what_they_share(
    beir: tuple[Path, QuestionSet], tmp_path: Path
) -> None:
    index, tests = beir
    assistant = Assistant.open(index, HashEncoder())
    half = replace(tests, questions=tests.questions[:40])
    after = run(assistant, half, plain=True)
    found = compare(find(index, "beir-1"), find(index, after.info.run))
    assert {one.n for one in found.comparisons} == {40}
    assert "The test sets differ" in found.notes[0]
    with pytest.raises(InputError, match="no evaluation run 'nowhere'"):
        find(index, "nowhere")


def test_the_last_run_is_one_of_the_same_test_set(
    beir: tuple[Path, QuestionSet], tmp_path: Path
) -> None:
    index, tests = beir
    lines = '{"id": "odd", "question": "Where?", "sources": [{"doc": "d0"}]}\n'
    other = read(write_files(tmp_path, {"other.jsonl": lines}) / "other.jsonl")
    assistant = Assistant.open(index, HashEncoder())
    with pytest.raises(InputError, match="no evaluation run 'last'"):
        run(assistant, other, baseline="last")
    later = run(assistant, other).info.run
    report = run(assistant, tests, plain=True, baseline="last")
    assert report.baseline is not None
    assert report.baseline.run.startswith("beir-")
    asked: list[int] = []
    with pytest.raises(InputError, match=f"{later} and beir have no judged question in common"):
        run(assistant, tests, baseline=later, progress=lambda now: asked.append(now.done))
    assert asked == []  # said before a question is asked


def test_other_questions_of_the_same_ids_are_not_compared(
    beir: tuple[Path, QuestionSet], tmp_path: Path
) -> None:
    index, tests = beir
    assistant = Assistant.open(index, HashEncoder())
    others = [replace(one, text=f"{one.text} Or what?") for one in tests.questions]
    elsewhere = replace(
        tests, path=tmp_path / "beir", questions=[*others[:30], *tests.questions[30:]]
    )
    with pytest.raises(InputError, match="no evaluation run 'last'"):
        run(assistant, replace(elsewhere, questions=others), baseline="last")
    after = run(assistant, elsewhere, plain=True)
    found = compare(find(index, "beir-1"), find(index, after.info.run))
    assert {one.n for one in found.comparisons} == {60}


def test_documents_of_many_passages_do_not_hide_others(tmp_path: Path) -> None:
    lines = [
        {
            "_id": f"d{n}",
            "text": "\n\n".join(f"# {m}\n\nHarbour of {n}, part {m}." for m in range(17)),
        }
        for n in range(12)
    ]
    qrels = "".join(f"q\td{n}\t1\n" for n in range(12))
    write_files(
        tmp_path / "long",
        {
            "corpus.jsonl": "".join(f"{json.dumps(one)}\n" for one in lines),
            "queries.jsonl": '{"_id": "q", "text": "Which harbour?"}\n',
            "qrels/test.tsv": f"query-id\tcorpus-id\tscore\n{qrels}",
        },
    )
    sync(tmp_path / "index", tmp_path / "long", HashEncoder(), Settings())
    assistant = Assistant.open(tmp_path / "index", HashEncoder())
    report = run(assistant, read(tmp_path / "long"), bars={"R@12": 1.0})
    assert report.measures["nDCG@10"].value == 1
    assert report.gate == []


def test_a_sweep_marks_what_nothing_beats(
    beir: tuple[Path, QuestionSet], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.encoder.load_encoder", lambda _: HashEncoder())
    _, tests = beir
    few = replace(tests, questions=tests.questions[:15])
    axes = ["passages.tokens=32,200", "retriever=full,plain"]
    points = sweep(tests.path, Settings(), few, axes, runs=tmp_path / "index")
    assert [dict(point.setting)["retriever"] for point in points] == ["full", "plain"] * 2
    assert [p.report.info.settings["passage_tokens"] for p in points] == [32, 32, 200, 200]
    costs = [np.array(point.costs) for point in points]
    for point, own in zip(points, costs, strict=True):
        assert point.best != any((other <= own).all() and (other < own).any() for other in costs)
    worse = replace(points[0].report, p50_ms=points[0].report.p50_ms + 1)
    marked = marked_best([points[0], replace(points[0], report=worse)])
    assert [point.best for point in marked] == [True, False]
    with pytest.raises(InputError, match=r"'wide' is no value of passages\.tokens"):
        sweep(tests.path, Settings(), few, ["passages.tokens=wide"], runs=tmp_path)


def test_a_sweep_keeps_a_threshold_for_its_own_encoder_only(
    beir: tuple[Path, QuestionSet], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.encoder.load_encoder", lambda _: HashEncoder())
    _, tests = beir
    few = replace(tests, questions=tests.questions[:5])
    settings = Settings(threshold=0.61)
    axes = [f"encoder={settings.encoder},other"]
    points = sweep(tests.path, settings, few, axes, runs=tmp_path / "index")
    assert [point.report.info.settings["threshold"] for point in points] == [0.61, None]


PLUGIN_TEST = """
def test_good_enough(qa_eval):
    report = qa_eval({tests!r}, {index!r}, plain=True, fail_under={{"nDCG@10": {bar}}})
    assert report.info.plain
"""


@pytest.mark.parametrize(("bar", "code"), [(0.1, 0), (1.0, 1)])
def test_the_pytest_fixture_fails_below_the_bar(
    beir: tuple[Path, QuestionSet], tmp_path: Path, bar: float, code: int
) -> None:
    index, tests = beir
    text = PLUGIN_TEST.format(tests=str(tests.path), index=str(index), bar=bar)
    conftest = "import qa.encoder, qa.assistant\nfrom tests.run_qa import load_encoder\n"
    conftest += "qa.encoder.load_encoder = qa.assistant.load_encoder = load_encoder\n"
    write_files(tmp_path, {"test_it.py": text, "conftest.py": conftest})
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "qa.evaluation.pytest_plugin", "test_it.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert ("nDCG@10 is 0." in done.stdout) == bool(code)
