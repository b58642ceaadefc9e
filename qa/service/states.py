"""Whether a document's file is still the one that was indexed."""

import hashlib
from pathlib import Path
from typing import Literal

from qa.datamodel import Document

Freshness = Literal["same", "changed", "missing"]


def file_state(root: Path, document: Document) -> Freshness:
    """Compare the file below ``root`` with the bytes that were indexed."""
    path = root / document.source
    if not path.is_file():
        return "missing"
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return "same" if digest == document.sha256 else "changed"
