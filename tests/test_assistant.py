"""From files to cited answers, with a fast encoder; and with the real one over real questions."""

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from benchmarks.questions import QUESTIONS as OWN_QUESTIONS
from benchmarks.questions import ROOT, Outcome, ask_all, count
from qa import Answer, Assistant
from qa.datamodel import Encoder, Filters, Hit
from qa.encoder import load_encoder
from qa.errors import IndexStateError, InputError
from qa.settings import Settings
from qa.sync import sync
from tests.conftest import CORPUS, write_files
from tests.hash_encoder import HashEncoder
from tests.syncing import SETTINGS

QUESTIONS = {
    "When was the harbour of Elmstadt opened?": ("harbour.md", "1874"),
    "How many ships did the harbour handle in 2020?": ("harbour.md", "1,250"),
    "Who painted the tower of the lighthouse red?": ("notes/lighthouse.txt", "Marta Quill"),
    "Wer leitet den Hafen von Elmstadt?": ("hafen.md", "Ute Brandt"),
    "Wie viele Taschenuhren aus Silber besitzt das Museum?": ("museum.html", "312"),
    "Was kostet eine Karte für die Fähre nach Norderholm?": ("hafen.md", "12,50"),
    "エルムの港の責任者は誰ですか": ("minato.txt", "佐藤恵子"),
    "海沿いの電車の切符はいくらですか": ("densha.md", "三百円"),
}
OTHERS = [
    "Quetzalcoatl",
    "12345",
    "port",
    "Wo ist der Bahnhof?",
    "図書館",
    "a\x00b",
    "⚓",
    "\ud800 port",
]


