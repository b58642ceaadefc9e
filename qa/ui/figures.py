"""A report as HTML: its table, plots, comparison and failures, in the interface's language."""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from qa.evaluation.report import Baseline, Failure, Report
from qa.evaluation.reports import plots
from qa.evaluation.reports.page import by_pair, latency_bars, rank_bars
from qa.evaluation.reports.sections import stage_words
from qa.evaluation.scoring import Place
from qa.service.jobs import Sight
from qa.ui.frame import error_html
from qa.ui.markup import escape
from qa.ui.progress import progress_html
from qa.ui.words import Lang, fraction, number
from qa.ui.words.evaluate import WORDS

_FAILURES = 100


def upload_html(lang: Lang) -> str:
    """Return the place where a test set is chosen for upload."""
    words = WORDS[lang]
    return (
        f'<div class="fs-drop" id="fs-drop" data-added="{escape(words.added)}">'
        f'<label for="fs-files"><strong>{escape(words.upload)}</strong>'
        '<input type="file" id="fs-files" accept=".jsonl,.csv,.tsv,.yaml,.yml,.json"></label>'
        f'<p class="fs-note">{escape(words.kinds)}</p></div>'
        '<p class="fs-note" id="fs-notice" role="status"></p>'
    )


def empty_html(lang: Lang) -> str:
    """Return what to do before there is any run."""
    words = WORDS[lang]
    return f"<div class='fs-empty'><p>{escape(words.empty)}</p></div>"


def job_html(jobs: Sight, lang: Lang) -> str:
    """Return how far the evaluation is, or why the last one has no report."""
    words, job = WORDS[lang], jobs.own
    if job is not None and job.error is not None:
        return error_html(job.error, lang)
    if job is None or not job.running:
        ended = "" if job is None else words.stopped if job.state == "stopped" else words.done
        said = f"{ended} {words.other if jobs.other else ''}".strip()
        return f"<p class='fs-job-done' role='status'>{escape(said)}</p>" if said else ""
    said = words.progress.format(done=number(job.done, lang), total=number(job.total, lang))
    return progress_html(job, words.start, said, "", lang)


def report_html(
    report: Report,
    compared: Baseline | None,
    questions: Mapping[str, str],
    doc_ids: Mapping[str, str],
    lang: Lang,
) -> str:
    """Return a whole report; ``doc_ids`` leads from a document's path to its id."""
    parts = [_overview(report, lang), _measures(report, lang)]
    if compared is not None:
        parts.append(_comparison(compared, questions, lang))
    parts += [_pairs(report, lang), *_plots(report, lang)]
    parts.append(_failures(report, questions, doc_ids, lang))
    return "".join(parts)


def _overview(report: Report, lang: Lang) -> str:
    info = report.info
    said = WORDS[lang].overview.format(
        questions=number(info.questions, lang),
        documents=number(info.documents, lang),
        encoder=info.encoder,
        p50=number(round(report.p50_ms), lang),
    )
    notes = "".join(f"<p class='fs-note'>{escape(note)}</p>" for note in report.notes)
    return f"<p>{escape(said)}</p>{notes}"


def _measures(report: Report, lang: Lang) -> str:
    words = WORDS[lang]
    rows = [
        (name, fraction(one.value, lang), _between(one.low, one.high, lang), number(one.n, lang))
        for name, one in report.measures.items()
    ]
    head = (words.measure, words.value, words.interval, words.questions)
    return _numbers(words.measures, head, rows)


def _between(low: float, high: float, lang: Lang) -> str:
    return f"{fraction(low, lang)} – {fraction(high, lang)}"


def _pairs(report: Report, lang: Lang) -> str:
    words = WORDS[lang]
    rows = [
        (
            pair,
            *(
                f"{fraction(group[name].value, lang)} "
                f"({_between(group[name].low, group[name].high, lang)})"
                if name in group
                else ""
                for name in (report.main, "sentence@1")
            ),
            number(group[report.main].n, lang),
        )
        for pair, group in by_pair(report)
    ]
    head = (words.pair, report.main, "sentence@1", words.questions)
    return _numbers(words.by_pair, head, rows) if rows else ""


def _comparison(compared: Baseline, questions: Mapping[str, str], lang: Lang) -> str:
    words = WORDS[lang]
    rows = []
    for one in compared.comparisons:
        verdict = words.verdicts[one.verdict]
        if one.needed:
            verdict += f" ({words.needed.format(count=number(one.needed, lang))})"
        change, low, high = (
            fraction(each, lang, signed=True) for each in (one.delta, one.low, one.high)
        )
        counts = " / ".join(number(each, lang) for each in (one.wins, one.ties, one.losses))
        p = fraction(one.p, lang, 4)
        rows.append((one.measure, f"{change} ({low} – {high})", p, counts, verdict))
    head = (words.measure, words.change, "p", words.wins, "")
    table = _numbers(words.compared.format(run=compared.run), head, rows)
    for title, ids in ((words.won, compared.won), (words.lost_now, compared.lost)):
        if ids:
            table += f"<h3>{escape(title)}</h3>{_listed(title, ids, questions, lang)}"
    return table


