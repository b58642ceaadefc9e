"""Damaged files of every family: a document or a plain reason, never anything else.

``make test`` mutates 200 files in all, ``make soak`` 5,000 of each family.
"""

import os
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

from qa.documents import read_bytes
from qa.documents.archive import list_members, read_member
from qa.documents.parsed import Unreadable
from qa.errors import DocumentError
from tests import office_files as make
from tests.conftest import CORPUS
from tests.pdf_files import both, field, lines, pdf, scan

SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
LONGEST = 20  # seconds of processor time for one small file

MARKDOWN = CORPUS["harbour.md"].encode()
SEEDS: dict[str, list[bytes]] = {
    ".txt": [CORPUS["notes/lighthouse.txt"].encode(), "エルムの港".encode("cp932") * 20],
    ".md": [MARKDOWN, CORPUS["densha.md"].encode()],
    ".html": [CORPUS["museum.html"].encode()],
    ".pdf": [
        pdf(both(lines("One.", "Two."), scan), lines("Three."), title="A"),
        pdf(field("Four.")),
    ],
    ".docx": [make.word(), make.annotated_word()],
    ".pptx": [make.slides()],
    ".xlsx": [make.sheets()],
    ".csv": [make.CSV.encode()],
    ".epub": [make.book()],
    ".eml": [make.mail(), make.mail(html=True), make.MAIL.encode("latin-1")],
    ".zip": [make.zipped({"a.md": MARKDOWN, "b/c.eml": make.mail()})],
}
ROUNDS = 5000 if SOAK else -(-200 // len(SEEDS))


def flip(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 3, 30))):
        data[chance.randrange(len(data))] = chance.randrange(256)


def cut(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    del data[start : start + chance.choice((1, 50, len(data)))]


def double(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    piece = data[start : start + chance.choice((2, 100, 2000))]
    data[start:start] = piece * chance.choice((1, 2, 20))


def swap(data: bytearray, chance: random.Random) -> None:
    """Put in what means something to somebody: numbers at their limits, marks of formats."""
    start = chance.randrange(len(data))
    marks = (b"\xff\xff\xff\xff", b"\0" * 8, b"<", b"%", b"endobj", b"99999999999", b"&x;", b"\r\n")
    mark = chance.choice(marks)
    data[start : start + len(mark)] = mark


def inside(data: bytes, chance: random.Random) -> bytes:
    """Mutate one member of a container and pack it anew, so that checksums fit."""
    from io import BytesIO
    from zipfile import ZipFile

    with ZipFile(BytesIO(data)) as container:
        members: dict[str, bytes | str] = {one: container.read(one) for one in container.namelist()}
    name = chance.choice([name for name, content in members.items() if content])
    content = members[name]
    assert isinstance(content, bytes)
    members[name] = mutated(content, chance)
    return make.zipped(members)


MUTATIONS: list[Callable[[bytearray, random.Random], None]] = [flip, cut, double, swap]


def mutated(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5))):
        if changed:
            chance.choice(MUTATIONS)(changed, chance)
    return bytes(changed)


@contextmanager
def in_time() -> Iterator[None]:
    def late(_: int, __: FrameType | None) -> None:
        raise AssertionError(f"a reader took more than {LONGEST} s of processor time")

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, LONGEST)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def check(data: bytes, suffix: str, folder: Path) -> None:
    """Read a file as a sync would; anything but the errors meant for people gets through."""
    try:
        if suffix == ".zip":
            (folder / "a.zip").write_bytes(data)
            for name in list_members(folder / "a.zip").members:
                read_bytes(read_member(folder / "a.zip", name), name)
            return
        document = read_bytes(data, f"a{suffix}")
    except (DocumentError, Unreadable) as error:
        assert error.message
        return
    assert document.text.strip()
    assert list(document.page_starts) == sorted(document.page_starts)
    assert max((0, *document.page_starts)) <= len(document.text)
    document.text.encode()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("suffix", SEEDS)
def test_damaged_files_cost_a_reason_at_most(suffix: str, tmp_path: Path) -> None:
    chance = random.Random(f"{suffix} 1")  # noqa: S311
    for number in range(ROUNDS):
        seed = chance.choice(SEEDS[suffix])
        deep = seed.startswith(b"PK") and chance.random() < 0.7
        data = inside(seed, chance) if deep else mutated(seed, chance)
        try:
            with in_time():
                check(data, suffix, tmp_path)
        except BaseException:
            (tmp_path / f"bad{suffix}").write_bytes(data)
            print(f"round {number}: see {tmp_path / f'bad{suffix}'}")  # noqa: T201
            raise
