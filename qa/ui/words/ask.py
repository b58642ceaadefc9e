"""What the Ask page says."""

from collections.abc import Mapping
from dataclasses import dataclass

from qa.datamodel import AbstainReason
from qa.ui.words import Lang


@dataclass(frozen=True, slots=True)
class AskWords:
    """Words around a question and its answer."""

    question: str
    hint: str
    ask: str
    answer: str
    sources: str
    closest: str
    cited: str
    place_one: str
    place_many: str
    chip: str
    also_in: str
    differing: str
    contradict: str
    open: str
    copy: str
    copied: str
    not_copied: str
    not_found: str
    reasons: Mapping[AbstainReason, str]
    close: str
    loading: str
    failed: str
    changed: str
    missing: str
    empty_title: str
    empty_hint: str
    empty_none: str
    indexed: str
    document_one: str
    document_many: str
    passage_one: str
    passage_many: str
    whole: str
    copy_as: str
    tint: str
    save_markdown: str
    save_html: str
    print: str
    judge: str
    right: str
    wrong: str
    missing_answer: str
    unanswerable: str
    point: str
    thanks: str
    undo: str
    filters: str
    any_language: str
    document_filter: str
    document_hint: str
    tag: str
    since: str
    until: str
    clear: str
    examples: str
    about: str
    add_documents: str
    history: str
    history_keep: str
    history_clear: str
    cancel: str


