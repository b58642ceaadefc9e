"""One job at a time, watched and stopped from outside."""

import json
import subprocess
import sys
import threading
from pathlib import Path
from threading import Event

import pytest

from qa import Assistant
from qa.errors import FolderError, FundstelleError, ServiceError
from qa.service import Jobs
from qa.service.jobs import Step
from tests.hash_encoder import HashEncoder


def test_a_job_tells_how_far_it_is_and_what_came_of_it() -> None:
    jobs, reached, go = Jobs(), Event(), Event()

    def work(report: Step, stop: Event) -> str:
        report(3, 12)
        reached.set()
        assert go.wait(10)
        return "made"

    assert jobs.job is None
    jobs.start("sync", work)
    assert reached.wait(10)
    job = jobs.job
    assert job is not None
    assert (job.kind, job.state, job.done, job.total) == ("sync", "running", 3, 12)
    left = job.seconds_left
    assert left is not None
    assert 0 < left <= 3 * job.seconds  # which has grown since
    go.set()
    ended = jobs.wait(10)
    assert ended is not None
    assert (ended.state, ended.result, ended.error, ended.seconds_left) == (
        "done",
        "made",
        None,
        None,
    )


def test_a_second_job_waits_its_turn_and_stop_stops() -> None:
    jobs = Jobs()
    first = jobs.start("sync", lambda report, stop: stop.wait(10))
    with pytest.raises(ServiceError) as refused:
        jobs.start("evaluate", lambda report, stop: None)
    assert refused.value.code == "job_running"
    jobs.stop()
    ended = jobs.wait(10)
    assert ended is not None
    assert ended.state == "stopped"
    assert jobs.start("evaluate", lambda report, stop: None).number == first.number + 1
    ended = jobs.wait(10)
    assert ended is not None
    assert ended.state == "done"


def test_what_was_looked_at_has_settled_once_nothing_has_happened_since() -> None:
    jobs, go = Jobs(), Event()
    before = jobs.sight("sync")
    assert jobs.settled(before)
    jobs.start("sync", lambda report, stop: go.wait(10))
    assert not jobs.settled(before)  # it has begun since
    running = jobs.sight("sync")
    assert not jobs.settled(running)
    go.set()
    jobs.wait(10)
    assert not jobs.settled(running)  # it has ended since
    assert jobs.settled(jobs.sight("sync"))


def test_stop_ends_jobs_of_its_own_kind_only() -> None:
    jobs, go = Jobs(), Event()
    jobs.start("evaluate", lambda report, stop: go.wait(10) and "run-1")
    jobs.request("sync", lambda report, stop: "synced")
    sight = jobs.sight("sync")
    assert (sight.own, sight.other, sight.waits) == (None, True, True)
    assert (jobs.runs("evaluate"), jobs.runs("sync")) == (True, False)
    jobs.stop("sync")  # what waits is given up, what runs goes on
    assert not jobs.sight("sync").waits
    jobs.request("sync", lambda report, stop: "synced")
    go.set()
    jobs.wait()
    for kind, result in (("evaluate", "run-1"), ("sync", "synced")):
        own = jobs.sight(kind).own
        assert own is not None
        assert (own.state, own.result) == ("done", result)


def test_what_waits_follows_a_job_of_another_kind_that_is_stopped() -> None:
    jobs = Jobs()
    jobs.start("evaluate", lambda report, stop: stop.wait(10))
    jobs.request("sync", lambda report, stop: "synced")
    jobs.stop("evaluate")
    jobs.wait()
    stopped, followed = jobs.sight("evaluate").own, jobs.sight("sync").own
    assert stopped is not None
    assert followed is not None
    assert (stopped.state, followed.state) == ("stopped", "done")


def test_a_page_that_a_job_overtakes_looks_again(corpus: Path, tmp_path: Path) -> None:
    """Replies do not arrive in the order of requests: an old one must not end the watching."""
    Assistant.build(corpus, tmp_path / "index", HashEncoder()).index.close()
    command = [sys.executable, "-m", "tests.overtaken", str(tmp_path / "index")]
    root = Path(__file__).parents[1]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    states = [[False, False], [True, True], [False, False]]
    assert json.loads(done.stdout) == {"documents": states, "evaluate": states}


def test_a_job_that_was_told_to_stop_says_so_until_it_has() -> None:
    jobs, go = Jobs(), Event()

    def work(report: Step, stop: Event) -> None:
        assert stop.wait(10)
        report(1, 2)
        assert go.wait(10)

    jobs.start("sync", work)
    jobs.stop()
    job = jobs.job
    assert job is not None
    assert (job.state, job.stopping) == ("running", True)
    go.set()
    ended = jobs.wait(10)
    assert ended is not None
    assert (ended.state, ended.done, ended.stopping) == ("stopped", 1, True)


def test_a_failure_keeps_its_sentence() -> None:
    def work(report: Step, stop: Event) -> FundstelleError:
        raise FolderError("folder_missing", "There is no folder x.", "Make one.")

    jobs = Jobs()
    jobs.start("sync", work)
    ended = jobs.wait(10)
    assert ended is not None
    assert ended.state == "failed"
    assert ended.error is not None
    assert ended.error.code == "folder_missing"


def test_a_job_that_breaks_is_failed_and_the_next_can_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[type[BaseException]] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: seen.append(args.exc_type))
    jobs = Jobs()
    jobs.start("sync", lambda report, stop: 1 // 0)
    ended = jobs.wait(10)
    assert ended is not None
    assert (ended.state, seen) == ("failed", [ZeroDivisionError])
    assert ended.error is not None
    jobs.start("sync", lambda report, stop: None)
    jobs.wait(10)
