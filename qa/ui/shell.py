"""The HTML around the pages: Gradio's own, with our script and style from the beginning."""

import json
from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.ui.words import COOKIE, Lang, chosen

_HEAD: Final = b"<head>"
# Gradio reads its language from the browser's; what the reader chose comes first.
_OURS: Final = (
    '<script>Object.defineProperty(navigator,"language",{{get:()=>{lang}}});</script>'
    '<link rel="stylesheet" href="./app/app.css"><script src="./app/app.js" defer></script>'
    '<script src="./app/{page}.js" defer></script>'
    '<link rel="icon" href="./app/icon.svg" type="image/svg+xml">'
)


class Shell:
    """ASGI middleware: writes the language, style and scripts into every page's head.

    ``pages`` holds the name of each page's own script by its path.
    """

    def __init__(self, app: ASGIApp, pages: Mapping[str, str]) -> None:
        """Stand before ``app``, behind whatever compresses."""
        self._app = app
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        page = self._pages.get(scope.get("path", ""))
        if page is not None and scope.get("method") == "GET":
            send = _Page(scope, send, page).sent
        await self._app(scope, receive, send)


class _Page:
    """One response; if it is HTML it is held back until its head has come by."""

    def __init__(self, scope: Scope, send: Send, page: str) -> None:
        self._page = page
        self._headers = Headers(scope=scope)
        self._send = send
        self._start: Message | None = None

    async def sent(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_html(message):
            self._start = message
        elif self._start is not None and message["type"] == "http.response.body":
            start, self._start = self._start, None
            body = self._with_head(message.get("body", b""))
            headers = MutableHeaders(scope=start)
            if "content-length" in headers:
                headers["content-length"] = str(len(body))
            headers["cache-control"] = "no-cache"
            headers["vary"] = "accept-language, cookie, accept-encoding"
            await self._send(start)
            await self._send({**message, "body": body})
        else:
            await self._send(message)

    def _with_head(self, body: bytes) -> bytes:
        lang = language(self._headers)
        ours = _HEAD + _OURS.format(lang=json.dumps(lang), page=self._page).encode()
        body = body.replace(b'lang="en"', f'lang="{lang}"'.encode(), 1)
        return body.replace(_HEAD, ours, 1)


def language(headers: Headers) -> Lang:
    """Return the language of the interface for a request."""
    cookies = cookie_parser(headers.get("cookie", ""))
    return chosen(cookies.get(COOKIE), headers.get("accept-language", ""))


def _is_html(message: Message) -> bool:
    return Headers(raw=message["headers"]).get("content-type", "").startswith("text/html")
