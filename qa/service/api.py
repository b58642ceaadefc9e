"""The routes of the HTTP API."""

import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from anyio import to_thread
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from qa.errors import FundstelleError, InputError
from qa.render import answer_json, search_json
from qa.service.bodies import AskBody, SearchBody
from qa.service.core import Service, document_json
from qa.service.guard import refusal

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
            return refusal(error)
        response.headers["cache-control"] = "no-store"
        return response

    return Route(path, answer, methods=list(methods))
