"""Killed, interrupted and competing writers: the old or the new state, nothing between."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from qa.errors import IndexBusyError
from qa.sync import Progress
from tests.conftest import write_files
from tests.hash_encoder import HashEncoder
from tests.syncing import content, opened, run, sources

ROOT = Path(__file__).parents[1]


def test_an_interrupted_run_keeps_what_it_has(tmp_path: Path) -> None:
    files = {f"{n:03}.txt": f"File {n} says {n * n}.\n\n" * 30 for n in range(40)}
    root, index = write_files(tmp_path / "corpus", files), tmp_path / "index"

    def stop(step: Progress) -> None:
        if step.done >= 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(index, root, progress=stop)
    with opened(index) as reader:  # brings words and vectors in step
        kept = reader.status().documents
        assert 10 <= kept < 40
        assert len(reader.search_lexical(["file"], 1000, "en")[0]) > 0
    encoder = HashEncoder()
    report = run(index, root, encoder)
    assert (report.unchanged, report.added) == (kept, 40 - kept)
    run(tmp_path / "clean", root)
    assert content(index) == content(tmp_path / "clean")


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from qa.settings import Settings
from qa.sync import sync
from tests.hash_encoder import HashEncoder

index, corpus, left = Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
WATCHED = "open os.rename os.remove os.mkdir os.rmdir shutil.rmtree sqlite3.connect".split()

def watch(event, values):
    global left
    if event in WATCHED and values and str(index) in str(values[0]):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

def step(_):
    watch("open", (index,))

sys.addaudithook(watch)
chosen = Settings(passage_tokens=40)
sync(index, corpus, HashEncoder(), chosen, progress=step, rebuild=sys.argv[5] == "rebuild")
"""


@pytest.mark.parametrize("how", ["update", "rebuild"])
def test_a_kill_leaves_old_or_new_documents(tmp_path: Path, corpus: Path, how: str) -> None:
    index = tmp_path / "index"
    run(index, corpus)
    (corpus / "museum.html").unlink()
    write_files(corpus, {"minato.txt": "The port is closed now.", "new.md": "Canals. " * 200})
    run(tmp_path / "clean", corpus)
    clean = content(tmp_path / "clean")
    old = content(index)
    allowed = {(d.source, d.sha256) for state in (old, clean) for d in state["documents"].values()}
    killed = 0
    for point in (0, 2, 5, 9, 14, 20, 27, 35):
        work = tmp_path / f"work-{point}"
        shutil.copytree(index, work)
        command = [sys.executable, "-c", KILLED, str(ROOT), str(work), str(corpus), str(point), how]
        ended = subprocess.run(command, check=False, capture_output=True)
        assert ended.returncode in (0, -signal.SIGKILL), ended.stderr.decode()
        killed += ended.returncode != 0
        found = content(work)["documents"].values()
        assert {(d.source, d.sha256) for d in found} <= allowed
        assert len({d.source for d in found}) == len(found)
        run(work, corpus)
        assert content(work) == clean
    assert killed >= 5


HOLDER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from qa.files import write_lock
with write_lock(Path(sys.argv[2])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_writer_is_told_who_is_writing(tmp_path: Path, corpus: Path) -> None:
    index = tmp_path / "index"
    run(index, corpus)
    command = [sys.executable, "-c", HOLDER, str(ROOT), str(index)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(IndexBusyError) as raised:
            run(index, corpus)
        assert f"process {other.pid} since" in raised.value.message
        assert len(sources(index)) == 6  # readers are not kept waiting
        other.stdin.close()
        other.wait()
    assert run(index, corpus).unchanged == 6
