"""How fair the ranking is to languages in very small collections, by its prior.

    python -m benchmarks.small_pools ../data

People's folders are small and mixed. Of each article of XQuAD's tune split that the encoder's
adapter was not fitted on, some passages, and others beside them, are put into English, German or
Chinese at random; every question about them is asked in these languages and in Spanish. Printed for
each value of ``PRIOR_OFFSET``: how often the right passage is first, by whether it is in the
question's language (``same``), in another one while that is there (``cross``) or while it is not
(``absent``), the mean over pools of 3, 5, 12 and 40 passages.
"""

import random
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import numpy as np

from benchmarks.adapting.texts import is_held_out
from benchmarks.beir import read_questions, read_rows
from benchmarks.calibrate import number
from benchmarks.encodings import CachedEncoder
from qa import retrieval
from qa.datamodel import Encoding, Floats, Ids
from qa.encoder import load_encoder
from qa.retrieval import PRIOR_SHARED, Candidates, fuse, spread_of
from qa.settings import Settings, cache_folder
from qa.tokens import centred, compress, late_scores, shared_part

LANGUAGES, ASKED = ("en", "de", "zh"), ("en", "de", "zh", "es")
SIZES, SEEDS = (3, 5, 12, 40), (1, 2)
PRIORS = (0.12, 0.18, 0.24, 0.27, 0.3, 0.36, 0.42)


@dataclass(frozen=True, slots=True)
class Told:
    """A passage in one language: its number, which translations share, article and token codes."""

    number: str
    lang: str
    article: str
    codes: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in one language, and the number of the passage that answers it."""

    lang: str
    number: str
    encoding: Encoding


def main() -> None:
    data = Path(sys.argv[1])
    encoder = CachedEncoder(load_encoder(Settings()), cache_folder() / "benchmarks")
    told = {
        (one.lang, one.number): one for lang in LANGUAGES for one in passages(data, lang, encoder)
    }
    asked = [one for lang in ASKED for one in questions(data, lang, encoder)]
    pools = [pool for size in SIZES for seed in SEEDS for pool in drawn(told, size, seed)]
    for prior in PRIORS:
        vars(retrieval)["PRIOR_OFFSET"] = prior
        firsts: dict[tuple[str, int], list[bool]] = {}
        for pool in pools:
            for kind, first in outcomes(pool, asked, encoder.dimensions):
                for name in (kind, "all"):
                    firsts.setdefault((name, len(pool)), []).append(first)
        kinds = sorted({name for name, _ in firsts})
        means = {name: mean(float(np.mean(firsts[name, size])) for size in SIZES) for name in kinds}
        print(prior, *(f"{name} {100 * value:.1f}" for name, value in means.items()), flush=True)
    encoder.close()


def passages(data: Path, lang: str, encoder: CachedEncoder) -> list[Told]:
    every = read_rows(data / f"xquad-{lang}-{lang}" / "corpus.jsonl")
    rows = [row for row in every if is_held_out("xquad", row["metadata"]["article"])]
    sizes = encoder.count_tokens([row["text"] for row in rows])
    rows = [row for row, size in zip(rows, sizes, strict=True) if size < encoder.max_tokens - 20]
    encodings = encoder.encode_passages([("", row["text"]) for row in rows])
    return [
        Told(number(row["_id"]), lang, row["metadata"]["article"], compress(one))
        for row, one in zip(rows, encodings, strict=True)
    ]


def questions(data: Path, lang: str, encoder: CachedEncoder) -> list[Asked]:
    found = [
        one
        for one in read_questions(data / f"xquad-{lang}-{lang}", "tune")
        if is_held_out("xquad", one.metadata["article"])
    ]
    encodings = encoder.encode_questions([one.text for one in found])
    return [
        Asked(lang, number(min(one.relevant)), encoding)
        for one, encoding in zip(found, encodings, strict=True)
    ]


def drawn(told: Mapping[tuple[str, str], Told], size: int, seed: int) -> Iterator[list[Told]]:
    """Yield a pool for each article: passages of its own, then of others, each in one language."""
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    articles = {one.number: one.article for one in told.values()}
    for article in sorted(set(articles.values())):
        own = sorted(number for number, of in articles.items() if of == article)
        others = sorted(articles.keys() - set(own))
        chosen = chance.sample(own, min(size, len(own)))
        chosen += chance.sample(others, size - len(chosen))
        versions = [[one for one in told.values() if one.number == number] for number in chosen]
        yield [chance.choice(of) for of in versions]


def outcomes(pool: list[Told], asked: list[Asked], dimensions: int) -> Iterator[tuple[str, bool]]:
    """Yield the kind of each question about the pool, and whether the right passage is first."""
    langs, numbers = [one.lang for one in pool], [one.number for one in pool]
    codes = [one.codes for one in pool]
    shared = {
        lang: shared_part([one.codes for one in pool if one.lang == lang], dimensions, PRIOR_SHARED)
        for lang in ASKED
    }
    for one in asked:
        if one.number in numbers:
            right = numbers.index(one.number)
            question = centred(one.encoding.tokens, shared[one.lang])
            late = late_scores(question, one.encoding.weights, codes)
            fused = fuse(candidates(late, langs, one.lang))
            kind = "cross" if one.lang in langs else "absent"
            yield "same" if langs[right] == one.lang else kind, int(np.argmax(fused)) == right


def candidates(late: Floats, langs: list[str], asked: str) -> Candidates:
    none = np.zeros(len(late), np.float32)
    ids: Ids = np.arange(len(late))
    spread = np.array([spread_of(lang, (asked,)) for lang in langs], np.float32)
    return Candidates(ids, np.array(langs), spread, none + 1, late, none, late, none)


if __name__ == "__main__":
    main()
