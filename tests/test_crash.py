"""Killed, interrupted and competing writers: the old or the new state, nothing between."""

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
