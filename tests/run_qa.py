"""The command ``qa`` with the fast encoder: ``python -m tests.run_qa serve --port 7861``."""

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

import qa.assistant
import qa.encoder
import qa.ui.lean
from qa.cli import main
from qa.datamodel import Encoder, Encoding
from qa.settings import Settings
from tests.hash_encoder import HashEncoder


class Holding(HashEncoder):
    """Waits at every text with the word "hold" while the file exists that ``HOLD`` names."""

    def encode_questions(self, questions: Sequence[str]) -> list[Encoding]:
        _hold(questions)
        return super().encode_questions(questions)

    def encode_passages(self, passages: Sequence[tuple[str, str]]) -> list[Encoding]:
        _hold([text for _, text in passages])
        return super().encode_passages(passages)


def _hold(texts: Sequence[str]) -> None:
    while any("hold" in text.split() for text in texts) and Path(os.environ["HOLD"]).exists():
        time.sleep(0.02)


def load_encoder(settings: Settings, jobs: int | None = None) -> Encoder:
    return Holding() if "HOLD" in os.environ else HashEncoder()


def import_gradio() -> None:
    """Import Gradio untraced: measuring the coverage of what is not ours takes seconds."""
    tracer = sys.gettrace()
    sys.settrace(None)
    _import_gradio()
    sys.settrace(tracer)


def head(url: str, **_: object) -> httpx.Response:
    """Answer as a computer so slow that whoever gives a page three seconds gets none."""
    raise httpx.ReadTimeout(f"{url} took too long")


_import_gradio = qa.ui.lean.import_gradio

if __name__ == "__main__":
    vars(httpx)["head"] = head
    vars(qa.ui.lean)["import_gradio"] = import_gradio
    for module in (qa.encoder, qa.assistant):
        vars(module)["load_encoder"] = load_encoder
    main()
