"""How a route is written down: its methods, what they take, and how failures are answered."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic.json_schema import models_json_schema
from starlette.convertors import Convertor, IntegerConvertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, compile_path

from qa.errors import FundstelleError, InputError
from qa.service.guard import method_unknown, refusal

_LOG = logging.getLogger(__name__)
_BODY = 'Send JSON such as {"question": "Who signs for Japan?", "k": 5}.'
Handler = Callable[[Request], Awaitable[Response]]
_REF = "#/components/schemas/{model}"
_Body = TypeVar("_Body", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Method:
    """What one method of a route does, in a phrase, what it takes and gives, and its status.

    ``body`` is bytes where a file is sent. ``status`` is that of every response but a refusal.
    """

    handler: Handler
    summary: str
    body: type[BaseModel] | type[bytes] | None = None
    gives: str = "application/json"
    query: type[BaseModel] | None = None
    status: int = 200


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A path and its methods."""

    path: str
    methods: Mapping[str, Method]

    def route(self) -> Route:
        """Return the route: other methods are refused with 405, failures are JSON."""

        async def answer(request: Request) -> Response:
            try:
                method = self._method(request)
                response = await method.handler(request)
                response.status_code = method.status
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
    paths = {}
    for one in endpoints:
        _, path, inside = compile_path(one.path)
        paths[path] = {name.lower(): _operation(it, inside) for name, it in one.methods.items()}
    bodies = {method.body for one in endpoints for method in one.methods.values()}
    models = [body for body in bodies if body and issubclass(body, BaseModel)]
    _, schemas = models_json_schema([(one, "validation") for one in models], ref_template=_REF)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Fundstelle", "version": version},
        "paths": paths,
        "components": {"schemas": schemas["$defs"]},
    }


def _operation(method: Method, inside: Mapping[str, Convertor[object]]) -> dict[str, object]:
    described: dict[str, object] = {
        "summary": method.summary,
        "parameters": [*_in_path(inside), *(_in_query(method.query) if method.query else [])],
        "responses": {
            str(method.status): {"description": method.summary, "content": {method.gives: {}}},
            "default": {"description": "error: code, message and hint"},
        },
    }
    if method.body is not None:
        described["requestBody"] = {"required": True, "content": _content(method.body)}
    return described


def _in_path(inside: Mapping[str, Convertor[object]]) -> list[dict[str, object]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer" if isinstance(one, IntegerConvertor) else "string"},
        }
        for name, one in inside.items()
    ]


def _in_query(query: type[BaseModel]) -> list[dict[str, object]]:
    schema = query.model_json_schema(ref_template=_REF)
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": one}
        for name, one in schema["properties"].items()
    ]


def _content(body: type[BaseModel] | type[bytes]) -> dict[str, object]:
    if not issubclass(body, BaseModel):
        return {"application/octet-stream": {}}
    return {"application/json": {"schema": {"$ref": _REF.format(model=body.__name__)}}}
