"""A document as HTML: its text with the cited passage marked, its pages, and what says the same."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from qa.datamodel import Document, Hit, Span
from qa.documents.references import Reference, find_references
from qa.freshness import Freshness
from qa.matches import Match
from qa.store import DocumentSummary
from qa.ui.markup import badge, escape, meta, page_label, place_url, quote, tinted, titled
from qa.ui.words import Lang, language_name
from qa.ui.words.ask import WORDS as ASK
from qa.ui.words.sources import WORDS

WINDOW = 30_000  # characters shown at once; more would make a page slow
_BEFORE = 10_000
_SNIPPET = 320
_TWINS = 3
_REFERENCES = 200


def document_html(
    document: Document,
    state: Freshness,
    span: Span,
    at: int | None,
    lang: Lang,
) -> str:
    """Return a document; ``span`` is marked, ``at`` is where the part that is shown begins."""
    start = max(0, span[0] - _BEFORE) if at is None else at
    shown = (min(start, max(0, len(document.text) - 1)), min(start + WINDOW, len(document.text)))
    pages = _pages(document, span, lang) if state == "same" else ""
    return (
        f"{_head(document, state, lang)}"
        f"<div class='fs-reading{' fs-with-pages' if pages else ''}'>{pages}"
        f"<section class='fs-body' aria-label='{escape(WORDS[lang].text)}'>"
        f"{_step(document, span, shown[0] - WINDOW, lang, WORDS[lang].earlier)}"
        f"<div class='fs-text' tabindex='0' role='document' dir='auto' "
        f"lang='{escape(document.lang)}'>{_text(document, span, shown, lang)}</div>"
        f"{_step(document, span, shown[1], lang, WORDS[lang].later)}</section></div>"
    )


def _head(document: Document, state: Freshness, lang: Lang) -> str:
    words, ask = WORDS[lang], ASK[lang]
    warnings = {"changed": ask.changed, "missing": ask.missing, "same": ""}
    warning = warnings[state]
    file = f"./api/docs/{escape(document.doc_id)}/file"
    save = f"<a class='fs-action' href='{file}' download>{escape(words.download)}</a>"
    return (
        "<div class='fs-title'><button type='button' class='fs-back fs-action'>"
        f"← {escape(words.back)}</button><h1>{titled(document)}</h1>"
        f"{meta(document, document.lang, None, lang)}{save if state == 'same' else ''}</div>"
        + (f"<p class='fs-warning' role='status'>{escape(warning)}</p>" if warning else "")
    )


def twins_html(twins: Sequence[tuple[DocumentSummary, bool]], lang: Lang) -> str:
    """Return which documents have nearly this text, with whether it is the very same."""
    words = WORDS[lang]
    lines = (
        f"<p class='fs-note'>{escape(words.same_text if same else words.near_text)} "
        f"<a href='./sources?doc={escape(one.doc_id)}'><bdi lang='{escape(one.lang)}'>"
        f"{escape(one.title)}</bdi></a> <bdi class='fs-file'>{escape(one.source)}</bdi></p>"
        for one, same in twins[:_TWINS]
    )
    return "".join(lines)


def _step(document: Document, span: Span, at: int, lang: Lang, label: str) -> str:
    """Return the link to another part of the document, if there is one."""
    if at <= -WINDOW or at >= len(document.text):
        return ""
    url = f"{place_url(document.doc_id, span)}&amp;at={max(0, at)}"
    return f"<p class='fs-step'><a class='fs-action' href='{url}'>{escape(label)}</a></p>"


def _text(document: Document, span: Span, shown: Span, lang: Lang) -> str:
    """Return the part that is shown, cut at the passage and at the pages, each piece escaped."""
    cuts = {shown[0], shown[1], *document.page_starts, *span}
    places = sorted(cut for cut in cuts if shown[0] <= cut <= shown[1])
    starts = {start: page for page, start in enumerate(document.page_starts, 1)}
    parts = []
    for low, high in pairwise(places):
        if low in starts:
            label = page_label(document, starts[low], lang)
            parts.append(f"<span class='fs-page-start'>{label}</span>")
        piece = escape(document.text[low:high])
        inside = span[0] <= low < span[1]
        parts.append(f"<mark>{piece}</mark>" if inside else piece)
    return "".join(parts)


def drawable(document: Document) -> bool:
    """Tell whether pages of the document can be shown as images."""
    return bool(document.page_starts) and document.source.lower().endswith(".pdf")


def _pages(document: Document, span: Span, lang: Lang) -> str:
    """Return the page that holds the passage as an image, with what turns and enlarges it."""
    if not drawable(document):
        return ""
    words, page, pages = WORDS[lang], document.page_at(span[0]) or 1, len(document.page_starts)
    label = words.page_of.format(page=page, pages=pages)
    buttons = "".join(
        f"<button type='button' class='fs-tool' data-tool='{tool}' aria-label='{escape(name)}' "
        f"title='{escape(name)}'>{sign}</button>"
        for tool, name, sign in (
            ("previous", words.previous_page, "‹"),
            ("next", words.next_page, "›"),
            ("out", words.zoom_out, "−"),
            ("in", words.zoom_in, "+"),
        )
    )
    return (
        f"<section class='fs-pages' aria-label='{escape(words.original)}' "
        f"data-doc='{escape(document.doc_id)}' data-page='{page}' data-pages='{pages}' "
        f"data-start='{span[0]}' data-end='{span[1]}' data-label='{escape(words.page_of)}' "
        f"data-alt='{escape(words.page_image)}'>"
        f"<div class='fs-tools'><span class='fs-where' aria-live='polite'>{escape(label)}</span>"
        f"{buttons}</div><div class='fs-sheet' tabindex='0' role='group' "
        f"aria-label='{escape(words.original)}'>"
        f"<img src='{image_url(document.doc_id, page, span)}' "
        f"alt='{escape(words.page_image.format(page=page))}'></div></section>"
    )


def image_url(doc_id: str, page: int, span: Span, width: int = 1000) -> str:
    """Return the address of a page's image, as it stands in an attribute."""
    boxes = f"&start={span[0]}&end={span[1]}" if span[0] < span[1] else ""
    return escape(f"./api/docs/{doc_id}/pages/{page}.png?width={width}{boxes}")


