"""``qa doctor``, ``qa export``, ``qa import``, and sources that changed, as people meet them."""

import json
from pathlib import Path

from tests.conftest import Qa


def test_a_sound_index(indexed: Qa) -> None:
    code, out, err = indexed("doctor")
    assert (code, err) == (0, "")
    assert out.count("ok ") == 7
    found = json.loads(indexed("doctor", "--json")[1])
    assert (found["ok"], found["read_again"]) == (True, [])
    assert {"name", "ok", "detail"} == set(found["checks"][0])


def test_a_damaged_index_is_mended(indexed: Qa, tmp_path: Path) -> None:
    (tmp_path / "index" / "dense.faiss").write_bytes(b"junk")
    code, out, _ = indexed("doctor")
    assert code == 5
    assert "WRONG dense" in out
    assert "qa doctor --repair" in out
    assert indexed("doctor", "--repair")[0] == 0
    assert indexed("doctor")[0] == 0


def test_a_damaged_document_is_named_and_read_again(indexed: Qa, tmp_path: Path) -> None:
    store = tmp_path / "index" / "fundstelle.db"
    store.write_bytes(
        store.read_bytes().replace(b"painted the tower red", b"painted the tower sad")
    )
    assert indexed("doctor")[0] == 5
    code, out, _ = indexed("doctor", "--repair")
    assert code == 0
    assert "Taken out, to be read again: notes/lighthouse.txt" in out
    assert out.endswith("Read them again: qa index\n")
    assert "1 added, 5 unchanged" in indexed("index")[1]


def test_what_to_type_names_the_index_that_was_examined(indexed: Qa, tmp_path: Path) -> None:
    (tmp_path / "index").rename(tmp_path / "my index")
    (tmp_path / "my index" / "dense.faiss").write_bytes(b"junk")
    out = indexed("doctor", "--index", "my index")[1]
    assert out.endswith("qa doctor --repair --index 'my index'\n")


def test_an_index_goes_out_and_comes_in(indexed: Qa, tmp_path: Path, corpus: Path) -> None:
    code, out, _ = indexed("export", "a.zip")
    assert (code, out.startswith("6 documents with ")) == (0, True)
    corpus.rename(tmp_path / "papers")
    code, out, _ = indexed("import", "a.zip", "papers", "--index", "second", "--json")
    assert (code, json.loads(out)["documents"]) == (0, 6)
    status = json.loads(indexed("status", "--index", "second", "--json")[1])
    assert (status["documents"], status["root"]) == (6, "papers")
    assert "6 unchanged" in indexed("index", "papers", "--index", "second")[1]
    code, _, err = indexed("import", "a.zip", "--index", "second")
    assert code == 2
    assert "There is an index in second already." in err


def test_an_answer_says_which_sources_are_not_as_indexed(indexed: Qa, corpus: Path) -> None:
    question = ["ask", "Wer leitet den Hafen von Elmstadt?", "--doc", "h*.md"]
    assert "since it was indexed" not in indexed(*question)[1]
    (corpus / "hafen.md").write_text("Ganz anders.", encoding="utf-8")
    (corpus / "harbour.md").unlink()
    assert "changed since it was indexed" in indexed(*question)[1]
    answer = json.loads(indexed(*question, "--json")[1])
    found = {one["doc"]: one["file"] for one in (*answer["citations"], *answer["hits"])}
    assert found == {"hafen.md": "changed", "harbour.md": "missing"}
