"""How well the product ranks the documents of BEIR folders, beside the plain mean vector.

    python -m benchmarks.quality FOLDER ... [--split report] [--cache DIR] [--no-record]

Four rankings of documents indexed by the real sync of each folder:

* ``plain``: exact search with the mean vector of whole documents by the packaged model without our
  adapter, as embedding benchmarks do;
* ``mean``: the same with the passages that the product makes of them, and the adapter;
* ``product``: the assistant as it is;
* ``unfair``: the same without the language-fair step.

A document counts by its best passage; the pool is the whole corpus. Each value comes with its
95 % bootstrap interval, gains over ``plain`` with the p of a paired randomisation test. A folder
of ``*.json.gz`` (LAReQA's ``xquad-r``) becomes one pool of sentences of all languages. Encodings
are kept in the cache, so that a second run encodes nothing.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.beir import Question, read_questions
from benchmarks.encodings import CachedEncoder, packaged_encoder
from benchmarks.estimates import Ranks, average_precision, estimate, gain, ndcg, top_1
from benchmarks.lareqa import write_lareqa
from benchmarks.machine import RESULTS, provenance, record
from qa.answering import PASSAGES_READ, candidates, gather, sentence_losses
from qa.assistant import ids_of
from qa.datamodel import Filters, Floats, Ids
from qa.encoder import load_encoder
from qa.evaluation.opening import UNCUT
from qa.index import Index
from qa.retrieval import SPREADS, Candidates, Query, Retriever, fuse, leading_rows, offsets
from qa.settings import Settings, cache_folder
from qa.sync import sync

Measure = Callable[[Ranks, int], float]
BEIR: Mapping[str, Measure] = {"nDCG@10": ndcg, "top-1": top_1}
LAREQA: Mapping[str, Measure] = {"mAP": average_precision}
SYSTEMS = ("plain", "mean", "product", "unfair")
Scores = dict[str, NDArray[np.float64]]


class Pool:
    """An index and what the mean vector needs for an exact search over the same passages."""

    def __init__(self, index: Index, retriever: Retriever) -> None:
        self.index = index
        self.retriever = retriever
        everything = Filters()
        languages = [index.select(lang, everything) for lang in index.languages()]
        self.ids = np.sort(np.concatenate(languages))
        self.vectors = index.vectors(self.ids)
        sources = {document.doc_id: document.source for document in index.documents()}
        owners = [sources[passage.doc_id] for passage in index.passages(self.ids)]
        self.sources = sorted(set(owners))
        number = {source: row for row, source in enumerate(self.sources)}
        self.owner = np.array([number[source] for source in owners])
        self.number = number

    def nearest(self, question: Question) -> Ranks:
        """Return the ranks of the relevant documents by mean vectors."""
        (encoding,) = self.retriever.encoder.encode_questions([question.text])
        return self._ranks(self.ids, self.vectors @ encoding.mean, self._wanted(question))

    def ranks(self, question: Question) -> dict[str, Ranks]:
        """Return the ranks of the relevant documents by the systems that share passages."""
        query = self.retriever.understand(question.text)
        found = self.retriever.candidates(query, Filters())
        wanted = self._wanted(question)
        scores = {"product": fuse(found), "unfair": unfair(found, query)}
        return {"mean": self.nearest(question)} | {
            name: self._ranks(found.ids, fused - self._lost(query, found, fused), wanted)
            for name, fused in scores.items()
        }

    def _lost(self, query: Query, found: Candidates, fused: Floats) -> Floats:
        """Return what each candidate loses by its best sentence, as the assistant ranks it."""
        hits = self.retriever.hits(found, fused, PASSAGES_READ)
        evidence = gather(query.encoding, hits, self.index.token_codes(ids_of(hits)))
        sentences = candidates(query.text, query.langs, evidence)
        return np.array(sentence_losses(sentences, found.ids.tolist()), np.float32)

    def _wanted(self, question: Question) -> NDArray[np.int64]:
        return np.array(sorted(self.number[doc] for doc in question.relevant))

    def _ranks(self, ids: Ids, scores: Floats, wanted: NDArray[np.int64]) -> Ranks:
        best = np.full(len(self.sources), -np.inf)
        np.maximum.at(best, self.owner[np.searchsorted(self.ids, ids)], scores)
        order = np.lexsort((np.arange(len(best)), -best))
        order = order[np.isfinite(best[order])]
        return np.flatnonzero(np.isin(order, wanted))


def unfair(found: Candidates, _: Query) -> Floats:
    """Return what fused scores are if all passages count as in the question's language."""
    level = replace(found, spread=np.full(len(found.ids), SPREADS[0], np.float32))
    lifted: Floats = fuse(level) + offsets(found, leading_rows(found)) / level.spread
    return lifted


