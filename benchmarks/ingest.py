"""Index a folder twice, and say what it took.

    python -m benchmarks.ingest FOLDER [--index DIR] [--ocr] [--note TEXT] [--no-record]

Without ``--index`` the index is made in a temporary folder and deleted. The second run finds
nothing changed. Memory is that of the process that encodes; ``reading`` is reading alone, without
encoding, in seconds of one processor.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.machine import record
from benchmarks.timing import peak_mb, spent
from qa.datamodel import Document, SyncReport
from qa.encoder import load_encoder
from qa.errors import DocumentError
from qa.folder import Candidate, list_folder
from qa.index import Index
from qa.settings import Settings
from qa.sync import sync


def read_all(root: Path, index: Path) -> list[dict[str, Any]]:
    """Read every file without encoding anything; return counts and seconds of each kind."""
    kinds: defaultdict[str, dict[str, float]] = defaultdict(
        lambda: dict.fromkeys(("files", "pages", "characters", "seconds"), 0)
    )
    for candidate in list_folder(root, index).candidates:
        of = kinds[Path(candidate.source).suffix.lower()]
        began = time.process_time()
        document = _read(candidate)
        of["seconds"] += time.process_time() - began
        if document is not None:
            of["files"] += 1
            of["pages"] += len(document.page_starts)
            of["characters"] += len(document.text)
    return [{"kind": kind, **of, "seconds": round(of["seconds"], 1)} for kind, of in kinds.items()]


def _read(candidate: Candidate) -> Document | None:
    try:
        return candidate.read()
    except (DocumentError, OSError):
        return None


def one_run(root: Path, index: Path, settings: Settings) -> tuple[dict[str, Any], SyncReport]:
    """Sync once; return the figures of the run and its report."""
    used, report = spent(lambda: sync(index, root, lambda: load_encoder(settings), settings))
    figures = {
        "added": report.added,
        "unchanged": report.unchanged,
        "failed": len(report.failed),
        "passages": report.passages,
        "seconds": round(report.took_s, 2),
        "processor_seconds": round(used, 2),
    }
    return figures, report


def measure(root: Path, index: Path, settings: Settings) -> dict[str, Any]:
    """Index ``root`` twice and return the figures."""
    load = os.getloadavg()[0]
    first, report = one_run(root, index, settings)
    load = max(load, os.getloadavg()[0])
    peak = peak_mb()
    second, _ = one_run(root, index, settings)
    reader = Index.open(index)
    status = reader.status()
    reader.close()
    return {
        "load": round(load, 1),
        "runs": {"first": first, "second": second},
        "passages_a_second": round(first["passages"] / first["seconds"], 1),
        "passages_a_processor_second": round(first["passages"] / first["processor_seconds"], 1),
        "times_faster": round(first["seconds"] / second["seconds"]),
        "languages": dict(status.by_lang),
        "failed": [[one.file, one.reason] for one in report.failed],
        "bytes_a_passage": {
            part: round(size / status.passages) for part, size in status.bytes.items()
        },
        "peak_mb": round(peak),
        "reading": read_all(root, index),
    }


def main() -> None:
    """Read the arguments, measure and record."""
    parser = argparse.ArgumentParser(description="What indexing a folder takes.")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--index", type=Path, help="keep the index in this folder")
    parser.add_argument("--ocr", action="store_true", help="recognise text on pictures")
    parser.add_argument("--note", help="what the folder holds, for the record")
    parser.add_argument("--no-record", action="store_true", help="print only")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        index = given.index or Path(folder) / "index"
        results = measure(given.folder, index, Settings(ocr=given.ocr))
    json.dump(results, sys.stdout, indent=1, ensure_ascii=False)
    if not given.no_record:
        note = {"note": given.note} if given.note else {}
        record("ingest", ("onnxruntime", "pypdfium2", "trafilatura", "tantivy"), note | results)


if __name__ == "__main__":
    main()
