"""Clocks: the wall's, and that of the processor, which other programs do not lengthen."""

import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

_Result = TypeVar("_Result")


def timed(work: Callable[[], _Result]) -> tuple[float, _Result]:
    """Return seconds by the clock, and what ``work`` returns."""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def spent(work: Callable[[], _Result]) -> tuple[float, _Result]:
    """Return seconds of processor time, and what ``work`` returns."""
    began = processor_time()
    result = work()
    return processor_time() - began, result


def processor_time() -> float:
    """Return seconds of this process and of those it started, whether they have ended or not."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    workers = [
        float(path.read_text().rpartition(")")[2].split()[k])
        for path in _workers()
        for k in (11, 12)
    ]
    ticks = os.sysconf("SC_CLK_TCK")
    return sum(one.ru_utime + one.ru_stime for one in used) + sum(workers) / ticks


def _workers() -> list[Path]:
    """Return the processes that read and have not ended yet."""
    children = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return [Path(f"/proc/{child}/stat") for one in children for child in one.read_text().split()]


def peak_mb() -> float:
    """Return the most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
