"""Markdown: the source text as written, without its front matter."""

import re
from collections.abc import Mapping

import yaml

from qa.documents.parsed import Parsed, clean, iso_date
from qa.text.blocks import split_blocks
from qa.text.language import iso_language
from qa.text.normalise import decode

_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(.{0,20000}?\n)?(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_COLON_IN_VALUE = re.compile(
    r"^([A-Za-z][\w -]*:[ \t]+)([^\s\"'\[{|>&*!].*?: .*?)[ \t]*$", re.MULTILINE
)
# An escape beyond Unicode ("\U99999999") is a ValueError or an OverflowError.
_NO_FRONT_MATTER = (yaml.YAMLError, ValueError, OverflowError, RecursionError)
_OWN_PLACE = frozenset({"title", "lang", "language", "date"})


def read(data: bytes) -> Parsed:
    """Read Markdown with optional YAML front matter. Raises ValueError if it is no text."""
    text = decode(data)
    values: Mapping[str, str] = {}
    match = _FRONT_MATTER.match(text)
    loaded = _front_matter(match.group(1) or "") if match else None
    if match and loaded is not None:
        text, values = text[match.end() :].lstrip("\n"), loaded
    return Parsed(
        text=text,
        title=values.get("title") or _first_heading(text),
        lang=iso_language(values.get("lang") or values.get("language")),
        date=iso_date(values.get("date")),
        metadata={key: value for key, value in values.items() if key not in _OWN_PLACE},
    )


def _front_matter(source: str) -> dict[str, str] | None:
    """Return the values of front matter, or None if the lines are none: then they are text."""
    try:
        loaded = _loaded(source)
        if loaded is None:
            return {}
        if not isinstance(loaded, dict):
            return None
        values = {clean(str(key)).lower(): _as_text(value) for key, value in loaded.items()}
    except _NO_FRONT_MATTER:
        return None
    return {key: value for key, value in values.items() if key and value}


def _loaded(source: str) -> object:
    """Load YAML as it is written: "no" is Norwegian, "007" no number, and a date its text."""
    try:
        return yaml.load(source, yaml.BaseLoader)  # noqa: S506 - makes nothing but text
    except yaml.YAMLError:
        # "title: Report: spring" is no YAML, and everybody writes it.
        quoted = _COLON_IN_VALUE.sub(
            lambda m: f"{m[1]}'{m[2].replace(chr(39), 2 * chr(39))}'", source
        )
        return yaml.load(quoted, yaml.BaseLoader)  # noqa: S506


def _as_text(value: object) -> str:
    """Return a scalar or a flat list as text; anything nested is left out (YAML can explode)."""
    if isinstance(value, list):
        return clean(", ".join(filter(None, map(_scalar, value[:50]))))
    return _scalar(value)


def _scalar(value: object) -> str:
    return clean(value) if isinstance(value, str) else ""


def _first_heading(text: str) -> str:
    titles = (clean(block.title) for block in split_blocks(text) if block.kind == "heading")
    return next(filter(None, titles), "")
