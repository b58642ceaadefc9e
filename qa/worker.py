"""The process in which files are parsed: it runs one task after another, each within limits.

:mod:`qa.isolation` starts it and talks to it through two pipes. A task names a function of bytes
to bytes, such as ``qa.reading:read``. Answers are bytes, or JSON that tells what went wrong; an
exception that nobody foresaw is told and ends the process, since nobody knows what it left behind.

A frame is a letter, the length of what follows, and that: ``T`` a task, ``S`` its start, ``R``
its result, ``E`` an error of the file, ``M`` want of memory, ``F`` a fault of the reader.
"""

import fcntl
import json
import os
import resource
import select
import signal
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any

from qa.errors import DocumentError

HEAD = struct.Struct(">cQ")
_LINGER = 60.0  # seconds without a task after which the process ends
_STATM = Path("/proc/self/statm")
_NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")


def serve() -> None:
    """Run tasks from the standard input until it is closed, or nothing came for a minute."""
    tasks, answers = os.dup(0), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)  # what a library prints must not come between the answers
    sys.excepthook = partial(_say_fault, answers)
    sys.addaudithook(_refuse_network)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _signal_when_closed(tasks)
    at_rest = _address_space()
    while select.select([tasks], [], [], _LINGER)[0]:
        body = _receive(tasks)
        if body is None:
            return
        task = json.loads(body)
        limit = at_rest + int(task["memory"]) if at_rest else resource.RLIM_INFINITY
        _limit_memory(limit)
        with _ending_with_parent(tasks):
            send(answers, b"S", b"")
            answer = _answer(task["task"], task["payload"].encode())
        send(answers, *answer)
        if _address_space() > at_rest + int(task["memory"]) // 2:
            return  # it does not give back what it took: a fresh one will


def send(pipe: int, kind: bytes, body: bytes) -> None:
    """Write one frame."""
    for part in (HEAD.pack(kind, len(body)), body):
        view = memoryview(part)
        while view:
            view = view[os.write(pipe, view) :]


def _receive(pipe: int) -> bytes | None:
    head = _read(pipe, HEAD.size)
    return _read(pipe, HEAD.unpack(head)[1]) if head else None


def _read(pipe: int, size: int) -> bytes:
    data = b""
    while len(data) < size and (chunk := os.read(pipe, size - len(data))):
        data += chunk
    return data


def _answer(task: str, payload: bytes) -> tuple[bytes, bytes]:
    module, _, name = task.partition(":")
    try:
        function: Callable[[bytes], bytes] = getattr(import_module(module), name)
        return b"R", function(payload)
    except DocumentError as error:
        cause = error.__cause__
        passing = _plain(cause) if isinstance(cause, OSError) else None
        told = {"code": error.code, "message": error.message, "hint": error.hint}
        return b"E", json.dumps({**told, "system": passing}).encode()
    except OSError as error:
        return b"E", json.dumps({"system": _plain(error)}).encode()
    except MemoryError:
        return b"M", b""


def _plain(error: OSError) -> tuple[int, str]:
    return error.errno or 0, error.strerror or str(error)


def _say_fault(
    answers: int, kind: type[BaseException], fault: BaseException, _: TracebackType | None
) -> None:
    send(answers, b"F", f"{kind.__name__}: {fault}".encode(errors="replace")[:1000])


def _refuse_network(event: str, _: tuple[Any, ...]) -> None:
    """An audit hook: nothing that a file names is ever fetched."""
    if event in _NETWORK:
        raise PermissionError(1, "files are read without the network")


def _address_space() -> int:
    """Return the bytes this process has mapped; 0 where the system does not say."""
    if not _STATM.exists():
        return 0
    return int(_STATM.read_text().split()[0]) * resource.getpagesize()


def _limit_memory(most: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:  # as under `ulimit -v`
        most = min(most, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _signal_when_closed(pipe: int) -> None:
    """Let the system send SIGIO when something happens to ``pipe``."""
    signal.signal(signal.SIGIO, signal.SIG_IGN)
    fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)


@contextmanager
def _ending_with_parent(tasks: int) -> Iterator[None]:
    """End at once if the parent dies, even inside a library that never returns.

    No task comes before the answer to the last one, so that a signal can only mean that the pipe
    was closed; its default is to end the process.
    """
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    if select.select([tasks], [], [], 0)[0]:  # closed just before
        sys.exit()
    yield
    signal.signal(signal.SIGIO, signal.SIG_IGN)