def measured(
    pool: Pool, whole: Pool, questions: Sequence[Question], measures: Mapping[str, Measure]
) -> dict[str, Scores]:
    """Return, for each measure and system, the value of each question."""
    with pool.index.reading(), whole.index.reading():
        ranks = [{"plain": whole.nearest(one)} | pool.ranks(one) for one in questions]
    return {
        name: {
            system: np.array(
                [
                    measure(of[system], len(question.relevant))
                    for of, question in zip(ranks, questions, strict=True)
                ]
            )
            for system in SYSTEMS
        }
        for name, measure in measures.items()
    }


def summary(scores: Scores) -> dict[str, Any]:
    """Return the estimates of one measure, and each system's gain over ``plain``."""
    result: dict[str, Any] = {name: asdict(estimate(values)) for name, values in scores.items()}
    for name in SYSTEMS[1:]:
        difference, p = gain(scores[name], scores["plain"])
        result[name]["gain"] = asdict(difference) | {"p": p}
    return result


def summaries(
    questions: Sequence[Question], values: dict[str, Scores]
) -> dict[str, dict[str, Any]]:
    """Return the summary of all questions and of each kind, by measure."""
    groups = {"all": np.ones(len(questions), bool)}
    for kind in sorted({question.kind for question in questions} - {""}):
        groups[kind] = np.array([question.kind == kind for question in questions])
    return {
        group: {
            measure: summary({name: of[keep] for name, of in scores.items()})
            for measure, scores in values.items()
        }
        for group, keep in groups.items()
    }


def evaluate(
    folder: Path, split: str, encoder: CachedEncoder, packaged: CachedEncoder
) -> dict[str, Any]:
    """Index a folder with the product's encoder and the packaged one, and measure a split."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        measures = BEIR
        if not (folder / "corpus.jsonl").is_file():
            measures = LAREQA
            splits = question_splits(folder.parent / "xquad-en-en")
            write_lareqa(folder, home / "lareqa", splits)
            folder = home / "lareqa"
        questions = read_questions(folder, split)
        for one in (encoder, packaged):
            one.remember([question.text for question in questions])
        pool = indexed(folder, home / "index", encoder, Settings())
        whole = indexed(folder, home / "whole", packaged, Settings(passage_tokens=UNCUT))
        values = measured(pool, whole, questions, measures)
        passages = pool.index.status().passages
        pool.index.close()
        whole.index.close()
    return {
        "set": folder.name,
        "split": split,
        "questions": len(questions),
        "passages": passages,
        "groups": summaries(questions, values),
        "took_s": round(time.perf_counter() - started, 1),
    }


def indexed(folder: Path, index: Path, encoder: CachedEncoder, settings: Settings) -> Pool:
    """Index a folder and open it."""
    sync(index, folder, encoder, settings)
    opened = Index.open(index, encoder)
    return Pool(opened, Retriever(opened, encoder))


def question_splits(folder: Path) -> dict[str, str]:
    """Return the split of each question of XQuAD, the same in all languages."""
    lines = (folder / "queries.jsonl").read_text("utf-8").splitlines()
    return {row["_id"]: row["metadata"]["split"] for row in map(json.loads, lines)}


def show(result: Mapping[str, Any]) -> None:
    """Print the values of one folder in per cent, gains with interval and p."""
    for group, by_measure in result["groups"].items():
        for measure, systems in by_measure.items():
            row = f"{result['set']:27}{group:10}{measure:8} n={systems['plain']['n']:<5}"
            for name in SYSTEMS:
                value = systems[name]
                row += f" {name} {value['value']:.1%} [{value['low']:.1%}, {value['high']:.1%}]"
            more = systems["product"]["gain"]
            row += f" gain {100 * more['value']:+.1f} [{100 * more['low']:+.1f}, "
            print(row + f"{100 * more['high']:+.1f}] p={more['p']:.4f}", flush=True)


def keep(result: dict[str, Any]) -> None:
    """Put the result into the record, beside those of other folders and splits."""
    path = RESULTS / "quality.json"
    known = json.loads(path.read_text("utf-8"))["sets"] if path.is_file() else []
    others = [
        one for one in known if (one["set"], one["split"]) != (result["set"], result["split"])
    ]
    packages = ("onnxruntime", "faiss-cpu", "tantivy", "numpy")
    record("quality", packages, {"sets": [*others, provenance() | result]})


def main() -> None:
    """Measure the folders named on the command line and record the results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--split", default="report", choices=["report", "tune", "all"])
    parser.add_argument("--cache", type=Path, default=cache_folder() / "benchmarks")
    parser.add_argument("--no-record", action="store_true", help="print only")
    options = parser.parse_args()
    encoder = CachedEncoder(load_encoder(Settings()), options.cache)
    packaged = CachedEncoder(packaged_encoder(), options.cache)
    for folder in options.folders:
        result = evaluate(folder, options.split, encoder, packaged)
        show(result)
        if not options.no_record:
            keep(result)
    for one in (encoder, packaged):
        one.close()


if __name__ == "__main__":
    main()
