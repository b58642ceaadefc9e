"""Bars as SVG: one picture for quality, one for speed."""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

_BAR, _GAP, _LEFT, _WIDE = 16, 4, 110, 320
_OURS, _OTHER = "#0f766e", "#94a3b8"
_FONT = 'font-family="system-ui, sans-serif" font-size="12"'


def draw(results: Mapping[str, Any], folder: Path) -> None:
    """Write ``peers-quality.svg`` and ``peers-speed.svg``."""
    quality = {}
    for one in results["sets"]:
        for group, systems in one["passages"].items():
            title = one["set"] if group == "all" else f"{one['set']}, {group}"
            values = {name: 100 * of["nDCG@10"]["value"] for name, of in systems.items()}
            quality[f"{title}: nDCG@10, same passages"] = values
    speed = {
        "Passages indexed a second (more is better)": {
            name: of["passages_a_second"] for name, of in results["indexing"].items()
        },
        "Search, ms (less is better)": {
            name: of["wall_ms"] for name, of in results["asking"].items()
        },
    }
    (folder / "peers-quality.svg").write_text(bars(quality), "utf-8")
    (folder / "peers-speed.svg").write_text(bars(speed), "utf-8")


def bars(charts: Mapping[str, Mapping[str, float]]) -> str:
    """Return an SVG of bar charts below one another; the first bar of each stands out."""
    parts, y = [], 8
    for title, values in charts.items():
        parts.append(f'<text x="8" y="{y + 12}" {_FONT} font-weight="600">{escape(title)}</text>')
        y += 22
        most = max(values.values()) or 1.0
        for number, (name, value) in enumerate(values.items()):
            width = _WIDE * value / most
            colour = _OTHER if number else _OURS
            base = y + _BAR - 4
            parts += [
                f'<text x="{_LEFT - 8}" y="{base}" {_FONT} text-anchor="end">{escape(name)}</text>',
                f'<rect x="{_LEFT}" y="{y}" width="{width:.1f}" height="{_BAR}" fill="{colour}"/>',
                f'<text x="{_LEFT + width + 6:.1f}" y="{base}" {_FONT}>{value:.1f}</text>',
            ]
            y += _BAR + _GAP
        y += 10
    size = f'width="{_LEFT + _WIDE + 70}" height="{y}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    back = '<rect width="100%" height="100%" fill="#ffffff"/>'
    return "\n".join([head, back, *parts, "</svg>"]) + "\n"
