"""The command ``qa``. Heavy libraries are loaded only by the command that needs them.

Exit codes: 0 done (for ``qa ask`` also when nothing was found: that is a result), 1 a fault of
the program, 2 unusable input or options, 3 to 8 as in :mod:`qa.errors`, 9 an evaluation below its
bar, 130 interrupted.
"""

import os
import shlex
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from io import TextIOWrapper
from types import TracebackType
from typing import Any

from typer import Abort, BadParameter
from typer.main import get_command

from qa.cli import ask, care, eval, index, models, serve
from qa.cli.base import Run, app, console, print_json
from qa.errors import FundstelleError, InputError

# The modules add their command to the app when they are imported.
COMMANDS = (index, ask, eval, serve, care, models)
INTERRUPTED = 130
# What is wrong with a command line; Typer itself only offers this kind of it.
UsageError: Any = BadParameter.__base__
# For the matrix products of numpy, which are small: threads that wait for the next one keep whole
# processors busy meanwhile. Encoders and reading use all processors in their own ways.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}


def _say_fault(
    run: Run, kind: type[BaseException], fault: BaseException, _: TracebackType | None
) -> None:
    """Report a fault of the program in a sentence: ``sys.excepthook`` without ``--debug``."""
    from qa.render import clean, shorten

    what = shorten(clean(f"{kind.__name__}: {fault}"), 300)
    command = shorten(clean(shlex.join(["qa", "--debug", *run.args])), 200)
    message, hint = f"something unforeseen happened ({what}).", f"To see where, type: {command}"
    if run.json:
        with suppress(OSError):  # of a full disk, the output says nothing any more
            print_json(FundstelleError("fault", f"S{message[1:]}", hint).to_json())
            return
    out = console(sys.stderr)
    out.print(f"Error: {message}", soft_wrap=True)
    out.print(hint, soft_wrap=True)


def _report(error: FundstelleError, *, as_json: bool) -> None:
    from qa.render import print_error

    if as_json:
        print_json(error.to_json())
    else:
        print_error(console(sys.stderr), error)


def _call(args: Sequence[str], run: Run) -> None:
    # Typer's own entry point would print a traceback of its own.
    command = partial(get_command(app).main, list(args), prog_name="qa", obj=run)
    if "--json" not in args:
        command()
        return
    try:
        code = command(standalone_mode=False)
    except UsageError as error:
        hint = "See what it takes: qa --help"
        usage = InputError("usage_invalid", error.format_message(), hint)
        _report(usage, as_json=True)
        sys.exit(usage.exit_code)
    except Abort:
        sys.exit(INTERRUPTED)
    sys.exit(code)


def main(args: Sequence[str] | None = None) -> None:
    """Run the command with ``args`` (default: those of the process) and exit.

    Whatever goes wrong ends in one plain sentence, with a traceback only after ``--debug``.
    """
    args = sys.argv[1:] if args is None else args
    run = Run(args)
    os.environ.update(ONE_THREAD | os.environ)  # read when numpy is loaded
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a character that a terminal lacks stops nothing
            stream.reconfigure(errors="replace")
    if "--debug" not in args:
        sys.excepthook = partial(_say_fault, run)
    try:
        _call(args, run)
    except FundstelleError as error:
        if run.debug:
            raise
        _report(error, as_json=run.json)
        sys.exit(error.exit_code)
    except SystemExit as ending:
        if ending.code == INTERRUPTED:
            console(sys.stderr).print("Stopped. What was finished before is kept.")
        raise
