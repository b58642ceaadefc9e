"""The command as people and scripts use it."""

import io
import json
import os
import pty
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from qa import __version__
from qa.cli import main
from tests.conftest import Qa, Run, write_files
from tests.hash_encoder import HashEncoder

ROOT = Path(__file__).parents[1]


def as_json(run: Run) -> Any:
    code, out, err = run
    assert (code, err) == (0, "")
    return json.loads(out)


def test_indexing_reports_what_changed(qa: Qa, corpus: Path) -> None:
    code, out, err = qa("index")
    assert (code, err) == (0, "")
    assert "Documents: 6 added." in out
    write_files(corpus, {"new.txt": "A new file.", "hafen.md": "Ein anderer Text über den Hafen."})
    (corpus / "minato.txt").unlink()
    report = as_json(qa("index", "--json"))
    assert [report[key] for key in ("added", "changed", "deleted", "unchanged")] == [1, 1, 1, 4]


def test_a_file_that_cannot_be_read_is_listed_and_stops_nothing(qa: Qa, corpus: Path) -> None:
    (corpus / "empty.txt").touch()
    (corpus / "junk.txt").write_bytes(bytes(range(256)) * 50)
    code, out, _ = qa("index")
    assert code == 0
    assert "6 added, 2 failed" in out
    assert "- empty.txt" in out
    assert {one["file"] for one in as_json(qa("status", "--json"))["failed"]} == {
        "empty.txt",
        "junk.txt",
    }


def test_without_a_folder_the_index_keeps_its_own(qa: Qa, home: Path) -> None:
    """Least of all does it become that of ``corpus/``."""
    write_files(home / "my reports", {"a.md": "A report about canals."})
    write_files(home / "corpus", {"b.md": "A text that is not asked for."})
    assert as_json(qa("index", "my reports", "--index", "mine", "--json"))["added"] == 1
    for options in ([], ["--rebuild"], ["--dry-run"]):
        assert qa("index", *options, "--index", "mine")[0] == 0
    assert as_json(qa("status", "--index", "mine", "--json"))["root"] == "my reports"
    _, _, err = qa("index", "corpus", "--index", "mine")
    assert "qa index corpus --root --index mine" in err.replace(str(home) + "/", "")
    (home / "mine" / "fundstelle.db").write_bytes(b"no database" * 1000)
    code, _, err = qa("index", "--rebuild", "--index", "mine")
    assert (code, "qa index FOLDER --rebuild --index mine" in err) == (5, True)


def test_a_language_is_chosen_in_any_case(indexed: Qa) -> None:
    answer = as_json(indexed("ask", "Who runs the port?", "--lang", "JA", "--json"))
    assert {hit["doc"] for hit in answer["hits"]} == {"densha.md", "minato.txt"}


def test_rebuilding_keeps_the_documents(indexed: Qa, encoder: HashEncoder) -> None:
    encoded = encoder.encoded
    assert as_json(indexed("index", "--rebuild", "--json"))["added"] == 6
    assert encoder.encoded > encoded


def test_status_shows_what_is_indexed(indexed: Qa) -> None:
    code, out, _ = indexed("status")
    assert code == 0
    assert "Documents  6" in out
    status = as_json(indexed("status", "--json"))
    assert (status["documents"], status["root"], status["encoder"]) == (6, "corpus", "hash-encoder")
    assert set(status["by_lang"]) == {"de", "en", "ja"}


def test_an_answer_names_its_sources(indexed: Qa, corpus: Path) -> None:
    question = "When was the harbour of Elmstadt opened?"
    answer = as_json(indexed("ask", question, "--json"))
    assert answer["question"] == question
    code, out, err = indexed("ask", question)
    assert (code, err) == (0, "")
    if answer["abstained"]:
        assert out.startswith("Not found in these documents.")
    for citation in answer["citations"]:
        assert citation["quote"] in (corpus / citation["doc"]).read_text("utf-8")
        assert f"[{citation['number']}] {citation['title']}" in out


