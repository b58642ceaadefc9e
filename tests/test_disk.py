"""A disk that is full or cannot be written: a clear sentence, and the old state stays.

The disks are real ones in memory, of a few kilobytes; where they cannot be mounted (that takes
an administrator), a limit on the size of files stands in for the full one.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from qa.errors import IndexStateError
from qa.lexical import Lexical
from tests.conftest import write_files
from tests.hash_encoder import HashEncoder
from tests.syncing import content, run, sources

ROOT = Path(__file__).parents[1]
Remount = Callable[[str], None]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(place)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("disks cannot be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def remount(disk: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(disk)], check=True)


def leave_room(disk: Path, room: int) -> None:
    files = [path for path in disk.rglob("*") if path.is_file()]
    used = sum(path.stat().st_blocks * 512 for path in files)
    remount(disk, f"size={used + room}")


def add(corpus: Path) -> None:
    words = "Ship {0} of number {0} carries grain and timber to port {0}. "
    write_files(corpus, {f"n{n:02}.md": words.format(n) * 100 for n in range(20)})


@pytest.mark.parametrize("room", [4_096, 300_000])
def test_a_full_disk_leaves_whole_documents(disk: Path, corpus: Path, room: int) -> None:
    index = disk / "index"
    run(index, corpus)
    before = content(index)["documents"]
    add(corpus)
    leave_room(disk, room)
    with pytest.raises(IndexStateError) as raised:
        run(index, corpus)
    assert raised.value.code == "disk_full"
    assert raised.value.hint
    after = content(index)["documents"]
    assert before.items() <= after.items()
    remount(disk, "size=16m")
    encoder = HashEncoder()
    report = run(index, corpus, encoder)
    assert (report.added, report.unchanged) == (26 - len(after), len(after))
    run(disk.parent / "clean", corpus)
    assert content(index) == content(disk.parent / "clean")


def test_words_that_do_not_fit_are_said_to_be_so(disk: Path) -> None:
    remount(disk, "size=64k")
    texts = [" ".join(f"word{n}x{m}" for m in range(300)) for n in range(300)]
    words = Lexical.read(disk, "me")
    with pytest.raises(OSError, match=r"No space|cannot be written"):
        words.write_in_step(disk, {"en": np.arange(300)}, 1, lambda ids: [texts[i] for i in ids])


def test_a_folder_that_cannot_be_written_is_read_all_the_same(disk: Path, corpus: Path) -> None:
    index = disk / "index"
    run(index, corpus)
    before = content(index)
    remount(disk, "ro")
    assert content(index) == before
    write_files(corpus, {"new.txt": "A new file."})
    with pytest.raises(IndexStateError) as raised:
        run(index, corpus)
    assert raised.value.code == "index_unusable"
    assert "Read-only" in raised.value.message
    assert content(index) == before
    remount(disk, "rw")
    assert run(index, corpus).added == 1
    assert "new.txt" in sources(index)


LIMITED = """
import json, resource, sys
from pathlib import Path
from qa.errors import IndexStateError
from tests.syncing import run
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    run(Path(sys.argv[1]), Path(sys.argv[2]))
except IndexStateError as error:
    print(json.dumps(error.to_json()))
"""


def test_a_file_that_may_not_grow_leaves_the_old_state(tmp_path: Path, corpus: Path) -> None:
    index = tmp_path / "index"
    run(index, corpus)
    before = content(index)["documents"]
    add(corpus)
    size = (index / "fundstelle.db").stat().st_size
    command = [sys.executable, "-c", LIMITED, str(index), str(corpus), str(size + 8192)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ}, capture_output=True, text=True, check=True
    )
    error = json.loads(done.stdout)["error"]
    assert error["code"] in ("disk_full", "index_unusable")
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    after = content(index)["documents"]
    assert before.items() <= after.items()
    run(index, corpus)
    run(tmp_path / "clean", corpus)
    assert content(index) == content(tmp_path / "clean")
