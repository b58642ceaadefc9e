"""``qa doctor``, ``qa export`` and ``qa import``: examining, mending and moving an index."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa.cli.base import AsJson, IndexFolder, app, console, print_json
from qa.errors import IndexStateError
from qa.settings import INDEX

if TYPE_CHECKING:
    from qa.store import Header
    from qa.transfer import Manifest


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


@app.command("export")
def export_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Archive to write, such as a.zip.")],
    index: IndexFolder = INDEX,
    as_json: AsJson = False,
) -> None:
    """Write the index into one archive, to keep it or to move it elsewhere.

    The archive holds the texts of all documents, but not their files.
    """
    from qa.transfer import export_index

    _tell(export_index(index, file), f"into {file}", as_json=as_json)


@app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Archive that qa export wrote.")],
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[FOLDER]", help="Where its documents are on this computer."),
    ] = None,
    index: IndexFolder = INDEX,
    as_json: AsJson = False,
) -> None:
    """Put an archive's index into a folder that has none yet; nothing is encoded again."""
    from qa.transfer import import_index

    _tell(import_index(file, index, folder), f"into {index}", as_json=as_json)


def _tell(manifest: "Manifest", where: str, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(manifest))
        return
    from qa.render import clean

    number = f"{manifest.documents:,} documents with {manifest.passages:,} passages"
    console().print(clean(f"{number} {where}."), soft_wrap=True)


def _fingerprint(header: "Header") -> str:
    from qa.encoder import load_encoder

    return load_encoder(header.settings).fingerprint
