"""What a result was measured on, and where results are kept."""

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "docs" / "benchmarks"
_FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8")


def machine() -> dict[str, Any]:
    """Return processor, its flags that matter to int8, memory and Python."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    info = {key.strip(): value.strip() for key, _, value in (row.partition(":") for row in lines)}
    present = info.get("flags", "").split()
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "processor": info.get("model name", platform.processor()),
        "cores": os.cpu_count(),
        "flags": [flag for flag in _FLAGS if flag in present],
        "memory_gb": round(pages / 2**30),
        "python": platform.python_version(),
    }


def provenance() -> dict[str, str]:
    """Return the command that runs, the day and the commit."""
    return {
        "command": f"python -m {_module()} {' '.join(map(_shown, sys.argv[1:]))}".strip(),
        "date": datetime.now(UTC).date().isoformat(),
        "commit": _commit(),
    }


def record(name: str, packages: tuple[str, ...], results: dict[str, Any]) -> Path:
    """Write ``docs/benchmarks/NAME.json``: results with machine, versions, command and commit."""
    head = {
        **provenance(),
        "machine": machine(),
        "versions": {package: version(package) for package in packages},
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(head | results, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return path


def _module() -> str:
    main = sys.modules["__main__"].__spec__
    return main.name.removesuffix(".__main__") if main else Path(sys.argv[0]).name


def _shown(argument: str) -> str:
    """Leave out where things lie on this machine."""
    return Path(argument).name if "/" in argument else argument


def _commit() -> str:
    run = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True
    )
    return run.stdout.strip()
