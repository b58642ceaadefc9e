"""The HTTP API and the guard that stands before everything the server answers."""

import threading
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated, Final, TypeVar
from urllib.parse import urlsplit

from anyio import to_thread
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.assistant import Assistant
from qa.datamodel import Answer, Document, Filters, Hit
from qa.errors import FundstelleError, InputError, ServiceError
from qa.freshness import Freshness, file_state
from qa.render import Json, answer_json, search_json
from qa.store import DocumentSummary

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
_ALL: Final = Filters()


class Service:
    """One assistant shared by everyone who asks; questions are answered one at a time."""

    def __init__(self, assistant: Assistant) -> None:
        """Share ``assistant``."""
        self._assistant = assistant
        self._index = assistant.index
        self._turn = threading.Lock()  # two questions at once would only share the processor

    def ask(self, question: str, k: int = 5, filters: Filters = _ALL) -> Answer:
        """Answer a question; raises what :meth:`qa.Assistant.ask` raises."""
        with self._turn:
            return self._assistant.ask(question, k, filters)

    def search(self, question: str, k: int, filters: Filters) -> list[Hit]:
        """Return the best passages for a question."""
        with self._turn:
            return self._assistant.search(question, k, filters)

    def health(self) -> Json:
        """Return what a monitor asks for: alive, how many documents, which revision."""
        with self._index.reading():
            documents, revision = len(self._index.documents()), self._index.revision
        return {"status": "ok", "documents": documents, "revision": revision}

    def overview(self) -> tuple[int, dict[str, int]]:
        """Return the number of documents and the passages per language."""
        with self._index.reading():
            return len(self._index.documents()), self._index.languages()

    def documents(self) -> list[Json]:
        """Return every document's metadata, without texts."""
        with self._index.reading():
            return [_summary_json(document) for document in self._index.documents()]

    def document(self, doc_id: str) -> tuple[Document, Freshness]:
        """Return a document and whether its file is still the one that was indexed."""
        with self._index.reading():
            document, root = self._index.document(doc_id), self._index.root
        return document, file_state(root, document)


def _summary_json(document: DocumentSummary) -> Json:
    return {
        "doc": document.source,
        "doc_id": document.doc_id,
        "title": document.title,
        "lang": document.lang,
        "date": document.date,
        "characters": document.characters,
        "passages": document.passages,
    }


def document_json(document: Document) -> Json:
    """Return a document without its text; ``page_starts`` are offsets of pages in the text."""
    return {
        "doc": document.source,
        "doc_id": document.doc_id,
        "title": document.title,
        "lang": document.lang,
        "date": document.date,
        "page_starts": list(document.page_starts),
        "metadata": dict(document.metadata),
    }


# Patterns are tried on every document while everyone else waits, so their number has a limit.
_Filter = Annotated[list[Annotated[str, Field(max_length=1_000)]], Field(max_length=100)]


class SearchBody(BaseModel):
    """The body of ``POST /api/search``."""

    model_config = ConfigDict(extra="forbid", strict=True)

    question: str
    k: Annotated[int, Field(ge=1, le=100)] = 10
    lang: _Filter = []
    doc: _Filter = []

    def filters(self) -> Filters:
        """Return the filters in the words of the datamodel."""
        return Filters(langs=tuple(self.lang), docs=tuple(self.doc))


class AskBody(SearchBody):
    """The body of ``POST /api/ask``."""

    k: Annotated[int, Field(ge=1, le=100)] = 5


_Body = TypeVar("_Body", bound=BaseModel)


async def _body(request: Request, model: type[_Body]) -> _Body:
    try:
        return model.model_validate_json(await request.body())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(
            "request_invalid",
            f"The request body cannot be used: {where or 'JSON'}: {first['msg']}.",
            'Send JSON such as {"question": "Who signs for Japan?", "k": 5}.',
        ) from error


def routes(service: Service) -> list[Route]:
    """Return the routes of the API."""

    async def health(_: Request) -> Response:
        return JSONResponse(await to_thread.run_sync(service.health))

    async def ask(request: Request) -> Response:
        body = await _body(request, AskBody)
        answer = await to_thread.run_sync(service.ask, body.question, body.k, body.filters())
        return JSONResponse(answer_json(answer))

    async def search(request: Request) -> Response:
        body = await _body(request, SearchBody)
        began = time.perf_counter()
        hits = await to_thread.run_sync(service.search, body.question, body.k, body.filters())
        return JSONResponse(search_json(body.question, hits, 1e3 * (time.perf_counter() - began)))

    async def documents(_: Request) -> Response:
        return JSONResponse({"documents": await to_thread.run_sync(service.documents)})

    async def document(request: Request) -> Response:
        found, state = await to_thread.run_sync(service.document, request.path_params["doc_id"])
        return JSONResponse({**document_json(found), "file": state, "text": found.text})

    async def robots(_: Request) -> Response:  # Gradio's own lists the working folder
        return PlainTextResponse("User-agent: *\nDisallow: /\n")

    async def unknown(request: Request) -> Response:
        raise InputError(
            "not_found",
            f"There is nothing at {request.url.path}.",
            "The API is at /api/ask, /api/search and /api/docs.",
        )

    return [
        _route("/healthz", health, "GET"),
        _route("/robots.txt", robots, "GET"),
        _route("/api/ask", ask, "POST"),
        _route("/api/search", search, "POST"),
        _route("/api/docs", documents, "GET"),
        _route("/api/docs/{doc_id}", document, "GET"),
        _route("/api/{path:path}", unknown, "GET", "POST", "PUT", "PATCH", "DELETE"),
    ]


_Handler = Callable[[Request], Awaitable[Response]]


def _route(path: str, handler: _Handler, *methods: str) -> Route:
    async def answer(request: Request) -> Response:
        try:
            response = await handler(request)
        except FundstelleError as error:
            return _refusal(error)
        response.headers["cache-control"] = "no-store"
        return response

    return Route(path, answer, methods=list(methods))


def _refusal(error: FundstelleError, status: int | None = None) -> Response:
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
        return _refusal(InputError("request_too_large", sentence, "Send a shorter one."), 413)


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:  # such as an unclosed bracket
        return None


def _forbidden(code: str, sentence: str) -> Response:
    return _refusal(ServiceError(code, sentence, "Open the address that `qa serve` shows."), 403)


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
