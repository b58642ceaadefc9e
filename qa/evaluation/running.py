"""Asking the questions: one result a line as it comes, resumed where a killed run stopped."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from qa.assistant import Assistant
from qa.errors import IndexStateError, InputError
from qa.evaluation.judging import Judgements
from qa.evaluation.results import Result, fault_of, to_json
from qa.evaluation.retrievers import DEPTH, assistant_retriever, plain_retriever, stages
from qa.evaluation.runs import FOLDER as RUNS
from qa.evaluation.runs import (
    INFO,
    RESULTS,
    RunInfo,
    describe,
    new_folder,
    read_info,
    runs_of,
    write_info,
)
from qa.refusals import writable
from qa.testsets import Question, QuestionSet

_LOCK = "running.lock"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: ``done`` of ``total`` questions, ``resumed`` of them by an earlier part."""

    done: int
    total: int
    resumed: int


Show = Callable[[Progress], None]


def run(
    assistant: Assistant,
    tests: QuestionSet,
    judgements: Judgements,
    *,
    runs: Path,
    k: int,
    plain: bool = False,
    depth: int = 0,
    progress: Show = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Path | None:
    """Ask every question and return the run's folder; None if it was stopped before the end.

    ``depth`` is the number of documents to find, by default ``k``; ``runs`` is the index folder
    below which runs are kept. A run of the same questions over the
    same index that did not come to its end is continued.

    Raises IndexStateError: "index_changed" if the index is changed meanwhile, "index_unusable" or
    "disk_full" if nothing can be kept.
    """
    info = describe(assistant, tests, runs, k, plain=plain, depth=max(k, depth))
    with writable(runs):
        folder, lock = _folder(runs, info)
    try:
        info = replace(_begun(folder, info), run=folder.name)
        write_info(folder, info)
        work = _Work(assistant, tests, judgements, folder, info)
        started = time.monotonic()
        complete = work.ask_all(progress, stopped)
        took = round(info.took_s + time.monotonic() - started, 1)
        write_info(folder, replace(info, finished=complete, took_s=took))
    finally:
        lock.release()
    return folder if complete else None


def _begun(folder: Path, info: RunInfo) -> RunInfo:
    if (folder / INFO).is_file():
        old = read_info(folder)
        return replace(info, started=old.started, took_s=old.took_s)
    return replace(info, started=datetime.now(UTC).isoformat(timespec="seconds"))


def _folder(runs: Path, info: RunInfo) -> tuple[Path, FileLock]:
    """Return the folder of an unfinished run of the same work that nobody is at, or a new one."""
    for old in reversed(runs_of(runs)):
        if not old.finished and old.same_work(info):
            folder = runs / RUNS / old.run
            lock = FileLock(folder / _LOCK)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                continue
            return folder, lock
    folder = new_folder(runs, info)
    lock = FileLock(folder / _LOCK)
    lock.acquire()
    return folder, lock


class _Work:
    """The questions of one run."""

    def __init__(
        self,
        assistant: Assistant,
        tests: QuestionSet,
        judgements: Judgements,
        folder: Path,
        info: RunInfo,
    ) -> None:
        self._assistant = assistant
        self._tests = tests
        self._judgements = judgements
        self._path = folder / RESULTS
        self._info = info
        make = plain_retriever if info.plain else assistant_retriever
        self._retrieve = make(assistant)

    def ask_all(self, progress: Show, stopped: Callable[[], bool]) -> bool:
        """Ask what was not asked yet; tell whether the end was reached."""
        total = len(self._tests.questions)
        resumed = _whole_lines(self._path)
        progress(Progress(resumed, total, resumed))
        with self._path.open("ab") as file:
            for number in range(resumed, total):
                if stopped():
                    return False
                line = json.dumps(to_json(self._ask(number)), ensure_ascii=False)
                file.write(line.encode("utf-8", "replace") + b"\n")
                file.flush()
                progress(Progress(number + 1, total, resumed))
        if self._assistant.index.contents != self._info.contents:
            raise IndexStateError(
                "index_changed",
                "The index was changed while it was being evaluated.",
                "Run the evaluation again.",
            )
        return True

    def _ask(self, number: int) -> Result:
        question, golds = self._tests.questions[number], self._judgements.golds[number]
        try:
            result = self._ranked(question)
        except InputError as error:
            unanswered = None if self._info.plain else True
            result = Result(question.id, abstained=unanswered, error=error.message)
        fault = fault_of(question, golds, result, self._info.k)
        if fault in ("not found", "ranked low", "refused", "other sentence") and golds:
            seen = stages(self._assistant, question, golds, result)
            return replace(result, fault=fault, stages=seen)
        return replace(result, fault=fault)

    def _ranked(self, question: Question) -> Result:
        """Return what is found and answered, with hits of as many documents as are measured.

        Long documents may have so many of the best passages that few documents are among them.
        Further passages come after those that were found first.
        """
        depth = max(DEPTH, self._info.depth)
        result = self._retrieve(question, depth)
        while len({hit.doc for hit in result.hits}) < self._info.depth <= len(result.hits):
            depth *= 2
            more = self._retrieve(question, depth).hits
            hits = tuple(dict.fromkeys([*result.hits, *more]))
            if len(hits) == len(result.hits):
                break
            result = replace(result, hits=hits)
        return result


def _whole_lines(path: Path) -> int:
    """Return how many results are there, and cut off one that a kill left half written."""
    if not path.exists():
        return 0
    count = end = 0
    with path.open("r+b") as file:
        for line in file:
            if not line.endswith(b"\n"):
                break
            count += 1
            end += len(line)
        file.truncate(end)
    return count
