"""Archives: each member a document of its own, and nothing that leads out of them."""

import os
from pathlib import Path

import pytest

from qa.documents.archive import list_members, read_member, source_bytes
from qa.documents.pages import page_png, span_boxes
from tests.conftest import write_files
from tests.office_files import word, zipped
from tests.pdf_files import lines, pdf
from tests.syncing import opened, run, sources

TEXT = "The harbour of Elmstadt was opened in 1874."


def test_members_are_documents_with_pages_of_their_own(tmp_path: Path) -> None:
    root, index = tmp_path / "root", tmp_path / "index"
    members: dict[str, bytes | str] = {
        "plan.pdf": pdf(lines(TEXT)),
        "notes/a.docx": word(),
        "b.txt": "Grain and timber.",
    }
    write_files(root, {"c.txt": "Beside the archive."})
    (root / "all.zip").write_bytes(zipped({**members, "picture.png": "", ".hidden.txt": "x"}))
    report = run(index, root)
    assert (report.added, report.failed) == (4, ())
    names = ["all.zip/b.txt", "all.zip/notes/a.docx", "all.zip/plan.pdf", "c.txt"]
    assert sources(index) == names
    with opened(index) as reader:
        found = {one.source: one.doc_id for one in reader.documents()}
        document = reader.document(found["all.zip/plan.pdf"])
    path = root / document.source
    assert source_bytes(path) == members["plan.pdf"]
    assert source_bytes(root / "c.txt") == b"Beside the archive."
    assert len(span_boxes(path, document, 1, (0, len(TEXT)))) == 1
    assert page_png(path, document, 1).startswith(b"\x89PNG")


def test_only_members_that_changed_are_read_again(tmp_path: Path) -> None:
    root, index = tmp_path / "root", tmp_path / "index"
    root.mkdir()
    archive = root / "all.zip"
    archive.write_bytes(zipped({"a.txt": "Grain.", "b.txt": "Timber."}))
    run(index, root)
    assert run(index, root).unchanged == 2
    archive.write_bytes(zipped({"a.txt": "Grain.", "b.txt": "Clocks."}))
    os.utime(archive, ns=(1, 1))
    report = run(index, root)
    assert (report.unchanged, report.changed) == (1, 1)
    archive.write_bytes(zipped({"a.txt": "Grain."}))
    assert run(index, root).deleted == 1


def test_what_an_archive_hides_or_smuggles_is_reported_and_not_read(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write_files(root, {".qaignore": "all.zip/drafts/\n", "outside.txt": TEXT})
    members: dict[str, bytes | str] = {
        "good.txt": TEXT,
        "drafts/a.txt": "left out",
        "inner.zip": zipped({"a.txt": "nested"}),
        "../outside.txt": "over there",
        "/etc/absolute.txt": "over there",
        "..\\windows.txt": "over there",
        "empty.txt": "",
    }
    (root / "all.zip").write_bytes(zipped(members))
    (root / "bomb.zip").write_bytes(zipped({"a.txt": bytes(80 * 2**20)}))
    (root / "broken.zip").write_bytes(zipped({"a.txt": "x"})[:-20])
    report = run(tmp_path / "index", root)
    assert sources(tmp_path / "index") == ["all.zip/good.txt", "outside.txt"]
    assert [failed.file for failed in report.failed] == [
        "all.zip/../outside.txt",
        "all.zip/..\\windows.txt",
        "all.zip//etc/absolute.txt",
        "all.zip/empty.txt",
        "all.zip/inner.zip",
        "bomb.zip",
        "broken.zip",
    ]
    reasons = {failed.file: failed.reason for failed in report.failed}
    assert "80 MB" in reasons["bomb.zip"]
    assert "archive in an archive" in reasons["all.zip/inner.zip"]


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04"])
def test_a_member_that_is_damaged_costs_one_line(tmp_path: Path, damage: bytes) -> None:
    root = tmp_path / "root"
    root.mkdir()
    data = zipped({"a.txt": TEXT * 9, "b.txt": "Timber."})
    at = data.index(b"a.txt") + 5
    (root / "all.zip").write_bytes(data[:at] + bytes(20) + damage + data[at + 20 + len(damage) :])
    report = run(tmp_path / "index", root)
    assert [failed.file for failed in report.failed] == ["all.zip/a.txt"]
    assert sources(tmp_path / "index") == ["all.zip/b.txt"]


def test_a_member_without_a_name_costs_one_line(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    data = zipped({"a.txt": TEXT, "Q.txt": "Timber."})
    (root / "all.zip").write_bytes(data.replace(b"Q.txt", b"\0.txt"))
    report = run(tmp_path / "index", root)
    assert [(one.file, one.reason) for one in report.failed] == [
        ("all.zip/", "Its name is not valid; rename it in the archive.")
    ]
    assert sources(tmp_path / "index") == ["all.zip/a.txt"]


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("utf-8", ["Übersicht.txt", "Fähre/Süden.txt"]),
        ("cp850", ["Übersicht.txt", "Fähre/Süden.txt"]),
        ("cp866", ["Протокол заседания.txt", "Договор/Фёдоров.txt"]),
        ("cp932", ["港の報告.txt", "船舶の一覧表.txt"]),  # the second holds a backslash
    ],
)
def test_names_are_read_in_the_encoding_they_are_written_in(
    tmp_path: Path, encoding: str, names: list[str]
) -> None:
    """As archives come from other systems, which do not say how they write names."""
    root, index = tmp_path / "root", tmp_path / "index"
    root.mkdir()
    data = zipped(
        {f"{at}{'x' * (len(name.encode(encoding)) - 1)}": name * 9 for at, name in enumerate(names)}
    )
    for at, name in enumerate(names):
        raw = name.encode(encoding)
        data = data.replace(f"{at}{'x' * (len(raw) - 1)}".encode(), raw)
    (root / "all.zip").write_bytes(data)
    assert run(index, root).failed == ()
    assert sources(index) == sorted(f"all.zip/{name}" for name in names)
    for name in names:
        assert source_bytes(root / "all.zip" / name).decode() == name * 9


def test_an_archive_that_cannot_be_opened_is_not_called_damaged(tmp_path: Path) -> None:
    for read in (list_members, lambda path: read_member(path, "a.txt")):
        with pytest.raises(FileNotFoundError):  # as any refusal of the system, which may pass
            read(tmp_path / "all.zip")


def test_a_member_that_gets_damaged_stops_nothing(tmp_path: Path) -> None:
    root, index = tmp_path / "root", tmp_path / "index"
    root.mkdir()
    whole = zipped({"a.txt": TEXT})
    (root / "all.zip").write_bytes(whole)
    run(index, root)
    damaged = bytearray(zipped({"a.txt": TEXT.upper()}))
    damaged[damaged.index(b"a.txt") + 8] ^= 0xFF
    (root / "all.zip").write_bytes(damaged)
    write_files(root, {"new.txt": "The ferry leaves at nine."})
    report = run(index, root)
    assert [failed.file for failed in report.failed] == ["all.zip/a.txt"]
    assert "new.txt" in sources(index)
