"""The gate of a server that others can reach: login page, sessions, and limits per client."""

import html
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from qa.errors import FundstelleError, ServiceError
from qa.service.access import COOKIE, SESSION_SECONDS, Access, Buckets
from qa.service.guard import client_of, refusal

_LOGIN: Final = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Fundstelle</title>
<link rel="icon" href="./app/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="./app/login.css"></head><body><main><h1>Fundstelle</h1>
<form method="post" action="./login"><label>Password · Passwort · パスワード
<input type="password" name="password" autocomplete="current-password" required autofocus></label>
<p role="alert">{message}</p><button>→</button></form></main></body></html>"""
_WITHOUT_LOGIN: Final = ("/app/login.css", "/app/icon.svg", "/robots.txt")
_MOST_PASSWORD = 1_000


class Gate:
    """ASGI middleware: lets in who has logged in or carries the token, and not too often."""

    def __init__(self, app: ASGIApp, access: Access, rates: Buckets) -> None:
        """Stand before ``app``, behind the guard; ``rates`` limits what changes or computes."""
        self._app = app
        self._access = access
        self._rates = rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "lifespan" or scope["path"] in _WITHOUT_LOGIN:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except FundstelleError as error:
            response = refusal(error)
        await (response or self._app)(scope, receive, send)

    async def _answer(self, request: Request) -> Response | None:
        """Return what the gate itself has to say; None lets the request through."""
        path, session = request.url.path, request.cookies.get(COOKIE, "")
        if path == "/login":
            return await self._login(request)
        if not self._access.admits(session, request.headers.get("authorization", "")):
            if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
                return RedirectResponse("./login", 303)
            raise ServiceError(
                "login_needed",
                "This server asks for a password.",
                "Send it as a token: Authorization: Bearer ..., or open /login in a browser.",
            )
        if path == "/logout":
            self._access.log_out(session)
            response: Response = RedirectResponse("./login", 303)
            response.delete_cookie(COOKIE)
            return response
        if request.method not in ("GET", "HEAD"):
            self._rates.take(client_of(request.scope))
        return None

    async def _login(self, request: Request) -> Response:
        if request.method != "POST":
            return HTMLResponse(_LOGIN.format(message=""))
        given = parse_qs((await request.body()).decode("utf-8", "replace")).get("password", [""])
        try:
            session = self._access.log_in(client_of(request.scope), given[0][:_MOST_PASSWORD])
        except ServiceError as error:
            page = _LOGIN.format(message=html.escape(f"{error.message} {error.hint}"))
            answer = refusal(error)
            return HTMLResponse(page, answer.status_code, headers=_retry(answer))
        response = RedirectResponse("./", 303)
        response.set_cookie(
            COOKIE, session, max_age=SESSION_SECONDS, httponly=True, samesite="strict"
        )
        return response


def _retry(answer: Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name == "retry-after"}
