"""The HTML around the pages: Gradio's own, with our script and style from the beginning."""

import json
from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.ui.assets import compress, takes_brotli
from qa.ui.words import COOKIE, Lang, chosen

_HEAD: Final = b"<head>"
# Gradio reads its language from the browser's; what the reader chose comes first.
_LANGUAGE: Final = (
    '<script>Object.defineProperty(navigator,"language",{{get:()=>{lang}}});</script>'
)


class Shell:
    """ASGI middleware: completes the head of every page, and sends it compressed.

    ``heads`` is what is added, by the path of a page; language and compression are the Shell's.
    """

    def __init__(self, app: ASGIApp, heads: Mapping[str, str]) -> None:
        """Stand before ``app``."""
        self._app = app
        self._heads = heads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        head = self._heads.get(scope.get("path", ""))
        if head is not None and scope.get("method") == "GET":
            send = _Page(scope, send, head).sent
        await self._app(scope, receive, send)


class _Page:
    """One response; if it is HTML it is held back until all of it has come by."""

    def __init__(self, scope: Scope, send: Send, head: str) -> None:
        self._scope = scope
        self._send = send
        self._head = head
        self._start: Message | None = None
        self._body = b""

    async def sent(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_html(message):
            self._start = message
        elif self._start is not None and message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send_all(self._start)
        else:
            await self._send(message)

    async def _send_all(self, start: Message) -> None:
        body, headers = self._with_head(self._body), MutableHeaders(scope=start)
        if takes_brotli(self._scope):
            body = compress(body)
            headers["content-encoding"] = "br"
        headers["content-length"] = str(len(body))
        headers["cache-control"] = "no-cache"
        headers["vary"] = "accept-language, cookie, accept-encoding"
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})

    def _with_head(self, body: bytes) -> bytes:
        lang = language(Headers(scope=self._scope))
        ours = _HEAD + (_LANGUAGE.format(lang=json.dumps(lang)) + self._head).encode()
        body = body.replace(b'lang="en"', f'lang="{lang}"'.encode(), 1)
        return body.replace(_HEAD, ours, 1)


def language(headers: Headers) -> Lang:
    """Return the language of the interface for a request."""
    cookies = cookie_parser(headers.get("cookie", ""))
    return chosen(cookies.get(COOKIE), headers.get("accept-language", ""))


def _is_html(message: Message) -> bool:
    return Headers(raw=message["headers"]).get("content-type", "").startswith("text/html")
