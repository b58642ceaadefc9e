"""The shape of one question in our own formats, checked by pydantic."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from qa.errors import InputError
from qa.testsets import Question, Source

_SHOWN = 5
_FACETS = ("pair", "kind")
_FEEDBACK = "feedback"  # the tag of questions that readers of the app kept


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in one line (or row, or item) of a file."""

    line: int
    value: Any


@dataclass(slots=True)
class Problems:
    """What is wrong with a file, in sentences with line numbers, and what is merely odd."""

    file: str
    found: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def at(self, line: int, file: str = "") -> str:
        """Name a line of the file, or of another one."""
        return f"{file or self.file}, line {line}"

    def add(self, line: int, what: str, file: str = "") -> None:
        """Note that a line cannot be used."""
        self.say(f"{self.at(line, file)}: {what}.")

    def say(self, sentence: str) -> None:
        """Note a whole sentence about why the set cannot be used."""
        self.found.append(sentence)

    def note(self, sentence: str) -> None:
        """Note what does not keep the set from being used; each sentence once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def stop(self) -> None:
        """Raise InputError ("tests_unusable") if anything was found."""
        if not self.found:
            return
        more = len(self.found) - _SHOWN
        shown = [*self.found[:_SHOWN], *([f"There are {more:,} more like these."] * (more > 0))]
        raise InputError(
            "tests_unusable",
            " ".join(shown),
            "Mend the test set; docs/evaluating.md shows its form.",
        )


def _listed(value: object) -> object:
    """Take a single string for a list of one, and nothing for an empty list."""
    if isinstance(value, str):
        return [value] if value.strip() else []
    return [] if value is None else value


def _absent(value: object) -> object:
    """Take an empty string, as tables and YAML have them, for nothing."""
    return None if isinstance(value, str) and not value.strip() else value


Strings = Annotated[list[str], BeforeValidator(_listed)]
OptionalText = Annotated[str | None, BeforeValidator(_absent)]
OptionalCount = Annotated[int | None, Field(ge=0), BeforeValidator(_absent)]


class _Shape(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True, extra="allow")


class _Source(_Shape):
    doc: Annotated[str, Field(min_length=1)]
    quote: OptionalText = None
    page: OptionalCount = None
    start: OptionalCount = None
    end: OptionalCount = None
    grade: Annotated[int, Field(ge=1)] = 1


class _Question(_Shape):
    id: Annotated[str, Field(min_length=1)]
    question: str
    lang: OptionalText = None
    tags: Strings = []
    answerable: bool = True
    sources: list[_Source] = []
    answers: Strings = []
    pair: OptionalText = None
    kind: OptionalText = None
    metadata: dict[str, Any] = {}


def question(entry: Entry, problems: Problems) -> Question | None:
    """Return the question of an entry; None, with a sentence in ``problems``, if it is none."""
    if not isinstance(entry.value, dict):
        problems.add(entry.line, "it is not an object with id, question and sources")
        return None
    try:
        shape = _Question.model_validate(entry.value)
    except ValidationError as error:
        for sentence in _sentences(error):
            problems.add(entry.line, sentence)
        return None
    except RecursionError:
        problems.add(entry.line, "its values are nested too deeply")
        return None
    line = problems.at(entry.line)
    if _FEEDBACK in shape.tags and shape.answerable and not shape.sources:
        problems.note(f"{line}: left out, since no reader has marked yet what answers it.")
        return None
    wrong = [_wrong_question(shape), *(_wrong_source(s, n) for n, s in enumerate(shape.sources, 1))]
    if any(wrong):
        problems.add(entry.line, next(what for what in wrong if what))
        return None
    for model in (shape, *shape.sources):
        _note_unknown(model, line, problems)
    facets = {name: value for name in _FACETS if (value := _facet(shape, name))}
    return Question(
        id=_valid(shape.id.strip()),
        text=_valid(shape.question.strip()),
        lang=shape.lang.strip().lower() if shape.lang else None,
        tags=tuple(map(_valid, shape.tags)),
        answerable=shape.answerable,
        sources=tuple(_source(source, line) for source in shape.sources),
        answers=tuple(map(_valid, shape.answers)),
        facets=facets,
        line=line,
    )


def _source(shape: _Source, line: str) -> Source:
    span = None if shape.start is None or shape.end is None else (shape.start, shape.end)
    quote = None if shape.quote is None else _valid(shape.quote)
    return Source(_valid(shape.doc.strip()), quote, shape.page, span, shape.grade, line)


def _facet(shape: _Question, name: str) -> str:
    return _valid(str(getattr(shape, name) or shape.metadata.get(name) or "").strip())


def _wrong_question(shape: _Question) -> str:
    if not shape.question.strip():
        return "the question is empty"
    if shape.answerable and not shape.sources and not shape.answers:
        return (
            f"the question {shape.id!r} has no sources; one that the documents do not answer"
            " needs answerable: false"
        )
    if not shape.answerable and shape.sources:
        return f"the question {shape.id!r} has sources although answerable is false"
    return ""


def _wrong_source(shape: _Source, number: int) -> str:
    kinds = [shape.quote is not None, shape.page is not None, shape.start is not None]
    what = ""
    if sum(kinds) > 1:
        what = "names its place twice; give a quote, a page, or start and end"
    elif (shape.start is None) != (shape.end is None):
        what = "needs start and end together"
    elif shape.start is not None and shape.end is not None and shape.start >= shape.end:
        what = "ends before it starts"
    elif shape.page == 0:
        what = "names page 0; pages count from 1"
    elif shape.quote is not None and not any(char.isalnum() for char in shape.quote):
        what = "has a quote without a single letter or digit"
    return f"source {number} {what}" if what else ""


def _sentences(error: ValidationError) -> list[str]:
    return [
        f"{_field(one['loc'])} is unusable ({one['msg'][0].lower()}{one['msg'][1:]})"
        if one["type"] != "missing"
        else f"{_field(one['loc'])} is missing"
        for one in error.errors(include_input=False, include_url=False)
    ]


def _field(place: Sequence[int | str]) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in place) or "it"


def _note_unknown(shape: _Shape, line: str, problems: Problems) -> None:
    for name in shape.model_extra or {}:
        close = difflib.get_close_matches(name, type(shape).model_fields, 1, 0.75)
        if close:
            meant = f"the field {name!r} is not known and was left out; is it {close[0]!r}?"
            problems.note(_valid(f"{line}: {meant}"))


def _valid(text: str) -> str:
    """Replace lone surrogates, which JSON can write, and which are of no text."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
