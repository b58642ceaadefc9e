"""Many questions: bounded memory, a kill on the way, and the same report as without one."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qa import Assistant
from qa.evaluation.runs import RESULTS, runs_of
from tests.evaluating import beir_folder, timeless, word
from tests.hash_encoder import HashEncoder

ROOT = Path(__file__).parents[1]
DOCUMENTS = 60
# What the program, its libraries and the small index take by themselves, and room for 10,000
# questions of numbers.
MOST_MB = 700


def asked(folder: Path, count: int) -> Path:
    """Write a BEIR folder whose 60 documents are asked ``count`` questions."""
    beir_folder(folder, DOCUMENTS, answers=True)
    queries, qrels = [], ["query-id\tcorpus-id\tscore"]
    for n in range(count):
        doc = n % DOCUMENTS
        text = f"{word(doc, 2)} {word(doc, 3)} {word(n, 'x')} {word(n, 'y')}?"
        metadata = {"lang": "en", "pair": "en->en" if doc % 2 else "en->de"}
        queries.append(json.dumps({"_id": f"q{n}", "text": text, "metadata": metadata}))
        qrels.append(f"q{n}\td{doc}\t1")
    (folder / "queries.jsonl").write_text("\n".join(queries))
    (folder / "qrels" / "test.tsv").write_text("\n".join(qrels))
    return folder


def command(folder: Path, out: Path) -> list[str]:
    started = [sys.executable, "-m", "tests.run_qa", "eval", str(folder)]
    return [*started, "--index", str(folder.parent / "index"), "--out", str(out)]


def killed_after(words: list[str], results: Path, lines: int) -> None:
    """Start a run and kill it once so many results are there."""
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            found = list(results.glob(f"*/{RESULTS}"))
            if found and found[0].read_bytes().count(b"\n") >= lines:
                process.kill()
            time.sleep(0.01)
        assert process.returncode < 0, "it came to its end before it was killed"


def finished(words: list[str]) -> float:
    """Run a command to its end and return the most memory it took, in MB.

    The kernel's figure for a child begins with what its parent had, so it is asked for its own.
    """
    peak = 0.0
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            peak = max(peak, resident(process.pid))
            time.sleep(0.02)
    assert process.returncode == 0
    assert peak > 0
    return peak


def resident(pid: int) -> float:
    """Return the most memory that a process has taken until now, in MB; 0 if it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    except OSError:
        return 0.0
    found = [line for line in lines if line.startswith("VmHWM:")]
    return float(found[0].split()[1]) / 1024 if found else 0.0


@pytest.mark.parametrize("count", [60, pytest.param(10_000, marks=pytest.mark.soak)])
def test_a_killed_run_of_many_questions_ends_like_one_that_was_left_alone(
    tmp_path: Path, count: int
) -> None:
    folder, index = asked(tmp_path / "beir", count), tmp_path / "index"
    Assistant.build(folder, index, HashEncoder()).index.close()
    killed_after(command(folder, tmp_path / "one"), index / "runs", count // 3)
    (half,) = runs_of(index)
    assert not half.finished
    peak = max(finished(command(folder, tmp_path / name)) for name in ("one", "two"))
    assert [one.finished for one in runs_of(index)] == [True, True]
    report = json.loads((tmp_path / "one/report.json").read_text("utf-8"))
    assert (report["run"], report["questions"]) == (half.run, count)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(names) == 9
    for name in names:
        assert timeless(tmp_path / "one" / name) == timeless(tmp_path / "two" / name)
    print(f"{count} questions: peak {peak:.0f} MB")  # noqa: T201
    assert peak < MOST_MB
