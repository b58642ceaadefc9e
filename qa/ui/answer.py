"""An answer as HTML: its sentences on the left, its sources on the right."""

from collections.abc import Iterable, Mapping

from qa.datamodel import Answer, AnswerSentence, Citation, Document, Hit, Span
from qa.render import place
from qa.ui.markup import around, badge, escape, meta, quote, titled
from qa.ui.words import Lang, counted, language_name, number
from qa.ui.words.ask import WORDS

_PASSAGE_SHOWN = 420


def answer_html(answer: Answer, lang: Lang) -> str:
    """Return the answer on the left and its source cards on the right."""
    words = WORDS[lang]
    if answer.abstained:
        return _abstention(answer, lang)
    langs = {citation.number: _lang(citation, answer.hits) for citation in answer.citations}
    titles = {citation.number: citation.document.title for citation in answer.citations}
    sentences = "".join(_sentence(one, titles, langs, lang) for one in answer.sentences)
    cards = "".join(_source_card(one, langs[one.number], lang) for one in answer.citations)
    places = counted(len(answer.citations), words.place_one, words.place_many, lang)
    note = words.cited.format(places=places, took=number(round(answer.took_ms), lang))
    main = f"{sentences}<p class='fs-note'>{escape(note)}</p>"
    return _columns(main, words.sources, cards, lang)


def _columns(main: str, heading: str, cards: str, lang: Lang) -> str:
    aside = f"<h2>{escape(heading)}</h2>{cards}" if cards else ""
    return (
        "<div class='fs-result'>"
        f"<section class='fs-answer' id='answer' aria-label='{escape(WORDS[lang].answer)}'>"
        f"{main}</section>"
        f"<section class='fs-sources' aria-label='{escape(heading)}'>{aside}</section></div>"
    )


def _sentence(
    sentence: AnswerSentence, titles: Mapping[int, str], langs: Mapping[int, str], lang: Lang
) -> str:
    chips = "".join(_chip(one, titles[one], lang) for one in sentence.citations)
    written = langs[sentence.citations[0]] if sentence.citations else "und"
    return (
        f"<p class='fs-sentence' dir='auto'><span lang='{escape(written)}'>"
        f"{escape(sentence.text)}</span>&#8288;{chips}</p>"
    )


def _chip(number: int, title: str, lang: Lang) -> str:
    label = WORDS[lang].chip.format(number=number, title=title)
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


def _source_card(citation: Citation, written: str, lang: Lang) -> str:
    document, span, words = citation.document, (citation.start, citation.end), WORDS[lang]
    before, after = around(document.text, span)
    inner = f"{escape(before)}<mark>{escape(citation.quote)}</mark>{escape(after)}"
    copied = f"“{' '.join(citation.quote.split())}” ({document.title}, "
    copied += f"{place(document, citation.page)})"
    buttons = (
        f"{_open_button(document, span, lang)}<button type='button' class='fs-copy' "
        f"data-copy='{escape(copied)}' data-done='{escape(words.copied)}'>"
        f"{escape(words.copy)}</button>"
    )
    where = meta(document, written, citation.page, lang)
    body = f"{_heading(citation.number, document)}{where}{quote(inner, written)}"
    return _card(f"source-{citation.number}", body, buttons)


def _passage_card(hit: Hit, lang: Lang) -> str:
    passage, document = hit.passage, hit.document
    shown = passage.text[:_PASSAGE_SHOWN]
    text = escape(shown) + ("…" if len(shown) < len(passage.text) else "")
    where = meta(document, passage.lang, passage.page, lang)
    body = f"{_heading(None, document)}{where}{quote(text, passage.lang)}"
    button = _open_button(document, (passage.start, passage.end), lang)
    return _card(f"passage-{hit.rank}", body, button)


def _card(card_id: str, body: str, buttons: str) -> str:
    return (
        f"<article class='fs-card' id='{card_id}' tabindex='-1'>{body}"
        f"<p class='fs-buttons'>{buttons}</p></article>"
    )


def _heading(number: int | None, document: Document) -> str:
    mark = f"<span class='fs-number'>{number}</span>" if number else ""
    return f"<h3>{mark}{titled(document)}</h3>"


def _open_button(document: Document, span: Span, lang: Lang) -> str:
    return (
        f"<button type='button' class='fs-open' data-doc='{escape(document.doc_id)}' "
        f"data-start='{span[0]}' data-end='{span[1]}'>{escape(WORDS[lang].open)}</button>"
    )


def _abstention(answer: Answer, lang: Lang) -> str:
    words = WORDS[lang]
    reason = words.reasons[answer.reason] if answer.reason is not None else ""
    main = (
        f"<p class='fs-none'>{escape(words.not_found)}</p><p class='fs-note'>{escape(reason)}</p>"
    )
    cards = "".join(_passage_card(hit, lang) for hit in answer.hits)
    return _columns(main, words.closest, cards, lang)


def empty_html(documents: int, by_lang: Mapping[str, int], lang: Lang) -> str:
    """Return what stands on the page before the first question."""
    words = WORDS[lang]
    if not documents:
        return f"<div class='fs-empty'><p>{escape(words.empty_none)}</p></div>"
    count = counted(documents, words.document_one, words.document_many, lang)
    ordered = sorted(by_lang.items(), key=lambda item: (-item[1], item[0]))
    badges = "".join(_language_count(code, passages, lang) for code, passages in ordered)
    return (
        f"<div class='fs-empty'><h2>{escape(words.empty_title)}</h2>"
        f"<p>{escape(words.empty_hint)}</p>"
        f"<p class='fs-meta'><span>{escape(words.indexed.format(documents=count))}</span>"
        f"{badges}</p></div>"
    )


def _language_count(code: str, passages: int, lang: Lang) -> str:
    words = WORDS[lang]
    count = counted(passages, words.passage_one, words.passage_many, lang)
    return f"<span>{badge(language_name(code, lang))} {escape(count)}</span>"
