"""Citations and answers to take along: text, Markdown, BibTeX, CSL-JSON, and a page of HTML."""

import html
import json
import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from qa.datamodel import Answer, Citation
from qa.render import Json, bare, clean, place

_BIBTEX_ESCAPES = {
    **{char: f"\\{char}" for char in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+!|$~-])")
_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")


class Says(NamedTuple):
    """The words of our own in an answer that is taken along, in the reader's language."""

    also_in: str
    differing: str
    contradict: str


SAYS: Final = Says(
    "Also in", "with other figures", "Sources {one} and {other} give different figures."
)


def link_to(citation: Citation, home: str) -> str:
    """Return the address of a citation's place below ``home``, which ends with a slash."""
    where = f"doc={citation.document.doc_id}&start={citation.start}&end={citation.end}"
    return f"{home}sources?{where}"


def as_text(citation: Citation, home: str) -> str:
    """Return quote, title, place and link as one line."""
    quote, title = _flat(citation.quote), _flat(citation.document.title)
    where = place(citation.document, citation.page)
    return f"“{quote}” ({title}, {where}) {link_to(citation, home)}"


def as_markdown(citation: Citation, home: str) -> str:
    """Return a block quotation with its source below."""
    title = _marked_down(citation.document.title)
    where = _marked_down(place(citation.document, citation.page))
    link = link_to(citation, home)
    return f"> {_marked_down(citation.quote)}\n>\n> — [{title}]({link}), {where}"


def as_bibtex(citation: Citation, home: str) -> str:
    """Return an entry of the kind misc; the quote is its note."""
    document = citation.document
    year, month, _ = _date_parts(document.date)
    fields = {
        "title": document.title,
        "author": document.metadata.get("author", ""),
        "year": year,
        "month": month,
        "pages": str(citation.page or ""),
        "howpublished": document.source,
        "note": f"“{citation.quote}”",
    }
    lines = [f"  {name} = {{{_bibtex(text)}}}," for name, text in fields.items() if text]
    key = f"{document.doc_id}-{citation.start}"
    url = f"  url = {{{link_to(citation, home)}}},"
    return "\n".join([f"@misc{{{key},", *lines, url, "}"])


def as_csl(citation: Citation, home: str) -> str:
    """Return an item of CSL-JSON, in a list as reference managers import it."""
    document = citation.document
    parts = [int(part) for part in _date_parts(document.date) if part]
    item: Json = {
        "id": f"{document.doc_id}-{citation.start}",
        "type": "document",
        "title": _flat(document.title),
        "language": document.lang,
        "source": clean(document.source),
        "note": _flat(citation.quote),
        "URL": link_to(citation, home),
    }
    if parts:
        item["issued"] = {"date-parts": [parts]}
    if citation.page:
        item["page"] = str(citation.page)
    return json.dumps([item], ensure_ascii=False, indent=1)


FORMATS: Final[Mapping[str, Callable[[Citation, str], str]]] = {
    "Markdown": as_markdown,
    "BibTeX": as_bibtex,
    "CSL-JSON": as_csl,
}


def answer_markdown(answer: Answer, home: str, says: Says = SAYS) -> str:
    """Return a whole answer with its sources, and with the other documents that say the same."""
    sentences = [
        _marked_down(bare(one.text)) + "".join(f" \\[{number}\\]" for number in one.citations)
        for one in answer.sentences
    ]
    sources = [f"{one.number}. {_source_markdown(one, home)}" for one in answer.citations]
    also = [
        f"- \\[{one.place.number}\\] {_source_markdown(one.place, home)}"
        + (f" ({_marked_down(says.differing)})" if one.differ else "")
        for one in answer.also
    ]
    heading = [f"## {_marked_down(says.also_in)}"] if also else []
    question = f"# {_marked_down(answer.question)}"
    noted = [_marked_down(one) for one in _differences(answer, says)]
    parts = [question, *sentences, *noted, "\n".join(sources), *heading, "\n".join(also)]
    return "\n\n".join(parts).rstrip() + "\n"


def _differences(answer: Answer, says: Says) -> list[str]:
    return [says.contradict.format(one=one, other=other) for one, other in answer.differing]


def _source_markdown(citation: Citation, home: str) -> str:
    return (
        f"[{_marked_down(citation.document.title)}]({link_to(citation, home)}), "
        f"{_marked_down(place(citation.document, citation.page))}: “{_marked_down(citation.quote)}”"
    )


def answer_page(answer: Answer, home: str, says: Says = SAYS) -> str:
    """Return what :func:`answer_markdown` does as a page that stands alone; it has no script."""
    sentences = "".join(
        f"<p dir='auto'>{_html(bare(one.text))}{''.join(f' [{n}]' for n in one.citations)}</p>"
        for one in answer.sentences
    )
    sentences += "".join(f"<p>{_html(one)}</p>" for one in _differences(answer, says))
    sources = "".join(
        f"<li value='{one.number}'>{_source_html(one, home)}</li>" for one in answer.citations
    )
    also = "".join(
        f"<li>[{one.place.number}] {_source_html(one.place, home)}"
        f"{f'<p>({_html(says.differing)})</p>' if one.differ else ''}</li>"
        for one in answer.also
    )
    others = f"<h2>{_html(says.also_in)}</h2><ul>{also}</ul>" if also else ""
    return (
        "<!doctype html><html><head><meta charset='utf-8'>"
        f"<title>{_html(answer.question)}</title></head>"
        f"<body><h1 dir='auto'>{_html(answer.question)}</h1>{sentences}<ol>{sources}</ol>{others}"
        "</body></html>\n"
    )


def _source_html(citation: Citation, home: str) -> str:
    document = citation.document
    return (
        f"<a href='{_html(link_to(citation, home))}'><bdi>{_html(document.title)}</bdi></a>, "
        f"{_html(place(document, citation.page))}"
        f"<blockquote dir='auto' lang='{_html(document.lang)}'>{_html(citation.quote)}</blockquote>"
    )


def _html(text: str) -> str:
    return html.escape(clean(text))


def _flat(text: str) -> str:
    return " ".join(clean(text).split())


def _marked_down(text: str) -> str:
    """Return text as one line in which Markdown means nothing."""
    return _MARKDOWN.sub(r"\\\1", _flat(text))


def _bibtex(text: str) -> str:
    return "".join(_BIBTEX_ESCAPES.get(char, char) for char in _flat(text))


def _date_parts(date: str | None) -> tuple[str, str, str]:
    found = _DATE.match(date or "")
    year, month, day = found.groups() if found else (None, None, None)
    return year or "", month or "", day or ""