@pytest.fixture
def willing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every question be answered: the threshold was fitted to another encoder."""
    monkeypatch.setattr("qa.answering.THRESHOLD", 0.0)


@pytest.fixture
def assistant(tmp_path: Path, corpus: Path, encoder: HashEncoder) -> Iterator[Assistant]:
    assistant = Assistant.build(corpus, tmp_path / "index", encoder, SETTINGS)
    yield assistant
    assistant.index.close()


def assert_exact(answer: Answer) -> None:
    """Check that every quote and every hit stands in its document, word for word."""
    for citation in answer.citations:
        text = citation.document.text
        assert citation.quote == text[citation.start : citation.end]
    for hit in answer.hits:
        assert hit.passage.text == hit.document.text[hit.passage.start : hit.passage.end]
    assert [s.text for s in answer.sentences] == [c.quote for c in answer.citations]
    assert [s.citations for s in answer.sentences] == [(c.number,) for c in answer.citations]


def sources(hits: Sequence[Hit]) -> list[str]:
    return [hit.document.source for hit in hits]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.usefixtures("willing")
def test_the_passage_that_says_it_is_first(assistant: Assistant, question: str) -> None:
    source, fact = QUESTIONS[question]
    first = assistant.ask(question).hits[0]
    assert first.document.source == source
    assert fact in first.passage.text
    inside = assistant.ask(question, filters=Filters(docs=(source,)))
    assert {citation.document.source for citation in inside.citations} == {source}


@pytest.mark.usefixtures("willing")
def test_every_citation_equals_its_document(assistant: Assistant, corpus: Path) -> None:
    for question in [*QUESTIONS, *OTHERS]:
        answer = assistant.ask(question)
        assert_exact(answer)
        assert answer.citations
        assert answer.took_ms > 0
        for citation in answer.citations:
            if citation.document.source.endswith((".md", ".txt")):
                file = corpus / citation.document.source
                assert citation.quote in file.read_text("utf-8")


def test_as_it_is_every_answer_is_exact_or_an_abstention(assistant: Assistant) -> None:
    for question in [*QUESTIONS, *OTHERS]:
        answer = assistant.ask(question)
        assert_exact(answer)
        assert answer.abstained == (answer.reason == "no_support")
        assert answer.hits


def test_an_index_is_opened_again(assistant: Assistant, encoder: HashEncoder) -> None:
    again = Assistant.open(assistant.index.folder, encoder)
    for question in QUESTIONS:
        first, second = assistant.ask(question), again.ask(question)
        assert first.citations == second.citations
        assert first.hits == second.hits
    again.index.close()


def test_an_index_of_another_model_or_none_is_refused(tmp_path: Path, assistant: Assistant) -> None:
    with pytest.raises(IndexStateError) as other:
        Assistant.open(assistant.index.folder, HashEncoder(seed="other"))
    assert other.value.code == "index_other_model"
    with pytest.raises(IndexStateError) as missing:
        Assistant.open(tmp_path / "nowhere")
    assert missing.value.code == "index_missing"


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("", "question_empty"),
        (" ?!", "question_empty"),
        (" \t\n\u3000", "question_empty"),
        ("a" * 2_001, "question_too_long"),
        ("How? " * 20_000, "question_too_long"),
        ("港" * 600, "question_too_long"),  # short, but more tokens than the model reads
    ],
)
def test_unusable_questions_are_refused(assistant: Assistant, question: str, code: str) -> None:
    for call in (assistant.ask, assistant.search):
        with pytest.raises(InputError) as refused:
            call(question)
        assert refused.value.code == code
        assert refused.value.hint


def test_the_longest_question_is_answered(assistant: Assistant) -> None:
    assert_exact(assistant.ask("harbour " * 250))


@pytest.mark.parametrize("k", [1, 2, 5, 7, 100])
def test_k_is_respected(assistant: Assistant, k: int) -> None:
    total = assistant.index.status().passages
    for question in QUESTIONS:
        answer, hits = assistant.ask(question, k), assistant.search(question, k)
        assert len(answer.hits) == len(hits) == min(k, total)
        assert sources(answer.hits) == sources(hits)


def test_k_does_not_change_the_answer(assistant: Assistant) -> None:
    for question in QUESTIONS:
        assert assistant.ask(question, 1).citations == assistant.ask(question, 10).citations


@pytest.mark.usefixtures("willing")
def test_filters_hold_for_citations_too(assistant: Assistant) -> None:
    for question in QUESTIONS:
        german = assistant.ask(question, filters=Filters(langs=("de",)))
        assert {hit.passage.lang for hit in german.hits} == {"de"}
        assert {c.document.lang for c in german.citations} == {"de"}
        notes = assistant.ask(question, filters=Filters(docs=("notes/*",)))
        assert {c.document.source for c in notes.citations} == {"notes/lighthouse.txt"}
    nothing = assistant.ask("When?", filters=Filters(docs=("nothing",)))
    assert (nothing.abstained, nothing.reason) == (True, "no_documents")


@pytest.mark.usefixtures("willing")
def test_a_changed_file_answers_with_its_new_text(
    assistant: Assistant, corpus: Path, encoder: HashEncoder
) -> None:
    question, only = "When was the harbour opened?", Filters(docs=("harbour.md",))
    assert "1874" in assistant.ask(question, filters=only).citations[0].document.text
    write_files(corpus, {"harbour.md": "The harbour was opened in May 1902.\n"})
    sync(assistant.index.folder, corpus, encoder, SETTINGS)
    changed = assistant.ask(question, filters=only)
    assert [c.quote for c in changed.citations] == ["The harbour was opened in May 1902."]
    assert "1874" not in changed.citations[0].document.text
    assert [hit.passage.text for hit in changed.hits] == ["The harbour was opened in May 1902."]


@pytest.mark.usefixtures("willing")
def test_a_deleted_document_is_never_cited(
    assistant: Assistant, corpus: Path, encoder: HashEncoder
) -> None:
    (corpus / "harbour.md").unlink()
    sync(assistant.index.folder, corpus, encoder, SETTINGS)
    for question in QUESTIONS:
        answer = assistant.ask(question, 100)
        assert "harbour.md" not in sources(answer.hits)
        assert "harbour.md" not in {c.document.source for c in answer.citations}


@pytest.mark.usefixtures("willing")
def test_questions_while_files_are_synced(assistant: Assistant, corpus: Path) -> None:
    done, failures = Event(), list[BaseException]()

    def keep_syncing() -> None:
        try:
            for year in range(1900, 1915):
                text = CORPUS["harbour.md"].replace("1874", str(year))
                write_files(corpus, {"harbour.md": text, f"{year % 2}.txt": f"A quay of {year}."})
                (corpus / f"{(year + 1) % 2}.txt").unlink(missing_ok=True)
                sync(assistant.index.folder, corpus, HashEncoder(), SETTINGS)
        except BaseException as error:  # noqa: BLE001 - shown by the thread that waits
            failures.append(error)
        finally:
            done.set()

    syncing = Thread(target=keep_syncing)
    syncing.start()
    asked = 0
    while not done.is_set() or asked < len(QUESTIONS):
        assert_exact(assistant.ask(list(QUESTIONS)[asked % len(QUESTIONS)], 100))
        asked += 1
    syncing.join()
    assert failures == []
    last = assistant.ask("Which quay?", filters=Filters(docs=("[01].txt",)))
    assert [citation.quote for citation in last.citations] == ["A quay of 1914."]


@pytest.mark.usefixtures("willing")
def test_many_threads_may_ask(assistant: Assistant) -> None:
    wanted = {question: assistant.ask(question).citations for question in QUESTIONS}
    differing: list[str] = []

    def ask() -> None:
        differing.extend(q for q in wanted if assistant.ask(q).citations != wanted[q])

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert differing == []


# The real encoder


@pytest.fixture(scope="session")
def model() -> Encoder:
    return load_encoder(Settings())


@pytest.fixture(scope="session")
def outcomes(model: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Outcome]]:
    """What becomes of the project's own questions over its own documents."""
    assistant = Assistant.build(ROOT / "corpus", tmp_path_factory.mktemp("real") / "index", model)
    yield ask_all(assistant, OWN_QUESTIONS)
    assistant.index.close()


