"""Starting up stays light: heavy libraries are imported where they are needed."""

import json
import subprocess
import sys

import pytest

HEAVY = {
    "faiss",
    "gradio",
    "onnx",
    "onnxruntime",
    "py3langid",
    "scipy",
    "sentence_transformers",
    "torch",
    "trafilatura",
    "transformers",
}

HELP = """
try:
    sys.argv = ["qa", "--help"]
    from qa.cli import main
    main()
except SystemExit as exit:
    assert not exit.code
"""


ENCODER = """
from qa.encoder import load_encoder
from qa.settings import Settings
assert load_encoder(Settings()).encode_questions(["Who?"])
"""


def modules_after(code: str) -> set[str]:
    report = "print(); print(json.dumps(list(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", f"import json, sys\n{code}\n{report}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("code", ["import qa", "import qa.cli", HELP], ids=["qa", "cli", "help"])
def test_nothing_heavy_is_loaded(code: str) -> None:
    loaded = modules_after(code)
    assert "qa" in loaded
    assert not loaded & HEAVY


@pytest.mark.model
def test_the_default_encoder_needs_no_torch() -> None:
    loaded = modules_after(ENCODER)
    assert "onnxruntime" in loaded
    assert not loaded & (HEAVY - {"onnx", "onnxruntime"})  # onnx builds the graph, at first


def test_the_package_offers_what_it_names() -> None:
    import qa

    assert all(hasattr(qa, name) for name in qa.__all__)
    assert not hasattr(qa, "Asistant")


GRADIO = """
import os
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
opened = []
sys.addaudithook(lambda event, args: event == "open" and opened.append(str(args[0])))
from qa.ui.lean import import_gradio, without_server
import_gradio()
import gradio
assert not [one for one in opened if one.endswith(".pyi")], opened
make, made = gradio.routes.App.create_app, []
gradio.routes.App.create_app = staticmethod(lambda *a, **k: made.append(1) or make(*a, **k))
with without_server(), gradio.Blocks() as page:
    gradio.Markdown("A page")
assert not made
page.queue()
assert made
"""


def test_gradio_starts_without_stubs_and_makes_no_server_for_a_part() -> None:
    assert "gradio" in modules_after(GRADIO)
