"""The guard that stands before everything the server answers."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.errors import FundstelleError, InputError, ServiceError

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
MAX_BODY: Final = 1_000_000

# gr.HTML builds its templates with `new Function` and the page configures itself with inline
# scripts; event handlers written as attributes are refused, whatever a document may contain.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; script-src-attr 'none'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}
_STATUS: Final = {"document_unknown": 404, "not_found": 404}


def refusal(error: FundstelleError, status: int | None = None) -> Response:
    """Return a failure as the API's error object, with the fitting status."""
    return JSONResponse(error.to_json(), status or _STATUS.get(error.code, error.status))


def check_address(host: str) -> None:
    """Raise ServiceError unless ``host`` can be reached from this computer only."""
    if host not in LOOPBACK:
        raise ServiceError(
            "address_not_local",
            f"Fundstelle does not listen on {host}: others could read the documents.",
            "Use --host 127.0.0.1, and an SSH tunnel to reach it from elsewhere.",
        )


class Guard:
    """ASGI middleware around the whole application.

    Refuses requests that name another host (DNS rebinding) or come from another origin, and
    bodies above ``max_body`` bytes, however they are sent; adds security headers to every
    response. Refused requests never reach the application, so its own CORS layer stays silent.
    """

    def __init__(
        self, app: ASGIApp, hosts: Iterable[str] = LOOPBACK, max_body: int = MAX_BODY
    ) -> None:
        """Stand before ``app``; ``hosts`` are the names it may be called by, without ports."""
        self._app = app
        self._hosts = frozenset(hosts)
        self._max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":  # nothing here speaks it
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._http(scope, receive, _with_headers(send))

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refuse(Headers(scope=scope))
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        body = await self._read(receive)
        if body is None:
            await self._too_large()(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)

    def _refuse(self, headers: Headers) -> Response | None:
        host, origin = headers.get("host", "").lower(), headers.get("origin")
        if _hostname(host) not in self._hosts:
            return _forbidden("host_refused", "This server answers only under its own address.")
        if origin is not None and origin.lower() != f"http://{host}":
            return _forbidden("origin_refused", "This server does not answer other web sites.")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self._max_body:
            return self._too_large()
        return None

    async def _read(self, receive: Receive) -> bytes | None:
        """Return the body, or None as soon as it exceeds the limit."""
        body = bytearray()
        while True:
            message = await receive()
            body += message.get("body", b"")
            if len(body) > self._max_body:
                return None
            if not message.get("more_body", False):
                return bytes(body)

    def _too_large(self) -> Response:
        sentence = f"The request is larger than {self._max_body:,} bytes."
        return refusal(InputError("request_too_large", sentence, "Send a shorter one."), 413)


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:  # such as an unclosed bracket
        return None


def _forbidden(code: str, sentence: str) -> Response:
    return refusal(ServiceError(code, sentence, "Open the address that `qa serve` shows."), 403)


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting = [body]

    async def replayed() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replayed


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            message.setdefault("headers", [])
            MutableHeaders(scope=message).update(_HEADERS)
        await send(message)

    return sent
