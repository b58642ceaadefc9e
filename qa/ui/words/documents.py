"""What the Documents page says."""

from collections.abc import Mapping
from dataclasses import dataclass

from qa.ui.words import Lang


@dataclass(frozen=True, slots=True)
class DocumentsWords:
    """Words around the list of documents and the work on it."""

    title: str
    drop: str
    choose: str
    kinds: str
    sync: str
    stop: str
    filter: str
    document: str
    language: str
    date: str
    pages: str
    passages: str
    state: str
    indexed: str
    changed: str
    missing: str
    failed: str
    remove: str
    remove_one: str
    confirm: str
    confirm_yes: str
    cancel: str
    removed: str
    undo: str
    uploading: str
    uploaded: str
    progress: str
    progress_unknown: str
    done: str
    stopped: str
    broke: str
    usable: str
    other: str
    follows: str
    more: str
    none: str
    empty: str
    waiting_one: str
    waiting_many: str


WORDS: Mapping[Lang, DocumentsWords] = {
    "en": DocumentsWords(
        title="Documents",
        drop="Drop files here",
        choose="or choose some",
        kinds="They are copied into the folder {folder} and indexed. Kinds: {kinds}",
        sync="Synchronise",
        stop="Stop",
        filter="Filter by title or file",
        document="Document",
        language="Language",
        date="Date",
        pages="Pages",
        passages="Passages",
        state="State",
        indexed="indexed",
        changed="changed since",
        missing="file is gone",
        failed="not indexed",
        remove="Remove",
        remove_one="Remove {title}",
        confirm="Remove this document? Its file moves to the folder .trash.",
        confirm_yes="Remove",
        cancel="Keep",
        removed="Removed:",
        undo="Undo",
        uploading="Uploading",
        uploaded="Added:",
        progress="{done} of {total} files",
        progress_unknown="Looking at the folder …",
        done="The index is up to date.",
        stopped="Stopped. What was finished is kept.",
        broke="The documents could not be synchronised.",
        usable="You can ask while this goes on.",
        other="An evaluation is running.",
        follows="The documents are synchronised after it; until then answers are as before.",
        more="{count} more: narrow the filter to see them.",
        none="No document matches.",
        empty="No documents yet. Add some above.",
        waiting_one="{count} file is new or changed: synchronise to read it.",
        waiting_many="{count} files are new or changed: synchronise to read them.",
    ),
    "de": DocumentsWords(
        title="Dokumente",
        drop="Dateien hier ablegen",
        choose="oder auswählen",
        kinds="Sie werden in den Ordner {folder} kopiert und eingelesen. Arten: {kinds}",
        sync="Abgleichen",
        stop="Anhalten",
        filter="Titel oder Datei filtern",
        document="Dokument",
        language="Sprache",
        date="Datum",
        pages="Seiten",
        passages="Abschnitte",
        state="Stand",
        indexed="eingelesen",
        changed="seither geändert",
        missing="Datei fehlt",
        failed="nicht eingelesen",
        remove="Entfernen",
        remove_one="{title} entfernen",
        confirm="Dieses Dokument entfernen? Die Datei wandert in den Ordner .trash.",
        confirm_yes="Entfernen",
        cancel="Behalten",
        removed="Entfernt:",
        undo="Rückgängig",
        uploading="Wird hochgeladen:",
        uploaded="Hinzugefügt:",
        progress="{done} von {total} Dateien",
        progress_unknown="Der Ordner wird durchgesehen …",
        done="Der Index ist auf dem neuesten Stand.",
        stopped="Angehalten. Was fertig war, bleibt.",
        broke="Die Dokumente konnten nicht abgeglichen werden.",
        usable="Sie können währenddessen Fragen stellen.",
        other="Gerade läuft eine Auswertung.",
        follows="Danach werden die Dokumente abgeglichen; bis dahin bleiben die Antworten gleich.",
        more="{count} weitere: verfeinern Sie den Filter, um sie zu sehen.",
        none="Kein Dokument passt dazu.",
        empty="Noch keine Dokumente. Fügen Sie oben welche hinzu.",
        waiting_one="{count} Datei ist neu oder geändert; Abgleichen liest sie ein.",
        waiting_many="{count} Dateien sind neu oder geändert; Abgleichen liest sie ein.",
    ),
    "ja": DocumentsWords(
        title="文書",
        drop="ここにファイルをドロップ",
        choose="またはファイルを選択",
        kinds="{folder} フォルダーにコピーされ、索引に加わります。対応形式：{kinds}",
        sync="同期",
        stop="停止",
        filter="題名またはファイル名で絞り込む",
        document="文書名",
        language="言語",
        date="日付",
        pages="ページ数",
        passages="節",
        state="状態",
        indexed="索引済み",
        changed="変更あり",
        missing="ファイルなし",
        failed="索引できません",
        remove="削除",
        remove_one="{title}を削除",
        confirm="この文書を削除しますか。ファイルは .trash フォルダーに移ります。",
        confirm_yes="削除する",
        cancel="残す",
        removed="削除しました：",
        undo="元に戻す",
        uploading="アップロード中：",
        uploaded="追加しました：",
        progress="{total} 件中 {done} 件",
        progress_unknown="フォルダーを調べています…",
        done="索引は最新です。",
        stopped="停止しました。終わった分は残ります。",
        broke="文書を同期できませんでした。",
        usable="処理中も質問できます。",
        other="評価の実行中です。",
        follows="終わりしだい文書を同期します。それまで回答は以前のままです。",
        more="ほか {count} 件。絞り込むと表示されます。",
        none="該当する文書がありません。",
        empty="文書はまだありません。上から追加してください。",
        waiting_one="新規または変更されたファイルが {count} 件あります。「同期」で読み込みます。",
        waiting_many="新規または変更されたファイルが {count} 件あります。「同期」で読み込みます。",
    ),
}
