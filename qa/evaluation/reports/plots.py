"""Small plots as inline SVG: they need no script, follow the page's colours and can be read out."""

from collections.abc import Callable, Sequence
from html import escape

from qa.render import clean
from qa.stats import Estimate

_WIDTH = 560
_ROW = 22
_LEFT = 190
_RIGHT = 52
_HEIGHT = 180


def _plain(value: float, digits: int) -> str:
    return f"{value:.{digits}f}"


def intervals(
    title: str,
    rows: Sequence[tuple[str, Estimate]],
    write: Callable[[float, int], str] = _plain,
) -> str:
    """Return a dot with its interval for each row, on a scale from 0 to 1.

    ``write(value, digits)`` gives numbers as their reader writes them.
    """
    width, height = _WIDTH - _LEFT - _RIGHT, _ROW * len(rows) + 24

    def x(value: float) -> float:
        return _LEFT + width * min(1.0, max(0.0, value))

    parts = [
        f'<line x1="{x(at / 4):.1f}" x2="{x(at / 4):.1f}" y1="0" y2="{height - 20}" class="grid"/>'
        f'<text x="{x(at / 4):.1f}" y="{height - 4}" text-anchor="middle">{write(at / 4, 2)}</text>'
        for at in range(5)
    ]
    for number, (name, one) in enumerate(rows):
        y = _ROW * number + _ROW / 2
        parts.append(
            f'<text x="{_LEFT - 10}" y="{y + 4:.1f}" text-anchor="end">{_label(name)}</text>'
            f'<line x1="{x(one.low):.1f}" x2="{x(one.high):.1f}" y1="{y}" y2="{y}" class="range"/>'
            f'<circle cx="{x(one.value):.1f}" cy="{y}" r="4" class="mark"/>'
            f'<text x="{_WIDTH - 4}" y="{y + 4:.1f}" text-anchor="end">{write(one.value, 3)}</text>'
        )
    told = "; ".join(f"{name} {write(one.value, 3)}" for name, one in rows)
    return _svg(title, told, height, parts)


def bars(title: str, counts: Sequence[tuple[str, int]]) -> str:
    """Return a column for each count."""
    most = max((count for _, count in counts), default=0) or 1
    step = (_WIDTH - 20) / max(1, len(counts))
    parts = []
    for number, (name, count) in enumerate(counts):
        high = (_HEIGHT - 50) * count / most
        left, top = 10 + step * number, _HEIGHT - 24 - high
        middle = left + step / 2
        parts.append(
            f'<rect x="{left + 2:.1f}" y="{top:.1f}" width="{step - 4:.1f}" height="{high:.1f}" '
            f'class="bar"/><text x="{middle:.1f}" y="{_HEIGHT - 8}" text-anchor="middle">'
            f'{_label(name)}</text><text x="{middle:.1f}" y="{top - 4:.1f}" text-anchor="middle">'
            f"{count}</text>"
        )
    told = "; ".join(f"{name}: {count}" for name, count in counts)
    return _svg(title, told, _HEIGHT, parts)


def reliability(title: str, table: Sequence[tuple[float, float, int]]) -> str:
    """Return confidence against the share of right ones; the line is where both are equal."""
    side = 220
    most = max((count for _, _, count in table), default=0) or 1
    parts = [
        f'<rect x="40" y="10" width="{side}" height="{side}" class="frame"/>',
        f'<line x1="40" y1="{side + 10}" x2="{side + 40}" y2="10" class="grid"/>',
        f'<text x="40" y="{side + 26}">0</text>',
        f'<text x="{side + 40}" y="{side + 26}" text-anchor="end">1</text>',
        '<text x="34" y="22" text-anchor="end">1</text>',
    ]
    parts += [
        f'<circle cx="{40 + side * said:.1f}" cy="{10 + side * (1 - right):.1f}" '
        f'r="{3 + 9 * (count / most) ** 0.5:.1f}" class="mark faint"/>'
        for said, right, count in table
    ]
    told = "; ".join(f"{said:.2f} said, {right:.2f} right, {n}" for said, right, n in table)
    return _svg(title, told, side + 32, parts)


def _label(name: str) -> str:
    return escape(clean(name if len(name) <= 28 else f"{name[:27]}…"))


def _svg(title: str, told: str, height: float, parts: Sequence[str]) -> str:
    label = escape(clean(f"{title}: {told}"))
    return (
        f'<svg class="plot" viewBox="0 0 {_WIDTH} {height:g}" role="img" aria-label="{label}">'
        f"{''.join(parts)}</svg>"
    )
