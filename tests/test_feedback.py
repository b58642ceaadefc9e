"""Verdicts on answers become test questions, with a name and a way back."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.types import ASGIApp

from qa import Assistant
from qa.service import Guard, Service, routes
from qa.service.feedback import Feedback, Place
from qa.settings import Settings
from qa.sync import sync as run_sync
from qa.testsets.keeping import follow_feedback
from qa.ui.answer import answer_html
from tests.hash_encoder import HashEncoder
from tests.serving import call, post
from tests.test_render import abstention

PLACE = {"doc": "unknown", "start": 0, "end": 1}


@pytest.fixture
def api(corpus: Path, tmp_path: Path, encoder: HashEncoder) -> Iterator[ASGIApp]:
    assistant = Assistant.build(corpus, tmp_path / "index", encoder)
    yield Guard(Starlette(routes=list(routes(Service(assistant)))))
    assistant.index.close()


def lines(tmp_path: Path) -> list[dict[str, Any]]:
    text = (tmp_path / "index" / "feedback" / "questions.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_a_right_answer_is_a_test_question_with_its_sources(api: ASGIApp, tmp_path: Path) -> None:
    _, answer, _ = post(api, "/api/ask", question="When was the harbour of Elmstadt opened?")
    cited = answer["citations"][0]
    place = {"doc": cited["doc_id"], "start": cited["start"], "end": cited["end"]}
    verdict = {"question": answer["question"], "lang": "en", "places": [place]}
    status, made, _ = post(api, "/api/feedback", verdict="right", **verdict)
    assert status == 201
    (line,) = lines(tmp_path)
    assert line["id"] == made["id"]
    assert line["sources"] == [{"doc": cited["doc"], "start": cited["start"], "end": cited["end"]}]
    assert (line["answerable"], line["by"], line["tags"]) == (
        True,
        "127.0.0.1",
        ["feedback", "right"],
    )
    assert cited["quote"] not in json.dumps(line)

    _, other, _ = post(api, "/api/feedback", verdict="wrong", **verdict)
    assert lines(tmp_path)[1]["sources"] == []
    assert call(api, "DELETE", f"/api/feedback/{made['id']}")[0] == 200
    assert [line["id"] for line in lines(tmp_path)] == [other["id"]]
    assert call(api, "DELETE", f"/api/feedback/{made['id']}")[0] == 404


def test_what_is_not_there_may_be_right(api: ASGIApp, tmp_path: Path) -> None:
    post(api, "/api/feedback", question="Why do penguins swim?", verdict="unanswerable")
    post(api, "/api/feedback", question="Wie spät?\nUnd wo?", verdict="missing")
    assert [line["answerable"] for line in lines(tmp_path)] == [False, True]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"question": "a", "verdict": "perfect"}, 400),
        ({"question": "", "verdict": "right"}, 400),
        (
            {"question": "a", "verdict": "right", "places": [{"doc": "x", "start": 0, "end": 1}]},
            404,
        ),
        ({"question": "a", "verdict": "right", "places": [{"doc": "../x", "start": 0}]}, 400),
    ],
)
def test_forged_verdicts_are_refused(
    api: ASGIApp, tmp_path: Path, body: dict[str, Any], status: int
) -> None:
    assert post(api, "/api/feedback", **body)[0] == status
    assert not (tmp_path / "index" / "feedback").exists()


def test_verdicts_follow_documents_that_move_and_go_with_deleted_ones(
    api: ASGIApp, tmp_path: Path, corpus: Path
) -> None:
    ids = {one["doc"]: one["doc_id"] for one in call(api, "GET", "/api/docs")[1]["documents"]}

    def judge(question: str, verdict: str, *docs: str) -> None:
        places = [{"doc": ids[doc], "start": 0, "end": 9} for doc in docs]
        post(api, "/api/feedback", question=question, verdict=verdict, places=places)

    judge("Moves?", "right", "hafen.md", "minato.txt")
    judge("Says what minato.txt says?", "wrong", "minato.txt")
    judge("Is nowhere?", "unanswerable")
    (corpus / "hafen.md").rename(corpus / "port.md")
    (corpus / "minato.txt").unlink()
    run_sync(tmp_path / "index", corpus, HashEncoder(), Settings())
    left = {line["question"]: [one["doc"] for one in line["sources"]] for line in lines(tmp_path)}
    assert left == {"Moves?": ["port.md"], "Is nowhere?": []}
    index = (path for path in (tmp_path / "index").rglob("*") if path.is_file())
    assert not any(b"minato.txt" in path.read_bytes() for path in index)


def test_a_verdict_given_while_places_are_brought_up_to_date_is_kept(tmp_path: Path) -> None:
    index, verdicts = tmp_path / "index", Feedback(tmp_path / "index")
    index.mkdir()
    given = [
        Thread(target=verdicts.add, args=(f"q{n}", "en", "right", [], "me")) for n in range(20)
    ]
    given += [Thread(target=follow_feedback, args=(index, {"gone.md": None})) for _ in range(20)]
    for thread in given:
        thread.start()
    for thread in given:
        thread.join()
    assert {line["question"] for line in lines(tmp_path)} == {f"q{n}" for n in range(20)}


def test_a_line_spoilt_by_hand_stops_nothing(tmp_path: Path, corpus: Path) -> None:
    index, verdicts = tmp_path / "index", Feedback(tmp_path / "index")
    run_sync(index, corpus, HashEncoder(), Settings())
    given = verdicts.add("Who?", "en", "right", [Place("minato.txt", 0, 3)], "me")
    path = index / "feedback" / "questions.jsonl"
    spoilt = [b"{not json", b"[1]", b'{"sources": 3}', b"caf\xe9", b"[" * 100_000]
    path.write_bytes(b"\n".join([*spoilt, path.read_bytes()]))
    (corpus / "hafen.md").unlink()
    run_sync(index, corpus, HashEncoder(), Settings())
    verdicts.undo(given)
    assert path.read_bytes().split(b"\n") == [*spoilt, b""]


def test_nothing_found_in_some_documents_is_no_verdict_on_all_of_them() -> None:
    shown = abstention()
    nothing = replace(shown, reason="no_documents")
    for one, narrowed, offered in (
        (shown, False, True),
        (shown, True, False),
        (nothing, False, False),
    ):
        page = answer_html(one, "en", narrowed=narrowed)
        assert ("data-verdict='unanswerable'" in page) is offered
        assert "data-verdict='missing'" in page
