"""Pieces of markup that pages share. Every text passes through :func:`escape`, nothing else."""

import html
from collections.abc import Iterable

from qa.datamodel import Document, Span
from qa.matches import Match
from qa.render import clean, has_slides
from qa.ui.words import Lang, day, language_name
from qa.ui.words.ask import WORDS
from qa.ui.words.common import WORDS as COMMON

_CONTEXT = 160


def escape(text: str) -> str:
    """Return ``text`` safe inside an element or a quoted attribute."""
    return html.escape(clean(text))


def titled(document: Document) -> str:
    """Return a document's title, kept apart from the direction of what stands around it."""
    return f"<bdi lang='{escape(document.lang)}'>{escape(document.title)}</bdi>"


def badge(text: str) -> str:
    """Return a short text in a frame."""
    return f"<span class='fs-badge'>{escape(text)}</span>"


def meta(document: Document, passage_lang: str, page: int | None, lang: Lang) -> str:
    """Return language, date, page and file of a place, in the interface's language."""
    parts = [badge(language_name(passage_lang, lang))]
    if document.date:
        iso = escape(document.date)
        parts.append(f"<time datetime='{iso}'>{escape(day(document.date, lang))}</time>")
    if page:
        parts.append(f"<span>{page_label(document, page, lang)}</span>")
    parts.append(f"<bdi>{escape(document.source)}</bdi>")
    return f"<p class='fs-meta'>{''.join(parts)}</p>"


def page_label(document: Document, page: int, lang: Lang) -> str:
    """Return which page of a document something is on; a presentation has slides."""
    words = COMMON[lang]
    return escape((words.slide if has_slides(document) else words.page).format(page=page))


def quote(inner: str, lang: str) -> str:
    """Return a quotation; ``inner`` is markup, ``lang`` the language it is written in."""
    return f"<blockquote dir='auto' lang='{escape(lang)}'>{inner}</blockquote>"


def tinted(text: str, span: Span, matches: Iterable[Match]) -> str:
    """Return ``text[start:end]`` with its matching words tinted in four strengths."""
    parts, at = [], span[0]
    for match in matches:
        start, end = max(match.start, at), min(match.end, span[1])
        if start < end:
            level = max(1, round(4 * match.strength))
            parts.append(escape(text[at:start]))
            parts.append(f"<span class='fs-tint fs-tint-{level}'>{escape(text[start:end])}</span>")
            at = end
    return "".join([*parts, escape(text[at : span[1]])])


def around(text: str, span: Span, context: int = _CONTEXT) -> tuple[str, str]:
    """Return a little text before and after a span, within its paragraph and on whole words.

    After a colon comes the paragraph that it announces.
    """
    start, end = span
    before = text[max(0, start - context) : start].rpartition("\n\n")[2]
    after, blank, next_one = text[end : end + context].partition("\n\n")
    if not after.strip() and text[start:end].rstrip().endswith((":", "：")):
        after += blank + next_one.partition("\n\n")[0]
    if len(before) == context:
        before = "… " + (before.partition(" ")[2] or before)
    if len(after) == context:
        after = (after.rpartition(" ")[0] or after) + " …"
    return before, after


def place_url(doc_id: str, span: Span) -> str:
    """Return the address of a place on the Sources page, as it stands in an attribute."""
    return escape(f"./sources?doc={doc_id}&start={span[0]}&end={span[1]}")


def data_attributes(**texts: str) -> str:
    """Return texts for the page's script, as attributes of an element."""
    return " ".join(f'data-{name}="{escape(text)}"' for name, text in texts.items())


def dialog_html(lang: Lang) -> str:
    """Return the empty dialog that shows a document; the script fills it with plain text."""
    words = WORDS[lang]
    data = data_attributes(
        loading=words.loading,
        failed=words.failed,
        changed=words.changed,
        missing=words.missing,
        cancel=words.cancel,
    )
    return (
        f'<dialog id="fs-dialog" aria-labelledby="fs-dialog-title" {data}>'
        '<header><div><h2 id="fs-dialog-title"><bdi></bdi></h2><p class="fs-meta"></p>'
        f'<a class="fs-whole fs-action" href="./sources">{escape(words.whole)}</a> '
        '<button type="button" class="fs-pointed fs-action" hidden>'
        f'{escape(words.point)}</button><span class="fs-said" role="status"></span></div>'
        f'<button type="button" class="fs-close" aria-label="{escape(words.close)}">✕</button>'
        '</header><p class="fs-warning" role="status" hidden></p>'
        '<div class="fs-text" dir="auto" tabindex="0" role="document"></div></dialog>'
    )
