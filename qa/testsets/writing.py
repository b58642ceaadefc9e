"""Test sets written as JSON lines, in the shape that :mod:`qa.testsets.shape` reads."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from qa.testsets import Question, Source


def json_lines(questions: Iterable[Question]) -> Iterator[bytes]:
    """Yield one line a question; read again they are the same questions."""
    for one in questions:
        yield json.dumps(_question(one), ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _question(one: Question) -> dict[str, Any]:
    fields: dict[str, Any] = {"id": one.id, "question": one.text}
    if one.lang:
        fields["lang"] = one.lang
    if one.tags:
        fields["tags"] = one.tags
    if not one.answerable:
        fields["answerable"] = False
    if one.sources:
        fields["sources"] = [_source(source) for source in one.sources]
    if one.answers:
        fields["answers"] = one.answers
    return {**fields, **one.facets}


def _source(one: Source) -> dict[str, Any]:
    fields: dict[str, Any] = {"doc": one.doc}
    if one.quote is not None:
        fields["quote"] = one.quote
    if one.page is not None:
        fields["page"] = one.page
    if one.span is not None:
        fields["start"], fields["end"] = one.span
    if one.grade != 1:
        fields["grade"] = one.grade
    return fields
