"""Fit the two linear models of qa/confidence.py on the tune split of BEIR folders.

    python -m benchmarks.calibrate ../data

Of the split only articles that the encoder's adapter was not fitted on are asked about.

The folder holds XQuAD, JaQuAD and SQuAD 2.0 as BEIR folders, as docs/evaluation.md describes.
Each question is answered six times: from all documents and from those of one article (a small
collection about one subject), with its gold passages, without them, and from documents about
other subjects only. Printed:
coefficients to copy into qa/confidence.py, and on the report split sentence@1, AUROC, and what
share of answerable and unanswerable questions abstain at the threshold that is used.
"""

import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from benchmarks.adapting.texts import is_held_out
from benchmarks.beir import read_qrels, read_questions, read_rows, write_folder
from qa import Assistant, Filters
from qa.answering import PASSAGES_READ, Candidate, candidates, gather
from qa.assistant import ids_of
from qa.confidence import CONFIDENCE, THRESHOLD, standing_back
from qa.datamodel import Encoder
from qa.encoder import load_encoder
from qa.retrieval import Candidates, Query
from qa.settings import Settings, cache_folder

# Each passage of XQuAD in one of these languages only: people's collections are mixed.
MIXED = "en, de or zh"
MIXED_LANGUAGES = ("en", "de", "zh")
# The set whose questions are asked, and the one whose passages are searched: XQuAD is parallel, so
# that a question has the same id in every language.
SETS = [
    ("xquad-en-en", "xquad-en-en"),
    ("xquad-de-de", "xquad-de-de"),
    ("xquad-es-es", "xquad-es-es"),
    ("xquad-zh-zh", "xquad-zh-zh"),
    ("jaquad-ja", "jaquad-ja"),
    ("xquad-en-en", "xquad-de-de"),
    ("xquad-de-de", "xquad-en-en"),
    ("xquad-zh-zh", "xquad-en-en"),
    ("xquad-zh-zh", "xquad-de-de"),
    ("xquad-en-en", "xquad-zh-zh"),
    ("xquad-de-de", "xquad-zh-zh"),
    ("xquad-ru-ru", "xquad-en-en"),
    ("squad2-unanswerable", "squad2-unanswerable"),
    ("xquad-en-en", MIXED),
    ("xquad-de-de", MIXED),
    ("xquad-zh-zh", MIXED),
]
PER_SET = {"tune": 300, "report": 80}
SENTENCE_SIGNALS = ["sentence", "unmet"]
CONFIDENCE_SIGNALS = [
    "sentence",
    "passage",
    "lowest",
    "fused",
    "depth",
    "leads",
    "same_language",
    "same_script",
    "length",
    "unmet",
    "strange",
    "unnamed",
    "missing",
    "ahead",
    "size",
]
# Not fitted, see there: the others are fitted on answers without it.
FIXED = "lacking"
# The share of answerable questions of `tune` that may go unanswered; of `report`, half as many do.
REFUSED = 1 / 12
FUSED_WEIGHTS = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """One question answered in one setting: its candidate sentences and which are right."""

    group: str
    split: str
    gold_present: bool
    off_topic: bool
    found: Sequence[Candidate]
    right: Sequence[bool]
    gold_docs: frozenset[str]


def main() -> None:
    """Fit on ``tune``, print coefficients, and report on ``report``."""
    data = Path(sys.argv[1])
    encoder = load_encoder(Settings())
    cases: list[Case] = []
    # Where its index finds it again next time.
    folders = {MIXED: mixed(data, cache_folder() / "benchmarks" / MIXED)}
    for asked, searched in SETS:
        found = cases_of(data / asked, folders.get(searched, data / searched), encoder)
        cases.extend(case for case in found if case.found)
        print(asked, searched, len(cases), file=sys.stderr, flush=True)
    tune = [case for case in cases if case.split == "tune"]
    model = Model(*fit_sentences(tune))
    model.fit_confidence(tune)
    print("SENTENCE =", {name: round(weight, 2) for name, weight in model.sentence.items()})
    print("CONFIDENCE =", {name: round(weight, 2) for name, weight in model.confidence.items()})
    print(f"INTERCEPT = {model.intercept:.2f}")
    lost = np.mean(model.certainties([case for case in tune if case.gold_present]) < THRESHOLD)
    print(f"THRESHOLD = {model.threshold(tune):.3f}; below {THRESHOLD}: {lost:.1%}")
    report([case for case in cases if case.split == "report"], model, THRESHOLD)


