"""An index moves in one archive; an archive that is not what it says changes nothing."""

import io
import json
import shutil
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest

from qa.doctor import examine
from qa.errors import FolderError, FundstelleError, IndexStateError, InputError
from qa.store import FILE_NAME
from qa.transfer import export_index, import_index
from tests.conftest import write_files
from tests.hash_encoder import HashEncoder
from tests.syncing import content, opened, run


@pytest.fixture
def archive(tmp_path: Path, corpus: Path) -> Path:
    run(tmp_path / "index", corpus)
    export_index(tmp_path / "index", tmp_path / "moved.zip")
    return tmp_path / "moved.zip"


def test_an_index_is_the_same_elsewhere(tmp_path: Path, corpus: Path, archive: Path) -> None:
    before = content(tmp_path / "index")
    elsewhere = corpus.rename(tmp_path / "documents")
    there = tmp_path / "far" / "away"
    manifest = import_index(archive, there, elsewhere)
    assert (manifest.documents, manifest.encoder) == (6, "hash-encoder")
    assert content(there) == before
    assert examine(there, lambda _: HashEncoder().fingerprint).ok
    with opened(there) as reader:
        assert reader.root == elsewhere
    with closing(sqlite3.connect(there / FILE_NAME)) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    encoder = HashEncoder()
    report = run(there, elsewhere, encoder)
    assert (report.unchanged, report.passages, encoder.encoded) == (6, 0, 0)
    assert sorted(path.name for path in there.iterdir()) == sorted(
        path.name for path in (tmp_path / "index").iterdir()
    )


def test_without_another_root_it_keeps_its_own(tmp_path: Path, corpus: Path, archive: Path) -> None:
    import_index(archive, tmp_path / "second")
    with opened(tmp_path / "second") as reader:
        assert reader.root == corpus


def test_deleted_text_does_not_travel(tmp_path: Path, corpus: Path) -> None:
    (corpus / "secret.txt").write_text("The xylozebra sleeps here. " * 50)
    run(tmp_path / "index", corpus)
    (corpus / "secret.txt").unlink()
    run(tmp_path / "index", corpus)
    export_index(tmp_path / "index", tmp_path / "a.zip")
    with ZipFile(tmp_path / "a.zip") as archive:
        assert b"xylozebra" not in archive.read(FILE_NAME)


def test_an_index_is_never_overwritten(tmp_path: Path, archive: Path) -> None:
    before = content(tmp_path / "index")
    with pytest.raises(InputError) as raised:
        import_index(archive, tmp_path / "index")
    assert raised.value.code == "index_exists"
    assert content(tmp_path / "index") == before


def repack(archive: Path, manifest: bytes | None, store: bytes | None, extra: str = "") -> None:
    with ZipFile(archive) as old:
        manifest = old.read("manifest.json") if manifest is None else manifest
        store = old.read(FILE_NAME) if store is None else store
    with ZipFile(archive, "w") as new:
        new.writestr("manifest.json", manifest)
        new.writestr(FILE_NAME, store)
        if extra:
            new.writestr(extra, "outside")


def honest(archive: Path, store: bytes) -> bytes:
    """Return a manifest that agrees with another store."""
    with ZipFile(archive) as old:
        manifest = json.loads(old.read("manifest.json"))
    return json.dumps(
        manifest | {"bytes": len(store), "sha256": sha256(store).hexdigest()}
    ).encode()


def with_trigger(archive: Path, work: Path) -> bytes:
    with ZipFile(archive) as old:
        work.write_bytes(old.read(FILE_NAME))
    with closing(sqlite3.connect(work)) as database:
        database.execute(
            "CREATE TRIGGER evil AFTER DELETE ON documents BEGIN DELETE FROM failed; END"
        )
        database.commit()
    return work.read_bytes()


