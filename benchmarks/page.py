"""Measures the Ask page in a cold browser, beside a bare Gradio page, and a click to its answer.

    python -m benchmarks.page INDEX [RUNS]

INDEX holds the committed corpus. Each run opens both pages, in turns, in contexts without a cache.
Records ``docs/benchmarks/page.json``: medians of the time until a page can be used, of the
processor time of the browser's thread that draws it (which other programs do not lengthen), and of
the bytes sent; and the time from a click on "Ask" to the answer on the page.
"""

import os
import shutil
import socket
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from benchmarks.machine import record

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
RUNS = 15
QUESTIONS = (
    "How much money are companies giving for AI research?",
    "Who signs for Japan?",
    "Was soll auf dem Mond fahren?",
    "覚書はいつどこで署名されますか。",
    "What do the two countries want to do about chips?",
)
OURS, BARE = ".fs-empty", "button.lg"
READY = """(() => {
  const look = () => {
    if (document.querySelector("SELECTOR")?.getClientRects().length) {
      window.ready = performance.now();
    } else requestAnimationFrame(look);
  };
  look();
})()"""
CLICK = """async () => {
  const question = document.querySelector("#fs-question textarea").value;
  const began = performance.now();
  document.querySelector("#fs-button").click();
  while (performance.now() < began + 20000) {
    await new Promise(requestAnimationFrame);
    const shown = document.querySelector(".fs-judging");
    if (shown?.dataset.question === question) return performance.now() - began;
  }
  throw new Error("no answer");
}"""


@dataclass
class Visit:
    """One cold visit: milliseconds until ready, of the drawing thread's work; bytes, requests."""

    ready_ms: float
    thread_ms: float
    bytes: int
    requests: int


def main() -> None:
    """Measure and record; the bare page's own process comes here too."""
    if sys.argv[1] == "bare":
        bare(int(sys.argv[2]))
        return
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else RUNS
    ours, theirs = free_port(), free_port()
    serve = ["-m", "qa", "serve", "--port", str(ours), "--index", sys.argv[1]]
    servers = running(serve, ours), running(["-m", "benchmarks.page", "bare", str(theirs)], theirs)
    with servers[0], servers[1], sync_playwright() as driver:
        chromium = shutil.which("chromium")
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        results = measure(browser, address(ours), address(theirs), runs)
        browser.close()
    sys.stdout.write(record("page", ("gradio", "playwright"), results).read_text("utf-8"))


def bare(port: int) -> None:
    """Serve a page of a box, a button and a place for markup, as Gradio makes it by itself."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    import gradio as gr

    with gr.Blocks(analytics_enabled=False) as page:
        box, button, shown = gr.Textbox(), gr.Button("Ask"), gr.HTML()
        button.click(lambda text: text, box, shown)
    theme = gr.themes.Default(font=["sans-serif"], font_mono=["monospace"])
    page.launch(server_port=port, theme=theme, ssr_mode=False, quiet=True)


def measure(browser: Browser, ours: str, theirs: str, runs: int) -> dict[str, object]:
    """Return the medians of both pages and of answers."""
    visit(browser, ours, OURS), visit(browser, theirs, BARE)  # the servers' first ones
    pairs = [(visit(browser, ours, OURS), visit(browser, theirs, BARE)) for _ in range(runs)]
    here, there = (summary(list(side)) for side in zip(*pairs, strict=True))
    return {
        "runs": runs,
        "load": round(os.getloadavg()[0], 1),
        "page": here,
        "bare": there,
        "kilobytes_more": round((here["bytes"] - there["bytes"]) / 1000, 1),
        "click_to_answer_ms": answers(browser, ours, runs),
    }


def summary(visits: list[Visit]) -> dict[str, float]:
    return {
        "ready_ms": round(statistics.median(one.ready_ms for one in visits)),
        "ready_least_ms": round(min(one.ready_ms for one in visits)),
        "thread_ms": round(statistics.median(one.thread_ms for one in visits)),
        "bytes": round(statistics.median(one.bytes for one in visits)),
        "requests": round(statistics.median(one.requests for one in visits)),
    }


def visit(browser: Browser, where: str, selector: str) -> Visit:
    """Open a page with nothing in the cache."""
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(READY.replace("SELECTOR", selector))
    session, sizes = context.new_cdp_session(page), []
    session.send("Network.enable")
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    session.on("Network.loadingFinished", lambda sent: sizes.append(sent["encodedDataLength"]))
    page.goto(where)
    page.wait_for_function("window.ready")
    made = thread_ms(session)
    page.wait_for_timeout(500)  # what is sent after that
    ready = float(page.evaluate("window.ready"))
    context.close()
    return Visit(ready, made, round(sum(sizes)), len(sizes))


def thread_ms(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return 1000 * next(float(one["value"]) for one in metrics if one["name"] == "ThreadTime")


def answers(browser: Browser, where: str, rounds: int) -> dict[str, float]:
    """Ask the questions again and again on one page."""
    page = browser.new_page()
    page.goto(where)
    page.locator(OURS).wait_for()
    times = sorted(asked(page, one) for _ in range(rounds) for one in QUESTIONS)
    page.close()
    return {
        "questions": len(times),
        "median": round(statistics.median(times)),
        "p95": round(times[int(0.95 * len(times))]),
    }


def asked(page: Page, question: str) -> float:
    page.locator("#fs-question textarea").fill(question)
    return float(page.evaluate(CLICK))


def address(port: int) -> str:
    return f"http://127.0.0.1:{port}/"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(arguments: list[str], port: int) -> Iterator[None]:
    """Run a server until the end of the block."""
    with subprocess.Popen([sys.executable, *arguments]) as server:
        try:
            while True:
                assert server.poll() is None, f"no server: {arguments}"
                with socket.socket() as probe:
                    probe.settimeout(0.2)
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
            yield
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
