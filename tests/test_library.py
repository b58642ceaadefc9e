"""Documents through the API: added, removed and brought back, without a path from a client."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.types import ASGIApp

from qa import Assistant
from qa.documents import LARGEST
from qa.errors import InputError
from qa.service import Guard, Service, routes
from qa.service.library import Differences, checked_name
from tests.conftest import write_files
from tests.hash_encoder import HashEncoder
from tests.office_files import zipped
from tests.serving import call, post


@pytest.fixture
def service(corpus: Path, tmp_path: Path, encoder: HashEncoder) -> Iterator[Service]:
    assistant = Assistant.build(corpus, tmp_path / "index", encoder)
    service = Service(assistant)
    yield service
    service.jobs.wait(20)
    assistant.index.close()


@pytest.fixture
def api(service: Service) -> ASGIApp:
    return Guard(Starlette(routes=list(routes(service))))


def sources(api: ASGIApp) -> set[str]:
    return {one["doc"] for one in call(api, "GET", "/api/docs")[1]["documents"]}


def upload(api: ASGIApp, name: str, content: bytes) -> tuple[int, dict[str, object]]:
    status, body, _ = call(api, "POST", f"/api/docs?name={quote(name)}", content=content)
    return status, body


def test_an_upload_stands_in_the_folder_and_answers(
    api: ASGIApp, service: Service, corpus: Path
) -> None:
    text = "The bakery of Elmstadt sells 14 kinds of bread.\n"
    status, body = upload(api, "bakery.md", text.encode())
    assert (status, body["doc"]) == (202, "uploads/bakery.md")
    ended = service.jobs.wait(20)
    assert ended is not None
    assert ended.state == "done"
    assert (corpus / "uploads/bakery.md").read_text() == text
    assert "uploads/bakery.md" in sources(api)
    assert upload(api, "bakery.md", b"Another bakery.")[1]["doc"] == "uploads/bakery (2).md"
    assert (corpus / "uploads/bakery.md").read_text() == text
    assert upload(api, "bakery.md", text.encode())[1]["doc"] == "uploads/bakery.md"
    assert len(list((corpus / "uploads").iterdir())) == 2


@pytest.mark.parametrize("kind", ["docm", "pptm", "xlsm"])
def test_office_files_with_macros_are_taken(api: ASGIApp, kind: str) -> None:
    content = zipped({"[Content_Types].xml": "<Types/>"})
    assert upload(api, f"a.{kind}", content)[0] == 202


def test_an_archive_that_is_added_answers_with_its_members(api: ASGIApp, service: Service) -> None:
    content = zipped({"notes/a.txt": "Grain is kept in the silo of Elmstadt.\n"})
    assert upload(api, "all.zip", content)[0] == 202
    service.jobs.wait(20)
    assert "uploads/all.zip/notes/a.txt" in sources(api)


@pytest.mark.parametrize(
    ("name", "content", "code", "expected"),
    [
        ("../evil.md", b"x", "name_refused", 400),
        ("a/b.md", b"x", "name_refused", 400),
        ("a\\b.md", b"x", "name_refused", 400),
        (".hidden.md", b"x", "name_refused", 400),
        (".md", b"x", "name_refused", 400),
        ("a\x00.md", b"x", "name_refused", 400),
        ("gpj\u202e.md", b"x", "name_refused", 400),
        ("x" * 300 + ".md", b"x", "name_refused", 400),
        ("run.exe", b"MZ", "kind_refused", 415),
        ("noending", b"x", "kind_refused", 415),
        ("plain.docm", b"Text", "content_refused", 415),
        ("plain.zip", b"Text", "content_refused", 415),
        ("blob.txt", b"a\x00b", "content_refused", 415),
        ("empty.txt", b"", "file_empty", 400),
    ],
)
def test_what_cannot_be_a_document_leaves_no_file(
    api: ASGIApp, corpus: Path, name: str, content: bytes, code: str, expected: int
) -> None:
    before = sorted(path for path in corpus.rglob("*") if path.is_file())
    status, body = upload(api, name, content)
    error = body["error"]
    assert isinstance(error, dict)
    assert (status, error["code"]) == (expected, code)
    assert sorted(path for path in corpus.rglob("*") if path.is_file()) == before


async def _endless() -> AsyncIterator[bytes]:
    for _ in range(LARGEST // 2**20 + 1):
        yield b"x" * 2**20


def test_an_upload_without_a_length_is_cut_off(api: ASGIApp, corpus: Path) -> None:
    status, body, _ = call(api, "POST", "/api/docs?name=big.txt", content=_endless())
    assert (status, body["error"]["code"]) == (413, "request_too_large")
    assert "Split it" in body["error"]["hint"]
    assert list((corpus / "uploads").iterdir()) == []
    length = {"content-length": str(LARGEST + 1)}
    assert call(api, "POST", "/api/docs?name=big.txt", content=b"x", headers=length)[0] == 413


@given(st.text())
def test_an_accepted_name_is_a_plain_name(name: str) -> None:
    try:
        accepted = checked_name(f"{name}.md")
    except InputError:
        return
    assert os.path.basename(accepted) == accepted  # noqa: PTH119 - as the system sees it
    assert Path("uploads", accepted).parent == Path("uploads")
    assert not accepted.startswith(".")


def test_a_removed_document_comes_back_by_its_ticket(
    api: ASGIApp, service: Service, corpus: Path
) -> None:
    ids = {one["doc"]: one["doc_id"] for one in call(api, "GET", "/api/docs")[1]["documents"]}
    source = "notes/lighthouse.txt"
    status, body, _ = call(api, "DELETE", f"/api/docs/{ids[source]}")
    assert (status, body["doc"]) == (202, source)
    service.jobs.wait(20)
    assert source not in sources(api)
    assert not (corpus / source).exists()
    status, back, _ = call(api, "POST", f"/api/trash/{body['ticket']}/restore")
    assert (status, back["doc"]) == (202, source)
    service.jobs.wait(20)
    assert source in sources(api)
    assert call(api, "POST", f"/api/trash/{body['ticket']}/restore")[0] == 404


def test_a_link_that_was_removed_comes_back(api: ASGIApp, service: Service, corpus: Path) -> None:
    write_files(corpus, {".kept/note.txt": "The ferry of Elmstadt sails at eight.\n"})
    (corpus / "note.txt").symlink_to(".kept/note.txt")
    service.library.sync()
    service.jobs.wait(20)
    ids = {one["doc"]: one["doc_id"] for one in call(api, "GET", "/api/docs")[1]["documents"]}
    ticket = call(api, "DELETE", f"/api/docs/{ids['note.txt']}")[1]["ticket"]
    service.jobs.wait(20)
    assert call(api, "POST", f"/api/trash/{ticket}/restore")[0] == 202
    assert (corpus / "note.txt").readlink() == Path(".kept/note.txt")
    service.jobs.wait(20)
    assert "note.txt" in sources(api)


def test_nothing_is_overwritten_when_a_file_comes_back(api: ASGIApp, corpus: Path) -> None:
    ids = {one["doc"]: one["doc_id"] for one in call(api, "GET", "/api/docs")[1]["documents"]}
    ticket = call(api, "DELETE", f"/api/docs/{ids['hafen.md']}")[1]["ticket"]
    write_files(corpus, {"hafen.md": "New."})
    status, body, _ = call(api, "POST", f"/api/trash/{ticket}/restore")
    assert (status, body["error"]["code"]) == (409, "place_taken")
    assert (corpus / "hafen.md").read_text() == "New."


@pytest.mark.parametrize("ticket", ["..", "%2e%2e", "0" * 16, "x", "../notes"])
def test_a_forged_ticket_finds_nothing(api: ASGIApp, ticket: str) -> None:
    assert call(api, "POST", f"/api/trash/{ticket}/restore")[0] in (404, 405)


def test_the_file_is_offered_only_while_it_is_what_was_indexed(api: ASGIApp, corpus: Path) -> None:
    ids = {one["doc"]: one["doc_id"] for one in call(api, "GET", "/api/docs")[1]["documents"]}
    path = f"/api/docs/{ids['hafen.md']}/file"
    status, content, headers = call(api, "GET", path)
    assert (status, content) == (200, (corpus / "hafen.md").read_bytes())
    assert headers["content-disposition"].startswith("attachment")
    write_files(corpus, {"hafen.md": "Changed."})
    assert call(api, "GET", path)[0] == 409
    (corpus / "hafen.md").unlink()
    assert call(api, "GET", path)[0] == 410


def test_a_folder_that_leads_elsewhere_takes_no_upload(
    api: ASGIApp, corpus: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (corpus / "uploads").symlink_to(tmp_path / "elsewhere")
    status, _ = upload(api, "a.md", b"Text.")
    assert status == 409
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_wrong_methods_are_405_and_the_description_lists_the_right_ones(api: ASGIApp) -> None:
    described = call(api, "GET", "/api/openapi.json")[1]["paths"]
    assert set(described["/api/docs/{doc_id}"]) == {"get", "delete"}
    for path, methods in described.items():
        wrong = {"GET", "POST", "PUT", "DELETE"} - {name.upper() for name in methods}
        concrete = path.replace("{page}", "1").replace("{doc_id}", "x")
        for method in wrong:
            status, body, headers = call(api, method, concrete.replace("{ticket}", "x"))
            assert (status, body["error"]["code"]) == (405, "method_unknown")
            assert set(headers["allow"].split(", ")) == {name.upper() for name in methods}


def test_a_page_that_is_not_there(api: ASGIApp) -> None:
    one = call(api, "GET", "/api/docs")[1]["documents"][0]["doc_id"]
    assert call(api, "GET", f"/api/docs/{one}/pages/1.png")[0] == 404
    assert call(api, "GET", f"/api/docs/{one}/pages/1.png?start=x")[0] == 400
    assert call(api, "GET", "/api/docs/unknown/pages/1.png")[0] == 404
    status, body, _ = call(api, "GET", f"/api/docs/{one}/pages/{'9' * 5_000}.png")
    assert (status, body["error"]["code"]) == (404, "not_found")


def test_what_differs_from_the_folder_is_known_before_a_sync(
    service: Service, corpus: Path
) -> None:
    write_files(corpus, {"hafen.md": "Something else.", "new.txt": "A new note, long enough."})
    (corpus / "minato.txt").unlink()
    os.utime(corpus / "museum.html")  # looks different, and is the same
    differences = service.library.differences()
    assert differences.states == {"hafen.md": "changed", "minato.txt": "missing"}
    assert differences.new == 1
    service.library.sync()
    service.jobs.wait(20)
    assert service.library.differences() == Differences({}, 0)


def test_a_folder_that_is_gone_has_none_of_its_documents(service: Service, corpus: Path) -> None:
    corpus.rename(corpus.with_name("elsewhere"))
    assert set(service.library.differences().states.values()) == {"missing"}


def test_the_last_document_can_be_removed_and_brought_back(service: Service, api: ASGIApp) -> None:
    tickets = []
    for one in call(api, "GET", "/api/docs")[1]["documents"]:
        tickets.append(call(api, "DELETE", f"/api/docs/{one['doc_id']}")[1]["ticket"])
        service.jobs.wait(20)
    ended = service.jobs.job
    assert ended is not None
    assert (ended.state, ended.error) == ("done", None)
    assert sources(api) == set()
    status, answer, _ = post(api, "/api/ask", question="When was the harbour opened?")
    assert (status, answer["abstained"]) == (200, True)
    call(api, "POST", f"/api/trash/{tickets[0]}/restore")
    service.jobs.wait(20)
    assert len(sources(api)) == 1


def test_an_empty_folder_is_still_taken_for_a_mistake(service: Service, corpus: Path) -> None:
    for path in corpus.rglob("*.*"):
        path.unlink()
    service.library.sync()
    ended = service.jobs.wait(20)
    assert ended is not None
    assert ended.error is not None
    assert ended.error.code == "folder_empty"


def test_a_part_of_an_archive_is_offered_but_not_removed(
    service: Service, api: ASGIApp, corpus: Path
) -> None:
    (corpus / "all.zip").write_bytes(zipped({"notes/a.txt": "Grain is kept in the silo."}))
    service.library.sync()
    service.jobs.wait(20)
    ids = {one["doc"]: one["doc_id"] for one in call(api, "GET", "/api/docs")[1]["documents"]}
    one = f"/api/docs/{ids['all.zip/notes/a.txt']}"
    status, content, headers = call(api, "GET", f"{one}/file")
    assert (status, content) == (200, b"Grain is kept in the silo.")
    assert headers["content-disposition"] == "attachment; filename*=utf-8''a.txt"
    status, body, _ = call(api, "DELETE", one)
    assert (status, body["error"]["code"]) == (409, "document_in_archive")
    assert not (corpus / ".trash").exists()


def test_a_line_of_a_corpus_is_offered(tmp_path: Path, encoder: HashEncoder) -> None:
    line = '{"_id": "d1", "title": "", "text": "Grain is kept in the silo."}\n'
    write_files(tmp_path / "corpus", {"corpus.jsonl": line})
    assistant = Assistant.build(tmp_path / "corpus", tmp_path / "index", encoder)
    api = Guard(Starlette(routes=list(routes(Service(assistant)))))
    (one,) = call(api, "GET", "/api/docs")[1]["documents"]
    status, content, headers = call(api, "GET", f"/api/docs/{one['doc_id']}/file")
    assert (status, content) == (200, line.encode())
    assert headers["content-disposition"].endswith("d1.json")
    assistant.index.close()
