"""Batches: passages of a few articles, each in one language, and questions in any about them."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.adapting.texts import Articles, Asked, Told
from qa.datamodel import Span

# How often an article is drawn from each source.
SHARES = (0.40, 0.14, 0.11, 0.35)
# How often a language is drawn beside one that is not named here.
LANGUAGES = {"en": 2.0, "de": 3.0, "ja": 3.0, "zh": 1.5, "es": 1.0, "ru": 1.0}
ARTICLES, PASSAGES, QUESTIONS = 4, 4, 2
# In this share of batches the passages are single sentences, twice as many of them.
SHORT = 0.25
SAME_LANGUAGE = 0.25  # questions that are surely in the language of their passage
LONGEST = 330  # tokens; longer passages are left out


@dataclass(slots=True)
class Batch:
    """Texts with what they come from; places are (row of the text, span in it).

    ``answers[i]`` is the sentence that answers ``questions[i]``, and ``reference[i]`` the same in
    the whole passage in its reference language; ``others`` are sentences that answer nothing asked.
    """

    short: bool
    texts: list[str] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    answers: list[tuple[int, Span]] = field(default_factory=list)
    reference: list[tuple[int, Span]] = field(default_factory=list)
    others: list[tuple[int, Span]] = field(default_factory=list)

    def add(self, told: Told, lang: str, chosen: Sequence[Asked], rng: random.Random) -> None:
        """Add a passage in a language and questions about it."""
        row, text, sentences = len(self.texts), told.texts[lang], told.sentences[lang]
        if self.short:
            begin, end = sentences[chosen[0].sentence[lang]]
            text = text[begin:end]
        self.texts.append(text)
        self.told.append(told)
        for one in chosen:
            asked_in = lang if rng.random() < SAME_LANGUAGE else language(one.texts, rng)
            self.questions.append(one.texts[asked_in])
            self.asked.append(one)
            place = (0, len(text)) if self.short else sentences[one.sentence[lang]]
            self.answers.append((row, place))
            reference = told.sentences[told.reference]
            self.reference.append((row, reference[one.sentence[told.reference]]))
        if not self.short:
            answering = {one.sentence[lang] for one in chosen}
            self.others += [(row, s) for n, s in enumerate(sentences) if n not in answering]


def language(texts: Mapping[str, str], rng: random.Random) -> str:
    """Draw one of the languages that a text is there in."""
    return rng.choices(list(texts), [LANGUAGES.get(one, 0.7) for one in texts])[0]


def batches(
    sources: Sequence[Articles], length: Callable[[str], int], rng: random.Random
) -> Iterator[Batch]:
    """Yield batches without end."""
    while True:
        batch = Batch(rng.random() < SHORT)
        for _ in range(ARTICLES):
            (source,) = rng.choices(sources, SHARES)
            fresh = [one for one in rng.choice(source) if one not in batch.told]
            for told in rng.sample(fresh, min(len(fresh), PASSAGES * (1 + batch.short))):
                lang = language(told.texts, rng)
                if length(told.texts[lang]) <= LONGEST:
                    most = 1 if batch.short else QUESTIONS
                    chosen = rng.sample(told.asked, min(len(told.asked), most))
                    batch.add(told, lang, chosen, rng)
        if len(batch.texts) >= ARTICLES:
            yield batch
