"""Passwords, limits and the order of questions."""

import asyncio
import html
import json
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlencode, urljoin

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from qa.errors import InputError, ServiceError
from qa.service import Access, Buckets, Gate, Guard, check_address
from qa.service.access import COOKIE, SESSION_SECONDS
from qa.service.paths import PREDICT
from qa.service.turns import BusyError, Turns
from tests.serving import call

PASSWORD = "correct horse battery"  # noqa: S105
TOKEN = "token-token-token"  # noqa: S105
FORM = {"content-type": "application/x-www-form-urlencoded"}


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def _secret(_: Request) -> Response:
    return PlainTextResponse("secret")


async def _run(request: Request) -> Response:
    return PlainTextResponse(await request.body())


@pytest.fixture
def gate(clock: Clock) -> Iterator[ASGIApp]:
    own, event = (
        Route("/", _secret, methods=["GET", "POST"]),
        Route(PREDICT, _run, methods=["POST"]),
    )
    access = Access(PASSWORD, TOKEN, clock)
    yield Guard(
        Gate(Starlette(routes=[own, event]), access, Buckets(3, 1.0, clock), polls={7}),
        pages=["/sources"],
    )


def log_in(gate: ASGIApp, password: str, client: str = "192.0.2.1") -> tuple[int, str, str]:
    status, _, headers = call(
        gate, "POST", "/login", content=f"password={password}", headers=FORM, client=client
    )
    return status, headers.get("set-cookie", ""), headers.get("retry-after", "")


def session_of(gate: ASGIApp) -> dict[str, str]:
    return {"cookie": log_in(gate, PASSWORD)[1].partition(";")[0]}


def test_nothing_is_shown_without_the_password(gate: ASGIApp) -> None:
    status, body, _ = call(gate, "GET", "/")
    assert (status, body["error"]["code"]) == (401, "login_needed")
    assert b"password" in call(gate, "GET", "/login")[1]


@pytest.mark.parametrize("below", ["", "/documents/of/mine"])
@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        ("/", "/"),
        ("/sources?doc=k3f9x2&start=1&end=9", "/sources?doc=k3f9x2&start=1&end=9"),
        ("/?q=%E6%B8%AF+%2F%5C&lang=ja", "/?q=%E6%B8%AF+%2F%5C&lang=ja"),
        ("/api/docs/k3f9x2/file", "/api/docs/k3f9x2/file"),
        (f"/?q={'x' * 5000}", "/"),
        ("/logout", "/"),
    ],
)
def test_whoever_logs_in_comes_to_the_place_that_was_cited(
    gate: ASGIApp, below: str, wanted: str, shown: str
) -> None:
    home = f"http://127.0.0.1:7860{below}"  # a proxy takes away what is in front
    status, _, headers = call(gate, "GET", wanted, headers={"accept": "text/html"})
    login = urljoin(home + wanted, headers["location"])
    assert (status, login.partition("?")[0]) == (303, f"{home}/login")
    page = call(gate, "GET", login.removeprefix(home))[1].decode()
    place = html.unescape(page.partition('name="next" value="')[2].partition('"')[0])
    form = urlencode({"password": PASSWORD, "next": place})
    _, _, headers = call(gate, "POST", "/login", content=form, headers=FORM)
    assert urljoin(f"{home}/login", headers["location"]) == home + shown


@pytest.mark.parametrize(
    "place",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "http://evil.example",
        "javascript:alert(1)",
        "evil",
        "/../elsewhere",
        "/%2e%2e/elsewhere",
        "/sources?doc=a\r\nset-cookie: a=b",
        "/logout",
        "/login?next=/",
    ],
)
def test_a_forged_place_leads_nowhere_else(gate: ASGIApp, place: str) -> None:
    form = urlencode({"password": PASSWORD, "next": place})
    _, _, headers = call(gate, "POST", "/login", content=form, headers=FORM)
    assert headers["location"] == "./"


def test_a_place_is_only_text_on_the_login_page(gate: ASGIApp) -> None:
    forged = urlencode({"next": '/?q="><script>'})
    assert b"<script" not in call(gate, "GET", f"/login?{forged}")[1]


def test_the_password_opens_a_session_that_ends(gate: ASGIApp, clock: Clock) -> None:
    status, cookie, _ = log_in(gate, PASSWORD)
    assert status == 303
    assert {"HttpOnly", "SameSite=lax"} <= set(cookie.split("; "))
    session = {"cookie": cookie.partition(";")[0]}
    assert call(gate, "GET", "/", headers=session)[1] == b"secret"
    clock.now += SESSION_SECONDS + 1
    assert call(gate, "GET", "/", headers=session)[0] == 401


