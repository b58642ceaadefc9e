"""Writes docs/benchmarks/README.md from what the other benchmarks recorded.

python -m benchmarks.report
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from benchmarks.machine import RESULTS

Record = Mapping[str, Any]


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |"
    yield ""


def interval(one: Record) -> str:
    return f"{100 * one['value']:.1f} [{100 * one['low']:.1f}, {100 * one['high']:.1f}]"


def measured_on(record: Record) -> Iterator[str]:
    """Yield what a result was measured on."""
    on = record["machine"]
    flags = ", ".join(on["flags"])
    if "sizes" in record or "systems" in record:  # sets carry their own
        yield f"`{record['command']}`, commit {record['commit']}:"
    yield f"{record['date']}, {on['processor']}, {on['cores']} cores"
    versions = ", ".join(f"{name} {version}" for name, version in record["versions"].items())
    yield f"({flags}), {on['memory_gb']} GB, Python {on['python']}, {versions}."
    if "load" in record:
        yield f"Other programs ran at the same time: load average {record['load']:.0f}."
    if "note" in record:
        yield record["note"]
    yield ""


def quality(record: Record) -> Iterator[str]:
    yield "## Quality\n"
    yield from measured_on(record)
    yield "Per cent with 95 % intervals. `plain`: exact search with the mean vector of whole"
    yield "documents by the packaged model, without the adapter, as embedding benchmarks do."
    yield "`mean`: the same with the adapter and the product's passages."
    yield "`unfair`: the product without its language-fair step. The record says for each set by"
    yield "which command and at which commit it was measured.\n"
    rows = []
    for one in record["sets"]:
        for group, measures in one["groups"].items():
            for measure, of in measures.items():
                more = of["product"]["gain"]
                name = one["set"] + ("" if group == "all" else f", {group}")
                gained = f"{interval(more)}, p {more['p']:.4f}"
                values = [interval(of[system]) for system in ("plain", "mean", "product", "unfair")]
                rows.append([name, one["split"], measure, of["plain"]["n"], *values, gained])
    head = ["set", "split", "measure", "questions"]
    head += ["plain", "mean", "product", "unfair", "gain over plain"]
    yield from table(head, rows)


def plain(record: Record) -> Iterator[str]:
    yield "## Mean vectors alone\n"
    yield "The packaged model as embedding benchmarks measure it: whole documents, cut where the"
    yield "model cannot read more.\n"
    yield from measured_on(record)
    rows = [
        [one["set"], one["backend"], *map(interval, one["measures"].values())]
        for one in record["sets"]
    ]
    yield from table(["set", "backend", *record["sets"][0]["measures"]], rows)


def speed(record: Record) -> Iterator[str]:
    yield "## Speed and size\n"
    yield from measured_on(record)
    through = record["throughput"]
    yield f"Encoding {through['passages']} passages of {through['tokens']} tokens in all, beside a"
    yield "bare ONNX Runtime session on the same tokens (`bare`: one thread a call, as many calls"
    yield "as cores; `bare_default`: ONNX Runtime's own settings). Ratios above 1 are faster.\n"
    yield from table(
        ["", "passages/s", "ratio to bare", "ratio, processor time"],
        [
            [
                name,
                value,
                through["ratio_to_bare"][name],
                through["ratio_to_bare_cpu"][name],
            ]
            for name, value in through["passages_a_second"].items()
        ],
    )
    yield "Answering, by passages in the index (medians; processor time shows what a computer with"
    yield "nothing else to do would need):\n"
    columns = ["passages", "encode_ms", "ask_ms", "encode_cpu_ms", "ask_cpu_ms", "open_s"]
    rows = [
        [
            *(one[key] for key in columns),
            one["peak_mb"],
            *(f"{size / 2**20:.0f}" for size in one["bytes"].values()),
            min(one["recall@100"].values()),
        ]
        for one in record["sizes"]
    ]
    names = [f"{part} MB" for part in record["sizes"][0]["bytes"]]
    yield from table([*columns, "peak MB", *names, "least recall@100"], rows)
    yield "Late interaction with a question's candidates, by integer products and by products of"
    yield "floats over the same codes (medians of processor time):\n"
    keys = list(record["sizes"][0].get("late_interaction", {}))
    rows = [[one["passages"], *one["late_interaction"].values()] for one in record["sizes"] if keys]
    yield from table(["passages", *keys], rows)
    yield "Where the wall-clock time of a question goes, ms (the rest is scoring):\n"
    parts = list(record["sizes"][0]["parts_ms"])
    rows = [[one["passages"], *one["parts_ms"].values()] for one in record["sizes"]]
    yield from table(["passages", *parts], rows)
    if "vectors" in record:
        yield "The search by mean vector alone, one language:\n"
        yield from table(list(record["vectors"]), [list(record["vectors"].values())])


def peers(record: Record) -> Iterator[str]:
    yield "## Beside other libraries\n"
    yield from measured_on(record)
    named = (f"{name} {version}" for name, version in record["systems"].items())
    yield f"{', '.join(named)}; the others with the same model's float32 weights on torch.\n"
    yield "![nDCG@10](peers-quality.svg)\n"
    names = list(record["systems"])
    for mode, said in (("passages", "Fundstelle's passages"), ("defaults", "their own chunks")):
        rows = []
        for one in record["sets"]:
            for group, of in one[mode].items():
                for measure in next(iter(of.values())):
                    values = [f"{100 * of[name][measure]['value']:.1f}" for name in names]
                    count = next(iter(of.values()))[measure]["n"]
                    rows.append([f"{one['set']}, {group}", measure, count, *values])
        yield f"With {said}, per cent:\n"
        yield from table(["set", "measure", "questions", *names], rows)
    if "asking" not in record:
        yield "Indexing and searching were not timed in this run.\n"
        return
    yield "![speed](peers-speed.svg)\n"
    keys = ("passages_a_second", "passages_a_cpu_second")
    rows = [[key, *(record["indexing"][name][key] for name in names)] for key in keys]
    rows += [
        [f"search, {key}", *(record["asking"][name][key] for name in names)]
        for key in ("wall_ms", "cpu_ms")
    ]
    yield from table(["", *names], rows)


def ingest(record: Record) -> Iterator[str]:
    yield "## Indexing documents\n"
    yield from measured_on(record)
    languages = ", ".join(f"{lang} {count:,}" for lang, count in record["languages"].items())
    yield f"Passages by language: {languages}. Peak memory of the process that encodes:"
    yield f"{record['peak_mb']:,} MB. The second run, with nothing changed, is"
    yield f"{record['times_faster']:,} times as fast.\n"
    columns = ["added", "unchanged", "failed", "passages", "seconds", "processor_seconds"]
    rows = [[name, *(one[key] for key in columns)] for name, one in record["runs"].items()]
    yield from table(["run", *(name.replace("_", " ") for name in columns)], rows)
    sizes = record["bytes_a_passage"]
    head = ["passages/s", "passages/s of processor time", "bytes a passage", *sizes]
    speeds = [record["passages_a_second"], record["passages_a_processor_second"]]
    yield from table(head, [[*speeds, sum(sizes.values()), *sizes.values()]])
    yield "Reading alone, in one process:\n"
    rows = [
        [
            *(one["kind"], one["files"], one["pages"], one["characters"]),
            f"{one['pages'] / one['seconds']:.0f}" if one["pages"] else "",
            f"{one['characters'] / one['seconds'] / 1e6:.2f}",
        ]
        for one in record["reading"]
    ]
    yield from table(
        ["kind", "files", "pages", "characters", "pages/s", "million characters/s"], rows
    )
    if record["failed"]:
        yield "What could not be read, wholly or in part:\n"
        yield from table(["file", "reason"], record["failed"])


def known_items(record: Record) -> Iterator[str]:
    yield "## Known items\n"
    yield from measured_on(record)
    yield f"Of {record['sentences']} sentences that stand on one page of {record['files']} PDFs"
    yield f"({record['pages']:,} pages; {record['passages']:,} passages, other documents included;"
    yield f"seed {record['seed']}), {record['found']} come back first, with their file and page. Of"
    yield f"these, {record['covered']} are covered by the boxes drawn on the page, exactly.\n"
    if record["missed"]:
        yield from table(["file", "page", "sentence", "what came instead"], record["missed"])


def syncing(record: Record) -> Iterator[str]:
    yield "## Many small files\n"
    yield from measured_on(record)
    yield f"{record['files']:,} files of one passage each. `without model` is what the first run"
    yield "takes with an encoder that costs next to nothing; the command includes the start of"
    yield "Python.\n"
    first, second = record["first"], record["second"]
    command = {key: second[f"command_{key}"] for key in ("seconds", "processor_seconds")}
    runs = {
        "first": first,
        "first, without model": record["first_without_model"],
        "second": second,
        "second, as a command": command,
    }
    rows = [
        [
            *(name, one["seconds"], round(first["seconds"] / one["seconds"])),
            *(
                one["processor_seconds"],
                round(first["processor_seconds"] / one["processor_seconds"]),
            ),
        ]
        for name, one in runs.items()
    ]
    yield from table(["run", "s", "times as fast", "processor s", "times as fast"], rows)
    yield f"Reading takes {record['reading_ms_a_file']} ms a file; `qa doctor`"
    yield f"{record['doctor_seconds_for_10000_passages']} s for 10,000 passages; peak memory"
    yield f"{record['peak_mb']:,} MB.\n"


PARTS: Mapping[str, Callable[[Record], Iterator[str]]] = {
    "quality": quality,
    "plain": plain,
    "speed": speed,
    "peers": peers,
    "ingest": ingest,
    "known_items": known_items,
    "syncing": syncing,
}


def main() -> None:
    """Write the page."""
    lines = ["# Benchmarks\n", "Written by `python -m benchmarks.report`; the figures are in the"]
    lines.append("JSON files beside this page.\n")
    for name, part in PARTS.items():
        path = RESULTS / f"{name}.json"
        if path.is_file():
            lines += part(json.loads(path.read_text("utf-8")))
    (RESULTS / "README.md").write_text("\n".join(lines).rstrip() + "\n", "utf-8")


if __name__ == "__main__":
    main()
