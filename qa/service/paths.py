"""Which paths the server knows at all, how much each takes, and what they are called in metrics."""

import re
from typing import Final

from qa.documents import LARGEST

MAX_BODY: Final = 1_000_000
UPLOAD_PATH: Final = "/api/docs"
_OWN = re.compile(r"/(?:healthz|metrics|robots\.txt|login|logout|app/.+|api/.*)")
# What the browser's part of Gradio asks for. Our pages use neither its queue nor its uploads, and
# nobody else gets to them.
_GRADIO = re.compile(
    r"/(?:config|theme\.css|manifest\.json|favicon\.ico|(?:assets|static|svelte)/.+)?"
    r"|/gradio_api/(?:startup-events|run/predict)"
)
_ID = re.compile(r"(?<=/docs/)[^/]+|(?<=/pages/)[^/]+|(?<=/trash/)[^/]+|(?<=/feedback/)[^/]+")


def known(path: str, pages: frozenset[str] = frozenset()) -> bool:
    """Tell whether anything may be behind ``path``; ``pages`` are those of the app."""
    return path in pages or _OWN.fullmatch(path) is not None or _GRADIO.fullmatch(path) is not None


def most_bytes(method: str, path: str) -> int:
    """Return how large the body of a request may be."""
    return LARGEST if streams(method, path) else MAX_BODY


def streams(method: str, path: str) -> bool:
    """Tell whether a body goes to the disk as it comes, and is counted there."""
    return method == "POST" and path == UPLOAD_PATH


def route_name(path: str) -> str:
    """Return ``path`` without ids and names: what metrics tell routes by."""
    if path.startswith("/api/") and len(path) < 100:
        return _ID.sub("{}", path) if _ID.search(path) or path.count("/") == 2 else "/api/"
    if path.startswith("/gradio_api/"):
        return "/gradio_api/"
    return path if path in ("/", "/healthz", "/metrics", "/login", "/logout") else "other"
