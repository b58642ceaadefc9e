"""The Evaluate page in a real browser, from an uploaded test set to a failure's document."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from qa import Assistant
from qa.errors import InputError
from qa.evaluation.evaluate import evaluate
from qa.evaluation.report import Baseline, kept
from qa.evaluation.reports.files import quotes, write_all
from qa.evaluation.runs import find
from qa.service.evaluations import Evaluations
from qa.service.jobs import Jobs
from qa.settings import Settings
from qa.testsets import FEEDBACK
from qa.testsets.reading import read
from tests.app_server import launched, served, watched
from tests.conftest import CORPUS, write_files
from tests.evaluating import Worsened
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


def start(evaluations: Evaluations) -> None:
    """Evaluate the only test set there is."""
    (one,) = evaluations.tests()
    evaluations.start(one.key)


@pytest.mark.parametrize("name", ["../x.jsonl", ".x.jsonl", "x.exe", "a/b.csv", "", "x.jsonl\0"])
def test_a_test_set_is_kept_under_a_plain_name_only(evaluations: Evaluations, name: str) -> None:
    with pytest.raises(InputError, match="under this name"):
        evaluations.add(name, LINES)


def test_a_broken_test_set_is_not_kept(evaluations: Evaluations) -> None:
    with pytest.raises(InputError, match=r"mine\.jsonl, line 1: it is not JSON"):
        evaluations.add("mine.jsonl", b"{oops")
    assert evaluations.tests() == []
    with pytest.raises(InputError, match="test set is not there"):
        evaluations.start("mine.jsonl")


def test_topics_are_evaluated_with_the_judgements_named_before(
    evaluations: Evaluations, tmp_path: Path
) -> None:
    files = {"topics.txt": "301\tWho opened the harbour?\n", "judged.txt": "301 0 harbour.md 1\n"}
    folder = write_files(tmp_path / "trec", files)
    evaluate(evaluations._assistant, read(folder / "topics.txt", folder / "judged.txt"))
    start(evaluations)
    evaluations._jobs.wait()
    assert [run.tests for run in evaluations.runs()] == ["topics", "topics"]


def test_a_test_set_replaces_none_of_its_name(evaluations: Evaluations) -> None:
    other = LINES.replace(b"opened", b"closed")
    names = [evaluations.add("mine.jsonl", data) for data in (LINES, other, LINES, other)]
    assert names == ["mine.jsonl", "mine (2).jsonl"] * 2
    assert {one.name: one.path.read_bytes() for one in evaluations.tests()} == {
        "mine.jsonl": LINES,
        "mine (2).jsonl": other,
    }
    assert len(list((evaluations._index / "tests").iterdir())) == 2  # and nothing half done


def test_test_sets_of_the_same_name_are_told_apart(evaluations: Evaluations, corpus: Path) -> None:
    index, name = evaluations._index, "questions.jsonl"
    own, readers, used = index / "tests" / name, index / FEEDBACK, corpus / "tests" / name
    evaluations.add(name, LINES)
    write_files(corpus, {f"tests/{name}": LINES.decode()})
    assert evaluate(evaluations._assistant, read(used)) is not None
    assert [one.name for one in evaluations.tests()] == [
        "questions.jsonl (index/tests)",
        "questions.jsonl (corpus/tests)",
    ]
    write_files(index, {FEEDBACK: LINES.decode()})
    choices = evaluations.tests()
    assert [one.path for one in choices] == [own.resolve(), readers.resolve(), used.resolve()]
    assert [evaluations.from_readers(one) for one in choices] == [False, True, False]
    assert len({one.name for one in choices}) == 3
    for one in choices:
        evaluations.start(one.key)
        job = evaluations._jobs.wait()
        assert job is not None
        assert evaluations.report(str(job.result)).info.path == str(one.path)


def test_a_test_set_is_evaluated_in_the_background(evaluations: Evaluations) -> None:
    assert evaluations.add("my questions.jsonl", LINES) == "my questions.jsonl"
    start(evaluations)
    job = evaluations._jobs.wait()
    assert job is not None
    assert (job.state, job.result, job.done, job.total) == ("done", "my-questions-1", 2, 2)
    report = evaluations.report("my-questions-1")
    assert evaluations.questions(report) == {"wrong": QUESTIONS[1]["question"]}
    better = Baseline("my-questions-0", "nDCG@10", (), won=("opened",))
    assert evaluations.questions(report, better).keys() == {"wrong", "opened"}
    assert [one.run for one in evaluations.runs()] == ["my-questions-1"]
    with pytest.raises(InputError, match="no evaluation run"):
        evaluations.report("../../etc")


def test_failures_lead_to_their_question_and_document(evaluations: Evaluations) -> None:
    from qa.ui.figures import report_html
    from qa.ui.words.evaluate import WORDS

    evaluations.add("mine.jsonl", LINES.replace(b"Three cranes", b"<script>cranes"))
    start(evaluations)
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
        assert WORDS[lang].stages["late"] in shown
        # Every number is written as its reader writes it.
        figures = re.sub(r"<[^>]*>", " ", shown)
        assert ("1,0000" in figures) is (lang == "de")
        assert (re.search(r"\d\.\d", figures) is None) is (lang == "de")


def test_a_table_of_failures_that_is_cut_says_so(
    evaluations: Evaluations, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qa.ui import figures

    evaluations.add("mine.jsonl", LINES)
    start(evaluations)
    evaluations._jobs.wait()
    report = evaluations.report("mine-1")
    more = "1 more are in the report"
    assert more not in figures.report_html(report, None, {}, {}, "en")
    monkeypatch.setattr(figures, "_FAILURES", len(report.failures) - 1)
    assert more in figures.report_html(report, None, {}, {}, "en")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as one:
        yield one


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index with two runs of one test set, the second by an encoder that understands nothing."""
    home = tmp_path_factory.mktemp("compared")
    corpus, index = write_files(home / "corpus", CORPUS), home / "index"
    # The confidence is fitted to the real encoder; the fast one's scores mean nothing to it.
    Assistant.build(corpus, index, HashEncoder(), Settings(threshold=1e-6)).index.close()
    write_files(index, {"tests/mine.jsonl": LINES.decode()})
    for encoder in (HashEncoder(), Worsened(1.0)):
        assistant = Assistant.open(index, encoder)
        assert evaluate(assistant, read(index / "tests/mine.jsonl")) is not None
        assistant.index.close()
    return index


