"""Long work in the background, one job at a time: anybody may watch it, anybody may stop it.

A page polls :meth:`Jobs.sight`, so that closing or reloading it loses nothing.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from qa.errors import FundstelleError, ServiceError

State = Literal["running", "done", "stopped", "failed"]
Step = Callable[[int, int], None]  # told how many steps are done, of how many
Work = Callable[[Step, threading.Event], object]


@dataclass(frozen=True, slots=True)
class Job:
    """How far the present or last job is: ``done`` of ``total`` steps.

    ``kind`` says what it does ("sync", "evaluate"), ``result`` is what its work returned,
    ``error`` why it failed. ``stopping``: it was told to stop and has not come to it yet.
    ``seconds`` counts from its start to now, or to its end.
    """

    kind: str
    number: int
    state: State = "running"
    done: int = 0
    total: int = 0
    began: float = field(default_factory=time.monotonic)
    ended: float | None = None
    result: object = None
    error: FundstelleError | None = None
    stopping: bool = False

    @property
    def running(self) -> bool:
        """Whether it is still at work."""
        return self.state == "running"

    @property
    def seconds(self) -> float:
        """How long it has been running, or ran."""
        return (self.ended or time.monotonic()) - self.began

    @property
    def seconds_left(self) -> float | None:
        """What is left at the speed so far; None while nothing can be said."""
        if not self.running or not self.done or not self.total:
            return None
        return self.seconds / self.done * max(0, self.total - self.done)


@dataclass(frozen=True, slots=True)
class Sight:
    """What there was at one moment, for those who care about jobs of one ``kind``.

    ``present`` is the present job or the last one, of whatever kind; ``own`` the present or last
    one of the kind. ``waits``: one of the kind begins when the present one has ended.
    """

    kind: str
    present: Job | None
    own: Job | None
    waits: bool

    @property
    def other(self) -> bool:
        """Whether a job of another kind is at work."""
        return self.present is not None and self.present.running and self.present.kind != self.kind


class Jobs:
    """Runs one job at a time in a thread of its own."""

    def __init__(self) -> None:
        """Begin without a job."""
        self._turn = threading.RLock()
        self._job: Job | None = None
        self._last: dict[str, Job] = {}  # of each kind
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._next: tuple[str, Work] | None = None

    @property
    def job(self) -> Job | None:
        """The present job, or the last one; None before the first."""
        return self._job

    def sight(self, kind: str) -> Sight:
        """Return what runs, ran last and waits, as it concerns one kind."""
        with self._turn:
            waits = self._next is not None and self._next[0] == kind
            return Sight(kind, self._job, self._last.get(kind), waits)

    def settled(self, sight: Sight) -> bool:
        """Tell whether nothing runs, nor has begun or ended since ``sight``.

        A page that is not settled shows a moment that has passed: it looks again.
        """
        with self._turn:
            job = sight.present
            return self._job is job and not (job is not None and job.running)

    def runs(self, kind: str) -> bool:
        """Tell whether a job of this kind is at work."""
        job = self._last.get(kind)
        return job is not None and job.running

    def start(self, kind: str, work: Work) -> Job:
        """Let ``work(report, stop)`` run in the background and return at once.

        ``work`` calls ``report(done, total)`` as it goes and returns early once ``stop`` is set.
        Raises ServiceError ("job_running") while another job runs.
        """
        with self._turn:
            if self._job is not None and self._job.running:
                raise ServiceError(
                    "job_running",
                    "Another job is running; one runs at a time.",
                    "Wait until it has finished, or stop it.",
                )
            return self._begin(kind, work)

    def request(self, kind: str, work: Work) -> Job:
        """Start a job now, or when the present one has ended; only the last request waits."""
        with self._turn:
            if self._job is not None and self._job.running:
                self._next = (kind, work)
                return self._job
            return self._begin(kind, work)

    def _begin(self, kind: str, work: Work) -> Job:
        self._stop = threading.Event()
        self._job = self._last[kind] = Job(kind, self._job.number + 1 if self._job else 1)
        self._thread = threading.Thread(
            target=self._run, args=(work, self._stop), name=f"fundstelle-{kind}"
        )
        self._thread.start()
        return self._job

    def stop(self, kind: str | None = None) -> None:
        """Ask the present job to stop, if it is of this kind; it keeps what it has finished.

        None of the kind waits any more. Without a kind all are meant.
        """
        with self._turn:
            if self._next is not None and kind in (None, self._next[0]):
                self._next = None
            if self._job is not None and self._job.running and kind in (None, self._job.kind):
                self._stop.set()
                self._change(stopping=True)

    def wait(self, timeout: float | None = None) -> Job | None:
        """Wait until the present job and one that waits have ended; return the last."""
        while self._thread is not None and self._thread.is_alive():
            self._thread.join(timeout)
            if timeout is not None:
                break
        return self._job

    def _run(self, work: Work, stop: threading.Event) -> None:
        # Also what is left standing if the work breaks in a way that nobody foresaw: the thread
        # then writes its traceback for whoever runs the server.
        state: State = "failed"
        error: FundstelleError | None = ServiceError(
            "job_failed", "The job broke off.", "The terminal of `qa serve` says where."
        )
        result: object = None
        try:
            result = work(self._report, stop)
            state, error = "stopped" if stop.is_set() else "done", None
        except FundstelleError as failure:
            error = failure
        finally:
            ended = time.monotonic()
            with self._turn:
                self._change(state=state, error=error, result=result, ended=ended)
                if self._next is not None:
                    self._begin(*self._next)
                    self._next = None

    def _report(self, done: int, total: int) -> None:
        self._change(done=done, total=total)

    def _change(self, **values: object) -> None:
        with self._turn:
            assert self._job is not None  # noqa: S101 - there is one to change
            self._job = replace(self._job, **values)  # type: ignore[arg-type]
            self._last[self._job.kind] = self._job
