"""What a sync costs: the first run, the second one without changes, the workers, the doctor.

    python -m benchmarks.syncing [FILES]

Everything is measured with the fast encoder of the tests, which leaves what is not encoding; the
time that the real model would need on top is extrapolated from a sample of the same passages.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from qa.datamodel import Filters
from qa.doctor import examine
from qa.encoder import load_encoder
from qa.folder import list_folder
from qa.index import Index
from qa.reading import document_of, reading_ahead
from qa.settings import Settings
from qa.sync import sync
from tests.hash_encoder import HashEncoder

FILES = 10_000
SAMPLE = 256  # passages encoded by the real model
_Result = TypeVar("_Result")


def timed(work: Callable[[], _Result]) -> tuple[float, _Result]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def processor_time() -> float:
    """Return seconds of all processes so far: what a busy machine does not change."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    workers = [
        float(path.read_text().rpartition(")")[2].split()[k])
        for path in _workers()
        for k in (11, 12)
    ]
    ticks = os.sysconf("SC_CLK_TCK")
    return sum(one.ru_utime + one.ru_stime for one in used) + sum(workers) / ticks


def _workers() -> list[Path]:
    """Return the processes that read and have not ended yet."""
    children = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return [Path(f"/proc/{child}/stat") for one in children for child in one.read_text().split()]


def spent(work: Callable[[], object]) -> float:
    began = processor_time()
    work()
    return processor_time() - began


def write_folder(root: Path, files: int) -> None:
    for number in range(files):
        path = root / f"{number % 100:02}" / f"note-{number:05}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f"Note {number}\n\nShip {number} of the harbour of Elmstadt came at {number % 24} "
            f"o'clock and carried {number * 7 % 1000} tonnes of grain. Its captain was pleased.\n"
        )


def reading(root: Path, index: Path) -> float:
    """Return seconds a file for reading in workers that are already there."""
    candidates = list_folder(root, index).candidates[:1000]
    for _ in range(2):
        began = time.perf_counter()
        with reading_ahead(candidates) as ahead:
            for candidate, answer in zip(candidates, ahead, strict=True):
                assert isinstance(answer, bytes)
                document_of(candidate, answer)
        took = time.perf_counter() - began
    return took / len(candidates)


def in_new_process(index: Path, root: Path) -> float:
    """Return seconds of the whole command, from the shell: what a person waits."""
    command = [sys.executable, "-m", "tests.run_qa", "index", str(root), "--index", str(index)]
    took, _ = timed(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))
    return took


def per_passage(index: Path) -> float:
    """Return seconds a passage of the real model, from a sample."""
    opened = Index.open(index)
    with opened.reading():
        ids = opened.select("en", Filters())[:SAMPLE]
        texts = [("", passage.text) for passage in opened.passages(ids)]
    opened.close()
    model = load_encoder(Settings())
    model.encode_passages(texts[:16])
    took, _ = timed(lambda: model.encode_passages(texts))
    return took / len(texts)


def main(files: int) -> None:
    with tempfile.TemporaryDirectory() as home:
        root, index = Path(home) / "corpus", Path(home) / "index"
        write_folder(root, files)
        encoder = HashEncoder()
        before = processor_time()
        first, report = timed(lambda: sync(index, root, encoder, Settings()))
        first_spent = processor_time() - before
        passages = report.passages
        again = min(timed(lambda: sync(index, root, HashEncoder, Settings()))[0] for _ in range(3))
        command = min(in_new_process(index, root) for _ in range(2))
        real = per_passage(index) * passages
        again_spent = spent(lambda: sync(index, root, HashEncoder, Settings()))
        command_spent = spent(lambda: in_new_process(index, root))
        real_spent = spent(lambda: per_passage(index)) / (SAMPLE + 16) * passages
        examined, found = timed(lambda: examine(index, lambda header: header.fingerprint))
        assert found.ok
        each = reading(root, index)
        rows = [
            ("first run, fast encoder, s", first),
            ("first run, real model, s (estimate)", first + real),
            ("second run, s", again),
            ("second run as a command, s (with the start of Python)", command),
            ("first to second, fast encoder", first / again),
            ("first to second, real model", (first + real) / again),
            ("first to second as a command, real model", (first + real) / command),
            ("first run, fast encoder, processor s", first_spent),
            ("first run, real model, processor s (estimate)", first_spent + real_spent),
            ("second run, processor s", again_spent),
            ("second run as a command, processor s", command_spent),
            ("reading in workers, ms a file", 1e3 * each),
            ("doctor, s for 10,000 passages", 1e4 * examined / passages),
            ("peak memory, MB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        ]
        print(f"{files:,} files, {passages:,} passages")
        for name, value in rows:
            print(f"{name:<56}{value:10.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else FILES)