def test_filters_and_k_are_kept_to(indexed: Qa) -> None:
    answer = as_json(indexed("ask", "Hafen", "--lang", "de", "--doc", "h*.md", "-k", "1", "--json"))
    assert [hit["doc"] for hit in answer["hits"]] == ["hafen.md"]
    labelled = ("--tag", "FERRY", "--since", "2022", "--until", "2022-01-10")
    found = as_json(indexed("ask", "Hafen", *labelled, "--json"))
    assert {hit["doc"] for hit in found["hits"]} == {"hafen.md"}
    for none in ("April", "2025-13", "2025-02-31", "2024-W01-1", "20240410"):
        code, _, err = indexed("ask", "Hafen", "--since", none)
        assert code == 2
        assert f"'{none}' is no date" in err
    nothing = as_json(indexed("ask", "Hafen", "--lang", "fi", "--json"))
    assert (nothing["abstained"], nothing["hits"]) == (True, [])


def test_not_found_is_a_result(indexed: Qa) -> None:
    code, out, _ = indexed("ask", "Hafen", "--doc", "no such file")
    assert code == 0
    assert out.startswith("Not found in these documents.")


def test_a_question_can_come_from_the_input(indexed: Qa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"Wer leitet \xff den Hafen?\n")))
    assert as_json(indexed("ask", "-", "--json"))["question"] == "Wer leitet \ufffd den Hafen?"


@pytest.mark.parametrize("question", ["", " \n\t ", "x" * 100_000], ids=["empty", "blank", "huge"])
def test_an_unusable_question_is_refused(indexed: Qa, question: str) -> None:
    code, out, err = indexed("ask", question)
    assert (code, out) == (2, "")
    assert err.startswith("Error: ")
    assert "Traceback" not in err
    assert len(err) < 1000


def test_a_missing_index_names_the_command_that_makes_one(qa: Qa) -> None:
    for words in (["ask", "Why?"], ["status"], ["serve"]):
        code, out, err = qa(*words)
        assert (code, out) == (5, "")
        assert "qa index" in err


def test_a_damaged_index_is_said_to_be_so(indexed: Qa, home: Path) -> None:
    database = home / "index" / "fundstelle.db"
    for name in ("fundstelle.db-wal", "fundstelle.db-shm"):
        (home / "index" / name).unlink(missing_ok=True)
    database.write_bytes(b"this is not a database" * 500)
    for words in (["ask", "Why?"], ["status"], ["index"]):
        code, _, err = indexed(*words)
        assert code == 5
        assert err.startswith("Error: ")
    assert indexed("index", "corpus", "--rebuild")[0] == 0
    assert indexed("ask", "Why?")[0] == 0


def test_another_folder_is_refused_unless_asked_for(indexed: Qa, home: Path) -> None:
    write_files(home / "other", {"a.txt": "Another text."})
    code, _, err = indexed("index", "other")
    assert code == 4
    assert "--root" in err
    assert indexed("index", "other", "--root")[0] == 0


@pytest.mark.parametrize("folder", ["nowhere", "empty"])
def test_a_folder_without_documents_is_an_error(qa: Qa, home: Path, folder: str) -> None:
    (home / "empty").mkdir()
    code, _, err = qa("index", folder)
    assert code == 4
    assert folder in err


def test_errors_are_json_with_json(qa: Qa) -> None:
    code, out, err = qa("ask", "Why?", "--json")
    assert (code, err) == (5, "")
    error = json.loads(out)["error"]
    assert error["code"] == "index_missing"
    assert error["message"]
    assert error["hint"]


@pytest.mark.parametrize("words", [["ask"], ["ask", "hello", "-k", "0"], ["status", "extra"]])
def test_unusable_options_are_json_with_json(qa: Qa, words: list[str]) -> None:
    code, out, err = qa(*words, "--json")
    assert (code, err) == (2, "")
    assert json.loads(out)["error"]["code"] == "usage_invalid"


def test_debug_shows_where_it_fails(home: Path) -> None:
    from qa.errors import IndexStateError

    with pytest.raises(IndexStateError):
        main(["--debug", "status"])


@pytest.mark.parametrize(
    "words",
    [["ask"], ["ask", "a", "-k", "0"], ["ask", "a", "-k", "many"], ["nonsense"], ["--nonsense"]],
)
def test_wrong_options_are_exit_code_2(qa: Qa, words: list[str]) -> None:
    code, out, err = qa(*words)
    assert (code, out) == (2, "")
    assert "Error: " in err


