"""The HTTP API over a real index, and the guard before it."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from functools import reduce
from pathlib import Path
from typing import Any, NoReturn

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from qa import Assistant
from qa.errors import ServiceError
from qa.service import Guard, Service, check_address, routes
from qa.service.observe import LOG, LogStyle, Metrics, log_request, start_log
from tests.conftest import write_files
from tests.hash_encoder import HashEncoder

HOME = "http://127.0.0.1:7860"
Reply = tuple[int, dict[str, Any], httpx.Headers]


def call(
    app: ASGIApp,
    method: str,
    path: str,
    *,
    content: Any = None,
    headers: dict[str, str] | None = None,
) -> Reply:
    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=HOME) as client:
            return await client.request(method, path, content=content, headers=headers)

    response = asyncio.run(go())
    return response.status_code, response.json() if response.content else {}, response.headers


@pytest.fixture
def api(corpus: Path, tmp_path: Path, encoder: HashEncoder) -> Iterator[ASGIApp]:
    assistant = Assistant.build(corpus, tmp_path / "index", encoder)
    yield Guard(Starlette(routes=list(routes(Service(assistant)))))
    assistant.index.close()


def ask(api: ASGIApp, **body: Any) -> Reply:
    return call(api, "POST", "/api/ask", content=json.dumps(body))


def test_health(api: ASGIApp) -> None:
    status, body, _ = call(api, "GET", "/healthz")
    assert (status, body["status"], body["documents"]) == (200, "ok", 6)
    assert body["revision"] >= 1


def test_an_answer_quotes_its_document_word_for_word(api: ASGIApp) -> None:
    status, answer, headers = ask(api, question="When was the harbour of Elmstadt opened?")
    assert status == 200
    assert headers["cache-control"] == "no-store"
    assert answer["abstained"] == (not answer["citations"])
    for one in [*answer["citations"], *answer["hits"]]:
        _, document, _ = call(api, "GET", f"/api/docs/{one['doc_id']}")
        assert document["doc"] == one["doc"]
        assert document["text"][one["start"] : one["end"]] == one.get("quote", one.get("text"))


def test_search_keeps_to_k_and_filters(api: ASGIApp) -> None:
    body = {"question": "Hafen", "k": 2, "lang": ["de"], "doc": ["*.md"], "tag": ["ferry"]}
    status, found, _ = call(api, "POST", "/api/search", content=json.dumps(body))
    assert status == 200
    assert found["question"] == "Hafen"
    assert 1 <= len(found["hits"]) <= 2
    assert {hit["doc"] for hit in found["hits"]} == {"hafen.md"}


def test_documents_are_listed_without_their_texts(api: ASGIApp) -> None:
    _, body, _ = call(api, "GET", "/api/docs")
    assert [one["doc"] for one in body["documents"]] == sorted(
        ["densha.md", "hafen.md", "harbour.md", "minato.txt", "museum.html", "notes/lighthouse.txt"]
    )
    assert all("text" not in one and one["passages"] >= 1 for one in body["documents"])


def test_a_changed_or_missing_file_is_said_to_be_so(api: ASGIApp, corpus: Path) -> None:
    _, body, _ = call(api, "GET", "/api/docs")
    ids = {one["doc"]: one["doc_id"] for one in body["documents"]}
    write_files(corpus, {"hafen.md": "Something else."})
    (corpus / "minato.txt").unlink()
    states = {
        doc: call(api, "GET", f"/api/docs/{ids[doc]}")[1]["file"]
        for doc in ("harbour.md", "hafen.md", "minato.txt")
    }
    assert states == {"harbour.md": "same", "hafen.md": "changed", "minato.txt": "missing"}
    _, answer, _ = ask(api, question="Wer leitet den Hafen von Elmstadt?", k=6)
    asked = json.dumps({"question": "Wer leitet den Hafen von Elmstadt?", "k": 6})
    _, found, _ = call(api, "POST", "/api/search", content=asked)
    for one in [*answer["citations"], *answer["hits"], *found["hits"]]:
        assert one["file"] == states.get(one["doc"], "same")


def test_what_nobody_foresaw_is_json_and_logged(
    api: ASGIApp, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> NoReturn:
        raise RuntimeError("the disk is made of cheese")

    monkeypatch.setattr(Assistant, "ask", fail)
    status, body, _ = ask(api, question="When was the harbour opened?")
    assert (status, body["error"]["code"]) == (500, "fault")
    assert "made of cheese" not in str(body)
    assert "made of cheese" in caplog.text


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"question": ""}, "question_empty"),
        ({"question": " \n\t"}, "question_empty"),
        ({"question": "x" * 100_000}, "question_too_long"),
        ({}, "request_invalid"),
        ({"question": "a", "k": 0}, "request_invalid"),
        ({"question": "a", "kk": 1}, "request_invalid"),
        ({"question": 7}, "request_invalid"),
        ({"question": "a", "doc": ["*"] * 101}, "request_invalid"),
        ({"question": "a", "doc": ["*" * 1001]}, "request_invalid"),
        ({"question": "\ud800"}, "request_invalid"),
    ],
)
def test_bad_bodies_are_one_sentence(api: ASGIApp, body: dict[str, Any], code: str) -> None:
    status, answer, _ = ask(api, **body)
    assert (status, answer["error"]["code"]) == (400, code)
    assert answer["error"]["message"].endswith(".")
    assert answer["error"]["hint"]


@pytest.mark.parametrize("question", ["", " ", "\n\t", "\u3000"])
def test_a_verdict_on_no_question_is_not_kept(api: ASGIApp, question: str) -> None:
    body = json.dumps({"question": question, "verdict": "wrong"})
    status, answer, _ = call(api, "POST", "/api/feedback", content=body)
    assert (status, answer["error"]["code"]) == (400, "request_invalid")


def test_json_that_is_none_is_refused(api: ASGIApp) -> None:
    status, answer, _ = call(api, "POST", "/api/ask", content=b"\xff{")
    assert (status, answer["error"]["code"]) == (400, "request_invalid")


@pytest.mark.parametrize("path", ["/api/docs/unknown", "/api/nothing", "/api/docs/../x"])
def test_unknown_places_are_404_as_json(api: ASGIApp, path: str) -> None:
    status, answer, _ = call(api, "GET", path)
    assert status == 404
    assert answer["error"]["code"] in ("document_unknown", "not_found")


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a JSON value."""
    if isinstance(value, dict):
        yield value
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from nodes(one)


