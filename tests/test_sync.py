"""The mirror: what is new, changed, moved or gone, and nothing done twice."""

import json
import os
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import FolderError, FundstelleError, IndexStateError
from qa.index import Index
from qa.isolation import Limits
from qa.settings import Settings
from qa.store import FILE_NAME
from qa.sync import Progress, sync
from qa.testsets.reading import read
from tests.conftest import CORPUS, write_files
from tests.hash_encoder import HashEncoder
from tests.syncing import SETTINGS, content, opened, run, sources


def test_a_folder_is_read(tmp_path: Path, corpus: Path, encoder: HashEncoder) -> None:
    report = run(tmp_path / "index", corpus, encoder)
    assert (report.added, report.changed, report.deleted, report.unchanged) == (6, 0, 0, 0)
    assert report.failed == ()
    assert report.passages == encoder.encoded > 6
    assert sources(tmp_path / "index") == sorted(CORPUS)


def test_a_second_run_does_nothing(tmp_path: Path, corpus: Path, encoder: HashEncoder) -> None:
    index = tmp_path / "index"
    run(index, corpus, encoder)
    before = {path: path.read_bytes() for path in index.rglob("*") if path.is_file()}
    calls = encoder.calls
    report = run(index, corpus, encoder)
    assert (report.added, report.changed, report.deleted, report.unchanged) == (0, 0, 0, 6)
    assert encoder.calls == calls
    assert {path: path.read_bytes() for path in index.rglob("*") if path.is_file()} == before


def test_new_changed_touched_and_deleted_files(tmp_path: Path, corpus: Path) -> None:
    index = tmp_path / "index"
    run(index, corpus)
    (corpus / "new.txt").write_text("A new file about canals and barges.\n")
    (corpus / "minato.txt").write_text("The port is closed now, and nobody is in charge of it.\n")
    os.utime(corpus / "hafen.md", ns=(1, 1))
    (corpus / "museum.html").unlink()
    encoder = HashEncoder()
    report = run(index, corpus, encoder)
    assert (report.added, report.changed, report.deleted, report.unchanged) == (1, 1, 1, 4)
    assert report.passages == encoder.encoded == 2
    run(tmp_path / "clean", corpus)
    assert content(index) == content(tmp_path / "clean")


def test_a_change_that_keeps_size_is_seen(tmp_path: Path, corpus: Path) -> None:
    run(tmp_path / "index", corpus)
    path = corpus / "notes" / "lighthouse.txt"
    path.write_text(path.read_text().replace("1931", "1932"))
    assert run(tmp_path / "index", corpus).changed == 1


def test_a_moved_file_is_not_encoded_again(tmp_path: Path, corpus: Path) -> None:
    run(tmp_path / "index", corpus)
    (corpus / "minato.txt").rename(corpus / "notes" / "port.txt")
    encoder = HashEncoder()
    report = run(tmp_path / "index", corpus, encoder)
    assert (report.moved, report.added, report.deleted, encoder.encoded) == (1, 0, 0, 0)
    assert "notes/port.txt" in sources(tmp_path / "index")


def test_the_same_text_twice_is_two_documents_encoded_once(tmp_path: Path) -> None:
    text = "---\ntitle: Twice\n---\nThe same sentence stands in two files.\n"
    root = write_files(tmp_path / "corpus", {"a.md": text, "b.md": text})
    encoder = HashEncoder()
    run(tmp_path / "index", root, encoder)
    assert encoder.encoded == 1
    with opened(tmp_path / "index") as reader:
        vector = HashEncoder().encode_questions(["same sentence"])[0].mean
        ids, _ = reader.dense.search(vector, 10)
        assert len({passage.doc_id for passage in reader.passages(ids)}) == 2


