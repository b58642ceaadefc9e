"""Reading test sets: one entry point, and one sentence with file and line for what is wrong."""

import json
from collections.abc import Iterator
from pathlib import Path

from qa.errors import InputError
from qa.testsets import Question, QuestionSet, beir, tables, trec
from qa.testsets.shape import Entry, Problems, question

LARGEST = 200_000_000  # bytes
_TREC = {".trec", ".xml", ".txt", ".topics", ".title"}


def read(path: Path, qrels: Path | None = None) -> QuestionSet:
    """Read a test set; what its file or folder is, its name and content tell.

    ``qrels`` are the judgements of TREC topics, by default a file beside them.

    Raises InputError: tests_missing, tests_unusable (with file and line), tests_empty.
    """
    problems = Problems(path.name)
    try:
        found = _read(path, qrels, problems)
    except OSError as error:
        raise InputError(
            "tests_missing",
            f"The test set {_named(error, path)} cannot be read: {error.strerror or error}.",
            "Name a file of questions or a BEIR folder: qa eval TESTS",
        ) from error
    _check_ids(found, problems)
    problems.stop()
    if not found:
        raise InputError(
            "tests_empty",
            f"There is no judged question in {path}.",
            "Draft some from your own documents: qa eval --init questions.jsonl",
        )
    return QuestionSet(path, found, tuple(problems.notes), qrels)


def _read(path: Path, qrels: Path | None, problems: Problems) -> list[Question]:
    if path.is_dir():
        return beir.read(path, problems)
    data = _bytes(path)
    suffix = path.suffix.lower()
    named = suffix in (".csv", ".tsv") and tables.has_header(data)
    if named or (suffix == ".csv" and qrels is None):
        entries = tables.csv_entries(data, problems)
    elif suffix in (".yaml", ".yml"):
        entries = tables.yaml_entries(data, problems)
    elif suffix == ".json" and data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"[":
        entries = tables.json_items(data, problems)
    elif suffix in _TREC or suffix == ".tsv" or qrels is not None:
        return trec.read(path, data, qrels, problems)
    else:
        entries = json_entries(data, problems)
    return [made for entry in entries if (made := question(entry, problems)) is not None]


def _named(error: OSError, path: Path) -> Path:
    """Return the file that lacks, which may be one of a folder."""
    return Path(error.filename) if error.filename else path


def _bytes(path: Path) -> bytes:
    size = path.stat().st_size
    if size > LARGEST:
        raise InputError(
            "tests_too_large",
            f"The test set {path} is larger than {LARGEST // 1_000_000} MB.",
            "Split it, and evaluate the parts one after the other.",
        )
    return path.read_bytes()


def json_entries(data: bytes, problems: Problems) -> Iterator[Entry]:
    """Yield the objects of JSON lines with their line numbers."""
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line.decode("utf-8"))
        except UnicodeDecodeError:
            problems.add(number, "it is not UTF-8")
        except (ValueError, RecursionError):
            problems.add(number, "it is not JSON")
        else:
            yield Entry(number, value)


def _check_ids(found: list[Question], problems: Problems) -> None:
    seen: dict[str, str] = {}
    for one in found:
        if one.id in seen:
            problems.say(f"{one.line}: the id {one.id!r} is used before, in {seen[one.id]}.")
        seen.setdefault(one.id, one.line)
