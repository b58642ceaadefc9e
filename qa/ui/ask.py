"""The Ask page: a question on top, the answer on the left, its sources on the right."""

import gradio as gr

from qa.errors import FundstelleError
from qa.ui import answer, markup
from qa.ui.frame import EVENT, Site, error_html, language, own_html
from qa.ui.words.ask import WORDS


def build(site: Site) -> None:
    """Put the page into the Blocks that is open."""
    service, texts = site.service, site.texts

    async def result(question: str, request: gr.Request) -> str:
        lang = language(request)
        try:
            return answer.answer_html(await service.ask(question), lang)
        except FundstelleError as error:
            return error_html(error, lang)

    async def arrive(question: str, request: gr.Request) -> tuple[str, str]:
        """Answer the question in the page's address, or say what is indexed."""
        if not question.strip():
            return "", answer.empty_html(*service.overview(), language(request))
        return question, await result(question, request)

    with gr.Row(elem_id="fs-ask"):
        question = _question_box(site)
        ask = texts(lambda lang: WORDS[lang].ask)
        button = gr.Button(ask, variant="primary", elem_id="fs-button", scale=0)
    shown = own_html("", "fs-shown")
    own_html(texts(markup.dialog_html), "fs-sheet")
    remember = "(question) => fundstelle.remember(question)"
    asked = gr.on([question.submit, button.click], result, question, shown, js=remember, **EVENT)
    asked.then(None, js="() => fundstelle.settled()")
    read = "() => [fundstelle.question()]"
    arrived = site.app.load(arrive, question, [question, shown], js=read, **EVENT)
    arrived.then(None, js="() => fundstelle.settled()")


def _question_box(site: Site) -> gr.Textbox:
    return gr.Textbox(
        label=site.texts(lambda lang: WORDS[lang].question),
        show_label=False,
        placeholder=site.texts(lambda lang: WORDS[lang].hint),
        container=False,
        max_lines=6,
        autofocus=True,
        elem_id="fs-question",
        scale=1,
    )