def test_deleting_means_gone(tmp_path: Path, corpus: Path) -> None:
    index = tmp_path / "index"
    text = "The xylozebra of Elmstadt sleeps in the harbour. " * 30
    write_files(corpus, {"secret-xylozebra.txt": text})
    run(index, corpus)
    (corpus / "secret-xylozebra.txt").unlink()
    with opened(index):  # a reader that looks on must not keep it alive
        pass
    run(index, corpus)
    data = b"".join(path.read_bytes() for path in index.rglob("*") if path.is_file())
    assert b"xylozebra" not in data.lower()
    run(tmp_path / "clean", corpus)
    assert content(index) == content(tmp_path / "clean")


@pytest.mark.parametrize("rebuild", [False, True])
def test_kept_test_sets_follow_documents_and_forget_deleted_ones(
    tmp_path: Path, corpus: Path, rebuild: bool
) -> None:
    index = tmp_path / "index"
    run(index, write_files(corpus, {"secret.txt": "The xylozebra of Elmstadt sleeps. " * 30}))
    secret = {"doc": "secret.txt", "quote": "The xylozebra of Elmstadt sleeps."}
    ferry = {"doc": "hafen.md", "quote": "Die Fähre nach Norderholm fährt täglich um 8 Uhr."}
    questions = [
        {"id": "a", "question": "Who sleeps?", "sources": [secret], "answers": ["xylozebra"]},
        {"id": "b", "question": "What?", "sources": [secret, ferry],
         "answers": ["xylozebra", "Fähre", "ferry"]},
        {"id": "c", "question": "When?", "sources": [{"doc": "absent.md", "quote": "Not yet."}]},
    ]  # fmt: skip
    lines = "".join(f"{json.dumps(one)}\n" for one in questions)
    broken = {"tests/broken.jsonl": "{oops", "tests/mine.json": json.dumps(questions)}
    write_files(index, {"tests/mine.jsonl": lines, **broken})
    (corpus / "secret.txt").unlink()
    (corpus / "hafen.md").rename(corpus / "harbour-de.md")
    run(index, corpus, rebuild=rebuild)
    data = b"".join(path.read_bytes() for path in index.rglob("*") if path.is_file())
    assert b"xylozebra" not in data
    assert sorted(path.name for path in (index / "tests").iterdir()) == [
        "broken.jsonl", "mine-2.jsonl", "mine.jsonl",
    ]  # fmt: skip
    for name in ("mine.jsonl", "mine-2.jsonl"):
        ask, other = read(index / "tests" / name).questions
        assert [(one.doc, one.quote) for one in ask.sources] == [("harbour-de.md", ferry["quote"])]
        assert ask.answers == ("Fähre", "ferry")
        assert other.id == "c"  # what the index never had, it does not forget


@pytest.mark.parametrize("rebuild", [False, True])
def test_another_folder_is_taken_only_on_request(
    tmp_path: Path, corpus: Path, rebuild: bool
) -> None:
    index = tmp_path / "index"
    run(index, corpus)
    other = write_files(tmp_path / "other", {"a.md": "Another folder."})
    with pytest.raises(FolderError) as raised:
        run(index, other, rebuild=rebuild)
    assert raised.value.code == "folder_other_root"
    assert "--root" in raised.value.hint
    assert sources(index) == sorted(CORPUS)
    run(index, other, re_root=True, rebuild=rebuild)
    assert sources(index) == ["a.md"]


def test_a_project_that_is_moved_keeps_its_index(tmp_path: Path) -> None:
    project = tmp_path / "project"
    write_files(project / "corpus", CORPUS)
    run(project / "index", project / "corpus")
    moved = project.rename(tmp_path / "moved")
    report = run(moved / "index", moved / "corpus")
    assert (report.unchanged, report.passages) == (6, 0)


