"""The Ask page: a question on top, the answer on the left, its sources on the right."""

import gradio as gr
from anyio import to_thread
from gradio.events import Dependency
from pydantic import ValidationError

from qa.datamodel import Filters
from qa.errors import FundstelleError
from qa.service.bodies import AskBody
from qa.service.core import Explained
from qa.service.endpoints import invalid
from qa.ui import welcome
from qa.ui.answer import answer_html
from qa.ui.frame import EVENT, Site, error_html, language, own_html
from qa.ui.markup import dialog_html
from qa.ui.words import Lang
from qa.ui.words.ask import WORDS

_EXAMPLES = 5
_TICKET = 64


def build(site: Site) -> None:
    """Put the page into the Blocks that is open."""
    service, texts = site.service, site.texts

    async def result(asked: str, ticket: str, request: gr.Request) -> tuple[str, str]:
        """Answer a question; the ticket goes back with the answer."""
        lang, client = language(request), str(request.session_hash)
        try:
            body = _body(asked)
            filters = body.filters()
            found = await service.explain(
                body.question, filters, client=client, ticket=ticket[:_TICKET]
            )
        except FundstelleError as error:
            return error_html(error, lang), ticket
        return _answered(found, filters, lang, _home(request)), ticket

    async def arrive(asked: str, ticket: str, request: gr.Request) -> tuple[str, str, str]:
        """Answer the question in the page's address, or say what is indexed."""
        lang = language(request)
        filters = ""
        try:
            documents, _ = await to_thread.run_sync(service.listing)
            count, by_lang = await to_thread.run_sync(service.overview)
            filters = welcome.filters_html(by_lang, documents, lang)
            if not _body(asked).question.strip():
                examples = await to_thread.run_sync(service.examples, _EXAMPLES)
                return welcome.welcome_html(count, by_lang, examples, lang), ticket, filters
        except FundstelleError as error:
            return error_html(error, lang), ticket, filters
        return *await result(asked, ticket, request), filters

    with gr.Row(elem_id="fs-ask"):
        question = _question_box(site)
        ask = texts(lambda lang: WORDS[lang].ask)
        button = gr.Button(ask, variant="primary", elem_id="fs-button", scale=0)
    filters = own_html("", "fs-filters")
    # Gradio keeps parts of one answer in the next. The script shows it in an element of its own.
    own_html("", "fs-place")
    own_html(texts(dialog_html), "fs-dialog-home")
    # The script asks with a body of the API, as text, and a ticket by which the question can be
    # cancelled; it gets markup, and that ticket.
    asked, ticket, given, told = (gr.Textbox(visible=False) for _ in range(4))
    answered = gr.on(
        [question.submit, button.click],
        result,
        [asked, ticket],
        [given, told],
        js="() => fundstelle.ask()",
        **EVENT,
    )
    arrived = site.app.load(
        arrive,
        [asked, ticket],
        [given, told, filters],
        js="() => fundstelle.arrive()",
        **EVENT,
    )
    _show(answered, given, told)
    _show(arrived, given, told)


def _answered(found: Explained, filters: Filters, lang: Lang, home: str) -> str:
    narrowed = filters != Filters()
    return answer_html(found.answer, lang, found.matches, found.states, home, narrowed=narrowed)


def _show(event: Dependency, given: gr.Textbox, told: gr.Textbox) -> None:
    """Let the script show what an event gave, or that it gave nothing."""
    event.success(None, [given, told], js="(html, ticket) => fundstelle.show(html, ticket)")
    event.failure(None, js="() => fundstelle.fail()")


def _body(asked: str) -> AskBody:
    try:
        return AskBody.model_validate_json(asked)
    except ValidationError as error:
        raise invalid(error) from error


def _home(request: gr.Request) -> str:
    """Return the address of the app as the reader's browser knows it."""
    origin = request.headers.get("origin") or f"http://{request.headers['host']}"
    return f"{origin}/"


def _question_box(site: Site) -> gr.Textbox:
    return gr.Textbox(
        label=site.texts(lambda lang: WORDS[lang].question),
        show_label=False,
        placeholder=site.texts(lambda lang: WORDS[lang].hint),
        container=False,
        max_lines=6,
        autofocus=True,
        interactive=True,  # nothing takes it as input: the script reads it
        elem_id="fs-question",
        scale=1,
    )
