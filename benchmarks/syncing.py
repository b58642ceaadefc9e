"""What a sync costs: the first run, the second one without changes, the workers, the doctor.

    python -m benchmarks.syncing [FILES] [--no-record]

``first_without_model`` is the first run with the fast encoder of the tests, which leaves what is
not encoding. Processor time is that of all processes: what a busy machine does not change.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.machine import record
from benchmarks.timing import peak_mb, spent, timed
from qa.datamodel import Document, Encoder
from qa.doctor import examine
from qa.encoder import load_encoder
from qa.folder import list_folder
from qa.reading import reading_ahead
from qa.settings import Settings
from qa.sync import sync
from tests.hash_encoder import HashEncoder

FILES = 10_000
CLOCKS = ("seconds", "processor_seconds")


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
        with reading_ahead(candidates) as answers:
            assert all(isinstance(answer, Document) for answer in answers)
        took = time.perf_counter() - began
    return took / len(candidates)


def in_new_process(index: Path, root: Path) -> float:
    """Return seconds of the whole command, from the shell: what a person waits."""
    command = [sys.executable, "-m", "qa", "index", str(root), "--index", str(index)]
    took, _ = timed(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))
    return took


def first_run(index: Path, root: Path, encoder: Encoder) -> dict[str, float]:
    """Sync once, and return seconds by the clock and of the processors."""
    used, (took, report) = spent(lambda: timed(lambda: sync(index, root, encoder, Settings())))
    return {"seconds": took, "processor_seconds": used, "passages": report.passages}


def second_runs(index: Path, root: Path) -> dict[str, float]:
    """Sync three times without changes, and twice as a command; return the least seconds."""

    def again() -> object:
        return sync(index, root, lambda: load_encoder(Settings()), Settings())

    used, took = min(spent(lambda: timed(again)[0]) for _ in range(3))
    command_used, command = min(spent(lambda: in_new_process(index, root)) for _ in range(2))
    return {
        "seconds": took,
        "processor_seconds": used,
        "command_seconds": command,
        "command_processor_seconds": command_used,
    }


def main() -> None:
    """Read the arguments, measure and record."""
    parser = argparse.ArgumentParser(description="What syncing many small files takes.")
    parser.add_argument("files", nargs="?", type=int, default=FILES, metavar="FILES")
    parser.add_argument("--no-record", action="store_true", help="print only")
    given = parser.parse_args()
    results = {"files": given.files, "load": round(os.getloadavg()[0], 1)} | measure(given.files)
    json.dump(results, sys.stdout, indent=1)
    if not given.no_record:
        record("syncing", ("onnxruntime", "tantivy"), results)


def measure(files: int) -> dict[str, Any]:
    """Write ``files`` small files, index them twice with each encoder, and return the figures."""
    with tempfile.TemporaryDirectory() as home:
        root, index, fast = (Path(home) / name for name in ("corpus", "index", "fast"))
        write_folder(root, files)
        without = first_run(fast, root, HashEncoder())
        first = first_run(index, root, load_encoder(Settings()))
        second = second_runs(index, root)
        examined, found = timed(lambda: examine(index, lambda header: header.fingerprint))
        assert found.ok
        each = reading(root, index)
    return {
        "first": rounded(first),
        "first_without_model": rounded(without),
        "second": rounded(second),
        "times_faster": {key: round(first[key] / second[key]) for key in CLOCKS},
        "command_times_faster": {
            key: round(first[key] / second[f"command_{key}"]) for key in CLOCKS
        },
        "reading_ms_a_file": round(1e3 * each, 2),
        "doctor_seconds_for_10000_passages": round(1e4 * examined / first["passages"], 2),
        "peak_mb": round(peak_mb()),
    }


def rounded(figures: Mapping[str, float]) -> dict[str, float]:
    return {key: round(value, 2) for key, value in figures.items()}


if __name__ == "__main__":
    main()
