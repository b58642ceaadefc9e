"""What a folder holds: hidden, linked, unreadable and unusual files, and BEIR corpora."""

import json
import os
from pathlib import Path

import pytest

from qa.errors import FolderError, IndexStateError
from tests.conftest import CORPUS, write_files
from tests.syncing import opened, run, sources


def test_what_the_person_hides_is_left_out(tmp_path: Path, corpus: Path) -> None:
    write_files(
        corpus,
        {
            ".qaignore": "drafts/\n*.tmp.md\n!notes/keep.tmp.md\n",
            "drafts/a.md": "hidden",
            "b.tmp.md": "hidden",
            "notes/keep.tmp.md": "This one is kept.",
            ".hidden.md": "hidden",
            ".git/config.txt": "hidden",
            ".trash/old.md": "hidden",
            "picture.png": "not a document",
        },
    )
    run(tmp_path / "index", corpus)
    assert sources(tmp_path / "index") == sorted([*CORPUS, "notes/keep.tmp.md"])


def test_an_index_inside_its_folder_does_not_read_itself(corpus: Path) -> None:
    index = corpus / "index"
    write_files(index, {"README.md": "This folder holds the index."})
    run(index, corpus)
    assert sources(index) == sorted(CORPUS)
    assert (index / "README.md").read_text() == "This folder holds the index."


def test_links_are_followed_inside_the_folder_only(tmp_path: Path, corpus: Path) -> None:
    (tmp_path / "outside.md").write_text("Not of this folder.")
    (corpus / "out.md").symlink_to(tmp_path / "outside.md")
    (corpus / "in.md").symlink_to(corpus / "hafen.md")
    (corpus / "round.md").symlink_to(corpus / "round.md")
    (corpus / "nowhere.md").symlink_to(corpus / "gone.md")
    (corpus / "loop").symlink_to(corpus, target_is_directory=True)
    report = run(tmp_path / "index", corpus)
    assert sources(tmp_path / "index") == sorted([*CORPUS, "in.md"])
    assert [failed.file for failed in report.failed] == ["nowhere.md", "out.md", "round.md"]


