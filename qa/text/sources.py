"""Headings of lists of sources: they announce what a document rests on, and say nothing."""

import re

# Headings of lists of sources, in the languages of most documents; compared without case and
# numbering.
_SOURCES = frozenset(
    [
        "references",
        "reference list",
        "bibliography",
        "sources",
        "works cited",
        "literature",
        "literature cited",
        "further reading",
        "read more",
        "see also",
        "notes and references",
        "footnotes",
        "external links",
        "quellen",
        "quellenverzeichnis",
        "literatur",
        "literaturverzeichnis",
        "einzelnachweise",
        "referenzen",
        "weblinks",
        "fußnoten",
        "zum nachlesen",
        "zum weiterlesen",
        "mehr zum thema",
        "weiterführende literatur",
        "références",
        "bibliographie",
        "sources et bibliographie",
        "notes et références",
        "referencias",
        "bibliografía",
        "fuentes",
        "riferimenti",
        "bibliografia",
        "fonti",
        "referências",
        "литература",
        "источники",
        "примечания",
        "список литературы",
        "المراجع",
        "المصادر",
        "参考文献",
        "出典",
        "脚注",
        "注釈",
        "引用文献",
        "外部リンク",
        "関連記事",
        "関連リンク",
        "参考资料",
        "来源",
        "參考文獻",
        "參考資料",
    ]
)
_NUMBERING = re.compile(r"[\d.]+\s+|[ivx]+\.\s+", re.I)
_LONGEST = 60


def announces_sources(line: str) -> bool:
    """Tell whether a line is the heading of a list of sources, such as "References"."""
    if len(line) > _LONGEST:
        return False
    return _NUMBERING.sub("", line.strip(" *_:：\n"), count=1).strip().casefold() in _SOURCES
