"""Fit the two linear models of qa/confidence.py on the tune split of BEIR folders.

    python -m benchmarks.calibrate ../data

The folder holds XQuAD, JaQuAD and SQuAD 2.0 as BEIR folders, as docs/evaluation.md describes.
Each question is answered twice, as it is and with its gold passages taken out of the candidates;
questions without an answer once. Printed: coefficients to copy into qa/confidence.py, and on the
report split sentence@1, AUROC, and what share of answerable and unanswerable questions abstain.
"""

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score, roc_curve

from qa import Assistant, Filters
from qa.answering import PASSAGES_READ, Candidate, candidates, gather
from qa.assistant import ids_of
from qa.datamodel import Encoder
from qa.encoder import load_encoder
from qa.retrieval import Candidates, Query
from qa.settings import Settings, cache_folder

# Test set, and the one with the same passages whose questions, by id, hold the answers.
SETS = {
    "xquad-en-en": "xquad-en-en",
    "xquad-de-de": "xquad-de-de",
    "xquad-es-es": "xquad-es-es",
    "xquad-ru-ru": "xquad-ru-ru",
    "xquad-zh-zh": "xquad-zh-zh",
    "jaquad-ja": "jaquad-ja",
    "xquad-docs_de-questions_en": "xquad-de-de",
    "xquad-docs_en-questions_de": "xquad-en-en",
    "xquad-docs_zh-questions_en": "xquad-zh-zh",
    "squad2-unanswerable": "squad2-unanswerable",
}
PER_SET = {"tune": 120, "report": 100}
SENTENCE_SIGNALS = ["sentence", "short", "unmet"]
CONFIDENCE_SIGNALS = ["passage", "weakest", "lowest", "same_language", "unmet"]
FUSED_WEIGHTS = [0.5, 1.0, 2.0, 3.0, 4.0]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """One question answered in one setting: its candidate sentences and which are right."""

    group: str
    split: str
    gold_present: bool
    found: Sequence[Candidate]
    right: Sequence[bool]
    gold_docs: frozenset[str]


def main() -> None:
    """Fit on ``tune``, print coefficients, and report on ``report``."""
    data = Path(sys.argv[1])
    encoder = load_encoder(Settings())
    cases = []
    for name in SETS:
        cases.extend(cases_of(data, name, encoder))
        print(name, len(cases), file=sys.stderr, flush=True)
    tune = [case for case in cases if case.split == "tune"]
    model = Model(*fit_sentences(tune))
    model.fit_confidence(tune)
    print("SENTENCE =", {name: round(weight, 2) for name, weight in model.sentence.items()})
    print("CONFIDENCE =", {name: round(weight, 2) for name, weight in model.confidence.items()})
    print(f"INTERCEPT = {model.intercept:.2f}")
    threshold = model.threshold(tune)
    print(f"THRESHOLD = {threshold:.2f}")
    report([case for case in cases if case.split == "report"], model, threshold)


def cases_of(data: Path, name: str, encoder: Encoder) -> Iterator[Case]:
    assistant = opened(data / SETS[name], encoder)
    answers = {
        line["_id"]: line["metadata"].get("answers", [])
        for line in lines(data / SETS[name], "queries.jsonl")
    }
    gold = relevant(data / name)
    for split, most in PER_SET.items():
        chosen = [q for q in lines(data / name, "queries.jsonl") if q["metadata"]["split"] == split]
        chosen.sort(key=lambda q: hashlib.sha256(q["_id"].encode()).digest())
        for question in chosen[:most]:
            answerable = question["metadata"].get("answerable", True)
            docs = frozenset(gold.get(question["_id"], ())) if answerable else frozenset()
            yield from answered(
                assistant, name, split, question["text"], docs, answers.get(question["_id"], [])
            )


def answered(
    assistant: Assistant,
    name: str,
    split: str,
    text: str,
    docs: frozenset[str],
    answers: Sequence[str],
) -> Iterator[Case]:
    with assistant.index.reading():
        query = assistant.retriever.understand(text)
        all_candidates = assistant.retriever.candidates(query, Filters())
        yield case(
            assistant, query, all_candidates, Case(name, split, bool(docs), (), (), docs), answers
        )
        if docs:
            passages = assistant.index.passages(all_candidates.ids)
            sources = {p.doc_id: assistant.index.document(p.doc_id).source for p in passages}
            others = np.array([sources[p.doc_id] not in docs for p in passages])
            left = all_candidates.only(others)
            yield case(assistant, query, left, Case(name, split, False, (), (), docs), answers)


def case(
    assistant: Assistant, query: Query, rows: Candidates, base: Case, answers: Sequence[str]
) -> Case:
    hits = assistant.retriever.best(rows, PASSAGES_READ)
    codes = assistant.index.token_codes(ids_of(hits))
    found = candidates(query.text, query.langs, gather(query.encoding.tokens, hits, codes))
    right = [
        one.document.source in base.gold_docs and any(answer in one.text for answer in answers)
        for one in found
    ]
    return Case(base.group, base.split, base.gold_present, found, right, base.gold_docs)


