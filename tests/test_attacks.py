"""Attacks on the running server, each as somebody would send it: all of them are refused."""

import http.client
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from qa import Assistant
from qa.documents import LARGEST
from qa.service.paths import limit
from tests.app_server import served
from tests.conftest import CORPUS, write_files
from tests.hash_encoder import HashEncoder

SECRET = "the password of the safe"  # noqa: S105
EVIL = {"origin": "http://evil.example"}
PREDICT = "/gradio_api/run/predict"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("attacked")
    write_files(home, {"secret.txt": SECRET})
    return write_files(home / "corpus", {**CORPUS, ".hidden.txt": SECRET})


@pytest.fixture(scope="module")
def address(corpus: Path) -> Iterator[str]:
    index = corpus.parent / "index"
    Assistant.build(corpus, index, HashEncoder()).index.close()
    with served(index) as (address, _):
        yield address


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    # A connection for each: the server may hang up on what it refuses, and that is no reply to the
    # next request.
    headers = {"connection": "close"}
    with httpx.Client(base_url=address, timeout=120, headers=headers) as client:
        yield client


def files(corpus: Path) -> set[Path]:
    return {path for path in corpus.parent.rglob("*") if "index" not in path.parts}


@pytest.mark.parametrize("target", ["secret.txt", "corpus/.hidden.txt", "index/fundstelle.db"])
@pytest.mark.parametrize(
    "path",
    [
        "/app/../../{}",
        "/app/%2e%2e/%2e%2e/{}",
        "/assets/..%2f..%2f{}",
        "/assets/....//....//{}",
        "/static/..%5c..%5c{}",
        "//{}",
        "/{}",
        "/file={}",
        "/gradio_api/file={}",
        "/gradio_api/file/{}",
        "/gradio_api/stream/{}",
        "/gradio_api/proxy=http://evil.example/{}",
        "/api/docs/{}",
        "/api/docs/..%2f{}/file",
        "/api/docs/..%2f..%2f{}/pages/1.png",
        "/api/docs/../../{}",
        "/api/tests/{}",
        "/api/trash/..%2f{}/restore",
    ],
)
def test_no_path_leads_to_a_file(address: str, corpus: Path, path: str, target: str) -> None:
    home = str(corpus.parent).strip("/")
    for way in (target, f"{home}/{target}", f"/{home}/{target}"):
        status, body = raw(address, "GET", path.format(way))
        assert status in (400, 403, 404, 405)
        assert SECRET.encode() not in body
        assert b"SQLite format" not in body


