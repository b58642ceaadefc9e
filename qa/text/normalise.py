"""Bytes to text: the encoding guessed, mojibake mended, everything else left as written.

What only says where a word may be broken is taken out when a document is made of the text.

Quotation marks that an author or a converter mixed up (Japan”s) are real characters, not
mojibake: they stay, since the stored text is what citations quote. Lexical tokens see past them.
"""

import codecs
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ISO_2022 = re.compile(rb"\x1b(?:\$[@B]|\([BJ])")
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1f\x7f]")
# In scripts without spaces a zero-width space parts words, which Thai and its like do not show.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_BREAK = re.compile(
    r"\u00ad+(?:\n[ \t]*(?=[^\W\d_]))?" rf"|(?<![{_UNSPACED}])\u200b+(?![{_UNSPACED}])"
)
_WHOLE = 20  # characters beyond ASCII for each one broken, in what is taken for UTF-8
# The order matters where several fit: frequent encodings first.
_GUESSES = (
    "cp1252 cp932 euc_jp gb18030 big5 euc_kr cp1251 koi8_r cp1250 iso8859_2 cp1253 cp1254 cp1255 "
    "cp1256 cp1257 cp1258 cp866 iso8859_5 iso8859_7 iso8859_8 cp874 mac_roman"
)


def decode(data: bytes, *, declared: str | None = None) -> str:
    r"""Return the text of ``data`` with ``\n`` as its only line break and no control characters.

    ``declared`` is an encoding that the file names itself; it is tried after a byte order mark.

    Raises:
        ValueError: if the bytes are no text in any known encoding.
    """
    import ftfy

    text = _checked(_decoded(data, declared))
    return ftfy.fix_text(text.replace("\f", "\n").replace("\v", "\n"), _mending())


@cache
def _mending() -> "TextFixerConfig":
    import ftfy

    return ftfy.TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=True,
        normalization=None,
    )


def _decoded(data: bytes, declared: str | None) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding)
    # The same escapes end colours in what a terminal wrote down.
    escaped = "iso2022_jp" if _ISO_2022.search(data[:100_000]) else None
    for candidate in (escaped, declared, "utf-8"):
        text = _try(data, candidate) if candidate else None
        if text is not None and "\0" not in text:
            return text
    return _nearly_utf8(data) or _guessed(data)


def _nearly_utf8(data: bytes) -> str | None:
    """Return UTF-8 with few broken characters, such as one that was cut off; None if it is none.

    In other encodings hardly two bytes in a row happen to be a character of UTF-8.
    """
    text = data.decode("utf-8", "replace")
    whole = sum(not char.isascii() for char in text)
    broken = text.count("\ufffd")
    return text if "\0" not in text and whole > _WHOLE * broken else None


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _guessed(data: bytes) -> str:
    from charset_normalizer import from_bytes

    if b"\0" in data:
        return _utf16_without_mark(data)
    matches = list(from_bytes(data, cp_isolation=_GUESSES.split()))
    if not matches:
        raise ValueError("no known encoding fits")
    # Its own order among equals is alphabetical, which calls French cp1250.
    best = min(matches, key=lambda m: (m.chaos, -m.coherence, _GUESSES.index(m.encoding)))
    return data.decode(best.encoding)


def _utf16_without_mark(data: bytes) -> str:
    """Decode UTF-16 that has no byte order mark, told by where its zero bytes stand."""
    even, odd = data[::2].count(0), data[1::2].count(0)
    if min(even, odd) * 10 > max(even, odd) or max(even, odd) * 20 < len(data):
        raise ValueError("zero bytes: this is not text")
    return data.decode("utf-16-le" if odd > even else "utf-16-be")


def _checked(text: str) -> str:
    """Return ``text`` unless it holds what no text holds."""
    if "\0" in text:
        raise ValueError("zero characters: this is not text")
    sample = text[:100_000]
    odd = len(_CONTROLS.findall(sample))
    odd += sum(unicodedata.category(char) in ("Cn", "Co", "Cs") for char in set(sample))
    if odd > 2 + len(sample) / 50:
        raise ValueError("control characters: this is not text")
    return text


def whole_words(text: str) -> str:
    """Return ``text`` without soft hyphens and other marks at which a word may be broken."""
    return _BREAK.sub("", text)


def is_wide(char: str) -> bool:
    """Tell characters of scripts that are written without spaces: Han and kana, not hangul."""
    return unicodedata.east_asian_width(char) in "WF" and not "\uac00" <= char <= "\ud7a3"