@pytest.mark.parametrize("what", ["model", "passage size"])
def test_another_model_or_size_needs_a_rebuild(tmp_path: Path, corpus: Path, what: str) -> None:
    index = tmp_path / "index"
    run(index, corpus)
    encoder = HashEncoder(32, seed="other") if what == "model" else HashEncoder()
    chosen = SETTINGS if what == "model" else Settings(passage_tokens=20)
    with pytest.raises(IndexStateError) as raised:
        sync(index, corpus, encoder, chosen)
    assert raised.value.code == "index_other_model"
    assert "--rebuild" in raised.value.hint
    reader = Index.open(index, HashEncoder())

    def ask(_: Progress) -> None:
        with reader.reading():
            assert len(reader.documents()) == 6

    report = sync(index, corpus, encoder, chosen, rebuild=True, progress=ask)
    assert (report.added, report.passages) == (6, encoder.encoded)
    reader.close()
    sync(tmp_path / "clean", corpus, encoder, chosen)
    assert content(index) == content(tmp_path / "clean")
    assert Index.open(index, encoder).settings == chosen


def test_a_damaged_index_is_built_anew_on_request(tmp_path: Path, corpus: Path) -> None:
    index = tmp_path / "index"
    run(index, corpus)
    (index / FILE_NAME).write_bytes(b"not a database any more" * 1000)
    with pytest.raises(IndexStateError) as raised:
        run(index, corpus)
    assert raised.value.code == "index_damaged"
    run(index, corpus, rebuild=True)
    assert sources(index) == sorted(CORPUS)


def test_a_database_damaged_inside_is_built_anew_on_request(tmp_path: Path, corpus: Path) -> None:
    index = tmp_path / "index"
    run(index, corpus)
    path = index / FILE_NAME
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xa5" * (len(data) - 4096))
    run(index, corpus, rebuild=True)
    assert sources(index) == sorted(CORPUS)


def test_progress_ends_at_the_total(tmp_path: Path, corpus: Path) -> None:
    seen: list[Progress] = []
    report = run(tmp_path / "index", corpus, progress=seen.append)
    assert seen[-1] == Progress(6, 6, report.passages)
    assert [step.done for step in seen] == sorted(step.done for step in seen)


TEXTS = st.sampled_from(
    ["one two three", "The harbour.\n\nIts cranes.", "# A\n\nx y\n\n# B\n\nz", "港です。", "", "\0"]
)
FOLDERS = st.dictionaries(
    st.sampled_from(["a.md", "b.txt", "c.md", "s/a.md", "s/d.txt"]), TEXTS, min_size=1
)


def place(root: Path, files: dict[str, str]) -> None:
    shutil.rmtree(root, ignore_errors=True)
    write_files(root, files)