def raw(address: str, method: str, path: str, **headers: str) -> tuple[int, bytes]:
    """Send a path as it is: other clients tidy it up first."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    try:
        connection.putrequest(method, path)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize("path", ["/", "/gradio_api/queue/join", "/config", "/api/ask"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_the_guard_stands_outside_gradio(client: httpx.Client, method: str, path: str) -> None:
    for headers in (
        {"origin": "http://evil.example"},
        {"host": "evil.example"},
        {"host": "evil.example", "origin": "http://evil.example"},
    ):
        reply = client.request(method, path, headers=headers)
        assert reply.status_code == 403
        assert "access-control-allow-origin" not in reply.headers
        assert "script-src-attr 'none'" in reply.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/robots.txt", "/docs", "/openapi.json", "/gradio_api/info"])
def test_the_server_tells_nothing_about_the_computer(client: httpx.Client, path: str) -> None:
    reply = client.get(path)
    assert not [name for name in ("pyproject", "corpus", "/ask", "load") if name in reply.text]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/docs?name=evil.md", b"# Evil"),
        ("POST", "/api/docs?name=../evil.md", b"# Evil"),
        ("POST", "/api/tests?name=evil.jsonl", b"{}"),
        ("POST", "/api/sync", b""),
        ("POST", "/api/feedback", b"{}"),
        ("DELETE", "/api/docs/{}", b""),
        ("DELETE", "/api/job", b""),
        ("POST", PREDICT, b"{}"),
    ],
)
def test_another_site_changes_nothing(
    client: httpx.Client, corpus: Path, method: str, path: str, body: bytes
) -> None:
    doc_id = client.get("/api/docs").json()["documents"][0]["doc_id"]
    before = files(corpus)
    # As a form of that site would send it: browsers ask nobody before they do.
    for kind in ("text/plain", "multipart/form-data; boundary=x", "application/json"):
        for origin in (
            "http://evil.example",
            "null",
            str(client.base_url).replace("http:", "https:").strip("/"),
        ):
            headers = {"origin": origin, "content-type": kind}
            url = path.format(doc_id)
            reply = client.request(method, url, content=body, headers=headers)
            assert reply.status_code == 403
            assert reply.json()["error"]["code"] == "origin_refused"
            assert "access-control-allow-origin" not in reply.headers
    assert files(corpus) == before


@pytest.mark.parametrize("name", ["../evil.md", "..%2fevil.md", "/tmp/evil.md", "a%00.md", ".x.md"])  # noqa: S108
def test_an_upload_lands_nowhere_else(client: httpx.Client, corpus: Path, name: str) -> None:
    before = files(corpus)
    reply = client.post(f"/api/docs?name={name}", content=b"# Evil")
    assert reply.status_code == 400
    assert reply.json()["error"]["code"] == "name_refused"
    assert files(corpus) - before <= {corpus / "uploads"}


def pieces(size: int) -> Iterator[bytes]:
    """Yield a body of ``size`` bytes without a length."""
    for start in range(0, size, 2**20):
        yield b"x" * min(2**20, size - start)


@pytest.mark.parametrize("path", ["/api/ask", "/api/tests?name=a.jsonl", PREDICT, "/login"])
def test_bodies_are_limited_however_they_are_sent(client: httpx.Client, path: str) -> None:
    most = limit("POST", path.partition("?")[0]).size
    for body in (b"x" * (most + 1), pieces(most + 1)):
        reply = sent(client, path, body)
        assert reply is None or reply.status_code == 413
    assert client.get("/healthz").json()["status"] == "ok"


def test_an_upload_that_does_not_end_is_cut_off_and_leaves_nothing(
    address: str, client: httpx.Client, corpus: Path
) -> None:
    before = files(corpus)
    reply = sent(client, "/api/docs?name=huge.txt", pieces(LARGEST + 2**20))
    assert reply is None or reply.status_code == 413
    for length, refused in ((str(10**12), 413), ("-1", 400), ("1e3", 400)):
        status, _ = raw(address, "POST", "/api/docs?name=huge.txt", content_length=length)
        assert status == refused
    assert files(corpus) - before <= {corpus / "uploads"}
    assert client.get("/healthz").json()["status"] == "ok"


def sent(client: httpx.Client, path: str, body: bytes | Iterator[bytes]) -> httpx.Response | None:
    """Return the reply; None if the server hung up before all was sent."""
    try:
        return client.post(path, content=body, headers={"connection": "close"})
    except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
        return None


def test_forged_file_events_reveal_nothing(client: httpx.Client, corpus: Path) -> None:
    secret = str(corpus.parent / "secret.txt")
    file = {"path": secret, "url": f"file://{secret}", "meta": {"_type": "gradio.FileData"}}
    count = len(client.get("/config").json()["dependencies"])
    for number in [*range(count), -1, count, 10**9]:
        for data in ([file] * 4, [secret] * 2, {"path": "/etc/passwd"}):
            body = {"data": data, "fn_index": number, "session_hash": "forged"}
            reply = client.post(PREDICT, json=body)
            assert SECRET not in reply.text
            assert "root:" not in reply.text
            assert "Traceback" not in reply.text
    for path in ("upload", "queue/join", "call/predict", "component_server", "upload_progress"):
        form = {"files": ("a.txt", b"text")}
        assert client.post(f"/gradio_api/{path}", files=form).status_code == 404
        assert client.post(f"/gradio_api/{path}", json={"data": [file]}).status_code == 404
