"""The shape of the code: layers, sizes and docstrings."""

import ast
import statistics
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "qa").rglob("*.py"))
}
SOURCES = [*MODULES.values(), ROOT / "app.py"]
FILES = [
    *SOURCES,
    *(path for folder in ("tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")),
    *(path for suffix in ("js", "css") for path in (ROOT / "qa").rglob(f"*.{suffix}")),
]

LAYERS = [
    {"errors", "datamodel", "measures", "stats"},
    {
        "settings",
        "choices",
        "text",
        "files",
        "codes",
        "schema",
        "refusals",
        "header",
        "roots",
        "store",
        "writer",
        "models",
    },
    {"documents", "passages", "encoder", "dense", "cells", "lexical", "tokens", "testsets"},
    {"index", "folder", "freshness", "worker", "isolation", "reading", "plan", "ingest", "sync"}
    | {"watch", "doctor", "transfer", "duplicates"},
    {"retrieval", "reranking"},
    {"agreement", "answering", "confidence"},
    # "" is the package itself, which offers Assistant
    {"assistant", "citing", "matches", "render", "reports", ""},
    {"evaluation", "service"},
    {"cli", "ui", "__main__"},
]

Function = ast.FunctionDef | ast.AsyncFunctionDef


def layer(module: str) -> int:
    part = module.partition(".")[2].partition(".")[0]
    found = [number for number, parts in enumerate(LAYERS) if part in parts]
    assert found, f"{module} has no layer: give it one in tests/test_style.py"
    return found[0]


def imported(node: ast.AST) -> list[str]:
    """Return the names that one statement imports, as dotted paths."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.module and not node.level, "imports are absolute"
        paths = [f"{node.module}.{alias.name}" for alias in node.names]
        return [path if path in MODULES else node.module for path in paths]
    return []


def imports(module: str) -> set[str]:
    nodes = ast.walk(ast.parse(MODULES[module].read_text("utf-8")))
    return {name for node in nodes for name in imported(node) if name in MODULES} - {module}


def functions(path: Path) -> list[Function]:
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return [node for node in nodes if isinstance(node, Function)]


def lines(function: Function) -> int:
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_from_its_own_or_lower_layers_only(module: str) -> None:
    own = layer(module)
    assert {name for name in imports(module) if layer(name) > own} == set()


def test_no_import_cycle() -> None:
    TopologicalSorter({module: imports(module) for module in MODULES}).prepare()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_over_400_lines(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.suffix == ".py"], ids=lambda p: str(p.relative_to(ROOT))
)
def test_no_function_over_60_lines(path: Path) -> None:
    assert [node.name for node in functions(path) if lines(node) > 60] == []


def test_functions_are_short() -> None:
    lengths = [lines(node) for path in SOURCES for node in functions(path)]
    assert statistics.median(lengths) <= 10
    assert statistics.quantiles(lengths, n=20, method="inclusive")[-1] <= 45


@pytest.mark.parametrize("module", MODULES)
def test_public_names_have_docstrings(module: str) -> None:
    tree = ast.parse(MODULES[module].read_text("utf-8"))
    public = [
        node
        for node in tree.body
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_")
    ]
    assert ast.get_docstring(tree), "the module says nothing of itself"
    assert [node.name for node in public if not ast.get_docstring(node)] == []
