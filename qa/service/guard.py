"""The guard that stands before everything the server answers."""

import time
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.errors import FundstelleError, InputError, ServiceError
from qa.service import paths
from qa.service.access import LOOPBACK
from qa.service.observe import Metrics, log_request
from qa.service.turns import BusyError

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
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_STATUS: Final = {
    "document_unknown": 404,
    "not_found": 404,
    "method_unknown": 405,
    "ticket_unknown": 404,
    "feedback_unknown": 404,
    "place_taken": 409,
    "page_unknown": 404,
    "kind_refused": 415,
    "content_refused": 415,
    "request_too_large": 413,
    "file_changed": 409,
    "document_changed": 409,
    "document_in_archive": 409,
    "file_missing": 410,
    "job_running": 409,
    "login_needed": 401,
    "password_wrong": 401,
    "too_many_requests": 429,
    "host_refused": 403,
    "origin_refused": 403,
}


def refusal(error: FundstelleError) -> Response:
    """Return a failure as the API's error object, with the fitting status."""
    response = JSONResponse(error.to_json(), _STATUS.get(error.code, error.status))
    if isinstance(error, BusyError):
        response.headers["retry-after"] = str(error.retry_after)
    return response


class Guard:
    """ASGI middleware around the whole application.

    Refuses requests that name another host (DNS rebinding) or come from another origin, paths
    that nothing here serves, and bodies above ``max_body`` bytes (by default what the path
    takes), however they are sent; adds security headers to every response. Refused requests
    never reach the application, so its own CORS layer stays silent.

    ``hosts`` are the names it may be called by, without ports; ``by_address`` adds the address
    that the client has connected to. ``pages`` are the paths of the app's pages, ``routes`` those
    of the API, by which ``metrics`` tells requests apart.
    """

    def __init__(
        self,
        app: ASGIApp,
        hosts: Iterable[str] = LOOPBACK,
        max_body: int | None = None,
        *,
        by_address: bool = False,
        pages: Iterable[str] = (),
        routes: Iterable[Route] = (),
        metrics: Metrics | None = None,
    ) -> None:
        """Stand before ``app``."""
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._max_body = max_body
        self._by_address = by_address
        self._pages = frozenset(pages)
        self._routes = tuple(routes)
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":  # nothing here speaks it
            await send({"type": "websocket.close", "code": 1008})
        else:
            watch = _Watch(scope, send)
            try:
                await self._http(scope, receive, watch.sent)
            finally:
                self._report(watch)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._check(scope)
            receive = self._counted(scope, receive)
            if not paths.streams(scope["method"], scope["path"]):
                receive = replay(await _whole(receive), receive)
        except FundstelleError as error:
            await refusal(error)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _report(self, watch: "_Watch") -> None:
        watch.log()
        if self._metrics is not None:
            known = watch.method if watch.method in ("GET", "POST", "DELETE", "HEAD") else "other"
            name = paths.route_name(watch.path, self._routes, self._pages)
            self._metrics.requests.labels(known, name, str(watch.status)).inc()

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        host, origin = headers.get("host", "").lower(), headers.get("origin")
        hosts = self._hosts
        if self._by_address and scope.get("server"):
            hosts |= {scope["server"][0].lower()}
        if _hostname(host) not in hosts:
            raise _forbidden("host_refused", "This server answers only under its own address.")
        # Behind a proxy that speaks TLS the browser's page is https.
        schemes = ("http", "https") if self._by_address else ("http",)
        if origin is not None and origin.lower() not in [f"{one}://{host}" for one in schemes]:
            raise _forbidden("origin_refused", "This server does not answer other web sites.")
        if not paths.known(scope["path"], self._pages):
            raise not_found(scope["path"])
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self._limit(scope):
            raise self._too_large(scope)

    def _limit(self, scope: Scope) -> int:
        return self._max_body or paths.limit(scope["method"], scope["path"]).size

    def _counted(self, scope: Scope, receive: Receive) -> Receive:
        """Return ``receive``: InputError as soon as the body exceeds its limit, or breaks off."""
        size, limit, more = 0, self._limit(scope), True
        length = Headers(scope=scope).get("content-length")

        async def counted() -> Message:
            nonlocal size, more
            message = await receive()
            if not more:
                return message
            size += len(message.get("body", b""))
            if size > limit:
                raise self._too_large(scope)
            more = message.get("more_body", False)
            short = length is not None and not more and int(length) != size
            if short or message["type"] == "http.disconnect":
                raise _broken_off()
            return message

        return counted

    def _too_large(self, scope: Scope) -> InputError:
        sentence = f"The request is larger than {self._limit(scope):,} bytes."
        hint = paths.limit(scope["method"], scope["path"]).hint
        return InputError("request_too_large", sentence, hint)


class _Watch:
    """One request: adds the headers to its response, and logs it."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.status = 0
        self._client = client_of(scope)
        self._send = send
        self._began = time.monotonic()

    async def sent(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message.setdefault("headers", [])
            MutableHeaders(scope=message).update(_HEADERS)
        await self._send(message)

    def log(self) -> None:
        seconds = time.monotonic() - self._began
        log_request(self._client, self.method, self.path, self.status, seconds)


def client_of(scope: Scope) -> str:
    """Return the address of whoever asks."""
    return scope["client"][0] if scope.get("client") else ""


def not_found(path: str) -> InputError:
    """Return the error for a path that nothing serves."""
    hint = "What there is, is described at /api/openapi.json."
    return InputError("not_found", f"There is nothing at {path}.", hint)


def method_unknown(path: str, method: str, allowed: str) -> InputError:
    """Return the error for a method that a path does not take."""
    return InputError("method_unknown", f"{path} does not take {method}.", f"It takes {allowed}.")


def _broken_off() -> InputError:
    sentence = "The connection broke before the whole request had come."
    return InputError("request_incomplete", sentence, "Send it again.")


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:  # such as an unclosed bracket
        return None


def _forbidden(code: str, sentence: str) -> ServiceError:
    return ServiceError(code, sentence, "Open the address that `qa serve` shows.")


async def _whole(receive: Receive) -> bytes:
    body, more = bytearray(), True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body)


def replay(body: bytes, receive: Receive) -> Receive:
    """Return what gives ``body``, which was read from ``receive``, once more."""
    waiting = [body]

    async def replayed() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replayed
