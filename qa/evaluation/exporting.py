"""A run as files for other programs: TREC run and qrels, the answers, and the test set."""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from qa.errors import InputError
from qa.evaluation.judging import Judgements, by_document, document_grades, locate
from qa.evaluation.results import Result
from qa.evaluation.runs import RunInfo, damaged, find, read_info, read_results
from qa.files import replace_file
from qa.index import Index
from qa.testsets import QuestionSet
from qa.testsets.trec import name_of
from qa.testsets.writing import json_lines

Files = Mapping[str, Iterable[bytes]]
Words = Callable[[str, int, int], str | None]
_STEP = 1e-6
_DOCUMENTS = 64  # whose texts are kept at hand


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written of a run; without ``quotes``, answers are told by their places alone."""

    run: str
    files: tuple[Path, ...]
    quotes: bool


def export_run(home: Path, name: str, out: Path, tests: Path | None = None) -> Exported:
    """Write the files of a finished run, kept with the index in ``home``, into the folder ``out``.

    ``tests`` is the test set if it is no longer where the run read it. Where the index has
    changed since the run, the answers' places are not turned into words.

    Raises InputError: run_missing, run_damaged, tests_changed, out_unusable; and what
    :meth:`qa.index.Index.open` and :func:`qa.testsets.reading.read` raise.
    """
    folder = find(home, name)
    info = read_info(folder)
    if not info.finished:
        raise damaged(folder)
    questions = info.test_set(tests)
    if questions.digest != info.digest:
        raise InputError(
            "tests_changed",
            f"{questions.path} is no longer the test set of the run {info.run}.",
            "Name the one it was, qa export FOLDER --run RUN --tests FILE, or evaluate again.",
        )
    own = Path(info.index)
    with closing(Index.open(own if info.index and own.is_dir() else home)) as index:
        with index.reading():
            files = run_files(folder, info, questions, locate(index, questions), index)
            write_files(out, files)
        same = index.contents == info.contents
    return Exported(info.run, tuple(out / name for name in files), same)


def run_files(
    folder: Path, info: RunInfo, tests: QuestionSet, judgements: Judgements, index: Index
) -> Files:
    """Return the contents of a run's files by name, each made while it is written."""
    quoted = _reader(index) if index.contents == info.contents else _no_words
    return {
        "run.trec": _run_lines(folder, judgements),
        "qrels.trec": _qrels_lines(tests, judgements),
        "answers.jsonl": _answer_lines(folder, info.k, tests, quoted),
        "questions.jsonl": json_lines(tests.questions),
    }


def write_files(out: Path, files: Files) -> None:
    """Write files into a folder, each whole or not at all, in the place of earlier ones.

    Where only some of the names are taken, by a test set for instance, nothing is written.

    Raises InputError ("out_unusable").
    """
    taken = [name for name in files if (out / name).exists()]
    if taken and len(taken) < len(files):
        raise InputError(
            "out_unusable",
            f"There is another {taken[0]} in {out}, which would be lost.",
            "Name another folder.",
        )
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, lines in files.items():
            replace_file(out / name, lines)
    except OSError as error:
        raise InputError(
            "out_unusable",
            f"The report cannot be written to {out}: {error.strerror or error}.",
            "Name another folder.",
        ) from error


def _run_lines(folder: Path, judgements: Judgements) -> Iterator[bytes]:
    """Yield the lines of a TREC run: documents, each with the score of its best passage.

    Programs that read it order by score: where the rank is another, as a cross-encoder gives it,
    a score is a little less than the one above.
    """
    for result, golds in zip(read_results(folder), judgements.golds, strict=False):
        scores = {hit.doc: hit.score for hit in reversed(result.hits)}
        above = math.inf
        for rank, doc in enumerate(by_document(golds, result.hits), 1):
            above = min(scores[doc], above - _STEP)
            line = f"{name_of(result.id)} Q0 {name_of(doc)} {rank} {above:.6f} fundstelle\n"
            yield line.encode("utf-8", "replace")


def _qrels_lines(tests: QuestionSet, judgements: Judgements) -> Iterator[bytes]:
    for question, golds in zip(tests.questions, judgements.golds, strict=True):
        for doc, grade in document_grades(golds).items():
            line = f"{name_of(question.id)} 0 {name_of(doc)} {grade}\n"
            yield line.encode("utf-8", "replace")


def _answer_lines(folder: Path, k: int, tests: QuestionSet, quoted: Words) -> Iterator[bytes]:
    for question, result in zip(tests.questions, read_results(folder), strict=False):
        line = {"id": question.id, "question": question.text, **_answer(result, k, quoted)}
        yield json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _answer(result: Result, k: int, quoted: Words) -> dict[str, Any]:
    """Return an answer in the shape of ``qa ask --json``, as far as a run keeps it."""
    places = dict.fromkeys((c.doc, c.start, c.end) for one in result.sentences for c in one)
    numbers = {place: number for number, place in enumerate(places, 1)}
    return {
        "lang": result.lang,
        "abstained": result.abstained,
        "error": result.error or None,
        "confidence": result.confidence,
        "sentences": [
            {"citations": [numbers[c.doc, c.start, c.end] for c in one]} for one in result.sentences
        ],
        "citations": [
            {"number": number, "doc": doc, "start": start, "end": end, "quote": quote}
            for (doc, start, end), number in numbers.items()
            for quote in [quoted(doc, start, end)]
        ],
        "hits": [
            {"rank": rank, "doc": hit.doc, "start": hit.start, "end": hit.end, "score": hit.score}
            for rank, hit in enumerate(result.hits[:k], 1)
        ],
        "took_ms": result.took_ms,
    }


def _reader(index: Index) -> Words:
    """Return what turns a place into its words."""
    ids = {one.source: one.doc_id for one in index.documents()}
    text = lru_cache(_DOCUMENTS)(lambda doc: index.document(ids[doc]).text)
    return lambda doc, start, end: text(doc)[start:end]


def _no_words(doc: str, start: int, end: int) -> None:
    return None
