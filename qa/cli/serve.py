"""``qa serve``: the app and the HTTP API."""

import sys
from typing import Annotated

import typer

from qa.cli.base import IndexFolder, app, console
from qa.settings import INDEX


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
    out = console(sys.stderr)
    out.print("Starting …")

    def ready(address: str) -> None:
        out.print(f"Fundstelle is at {address} (Ctrl-C stops it)")

    launch.serve(assistant, host, port, open_browser=open_browser, ready=ready)
