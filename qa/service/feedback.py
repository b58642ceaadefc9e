"""What readers say about answers, kept as a test set: one JSON object a line.

The file is ``feedback/questions.jsonl`` in the index folder. A line names places by document and
offsets and quotes nothing, so that a deleted document leaves no words behind.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from qa.errors import InputError
from qa.render import Json
from qa.testsets import FEEDBACK
from qa.testsets.keeping import judging, verdict_of, verdicts, write_verdicts

Verdict = Literal["right", "wrong", "missing", "unanswerable"]
MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Place:
    """A span of a document, by the document's source."""

    doc: str
    start: int
    end: int


class Feedback:
    """Adds verdicts to the test set and takes them back."""

    def __init__(self, folder: Path) -> None:
        """Keep the test set in the index ``folder``."""
        self._folder = folder

    def add(
        self, question: str, lang: str, verdict: Verdict, places: Sequence[Place], by: str
    ) -> str:
        """Note a verdict and return its id, which takes it back.

        The places of a right answer become the question's sources, and so does the one that a
        reader found to be missing. Those of a wrong one are kept beside it: what the sources are
        is for somebody to say. Raises InputError ("feedback_full").
        """
        spans = [{"doc": one.doc, "start": one.start, "end": one.end} for one in places]
        line: Json = {
            "id": f"feedback-{secrets.token_hex(6)}",
            "question": question,
            "lang": lang,
            "tags": ["feedback", verdict],
            "answerable": verdict != "unanswerable",
            "sources": spans if verdict in ("right", "missing") else [],
            "by": by,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        if verdict == "wrong":
            line["not_sources"] = spans
        with judging(self._folder):
            lines = verdicts(self._folder)
            if len(lines) >= MOST:
                raise InputError(
                    "feedback_full",
                    f"There are {MOST:,} test questions from readers already.",
                    f"Move {self._folder / FEEDBACK} elsewhere to begin a new file.",
                )
            write_verdicts(self._folder, [*lines, json.dumps(line, ensure_ascii=False)])
        return str(line["id"])

    def undo(self, feedback_id: str) -> None:
        """Take a verdict back; raises InputError ("feedback_unknown")."""
        with judging(self._folder):
            lines = verdicts(self._folder)
            kept = [line for line in lines if verdict_of(line).get("id") != feedback_id]
            if len(kept) == len(lines):
                raise InputError(
                    "feedback_unknown", "There is no such verdict.", "Reload the page."
                )
            write_verdicts(self._folder, kept)
