"""Test sets as people keep them in spreadsheets and YAML files."""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from qa.testsets.shape import Entry, Problems
from qa.text.normalise import decode

_SOURCE = ("doc", "quote", "page", "start", "end", "grade")
_COLUMNS = ("id", "question", "lang", "tags", "answerable", "answers", *_SOURCE)
_SEPARATED = ("tags", "answers")
_DELIMITERS = ",;\t"
_OPENING = (yaml.FlowSequenceStartToken, yaml.FlowMappingStartToken)
_CLOSING = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken)
_DEEPEST = 20
_GAP = re.compile(r"\s*")


def has_header(data: bytes) -> bool:
    """Tell whether a table's first line names a column ``question``."""
    first = data[:4_000].lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b"").split(b"\n")[0]
    return b"question" in first.lower()


def csv_entries(data: bytes, problems: Problems) -> Iterator[Entry]:
    """Yield the questions of a table; rows with the same id are further sources of one question.

    Columns: id, question, lang, tags, answerable, answers, and doc with quote, page, or start and
    end, and a grade. Several tags or answers in a cell are separated by ``|``.
    """
    try:
        text = decode(data)
    except ValueError:
        problems.add(1, "it is not text in any known encoding; save it as UTF-8")
        return
    head = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        if missing := [name for name in ("id", "question") if name not in names]:
            known = ", ".join(_COLUMNS)
            problems.add(1, f"it names no column {' or '.join(missing)}; columns are {known}")
            return
        yield from _merged(_rows(reader, names, problems))
    except csv.Error as error:
        problems.add(reader.line_num, f"it is no row of a table ({error})")


def _rows(reader: Any, names: list[str], problems: Problems) -> Iterator[Entry]:
    began = reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            if len(cells) > len(names):
                problems.add(began, f"it has {len(cells)} cells and the header {len(names)}")
            else:
                yield Entry(began, dict(zip(names, cells, strict=False)))
        began = reader.line_num + 1


def _merged(rows: Iterator[Entry]) -> Iterator[Entry]:
    """Join rows of the same id and question, or none, each adding its source and answers."""
    found: dict[tuple[str, str], Entry] = {}
    first: dict[str, Entry] = {}
    for row in rows:
        value = row.value
        cells = {column: value.pop(column, "") for column in _SOURCE}
        source = {column: cell for column, cell in cells.items() if cell.strip()}
        key = name, asked = value.get("id", "").strip(), value.get("question", "").strip()
        earlier = found.get(key) if asked else first.get(name)
        if earlier is not None:
            earlier.value["sources"].append(source)
            for column in _SEPARATED:
                known = earlier.value[column]
                known += [one for one in _parts(value.get(column, "")) if one not in known]
            continue
        filled: dict[str, Any] = {column: cell for column, cell in value.items() if cell.strip()}
        filled |= {column: _parts(value.get(column, "")) for column in _SEPARATED}
        filled["sources"] = [source] if source else []
        found[key] = Entry(row.line, filled)
        first.setdefault(name, found[key])
    yield from found.values()


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("|") if part.strip()]


def json_items(data: bytes, problems: Problems) -> Iterator[Entry]:
    """Yield the items of a JSON array of questions with the lines they begin in."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        problems.add(1, "it is not UTF-8")
        return
    decoder, at = json.JSONDecoder(), _filled(text, text.index("[") + 1)
    while text[at : at + 1] not in ("]", ""):
        line = text.count("\n", 0, at) + 1
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            problems.add(line, "it is not JSON")
            return
        yield Entry(line, value)
        at = _filled(text, at)
        if text[at : at + 1] != ",":
            break
        at = _filled(text, at + 1)
    if text[at:].strip() != "]":
        problems.add(text.count("\n", 0, at) + 1, "it is not JSON from here on")


def _filled(text: str, at: int) -> int:
    """Return where the next character stands that is no white space."""
    found = _GAP.match(text, at)
    return found.end() if found else at


def yaml_entries(data: bytes, problems: Problems) -> Iterator[Entry]:
    """Yield the items of a YAML list of questions; all values but null are read as written."""
    try:
        text = decode(data)
        refused = _refused(text)
        root = None if refused else yaml.compose(text, Loader=yaml.BaseLoader)
    except ValueError:
        problems.add(1, "it is not text in any known encoding; save it as UTF-8")
        return
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problems.add(mark.line + 1 if mark else 1, "it is not YAML from here on")
        return
    if refused:
        problems.add(*refused)
        return
    yield from _items(root, problems)


def _refused(text: str) -> tuple[int, str] | None:
    """Return the line from which a YAML text is not read, and why."""
    depth = 0
    for token in yaml.scan(text, Loader=yaml.BaseLoader):
        if isinstance(token, yaml.AliasToken):
            # A few of them can stand for more text than any computer holds.
            return token.start_mark.line + 1, "it uses an alias (*), which test sets may not"
        depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
        if depth > _DEEPEST:  # of which the scanner takes ever longer
            return token.start_mark.line + 1, "it is nested too deeply"
    return None


class _Constructor(yaml.constructor.BaseConstructor):
    """Takes values as they are written, but for those that say that there is none."""

    def construct_scalar(self, node: yaml.ScalarNode) -> Any:
        plain = node.style is None and node.value in ("", "~", "null", "Null", "NULL")
        return None if plain else str(super().construct_scalar(node))


def _items(root: Any, problems: Problems) -> Iterator[Entry]:
    if isinstance(root, yaml.MappingNode):
        named = [value for key, value in root.value if key.value == "questions"]
        root = named[0] if named else root
    if root is None:
        return
    if not isinstance(root, yaml.SequenceNode):
        problems.add(root.start_mark.line + 1, "it is not a list of questions")
        return
    for item in root.value:
        constructor = _Constructor()
        try:
            yield Entry(item.start_mark.line + 1, constructor.construct_document(item))
        except (yaml.YAMLError, RecursionError):
            problems.add(item.start_mark.line + 1, "it is not an object with simple values")
