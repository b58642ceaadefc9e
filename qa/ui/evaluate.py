"""The Evaluate page: run a test set, read how good the answers are, compare two runs."""

import gradio as gr

from qa.errors import FundstelleError
from qa.service.jobs import Sight
from qa.ui import figures
from qa.ui.frame import EVENT, POLL_SECONDS, Site, error_html, language, own_html
from qa.ui.words import Lang
from qa.ui.words.evaluate import WORDS

_KIND = "evaluate"
_Shown = tuple[gr.Dropdown, gr.Dropdown, gr.Dropdown, str, str, str, gr.Timer, gr.Button]


class _Handlers:
    """What the page does: each returns everything that is shown, as it is now."""

    def __init__(self, site: Site) -> None:
        self._service = site.service
        self._evaluations = site.service.evaluations

    def figure(self, run: str | None, before: str | None, request: gr.Request) -> str:
        """Return the report of a run, and its comparison with another one."""
        lang, evaluations = language(request), self._evaluations
        if not run:
            return figures.empty_html(lang)
        try:
            report = evaluations.report(run)
            compared = evaluations.compare(before, run) if before and before != run else None
            ids = {one.source: one.doc_id for one in self._service.listing()[0]}
            questions = evaluations.questions(report, compared)
            return figures.report_html(report, compared, questions, ids, lang)
        except FundstelleError as error:
            return error_html(error, lang)

    def show(
        self, tests: str | None, run: str | None, before: str | None, request: gr.Request
    ) -> _Shown:
        """Return the page as it is."""
        return self._page(self._service.jobs.sight(_KIND), tests, run, before, request)

    def arrive(
        self, tests: str | None, run: str | None, before: str | None, request: gr.Request
    ) -> _Shown:
        """Return the page, which looks once more: a reply to what is pressed may overtake this."""
        shown = self.show(tests, run, before, request)
        return (*shown[:6], gr.Timer(active=True), shown[7])

    def tick(
        self, tests: str | None, run: str | None, before: str | None, seen: str, request: gr.Request
    ) -> _Shown:
        """Return the page with the new run, once it has come to its end.

        ``seen`` is the last run that has ended, as far as the page knows: once shown, a run is
        not chosen again while another job goes on.
        """
        jobs = self._service.jobs.sight(_KIND)
        ended = _ended(jobs)
        return self._page(jobs, tests, run if ended == seen else ended, before, request)

    def _page(
        self,
        jobs: Sight,
        tests: str | None,
        run: str | None,
        before: str | None,
        request: gr.Request,
    ) -> _Shown:
        """Return the page as of ``jobs``; the timer goes on until nothing changes."""
        lang = language(request)
        names = [one.run for one in self._evaluations.runs()]
        sets = self._sets(lang)
        keys = [key for _, key in sets]
        run = run if run in names else next(iter(names), None)
        before = before if before in names else ""
        others = [(WORDS[lang].nothing, ""), *((name, name) for name in names)]
        figure = self.figure(run, before, request)
        return (
            gr.Dropdown(choices=sets, value=tests if tests in keys else next(iter(keys), None)),
            gr.Dropdown(choices=names, value=run),
            gr.Dropdown(choices=others, value=before),
            figures.job_html(jobs, lang),
            figure,
            _ended(jobs),
            gr.Timer(active=not self._service.jobs.settled(jobs)),
            gr.Button(visible=self._service.jobs.runs(_KIND)),
        )

    def _sets(self, lang: Lang) -> list[tuple[str, str]]:
        """Return the test sets to choose from, each as it is shown and as it is named here."""
        own, evaluations = WORDS[lang].readers, self._evaluations
        found = evaluations.tests()
        return [(own if evaluations.from_readers(one) else one.name, one.key) for one in found]

    def added(
        self, name: str, run: str | None, before: str | None, seen: str, request: gr.Request
    ) -> _Shown:
        """Return the page with a test set chosen that was uploaded."""
        return self.tick(self._evaluations.uploaded(name), run, before, seen, request)

    def start(
        self, tests: str | None, run: str | None, before: str | None, seen: str, request: gr.Request
    ) -> _Shown:
        """Begin an evaluation, or say why it cannot begin."""
        try:
            self._evaluations.start(tests or "")
        except FundstelleError as error:
            shown = self.tick(tests, run, before, seen, request)
            return (*shown[:3], error_html(error, language(request)), *shown[4:])
        return self.tick(tests, run, before, seen, request)

    def stop(
        self, tests: str | None, run: str | None, before: str | None, seen: str, request: gr.Request
    ) -> _Shown:
        """Stop the evaluation; it can be continued."""
        self._service.jobs.stop(_KIND)
        return self.tick(tests, run, before, seen, request)


def _ended(jobs: Sight) -> str:
    """Return the run of the last evaluation that came to its end; "" while there is none."""
    return str(jobs.own.result) if jobs.own is not None and jobs.own.state == "done" else ""


def build(site: Site) -> None:
    """Put the page into the Blocks that is open."""
    texts, does = site.texts, _Handlers(site)
    own_html(texts(figures.upload_html), "fs-adding")
    with gr.Row(elem_id="fs-bar"):
        tests = _choice(site, "tests")
        go = gr.Button(
            texts(lambda lang: WORDS[lang].start), variant="primary", elem_id="fs-start", scale=0
        )
        halt = gr.Button(
            texts(lambda lang: WORDS[lang].stop), elem_id="fs-stop", scale=0, visible=False
        )
    job = own_html("", "fs-progress")
    with gr.Row(elem_id="fs-runs"):
        run, before = _choice(site, "run"), _choice(site, "before")
    shown = own_html("", "fs-shown")
    seen = gr.Textbox(visible=False)
    timer = gr.Timer(POLL_SECONDS, active=False)
    refresh = gr.Button(visible="hidden", elem_id="fs-refresh")
    inputs = [tests, run, before, seen]
    outputs = [tests, run, before, job, shown, seen, timer, halt]
    left = "tests => [tests, fundstelle.chosen(`run`), fundstelle.chosen(`before`)]"
    arrived = site.app.load(does.arrive, inputs[:3], outputs, js=left, **EVENT)
    arrived.success(None, js="() => fundstelle.comeBack()")
    chosen = "(tests, ...others) => [fundstelle.added, ...others]"
    refresh.click(does.added, inputs, outputs, js=chosen, **EVENT)
    timer.tick(does.tick, inputs, outputs, **EVENT)
    remember = "(run, before) => (fundstelle.remember({ run, before }), [run, before])"
    gr.on([run.input, before.input], does.figure, [run, before], shown, js=remember, **EVENT)
    # The run that is begun is the next one to be shown.
    forget = "(...given) => (fundstelle.remember({ run: `` }), given)"
    go.click(does.start, inputs, outputs, js=forget, **EVENT)
    halt.click(does.stop, inputs, outputs, **EVENT)


def _choice(site: Site, name: str) -> gr.Dropdown:
    """Return a list to choose from; what is in it is filled in when the page opens."""
    return gr.Dropdown(
        choices=[],
        label=site.texts(lambda lang: str(getattr(WORDS[lang], name))),
        elem_id=f"fs-{name}",
        allow_custom_value=True,  # what is in the list changes after the page was built
        scale=1,
    )
