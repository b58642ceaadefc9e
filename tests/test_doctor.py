"""Every kind of damage is found, and what can be mended is; what cannot is named."""

import shutil
import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from qa.codes import codes_of, spans_of
from qa.dense import FILE_NAME as DENSE
from qa.doctor import Examination, examine, repair
from qa.errors import IndexStateError
from qa.header import Header
from qa.index import Index, read_header
from qa.lexical import FOLDER_NAME as LEXICAL
from qa.store import FILE_NAME
from tests.conftest import CORPUS
from tests.hash_encoder import HashEncoder
from tests.syncing import SETTINGS, content, run, sources


def present(_: Header) -> str:
    return HashEncoder().fingerprint


@pytest.fixture
def folder(tmp_path: Path, corpus: Path) -> Path:
    run(tmp_path / "index", corpus)
    return tmp_path / "index"


def wrong(found: Examination) -> set[str]:
    return {check.name for check in found.checks if not check.ok}


def spoil(folder: Path, *statements: str) -> None:
    connection = sqlite3.connect(folder / FILE_NAME)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def flip(path: Path, at: int | bytes) -> None:
    """Change one byte, at an offset from the end or in the middle of some bytes."""
    data = bytearray(path.read_bytes())
    place = len(data) - at if isinstance(at, int) else data.index(at) + len(at) // 2
    data[place] ^= 1
    path.write_bytes(data)


def test_a_sound_index_is_found_sound(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    found = examine(folder, present)
    assert found.ok
    names = ["store", "checksums", "offsets", "dense", "lexical", "counts", "model"]
    assert [check.name for check in found.checks] == names
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert repair(folder, present) == found


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE documents SET text = replace(text, '1874', '1875')", {"checksums", "offsets"}),
        ("UPDATE documents SET title = 'Another' WHERE source = 'harbour.md'", {"checksums"}),
        ("UPDATE documents SET page_starts = '[0]' WHERE lang = 'ja'", {"checksums", "offsets"}),
        ('UPDATE passages SET "start" = "start" + 1, "end" = "end" + 1', {"checksums", "offsets"}),
        ("UPDATE passages SET page = 3 WHERE passage_id = 1", {"checksums", "offsets"}),
        ("UPDATE encodings SET tokens = zeroblob(length(tokens))", {"checksums"}),
    ],
)
def test_damage_inside_the_store_is_found_and_taken_out(
    folder: Path, corpus: Path, tmp_path: Path, statement: str, broken: set[str]
) -> None:
    spoil(folder, statement)
    found = examine(folder, present)
    assert wrong(found) == broken
    assert found.spoilt
    mended = repair(folder, present)
    assert mended.ok
    assert mended.read_again == found.spoilt
    assert set(sources(folder)) == set(CORPUS) - set(found.spoilt)
    assert run(folder, corpus).added == len(found.spoilt)
    run(tmp_path / "clean", corpus)
    assert content(folder) == content(tmp_path / "clean")


def test_a_flipped_bit_in_the_text_is_found(folder: Path) -> None:
    flip(folder / FILE_NAME, b"Marta Quill painted")
    found = examine(folder, present)
    assert found.spoilt == ("notes/lighthouse.txt",)


def test_a_flipped_bit_that_leaves_no_text_is_found_and_taken_out(
    folder: Path, corpus: Path
) -> None:
    data = bytearray((folder / FILE_NAME).read_bytes())
    data[data.index("ährt täglich".encode()) + 1] ^= 0x40
    (folder / FILE_NAME).write_bytes(data)
    assert examine(folder, present).spoilt == ("hafen.md",)
    assert repair(folder, present).ok
    assert run(folder, corpus).added == 1


def test_a_row_beyond_reading_is_found_and_taken_out(folder: Path, corpus: Path) -> None:
    spoil(folder, "UPDATE documents SET metadata = '{broken' WHERE source = 'harbour.md'")
    assert examine(folder, present).spoilt == ("harbour.md",)
    assert repair(folder, present).ok
    assert run(folder, corpus).added == 1


