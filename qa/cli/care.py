"""``qa doctor``, ``qa export`` and ``qa import``: examining, mending and moving an index."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa.cli.base import AsJson, IndexFolder, app, console, print_json
from qa.errors import IndexStateError, InputError
from qa.settings import INDEX

if TYPE_CHECKING:
    from qa.header import Header
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
        print_examination(console(), found, index)
    if not found.ok:
        raise typer.Exit(IndexStateError.exit_code)


@app.command("export")
def export_command(
    target: Annotated[
        Path, typer.Argument(metavar="FILE", help="Archive to write, such as a.zip; or a folder.")
    ],
    index: IndexFolder = INDEX,
    run: Annotated[
        str | None,
        typer.Option(metavar="RUN", help='Write an evaluation run (name or "last") into a folder.'),
    ] = None,
    tests: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where the run's test set is now.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the index into one archive, to keep it or to move it elsewhere.

    The archive holds the texts of all documents, but not their files, nor test sets, verdicts and
    runs, which are files in the index folder. With --run, FILE is a folder for the files of an
    evaluation: TREC run and qrels, answers and test set (JSON lines).
    """
    if run is not None:
        _export_run(index, run, target, tests, as_json=as_json)
        return
    if tests is not None:
        raise InputError(
            "options_conflict",
            "--tests does nothing without --run.",
            "Name the run it is for: qa export FOLDER --run RUN --tests FILE",
        )
    from qa.transfer import export_index

    _tell(export_index(index, target), f"into {target}", as_json=as_json)


def _export_run(index: Path, run: str, out: Path, tests: Path | None, *, as_json: bool) -> None:
    from qa.evaluation.exporting import export_run
    from qa.render import clean

    done = export_run(index, run, out, tests)
    if as_json:
        paths = [str(path) for path in done.files]
        print_json({"run": done.run, "files": paths, "quotes": done.quotes})
        return
    names = ", ".join(path.name for path in done.files)
    console().print(clean(f"The run {done.run} into {out}: {names}."), soft_wrap=True)
    if not done.quotes:
        console().print("The index has changed since: answers are told by their places alone.")


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
