"""Gradio without the work at its start that nobody needs here, which is most of it.

When it is imported, Gradio writes type stubs of its components for editors; when pages are built,
it makes a server after each of them, of which the last is used.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType


class _Loader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        vars(module)["create_or_modify_pyi"] = lambda *_: None


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find the module that writes stubs; the others are found as ever."""
        spec = None
        if fullname == "gradio.component_meta":
            spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.origin is not None:
            spec.loader = _Loader(fullname, spec.origin)
        return spec


def import_gradio() -> None:
    """Import Gradio and leave its files as they are."""
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        import gradio  # noqa: F401
    finally:
        sys.meta_path.remove(finder)


class _NoServer:
    @staticmethod
    def create_app(*_: object, **__: object) -> None:
        """Stand in for the server of pages that are not complete yet."""


@contextmanager
def without_server() -> Iterator[None]:
    """Build pages; ``launch``, outside of this, makes the server of all of them."""
    from gradio import blocks

    names = vars(blocks)
    kept = names["App"]
    names["App"] = _NoServer
    try:
        yield
    finally:
        names["App"] = kept
