"""What readers see: one state at a time, mended where it can be, refused where it cannot."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest

from qa.datamodel import Filters
from qa.dense import FILE_NAME as DENSE
from qa.errors import IndexStateError, InputError
from qa.files import write_lock
from qa.index import Index, read_header
from qa.lexical import FOLDER_NAME as LEXICAL
from qa.settings import Settings
from qa.store import FILE_NAME
from qa.sync import sync
from qa.text.tokens import lexical_tokens
from tests.conftest import CORPUS, write_files
from tests.hash_encoder import HashEncoder


@pytest.fixture
def folder(tmp_path: Path, corpus: Path) -> Path:
    sync(tmp_path / "index", corpus, HashEncoder(), Settings())
    return tmp_path / "index"


@pytest.fixture
def index(folder: Path) -> Iterator[Index]:
    index = Index.open(folder, HashEncoder())
    yield index
    index.close()


def best(index: Index, question: str) -> str:
    """Return the source of the passage nearest to a question."""
    with index.reading():
        ids, _ = index.dense.search(HashEncoder().encode_questions([question])[0].mean, 1)
        return index.document(index.passages(ids)[0].doc_id).source


def words(index: Index, text: str, lang: str) -> list[str]:
    with index.reading():
        ids, _ = index.search_lexical(lexical_tokens(text, lang), 10, lang)
        return [index.document(passage.doc_id).source for passage in index.passages(ids)]


def test_passages_are_found_by_meaning_and_by_word(index: Index) -> None:
    assert best(index, "When was the harbour of Elmstadt opened?") == "harbour.md"
    assert words(index, "Brandt", "de") == ["hafen.md"]
    assert words(index, "図書館", "ja") == ["densha.md"]


def test_titles_and_headings_are_found_by_word(index: Index) -> None:
    assert words(index, "Fähren", "de") == ["hafen.md"]


def test_every_passage_is_where_it_says(index: Index) -> None:
    seen = 0
    for lang in index.languages():
        for passage in index.passages(index.select(lang, Filters())):
            document = index.document(passage.doc_id)
            assert document.text[passage.start : passage.end] == passage.text
            seen += 1
    assert seen == index.status().passages == sum(index.languages().values())


def test_status_tells_what_is_indexed(index: Index, corpus: Path) -> None:
    status = index.status()
    assert (status.documents, status.encoder, status.failed) == (6, "hash-encoder", ())
    assert status.by_lang == index.languages()
    assert all(size > 0 for size in status.bytes.values())
    assert Path(status.root) == corpus == index.root
    assert index.settings == Settings() == read_header(index.folder).settings


def test_a_root_below_the_working_folder_is_named_from_there(
    index: Index, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(corpus.parent)
    assert index.status().root == "corpus"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), {"hafen.md", "museum.html"}),
        (Filters(langs=("de",)), {"hafen.md", "museum.html"}),
        (Filters(langs=("en", "ja")), set()),
        (Filters(docs=("*.html",)), {"museum.html"}),
        (Filters(docs=("hafen.md", "notes/*")), {"hafen.md"}),
        (Filters(docs=("nothing",)), set()),
        (Filters(tags=("Ferry",)), {"hafen.md"}),
        (Filters(tags=("nothing", "öffnungszeiten ")), {"hafen.md"}),
        (Filters(tags=("fer",)), set()),
        (Filters(tags=("ferry",), until="2021"), set()),
        (Filters(since="2022-01-10", until="2022-01"), {"hafen.md"}),
    ],
)
def test_filters_choose_passages(index: Index, filters: Filters, expected: set[str]) -> None:
    ids = index.select("de", filters)
    assert {index.document(p.doc_id).source for p in index.passages(ids)} == expected
    found, _ = index.dense.search(np.ones(64, dtype=np.float32), 100, ids)
    assert sorted(found.tolist()) == ids.tolist()


@pytest.mark.parametrize(
    ("date", "since", "until", "passes"),
    [
        ("2024-04", "2024-04-01", "", True),
        ("2024", "2024-01", "2024-03", True),
        ("2024", "2025-01", "", False),
        ("2024-04", "", "2024-03-31", False),
        ("2024-04-10", "2024-04", "2024-04", True),
    ],
)
def test_a_document_dated_by_month_or_year_passes_if_a_day_of_it_does(
    date: str, since: str, until: str, passes: bool
) -> None:
    assert Filters(since=since, until=until).admits(date, frozenset()) is passes


def test_a_name_with_brackets_is_no_pattern() -> None:
    filters = Filters(docs=("in/[draft] plan.md",))
    assert filters.admits_source("in/[draft] plan.md")
    assert not filters.admits_source("in/[final] plan.md")


def test_a_pattern_may_name_the_file_alone(index: Index) -> None:
    ids = index.select("en", Filters(docs=("light*.txt",)))
    assert {p.doc_id for p in index.passages(ids)} == {
        d.doc_id for d in index.documents() if d.source == "notes/lighthouse.txt"
    }


def test_an_unknown_document_is_said_so(index: Index) -> None:
    with pytest.raises(InputError) as raised:
        index.document("nosuchid")
    assert raised.value.code == "document_unknown"


def test_no_ids_give_nothing(index: Index) -> None:
    none = np.array([], dtype=np.int64)
    assert index.passages(none) == []
    assert index.token_codes(none) == []
    assert index.vectors(none).shape == (0, 64)


def test_a_sync_shows_without_opening_again(index: Index, corpus: Path) -> None:
    before = index.revision
    write_files(corpus, {"zoo.md": "The zoo has eleven penguins and a walrus."})
    (corpus / "harbour.md").unlink()
    sync(index.folder, corpus, HashEncoder(), Settings())
    assert best(index, "How many penguins has the zoo?") == "zoo.md"
    assert words(index, "walrus", "en") == ["zoo.md"]
    assert words(index, "cranes", "en") == []
    assert index.revision > before


def test_a_question_under_way_keeps_its_state(index: Index, corpus: Path) -> None:
    started, changed = Event(), Event()
    seen: list[str] = []

    def ask() -> None:
        with index.reading():
            ids, _ = index.search_lexical(["crane"], 10, "en")
            started.set()
            changed.wait(30)
            seen.extend(passage.text for passage in index.passages(ids))
            index.document(index.passages(ids)[0].doc_id)
            assert len(index.vectors(ids)) == len(index.token_codes(ids)) == 1

    thread = Thread(target=ask)
    thread.start()
    started.wait(30)
    (corpus / "harbour.md").write_text("---\nlang: en\n---\nNo harbour any more.\n")
    # The log cannot be emptied before the question ends: a sync says nothing and goes on.
    sync_in_thread = Thread(target=sync, args=(index.folder, corpus, HashEncoder(), Settings()))
    sync_in_thread.start()
    while index.revision == 6:
        pass
    assert words(index, "crane", "en") == []
    changed.set()
    thread.join()
    sync_in_thread.join()
    assert len(seen) == 1
    assert "three cranes" in seen[0]


def test_readers_during_syncs_see_whole_documents_only(index: Index, corpus: Path) -> None:
    def text(number: int) -> str:
        return f"# Report\n\nVersion {number} begins.\n\n" + f"Version {number} goes on.\n\n" * 60

    write_files(corpus, {"report.md": text(0)})
    sync(index.folder, corpus, HashEncoder(), Settings())
    stop = Event()
    failures: list[str] = []
    looks = [0]

    def look() -> None:
        while not stop.is_set():
            with index.reading():
                ids = index.select("en", Filters(docs=("report.md",)))
                passages = index.passages(ids)
                document = index.document(passages[0].doc_id)
                versions = {word for word in document.text.split() if word.isdigit()}
                if len(versions) != 1 or any(
                    document.text[p.start : p.end] != p.text for p in passages
                ):
                    failures.append(f"{versions} {len(passages)}")
                looks[0] += 1

    threads = [Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(1, 6):
        write_files(corpus, {"report.md": text(number)})
        sync(index.folder, corpus, HashEncoder(), Settings())
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert looks[0] > 0


def test_an_index_that_was_deleted_and_built_anew_is_seen(index: Index, corpus: Path) -> None:
    (corpus / "harbour.md").unlink()
    shutil.rmtree(index.folder)
    with pytest.raises(IndexStateError):
        index.refresh()
    sync(index.folder, corpus, HashEncoder(), Settings())
    assert "harbour.md" not in [document.source for document in index.documents()]
    assert words(index, "Brandt", "de") == ["hafen.md"]


@pytest.mark.parametrize("part", [DENSE, LEXICAL])
@pytest.mark.parametrize("how", ["gone", "junk"])
def test_derived_parts_are_rebuilt_without_encoding(folder: Path, part: str, how: str) -> None:
    path = folder / part
    if how == "junk":
        for file in [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]:
            file.unlink()  # not in place: a file that somebody has mapped must not shrink
            file.write_bytes(b"junk")
    elif path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    encoder = HashEncoder()
    index = Index.open(folder, encoder)
    assert best(index, "When was the harbour of Elmstadt opened?") == "harbour.md"
    assert words(index, "Brandt", "de") == ["hafen.md"]
    assert encoder.encoded == 0
    index.close()


def test_meaning_is_found_while_words_cannot_be_mended(folder: Path) -> None:
    shutil.rmtree(folder / LEXICAL)
    with write_lock(folder):
        index = Index.open(folder)
        assert best(index, "When was the harbour of Elmstadt opened?") == "harbour.md"
        assert words(index, "Brandt", "de") == []
    assert words(index, "Brandt", "de") == ["hafen.md"]
    index.close()


def test_a_missing_index_is_said_so(tmp_path: Path) -> None:
    for attempt in (Index.open, read_header):
        with pytest.raises(IndexStateError) as raised:
            attempt(tmp_path / "nowhere")
        assert raised.value.code == "index_missing"
        assert "qa index" in raised.value.hint


def test_a_damaged_index_is_said_so(folder: Path) -> None:
    (folder / FILE_NAME).write_bytes(b"no database" * 5000)
    with pytest.raises(IndexStateError) as raised:
        Index.open(folder)
    assert raised.value.code == "index_damaged"
    assert "--rebuild" in raised.value.hint


def test_an_index_of_another_model_is_refused(folder: Path) -> None:
    with pytest.raises(IndexStateError) as raised:
        Index.open(folder, HashEncoder(seed="other"))
    assert raised.value.code == "index_other_model"
    assert "qa index --rebuild --encoder other-encoder" in raised.value.hint


def test_a_running_reader_notices_a_rebuild_by_another_model(index: Index, corpus: Path) -> None:
    sync(index.folder, corpus, HashEncoder(32, seed="other"), Settings(), rebuild=True)
    with pytest.raises(IndexStateError) as raised:
        index.refresh()
    assert raised.value.code == "index_other_model"


def test_every_document_of_the_corpus_is_there(index: Index) -> None:
    assert [document.source for document in index.documents()] == sorted(CORPUS)
