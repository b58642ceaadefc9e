"""HTML: the main text through trafilatura, written down as paragraphs with ``#`` headings."""

import re
from collections import Counter
from collections.abc import Iterator

import trafilatura
from lxml import etree, html  # type: ignore[import-untyped]

from qa.documents.parsed import Parsed, clean, iso_date, raised, table_row
from qa.documents.scenery import GONE, MAIN, without_scenery
from qa.text.language import iso_language
from qa.text.normalise import decode

_CHARSET = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?([\w.:-]+)", re.I
)
_LANG = re.compile(r"<html[^>]{0,500}?\slang\s*=\s*[\"']?([\w-]+)", re.I)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
# How a word is pronounced, which stands above it; it would part the words of the line.
_READING = re.compile(r"<(rt|rp|rtc)(?:\s[^<>]*)?>[^<]*(?:</\1\s*>)?", re.I)
# The mark of a note: a number that is raised, in brackets or said to be one, and leads somewhere.
_MARK_OF_NOTE = re.compile(
    r"(?P<opening><a\s(?P<tag>[^<>]{1,500})>\s*+(?P<raised><sup\b[^<>]{0,200}>\s*+)?+)"
    r"(?P<bracket>\[)?(?P<number>\d{1,3})(?(bracket)\])"
    r"(?=\s*+(?:</sup\s*+>\s*+)?+</a\s*+>(?P<after>\s*+</sup\b)?)",
    re.I,
)
_TARGET = re.compile(r"href\s*=\s*[\"']?[^\"'\s<>]*#(?P<name>[^\"'\s<>]+)", re.I)
_NAMED = re.compile(
    r"<(?:li|p|div|aside|section|dd|td)\b[^<>]{0,300}?\sid\s?=\s?"
    r"[\"']?(?P<name>[^\"'\s<>]{1,200})[\"']?[^<>]{0,300}>(?:\s*+<p\b[^<>]{0,200}>)?+(?!\s*+\[?\d)",
    re.I,
)
# It would go on with the number before, once the marks of the page are gone.
_EXPONENT = re.compile(
    r"(?P<before>[0-9](?:</[a-z]{1,9}>)?)<sup\b[^<>]{0,200}>\s*+"
    r"(?P<exponent>(?:[-+\u2212\u2013]|&minus;)?[0-9]{1,9})\s*+</sup\s*+>",
    re.I,
)
_GAP = re.compile(r"\s+")
# What was struck out would melt into what replaces it; TeX is what a formula shows anyway.
_STRUCK = re.compile(
    r"<(?P<tag>del|s|strike|annotation)(?:\s[^<>]{0,500})?>.{0,2000}?</(?P=tag)\s*>", re.I | re.S
)
# What leads to a heading itself, or back from a note.
_PERMALINK = re.compile(
    r"<a\s[^<>]{1,500}>\s*+(?:[#§¶↑↩\ufe0e🔗]|&(?:para|#182|#xb6|#8617|#x21a9);){1,2}\s*+</a\s*+>",
    re.I,
)
_HIDDEN = ".//*[@hidden or contains(translate(@style, ' ', ''), 'display:none')]"
_UNSEEN = ("script", "style", "noscript", "head", "svg")
_SHOWN = (
    "address article aside blockquote body dd div dl dt figcaption figure footer form h1 h2 h3 h4 "
    "h5 h6 header hr li main nav ol p pre section table td th tr ul details summary"
)
_BLOCKS = frozenset(_SHOWN.split())
_HEADINGS = {f"h{level}": f"{'#' * level} " for level in range(1, 7)}
_MARKS = _HEADINGS | {"li": "- "}
# A page made of these alone was written by hand or by a converter, and nothing on it is scenery.
_WRITTEN = frozenset(["p", "ul", "ol", "dl", "table", "blockquote", "pre", *_HEADINGS])
_BESIDE = ("nav", "footer", "aside")
_LITTLE = 0.05  # of a page's headings or words, which its main text may lack
_WORD = re.compile(r"\w+")
_LAYOUT = ("table", "ul", "ol", "dl", *_HEADINGS)
_LONGEST_CELL = 200  # characters; longer ones are columns of a page
_CONTAINERS = frozenset({"quote", "div", "section", "body", "article"})


