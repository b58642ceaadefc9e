"""CSV and TSV files: one line a row; see :mod:`qa.documents.sheets`."""

from qa.documents.parsed import Parsed
from qa.documents.sheets import read_csv


def read(data: bytes) -> Parsed:
    """Read separated values; commas, semicolons, tabs and bars are told apart.

    Raises ValueError if the bytes are no text, and Unreadable ("document_corrupt").
    """
    return Parsed(text="\n".join(read_csv(data)))
