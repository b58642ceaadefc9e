"""The Ask page: a question on top, the answer on the left, its sources on the right."""

from typing import Any

import gradio as gr

from qa.errors import FundstelleError
from qa.service import Service
from qa.ui import markup, strings

# An answer takes less time than Gradio's queue does, and the service lets one question in at a
# time anyway.
_EVENT: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}


def build(service: Service) -> gr.Blocks:
    """Return the page, ready to launch."""

    def result(question: str) -> str:
        try:
            return markup.answer_html(service.ask(question))
        except FundstelleError as error:
            return markup.error_html(error)

    def arrive(question: str) -> tuple[str, str]:
        """Answer the question in the page's address, or say what is indexed."""
        if not question.strip():
            return "", markup.empty_html(*service.overview())
        return question, result(question)

    page = gr.Blocks(title=strings.TITLE, analytics_enabled=False)
    with page:
        _own_html(markup.header_html(), "fs-header")
        with gr.Row(elem_id="fs-ask"):
            question = _question_box()
            button = gr.Button(strings.ASK, variant="primary", elem_id="fs-button", scale=0)
        shown = _own_html("", "fs-shown")
        _own_html(markup.dialog_html(), "fs-sheet")
        remember = "(question) => fundstelle.remember(question)"
        asked = gr.on(
            [question.submit, button.click], result, question, shown, js=remember, **_EVENT
        )
        asked.then(None, js="() => fundstelle.settled()")
        read = "() => [fundstelle.question()]"
        page.load(arrive, question, [question, shown], js=read, **_EVENT)
    return page


def _own_html(value: str, elem_id: str) -> gr.HTML:
    """Return markup of our own, shown as it is by the default template ``${value}``."""
    return gr.HTML(value, elem_id=elem_id, apply_default_css=False, js_on_load=None)


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        label=strings.QUESTION,
        show_label=False,
        placeholder=strings.QUESTION_HINT,
        container=False,
        max_lines=6,
        autofocus=True,
        elem_id="fs-question",
        scale=1,
    )
