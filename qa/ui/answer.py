"""An answer as HTML: its sentences on the left, its sources on the right."""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from qa.citing import FORMATS, Says, answer_markdown, answer_page, as_text
from qa.datamodel import Answer, AnswerSentence, Citation, Document, Hit, Span
from qa.matches import Match
from qa.render import NO_STATES, States, bare
from qa.service.feedback import Verdict
from qa.ui.markup import around, badge, escape, meta, place_url, quote, tinted, titled
from qa.ui.words import Lang, counted, number
from qa.ui.words.ask import WORDS

_PASSAGE_SHOWN = 420
_LONGEST_WORD = 20  # that stays on one line with the numbers behind it
_NONE: Mapping[int, Sequence[Match]] = MappingProxyType({})


def answer_html(
    answer: Answer,
    lang: Lang,
    matches: Mapping[int, Sequence[Match]] = _NONE,
    states: States = NO_STATES,
    home: str = "./",
    *,
    narrowed: bool = False,
) -> str:
    """Return the answer on the left and its source cards on the right.

    ``matches`` are the words of each passage that match the question, ``states`` tell of documents
    whether their files are still those indexed; ``home`` is the address that links in copied
    citations begin with. ``narrowed``: filters left some documents out.
    """
    words, cards = WORDS[lang], _Cards(answer, lang, matches, states, home)
    if answer.abstained:
        return _abstention(answer, lang, cards, narrowed=narrowed)
    titles = {citation.number: citation.document.title for citation in answer.citations}
    sentences = "".join(_sentence(one, titles, cards.langs, lang) for one in answer.sentences)
    places = counted(len(answer.citations), words.place_one, words.place_many, lang)
    note = words.cited.format(places=places, took=number(round(answer.took_ms), lang))
    main = (
        f"{sentences}{_differing(answer, lang)}{_also(answer, lang)}"
        f"<p class='fs-note'>{escape(note)}</p>"
        f"{_judging(answer, ('right', 'wrong'), lang)}{_taking(answer, home, lang)}"
    )
    shown = "".join(cards.source(one) for one in answer.citations)
    return _columns(main, words.sources, shown, lang, tinted=bool(matches))


def _columns(main: str, heading: str, cards: str, lang: Lang, *, tinted: bool) -> str:
    switch = (
        "<label class='fs-switch'><input type='checkbox' class='fs-tinting' checked> "
        f"{escape(WORDS[lang].tint)}</label>"
    )
    top = f"<div class='fs-over'><h2>{escape(heading)}</h2>{switch if tinted else ''}</div>"
    return (
        "<div class='fs-result'>"
        f"<section class='fs-answer' id='answer' aria-label='{escape(WORDS[lang].answer)}'>"
        f"{main}</section><section class='fs-sources' aria-label='{escape(heading)}'>"
        f"{top + cards if cards else ''}</section></div>"
    )


def _differing(answer: Answer, lang: Lang) -> str:
    """Return a warning for citations that say the same with other figures."""
    said = (WORDS[lang].contradict.format(one=a, other=b) for a, b in answer.differing)
    return "".join(f"<p class='fs-warning'>{escape(one)}</p>" for one in said)


def _also(answer: Answer, lang: Lang) -> str:
    """Return the other documents that say the same, those with other figures marked."""
    if not answer.also:
        return ""
    words = WORDS[lang]
    items = "".join(
        f"<li><a href='{place_url(one.document.doc_id, (one.place.start, one.place.end))}'>"
        f"{titled(one.document)}</a>{badge(words.differing) if one.differ else ''}"
        f"{quote(escape(one.place.quote), one.document.lang)}</li>"
        for one in answer.also
    )
    return (
        f"<details class='fs-agreeing'{' open' if any(one.differ for one in answer.also) else ''}>"
        f"<summary>{escape(words.also_in)} ({len(answer.also)})</summary><ul>{items}</ul></details>"
    )


