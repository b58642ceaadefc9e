"""Test sets over the small corpus, a small invented BEIR folder, and an encoder that is worse."""

import json
import re
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from qa import Assistant
from qa.datamodel import Encoding
from qa.evaluation.evaluate import evaluate
from qa.evaluation.report import Report
from qa.testsets import QuestionSet
from qa.testsets.reading import read
from tests.conftest import write_files
from tests.hash_encoder import HashEncoder

SYLLABLES = ["ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "zu", "dal", "fen", "gor", "hin"]


def word(*parts: object) -> str:
    digest = sha256(repr(parts).encode()).digest()
    return "".join(SYLLABLES[byte % len(SYLLABLES)] for byte in digest[:3])


def beir_folder(folder: Path, count: int, answers: bool = False) -> Path:
    """Write ``count`` documents of invented words, and a question of five words for each."""
    (folder / "qrels").mkdir(parents=True)
    corpus, queries, qrels = [], [], ["query-id\tcorpus-id\tscore"]
    for n in range(count):
        words = [word(n, i) for i in range(14)]
        text = f"The {' '.join(words[:7])}. A {' '.join(words[7:])} was there."
        lang = "en" if n % 2 else "de"
        corpus.append({"_id": f"d{n}", "title": "", "text": text, "metadata": {"lang": lang}})
        asked = " ".join([*words[2:5], word(n, "other"), word("shared", n % 5)])
        metadata = {"lang": "en", "pair": f"en->{lang}", "answers": words[3:4] if answers else []}
        queries.append({"_id": f"q{n}", "text": f"{asked}?", "metadata": metadata})
        qrels.append(f"q{n}\td{n}\t1")
    for name, lines in {"corpus.jsonl": corpus, "queries.jsonl": queries}.items():
        (folder / name).write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    (folder / "qrels" / "test.tsv").write_text("\n".join(qrels) + "\n")
    return folder


class Worsened(HashEncoder):
    """Understands a share of the questions as something else; passages as ever."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self._share = share
        self._confused = HashEncoder(seed="confused")

    def encode_questions(self, questions: Sequence[str]) -> list[Encoding]:
        good = super().encode_questions(questions)
        bad = self._confused.encode_questions(questions)
        lots = [sha256(question.encode()).digest()[0] / 256 for question in questions]
        return [b if lot < self._share else g for g, b, lot in zip(good, bad, lots, strict=True)]


QUESTIONS: list[dict[str, object]] = [
    {
        "id": "opened",
        "question": "When was the harbour of Elmstadt opened?",
        "lang": "en",
        "sources": [{"doc": "harbour.md", "quote": "The harbour of Elmstadt was opened in 1874."}],
        "answers": ["1874"],
    },
    {
        "id": "watches",
        "question": "Taschenuhren aus Silber",
        "sources": [{"doc": "museum.html", "quote": "besitzt 312 Taschenuhren aus „Silber“"}],
    },
    {
        "id": "gone",
        "question": "Where is the lost document?",
        "sources": [{"doc": "lost.md", "quote": "It is lost."}],
    },
    {
        "id": "empty",
        "question": "What does the empty file say?",
        "sources": [{"doc": "empty.txt"}],
    },
    {"id": "moon", "question": "Who was first on the Moon?", "answerable": False},
]


def write_tests(folder: Path, questions: list[dict[str, object]] = QUESTIONS) -> QuestionSet:
    lines = "".join(f"{json.dumps(one)}\n" for one in questions)
    return read(write_files(folder, {"tests.jsonl": lines}) / "tests.jsonl")


def run(assistant: Assistant, tests: QuestionSet, **options: object) -> Report:
    report = evaluate(assistant, tests, **options)  # type: ignore[arg-type]
    assert report is not None
    return report


def timeless(path: Path) -> str:
    """Return a file of a report without what it says of time and of the run's name."""
    text = path.read_text("utf-8")
    text = re.sub(r'"(took_s|took_ms|p50|p95|p50_ms|p95_ms|started|run)": [^,}\n]+', "", text)
    text = re.sub(r'"latencies": \[[^\]]*\]|<figure><figcaption>Answer time.*?</figure>', "", text)
    return re.sub(r"Run \S+ A question took .*?\.", "", text)