def test_logging_out_ends_the_session(gate: ASGIApp) -> None:
    session = session_of(gate)
    assert call(gate, "POST", "/logout", headers=session)[0] == 303
    assert call(gate, "GET", "/", headers=session)[0] == 401


def test_another_site_cannot_log_anybody_out(gate: ASGIApp) -> None:
    session = session_of(gate)
    assert b"Log out" in call(gate, "GET", "/logout", headers=session)[1]
    evil = {**session, "origin": "http://evil.example"}
    assert call(gate, "POST", "/logout", headers=evil)[0] == 403
    assert call(gate, "GET", "/", headers=session)[1] == b"secret"


@pytest.mark.parametrize(
    ("header", "allowed"),
    [
        ("Bearer token-token-token", True),
        ("bearer token-token-token", True),
        ("Bearer token", False),
        ("Bearer ", False),
        (f"Bearer {PASSWORD}", False),
        ("Basic token-token-token", False),
    ],
)
def test_the_token_opens_the_api(gate: ASGIApp, header: str, allowed: bool) -> None:
    status = call(gate, "GET", "/", headers={"authorization": header})[0]
    assert status == (200 if allowed else 401)


def test_guessing_is_slowed_down_and_the_right_password_with_it(
    gate: ASGIApp, clock: Clock
) -> None:
    tried = [log_in(gate, f"wrong{n}")[0] for n in range(7)]
    assert tried == [401] * 5 + [429] * 2
    status, cookie, retry = log_in(gate, PASSWORD)
    assert (status, cookie) == (429, "")
    assert int(retry) >= 1
    assert log_in(gate, PASSWORD, client="192.0.2.9")[0] == 303
    clock.now += 60
    assert log_in(gate, PASSWORD)[0] == 303


def test_guessing_from_many_places_is_slowed_down(gate: ASGIApp) -> None:
    tried = [log_in(gate, "wrong", client=f"192.0.2.{n}")[0] for n in range(60)]
    assert tried[:50] == [401] * 50
    assert set(tried[50:]) == {429}


def bear(gate: ASGIApp, token: str, client: str = "192.0.2.1") -> int:
    return call(gate, "GET", "/", headers={"authorization": f"Bearer {token}"}, client=client)[0]


def test_guessing_the_token_is_slowed_down_and_the_right_one_never_waits(
    gate: ASGIApp, clock: Clock
) -> None:
    assert [bear(gate, f"wrong{n}") for n in range(7)] == [401] * 5 + [429] * 2
    assert [bear(gate, TOKEN) for _ in range(60)] == [200] * 60
    assert log_in(gate, PASSWORD)[0] == 429
    assert bear(gate, "wrong", client="192.0.2.9") == 401
    clock.now += 60
    assert [bear(gate, f"wrong{n}") for n in range(3)] == [401] * 2 + [429]


def test_guessing_the_token_from_many_places_is_slowed_down(gate: ASGIApp) -> None:
    tried = [bear(gate, "wrong", client=f"192.0.2.{n}") for n in range(60)]
    assert tried == [401] * 50 + [429] * 10


def test_who_has_logged_in_is_not_counted_for_what_a_proxy_adds(gate: ASGIApp) -> None:
    session = {**session_of(gate), "authorization": "Bearer of-the-proxy"}
    assert {call(gate, "GET", "/", headers=session)[0] for _ in range(60)} == {200}


@pytest.mark.parametrize("path", ["/api/docs", "/api/tests"])
def test_a_large_body_is_not_read_for_a_stranger(gate: ASGIApp, path: str) -> None:
    read = []

    async def body() -> AsyncIterator[bytes]:
        read.append("all")
        yield b"x"

    assert call(gate, "POST", path, content=body())[0] == 401
    assert read == []


@pytest.mark.parametrize("cookie", ["", "x", "x" * 10_000])
def test_a_forged_session_is_none(gate: ASGIApp, cookie: str) -> None:
    headers = {"cookie": f"{COOKIE}={cookie}"}
    assert call(gate, "GET", "/", headers=headers)[0] == 401


