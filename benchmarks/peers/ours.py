"""Fundstelle with the same requests as the other libraries."""

import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.encodings import CachedEncoder
from qa import Assistant
from qa.encoder import load_encoder
from qa.settings import Settings

Unit = tuple[str, str]


class Fundstelle:
    """The product as it is: every unit is a document of a BEIR folder, synced and searched.

    It cuts documents itself, so :meth:`chunk` has nothing to do. While ``on``, encodings come
    from the cache.
    """

    def __init__(self, cache: Path) -> None:
        self.on = True
        self._encoder = load_encoder(Settings())
        self._cached = CachedEncoder(self._encoder, cache)
        self._home = Path(tempfile.mkdtemp(prefix="fundstelle-peers-"))
        self._assistant: Assistant | None = None
        self._docs: dict[str, str] = {}

    def chunk(self, documents: Sequence[Unit]) -> list[Unit]:
        return list(documents)

    def index(self, units: Sequence[Unit]) -> None:
        if self._assistant is not None:
            self._assistant.close()
        shutil.rmtree(self._home, ignore_errors=True)
        folder = self._home / "corpus"
        folder.mkdir(parents=True)
        rows = [
            {"_id": f"u{row}", "title": "", "text": text} for row, (_, text) in enumerate(units)
        ]
        self._docs = {f"u{row}": doc for row, (doc, _) in enumerate(units)}
        lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        (folder / "corpus.jsonl").write_text(lines + "\n", "utf-8")
        encoder = self._cached if self.on else self._encoder
        self._assistant = Assistant.build(folder, self._home / "index", encoder)

    def search(self, question: str, k: int) -> list[str]:
        assert self._assistant is not None, "index first"
        return [self._docs[hit.document.source] for hit in self._assistant.search(question, k)]