@settings(max_examples=15)  # each is three syncs with real files
@given(first=FOLDERS, second=FOLDERS)
def test_syncing_one_then_another_equals_building_the_other(
    tmp_path_factory: pytest.TempPathFactory, first: dict[str, str], second: dict[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("mirror")
    for files in (first, second):
        place(folder / "corpus", files)
        run(folder / "index", folder / "corpus")
    run(folder / "clean", folder / "corpus")
    assert content(folder / "index") == content(folder / "clean")


def test_every_failure_says_what_to_type(tmp_path: Path, corpus: Path) -> None:
    with pytest.raises(FundstelleError) as raised:
        run(tmp_path / "index", tmp_path / "nowhere")
    assert "qa index" in raised.value.hint


def test_every_file_that_failed_is_listed_with_what_to_do(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write_files(root, {"empty.md": "", "good.txt": "The ferry leaves at nine."})
    (root / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    (root / "noise.txt").write_bytes(bytes(range(256)) * 4)
    (root / "one.txt").symlink_to(root / "two.txt")
    (root / "two.txt").symlink_to(root / "one.txt")
    os.mkfifo(root / "pipe.txt")
    reasons = {failed.file: failed.reason for failed in run(tmp_path / "index", root).failed}
    assert {name: reason.count(".") >= 2 for name, reason in reasons.items()} == dict.fromkeys(
        ["broken.pdf", "empty.md", "noise.txt", "one.txt", "pipe.txt", "two.txt"], True
    )
    assert "qa index" in reasons["broken.pdf"] or "anew" in reasons["broken.pdf"]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE meta SET value = '{' WHERE key = 'header'",
        "UPDATE meta SET value = '[]' WHERE key = 'header'",
        "UPDATE meta SET value = 'many' WHERE key = 'revision'",
        "DROP TABLE meta",
    ],
)
def test_a_store_with_spoilt_values_is_damaged_and_can_be_rebuilt(
    tmp_path: Path, corpus: Path, damage: str
) -> None:
    index = tmp_path / "index"
    run(index, corpus)
    connection = sqlite3.connect(index / FILE_NAME)
    with connection:
        connection.execute(damage)
    connection.close()
    for attempt in (lambda: sources(index), lambda: run(index, corpus)):
        with pytest.raises(IndexStateError) as raised:
            attempt()
        assert raised.value.code == "index_damaged"
    run(index, corpus, rebuild=True)
    assert sources(index) == sorted(CORPUS)


def test_a_file_that_cannot_be_read_for_a_moment_keeps_its_tests(
    tmp_path: Path, corpus: Path
) -> None:
    index = tmp_path / "index"
    run(index, corpus)
    test = {"id": "a", "question": "Who?", "sources": [{"doc": "minato.txt", "quote": "The port"}]}
    write_files(index, {"tests/kept.jsonl": json.dumps(test)})
    text = (corpus / "minato.txt").read_text("utf-8")
    (corpus / "minato.txt").write_bytes(b"")  # as an editor does before it writes
    assert [one.file for one in run(index, corpus).failed] == ["minato.txt"]
    assert "minato.txt" not in sources(index)
    assert read(index / "tests" / "kept.jsonl").questions
    (corpus / "minato.txt").write_text(text, "utf-8")
    run(index, corpus)
    (corpus / "minato.txt").write_bytes(b"")
    run(index, corpus)
    (corpus / "minato.txt").unlink()
    run(index, corpus)
    assert not (index / "tests" / "kept.jsonl").exists()


def test_what_another_sync_has_just_indexed_is_not_taken_for_deleted(
    tmp_path: Path, corpus: Path
) -> None:
    index = tmp_path / "index"
    run(index, corpus)

    def meanwhile() -> Settings:
        write_files(corpus, {"new.txt": "A new file about canals."})
        return SETTINGS

    # The settings are asked for where the folder could have been listed before.
    assert sync(index, corpus, HashEncoder(), meanwhile).added == 1


def test_a_refused_sync_forgets_nothing(tmp_path: Path, corpus: Path) -> None:
    index, wish = tmp_path / "index", replace(SETTINGS, ocr=True)
    (corpus / "empty.txt").write_bytes(b"")
    run(index, corpus)
    other = write_files(tmp_path / "other", {"a.txt": "Another folder."})
    with pytest.raises(FolderError):
        sync(index, other, HashEncoder(), wish)
    with opened(index) as reader:
        assert [one.file for one in reader.status().failed] == ["empty.txt"]


def test_a_folder_made_for_nothing_goes_again(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(FolderError):
        run(tmp_path / "index", tmp_path / "empty")
    assert not (tmp_path / "index").exists()


def test_a_threshold_of_zero_is_one(tmp_path: Path, corpus: Path) -> None:
    for threshold in (0.5, 0.0, None):
        settings = replace(SETTINGS, threshold=threshold)
        sync(tmp_path / "index", corpus, HashEncoder(), settings)
    with opened(tmp_path / "index") as reader:
        assert reader.settings.threshold == 0.0


def test_a_file_that_takes_too_long_once_stays_and_is_tried_again(
    tmp_path: Path, corpus: Path
) -> None:
    index = tmp_path / "index"
    run(index, corpus)
    cells = "<td>x</td>" * 15_000  # a second or more, of which it gets nothing
    write_files(corpus, {"museum.html": f"<html><body><table><tr>{cells}</table></body></html>"})
    report = run(index, corpus, limits=Limits(seconds=0))
    assert ([one.file for one in report.failed], report.deleted) == (["museum.html"], 0)
    assert "museum.html" in sources(index)
    assert run(index, corpus).changed == 1
