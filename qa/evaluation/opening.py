"""The index whose answers are evaluated: the one given, or one of a BEIR folder's own."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from qa import encoder as encoders
from qa.assistant import Assistant
from qa.errors import IndexStateError
from qa.header import Header
from qa.index import read_header
from qa.roots import root_path
from qa.settings import Settings, cache_folder
from qa.sync import Progress, sync
from qa.testsets import QuestionSet
from qa.testsets.beir import CORPUS

UNCUT = 8_000  # tokens of a passage: more than models read


def open_for(
    tests: QuestionSet,
    index: Path,
    progress: Callable[[Progress], None] | None = None,
    *,
    whole: bool = False,
) -> tuple[Assistant, list[str]]:
    """Open the index for a test set, with remarks for the report.

    A BEIR folder that the index does not belong to gets one of its own in the user's cache, built
    with the index's settings and brought up to date each time; ``whole`` cuts its documents only
    where the model cannot read more, as embedding benchmarks do.

    Raises what :meth:`qa.Assistant.open` and :func:`qa.sync.sync` raise.
    """
    folder = tests.path.resolve()
    if not (folder / CORPUS).is_file():
        return Assistant.open(index), []
    header = _header(index)
    if header and root_path(header.root, index).resolve() == folder:
        return Assistant.open(index), []
    settings = header.settings if header else Settings()
    if whole:
        settings = replace(settings, passage_tokens=UNCUT)
    own = own_index(folder, settings)
    encoder = encoders.load_encoder(settings)
    own.parent.mkdir(parents=True, exist_ok=True)
    sync(own, folder, encoder, settings, progress=progress)
    return Assistant.open(own, encoder), [f"The documents of {tests.path} were indexed in {own}."]


def root_of(tests: QuestionSet, index: Path) -> tuple[Path, Settings]:
    """Return the folder of documents that a test set is about, and the settings of the index.

    Raises IndexStateError as :func:`qa.index.read_header`.
    """
    if (tests.path / CORPUS).is_file():
        known = _header(index)
        return tests.path, known.settings if known else Settings()
    header = read_header(index)
    return root_path(header.root, index), header.settings


def own_index(folder: Path, settings: Settings) -> Path:
    """Return where the index of a BEIR folder lives."""
    told = f"{folder}\0{settings.encoder}\0{settings.backend}\0{settings.passage_tokens}"
    digest = hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return cache_folder() / "evaluation" / f"{folder.name}-{digest}"


def _header(index: Path) -> Header | None:
    try:
        return read_header(index)
    except IndexStateError as error:
        if error.code != "index_missing":
            raise
        return None
