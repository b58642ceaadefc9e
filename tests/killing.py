"""A process that syncs again and again in children of its own, each killed where it is told.

``python -m tests.killing SHIM`` reads a line of JSON for each child and writes one back: the
signal that ended it (0 for none) and how many calls below the index it made. What is tested is
the writer, so files are read in the child itself.
"""

import ctypes
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import qa.ingest
from qa.folder import Candidate
from qa.reading import _read_here
from qa.sync import sync
from qa.text.language import detect_language
from qa.writer import Writer
from tests.hash_encoder import HashEncoder
from tests.syncing import SETTINGS


@contextmanager
def reading_here(candidates: list[Candidate], *_: object) -> Iterator[Iterator[object]]:
    yield map(_read_here, candidates)


@contextmanager
def no_transaction(_: Writer) -> Iterator[None]:
    """What a careless writer would do: each statement for itself."""
    yield


def child(shim: Any, order: dict[str, Any], report: int) -> None:
    if order["torn"]:
        vars(qa.writer)["Writer"]._transaction = no_transaction
    shim.arm(order["index"].encode(), order["point"], order["half"])
    index, corpus = Path(order["index"]), Path(order["corpus"])
    sync(index, corpus, HashEncoder(), SETTINGS, rebuild=order["rebuild"])
    os.write(report, str(shim.counted()).encode())


def main() -> None:
    shim = ctypes.CDLL(sys.argv[1])
    shim.counted.restype = ctypes.c_long
    shim.arm.argtypes = [ctypes.c_char_p, ctypes.c_long, ctypes.c_int]
    vars(qa.ingest)["reading_ahead"] = reading_here
    detect_language("Words, so that the model is loaded once for all children.")
    for line in sys.stdin:
        theirs, ours = os.pipe()
        process = os.fork()
        if not process:
            child(shim, json.loads(line), ours)
            os._exit(0)
        os.close(ours)
        _, status = os.waitpid(process, 0)
        with os.fdopen(theirs) as report:
            calls = int(report.read() or -1)
        print(json.dumps([status & 0x7F, status >> 8, calls]), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
