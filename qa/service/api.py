"""The routes of the HTTP API."""

import asyncio
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from anyio import to_thread
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from qa import __version__
from qa.freshness import shown_in
from qa.render import Json, answer_json, search_json
from qa.service.bodies import AskBody, CancelBody, FeedbackBody, PageQuery, SearchBody, UploadQuery
from qa.service.core import Service, document_json, summary_json
from qa.service.endpoints import Endpoint, Method, openapi, read_body, read_query
from qa.service.guard import client_of, not_found
from qa.service.jobs import Job
from qa.service.turns import cancelled

_Made = TypeVar("_Made")


def routes(service: Service) -> list[Route]:
    """Return the routes of the API; what is unknown below ``/api/`` is refused as JSON."""
    api = _Api(service)
    endpoints = (*_asking(api), *_documents(api), *_server(api))

    async def description(_: Request) -> Response:
        return JSONResponse(openapi(endpoints, __version__))

    async def unknown(request: Request) -> Response:
        raise not_found(request.url.path)

    itself = Endpoint("/api/openapi.json", {"GET": Method(description, "This description")})
    methods = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    rest = Endpoint("/api/{path:path}", {name: Method(unknown, "") for name in methods})
    return [one.route() for one in (*endpoints, itself, rest)]


def _asking(api: "_Api") -> tuple[Endpoint, ...]:
    return (
        Endpoint("/api/ask", {"POST": Method(api.ask, "Answer a question", AskBody)}),
        Endpoint("/api/search", {"POST": Method(api.search, "Find passages", SearchBody)}),
        Endpoint(
            "/api/feedback",
            {"POST": Method(api.feedback, "Judge an answer", FeedbackBody, status=201)},
        ),
        Endpoint("/api/feedback/{feedback_id}", {"DELETE": Method(api.take_back, "Take it back")}),
        Endpoint(
            "/api/cancel", {"POST": Method(api.cancel, "Cancel a waiting question", CancelBody)}
        ),
    )


class _PageConvertor(IntegerConvertor):
    """A number of a page; Python reads no number of thousands of digits."""

    regex = "[0-9]{1,6}"


register_url_convertor("page", _PageConvertor())


def _documents(api: "_Api") -> tuple[Endpoint, ...]:
    one = "/api/docs/{doc_id}"
    png = Method(api.page, "A page as image", gives="image/png", query=PageQuery)
    file = Method(api.file, "The file itself", gives="application/octet-stream")
    return (
        Endpoint(
            "/api/docs",
            {
                "GET": Method(api.documents, "All documents"),
                "POST": Method(api.upload, "Add a file", bytes, query=UploadQuery, status=202),
            },
        ),
        Endpoint(
            one,
            {
                "GET": Method(api.document, "A document with its text"),
                "DELETE": Method(api.remove, "Move a document's file to the trash", status=202),
            },
        ),
        Endpoint(f"{one}/file", {"GET": file}),
        Endpoint(f"{one}/pages/{{page:page}}.png", {"GET": png}),
        Endpoint(
            "/api/trash/{ticket}/restore",
            {"POST": Method(api.restore, "Bring a file back", status=202)},
        ),
        Endpoint(
            "/api/tests",
            {"POST": Method(api.tests, "Add a test set", bytes, query=UploadQuery, status=201)},
        ),
        Endpoint(
            "/api/sync", {"POST": Method(api.sync, "Synchronise index and folder", status=202)}
        ),
    )


def _server(api: "_Api") -> tuple[Endpoint, ...]:
    metrics = Method(api.metrics, "Metrics", gives="text/plain")
    return (
        Endpoint(
            "/api/job",
            {
                "GET": Method(api.job, "The present or last job"),
                "DELETE": Method(api.stop, "Stop the present job"),
            },
        ),
        Endpoint("/healthz", {"GET": Method(api.health, "Whether the server is well")}),
        Endpoint("/metrics", {"GET": metrics}),
        Endpoint("/robots.txt", {"GET": Method(api.robots, "No robots", gives="text/plain")}),
    )


