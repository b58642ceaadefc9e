"""A first test set, drafted from the documents for a person to edit.

Known-item questions ask for a sentence by its rarest words, heading questions by the heading it
stands under; questions that people kept while asking come first. Drafts are tagged as such: they
measure whether what is there can be found, and people ask otherwise.
"""

import json
import re
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from itertools import zip_longest
from pathlib import Path
from typing import Any

from qa.datamodel import Filters, Passage
from qa.errors import InputError
from qa.files import replace_file
from qa.index import Index
from qa.testsets import FEEDBACK, Question
from qa.testsets.keeping import verdict_of, verdicts
from qa.testsets.shape import Entry, Problems, question
from qa.testsets.writing import json_lines
from qa.text.questions import is_statement
from qa.text.sentences import split_sentences

DRAFTS = 40
_WORDS = 6
_SHORTEST = 30  # characters of a sentence worth asking for; half as many where no spaces part words
# Runs of kanji, of katakana, of any other letters and digits; hiragana carries little by itself.
_PIECE = re.compile(
    r"[\u3400-\u4dbf\u4e00-\u9fff々]+|[\u30a1-\u30fa\u30fc]+"
    r"|[^\W_\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+(?:[-.,:][^\W_]+)*"
)
Draft = dict[str, Any]


def write_draft(index: Index, path: Path) -> int:
    """Write a draft test set as JSON lines and return its number of questions.

    Raises InputError: tests_exist (nothing is overwritten), tests_unwritable (also by its name),
    and draft_empty if no document has a sentence to ask for.
    """
    if path.suffix.lower() != ".jsonl":
        raise InputError(
            "tests_unwritable",
            f"A draft is written as JSON lines, which {path} is not called.",
            f"Call it so: qa eval --init {shlex.quote(str(path.with_suffix('.jsonl')))}",
        )
    if path.exists():
        raise InputError(
            "tests_exist", f"{path} exists already.", "Name a new file: qa eval --init drafts.jsonl"
        )
    drafted = (
        json.dumps(one, ensure_ascii=False).encode("utf-8", "replace") for one in drafts(index)
    )
    lines = [*json_lines(_kept(index.folder)), *(line + b"\n" for line in drafted)]
    if not lines:
        raise InputError(
            "draft_empty",
            "No document of the index has a sentence long enough to ask for.",
            "Write a test set by hand; docs/evaluating.md shows its form.",
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, lines)
    except OSError as error:
        raise InputError(
            "tests_unwritable",
            f"{path} cannot be written: {error.strerror or error}.",
            "Name another file: qa eval --init drafts.jsonl",
        ) from error
    return len(lines)


def _kept(folder: Path) -> Iterator[Question]:
    """Yield the questions readers kept from the app, those that somebody found an answer to.

    Who kept them and when is nothing that a test set, which is passed on, should say.
    """
    problems = Problems(FEEDBACK)
    for number, line in enumerate(verdicts(folder), 1):
        kept = question(Entry(number, verdict_of(line)), problems)
        if kept is not None:
            yield kept


def drafts(index: Index, most: int = DRAFTS) -> list[Draft]:
    """Return drafted questions, spread evenly over documents; the same index gives the same."""
    passages = _spread(index)
    common = Counter(piece for one in passages for piece in set(_pieces(one.text)))
    sources = {one.doc_id: one.source for one in index.documents()}
    made: list[Draft] = []
    asked: set[str] = set()
    for passage in passages:
        if len(made) >= most:
            break
        draft = _draft(passage, common, heading=len(made) % 2 == 1)
        if draft is None or draft["question"] in asked:
            continue
        asked.add(draft["question"])
        draft["sources"] = [{"doc": sources[passage.doc_id], "quote": draft.pop("quote")}]
        made.append({"id": f"draft-{len(made) + 1}", **draft})
    return made


def _spread(index: Index) -> list[Passage]:
    """Return the passages in turns, one of each document, in an order that is fixed but mixed."""
    by_doc: dict[str, list[Passage]] = {}
    for lang in sorted(index.languages()):
        for passage in index.passages(index.select(lang, Filters())):
            by_doc.setdefault(passage.doc_id, []).append(passage)
    mixed = [sorted(by_doc[doc], key=_mix) for doc in sorted(by_doc)]
    return [one for turn in zip_longest(*mixed) for one in turn if one is not None]


def _mix(passage: Passage) -> bytes:
    return blake2b(f"{passage.doc_id} {passage.start}".encode(), digest_size=8).digest()


def _draft(passage: Passage, common: Counter[str], *, heading: bool) -> Draft | None:
    sentences = [
        passage.text[start:end] for start, end in split_sentences(passage.text, passage.lang)
    ]
    good = [one for one in sentences if is_statement(one) and _long_enough(one)]
    if not good:
        return None
    if heading and passage.heading:
        asked, quote, kind = " – ".join(passage.heading[-2:]), good[0], "heading"
    else:
        quote = max(good, key=lambda one: sum(1 / common[p] for p in set(_pieces(one))))
        asked, kind = _rarest(quote, common), "known-item"
    if not asked:  # a sentence all in hiragana
        return None
    return {
        "question": asked,
        "lang": passage.lang,
        "tags": ["draft"],
        "kind": kind,
        "quote": quote,
    }


def _long_enough(sentence: str) -> bool:
    return len(sentence) + len(re.findall(r"[\u3040-\u30ff\u3400-\u9fff]", sentence)) >= _SHORTEST


def _rarest(sentence: str, common: Counter[str]) -> str:
    """Return the words of a sentence that fewest passages hold, in its order."""
    words = list(dict.fromkeys(_PIECE.findall(sentence)))
    rare: Sequence[str] = sorted(words, key=lambda word: (common[word.casefold()], -len(word)))
    chosen = set(rare[:_WORDS])
    return " ".join(word for word in words if word in chosen)


def _pieces(text: str) -> list[str]:
    return [piece.casefold() for piece in _PIECE.findall(text)]