def mixed(data: Path, folder: Path) -> Path:
    """Write a BEIR folder with each passage of XQuAD in one language, in turn, and return it.

    Sets are parallel: the same questions in the same order, documents numbered alike.
    """
    parts = [data / f"xquad-{lang}-{lang}" for lang in MIXED_LANGUAGES]
    corpora = [
        {number(doc["_id"]): doc for doc in read_rows(part / "corpus.jsonl")} for part in parts
    ]
    asked = [{one.question_id: one for one in read_questions(part)} for part in parts]
    which = {doc: n % len(parts) for n, doc in enumerate(sorted(corpora[0]))}
    chosen = [asked[which[number(min(one.relevant))]][one.question_id] for one in asked[0].values()]
    write_folder(folder, [corpora[n][doc] for doc, n in which.items()], chosen)
    return folder


def number(doc: str) -> str:
    """Return what the names of a document's translations share: 0012 of de-0012."""
    return doc.partition("-")[2]


def cases_of(asked: Path, searched: Path, encoder: Encoder) -> Iterator[Case]:
    assistant = opened(searched, encoder)
    answers = {
        line["_id"]: line["metadata"].get("answers", [])
        for line in read_rows(searched / "queries.jsonl")
    }
    gold = read_qrels(searched / "qrels" / "test.tsv")
    articles: dict[str, set[str]] = {}
    for line in read_rows(searched / "corpus.jsonl"):
        articles.setdefault(line["metadata"]["article"], set()).add(line["_id"])
    name = asked.name if asked == searched else f"{asked.name} > {searched.name}"
    for split, most in PER_SET.items():
        chosen = [q for q in read_rows(asked / "queries.jsonl") if asked_in(split, asked, q)]
        chosen.sort(key=lambda q: hashlib.sha256(q["_id"].encode()).digest())
        for question in chosen[:most]:
            answerable = question["metadata"].get("answerable", True)
            docs = frozenset(gold.get(question["_id"], ())) if answerable else frozenset()
            base = Case(name, split, answerable, False, (), (), docs)
            own = question["metadata"]["article"]
            names = sorted(articles)
            other = names[(names.index(own) + 1) % len(names)]
            narrow = frozenset(articles[own]), frozenset(articles[other])
            right = answers.get(question["_id"], [])
            yield from answered(assistant, base, question["text"], narrow, right)


def asked_in(split: str, folder: Path, question: Mapping[str, Any]) -> bool:
    """Tell whether a question belongs to a split, without what the adapter has learnt from."""
    metadata = question["metadata"]
    unseen = split != "tune" or is_held_out(folder.name, metadata["article"])
    return bool(unseen and metadata["split"] == split)


def answered(
    assistant: Assistant,
    base: Case,
    text: str,
    articles: tuple[frozenset[str], frozenset[str]],
    answers: Sequence[str],
) -> Iterator[Case]:
    """Yield the question answered from all documents and from an article.

    ``articles`` are the documents of its own and of another one.
    """
    with assistant.index.reading():
        query = assistant.retriever.understand(text)
        rows = assistant.retriever.candidates(query, Filters())
        passages = assistant.index.passages(rows.ids)
        sources = [assistant.index.document(passage.doc_id).source for passage in passages]
        gold = np.array([source in base.gold_docs for source in sources])
        own, other = (np.array([source in one for source in sources]) for one in articles)
        settings = (
            (base.group, gold | True, ~own),
            (f"{base.group}, article", own, other),
        )
        for name, keep, elsewhere in settings:
            with_gold = replace(base, group=name)
            if base.gold_docs:
                yield case(assistant, query, rows.only(keep), with_gold, answers)
            without = replace(with_gold, gold_present=False)
            if (keep & ~gold).any():
                yield case(assistant, query, rows.only(keep & ~gold), without, answers)
            if elsewhere.any():
                off = replace(without, off_topic=True)
                yield case(assistant, query, rows.only(elsewhere), off, answers)


def case(
    assistant: Assistant, query: Query, rows: Candidates, base: Case, answers: Sequence[str]
) -> Case:
    hits = assistant.retriever.best(rows, PASSAGES_READ)
    codes = assistant.index.token_codes(ids_of(hits))
    # Without their token vectors, which for all questions take more memory than there is.
    bare = np.empty((0, 0), np.float32)
    found = [
        replace(one, tokens=bare)
        for one in candidates(query.text, query.langs, gather(query.encoding, hits, codes))
    ]
    right = [
        one.document.source in base.gold_docs and any(answer in one.text for answer in answers)
        for one in found
    ]
    return replace(base, found=found, right=right)


