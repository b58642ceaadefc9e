"""The real app in a process of its own, and a real Chromium to look at it."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Visit = Callable[..., Page]

# Two shared cores at work on other things as well: patience costs nothing where all is well.
expect.set_options(timeout=20_000)


def chromium() -> str:
    """Return the path of Chromium; skip the test where there is none."""
    path = shutil.which("chromium")
    if path is None and os.environ.get("CI") != "true":
        pytest.skip("Chromium is not installed: apt-get install chromium")
    assert path is not None, "CI needs Chromium"
    return path


@contextmanager
def launched() -> Iterator[Browser]:
    """Run a browser."""
    path = chromium()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(
    index: Path,
    *options: str,
    environment: dict[str, str] | None = None,
    said: list[str] | None = None,
) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """Run ``qa serve`` with the fast encoder over ``index``; yield its address and process.

    ``said`` takes up what it writes from then on: a server that nobody listens to stands still.
    """
    port = free_port()
    command = [sys.executable, "-m", "tests.run_qa", "serve", "--no-open", "--port", str(port)]
    with subprocess.Popen(
        [*command, "--index", str(index), *options],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
    ) as server:
        assert server.stderr is not None
        lines = iter(server.stderr.readline, "")
        assert any("Ctrl-C" in line for line in lines), "the server did not start"
        reader = Thread(target=lambda: [] if said is None else said.extend(lines))
        reader.start()
        try:
            yield f"http://127.0.0.1:{port}", server
        finally:
            server.terminate()
            reader.join()


@contextmanager
def watched(
    browser: Browser, address: str, *, refused: str = "", **options: Any
) -> Iterator[Visit]:
    """Open pages; fail at the end on a console error or a request to another host.

    ``refused`` is a status that the server is meant to answer with, which browsers note.
    """
    options = {"permissions": ["clipboard-read", "clipboard-write"], **options}
    context = browser.new_context(**options)
    context.set_default_timeout(20_000)
    wrong: list[str] = []

    def check(url: str) -> None:
        if not url.startswith((f"{address}/", "data:", "blob:")):
            wrong.append(url)

    def note(text: str) -> None:
        if not (refused and f"status of {refused}" in text):
            wrong.append(text)

    def go(path: str = "/", *, width: int = 1280, height: int = 860) -> Page:
        page = context.new_page()
        page.on("console", lambda m: note(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: check(request.url))
        page.set_viewport_size({"width": width, "height": height})
        page.goto(address + path)
        return page

    yield go
    context.close()
    assert not wrong, wrong
