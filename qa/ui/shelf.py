"""The list of documents and the work on it, as HTML."""

from collections.abc import Sequence

from qa.datamodel import FailedFile
from qa.freshness import Freshness
from qa.service.jobs import Sight
from qa.service.library import KINDS, UPLOADS, Differences
from qa.store import DocumentSummary
from qa.ui.frame import error_html
from qa.ui.markup import badge, data_attributes, escape
from qa.ui.progress import progress_html
from qa.ui.words import Lang, counted, day, language_name, number
from qa.ui.words.documents import WORDS

_SHOWN = 200


def drop_html(lang: Lang) -> str:
    """Return the place where files are dropped, and what asks before one is removed."""
    words = WORDS[lang]
    kinds = words.kinds.replace("{folder}", UPLOADS).replace("{kinds}", " ".join(sorted(KINDS)))
    data = data_attributes(
        uploading=words.uploading,
        uploaded=words.uploaded,
        removed=words.removed,
        undo=words.undo,
    )
    accept = ",".join(sorted(KINDS))
    return (
        f'<div class="fs-drop" id="fs-drop" {data}><label for="fs-files">'
        f"<strong>{escape(words.drop)}</strong> <span>{escape(words.choose)}</span>"
        f'<input type="file" id="fs-files" multiple accept="{accept}"></label>'
        f'<p class="fs-note">{escape(kinds)}</p></div>'
        '<div role="status"><ul class="fs-notices" id="fs-notices"></ul></div>'
        '<dialog id="fs-confirm" aria-labelledby="fs-confirm-text"><p id="fs-confirm-text">'
        f'{escape(words.confirm)}</p><p class="fs-what"><bdi></bdi></p><div class="fs-buttons">'
        f'<button type="button" class="fs-yes">{escape(words.confirm_yes)}</button>'
        f'<button type="button" class="fs-no" autofocus>{escape(words.cancel)}</button></div>'
        "</dialog>"
    )


def job_html(jobs: Sight, differences: Differences, lang: Lang) -> str:
    """Return how far the sync is, or what came of the last one and what it would do now."""
    words, job = WORDS[lang], jobs.own
    if jobs.other:  # what differs is not looked at meanwhile
        said = f"{words.other} {words.follows if jobs.waits else ''}".strip()
        return f"<p class='fs-job-done' role='status'>{escape(said)}</p>"
    if job is None:
        return _ended("", differences, lang)
    if job.error is not None:
        return f"<p class='fs-note'>{escape(words.broke)}</p>{error_html(job.error, lang)}"
    if not job.running:
        return _ended(words.stopped if job.state == "stopped" else "", differences, lang)
    done, total = number(job.done, lang), number(job.total, lang)
    said = words.progress.format(done=done, total=total) if job.total else words.progress_unknown
    return progress_html(job, words.sync, said, words.usable, lang)


def _ended(said: str, differences: Differences, lang: Lang) -> str:
    words, changed = WORDS[lang], list(differences.states.values()).count("changed")
    waiting = differences.new + changed
    if waiting:
        said += f" {counted(waiting, words.waiting_one, words.waiting_many, lang)}"
    elif not differences.states:
        said = said or words.done
    return f"<p class='fs-job-done' role='status'>{escape(said.strip())}</p>" if said else ""


def table_html(
    documents: Sequence[DocumentSummary],
    failed: Sequence[FailedFile],
    differences: Differences,
    wanted: str,
    lang: Lang,
) -> str:
    """Return the documents whose title or file contains ``wanted``; failed files come first."""
    words, fold = WORDS[lang], wanted.casefold().strip()
    known = {one.source for one in documents}
    partly = {one.file: one.reason for one in failed}
    broken = [one for one in failed if fold in one.file.casefold()]
    chosen = [one for one in documents if fold in f"{one.title}\n{one.source}".casefold()]
    if not broken and not chosen:
        said = words.none if documents or failed else words.empty
        return f"<p class='fs-note'>{escape(said)}</p>"
    rows = [_failed_row(one, lang) for one in broken if one.file not in known]
    rows += [
        _row(one, differences.states.get(one.source, "same"), partly.get(one.source, ""), lang)
        for one in chosen
    ]
    more = len(rows) - _SHOWN
    note = counted(more, words.more, words.more, lang) if more > 0 else ""
    names = (words.document, words.language, words.date, words.pages, words.passages, words.state)
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in names)
    return (
        f"<table class='fs-table'><caption class='fs-hidden'>{escape(words.title)}</caption>"
        f"<thead><tr>{head}<th><span class='fs-hidden'>{escape(words.remove)}</span></th></tr>"
        f"</thead><tbody>{''.join(rows[:_SHOWN])}</tbody></table>"
        f"<p class='fs-note'>{escape(note)}</p>"
    )


def _row(one: DocumentSummary, state: Freshness, partly: str, lang: Lang) -> str:
    words = WORDS[lang]
    said = {"same": words.indexed, "changed": words.changed, "missing": words.missing}[state]
    look = "fs-good" if state == "same" else "fs-bad"
    label = escape(words.remove_one.format(title=one.title))
    remove = (
        f"<button type='button' class='fs-remove' data-doc='{escape(one.doc_id)}' "
        f"data-title='{escape(one.title)}' aria-label='{label}' title='{escape(words.remove)}'>"
        "✕</button>"
    )
    link = (
        f"<a href='./sources?doc={escape(one.doc_id)}'><bdi lang='{escape(one.lang)}'>"
        f"{escape(one.title)}</bdi></a><bdi class='fs-file'>{escape(one.source)}</bdi>"
    )
    cells = (
        ("", link),
        (words.language, badge(language_name(one.lang, lang))),
        (words.date, escape(day(one.date, lang)) if one.date else ""),
        (words.pages, number(one.pages, lang) if one.pages else ""),
        (words.passages, number(one.passages, lang)),
        (words.state, f"<span class='{look}'>{escape(said)}</span> {escape(partly)}".strip()),
        ("", remove if state != "missing" else ""),
    )
    return f"<tr>{''.join(_cell(name, inner) for name, inner in cells)}</tr>"


def _failed_row(one: FailedFile, lang: Lang) -> str:
    words = WORDS[lang]
    reason = f"<span class='fs-bad'>{escape(words.failed)}</span> {escape(one.reason)}"
    file = f"<bdi class='fs-file'>{escape(one.file)}</bdi>"
    return (
        f"<tr class='fs-failed'><td>{file}</td>"
        f"<td colspan='6' data-name='{escape(words.state)}'>{reason}</td></tr>"
    )


def _cell(name: str, inner: str) -> str:
    label = f" data-name='{escape(name)}'" if name and inner else ""
    return f"<td{label}>{inner}</td>"
