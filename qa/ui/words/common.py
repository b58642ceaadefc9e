"""What every page says."""

from collections.abc import Mapping
from dataclasses import dataclass

from qa.ui.words import Lang


@dataclass(frozen=True, slots=True)
class CommonWords:
    """The frame around the pages, and failures that can be met on each."""

    tagline: str
    navigation: str
    language: str
    skip: str
    ask: str
    sources: str
    documents: str
    evaluate: str
    offline: str
    offline_why: str
    page: str
    slide: str
    lost: str
    logged_out: str
    too_many: str
    left: str
    stopping: str
    errors: Mapping[str, tuple[str, str]]


WORDS: Mapping[Lang, CommonWords] = {
    "en": CommonWords(
        tagline="Answers from your own documents, each with its exact place.",
        navigation="Pages",
        language="Language of the interface",
        skip="Skip to the content",
        ask="Ask",
        sources="Sources",
        documents="Documents",
        evaluate="Evaluate",
        offline="Offline",
        offline_why="Fundstelle runs on your own computer and sends nothing anywhere.",
        page="page {page}",
        slide="slide {page}",
        lost="Fundstelle does not answer. Is `qa serve` still running?",
        logged_out="You are no longer logged in. Reload the page to log in again.",
        too_many="There were too many requests in a short time. Wait a moment, then try again.",
        left="about {time} left",
        stopping="Stopping …",
        errors={
            "question_empty": ("The question is empty.", "Write a question into the box."),
            "question_too_long": ("The question is too long.", "Ask in a sentence or two."),
            "document_unknown": (
                "This document is not in the index.",
                "All documents are on the page Documents.",
            ),
            "request_invalid": (
                "This address cannot be used.",
                "Ask again, or choose the document on the page Sources.",
            ),
        },
    ),
    "de": CommonWords(
        tagline="Antworten aus den eigenen Dokumenten, jede mit ihrer genauen Fundstelle.",
        navigation="Seiten",
        language="Sprache der Oberfläche",
        skip="Zum Inhalt springen",
        ask="Fragen",
        sources="Quellen",
        documents="Dokumente",
        evaluate="Auswerten",
        offline="Offline",
        offline_why="Fundstelle läuft auf Ihrem eigenen Rechner und sendet nichts nach draußen.",
        page="Seite {page}",
        slide="Folie {page}",
        lost="Fundstelle antwortet nicht. Läuft `qa serve` noch?",
        logged_out="Sie sind nicht mehr angemeldet. "
        "Laden Sie die Seite neu, um sich wieder anzumelden.",
        too_many="Das waren zu viele Anfragen in kurzer Zeit. "
        "Warten Sie einen Moment und versuchen Sie es noch einmal.",
        left="noch etwa {time}",
        stopping="Wird angehalten …",
        errors={
            "question_empty": ("Die Frage ist leer.", "Schreiben Sie eine Frage in das Feld."),
            "question_too_long": (
                "Die Frage ist zu lang.",
                "Fragen Sie in ein bis zwei Sätzen.",
            ),
            "document_unknown": (
                "Dieses Dokument ist nicht im Index.",
                "Alle Dokumente stehen auf der Seite Dokumente.",
            ),
            "request_invalid": (
                "Diese Adresse ist unbrauchbar.",
                "Fragen Sie noch einmal, oder wählen Sie das Dokument auf der Seite Quellen.",
            ),
            "queue_full": (
                "Gerade fragen zu viele auf einmal.",
                "Fragen Sie in einigen Sekunden noch einmal.",
            ),
            "question_cancelled": ("Die Frage wurde abgebrochen.", "Fragen Sie noch einmal."),
            "job_running": (
                "Es läuft schon ein Auftrag; es läuft immer nur einer.",
                "Warten Sie, bis er fertig ist, oder halten Sie ihn an.",
            ),
        },
    ),
    "ja": CommonWords(
        tagline="手元の文書から、出典の箇所とともに答えます。",
        navigation="ページ",
        language="表示言語",
        skip="本文へ移動",
        ask="質問",
        sources="出典",
        documents="文書",
        evaluate="評価",
        offline="オフライン",
        offline_why="Fundstelle はこのコンピューターの中だけで動き、何も外へ送りません。",
        page="{page} ページ",
        slide="スライド {page}",
        lost="Fundstelle が応答しません。`qa serve` は動いていますか。",
        logged_out="ログインの有効期限が切れました。ページを再読み込みして、もう一度ログインしてください。",
        too_many="短い時間に要求が多すぎました。少し待ってから、もう一度お試しください。",
        left="残り約 {time}",
        stopping="停止しています…",
        errors={
            "question_empty": ("質問が空です。", "欄に質問を入力してください。"),
            "question_too_long": ("質問が長すぎます。", "一、二文で質問してください。"),
            "document_unknown": (
                "この文書は索引にありません。",
                "文書の一覧は「文書」のページにあります。",
            ),
            "request_invalid": (
                "このアドレスは使えません。",
                "もう一度質問するか、「出典」のページで文書を選んでください。",
            ),
            "queue_full": (
                "質問が集中しています。",
                "数秒後にもう一度お試しください。",
            ),
            "question_cancelled": ("質問を取り消しました。", "もう一度質問してください。"),
            "job_running": (
                "別の処理が実行中です。処理は一つずつ行われます。",
                "終わるまで待つか、停止してください。",
            ),
        },
    ),
}