def opened(folder: Path, encoder: Encoder) -> Assistant:
    """Return an assistant over a BEIR folder, indexed once in the user's cache."""
    corpus = (folder / "corpus.jsonl").read_bytes()
    digest = hashlib.sha256(encoder.fingerprint.encode() + corpus).hexdigest()[:16]
    return Assistant.build(folder, cache_folder() / "benchmarks" / digest, encoder)


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

    Returns the coefficients and the weight of the fused score: the largest that puts right
    sentences, and sentences of right documents, first as often as any, within a standard error.
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
    models = [Model(sentence, weight) for weight in FUSED_WEIGHTS]
    firsts = [np.array([model.firsts(case) for case in present]) for model in models]
    best = max(firsts, key=np.mean)
    least = best.mean() - best.std() / np.sqrt(len(best))
    return sentence, max(
        weight for weight, one in zip(FUSED_WEIGHTS, firsts, strict=True) if one.mean() >= least
    )


class Model:
    """Both models, with coefficients by signal."""

    def __init__(self, sentence: Mapping[str, float], fused: float) -> None:
        relative = {"passage": -sentence["sentence"], "fused": fused}
        self.sentence = {**sentence, **relative}
        self.confidence: dict[str, float] = {}
        self.intercept = 0.0

    def top(self, case: Case) -> int:
        scores = columns(case.found, list(self.sentence)) @ list(self.sentence.values())
        lacking = columns(case.found, [FIXED])[:, 0]
        passages = np.array([one.passage_id for one in case.found])
        for passage in np.unique(passages):
            rows = passages == passage
            scores[rows] = standing_back(scores[rows], lacking[rows])
        return int(np.argmax(scores))

    def sentence_at_1(self, cases: Sequence[Case]) -> float:
        return float(np.mean([case.right[self.top(case)] for case in cases]))

    def firsts(self, case: Case) -> int:
        """Count what is right of the first sentence: itself, and its document."""
        return int(case.right[self.top(case)]) + int(self.found_it(case))

    def found_it(self, case: Case) -> bool:
        """Tell whether the best sentence stands in a gold document."""
        best = case.found[self.top(case)]
        return case.gold_present and best.document.source in case.gold_docs

    def signals(self, cases: Sequence[Case]) -> Matrix:
        """Return what the confidence counts of each best sentence, what is not fitted last."""
        tops = [case.found[self.top(case)] for case in cases]
        return columns(tops, [*CONFIDENCE_SIGNALS, FIXED])

    def fit_confidence(self, cases: Sequence[Case]) -> None:
        x, y = self.signals(cases), np.array([self.found_it(case) for case in cases])
        kept = x[:, -1] == 0
        weights, self.intercept = fit(x[kept, :-1], y[kept])
        self.confidence = dict(zip(CONFIDENCE_SIGNALS, weights.tolist(), strict=True))
        self.confidence[FIXED] = CONFIDENCE[FIXED]

    def certainties(self, cases: Sequence[Case]) -> Matrix:
        logits = self.signals(cases) @ list(self.confidence.values()) + self.intercept
        return np.asarray(1 / (1 + np.exp(-logits)))

    def threshold(self, cases: Sequence[Case]) -> float:
        """Return the confidence below which ``REFUSED`` of the answerable questions fall."""
        return float(np.quantile(self.certainties([c for c in cases if c.gold_present]), REFUSED))


def report(cases: Sequence[Case], model: Model, threshold: float) -> None:
    """Print a line for each group; *off* is about questions on other subjects."""
    print(f"{'':37} first sentence@1 AUROC   off abstain: answerable others   off")
    for group in dict.fromkeys(case.group for case in cases):
        mine = [case for case in cases if case.group == group]
        present = [case for case in mine if case.gold_present]
        certain = model.certainties(mine)
        there = np.array([case.gold_present for case in mine])
        off = np.array([case.off_topic for case in mine])
        print(
            f"{group:37} {np.mean([model.found_it(case) for case in present]):5.3f}"
            f" {model.sentence_at_1(present):10.3f}"
            f" {roc_auc_score(there[~off], certain[~off]):5.3f}"
            f" {roc_auc_score(there[there | off], certain[there | off]):5.3f}"
            f" {np.mean(certain[there] < threshold):19.3f}"
            f" {np.mean(certain[~there & ~off] < threshold):6.3f}"
            f" {np.mean(certain[off] < threshold):5.3f}"
        )


if __name__ == "__main__":
    main()
