"""Every failure a user can meet, as one plain sentence and what to type next.

    FundstelleError
    ├── InputError           the question, option or request is unusable
    ├── DocumentError        one file could not be read (never stops a run)
    ├── FolderError          the folder of documents is missing, empty or another one
    ├── IndexStateError      the index is missing, damaged, or of another model or schema
    ├── IndexBusyError       another process is writing to the index
    ├── ModelError           the encoder is missing or damaged
    └── ServiceError         the server refuses to start or to serve

``code`` is stable and machine-readable, ``exit_code`` is the command's, ``status`` is HTTP's.
"""

from typing import ClassVar


class FundstelleError(Exception):
    """A failure with a message for people: what happened, to which file, what to type next."""

    exit_code: ClassVar[int] = 1
    status: ClassVar[int] = 500

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    @property
    def sentence(self) -> str:
        """What happened and what to type next."""
        return f"{self.message} {self.hint}".strip()

    def to_json(self) -> dict[str, dict[str, str]]:
        """Return the error object of the command line's ``--json`` and of the HTTP API."""
        return {"error": {"code": self.code, "message": self.message, "hint": self.hint}}


class InputError(FundstelleError):
    """The question, option or request cannot be used as given."""

    exit_code = 2
    status = 400


class DocumentError(FundstelleError):
    """One file could not be read; a sync lists it and goes on."""

    exit_code = 3
    status = 422


class FolderError(FundstelleError):
    """The folder of documents is missing, empty, unreadable or not the one indexed."""

    exit_code = 4
    status = 409


class IndexStateError(FundstelleError):
    """The index is missing, damaged, or was built by another model or schema."""

    exit_code = 5
    status = 503


class IndexBusyError(FundstelleError):
    """Another process holds the index's write lock."""

    exit_code = 6
    status = 409


class ModelError(FundstelleError):
    """The encoder cannot be found, unpacked or loaded."""

    exit_code = 7
    status = 503


class ServiceError(FundstelleError):
    """The server refuses to start, or refuses a request."""

    exit_code = 8
    status = 503
