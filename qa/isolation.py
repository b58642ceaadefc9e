"""Running what touches foreign bytes in processes of its own, each task within limits.

A parser may crash, hang, or take all memory there is; here that costs the task, never the run.
Workers (:mod:`qa.worker`) are long-lived, since starting one takes longer than reading a small
file, and are kept for a minute for whoever needs them next. One that ends is replaced.

Ctrl-C does not reach them, as they are process groups of their own: :meth:`Pool.close` ends them,
with whatever they started. If this process is killed, the system closes their pipe, at which they
end themselves.
"""

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Lock

from qa.errors import DocumentError, FundstelleError
from qa.worker import HEAD, send

_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from qa.worker import serve; serve()"
)
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
_STARTING = 120.0  # seconds within which a worker must be there
_LARGEST = 512 * 2**20  # bytes of an answer
_AHEAD, _AHEAD_BYTES = 256, 32 * 2**20  # tasks, and bytes of their files, worked on in advance


@dataclass(frozen=True, slots=True)
class Limits:
    """What one task may use: ``seconds`` by the clock, and bytes of ``memory``."""

    seconds: float = 120.0
    memory: int = 2 * 2**30


@dataclass(frozen=True, slots=True)
class Task:
    """A call of ``function`` ("module:name", of bytes to bytes) with ``payload``.

    ``name`` is the file's, for messages; ``size`` its bytes, by which reading ahead is bounded;
    ``patience`` by how much longer than another one it may take.
    """

    function: str
    payload: str
    name: str
    size: int = 0
    patience: float = 1.0


# A worker ends at SIGIO, which it gets when this process dies. While it lives, the signal is the
# tail of handing over the task, come late: the system sends it after it has woken the reader.
_MISTAKEN = -signal.SIGIO


class _Gone(Exception):
    """The worker ended, or was ended."""


class _Worker:
    """One process."""

    def __init__(self) -> None:
        command = [sys.executable, "-c", _START, json.dumps(sys.path)]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={**os.environ, **_ONE_THREAD},
            process_group=0,
        )
        assert self._process.stdin is not None  # noqa: S101
        assert self._process.stdout is not None  # noqa: S101
        self._tasks, self._answers = self._process.stdin, self._process.stdout

    def begin(self, task: Task, limits: Limits) -> None:
        """Hand over a task; raises _Gone if the worker does not begin with it."""
        order = {"task": task.function, "payload": task.payload, "memory": limits.memory}
        try:
            send(self._tasks.fileno(), b"T", json.dumps(order).encode())
        except OSError as error:
            raise _Gone from error
        if self.answer(_STARTING)[0] != b"S":
            raise _Gone

    def answer(self, seconds: float) -> tuple[bytes, bytes]:
        """Return the next frame; raises _Gone, TimeoutError, and OverflowError if too large."""
        until = time.monotonic() + seconds
        kind, size = HEAD.unpack(self._read(HEAD.size, until))
        if size > _LARGEST:
            raise OverflowError
        return kind, self._read(size, until)

    def _read(self, size: int, until: float) -> bytes:
        pipe, parts, left = self._answers.fileno(), [], size
        ready = select.poll()
        ready.register(pipe, select.POLLIN | select.POLLHUP)
        while left:
            if not ready.poll(1000 * max(0.0, until - time.monotonic())):
                raise TimeoutError
            data = os.read(pipe, min(left, 2**20))
            if not data:
                raise _Gone
            parts.append(data)
            left -= len(data)
        return b"".join(parts)

    def kill(self) -> None:
        """End the process and whatever it started; may be called by another thread."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def ending(self) -> int:
        """Wait for the end and return the exit code, negative for a signal."""
        with self._process as process:
            return process.wait()


_idle: list[_Worker] = []
_turn = Lock()


def _end_idle() -> None:
    while _idle:
        worker = _idle.pop()
        worker.kill()
        worker.ending()


atexit.register(_end_idle)


class Pool:
    """Runs tasks in up to ``jobs`` workers at once."""

    def __init__(self, jobs: int | None = None, limits: Limits | None = None) -> None:
        """Take or start workers as they are needed; ``jobs`` is by default the processors'."""
        self._limits = limits or Limits()
        self._threads = ThreadPoolExecutor(jobs or os.cpu_count() or 1, "fundstelle-reader")
        self._busy: set[_Worker] = set()
        self._closed = False

    def start(self, tasks: Iterable[Task], stop: Event | None = None) -> "Ahead":
        """Begin with the first tasks; see :class:`Ahead`."""
        return Ahead(self, tasks, stop or Event())

    def submit(self, task: Task) -> "Future[bytes]":
        """Run a task in the background."""
        return self._threads.submit(self.run, task)

    def close(self) -> None:
        """End what is still running; workers without a task are kept for the next pool."""
        with _turn:
            self._closed = True
            for worker in self._busy:
                worker.kill()
        self._threads.shutdown(cancel_futures=True)

    def run(self, task: Task) -> bytes:
        """Return what the task's function returns.

        Raises DocumentError and OSError as the function does, and DocumentError:
        document_timeout, document_memory, document_crashed. FundstelleError
        ("readers_unavailable") if there can be no worker at all.
        """
        worker = self._begin(task)
        try:
            kind, body = worker.answer(self._seconds(task))
        except (_Gone, TimeoutError, OverflowError) as error:
            worker.kill()
            ending = self._drop(worker)
            if ending == _MISTAKEN and not self._closed:
                return self.run(task)
            # Not "from error": a TimeoutError as its cause would blame the system, not the file.
            raise self._broken(task, error, ending) from None
        if kind == b"F":
            self._drop(worker)
            raise _crashed(task, body.decode(errors="replace"))
        self._put_back(worker)
        if kind == b"R":
            return body
        raise self._memory(task) if kind == b"M" else _told(body)

    def _begin(self, task: Task) -> _Worker:
        """Find a worker that begins; an idle one may have ended, a fresh one must not."""
        while True:
            worker, fresh = self._take()
            try:
                worker.begin(task, self._limits)
            except (_Gone, TimeoutError, OverflowError) as error:
                worker.kill()
                mistaken = self._drop(worker) == _MISTAKEN
                if (fresh and not mistaken) or self._closed:
                    raise _unavailable("it ends as soon as it is started") from error
            else:
                return worker

    def _take(self) -> tuple[_Worker, bool]:
        with _turn:
            fresh = not _idle
            try:
                worker = _Worker() if fresh else _idle.pop()
            except OSError as error:
                raise _unavailable(error.strerror or str(error)) from error
            self._busy.add(worker)
            if self._closed:
                worker.kill()
            return worker, fresh

    def _put_back(self, worker: _Worker) -> None:
        with _turn:
            self._busy.discard(worker)
            _idle.append(worker)

    def _drop(self, worker: _Worker) -> int:
        with _turn:
            self._busy.discard(worker)
        return worker.ending()

    def _broken(self, task: Task, error: Exception, ending: int) -> DocumentError:
        if isinstance(error, TimeoutError):
            return DocumentError(
                "document_timeout",
                f"{task.name} takes longer than {self._seconds(task):,.0f} seconds to read.",
                "Split the file into smaller ones, or save it anew in another format.",
            )
        if isinstance(error, OverflowError):
            return self._memory(task)
        return _crashed(task, _name_of(ending))

    def _seconds(self, task: Task) -> float:
        return self._limits.seconds * task.patience

    def _memory(self, task: Task) -> DocumentError:
        return DocumentError(
            "document_memory",
            f"{task.name} needs more than {self._limits.memory / 2**20:,.0f} MB of memory to read.",
            "Split the file into smaller ones, or save it anew in another format.",
        )


