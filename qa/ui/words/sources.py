"""What the Sources page says."""

from collections.abc import Mapping
from dataclasses import dataclass

from qa.ui.words import Lang


@dataclass(frozen=True, slots=True)
class SourcesWords:
    """Words around a document that is read."""

    back: str
    choose: str
    none: str
    text: str
    original: str
    download: str
    earlier: str
    later: str
    page_image: str
    page_of: str
    previous_page: str
    next_page: str
    zoom_in: str
    zoom_out: str
    also: str
    also_none: str
    references: str
    same_text: str
    near_text: str


WORDS: Mapping[Lang, SourcesWords] = {
    "en": SourcesWords(
        back="Back",
        choose="Choose a document to read",
        none="No documents are indexed yet.",
        text="Text of the document",
        original="Original",
        download="Save the file",
        earlier="Earlier part",
        later="Later part",
        page_image="Image of page {page}",
        page_of="Page {page} of {pages}",
        previous_page="Previous page",
        next_page="Next page",
        zoom_in="Larger",
        zoom_out="Smaller",
        also="Also in other documents",
        also_none="No other document says much the same.",
        references="What this document refers to",
        same_text="The same text also stands in",
        near_text="Nearly the same text stands in",
    ),
    "de": SourcesWords(
        back="Zurück",
        choose="Wählen Sie ein Dokument zum Lesen",
        none="Noch ist kein Dokument eingelesen.",
        text="Text des Dokuments",
        original="Original",
        download="Datei sichern",
        earlier="Früherer Teil",
        later="Späterer Teil",
        page_image="Bild von Seite {page}",
        page_of="Seite {page} von {pages}",
        previous_page="Vorige Seite",
        next_page="Nächste Seite",
        zoom_in="Größer",
        zoom_out="Kleiner",
        also="Auch in anderen Dokumenten",
        also_none="Kein anderes Dokument sagt annähernd dasselbe.",
        references="Worauf sich dieses Dokument beruft",
        same_text="Derselbe Text steht auch in",
        near_text="Fast derselbe Text steht in",
    ),
    "ja": SourcesWords(
        back="戻る",
        choose="読む文書を選んでください",
        none="まだ文書がありません。",
        text="文書の本文",
        original="原本",
        download="ファイルを保存",
        earlier="前の部分",
        later="後の部分",
        page_image="{page} ページの画像",
        page_of="{pages} ページ中 {page} ページ",
        previous_page="前のページ",
        next_page="次のページ",
        zoom_in="拡大",
        zoom_out="縮小",
        also="ほかの文書の近い箇所",
        also_none="ほぼ同じ内容の文書はほかにありません。",
        references="この文書が挙げる出典",
        same_text="同じ本文の文書：",
        near_text="ほぼ同じ本文の文書：",
    ),
}
