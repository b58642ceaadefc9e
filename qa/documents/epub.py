"""Books (EPUB): the chapters in the order in which they are read."""

import posixpath
from collections.abc import Iterator
from urllib.parse import unquote
from zipfile import ZipFile

from lxml import etree  # type: ignore[import-untyped]

from qa.documents.containers import open_zip, parse_xml, refusing
from qa.documents.html import whole_text
from qa.documents.parsed import Parsed, Unreadable, clean, core_metadata, iso_date
from qa.text.language import iso_language
from qa.text.normalise import decode

_KIND = "EPUB book"
_CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"
_OPF = "{http://www.idpf.org/2007/opf}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_ENC = "{http://www.w3.org/2001/04/xmlenc#}"
_RIGHTS = "META-INF/encryption.xml"  # which also names fonts that are merely obfuscated
_TEXTS = ("application/xhtml+xml", "text/html")


def read(data: bytes) -> Parsed:
    """Read an EPUB book without digital rights management.

    Raises Unreadable: document_corrupt, document_encrypted, document_bomb.
    """
    with open_zip(data, _KIND) as book, refusing(_KIND):
        container = parse_xml(book.read("META-INF/container.xml"))
        place = container.find(f".//{_CONTAINER}rootfile").get("full-path")
        package = parse_xml(book.read(place))
        chapters = _chapters(book, package, posixpath.dirname(place), _encrypted(book))
        return Parsed(
            text="\n\n".join(filter(None, chapters)),
            title=clean(package.findtext(f".//{_DC}title")),
            hint=iso_language(package.findtext(f".//{_DC}language")),
            date=iso_date(package.findtext(f".//{_DC}date")),
            metadata=core_metadata(package.findtext(f".//{_DC}creator")),
        )


def _encrypted(book: ZipFile) -> frozenset[str]:
    """Return the members of a book that only a licence opens."""
    if _RIGHTS not in book.namelist():
        return frozenset()
    references = parse_xml(book.read(_RIGHTS)).iter(f"{_ENC}CipherReference")
    return frozenset(posixpath.normpath(unquote(one.get("URI"))) for one in references)


def _chapters(
    book: ZipFile, package: etree._Element, folder: str, encrypted: frozenset[str]
) -> Iterator[str]:
    """Yield the text of each chapter of the spine."""
    items = {item.get("id"): item for item in package.iter(f"{_OPF}item")}
    for reference in package.iter(f"{_OPF}itemref"):
        item = items[reference.get("idref")]
        if item.get("media-type") in _TEXTS:
            name = posixpath.normpath(posixpath.join(folder, unquote(item.get("href"))))
            if name in encrypted:
                raise Unreadable(
                    "document_encrypted",
                    "is protected by digital rights management.",
                    "Get a copy without it.",
                )
            yield whole_text(decode(book.read(name)))
