"""Following a folder: something is done whenever a file below it changes."""

from collections.abc import Callable
from pathlib import Path
from threading import Event

from qa.errors import FolderError
from qa.folder import list_folder

_SETTLE_MS = 1_000  # changes that come within this time of each other are one
_LOOK_MS = 500  # between two looks at whether something is due


def follow(root: Path, index: Path, act: Callable[[], bool], stop: Event | None = None) -> None:
    """Call ``act`` now and after every change below ``root``, until ``stop`` is set.

    Changes made while ``act`` runs are not lost. If it returns False, it is called again soon.

    Raises FolderError: folder_missing, folder_unreadable, folder_empty, folder_unwatchable.
    """
    list_folder(root, index)
    due = True
    while _is_there(root, stop):
        due = _follow(root, index.resolve(), act, stop, due=due)


def _follow(
    root: Path, ours: Path, act: Callable[[], bool], stop: Event | None, *, due: bool
) -> bool:
    """Follow the folder that is at ``root`` now, until another one is there or ``stop`` is set.

    Tells whether something is due: what takes the place of a folder is not what is watched.
    """
    from watchfiles import Change, watch

    def of_folder(_: Change, path: str) -> bool:
        return not Path(path).is_relative_to(ours)

    followed = _identity(root)
    try:
        for changes in watch(
            root.resolve(),
            watch_filter=of_folder,
            debounce=_SETTLE_MS,
            rust_timeout=_LOOK_MS,
            yield_on_timeout=True,
            stop_event=stop,
        ):
            if _identity(root) != followed:
                return True
            if changes or due:
                due = not act()
    except OSError as error:  # such as the system's limit on the number of watched folders
        raise FolderError(
            "folder_unwatchable",
            f"The folder {root} cannot be followed: {error}.",
            "Have it looked through instead: WATCHFILES_FORCE_POLLING=1 qa index --watch",
        ) from error
    return due


def _is_there(root: Path, stop: Event | None) -> bool:
    """Wait until there is a folder; False once ``stop`` is set."""
    stop = stop or Event()
    while not (stop.is_set() or root.is_dir()):
        stop.wait(_LOOK_MS / 1000)
    return not stop.is_set()


def _identity(root: Path) -> tuple[int, int] | None:
    try:
        found = root.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
