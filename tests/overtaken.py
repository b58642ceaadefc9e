"""Opens two pages that watch a job, in a process of its own: ``python -m tests.overtaken INDEX``.

Gradio leaves event loops open when it is imported, which tests take for faults of ours. Prints
for each page, as JSON, whether it looks again, and whether it offers Stop: before anything
happens, when a job has begun while it looked, and after that job.
"""

import json
import sys
from threading import Event
from types import SimpleNamespace

from qa import Assistant
from qa.service import Service
from qa.ui.app import build
from tests.hash_encoder import HashEncoder

READER = SimpleNamespace(cookies={}, headers={})
_LOOKS = ("show", "tick")  # what a timer calls on the pages Documents and Evaluate


def states(
    service: Service, kind: str, part: str, name: str, *values: str | None
) -> list[list[bool]]:
    """Show the page with as many inputs as ``values``; a job begins while it asks ``part``."""
    page, _ = build(service)
    show = next(
        one.fn
        for one in page.fns.values()
        if one.fn is not None and one.name in _LOOKS and len(one.inputs) == len(values)
    )
    owner, go = getattr(service, part), Event()
    ask = getattr(owner, name)

    def overtaken() -> object:
        found = ask()
        service.jobs.start(kind, lambda report, stop: go.wait(20))
        return found

    def state() -> list[bool]:
        *_, timer, stop = show(*values, READER)
        return [timer.active, stop.visible]

    found = [state()]
    setattr(owner, name, overtaken)
    found.append(state())
    setattr(owner, name, ask)
    go.set()
    service.jobs.wait()
    return [*found, state()]


def main() -> None:
    assistant = Assistant.open(sys.argv[1], HashEncoder())
    service = Service(assistant)
    documents = states(service, "sync", "library", "differences", "")
    evaluate = states(service, "evaluate", "evaluations", "runs", None, None, None, "")
    assistant.index.close()
    json.dump({"documents": documents, "evaluate": evaluate}, sys.stdout)


if __name__ == "__main__":
    main()
