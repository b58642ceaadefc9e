"""Presentations: one page a slide, with its title, texts, tables and speaker's notes."""

import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

import pptx
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PythonPptxError
from pptx.shapes.base import BaseShape
from pptx.shapes.group import GroupShape
from pptx.slide import Slide

from qa.documents.containers import open_zip, refusing
from qa.documents.parsed import Parsed, clean, core_date, core_metadata, table_row
from qa.text.language import iso_language

_KIND = "PowerPoint file"
# What repeats from slide to slide.
_MARGINS = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER)
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
    if title is not None and title.text_frame.text.strip():
        yield f"# {' '.join(_shown(title.text_frame.text).split())}"
    for shape in slide.shapes:
        if title is None or shape.shape_id != title.shape_id:
            yield from _shape(shape)
    notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    if notes is not None and notes.text.strip():
        yield f"## Notes\n\n{_lines(notes.text)}"


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
        text = shape.text_frame.text  # type: ignore[attr-defined]
        if text.strip():
            yield _lines(text)
    elif getattr(shape, "has_table", False):
        rows = shape.table.rows  # type: ignore[attr-defined]
        yield "\n".join(
            line for row in rows for line in table_row(_shown(c.text) for c in row.cells)
        )


def _lines(text: str) -> str:
    """Return paragraphs as items of a list if there are several."""
    lines = [" ".join(line.split()) for line in _shown(text).splitlines()]
    lines = [line for line in lines if line]
    return lines[0] if len(lines) == 1 else "\n".join(f"- {line}" for line in lines)


def _shown(text: str) -> str:
    """Return the text with its line breaks as such, which PowerPoint writes in several ways."""
    return _ESCAPED.sub("", text.replace("\v", "\n"))
