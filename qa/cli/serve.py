"""``qa serve``: the app and the HTTP API."""

import os
import sys
from enum import StrEnum
from typing import Annotated

import typer

from qa.cli.base import AsJson, IndexFolder, app, console, print_json
from qa.settings import INDEX


class Log(StrEnum):
    """How requests are logged."""

    NONE = "none"
    TEXT = "text"
    JSON = "json"


@app.command()
def serve(
    host: Annotated[
        str,
        typer.Option(help="Address to listen on; any but this computer's needs a password."),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 7860,
    name: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="HOST", help="Further name to be called by, with --host."),
    ] = None,
    index: IndexFolder = INDEX,
    log: Annotated[Log, typer.Option(help="Log requests to the terminal.")] = Log.NONE,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in the browser.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Open the app and the HTTP API.

    FUNDSTELLE_PASSWORD and FUNDSTELLE_TOKEN let others in where --host is not this computer.
    """
    from qa.assistant import Assistant
    from qa.service import check_address
    from qa.ui import launch

    serving = launch.Serving(
        host=host,
        port=port,
        names=tuple(name or ()),
        password=os.environ.get("FUNDSTELLE_PASSWORD"),
        token=os.environ.get("FUNDSTELLE_TOKEN"),
        log=log.value,
        open_browser=open_browser,
    )
    check_address(host, serving.password, serving.token)
    assistant = Assistant.open(index)
    out = console(sys.stderr)
    out.print("Starting …")

    def ready(address: str) -> None:
        if as_json:
            print_json({"address": address})
        out.print(f"Fundstelle is at {address} (Ctrl-C stops it)")

    launch.serve(assistant, serving, ready)