def _listed(title: str, ids: Sequence[str], questions: Mapping[str, str], lang: Lang) -> str:
    items = "".join(f"<li>{_asked(one, questions.get(one, ''))}</li>" for one in ids[:_FAILURES])
    left = len(ids) - _FAILURES
    more = WORDS[lang].more_failures.format(count=number(left, lang)) if left > 0 else ""
    note = f"<p class='fs-note'>{escape(more)}</p>" if more else ""
    return f"<ul class='fs-questions' aria-label='{escape(title)}'>{items}</ul>{note}"


def _plots(report: Report, lang: Lang) -> Iterator[str]:
    words = WORDS[lang]
    pairs = [(pair, group[report.main]) for pair, group in by_pair(report)]
    if pairs:
        drawn = plots.intervals(
            words.by_pair, pairs, lambda value, digits: fraction(value, lang, digits)
        )
        yield _figure(words.by_pair, drawn)
    if report.reliability:
        drawn = plots.reliability(words.reliability, report.reliability)
        yield _figure(words.reliability, drawn)
    ranks = [
        ({"later": words.later, "never": words.never}.get(name, name), count)
        for name, count in rank_bars(report)
    ]
    yield _figure(words.ranks, plots.bars(words.ranks, ranks))
    yield _figure(words.latency, plots.bars(words.latency, latency_bars(report)))


def _figure(title: str, svg: str) -> str:
    return f"<figure class='fs-figure'><figcaption>{escape(title)}</figcaption>{svg}</figure>"


def _failures(
    report: Report, questions: Mapping[str, str], doc_ids: Mapping[str, str], lang: Lang
) -> str:
    words = WORDS[lang]
    if not report.failures:
        return f"<p>{escape(words.none_failed)}</p>"
    shown = report.failures[:_FAILURES]
    rows = [_failure(one, questions.get(one.id, ""), doc_ids, lang) for one in shown]
    title = f"{words.failures} ({number(len(report.failures), lang)})"
    head = (words.question, words.why, words.right, words.first)
    left = len(report.failures) - len(shown)
    more = words.more_failures.format(count=number(left, lang)) if left else ""
    note = f"<p class='fs-note'>{escape(more)}</p>" if more else ""
    return _table(title, head, rows, "id='fs-failures' class='fs-table'") + note


def _failure(
    failure: Failure, question: str, doc_ids: Mapping[str, str], lang: Lang
) -> tuple[str, ...]:
    """Return the cells of a failure as HTML."""
    words = WORDS[lang]
    why = escape(words.faults[failure.fault])
    if failure.fault in ("lost", "error"):
        why += f" <span class='fs-note'>{escape(failure.reason)}</span>"
    if failure.stages:
        ranks = f"{words.ranks}: {stage_words(failure, words.stages)}"
        why += f"<br><span class='fs-note'>{escape(ranks)}</span>"
    places = (_place(one, doc_ids) for one in (failure.source, failure.beaten_by))
    return (_asked(failure.id, question), why, *places)


def _place(place: Place | None, doc_ids: Mapping[str, str]) -> str:
    """Return a document's path, leading to the place where the document is still there."""
    if place is None:
        return ""
    doc, start, end = place
    told = f"<bdi>{escape(doc)}</bdi>"
    if doc not in doc_ids:
        return told
    where = f"./sources?doc={quote(doc_ids[doc])}&start={start}&end={end}"
    return f"<a href='{escape(where)}'>{told}</a>"


def _asked(name: str, question: str) -> str:
    """Return a question, which leads to its answer; its id where its words are not known."""
    told = f"<bdi>{escape(question or name)}</bdi>"
    if not question:
        return told
    return f"<a href='./?q={escape(quote(question))}'>{told}</a>"


def _numbers(title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Return a table of plain text."""
    escaped = [tuple(map(escape, row)) for row in rows]
    return _table(title, head, escaped, "class='fs-table fs-numbers'")


def _table(
    title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]], attributes: str
) -> str:
    """Return a table of HTML cells; on a phone each cell names its column instead of the head."""
    names = "".join(
        f"<th scope='col'>{escape(name)}</th>" if name else "<td></td>" for name in head
    )
    body = "".join(
        f"<tr class='fs-failed'><td>{row[0]}</td>{''.join(map(_cell, head[1:], row[1:]))}</tr>"
        for row in rows
    )
    return (
        f"<h2>{escape(title)}</h2><table {attributes}>"
        f"<thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>"
    )


def _cell(name: str, content: str) -> str:
    label = f" data-name='{escape(name)}'" if name else ""
    return f"<td{label}>{content}</td>"
