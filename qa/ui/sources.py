"""The Sources page: a whole document, opened at the passage that an answer rests on."""

from urllib.parse import parse_qs

import gradio as gr
from anyio import to_thread
from pydantic import BaseModel, Field, ValidationError

from qa.datamodel import Document, Span
from qa.errors import FundstelleError
from qa.service.endpoints import invalid
from qa.ui import reading
from qa.ui.frame import EVENT, Site, error_html, hidden_heading, language, own_html
from qa.ui.markup import escape
from qa.ui.words import Lang
from qa.ui.words.common import WORDS as COMMON
from qa.ui.words.sources import WORDS


class _Place(BaseModel):
    """The query of the page's address."""

    doc: str = Field("", max_length=100)
    start: int = Field(0, ge=0, le=10**9)
    end: int = Field(0, ge=0, le=10**9)
    at: int | None = Field(None, ge=0, le=10**9)

    def span(self, document: Document) -> Span:
        """Return the passage, kept within the document."""
        end = min(self.end, len(document.text))
        return min(self.start, end), end


def build(site: Site) -> None:
    """Put the page into the Blocks that is open."""
    service = site.service

    def arrive(query: str, request: gr.Request) -> str:
        lang = language(request)
        try:
            place = _place(query)
            if not place.doc:
                documents = service.listing()[0]
                return reading.choice_html(documents, lang) if documents else _nothing(lang)
            document, state = service.document(place.doc)
        except FundstelleError as error:
            return hidden_heading(COMMON[lang].sources) + error_html(error, lang)
        span = place.span(document)
        text = reading.document_html(document, state, span, place.at, lang)
        return text + reading.references_html(document, lang)

    async def also(query: str, request: gr.Request) -> str:
        try:
            place = _place(query)
            if not place.doc:
                return ""
            lang, client = language(request), str(request.session_hash)
            twins = reading.twins_html(await to_thread.run_sync(service.twins, place.doc), lang)
            if place.end <= place.start:
                return twins
            found = await service.similar(place.doc, (place.start, place.end), client=client)
            return twins + reading.also_html(found.hits, found.matches, lang)
        except FundstelleError:
            return ""  # said above the text already

    shown = own_html("", "fs-shown")
    others = own_html("", "fs-others")
    query = gr.Textbox(visible=False)
    read = "() => [location.search.slice(1)]"
    arrived = site.app.load(arrive, query, shown, js=read, **EVENT)
    arrived.then(None, js="() => fundstelle.opened()")
    site.app.load(also, query, others, js=read, **EVENT)


def _nothing(lang: Lang) -> str:
    note = f"<p class='fs-note'>{escape(WORDS[lang].none)}</p>"
    return hidden_heading(COMMON[lang].sources) + note


def _place(query: str) -> _Place:
    values = {name: given[0] for name, given in parse_qs(query[:2_000]).items()}
    try:
        return _Place.model_validate_strings(values)
    except ValidationError as error:
        raise invalid(error) from error
