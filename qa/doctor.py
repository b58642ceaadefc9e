"""Examining an index, and mending what can be mended.

The store is the truth: what is derived from it is thrown away and made again where it is damaged.
A document that is damaged in the store itself cannot be mended from anything here; it is taken
out, so that nothing wrong is ever shown, and named, so that its file is read again.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from qa.dense import FILE_NAME as DENSE
from qa.dense import Dense
from qa.errors import FundstelleError, IndexStateError
from qa.files import write_lock
from qa.header import Header
from qa.index import bring_in_step
from qa.lexical import FOLDER_NAME as LEXICAL
from qa.lexical import Lexical
from qa.refusals import damaged, missing, qa_command, writable
from qa.store import Store
from qa.writer import Writer

_BATCH = 10_000  # vectors compared at a time
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Check:
    """One promise of an index, whether it holds, and what was looked at or found."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Examination:
    """The checks; ``spoilt`` are the documents that are damaged, by source.

    ``read_again`` are those that a repair has taken out, so that their files must be read again.
    """

    checks: tuple[Check, ...]
    spoilt: tuple[str, ...] = ()
    read_again: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every promise holds."""
        return all(check.ok for check in self.checks)

    def failed(self, name: str) -> bool:
        """Whether a check of this name was made and does not hold."""
        return any(check.name == name and not check.ok for check in self.checks)


def examine(folder: Path, fingerprint: Callable[[Header], str]) -> Examination:
    """Verify everything that an index in ``folder`` promises; changes nothing.

    ``fingerprint`` gives that of the model that would answer now. The checks: ``store`` (SQLite's
    own structure), ``checksums`` (every document, passage and vector), ``offsets`` (every passage
    and its page), ``dense`` and ``lexical`` (whole, and of the store's revision), ``counts`` (the
    same passages in all three), ``model``.

    Raises IndexStateError: index_missing, index_older_schema, index_newer_schema.
    """
    try:
        with closing(Store(folder)) as store, store.snapshot():
            return _examined(folder, store, fingerprint)
    except IndexStateError as error:
        if error.code != "index_damaged":
            raise
        return Examination((Check("store", False, f"{error.message} {error.hint}"),))


def repair(folder: Path, fingerprint: Callable[[Header], str]) -> Examination:
    """Mend what can be mended, an older schema too, and return how things are after that.

    Raises IndexStateError (index_missing, index_newer_schema, and index_damaged where only a
    rebuild helps) and IndexBusyError.
    """
    Store(folder, older=True).close()  # refuses what is missing or newer before anything is made
    with writable(folder), write_lock(folder), closing(Writer(folder)) as writer:
        faults = writer.faults()
        if faults:
            raise damaged(folder, faults[0])
        found = examine(folder, fingerprint)
        if found.spoilt:
            writer.discard(found.spoilt)
        writer.drop_orphans()
        writer.checkpoint()
        if found.failed("dense") or found.failed("counts"):
            (folder / DENSE).unlink(missing_ok=True)
        if found.failed("lexical") or found.failed("counts"):
            shutil.rmtree(folder / LEXICAL, ignore_errors=True)
        bring_in_step(folder, writer)
    return replace(examine(folder, fingerprint), read_again=found.spoilt)


def _examined(folder: Path, store: Store, fingerprint: Callable[[Header], str]) -> Examination:
    header = store.header
    if header is None:
        raise missing(folder)
    faults = store.faults()
    if faults:
        rebuild = qa_command(folder, "index", "FOLDER", "--rebuild")
        hint = f"Build it anew from the documents: {rebuild}"
        return Examination((Check("store", False, f"{faults[0]}. {hint}"),))
    table = store.table()
    checks = [Check("store", True, f"revision {store.revision}")]
    spoilt = store.spoilt()
    documents = len(store.files())
    checks.append(_of_documents("checksums", spoilt, f"{documents:,} documents and their vectors"))
    wrong = store.misplaced()
    checks.append(_of_documents("offsets", wrong, f"{len(table.ids):,} passages and their pages"))
    dense = Dense.read(folder, header.identity, header.dimensions)
    lexical = Lexical.read(folder, header.identity)
    checks.append(_in_step("dense", dense.revision, store.revision))
    checks.append(_in_step("lexical", lexical.revision, store.revision))
    checks.append(_counts(store, dense, lexical))
    checks.append(_model(folder, header, fingerprint))
    return Examination(tuple(checks), tuple(sorted(spoilt | wrong)))


def _of_documents(name: str, wrong: set[str], all_of_them: str) -> Check:
    if not wrong:
        return Check(name, True, all_of_them)
    shown = ", ".join(sorted(wrong)[:_SHOWN]) + (", …" if len(wrong) > _SHOWN else "")
    return Check(name, False, f"wrong in {len(wrong):,} documents: {shown}")


def _in_step(name: str, found: int, revision: int) -> Check:
    if found < 0:
        return Check(name, False, "missing or damaged; it can be made again")
    if found != revision:
        behind = f"of revision {found}, not {revision}; the next question or sync mends it"
        return Check(name, False, behind)
    return Check(name, True, f"revision {revision}")


def _counts(store: Store, dense: Dense, lexical: Lexical) -> Check:
    ids, words = store.table().ids, lexical.ids()
    detail = f"{len(ids):,} passages in the store, {len(dense.ids):,} vectors, {len(words):,} texts"
    same = np.array_equal(ids, dense.ids) and np.array_equal(ids, words)
    if same and not all(_same_vectors(store, dense)):
        return Check("counts", False, f"{detail}; the vectors are not those of the store")
    return Check("counts", same, detail)


def _same_vectors(store: Store, dense: Dense) -> Iterator[bool]:
    for at in range(0, len(dense.ids), _BATCH):
        ids = dense.ids[at : at + _BATCH]
        yield np.array_equal(store.means(ids), dense.vectors(ids))


def _model(folder: Path, header: Header, fingerprint: Callable[[Header], str]) -> Check:
    try:
        present = fingerprint(header)
    except FundstelleError as error:
        return Check("model", False, error.message)
    if present == header.fingerprint:
        return Check("model", True, f"{header.encoder} ({present})")
    hint = f"Build the index anew: {qa_command(folder, 'index', '--rebuild')}"
    return Check("model", False, f"built by {header.fingerprint}, present is {present}. {hint}")
