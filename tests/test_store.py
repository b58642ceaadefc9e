"""The truth: documents whole or not there, ids never used twice, plain words when it breaks."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from qa.datamodel import Document
from qa.errors import IndexBusyError, IndexStateError
from qa.header import Header
from qa.settings import Settings
from qa.store import FILE_NAME, FileState, PassageRow, Store
from qa.writer import Writer

HEADER = Header("me", "corpus", Settings(), "tiny", "tiny-4", 4)
STATE = FileState(10, 20, "ff")


def document(source: str, text: str) -> Document:
    return Document(
        f"id-{source}",
        source,
        f"Title of {source}",
        text,
        "ff",
        "en",
        "2024-01-02",
        (0, 3),
        {"a": "ü"},
        (2,),
    )


def rows(text: str, size: int = 5) -> list[PassageRow]:
    return [
        PassageRow(at, min(at + size, len(text)), text[at : at + size], "en", 1, ("A", "B"), b"k")
        for at in range(0, len(text), size)
    ]


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    writer = Writer(tmp_path)
    writer.set_header(HEADER)
    writer.add_encodings([(b"k", np.arange(4, dtype=np.float32), b"codes")])
    return writer


def test_what_is_put_comes_back_as_it_was(writer: Writer) -> None:
    text = "naïve 日本語 🦉\u0301 end"
    writer.put(document("a.md", text), STATE, rows(text))
    assert writer.document("id-a.md") == document("a.md", text)
    assert writer.header == HEADER
    table = writer.table()
    passages = writer.passages(table.ids[::-1])
    assert [p.passage_id for p in passages] == table.ids[::-1].tolist()
    assert all(text[p.start : p.end] == p.text for p in passages)
    assert passages[0].heading == ("A", "B")
    assert writer.token_codes(table.ids[:2]) == [b"codes", b"codes"]
    np.testing.assert_array_equal(writer.means(table.ids[:1]), [[0, 1, 2, 3]])
    assert writer.words(table.ids[:1]) == ["Title of a.md\nA\nB\n" + text[:5]]
    summary = writer.documents()[0]
    assert (summary.source, summary.characters, summary.passages) == ("a.md", len(text), 4)


def test_replacing_never_reuses_ids(writer: Writer) -> None:
    seen: set[int] = set()
    for text in ("one two", "three four five", "six"):
        writer.put(document("a.md", text), STATE, rows(text))
        ids = set(writer.table().ids.tolist())
        assert not ids & seen
        seen |= ids
    writer.delete(["a.md"])
    assert len(writer.table().ids) == 0
    writer.put(document("a.md", "seven"), STATE, rows("seven"))
    assert not set(writer.table().ids.tolist()) & seen
    assert writer.revision == 5


def test_a_failing_replacement_leaves_the_old_document(writer: Writer) -> None:
    writer.put(document("a.md", "old text"), STATE, rows("old text"))
    broken = [*rows("new"), PassageRow(0, 3, "new", "en", None, (), b"no such encoding")]
    with pytest.raises(sqlite3.IntegrityError):
        writer.put(document("a.md", "new"), STATE, broken)
    assert writer.document("id-a.md") == document("a.md", "old text")
    assert [p.text for p in writer.passages(writer.table().ids)] == ["old t", "ext"]
    assert writer.revision == 1


def test_a_snapshot_stays_while_others_write(writer: Writer, tmp_path: Path) -> None:
    writer.put(document("a.md", "old text"), STATE, rows("old text"))
    reader = Store(tmp_path)
    with reader.snapshot():
        ids = reader.table().ids
        writer.put(document("a.md", "new"), STATE, rows("new"))
        assert reader.revision == 1
        assert [p.text for p in reader.passages(ids)] == ["old t", "ext"]
    assert [p.text for p in reader.passages(reader.table().ids)] == ["new"]
    with pytest.raises(IndexStateError, match="was changed while") as raised:
        reader.passages(ids)
    assert raised.value.code == "index_changed"


def test_encodings_are_shared_and_dropped_with_their_last_passage(writer: Writer) -> None:
    writer.put(document("a.md", "same"), STATE, rows("same"))
    writer.put(document("b.md", "same"), STATE, rows("same"))
    assert len(writer.table().ids) == 2
    writer.delete(["a.md"])
    writer.drop_orphans()
    assert writer.absent([b"k", b"l"]) == {b"l"}
    writer.delete(["b.md"])
    writer.drop_orphans()
    assert writer.absent([b"k"]) == {b"k"}


def test_deleted_text_is_gone_from_every_byte(writer: Writer, tmp_path: Path) -> None:
    text = "The xylozebra sleeps. " * 400
    writer.put(document("secret.md", text), STATE, rows(text, 500))
    writer.put(document("b.md", "other"), STATE, rows("other"))
    writer.delete(["secret.md"])
    assert writer.vanished() == {"secret.md": None}  # until test sets have been told
    writer.told()
    writer.checkpoint()
    data = b"".join(path.read_bytes() for path in tmp_path.glob(f"{FILE_NAME}*"))
    assert b"xylozebra" not in data
    assert b"secret.md" not in data
    assert b"other" in data


def test_failures_are_kept_until_forgiven(writer: Writer) -> None:
    writer.fail("x.md", "It is empty.", FileState(0, 5))
    writer.fail("y.md", "It is binary.", FileState(7, 5))
    assert [failed.file for failed, _ in writer.failures().values()] == ["x.md", "y.md"]
    writer.put(document("y.md", "fine"), STATE, rows("fine"))
    writer.forgive(["x.md"])
    assert writer.failures() == {}


def test_adopting_replaces_everything_in_one_step(writer: Writer, tmp_path: Path) -> None:
    writer.put(document("a.md", "old text"), STATE, rows("old text"))
    writer.fail("x.md", "It is empty.", STATE)
    old_ids = set(writer.table().ids.tolist())
    beside = tmp_path / "beside"
    beside.mkdir()
    fresh = Writer(beside)
    fresh.set_header(Header("new", "elsewhere", Settings(passage_tokens=9), "big", "big-4", 4))
    fresh.add_encodings([(b"k", np.ones(4, dtype=np.float32), b"fresh")])
    fresh.put(document("b.md", "new text"), STATE, rows("new text"))
    fresh.close()
    reader = Store(tmp_path)
    with reader.snapshot():
        before = reader.documents()
        writer.adopt(beside)
        assert reader.documents() == before
    assert reader.header == Header(
        "new", "elsewhere", Settings(passage_tokens=9), "big", "big-4", 4
    )
    assert [d.source for d in reader.documents()] == ["b.md"]
    assert reader.failures() == {}
    ids = reader.table().ids
    assert not set(ids.tolist()) & old_ids
    assert reader.token_codes(ids) == [b"fresh", b"fresh"]
    assert reader.revision == 2


@pytest.mark.parametrize("begun", [False, True])
def test_no_index_is_said_so(tmp_path: Path, begun: bool) -> None:
    if begun:
        (tmp_path / FILE_NAME).touch()
    with pytest.raises(IndexStateError) as raised:
        Store(tmp_path)
    assert raised.value.code == "index_missing"
    assert "qa index" in raised.value.hint


def test_a_file_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"not a database, whatever it is called" * 100)
    with pytest.raises(IndexStateError) as raised:
        Store(tmp_path)
    assert raised.value.code == "index_damaged"


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / FILE_NAME)
    other.execute("CREATE TABLE recipes (name TEXT)")
    other.close()
    before = (tmp_path / FILE_NAME).read_bytes()
    for opened in (Store, Writer):
        with pytest.raises(IndexStateError) as raised:
            opened(tmp_path)
        assert raised.value.code == "index_damaged"
    assert (tmp_path / FILE_NAME).read_bytes() == before


def test_a_cut_database_is_said_so(writer: Writer, tmp_path: Path) -> None:
    text = "many words " * 5000
    writer.put(document("a.md", text), STATE, rows(text, 500))
    writer.checkpoint()
    writer.close()
    path = tmp_path / FILE_NAME
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    with pytest.raises(IndexStateError) as raised:
        reader = Store(tmp_path)
        reader.passages(reader.table().ids)
    assert raised.value.code == "index_damaged"


def test_a_newer_schema_is_refused(writer: Writer, tmp_path: Path) -> None:
    writer.close()
    other = sqlite3.connect(tmp_path / FILE_NAME)
    other.execute("PRAGMA user_version = 99")
    other.close()
    with pytest.raises(IndexStateError) as raised:
        Store(tmp_path)
    assert raised.value.code == "index_newer_schema"


def test_a_full_disk_is_said_so_and_loses_nothing(writer: Writer, tmp_path: Path) -> None:
    writer.put(document("a.md", "old text"), STATE, rows("old text"))
    pages = writer._one("PRAGMA page_count")[0]
    writer._run(f"PRAGMA max_page_count = {pages + 2}")
    text = "far too much for what is left " * 5000
    with pytest.raises(IndexStateError) as raised:
        writer.put(document("a.md", text), STATE, rows(text, 500))
    assert raised.value.code == "disk_full"
    assert Store(tmp_path).document("id-a.md") == document("a.md", "old text")


def test_a_lock_that_is_not_freed_is_said_so(writer: Writer, tmp_path: Path) -> None:
    other = Writer(tmp_path)
    other._run("PRAGMA busy_timeout = 50")
    with writer._transaction(), pytest.raises(IndexBusyError):
        other.delete(["a.md"])
