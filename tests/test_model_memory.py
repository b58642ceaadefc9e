"""A model's memory: what was allocated since then is moved, and nothing else."""

import mmap
import platform
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.models import memory

LARGE = 2 << 20
SETTING = Path("/sys/kernel/mm/transparent_hugepage/enabled")
ranges = st.lists(st.integers(0, 60), unique=True).map(
    lambda edges: list(zip(sorted(edges)[::2], sorted(edges)[1::2], strict=False))
)


@given(before=ranges, now=ranges)
def test_only_what_was_not_there_before_is_new(
    before: list[memory.Range], now: list[memory.Range]
) -> None:
    covered = {at for start, end in memory.since(before, now) for at in range(start, end)}
    old = {at for start, end in before for at in range(start, end)}
    assert covered == {at for start, end in now for at in range(start, end)} - old


def can_move() -> bool:
    """Tell whether this system moves memory into large pages on request: Linux since 6.1."""
    wanted = SETTING.is_file() and "[never]" not in SETTING.read_text()
    return wanted and tuple(map(int, re.findall(r"\d+", platform.release())[:2])) >= (6, 1)


@pytest.mark.skipif(not can_move(), reason="this system cannot move memory into large pages")
def test_new_memory_is_in_large_pages_and_as_it_was() -> None:
    before = memory.ranges()
    # A mapping of its own: what Python allocates may lie where something was before.
    with mmap.mmap(-1, 16 * LARGE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as held:
        words = b"fundstelle" * (len(held) // 10)
        held[: len(words)] = words
        if _huge(held):
            pytest.skip("this system puts everything into large pages")
        memory.use_large_pages(before)
        assert held[: len(words)] == words
        assert _huge(held) > 0


def _huge(held: mmap.mmap) -> int:
    """Return how many bytes of the mapping that holds ``held`` are in large pages."""
    address = np.frombuffer(held, np.uint8).ctypes.data
    found = False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if edges := re.match(r"([0-9a-f]+)-([0-9a-f]+) ", line):
            found = int(edges[1], 16) <= address < int(edges[2], 16)
        elif found and line.startswith("AnonHugePages:"):
            return 1024 * int(line.split()[1])
    raise AssertionError("no mapping holds the memory")
