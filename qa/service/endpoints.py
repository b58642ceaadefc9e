"""How a route is written down: its methods, what they take, and how failures are answered."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from qa.errors import FundstelleError, InputError
from qa.service.guard import method_unknown, refusal

_LOG = logging.getLogger(__name__)
_BODY = 'Send JSON such as {"question": "Who signs for Japan?", "k": 5}.'
Handler = Callable[[Request], Awaitable[Response]]
_Body = TypeVar("_Body", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Method:
    """What one method of a route does, in a phrase, and the JSON it takes and gives."""

    handler: Handler
    summary: str
    body: type[BaseModel] | None = None
    gives: str = "application/json"
    query: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A path and its methods."""

    path: str
    methods: Mapping[str, Method]

    def route(self) -> Route:
        """Return the route: other methods are refused with 405, failures are JSON."""

        async def answer(request: Request) -> Response:
            try:
                response = await self._method(request).handler(request)
            except FundstelleError as error:
                response = refusal(error)
                if error.code == "method_unknown":
                    response.headers["allow"] = ", ".join(self.methods)
            except Exception:  # noqa: BLE001 - whatever it is, the client gets JSON
                _LOG.exception("%s %s broke off", request.method, self.path)
                response = refusal(_fault())
            response.headers.setdefault("cache-control", "no-store")
            return response

        every = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        return Route(self.path, answer, methods=every)

    def _method(self, request: Request) -> Method:
        asked = "GET" if request.method == "HEAD" else request.method
        if asked not in self.methods:
            raise method_unknown(request.url.path, request.method, ", ".join(self.methods))
        return self.methods[asked]


async def read_body(request: Request, model: type[_Body]) -> _Body:
    """Return the body as ``model``; raise InputError ("request_invalid") naming what is wrong."""
    try:
        return model.model_validate_json(await request.body())
    except ValidationError as error:
        raise invalid(error) from error


def read_query(request: Request, model: type[_Body]) -> _Body:
    """Return the query of the address as ``model``; raise InputError ("request_invalid")."""
    try:
        return model.model_validate_strings(dict(request.query_params))
    except ValidationError as error:
        raise invalid(error, "What an address takes is in /api/openapi.json.") from error


def _fault() -> FundstelleError:
    hint = "The terminal of `qa serve` says where."
    return FundstelleError("fault", "Something unforeseen happened.", hint)


def invalid(error: ValidationError, hint: str = _BODY) -> InputError:
    """Return what is wrong with a request, in a sentence."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return InputError(
        "request_invalid",
        f"The request cannot be used: {where or 'JSON'}: {first['msg']}.",
        hint,
    )


def openapi(endpoints: tuple[Endpoint, ...], version: str) -> dict[str, object]:
    """Return the OpenAPI description of routes."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Fundstelle", "version": version},
        "paths": {
            one.path: {name.lower(): _operation(one.path, it) for name, it in one.methods.items()}
            for one in endpoints
        },
    }


def _operation(path: str, method: Method) -> dict[str, object]:
    inside = [part.strip("{}").partition(":")[0] for part in path.split("/") if "{" in part]
    parameters = [
        {"name": name, "in": place, "required": place == "path", "schema": {"type": "string"}}
        for place, names in (("path", inside), ("query", method.query))
        for name in names
    ]
    described: dict[str, object] = {
        "summary": method.summary,
        "parameters": parameters,
        "responses": {
            "200": {"description": method.summary, "content": {method.gives: {}}},
            "default": {"description": "error: code, message and hint"},
        },
    }
    if method.body is not None:
        schema = method.body.model_json_schema()
        described["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    return described