class _Api:
    """What the routes do."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def ask(self, request: Request) -> Response:
        body = await read_body(request, AskBody)
        asked = self._service.ask(
            body.question,
            body.k,
            body.filters(),
            client=client_of(request.scope),
            ticket=request.headers.get("x-ticket", "")[:64],
        )
        answer = await _while_there(request, asked)
        states = await to_thread.run_sync(self._service.states, shown_in(answer))
        return JSONResponse(answer_json(answer, states))

    async def search(self, request: Request) -> Response:
        body = await read_body(request, SearchBody)
        began = time.perf_counter()
        asked = self._service.search(
            body.question, body.k, body.filters(), client=client_of(request.scope)
        )
        hits = await _while_there(request, asked)
        took = 1e3 * (time.perf_counter() - began)
        states = await to_thread.run_sync(self._service.states, [hit.document for hit in hits])
        return JSONResponse(search_json(body.question, hits, took, states))

    async def cancel(self, request: Request) -> Response:
        body = await read_body(request, CancelBody)
        return JSONResponse({"cancelled": self._service.turns.cancel(body.ticket)})

    async def feedback(self, request: Request) -> Response:
        body = await read_body(request, FeedbackBody)
        by = client_of(request.scope)
        made = await to_thread.run_sync(self._service.judge, body, by)
        return JSONResponse({"id": made})

    async def take_back(self, request: Request) -> Response:
        await to_thread.run_sync(self._service.feedback.undo, request.path_params["feedback_id"])
        return JSONResponse({})

    async def documents(self, _: Request) -> Response:
        found, _status = await to_thread.run_sync(self._service.listing)
        return JSONResponse({"documents": [summary_json(document) for document in found]})

    async def document(self, request: Request) -> Response:
        found, state = await to_thread.run_sync(self._service.document, _doc_id(request))
        return JSONResponse({**document_json(found), "file": state, "text": found.text})

    async def upload(self, request: Request) -> Response:
        query = read_query(request, UploadQuery)
        source = await self._service.library.add(query.name, request.stream())
        job = self._service.library.sync()
        return JSONResponse({"doc": source, "job": job_json(job)})

    async def tests(self, request: Request) -> Response:
        query = read_query(request, UploadQuery)
        add, data = self._service.evaluations.add, await request.body()
        return JSONResponse({"tests": await to_thread.run_sync(add, query.name, data)})

    async def remove(self, request: Request) -> Response:
        removed = await to_thread.run_sync(self._service.library.remove, _doc_id(request))
        job = self._service.library.sync()
        values = {"doc": removed.source, "ticket": removed.ticket, "job": job_json(job)}
        return JSONResponse(values)

    async def restore(self, request: Request) -> Response:
        ticket = request.path_params["ticket"]
        source = await to_thread.run_sync(self._service.library.restore, ticket)
        return JSONResponse({"doc": source, "job": job_json(self._service.library.sync())})

    async def file(self, request: Request) -> Response:
        name, file = await to_thread.run_sync(self._service.library.file, _doc_id(request))
        # Never shown in the browser: a file may hold scripts.
        kind = "application/octet-stream"
        if isinstance(file, Path):
            return FileResponse(file, media_type=kind, filename=name)
        held = f"attachment; filename*=utf-8''{quote(name)}"
        return Response(file, media_type=kind, headers={"content-disposition": held})

    async def page(self, request: Request) -> Response:
        query = read_query(request, PageQuery)
        png = await to_thread.run_sync(
            self._service.page,
            _doc_id(request),
            request.path_params["page"],
            query.span(),
            query.width,
        )
        # A document that changes is another image; what is open may be shown for a while.
        return Response(png, media_type="image/png", headers={"cache-control": "max-age=60"})

    async def sync(self, _: Request) -> Response:
        return JSONResponse({"job": job_json(self._service.library.sync())})

    async def job(self, _: Request) -> Response:
        return JSONResponse({"job": job_json(self._service.jobs.job)})

    async def stop(self, _: Request) -> Response:
        jobs = self._service.jobs
        if jobs.job is not None:
            jobs.stop(jobs.job.kind)  # what waits and is another thing was asked for by others
        return JSONResponse({"job": job_json(self._service.jobs.job)})

    async def health(self, _: Request) -> Response:
        return JSONResponse(await to_thread.run_sync(self._service.health))

    async def metrics(self, _: Request) -> Response:
        text = await to_thread.run_sync(self._service.metrics_text)
        return Response(text, media_type="text/plain; version=0.0.4")

    async def robots(self, _: Request) -> Response:  # Gradio's own lists the working folder
        return PlainTextResponse("User-agent: *\nDisallow: /\n")


def _doc_id(request: Request) -> str:
    return str(request.path_params["doc_id"])


def job_json(job: Job | None) -> Json | None:
    """Return a job as the API shows it."""
    if job is None:
        return None
    left = job.seconds_left
    return {
        "kind": job.kind,
        "number": job.number,
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "seconds": round(job.seconds, 1),
        "seconds_left": None if left is None else round(left, 1),
        **(job.error.to_json() if job.error else {}),
    }


async def _while_there(request: Request, asked: Awaitable[_Made]) -> _Made:
    """Await ``asked``, but give its place in the queue up if the client goes away."""
    task = asyncio.ensure_future(asked)
    gone = asyncio.ensure_future(_left(request))
    await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
    gone.cancel()
    if not task.done():
        task.cancel()
        raise cancelled()
    return await task


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
