"""What parses foreign bytes may crash, hang or swell: it costs that file, and nothing else."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

import pytest

from qa.documents import doc_id_for
from qa.errors import DocumentError
from qa.folder import list_folder
from qa.isolation import Limits, Pool, Task
from qa.reading import _task, document_of, read, reading_ahead
from tests.conftest import CORPUS, write_files
from tests.syncing import opened, run, sources

ROOT = Path(__file__).parents[1]
LIMITS = Limits(memory=200_000_000)
IMPATIENT = Limits(seconds=3.0)


def hostile(name: str, payload: str = "") -> Task:
    return Task(f"tests.hostile:{name}", payload, f"{name}.pdf")


def answers(pool: Pool, *tasks: Task) -> list[bytes | str]:
    """Return results, and the codes of errors."""
    made = list(pool.start(tasks))
    return [one if isinstance(one, bytes) else getattr(one, "code", repr(one)) for one in made]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("hang", "document_timeout"),
        ("crash", "document_crashed"),
        ("leave", "document_crashed"),
        ("fault", "document_crashed"),
        ("swell", "document_memory"),
        ("flood", "document_memory"),
        ("refuse", "document_empty"),
    ],
)
def test_a_task_that_goes_wrong_costs_itself_only(name: str, code: str) -> None:
    pool = Pool(2, IMPATIENT if name == "hang" else LIMITS)
    tasks = [hostile("echo", "before"), hostile(name), hostile("echo", "after")]
    assert answers(pool, *tasks) == [b"before", code, b"after"]
    pool.close()


def test_the_reason_names_the_file_and_what_to_do() -> None:
    pool = Pool(1, LIMITS)
    for task in map(hostile, ("crash", "fault", "swell")):
        with pytest.raises(DocumentError) as raised:
            pool.run(task)
        assert raised.value.message.startswith(task.name)
        assert raised.value.hint
    with pytest.raises(DocumentError, match="SIGSEGV"):
        pool.run(hostile("crash"))
    with pytest.raises(DocumentError, match="KeyError: 'nobody foresaw this'"):
        pool.run(hostile("fault"))
    pool.close()


def test_what_the_system_refuses_is_told_apart() -> None:
    pool = Pool(1)
    with pytest.raises(DocumentError) as raised:
        pool.run(hostile("cannot_open"))
    assert isinstance(raised.value.__cause__, FileNotFoundError)
    pool.close()


def test_what_a_library_prints_does_not_spoil_the_answer() -> None:
    pool = Pool(1)
    assert answers(pool, hostile("chatter", "ok"), hostile("echo", "next")) == [b"ok", b"next"]
    pool.close()


def test_nothing_is_fetched() -> None:
    pool = Pool(1)
    with pytest.raises(PermissionError, match="without the network"):
        pool.run(hostile("fetch"))
    pool.close()


def test_workers_are_kept_for_the_next_pool() -> None:
    seen = set()
    for _ in range(3):
        pool = Pool(1)
        seen |= set(answers(pool, *[hostile("process")] * 5))
        pool.close()
    assert len(seen) == 1


def test_results_keep_their_order_however_long_each_takes(tmp_path: Path) -> None:
    pool = Pool(2)
    tasks = [hostile("wait_for", str(tmp_path / "made")), hostile("make", str(tmp_path / "made"))]
    assert answers(pool, *tasks) == [task.payload.encode() for task in tasks]
    pool.close()


def test_reading_ahead_is_bounded() -> None:
    taken = 0

    def tasks() -> object:
        nonlocal taken
        for _ in range(2000):
            taken += 1
            yield Task("tests.hostile:echo", "x", "x", size=2**20)

    pool = Pool(2)
    ahead = pool.start(tasks())  # type: ignore[arg-type]
    assert 1 < taken < 100
    next(iter(ahead))
    pool.close()


def test_stopping_does_not_wait_for_what_hangs() -> None:
    pool, stop = Pool(1), Event()
    ahead = pool.start([hostile("echo", "one"), hostile("hang"), hostile("echo", "two")], stop)
    seen = []
    for answer in ahead:
        seen.append(answer)
        stop.set()
    assert seen == [b"one"]
    pool.close()


PARENT = """
import sys
sys.path.insert(0, sys.argv[1])
from qa.isolation import Pool, Task
Pool(1).run(Task("tests.hostile:" + sys.argv[2], sys.argv[3], "x"))
"""


def lives(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def until(condition: object, seconds: float = 20.0) -> bool:
    """Poll, since a process ends when the system gets to it."""
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_no_orphan_is_left(tmp_path: Path, how: signal.Signals) -> None:
    note = tmp_path / "note"
    command = [sys.executable, "-c", PARENT, str(ROOT), "hang_with_helper", str(note)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as parent:
        assert until(lambda: note.exists() and len(note.read_text().split()) == 2)
        worker, helper = map(int, note.read_text().split())
        assert lives(worker)
        parent.send_signal(how)
        parent.wait()
    assert until(lambda: not lives(worker))
    if lives(helper):  # its own affair after a kill; ours ends with what we are
        os.kill(helper, signal.SIGKILL)


def test_a_file_that_hangs_its_reader_costs_one_line(tmp_path: Path, corpus: Path) -> None:
    run(tmp_path / "index", corpus)
    cells = "<td>x</td>" * 150_000
    write_files(corpus, {"wide.html": f"<html><body><table><tr>{cells}</table></body></html>"})
    report = run(tmp_path / "index", corpus, limits=IMPATIENT)
    assert [failed.file for failed in report.failed] == ["wide.html"]
    assert "takes longer than 3 seconds" in report.failed[0].reason
    assert sources(tmp_path / "index") == sorted(CORPUS)
    again = run(tmp_path / "index", corpus)  # at once: it is remembered as long as it stays so
    assert again.failed == report.failed
    assert again.took_s < report.took_s
    with opened(tmp_path / "index") as reader:
        assert reader.status().failed == report.failed


def test_a_file_that_needs_too_much_memory_costs_one_line(tmp_path: Path, corpus: Path) -> None:
    write_files(corpus, {"long.txt": "🦉 " + "again and again " * 1_500_000})
    report = run(tmp_path / "index", corpus, limits=Limits(memory=250_000_000))
    assert [failed.file for failed in report.failed] == ["long.txt"]
    assert "more than 238 MB of memory" in report.failed[0].reason
    assert report.added == 6


def test_a_worker_is_not_believed(tmp_path: Path, corpus: Path) -> None:
    candidates = list_folder(corpus, tmp_path / "index").candidates
    candidate = candidates[0]
    with reading_ahead(candidates[:1]) as answers:
        assert list(answers) == [candidate.read()]
    answer = read(_task(candidate).payload.encode())
    assert document_of(candidate, answer).doc_id == doc_id_for(candidate.source)
    spoilt = [
        answer.replace(candidate.source.encode(), b"other.md"),
        answer.replace(doc_id_for(candidate.source).encode(), b"aaaaaaaaaa"),
        answer.replace(b'"page_starts":[]', b'"page_starts":[9,3]'),
        answer.replace(b'"page_starts":[]', b'"page_starts":[99999999]'),
        answer[:-20],
        b"[]",
        b"",
    ]
    for one in spoilt:
        assert one != answer
        with pytest.raises(DocumentError) as raised:
            document_of(candidate, one)
        assert raised.value.code == "document_crashed"
