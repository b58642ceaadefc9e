"""Runs, reports and comparisons: what a person reads off them must be so."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from qa import Assistant
from qa.errors import InputError
from qa.evaluation.evaluate import evaluate
from qa.evaluation.judging import Found, Gold, by_page, by_source, first_rank
from qa.evaluation.report import kept, report_json
from qa.evaluation.reports.files import quotes, write_all
from qa.evaluation.results import Cited, Result
from qa.evaluation.runs import RESULTS, find, runs_of
from qa.testsets.reading import read
from tests.evaluating import QUESTIONS, beir_folder, run, timeless, write_tests
from tests.hash_encoder import HashEncoder

ROOT = Path(__file__).parents[1]


@pytest.fixture
def assistant(tmp_path: Path, corpus: Path, encoder: HashEncoder) -> Assistant:
    (corpus / "empty.txt").touch()
    return Assistant.build(corpus, tmp_path / "index", encoder)


def test_a_run_says_how_good_it_is_and_what_went_wrong(
    assistant: Assistant, tmp_path: Path
) -> None:
    report = run(assistant, write_tests(tmp_path))
    measures = report_json(report)["measures"]
    assert {name: one["n"] for name, one in measures.items()}.items() >= {
        "nDCG@10": 4, "document.R@10": 3, "sentence@1": 3, "answered": 4, "refused": 1,
        "citation_precision": 3, "answer_bearing@10": 1,
    }.items()  # fmt: skip
    assert measures["Success@1"]["value"] == 0.5  # a missing document counts as zero
    assert measures["answer_bearing@10"]["value"] == 1.0
    why = report_json(report)["why"]
    assert why["gone"]["reason"] == (
        "Not retrieved because the document lost.md is not in the index."
    )
    assert why["empty"]["reason"].startswith(
        "Not retrieved because the document empty.txt failed to load ("
    )
    assert "the quote stands in museum.html but for spaces and punctuation" in report.notes[0]
    assert set(report.by["lang"]) >= {"en", "de"}
    assert report.by["pair"]["en->en"]["nDCG@10"].value == 1.0


def test_a_failure_names_the_stage_that_lost_it_and_what_came_first(
    assistant: Assistant, tmp_path: Path
) -> None:
    question: dict[str, object] = {
        "id": "wrong",
        "question": "The harbour of Elmstadt was opened in 1874",
        "sources": [{"doc": "densha.md", "quote": "切符は三百円です"}],
    }
    tests = write_tests(tmp_path, [question])
    report = run(assistant, tests)
    (failure,) = report.failures
    assert failure.fault in ("ranked low", "not found")
    assert failure.stages["lexical"] is None  # no word met
    assert failure.stages["dense"] > 1 and failure.stages["fused"] > 1  # type: ignore[operator]
    assert failure.beaten_by is not None
    assert "1874" in quotes(report, tests, assistant)["wrong"].beaten_by


def test_a_question_that_cannot_be_asked_counts_as_zero(
    assistant: Assistant, tmp_path: Path
) -> None:
    long = {**QUESTIONS[0], "id": "long", "question": "harbour " * 1_000}
    report = run(assistant, write_tests(tmp_path, [QUESTIONS[0], long]))
    assert report.measures["Success@1"].value == 0.5
    assert [(one.id, one.fault) for one in report.failures] == [("long", "error")]
    assert "2,000" in report.failures[0].reason


def test_a_set_about_other_documents_is_refused(assistant: Assistant, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"tests.jsonl, line 1: the document lost.md is not in"):
        run(assistant, write_tests(tmp_path, [QUESTIONS[2]]))


def test_the_same_inputs_give_the_same_report(assistant: Assistant, tmp_path: Path) -> None:
    tests = write_tests(tmp_path)
    for out in ("one", "two"):
        report = run(assistant, tests)
        folder = find(assistant.index.folder, report.info.run)
        told = quotes(report, tests, assistant)
        write_all(tmp_path / out, folder, report, tests, assistant.index, told)
        assert kept(folder) == report
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == [
        "answers.jsonl", "qrels.trec", "questions.jsonl", "report.html", "report.json",
        "report.md", "run.json", "run.trec", "scores.jsonl",
    ]  # fmt: skip
    for name in names:
        assert timeless(tmp_path / "one" / name) == timeless(tmp_path / "two" / name)


def test_the_html_page_needs_nothing_else_and_runs_nothing(
    assistant: Assistant, tmp_path: Path
) -> None:
    nasty = {**QUESTIONS[2], "id": "<script>x</script>", "question": "<img src=x onerror=y>\u202e?"}
    tests = write_tests(tmp_path, [*QUESTIONS, nasty])
    report = run(assistant, tests)
    folder = find(assistant.index.folder, report.info.run)
    told = quotes(report, tests, assistant)
    write_all(tmp_path / "out", folder, report, tests, assistant.index, told)
    page = (tmp_path / "out/report.html").read_text("utf-8")
    assert page.count("<svg") == 4
    assert not re.search(r"<(script|img|link|iframe)|https?:|\u202e", page)
    assert "&lt;script&gt;" in page
    markdown = (tmp_path / "out/report.md").read_text("utf-8")
    assert "<script>" not in markdown.replace("\\<script\\>", "")


def test_trec_files_say_the_same(assistant: Assistant, tmp_path: Path) -> None:
    import ir_measures

    tests = write_tests(tmp_path)
    report = run(assistant, tests)
    folder = find(assistant.index.folder, report.info.run)
    write_all(tmp_path / "out", folder, report, tests, assistant.index, {})
    found = ir_measures.calc_aggregate(
        [ir_measures.RR @ 10, ir_measures.R @ 10],
        ir_measures.read_trec_qrels(str(tmp_path / "out/qrels.trec")),  # type: ignore[no-untyped-call]
        ir_measures.read_trec_run(str(tmp_path / "out/run.trec")),  # type: ignore[no-untyped-call]
    )
    # The question about a whole document is judged by document in the first place.
    of_documents = [report.measures[f"document.{name}"] for name in ("RR@10", "R@10")]
    assert [value * 4 / 3 for value in found.values()] == pytest.approx(
        [one.value for one in of_documents]
    )


def test_no_word_of_a_document_is_kept_with_a_run(assistant: Assistant, tmp_path: Path) -> None:
    report = run(assistant, write_tests(tmp_path))
    folder = find(assistant.index.folder, report.info.run)
    stored = b"".join(path.read_bytes() for path in folder.iterdir()).decode()
    for words in ("Taschenuhren", "Elmstadt", "cranes", "港"):
        assert words not in stored


KILLED = """
import sys, time
from pathlib import Path
from qa import Assistant
from qa.evaluation.evaluate import evaluate
from qa.testsets.reading import read
from tests.hash_encoder import HashEncoder
assistant = Assistant.open(sys.argv[1], HashEncoder())
evaluate(assistant, read(Path(sys.argv[2])), progress=lambda now: print(now.done, flush=True))
"""


def test_a_killed_run_goes_on_where_it_stopped(tmp_path: Path, encoder: HashEncoder) -> None:
    folder = beir_folder(tmp_path / "beir", 60)
    index = tmp_path / "index"
    assistant = Assistant.build(folder, index, encoder)
    started = [sys.executable, "-c", KILLED, str(index), str(folder)]
    with subprocess.Popen(started, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) >= 7:
                process.send_signal(signal.SIGKILL)
                break
        process.stdout.read()
    assert process.returncode == -signal.SIGKILL
    (unfinished,) = runs_of(index)
    assert not unfinished.finished
    results = index / "runs" / unfinished.run / RESULTS
    whole = results.read_bytes()
    done = whole.count(b"\n")
    assert done >= 7
    results.write_bytes(whole + b'{"id": "q')  # as if killed in the middle of a line
    seen: list[int] = []
    report = run(assistant, read(folder), progress=lambda now: seen.append(now.resumed))
    assert set(seen) == {done}
    assert report.info.run == unfinished.run
    assert report.info.questions == 60
    assert results.read_bytes().startswith(whole)
    assert [json.loads(line)["id"] for line in results.read_text().splitlines()] == [
        f"q{n}" for n in range(60)
    ]


def test_a_run_can_be_stopped_and_continued(assistant: Assistant, tmp_path: Path) -> None:
    tests = write_tests(tmp_path)
    seen: list[int] = []

    def stopped() -> bool:
        return len(seen) > 2

    show = {"progress": lambda now: seen.append(now.done), "stopped": stopped}
    assert evaluate(assistant, tests, **show) is None  # type: ignore[arg-type]
    assert run(assistant, tests).info.run == "tests-1"
    assert run(assistant, tests).info.run == "tests-2"


def test_a_passage_over_two_sources_finds_both_and_repeats_count_once() -> None:
    def gold(start: int, end: int) -> Gold:
        return Gold("d", "en", ((start, end),), ((1, 1),), 1, whole=False)

    golds = [gold(0, 5), gold(5, 9), gold(50, 60)]
    hits = [
        Found("e", 0, 9, None, 4.0),
        Found("d", 3, 8, (1, 2), 3.0),
        Found("d", 4, 6, (1, 1), 2.0),
        Found("d", 20, 30, (3, 3), 1.0),
    ]
    assert by_source(golds, hits) == ["passage 0", "source 0", "source 1", "passage 3"]
    assert by_page(golds, hits) == ["d 1", "d 2", "d 3"]
    assert first_rank(golds, hits) == 2
    assert first_rank([gold(90, 99)], hits) is None


def test_citations_are_judged_as_alce_defines_them() -> None:
    from qa.evaluation.scoring import _citation_values

    golds = [Gold("d", "en", ((0, 10),), (), 1, whole=False)]
    right, wrong = Cited("d", 5, 8, False), Cited("d", 20, 30, True)
    result = Result("q", sentences=[[right, wrong], [wrong]])
    assert dict(_citation_values(golds, result)) == {
        "citation_recall": 1 / 2,  # the first of two sentences is supported
        "citation_precision": 1 / 3,  # one of three citations supports
    }
    assert dict(_citation_values(golds, Result("q"))) == {
        "citation_recall": 0.0,
        "citation_precision": 0.0,
    }


@pytest.mark.model
def test_the_real_model_answers_across_languages_and_the_report_says_so(
    tmp_path: Path, corpus: Path
) -> None:
    across: dict[str, object] = {
        "id": "across",
        "question": "Who is in charge of the port of Elm?",
        "lang": "en",
        "sources": [{"doc": "minato.txt", "quote": "港の責任者は佐藤恵子さんです。"}],
    }
    assistant = Assistant.build(corpus, tmp_path / "index")
    tests = write_tests(tmp_path, [QUESTIONS[0], across])
    report = run(assistant, tests)
    assert report.by["pair"]["en->en"]["sentence@1"].value == 1.0
    assert report.by["across"]["across languages"]["R@10"].value == 1.0
    assert report.by["answerable"]["yes"]["R@10"] == report.measures["R@10"]
    plain = run(assistant, tests, plain=True)
    assert plain.measures["R@10"].value == 1.0
    assert "sentence@1" not in plain.measures