def test_too_many_requests_are_told_when_to_come_back(gate: ASGIApp, clock: Clock) -> None:
    bearer = {"authorization": "Bearer token-token-token"}
    tried = [call(gate, "POST", "/", headers=bearer)[0] for _ in range(5)]
    assert tried == [200] * 3 + [429] * 2
    clock.now += 1
    assert call(gate, "POST", "/", headers=bearer)[0] == 200


def test_pages_that_watch_a_job_use_up_nobody_s_questions(gate: ASGIApp) -> None:
    session = session_of(gate)

    def run(event: object) -> tuple[int, object]:
        body = json.dumps({"fn_index": event, "data": []})
        status, given, _ = call(gate, "POST", PREDICT, content=body, headers=session)
        return status, given == body.encode()

    assert {run(7) for _ in range(20)} == {(200, True)}
    assert [run(event) for event in (1, "7", [7])] == [(200, True)] * 3
    assert call(gate, "POST", PREDICT, content="[" * 9_000, headers=session)[0] == 429
    assert run(1)[0] == 429
    assert run(7) == (200, True)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org"])  # noqa: S104
def test_other_addresses_need_a_good_password(host: str) -> None:
    for password in (None, "", "short"):
        with pytest.raises(ServiceError) as failure:
            check_address(host, password)
        assert failure.value.exit_code == 8
    check_address(host, PASSWORD)
    check_address("127.0.0.1", None)


def test_a_token_is_as_long_as_a_password() -> None:
    with pytest.raises(ServiceError, match="token has fewer than 12 characters") as failure:
        check_address("192.168.1.5", PASSWORD, "x" * 11)
    assert (failure.value.code, failure.value.exit_code) == ("token_short", 8)
    assert "FUNDSTELLE_TOKEN" in failure.value.hint
    for token in (None, "", "x" * 12):
        check_address("192.168.1.5", PASSWORD, token)
    check_address("127.0.0.1", None, "x")


def serve_in_order(asked: list[str], most: int = 32) -> list[str]:
    """Let clients ask while the first one is being answered; return the order of answers."""
    turns, order = Turns(most), []

    async def ask(client: str) -> None:
        async with turns.turn(client):
            order.append(client)
            await asyncio.sleep(0)

    async def go() -> None:
        async with turns.turn("first"):
            tasks = [asyncio.create_task(ask(client)) for client in asked]
            await asyncio.sleep(0)
        await asyncio.gather(*tasks)
        assert turns.waiting == 0

    asyncio.run(go())
    return order


def test_who_asks_much_does_not_keep_others_waiting() -> None:
    assert serve_in_order(["a", "a", "a", "b", "c", "b"]) == ["a", "b", "c", "a", "b", "a"]


def test_a_full_queue_says_so_and_recovers() -> None:
    async def go() -> None:
        turns = Turns(2)
        async with turns.turn("x"):
            waiting = [asyncio.create_task(_one(turns, "x")) for _ in range(2)]
            await asyncio.sleep(0)
            with pytest.raises(BusyError) as busy:
                await _one(turns, "y")
            assert (busy.value.code, busy.value.status) == ("queue_full", 503)
            assert busy.value.retry_after > 0
        await asyncio.gather(*waiting)
        await _one(turns, "y")

    asyncio.run(go())


async def _one(turns: Turns, client: str, ticket: str = "") -> None:
    async with turns.turn(client, ticket):
        pass


def test_a_waiting_question_can_be_cancelled() -> None:
    async def go() -> None:
        turns = Turns()
        async with turns.turn("x"):
            waiting = asyncio.create_task(_one(turns, "a", "ticket-1"))
            other = asyncio.create_task(_one(turns, "a", "ticket-2"))
            await asyncio.sleep(0)
            assert turns.cancel("ticket-1")
            assert not turns.cancel("ticket-1")
            assert not turns.cancel("")
            with pytest.raises(InputError, match="cancelled"):
                await waiting
        await other
        assert not turns.cancel("ticket-2")

    asyncio.run(go())


def test_who_leaves_just_as_the_turn_comes_hands_it_on() -> None:
    async def go() -> None:
        turns = Turns()
        async with turns.turn("x"):
            leaving = asyncio.create_task(_one(turns, "a"))
            next_one = asyncio.create_task(_one(turns, "b"))
            await asyncio.sleep(0)
        leaving.cancel()  # it has the turn, but has not run since
        await asyncio.wait([leaving])
        await asyncio.wait_for(next_one, 10)
        await asyncio.wait_for(_one(turns, "c"), 10)

    asyncio.run(go())
