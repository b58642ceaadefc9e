"""BEIR folders as test sets: ``queries.jsonl`` and ``qrels/*.tsv``, relevance by document id."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qa.testsets import Question, Source
from qa.testsets.shape import Problems

CORPUS = "corpus.jsonl"
QUERIES = "queries.jsonl"
_FACETS = ("pair", "kind")


def read(folder: Path, problems: Problems) -> list[Question]:
    """Return the judged questions of a folder, and those it calls unanswerable."""
    gold = _judgements(folder, problems)
    questions: list[Question] = []
    unjudged = 0
    with (folder / QUERIES).open("rb") as file:
        for number, data in enumerate(file, 1):
            if not data.strip():
                continue
            made = _question(data, problems.at(number, QUERIES), gold)
            if isinstance(made, str):
                problems.add(number, made, QUERIES)
            elif made.answerable and not made.sources:
                unjudged += 1
            else:
                questions.append(made)
    if unjudged:
        problems.note(f"{unjudged:,} questions without any judgement were left out.")
    unknown = len(gold.keys() - {one.id for one in questions})
    if unknown:
        problems.note(f"{unknown:,} questions of the qrels are not in {QUERIES}, or unanswerable.")
    return questions


def _question(data: bytes, line: str, gold: Mapping[str, tuple[Source, ...]]) -> Question | str:
    try:
        fields = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return "it is not JSON"
    if not isinstance(fields, dict):
        return "it is not an object"
    text, metadata = fields.get("text"), fields.get("metadata")
    if not isinstance(text, str) or not text.strip():
        return "it has no text"
    if "_id" not in fields:
        return "it has no _id"
    if not isinstance(metadata, dict):
        metadata = {}
    name, answerable = str(fields["_id"]), metadata.get("answerable") is not False
    return Question(
        id=name,
        text=text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip(),
        lang=_word(metadata.get("lang")),
        answerable=answerable,
        sources=gold.get(name, ()) if answerable else (),
        answers=_strings(metadata.get("answers")),
        facets={key: word for key in _FACETS if (word := _word(metadata.get(key)))},
        line=line,
    )


def _word(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _strings(value: Any) -> tuple[str, ...]:
    found = value if isinstance(value, list) else [value]
    return tuple(one for one in found if isinstance(one, str) and one.strip())


def _judgements(folder: Path, problems: Problems) -> dict[str, tuple[Source, ...]]:
    """Return what is relevant to each question, from ``test.tsv`` or the only file there is."""
    files = sorted((folder / "qrels").glob("*.tsv")) if (folder / "qrels").is_dir() else []
    chosen = [path for path in files if path.name == "test.tsv"] or files
    if len(chosen) != 1:
        what = f"holds {len(chosen)} files of judgements" if chosen else "holds no judgements"
        problems.say(f"The folder {folder} {what}; it needs one, qrels/test.tsv.")
        return {}
    shown = f"qrels/{chosen[0].name}"
    found: dict[str, dict[str, Source]] = {}
    for number, line in enumerate(chosen[0].read_bytes().split(b"\n"), 1):
        cells = line.decode("utf-8", "replace").strip("\r\ufeff").split("\t")
        if not line.strip() or (number == 1 and _is_heading(cells)):
            continue
        if len(cells) != 3 or not _is_number(cells[-1]):
            problems.add(number, "it is not question, document and grade, parted by tabs", shown)
            continue
        judged = Source(cells[1], grade=round(float(cells[2])), line=problems.at(number, shown))
        found.setdefault(cells[0], {})[cells[1]] = judged
    return {name: tuple(s for s in docs.values() if s.grade > 0) for name, docs in found.items()}


def _is_heading(cells: list[str]) -> bool:
    first, last = cells[0].strip().casefold(), cells[-1].strip().casefold()
    return "query" in first or first == "qid" or last in {"score", "grade", "relevance", "rel"}


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"\s*-?\d{1,6}(\.\d{1,6})?\s*", cell) is not None
