"""Answers as HTML. Every text passes through :func:`escape`; nothing else makes markup of it."""

import html
from collections.abc import Iterable, Mapping

from qa.datamodel import Answer, AnswerSentence, Citation, Document, Hit, Span
from qa.errors import FundstelleError
from qa.render import NOT_FOUND, REASONS, clean, place
from qa.ui import strings

_CONTEXT = 160
_PASSAGE_SHOWN = 420


def escape(text: str) -> str:
    """Return ``text`` safe inside an element or a quoted attribute."""
    return html.escape(clean(text))


def answer_html(answer: Answer) -> str:
    """Return the answer on the left and its source cards on the right."""
    if answer.abstained:
        return _abstention(answer)
    titles = {citation.number: citation.document.title for citation in answer.citations}
    langs = {citation.number: _lang(citation, answer.hits) for citation in answer.citations}
    sentences = "".join(_sentence(sentence, titles, langs) for sentence in answer.sentences)
    cards = "".join(_source_card(one, langs[one.number]) for one in answer.citations)
    sources = strings.counted(len(answer.citations), strings.SOURCE_ONE, strings.SOURCE_MANY)
    note = strings.CITED.format(sources=sources, took=answer.took_ms)
    return _columns(f"{sentences}<p class='fs-note'>{escape(note)}</p>", strings.SOURCES, cards)


def _columns(main: str, heading: str, cards: str) -> str:
    aside = f"<h2>{escape(heading)}</h2>{cards}" if cards else ""
    return (
        "<div class='fs-result'>"
        f"<section class='fs-answer' id='answer' aria-label='{escape(strings.ANSWER)}'>"
        f"{main}</section>"
        f"<section class='fs-sources' aria-label='{escape(heading)}'>{aside}</section></div>"
    )


def _sentence(sentence: AnswerSentence, titles: Mapping[int, str], langs: Mapping[int, str]) -> str:
    chips = "".join(_chip(number, titles[number]) for number in sentence.citations)
    lang = langs[sentence.citations[0]] if sentence.citations else "und"
    return (
        f"<p class='fs-sentence' dir='auto'><span lang='{escape(lang)}'>"
        f"{escape(sentence.text)}</span>&#8288;{chips}</p>"
    )


def _chip(number: int, title: str) -> str:
    label = strings.CHIP.format(number=number, title=title)
    return (
        f"<button type='button' class='fs-chip' data-card='source-{number}' "
        f"aria-label='{escape(label)}'>{number}</button>"
    )


def _lang(citation: Citation, hits: Iterable[Hit]) -> str:
    """Return the language of the passage that holds the quote: documents mix languages."""
    for hit in hits:
        passage, same = hit.passage, hit.passage.doc_id == citation.document.doc_id
        if same and passage.start <= citation.start < passage.end:
            return passage.lang
    return citation.document.lang


def _source_card(citation: Citation, lang: str) -> str:
    document, start, end = citation.document, citation.start, citation.end
    before, after = _around(document.text, (start, end))
    quote = f"{escape(before)}<mark>{escape(citation.quote)}</mark>{escape(after)}"
    copied = f"“{' '.join(citation.quote.split())}” ({document.title}, "
    copied += f"{place(document, citation.page)})"
    buttons = (
        f"{_open_button(document, (start, end))}<button type='button' class='fs-copy' "
        f"data-copy='{escape(copied)}' data-done='{escape(strings.COPIED)}'>"
        f"{escape(strings.COPY)}</button>"
    )
    heading = _heading(citation.number, document)
    meta = _meta(document, lang, citation.page)
    return _card(f"source-{citation.number}", f"{heading}{meta}{_quote(quote, lang)}", buttons)


def _passage_card(hit: Hit) -> str:
    passage = hit.passage
    shown = passage.text[:_PASSAGE_SHOWN]
    text = escape(shown) + ("…" if len(shown) < len(passage.text) else "")
    body = (
        f"{_heading(None, hit.document)}{_meta(hit.document, passage.lang, passage.page)}"
        f"{_quote(text, passage.lang)}"
    )
    button = _open_button(hit.document, (passage.start, passage.end))
    return _card(f"passage-{hit.rank}", body, button)


def _card(card_id: str, body: str, buttons: str) -> str:
    return (
        f"<article class='fs-card' id='{card_id}' tabindex='-1'>{body}"
        f"<p class='fs-buttons'>{buttons}</p></article>"
    )


