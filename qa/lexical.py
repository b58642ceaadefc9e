"""Words: one tantivy index a language, derived from the store.

Each language has an index of its own, since BM25 weighs a word by how rare it is and a passage
by how long it is *among its like*: a word that is rare in German must not become common because
it is English. Statistics are always those of the passages that are there: where passages were
deleted, the language's index is written anew, so nothing of them stays in scores or on disk.

``state.json`` names the folder of each language with the checksums of its files and is replaced
last; whatever does not agree with it counts as missing and is rebuilt from the store.
"""

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import file_digest, sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import tantivy
from numpy.typing import NDArray

from qa.datamodel import Floats, Ids
from qa.files import replace_file
from qa.text.tokens import Word, lexical_tokens

FOLDER_NAME = "lexical"
_STATE = "state.json"
_FORMAT = 3  # raised when schema or analysis change: what is older is then written anew
_BATCH = 1_000  # passages fetched at a time
_HEAP = 64_000_000  # bytes tantivy may use before it writes a segment

Fetch = Callable[[Ids], list[str]]


@dataclass(frozen=True, slots=True)
class _Language:
    folder: str
    searcher: tantivy.Searcher

    def addresses(self) -> dict[int, tantivy.DocAddress]:
        """Return where each passage is, by its id."""
        everything = tantivy.Query.all_query()
        hits = self.searcher.search(everything, max(1, self.searcher.num_docs), count=False).hits
        return dict(zip(_ids(self.searcher, hits).tolist(), (hit for _, hit in hits), strict=True))


