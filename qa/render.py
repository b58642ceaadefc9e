"""Answers, hits and states as JSON objects and as text for a terminal.

The JSON shapes are a contract: the command line's ``--json`` and the HTTP API share them. Text
from documents reaches a terminal only through :func:`clean`, so no file can steer it.
"""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TextIO

from rich.console import Console
from rich.text import Text

from qa.datamodel import (
    AbstainReason,
    Answer,
    Citation,
    Document,
    FailedFile,
    Hit,
    Status,
    SyncReport,
)
from qa.errors import FundstelleError

Json = dict[str, object]
# By doc_id: "same", "changed" or "missing", as qa.freshness says.
States = Mapping[str, str]
NO_STATES: Final[States] = {}

REASONS: Final[dict[AbstainReason, str]] = {
    "no_documents": "There is no document to search in this selection.",
    "no_support": "No passage supports an answer well enough.",
}
NOT_AS_INDEXED: Final = {
    "changed": "The file was changed since it was indexed: qa index reads it again.",
    "missing": "The file is gone since it was indexed: qa index drops it.",
}
NOT_FOUND: Final = "Not found in these documents."
_MARKS = re.compile(r"^(?:[-*•]\s+|\|\s*)|\s*\|$")
_WIDTH_PIPED = 80
_WIDTH_MOST = 100
_PASSAGE_SHOWN = 320

_CONTROLS = (set(range(0x20)) | set(range(0x7F, 0xA0))) - {0x09, 0x0A}
_BIDI = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
# Lone surrogates cannot be written as UTF-8; bidi overrides can make a text read as another.
_CLEAN: Final[dict[int, str]] = {
    **dict.fromkeys(_CONTROLS | set(range(0xD800, 0xE000)), "\N{REPLACEMENT CHARACTER}"),
    **dict.fromkeys(_BIDI, ""),
}


def clean(text: str) -> str:
    """Replace control characters and lone surrogates, and strip bidirectional overrides.

    Tabs and line feeds stay. The result may be shorter than ``text``: cut spans out first.
    """
    return text.translate(_CLEAN)


def in_line(name: str) -> str:
    """Return a file's name, which may hold anything, as :func:`clean` does and on one line."""
    return clean(name).replace("\n", "\ufffd")


