"""What a page loads, ours and Gradio's: named in its head, so that all of it comes at once.

A browser learns of Gradio's files in five rounds, each script naming the next ones. The names hold
hashes that change with every release of Gradio, so they are read from its scripts. What is not
found there is still loaded, only later.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

import gradio as gr

_OURS: Final = Path(__file__).parent / "static"
# As Vite writes them: the files a script may ask for, and a script with those it needs.
_FILES: Final = re.compile(r"m\.f\|\|\(m\.f=\[([^\]]*)\]")
_IMPORT: Final = re.compile(r"import\(`\./([\w.-]+\.js)`\)[^_]*__vite__mapDeps\(\[([\d,]*)\]\)")
_ENTRY: Final = re.compile(r'(?:src|href)="\./assets/([\w.-]+\.(?:js|css))"')
_COMPONENT: Final = r"[{{,]{}:\{{(?:(?!:\{{).)*?component:\(\)=>"


def files() -> dict[str, Path]:
    """Return scripts, styles and pictures by the path under which the server sends them."""
    ours, gradio = _OURS.iterdir(), (_gradio() / "assets").iterdir()
    return {
        **{f"/app/{file.name}": file for file in ours},
        **{f"/assets/{file.name}": file for file in gradio if file.suffix in (".js", ".css")},
    }


def heads(blocks: gr.Blocks, pages: Mapping[str, str]) -> dict[str, str]:
    """Return what to add to the head of each page, by the page's path.

    ``pages`` are their names by path. A page's own style and scripts come first, then the names of
    everything that Gradio's part will ask for.
    """
    config = blocks.get_config_file()
    kinds = {one["id"]: one["type"] for one in config["components"]}
    made = {}
    for path, name in pages.items():
        used = {kinds[one] for one in config["page"][path.strip("/")]["components"]}
        theme = f'<link rel="preload" as="style" href="./theme.css?v={config["theme_hash"]}">'
        made[path] = _own_head(name) + theme + "".join(map(_link, needed(sorted(used))))
    return made


def polls(blocks: gr.Blocks) -> frozenset[int]:
    """Return the numbers of the events by which a page looks on its own how far a job is."""
    found = [one for one in blocks.get_config_file()["dependencies"] if _ticks(one["targets"])]
    return frozenset(one["id"] for one in found)


def _ticks(targets: Iterable[Sequence[object]]) -> bool:
    return any(event == "tick" for _, event in targets)


def _own_head(page: str) -> str:
    return (
        f'<link rel="stylesheet" href="{_own("app.css")}">'
        f'<script src="{_own("app.js")}" defer></script>'
        f'<script src="{_own(f"{page}.js")}" defer></script>'
        f'<link rel="icon" href="{_own("icon.svg")}" type="image/svg+xml">'
    )


def _link(name: str) -> str:
    """Return the element by which Gradio's loader sees that a file is here already."""
    if name.endswith(".css"):
        return f'<link rel="stylesheet" crossorigin href="./assets/{name}">'
    return f'<link rel="modulepreload" href="./assets/{name}">'


def _own(name: str) -> str:
    """Return the path of one of our files; a file that changes has another one."""
    return f"./app/{name}?v={sha256((_OURS / name).read_bytes()).hexdigest()[:12]}"


def needed(components: Iterable[str]) -> list[str]:
    """Return the names of the files below ``assets/`` that a page asks for after its beginning.

    ``components`` are the kinds of those on the page, such as "textbox".
    """
    entry = _ENTRY.findall((_gradio() / "index.html").read_text("utf-8"))
    found: dict[str, None] = {}
    for script in [_script(name) for name in entry if name.endswith(".js")]:
        for name, needs in script.imports():
            inner = _script(name)
            found |= dict.fromkeys([name, *needs, *inner.blocks()])
            for kind in components:
                found |= dict.fromkeys(inner.component(kind))
    return [name for name in found if name not in entry]


def _gradio() -> Path:
    return Path(gr.__file__).parent / "templates" / "frontend"


class _Script:
    """One of Gradio's scripts, and what it may ask for later."""

    def __init__(self, text: str) -> None:
        listed = _FILES.search(text)
        self._text = text
        self._files = re.findall(r'"\./([^"]+)"', listed[1]) if listed else []

    def imports(self, start: int = 0) -> Iterator[tuple[str, list[str]]]:
        """Yield each script that is imported, with all it needs."""
        for found in _IMPORT.finditer(self._text, start):
            yield found[1], [self._files[int(at)] for at in found[2].split(",") if at]

    def component(self, kind: str) -> list[str]:
        """Return the files of a kind of component, if this script is the one that knows them."""
        place = re.search(_COMPONENT.format(re.escape(kind)), self._text)
        name, needs = next(self.imports(place.end()), ("", [])) if place else ("", [])
        return [name, *needs] if name else []

    def blocks(self) -> list[str]:
        """Return the files of what draws components, if this script is the one that loads it."""
        for name, needs in self.imports():
            if name.startswith("Blocks-"):
                return [name, *needs]
        return []


@cache
def _script(name: str) -> _Script:
    return _Script((_gradio() / "assets" / name).read_text("utf-8"))