WORDS: Mapping[Lang, AskWords] = {
    "en": AskWords(
        question="Question",
        hint="Ask in any language, for instance: Who signs for Japan?",
        ask="Ask",
        answer="Answer",
        sources="Sources",
        closest="Closest passages",
        cited="Taken word for word from {places}. Found in {took} ms.",
        place_one="1 place in your documents",
        place_many="{count} places in your documents",
        chip="Source {number}: {title}",
        also_in="Also in",
        differing="with other figures",
        contradict="Sources {one} and {other} give different figures.",
        open="Open in document",
        copy="Copy citation",
        copied="Copied",
        not_copied="It cannot be copied",
        not_found="Not found in these documents.",
        reasons={
            "no_documents": "There is no document to search in this selection.",
            "no_support": "No passage supports an answer well enough.",
        },
        close="Close document",
        loading="Loading the document …",
        failed="The document could not be loaded. Reload this page and try again.",
        changed=(
            "The file has changed since it was indexed. This is the text as indexed; "
            "synchronise the documents to read it again."
        ),
        missing=(
            "The file is no longer in its folder. This is the text as indexed; "
            "synchronise the documents to bring the index up to date."
        ),
        empty_title="What would you like to know?",
        empty_hint=(
            "Ask a whole question, in your own words. The answer is made of sentences that stand "
            "in your documents, in whatever language they were written; every number opens the "
            "place it comes from. If your documents do not say it, Fundstelle tells you so."
        ),
        empty_none="No documents are indexed yet.",
        indexed="{documents} indexed",
        document_one="1 document",
        document_many="{count} documents",
        passage_one="1 passage",
        passage_many="{count} passages",
        whole="Read the whole document",
        copy_as="Copy as {format}",
        tint="Tint matching words",
        save_markdown="Save as Markdown",
        save_html="Save as HTML",
        print="Print or PDF",
        judge="Is this answer",
        right="right",
        wrong="wrong",
        missing_answer="It is in there",
        unanswerable="Right, it is not",
        point="This passage answers it",
        thanks="Kept as a test question.",
        undo="Undo",
        filters="Filters",
        any_language="Languages",
        document_filter="Document",
        document_hint="Name or pattern, such as de/*",
        tag="Tag",
        since="From",
        until="To",
        clear="Clear",
        examples="For instance",
        about="What do the documents say about {heading}?",
        add_documents="Add documents",
        history="Your questions",
        history_keep="Keep my questions in this browser",
        history_clear="Forget them",
        cancel="Cancel",
    ),
    "de": AskWords(
        question="Frage",
        hint="Fragen Sie in jeder Sprache, zum Beispiel: Wer unterzeichnet für Japan?",
        ask="Fragen",
        answer="Antwort",
        sources="Quellen",
        closest="Die nächstliegenden Stellen",
        cited="Wörtlich aus {places}. Gefunden in {took} ms.",
        place_one="1 Stelle in Ihren Dokumenten",
        place_many="{count} Stellen in Ihren Dokumenten",
        chip="Quelle {number}: {title}",
        also_in="Auch in",
        differing="mit anderen Zahlen",
        contradict="Die Quellen {one} und {other} nennen verschiedene Zahlen.",
        open="Im Dokument öffnen",
        copy="Zitat kopieren",
        copied="Kopiert",
        not_copied="Kopieren geht hier nicht",
        not_found="In diesen Dokumenten nicht gefunden.",
        reasons={
            "no_documents": "In dieser Auswahl gibt es kein Dokument.",
            "no_support": "Keine Stelle stützt eine Antwort gut genug.",
        },
        close="Dokument schließen",
        loading="Das Dokument wird geladen …",
        failed="Das Dokument konnte nicht geladen werden. Laden Sie die Seite neu.",
        changed=(
            "Die Datei wurde seit dem Einlesen geändert. Dies ist der eingelesene Text; "
            "gleichen Sie die Dokumente ab, um sie neu einzulesen."
        ),
        missing=(
            "Die Datei liegt nicht mehr im Ordner. Dies ist der eingelesene Text; "
            "gleichen Sie die Dokumente ab, um den Index zu erneuern."
        ),
        empty_title="Was möchten Sie wissen?",
        empty_hint=(
            "Stellen Sie eine ganze Frage in eigenen Worten. Die Antwort besteht aus Sätzen, die "
            "in Ihren Dokumenten stehen, in welcher Sprache auch immer; jede Nummer öffnet ihre "
            "Fundstelle. Sagen Ihre Dokumente nichts dazu, sagt Fundstelle Ihnen das."
        ),
        empty_none="Noch ist kein Dokument eingelesen.",
        indexed="{documents} eingelesen",
        document_one="1 Dokument",
        document_many="{count} Dokumente",
        passage_one="1 Abschnitt",
        passage_many="{count} Abschnitte",
        whole="Ganzes Dokument lesen",
        copy_as="Als {format} kopieren",
        tint="Passende Wörter tönen",
        save_markdown="Als Markdown sichern",
        save_html="Als HTML sichern",
        print="Drucken oder PDF",
        judge="Diese Antwort ist",
        right="richtig",
        wrong="falsch",
        missing_answer="Es steht doch darin",
        unanswerable="Stimmt, es steht nicht darin",
        point="Diese Stelle beantwortet die Frage",
        thanks="Als Testfrage gemerkt.",
        undo="Rückgängig",
        filters="Filter",
        any_language="Sprachen",
        document_filter="Dokument",
        document_hint="Name oder Muster, etwa de/*",
        tag="Schlagwort",
        since="Von",
        until="Bis",
        clear="Zurücksetzen",
        examples="Zum Beispiel",
        about="Was steht in den Dokumenten zu {heading}?",
        add_documents="Dokumente hinzufügen",
        history="Ihre Fragen",
        history_keep="Meine Fragen in diesem Browser behalten",
        history_clear="Vergessen",
        cancel="Abbrechen",
    ),
    "ja": AskWords(
        question="質問",
        hint="どの言語でも質問できます。例：日本側は誰が署名しますか。",
        ask="質問",
        answer="回答",
        sources="出典",
        closest="最も近い箇所",
        cited="{places}からの原文どおりの引用です（{took} ミリ秒）。",
        place_one="文書中の 1 か所",
        place_many="文書中の {count} か所",
        chip="出典 {number}：{title}",
        also_in="ほかの文書にも",
        differing="数字が異なります",
        contradict="出典{one}と出典{other}では数字が異なります。",
        open="文書で開く",
        copy="引用をコピー",
        copied="コピーしました",
        not_copied="コピーできません",
        not_found="これらの文書には見つかりませんでした。",
        reasons={
            "no_documents": "この条件に合う文書がありません。",
            "no_support": "回答を十分に裏づける箇所がありません。",
        },
        close="文書を閉じる",
        loading="文書を読み込んでいます…",
        failed="文書を読み込めませんでした。ページを再読み込みしてください。",
        changed=(
            "このファイルは索引作成後に変更されました。表示は索引作成時の内容です。"
            "読み直すには文書を同期してください。"
        ),
        missing=(
            "このファイルはフォルダーにありません。表示は索引作成時の内容です。"
            "索引を更新するには文書を同期してください。"
        ),
        empty_title="何を知りたいですか。",
        empty_hint=(
            "ご自分の言葉で、文の形で質問してください。回答は、どの言語で書かれていても、"
            "お手元の文書にある文そのものです。番号を押すと出典の箇所が開きます。"
            "文書に書かれていないときは、そのようにお伝えします。"
        ),
        empty_none="まだ文書がありません。",
        indexed="{documents}を索引済み",
        document_one="文書 1 件",
        document_many="文書 {count} 件",
        passage_one="1 節",
        passage_many="{count} 節",
        whole="文書全体を読む",
        copy_as="{format} 形式でコピー",
        tint="一致する語に色を付ける",
        save_markdown="Markdown で保存",
        save_html="HTML で保存",
        print="印刷または PDF",
        judge="この回答は",
        right="正しい",
        wrong="誤り",
        missing_answer="文書に書かれています",
        unanswerable="確かに書かれていません",
        point="この箇所が答えです",
        thanks="テスト用の質問として保存しました。",
        undo="元に戻す",
        filters="絞り込み",
        any_language="言語",
        document_filter="文書名",
        document_hint="名前またはパターン（例：de/*）",
        tag="タグ",
        since="開始日",
        until="終了日",
        clear="解除",
        examples="質問の例",
        about="{heading}について文書には何と書かれていますか。",
        add_documents="文書を追加",
        history="これまでの質問",
        history_keep="質問をこのブラウザーに残す",
        history_clear="すべて消す",
        cancel="取り消す",
    ),
}
