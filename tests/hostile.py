"""What a parser may do at worst, as tasks for the worker of :mod:`qa.isolation`."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from qa.errors import DocumentError


def echo(payload: bytes) -> bytes:
    return payload


def process(_: bytes) -> bytes:
    return str(os.getpid()).encode()


def chatter(payload: bytes) -> bytes:
    print("a library that writes to the standard output", flush=True)  # noqa: T201
    return payload


def hang(_: bytes) -> bytes:
    """Never return, and never let another thread of Python run."""
    re.match("(a+)+$", "a" * 60 + "b")
    return b""


def hang_with_helper(payload: bytes) -> bytes:
    """Start a program, note its process and the own one, and wait for it."""
    with subprocess.Popen(["sleep", "600"]) as helper:
        Path(payload.decode()).write_text(f"{os.getpid()} {helper.pid}")
        helper.wait()
    return b""


def crash(_: bytes) -> bytes:
    os.kill(os.getpid(), signal.SIGSEGV)
    return b""


def leave(_: bytes) -> bytes:
    sys.exit(0)


def fault(_: bytes) -> bytes:
    raise KeyError("nobody foresaw this")


def swell(_: bytes) -> bytes:
    held = []
    while True:
        held.append(bytearray(50_000_000))


def flood(_: bytes) -> bytes:
    return bytes(600_000_000)


def refuse(_: bytes) -> bytes:
    raise DocumentError("document_empty", "a.txt is empty.", "Fill it.")


def cannot_open(_: bytes) -> bytes:
    try:
        Path("/no such file").read_bytes()
    except OSError as error:
        raise DocumentError("document_unreadable", "a.txt cannot be opened.", "Look.") from error
    return b""


def fetch(_: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", 9), timeout=5):
        return b""


def wait_for(payload: bytes) -> bytes:
    """Return the name of a file once another task has made it."""
    name, _, made = payload.decode().partition(" ")
    while not Path(name).exists():
        time.sleep(0.01)
    if made:
        Path(made).touch()
    return name.encode()


def make(payload: bytes) -> bytes:
    Path(payload.decode()).touch()
    return payload