def shorten(text: str, length: int) -> str:
    """Return ``text`` with runs of whitespace as one space, cut to ``length`` characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[: length - 1].rstrip() + "…"


def bare(sentence: str) -> str:
    """Return a sentence without the mark of a list's item or the bars around a row.

    What is left is still word for word in its document.
    """
    return _MARKS.sub("", sentence)


def answer_json(answer: Answer, states: States = NO_STATES) -> Json:
    """Return the object of ``qa ask --json`` and ``POST /api/ask``.

    With ``states``, each citation and hit says whether its ``file`` is still the one indexed.
    """
    return {
        "question": answer.question,
        "lang": answer.lang,
        "abstained": answer.abstained,
        "reason": answer.reason,
        "confidence": round(answer.confidence, 4),
        "sentences": [
            {"text": sentence.text, "citations": list(sentence.citations)}
            for sentence in answer.sentences
        ],
        "citations": [
            _citation_json(citation) | _file_json(citation.document, states)
            for citation in answer.citations
        ],
        "hits": hits_json(answer.hits, states),
        "took_ms": round(answer.took_ms, 1),
        **_also_json(answer, states),
        **({"differing": [list(pair) for pair in answer.differing]} if answer.differing else {}),
    }


def _also_json(answer: Answer, states: States) -> Json:
    """Return ``also``, if other documents say the same."""
    also: list[Json] = [
        _citation_json(one.place) | {"differ": one.differ} | _file_json(one.document, states)
        for one in answer.also
    ]
    return {"also": also} if also else {}


def _file_json(document: Document, states: States) -> Json:
    return {"file": states[document.doc_id]} if document.doc_id in states else {}


def _citation_json(citation: Citation) -> Json:
    document = citation.document
    return {
        "number": citation.number,
        "doc": document.source,
        "doc_id": document.doc_id,
        "title": document.title,
        "lang": document.lang,
        "date": document.date,
        "page": citation.page,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
    }


def hits_json(hits: Iterable[Hit], states: States = NO_STATES) -> list[Json]:
    """Return the ``hits`` of an answer or a search, best first."""
    return [_hit_json(hit) | _file_json(hit.document, states) for hit in hits]


def _hit_json(hit: Hit) -> Json:
    passage = hit.passage
    return {
        "rank": hit.rank,
        "doc": hit.document.source,
        "doc_id": passage.doc_id,
        "page": passage.page,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "score": float(hit.score),
        "scores": {name: float(score) for name, score in hit.scores.items()},
    }


def search_json(
    question: str, hits: Iterable[Hit], took_ms: float, states: States = NO_STATES
) -> Json:
    """Return the object of ``POST /api/search``; ``states`` as in :func:`answer_json`."""
    shown = hits_json(hits, states)
    return {"question": question, "hits": shown, "took_ms": round(took_ms, 1)}


def status_json(status: Status) -> Json:
    """Return the object of ``qa status --json``."""
    return {
        "documents": status.documents,
        "passages": status.passages,
        "by_lang": dict(status.by_lang),
        "encoder": status.encoder,
        "failed": _failed_json(status.failed),
        "bytes": dict(status.bytes),
        "root": status.root,
        "schema": status.schema,
        "revision": status.revision,
    }


def report_json(report: SyncReport) -> Json:
    """Return the object of ``qa index --json``."""
    return {
        "added": report.added,
        "changed": report.changed,
        "moved": report.moved,
        "deleted": report.deleted,
        "unchanged": report.unchanged,
        "passages": report.passages,
        "failed": _failed_json(report.failed),
        "took_s": round(report.took_s, 2),
        "stopped": report.stopped,
    }


def _failed_json(failed: Iterable[FailedFile]) -> list[Json]:
    return [{"file": one.file, "reason": one.reason} for one in failed]


def console(stream: TextIO | None = None) -> Console:
    """Return a console that colours on a terminal and writes plain text 80 wide to a pipe."""
    target = stream or sys.stdout
    made = Console(file=target, markup=False, highlight=False, emoji=False)
    made.width = min(made.width, _WIDTH_MOST) if made.is_terminal else _WIDTH_PIPED
    return made


def print_answer(out: Console, answer: Answer, states: States = NO_STATES) -> None:
    """Write the answer's sentences with their numbers, then the numbered sources.

    A source whose file is not the one indexed any more, according to ``states``, says so.
    """
    if answer.abstained:
        _print_abstention(out, answer, states)
        return
    for sentence in answer.sentences:
        line = Text(clean(shorten(bare(sentence.text), len(sentence.text))))
        for number in sentence.citations:
            line.append(f" [{number}]", style="bold cyan")
        _print_wrapped(out, line)
    for one, other in answer.differing:
        note = f"Sources {one} and {other} give different figures."
        _print_wrapped(out, Text(note, style="bold yellow"))
    out.print(Text("\nSources", style="bold"))
    for citation in answer.citations:
        _print_place(out, f"[{citation.number}]", citation.document, citation.page)
        _print_state(out, citation.document, states)
        _print_indented(out, f'"{shorten(citation.quote, len(citation.quote))}"')
    _print_agreements(out, answer, states)


def _print_agreements(out: Console, answer: Answer, states: States) -> None:
    if answer.also:
        out.print(Text("\nAlso in", style="bold"))
    for one in answer.also:
        _print_place(out, f"[{one.place.number}]", one.document, one.place.page)
        _print_state(out, one.document, states)
        if one.differ:
            _print_wrapped(out, Text("with other figures", style="bold yellow"), " " * 4)
        _print_indented(out, f'"{shorten(one.place.quote, len(one.place.quote))}"')


def _print_abstention(out: Console, answer: Answer, states: States) -> None:
    out.print(Text(NOT_FOUND, style="bold"))
    if answer.reason is not None:
        out.print(REASONS[answer.reason])
    if answer.hits:
        out.print(Text("\nClosest passages", style="bold"))
    for hit in answer.hits:
        _print_place(out, f" {hit.rank}.", hit.document, hit.passage.page)
        _print_state(out, hit.document, states)
        _print_indented(out, shorten(hit.passage.text, _PASSAGE_SHOWN))


def _print_place(out: Console, number: str, document: Document, page: int | None) -> None:
    title = clean(shorten(document.title, 200))
    where = f" ({place(document, page)})"
    _print_wrapped(out, Text.assemble((number, "bold cyan"), " ", (title, "bold"), where))


def _print_state(out: Console, document: Document, states: States) -> None:
    note = NOT_AS_INDEXED.get(states.get(document.doc_id, "same"))
    if note:
        _print_wrapped(out, Text(note, style="bold yellow"), " " * 4)


def place(document: Document, page: int | None) -> str:
    """Return file, page and date as one phrase, for instance ``memo.pdf, page 3, 2024-04-10``."""
    leaf = "slide" if has_slides(document) else "page"
    parts = [document.source, f"{leaf} {page}" if page else "", document.date or ""]
    return in_line(", ".join(part for part in parts if part))


def has_slides(document: Document) -> bool:
    """Tell whether people call the document's pages slides."""
    return document.source.lower().endswith((".pptx", ".pptm"))


