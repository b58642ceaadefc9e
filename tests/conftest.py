"""Shared fixtures: a fast encoder, a small corpus in three languages, the command over it."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings as hypothesis_settings

from qa.cli import main
from qa.datamodel import Encoder
from qa.settings import Settings
from tests.hash_encoder import HashEncoder

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.app_server import Window

Run = tuple[int, str, str]
Qa = Callable[..., Run]

# A shell has its background jobs ignore interrupts, which their children would inherit.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Two shared cores make single examples slow now and then; a deadline would test the machine.
# Seeded, so that a run says the same thing twice; `make soak` looks further.
hypothesis_settings.register_profile("default", deadline=None, max_examples=50, derandomize=True)
hypothesis_settings.register_profile("soak", deadline=None, max_examples=1000)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

CORPUS = {
    "harbour.md": (
        "---\ntitle: The harbour of Elmstadt\ndate: 2021-05-04\nlang: en\n---\n"
        "# The harbour of Elmstadt\n\n"
        "The harbour of Elmstadt was opened in 1874. Its three cranes can lift 40 tonnes each.\n\n"
        "## Traffic\n\n"
        "In 2020 the harbour handled 1,250 ships. Most of them carried timber and grain.\n"
    ),
    "notes/lighthouse.txt": (
        "The lighthouse\n\n"
        "The lighthouse keeper Marta Quill painted the tower red in 1931. "
        "She kept a diary about the storms of that winter.\n"
    ),
    "hafen.md": (
        "---\ntitle: Der Hafen von Elmstadt\ndate: 2022-01-10\nlang: de\n"
        "tags: [Ferry, Öffnungszeiten]\n---\n"
        "# Der Hafen von Elmstadt\n\n"
        "Der Hafen von Elmstadt wurde im Jahr 1874 eröffnet. "
        "Die Hafenmeisterin Ute Brandt leitet ihn seit dem 10. April 2015.\n\n"
        "## Fähren\n\n"
        "Die Fähre nach Norderholm fährt täglich um 8 Uhr. Eine Karte kostet 12,50 Euro.\n"
    ),
    "museum.html": (
        "<!doctype html><html lang='de'><head><title>Das Museum</title></head><body><main>"
        "<h1>Das Museum</h1><p>Das Museum für Uhren besitzt 312 Taschenuhren aus Silber. "
        "Die älteste Uhr wurde 1598 in Nürnberg gebaut und wird im Keller gezeigt.</p>"
        "<p>Geöffnet ist das Museum von Dienstag bis Sonntag. Der Eintritt ist für Kinder "
        "unter zehn Jahren frei, Erwachsene zahlen neun Euro.</p></main></body></html>"
    ),
    "minato.txt": (
        "エルムの港\n\n"
        "エルムの港は1874年に開かれました。港には三台の大きなクレーンがあります。"
        "港の責任者は佐藤恵子さんです。\n"
    ),
    "densha.md": (
        "---\ntitle: 海沿いの電車\nlang: ja\n---\n# 海沿いの電車\n\n"
        "海沿いの電車は一日に十二本走ります。切符は三百円です。\n\n## 駅\n\n"
        "終点の駅には小さな図書館があり、毎週水曜日は休みです。\n"
    ),
}


def write_files(folder: Path, files: dict[str, str]) -> Path:
    """Write ``files`` (path below ``folder`` -> text) and return the folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def encoder() -> HashEncoder:
    """A fast deterministic encoder; counts what it encodes."""
    return HashEncoder()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Six small invented documents: two each in English, German and Japanese."""
    return write_files(tmp_path / "corpus", CORPUS)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: HashEncoder) -> Path:
    """An empty working folder where the command finds the fast encoder."""

    def load(_: Settings, jobs: int | None = None) -> Encoder:
        return encoder

    monkeypatch.chdir(tmp_path)
    for module in ("qa.encoder", "qa.assistant"):
        monkeypatch.setattr(f"{module}.load_encoder", load)
    monkeypatch.setattr("sys.excepthook", sys.excepthook)
    return tmp_path


@pytest.fixture
def qa(home: Path, capsys: pytest.CaptureFixture[str]) -> Qa:
    """Runs the command in this process; returns exit code, output and error output."""

    def run(*words: str) -> Run:
        with pytest.raises(SystemExit) as ending:
            main(words)
        out, err = capsys.readouterr()
        return int(ending.value.code or 0), out, err

    return run


@pytest.fixture
def indexed(qa: Qa, corpus: Path) -> Qa:
    """The same, with the small corpus indexed."""
    assert qa("index")[0] == 0
    return qa


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """A Chromium. One a module: while it runs, no test of its process can use asyncio."""
    from tests.app_server import launched

    with launched() as one:
        yield one


@pytest.fixture(scope="module")
def window(browser: "Browser", address: str) -> "Iterator[Window]":
    """A window of the browser, for the module's server at ``address``."""
    from tests.app_server import watched

    with watched(browser, address) as one:
        yield one


@pytest.fixture
def visit(window: "Window") -> "Iterator[Window]":
    """Opens pages; fails on any console error and on any request to another host."""
    yield window
    window.tidy()