@pytest.fixture(scope="module")
def address(browser: Browser, compared: Path) -> Iterator[str]:
    with served(compared) as (address, _):
        yield address


def choose(page: Page, name: str, value: str) -> None:
    page.get_by_role("combobox", name=name).click()
    page.get_by_role("option", name=value, exact=True).click()
    expect(page.get_by_role("option")).to_have_count(0)  # a list that closes is still there


@pytest.mark.browser
def test_from_an_upload_to_the_document_that_came_first(
    browser: Browser, tmp_path: Path, corpus: Path
) -> None:
    index = tmp_path / "index"
    Assistant.build(corpus, index, HashEncoder()).index.close()
    tests = tmp_path / "mine.jsonl"
    tests.write_bytes(LINES)
    with served(index) as (address, _), watched(browser, address) as visit:
        page = visit("/evaluate")
        expect(page.locator(".fs-empty")).to_contain_text("upload a test set")
        page.locator("#fs-files").set_input_files(tests)
        expect(page.locator("#fs-notice")).to_have_text("Added: mine.jsonl")
        chosen = page.get_by_role("combobox", name="Test set")
        expect(chosen).to_have_value("mine.jsonl")
        tests.write_bytes(LINES.replace(b"opened", b"closed"))
        page.locator("#fs-files").set_input_files(tests)
        expect(page.locator("#fs-notice")).to_have_text("Added: mine (2).jsonl")
        expect(chosen).to_have_value("mine (2).jsonl")
        tests.write_bytes(LINES)
        page.locator("#fs-files").set_input_files(tests)
        expect(chosen).to_have_value("mine.jsonl")
        page.get_by_role("button", name="Evaluate").click()
        expect(page.locator("#fs-failures")).to_contain_text("Another passage comes first.")
        expect(page.locator(".fs-figure svg")).to_have_count(4)
        expect(page.get_by_role("cell", name="nDCG@10").first).to_be_visible()
        page.get_by_role("link", name="harbour.md").click()
        page.wait_for_url("**/sources?doc=*&start=*")
        page.go_back()
        page.get_by_role("link", name="museum.html").click()
        expect(page.locator(".fs-body mark")).to_have_text("312 Taschenuhren")
        page.go_back()
        page.get_by_role("link", name=str(QUESTIONS[1]["question"])).click()
        page.wait_for_url("**/?q=*")


