"""``qa index`` and ``qa status``: the folder and its index."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa.cli.base import AsJson, IndexFolder, app, console, print_json
from qa.errors import FolderError, IndexBusyError, IndexStateError, InputError
from qa.settings import CORPUS, INDEX, Settings

if TYPE_CHECKING:
    from qa.datamodel import SyncReport
    from qa.sync import Progress as SyncProgress


class Backend(StrEnum):
    """What the default encoder runs on."""

    ONNX = "onnx"
    TORCH = "torch"


Folder = Annotated[
    Path | None,
    typer.Argument(
        metavar="FOLDER",
        help=f"Folder of documents; by default that of the index, of a new one {CORPUS}.",
        show_default=False,
    ),
]


@app.command("index")
def index_command(
    folder: Folder = None,
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
    ocr: Annotated[
        bool | None,
        typer.Option("--ocr/--no-ocr", help="Recognise text on pages that are pictures."),
    ] = None,
    rerank: Annotated[
        str | None,
        typer.Option(
            "--rerank", metavar="NAME", help='Cross-encoder that orders the best hits; "" for none.'
        ),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, metavar="N", help="Processor cores to use.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and change nothing.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Follow the folder until interrupted (Ctrl-C).")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make the index the mirror of a folder.

    Adds new files, reads changed ones again, drops deleted ones, and lists those it cannot read.
    """
    from qa.encoder import load_encoder
    from qa.sync import sync

    folder = folder or _folder_of(index)
    if dry_run:
        _preview(index, folder, root=root, rebuild=rebuild, ocr=ocr, as_json=as_json)
        return
    _check_reranker(rerank)
    settings = partial(_settings, index, encoder, backend, rerank, ocr)
    model = cache(partial(load_encoder, settings(rebuild=rebuild), jobs))

    def run(*, root: bool = root, rebuild: bool = rebuild) -> "SyncReport":
        now = partial(settings, rebuild=rebuild)  # others may have changed them since
        with _progress() as show:
            job = partial(sync, index, folder, model, now, progress=show, jobs=jobs)
            return job(re_root=root, rebuild=rebuild)

    _show(run(), as_json=as_json)
    if watch:
        _follow(index, folder, partial(run, root=False, rebuild=False), as_json=as_json)


def _folder_of(index: Path) -> Path:
    """Return the folder that an index belongs to, or that of a new one.

    Raises IndexStateError (index_damaged ...) where it cannot be read: nobody knows whose it is.
    """
    from qa.index import read_header
    from qa.roots import root_path, seen_from_here

    try:
        return seen_from_here(root_path(read_header(index).root, index))
    except IndexStateError as error:
        if error.code != "index_missing":
            raise
        return CORPUS


def _show(report: "SyncReport", *, as_json: bool) -> None:
    from qa.render import print_report, report_json

    if as_json:
        print_json(report_json(report))
    else:
        print_report(console(), report)


def _preview(
    index: Path, folder: Path, *, root: bool, rebuild: bool, ocr: bool | None, as_json: bool
) -> None:
    from qa.reports import plan_json, print_plan
    from qa.sync import preview

    plan = preview(index, folder, re_root=root, rebuild=rebuild, ocr=ocr)
    if as_json:
        print_json(plan_json(plan))
    else:
        print_plan(console(), plan)


def _follow(index: Path, folder: Path, run: Callable[[], "SyncReport"], *, as_json: bool) -> None:
    """Run again after every change; what is wrong with the folder now may pass."""
    from qa.render import print_error
    from qa.watch import follow

    err = console(sys.stderr)
    err.print(f"Following {folder} (Ctrl-C ends it).")

    def act() -> bool:
        try:
            report = run()
        except IndexBusyError:
            return False  # somebody else is at it: again when they have finished
        except FolderError as error:
            print_error(err, error)
            return True
        if report.added or report.changed or report.moved or report.deleted:
            _show(report, as_json=as_json)
        return True

    follow(folder, index, act)


def _settings(
    index: Path,
    encoder: str | None,
    backend: Backend | None,
    rerank: str | None,
    ocr: bool | None,
    *,
    rebuild: bool,
) -> Settings:
    """Return what the index was built with, changed by what was asked for."""
    from qa.index import read_header

    try:
        settings = read_header(index).settings
    except IndexStateError as error:
        if error.code != "index_missing" and not rebuild:
            raise
        settings = Settings()
    if encoder is not None:
        settings = replace(settings, encoder=encoder, threshold=None)
    if backend is not None:
        settings = replace(settings, backend=backend.value)
    if rerank is not None:
        settings = replace(settings, rerank=rerank)
    return _with_ocr(settings, ocr)


def _with_ocr(settings: Settings, ocr: bool | None) -> Settings:
    """Return the settings with the wish, which stays with the index, if it can be fulfilled."""
    wanted = replace(settings, ocr=settings.ocr if ocr is None else ocr)
    if not wanted.ocr:
        return wanted
    from qa.documents.ocr import HOW_TO_GET, is_available

    if not is_available():
        raise InputError(
            "ocr_unavailable",
            "There is no tesseract on this computer, which recognises text on pictures.",
            f"Either {HOW_TO_GET}, or do without: qa index --no-ocr",
        )
    return wanted


def _check_reranker(wanted: str | None) -> None:
    """Load the model that shall stay with the index, to see whether that is possible."""
    if wanted:
        from qa.reranking import Reranker

        Reranker(wanted)


@contextmanager
def _progress() -> Iterator[Callable[["SyncProgress"], None] | None]:
    """Show a bar on a terminal; nothing when piped."""
    out = console(sys.stderr)
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
        print_json(status_json(found))
    else:
        print_status(console(), found)