@pytest.mark.model
def test_no_quote_differs_from_its_source(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        assert_exact(outcome.answer)
        for citation in outcome.answer.citations:
            if citation.document.source.endswith(".md"):
                file = ROOT / "corpus" / citation.document.source
                assert citation.quote in file.read_text("utf-8")


# What is reached today, less one or two that the rounding of the int8 graph decides;
# docs/evaluation.md lists what is missed. Lower one only where others, and the public question
# sets, gain more.
FLOORS: dict[str, dict[str, Any]] = {
    "core": {"questions": (45, 12), "first": 42, "passage": 39, "refused": 9, "abstained": 2},
    "": {"questions": (180, 40), "first": 161, "passage": 138, "refused": 20, "abstained": 12},
}


@pytest.mark.model
@pytest.mark.parametrize("tag", FLOORS)
def test_own_questions_are_answered_from_own_documents(outcomes: list[Outcome], tag: str) -> None:
    tests = map(json.loads, OWN_QUESTIONS.read_text("utf-8").splitlines())
    ids = {test["id"] for test in tests if not tag or tag in test["tags"]}
    mine = [one for one in outcomes if one.question.partition(":")[0] in ids]
    answerable, unanswerable = count(mine, answerable=True), count(mine, answerable=False)
    floors = FLOORS[tag]
    assert (answerable["questions"], unanswerable["questions"]) == floors["questions"]
    reached = {
        "accepted document first": answerable["first"] >= floors["first"],
        "accepted passage cited": answerable["passage"] >= floors["passage"],
        "unanswerable abstained": unanswerable["abstained"] >= floors["refused"],
        "answerable abstained": answerable["abstained"] <= floors["abstained"],
    }
    assert all(reached.values()), (reached, answerable, unanswerable)


SEEDS = ROOT.parent / "shared" / "seeds"
SEED_FILES = ("000_ba1fd74a678cbbb2.txt", "003_de28393534f426f4.txt")
# Those that are answered today; docs/evaluation.md lists the others.
SEED_QUESTIONS = {
    "Who signs for Japan?": "000",
    "Wer unterzeichnet für Japan?": "000",
    "企業はいくら出しますか。": "003",
    "How much money do the companies give?": "003",
    "When will the memorandum be signed?": "000",
    "Wie viel Geld geben die Unternehmen?": "003",
    "What is to drive on the Moon?": "003",
    "Was soll auf dem Mond fahren?": "003",
    "Welche Felder umfasst das Memorandum?": "000",
    "Wie viele Astronauten sollen den Mond besuchen?": "003",
    "日本と米国の大学はいくらの資金を受けますか。": "003",
    "二人の日本人宇宙飛行士はどこへ行きますか。": "003",
}
# Those that are too unsure to be answered, or nearly so: the closest passage is the right one.
SEED_CLOSEST = {
    "日本側は誰が署名しますか。": "000",
    "月面を走るのは何ですか": "003",
}
NEITHER = (
    "What is the capital of Peru?",
    "How many people live in Berlin?",
    "What is the weather in Tokyo tomorrow?",
    "Wie kocht man Spargel?",
    "Wann fährt der nächste Zug nach München?",
    "Wie wird das Wetter morgen in München?",
    "Wie wird das Wetter morgen in Tokio?",
    "江戸幕府の三代将軍は誰？",
    "犬に玉ねぎを食べさせても大丈夫？",
    "富士山の高さは？",
    "明日の東京の天気は？",
    "新幹線の最高速度は？",
    "カレーの作り方を教えてください。",
    "How do I file my taxes?",
    "Wie ändere ich mein Passwort?",
)


@pytest.fixture(scope="session")
def seeded(model: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """The two files as they are, indexed."""
    if not all((SEEDS / name).is_file() for name in SEED_FILES):
        pytest.skip(f"the two sample documents are not in {SEEDS.name}/ beside the project")
    folder = tmp_path_factory.mktemp("seeds")
    (folder / "root").mkdir()
    for name in SEED_FILES:
        shutil.copy(SEEDS / name, folder / "root" / name)
    assistant = Assistant.build(folder / "root", folder / "index", model)
    yield assistant
    assistant.index.close()


@pytest.mark.model
@pytest.mark.parametrize("question", SEED_QUESTIONS)
def test_two_files_are_told_apart(seeded: Assistant, question: str) -> None:
    answer = seeded.ask(question)
    assert_exact(answer)
    assert not answer.abstained
    assert answer.citations[0].document.source.startswith(SEED_QUESTIONS[question])


@pytest.mark.model
@pytest.mark.parametrize("question", SEED_CLOSEST)
def test_the_closest_passage_is_the_right_one(seeded: Assistant, question: str) -> None:
    closest = seeded.ask(question).hits[0]
    assert closest.document.source.startswith(SEED_CLOSEST[question])


@pytest.mark.model
@pytest.mark.parametrize("question", NEITHER)
def test_what_neither_file_says_is_not_answered(seeded: Assistant, question: str) -> None:
    answer = seeded.ask(question)
    assert (answer.abstained, answer.reason) == (True, "no_support")
    assert answer.hits


def test_an_index_made_anew_behind_an_open_one_shows_its_own_texts(
    tmp_path: Path, encoder: HashEncoder
) -> None:
    root, index = tmp_path / "root", tmp_path / "index"
    write_files(root, {"a.txt": "The harbour of Elmstadt was opened in 1874."})
    assistant = Assistant.build(root, index, encoder, SETTINGS)
    assistant.ask("When was the harbour opened?")
    shutil.rmtree(index)
    write_files(root, {"a.txt": "In truth the old harbour of Elmstadt was opened in 1875."})
    sync(index, root, encoder, SETTINGS)
    (hit, *_) = assistant.ask("When was the harbour opened?").hits
    assert hit.document.text == "In truth the old harbour of Elmstadt was opened in 1875."
    assert hit.passage.text in hit.document.text
    assistant.index.close()


def test_building_again_keeps_the_settings(
    tmp_path: Path, corpus: Path, encoder: HashEncoder
) -> None:
    Assistant.build(corpus, tmp_path / "index", encoder, SETTINGS).index.close()
    again = Assistant.build(corpus, tmp_path / "index", encoder)
    assert again.index.settings == SETTINGS
    again.index.close()
