"""E-mail (.eml): the headers that people see, the text, and the names of attachments."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from qa.documents import html
from qa.documents.containers import refusing
from qa.documents.parsed import Parsed, Unreadable, clean
from qa.text.normalise import decode

_SHOWN = ("From", "To", "Cc", "Date", "Subject")


def read(data: bytes) -> Parsed:
    """Read one message; attachments are named, not read, and nothing it links to is fetched.

    Raises Unreadable ("document_corrupt").
    """
    with refusing("e-mail"):
        message = message_from_bytes(data, policy=default)
        headers = {name: clean(str(message.get(name, ""))) for name in _SHOWN}
        if not (headers["From"] or headers["Subject"] or headers["Date"]):
            raise Unreadable("document_corrupt", "is no e-mail.", "Export the message anew.")
        attached = [clean(part.get_filename()) for part in message.iter_attachments()]
        headers["Attachments"] = ", ".join(filter(None, attached))
        top = "\n".join(f"{name}: {value}" for name, value in headers.items() if value)
        date = message.get("Date")
        sent = getattr(date, "datetime", None)
        return Parsed(
            text=f"{top}\n\n{_body(message)}".strip(),
            title=headers["Subject"],
            date=sent.date().isoformat() if sent else None,
            metadata=_metadata(headers),
        )


def _metadata(headers: dict[str, str]) -> dict[str, str]:
    named = {"author": "From", "to": "To", "cc": "Cc", "attachments": "Attachments"}
    return {key: headers[name] for key, name in named.items() if headers[name]}


def _body(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain", "html"))
    content = part.get_payload(decode=True) if part else None
    if part is None or not isinstance(content, bytes) or not content.strip():
        return ""
    text = decode(content, declared=part.get_content_charset())
    return html.whole_text(text) if part.get_content_subtype() == "html" else text