@pytest.mark.browser
def test_two_runs_are_compared_and_what_was_lost_leads_to_its_question(
    browser: Browser, address: str
) -> None:
    with watched(browser, address) as visit:
        page = visit("/evaluate")
        expect(page.get_by_role("combobox", name="Report of")).to_have_value("mine-2")
        choose(page, "Compare with", "mine-1")
        expect(page.get_by_role("heading", name="Compared with mine-1")).to_be_visible()
        expect(page.locator("#fs-shown")).to_contain_text("too few questions to tell")
        page.set_viewport_size({"width": 1000, "height": 400})
        page.evaluate("scrollTo(0, 500)")
        top = page.evaluate("scrollY")
        lost = page.get_by_role("list", name="Worse now:")
        page.locator("#fs-failures a").last.evaluate("link => link.click()")
        page.wait_for_url(lambda url: "/evaluate" not in url)
        page.go_back()
        expect(page.get_by_role("combobox", name="Compare with")).to_have_value("mine-1")
        page.wait_for_function(f"Math.abs(scrollY - {top}) < 2")
        lost.get_by_role("link", name=str(QUESTIONS[0]["question"])).click()
        expect(page.get_by_role("textbox", name="Question")).to_have_value(
            str(QUESTIONS[0]["question"])
        )


@pytest.mark.browser
def test_a_reader_s_verdict_becomes_a_question_that_is_evaluated(
    browser: Browser, address: str, compared: Path
) -> None:
    with watched(browser, address) as visit:
        page = visit("/?q=Was+kostet+die+F%C3%A4hre+nach+Norderholm%3F")
        verdict = page.locator("[data-verdict=right]")
        verdict.dblclick()  # as some people click everything, which is one verdict
        undo = page.get_by_role("button", name="Undo")
        expect(undo).to_be_focused()
        undo.click()  # and takes it back
        expect(verdict).to_be_focused()
        with page.expect_response("**/api/feedback") as kept:
            verdict.click()
        assert kept.value.status == 201
        (line,) = (compared / "feedback/questions.jsonl").read_text("utf-8").splitlines()
        assert json.loads(line)["by"] == "127.0.0.1"
        page.goto(f"{address}/evaluate")
        choose(page, "Test set", "What readers said of answers")
        page.get_by_role("button", name="Evaluate").click()
        expect(page.get_by_role("combobox", name="Report of")).to_have_value("questions-1")
        expect(page.locator("#fs-shown")).to_contain_text("1 questions over 6 documents")


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_nothing_and_nothing_stands_outside(
    browser: Browser, address: str, tmp_path: Path, scheme: str, width: int, compared: Path
) -> None:
    assistant, out = Assistant.open(compared, HashEncoder()), tmp_path / "out"
    tests = read(compared / "tests/mine.jsonl")
    folder = find(compared, "mine-2")
    report = kept(folder)
    write_all(out, folder, report, tests, assistant.index, quotes(report, tests, assistant))
    assistant.index.close()
    with watched(browser, address, color_scheme=scheme) as visit:
        page = visit("/evaluate", width=width, height=844)
        choose(page, "Report of", "mine-2")
        choose(page, "Compare with", "mine-1")
        expect(page.get_by_role("heading", name="Compared with mine-1")).to_be_visible()
        expect(page.locator("#fs-failures")).to_be_visible()
        page.wait_for_function("!document.querySelector('[aria-busy=true]')")
        check(page, width)
    with watched(browser, out.as_uri(), color_scheme=scheme) as visit:
        check(visit("/report.html", width=width, height=844), width)


def check(page: Page, width: int) -> None:
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    said = [(one["id"], one["nodes"][0]["html"][:200]) for one in found.response["violations"]]
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # A column that is too narrow to read is no column.
    widths = "[...document.querySelectorAll('#fs-failures td:not(:empty)')].map(e => e.clientWidth)"
    assert min(page.evaluate(widths), default=width) >= 120
