"""What an index says of itself, and whether that is as it was written."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import blake2b

from qa.settings import Settings

_HEADER, _DIGEST = "header", "header_digest"


@dataclass(frozen=True, slots=True)
class Header:
    """What an index was built from and with.

    ``identity`` is a random name for this numbering of passages, carried by derived parts.
    """

    identity: str
    root: str
    settings: Settings
    encoder: str
    fingerprint: str
    dimensions: int


def written(header: Header) -> dict[str, str]:
    """Return a header in the words of the store, with their digest."""
    text = json.dumps(asdict(header), ensure_ascii=False)
    return {_HEADER: text, _DIGEST: _digest(text)}


def read_header(rows: Mapping[str, str]) -> Header | None:
    """Return what :func:`written` wrote, None if it did not; earlier versions wrote no digest.

    Raises ValueError, TypeError or KeyError if it is not as it was.
    """
    text = rows.get(_HEADER)
    if text is None:
        return None
    if rows.get(_DIGEST, _digest(text)) != _digest(text):
        raise ValueError("the header was changed")
    values = json.loads(text)
    return Header(**{**values, "settings": Settings(**values["settings"])})


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()
