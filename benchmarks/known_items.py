"""Take sentences that stand on exactly one page of some PDFs, and see whether they are found there.

    python -m benchmarks.known_items [--index DIR] [--seed N] [--no-record] FILE.pdf ...

Where a sentence stands is told by the pages' raw characters, not by the stored text: its letters
and digits occur on one page of one file. ``found``: the first hit is of that file, holds the
sentence, and gives it that page. ``covered``: the characters that PDFium finds inside the drawn
boxes are those of the sentence, but for one at either end. With ``--index`` the index is kept,
and used again if it is there, with whatever else is in the folder ``documents`` beside it.
"""

import argparse
import json
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium

from benchmarks.machine import record
from qa import Assistant, Document
from qa.documents.pages import Box, span_boxes
from qa.text.sentences import split_sentences

SENTENCES = 200
SHORTEST, LONGEST = 40, 250  # characters
ENDS = (".", "!", "?", "。")


@dataclass(frozen=True, slots=True)
class Item:
    """A sentence and where it stands; ``page`` counts from 1."""

    sentence: str
    source: str
    page: int


def letters(text: str) -> str:
    """Return the letters and digits alone: hyphens and spaces differ between lines."""
    return "".join(filter(str.isalnum, text.casefold()))


def raw_pages(path: Path) -> list[str]:
    """Return the letters of every page, as PDFium gives them."""
    with pdfium.PdfDocument(path) as opened:
        return [letters(page.get_textpage().get_text_range()) for page in opened]


def choose(documents: Sequence[Document], folder: Path, seed: int) -> list[Item]:
    """Return sentences of paragraphs that stand on one page, the same ones for a seed."""
    pages = {document.source: raw_pages(folder / document.source) for document in documents}
    candidates = [
        (document.source, sentence) for document in documents for sentence in sentences(document)
    ]
    random.Random(seed).shuffle(candidates)  # noqa: S311
    items: list[Item] = []
    for source, sentence in candidates:
        wanted = letters(sentence)
        places = [
            (name, number)
            for name, texts in pages.items()
            for number, text in enumerate(texts, 1)
            if wanted in text
        ]
        if len(places) == 1 and places[0][0] == source:
            items.append(Item(sentence, *places[0]))
        if len(items) == SENTENCES:
            break
    return items


def sentences(document: Document) -> Iterator[str]:
    """Yield what reads like a sentence."""
    for start, end in split_sentences(document.text, document.lang):
        sentence = " ".join(document.text[start:end].split())
        telling = sum(map(str.isalpha, sentence)) > 0.6 * len(sentence)
        if SHORTEST <= len(sentence) <= LONGEST and sentence.endswith(ENDS) and telling:
            yield sentence


def find(assistant: Assistant, item: Item) -> tuple[bool, bool, str]:
    """Return whether an item is found and covered, and what went wrong."""
    hits = assistant.search(item.sentence, k=1)
    if not hits or hits[0].document.source != item.source:
        return False, False, f"first is {hits[0].document.source if hits else 'nothing'}"
    document, passage = hits[0].document, hits[0].passage
    pattern = r"\s+".join(map(re.escape, item.sentence.split()))
    found = re.search(pattern, passage.text)
    if not found:
        return False, False, f"first is another passage, of page {passage.page}"
    start, end = passage.start + found.start(), passage.start + found.end()
    page = document.page_at(start)
    if page != item.page:
        return False, False, f"page {page} instead of {item.page}"
    path = assistant.index.root / item.source
    shown = letters(shown_in(path, page, span_boxes(path, document, page, (start, end))))
    wanted = letters(item.sentence)
    covered = wanted in shown and len(shown) <= len(wanted) + 2
    return True, covered, "" if covered else f"the boxes show: {shown}"


def shown_in(path: Path, page: int, boxes: Sequence[Box]) -> str:
    """Return the characters that PDFium finds inside boxes of a page that is not turned."""
    with pdfium.PdfDocument(path) as opened:
        sheet = opened[page - 1]
        width, height = sheet.get_size()
        text = sheet.get_textpage()
        return "".join(
            text.get_text_bounded(
                box.left * width,
                (1 - box.top - box.height) * height,
                (box.left + box.width) * width,
                (1 - box.top) * height,
            )
            for box in boxes
        )


def measure(files: Sequence[Path], index: Path, seed: int) -> dict[str, Any]:
    """Index copies of ``files``, look for their sentences, and return the figures."""
    folder = index.parent / "documents"
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        shutil.copy2(file, folder / file.name)
    assistant = Assistant.build(folder, index)
    with assistant.index.reading():
        summaries = assistant.index.documents()
        documents = [assistant.index.document(one.doc_id) for one in summaries]
    named = {file.name for file in files}
    documents = [document for document in documents if document.source in named]
    items = choose(documents, folder, seed)
    results = [find(assistant, item) for item in items]
    return {
        "seed": seed,
        "files": len(documents),
        "pages": sum(len(document.page_starts) for document in documents),
        "passages": sum(summary.passages for summary in summaries),
        "sentences": len(items),
        "found": sum(found for found, _, _ in results),
        "covered": sum(covered for _, covered, _ in results),
        "missed": [
            [item.source, item.page, item.sentence, why]
            for item, (_, _, why) in zip(items, results, strict=True)
            if why
        ],
    }


def main() -> None:
    """Read the arguments, measure and record."""
    parser = argparse.ArgumentParser(description="Known-item check on PDFs.")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.pdf")
    parser.add_argument("--index", type=Path, help="keep the index in this folder")
    parser.add_argument("--seed", type=int, default=3, help="chooses the sentences")
    parser.add_argument("--no-record", action="store_true", help="print only")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = measure(given.files, given.index or Path(folder) / "index", given.seed)
    json.dump(results, sys.stdout, indent=1, ensure_ascii=False)
    if not given.no_record:
        record("known_items", ("onnxruntime", "pypdfium2"), results)


if __name__ == "__main__":
    main()
