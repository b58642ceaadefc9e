"""The Sources page: a whole document, opened at the passage that an answer rests on."""

from urllib.parse import parse_qs

import gradio as gr
from pydantic import BaseModel, Field, ValidationError

from qa.datamodel import Document, Filters, Hit, Span
from qa.errors import FundstelleError
from qa.matches import matched_words
from qa.service import Service
from qa.service.endpoints import invalid
from qa.ui import reading
from qa.ui.frame import EVENT, Site, error_html, language, own_html
from qa.ui.words import Lang

_LONGEST = 300  # characters of a passage that others are compared with
_ALSO = 4
_FOUND = 20
# How well another document must match a passage, in parts of how well the passage matches itself.
_SAME = 0.54


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
                return reading.choice_html(service.listing()[0], lang)
            document, state = service.document(place.doc)
        except FundstelleError as error:
            return error_html(error, lang)
        return reading.document_html(document, state, place.span(document), place.at, lang)

    async def also(query: str, request: gr.Request) -> str:
        try:
            place = _place(query)
            if not place.doc or place.end <= place.start:
                return ""
            return await _also(service, place, str(request.session_hash), language(request))
        except FundstelleError:
            return ""  # said above the text already

    shown = own_html("", "fs-shown")
    others = own_html("", "fs-others")
    query = gr.Textbox(visible=False)
    read = "() => [location.search.slice(1)]"
    arrived = site.app.load(arrive, query, shown, js=read, **EVENT)
    arrived.then(None, js="() => fundstelle.opened()")
    site.app.load(also, query, others, js=read, **EVENT)


def _place(query: str) -> _Place:
    values = {name: given[0] for name, given in parse_qs(query[:2_000]).items()}
    try:
        return _Place.model_validate_strings(values)
    except ValidationError as error:
        raise invalid(error) from error


async def _also(service: Service, place: _Place, client: str, lang: Lang) -> str:
    document, _ = service.document(place.doc)
    start, end = place.span(document)
    text = document.text[start : min(end, start + _LONGEST)]
    hits = await service.search(text, _FOUND, Filters(), client=client)
    others = _others(hits, place.doc)
    return reading.also_html(others, matched_words(service.assistant, text, others), lang)


def _others(hits: list[Hit], doc_id: str) -> list[Hit]:
    """Return the best passage of each other document that says much the same."""
    own = max((hit.scores["late"] for hit in hits if hit.passage.doc_id == doc_id), default=1.0)
    best: dict[str, Hit] = {}
    for hit in hits:
        if hit.passage.doc_id != doc_id and hit.scores["late"] >= _SAME * own:
            best.setdefault(hit.passage.doc_id, hit)
    return list(best.values())[:_ALSO]
