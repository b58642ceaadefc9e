"""What a request may say."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from qa.datamodel import Filters, Span

# Patterns are tried on every document while everyone else waits, so their number has a limit.
_Filter = Annotated[list[Annotated[str, Field(max_length=1_000)]], Field(max_length=100)]
_Date = Annotated[str, Field(max_length=10, description="ISO date or its beginning: 2024-04")]
_Offset = Annotated[int, Field(ge=0, le=10**9)]


class SearchBody(BaseModel):
    """The body of ``POST /api/search``."""

    model_config = ConfigDict(extra="forbid", strict=True)

    question: str
    k: Annotated[int, Field(ge=1, le=100)] = 10
    lang: _Filter = []
    doc: _Filter = []
    since: _Date = ""
    until: _Date = ""
    tag: _Filter = []

    def filters(self) -> Filters:
        """Return the filters in the words of the datamodel."""
        dates = self.since, self.until
        return Filters(tuple(self.lang), tuple(self.doc), *dates, tuple(self.tag))


class AskBody(SearchBody):
    """The body of ``POST /api/ask``."""

    k: Annotated[int, Field(ge=1, le=100)] = 5


class CancelBody(BaseModel):
    """The body of ``POST /api/cancel``: the ticket that a question was asked with."""

    model_config = ConfigDict(extra="forbid", strict=True)

    ticket: Annotated[str, Field(min_length=8, max_length=64)]


class UploadQuery(BaseModel):
    """The query with which a file is sent: its name; its bytes are the body."""

    name: Annotated[str, Field(min_length=1, max_length=1_000)]


class PageQuery(BaseModel):
    """The query of a page's image: what to draw boxes around, and how wide it is in pixels."""

    model_config = ConfigDict(extra="forbid")

    start: _Offset | None = None
    end: _Offset | None = None
    width: Annotated[int, Field(ge=50, le=2_400)] = 1_000

    def span(self) -> Span | None:
        """Return the span, or None for an image without boxes."""
        if self.start is None or self.end is None or self.end <= self.start:
            return None
        return self.start, self.end


class PlaceBody(BaseModel):
    """A span of a document, by the document's id."""

    model_config = ConfigDict(extra="forbid", strict=True)

    doc: Annotated[str, Field(max_length=100)]
    start: _Offset
    end: _Offset


class FeedbackBody(BaseModel):
    """The body of ``POST /api/feedback``: what a reader thinks of an answer."""

    model_config = ConfigDict(extra="forbid", strict=True)

    question: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)
    ]
    lang: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] = "und"
    verdict: Literal["right", "wrong", "missing", "unanswerable"]
    places: Annotated[list[PlaceBody], Field(max_length=20)] = []