def test_the_description_describes_all_that_it_names(api: ASGIApp) -> None:
    _, described, _ = call(api, "GET", "/api/openapi.json")
    places = [
        one["$ref"].removeprefix("#/").split("/") for one in nodes(described) if "$ref" in one
    ]
    assert places
    for place in places:
        found = reduce(lambda part, key: part[key], place, described)
        assert found["type"] == "object"
    for path, methods in described["paths"].items():
        inside = re.findall(r"\{(.*?)\}", path)
        assert all(name.isidentifier() for name in inside)
        for method in methods.values():
            declared = [one for one in method["parameters"] if one["in"] == "path"]
            assert [(one["name"], one["required"]) for one in declared] == [
                (name, True) for name in inside
            ]


@pytest.mark.parametrize("path", ["/api/docs", "/api/tests"])
def test_the_description_says_how_a_file_is_sent(api: ASGIApp, path: str) -> None:
    method = call(api, "GET", "/api/openapi.json")[1]["paths"][path]["post"]
    assert method["requestBody"] == {"required": True, "content": {"application/octet-stream": {}}}
    (name,) = method["parameters"]
    assert (name["name"], name["in"], name["required"]) == ("name", "query", True)
    assert call(api, "POST", path, content=b"x")[0] == 400


LINE = json.dumps({"id": "a", "question": "Who?", "sources": [{"doc": "hafen.md"}]})


@pytest.mark.parametrize(
    ("method", "path", "query", "content"),
    [
        ("get", "/healthz", "", None),
        ("post", "/api/search", "", '{"question": "Hafen"}'),
        ("post", "/api/feedback", "", '{"question": "Who?", "verdict": "wrong"}'),
        ("post", "/api/docs", "?name=a.txt", "Grain is kept in the silo."),
        ("post", "/api/tests", "?name=a.jsonl", LINE),
        ("post", "/api/sync", "", None),
    ],
)
def test_the_description_names_the_status_that_is_sent(
    api: ASGIApp, method: str, path: str, query: str, content: str | None
) -> None:
    described = call(api, "GET", "/api/openapi.json")[1]["paths"][path][method]
    status, _, _ = call(api, method.upper(), path + query, content=content)
    assert status < 300
    assert set(described["responses"]) == {str(status), "default"}


async def _echo(request: Request) -> Response:
    return JSONResponse({"size": len(await request.body())})


ECHO = Guard(Starlette(routes=[Route("/", _echo, methods=["GET", "POST"])]), max_body=1000)


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1:7860", True),
        ("localhost", True),
        ("LOCALHOST:1", True),
        ("[::1]:7860", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("127.0.0.1@evil.example", False),
        ("[::1", False),
        ("", False),
    ],
)
def test_only_its_own_names_are_answered(host: str, allowed: bool) -> None:
    status, _, _ = call(ECHO, "GET", "/", headers={"host": host})
    assert status == (200 if allowed else 403)


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        (HOME, True),
        ("http://127.0.0.1:9999", False),
        ("https://127.0.0.1:7860", False),
        ("http://evil.example", False),
        ("null", False),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_origins_are_refused(method: str, origin: str, allowed: bool) -> None:
    status, _, headers = call(ECHO, method, "/", headers={"origin": origin})
    assert status == (200 if allowed else 403)
    assert "access-control-allow-origin" not in headers


