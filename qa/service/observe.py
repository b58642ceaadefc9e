"""What the server tells those who run it: metrics for Prometheus, and a log of requests.

Neither holds a question, a file name or an address within a document: paths are logged without
their queries, and ids are left out of the names of routes. What strangers sent is written so that
it can neither begin a line of its own nor steer the terminal.
"""

import json
import logging
import resource
import sys
from datetime import UTC, datetime
from typing import Final, Literal
from urllib.parse import quote

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from qa.render import clean

LogStyle = Literal["none", "text", "json"]
LOG: Final = logging.getLogger("fundstelle")
_IN_PATHS = "/:@!$&'()*+,;=~"  # what may stand in a path besides letters and digits
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counts since the server started, in a registry of its own."""

    def __init__(self) -> None:
        """Start at zero."""
        made = self.registry = CollectorRegistry()
        labels = ["method", "route", "status"]
        self.requests = Counter("fundstelle_requests", "Requests answered", labels, registry=made)
        self.questions = Counter(
            "fundstelle_questions", "Questions answered", ["result"], registry=made
        )
        self.seconds = Histogram(
            "fundstelle_question_seconds", "Time per question", buckets=_SECONDS, registry=made
        )
        self.waiting = Gauge(
            "fundstelle_questions_waiting", "Questions in the queue", registry=made
        )
        self.documents = Gauge("fundstelle_documents", "Documents indexed", registry=made)
        self.passages = Gauge("fundstelle_passages", "Passages indexed", registry=made)
        self.job = Gauge("fundstelle_job_running", "Whether a job is running", registry=made)
        memory = Gauge("fundstelle_memory_peak_bytes", "Most memory held so far", registry=made)
        memory.set_function(lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0)
        start = Gauge("fundstelle_start_time_seconds", "Start of the server", registry=made)
        start.set_to_current_time()

    def text(self) -> bytes:
        """Return all metrics in Prometheus's text format."""
        return generate_latest(self.registry)


def log_request(client: str, method: str, path: str, status: int, seconds: float) -> None:
    """Log one answered request; ``path``, which is decoded, is written as an address has it."""
    values = {
        "client": client,
        "method": method,
        "path": quote(path, _IN_PATHS, errors="replace"),
        "status": status,
        "ms": round(1000 * seconds, 1),
    }
    LOG.info("request", extra={"fields": values})


def start_log(style: LogStyle) -> None:
    """Write the log to the terminal: nothing, lines for people, or a JSON object a line."""
    LOG.handlers.clear()
    LOG.propagate = False
    LOG.setLevel(logging.ERROR if style == "none" else logging.INFO)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if style == "json" else _Text())
    LOG.addHandler(handler)


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return json.dumps({"time": _time(record), "level": record.levelname, **_values(record)})


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        values = " ".join(
            f"{name}={' '.join(clean(str(value)).split())}"
            for name, value in _values(record).items()
        )
        return f"{_time(record)} {record.levelname} {values}"


def _values(record: logging.LogRecord) -> dict[str, object]:
    fields: dict[str, object] = getattr(record, "fields", {})
    return {"event": record.getMessage(), **fields}


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
