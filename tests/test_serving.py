"""The running server: what strangers may do, how it logs, how it stops, and many at once."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from qa import Assistant
from tests.app_server import ROOT, served
from tests.conftest import CORPUS, write_files
from tests.hash_encoder import HashEncoder

PASSWORD = "a long enough password"  # noqa: S105
TOKEN = "token-for-tests-only"  # noqa: S105
QUESTION = "When was the harbour of Elmstadt opened?"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("serving")
    corpus = write_files(home / "corpus", CORPUS)
    Assistant.build(corpus, home / "index", HashEncoder()).index.close()
    return home / "index"


@pytest.fixture(scope="module")
def guarded(index: Path) -> Iterator[str]:
    """The address of a server that others could reach."""
    secrets = {"FUNDSTELLE_PASSWORD": PASSWORD, "FUNDSTELLE_TOKEN": TOKEN}
    with served(index, "--host", "0.0.0.0", environment=secrets) as (address, _):  # noqa: S104
        yield address


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/config"),
        ("GET", "/api/docs"),
        ("GET", "/metrics"),
        ("GET", "/healthz"),
        ("GET", "/app/app.js"),
        ("GET", "/api/docs/x/file"),
        ("POST", "/api/ask"),
        ("POST", "/api/docs?name=a.md"),
        ("POST", "/gradio_api/run/predict"),
    ],
)
def test_without_the_password_nothing_answers(guarded: str, method: str, path: str) -> None:
    reply = httpx.request(method, guarded + path, content=b"{}")
    assert reply.status_code == 401
    assert "harbour" not in reply.text


def test_the_token_asks_and_a_session_sees_the_page(guarded: str) -> None:
    bearer = {"authorization": f"Bearer {TOKEN}"}
    reply = httpx.post(f"{guarded}/api/ask", json={"question": QUESTION}, headers=bearer)
    assert "1874" in reply.text
    with httpx.Client(base_url=guarded) as browser:
        assert browser.get("/", headers={"accept": "text/html"}).headers["location"] == "./login"
        assert browser.post("/login", data={"password": "wrong"}).status_code == 401
        assert browser.post("/login", data={"password": PASSWORD}).status_code == 303
        assert "gradio_config" in browser.get("/").text


def test_pages_that_watch_a_job_leave_room_for_questions(guarded: str) -> None:
    with httpx.Client(base_url=guarded, headers={"authorization": f"Bearer {TOKEN}"}) as client:
        events = client.get("/config").json()["dependencies"]
        polls = [one for one in events if "tick" in dict(one["targets"]).values()]
        assert len(polls) == 2  # of the pages Documents and Evaluate
        for one in polls * 40:
            data = [""] * len(one["inputs"])
            body = {"data": data, "fn_index": one["id"], "session_hash": "x"}
            assert client.post("/gradio_api/run/predict", json=body).status_code == 200
        assert client.post("/api/ask", json={"question": QUESTION}).status_code == 200


def test_a_server_for_others_needs_a_password(index: Path) -> None:
    command = [sys.executable, "-m", "tests.run_qa", "serve", "--host", "0.0.0.0"]  # noqa: S104
    done = subprocess.run(
        [*command, "--index", str(index)], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 8
    assert "FUNDSTELLE_PASSWORD" in done.stderr
    secrets = {"FUNDSTELLE_PASSWORD": PASSWORD, "FUNDSTELLE_TOKEN": "short"}
    done = subprocess.run(
        [*command, "--index", str(index)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **secrets},
    )
    assert done.returncode == 8
    assert "FUNDSTELLE_TOKEN" in done.stderr


def test_a_forged_host_or_origin_is_refused_with_the_password_too(guarded: str) -> None:
    bearer = {"authorization": f"Bearer {TOKEN}"}
    for forged in ({"host": "evil.example"}, {"origin": "http://evil.example"}):
        reply = httpx.get(f"{guarded}/api/docs", headers={**bearer, **forged})
        assert reply.status_code == 403
        assert "access-control-allow-origin" not in reply.headers


def test_requests_are_logged_as_json_without_questions_and_a_stop_is_graceful(
    index: Path,
) -> None:
    with served(index, "--log", "json") as (address, server):
        assert httpx.get(f"{address}/?q=secret+question").status_code == 200
        assert httpx.post(f"{address}/api/ask", json={"question": QUESTION}).status_code == 200
        forged = {"data": [{"a": 1}], "fn_index": 9999, "session_hash": "x"}
        assert httpx.post(f"{address}/gradio_api/run/predict", json=forged).status_code >= 400
        forged = {"data": [{"path": "/etc/passwd"}, 3, []], "fn_index": 0, "session_hash": "x"}
        reply = httpx.post(f"{address}/gradio_api/run/predict", json=forged)
        assert "Traceback" not in reply.text
        metrics = httpx.get(f"{address}/metrics").text
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0
        assert server.stderr is not None
        lines = server.stderr.read().splitlines()
    logged = [json.loads(line) for line in lines]
    assert {("GET", "/", 200), ("POST", "/api/ask", 200)} <= {
        (one.get("method"), one.get("path"), one.get("status")) for one in logged
    }
    assert not [line for line in lines if "secret" in line or "Traceback" in line]
    assert 'fundstelle_questions_total{result="answered"} 1.0' in metrics
    assert 'route="/api/ask",status="200"} 1.0' in metrics
    assert "fundstelle_documents 6.0" in metrics


def test_nothing_reaches_another_computer() -> None:
    code = (
        "import socket, urllib.request\n"
        "from qa.service.offline import stay_offline, OutgoingConnectionError\n"
        "stay_offline({'192.0.2.7'})\n"
        "datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "for attempt in (lambda: socket.create_connection(('192.0.2.1', 80), 1),\n"
        "                lambda: socket.getaddrinfo('example.org', 80),\n"
        "                lambda: socket.getaddrinfo('127.example.org', 80),\n"
        "                lambda: socket.gethostbyname('example.org'),\n"
        "                lambda: datagrams.sendto(b'x', ('192.0.2.1', 9)),\n"
        "                lambda: urllib.request.urlopen('http://example.org')):\n"
        "    try:\n"
        "        attempt()\n"
        "        print('let through')\n"
        "    except (OutgoingConnectionError, OSError) as error:\n"
        "        print('offline' in str(error))\n"
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(server.getsockname(), 5).close()\n"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True"] * 6


async def _ask_all(address: str, questions: list[str]) -> list[httpx.Response]:
    limits = httpx.Limits(max_connections=64)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
        asked = [client.post("/api/ask", json={"question": one}) for one in questions]
        return list(await asyncio.gather(*asked))


def test_thirty_two_at_once_each_get_their_own_answer(index: Path) -> None:
    questions = [f"{QUESTION} ({n})" for n in range(32)]
    with served(index) as (address, _):
        replies = asyncio.run(_ask_all(address, questions))
        assert [reply.json()["question"] for reply in replies] == questions
        assert {reply.status_code for reply in replies} == {200}
        flood = asyncio.run(_ask_all(address, questions * 2))
        refused = [reply for reply in flood if reply.status_code != 200]
        assert {reply.status_code for reply in refused} <= {503}
        assert all(int(reply.headers["retry-after"]) >= 1 for reply in refused)
        assert httpx.get(f"{address}/healthz").status_code == 200


@pytest.mark.soak
def test_sixteen_clients_for_ten_minutes(index: Path) -> None:
    """No error, and no more than a tenth more memory after the first minute."""
    with served(index) as (address, _):
        asyncio.run(_load(address, seconds=60))
        before = memory(address)
        times = asyncio.run(_load(address, seconds=540))
        times.sort()
        sys.stdout.write(f"{len(times)} questions, p95 {times[int(0.95 * len(times))]:.3f} s\n")
        assert memory(address) <= 1.1 * before


async def _load(address: str, seconds: float) -> list[float]:
    times: list[float] = []
    end = time.monotonic() + seconds

    async def client(name: int) -> None:
        async with httpx.AsyncClient(base_url=address, timeout=60) as user:
            while time.monotonic() < end:
                began = time.monotonic()
                reply = await user.post("/api/ask", json={"question": f"{QUESTION} {name}"})
                assert reply.json()["question"] == f"{QUESTION} {name}"
                times.append(time.monotonic() - began)

    await asyncio.gather(*(client(name) for name in range(16)))
    return times


def memory(address: str) -> float:
    lines = httpx.get(f"{address}/metrics").text.splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith("fundstelle_memory")))
