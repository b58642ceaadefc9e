"""The pages together: ``PAGES`` is their order in the navigation."""

from typing import Final

import gradio as gr

from qa.service import Service
from qa.ui import ask, documents, evaluate, sources
from qa.ui.frame import TITLE, Page, Site, header

# Seconds between looks at Gradio's own files, and after which they go: there should be none.
_TIDYING: Final = (3600, 3600)
PAGES: Final[tuple[Page, ...]] = (
    Page("", "ask", ask.build),
    Page("sources", "sources", sources.build),
    Page("documents", "documents", documents.build),
    Page("evaluate", "evaluate", evaluate.build),
)


def build(service: Service) -> tuple[gr.Blocks, gr.I18n]:
    """Return all pages, ready to launch, and their texts in every language."""
    app = gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=_TIDYING)
    site = Site(app, service)
    first, *others = PAGES
    with app:
        _fill(site, first)
    for page in others:
        with app.route(page.name, f"/{page.path}", show_in_navbar=False):
            _fill(site, page)
    return app, site.texts.all()


def _fill(site: Site, page: Page) -> None:
    header(site, PAGES, page)
    with gr.Column(elem_id="fs-main"):
        page.build(site)
