"""Test sets: every form is read, and what is wrong is said with file and line."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.datamodel import Document
from qa.errors import InputError
from qa.testsets import Question, Source
from qa.testsets.places import Place, place
from qa.testsets.reading import read
from qa.testsets.writing import json_lines

TEXT = (
    "The harbour of Elmstadt was opened in 1874.\nIts three cranes can lift 40 tonnes each. "
    "エルムの港は1874年に開かれました。Die Hafenmeisterin Ute Brandt leitet ihn seit 2015."
)


def document(text: str = TEXT, page_starts: tuple[int, ...] = ()) -> Document:
    return Document("id", "harbour.md", "Harbour", text, "0" * 64, "en", page_starts=page_starts)


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def only(path: Path, qrels: Path | None = None) -> Question:
    (question,) = read(path, qrels).questions
    return question


FULL = {
    "id": "q1",
    "question": "Who leads it?",
    "lang": "EN",
    "tags": ["people"],
    "sources": [{"doc": "a.md", "quote": "Ute"}, {"doc": "b.md", "page": 2}],
    "answers": ["Ute Brandt"],
}


def check_full(question: Question) -> None:
    assert (question.id, question.text, question.lang) == ("q1", "Who leads it?", "en")
    assert (question.tags, question.answers) == (("people",), ("Ute Brandt",))
    assert [(s.doc, s.quote, s.page) for s in question.sources] == [
        ("a.md", "Ute", None),
        ("b.md", None, 2),
    ]


def test_json_lines(tmp_path: Path) -> None:
    question = only(write(tmp_path, "t.jsonl", f"\ufeff\n{json.dumps(FULL)}\n"))
    check_full(question)
    assert question.line == "t.jsonl, line 2"


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("asked", ["Who leads it?", ""])
def test_tables_with_several_rows_a_question(tmp_path: Path, mark: str, asked: str) -> None:
    rows = [
        ["id", "question", "lang", "tags", "answers", "doc", "quote", "page", "grade"],
        ["q1", "Who leads it?", "en", "people", "Ute Brandt", "a.md", "Ute", "", ""],
        ["q1", asked, "", "", "", "b.md", "", "2", "3"],
    ]
    question = only(write(tmp_path, "t.csv", "\n".join(mark.join(row) for row in rows)))
    check_full(question)
    assert [source.grade for source in question.sources] == [1, 3]


def test_a_table_from_a_spreadsheet(tmp_path: Path) -> None:
    text = 'id;question;answerable;doc;quote\r\n1;"Was kostet; ""es""?\nUnd wann?";;ä.md;Größe\r\n'
    text += "2;Wo?;false;;\r\n"
    first, second = read(write(tmp_path, "t.csv", text.encode("cp1252"))).questions
    assert first.text == 'Was kostet; "es"?\nUnd wann?'
    assert (first.sources[0].doc, first.sources[0].quote) == ("ä.md", "Größe")
    assert (second.answerable, second.line) == (False, "t.csv, line 4")


def test_yaml_is_read_as_written(tmp_path: Path) -> None:
    text = """
questions:
- id: q1
  question: Who leads it?
  lang: en
  tags: [people]
  sources:
  - {doc: a.md, quote: Ute}
  - {doc: b.md, page: 2}
  answers: Ute Brandt
