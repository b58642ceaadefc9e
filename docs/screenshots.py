"""Take the pictures of the documentation from the running app.

    make screenshots

Starts the app over the index in ``index/`` and writes ``docs/images/*.png``.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
PORT = 7899
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]
SHOTS = {
    "ask": (1280, 800, "light", "How much money are companies giving for AI research?"),
    "ask-dark": (1280, 800, "dark", "Was soll auf dem Mond fahren?"),
    "ask-phone": (390, 844, "light", "覚書はいつどこで署名されますか。"),
    "not-found": (1280, 800, "light", "How long do I have to boil an egg?"),
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
        for name, (width, height, scheme, question) in SHOTS.items():
            page = browser.new_page(
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
            )
            ask(page, question)
            page.screenshot(path=IMAGES / f"{name}.png")
            page.close()
        browser.close()


def ask(page: Page, question: str) -> None:
    page.goto(f"http://127.0.0.1:{PORT}/?q={quote(question)}")
    page.locator("#fs-shown article").first.wait_for()


if __name__ == "__main__":
    main()
