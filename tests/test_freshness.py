"""Before anything is shown from a file, it is said whether it is still the one indexed."""

import json
import os
from pathlib import Path

from qa.freshness import file_state, file_states
from tests.conftest import write_files
from tests.syncing import opened, run


def states(index: Path, root: Path) -> dict[str, str]:
    with opened(index) as reader:
        documents = [reader.document(one.doc_id) for one in reader.documents()]
        found = file_states(root, documents)
        return {one.source: found[one.doc_id] for one in documents}


def test_what_was_changed_or_is_gone_is_told_apart(tmp_path: Path, corpus: Path) -> None:
    index = tmp_path / "index"
    run(index, corpus)
    os.utime(corpus / "hafen.md", ns=(1, 1))
    before = (corpus / "minato.txt").stat()
    text = (corpus / "minato.txt").read_text("utf-8")
    (corpus / "minato.txt").write_text(text.replace("三台", "五台"), encoding="utf-8")
    os.utime(corpus / "minato.txt", ns=(before.st_atime_ns, before.st_mtime_ns))
    (corpus / "museum.html").unlink()
    found = states(index, corpus)
    assert found.pop("minato.txt") == "changed"
    assert found.pop("museum.html") == "missing"
    assert set(found.values()) == {"same"}


def test_a_line_of_a_corpus_is_a_file_of_its_own(tmp_path: Path) -> None:
    lines = [{"_id": name, "text": f"Document {name} speaks."} for name in "abc"]
    root = write_files(tmp_path / "b", {"corpus.jsonl": "\n".join(map(json.dumps, lines)) + "\n"})
    run(tmp_path / "index", root)
    assert states(tmp_path / "index", root) == dict.fromkeys("abc", "same")
    lines[1]["text"] = "Document b speaks otherwise."
    write_files(root, {"corpus.jsonl": "\n".join(map(json.dumps, lines)) + "\n"})
    assert states(tmp_path / "index", root) == {"a": "same", "b": "changed", "c": "same"}


def test_a_folder_that_is_gone_leaves_no_file(tmp_path: Path, corpus: Path) -> None:
    run(tmp_path / "index", corpus)
    with opened(tmp_path / "index") as reader:
        document = reader.document(reader.documents()[0].doc_id)
    assert file_state(tmp_path / "nowhere", document) == "missing"