class Ahead:
    """The results of tasks in their order, worked on in advance within bounds."""

    def __init__(self, pool: Pool, tasks: Iterable[Task], stop: Event) -> None:
        """Begin; see :meth:`Pool.start`."""
        self._pool = pool
        self._tasks = iter(tasks)
        self._stop = stop
        self._ahead: deque[tuple[Task, Future[bytes]]] = deque()
        self._bytes = 0
        self._fill()

    def __iter__(self) -> Iterator[bytes | DocumentError | OSError]:
        """Yield results, and what a task failed with; end early once ``stop`` is set."""
        while self._ahead and not self._stop.is_set():
            task, future = self._ahead[0]
            while not future.done():
                if self._stop.is_set():
                    return
                with suppress(TimeoutError):
                    future.exception(timeout=0.2)
            self._ahead.popleft()
            self._bytes -= task.size
            self._fill()
            try:
                result: bytes | DocumentError | OSError = future.result()
            except (DocumentError, OSError) as error:
                result = error
            yield result

    def _fill(self) -> None:
        while len(self._ahead) < _AHEAD and (self._bytes < _AHEAD_BYTES or not self._ahead):
            task = next(self._tasks, None)
            if task is None:
                return
            self._bytes += task.size
            self._ahead.append((task, self._pool.submit(task)))


def _told(body: bytes) -> DocumentError | OSError:
    """Return the error that a worker tells of."""
    error = json.loads(body)
    system = OSError(*error["system"]) if error["system"] else None
    if "code" not in error:
        return system or OSError()
    told = DocumentError(error["code"], error["message"], error["hint"])
    told.__cause__ = system
    return told


def _crashed(task: Task, how: str) -> DocumentError:
    return DocumentError(
        "document_crashed",
        f"{task.name} breaks the program that reads such files ({how}).",
        "Save it anew in the program that made it, or in another format.",
    )


def _name_of(ending: int) -> str:
    try:
        return signal.Signals(-ending).name if ending < 0 else f"exit code {ending}"
    except ValueError:
        return f"signal {-ending}"


def _unavailable(why: str) -> FundstelleError:
    return FundstelleError(
        "readers_unavailable",
        f"The process that reads files cannot be started: {why}.",
        "Make room in memory and on disk, then run the command again.",
    )
