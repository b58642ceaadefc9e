"""Test sets kept in an index folder: they follow documents that move, and forget deleted ones."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from filelock import FileLock

from qa.errors import InputError
from qa.files import replace_file
from qa.testsets import FEEDBACK, KEPT, Question
from qa.testsets.reading import read
from qa.testsets.writing import json_lines


def follow(index: Path, places: Mapping[str, str | None]) -> None:
    """Rewrite the test sets kept with an index after documents went elsewhere.

    ``places`` leads from what a test set may call a document to its new source, None if it was
    deleted: then its quotes go, accepted answers that stood in no other quote, and questions
    that nothing else answers. A test set that is rewritten becomes JSON lines.
    """
    for path in sorted((index / KEPT).glob("*")) if places else []:
        try:
            questions = read(path).questions
        except InputError:  # nobody can evaluate it, and who put it there may mend it
            continue
        if not any(source.doc in places for one in questions for source in one.sources):
            continue
        kept = list(_followed(questions, places))
        if kept:
            replace_file(_target(path), json_lines(kept))
        if not kept or path.suffix.lower() != ".jsonl":
            path.unlink()


def follow_feedback(index: Path, places: Mapping[str, str | None]) -> None:
    """Do the same to what readers said about answers, which holds more than a test set does.

    A verdict goes with the last document that it names.
    """
    if not places or not (index / FEEDBACK).exists():
        return
    with judging(index):
        kept = (_told_again(line, places) for line in verdicts(index))
        write_verdicts(index, [line for line in kept if line])


@contextmanager
def judging(index: Path) -> Iterator[None]:
    """Keep others from writing verdicts, in this process and in any other, until the end."""
    path = (index / FEEDBACK).with_name(".lock")
    path.parent.mkdir(exist_ok=True)
    with FileLock(path):
        yield


def verdict_of(line: str) -> dict[str, Any]:
    """Return the verdict in a line; nothing if somebody has spoilt it by hand."""
    try:
        verdict = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return verdict if isinstance(verdict, dict) else {}


def verdicts(index: Path) -> list[str]:
    """Return what readers said about answers, a line each: see :func:`verdict_of`.

    Bytes that are no UTF-8 stay as they are.
    """
    path = index / FEEDBACK
    lines = path.read_text("utf-8", "surrogateescape").split("\n") if path.is_file() else []
    return [line for line in lines if line.strip()]


def write_verdicts(index: Path, lines: Sequence[str]) -> None:
    """Put ``lines`` in the place of all that :func:`verdicts` returns, while :func:`judging`."""
    path = index / FEEDBACK
    path.parent.mkdir(exist_ok=True)
    replace_file(path, [f"{line}\n".encode("utf-8", "surrogateescape") for line in lines])


def _told_again(line: str, places: Mapping[str, str | None]) -> str:
    """Return a line with the places as they are now, "" if none is left; spoilt ones stay."""
    verdict = verdict_of(line)
    try:
        if _keeps_a_place(verdict, places):
            # Escaped where it was: half a character cannot be written otherwise.
            return json.dumps(verdict, ensure_ascii="\\u" in line) if verdict else line
    except (AttributeError, KeyError, TypeError):
        return line
    return ""


def _keeps_a_place(line: dict[str, Any], places: Mapping[str, str | None]) -> bool:
    """Bring the places of a verdict up to date; tell whether any is left, if there was one."""
    before = after = 0
    for name in {"sources", "not_sources"} & line.keys():
        named = line[name]
        line[name] = [
            {**one, "doc": places.get(one["doc"]) or one["doc"]}
            for one in named
            if places.get(one["doc"], one["doc"]) is not None
        ]
        before, after = before + len(named), after + len(line[name])
    return after > 0 or before == 0


def _followed(
    questions: Sequence[Question], places: Mapping[str, str | None]
) -> Iterator[Question]:
    for one in questions:
        sources = [source for source in one.sources if places.get(source.doc, source.doc)]
        if one.sources and not sources:
            continue
        left = [replace(source, doc=places.get(source.doc) or source.doc) for source in sources]
        lost = [source.quote or "" for source in one.sources if source not in sources]
        held = [source.quote or "" for source in sources]
        answers = [
            answer
            for answer in one.answers
            if any(answer in quote for quote in held) or not any(answer in q for q in lost)
        ]
        yield replace(one, sources=tuple(left), answers=tuple(answers))


def _target(path: Path) -> Path:
    """Return where the JSON lines of a test set go, without taking the place of another one."""
    if path.suffix.lower() == ".jsonl":
        return path
    stem, number = path.stem, 1
    while (target := path.with_name(f"{stem}.jsonl")).exists():
        number += 1
        stem = f"{path.stem}-{number}"
    return target
