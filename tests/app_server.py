"""The real app in a process of its own, and a real Chromium to look at it."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pypdfium2 import PdfDocument

from qa import Assistant
from qa.settings import Settings
from tests.conftest import write_files
from tests.hash_encoder import HashEncoder
from tests.pdf_files import lines, pdf

ROOT = Path(__file__).parents[1]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The address bar's suggestions, two pages of the browser's own beside each of ours.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup",
]

# Two shared cores at work on other things as well: patience costs nothing where all is well.
PATIENCE = 60_000  # ms
expect.set_options(timeout=PATIENCE)


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
    port: int | None = None,
) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """Run ``qa serve`` with the fast encoder over ``index``; yield its address and process.

    ``said`` takes up what it writes from then on: a server that nobody listens to stands still.
    The encoder waits at every text with the word "hold" while there is a file named hold beside
    the index.
    """
    port = port or free_port()
    command = [sys.executable, "-m", "tests.run_qa", "serve", "--no-open", "--port", str(port)]
    with subprocess.Popen(
        [*command, "--index", str(index), *options],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "HOLD": str(index.parent / "hold"), **(environment or {})},
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
            try:
                server.wait(60)
            except subprocess.TimeoutExpired:  # seen now and then
                server.kill()
            reader.join()


def with_reports(folder: Path, files: dict[str, str]) -> Path:
    """Write files, and beside them a PDF of two pages and a broken one; return the folder."""
    write_files(folder, files)
    first, second = lines("A report on bridges."), lines("The bridge of Elmstadt is 212 m long.")
    (folder / "report.pdf").write_bytes(pdf(first, second, title="Bridges"))
    (folder / "broken.pdf").write_bytes(b"not a PDF")
    return folder


@contextmanager
def indexed(corpus: Path) -> Iterator[str]:
    """Index a folder, beside it, and run the app over it; yield its address.

    The confidence is fitted to the real encoder. The fast one's scores mean nothing to it, so that
    it answers all.
    """
    index = corpus.parent / "index"
    Assistant.build(corpus, index, HashEncoder(), Settings(threshold=1e-6)).index.close()
    with served(index) as (address, _):
        yield address


def pdf_text(page: Page) -> str:
    """Print the page as the browser does, and return what stands on the paper."""
    with closing(PdfDocument(page.pdf())) as pdf:
        pages = [one.get_textpage().get_text_bounded() for one in pdf]
    return " ".join(" ".join(pages).split())


class Window:
    """A window of the browser, whose pages share a cache; opens pages and notes what goes wrong.

    That is a console error or a request to another host, by any page, also one that a page opens.
    ``refused`` is a status that the server is meant to answer with, which browsers note.
    """

    def __init__(self, browser: Browser, address: str, refused: str = "", **options: Any) -> None:
        options = {"permissions": ["clipboard-read", "clipboard-write"], **options}
        self.context = browser.new_context(**options)
        self.context.set_default_timeout(PATIENCE)
        self.context.on("console", lambda m: self._note(m.text) if m.type == "error" else None)
        self.context.on("weberror", lambda error: self._note(str(error.error)))
        self.context.on("request", lambda request: self._check(request.url))
        self.context.on(
            "page", lambda page: page.on("websocket", lambda socket: self._check(socket.url))
        )
        self._address = address
        self._refused = refused
        self._wrong: list[str] = []

    def __call__(self, path: str = "/", *, width: int = 1280, height: int = 860) -> Page:
        """Open a page."""
        page = self.context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.goto(self._address + path)
        return page

    def tidy(self) -> None:
        """Close all pages, forget what they kept, and fail if something went wrong."""
        for page in self.context.pages:
            if page.url.startswith(self._address):
                page.evaluate("localStorage.clear()")
            page.close()
        self.context.clear_cookies()
        wrong, self._wrong = self._wrong, []
        assert not wrong, wrong

    def _check(self, url: str) -> None:
        if not url.startswith((f"{self._address}/", "data:", "blob:")):
            self._wrong.append(url)

    def _note(self, text: str) -> None:
        if not (self._refused and f"status of {self._refused}" in text):
            self._wrong.append(text)


@contextmanager
def watched(browser: Browser, address: str, **options: Any) -> Iterator[Window]:
    """Open a window; fail at the end if something went wrong in it."""
    window = Window(browser, address, **options)
    try:
        yield window
        window.tidy()
    finally:
        window.context.close()
