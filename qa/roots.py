"""How an index names its root: the folder whose mirror it is."""

from pathlib import Path


def root_name(root: Path, folder: Path) -> str:
    """Name a root so that a project that is moved with its index keeps it."""
    home, root = folder.resolve().parent, root.resolve()
    return root.relative_to(home).as_posix() if root.is_relative_to(home) else str(root)


def seen_from_here(root: Path) -> Path:
    """Return a root as a person in the working folder names it: relative if it is below."""
    here = Path.cwd()
    return root.relative_to(here) if root.is_relative_to(here) else root


def root_path(name: str, folder: Path) -> Path:
    """Return the root that :func:`root_name` named."""
    return folder.resolve().parent / name
