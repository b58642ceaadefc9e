"""LAReQA: XQuAD-R's sentences of all languages as one BEIR folder (Roy et al. 2020).

Relevant to a question are the sentences that hold its answer, in every language. The ids say
nothing of a sentence: they count a shuffled pool.
"""

import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.beir import Question, write_folder


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, its language, and the (language, paragraph, sentence) that answers it."""

    lang: str
    question_id: str
    text: str
    place: tuple[str, int, int]


def write_lareqa(source: Path, target: Path, splits: dict[str, str]) -> None:
    """Write the pool of ``source`` (``xquad-r/``) to the BEIR folder ``target``.

    ``splits`` names the split of each question id.
    """
    sentences: dict[tuple[str, int, int], str] = {}
    asked: list[_Asked] = []
    for path in sorted(source.glob("*.json.gz")):
        lang = path.name.partition(".")[0]
        for number, paragraph in enumerate(_paragraphs(path)):
            pieces = [paragraph["context"][a:b] for a, b in paragraph["sentence_breaks"]]
            sentences |= {(lang, number, row): text for row, text in enumerate(pieces)}
            asked += _questions(lang, number, paragraph)
    places = [place for place, text in sentences.items() if text.strip()]
    random.Random(0).shuffle(places)  # noqa: S311
    names = {place: f"s{number:05d}" for number, place in enumerate(places)}
    corpus = [
        {"_id": names[place], "title": "", "text": sentences[place], "metadata": {"lang": place[0]}}
        for place in places
    ]
    write_folder(target, corpus, _with_all_languages(asked, names, splits))


def _paragraphs(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for article in json.load(file)["data"]:
            yield from article["paragraphs"]


def _questions(lang: str, number: int, paragraph: dict[str, Any]) -> Iterator[_Asked]:
    for row in paragraph["qas"]:
        start = row["answers"][0]["answer_start"]
        breaks = enumerate(paragraph["sentence_breaks"])
        # The last sentence that begins at or before the answer.
        sentence = max(at for at, (begin, _) in breaks if begin <= start)
        yield _Asked(lang, row["id"], row["question"], (lang, number, sentence))


def _with_all_languages(
    asked: list[_Asked], names: dict[tuple[str, int, int], str], splits: dict[str, str]
) -> list[Question]:
    relevant: dict[str, set[str]] = {}
    for one in asked:
        relevant.setdefault(one.question_id, set()).add(names[one.place])
    return [
        Question(
            f"{one.question_id}-{one.lang}",
            one.text,
            frozenset(relevant[one.question_id]),
            {"lang": one.lang, "split": splits[one.question_id]},
        )
        for one in asked
    ]
