"""E-mail (.eml): the headers that people see, the text, and the names of attachments.

Forwarded messages are part of the text, with headers of their own.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes
from email.message import MIMEPart
from email.policy import default

from qa.documents import html
from qa.documents.containers import refusing
from qa.documents.parsed import Parsed, Unreadable, clean, on_one_line
from qa.text.normalise import decode

_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_HEAD = re.compile(rb".*?(?:\r?\n){2}", re.DOTALL)
_FAR_MORE = 4
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w.:-]+)", re.I)


def read(data: bytes) -> Parsed:
    """Read one message; attachments are named, not read, and nothing it links to is fetched.

    Raises Unreadable ("document_corrupt").
    """
    with refusing("e-mail"):
        message = message_from_bytes(_with_plain_head(data), policy=default)
        headers = _headers(message)
        if not (headers["From"] or headers["Subject"] or headers["Date"]):
            raise Unreadable("document_corrupt", "is no e-mail.", "Export the message anew.")
        date = message.get("Date")
        sent = getattr(date, "datetime", None)
        return Parsed(
            text=_written(headers, message),
            title=clean(headers["Subject"]),
            date=sent.date().isoformat() if sent else None,
            metadata=_metadata(headers),
        )


def _with_plain_head(data: bytes) -> bytes:
    """Return the message with its headers in UTF-8, which some programs write as they like."""
    found = _HEAD.match(data)
    head = found.group() if found else data
    charset = _CHARSET.search(head)
    with suppress(ValueError):
        head.decode()
        return data
    with suppress(ValueError):
        # The body is looked at too: a name and a subject alone would not tell.
        text = decode(data, declared=charset.group(1).decode() if charset else None)
        return text.partition("\n\n")[0].encode() + b"\n\n" + data[len(head) :]
    return data


def _headers(message: MIMEPart) -> dict[str, str]:
    headers = {name: on_one_line(str(message.get(name, ""))) for name in _SHOWN}
    attached = [clean(part.get_filename()) for part in message.iter_attachments()]
    return headers | {"Attachments": ", ".join(filter(None, attached))}


def _written(headers: dict[str, str], message: MIMEPart) -> str:
    top = "\n".join(f"{name}: {value}" for name, value in headers.items() if value)
    return "\n\n".join([top, *_texts(message)]).strip()


def _metadata(headers: dict[str, str]) -> dict[str, str]:
    named = {"author": "From", "to": "To", "cc": "Cc", "attachments": "Attachments"}
    return {key: clean(headers[name]) for key, name in named.items() if headers[name]}


def _texts(part: MIMEPart) -> Iterator[str]:
    """Yield the texts of a message in their order; of several versions the plain one.

    Unless another says far more: then it only tells that there is one.
    """
    kind = part.get_content_type()
    if kind == "multipart/alternative":
        versions = [(one.get_content_type(), [*_texts(one)]) for one in part.iter_parts()]
        shown = [(name, texts) for name, texts in versions if texts]
        plain = next((texts for name, texts in shown if name == "text/plain"), [])
        last = shown[-1][1] if shown else []
        says_little = _FAR_MORE * sum(map(len, plain)) < sum(map(len, last))
        yield from last if says_little else plain
    elif kind == "message/rfc822":
        for inner in part.iter_parts():
            yield _written(_headers(inner), inner)
    elif part.is_multipart():
        for one in part.iter_parts():
            if not one.is_attachment() or one.get_content_type() == "message/rfc822":
                yield from _texts(one)
    elif kind in ("text/plain", "text/html"):
        yield from filter(str.strip, [_text(part)])


def _text(part: MIMEPart) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes) or not content.strip():
        return ""
    text = decode(content, declared=part.get_content_charset())
    return html.whole_text(text) if part.get_content_subtype() == "html" else text.strip()
