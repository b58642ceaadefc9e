"""What stands on the Ask page before a question, and the filters below it, as HTML."""

from collections.abc import Mapping, Sequence

from qa.store import DocumentSummary
from qa.ui.markup import badge, escape
from qa.ui.words import Lang, counted, language_name
from qa.ui.words.ask import WORDS

_LISTED = 500  # documents that the filter suggests
_QUOTES: Mapping[Lang, tuple[str, str]] = {"en": ("“", "”"), "de": ("„", "“"), "ja": ("「", "」")}


def welcome_html(
    documents: int,
    by_lang: Mapping[str, int],
    examples: Sequence[tuple[str, str, bool]],
    lang: Lang,
) -> str:
    """Return what is indexed, what may be asked, and where the reader's own questions go."""
    words = WORDS[lang]
    add = f"<a href='./documents'>{escape(words.add_documents)}</a>"
    if not documents:
        return f"<div class='fs-empty'><h2>{escape(words.empty_none)}</h2><p>{add}</p></div>"
    count = counted(documents, words.document_one, words.document_many, lang)
    ordered = sorted(by_lang.items(), key=lambda item: (-item[1], item[0]))
    badges = "".join(_language_count(code, passages, lang) for code, passages in ordered)
    return (
        f"<div class='fs-empty'><h2>{escape(words.empty_title)}</h2>"
        f"<p>{escape(words.empty_hint)}</p>{_examples(examples, lang)}{_history(lang)}"
        f"<p class='fs-meta'><span>{escape(words.indexed.format(documents=count))}</span>"
        f"{badges}{add}</p></div>"
    )


def _language_count(code: str, passages: int, lang: Lang) -> str:
    words = WORDS[lang]
    count = counted(passages, words.passage_one, words.passage_many, lang)
    return f"<span>{badge(language_name(code, lang))} {escape(count)}</span>"


def _examples(examples: Sequence[tuple[str, str, bool]], lang: Lang) -> str:
    if not examples:
        return ""
    opening, closing = _QUOTES[lang]
    items = ""
    for text, written, asks in examples:
        heading = f"{opening}<bdi lang='{escape(written)}'>{escape(text)}</bdi>{closing}"
        question = escape(WORDS[lang].about).replace("{heading}", heading)
        tongue, way = (written, "auto") if asks else (lang, "ltr")
        items += (
            f"<li><button type='button' class='fs-example' lang='{escape(tongue)}' dir='{way}'>"
            f"{escape(text) if asks else question}</button></li>"
        )
    return f"<h3>{escape(WORDS[lang].examples)}</h3><ul class='fs-examples'>{items}</ul>"


def _history(lang: Lang) -> str:
    """Return the place of the reader's own questions; the script fills it if they are kept."""
    words = WORDS[lang]
    return (
        f"<div class='fs-history'><h3 hidden>{escape(words.history)}</h3>"
        "<ul class='fs-examples'></ul>"
        f"<label class='fs-switch'><input type='checkbox' class='fs-keep'> "
        f"{escape(words.history_keep)}</label> "
        f"<button type='button' class='fs-forget fs-action' hidden>"
        f"{escape(words.history_clear)}</button></div>"
    )


def filters_html(
    by_lang: Mapping[str, int], documents: Sequence[DocumentSummary], lang: Lang
) -> str:
    """Return the filters: languages, document, tag, dates."""
    words = WORDS[lang]
    langs = "".join(
        f"<label class='fs-check'><input type='checkbox' name='lang' value='{escape(code)}'> "
        f"{escape(language_name(code, lang))}</label>"
        for code in by_lang
    )
    options = "".join(
        f"<option value='{escape(one.source)}'>{escape(one.title)}</option>"
        for one in documents[:_LISTED]
    )
    return (
        f"<details class='fs-filters'><summary>{escape(words.filters)}</summary>"
        f"<form><fieldset><legend>{escape(words.any_language)}</legend>{langs}</fieldset>"
        f"<label>{escape(words.document_filter)} <input name='doc' list='fs-sources' "
        f"placeholder='{escape(words.document_hint)}' maxlength='300'></label>"
        f"<datalist id='fs-sources'>{options}</datalist>"
        f"<label>{escape(words.tag)} <input name='tag' maxlength='300'></label>"
        f"<label>{escape(words.since)} <input type='date' name='since'></label>"
        f"<label>{escape(words.until)} <input type='date' name='until'></label>"
        f"<button type='reset' class='fs-action'>{escape(words.clear)}</button></form></details>"
    )