async def _chunks(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"x" * 100


@pytest.mark.parametrize(("count", "status"), [(10, 200), (11, 413), (10_000, 413)])
def test_bodies_are_capped_with_and_without_a_length(count: int, status: int) -> None:
    assert call(ECHO, "POST", "/", content=b"x" * 100 * count)[0] == status
    got, body, _ = call(ECHO, "POST", "/", content=_chunks(count))
    assert got == status
    assert body.get("size", 1000) == 1000


@pytest.mark.parametrize(
    ("length", "messages"),
    [
        (b"20", [("http.request", True), ("http.disconnect", False)]),
        (b"20", [("http.request", False)]),
        (None, [("http.request", True), ("http.disconnect", False)]),
    ],
)
@pytest.mark.parametrize("path", ["/api/ask", "/api/docs", "/api/tests"])
def test_a_body_that_breaks_off_is_not_taken_for_a_whole_one(
    api: ASGIApp, corpus: Path, path: str, length: bytes | None, messages: list[tuple[str, bool]]
) -> None:
    coming, sent = iter(messages), []

    async def receive() -> dict[str, Any]:
        kind, more = next(coming)
        return {"type": kind, "body": b"0123456789", "more_body": more}

    async def send(message: Any) -> None:
        sent.append(message)

    async def go() -> None:
        await api({**scope, "query_string": b"name=a.csv"}, receive, send)

    headers = [(b"host", b"localhost"), *([(b"content-length", length)] if length else [])]
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
    asyncio.run(go())
    assert sent[0]["status"] == 400
    assert json.loads(sent[1]["body"])["error"]["code"] == "request_incomplete"
    assert [path for path in corpus.glob("uploads/*") if path.is_file()] == []


def test_a_test_set_may_be_larger_than_a_question(api: ASGIApp) -> None:
    padded = LINE.replace("Who?", "Who? " * 300_000)
    assert call(api, "POST", "/api/tests?name=a.jsonl", content=padded)[0] == 201
    status, body, _ = call(api, "POST", "/api/tests?name=a.jsonl", content=b"x" * 20_000_001)
    assert (status, body["error"]["code"]) == (413, "request_too_large")
    assert "qa eval FILE" in body["error"]["hint"]


def test_metrics_keep_no_names_that_strangers_make_up(
    corpus: Path, tmp_path: Path, encoder: HashEncoder
) -> None:
    assistant = Assistant.build(corpus, tmp_path / "index", encoder)
    metrics, api = Metrics(), routes(Service(assistant))
    app = Guard(Starlette(routes=api), pages=["/sources"], routes=api, metrics=metrics)
    for number in range(50):
        for path in (f"/api/{number}", f"/api/docs/{number}", f"/{number}"):
            call(app, "GET", path)
            call(app, "GET", path, headers={"host": "evil.example"})
    call(app, "POST", "/api/ask")
    told = metrics.text().decode()
    assert set(re.findall('requests_total{.*route="(.*?)"', told)) == {
        "/api/{path:path}",
        "/api/docs/{doc_id}",
        "/api/ask",
        "other",
    }
    assistant.index.close()


@pytest.mark.parametrize("style", ["text", "json"])
def test_nobody_writes_lines_of_the_log_or_steers_the_terminal(
    style: LogStyle, capsys: pytest.CaptureFixture[str]
) -> None:
    before = LOG.level, LOG.propagate
    start_log(style)
    try:
        path = "/api/x\r\n2026 INFO event=request\x1b[2J\u2028\u202e status=200"
        log_request("1.2.3.4\x9b1m\n5", "GET", path, 404, 0.1)
    finally:
        LOG.handlers.clear()
        LOG.setLevel(before[0])
        LOG.propagate = before[1]
    (line,) = capsys.readouterr().err.splitlines()
    assert line.isprintable()
    assert "/api/x%0D%0A2026%20INFO%20event=request%1B%5B2J" in line


@pytest.mark.parametrize("host", ["127.0.0.1", "evil.example"])
def test_every_response_carries_the_security_headers(host: str) -> None:
    _, _, headers = call(ECHO, "GET", "/", headers={"host": host})
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"


def test_web_sockets_are_closed() -> None:
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(ECHO({"type": "websocket", "headers": []}, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org"])  # noqa: S104
def test_it_listens_on_this_computer_only(host: str) -> None:
    with pytest.raises(ServiceError, match="does not listen on") as failure:
        check_address(host, None)
    assert failure.value.exit_code == 8
