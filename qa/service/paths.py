"""Which paths the server knows at all, how much each takes, and what they are called in metrics."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from starlette.routing import Route

from qa.documents import LARGEST

PREDICT: Final = "/gradio_api/run/predict"  # how a page has one of Gradio's events run
_OWN = re.compile(r"/(?:healthz|metrics|robots\.txt|login|logout|app/.+|api/.*)")
# What the browser's part of Gradio asks for. Our pages use neither its queue nor its uploads, and
# nobody else gets to them.
_GRADIO = re.compile(
    r"/(?:config|theme\.css|manifest\.json|favicon\.ico|(?:assets|static|svelte)/.+)?"
    rf"|/gradio_api/(?:startup-events|app_id)|{PREDICT}"
)
_LOGIN = frozenset({"/login", "/logout"})


@dataclass(frozen=True, slots=True)
class Limit:
    """How many bytes a body may have, and what to do instead of sending a larger one."""

    size: int
    hint: str


_SMALL: Final = Limit(1_000_000, "Send a shorter one.")
_FILES: Final = {
    "/api/docs": Limit(LARGEST, "Split it, or leave out what is no text."),
    "/api/tests": Limit(20_000_000, "The command takes larger test sets: qa eval FILE"),
}


def known(path: str, pages: frozenset[str] = frozenset()) -> bool:
    """Tell whether anything may be behind ``path``; ``pages`` are those of the app."""
    return path in pages or _OWN.fullmatch(path) is not None or _GRADIO.fullmatch(path) is not None


def limit(method: str, path: str) -> Limit:
    """Return how large the body of a request may be."""
    return _FILES[path] if streams(method, path) else _SMALL


def streams(method: str, path: str) -> bool:
    """Tell whether a body goes on as it comes: large ones are not held for whoever sends them."""
    return method == "POST" and path in _FILES


def route_name(path: str, routes: Iterable[Route], pages: frozenset[str]) -> str:
    """Return what metrics call ``path``: the route that answers it, and "other" for all the rest.

    Whoever asks chooses the path, and every name is kept for as long as the server runs.
    """
    if path in pages | _LOGIN:
        return path
    return next((one.path for one in routes if one.path_regex.match(path)), "other")