def opened(folder: Path, encoder: Encoder) -> Assistant:
    """Return an assistant over a BEIR folder, indexed once in the user's cache."""
    digest = hashlib.sha256((folder / "corpus.jsonl").read_bytes()).hexdigest()[:16]
    return Assistant.build(folder, cache_folder() / "benchmarks" / digest, encoder)


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name).read_text("utf-8").splitlines()]


def relevant(folder: Path) -> dict[str, set[str]]:
    rows = (folder / "qrels" / "test.tsv").read_text("utf-8").splitlines()[1:]
    gold: dict[str, set[str]] = {}
    for query, doc, grade in (row.split("\t") for row in rows):
        if int(grade) > 0:
            gold.setdefault(query, set()).add(doc)
    return gold


def columns(found: Sequence[Candidate], names: Sequence[str]) -> Matrix:
    return np.array([[getattr(one.signals, name) for name in names] for one in found])


def fit(x: Matrix, y: Sequence[bool]) -> tuple[Matrix, float]:
    """Return raw coefficients and intercept of a logistic regression on standardised columns."""
    scale = x.std(axis=0)
    scale[scale == 0] = 1
    model = LogisticRegression(C=1.0, max_iter=2000).fit(x / scale, y)
    return np.asarray(model.coef_[0] / scale), float(model.intercept_[0])


def fit_sentences(cases: Sequence[Case]) -> tuple[dict[str, float], float]:
    """Fit on the sentences of gold passages, each signal counted from its passage's mean.

    Returns the coefficients and the weight of the fused score that puts most right sentences
    first.
    """
    x, y = [], []
    for case in cases:
        fused = columns(case.found, ["fused"])[:, 0] if case.found else np.empty(0)
        right = np.array(case.right, bool)
        for value in set(fused[right]):
            rows = fused == value
            own = columns(case.found, SENTENCE_SIGNALS)[rows]
            x.append(own - own.mean(axis=0))
            y.extend(right[rows])
    weights, _ = fit(np.concatenate(x), y)
    sentence = dict(zip(SENTENCE_SIGNALS, weights.tolist(), strict=True))
    present = [case for case in cases if case.gold_present]
    best = max(FUSED_WEIGHTS, key=lambda weight: Model(sentence, weight).sentence_at_1(present))
    return sentence, best


class Model:
    """Both models, with coefficients by signal."""

    def __init__(self, sentence: Mapping[str, float], fused: float) -> None:
        self.sentence = {**sentence, "fused": fused}
        self.confidence: dict[str, float] = {}
        self.intercept = 0.0

    def top(self, case: Case) -> int:
        names = list(self.sentence)
        return int(np.argmax(columns(case.found, names) @ list(self.sentence.values())))

    def sentence_at_1(self, cases: Sequence[Case]) -> float:
        return float(np.mean([case.right[self.top(case)] for case in cases]))

    def found_it(self, case: Case) -> bool:
        """Tell whether the best sentence stands in a gold document."""
        best = case.found[self.top(case)]
        return case.gold_present and best.document.source in case.gold_docs

    def signals(self, cases: Sequence[Case]) -> Matrix:
        tops = [case.found[self.top(case)] for case in cases]
        return columns(tops, CONFIDENCE_SIGNALS)

    def fit_confidence(self, cases: Sequence[Case]) -> None:
        x, y = self.signals(cases), [self.found_it(case) for case in cases]
        weights, self.intercept = fit(x, y)
        self.confidence = dict(zip(CONFIDENCE_SIGNALS, weights.tolist(), strict=True))

    def certainties(self, cases: Sequence[Case]) -> Matrix:
        logits = self.signals(cases) @ list(self.confidence.values()) + self.intercept
        return np.asarray(1 / (1 + np.exp(-logits)))

    def threshold(self, cases: Sequence[Case]) -> float:
        """Return where answering right ones and refusing others are best together (Youden)."""
        labels = [case.gold_present for case in cases]
        refused, answered, thresholds = roc_curve(labels, self.certainties(cases))
        return float(thresholds[np.argmax(answered - refused)])


def report(cases: Sequence[Case], model: Model, threshold: float) -> None:
    print(f"{'':28} first sentence@1 AUROC abstain: answerable others")
    for group in SETS:
        mine = [case for case in cases if case.group == group]
        present = [case for case in mine if case.gold_present]
        first = np.mean([model.found_it(case) for case in present])
        certain = model.certainties(mine)
        labels = np.array([case.gold_present for case in mine])
        print(
            f"{group:28} {first:5.3f} {model.sentence_at_1(present):10.3f}"
            f" {roc_auc_score(labels, certain):5.3f}"
            f" {np.mean(certain[labels] < threshold):19.3f}"
            f" {np.mean(certain[~labels] < threshold):6.3f}"
        )


if __name__ == "__main__":
    main()