def _print_indented(out: Console, text: str) -> None:
    _print_wrapped(out, Text(clean(text)), " " * 4)


def _print_wrapped(out: Console, text: Text, indent: str = "") -> None:
    """Write ``text`` in lines that fit, without spaces at their ends."""
    for line in text.wrap(out, out.width - len(indent)):
        line.rstrip()
        out.print(Text.assemble(indent, line))


def print_status(out: Console, status: Status) -> None:
    """Write what is indexed, by which encoder, how large, and which files failed."""
    languages = ", ".join(f"{lang} {count}" for lang, count in status.by_lang.items())
    size = sum(status.bytes.values())
    rows = [
        ("Folder", status.root),
        ("Documents", f"{status.documents:,}"),
        ("Passages", f"{status.passages:,}" + (f" ({languages})" if languages else "")),
        ("Encoder", status.encoder),
        ("Size", f"{_megabytes(size)} ({_parts(status)})"),
        ("Revision", f"{status.revision} (schema {status.schema})"),
    ]
    for name, value in rows:
        _print_wrapped(out, Text.assemble((f"{name:<11}", "bold"), clean(value)))
    print_failed(out, status.failed)


def _parts(status: Status) -> str:
    return ", ".join(f"{part} {_megabytes(size)}" for part, size in status.bytes.items())


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def print_report(out: Console, report: SyncReport) -> None:
    """Write what a sync did, and which files it could not read."""
    counts = {
        "added": report.added,
        "changed": report.changed,
        "moved": report.moved,
        "deleted": report.deleted,
        "unchanged": report.unchanged,
        "failed": len(report.failed),
    }
    words = ", ".join(f"{count:,} {word}" for word, count in counts.items() if count)
    out.print(f"Documents: {words or 'none'}.")
    out.print(f"{report.passages:,} passages encoded in {report.took_s:.1f} s.")
    print_failed(out, report.failed)


def print_failed(out: Console, failed: Sequence[FailedFile]) -> None:
    """Write each file that could not be read, with the reason."""
    if not failed:
        return
    out.print(Text("\nNot indexed", style="bold yellow"))
    for one in failed:
        out.print(Text.assemble("- ", (in_line(one.file), "bold")))
        _print_indented(out, one.reason)


def print_error(out: Console, error: FundstelleError) -> None:
    """Write what happened and what to type next, in unbroken lines: commands are copied."""
    out.print(Text.assemble(("Error: ", "bold red"), clean(error.message)), soft_wrap=True)
    if error.hint:
        out.print(clean(error.hint), soft_wrap=True)