def test_unreadable_files_cost_one_line_each(tmp_path: Path, corpus: Path) -> None:
    os.mkfifo(corpus / "pipe.txt")
    (corpus / "folder.md").mkdir()
    (corpus / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (corpus / "empty.md").touch()
    Path(os.fsdecode(os.fsencode(corpus) + b"/caf\xe9.txt")).write_text("A name in Latin-1.")
    report = run(tmp_path / "index", corpus)
    names = ["binary.txt", "caf\\xe9.txt", "empty.md", "pipe.txt"]
    assert [failed.file for failed in report.failed] == names
    assert all(failed.reason.endswith(".") for failed in report.failed)
    assert report.added == 6
    with opened(tmp_path / "index") as reader:
        assert [failed.file for failed in reader.status().failed] == names
    again = run(tmp_path / "index", corpus)
    assert again.failed == report.failed
    (corpus / "empty.md").write_text("Not empty any more.")
    assert run(tmp_path / "index", corpus).added == 1


def test_an_edit_that_cannot_be_read_takes_the_old_text_away(tmp_path: Path, corpus: Path) -> None:
    index = tmp_path / "index"
    run(index, corpus)
    (corpus / "minato.txt").write_bytes(bytes(range(256)) * 40)
    report = run(index, corpus)
    assert [failed.file for failed in report.failed] == ["minato.txt"]
    assert "minato.txt" not in sources(index)


@pytest.mark.parametrize("prepare", ["missing", "file", "empty", "nothing readable"])
def test_a_folder_without_documents_changes_nothing(
    tmp_path: Path, corpus: Path, prepare: str
) -> None:
    index, other = tmp_path / "index", tmp_path / "other"
    if prepare == "file":
        other.write_text("a file")
    elif prepare != "missing":
        write_files(other, {"a.png": ""} if prepare == "nothing readable" else {".hidden.md": "x"})
    with pytest.raises(FolderError) as raised:
        run(index, other)
    assert raised.value.code in ("folder_missing", "folder_empty")
    assert raised.value.hint
    assert not index.exists()
    run(index, corpus)
    with pytest.raises(FolderError):
        run(index, other, re_root=True)
    assert sources(index) == sorted(CORPUS)


def test_a_place_that_cannot_be_written_is_said_so(tmp_path: Path, corpus: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(IndexStateError) as raised:
        run(tmp_path / "file" / "index", corpus)
    assert raised.value.code == "index_unusable"
    assert "--index" in raised.value.hint


def test_a_beir_folder_is_a_document_a_line(tmp_path: Path) -> None:
    root, index = tmp_path / "beir", tmp_path / "index"
    lines = [
        json.dumps({"_id": "d1", "title": "Harbour", "text": "Ships.", "metadata": {"lang": "de"}}),
        json.dumps({"_id": 2, "text": "港の責任者は佐藤恵子さんです。"}, ensure_ascii=False),
        "{broken",
        json.dumps({"_id": "d1", "text": "the id is taken"}),
        json.dumps({"_id": "d4", "text": " "}),
        json.dumps({"_id": "d5", "text": "half \ud800"}),
        json.dumps(["no object"]),
        "",
        json.dumps({"_id": "d9", "text": "The last line, with an owl: 🦉."}),
    ]
    write_files(root, {"corpus.jsonl": "\n".join(lines), "README.md": "not of the corpus"})
    report = run(index, root)
    assert sources(index) == ["2", "d1", "d9"]
    assert [f.file.partition(":")[2] for f in report.failed] == ["3", "4", "5", "6", "7"]
    with opened(index) as reader:
        documents = {d.source: reader.document(d.doc_id) for d in reader.documents()}
    assert (documents["d1"].title, documents["d1"].lang) == ("Harbour", "de")
    assert (documents["2"].title, documents["2"].lang) == ("2", "ja")
    lines[0] = lines[0].replace("Ships", "Boats")
    del lines[8]
    write_files(root, {"corpus.jsonl": "\n".join(lines)})
    report = run(index, root)
    assert (report.added, report.changed, report.deleted, report.unchanged) == (0, 1, 1, 1)


@pytest.mark.parametrize("name", ["x" * 5000, "caf\udce9"])
def test_a_folder_that_cannot_be_named_is_one_sentence(tmp_path: Path, name: str) -> None:
    root = tmp_path / name
    if len(name) < 100:
        root.mkdir()
    with pytest.raises(FolderError) as caught:
        run(tmp_path / "index", root)
    assert caught.value.code == "folder_unreadable"
    caught.value.message.encode()


def test_half_characters_in_the_metadata_of_a_corpus_are_replaced(tmp_path: Path) -> None:
    line = {"_id": "a", "text": "The ferry leaves at nine.", "metadata": {"by\ud800": "I\udfff"}}
    write_files(tmp_path / "beir", {"corpus.jsonl": json.dumps(line)})
    run(tmp_path / "index", tmp_path / "beir")
    with opened(tmp_path / "index") as index:
        document = index.document(index.documents()[0].doc_id)
        assert document.metadata == {"by\ufffd": "I\ufffd"}


def test_an_impossible_pattern_hides_nothing_silently(tmp_path: Path, corpus: Path) -> None:
    write_files(corpus, {".qaignore": "drafts/\n\\\n"})
    with pytest.raises(FolderError) as caught:
        run(tmp_path / "index", corpus)
    assert caught.value.code == "ignore_invalid"


def test_an_ignore_file_of_windows_hides_its_first_line_too(tmp_path: Path, corpus: Path) -> None:
    (corpus / ".qaignore").write_text("notes/\n", "utf-8-sig")
    run(tmp_path / "index", corpus)
    assert not any(source.startswith("notes/") for source in sources(tmp_path / "index"))
