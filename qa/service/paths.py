"""Which paths the server knows at all, how much each takes, and what they are called in metrics."""

import re
from collections.abc import Iterable
from typing import Final

from starlette.routing import Route

from qa.documents import LARGEST

PREDICT: Final = "/gradio_api/run/predict"  # how a page has one of Gradio's events run
MAX_BODY: Final = 1_000_000
UPLOAD_PATH: Final = "/api/docs"
_OWN = re.compile(r"/(?:healthz|metrics|robots\.txt|login|logout|app/.+|api/.*)")
# What the browser's part of Gradio asks for. Our pages use neither its queue nor its uploads, and
# nobody else gets to them.
_GRADIO = re.compile(
    r"/(?:config|theme\.css|manifest\.json|favicon\.ico|(?:assets|static|svelte)/.+)?"
    rf"|/gradio_api/startup-events|{PREDICT}"
)
_LOGIN = frozenset({"/login", "/logout"})


def known(path: str, pages: frozenset[str] = frozenset()) -> bool:
    """Tell whether anything may be behind ``path``; ``pages`` are those of the app."""
    return path in pages or _OWN.fullmatch(path) is not None or _GRADIO.fullmatch(path) is not None


def most_bytes(method: str, path: str) -> int:
    """Return how large the body of a request may be."""
    return LARGEST if streams(method, path) else MAX_BODY


def streams(method: str, path: str) -> bool:
    """Tell whether a body goes to the disk as it comes, and is counted there."""
    return method == "POST" and path == UPLOAD_PATH


def route_name(path: str, routes: Iterable[Route], pages: frozenset[str]) -> str:
    """Return what metrics call ``path``: the route that answers it, and "other" for all the rest.

    Whoever asks chooses the path, and every name is kept for as long as the server runs.
    """
    if path in pages | _LOGIN:
        return path
    return next((one.path for one in routes if one.path_regex.match(path)), "other")
