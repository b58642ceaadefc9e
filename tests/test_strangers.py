"""What strangers and other web sites may send to the running server: refused, in one line."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from qa import Assistant
from tests.app_server import served
from tests.conftest import CORPUS, write_files
from tests.hash_encoder import HashEncoder

PASSWORD = "a long enough password"  # noqa: S105
QUESTION = "When was the harbour of Elmstadt opened?"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_files(tmp_path_factory.mktemp("strangers") / "corpus", CORPUS)


@pytest.fixture(scope="module")
def index(corpus: Path) -> Path:
    index = corpus.parent / "index"
    Assistant.build(corpus, index, HashEncoder()).index.close()
    (corpus.parent / "secret.txt").write_text("the word is swordfish")
    return index


@pytest.fixture(scope="module")
def address(index: Path) -> Iterator[str]:
    """A server for this computer; whatever it was sent, its log is one object a line."""
    said: list[str] = []
    with served(index, "--log", "json", said=said) as (address, _):
        yield address
    logged = [json.loads(line) for line in said]
    events = {one["event"] for one in logged}
    assert {
        "request",
        "a call of the page's API failed",
        "Invalid HTTP request received.",
    } <= events


def raw(address: str, *lines: str, body: bytes = b"") -> int:
    """Send a request as it stands, which no client would write so; return the status."""
    host, _, port = address.removeprefix("http://").partition(":")
    head = "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1")
    with socket.create_connection((host, int(port)), 20) as connection:
        connection.sendall(head + body)
        answer = connection.makefile("rb").readline()
    return int(answer.split()[1])


PLACES = [
    "/%2e%2e/%2e%2e/etc/passwd",
    "/assets/../../../../etc/passwd",
    "/assets/%2e%2e%2f%2e%2e%2findex.html",
    "/app/../launch.py",
    "/app/%2e%2e/launch.py",
    "/static/..%2f..%2froutes.py",
    "/api/docs/..%2f..%2fsecret.txt",
    "/api/docs/../../secret.txt/file",
    "/gradio_api/file=../secret.txt",
    "/gradio_api/file=/proc/self/environ",
    "/gradio_api/file=http://127.0.0.1:1/",
    "/gradio_api/upload_progress?upload_id=../../x",
    "/svelte/../../../../etc/passwd",
]


@pytest.mark.parametrize("path", PLACES)
def test_no_path_leads_out(address: str, path: str) -> None:
    host = address.removeprefix("http://")
    with socket.create_connection((host.partition(":")[0], int(host.partition(":")[2])), 20) as one:
        head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        one.sendall(head.encode())
        answer = one.makefile("rb").read()
    assert int(answer.split()[1]) in (400, 403, 404)
    assert not [word for word in (b"swordfish", b"root:", b"import", b"PATH=") if word in answer]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/"),
        ("PUT", "/sources"),
        ("POST", "/healthz"),
        ("DELETE", "/api/docs"),
        ("PUT", "/api/docs/x"),
        ("GET", "/api/ask"),
        ("POST", "/app/app.css"),
        ("PATCH", "/api/job"),
        ("POST", "/metrics"),
    ],
)
def test_other_methods_are_said_to_be_wrong(address: str, method: str, path: str) -> None:
    reply = httpx.request(method, address + path)
    assert reply.status_code == 405
    assert reply.headers["allow"]


@pytest.mark.parametrize("path", ["/api/ask", "/api/tests?name=a.jsonl", "/gradio_api/run/predict"])
def test_endless_bodies_end(address: str, path: str) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"{"
        yield from [b" " * 1_000_000] * 40

    assert httpx.post(address + path, content=chunks()).status_code == 413
    host = address.removeprefix("http://")
    for length in ("99999999999", "-1", "x", "1, 2"):
        lines = f"POST {path} HTTP/1.1", f"Host: {host}", f"Content-Length: {length}"
        assert raw(address, *lines) in (400, 413)


@pytest.mark.parametrize(
    "path",
    [
        "upload",
        "upload?upload_id=x",
        "upload_progress?upload_id=x",
        "queue/join",
        "queue/data?session_hash=x",
        "heartbeat/x",
        "file=pyproject.toml",
        "file=/etc/passwd",
        "call/result",
        "stream/x/1/1/playlist.m3u8",
        "info",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_gradios_own_ways_in_are_shut(address: str, method: str, path: str) -> None:
    body = b"--x\r\n" + b"x" * 2_000_000
    kind = {"content-type": "multipart/form-data; boundary=x"}
    where = f"{address}/gradio_api/{path}"
    assert httpx.request(method, where, content=body, headers=kind).status_code == 404


FILES: list[Any] = [
    {"path": "/etc/passwd"},
    {"path": "../secret.txt", "meta": {"_type": "gradio.FileData"}},
    {"path": "http://127.0.0.1:1/x", "meta": {"_type": "gradio.FileData"}},
    {"__type__": "update", "value": {"path": "/etc/passwd"}},
    [[{"path": "/etc/passwd"}] * 3],
    {"a": {"b": {"c": ["${1}", "{{1}}"]}}},
    None,
    10**40,
]


@pytest.mark.parametrize("value", FILES)
def test_forged_events_give_nothing_away(address: str, value: Any) -> None:
    for event in range(18):
        body = {"data": [value] * 3, "fn_index": event, "session_hash": "x", "trigger_id": 1}
        reply = httpx.post(f"{address}/gradio_api/run/predict", json=body)
        for word in ("Traceback", 'File "', "root:", "swordfish", "site-packages"):
            assert word not in reply.text


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"host": "evil.example"},  # a name that leads here since a moment ago
        {"host": "127.0.0.1.evil.example", "origin": "http://127.0.0.1.evil.example"},
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/docs?name=planted.md"),
        ("POST", "/api/sync"),
        ("DELETE", "/api/job"),
        ("POST", "/api/feedback"),
        ("POST", "/gradio_api/run/predict"),
        ("GET", "/api/docs"),
        ("GET", "/assets/none.js"),
    ],
)
def test_other_web_sites_neither_write_nor_read(
    address: str, corpus: Path, method: str, path: str, headers: dict[str, str]
) -> None:
    reply = httpx.request(method, address + path, content=b"# Planted", headers=headers)
    assert reply.status_code == 403
    assert "access-control-allow-origin" not in reply.headers
    assert not (corpus / "uploads").exists()


def test_wrong_passwords_in_bulk_are_held_up_and_others_still_come_in(index: Path) -> None:
    secrets = {"FUNDSTELLE_PASSWORD": PASSWORD}
    options = ("--host", "0.0.0.0", "--name", "docs.example")  # noqa: S104
    with (
        served(index, *options, environment=secrets) as (address, _),
        httpx.Client(base_url=address) as guesser,
    ):
        guesses = [guesser.post("/login", data={"password": f"guess {n}"}) for n in range(40)]
        assert [reply.status_code for reply in guesses] == [401] * 5 + [429] * 35
        assert all(int(reply.headers["retry-after"]) >= 1 for reply in guesses[5:])
        late = httpx.post(f"{address}/login", data={"password": PASSWORD})
        assert late.status_code == 429  # no telling the right one from the wrong ones
        for method, path in (("GET", "/api/docs"), ("GET", "/config"), ("POST", "/api/ask")):
            for headers in ({"authorization": "Bearer guess"}, {"cookie": "fundstelle-session=x"}):
                reply = httpx.request(method, f"{address}{path}", headers=headers)
                assert reply.status_code == 401
        through_a_proxy(address)


def through_a_proxy(address: str) -> None:
    """A proxy on this computer must not open the door for those it speaks for."""
    told = {"host": "docs.example", "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https"}
    assert httpx.get(f"{address}/api/docs", headers=told).status_code == 401
    page = httpx.get(address, headers={**told, "accept": "text/html"})
    assert page.headers["location"] == "./login"
    ours = {**told, "origin": "https://docs.example"}
    assert httpx.get(f"{address}/login", headers=ours).status_code == 200
    other = {**told, "origin": "https://other.example"}
    assert httpx.get(f"{address}/login", headers=other).status_code == 403


def test_a_loopback_server_behind_a_proxy_refuses_the_proxys_name(address: str) -> None:
    """Without a password, whoever passes a public name on is told no."""
    for name in ("docs.example", "docs.example:443"):
        headers = {"host": name, "x-forwarded-for": "192.0.2.4", "x-forwarded-host": name}
        assert httpx.get(f"{address}/api/docs", headers=headers).status_code == 403
