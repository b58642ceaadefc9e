"""Word files: paragraphs, headings, lists, tables and notes, in the order of the text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.styles.style import BaseStyle
from lxml import etree  # type: ignore[import-untyped]

from qa.documents.containers import open_zip, parse_xml, refusing
from qa.documents.parsed import Parsed, clean, core_metadata, iso_date, iso_language, table_row

_KIND = "Word file"
_P, _TABLE, _ROW, _CELL = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
_BOX = qn("w:txbxContent")
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BLANKS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_NOTES = ("footnotes.xml", "endnotes.xml")


def read(data: bytes) -> Parsed:
    """Read a ``.docx`` file; what was struck out in a revision is left out.

    Raises Unreadable: document_corrupt, document_encrypted, document_bomb.
    """
    open_zip(data, _KIND).close()
    with refusing(_KIND):
        document = docx.Document(BytesIO(data))
        styles = _styles(document)
        blocks = list(_blocks(document.element.body, styles))
        text = _joined([*blocks, *_notes(document, styles)])
        properties = document.core_properties
        return Parsed(
            text=text,
            title=clean(properties.title),
            hint=iso_language(properties.language),
            date=iso_date(properties.created.isoformat()) if properties.created else None,
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


def _blocks(container: etree._Element, styles: _Styles) -> Iterator[str]:
    """Yield the blocks of a body, cell or text box."""
    for element in container:
        if element.tag == _P:
            yield from _paragraph(element, styles)
        elif element.tag == _TABLE:
            yield "\n".join(_rows(element))
        else:  # content controls and the like; anything else holds no paragraphs
            yield from _blocks(element, styles)


def _paragraph(element: etree._Element, styles: _Styles) -> Iterator[str]:
    text = _text(element).strip()
    properties = element.find(qn("w:pPr"))
    style = properties.find(qn("w:pStyle")) if properties is not None else None
    name = style.get(qn("w:val"), "") if style is not None else ""
    level = styles.levels.get(name, 0)
    numbered = properties is not None and properties.find(qn("w:numPr")) is not None
    listed = numbered or name in styles.listed
    if text and level:
        yield f"{'#' * level} {' '.join(text.split())}"
    elif text:
        yield f"- {text}" if listed else text
    for box in element.iter(_BOX):
        if not any(ancestor.tag == _FALLBACK for ancestor in box.iterancestors()):
            yield from _blocks(box, styles)


def _text(element: etree._Element) -> str:
    """Return the text of a paragraph, inserted text and links included, text boxes left out."""
    parts = []
    for child in element:
        if child.tag == qn("w:t"):
            parts.append(child.text or "")
        elif child.tag in _BLANKS:
            parts.append(_BLANKS[child.tag])
        elif child.tag == qn("w:footnoteReference"):
            parts.append(f"[{child.get(qn('w:id'))}]")
        elif child.tag not in (_BOX, _FALLBACK, qn("w:pPr")):
            parts.append(_text(child))
    return "".join(parts)


def _rows(table: etree._Element) -> Iterator[str]:
    for row in table.iter(_ROW):
        cells = [
            " ".join(_text(paragraph) for paragraph in cell.iter(_P)) for cell in row.iter(_CELL)
        ]
        yield from table_row(cells)


def _notes(document: Document, styles: _Styles) -> Iterator[str]:
    """Yield foot- and endnotes, each with the number it is referred to by."""
    for relation in document.part.rels.values():
        if relation.is_external or not relation.target_part.partname.endswith(_NOTES):
            continue
        for note in parse_xml(relation.target_part.blob):
            text = " ".join(_blocks(note, styles)) if isinstance(note.tag, str) else ""
            if text:
                yield f"[{note.get(qn('w:id'))}] {text}"


def _joined(blocks: list[str]) -> str:
    """Join blocks; items of one list stand line below line."""
    text = ""
    for before, block in zip(["", *blocks], blocks, strict=False):
        item = before.startswith("- ") and block.startswith("- ")
        text += ("\n" if item else "\n\n" if before else "") + block
    return text