- {id: 2, question: "When?", lang: no, answers: [2015-04-10, 1.50]}
"""
    first, second = read(write(tmp_path, "t.yaml", text)).questions
    check_full(first)
    assert (second.id, second.lang, second.answers) == ("2", "no", ("2015-04-10", "1.50"))


def test_a_json_list(tmp_path: Path) -> None:
    check_full(only(write(tmp_path, "t.json", json.dumps([FULL], indent=1))))


def beir(folder: Path, queries: str, qrels: str) -> Path:
    write(folder, "corpus.jsonl", '{"_id": "d1", "text": "One."}\n')
    write(folder, "queries.jsonl", queries)
    write(folder, "qrels/test.tsv", qrels)
    return folder


def test_null_says_that_there_is_nothing(tmp_path: Path) -> None:
    asked = {"id": 1, "question": "Who?", "lang": None, "answers": None, "tags": None}
    entry = {**asked, "sources": [{"doc": "a.md", "page": None, "quote": "Ute"}]}
    array = json.dumps([entry, {**entry, "id": 2}], indent="\t")
    listed = (
        "- id: '1'\n  question: Who?\n  lang: ~\n  answers: null\n  tags:\n"
        "  sources: [{doc: a.md, page: null, quote: Ute}]\n"
    )
    for name, text in (("t.json", array), ("t.yaml", listed)):
        first = read(write(tmp_path, name, text)).questions[0]
        assert (first.id, first.lang, first.answers, first.tags) == ("1", None, (), ())
        assert (first.sources[0].quote, first.sources[0].page) == ("Ute", None)
    with pytest.raises(InputError, match="line 2: it is not JSON"):
        read(write(tmp_path, "t.json", array.replace('"doc"', "doc", 1)))


def test_answers_of_further_rows_are_accepted_too(tmp_path: Path) -> None:
    table = "id,question,answers,doc\n1,Who signs?,Ute Brandt,a.md\n1,,Ute Brandt|ウテ,b.md\n"
    assert only(write(tmp_path, "t.csv", table)).answers == ("Ute Brandt", "ウテ")


def test_a_folder_without_questions_says_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"plain/queries\.jsonl cannot be read"):
        (tmp_path / "plain").mkdir()
        read(tmp_path / "plain")


def test_a_beir_folder(tmp_path: Path) -> None:
    metadata = {"lang": "en", "pair": "en->de", "kind": "cross", "answers": ["One"]}
    queries = [
        {"_id": "1", "text": "What?", "metadata": metadata},
        {"_id": "2", "text": "Unjudged?"},
        {"_id": "3", "text": "Nowhere?", "metadata": {"answerable": False}},
    ]
    lines = "\n".join(map(json.dumps, queries))
    found = read(beir(tmp_path / "b", lines, "query-id\tcorpus-id\tscore\n1\td1\t2\n1\td2\t0\n"))
    first, last = found.questions
    assert [(s.doc, s.grade, s.whole) for s in first.sources] == [("d1", 2, True)]
    assert (first.facets, first.answers) == ({"pair": "en->de", "kind": "cross"}, ("One",))
    assert (last.id, last.answerable, last.sources) == ("3", False, ())
    assert any("1 questions without any judgement" in note for note in found.notes)


TOPICS = [
    "<top>\n<num> Number: 301\n<title> Harbour traffic\n<desc> Description:\nx\n</top>\n",
    '<topics><topic number="301"><query>Harbour &amp; traffic</query></topic></topics>',
    "301\tHarbour traffic\n",
]


@pytest.mark.parametrize("topics", TOPICS)
def test_trec_topics(tmp_path: Path, topics: str) -> None:
    write(tmp_path, "t.qrels", "301 0 my%20file.md 1\n301 0 other.md 0\n")
    question = only(write(tmp_path, "t.txt", topics))
    assert question.id == "301"
    assert question.text.startswith("Harbour")
    assert [source.doc for source in question.sources] == ["my file.md"]
    assert only(write(tmp_path, "u.txt", topics), tmp_path / "t.qrels").sources


GOOD = json.dumps(FULL)


def paged(other: str) -> str:
    return GOOD.replace('"page": 2', other)


BROKEN: dict[str, tuple[str, str | bytes, str]] = {
    "not JSON": ("t.jsonl", f"{GOOD}\n{{oops", "t.jsonl, line 2: it is not JSON"),
    "deep": ("t.jsonl", "[" * 100_000, "line 1: it is not JSON"),
    "not UTF-8": ("t.jsonl", b'{"id": "\xff\xfe"}', "line 1: it is not UTF-8"),
    "a list": ("t.jsonl", "[1]", "line 1: it is not an object"),
    "no id": ("t.jsonl", '{"question": "Who?"}', "line 1: id is missing"),
    "empty": ("t.jsonl", '{"id": 1, "question": " "}', "line 1: the question is empty"),
    "no sources": ("t.jsonl", '{"id": 1, "question": "Who?"}', "line 1: the question '1' has no"),
    "both": (
        "t.jsonl",
        GOOD.replace('"tags"', '"answerable": false, "tags"'),
        "has sources although answerable is false",
    ),
    "same id": ("t.jsonl", f"{GOOD}\n{GOOD}", "line 2: the id 'q1' is used before, in t.jsonl"),
    "place twice": ("t.jsonl", paged('"page": 2, "start": 1'), "source 2 names its"),
    "half a span": ("t.jsonl", paged('"start": 1'), "source 2 needs start and end"),
    "backwards": ("t.jsonl", paged('"start": 3, "end": 3'), "ends before it starts"),
    "page 0": ("t.jsonl", paged('"page": 0'), "pages count from 1"),
    "minus": ("t.jsonl", paged('"page": -1'), "sources.2.page is unusable"),
    "no letters": ("t.jsonl", GOOD.replace("Ute", "..."), "without a single letter"),
    "types": ("t.jsonl", GOOD.replace('["people"]', "{}"), "line 1: tags is unusable"),
    "row": ("t.csv", "id,question\n1,Who?,more", "t.csv, line 2: it has 3 cells and the header 2"),
    "quote": ("t.csv", 'id,question\n1,"Who', "t.csv, line 2: it is no row of a table"),
    "columns": ("t.csv", "id,frage\n1,Wer?", "t.csv, line 1: it names no column question; columns"),
    "further": ("t.csv", "id,question\n1,", "t.csv, line 2: question is missing"),
    "yaml": ("t.yaml", "- id: 1\n- {", "t.yaml, line 2: it is not YAML"),
    "flow": ("t.yaml", "[" * 60_000, "t.yaml, line 1: it is nested too deeply"),
    "alias": ("t.yaml", "- &a [x]\n- *a\n", "t.yaml, line 2: it uses an alias"),
    "scalar": ("t.yaml", "hello", "t.yaml, line 1: it is not a list"),
    "binary": ("t.yaml", bytes(range(256)) * 9, "t.yaml, line 1: it is not"),
    "nothing": ("t.jsonl", "\n\n", "no judged question"),
    "topic": ("t.txt", "<top><num>1</top>", "no judgements at"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_is_said_with_file_and_line(tmp_path: Path, name: str) -> None:
    file, content, sentence = BROKEN[name]
    with pytest.raises(InputError) as caught:
        read(write(tmp_path, file, content))
    assert sentence in caught.value.message
    assert caught.value.hint


def test_broken_beir_and_trec_files(tmp_path: Path) -> None:
    good = '{"_id": "1", "text": "What?"}'
    with pytest.raises(InputError, match=r"queries.jsonl, line 2: it has no text"):
        read(beir(tmp_path / "a", f'{good}\n{{"_id": "2"}}', "1\td1\t1"))
    with pytest.raises(InputError, match=r"qrels/test.tsv, line 2: it is not question"):
        read(beir(tmp_path / "b", good, "1\td1\t1\n1 d1 1"))
    with pytest.raises(InputError, match=r"qrels/test.tsv, line 1: it is not question"):
        read(beir(tmp_path / "d", good, "1\td1\tgood\n1\td1\t1"))
    with pytest.raises(InputError, match="holds no judgements"):
        (beir(tmp_path / "c", good, "") / "qrels/test.tsv").unlink()
        read(tmp_path / "c")
    write(tmp_path, "t.qrels", "1 0 d1 1\n1 0 d1\n")
    with pytest.raises(InputError, match=r"t.qrels, line 2: it is not: topic"):
        read(write(tmp_path, "t.txt", "1\tWhat?\n"))
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path / "absent.jsonl")


def test_many_faults_are_counted(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There are 95 more like these"):
        read(write(tmp_path, "t.jsonl", "{oops\n" * 100))


def test_a_misspelt_field_is_noticed(tmp_path: Path) -> None:
    text = GOOD.replace('"tags"', '"tag"').replace('"answers"', '"remark"')
    (note,) = read(write(tmp_path, "t.jsonl", text)).notes
    assert "'tag' is not known and was left out; is it 'tags'?" in note


def test_the_digest_tells_other_questions_and_not_other_files(tmp_path: Path) -> None:
    first = read(write(tmp_path, "a.jsonl", GOOD))
    same = read(write(tmp_path, "b.json", json.dumps([FULL])))
    other = read(write(tmp_path, "c.jsonl", GOOD.replace("Ute", "Uta")))
    assert first.digest == same.digest != other.digest


words = st.text(min_size=1, max_size=12).filter(lambda text: any(map(str.isalnum, text)))
places: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries({"quote": words}),
    st.fixed_dictionaries({"page": st.integers(1, 99)}),
    st.fixed_dictionaries({"start": st.integers(0, 9), "end": st.integers(10, 99)}),
    st.just({}),
)
sources = st.builds(lambda doc, place, grade: {"doc": doc, **place, "grade": grade}, words, places,
                    st.integers(1, 3))  # fmt: skip
question_sets = st.lists(
    st.fixed_dictionaries(
        {"id": words.map(str.strip), "question": words, "sources": st.lists(sources, min_size=1)},
        optional={"lang": st.sampled_from(["en", "ja"]), "tags": st.lists(words, max_size=2),
                  "answers": st.lists(words, max_size=2), "kind": words},
    ),
    min_size=1,
    unique_by=lambda one: one["id"],
)  # fmt: skip


@given(question_sets)
def test_a_test_set_written_and_read_again_asks_the_same(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[dict[str, object]]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    first = read(write(folder, "a.jsonl", "".join(f"{json.dumps(one)}\n" for one in drawn)))
    again = read(write(folder, "b.jsonl", b"".join(json_lines(first.questions))))
    assert again.digest == first.digest
    assert len(again.questions) == len(drawn)


@pytest.mark.parametrize(
    ("quote", "how", "expected"),
    [
        ("three cranes", "exact", "three cranes"),
        ("opened in 1874. Its “three” cranes", "letters", "opened in 1874.\nIts three cranes"),
        ("エルムの港は 1874年 に", "letters", "エルムの港は1874年に"),
        (
            "The harbor of Elmstadt was opened in 1874. Its 3 cranes can lift 40 tonnes each.",
            "similar",
            "of Elmstadt was opened in 1874.\nIts three cranes can lift 40 tonnes each",
        ),
    ],
)
def test_a_quote_is_found_again(quote: str, how: str, expected: str) -> None:
    found = place(document(), Source("harbour.md", quote=quote))
    assert isinstance(found, Place)
    assert found.how == how
    (start, end), *_ = found.spans
    assert expected in TEXT[start:end]
    assert end - start <= len(expected) + 16


def test_a_quote_may_stand_several_times() -> None:
    found = place(document("Yes. No. Yes."), Source("d", quote="Yes."))
    assert found == Place(((0, 4), (9, 13)))


def test_what_cannot_be_placed_is_explained() -> None:
    paged = document(page_starts=(0, 40))
    wrong = {
        Source("d", quote="A wholly different sentence about bicycles."): "not even nearly",
        Source("d", page=3): "has 2 pages, and none is page 3",
        Source("d", span=(0, 9_999)): "ends after the document",
    }
    for source, sentence in wrong.items():
        told = place(paged, source)
        assert isinstance(told, str)
        assert sentence in told
    assert place(document(), Source("d", page=1)) == "the document has no pages"
    assert place(paged, Source("d", page=2)) == Place(((40, len(TEXT)),))


@given(st.text(max_size=60), st.integers(0, 60), st.integers(1, 30))
def test_words_of_a_text_are_found_where_they_stand(text: str, start: int, length: int) -> None:
    quote = text[start : start + length]
    if any(char.isalnum() for char in quote):
        found = place(document(text), Source("d", quote=quote))
        assert isinstance(found, Place)
        assert all(text[a:b] == quote.strip() for a, b in found.spans)


@given(st.binary(max_size=200), st.sampled_from(["t.jsonl", "t.csv", "t.yaml", "t.txt", "t.json"]))
def test_junk_is_refused_in_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str
) -> None:
    path = write(tmp_path_factory.getbasetemp(), name, data)
    with pytest.raises(InputError):
        read(path)