def also_html(hits: Sequence[Hit], matches: Mapping[int, tuple[Match, ...]], lang: Lang) -> str:
    """Return the passages of other documents that say much the same."""
    words = WORDS[lang]
    cards = "".join(_also(hit, matches.get(hit.passage.passage_id, ()), lang) for hit in hits)
    none = f"<p class='fs-note'>{escape(words.also_none)}</p>"
    return (
        f"<section class='fs-also' aria-label='{escape(words.also)}'>"
        f"<h2>{escape(words.also)}</h2><div class='fs-cards'>{cards or none}</div></section>"
    )


def _also(hit: Hit, matches: Sequence[Match], lang: Lang) -> str:
    passage, document = hit.passage, hit.document
    start, end = span = _telling_part(hit, matches)
    before, after = "…" * (start > passage.start), "…" * (end < passage.end)
    url = place_url(passage.doc_id, (passage.start, passage.end))
    text = f"{before}{tinted(document.text, span, matches)}{after}"
    return (
        f"<article class='fs-card'><h3><a href='{url}'>{titled(document)}</a></h3>"
        f"{meta(document, passage.lang, passage.page, lang)}{quote(text, passage.lang)}</article>"
    )


def _telling_part(hit: Hit, matches: Sequence[Match]) -> Span:
    """Return the part of a passage where the strongest matches are densest."""
    passage = hit.passage
    starts = [passage.start, *(match.start for match in matches)]

    def weight(start: int) -> float:
        return sum(one.strength for one in matches if start <= one.start < start + _SNIPPET)

    start = max(starts, key=weight)
    return start, min(passage.end, start + _SNIPPET)


def references_html(document: Document, lang: Lang) -> str:
    """Return what the document itself refers to; each entry leads to its place in the text."""
    words, found = WORDS[lang], find_references(document.text)[:_REFERENCES]
    if not found:
        return ""
    items = "".join(_reference(document, one) for one in found)
    return (
        f"<details class='fs-references'><summary>{escape(words.references)} "
        f"<span class='fs-note'>({len(found)})</span></summary><ol>{items}</ol></details>"
    )


def _reference(document: Document, one: Reference) -> str:
    text = " ".join(document.text[one.start : one.end].split()).lstrip("-*•・ ")
    shown = one.label if one.kind == "link" and one.label else text
    inside = f"<a href='{place_url(document.doc_id, (one.start, one.end))}'>{escape(shown)}</a>"
    # Left as text: whoever wants to go there decides that outside of this page.
    url = f" <bdi class='fs-file'>{escape(one.url)}</bdi>" if one.url not in ("", shown) else ""
    return f"<li dir='auto'>{inside}{url}</li>"


def choice_html(documents: Sequence[DocumentSummary], lang: Lang) -> str:
    """Return what stands on the page when no document is chosen."""
    words = WORDS[lang]
    items = "".join(
        f"<li><a href='./sources?doc={escape(one.doc_id)}'><bdi lang='{escape(one.lang)}'>"
        f"{escape(one.title)}</bdi></a> {badge(language_name(one.lang, lang))}"
        f"<bdi class='fs-file'>{escape(one.source)}</bdi></li>"
        for one in documents[:500]
    )
    return f"<h1>{escape(words.choose)}</h1><ul class='fs-choice'>{items}</ul>"
