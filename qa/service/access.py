"""Who may come in, and how often: password, sessions, token, and rate limits.

On a loopback address everybody on this computer may ask. On any other address a password is
needed, and covers every route.
"""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from qa.errors import ServiceError
from qa.service.turns import BusyError

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
SHORTEST_SECRET: Final = 12
SESSION_SECONDS: Final = 12 * 3600
COOKIE: Final = "fundstelle-session"
_MOST_SESSIONS = 1_000
_MOST_CLIENTS = 10_000
Clock = Callable[[], float]


class Buckets:
    """A token bucket per client: ``burst`` requests at once, then ``per_second``."""

    def __init__(self, burst: int, per_second: float, clock: Clock = time.monotonic) -> None:
        """Start with full buckets."""
        self._burst = float(burst)
        self._rate = per_second
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> None:
        """Count one request; raises BusyError ("too_many_requests") if there were too many."""
        now = self._clock()
        level, then = self._levels.pop(client, (self._burst, now))
        level = min(self._burst, level + (now - then) * self._rate)
        allowed = level >= 1
        self._levels[client] = (level - allowed, now)
        while len(self._levels) > _MOST_CLIENTS:
            self._levels.popitem(last=False)
        if not allowed:
            wait = int((1 - level) / self._rate) + 1
            raise BusyError(
                "too_many_requests",
                "There were too many requests in a short time.",
                f"Try again in {wait} s.",
                retry_after=wait,
            )


@dataclass(slots=True)
class Access:
    """Password and token of a server that others can reach; None for one that they cannot."""

    password: str | None = None
    token: str | None = None
    clock: Clock = time.monotonic
    _sessions: OrderedDict[str, float] = field(default_factory=OrderedDict)
    _attempts: Buckets = field(init=False)
    _attempts_of_all: Buckets = field(init=False)

    def __post_init__(self) -> None:
        """Prepare the limits on wrong passwords and tokens."""
        self._attempts = Buckets(5, 1 / 30, self.clock)
        self._attempts_of_all = Buckets(50, 0.5, self.clock)

    @property
    def open(self) -> bool:
        """Whether no password is asked for."""
        return self.password is None

    def log_in(self, client: str, password: str) -> str:
        """Return the cookie of a new session.

        Raises ServiceError ("password_wrong"), BusyError ("too_many_requests").
        """
        self._count(client)
        if self.password is None or not _same(password, self.password):
            raise ServiceError("password_wrong", "The password is wrong.", "Try again.")
        session = secrets.token_urlsafe(32)
        self._sessions[_digest(session)] = self.clock() + SESSION_SECONDS
        while len(self._sessions) > _MOST_SESSIONS:
            self._sessions.popitem(last=False)
        return session

    def log_out(self, session: str) -> None:
        """End a session."""
        self._sessions.pop(_digest(session), None)

    def admits(self, client: str, session: str, authorization: str) -> bool:
        """Tell whether a request with this cookie and Authorization header may pass.

        Raises BusyError ("too_many_requests") at a wrong token; the right one never waits.
        """
        if self.open or self._sessions.get(_digest(session), 0.0) > self.clock():
            return True
        scheme, _, bearer = authorization.partition(" ")
        if scheme.lower() != "bearer" or not self.token:
            return False
        if _same(bearer.strip(), self.token):
            return True
        self._count(client)
        return False

    def _count(self, client: str) -> None:
        self._attempts.take(client)
        self._attempts_of_all.take("")


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _same(given: str, expected: str) -> bool:
    """Compare secrets in a time that says nothing about where they differ."""
    return secrets.compare_digest(_digest(given), _digest(expected))


def check_address(host: str, password: str | None, token: str | None = None) -> None:
    """Raise ServiceError if others could reach ``host`` without a good password and token."""
    if host in LOOPBACK:
        return
    if not password:
        raise ServiceError(
            "address_not_local",
            f"Fundstelle does not listen on {host} without a password: "
            "others could read the documents.",
            "Set FUNDSTELLE_PASSWORD, or use --host 127.0.0.1 and an SSH tunnel.",
        )
    for name, secret in (("password", password), ("token", token)):
        if secret and len(secret) < SHORTEST_SECRET:
            raise ServiceError(
                f"{name}_short",
                f"The {name} has fewer than {SHORTEST_SECRET} characters.",
                f"Set FUNDSTELLE_{name.upper()} to a longer one.",
            )
