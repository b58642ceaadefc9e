"""``qa doctor``: examining and mending an index."""

from typing import TYPE_CHECKING, Annotated

import typer

from qa.cli.base import AsJson, IndexFolder, app, console, print_json
from qa.errors import IndexStateError
from qa.settings import INDEX

if TYPE_CHECKING:
    from qa.store import Header


@app.command()
def doctor(
    index: IndexFolder = INDEX,
    repair: Annotated[
        bool, typer.Option("--repair", help="Make again what can be made again.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Verify every checksum, offset and count of the index, and the model.

    With --repair, what is derived is made again, and documents that are damaged are taken out and
    named: `qa index` reads them again. The exit code is 5 if anything is wrong in the end.
    """
    from qa import doctor as clinic
    from qa.reports import examination_json, print_examination

    work = clinic.repair if repair else clinic.examine
    found = work(index, _fingerprint)
    if as_json:
        print_json(examination_json(found))
    else:
        print_examination(console(), found)
    if not found.ok:
        raise typer.Exit(IndexStateError.exit_code)


def _fingerprint(header: "Header") -> str:
    from qa.encoder import load_encoder

    return load_encoder(header.settings).fingerprint
