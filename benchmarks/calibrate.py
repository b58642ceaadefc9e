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
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from qa import Assistant, Filters
from qa.answering import PASSAGES_READ, Candidate, candidates, gather
from qa.assistant import ids_of
from qa.confidence import Signals
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
PER_SET = {"tune": 250, "report": 200}
ABSTAIN_ANSWERABLE = 0.06


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
    cases = [case for name in SETS for case in cases_of(data, name, encoder)]
    tune = [case for case in cases if case.split == "tune"]
    sentence = fit_sentences(tune)
    confidence = fit_confidence(tune, sentence)
    fields = [*Signals.__slots__, "intercept"]
    for name, model in (("SENTENCE", sentence), ("CONFIDENCE", confidence)):
        print(f"{name} = (  # {', '.join(fields)}")
        print("    " + ", ".join(f"{value:.3f}" for value in model) + ",\n)")
    threshold = threshold_for(tune, sentence, confidence)
    print(f"THRESHOLD = {threshold:.2f}")
    report([case for case in cases if case.split == "report"], sentence, confidence, threshold)


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


def matrix(found: Sequence[Candidate]) -> NDArray[np.float64]:
    return np.array([(*astuple(one.signals), 1.0) for one in found])


def fit(x: NDArray[np.float64], y: Sequence[bool]) -> NDArray[np.float64]:
    """Return raw coefficients, intercept last, of a fit on standardised columns."""
    scale = x.std(axis=0)
    scale[scale == 0] = 1
    model = LogisticRegression(C=1.0, max_iter=2000).fit((x / scale)[:, :-1], y)
    return np.asarray(np.append(model.coef_[0], model.intercept_[0]) / scale)


def fit_sentences(cases: Sequence[Case]) -> NDArray[np.float64]:
    useful = [case for case in cases if any(case.right)]
    x = np.concatenate([matrix(case.found) for case in useful])
    return fit(x, [label for case in useful for label in case.right])


def top(case: Case, sentence: NDArray[np.float64]) -> int:
    return int(np.argmax(matrix(case.found) @ sentence))


def fit_confidence(cases: Sequence[Case], sentence: NDArray[np.float64]) -> NDArray[np.float64]:
    x = [matrix(case.found)[top(case, sentence)] for case in cases]
    return fit(np.array(x), [found_it(case, sentence) for case in cases])


def found_it(case: Case, sentence: NDArray[np.float64]) -> bool:
    """Tell whether the best sentence stands in a gold document."""
    best = case.found[top(case, sentence)]
    return case.gold_present and best.document.source in case.gold_docs


def certainties(
    cases: Sequence[Case], sentence: NDArray[np.float64], confidence: NDArray[np.float64]
) -> NDArray[np.float64]:
    logits = [float(matrix(c.found)[top(c, sentence)] @ confidence) for c in cases]
    return np.asarray(1 / (1 + np.exp(-np.array(logits))))


def threshold_for(
    cases: Sequence[Case], sentence: NDArray[np.float64], confidence: NDArray[np.float64]
) -> float:
    """Return the threshold at which ABSTAIN_ANSWERABLE of the answerable questions abstain."""
    answerable = [case for case in cases if case.gold_present]
    return float(np.quantile(certainties(answerable, sentence, confidence), ABSTAIN_ANSWERABLE))


def report(
    cases: Sequence[Case],
    sentence: NDArray[np.float64],
    confidence: NDArray[np.float64],
    threshold: float,
) -> None:
    print(f"{'':28} first sentence@1 AUROC abstain: answerable left-out")
    for group in SETS:
        mine = [case for case in cases if case.group == group]
        present = [case for case in mine if case.gold_present]
        absent = [case for case in mine if not case.gold_present]
        first = np.mean([found_it(case, sentence) for case in present])
        right = np.mean([case.right[top(case, sentence)] for case in present])
        yes, no = (certainties(some, sentence, confidence) for some in (present, absent))
        auroc = roc_auc_score([1] * len(yes) + [0] * len(no), [*yes, *no])
        print(
            f"{group:28} {first:5.3f} {right:10.3f} {auroc:5.3f}"
            f" {np.mean(yes < threshold):19.3f} {np.mean(no < threshold):8.3f}"
        )


if __name__ == "__main__":
    main()
