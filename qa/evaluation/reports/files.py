"""Writing a report's files: JSON, Markdown, HTML, the run's own, and what a baseline needs."""

import json
from pathlib import Path

from qa.assistant import Assistant
from qa.evaluation.exporting import run_files, write_files
from qa.evaluation.judging import locate
from qa.evaluation.report import Failure, Report, report_json
from qa.evaluation.reports.page import page
from qa.evaluation.reports.sections import Quoted, Quotes, lay_out
from qa.evaluation.reports.text import markdown
from qa.evaluation.runs import INFO, SCORES
from qa.index import Index
from qa.testsets import QuestionSet

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
    texts = {
        "report.json": f"{json.dumps(report_json(report), ensure_ascii=False, indent=2)}\n",
        "report.md": markdown(laid),
        "report.html": page(report, laid),
    }
    write_files(
        out,
        {
            **{name: [text.encode("utf-8", "replace")] for name, text in texts.items()},
            **run_files(folder, report.info, tests, locate(index, tests), index),
            **{name: [(folder / name).read_bytes()] for name in (INFO, SCORES)},
        },
    )
