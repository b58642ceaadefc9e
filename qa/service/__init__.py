"""The server's side of the app: what it knows, its HTTP API, its jobs and its guard."""

from qa.service.access import LOOPBACK, Access, Buckets, check_address
from qa.service.api import routes
from qa.service.core import Service
from qa.service.gate import Gate
from qa.service.guard import Guard
from qa.service.jobs import Job, Jobs, Step, Work

__all__ = [
    "LOOPBACK",
    "Access",
    "Buckets",
    "Gate",
    "Guard",
    "Job",
    "Jobs",
    "Service",
    "Step",
    "Work",
    "check_address",
    "routes",
]