def _judging(answer: Answer, verdicts: Sequence[Verdict], lang: Lang) -> str:
    """Return what makes a test question of an answer."""
    words = WORDS[lang]
    names: Mapping[Verdict, str] = {
        "right": words.right,
        "wrong": words.wrong,
        "missing": words.missing_answer,
        "unanswerable": words.unanswerable,
    }
    places = [
        {"doc": one.document.doc_id, "start": one.start, "end": one.end} for one in answer.citations
    ]
    buttons = "".join(
        f"<button type='button' class='fs-verdict fs-action' data-verdict='{verdict}'>"
        f"{escape(names[verdict])}</button>"
        for verdict in verdicts
    )
    asked = "" if answer.abstained else f"<span>{escape(words.judge)}</span>"
    return (
        f"<p class='fs-judging' data-question='{escape(answer.question)}' "
        f"data-lang='{escape(answer.lang)}' data-places='{escape(json.dumps(places))}' "
        f"data-thanks='{escape(words.thanks)}' data-undo='{escape(words.undo)}'>"
        f"{asked}{buttons}</p>"
    )


def _taking(answer: Answer, home: str, lang: Lang) -> str:
    """Return the buttons that save the whole answer."""
    words = WORDS[lang]
    says = Says(words.also_in, words.differing, words.contradict)
    files = (
        ("answer.md", "text/markdown", answer_markdown(answer, home, says), words.save_markdown),
        ("answer.html", "text/html", answer_page(answer, home, says), words.save_html),
    )
    buttons = "".join(
        f"<button type='button' class='fs-save fs-action' data-name='{name}' data-type='{kind}' "
        f"data-content='{escape(content)}'>{escape(text)}</button>"
        for name, kind, content, text in files
    )
    printing = f"<button type='button' class='fs-print fs-action'>{escape(words.print)}</button>"
    return f"<p class='fs-taking'>{buttons}{printing}</p>"


def _sentence(
    sentence: AnswerSentence, titles: Mapping[int, str], langs: Mapping[int, str], lang: Lang
) -> str:
    chips = "".join(_chip(one, titles[one], lang) for one in sentence.citations)
    written = langs[sentence.citations[0]] if sentence.citations else "und"
    text = bare(sentence.text)
    head, space, last = text.rpartition(" ")
    if len(last) > _LONGEST_WORD:  # in a text without spaces, too
        head, space, last = text, "", ""
    tongue = f"lang='{escape(written)}'"
    return (
        f"<p class='fs-sentence' dir='auto'><span {tongue}>{escape(head)}{space}</span>"
        f"<span class='fs-together'><span {tongue}>{escape(last)}</span>{chips}</span></p>"
    )


def _chip(number: int, title: str, lang: Lang) -> str:
    label = WORDS[lang].chip.format(number=number, title=title)
    return (
        f"<button type='button' class='fs-chip' data-card='source-{number}' "
        f"aria-label='{escape(label)}'>{number}</button>"
    )


