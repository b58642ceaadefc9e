"""What the Evaluate page says."""

from collections.abc import Mapping
from dataclasses import dataclass

from qa.evaluation.results import Fault
from qa.stats import Verdict
from qa.ui.words import Lang


@dataclass(frozen=True, slots=True)
class EvaluateWords:
    """Words around test sets, runs and reports."""

    upload: str
    kinds: str
    added: str
    tests: str
    readers: str
    run: str
    before: str
    nothing: str
    start: str
    stop: str
    empty: str
    progress: str
    done: str
    stopped: str
    other: str
    overview: str
    measures: str
    measure: str
    value: str
    interval: str
    questions: str
    pair: str
    by_pair: str
    reliability: str
    ranks: str
    stages: Mapping[str, str]
    later: str
    never: str
    latency: str
    compared: str
    change: str
    wins: str
    won: str
    lost_now: str
    needed: str
    failures: str
    none_failed: str
    more_failures: str
    question: str
    why: str
    right: str
    first: str
    faults: Mapping[Fault, str]
    verdicts: Mapping[Verdict, str]


WORDS: Mapping[Lang, EvaluateWords] = {
    "en": EvaluateWords(
        upload="Upload a test set",
        kinds="JSONL, CSV or YAML: questions with the places that answer them.",
        added="Added:",
        tests="Test set",
        readers="What readers said of answers",
        run="Report of",
        before="Compare with",
        nothing="nothing",
        start="Evaluate",
        stop="Stop",
        empty="Choose or upload a test set, then start the evaluation.",
        progress="{done} of {total} questions",
        done="The evaluation has finished.",
        stopped="Stopped. The next evaluation of this test set goes on from here.",
        other="The documents are being synchronised; an evaluation can begin after that.",
        overview="{questions} questions over {documents} documents, encoder {encoder}. "
        "A question took {p50} ms (median).",
        measures="Measures",
        measure="Measure",
        value="Value",
        interval="95 % interval",
        questions="Questions",
        pair="Pair",
        by_pair="By language pair",
        reliability="Confidence (across) and share of right answers (up)",
        ranks="Rank of the right passage",
        stages={
            "dense": "dense",
            "lexical": "lexical",
            "late": "late",
            "fused": "fused",
            "answer": "answer",
        },
        later="later",
        never="never",
        latency="Answer time in ms",
        compared="Compared with {run}",
        change="Change",
        wins="Won / tied / lost",
        won="Better now:",
        lost_now="Worse now:",
        needed="about {count} needed",
        failures="What went wrong",
        none_failed="Nothing went wrong.",
        more_failures="{count} more are in the report that `qa eval --out` writes.",
        question="Question",
        why="Why",
        right="Right passage",
        first="What came first",
        faults={
            "error": "It could not be asked.",
            "lost": "The source could not be found.",
            "not found": "The right passage is not among those returned.",
            "ranked low": "Another passage comes first.",
            "refused": "Nothing was answered, although the right passage was found.",
            "other sentence": "The right passage comes first, but another sentence was chosen.",
            "answered": "It was answered although the documents do not answer it.",
        },
        verdicts={
            "better": "better",
            "worse": "worse",
            "same": "the same",
            "too few questions to tell": "too few questions to tell",
        },
    ),
    "de": EvaluateWords(
        upload="Testfragen hochladen",
        kinds="JSONL, CSV oder YAML: Fragen mit den Stellen, die sie beantworten.",
        added="Hinzugefügt:",
        tests="Testfragen",
        readers="Was Leser zu Antworten sagten",
        run="Bericht über",
        before="Vergleichen mit",
        nothing="nichts",
        start="Auswerten",
        stop="Anhalten",
        empty="Wählen Sie Testfragen oder laden Sie welche hoch, dann starten Sie die Auswertung.",
        progress="{done} von {total} Fragen",
        done="Die Auswertung ist fertig.",
        stopped="Angehalten. Die nächste Auswertung dieser Testfragen macht hier weiter.",
        other="Gerade werden die Dokumente abgeglichen; danach kann eine Auswertung beginnen.",
        overview="{questions} Fragen an {documents} Dokumente, Encoder {encoder}. "
        "Eine Frage dauerte {p50} ms (Median).",
        measures="Maße",
        measure="Maß",
        value="Wert",
        interval="95-%-Intervall",
        questions="Fragen",
        pair="Paar",
        by_pair="Nach Sprachpaar",
        reliability="Konfidenz (waagerecht) und Anteil richtiger Antworten (senkrecht)",
        ranks="Rang der richtigen Passage",
        stages={
            "dense": "Bedeutung",
            "lexical": "Wörter",
            "late": "Feinvergleich",
            "fused": "vereint",
            "answer": "Antwort",
        },
        later="später",
        never="nie",
        latency="Antwortzeit in ms",
        compared="Verglichen mit {run}",
        change="Änderung",
        wins="Gewonnen / gleich / verloren",
        won="Jetzt besser:",
        lost_now="Jetzt schlechter:",
        needed="etwa {count} nötig",
        failures="Was schiefging",
        none_failed="Nichts ging schief.",
        more_failures="{count} weitere stehen im Bericht, den `qa eval --out` schreibt.",
        question="Frage",
        why="Warum",
        right="Richtige Stelle",
        first="Was zuerst kam",
        faults={
            "error": "Sie konnte nicht gestellt werden.",
            "lost": "Die Quelle war nicht zu finden.",
            "not found": "Die richtige Passage ist nicht unter den gefundenen.",
            "ranked low": "Eine andere Passage kommt zuerst.",
            "refused": "Nichts wurde geantwortet, obwohl die richtige Passage gefunden wurde.",
            "other sentence": "Die richtige Passage kommt zuerst, gewählt wurde ein anderer Satz.",
            "answered": "Es wurde geantwortet, obwohl die Dokumente es nicht hergeben.",
        },
        verdicts={
            "better": "besser",
            "worse": "schlechter",
            "same": "gleich",
            "too few questions to tell": "zu wenige Fragen, um es zu sagen",
        },
    ),
    "ja": EvaluateWords(
        upload="テスト質問をアップロード",
        kinds="JSONL、CSV、YAML：質問と、その答えがある箇所。",
        added="追加しました：",
        tests="テスト質問",
        readers="読者による判定",
        run="報告",
        before="比較の相手",
        nothing="なし",
        start="評価する",
        stop="停止",
        empty="テスト質問を選ぶかアップロードして、評価を始めてください。",
        progress="{total} 問中 {done} 問",
        done="評価が終わりました。",
        stopped="停止しました。次の評価はここから続きます。",
        other="文書を同期しています。評価はその後に始められます。",
        overview="文書 {documents} 件に {questions} 問、エンコーダー {encoder}。"
        "一問あたり {p50} ミリ秒（中央値）。",
        measures="指標",
        measure="指標名",
        value="値",
        interval="95 % 区間",
        questions="問数",
        pair="組",
        by_pair="言語の組ごと",
        reliability="確信度（横）と正答の割合（縦）",
        ranks="正しい箇所の順位",
        stages={
            "dense": "意味",
            "lexical": "語",
            "late": "精密照合",
            "fused": "統合",
            "answer": "回答",
        },
        later="以降",
        never="圏外",
        latency="応答時間（ミリ秒）",
        compared="{run} との比較",
        change="変化",
        wins="勝ち / 同じ / 負け",
        won="良くなった質問：",
        lost_now="悪くなった質問：",
        needed="約 {count} 問必要",
        failures="うまくいかなかった質問",
        none_failed="すべてうまくいきました。",
        more_failures="ほか{count}件は `qa eval --out` が書くレポートにあります。",
        question="質問",
        why="理由",
        right="正しい箇所",
        first="先に来た箇所",
        faults={
            "error": "質問できませんでした。",
            "lost": "出典が見つかりませんでした。",
            "not found": "正しい箇所が見つかった中にありません。",
            "ranked low": "別の箇所が先に来ています。",
            "refused": "正しい箇所が見つかったのに、答えませんでした。",
            "other sentence": "正しい箇所が先頭ですが、別の文が選ばれました。",
            "answered": "文書に答えがないのに、答えました。",
        },
        verdicts={
            "better": "良い",
            "worse": "悪い",
            "same": "同じ",
            "too few questions to tell": "質問が少なすぎて分かりません",
        },
    ),
}
