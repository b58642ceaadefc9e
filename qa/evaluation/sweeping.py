"""The same questions over a grid of settings, and which settings nothing else beats."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

from qa import encoder as encoders
from qa.assistant import Assistant
from qa.errors import InputError
from qa.evaluation.evaluate import evaluate
from qa.evaluation.opening import UNCUT
from qa.evaluation.report import Report, report_json
from qa.evaluation.running import Progress
from qa.settings import Settings
from qa.sync import sync
from qa.testsets import QuestionSet

AXES = ("passages.tokens", "encoder", "backend", "retriever")
_RETRIEVERS = ("full", "plain")
_LEAST_TOKENS = 16
Setting = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Point:
    """A setting and what it gives; ``best`` if no other is as good, as fast and as small."""

    setting: Setting
    report: Report
    best: bool = False

    @property
    def costs(self) -> tuple[float, float, float]:
        """What should be small: minus the main measure, the median time, the index in bytes."""
        quality = self.report.measures[self.report.main].value
        return -quality, self.report.p50_ms, float(self.report.info.bytes)


def grid(axes: Sequence[str]) -> list[Setting]:
    """Return every combination of ``name=value,value`` axes.

    Raises InputError ("sweep_unusable").
    """
    parsed = [_axis(axis) for axis in axes]
    return [dict(combination) for combination in product(*parsed)]


def _axis(axis: str) -> list[tuple[str, str]]:
    name, _, values = axis.partition("=")
    named = [(name.strip(), value.strip()) for value in values.split(",") if value.strip()]
    if name.strip() not in AXES or not named:
        raise _unusable(f"{axis!r} is not a setting with values")
    for _, value in named:
        if not _fits(name.strip(), value):
            raise _unusable(f"{value!r} is no value of {name.strip()}")
    return named


def _fits(name: str, value: str) -> bool:
    if name == "passages.tokens":
        return value.isdecimal() and _LEAST_TOKENS <= int(value) <= UNCUT
    if name == "retriever":
        return value in _RETRIEVERS
    return name == "encoder" or value in ("onnx", "torch")


def _unusable(what: str) -> InputError:
    return InputError(
        "sweep_unusable",
        f"The sweep cannot be run: {what}.",
        f"Settings are {', '.join(AXES)}: --sweep passages.tokens=128,200,300",
    )


def sweep(
    root: Path,
    settings: Settings,
    tests: QuestionSet,
    axes: Sequence[str],
    *,
    runs: Path,
    k: int = 10,
    progress: Callable[[Progress], None] = lambda _: None,
) -> list[Point]:
    """Evaluate every combination, each over an index of its own that is deleted afterwards.

    Raises what :func:`grid`, :func:`qa.sync.sync` and :func:`evaluate` raise.
    """
    points: list[Point] = []
    with tempfile.TemporaryDirectory(prefix="fundstelle-sweep-") as folder:
        for setting in grid(axes):
            assistant = _assistant(Path(folder), root, _changed(settings, setting))
            try:
                report = evaluate(
                    assistant,
                    tests,
                    runs=runs,
                    k=k,
                    plain=setting.get("retriever") == "plain",
                    progress=progress,
                )
            finally:
                assistant.close()
            if report is not None:
                points.append(Point(setting, report))
    return list(marked_best(points))


def point_json(point: Point) -> dict[str, Any]:
    """Return a point as an object of ``qa eval --sweep --json``."""
    told = report_json(point.report)
    return {
        "settings": dict(point.setting),
        "pareto": point.best,
        "bytes": point.report.info.bytes,
        **{name: told[name] for name in ("run", "measures", "latency_ms")},
    }


def _changed(settings: Settings, setting: Setting) -> Settings:
    """Return the settings of a point; a threshold holds for the encoder it was fitted to."""
    encoder = setting.get("encoder", settings.encoder)
    return replace(
        settings,
        encoder=encoder,
        threshold=settings.threshold if encoder == settings.encoder else None,
        backend=setting.get("backend", settings.backend),
        passage_tokens=int(setting.get("passages.tokens", settings.passage_tokens)),
    )


def _assistant(folder: Path, root: Path, settings: Settings) -> Assistant:
    """Open an index with these settings, built at the first use."""
    name = f"{settings.passage_tokens}-{settings.backend}-{settings.encoder.replace('/', '_')}"
    encoder = encoders.load_encoder(settings)
    sync(folder / name, root, encoder, settings)
    return Assistant.open(folder / name, encoder)


def marked_best(points: Sequence[Point]) -> Iterator[Point]:
    """Yield the points, and say of each whether no other is as good, as fast and as small."""
    for point in points:
        beaten = any(
            other.costs != point.costs
            and all(a <= b for a, b in zip(other.costs, point.costs, strict=True))
            for other in points
        )
        yield replace(point, best=not beaten)
