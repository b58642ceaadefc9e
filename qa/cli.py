"""The command ``qa``. Heavy libraries are loaded only by the command that needs them.

Exit codes: 0 done (for ``qa ask`` also when nothing was found: that is a result), 1 a fault of
the program, 2 unusable input or options, 3 and above as in :mod:`qa.errors`, 130 interrupted.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, TextIO

import typer
from typer.main import get_command

from qa import __version__
from qa.errors import FundstelleError, IndexStateError
from qa.settings import CORPUS, INDEX, Settings

if TYPE_CHECKING:
    from rich.console import Console

    from qa.sync import Progress as SyncProgress

INTERRUPTED = 130


@dataclass(slots=True)
class _Run:
    """How this run of the command speaks."""

    json: bool = False
    debug: bool = False


app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"fundstelle {__version__}")
        raise typer.Exit


def _want_json(ctx: typer.Context, wanted: bool) -> bool:
    """Note the wish where the error report finds it."""
    ctx.ensure_object(_Run).json = wanted
    return wanted


AsJson = Annotated[
    bool, typer.Option("--json", callback=_want_json, help="Write JSON instead of text.")
]
IndexFolder = Annotated[Path, typer.Option("--index", metavar="DIR", help="Folder of the index.")]


@app.callback()
def qa(
    ctx: typer.Context,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where in the code it fails.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Answers from your own documents, each with the exact place it comes from."""
    ctx.ensure_object(_Run).debug = debug


class Backend(StrEnum):
    """What the default encoder runs on."""

    ONNX = "onnx"
    TORCH = "torch"


@app.command("index")
def index_command(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of documents.")] = CORPUS,
    index: IndexFolder = INDEX,
    root: Annotated[
        bool, typer.Option("--root", help="Let the index belong to this folder from now on.")
    ] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Build the index anew, from nothing.")
    ] = False,
    encoder: Annotated[
        str | None, typer.Option("--encoder", metavar="NAME", help="Model name or folder.")
    ] = None,
    backend: Annotated[
        Backend | None, typer.Option("--backend", help="What the encoder runs on.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make the index the mirror of a folder.

    Adds new files, reads changed ones again, drops deleted ones, and lists those it cannot read.
    """
    from qa.encoder import load_encoder
    from qa.render import print_report, report_json
    from qa.sync import sync

    settings = _settings(index, encoder, backend, rebuild=rebuild)
    with _progress() as show:
        model = load_encoder(settings)
        report = sync(index, folder, model, settings, re_root=root, rebuild=rebuild, progress=show)
    if as_json:
        _print_json(report_json(report))
    else:
        print_report(_console(), report)


def _settings(
    index: Path, encoder: str | None, backend: Backend | None, *, rebuild: bool
) -> Settings:
    """Return what the index was built with, changed by what was asked for."""
    from qa.index import read_settings

    try:
        settings = read_settings(index)
    except IndexStateError as error:
        if error.code != "index_missing" and not rebuild:
            raise
        settings = Settings()
    if encoder is not None:
        settings = replace(settings, encoder=encoder)
    return settings if backend is None else replace(settings, backend=backend.value)


@contextmanager
def _progress() -> Iterator[Callable[["SyncProgress"], None] | None]:
    """Show a bar on a terminal; nothing when piped."""
    out = _console(sys.stderr)
    if not out.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.completed:.0f} of {task.total:.0f} files"),
        BarColumn(),
        TextColumn("{task.fields[speed]:.0f} passages/s, left:"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=out, transient=True) as bar:
        task = bar.add_task("", visible=False, speed=0.0)
        began = time.monotonic()

        def show(now: "SyncProgress") -> None:
            speed = now.passages / max(time.monotonic() - began, 1e-3)
            bar.update(task, total=now.total, completed=now.done, speed=speed, visible=True)

        yield show


@app.command()
def ask(
    question: Annotated[
        str, typer.Argument(metavar="QUESTION", help='"-" reads it from the input.')
    ],
    k: Annotated[
        int, typer.Option("-k", min=1, max=100, metavar="N", help="Closest passages to return.")
    ] = 5,
    lang: Annotated[
        list[str], typer.Option(metavar="LANG", help="Only passages in this language, such as de.")
    ] = [],  # noqa: B006  (typer copies it)
    doc: Annotated[
        list[str],
        typer.Option(metavar="GLOB", help='Only files that match, such as "reports/*.md".'),
    ] = [],  # noqa: B006
    index: IndexFolder = INDEX,
    as_json: AsJson = False,
) -> None:
    """Answer a question and name every source.

    The answer is made of sentences of the documents, word for word. Finding nothing is a
    result as well: the exit code is 0.
    """
    from qa.assistant import Assistant
    from qa.datamodel import Filters
    from qa.render import answer_json, print_answer

    if question == "-":
        question = sys.stdin.read()
    assistant = Assistant.open(index)
    answer = assistant.ask(_valid(question), k, Filters(tuple(lang), tuple(doc)))
    if as_json:
        _print_json(answer_json(answer))
    else:
        print_answer(_console(), answer)


def _valid(text: str) -> str:
    """Replace bytes that are not UTF-8: the shell hands them over as lone surrogates."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace").strip()


@app.command()
def status(index: IndexFolder = INDEX, as_json: AsJson = False) -> None:
    """Show what is indexed and what failed."""
    from qa.index import Index
    from qa.render import print_status, status_json

    opened = Index.open(index)
    try:
        found = opened.status()
    finally:
        opened.close()
    if as_json:
        _print_json(status_json(found))
    else:
        print_status(_console(), found)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; this computer only.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 7860,
    index: IndexFolder = INDEX,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in the browser.")
    ] = False,
) -> None:
    """Open the app and the HTTP API."""
    from qa.assistant import Assistant
    from qa.service import check_address
    from qa.ui import launch

    check_address(host)
    assistant = Assistant.open(index)
    out = _console(sys.stderr)
    out.print("Starting …")

    def ready(address: str) -> None:
        out.print(f"Fundstelle is at {address} (Ctrl-C stops it)")

    launch.serve(assistant, host, port, open_browser=open_browser, ready=ready)


