"""A writer killed at any call that changes the disk, or at any moment: old or new, never between.

The calls are counted from outside of Python (``kill_at.c``), so that those of SQLite, tantivy and
FAISS are among them. `make soak` kills at every call and at 200 moments; `make test` at a seeded
choice of them.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qa.doctor import examine
from qa.testsets.reading import read
from tests.conftest import write_files
from tests.hash_encoder import HashEncoder
from tests.syncing import content, run

ROOT = Path(__file__).parents[1]
SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
Kill = Callable[..., tuple[bool, int]]


@pytest.fixture(scope="module")
def kill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kill]:
    """Syncs in a process that is killed at a point; tells whether it was, and its calls if not."""
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("no C compiler here, so calls of the system cannot be counted")
    shim = tmp_path_factory.mktemp("shim") / "kill_at.so"
    source = Path(__file__).with_name("kill_at.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", shim, source, "-ldl"], check=True)
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    environment = {**os.environ, **one_thread, "LD_PRELOAD": str(shim)}
    command = [sys.executable, "-m", "tests.killing", str(shim)]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:

        def ask(index: Path, corpus: Path, point: int, **options: bool) -> tuple[bool, int]:
            assert server.stdin is not None
            assert server.stdout is not None
            order: dict[str, Any] = dict.fromkeys(("half", "rebuild", "torn"), False)
            order |= {"index": str(index), "corpus": str(corpus), "point": point, **options}
            print(json.dumps(order), file=server.stdin, flush=True)
            by_signal, code, calls = json.loads(server.stdout.readline())
            assert (by_signal, code) in ((0, 0), (signal.SIGKILL, 0))
            return by_signal == signal.SIGKILL, calls

        yield ask
        assert server.stdin is not None
        server.stdin.close()


# A quote of a document that will be deleted, and one of a document that will move.
TEST_SETS = {
    name: json.dumps({"id": name, "question": "What?", "sources": [{"doc": doc, "quote": "Kept."}]})
    for name, doc in (("deleted.jsonl", "museum.html"), ("moved.jsonl", "hafen.md"))
}


class Scene:
    """A folder that has changed since it was indexed, and what may be seen of it."""

    def __init__(self, home: Path, corpus: Path, *, fresh: bool) -> None:
        self.home, self.corpus = home, corpus
        self.index = home / "index"
        if not fresh:
            run(self.index, corpus)
            write_files(self.index, {f"tests/{name}": data for name, data in TEST_SETS.items()})
        self.old = by_document(content(self.index)) if not fresh else {}
        (corpus / "museum.html").unlink()
        (corpus / "hafen.md").rename(corpus / "z.md")
        write_files(corpus, {"minato.txt": "The port is closed now.", "new.md": "Canals. " * 200})
        write_files(corpus, {"empty.txt": ""})
        run(home / "clean", corpus)
        self.clean = content(home / "clean")
        self.new = by_document(self.clean)

    def copy(self) -> Path:
        """Return a copy of the index to work on."""
        work = self.home / "work"
        shutil.rmtree(work, ignore_errors=True)
        if self.index.exists():
            shutil.copytree(self.index, work)
        return work

    def check(self, work: Path) -> None:
        """Each document is as it was or as it will be; the next run ends as a clean build."""
        if (work / "fundstelle.db").exists() and (work / "dense.faiss").exists():
            found = by_document(content(work))
            for source, document in found.items():
                assert document in (self.old.get(source), self.new.get(source))
            assert self.old.keys() & self.new.keys() <= found.keys()
            assert not self.old or len(found.keys() & {"hafen.md", "z.md"}) == 1
        run(work, self.corpus)
        assert content(work) == self.clean
        if self.old:  # test sets have forgotten what was deleted, and followed what moved
            assert [path.name for path in (work / "tests").iterdir()] == ["moved.jsonl"]
            (question,) = read(work / "tests" / "moved.jsonl").questions
            assert [one.doc for one in question.sources] == ["z.md"]
        found_by_doctor = examine(work, lambda _: HashEncoder().fingerprint)
        assert found_by_doctor.ok, found_by_doctor


def by_document(state: dict[str, Any]) -> dict[str, Any]:
    """Return each document with its passages and vectors, without what depends on others."""
    return {
        source: (document, [row[:-1] for row in state["passages"] if row[0] == document.doc_id])
        for source, document in state["documents"].items()
    }


def points(calls: int, seed: str, wanted: int) -> list[int]:
    """Return all points from the first call to the last, or a seeded choice of them."""
    every = range(1, calls + 1)
    return list(every) if SOAK else sorted(random.Random(seed).sample(every, wanted))  # noqa: S311


@pytest.mark.parametrize("half", [False, True], ids=["before", "halfway"])
@pytest.mark.parametrize("how", ["build", "update", "rebuild"])
def test_a_kill_at_any_call(tmp_path: Path, corpus: Path, kill: Kill, how: str, half: bool) -> None:
    scene, rebuild = Scene(tmp_path, corpus, fresh=how == "build"), how == "rebuild"
    killed, calls = kill(scene.copy(), corpus, 0, rebuild=rebuild)
    assert not killed
    assert calls > 100
    scene.check(tmp_path / "work")
    for point in points(calls, f"{how} {half}", 4):
        work = scene.copy()
        killed, _ = kill(work, corpus, point, rebuild=rebuild, half=half)
        assert killed or SOAK  # what a library does last may vary by a call
        scene.check(work)


def test_a_writer_without_transactions_does_not_pass(
    tmp_path: Path, corpus: Path, kill: Kill
) -> None:
    scene, caught = Scene(tmp_path, corpus, fresh=False), 0
    _, calls = kill(scene.copy(), corpus, 0, torn=True)
    for point in range(1, calls, max(1, calls // 40)):
        work = scene.copy()
        kill(work, corpus, point, torn=True)
        try:
            scene.check(work)
        except AssertionError:
            caught += 1
            break
    assert caught


KILLED = """
import sys
from pathlib import Path
from qa.sync import sync
from tests.hash_encoder import HashEncoder
from tests.syncing import SETTINGS
print("begun", flush=True)
sync(Path(sys.argv[1]), Path(sys.argv[2]), HashEncoder(), SETTINGS)
"""


def test_a_kill_at_any_moment(tmp_path: Path) -> None:
    """The whole program, with its reading processes, on a larger folder."""
    text = "Number {0} of the harbour says {0} times that {0} ships came.\n\n"
    files = {f"{n % 9}/{n:03}.txt": text.format(n) * (1 + n % 25) for n in range(300)}
    corpus, work = write_files(tmp_path / "corpus", files), tmp_path / "work"
    began = time.monotonic()
    run(tmp_path / "clean", corpus)
    clean, lasts = content(tmp_path / "clean"), time.monotonic() - began
    chance = random.Random(20261122)  # noqa: S311
    for _ in range(200 if SOAK else 2):
        shutil.rmtree(work, ignore_errors=True)
        command = [sys.executable, "-c", KILLED, str(work), str(corpus)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"begun\n"
            # When it is killed is chance on purpose: whatever it is doing must do no harm.
            time.sleep(chance.uniform(0, lasts + 1))
            writer.kill()
        if (work / "fundstelle.db").exists():
            run(work, corpus)
            assert content(work) == clean
        else:
            assert not list(work.glob("dense*"))
