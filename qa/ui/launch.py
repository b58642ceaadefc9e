"""Starts the app: pages and API in one server, guarded as a whole."""

import errno
import logging
import os
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qa.assistant import Assistant
from qa.errors import ServiceError
from qa.service import LOOPBACK, Access, Buckets, Gate, Guard, Service, check_address, routes
from qa.service.observe import LOG, LogStyle, start_log
from qa.service.offline import stay_offline
from qa.ui.assets import Assets
from qa.ui.lean import import_gradio, without_server
from qa.ui.shell import Shell

if TYPE_CHECKING:
    import gradio as gr
    from gradio.routes import App
    from starlette.routing import Route
    from starlette.types import ASGIApp

_FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Noto Sans CJK JP"]
_BLUE = ("#e9f2f8", "#17567f", "#114263")
_BURST, _PER_SECOND = 60, 2.0


@dataclass(frozen=True, slots=True)
class Serving:
    """Where and how to listen; ``names`` are further host names that lead here."""

    host: str = "127.0.0.1"
    port: int = 7860
    names: tuple[str, ...] = ()
    password: str | None = None
    token: str | None = None
    log: LogStyle = "none"
    open_browser: bool = False

    @property
    def local(self) -> bool:
        """Whether only this computer can reach it."""
        return self.host in LOOPBACK


def serve(
    assistant: Assistant, serving: Serving, ready: Callable[[str], None] | None = None
) -> None:
    """Serve until interrupted or terminated; ``ready`` is told the address once it answers.

    Raises ServiceError: address_not_local, password_short, token_short, host_unusable,
    port_taken.
    """
    check_address(serving.host, serving.password, serving.token)
    _check_port(serving.host, serving.port)
    start_log(serving.log)
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported
    _bypass_proxy()
    import_gradio()
    from qa.ui import app

    stay_offline(own={serving.host})
    assistant.ask("Ready?")  # the first question loads what every later one needs
    service = Service(assistant)
    with without_server():
        page, texts = app.build(service)
        page.queue(max_size=20, api_open=False)
    _quieten_gradio()
    _be_patient()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    _, address, _ = page.launch(
        server_name=serving.host,
        server_port=serving.port,
        inbrowser=serving.open_browser,
        i18n=texts,
        **_options(service, serving, {f"/{one.path}": one.name for one in app.PAGES}),
    )
    logging.getLogger("uvicorn.error").addFilter(_quieten)
    try:
        if ready is not None:
            ready(address)
        stop.wait()
    finally:
        service.jobs.stop()
        page.close(verbose=False)
        service.jobs.wait(10)


def _options(service: Service, serving: Serving, pages: Mapping[str, str]) -> dict[str, Any]:
    """Return what ``launch`` is told: nothing leaves this computer, nothing is shown twice."""
    api = routes(service)
    return {
        "app_kwargs": {
            "routes": api,
            "lifespan": _guarded(service, serving, pages, api),
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
        "max_file_size": "20mb",
        "enable_monitoring": False,
        "mcp_server": False,
        "pwa": False,
    }


def _guarded(
    service: Service, serving: Serving, pages: Mapping[str, str], api: "Sequence[Route]"
) -> Callable[["App"], AbstractAsyncContextManager[None]]:
    """Put our layers outside every other one, the guard outermost.

    Middleware given to the constructor would stand inside Gradio's own CORS layer; when the
    application starts up, its layers are complete.
    """
    from qa.ui import frontend

    access = Access(None if serving.local else serving.password, serving.token)
    hosts = {*LOOPBACK, *serving.names, serving.host, socket.gethostname()}

    @asynccontextmanager
    async def lifespan(app: "App") -> AsyncIterator[None]:
        inner = _with_assets(app, pages)
        if not serving.local:
            polls = frontend.polls(app.get_blocks())
            inner = Gate(inner, access, Buckets(_BURST, _PER_SECOND), polls)
        app.middleware_stack = Guard(
            inner,
            LOOPBACK if serving.local else hosts,
            by_address=not serving.local,
            pages=pages,
            routes=api,
            metrics=service.metrics,
        )
        yield

    return lifespan


def _with_assets(app: "App", pages: Mapping[str, str]) -> "ASGIApp":
    from qa.ui import frontend

    inner = app.middleware_stack or app.build_middleware_stack()
    heads, files = frontend.heads(app.get_blocks(), pages), frontend.files()
    soon = [path for path in files if any(f".{path}" in head for head in heads.values())]
    return Assets(Shell(inner, heads), files, soon)


class _Quiet:
    """Stands in for ``traceback`` in Gradio's routes, where a forged call prints one."""

    @staticmethod
    def print_exc() -> None:
        LOG.warning("a call of the page's API failed", exc_info=LOG.isEnabledFor(10))


def _quieten(record: logging.LogRecord) -> bool:
    """Say in our log what went wrong, in a line, instead of all of it on the terminal."""
    what = "a request failed" if record.exc_info else record.getMessage()
    LOG.warning(what, exc_info=record.exc_info if LOG.isEnabledFor(10) else None)
    return False


def _quieten_gradio() -> None:
    from gradio import routes as gradio_routes

    vars(gradio_routes)["traceback"] = _Quiet


def _be_patient() -> None:
    """Leave out Gradio's second check of its own server, which gives a slow computer 3 s.

    The first, a request to the same server, waits as long as it takes.
    """
    from gradio import networking

    vars(networking)["url_ok"] = lambda _: True


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
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            # Gradio puts the address into a URL as it is, which one of IPv6 may not stand in.
            if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
                raise ServiceError(
                    "host_unusable",
                    f"{host} is no IPv4 address of this computer, nor a name of one.",
                    "Name one: qa serve --host 127.0.0.1",
                ) from error
            raise ServiceError(
                "port_taken",
                f"Port {port} of {host} cannot be used: another program may listen there.",
                f"Choose another one, with your other options: qa serve --port {_next(port)}",
            ) from error


def _next(port: int) -> int:
    return port + 1 if port < 65535 else 7860


def _bypass_proxy() -> None:
    """Keep Gradio's check that its own server answers away from a proxy."""
    for name in ("NO_PROXY", "no_proxy"):
        known = os.environ.get(name, "")
        os.environ[name] = ",".join(filter(None, [known, "127.0.0.1", "localhost", "::1"]))
