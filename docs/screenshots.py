"""Take the pictures of the documentation from the running app.

    make screenshots

Starts the app over the index in ``index/`` and writes ``docs/images/*.png``; then goes a newcomer's
way with an index of its own: a PDF is added, asked about in another language, and opened.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from playwright.sync_api import Browser, Page, sync_playwright
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas


@dataclass(frozen=True)
class Shot:
    """A page at a size; ``follow`` opens the first source of the answer."""

    width: int = 1280
    height: int = 800
    question: str = ""
    scheme: Literal["light", "dark"] = "light"
    lang: str = "en"
    path: str = ""
    follow: bool = False


ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
PORT = 7899
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]
MONEY = "How much money are companies giving for AI research?"
SHOTS = {
    "welcome": Shot(),
    "ask": Shot(question=MONEY),
    "ask-dark": Shot(question="Was soll auf dem Mond fahren?", scheme="dark", lang="de"),
    "ask-phone": Shot(390, 844, "日本側では誰が署名しますか。", lang="ja"),
    "not-found": Shot(question="What is the capital of Peru?"),
    "source": Shot(question=MONEY, follow=True),
    "source-phone": Shot(390, 844, MONEY, scheme="dark", follow=True),
    "documents": Shot(path="documents"),
    "documents-phone": Shot(390, 844, path="documents", scheme="dark", lang="de"),
    "evaluate": Shot(path="evaluate"),
}


PDF = (
    (
        "Elmstadt harbour: annual report",
        "",
        "The harbour handled 1,250 ships in 2020, most of them with timber and grain.",
        "The breakwater was repaired after the storms of that winter.",
    ),
    (
        "Plans",
        "",
        "A new ferry to Norderholm will start on 3 May 2027. It carries 40 cars and 300 people.",
        "The crossing will take 25 minutes, which is half of what it takes today.",
    ),
)
ABOUT_PDF = "Ab wann fährt die neue Fähre nach Norderholm?"


def main() -> None:
    """Start the app, take every picture, and stop the app."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as home:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        with served("index"):
            for name, shot in SHOTS.items():
                page = opened(browser, shot)
                visit(page, shot)
                page.screenshot(path=IMAGES / f"{name}.png")
                page.context.close()
        index, corpus = Path(home) / "index", Path(home) / "corpus"
        shutil.copytree(ROOT / "corpus", corpus)
        command = [sys.executable, "-m", "qa", "index", str(corpus), "--index", str(index)]
        subprocess.run(command, cwd=ROOT, check=True)
        with served(str(index)):
            first_visit(browser, write_pdf(Path(home) / "harbour-report.pdf"))
        browser.close()


@contextmanager
def served(index: str) -> Iterator[None]:
    command = [sys.executable, "-m", "qa", "serve", "--port", str(PORT), "--index", index]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr
            next(line for line in server.stderr if f":{PORT}" in line)
            yield
        finally:
            server.terminate()


def opened(browser: Browser, shot: Shot) -> Page:
    size = {"width": shot.width, "height": shot.height}
    return browser.new_page(viewport=size, color_scheme=shot.scheme, locale=shot.lang)


def first_visit(browser: Browser, pdf: Path) -> None:
    """Take the pictures of a newcomer's way, one after the other."""
    page = opened(browser, Shot(lang="de"))

    def take(number: int) -> None:
        page.mouse.move(0, 0)
        page.screenshot(path=IMAGES / f"first-{number}.png")

    visit(page, Shot())
    take(1)
    page.goto(f"http://127.0.0.1:{PORT}/documents")
    page.locator("table").wait_for()
    page.locator("#fs-files").set_input_files(pdf)
    page.get_by_role("row", name="Elmstadt harbour").wait_for()
    page.locator(".fs-job-done").wait_for()
    take(2)
    visit(page, Shot(question=ABOUT_PDF))
    take(3)
    page.locator(".fs-card h3 a").first.click()
    page.locator(".fs-body mark").wait_for()
    page.locator(".fs-also").wait_for()
    page.wait_for_function("document.querySelector('.fs-sheet img').naturalWidth > 0")
    take(4)
    page.context.close()


def write_pdf(path: Path) -> Path:
    """Write a report of two pages."""
    canvas = Canvas(str(path), pagesize=A4, invariant=1)
    canvas.setTitle(PDF[0][0])
    for lines in PDF:
        for number, line in enumerate(lines):
            canvas.setFont("Helvetica", 11 if number else 16)
            canvas.drawString(70, A4[1] - 100 - 20 * number, line)
        canvas.showPage()
    canvas.save()
    return path


def visit(page: Page, shot: Shot) -> None:
    query = f"?q={quote(shot.question)}" if shot.question else ""
    page.goto(f"http://127.0.0.1:{PORT}/{shot.path}{query}")
    page.locator("#fs-shown :is(article, .fs-empty, table)").first.wait_for()
    if shot.follow:
        page.locator(".fs-card h3 a").first.click()
        page.locator(".fs-body mark").wait_for()
        page.locator(".fs-also").wait_for()
    page.mouse.move(0, 0)


if __name__ == "__main__":
    main()
