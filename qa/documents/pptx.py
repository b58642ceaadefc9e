"""Presentations: one page a slide, with its title, texts, tables and speaker's notes."""

import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

import pptx
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PythonPptxError
from pptx.oxml.ns import qn
from pptx.shapes.base import BaseShape
from pptx.shapes.group import GroupShape
from pptx.slide import Slide

from qa.documents.containers import open_zip, refusing
from qa.documents.parsed import Parsed, clean, core_date, core_metadata, table_row, with_part
from qa.text.language import iso_language

_KIND = "PowerPoint file"
# What repeats from slide to slide.
_MARGINS = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER)
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_TEXTS = (qn("a:t"), f"{_MATH}t")  # of paragraphs and of formulas
_BELOW = f"{_MATH}den"  # what stands below the bar of a fraction
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# What the program calls a presentation that was given no title: "PowerPoint-Präsentation".
_UNTITLED = re.compile(
    r"(?:microsoft )?powerpoint[ -]\w+|\w+ (?:de )?(?:microsoft )?powerpoint", re.I
)
_ESCAPED = re.compile("_x00[01][0-9A-F]_")  # control characters, of which only breaks matter


def read(data: bytes) -> Parsed:
    """Read a ``.pptx`` file; hidden slides and empty ones count as pages too.

    Raises Unreadable: document_corrupt, document_encrypted, document_bomb.
    """
    open_zip(data, _KIND).close()
    with refusing(_KIND, PythonPptxError):
        presentation = pptx.Presentation(BytesIO(data))
        slides = ["\n\n".join(_slide(slide)) for slide in presentation.slides]
        properties = presentation.core_properties
        title = clean(properties.title)
        text, starts = _paged(slides)
        return Parsed(
            text=text,
            title=_first_title(slides) if _UNTITLED.fullmatch(title) else title,
            hint=iso_language(properties.language),
            date=core_date(properties.created),
            metadata=core_metadata(properties.author),
            page_starts=starts,
        )


def _first_title(slides: Iterable[str]) -> str:
    titles = (slide.partition("\n")[0] for slide in slides if slide.startswith("# "))
    return clean(next(titles, "")[2:])


def _paged(slides: Iterable[str]) -> tuple[str, tuple[int, ...]]:
    """Join the slides; an empty one begins where the next one does."""
    text, starts = "", []
    waiting = 0
    for slide in slides:
        waiting += 1
        if slide:
            text += "\n\n" if text else ""
            starts += [len(text)] * waiting
            text, waiting = text + slide, 0
    return text, (*starts, *[len(text)] * waiting)


def _slide(slide: Slide) -> Iterator[str]:
    _put_in_place(slide.shapes._spTree)
    title = slide.shapes.title
    heading = " ".join(_text(title).split()) if title is not None else ""
    if heading:
        yield f"# {heading}"
    for shape in slide.shapes:
        if title is None or shape.shape_id != title.shape_id:
            yield from _shape(shape)
    notes = slide.notes_slide.notes_placeholder if slide.has_notes_slide else None
    said = _lines(notes) if notes is not None else ""
    if said:
        yield f"## Notes\n\n{said}"


def _put_in_place(tree: Any) -> None:
    """Put shapes that are written for newer and for older programs in their place, once."""
    for twice in list(tree.iter(f"{_COMPATIBILITY}AlternateContent")):
        choice = twice.find(f"{_COMPATIBILITY}Choice")
        for shape in list(choice) if choice is not None else ():
            twice.addprevious(shape)
        twice.getparent().remove(twice)


def _shape(shape: BaseShape) -> Iterator[str]:
    if isinstance(shape, GroupShape):
        for member in shape.shapes:
            yield from _shape(member)
    elif shape.is_placeholder and shape.placeholder_format.type in _MARGINS:
        return
    elif shape.has_text_frame:
        yield from filter(None, [_lines(shape)])
    elif getattr(shape, "has_table", False):
        rows = shape.table.rows  # type: ignore[attr-defined]
        yield "\n".join(line for row in rows for line in table_row(map(_text, row.cells)))


def _lines(shape: BaseShape) -> str:
    """Return paragraphs as items of a list if there are several."""
    lines = [" ".join(line.split()) for line in _text(shape).splitlines()]
    lines = [line for line in lines if line]
    return lines[0] if len(lines) == 1 else "\n".join(f"- {line}" for line in lines)


def _text(shape: Any) -> str:
    """Return the text of a shape or cell, with its line breaks as such.

    PowerPoint writes them in several ways.
    """
    text = "\n".join(map(_inside, shape.text_frame._txBody.iter(qn("a:p"))))
    return _ESCAPED.sub("", text.replace("\v", "\n"))


def _inside(element: Any) -> str:
    """Return the text of a paragraph, fields and formulas included."""
    text = ""
    for child in element:
        if child.tag in _TEXTS:
            text += child.text or ""
        elif child.tag == qn("a:br"):
            text += "\n"
        elif child.tag != f"{_COMPATIBILITY}Fallback":
            part = ("/" if child.tag == _BELOW else "") + _inside(child)
            text = with_part(text, part, high=_is_raised(child))
    return text


def _is_raised(element: Any) -> bool:
    """Tell what stands above the line, in a formula or in text."""
    properties = element.find(qn("a:rPr"))
    baseline = properties.get("baseline", "") if properties is not None else ""
    return element.tag == f"{_MATH}sup" or baseline[:1] in tuple("123456789")
