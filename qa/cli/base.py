"""What the commands share: the app itself, common options, and how they write."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from qa import __version__

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(slots=True)
class Run:
    """How this run of the command speaks, and the ``args`` it was called with."""

    args: Sequence[str] = ()
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
    ctx.ensure_object(Run).json = wanted
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
    """Answers from your own documents, each with the exact place it comes from.

    Exit codes: 0 done, 1 a fault of the program, 2 unusable input or options, 3 a document,
    4 the folder of documents, 5 the index, 6 the index is being written, 7 the model, 8 the
    server, 9 an evaluation below its bar, 130 interrupted.
    """
    ctx.ensure_object(Run).debug = debug


def valid(text: str) -> str:
    """Replace bytes that are not UTF-8: the shell hands them over as lone surrogates."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace").strip()


def print_json(value: object) -> None:
    """Write ``value`` as JSON for people and programs."""
    whole = "utf" in (sys.stdout.encoding or "").lower()  # elsewhere characters are escaped
    typer.echo(valid(json.dumps(value, ensure_ascii=not whole, indent=2)))


def console(stream: TextIO | None = None) -> "Console":
    """Return a terminal to write on, by default that of the output."""
    from qa import render

    return render.console(stream)
