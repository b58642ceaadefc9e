"""Excel files: one heading a sheet, one line a row; see :mod:`qa.documents.sheets`."""

import re
import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook

from qa.documents.containers import open_zip, refusing
from qa.documents.parsed import Parsed, clean, core_date, core_metadata
from qa.documents.sheets import sheet_lines

_KIND = "Excel file"
_LITERAL = re.compile(r'"[^"]*"|[\\_*].')  # in the format of a number


def read(data: bytes) -> Parsed:
    """Read a ``.xlsx`` or ``.xlsm`` file: of a formula its last result. Macros are not looked at.

    Raises Unreadable: document_corrupt, document_encrypted, document_bomb, document_too_large.
    """
    open_zip(data, _KIND).close()
    with refusing(_KIND), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extensions that hold no text
        # Links to other files are not followed.
        book = openpyxl.load_workbook(
            BytesIO(data), read_only=True, data_only=True, keep_links=False
        )
        try:
            text = "\n\n".join(_sheets(book))
            properties = book.properties
            return Parsed(
                text=text,
                title=clean(properties.title),
                date=core_date(properties.created),
                metadata=core_metadata(properties.creator, unknown="openpyxl"),
            )
        finally:
            book.close()


def _sheets(book: Workbook) -> Iterator[str]:
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what a file says of them is often wrong
        rows = ([_shown(cell) for cell in row] for row in sheet.iter_rows())
        lines = "\n".join(sheet_lines(enumerate(rows, 1)))
        if lines:
            yield f"# {clean(sheet.title)}\n\n{lines}"


def _shown(cell: Any) -> object:
    """Return the value of a cell, in per cent where it shows it so."""
    value = cell.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if "%" in _LITERAL.sub("", cell.number_format):
        return f"{100 * value:.15g}%"
    return f"{value:.15g}%" if "%" in cell.number_format else value