def _print_json(value: object) -> None:
    typer.echo(_valid(json.dumps(value, ensure_ascii=False, indent=2)))


def _console(stream: TextIO | None = None) -> "Console":
    from qa.render import console

    return console(stream)


def _say_fault(
    run: _Run, kind: type[BaseException], fault: BaseException, _: TracebackType | None
) -> None:
    """Report a fault of the program in a sentence: ``sys.excepthook`` without ``--debug``."""
    from qa.render import clean, shorten

    what = shorten(clean(f"{kind.__name__}: {fault}"), 300)
    command = shorten(clean(" ".join(["qa --debug", *sys.argv[1:]])), 200)
    message, hint = f"something unforeseen happened ({what}).", f"To see where, type: {command}"
    if run.json:
        _print_json(FundstelleError("fault", f"S{message[1:]}", hint).to_json())
        return
    out = _console(sys.stderr)
    out.print(f"Error: {message}", soft_wrap=True)
    out.print(hint, soft_wrap=True)


def _report(error: FundstelleError, *, as_json: bool) -> None:
    from qa.render import print_error

    if as_json:
        _print_json(error.to_json())
    else:
        print_error(_console(sys.stderr), error)


def main(args: Sequence[str] | None = None) -> None:
    """Run the command with ``args`` (default: those of the process) and exit.

    Whatever goes wrong ends in one plain sentence, with a traceback only after ``--debug``.
    """
    run = _Run()
    if "--debug" not in (sys.argv[1:] if args is None else args):
        sys.excepthook = partial(_say_fault, run)
    try:
        # Typer's own entry point would print a traceback of its own.
        get_command(app).main(args, prog_name="qa", obj=run)
    except FundstelleError as error:
        if run.debug:
            raise
        _report(error, as_json=run.json)
        sys.exit(error.exit_code)
    except SystemExit as ending:
        if ending.code == INTERRUPTED:
            _console(sys.stderr).print("Stopped. What was finished before is kept.")
        raise
