"""Nothing leaves this computer: while the app is served, no connection goes out.

Python tells an audit hook before it looks up a name or connects. The hook refuses everything but
this computer's own addresses, so that what the page says is true and not a promise.
"""

import sys
from collections.abc import Iterable
from ipaddress import ip_address

_state: dict[str, frozenset[str]] = {}


class OutgoingConnectionError(PermissionError):
    """Something tried to reach another computer."""


def stay_offline(own: Iterable[str]) -> None:
    """Refuse connections from this process to anything but the addresses in ``own``."""
    known = bool(_state)
    _state["own"] = frozenset(own) | {"localhost", "127.0.0.1", "::1", ""}
    if not known:
        sys.addaudithook(_refuse)  # stays until the process ends


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else ""  # else a socket file
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = arguments[0] or ""
    else:
        return
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host not in _state["own"] and not _is_loopback(str(host)):
        raise OutgoingConnectionError(f"Fundstelle is offline: no connection to {host}.")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name
        return False