def read(data: bytes) -> Parsed:
    """Read the main text of a page; all its text if there is no main part, or nothing else.

    Raises ValueError if the bytes are no text.
    """
    source = _source(data)
    page = trafilatura.bare_extraction(
        source,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    lang = _LANG.search(source)
    hint = iso_language(lang.group(1)) if lang else None
    if not isinstance(page, trafilatura.settings.Document):
        return Parsed(text=whole_text(source), hint=hint)
    text = _main_text(source, "\n\n".join(_written(page.body))) or whole_text(source)
    metadata = {"author": clean(page.author), "url": clean(page.url), "site": clean(page.sitename)}
    return Parsed(
        text=text,
        title=clean(page.title),
        hint=hint,
        date=iso_date(page.date),
        metadata={key: value for key, value in metadata.items() if value},
    )


def _source(data: bytes) -> str:
    declared = _CHARSET.search(data[:4096])
    source = decode(data, declared=_believable(declared.group(1)) if declared else None)
    return _plain(source)


def _plain(source: str) -> str:
    """Take out what is no text, put the numbers of notes into brackets, and raise exponents.

    Such a number would otherwise be part of the word before it; a note gets its own number too,
    which a page draws and does not hold.
    """
    numbers: dict[str, str] = {}

    def mark(match: re.Match[str]) -> str:
        target = _TARGET.search(match["tag"])
        raised = any(match[part] for part in ("raised", "bracket", "after"))
        if not (target and (raised or "noteref" in match["tag"].casefold())):
            return match.group()
        numbers.setdefault(target["name"], match["number"])
        return f"{match['opening']}[{match['number']}]"

    def exponent(match: re.Match[str]) -> str:
        return match["before"] + raised(match["exponent"].replace("&minus;", "-"))

    def label(match: re.Match[str]) -> str:
        number = numbers.pop(match["name"], None)
        return match.group() if number is None else f"{match.group()}[{number}] "

    source = _READING.sub("", _XML_DECLARATION.sub("", source, count=1))
    source = _PERMALINK.sub("", _STRUCK.sub(" ", source))
    return _EXPONENT.sub(exponent, _NAMED.sub(label, _MARK_OF_NOTE.sub(mark, source)))


def _believable(charset: bytes) -> str:
    """Read "utf-16" as UTF-8, as HTML demands: the declaration itself was just read as ASCII."""
    name = charset.decode("ascii").lower()
    return "utf-8" if name.startswith(("utf-16", "utf16", "utf-32", "utf32", "ucs")) else name


def _written(element: etree._Element) -> Iterator[str]:
    """Yield the blocks of trafilatura's tree; rows and items stay together line by line."""
    yield from filter(None, [_joined(element.text or "")])
    for child in element:
        if child.tag in _CONTAINERS and child.find(".//p") is not None:
            yield from _written(child)
        else:
            yield from filter(None, [_block(child)])
        yield from filter(None, [_joined(child.tail or "")])


def _block(element: etree._Element) -> str:
    if element.tag == "list":
        return "\n".join(f"- {line}" for item in element if (line := _line(item)))
    if element.tag == "table":
        return "\n".join(_rows(element))
    line = _line(element)
    if element.tag != "head" or not line:
        return line
    level = str(element.get("rend") or "")[-1:]
    return f"{'#' * int(level) if level in tuple('123456') else '##'} {line}"


def _rows(table: etree._Element) -> Iterator[str]:
    for row in table.iter("row"):
        cells = [_line(cell) for cell in row]
        if any(cells):
            yield "| " + " | ".join(cells) + " |"


def _line(element: etree._Element) -> str:
    """Return all text below an element on one line; what stood apart stays apart."""
    for part in element.iter("lb", "br", "p", "div", "head", "item", "cell", "quote"):
        part.text = f" {part.text or ''}"
        part.tail = f" {part.tail or ''}"
    return _joined("".join(str(text) for text in element.itertext()))


def _joined(text: str) -> str:
    return " ".join(text.split())


def _refers_to_note(element: etree._Element) -> bool:
    """Tell a mark that is said to be one, and is not in brackets yet."""
    kinds = {*(element.get("epub:type") or "").split(), element.get("role")}
    said = element.tag == "a" and not kinds.isdisjoint({"noteref", "doc-noteref"})
    return said and "[" not in "".join(element.itertext())


def _main_text(source: str, found: str) -> str:
    """Return the main text that was found on a page, or the page's own if it lacks much of that.

    What tells text from scenery elsewhere leaves out lists and headings of many pages.
    """
    root = _seen(html.document_fromstring(source))
    if _is_plain(root):
        etree.strip_elements(root, *_BESIDE, with_tail=False)
        return _shown(root)
    own = _shown(without_scenery(root))
    return own if _lacks(found, own) else found


def _is_plain(root: etree._Element) -> bool:
    """Tell a page whose body is its text, as one finds in exports."""
    body = root.find("body")
    if body is None or body.find("div") is not None or any(map(root.xpath, MAIN)):
        return False
    return any(one.tag in _WRITTEN for one in body)


def _lacks(found: str, own: str) -> bool:
    """Tell whether more than a little of a page's own text is missing from what was found."""
    lines = {_letters(line) for line in found.splitlines()}
    headings = [_letters(line) for line in own.splitlines() if line.startswith("#")]
    words, there = (Counter(_WORD.findall(text)) for text in (own, found))
    return (
        sum(heading not in lines for heading in headings) > _LITTLE * len(headings)
        or (words - there).total() > _LITTLE * words.total()
    )


def _letters(text: str) -> str:
    return "".join(_WORD.findall(text))


def whole_text(source: str) -> str:
    """Return everything a page shows, one block a paragraph, with ``#`` headings."""
    try:
        return _shown(_seen(html.document_fromstring(_plain(source))))
    except etree.ParserError:
        return ""


def _seen(root: etree._Element) -> etree._Element:
    """Take out what a page does not show."""
    for hidden in root.xpath(_HIDDEN):
        hidden.tag = GONE
    etree.strip_elements(root, *_UNSEEN, GONE, etree.Comment, with_tail=False)
    return root


def _shown(part: etree._Element) -> str:
    _write_rows(part)
    parts: list[str] = []
    for event, element in etree.iterwalk(part, events=("start", "end")):
        if element.tag in _BLOCKS and not (event == "start" and _begins_item(element)):
            parts.append("\n\n")
        if event == "start":
            parts.append(_MARKS.get(element.tag, ""))
        if event == "start" and element.tag == "br":
            parts.append("\n")
        bracket = ("[" if event == "start" else "]") if _refers_to_note(element) else ""
        text = (element.text if event == "start" else element.tail) or ""
        parts.append(f"{bracket}{_GAP.sub(' ', text)}")
    blocks = map(_joined, re.split(r"\n *\n", "".join(parts)))
    text = "\n\n".join(block for block in blocks if block.strip("#- "))
    return re.sub(r"(?<= \|)\n\n(?=\| )", "\n", text)


def _begins_item(element: etree._Element) -> bool:
    """Tell the first paragraph of a list's item, which stands beside its mark."""
    item = element.getparent() if element.tag == "p" and element.getprevious() is None else None
    return item is not None and item.tag == "li" and not (item.text or "").strip()


def _write_rows(root: etree._Element) -> None:
    """Put the cells of each row on one line, but for tables that only lay out a page."""
    for row in list(root.iter("tr")):
        cells = [_line(cell) for cell in row.iter("td", "th")]
        laid_out = next(row.iterdescendants(*_LAYOUT), None) is not None
        if laid_out or sum(map(bool, cells)) < 2 or max(map(len, cells)) > _LONGEST_CELL:
            continue
        tail = row.tail
        row.clear()
        row.text, row.tail = next(table_row(cells)), tail
