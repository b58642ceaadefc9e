"""Calling an ASGI application without a network."""

import asyncio
import json
from typing import Any

import httpx
from starlette.types import ASGIApp

HOME = "http://127.0.0.1:7860"
Reply = tuple[int, Any, httpx.Headers]


def call(
    app: ASGIApp,
    method: str,
    path: str,
    *,
    content: Any = None,
    headers: dict[str, str] | None = None,
    client: str = "127.0.0.1",
) -> Reply:
    """Return status, body (JSON where it is) and headers."""

    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(client, 1))
        async with httpx.AsyncClient(transport=transport, base_url=HOME) as user:
            return await user.request(method, path, content=content, headers=headers)

    response = asyncio.run(go())
    kind = response.headers.get("content-type", "")
    body: Any = response.json() if kind == "application/json" else response.content
    return response.status_code, body, response.headers


def post(app: ASGIApp, path: str, **body: Any) -> Reply:
    """Send JSON."""
    return call(app, "POST", path, content=json.dumps(body))
