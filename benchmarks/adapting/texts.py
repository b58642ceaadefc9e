"""What the adapter learns from: questions and passages of the ``tune`` split, in many languages.

XQuAD-R gives each passage and question in eleven languages with the sentence of the answer; JaQuAD
and SQuAD 2.0 give Japanese and more English ones. Articles in ``HELD_OUT`` are left alone, so that
the confidence can be fitted (``benchmarks.calibrate``) on questions that the adapter has not seen.
"""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.beir import read_qrels, read_rows
from qa.datamodel import Span
from qa.text.sentences import split_sentences

# Articles of the tune split, by set; SQuAD 2.0 and XQuAD share some under other names.
HELD_OUT: Mapping[str, frozenset[str]] = {
    "xquad": frozenset({"a010", "a014", "a028", "a030", "a036", "a042", "a044", "a046"}),
    "jaquad-ja": frozenset({"a004", "a008", "a010", "a016", "a028"}),
    "squad2-unanswerable": frozenset({"a002", "a008", "a010", "a012", "a014"}),
}
REFERENCE = "en"  # where a text is there in several languages, the one that is learnt from


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A question by language, and by language of the passage the row of the answer's sentence.

    It is not ``real`` where it is a piece of text that no sentence answers, only belongs to.
    """

    texts: Mapping[str, str]
    sentence: Mapping[str, int]
    real: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """A passage by language, its sentences, and the questions about it."""

    texts: Mapping[str, str]
    sentences: Mapping[str, Sequence[Span]]
    asked: list[Asked] = field(default_factory=list)

    @property
    def reference(self) -> str:
        """The language in which the model as it is says how well a question matches."""
        return REFERENCE if REFERENCE in self.texts else next(iter(self.texts))


Articles = list[list[Told]]


def is_held_out(name: str, article: str) -> bool:
    """Tell whether an article of the set ``name`` is left to the confidence."""
    return article in HELD_OUT["xquad" if name.startswith("xquad") else name]


def parallel(data: Path) -> Articles:
    """Return the articles of XQuAD-R that may be learnt from."""
    files = sorted((data / "xquad-r").glob("*.json.gz"))
    paragraphs = {path.name.partition(".")[0]: _paragraphs(path) for path in files}
    rows = read_rows(data / "xquad-en-en" / "queries.jsonl")
    about = {row["_id"]: row["metadata"] for row in rows}
    found: dict[str, list[Told]] = {}
    for each in zip(*paragraphs.values(), strict=True):
        metadata = about[each[0]["qas"][0]["id"]]
        if metadata["split"] == "tune" and not is_held_out("xquad", metadata["article"]):
            told = _told(dict(zip(paragraphs, each, strict=True)))
            found.setdefault(metadata["article"], []).append(told)
    return list(found.values())


def _paragraphs(path: Path) -> list[dict[str, Any]]:
    data = json.loads(gzip.decompress(path.read_bytes()))["data"]
    return [paragraph for article in data for paragraph in article["paragraphs"]]


def _told(by_language: Mapping[str, dict[str, Any]]) -> Told:
    told = Told(
        {lang: one["context"] for lang, one in by_language.items()},
        {lang: [(a, b) for a, b in one["sentence_breaks"]] for lang, one in by_language.items()},
    )
    for same in zip(*(one["qas"] for one in by_language.values()), strict=True):
        languages = list(zip(by_language, same, strict=True))
        rows = {
            lang: _sentence(told.sentences[lang], one["answers"][0]["answer_start"])
            for lang, one in languages
        }
        told.asked.append(Asked({lang: one["question"] for lang, one in languages}, rows))
    return told


def monolingual(folder: Path, lang: str) -> Articles:
    """Return the articles of a BEIR folder in one language that may be learnt from."""
    texts = {row["_id"]: row["text"] for row in read_rows(folder / "corpus.jsonl")}
    relevant = read_qrels(folder / "qrels" / "test.tsv")
    told: dict[str, Told] = {}
    found: dict[str, list[Told]] = {}
    for row in read_rows(folder / "queries.jsonl"):
        metadata = row["metadata"]
        learnt = metadata["split"] == "tune" and metadata["answerable"]
        if not learnt or is_held_out(folder.name, metadata["article"]):
            continue
        doc = min(relevant[row["_id"]])
        text = texts[doc]
        starts = [text.find(answer) for answer in metadata["answers"]]
        start = next((at for at in starts if at >= 0), None)
        if start is None:
            continue
        if doc not in told:
            told[doc] = Told({lang: text}, {lang: split_sentences(text, lang)})
            found.setdefault(metadata["article"], []).append(told[doc])
        row_of = _sentence(told[doc].sentences[lang], start)
        told[doc].asked.append(Asked({lang: row["text"]}, {lang: row_of}))
    return list(found.values())


def _sentence(sentences: Sequence[Span], start: int) -> int:
    """Return the row of the last sentence that begins at or before ``start``."""
    return max((row for row, (begin, _) in enumerate(sentences) if begin <= start), default=0)
