"""What stands around the text of a web page: navigation, cookies, comments, related pages."""

import re
from collections.abc import Iterator

from lxml import etree  # type: ignore[import-untyped]

GONE = "template"  # what is of this kind is shown nowhere
# Where a page says that its text stands, if it says so once.
MAIN = ("//main | //*[@role='main']", "//article")
_TAGS = ("nav", "footer", "aside", "button", "select", "textarea", "dialog", "iframe", "object")
_ROLES = frozenset(
    ["navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog"]
)
# What blocks around the text are called by their classes and ids.
_CALLED = {
    *("advert", "advertisement", "breadcrumb", "breadcrumbs", "comment", "comments", "consent"),
    *("cookie", "cookies", "disqus", "gdpr", "newsletter", "popup", "related", "share", "sharing"),
    "social",
}
_NAMED = re.compile(r"[A-Z]?[a-z]++")
_GROUPS = frozenset(["div", "dl", "form", "header", "ol", "p", "section", "table", "ul"])
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_LINKED, _FEWEST_LINKS = 0.75, 3  # of a group's characters that are links: it leads elsewhere
_MOST = 0.5  # of the text; what holds more of it stands around nothing


def without_scenery(root: etree._Element) -> etree._Element:
    """Return the part of a page that holds its text, and take out what else stands in it."""
    etree.strip_elements(root, *_TAGS, etree.Comment, etree.PI, with_tail=False)
    part = next(_marked(root), root)
    part.tail = None
    sizes = _sizes(part)
    most = _MOST * sizes[part][0]
    for group, size in sizes.items():
        if group is not part and size[0] < most and _is_scenery(group, *size):
            group.tag = GONE
    for heading in list(part.iter(*_HEADINGS)):
        if _leads_nowhere(heading):
            heading.tag = GONE
    etree.strip_elements(part, GONE, with_tail=False)
    return part


def _marked(root: etree._Element) -> Iterator[etree._Element]:
    """Yield what a page calls its main part; nothing of a page that has several."""
    for path in MAIN:
        found = root.xpath(path)
        if found and all(found[0] in one.iterancestors() for one in found[1:]):
            yield found[0]


def _sizes(part: etree._Element) -> dict[etree._Element, tuple[int, int, int]]:
    """Return for each element its characters, those of its links, and their number."""
    sizes: dict[etree._Element, tuple[int, int, int]] = {}
    for element in reversed(list(part.iter())):
        text, linked, links = len((element.text or "").strip()), 0, 0
        for child in element:
            of_child = sizes[child]
            text += of_child[0] + len((child.tail or "").strip())
            linked, links = linked + of_child[1], links + of_child[2]
        leads = element.tag == "a" and element.get("href") is not None
        sizes[element] = (text, text, 1) if leads else (text, linked, links)
    return sizes


def _is_scenery(group: etree._Element, text: int, linked: int, links: int) -> bool:
    if group.get("role") in _ROLES:
        return True
    if group.tag not in _GROUPS:
        return False
    names = _NAMED.findall(f"{group.get('class', '')} {group.get('id', '')}")
    called = not _CALLED.isdisjoint(map(str.lower, names))
    return called or (links >= _FEWEST_LINKS and linked >= _LINKED * text)


def _leads_nowhere(heading: etree._Element) -> bool:
    """Tell a heading below which nothing is left."""
    after = heading.getnext()
    if after is None or after.tag != GONE:
        return False
    while after is not None and after.tag == GONE:
        after = after.getnext()
    return after is None or (after.tag in _HEADINGS and after.tag <= heading.tag)
