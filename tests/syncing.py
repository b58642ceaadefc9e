"""Helpers of the tests that sync folders."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qa.datamodel import Filters, SyncReport
from qa.index import Index
from qa.settings import Settings
from qa.sync import sync
from qa.text.tokens import lexical_tokens
from tests.hash_encoder import HashEncoder

SETTINGS = Settings(passage_tokens=40)


def run(index: Path, root: Path, encoder: HashEncoder | None = None, **options: Any) -> SyncReport:
    return sync(index, root, encoder or HashEncoder(), SETTINGS, **options)


@contextmanager
def opened(index: Path) -> Iterator[Index]:
    reader = Index.open(index)
    try:
        with reader.reading():
            yield reader
    finally:
        reader.close()


def content(index: Path) -> dict[str, Any]:
    """Everything an index says, without the ids, which may differ between equal ones."""
    with opened(index) as reader:
        documents = {d.source: reader.document(d.doc_id) for d in reader.documents()}
        passages = [row for lang in reader.languages() for row in in_language(reader, lang)]
        return {
            "documents": documents,
            "passages": sorted(passages),
            "failed": {(failed.file, failed.reason) for failed in reader.status().failed},
        }


def in_language(reader: Index, lang: str) -> list[tuple[Any, ...]]:
    ids = reader.select(lang, Filters())
    passages, codes, vectors = reader.passages(ids), reader.token_codes(ids), reader.vectors(ids)
    tokens = lexical_tokens("harbour Hafen 港 one two three museum", lang)
    hits, scores = reader.search_lexical(tokens, 100, lang)
    words = dict(zip(hits.tolist(), scores.round(4).tolist(), strict=True))
    return [
        (
            p.doc_id,
            p.start,
            p.end,
            p.text,
            lang,
            p.heading,
            code,
            v.tobytes(),
            words.get(p.passage_id),
        )
        for p, code, v in zip(passages, codes, vectors, strict=True)
    ]


def sources(index: Path) -> list[str]:
    with opened(index) as reader:
        return [document.source for document in reader.documents()]
