"""TREC topics (``<top>`` or one question a line) and qrels, relevance by document."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

from qa.testsets import Question, Source
from qa.testsets.shape import Problems
from qa.text.normalise import decode

_TOPIC = re.compile(r"<top(?:ic)?\b([^>]{0,200})>(.*?)</top(?:ic)?>", re.DOTALL | re.IGNORECASE)
_NUMBER = re.compile(r"<num(?:ber)?>\s*(?:Number:)?\s*([^\s<]+)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"(?:number|id)\s*=\s*[\"']([^\"']+)", re.IGNORECASE)
_TITLE = re.compile(
    r"<(?:title|query|question)>\s*(?:Topic:)?\s*([^<]+)", re.DOTALL | re.IGNORECASE
)
_BESIDE = ("{}.qrels", "qrels.txt", "qrels", "qrels.tsv")


def name_of(source: str) -> str:
    """Return a document's name as TREC files write it: without white space."""
    return re.sub(r"[\s%]", lambda char: quote(char[0]), source)


def read(path: Path, data: bytes, qrels: Path | None, problems: Problems) -> list[Question]:
    """Return the judged questions of a file of topics."""
    judged = _judgements(qrels or _beside(path), problems)
    try:
        text = decode(data)
    except ValueError:
        problems.add(1, "it is not text in any known encoding; save it as UTF-8")
        return []
    found: list[Question] = []
    for number, name, asked in _topics(text, problems):
        sources = judged.get(name, ())
        if sources:
            found.append(Question(name, asked, sources=sources, line=problems.at(number)))
        else:
            problems.note(f"{problems.at(number)}: nothing is relevant to the topic {name!r}.")
    return found


def _beside(path: Path) -> Path:
    candidates = [path.with_name(pattern.format(path.stem)) for pattern in _BESIDE]
    return next((one for one in candidates if one.is_file()), candidates[0])


def _topics(text: str, problems: Problems) -> Iterator[tuple[int, str, str]]:
    """Yield line number, id and question of each topic."""
    if re.search(r"<top(?:ic)?\b", text, re.IGNORECASE):
        for match in _TOPIC.finditer(text):
            number = text.count("\n", 0, match.start()) + 1
            name = _NUMBER.search(match[2]) or _ATTRIBUTE.search(match[1])
            title = _TITLE.search(match[2])
            if name is None or title is None or not title[1].strip():
                problems.add(number, "the topic has no number or no title")
            else:
                yield number, name[1], " ".join(html.unescape(title[1]).split())
        return
    for number, line in enumerate(text.split("\n"), 1):
        topic, _, asked = line.strip().partition("\t")
        if line.strip() and not asked.strip():
            problems.add(number, "it is not a topic: an id, a tab and a question")
        elif line.strip():
            yield number, topic.strip(), asked.strip()


def _judgements(path: Path, problems: Problems) -> dict[str, tuple[Source, ...]]:
    if not path.is_file():
        problems.say(f"There are no judgements at {path}; name their file with --qrels.")
        return {}
    found: dict[str, dict[str, Source]] = {}
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        cells = line.decode("utf-8", "replace").split()
        if not cells:
            continue
        if len(cells) != 4 or not re.fullmatch(r"-?\d{1,6}", cells[3]):
            problems.add(number, "it is not: topic, 0, document, grade", path.name)
            continue
        place = problems.at(number, path.name)
        doc = unquote(cells[2])
        found.setdefault(cells[0], {})[doc] = Source(doc, grade=int(cells[3]), line=place)
    return {name: tuple(s for s in docs.values() if s.grade > 0) for name, docs in found.items()}
