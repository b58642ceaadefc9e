"""Runs on disk: ``index/runs/NAME/`` with ``run.json``, ``results.jsonl``, ``scores.jsonl``.

Results are appended question by question, so that a killed run goes on where it stopped. No file
of a run holds a document's words.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from qa import __version__
from qa.assistant import Assistant
from qa.errors import InputError
from qa.evaluation.results import Result, from_json
from qa.files import replace_file
from qa.testsets import QuestionSet
from qa.testsets.reading import read

FOLDER = "runs"
INFO = "run.json"
RESULTS = "results.jsonl"
SCORES = "scores.jsonl"


# What says nothing of the work itself: how far it is, and where files are.
_OUTSIDE: Mapping[str, Any] = {
    "run": "",
    "started": "",
    "took_s": 0.0,
    "finished": False,
    "bytes": 0,
    "path": "",
    "qrels": "",
    "index": "",
    "revision": 0,
}


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What a run measured: which questions, asked of what.

    ``settings`` are those of the index, ``contents`` a hash of its documents: revisions are counted
    anew in an index that is made anew. ``depth`` is the number of documents that the measures look
    at, ``qrels`` the file of judgements if there is one, ``index`` the folder of the index unless
    the run is kept with it. ``started`` is an ISO time; ``took_s`` the seconds spent
    answering, over all parts of an interrupted run.
    """

    run: str
    tests: str
    path: str
    digest: str
    questions: int
    k: int
    plain: bool
    documents: int
    passages: int
    encoder: str
    fingerprint: str
    revision: int
    settings: Mapping[str, Any]
    root: str
    bytes: int
    version: str
    depth: int = 0
    contents: str = ""
    qrels: str = ""
    index: str = ""
    started: str = ""
    took_s: float = 0.0
    finished: bool = False

    def same_work(self, other: "RunInfo") -> bool:
        """Tell whether both runs ask the same questions of the same index in the same way."""
        own, its = (replace(one, **_OUTSIDE) for one in (self, other))
        return own == its

    def test_set(self, path: Path | None = None) -> QuestionSet:
        """Read the questions again, from ``path`` if they have moved; raises InputError."""
        return read(path or Path(self.path), Path(self.qrels) if self.qrels else None)

    def of(self, tests: QuestionSet) -> bool:
        """Tell whether the run asked a test set, or what its file held before."""
        return self.path == str(tests.path.resolve()) or self.digest == tests.digest


def describe(
    assistant: Assistant, tests: QuestionSet, runs: Path, k: int, *, plain: bool, depth: int
) -> RunInfo:
    """Return what a run of these questions, kept below ``runs``, would measure."""
    status = assistant.index.status()
    header = assistant.index.header
    return RunInfo(
        run="",
        tests=tests.name,
        path=str(tests.path.resolve()),
        digest=tests.digest,
        questions=len(tests.questions),
        k=k,
        plain=plain,
        documents=status.documents,
        passages=status.passages,
        encoder=status.encoder,
        fingerprint=header.fingerprint,
        revision=status.revision,
        settings=asdict(header.settings),
        root=status.root,
        bytes=sum(status.bytes.values()),
        version=__version__,
        depth=depth,
        contents=assistant.index.contents,
        qrels=str(tests.qrels.resolve()) if tests.qrels else "",
        index="" if assistant.index.folder == runs else str(assistant.index.folder.resolve()),
    )


def runs_of(index: Path) -> list[RunInfo]:
    """Return the runs kept with an index, oldest first; unreadable ones are left out."""
    found = []
    for path in (index / FOLDER).glob(f"*/{INFO}"):
        try:
            found.append(read_info(path.parent))
        except InputError:
            continue
    return sorted(found, key=lambda one: (one.started, _number(one.run)))


def _number(name: str) -> int:
    return int(name.rpartition("-")[2]) if re.search(r"-\d{1,9}$", name) else 0


def new_folder(index: Path, info: RunInfo) -> Path:
    """Make the folder of a new run, named after the test set and counted."""
    stem = re.sub(r"[^\w.-]+", "-", info.tests).strip("-.")[:60] or "tests"
    parent = index / FOLDER
    parent.mkdir(parents=True, exist_ok=True)
    taken = [_number(path.name) for path in parent.glob("*") if path.name.startswith(f"{stem}-")]
    number = max(taken, default=0)
    while True:
        number += 1
        folder = parent / f"{stem}-{number}"
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder


def find(index: Path, name: str, tests: QuestionSet | None = None) -> Path:
    """Return the folder of a run: its name in ``index/runs``, ``last``, or a folder.

    ``last`` is the last finished one, of the test set ``tests`` if that is given.

    Raises InputError ("run_missing").
    """
    if name == "last":
        finished = [
            one for one in runs_of(index) if one.finished and (tests is None or one.of(tests))
        ]
        name = finished[-1].run if finished else name
    places = [index / FOLDER / name, Path(name)]
    for place in places:
        if (place / INFO).is_file():
            return place
    kept = ", ".join(one.run for one in runs_of(index)[-5:]) or "none"
    raise InputError(
        "run_missing",
        f"There is no evaluation run {name!r}.",
        f"The latest runs in {index / FOLDER}: {kept}",
    )


def read_info(folder: Path) -> RunInfo:
    """Read what a run measured; raises InputError ("run_damaged")."""
    try:
        return RunInfo(**json.loads((folder / INFO).read_text("utf-8")))
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise damaged(folder) from error


def write_info(folder: Path, info: RunInfo) -> None:
    """Record what a run measures, in one step."""
    text = json.dumps(asdict(info), ensure_ascii=False, indent=2)
    replace_file(folder / INFO, [text.encode("utf-8", "replace"), b"\n"])


def read_results(folder: Path) -> Iterator[Result]:
    """Yield a run's results in the order they were asked; raises InputError ("run_damaged")."""
    for fields in read_lines(folder, RESULTS):
        try:
            yield from_json(fields)
        except (KeyError, TypeError, ValueError) as error:
            raise damaged(folder) from error


def read_lines(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a run's file line by line; raises InputError ("run_damaged")."""
    try:
        with (folder / name).open("rb") as file:
            for line in file:
                fields = json.loads(line)
                if not isinstance(fields, dict):
                    raise damaged(folder)
                yield fields
    except (OSError, ValueError, RecursionError) as error:
        raise damaged(folder) from error


def damaged(folder: Path) -> InputError:
    """Return the error for a run whose files cannot be used."""
    return InputError(
        "run_damaged",
        f"The evaluation run in {folder} is incomplete or damaged.",
        "Run the evaluation again: qa eval TESTS",
    )
