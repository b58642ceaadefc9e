"""The server's side of the app: what it knows, its HTTP API, its jobs and its guard."""

from qa.service.api import routes
from qa.service.core import Service
from qa.service.guard import Guard, check_address
from qa.service.jobs import Job, Jobs, Work

__all__ = ["Guard", "Job", "Jobs", "Service", "Work", "check_address", "routes"]
