"""Evaluation from the app: test sets that were uploaded, runs as jobs, and what came of them."""

import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from qa.assistant import Assistant
from qa.errors import InputError
from qa.evaluation import report as reporting
from qa.evaluation.comparing import compare
from qa.evaluation.evaluate import evaluate
from qa.evaluation.report import Baseline, Report
from qa.evaluation.runs import FOLDER as RUNS
from qa.evaluation.runs import RunInfo, find, runs_of
from qa.files import place_file, replace_file
from qa.service.jobs import Job, Jobs, Step
from qa.testsets import FEEDBACK, KEPT
from qa.testsets.reading import read

_NAME = re.compile(r"\w[\w ()-]{0,80}(\.[\w ()-]{1,20})?\.(jsonl|csv|tsv|ya?ml|json)")


@dataclass(frozen=True, slots=True)
class Choice:
    """A test set to choose: ``key`` stands for its path, which stays on this computer.

    ``name`` is that of the file, with as many of its folders behind as tell it from others.
    """

    key: str
    name: str
    path: Path


class Evaluations:
    """Test sets and runs that belong to one index."""

    def __init__(self, assistant: Assistant, jobs: Jobs) -> None:
        """Evaluate ``assistant`` with ``jobs``."""
        self._assistant = assistant
        self._jobs = jobs
        self._index = assistant.index.folder
        self._readers = (self._index / FEEDBACK).resolve()

    def tests(self) -> list[Choice]:
        """Return the test sets to choose from: uploaded, kept from the app, used before."""
        uploaded = sorted((self._index / KEPT).glob("*"))
        used = [Path(one.path) for one in reversed(runs_of(self._index))]
        files = [path.resolve() for path in (*uploaded, self._readers, *used) if path.is_file()]
        return _choices(list(dict.fromkeys(files)))

    def from_readers(self, choice: Choice) -> bool:
        """Tell whether a test set is what readers said of answers."""
        return choice.path == self._readers

    def add(self, name: str, data: bytes) -> str:
        """Keep an uploaded test set below the index and return its name.

        Others stay as they are, so that runs are still about the questions that they asked.

        Raises InputError: name_refused, and what :func:`qa.testsets.reading.read` raises.
        """
        name = unicodedata.normalize("NFC", name).strip()
        if not _NAME.fullmatch(name):
            raise InputError(
                "name_refused",
                "A test set cannot be kept under this name.",
                "Give it a short plain name that ends in .jsonl, .csv, .tsv, .yaml or .json.",
            )
        folder = self._index / KEPT
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".", dir=folder) as own:
            beside = Path(own) / name  # errors name the file as its reader knows it
            replace_file(beside, [data])
            read(beside)
            return place_file(beside, folder, name).name

    def uploaded(self, name: str) -> str:
        """Return the key of the test set that :meth:`add` has kept as ``name``; "" if none is."""
        path = (self._index / KEPT).resolve() / name
        return next((one.key for one in self.tests() if one.path == path), "")

    def start(self, key: str) -> Job:
        """Evaluate a test set in the background; the job's result is the run's name.

        Raises InputError ("tests_missing") and ServiceError ("job_running").
        """
        path = next((one.path for one in self.tests() if one.key == key), None)
        if path is None:
            raise InputError(
                "tests_missing", "This test set is not there.", "Choose one, or upload it."
            )

        # Judgements of topics are a file of their own, which was named when they were used.
        used = (one.qrels for one in reversed(runs_of(self._index)) if Path(one.path) == path)
        qrels = next(filter(None, used), None)

        def work(step: Step, stop: threading.Event) -> object:
            report = evaluate(
                self._assistant,
                read(path, Path(qrels) if qrels else None),
                progress=lambda now: step(now.done, now.total),
                stopped=stop.is_set,
            )
            return report.info.run if report else None

        return self._jobs.start("evaluate", work)

    def runs(self) -> list[RunInfo]:
        """Return the runs that have a report, latest first."""
        return [one for one in reversed(runs_of(self._index)) if self._has_report(one)]

    def _has_report(self, run: RunInfo) -> bool:
        # For a moment after its last question a run has none yet.
        return run.finished and (self._index / RUNS / run.run / reporting.FILE).is_file()

    def report(self, run: str) -> Report:
        """Return a run's report; raises InputError: run_missing, run_damaged."""
        return reporting.kept(self._folder(run))

    def compare(self, before: str, after: str) -> Baseline:
        """Compare two runs; raises what :func:`qa.evaluation.comparing.compare` raises."""
        return compare(self._folder(before), self._folder(after))

    def _folder(self, run: str) -> Path:
        if run not in {one.run for one in runs_of(self._index)}:
            run = ""  # names come from the browser, and are not to lead anywhere else
        return find(self._index, run or " ")

    def questions(self, report: Report, compared: Baseline | None = None) -> Mapping[str, str]:
        """Return by id the questions that failed or are rated otherwise in a comparison.

        None is returned whose test set is no longer there.
        """
        try:
            tests = report.info.test_set()
        except InputError:
            return {}
        wanted = {failure.id for failure in report.failures}
        if compared is not None:
            wanted.update(compared.won, compared.lost)
        return {one.id: one.text for one in tests.questions if one.id in wanted}


def _choices(paths: Sequence[Path]) -> list[Choice]:
    names = {path: path.name for path in paths}
    for depth in range(1, max((len(path.parts) for path in paths), default=1)):
        taken = Counter(names.values())
        names |= {path: _name(path, depth) for path, name in names.items() if taken[name] > 1}
    return [Choice(sha256(bytes(path)).hexdigest()[:16], names[path], path) for path in paths]


def _name(path: Path, depth: int) -> str:
    """Return the name of a file with ``depth`` of its folders behind."""
    folders = path.parts[-1 - depth : -1]
    return f"{path.name} ({'/'.join(folders)})" if folders else path.name
