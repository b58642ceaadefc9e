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
            "content_refused": ("It is not what its name says.", "Give it the ending of its kind."),
            "file_empty": ("The file is empty.", "Choose another one."),
            "request_too_large": (
                "The file is too large.",
                "A document may have 64 MB, a test set 20 MB.",
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
            "name_refused": (
                "Unter diesem Namen kann die Datei nicht aufgenommen werden.",
                "Geben Sie ihr einen kurzen, einfachen Namen.",
            ),
            "kind_refused": (
                "Dateien dieser Art können nicht gelesen werden.",
                "Welche gehen, steht unter dem Feld zum Ablegen.",
            ),
            "content_refused": (
                "Die Datei ist nicht das, was ihr Name sagt.",
                "Geben Sie ihr die Endung ihrer Art.",
            ),
            "file_empty": ("Die Datei ist leer.", "Wählen Sie eine andere."),
            "request_too_large": (
                "Die Datei ist zu groß.",
                "Ein Dokument darf 64 MB haben, eine Datei mit Testfragen 20 MB.",
            ),
            "folder_is_corpus": (
                "Die Dokumente sind Zeilen einer Datei, die hier nicht geändert wird.",
                "Ändern Sie die Datei und gleichen Sie dann ab.",
            ),
            "folder_not_writable": (
                "In den Ordner kann nicht geschrieben werden.",
                "Prüfen Sie seine Rechte und den Platz auf dem Datenträger.",
            ),
            "document_in_archive": (
                "Das Dokument ist Teil eines Archivs, das hier nicht geändert wird.",
                "Ändern Sie das Archiv und gleichen Sie dann ab.",
            ),
            "file_missing": (
                "Die Datei liegt nicht mehr im Ordner.",
                "Gleichen Sie die Dokumente ab.",
            ),
            "ticket_unknown": ("Es gibt nichts zurückzuholen.", "Sehen Sie im Ordner .trash nach."),
            "place_taken": (
                "Am alten Platz liegt inzwischen eine andere Datei.",
                "Benennen Sie diese um und versuchen Sie es noch einmal.",
            ),
            "feedback_full": (
                "Es gibt schon zu viele Testfragen von Lesern.",
                "Räumen Sie deren Datei im Index beiseite.",
            ),
            "tests_missing": (
                "Diese Testfragen sind nicht da.",
                "Wählen Sie andere oder laden Sie welche hoch.",
            ),
            "tests_empty": (
                "Darin ist keine Frage, deren Antwort angegeben ist.",
                "Wählen Sie eine andere Datei.",
            ),
            "tests_too_large": (
                "Es sind zu viele Testfragen auf einmal.",
                "Teilen Sie die Datei auf.",
            ),
            "tests_unusable": (
                "Mit diesen Testfragen stimmt etwas nicht.",
                "Ihre Form steht in docs/evaluating.md.",
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
            "name_refused": (
                "この名前ではファイルを追加できません。",
                "短く簡単な名前にしてください。",
            ),
            "kind_refused": (
                "この種類のファイルは読めません。",
                "対応形式はドロップ欄の下にあります。",
            ),
            "content_refused": (
                "ファイルの中身が拡張子と合いません。",
                "正しい拡張子にしてください。",
            ),
            "file_empty": ("ファイルが空です。", "別のファイルを選んでください。"),
            "request_too_large": (
                "ファイルが大きすぎます。",
                "文書は 64 MB、テスト質問は 20 MB までです。",
            ),
            "folder_is_corpus": (
                "文書は一つのファイルの各行で、ここでは変更できません。",
                "ファイルを変更してから同期してください。",
            ),
            "folder_not_writable": (
                "フォルダーに書き込めません。",
                "権限とディスクの空き容量を確かめてください。",
            ),
            "document_in_archive": (
                "この文書は書庫の一部で、ここでは変更できません。",
                "書庫を変更してから同期してください。",
            ),
            "file_missing": ("ファイルはもうフォルダーにありません。", "文書を同期してください。"),
            "ticket_unknown": (
                "元に戻すものがありません。",
                ".trash フォルダーを確かめてください。",
            ),
            "place_taken": (
                "元の場所に別のファイルがあります。",
                "その名前を変えてから、もう一度お試しください。",
            ),
            "feedback_full": (
                "読者によるテスト質問が多すぎます。",
                "索引の中のそのファイルを移してください。",
            ),
            "tests_missing": (
                "このテスト質問はありません。",
                "別のものを選ぶか、アップロードしてください。",
            ),
            "tests_empty": ("答えの示された質問がありません。", "別のファイルを選んでください。"),
            "tests_too_large": ("テスト質問が多すぎます。", "ファイルを分けてください。"),
            "tests_unusable": (
                "このテスト質問には誤りがあります。",
                "形式は docs/evaluating.md にあります。",
            ),
        },
    ),
}
