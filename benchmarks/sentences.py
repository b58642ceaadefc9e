"""Compare sentence splitters on the sentence breaks of XQuAD-R and on Japanese.

    python benchmarks/sentences.py FOLDER

FOLDER holds ``xquad-r/*.json.gz`` (LAReQA). Japanese has no breaks there: a short text with
breaks set by hand stands in. Splitters that are not installed are left out. Figures are F1 of
inner sentence boundaries in per cent, counted in characters that are not whitespace.
"""

import gzip
import json
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import pairwise
from pathlib import Path

from qa.datamodel import Span
from qa.text.sentences import split_sentences

Splitter = Callable[[str, str], list[Span]]

JAPANESE = (
    "「明日は晴れる。」と彼は言った。|会議は10時に始まりますか？|はい！|資料（詳細は後述。）を配ります。|"
    "新型機は2.5トンです。|『空。海。』という本を読んだ。|費用は約3億円（昨年比1.2倍）でした。"
)


def sentencex_spans(text: str, lang: str) -> list[Span]:
    """Split with sentencex."""
    found = import_module("sentencex").get_sentence_boundaries(lang, text)
    return [(part["start_index"], part["end_index"]) for part in found]


def pysbd_spans(text: str, lang: str) -> list[Span]:
    """Split with pysbd, in English where it does not know the language."""
    pysbd = import_module("pysbd")
    known = lang if lang in import_module("pysbd.languages").LANGUAGE_CODES else "en"
    found = pysbd.Segmenter(language=known, char_span=True).segment(text)
    return [(part.start, part.end) for part in found]


def boundaries(text: str, spans: list[Span]) -> set[int]:
    """Return the inner boundaries, counted in characters that are not whitespace."""
    return {len("".join(text[:end].split())) for _, end in spans} - {len("".join(text.split()))}


def paragraphs(file: Path) -> Iterator[tuple[str, list[Span]]]:
    """Yield each paragraph of an XQuAD-R file with its sentences."""
    data = json.loads(gzip.decompress(file.read_bytes()))["data"]
    for article in data:
        for paragraph in article["paragraphs"]:
            breaks = [(start, end) for start, end in paragraph["sentence_breaks"]]
            yield paragraph["context"], breaks


def japanese() -> Iterator[tuple[str, list[Span]]]:
    """Yield the Japanese text with its sentences."""
    parts = JAPANESE.split("|")
    ends = [sum(map(len, parts[: i + 1])) for i in range(len(parts))]
    yield "".join(parts), list(pairwise([0, *ends]))


def f1(split: Splitter, lang: str, texts: list[tuple[str, list[Span]]]) -> float:
    """Return the F1 of the boundaries over all texts."""
    hits = found = wanted = 0
    for text, gold in texts:
        right, guess = boundaries(text, gold), boundaries(text, split(text, lang))
        hits, found, wanted = hits + len(right & guess), found + len(guess), wanted + len(right)
    return 2 * hits / max(1, found + wanted)


def main(folder: Path) -> None:
    """Print one row a language and the time each splitter took."""
    splitters: dict[str, Splitter] = {"own": split_sentences}
    others: dict[str, Splitter] = {"sentencex": sentencex_spans, "pysbd": pysbd_spans}
    for name, split in others.items():
        try:
            import_module(name)
        except ImportError:
            continue
        splitters[name] = split
    files = sorted((folder / "xquad-r").glob("*.json.gz"))
    sets = {file.name[:2]: list(paragraphs(file)) for file in files} | {"ja": list(japanese())}
    print("lang " + "".join(f"{name:>10}" for name in splitters))
    took = dict.fromkeys(splitters, 0.0)
    for lang, texts in sets.items():
        row = ""
        for name, split in splitters.items():
            began = time.perf_counter()
            row += f"{100 * f1(split, lang, texts):10.1f}"
            took[name] += time.perf_counter() - began
        print(f"{lang:5}{row}")
    print("s    " + "".join(f"{took[name]:10.1f}" for name in splitters))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
