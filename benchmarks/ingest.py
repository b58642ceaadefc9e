"""Index a folder twice, and say what it took.

    python -m benchmarks.ingest FOLDER [--index DIR] [--ocr]

Without ``--index`` the index is made in a temporary folder and deleted. The second run finds
nothing changed. ``pages/s`` and ``MB/s`` are those of reading alone, without encoding, in one
process.
"""

import argparse
import resource
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

from qa.datamodel import Document, SyncReport
from qa.encoder import load_encoder
from qa.errors import DocumentError
from qa.folder import Candidate, list_folder
from qa.index import Index
from qa.settings import Settings
from qa.sync import sync


def read_all(root: Path, index: Path) -> None:
    """Read every file without encoding anything, and print the speed of each kind."""
    seconds: defaultdict[str, float] = defaultdict(float)
    files: Counter[str] = Counter()
    pages: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    for candidate in list_folder(root, index).candidates:
        kind = Path(candidate.source).suffix.lower()
        began = time.process_time()
        document = _read(candidate)
        seconds[kind] += time.process_time() - began
        if document is not None:
            files[kind] += 1
            pages[kind] += len(document.page_starts)
            characters[kind] += len(document.text)
    for kind, count in files.most_common():
        took = max(seconds[kind], 1e-6)
        print(
            f"{kind:>8} {count:6,} files {pages[kind]:6,} pages {characters[kind]:12,} characters,"
            f" {pages[kind] / took:6,.0f} pages/s {characters[kind] / took / 1e6:6.2f} million/s"
        )


def _read(candidate: Candidate) -> Document | None:
    try:
        return candidate.read()
    except (DocumentError, OSError):
        return None


def report_of(root: Path, index: Path, settings: Settings) -> SyncReport:
    """Sync once, and print what it did."""
    report = sync(index, root, load_encoder(settings), settings)
    speed = report.passages / report.took_s
    print(
        f"{report.added:,} added, {report.unchanged:,} unchanged, {len(report.failed):,} failed;"
        f" {report.passages:,} passages in {report.took_s:.1f} s ({speed:.1f} passages/s)"
    )
    return report


def measure(root: Path, index: Path, settings: Settings) -> None:
    """Index ``root`` twice and print the figures."""
    read_all(root, index)
    first = report_of(root, index, settings)
    second = report_of(root, index, settings)
    for failed in first.failed:
        print(f"- {failed.file}: {failed.reason}")
    reader = Index.open(index)
    status = reader.status()
    reader.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    parts = ", ".join(
        f"{part} {size / status.passages:,.0f}" for part, size in status.bytes.items()
    )
    print(f"second run {first.took_s / second.took_s:,.0f} times as fast: {second.took_s:.2f} s")
    print(f"{sum(status.bytes.values()) / status.passages:,.0f} bytes a passage ({parts})")
    print(f"peak memory {peak:,.0f} MB; languages {dict(status.by_lang)}")


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description="What indexing a folder takes.")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--index", type=Path, help="keep the index in this folder")
    parser.add_argument("--ocr", action="store_true", help="recognise text on pictures")
    given = parser.parse_args()
    settings = Settings(ocr=given.ocr)
    if given.index:
        measure(given.folder, given.index, settings)
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(given.folder, Path(folder) / "index", settings)


if __name__ == "__main__":
    main()
