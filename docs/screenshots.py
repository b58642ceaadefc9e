"""Take the pictures of the documentation from the running app.

    make screenshots

Starts the app over the index in ``index/`` and writes ``docs/images/*.png``.
"""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from playwright.sync_api import Page, sync_playwright


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
    "ask-phone": Shot(390, 844, "覚書はいつどこで署名されますか。", lang="ja"),
    "not-found": Shot(question="How long do I have to boil an egg?"),
    "source": Shot(question=MONEY, follow=True),
    "source-phone": Shot(390, 844, MONEY, scheme="dark", follow=True),
    "documents": Shot(path="documents"),
    "documents-phone": Shot(390, 844, path="documents", scheme="dark", lang="de"),
    "evaluate": Shot(path="evaluate"),
}


def main() -> None:
    """Start the app, take every picture, and stop the app."""
    IMAGES.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "qa", "serve", "--port", str(PORT)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr
            next(line for line in server.stderr if f":{PORT}" in line)
            shoot()
        finally:
            server.terminate()


def shoot() -> None:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name, shot in SHOTS.items():
            page = browser.new_page(
                viewport={"width": shot.width, "height": shot.height},
                color_scheme=shot.scheme,
                locale=shot.lang,
            )
            visit(page, shot)
            page.screenshot(path=IMAGES / f"{name}.png")
            page.close()
        browser.close()


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
