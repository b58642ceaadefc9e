"""The gate of a server that others can reach: login page, sessions, and limits per client.

A proxy may put the app below a path that is not known here, so addresses in replies are relative.
"""

import html
import json
import re
from collections.abc import Collection
from typing import Final
from urllib.parse import parse_qs, quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from qa.errors import FundstelleError, ServiceError
from qa.service.access import COOKIE, SESSION_SECONDS, Access, Buckets
from qa.service.guard import client_of, refusal, replay
from qa.service.paths import PREDICT

_PAGE: Final = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Fundstelle</title>
<link rel="icon" href="./app/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="./app/login.css"></head><body><main><h1>Fundstelle</h1>
<form method="post" {form}</form></main></body></html>"""
_LOGIN: Final = _PAGE.format(
    form="""action="./login"><label>Password · Passwort · パスワード
<input type="password" name="password" autocomplete="current-password" required autofocus></label>
<input type="hidden" name="next" value="{place}"><p role="alert">{message}</p><button>→</button>"""
)
_LOGOUT: Final = _PAGE.format(
    form='action="./logout"><button>Log out · Abmelden · ログアウト</button>'
)
# By the last of these Gradio sees that its own server has started; it says nothing else.
_WITHOUT_LOGIN: Final = (
    "/app/login.css",
    "/app/icon.svg",
    "/robots.txt",
    "/gradio_api/startup-events",
)
_MOST_PASSWORD = 1_000
_MOST_PLACE = 4_000
_MOST_POLL = 10_000
# A path of this app and its query: no other host, nothing above the app, and no way round in a
# circle.
_PLACE: Final = re.compile(
    r"/(?!log(?:in|out)\b)(?:[\w-]+(?:\.\w+)?(?:/[\w-]+(?:\.\w+)?)*)?(?:\?[!-\[\]-~]*)?", re.ASCII
)


class Gate:
    """ASGI middleware: lets in who has logged in or carries the token, and not too often."""

    def __init__(
        self, app: ASGIApp, access: Access, rates: Buckets, polls: Collection[int] = ()
    ) -> None:
        """Stand before ``app``, behind the guard; ``rates`` limits what changes or computes.

        ``polls`` are the numbers of those of Gradio's events by which an open page looks how far a
        job is. They are not counted, else two pages would use up what one person may ask.
        """
        self._app = app
        self._access = access
        self._rates = rates
        self._polls = frozenset(polls)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "lifespan" or scope["path"] in _WITHOUT_LOGIN:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
            if response is None and request.method not in ("GET", "HEAD"):
                receive = await self._count(request)
        except FundstelleError as error:
            response = refusal(error)
        await (response or self._app)(scope, receive, send)

    async def _count(self, request: Request) -> Receive:
        """Count a request unless it is a poll; return what gives its body."""
        body = await request.body() if request.url.path == PREDICT else None
        if body is None or _event(body) not in self._polls:
            self._rates.take(client_of(request.scope))
        return request.receive if body is None else replay(body, request.receive)

    async def _answer(self, request: Request) -> Response | None:
        """Return what the gate itself has to say; None lets the request through."""
        path, session = request.url.path, request.cookies.get(COOKIE, "")
        if path == "/login":
            return await self._login(request)
        client, authorization = client_of(request.scope), request.headers.get("authorization", "")
        if not self._access.admits(client, session, authorization):
            if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
                return RedirectResponse(_login_for(request), 303)
            raise ServiceError(
                "login_needed",
                "This server asks for a password.",
                "Open /login in a browser, or send FUNDSTELLE_TOKEN: Authorization: Bearer TOKEN.",
            )
        return self._logout(request, session) if path == "/logout" else None

    def _logout(self, request: Request, session: str) -> Response:
        # The cookie comes along when a link of another site is followed, which is to change
        # nothing; the guard refuses what such a site posts.
        if request.method != "POST":
            return HTMLResponse(_LOGOUT)
        self._access.log_out(session)
        response = RedirectResponse("./login", 303)
        response.delete_cookie(COOKIE)
        return response

    async def _login(self, request: Request) -> Response:
        if request.method != "POST":
            return HTMLResponse(_login_page(_place(request.query_params.get("next", ""))))
        given = parse_qs((await request.body()).decode("utf-8", "replace"))
        place = _place(given.get("next", [""])[0])
        password = given.get("password", [""])[0][:_MOST_PASSWORD]
        try:
            session = self._access.log_in(client_of(request.scope), password)
        except ServiceError as error:
            page, answer = _login_page(place, f"{error.message} {error.hint}"), refusal(error)
            return HTMLResponse(page, answer.status_code, headers=_retry(answer))
        response = RedirectResponse(f".{place}", 303)
        # Lax, so that a link in a mail leads whoever has logged in to the place that it names.
        response.set_cookie(COOKIE, session, max_age=SESSION_SECONDS, httponly=True, samesite="lax")
        return response


def _login_for(request: Request) -> str:
    """Return where to log in before what was asked for is shown."""
    path, query = request.url.path, request.scope.get("query_string", b"").decode("latin-1")
    place = _place(f"{path}?{query}" if query else path)
    login = "../" * (path.count("/") - 1) or "./"
    return f"{login}login" + (f"?next={quote(place)}" if place != "/" else "")


def _login_page(place: str, message: str = "") -> str:
    return _LOGIN.format(place=html.escape(place), message=html.escape(message))


def _place(given: str) -> str:
    """Return a place within the app that a stranger may have named; the first page if it is not."""
    return given if len(given) <= _MOST_PLACE and _PLACE.fullmatch(given) else "/"


def _event(body: bytes) -> int | None:
    """Return the number of the event that Gradio is to run."""
    try:
        said = json.loads(body) if len(body) <= _MOST_POLL else None
    except (ValueError, RecursionError):  # brackets in brackets without end
        return None
    number = said.get("fn_index") if isinstance(said, dict) else None
    return number if isinstance(number, int) else None


def _retry(answer: Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name == "retry-after"}
