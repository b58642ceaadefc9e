"""The Documents page: what is indexed, what is not and why, and the ways to change it."""

import gradio as gr

from qa.ui import shelf
from qa.ui.frame import EVENT, POLL_SECONDS, Site, language, own_html
from qa.ui.words.documents import WORDS

_KIND = "sync"
_Shown = tuple[str, str, gr.Timer, gr.Button]


def build(site: Site) -> None:
    """Put the page into the Blocks that is open."""
    service, texts = site.service, site.texts

    def show(wanted: str, request: gr.Request) -> _Shown:
        """Return job and table as they are now; the timer goes on until nothing changes.

        A job may begin while this looks at the folder, and its reply arrive before this one.
        """
        lang, jobs = language(request), service.jobs.sight(_KIND)
        documents, status = service.listing()
        differences = service.library.differences()
        table = shelf.table_html(documents, status.failed, differences, wanted, lang)
        said = shelf.job_html(jobs, differences, lang)
        timer = gr.Timer(active=not service.jobs.settled(jobs))
        return said, table, timer, gr.Button(visible=service.jobs.runs(_KIND))

    def arrive(wanted: str, request: gr.Request) -> _Shown:
        """Return the page, which looks once more: a reply to what is pressed may overtake this."""
        said, table, _, halt = show(wanted, request)
        return said, table, gr.Timer(active=True), halt

    def synchronise(wanted: str, request: gr.Request) -> _Shown:
        service.library.sync()
        return show(wanted, request)

    def stop(wanted: str, request: gr.Request) -> _Shown:
        service.jobs.stop(_KIND)
        return show(wanted, request)

    own_html(texts(shelf.drop_html), "fs-adding")
    with gr.Row(elem_id="fs-bar"):
        wanted = gr.Textbox(
            label=texts(lambda lang: WORDS[lang].filter),
            placeholder=texts(lambda lang: WORDS[lang].filter),
            show_label=False,
            container=False,
            elem_id="fs-filter",
        )
        again = gr.Button(texts(lambda lang: WORDS[lang].sync), elem_id="fs-sync", scale=0)
        halt = gr.Button(
            texts(lambda lang: WORDS[lang].stop), elem_id="fs-stop", scale=0, visible=False
        )
    job = own_html("", "fs-progress")
    table = own_html("", "fs-shown")
    timer = gr.Timer(POLL_SECONDS, active=False)
    refresh = gr.Button(visible="hidden", elem_id="fs-refresh")
    outputs = [job, table, timer, halt]
    arrived = site.app.load(arrive, wanted, outputs, js="() => fundstelle.arrive()", **EVENT)
    arrived.success(None, js="() => fundstelle.comeBack()")
    gr.on([timer.tick, refresh.click, wanted.change], show, wanted, outputs, **EVENT)
    again.click(synchronise, wanted, outputs, **EVENT)
    halt.click(stop, wanted, outputs, **EVENT)
