"""Knowing beforehand, stopping early, following a folder, and no model where none is needed."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from qa.errors import FolderError, IndexStateError
from qa.settings import Settings
from qa.sync import Progress, preview, sync
from qa.watch import follow
from tests.conftest import write_files
from tests.hash_encoder import HashEncoder
from tests.syncing import SETTINGS, content, opened, run, sources

ROOT = Path(__file__).parents[1]


def test_nothing_to_read_takes_no_encoder(tmp_path: Path, corpus: Path) -> None:
    index, loaded = tmp_path / "index", 0

    def load() -> HashEncoder:
        nonlocal loaded
        loaded += 1
        return HashEncoder()

    sync(index, corpus, load, SETTINGS)
    assert loaded == 1
    assert sync(index, corpus, load, SETTINGS).unchanged == 6
    os.utime(corpus / "hafen.md", ns=(1, 1))
    (corpus / "museum.html").unlink()
    report = sync(index, corpus, load, SETTINGS)
    assert (report.unchanged, report.deleted, loaded) == (5, 1, 1)
    run(tmp_path / "clean", corpus)
    assert content(index) == content(tmp_path / "clean")
    write_files(corpus, {"new.txt": "A new file."})
    assert sync(index, corpus, load, SETTINGS).added == 1
    assert loaded == 2
    with pytest.raises(IndexStateError, match="another size"):
        sync(index, corpus, load, Settings(passage_tokens=20))


def change(corpus: Path) -> None:
    write_files(corpus, {"new.txt": "New words here.", "minato.txt": "The port is closed now."})
    (corpus / "hafen.md").rename(corpus / "notes" / "hafen.md")
    (corpus / "museum.html").unlink()
    (corpus / "broken.txt").touch()


def test_a_preview_says_what_the_sync_then_does(tmp_path: Path, corpus: Path) -> None:
    index = tmp_path / "index"
    assert len(preview(index, corpus).steps) == 6
    assert not index.exists()
    run(index, corpus)
    change(corpus)
    before = content(index)
    plan = preview(index, corpus)
    assert content(index) == before
    kinds = {step.candidate.source: step.kind for step in plan.steps}
    assert kinds == {
        "new.txt": "added",
        "broken.txt": "added",
        "minato.txt": "changed",
        "notes/hafen.md": "moved",
    }
    assert (plan.gone, plan.unchanged) == (["museum.html"], 3)
    report = run(index, corpus)
    assert (report.added, report.changed, report.moved, report.deleted) == (1, 1, 1, 1)
    assert (report.unchanged, len(report.failed)) == (3, 1)
    run(tmp_path / "clean", corpus)
    assert content(index) == content(tmp_path / "clean")
    again = preview(index, corpus)
    assert (again.steps, again.gone, list(again.failed)) == ([], [], ["broken.txt"])


def test_a_moved_document_is_never_absent_or_doubled(tmp_path: Path, corpus: Path) -> None:
    index = tmp_path / "index"
    run(index, corpus)
    (corpus / "hafen.md").rename(corpus / "z.md")
    seen = []

    def look(_: Progress) -> None:
        seen.append([name for name in sources(index) if name in ("hafen.md", "z.md")])

    assert run(index, corpus, progress=look).moved == 1
    assert seen
    assert all(len(names) == 1 for names in seen)
    assert "z.md" in sources(index)


@pytest.mark.parametrize("rebuild", [False, True])
def test_a_sync_that_is_stopped_keeps_whole_documents(tmp_path: Path, rebuild: bool) -> None:
    files = {f"{n:03}.txt": f"File {n} says {n * n}.\n\n" * 30 for n in range(40)}
    root, index, stop = write_files(tmp_path / "corpus", files), tmp_path / "index", Event()
    write_files(root, {"gone.txt": "This file will be gone."})
    if rebuild:
        run(index, root)
    before = content(index) if rebuild else None
    (root / "gone.txt").unlink()

    def halt(step: Progress) -> None:
        if step.done >= 10:
            stop.set()

    report = run(index, root, progress=halt, stop=stop, rebuild=rebuild)
    assert report.stopped
    if rebuild:
        assert content(index) == before
    else:
        kept = len(sources(index))
        assert (report.added, 10 <= kept < 40) == (kept, True)
        with opened(index) as reader:
            assert len(reader.search_lexical(["file"], 1000, "en")[0]) > 0
    report = run(index, root)
    assert (report.stopped, len(sources(index))) == (False, 40)
    run(tmp_path / "clean", root)
    assert content(index) == content(tmp_path / "clean")


def test_stopped_before_it_began_nothing_is_deleted(tmp_path: Path, corpus: Path) -> None:
    run(tmp_path / "index", corpus)
    before = content(tmp_path / "index")
    change(corpus)
    stop = Event()
    stop.set()
    report = run(tmp_path / "index", corpus, stop=stop)
    assert (report.stopped, report.added, report.deleted) == (True, 0, 0)
    assert content(tmp_path / "index") == before


def test_a_folder_is_followed(tmp_path: Path, corpus: Path) -> None:
    index, stop, encoder = tmp_path / "index", Event(), HashEncoder()

    def steps() -> Iterator[bool]:
        """What happens at each call; what it answers: False asks for another call."""
        write_files(corpus, {"new.txt": "A file made while nobody was looking."})
        yield True
        (corpus / "minato.txt").unlink()
        yield False

    script = steps()

    def act() -> bool:
        run(index, corpus, encoder)
        if "minato.txt" not in sources(index) and "new.txt" in sources(index):
            stop.set()
            return True
        return next(script, True)

    write_files(corpus, {"index/README.md": "An index inside the folder is not followed."})
    follow(corpus, corpus / "index", act, stop)
    assert "new.txt" in sources(index)


def test_a_folder_that_takes_the_place_of_another_is_followed(tmp_path: Path, corpus: Path) -> None:
    index, stop, encoder = tmp_path / "index", Event(), HashEncoder()

    def steps() -> Iterator[None]:
        corpus.rename(tmp_path / "old")
        shutil.copytree(tmp_path / "old", corpus)
        yield
        write_files(corpus, {"new.txt": "A file of the folder that came later."})
        yield

    script = steps()

    def act() -> bool:
        if corpus.is_dir():
            run(index, corpus, encoder)
        if "new.txt" in sources(index):
            stop.set()
        next(script, None)
        return True

    follow(corpus, index, act, stop)
    assert "new.txt" in sources(index)


def test_a_folder_that_is_not_there_cannot_be_followed(tmp_path: Path) -> None:
    with pytest.raises(FolderError) as raised:
        follow(tmp_path / "nowhere", tmp_path / "index", lambda: True)
    assert raised.value.code == "folder_missing"


def qa(*words: str) -> list[str]:
    return [sys.executable, "-m", "tests.run_qa", *words]


def test_the_command_previews_follows_and_ends(tmp_path: Path, corpus: Path) -> None:
    where = [str(corpus), "--index", str(tmp_path / "index"), "--jobs", "1"]
    done = subprocess.run(
        qa("index", *where, "--dry-run", "--json"), cwd=ROOT, capture_output=True, check=True
    )
    assert len(json.loads(done.stdout)["added"]) == 6
    with subprocess.Popen(
        qa("index", *where, "--watch"),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as following:
        assert following.stdout is not None
        assert following.stderr is not None
        assert following.stdout.readline() == "Documents: 6 added.\n"
        assert following.stderr.readline().startswith("Following ")
        write_files(corpus, {"new.txt": "A file that is seen."})
        lines = iter(following.stdout.readline, "")
        assert any("1 added" in line for line in lines)
        following.send_signal(signal.SIGINT)
        assert "Stopped." in following.stderr.read()
    assert following.returncode == 130
    done = subprocess.run(qa("index", *where, "--dry-run"), cwd=ROOT, capture_output=True)
    assert b"7 unchanged" in done.stdout


def test_a_preview_refuses_what_the_sync_refuses(tmp_path: Path, corpus: Path) -> None:
    run(tmp_path / "index", corpus)
    other = write_files(tmp_path / "other", {"a.txt": "Another folder."})
    with pytest.raises(FolderError, match="other"):
        preview(tmp_path / "index", other)
    assert len(preview(tmp_path / "index", other, re_root=True).steps) == 1
    assert len(preview(tmp_path / "index", corpus, rebuild=True).steps) == 6
