"""Web pages: all of the text is read, and nothing of what stands around it."""

from pathlib import Path

import pytest

from qa.datamodel import Document
from qa.documents import read_document

INTRO = (
    "The cranes come back to the great moor every year in March, after a winter in Spain. "
    "Volunteers counted them in 2019."
)
TEXT = (
    f"<h1>Cranes</h1><p>{INTRO}</p><h2 id=costs>Costs of the count"
    "<a class=headerlink href='#costs'>¶</a></h2><ol><li>The boat costs 340 euros a day.</li>"
    "<li><p>Two observers from <a href='bremen.html'>Bremen city</a> look at the photographs."
    "</p></li></ol><div class='sourceCode'><pre><code>count(pairs)</code></pre></div>"
    "<dl><dt>Term</dt><dd>A moor is a wet place.</dd></dl>"
)
READ = [
    "# Cranes",
    INTRO,
    "## Costs of the count",
    "- The boat costs 340 euros a day.",
    "- Two observers from Bremen city look at the photographs.",
    "count(pairs)",
    "Term",
    "A moor is a wet place.",
]
LINKS = "".join(f"<li><a href='/{at}'>The story of the heron {at}</a></li>" for at in range(4))
AROUND = {
    "navigation": f"<div role=navigation><p>To the moors:</p><ul>{LINKS}</ul></div>",
    "links": f"<h2>Read on</h2><ul>{LINKS}</ul>",
    "cookies": "<div id='cookie-banner'><h2>Privacy</h2><p>We use cookies to help you.</p></div>",
    "comments": "<section class='postComments'><h2>2 comments</h2><p>I saw them too!</p></section>",
    "header": "<header role=banner><h2>Moor news</h2><p>Each day anew</p></header>",
    "form": "<form><button>Subscribe</button><select><option>Spain</select></form>",
}


def read(folder: Path, body: str) -> Document:
    path = folder / "a.html"
    path.write_text(f"<!DOCTYPE html><html lang=en><title>Cranes</title><body>{body}", "utf-8")
    return read_document(path, "a.html")


def shown(document: Document) -> list[str]:
    """The lines of a text; whether terms of a list have a mark does not matter here."""
    lines = [line for line in document.text.splitlines() if line]
    return [line.removeprefix("- ") if line[2:] in READ else line for line in lines]


@pytest.mark.parametrize("around", ["{}", "<div>{}</div>", "<main>{}</main><div>Imprint</div>"])
def test_headings_and_lists_of_a_page_are_read(tmp_path: Path, around: str) -> None:
    document = read(tmp_path, around.format(TEXT))
    assert (document.title, shown(document)) == ("Cranes", READ)


@pytest.mark.parametrize("scenery", AROUND.values(), ids=AROUND)
def test_what_stands_around_the_text_is_not_read(tmp_path: Path, scenery: str) -> None:
    assert shown(read(tmp_path, f"<div>{TEXT}</div>{scenery}")) == READ
    page = f"<div>{scenery}</div><div><div>{TEXT}</div>{scenery}</div>"
    assert shown(read(tmp_path, page)) == READ


def test_a_page_of_links_is_read_in_full(tmp_path: Path) -> None:
    assert read(tmp_path, f"<div><h1>Stories</h1><ul>{LINKS}</ul></div>").text.count("heron") == 4


@pytest.mark.parametrize(
    "unit",
    ["<p hidden>x</p>y ", "<p class=related>x</p>y ", "<div>", "<main>", "<h3>A</h3><ul></ul>"],
)
def test_pages_that_repeat_themselves_are_read_in_time(tmp_path: Path, unit: str) -> None:
    assert INTRO in read(tmp_path, f"<p>{INTRO}</p><div>{unit * 10_000}</div>").text
