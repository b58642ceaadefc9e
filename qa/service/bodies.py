"""What a request may say."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from qa.datamodel import Filters

# Patterns are tried on every document while everyone else waits, so their number has a limit.
_Filter = Annotated[list[Annotated[str, Field(max_length=1_000)]], Field(max_length=100)]


class SearchBody(BaseModel):
    """The body of ``POST /api/search``."""

    model_config = ConfigDict(extra="forbid", strict=True)

    question: str
    k: Annotated[int, Field(ge=1, le=100)] = 10
    lang: _Filter = []
    doc: _Filter = []

    def filters(self) -> Filters:
        """Return the filters in the words of the datamodel."""
        return Filters(langs=tuple(self.lang), docs=tuple(self.doc))


class AskBody(SearchBody):
    """The body of ``POST /api/ask``."""

    k: Annotated[int, Field(ge=1, le=100)] = 5
