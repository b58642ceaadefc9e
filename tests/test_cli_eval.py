"""``qa eval`` as people and continuous integration use it."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from qa.sync import set_threshold
from qa.testsets.reading import read
from tests.conftest import Qa, Run
from tests.evaluating import QUESTIONS, beir_folder

SET = "tests.jsonl"


@pytest.fixture
def tested(indexed: Qa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Qa:
    """Runs the command in a folder with an indexed corpus and a test set."""
    monkeypatch.setenv("FUNDSTELLE_CACHE", str(tmp_path / "cache"))
    lines = "".join(f"{json.dumps(one)}\n" for one in QUESTIONS if one["id"] != "empty")
    (tmp_path / SET).write_text(lines)
    return indexed


def as_json(run: Run, code: int = 0) -> Any:
    assert run[0] == code, run[2]
    return json.loads(run[1])


def test_a_report_fits_a_terminal_and_says_the_same_as_json(tested: Qa, tmp_path: Path) -> None:
    code, out, err = tested("eval", SET, "--out", "report")
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    value = re.search(r"^nDCG@10 +(\S+) +(\S+) to (\S+) +(\d+)$", out, re.MULTILINE)
    assert value is not None
    report = as_json(tested("eval", SET, "--json"))
    assert (report["tests"], report["run"], report["questions"]) == ("tests", "tests-2", 4)
    assert report["index"]["documents"] == 6
    main_measure = report["measures"]["nDCG@10"]
    numbers = [f"{main_measure[name]:.3f}" for name in ("value", "low", "high")]
    assert [*numbers, str(main_measure["n"])] == list(value.groups())
    assert report["failures"] == list(report["why"])
    assert set(report["by"]) >= {"pair", "kind", "lang", "doc", "tag", "length", "across"}
    written = json.loads((tmp_path / "report/report.json").read_text("utf-8"))
    assert written["measures"] == report["measures"]


def test_the_gate_fails_with_its_own_code(tested: Qa) -> None:
    assert tested("eval", SET, "--fail-under", "R@10=0.5")[0] == 0
    code, _, err = tested("eval", SET, "--fail-under", "R@10=0.9", "--baseline", "last")
    assert code == 9
    assert "Not good enough: R@10 is 0.667, below 0.9." in err
    report = as_json(tested("eval", SET, "--fail-under", "R@10=0.9", "--json"), code=9)
    assert report["gate"] == {"passed": False, "failed": ["R@10 is 0.667, below 0.9."]}


def test_a_written_report_is_a_baseline_and_runs_are_compared(tested: Qa) -> None:
    assert tested("eval", SET, "--out", "before")[0] == 0
    report = as_json(tested("eval", SET, "--baseline", "before", "--json"))
    assert report["baseline"]["run"] == "tests-1"
    assert report["baseline"]["delta"]["nDCG@10"] == 0
    assert report["baseline"]["verdict"]["nDCG@10"] == "same"
    code, out, _ = tested("eval", "--compare", "tests-1", "tests-2")
    assert code == 0
    assert "Compared with tests-1" in out
    assert as_json(tested("eval", "--compare", "tests-1", "tests-2", "--json"))["p"]["R@10"] == 1


def test_a_run_goes_out_as_files_for_other_programs(tested: Qa, tmp_path: Path) -> None:
    report = as_json(tested("eval", SET, "--json"))
    code, out, _ = tested("export", "taken", "--run", "last")
    assert code == 0
    assert out.startswith("The run tests-1 into taken: run.trec, qrels.trec, answers.jsonl")
    assert read(tmp_path / "taken/questions.jsonl").digest == read(tmp_path / SET).digest
    first, *others = (tmp_path / "taken/answers.jsonl").read_text("utf-8").splitlines()
    assert len(others) == report["questions"] - 1
    answer = json.loads(first)
    assert answer["hits"][0]["doc"] == "harbour.md"
    asked = as_json(tested("ask", answer["question"], "--json"))
    assert answer["citations"] == [
        {name: one[name] for name in ("number", "doc", "start", "end", "quote")}
        for one in asked["citations"]
    ]
    assert "opened 0 harbour.md 1" in (tmp_path / "taken/qrels.trec").read_text().splitlines()


def test_a_run_of_another_index_or_test_set_is_not_passed_off(tested: Qa, tmp_path: Path) -> None:
    assert tested("eval", SET)[0] == 0
    (tmp_path / "corpus/new.txt").write_text("A new document about nothing.")
    assert tested("index")[0] == 0
    exported = as_json(tested("export", "taken", "--run", "tests-1", "--json"))
    assert exported["quotes"] is False
    answers = (tmp_path / "taken/answers.jsonl").read_text("utf-8").splitlines()
    quotes = [one["quote"] for line in answers for one in json.loads(line)["citations"]]
    assert set(quotes) <= {None}
    lines = (tmp_path / SET).read_text("utf-8").splitlines(keepends=True)
    (tmp_path / SET).rename(tmp_path / "kept.jsonl")
    (tmp_path / SET).write_text("".join(lines[1:]))
    code, _, err = tested("export", "taken", "--run", "tests-1")
    assert code == 2
    assert "is no longer the test set of the run tests-1" in " ".join(err.split())
    assert tested("export", "taken", "--run", "tests-1", "--tests", "kept.jsonl")[0] == 0


def test_a_beir_folder_gets_an_index_of_its_own(tested: Qa, tmp_path: Path) -> None:
    folder = beir_folder(tmp_path / "public", 12)
    report = as_json(tested("eval", str(folder), "--plain", "--json"))
    assert (report["questions"], report["index"]["documents"]) == (12, 12)
    assert report["retriever"] == "mean vectors"
    assert str(tmp_path / "cache") in report["notes"][0]
    assert {"en->de", "en->en"} == set(report["by"]["pair"])
    assert as_json(tested("status", "--json"))["documents"] == 6  # the own index is as it was
    code, out, err = tested("export", "taken", "--run", "last")
    assert (code, err) == (0, "")
    assert "public-1 into taken" in out
    assert (tmp_path / "taken/qrels.trec").read_text().count("\n") == 12


def test_judgements_named_once_are_found_again(tested: Qa, tmp_path: Path) -> None:
    (tmp_path / "topics.txt").write_text("301\tWho opened the harbour?\n")
    (tmp_path / "judged.txt").write_text("301 0 harbour.md 1\n")
    assert tested("eval", "topics.txt", "--qrels", "judged.txt")[0] == 0
    assert tested("export", "taken", "--run", "last")[0] == 0
    assert (tmp_path / "taken/qrels.trec").read_text() == "301 0 harbour.md 1\n"


@pytest.mark.parametrize("other", ["--compare a b", "--init", "--sweep index.x=1", "--calibrate"])
@pytest.mark.parametrize("spare", ["--fail-under R@10=1", "--baseline last", "--out x", "--plain"])
def test_a_bar_that_would_guard_nothing_is_refused(tested: Qa, other: str, spare: str) -> None:
    code, _, err = tested("eval", SET, *other.split(), *spare.split())
    assert code == 2
    assert f"{spare.split()[0]} does nothing beside {other.split()[0]}." in err


@pytest.mark.parametrize(
    ("args", "spare", "usage"),
    [
        ([SET, "--compare", "a", "b"], "TESTS", "qa eval --compare A B"),
        (["new.jsonl", "--init", "--qrels", SET], "--qrels", "qa eval --init TESTS"),
        ([SET, "--init", "--calibrate"], "--calibrate", "qa eval --init TESTS"),
    ],
)
def test_what_does_nothing_is_refused_with_what_to_type(
    tested: Qa, args: list[str], spare: str, usage: str
) -> None:
    code, _, err = tested("eval", *args)
    assert code == 2
    assert f"{spare} does nothing beside" in err
    assert usage in err


def test_a_draft_is_written_once(tested: Qa) -> None:
    drafted = as_json(tested("eval", "drafts.jsonl", "--init", "--json"))
    assert drafted["questions"] >= 6
    code, _, err = tested("eval", "drafts.jsonl", "--init")
    assert code == 2
    assert "drafts.jsonl exists already" in err
    assert "qa eval --init drafts.jsonl" in tested("eval", "drafts.csv", "--init")[2]
    assert as_json(tested("eval", "drafts.jsonl", "--json"))["questions"] == drafted["questions"]


ANSWERED = {
    "When was the harbour of Elmstadt opened?": "harbour.md",
    "How many tonnes can the three cranes of the harbour lift each?": "harbour.md",
    "How many ships did the harbour handle in 2020, carrying timber and grain?": "harbour.md",
    "Who painted the tower of the lighthouse red in 1931?": "notes/lighthouse.txt",
    "Which diary did the keeper Marta Quill keep about the storms?": "notes/lighthouse.txt",
    "Wann wurde der Hafen von Elmstadt eröffnet?": "hafen.md",
    "Welche Hafenmeisterin leitet den Hafen von Elmstadt?": "hafen.md",
    "Wann fährt die Fähre nach Norderholm täglich?": "hafen.md",
    "Was kostet eine Karte für die Fähre nach Norderholm?": "hafen.md",
    "Wie viele Taschenuhren aus Silber besitzt das Museum für Uhren?": "museum.html",
}
REFUSED = [
    "Why do penguins swim under ice?", "Who won yesterday's football match?",
    "What is the boiling point of tungsten?", "Wie backt man Brezeln mit Natron?",
    "Which planet has the largest moon?", "Wer komponierte die neunte Sinfonie?",
    "How many strings does a cello have?", "What do giraffes dream about?",
    "Wo wächst wilder Safran?", "Which algorithm sorts fastest?",
]  # fmt: skip


def test_a_threshold_fitted_to_own_questions_decides_the_next_answers(
    tested: Qa, tmp_path: Path
) -> None:
    lines: list[dict[str, object]] = [
        {"id": f"a{n}", "question": text, "sources": [{"doc": doc}]}
        for n, (text, doc) in enumerate(ANSWERED.items())
    ]
    lines += [
        {"id": f"r{n}", "question": text, "answerable": False} for n, text in enumerate(REFUSED)
    ]
    (tmp_path / "own.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in lines))
    set_threshold(tmp_path / "index", 0.9999)  # too careful: nothing is answered
    asked, unknown = next(iter(ANSWERED)), REFUSED[0]
    assert as_json(tested("ask", asked, "--json"))["abstained"]
    code, out, _ = tested("eval", "own.jsonl", "--calibrate")
    assert code == 0
    assert "50% before" in out
    found = re.search(r"answers from a confidence of (0\.\d+)\.", out)
    assert found is not None, out
    answers = {text: as_json(tested("ask", text, "--json")) for text in (asked, unknown)}
    for answer in answers.values():
        assert answer["abstained"] == (answer["confidence"] < float(found[1]))
    assert [answer["abstained"] for answer in answers.values()] == [False, True]
    again = as_json(tested("eval", "own.jsonl", "--calibrate", "--json"))
    assert again["before"] > 0.5  # measured with the threshold that was fitted
    assert as_json(tested("eval", "own.jsonl", "--json"))["measures"]["answered"]["value"] > 0.5


def test_a_sweep_is_a_table(tested: Qa) -> None:
    code, out, _ = tested("eval", SET, "--sweep", "passages.tokens=64,200")
    assert code == 0
    assert out.count("passages.tokens=") == 2
    assert "best" in out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["eval"], "No test set is named"),
        (["eval", "absent.jsonl"], "absent.jsonl cannot be read"),
        (["eval", SET, "--fail-under", "nDCG@10"], "is not a measure and a value"),
        (["eval", SET, "--fail-under", "quality=0.5"], "There is no measure 'quality'"),
        (["eval", SET, "--baseline", "best"], "There is no evaluation run 'best'"),
        (["eval", SET, "--baseline", "other", "-k", "5"], "cut-off 10, the other one with 5"),
        (["eval", "--compare", "other", "five"], "cut-off 10, the other one with 5"),
        (["eval", SET, "--sweep", "colour=red"], "is not a setting with values"),
        (["eval", SET, "--calibrate"], "A threshold needs at least 10"),
        (["eval", "--compare", "a", "b"], "There is no evaluation run 'a'"),
        (["eval", SET, "--out", SET], "The report cannot be written to tests.jsonl"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(tested: Qa, words: list[str], sentence: str) -> None:
    for folder, k in (("other", "10"), ("five", "5")):
        if folder in words:
            assert tested("eval", SET, "--out", folder, "-k", k)[0] == 0
    code, _, err = tested(*words)
    assert code == 2
    assert sentence in " ".join(err.split())
    error = json.loads(tested(*words, "--json")[1])["error"]
    assert error["code"]
    assert error["hint"]


def test_a_report_takes_the_place_of_no_other_file(tested: Qa, tmp_path: Path) -> None:
    own = (tmp_path / SET).read_bytes()
    shutil.copy(tmp_path / SET, tmp_path / "questions.jsonl")
    for args in (["eval", "questions.jsonl", "--out", "."], ["export", ".", "--run", "last"]):
        assert tested("eval", "questions.jsonl")[0] == 0
        code, _, err = tested(*args)
        assert code == 2
        assert "There is another questions.jsonl in ., which would be lost." in err
    assert (tmp_path / "questions.jsonl").read_bytes() == own
    for _ in range(2):  # an earlier report makes room
        assert tested("export", "taken", "--run", "last")[0] == 0


def test_a_test_set_named_for_no_run_is_refused(tested: Qa) -> None:
    code, _, err = tested("export", "a.zip", "--tests", SET)
    assert code == 2
    assert "--tests does nothing without --run." in err
