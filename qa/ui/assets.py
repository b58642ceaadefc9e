"""Scripts and styles, sent from memory.

Gradio opens and compresses a file anew for every request, some fifty times a page, while questions
wait on the same thread.
"""

import mimetypes
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

import brotli
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from qa.service.guard import method_unknown, refusal

_KEPT = 256  # files
_QUALITY = 6  # of 11; higher ones take eight times as long for half a percent
_LASTING: Final = "private, max-age=31536000, immutable"


class Assets:
    """ASGI middleware: answers for ``files``, which are paths of requests and files on disk."""

    def __init__(self, app: ASGIApp, files: Mapping[str, Path], soon: Iterable[str] = ()) -> None:
        """Stand before ``app``, with the files for the paths in ``soon`` ready to be sent."""
        self._app = app
        self._files = files
        self._small = lru_cache(_KEPT)(_compressed)
        for path in soon:
            self._small(files[path])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        path = scope.get("path", "")
        if path not in self._files:
            await self._app(scope, receive, send)
            return
        if scope["method"] not in ("GET", "HEAD"):
            refused = refusal(method_unknown(path, scope["method"], "GET, HEAD"))
            refused.headers["allow"] = "GET, HEAD"
            await refused(scope, receive, send)
            return
        file, small = self._files[path], takes_brotli(scope)
        # Gradio's names hold a hash, and ours a ?v= where a page asks for them.
        lasting = path.startswith("/assets/") or scope.get("query_string")
        headers = {
            "cache-control": _LASTING if lasting else "no-cache",
            "vary": "accept-encoding",
            **({"content-encoding": "br"} if small else {}),
        }
        body = self._small(file) if small else file.read_bytes()
        kind = mimetypes.guess_type(file.name)[0]
        await Response(body, media_type=kind, headers=headers)(scope, receive, send)


def takes_brotli(scope: Scope) -> bool:
    """Tell whether a response may be sent compressed."""
    return "br" in Headers(scope=scope).get("accept-encoding", "").replace(" ", "").split(",")


def compress(body: bytes) -> bytes:
    """Return text compressed with Brotli."""
    return bytes(brotli.compress(body, brotli.MODE_TEXT, _QUALITY))


def _compressed(file: Path) -> bytes:
    return compress(file.read_bytes())
