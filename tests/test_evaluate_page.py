"""The Evaluate page in a real browser, from an uploaded test set to a failure's document."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa import Assistant
from qa.errors import InputError
from qa.service.evaluations import Evaluations
from qa.service.jobs import Jobs
from tests.hash_encoder import HashEncoder

QUESTIONS = [
    {
        "id": "opened",
        "question": "When was the harbour of Elmstadt opened?",
        "lang": "en",
        "sources": [{"doc": "harbour.md", "quote": "The harbour of Elmstadt was opened in 1874."}],
    },
    {
        "id": "wrong",
        "question": "Three cranes can lift 40 tonnes each",
        "lang": "en",
        "sources": [{"doc": "museum.html", "quote": "312 Taschenuhren"}],
    },
]
LINES = "".join(f"{json.dumps(one)}\n" for one in QUESTIONS).encode()


@pytest.fixture
def evaluations(tmp_path: Path, corpus: Path) -> Iterator[Evaluations]:
    jobs = Jobs()
    assistant = Assistant.build(corpus, tmp_path / "index", HashEncoder())
    yield Evaluations(assistant, jobs)
    jobs.stop()
    jobs.wait()
    assistant.index.close()


@pytest.mark.parametrize("name", ["../x.jsonl", ".x.jsonl", "x.exe", "a/b.csv", "", "x.jsonl\0"])
def test_a_test_set_is_kept_under_a_plain_name_only(evaluations: Evaluations, name: str) -> None:
    with pytest.raises(InputError, match="under this name"):
        evaluations.add(name, LINES)


def test_a_broken_test_set_is_not_kept(evaluations: Evaluations) -> None:
    with pytest.raises(InputError, match=r"mine\.jsonl, line 1: it is not JSON"):
        evaluations.add("mine.jsonl", b"{oops")
    assert evaluations.tests() == {}
    with pytest.raises(InputError, match="no test set 'mine.jsonl'"):  # noqa: RUF043
        evaluations.start("mine.jsonl")


def test_a_test_set_is_evaluated_in_the_background(evaluations: Evaluations) -> None:
    assert evaluations.add("my questions.jsonl", LINES) == "my questions.jsonl"
    evaluations.start("my questions.jsonl")
    job = evaluations._jobs.wait()
    assert job is not None
    assert (job.state, job.result, job.done, job.total) == ("done", "my-questions-1", 2, 2)
    report = evaluations.report("my-questions-1")
    assert evaluations.questions(report) == {"wrong": QUESTIONS[1]["question"]}
    assert [one.run for one in evaluations.runs()] == ["my-questions-1"]
    with pytest.raises(InputError, match="no evaluation run"):
        evaluations.report("../../etc")


def test_failures_lead_to_their_question_and_document(evaluations: Evaluations) -> None:
    from qa.ui.figures import report_html

    evaluations.add("mine.jsonl", LINES.replace(b"Three cranes", b"<script>cranes"))
    evaluations.start("mine.jsonl")
    evaluations._jobs.wait()
    report = evaluations.report("mine-1")
    compared = evaluations.compare("mine-1", "mine-1")
    for lang in ("en", "de", "ja"):
        shown = report_html(
            report, compared, evaluations.questions(report), {"harbour.md": "h1"}, lang
        )
        assert "<script" not in shown
        assert "href='./?q=%3Cscript%3Ecranes" in shown
        assert re.search(r"href='\./sources\?doc=h1&amp;start=\d+&amp;end=\d+'", shown)
        assert shown.count("<svg") == 4


@pytest.mark.browser
def test_from_an_upload_to_the_document_that_came_first(tmp_path: Path, corpus: Path) -> None:
    from playwright.sync_api import expect

    from tests.app_server import launched, served, watched

    index = tmp_path / "index"
    Assistant.build(corpus, index, HashEncoder()).index.close()
    tests = tmp_path / "mine.jsonl"
    tests.write_bytes(LINES)
    with launched() as browser, served(index) as (address, _), watched(browser, address) as visit:
        page = visit("/evaluate")
        expect(page.locator(".fs-empty")).to_contain_text("upload a test set")
        page.locator("#fs-files").set_input_files(tests)
        expect(page.locator("#fs-notice")).to_have_text("Added: mine.jsonl")
        expect(page.get_by_role("combobox", name="Test set")).to_have_value("mine.jsonl")
        page.get_by_role("button", name="Evaluate").click()
        expect(page.locator("#fs-failures")).to_contain_text("Another passage comes first.")
        expect(page.locator(".fs-figure svg")).to_have_count(4)
        expect(page.get_by_role("cell", name="nDCG@10").first).to_be_visible()
        page.get_by_role("link", name="harbour.md").click()
        page.wait_for_url("**/sources?doc=*&start=*")
        page.go_back()
        page.get_by_role("link", name=str(QUESTIONS[1]["question"])).click()
        page.wait_for_url("**/?q=*")
        phone = visit("/evaluate", width=390, height=844)
        expect(phone.locator("#fs-failures")).to_be_visible()
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
