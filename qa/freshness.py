"""Whether a document's file is still the one that was indexed: asked before anything is shown."""

from collections.abc import Iterable
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Literal

from qa.datamodel import Document
from qa.documents import beir
from qa.documents.archive import source_bytes
from qa.documents.parsed import Unreadable

Freshness = Literal["same", "changed", "missing"]


def file_state(root: Path, document: Document) -> Freshness:
    """Compare what is below ``root`` now with the bytes that were indexed.

    In a BEIR folder the document's line is looked for; one that is not there counts as changed.
    """
    path, corpus = root / document.source, root / beir.FILE_NAME
    try:
        if corpus.is_file():
            kept = beir.line_of(corpus, document.sha256)
            return "changed" if kept is None else "same"
        if path.is_file():
            with path.open("rb") as file:
                digest = file_digest(file, "sha256").hexdigest()
        else:  # in an archive, if anywhere
            digest = sha256(source_bytes(path)).hexdigest()
    except (OSError, Unreadable):  # gone, or not to be opened: in either case not to be seen
        return "missing"
    return "same" if digest == document.sha256 else "changed"


def file_states(root: Path, documents: Iterable[Document]) -> dict[str, Freshness]:
    """Return the state of each document's file, by ``doc_id``."""
    return {one.doc_id: file_state(root, one) for one in {d.doc_id: d for d in documents}.values()}
