"""``qa doctor``, ``qa export``, ``qa import``, and sources that changed, as people meet them."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from qa.cli import main
from qa.settings import Settings
from tests.hash_encoder import HashEncoder

Qa = Callable[..., tuple[int, str, str]]


@pytest.fixture
def qa(
    tmp_path: Path,
    corpus: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Qa:
    """Runs the command where the small corpus is indexed; returns exit code and outputs."""

    def load(_: Settings, jobs: int | None = None) -> HashEncoder:
        return HashEncoder()

    monkeypatch.chdir(tmp_path)
    for module in ("qa.encoder", "qa.assistant"):
        monkeypatch.setattr(f"{module}.load_encoder", load)
    monkeypatch.setattr("sys.excepthook", sys.excepthook)

    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ending:
            main(words)
        out, err = capsys.readouterr()
        return int(ending.value.code or 0), out, err

    assert run("index")[0] == 0
    return run


def test_a_sound_index(qa: Qa) -> None:
    code, out, err = qa("doctor")
    assert (code, err) == (0, "")
    assert out.count("ok ") == 7
    found = json.loads(qa("doctor", "--json")[1])
    assert (found["ok"], found["read_again"]) == (True, [])
    assert {"name", "ok", "detail"} == set(found["checks"][0])


def test_a_damaged_index_is_mended(qa: Qa, tmp_path: Path) -> None:
    (tmp_path / "index" / "dense.faiss").write_bytes(b"junk")
    code, out, _ = qa("doctor")
    assert code == 5
    assert "WRONG dense" in out
    assert "qa doctor --repair" in out
    assert qa("doctor", "--repair")[0] == 0
    assert qa("doctor")[0] == 0


def test_a_damaged_document_is_named_and_read_again(qa: Qa, tmp_path: Path) -> None:
    store = tmp_path / "index" / "fundstelle.db"
    store.write_bytes(
        store.read_bytes().replace(b"painted the tower red", b"painted the tower sad")
    )
    assert qa("doctor")[0] == 5
    code, out, _ = qa("doctor", "--repair")
    assert code == 0
    assert "Taken out, to be read again: notes/lighthouse.txt" in out
    assert "qa index" in out
    assert "1 added, 5 unchanged" in qa("index")[1]


def test_an_index_goes_out_and_comes_in(qa: Qa, tmp_path: Path, corpus: Path) -> None:
    code, out, _ = qa("export", "a.zip")
    assert (code, out.startswith("6 documents with ")) == (0, True)
    corpus.rename(tmp_path / "papers")
    code, out, _ = qa("import", "a.zip", "papers", "--index", "second", "--json")
    assert (code, json.loads(out)["documents"]) == (0, 6)
    status = json.loads(qa("status", "--index", "second", "--json")[1])
    assert (status["documents"], status["root"]) == (6, "papers")
    assert "6 unchanged" in qa("index", "papers", "--index", "second")[1]
    code, _, err = qa("import", "a.zip", "--index", "second")
    assert code == 2
    assert "There is an index in second already." in err


def test_an_answer_says_which_sources_are_not_as_indexed(qa: Qa, corpus: Path) -> None:
    question = ["ask", "Wer leitet den Hafen von Elmstadt?", "--doc", "h*.md"]
    assert "since it was indexed" not in qa(*question)[1]
    (corpus / "hafen.md").write_text("Ganz anders.", encoding="utf-8")
    (corpus / "harbour.md").unlink()
    assert "changed since it was indexed" in qa(*question)[1]
    answer = json.loads(qa(*question, "--json")[1])
    found = {one["doc"]: one["file"] for one in (*answer["citations"], *answer["hits"])}
    assert found == {"hafen.md": "changed", "harbour.md": "missing"}
