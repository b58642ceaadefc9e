"""Writing a report's files: JSON, Markdown, HTML, TREC run and qrels, and what a baseline needs."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from qa.assistant import Assistant
from qa.errors import InputError
from qa.evaluation.judging import Judgements, by_document, document_grades, locate
from qa.evaluation.report import Failure, Report, report_json
from qa.evaluation.reports.page import page
from qa.evaluation.reports.sections import Quoted, Quotes, lay_out
from qa.evaluation.reports.text import markdown
from qa.evaluation.runs import INFO, SCORES, read_results
from qa.files import replace_file
from qa.index import Index
from qa.testsets import QuestionSet
from qa.testsets.trec import name_of

_QUOTED = 400  # characters


def quotes(report: Report, tests: QuestionSet, assistant: Assistant) -> Quotes:
    """Return what a report's failures are about, in words."""
    asked = {question.id: question.text for question in tests.questions}
    ids = {one.source: one.doc_id for one in assistant.index.documents()}
    return {
        failure.id: Quoted(asked.get(failure.id, ""), _beaten_by(failure, ids, assistant))
        for failure in report.failures
    }


def _beaten_by(failure: Failure, ids: dict[str, str], assistant: Assistant) -> str:
    if failure.beaten_by is None or failure.beaten_by[0] not in ids:
        return ""
    doc, start, end = failure.beaten_by
    return assistant.index.document(ids[doc]).text[start : min(end, start + _QUOTED)]


def write_all(
    out: Path, folder: Path, report: Report, tests: QuestionSet, index: Index, told: Quotes
) -> None:
    """Write all files of a report into ``out``, which then serves as a baseline too.

    ``folder`` is the run's. Raises InputError ("out_unusable").
    """
    laid = lay_out(report, told)
    judgements = locate(index, tests)
    texts = {
        "report.json": f"{json.dumps(report_json(report), ensure_ascii=False, indent=2)}\n",
        "report.md": markdown(laid),
        "report.html": page(report, laid),
        "run.trec": "".join(_run_lines(folder, judgements)),
        "qrels.trec": "".join(_qrels_lines(tests, judgements)),
    }
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            replace_file(out / name, [text.encode("utf-8", "replace")])
        for name in (INFO, SCORES):
            shutil.copyfile(folder / name, out / name)
    except OSError as error:
        raise InputError(
            "out_unusable",
            f"The report cannot be written to {out}: {error.strerror or error}.",
            "Name another folder: --out DIR",
        ) from error


def _run_lines(folder: Path, judgements: Judgements) -> Iterator[str]:
    """Yield the lines of a TREC run: documents, each with the score of its best passage."""
    for result, golds in zip(read_results(folder), judgements.golds, strict=False):
        scores = {hit.doc: hit.score for hit in reversed(result.hits)}
        for rank, doc in enumerate(by_document(golds, result.hits), 1):
            yield f"{name_of(result.id)} Q0 {name_of(doc)} {rank} {scores[doc]:.6f} fundstelle\n"


def _qrels_lines(tests: QuestionSet, judgements: Judgements) -> Iterator[str]:
    for question, golds in zip(tests.questions, judgements.golds, strict=True):
        for doc, grade in document_grades(golds).items():
            yield f"{name_of(question.id)} 0 {name_of(doc)} {grade}\n"