@dataclass(frozen=True, slots=True)
class _State:
    """What ``state.json`` says; for each language its folder and the files' checksums."""

    revision: int
    languages: Mapping[str, tuple[str, dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Lexical:
    """The words of passages as of ``revision`` of the store with this ``identity``."""

    identity: str
    revision: int
    _languages: Mapping[str, _Language]

    @classmethod
    def read(cls, folder: Path, identity: str) -> "Lexical":
        """Read what is in ``folder``; languages that are damaged or foreign are left out."""
        home = folder / FOLDER_NAME
        state = _state(home, identity)
        read = {lang: _open(home, *entry) for lang, entry in state.languages.items()}
        whole = {lang: language for lang, language in read.items() if language is not None}
        return cls(identity, state.revision if len(whole) == len(read) else -1, whole)

    @staticmethod
    def recorded_revision(folder: Path, identity: str) -> int:
        """Return the revision that ``folder`` says it contains; -1 if it says nothing."""
        return _state(folder / FOLDER_NAME, identity).revision

    def search(
        self,
        words: Sequence[Word],
        k: int,
        lang: str,
        allowed: Ids | None = None,
        *,
        every: bool = False,
    ) -> tuple[Ids, Floats]:
        """Return ids and BM25 scores of the best ``k`` passages in ``lang``, best first.

        The tokens of ``words`` come from :func:`qa.text.tokens.lexical_tokens`; a passage needs one
        of the words, or ``every`` one, and of each word the alternative that scores best counts.
        Equal scores are ordered by ascending id. With ``allowed``, only those ids are returned.
        """
        language = self._languages.get(lang)
        if k <= 0 or not words or language is None:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        want = k
        while True:
            ids, scores = _best(language.searcher, words, want + 1, every)
            all_seen = len(ids) <= want
            keep = _among(ids, allowed)
            kept, kept_scores = ids[keep], scores[keep]
            # Deeper, while too few are allowed or more may tie with the last one wanted.
            if all_seen or (len(kept) >= k and kept_scores[k - 1] > scores[-1]):
                break
            want *= 4
        order = np.lexsort((kept, -kept_scores))[:k]
        return kept[order], kept_scores[order]

    def ids(self) -> Ids:
        """Return the ids of all passages in it, ascending."""
        known = [one for language in self._languages.values() for one in language.addresses()]
        return np.array(sorted(known), dtype=np.int64)

    def write_in_step(
        self, folder: Path, wanted: Mapping[str, Ids], revision: int, fetch: Fetch
    ) -> "Lexical":
        """Bring ``folder`` in step with the store and return the result.

        ``wanted`` holds the ids of each language, ``fetch`` gives the texts of passages.
        """
        home = folder / FOLDER_NAME
        home.mkdir(exist_ok=True)
        folders = {}
        for number, (lang, ids) in enumerate(sorted(wanted.items())):
            analyse = _Analysis(lang, fetch, self._languages.get(lang))
            if analyse.known.keys() <= set(ids.tolist()) and analyse.current is not None:
                folders[lang] = analyse.current.folder
                new = [passage for passage in ids.tolist() if passage not in analyse.known]
                _append(home / analyse.current.folder, np.array(new, dtype=np.int64), analyse)
            else:
                folders[lang] = _rewrite(home / f"{revision}-{number}", ids, analyse)
        languages = {lang: (name, _checksums(home / name)) for lang, name in folders.items()}
        state = {"revision": revision, "languages": languages}
        state |= {"identity": self.identity, "format": _FORMAT}
        replace_file(home / _STATE, [json.dumps(state | {"checksum": _digest(state)}).encode()])
        _sweep(home, set(folders.values()))
        return Lexical.read(folder, self.identity)


class _Analysis:
    """The words of passages in one language; those already known are not analysed again."""

    def __init__(self, lang: str, fetch: Fetch, current: _Language | None) -> None:
        self.current = current
        self.known = current.addresses() if current else {}
        self._lang = lang
        self._fetch = fetch

    def __call__(self, ids: Ids) -> Iterator[tuple[int, str]]:
        """Yield (id, words) for each of ``ids``."""
        new = np.array([i for i in ids.tolist() if i not in self.known], dtype=np.int64)
        for passage_id, text in zip(new.tolist(), self._fetch(new), strict=True):
            yield passage_id, " ".join(lexical_tokens(text, self._lang))
        if self.current is not None:
            for passage_id in set(ids.tolist()) & self.known.keys():
                row = self.current.searcher.doc(self.known[passage_id])
                yield passage_id, str(row.get_first("body"))


def _among(ids: Ids, allowed: Ids | None) -> NDArray[np.bool_]:
    """Tell which ids are allowed, which ascend: a look-up each, however many there are."""
    if allowed is None or not len(allowed):
        return np.full(len(ids), allowed is None)
    at = np.minimum(np.searchsorted(allowed, ids), len(allowed) - 1)
    return np.asarray(allowed[at] == ids)


def _best(
    searcher: tantivy.Searcher, words: Sequence[Word], limit: int, every: bool
) -> tuple[Ids, Floats]:
    occur = tantivy.Occur.Must if every else tantivy.Occur.Should
    query = _together((_any(word) for word in dict.fromkeys(words)), occur)
    hits = searcher.search(query, limit, count=False).hits
    return _ids(searcher, hits), np.array([score for score, _ in hits], dtype=np.float32)


def _any(word: Word) -> tantivy.Query:
    if isinstance(word, str):
        return tantivy.Query.term_query(_schema(), "body", word, "freq")
    queries = [_together(map(_any, tokens), tantivy.Occur.Must) for tokens in word]
    return queries[0] if len(queries) == 1 else tantivy.Query.disjunction_max_query(queries)


def _together(queries: Iterable[tantivy.Query], occur: tantivy.Occur) -> tantivy.Query:
    parts = [(occur, query) for query in queries]
    return parts[0][1] if len(parts) == 1 else tantivy.Query.boolean_query(parts)


def _ids(searcher: tantivy.Searcher, hits: Sequence[tuple[float, tantivy.DocAddress]]) -> Ids:
    values = searcher.fast_field_values("id", [address for _, address in hits])
    return np.array(values, dtype=np.int64)


@cache
def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder().add_unsigned_field("id", fast=True)
    # Stored, so that an index can be written anew without analysing everything again.
    builder.add_text_field("body", stored=True, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def _state(home: Path, identity: str) -> _State:
    try:
        state = json.loads((home / _STATE).read_bytes())
        whole = state.pop("checksum") == _digest(state)
        if whole and (state["identity"], state["format"]) == (identity, _FORMAT):
            return _State(int(state["revision"]), dict(state["languages"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass  # missing or damaged: the same as nothing written yet
    return _State(-1, {})


def _digest(state: Mapping[str, object]) -> str:
    return sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()


def _open(home: Path, name: str, sums: dict[str, str]) -> _Language | None:
    """Open a language's folder if it is whole; a writer may be working on it at this moment."""
    try:
        if not sums or _checksums(home / name) != sums:
            return None
        return _Language(name, _searcher(home / name))
    except (OSError, ValueError):
        if os.access(home / name, os.W_OK):
            return None
    # tantivy wants to write a lock even to read. Files it has opened stay when they are deleted.
    with TemporaryDirectory(prefix="fundstelle-") as copy:
        shutil.copytree(home / name, copy, dirs_exist_ok=True)
        return _Language(name, _searcher(Path(copy)))


def _searcher(folder: Path) -> tantivy.Searcher:
    """Return a searcher of one commit; ours is chosen by state.json, not by who commits next."""
    index = tantivy.Index.open(str(folder))
    index.config_reader("manual")
    index.reload()
    return index.searcher()


def _rewrite(folder: Path, ids: Ids, analyse: _Analysis) -> str:
    shutil.rmtree(folder, ignore_errors=True)  # left behind by a run that was killed
    folder.mkdir()
    _append(folder, ids, analyse)
    return folder.name


def _append(folder: Path, ids: Ids, analyse: _Analysis) -> None:
    if not len(ids):
        return
    index = tantivy.Index(_schema(), path=str(folder))
    # Otherwise a thread of tantivy's would open what we commit, at any time until later.
    index.config_reader("manual")
    try:
        _write(index, ids, analyse)
    except ValueError as error:  # all that tantivy says when it cannot write
        full = shutil.disk_usage(folder).free < _HEAP
        code = errno.ENOSPC if full else errno.EIO
        raise OSError(code, "the words cannot be written", str(folder)) from error


def _write(index: tantivy.Index, ids: Ids, analyse: _Analysis) -> None:
    writer = index.writer(_HEAP, 1)  # one thread: the same passages give the same segments
    for at in range(0, len(ids), _BATCH):
        for passage_id, words in analyse(ids[at : at + _BATCH]):
            row = tantivy.Document()
            row.add_unsigned("id", passage_id)
            row.add_text("body", words)
            writer.add_document(row)
    writer.commit()
    writer.wait_merging_threads()


def _checksums(folder: Path) -> dict[str, str]:
    """Return the checksums of tantivy's files, which are small beside the store."""
    if not folder.is_dir():
        return {}
    paths = [path for path in folder.iterdir() if not path.name.startswith(".")]
    return {path.name: _checksum(path) for path in sorted(paths)}


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _sweep(home: Path, used: set[str]) -> None:
    for path in home.iterdir():
        if path.is_dir() and path.name not in used:
            shutil.rmtree(path)
