"""Files to documents: decoded once, with title, language, date and exact text.

Each family of files has a module with one function ``read(data) -> Parsed``.
"""

import base64
import hashlib
import re
from dataclasses import replace
from importlib import import_module
from itertools import accumulate, pairwise
from pathlib import Path, PurePosixPath

from qa.datamodel import Document
from qa.documents.parsed import Parsed, Unreadable, clean
from qa.errors import DocumentError
from qa.text.language import detect_language
from qa.text.normalise import whole_words

_FAMILIES = {
    ".txt": "plain",
    ".text": "plain",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".docm": "docx",
    ".pptx": "pptx",
    ".pptm": "pptx",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".csv": "csv_table",
    ".tsv": "csv_table",
    ".epub": "epub",
    ".eml": "mail",
}
SUFFIXES: frozenset[str] = frozenset(_FAMILIES)
LARGEST = 64 * 2**20  # bytes; above this a file is more likely data than a document
_SAMPLE = 1300  # characters looked at in the beginning, the middle and the end


def read_document(path: Path, source: str, *, ocr: bool = False) -> Document:
    """Read the file at ``path``, known to the index as ``source`` (POSIX path below the root).

    With ``ocr``, text is recognised on pages of PDF files that are pictures.

    Raises:
        DocumentError: ``document_unsupported``, ``document_unreadable``, ``document_too_large``,
            ``document_encoding``, ``document_empty``, or what the reader of its family has found,
            such as ``document_encrypted``, ``document_corrupt``, ``document_no_text``.
    """
    family = _family(source)
    return _document(_bytes(path, source), source, family, ocr=ocr)


def read_bytes(data: bytes, source: str, *, ocr: bool = False) -> Document:
    """Read a document from the bytes of its file, as :func:`read_document` does."""
    return _document(data, source, _family(source), ocr=ocr)


def _family(source: str) -> str:
    suffix = PurePosixPath(source).suffix.lower()
    if suffix not in _FAMILIES:
        message = f"{source} is of a kind that cannot be read."
        raise DocumentError("document_unsupported", message, f"Readable: {_readable()}.")
    return _FAMILIES[suffix]


def _document(data: bytes, source: str, family: str, *, ocr: bool) -> Document:
    parsed = _parsed(data, source, family, {"ocr": True} if ocr and family == "pdf" else {})
    if not parsed.text.strip():
        message = f"{source} holds no text."
        raise DocumentError("document_empty", message, "Fill the file or remove it.")
    return Document(
        doc_id=doc_id_for(source),
        source=source,
        title=parsed.title or _title(source, parsed.text),
        text=parsed.text,
        sha256=hashlib.sha256(data).hexdigest(),
        lang=_language(parsed),
        date=parsed.date,
        page_starts=parsed.page_starts,
        pages_without_text=parsed.pages_without_text,
        metadata=parsed.metadata,
    )


def doc_id_for(source: str) -> str:
    """Return ten characters of [a-z2-7] that stay the same while the path does."""
    digest = hashlib.blake2b(source.encode("utf-8", "surrogateescape"), digest_size=10).digest()
    return base64.b32encode(digest).decode("ascii").lower()[:10]


def _readable() -> str:
    return ", ".join(sorted(SUFFIXES))


def _bytes(path: Path, source: str) -> bytes:
    """Return the file's bytes. Anything but a regular file could block or never end."""
    try:
        if not path.is_file():
            message = f"{source} is not a regular file or no longer there."
            raise DocumentError("document_unreadable", message, "Put a file in its place.")
        size = path.stat().st_size
        if size > LARGEST:
            message = f"{source} has {size / 2**20:.0f} MB; more than 64 MB are not read."
            raise DocumentError("document_too_large", message, "Split the file into smaller ones.")
        return path.read_bytes()
    except OSError as error:
        message = f"{source} cannot be opened: {error.strerror or 'the system refuses'}."
        hint = "Check that you may read it, then index again."
        raise DocumentError("document_unreadable", message, hint) from error


def _parsed(data: bytes, source: str, family: str, options: dict[str, bool]) -> Parsed:
    if not data.strip():
        message = f"{source} is empty."
        raise DocumentError("document_empty", message, "Fill the file or remove it.")
    # trafilatura takes a second to import: only where a page is really read.
    reader = import_module(f"qa.documents.{family}")
    try:
        parsed: Parsed = reader.read(data, **options)
    except Unreadable as error:
        raise DocumentError(error.code, f"{source} {error.message}", error.hint) from error
    except ValueError as error:
        message = f"{source} is not text in any known encoding."
        raise DocumentError("document_encoding", message, "Save it as UTF-8 text.") from error
    return _whole(parsed)


def _whole(parsed: Parsed) -> Parsed:
    """Take out the marks at which words may be broken; nobody sees them or searches for them."""
    bounds = (0, *parsed.page_starts, len(parsed.text))
    pages = [whole_words(parsed.text[start:end]) for start, end in pairwise(bounds)]
    starts = tuple(accumulate(map(len, pages)))[:-1]
    return replace(parsed, text="".join(pages), page_starts=starts)


def _language(parsed: Parsed) -> str:
    """Return what the author wrote down, else the language of most of the text."""
    if parsed.lang:
        return parsed.lang
    text, middle = parsed.text, len(parsed.text) // 2
    sample = [text[:_SAMPLE], text[middle : middle + _SAMPLE], text[-_SAMPLE:]]
    if len(text) <= 3 * _SAMPLE:
        sample = [text]
    return detect_language("\n".join(sample), (parsed.hint,) if parsed.hint else ())


def _title(source: str, text: str) -> str:
    """Return the file name made readable, or the first words where it is only a number or hash."""
    name = clean(re.sub(r"[_\-.+\s]+", " ", PurePosixPath(source).stem))
    if re.search(r"(?<!\w)[^\W\d_]{2,}(?!\w)", name):
        return name
    words = clean(text[:400]).lstrip("#-| ")
    return words if len(words) <= 60 else words[:60].rsplit(" ", 1)[0] + " …"
