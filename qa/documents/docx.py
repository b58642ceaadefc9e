"""Word files: paragraphs, headings, lists, tables and text boxes, in the order of the text.

A foot- or endnote follows the paragraph or table that refers to it, so that it stands below the
same heading: ``Ships came.[^1]``, then ``[^1]: So says the Harbour Board.`` Notes are numbered in
the order in which they are referred to.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO

import docx
from docx.document import Document
from docx.exceptions import PythonDocxError
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.styles.style import BaseStyle
from lxml import etree  # type: ignore[import-untyped]

from qa.documents.containers import open_zip, parse_xml, refusing
from qa.documents.parsed import (
    Parsed,
    clean,
    core_date,
    core_metadata,
    table_row,
    with_part,
)
from qa.text.language import iso_language

_KIND = "Word file"
_P, _TABLE, _ROW, _CELL = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
_BOX, _RUN = qn("w:txbxContent"), qn("w:r")
_TEXTS = (qn("w:t"), qn("m:t"))  # of paragraphs and of formulas
_BLANKS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_REFERENCES = {qn("w:footnoteReference"): "footnote", qn("w:endnoteReference"): "endnote"}
_BELOW = qn("m:den")  # what stands below the bar of a fraction
_STRUCK = f"{qn('w:trPr')}/{qn('w:del')}"  # a row that a revision took away
_RAISED = f"{qn('w:rPr')}/{qn('w:vertAlign')}[@{qn('w:val')}='superscript']"
# What is not read: the second writing of the same shapes, what a revision took away, how a word is
# pronounced.
_UNSEEN = (
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    *(qn("w:del"), qn("w:moveFrom"), qn("w:pPr"), qn("w:rt")),
)


def read(data: bytes) -> Parsed:
    """Read a ``.docx`` file; what was struck out in a revision is left out.

    Raises Unreadable: document_corrupt, document_encrypted, document_bomb.
    """
    open_zip(data, _KIND).close()
    with refusing(_KIND, PythonDocxError, OpcError):
        document = docx.Document(BytesIO(data))
        reader = _Reader(_styles(document), _notes(document))
        text = _joined(list(reader.blocks(document.element.body)))
        properties = document.core_properties
        return Parsed(
            text=text,
            title=clean(properties.title),
            hint=iso_language(properties.language),
            date=core_date(properties.created),
            metadata=core_metadata(properties.author),
        )


@dataclass(frozen=True, slots=True)
class _Styles:
    """The outline level (from 1) of styles that have one, and the styles of lists."""

    levels: Mapping[str, int]
    listed: frozenset[str]


def _styles(document: Document) -> _Styles:
    """Read the styles; what one does not say, the one it is based on does."""
    levels, listed = {"Title": 1}, set()
    for style in document.styles:
        for properties in _inherited(style):
            level = properties.find(qn("w:outlineLvl"))
            if level is not None:
                levels.setdefault(style.style_id, int(level.get(qn("w:val"))) + 1)
            if properties.find(qn("w:numPr")) is not None:
                listed.add(style.style_id)
    levels = {style: level for style, level in levels.items() if level <= 6}
    return _Styles(levels, frozenset(listed - levels.keys()))


def _inherited(style: BaseStyle) -> Iterator[etree._Element]:
    ancestor: BaseStyle | None = style
    for _ in range(10):  # styles may be based on each other in a circle
        if ancestor is None:
            return
        properties = ancestor.element.find(qn("w:pPr"))
        if properties is not None:
            yield properties
        ancestor = getattr(ancestor, "base_style", None)


def _notes(document: Document) -> dict[tuple[str, str], etree._Element]:
    """Return foot- and endnotes by their kind and id."""
    notes = {}
    for relation in document.part.rels.values():
        kind = relation.reltype.rpartition("/")[2]
        if kind in ("footnotes", "endnotes") and not relation.is_external:
            for note in parse_xml(relation.target_part.blob).iter(qn(f"w:{kind[:-1]}")):
                notes[kind[:-1], note.get(qn("w:id"))] = note
    return notes


@dataclass(slots=True)
class _Reader:
    """Reads the blocks of a file; ``waiting`` are the notes that the open one refers to."""

    styles: _Styles
    notes: Mapping[tuple[str, str], etree._Element]
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    waiting: list[tuple[str, str]] = field(default_factory=list)

    def blocks(self, container: etree._Element) -> Iterator[str]:
        """Yield the blocks of a body, text box or note."""
        for element in container:
            if element.tag == _P:
                yield from self._paragraph(element)
                yield from self._noted()
            elif element.tag == _TABLE:
                yield "\n".join(self._rows(element))
                yield from self._noted()
            elif element.tag not in _UNSEEN:  # content controls and the like
                yield from self.blocks(element)

    def _noted(self) -> Iterator[str]:
        """Yield the notes that were referred to, each with its number."""
        waiting, self.waiting = self.waiting, []
        for key in waiting:
            text = " ".join(" ".join(self.blocks(self.notes[key])).split())
            if text:
                yield f"[^{self.numbers[key]}]: {text}"

    def _paragraph(self, element: etree._Element) -> Iterator[str]:
        text = self._text(element).strip()
        properties = element.find(qn("w:pPr"))
        style = properties.find(qn("w:pStyle")) if properties is not None else None
        name = style.get(qn("w:val"), "") if style is not None else ""
        level = self.styles.levels.get(name, 0)
        numbered = properties is not None and properties.find(qn("w:numPr")) is not None
        listed = numbered or name in self.styles.listed
        if text and level:
            yield f"{'#' * level} {' '.join(text.split())}"
        elif text:
            yield f"- {text}" if listed else text
        for box in _outermost(element, _BOX):
            yield from self.blocks(box)

    def _text(self, element: etree._Element) -> str:
        """Return the text of a paragraph, insertions and links included, text boxes left out."""
        text = ""
        for child in element:
            if child.tag in _TEXTS:
                text += child.text or ""
            elif child.tag in _BLANKS:
                text += _BLANKS[child.tag]
            elif child.tag in _REFERENCES:
                text += self._mark(_REFERENCES[child.tag], child.get(qn("w:id")))
            elif child.tag != _BOX and child.tag not in _UNSEEN and not _is_hidden(child):
                part = ("/" if child.tag == _BELOW else "") + self._text(child)
                text = with_part(text, part, high=_is_raised(child))
        return text

    def _mark(self, kind: str, note: str) -> str:
        key = (kind, note)
        if key not in self.notes:
            return ""
        if key not in self.numbers:
            self.numbers[key] = len(self.numbers) + 1
            self.waiting.append(key)
        return f"[^{self.numbers[key]}]"

    def _rows(self, table: etree._Element) -> Iterator[str]:
        for row in _outermost(table, _ROW):
            if row.find(_STRUCK) is not None:
                continue
            cells = [" ".join(self._inside(cell)) for cell in _outermost(row, _CELL)]
            yield from table_row(cells)

    def _inside(self, container: etree._Element) -> Iterator[str]:
        """Yield the paragraphs of a cell, and of the tables and text boxes in it."""
        for paragraph in _outermost(container, _P):
            yield self._text(paragraph)
            yield from self._inside(paragraph)


def _outermost(element: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Yield what is of this kind below an element, but nothing inside of another one."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag not in _UNSEEN:
            yield from _outermost(child, tag)


def _is_hidden(element: etree._Element) -> bool:
    """Tell a run that Word shows on demand only."""
    hidden = element.find(f"{qn('w:rPr')}/{qn('w:vanish')}") if element.tag == _RUN else None
    return hidden is not None and hidden.get(qn("w:val")) not in ("0", "false")


def _is_raised(element: etree._Element) -> bool:
    """Tell what stands above the line, in a formula or in text."""
    return element.tag == qn("m:sup") or element.find(_RAISED) is not None


def _joined(blocks: list[str]) -> str:
    """Join blocks; items of one list stand line below line."""
    text = ""
    for before, block in zip(["", *blocks], blocks, strict=False):
        item = before.startswith("- ") and block.startswith("- ")
        text += ("\n" if item else "\n\n" if before else "") + block
    return text