class _Cards:
    """The cards beside one answer."""

    def __init__(
        self,
        answer: Answer,
        lang: Lang,
        matches: Mapping[int, Sequence[Match]],
        states: States,
        home: str,
    ) -> None:
        self._hits = answer.hits
        self._lang = lang
        self._matches = matches
        self._states = states
        self._home = home
        self.langs = {one.number: self._written(one) for one in answer.citations}

    def _written(self, citation: Citation) -> str:
        """Return the language of the passage that holds the quote: documents mix languages."""
        for hit in self._of(citation):
            if hit.passage.start <= citation.start < hit.passage.end:
                return hit.passage.lang
        return citation.document.lang

    def _of(self, citation: Citation) -> list[Hit]:
        doc_id = citation.document.doc_id
        return [hit for hit in self._hits if hit.passage.doc_id == doc_id]

    def source(self, citation: Citation) -> str:
        """Return the card of a citation, its quote marked."""
        document, span, lang = citation.document, (citation.start, citation.end), self._lang
        found = [self._matches.get(hit.passage.passage_id, ()) for hit in self._of(citation)]
        words = sorted({one for some in found for one in some}, key=lambda one: one.start)
        before, after = around(document.text, span)
        marked = tinted(document.text, span, words)
        inner = f"{escape(before)}<mark>{marked}</mark>{escape(after)}"
        written = self.langs[citation.number]
        body = (
            f"{_heading(citation.number, document, span)}"
            f"{meta(document, written, citation.page, lang)}{self._warning(document)}"
            f"{quote(inner, written)}"
        )
        buttons = f"{_open_button(document, span, lang)}{_copying(citation, self._home, lang)}"
        return _card(f"source-{citation.number}", body, buttons)

    def _warning(self, document: Document) -> str:
        state, words = self._states.get(document.doc_id, "same"), WORDS[self._lang]
        said = {"same": "", "changed": words.changed, "missing": words.missing}[state]
        return f"<p class='fs-warning'>{escape(said)}</p>" if said else ""

    def passage(self, hit: Hit) -> str:
        """Return the card of a passage that answers nothing but is close."""
        passage, document, lang = hit.passage, hit.document, self._lang
        span = (passage.start, min(passage.end, passage.start + _PASSAGE_SHOWN))
        words = self._matches.get(passage.passage_id, ())
        text = tinted(document.text, span, words) + ("…" if span[1] < passage.end else "")
        where = meta(document, passage.lang, passage.page, lang)
        heading = _heading(None, document, (passage.start, passage.end))
        body = f"{heading}{where}{self._warning(document)}{quote(text, passage.lang)}"
        button = _open_button(document, (passage.start, passage.end), lang)
        return _card(f"passage-{hit.rank}", body, button)


def _copying(citation: Citation, home: str, lang: Lang) -> str:
    words = WORDS[lang]
    said = f"data-done='{escape(words.copied)}' data-failed='{escape(words.not_copied)}'"
    first = (
        f"<button type='button' class='fs-copy' {said} "
        f"data-copy='{escape(as_text(citation, home))}'>{escape(words.copy)}</button>"
    )
    others = "".join(
        f"<button type='button' class='fs-copy fs-copy-as' {said} "
        f"data-copy='{escape(write(citation, home))}' "
        f"title='{escape(words.copy_as.format(format=name))}'>{name}</button>"
        for name, write in FORMATS.items()
    )
    return f"{first}<span class='fs-formats'>{others}</span>"


def _card(card_id: str, body: str, buttons: str) -> str:
    return (
        f"<article class='fs-card' id='{card_id}' tabindex='-1'>{body}"
        f"<p class='fs-buttons'>{buttons}</p></article>"
    )


def _heading(number: int | None, document: Document, span: Span) -> str:
    mark = f"<span class='fs-number'>{number}</span>" if number else ""
    return f"<h3>{mark}<a href='{place_url(document.doc_id, span)}'>{titled(document)}</a></h3>"


def _open_button(document: Document, span: Span, lang: Lang) -> str:
    return (
        f"<button type='button' class='fs-open' data-doc='{escape(document.doc_id)}' "
        f"data-start='{span[0]}' data-end='{span[1]}'>{escape(WORDS[lang].open)}</button>"
    )


def _abstention(answer: Answer, lang: Lang, cards: _Cards, *, narrowed: bool) -> str:
    words = WORDS[lang]
    # That nothing was found in a part of the documents says nothing of all of them.
    partly = narrowed or answer.reason == "no_documents"
    verdicts: Sequence[Verdict] = ("missing",) if partly else ("missing", "unanswerable")
    reason = words.reasons[answer.reason] if answer.reason is not None else ""
    main = (
        f"<p class='fs-none'>{escape(words.not_found)}</p><p class='fs-note'>{escape(reason)}</p>"
        f"{_judging(answer, verdicts, lang)}"
    )
    shown = "".join(cards.passage(hit) for hit in answer.hits)
    return _columns(main, words.closest, shown, lang, tinted=bool(answer.hits))
