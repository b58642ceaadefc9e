"""The words that explain a hit."""

from pathlib import Path

from qa import Assistant
from qa.matches import matched_words
from tests.hash_encoder import HashEncoder


def test_the_words_asked_for_are_the_strongest_and_stand_where_they_are(
    corpus: Path, tmp_path: Path, encoder: HashEncoder
) -> None:
    assistant = Assistant.build(corpus, tmp_path / "index", encoder)
    question = "When was the harbour of Elmstadt opened?"
    hits = assistant.search(question, 6)
    found = matched_words(assistant, question, hits)
    assert set(found) == {hit.passage.passage_id for hit in hits}
    strong = {}
    for hit in hits:
        words = found[hit.passage.passage_id]
        text = hit.document.text
        assert all(hit.passage.start <= one.start < one.end <= hit.passage.end for one in words)
        assert all(0 < one.strength <= 1 for one in words)
        assert list(words) == sorted(words, key=lambda one: one.start)
        strong[hit.passage.text] = {text[one.start : one.end] for one in words if one.strength == 1}
    (opened,) = [found for text, found in strong.items() if "harbour" in text and "opened" in text]
    assert opened == {"harbour", "Elmstadt", "opened"}
    assert matched_words(assistant, question, []) == {}
    assistant.index.close()


def test_particles_and_articles_explain_nothing(
    corpus: Path, tmp_path: Path, encoder: HashEncoder
) -> None:
    assistant = Assistant.build(corpus, tmp_path / "index", encoder)
    hits = assistant.search("エルムの港は？", 1)
    words = matched_words(assistant, "エルムの港は？", hits)[hits[0].passage.passage_id]
    shown = {hits[0].document.text[one.start : one.end] for one in words}
    assert "港" in shown
    assert not shown & {"の", "は", "に"}
    assistant.index.close()