def test_serving_to_the_network_is_refused(indexed: Qa) -> None:
    code, _, err = indexed("serve", "--host", "0.0.0.0")  # noqa: S104
    assert code == 8
    assert "127.0.0.1" in err


def test_the_version_is_told(qa: Qa) -> None:
    assert qa("--version") == (0, f"fundstelle {__version__}\n", "")


@pytest.mark.parametrize(
    "command", ["index", "ask", "status", "serve", "doctor", "export", "import"]
)
def test_every_command_explains_itself(qa: Qa, command: str) -> None:
    assert command in qa("--help")[1]
    code, out, _ = qa(command, "--help")
    assert code == 0
    assert "Usage: qa " + command in out


def process(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "qa", *words],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_fault_of_the_program_is_a_sentence_and_a_way_to_look(tmp_path: Path) -> None:
    (tmp_path / "index").touch()  # neither a folder nor absent
    done = process("index", ".", "--index", "index/below", cwd=tmp_path)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("Error: ")


def test_json_reports_even_a_fault_of_the_program() -> None:
    fault = "import qa.index; qa.index.Index = None; from qa.cli import main; main()"
    command = [sys.executable, "-c", fault, "status", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout)["error"]["code"] == "fault"


def test_an_index_with_an_endless_name_is_one_sentence(qa: Qa) -> None:
    code, out, _ = qa("status", "--json", "--index", "x" * 5000)
    assert (code, json.loads(out)["error"]["code"]) == (5, "index_unusable")


def test_output_is_utf_8_whatever_the_shell_hands_over(qa: Qa) -> None:
    code, out, _ = qa("index", "caf\udce9", "--json")
    assert (code, json.loads(out.encode())["error"]["code"]) == (4, "folder_missing")


def test_a_terminal_sees_how_far_indexing_is(corpus: Path, tmp_path: Path) -> None:
    terminal, end = pty.openpty()
    command = [sys.executable, "-m", "tests.run_qa", "index", str(corpus)]
    done = subprocess.run(
        [*command, "--index", str(tmp_path / "index")],
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=end,
        check=True,
    )
    os.close(end)
    shown = os.read(terminal, 100_000)
    os.close(terminal)
    assert b"6 of 6 files" in shown
    assert b"passages/s" in shown
    assert b"\x1b" not in done.stdout


def test_the_app_starts_and_an_interrupt_ends_it(corpus: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.run_qa"]
    index = ["--index", str(tmp_path / "index")]
    subprocess.run([*command, "index", str(corpus), *index], cwd=ROOT, check=True)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        serve = [*command, "serve", *index, "--port", port]
        done = subprocess.run(serve, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 8
        assert f"Port {port}" in done.stderr
    pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([*serve, "--json"], cwd=ROOT, **pipes) as app:
        assert app.stdout is not None
        assert app.stderr is not None
        lines = iter(app.stderr.readline, "")
        assert any(f"http://127.0.0.1:{port}" in line for line in lines)
        app.send_signal(signal.SIGINT)
        assert list(lines) == ["Stopped. What was finished before is kept.\n"]
        assert json.loads(app.stdout.read()) == {"address": f"http://127.0.0.1:{port}/"}
    assert app.returncode == 130


@pytest.mark.model
def test_the_real_model_finds_the_fact_in_another_language(tmp_path: Path, corpus: Path) -> None:
    assert process("index", cwd=tmp_path).returncode == 0
    done = process("ask", "Who runs the harbour?", "--lang", "de", "--json", cwd=tmp_path)
    answer = json.loads(done.stdout)
    assert answer["hits"][0]["doc"] == "hafen.md"
    assert all(c["doc"] == "hafen.md" for c in answer["citations"])


def test_the_models_are_listed_with_what_was_measured(qa: Qa) -> None:
    listed = as_json(qa("models", "--json"))["models"]
    timed = {one["option"] for one in listed if one["passages"] and one["question_ms"]}
    assert timed == {"--backend onnx", "--backend torch"}
    assert {one["option"] for one in listed if one["same"] and one["across"]} == timed
    best = next(one for one in listed if one["option"] == "--backend onnx")
    assert 80 < best["across"] < best["same"] <= 100
    code, out, _ = qa("models")
    assert code == 0
    assert all(f"qa index {one['option']}" in out for one in listed)
    assert f"quality {best['same']:.1f} in one language" in out
