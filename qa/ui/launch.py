"""Starts the app: pages and API in one server, guarded as a whole."""

import os
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from qa.assistant import Assistant
from qa.errors import ServiceError
from qa.service import Guard, Service, check_address, routes
from qa.ui.shell import Shell

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI

_FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Noto Sans CJK JP"]
_BLUE = ("#e9f2f8", "#17567f", "#114263")


def serve(
    assistant: Assistant,
    host: str = "127.0.0.1",
    port: int = 7860,
    *,
    open_browser: bool = False,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve until interrupted; ``ready`` is called with the address once it answers.

    Raises ServiceError if ``host`` is not this computer or ``port`` is taken.
    """
    check_address(host)
    _check_port(host, port)
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported
    _bypass_proxy()
    from qa.ui import app

    service = Service(assistant)
    service.ask("Ready?")  # the first question loads what every later one needs
    page, texts = app.build(service)
    page.queue(max_size=20, api_open=False)
    _, address, _ = page.launch(
        server_name=host,
        server_port=port,
        inbrowser=open_browser,
        i18n=texts,
        **_options(service),
    )
    try:
        if ready is not None:
            ready(address)
        threading.Event().wait()
    finally:
        page.close(verbose=False)


def _options(service: Service) -> dict[str, Any]:
    """Return what ``launch`` is told: nothing leaves this computer, nothing is shown twice."""
    ours = StaticFiles(packages=[("qa.ui", "static")])
    return {
        "app_kwargs": {
            "routes": [*routes(service), Mount("/app", ours)],
            "middleware": [Middleware(Shell)],
            "lifespan": _guarded,
            "openapi_url": None,
        },
        "theme": _theme(),
        "quiet": True,
        "prevent_thread_lock": True,
        "share": False,
        "show_error": False,
        "ssr_mode": False,
        "run_history": False,
        "footer_links": [],
        "max_file_size": "1mb",
        "enable_monitoring": False,
        "mcp_server": False,
        "pwa": False,
    }


@asynccontextmanager
async def _guarded(app: "FastAPI") -> AsyncIterator[None]:
    """Put the guard outside every other layer.

    Middleware given to the constructor would stand inside Gradio's own CORS layer; when the
    application starts up, its layers are complete.
    """
    app.middleware_stack = Guard(app.middleware_stack or app.build_middleware_stack())
    yield


def _theme() -> "gr.themes.Base":
    import gradio as gr

    soft, strong, dark = _BLUE
    theme = gr.themes.Base(font=[*_FONTS, "sans-serif"], font_mono=["ui-monospace", "monospace"])
    return theme.set(
        body_background_fill="#faf9f6",
        body_background_fill_dark="#13161b",
        body_text_color="#1c2430",
        body_text_color_dark="#e7eaee",
        button_primary_background_fill=strong,
        button_primary_background_fill_dark="#8ec4ea",
        button_primary_background_fill_hover=dark,
        button_primary_background_fill_hover_dark=soft,
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#10202c",
        button_primary_text_color_hover_dark="#10202c",
        input_background_fill="#ffffff",
        input_background_fill_dark="#1b2027",
        input_border_color="#cfcbc2",
        input_border_color_dark="#3a4350",
        input_border_color_focus=strong,
        input_border_color_focus_dark="#8ec4ea",
        input_placeholder_color="#6b7380",
        input_placeholder_color_dark="#97a1ae",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
    )


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise ServiceError(
                "port_taken",
                f"Port {port} of {host} cannot be used: another program may listen there.",
                f"Choose another one: qa serve --port {port + 1 if port < 65535 else 7860}",
            ) from error


def _bypass_proxy() -> None:
    """Keep Gradio's check that its own server answers away from a proxy."""
    for name in ("NO_PROXY", "no_proxy"):
        known = os.environ.get(name, "")
        os.environ[name] = ",".join(filter(None, [known, "127.0.0.1", "localhost", "::1"]))