def lose(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def flip_words(path: Path) -> None:
    flip(max(path.rglob("*.store"), key=lambda one: one.stat().st_size), 60)


@pytest.mark.parametrize(
    ("part", "damage", "broken"),
    [
        (DENSE, lambda path: flip(path, 9), {"dense", "counts"}),
        (DENSE, lose, {"dense", "counts"}),
        (LEXICAL, lose, {"lexical", "counts"}),
        (LEXICAL, flip_words, {"lexical", "counts"}),
    ],
)
def test_what_is_derived_is_made_again(
    folder: Path, part: str, damage: Callable[[Path], None], broken: set[str]
) -> None:
    before = content(folder)
    damage(folder / part)
    assert wrong(examine(folder, present)) == broken
    mended = repair(folder, present)
    assert (mended.ok, mended.read_again) == (True, ())
    assert content(folder) == before


def test_another_model_is_said_so(folder: Path) -> None:
    found = examine(folder, lambda _: "other")
    assert wrong(found) == {"model"}
    assert "qa index --rebuild" in found.checks[-1].detail


@pytest.mark.parametrize("whole", [False, True])
def test_a_store_beyond_repair_is_said_so(folder: Path, whole: bool) -> None:
    path = folder / FILE_NAME
    data = path.read_bytes()
    path.write_bytes(
        b"nothing of the kind" * 999 if whole else data[:8192] + bytes(len(data) - 8192)
    )
    found = examine(folder, present)
    assert wrong(found) == {"store"}
    assert "qa index FOLDER --rebuild --index" in found.checks[0].detail
    with pytest.raises(IndexStateError) as raised:
        repair(folder, present)
    assert raised.value.code == "index_damaged"


def test_no_index_is_said_so(tmp_path: Path) -> None:
    for work in (examine, repair):
        with pytest.raises(IndexStateError) as raised:
            work(tmp_path / "nowhere", present)
        assert raised.value.code == "index_missing"
    assert not (tmp_path / "nowhere").exists()


def make_old(folder: Path) -> None:
    """Turn an index into one of schema 1, which kept spans in four bytes a token."""
    with closing(sqlite3.connect(folder / FILE_NAME)) as store, store:
        for key, blob in store.execute("SELECT key, tokens FROM encodings").fetchall():
            _, codes = codes_of([blob], HashEncoder().dimensions // 8)
            spans = spans_of(blob, HashEncoder().dimensions // 8).astype("<i2")
            old = struct.pack("<HB", len(codes), 2) + spans.tobytes() + codes.tobytes()
            store.execute("UPDATE encodings SET tokens = ? WHERE key = ?", (old, key))
    tables = ("documents", "passages", "encodings")
    drops = [f"ALTER TABLE {table} DROP COLUMN digest" for table in tables]
    drops += ["ALTER TABLE documents DROP COLUMN pages_without_text", "DROP TABLE vanished"]
    spoil(folder, *drops, "PRAGMA user_version = 1")


@pytest.mark.parametrize("how", ["repair", "sync"])
def test_an_older_schema_is_refused_until_it_is_brought_up_to_date(
    folder: Path, corpus: Path, how: str
) -> None:
    before = content(folder)
    make_old(folder)
    for attempt in (Index.open, lambda folder: examine(folder, present)):
        with pytest.raises(IndexStateError) as raised:
            attempt(folder)
        assert raised.value.code == "index_older_schema"
        assert "qa doctor --repair" in raised.value.hint
    assert read_header(folder).settings == SETTINGS
    if how == "repair":
        assert repair(folder, present).ok
    else:
        encoder = HashEncoder()
        assert (run(folder, corpus, encoder).unchanged, encoder.encoded) == (6, 0)
    assert content(folder) == before
    assert examine(folder, present).ok


@pytest.mark.parametrize("wrong", ["9.75", "null "])
def test_a_header_that_was_not_written_so_is_damage(folder: Path, corpus: Path, wrong: str) -> None:
    old = '"threshold": null'
    statement = "UPDATE meta SET value = replace(value, ?, ?) WHERE key = 'header'"
    with closing(sqlite3.connect(folder / FILE_NAME)) as store, store:
        store.execute(statement, (old, f'"threshold": {wrong}'))
    with pytest.raises(IndexStateError) as raised:
        Index.open(folder)
    assert raised.value.code == "index_damaged"
    assert not examine(folder, present).ok
    run(folder, corpus, rebuild=True)
    assert examine(folder, present).ok
