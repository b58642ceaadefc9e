"""What a sync will do: which files are new, changed, moved, gone, or known to be unreadable.

A file is the same if its size and time are; else if its hash is. A file that was moved has the
hash of a document whose own file is gone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from qa.datamodel import FailedFile
from qa.errors import DocumentError
from qa.folder import Candidate, Listing
from qa.store import FileState

UNKNOWN = FileState(-1, -1)  # of what could not be looked at: never the same as any other
Failures = Mapping[str, tuple[FailedFile, FileState]]


@dataclass(frozen=True, slots=True)
class Step:
    """A candidate that has to be read; ``moved_from`` is where it was before."""

    kind: Literal["added", "changed", "moved"]
    candidate: Candidate
    moved_from: str | None = None


@dataclass(slots=True)
class Plan:
    """What is to be done, by source.

    ``touched`` look different and hold the same; ``gone`` have no file any more; ``failed`` holds
    why a file is left out, and the state in which it is.
    """

    steps: list[Step] = field(default_factory=list)
    touched: dict[str, FileState] = field(default_factory=dict)
    unchanged: int = 0
    gone: list[str] = field(default_factory=list)
    failed: dict[str, tuple[str, FileState]] = field(default_factory=dict)


def make_plan(listing: Listing, known: Mapping[str, FileState], failures: Failures) -> Plan:
    """Compare what a folder holds with the documents ``known``; changes nothing."""
    plan = Plan()
    plan.failed = {source: (reason, UNKNOWN) for source, reason in listing.failed.items()}
    present = {candidate.source for candidate in listing.candidates}
    gone = [
        source
        for source in known
        if source not in present and not source.startswith(tuple(listing.hidden))
    ]
    moved = _Moved({source: known[source] for source in gone})
    for candidate in listing.candidates:
        _decide(plan, candidate, known.get(candidate.source), failures, moved)
    plan.gone += [source for source in gone if source not in moved.found]
    return plan


def _decide(
    plan: Plan,
    candidate: Candidate,
    old: FileState | None,
    failures: Failures,
    moved: "_Moved",
) -> None:
    source, state = candidate.source, candidate.state
    failure = failures.get(source)
    if failure is not None and _same(failure[1], state):
        plan.failed[source] = (failure[0].reason, failure[1])
        if old is not None:
            plan.gone.append(source)
        return
    try:
        if old is None:
            origin = moved.origin(candidate)
            plan.steps.append(Step("moved" if origin else "added", candidate, origin))
        elif _same(old, state):
            plan.unchanged += 1
        elif candidate.sha256() == old.sha256:
            plan.touched[source] = replace(state, sha256=old.sha256)
            plan.unchanged += 1
        else:
            plan.steps.append(Step("changed", candidate))
    except DocumentError:  # in an archive that is damaged: whoever reads it says so
        plan.steps.append(Step("added" if old is None else "changed", candidate))
    except OSError as error:  # says nothing of the content: the document stays as it was
        plan.failed[source] = (why(error), UNKNOWN)


def why(error: OSError) -> str:
    """Return the reason as it is listed."""
    return f"It cannot be read: {error.strerror or error}. Check its permissions and its disk."


class _Moved:
    """Documents without a file, waiting for one that holds the same."""

    def __init__(self, gone: Mapping[str, FileState]) -> None:
        self.found: set[str] = set()
        self._sizes: set[int] = {state.size for state in gone.values()}
        self._waiting: dict[str, list[str]] = {}
        for source, state in gone.items():
            self._waiting.setdefault(state.sha256, []).append(source)

    def origin(self, candidate: Candidate) -> str | None:
        """Return where a new candidate was before; it is hashed only if its size fits."""
        if candidate.state.size not in self._sizes:
            return None
        waiting = self._waiting.get(candidate.sha256())
        if not waiting:
            return None
        origin = waiting.pop(0)
        self.found.add(origin)
        return origin


def _same(old: FileState, new: FileState) -> bool:
    """Tell whether a file looks as it did; a line of a corpus is known by its hash alone."""
    if new.sha256:
        return new.sha256 == old.sha256
    return (old.size, old.mtime_ns) == (new.size, new.mtime_ns)
