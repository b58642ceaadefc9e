"""What all pages share: the head line, the language of the interface, and own markup."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import gradio as gr
from gradio.components import Navbar
from gradio.i18n import I18nData

from qa.errors import FundstelleError
from qa.service import Service
from qa.ui.markup import escape
from qa.ui.words import COOKIE, LANGS, OWN_NAMES, Lang, chosen
from qa.ui.words.common import WORDS

TITLE: Final = "Fundstelle"
# An answer takes less time than Gradio's queue does, and the service orders questions itself.
EVENT: Final[dict[str, Any]] = {
    "queue": False,
    "show_progress": "hidden",
    "api_visibility": "private",
}
# Failures of which the server's own sentence says more, such as the line of a file.
_DETAILED: Final = ("tests_unusable",)
POLL_SECONDS: Final = 0.7


class Texts:
    """What stands on the pages from the beginning, in all languages: the browser picks one."""

    def __init__(self) -> None:
        """Begin without texts."""
        self._texts: dict[Lang, dict[str, str]] = {lang: {} for lang in LANGS}

    def __call__(self, say: Callable[[Lang], str]) -> I18nData:
        """Return a placeholder for ``say(lang)``, text or markup.

        The browser reads texts as ICU messages: ValueError if one has braces or an apostrophe.
        """
        key = f"fundstelle{len(self._texts['en'])}"
        for lang, texts in self._texts.items():
            texts[key] = say(lang)
            if set("{}'") & set(texts[key]):
                raise ValueError(f"cannot stand in a static text: {texts[key]}")
        return I18nData(key)

    def all(self) -> gr.I18n:
        """Return every text by language and key, for Gradio."""
        return gr.I18n(**{str(lang): texts for lang, texts in self._texts.items()})


@dataclass(frozen=True, slots=True)
class Site:
    """What a page is built from."""

    app: gr.Blocks
    service: Service
    texts: Texts = field(default_factory=Texts)


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its path below the root, its name in ``CommonWords``, and what builds it."""

    path: str
    name: str
    build: Callable[[Site], None]


def language(request: gr.Request) -> Lang:
    """Return the language in which the one who asks reads the interface."""
    return chosen(request.cookies.get(COOKIE), request.headers.get("accept-language", ""))


def own_html(value: str | I18nData, elem_id: str) -> gr.HTML:
    """Return markup of our own, shown as it is by the default template ``${value}``."""
    return gr.HTML(
        value,
        elem_id=elem_id,
        apply_default_css=False,
        js_on_load=None,
    )


def header(site: Site, pages: Sequence[Page], current: Page) -> None:
    """Put the head line onto the page that is being built."""
    Navbar(visible=False)  # Gradio's own
    own_html(site.texts(lambda lang: header_html(pages, current, lang)), "fs-header")


def hidden_heading(name: str) -> str:
    """Return the heading of a page on which nobody needs to see one."""
    return f'<h1 class="fs-hidden">{escape(name)}</h1>'


def header_html(pages: Sequence[Page], current: Page, lang: Lang) -> str:
    """Return the head line: the pages, what leaves the computer, the languages."""
    words = WORDS[lang]
    links = "".join(_link(page, page is current, lang) for page in pages)
    tongues = "".join(_tongue(tongue, tongue == lang) for tongue in LANGS)
    name = escape(getattr(words, current.name))
    # What the scripts of the pages may have to say.
    errors = " ".join(
        f'data-error-{code}="{escape(" ".join(said))}"' for code, said in words.errors.items()
    )
    # A document that is read has its own title.
    heading = "" if current.path == "sources" else hidden_heading(getattr(words, current.name))
    return (
        f'<a class="fs-skip" href="#fs-main">{escape(words.skip)}</a>{heading}'
        f'<header class="fs-header" data-title="{name}" data-lost="{escape(words.lost)}" '
        f'data-401="{escape(words.logged_out)}" data-429="{escape(words.too_many)}" '
        f'data-detailed="{" ".join(_DETAILED)}" {errors}>'
        f'<a class="fs-brand" href="./" title="{escape(words.tagline)}">{TITLE}</a>'
        f'<nav aria-label="{escape(words.navigation)}">{links}</nav>'
        f'<span class="fs-offline" title="{escape(words.offline_why)}">'
        f"{escape(words.offline)}</span>"
        f'<div class="fs-languages" role="group" aria-label="{escape(words.language)}">'
        f"{tongues}</div></header>"
    )


def _link(page: Page, current: bool, lang: Lang) -> str:
    here = ' aria-current="page"' if current else ""
    name = escape(getattr(WORDS[lang], page.name))
    return f'<a href="./{page.path}"{here}>{name}</a>'


def _tongue(lang: Lang, current: bool) -> str:
    return (
        f'<button type="button" class="fs-tongue" data-language="{lang}" lang="{lang}" '
        f'aria-pressed="{str(current).lower()}" title="{OWN_NAMES[lang]}">'
        f"{'日本' if lang == 'ja' else lang.upper()}</button>"
    )


def error_html(error: FundstelleError, lang: Lang) -> str:
    """Return a failure: what happened and what to do, in ``lang`` where we know the words."""
    message, hint = WORDS[lang].errors.get(error.code, (error.message, error.hint))
    if error.code in _DETAILED and message != error.message:
        hint += f" ({error.message})"
    return (
        f"<div class='fs-error' role='alert'><p>{escape(message)}</p>"
        f"<p class='fs-note'>{escape(hint)}</p></div>"
    )
