"""The README tells the truth: its examples run, its commands, options, links and picture exist."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from qa import Assistant

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


COMMANDS = [
    words
    for block in blocks("sh")
    for line in block.splitlines()
    if (words := shlex.split(line, comments=True))
]


def test_is_short_and_has_a_picture() -> None:
    assert len(README.splitlines()) <= 150
    assert re.search(r"!\[[^]]+\]\([^)]+\.png\)", README)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/architecture.md"])
def test_links_lead_somewhere(page: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", (ROOT / page).read_text("utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not ((ROOT / page).parent / link).exists()] == []


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_commands_and_their_options_exist(words: list[str]) -> None:
    program, command, *rest = words
    if program == "make":
        assert f"\n{command}:" in (ROOT / "Makefile").read_text("utf-8")
        return
    assert program == "qa"
    shown = subprocess.run(
        [sys.executable, "-m", "qa", command, "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"},
    )
    for option in (word for word in rest if word.startswith("-")):
        assert re.search(rf"(?<![\w-]){option}(?![\w-])", shown.stdout), option


@pytest.mark.model
def test_python_example_prints_citations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "corpus", tmp_path / "corpus")
    monkeypatch.chdir(tmp_path)
    Assistant.build("corpus", "index")
    [example] = blocks("python")
    exec(compile(example, "README.md", "exec"), {})  # noqa: S102
    printed = capsys.readouterr().out
    assert re.match(r"1 .+", printed)
    assert "Onoda" in printed or "小野田" in printed