@pytest.mark.parametrize(
    "kind", ["no zip", "cut", "bit", "longer", "no manifest", "no json", "trigger", "no database"]
)
def test_an_archive_that_is_not_what_it_says_is_refused(
    tmp_path: Path, archive: Path, kind: str
) -> None:
    with ZipFile(archive) as whole:
        store = whole.read(FILE_NAME)
    flipped = bytearray(store)
    flipped[len(store) // 2] ^= 1
    other = with_trigger(archive, tmp_path / "work.db") if kind == "trigger" else b"junk" * 5000
    if kind == "no zip":
        archive.write_bytes(b"no archive")
    elif kind == "cut":
        archive.write_bytes(archive.read_bytes()[:-400])
    elif kind == "no manifest":
        buffer = io.BytesIO()
        with ZipFile(buffer, "w") as new:
            new.writestr(FILE_NAME, store)
        archive.write_bytes(buffer.getvalue())
    else:
        stores = {"bit": bytes(flipped), "longer": store + bytes(10**6)}
        manifest = {"no json": b"{", "trigger": honest(archive, other)}
        manifest["no database"] = honest(archive, other)
        replaced = other if kind in ("trigger", "no database") else stores.get(kind)
        repack(archive, manifest.get(kind), replaced)
    with pytest.raises(InputError) as raised:
        import_index(archive, tmp_path / "new")
    assert raised.value.code == "archive_damaged"
    assert [path.name for path in (tmp_path / "new").iterdir()] in ([], ["write.lock"])


def test_other_members_are_never_unpacked(tmp_path: Path, archive: Path) -> None:
    repack(archive, None, None, extra="../../evil.txt")
    import_index(archive, tmp_path / "deep" / "new")
    assert not list(tmp_path.rglob("evil.txt"))


def test_a_newer_archive_says_what_to_do(tmp_path: Path, archive: Path) -> None:
    with ZipFile(archive) as old:
        manifest = json.loads(old.read("manifest.json"))
    repack(archive, json.dumps(manifest | {"schema": 99}).encode(), None)
    with pytest.raises(IndexStateError) as raised:
        import_index(archive, tmp_path / "new")
    assert raised.value.code == "index_newer_schema"


@pytest.mark.parametrize(
    ("target", "code"),
    [("no/such/folder/a.zip", "archive_unwritable"), (".", "archive_unwritable")],
)
def test_a_place_that_cannot_be_written_is_said_so(
    tmp_path: Path, archive: Path, target: str, code: str
) -> None:
    with pytest.raises(FundstelleError) as raised:
        export_index(tmp_path / "index", tmp_path / target)
    assert raised.value.code == "archive_unwritable"
    with pytest.raises(InputError) as missing:
        import_index(tmp_path / "no.zip", tmp_path / "new")
    assert missing.value.code == "archive_missing"


def test_an_archive_may_be_called_like_the_store(tmp_path: Path, archive: Path) -> None:
    export_index(tmp_path / "index", tmp_path / FILE_NAME)
    assert import_index(tmp_path / FILE_NAME, tmp_path / "second").documents == 6


@pytest.mark.parametrize("place", ["index/fundstelle.db", "index/new.zip", "hafen.md"])
def test_an_export_replaces_nothing_but_an_archive(
    tmp_path: Path, corpus: Path, archive: Path, place: str
) -> None:
    before, target = content(tmp_path / "index"), tmp_path / place
    if place == "hafen.md":
        shutil.copy(corpus / place, target)
    with pytest.raises(InputError) as raised:
        export_index(tmp_path / "index", target)
    assert raised.value.code == "archive_unwritable"
    assert content(tmp_path / "index") == before
    assert place != "hafen.md" or target.read_bytes() == (corpus / place).read_bytes()
    export_index(tmp_path / "index", archive)  # an older one makes room


def test_what_a_lost_store_left_behind_does_not_spoil_an_import(
    tmp_path: Path, corpus: Path, archive: Path
) -> None:
    before = content(tmp_path / "index")
    there = write_files(tmp_path / "there", {})
    run(there, write_files(tmp_path / "other", {"a.md": "Another folder."}))
    with closing(sqlite3.connect(there / FILE_NAME)) as database:
        database.execute("UPDATE meta SET value = value")
        database.commit()
        log = (there / f"{FILE_NAME}-wal").read_bytes()
    (there / FILE_NAME).unlink()
    (there / f"{FILE_NAME}-wal").write_bytes(log)
    import_index(archive, there)
    assert content(there) == before
    assert examine(there, lambda _: HashEncoder().fingerprint).ok


def test_an_archive_of_an_older_schema_is_taken_in(
    tmp_path: Path, corpus: Path, archive: Path
) -> None:
    before = content(tmp_path / "index")
    old = tmp_path / "old.db"
    with ZipFile(archive) as packed:
        old.write_bytes(packed.read(FILE_NAME))
    with closing(sqlite3.connect(old)) as database:
        database.executescript("DROP TABLE vanished; PRAGMA user_version = 3; VACUUM;")
    store = old.read_bytes()
    manifest = json.loads(honest(archive, store)) | {"schema": 3}
    repack(archive, json.dumps(manifest).encode(), store)
    import_index(archive, tmp_path / "there")
    assert content(tmp_path / "there") == before


@pytest.mark.parametrize("name", ["nowhere", "file.txt"])
def test_documents_are_in_a_folder(tmp_path: Path, archive: Path, name: str) -> None:
    (tmp_path / "file.txt").touch()
    with pytest.raises(FolderError):
        import_index(archive, tmp_path / "there", tmp_path / name)
    assert not (tmp_path / "there").exists()