def _heading(number: int | None, document: Document) -> str:
    mark = f"<span class='fs-number'>{number}</span>" if number else ""
    title = f"<bdi lang='{escape(document.lang)}'>{escape(document.title)}</bdi>"
    return f"<h3>{mark}{title}</h3>"


def _meta(document: Document, lang: str, page: int | None) -> str:
    parts = [f"<span class='fs-badge'>{escape(strings.language(lang))}</span>"]
    if document.date:
        parts.append(f"<span>{escape(document.date)}</span>")
    if page:
        parts.append(f"<span>{escape(strings.PAGE.format(page=page))}</span>")
    parts.append(f"<bdi>{escape(document.source)}</bdi>")
    return f"<p class='fs-meta'>{''.join(parts)}</p>"


def _quote(inner: str, lang: str) -> str:
    return f"<blockquote dir='auto' lang='{escape(lang)}'>{inner}</blockquote>"


def _open_button(document: Document, span: Span) -> str:
    return (
        f"<button type='button' class='fs-open' data-doc='{escape(document.doc_id)}' "
        f"data-start='{span[0]}' data-end='{span[1]}'>{escape(strings.OPEN)}</button>"
    )


def _around(text: str, span: Span) -> tuple[str, str]:
    """Return a little text before and after a span, within its paragraph and on whole words."""
    start, end = span
    before = text[max(0, start - _CONTEXT) : start].rpartition("\n\n")[2]
    after = text[end : end + _CONTEXT].partition("\n\n")[0]
    if len(before) == _CONTEXT:
        before = "… " + (before.partition(" ")[2] or before)
    if len(after) == _CONTEXT:
        after = (after.rpartition(" ")[0] or after) + " …"
    return before, after


def _abstention(answer: Answer) -> str:
    reason = REASONS[answer.reason] if answer.reason is not None else ""
    main = f"<p class='fs-none'>{escape(NOT_FOUND)}</p><p class='fs-note'>{escape(reason)}</p>"
    cards = "".join(_passage_card(hit) for hit in answer.hits)
    return _columns(main, strings.CLOSEST, cards)


def error_html(error: FundstelleError) -> str:
    """Return a failure: what happened and what to do."""
    return (
        f"<div class='fs-error' role='alert'><p>{escape(error.message)}</p>"
        f"<p class='fs-note'>{escape(error.hint)}</p></div>"
    )


def empty_html(documents: int, by_lang: Mapping[str, int]) -> str:
    """Return what stands on the page before the first question."""
    if not documents:
        return f"<div class='fs-empty'><p>{escape(strings.EMPTY_NONE)}</p></div>"
    count = strings.counted(documents, strings.DOCUMENT_ONE, strings.DOCUMENT_MANY)
    ordered = sorted(by_lang.items(), key=lambda item: (-item[1], item[0]))
    badges = "".join(_language_count(lang, passages) for lang, passages in ordered)
    return (
        f"<div class='fs-empty'><h2>{escape(strings.EMPTY_TITLE)}</h2>"
        f"<p>{escape(strings.EMPTY_HINT)}</p>"
        f"<p class='fs-meta'><span>{escape(strings.EMPTY_COUNT.format(documents=count))}</span>"
        f"{badges}</p></div>"
    )


def _language_count(lang: str, passages: int) -> str:
    words = strings.PASSAGES.format(count=passages)
    return (
        f"<span><span class='fs-badge'>{escape(strings.language(lang))}</span> "
        f"{escape(words)}</span>"
    )


def header_html() -> str:
    """Return the page's head line."""
    return f"<h1>{escape(strings.TITLE)}</h1><p>{escape(strings.TAGLINE)}</p>"


def dialog_html() -> str:
    """Return the empty dialog that shows a document; the script fills it with plain text."""
    words = {
        "loading": strings.LOADING,
        "failed": strings.LOAD_FAILED,
        "changed": strings.FILE_CHANGED,
        "missing": strings.FILE_MISSING,
    }
    data = " ".join(f"data-{name}='{escape(text)}'" for name, text in words.items())
    return (
        f"<dialog id='fs-dialog' aria-labelledby='fs-dialog-title' {data}>"
        "<header><div><h2 id='fs-dialog-title'><bdi></bdi></h2><p class='fs-meta'></p></div>"
        f"<button type='button' class='fs-close' aria-label='{escape(strings.CLOSE)}'>✕</button>"
        "</header><p class='fs-warning' role='status' hidden></p>"
        "<div class='fs-text' dir='auto' tabindex='0' role='document'></div></dialog>"
    )
