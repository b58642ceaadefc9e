"""Readers: title, language, date and exact text; every bad file is one plain sentence."""

import hashlib
import os
from pathlib import Path

import pytest

from qa.datamodel import Document
from qa.documents import LARGEST, SUFFIXES, doc_id_for, read_document
from qa.errors import DocumentError

FRONT = (
    '---\ntitle: "Der Hafen:  alt\\u0007 und neu"\ndate: 2022-01-10\nlang: de-AT\n'
    "author: [Ute Brandt, Jan Krug]\nurl: https://example.org/hafen\nrating: 4\nnested: {a: [b]}\n"
    "---\n\n# Überschrift\n\nDer Hafen wurde 1874 eröffnet.\n"
)
PAGE = (
    '<!doctype html><html lang="en-GB"><head><title>The clock museum</title>'
    '<meta name="author" content="Ida Quill"><meta charset="utf-8">'
    '<meta property="article:published_time" content="2023-03-04T08:00:00Z">'
    "<style>.x{color:red}</style></head><body><nav><a href=/>Home</a> <a href=/b>Shop</a></nav>"
    "<article><h1>The clock museum</h1><p>The museum owns 312 <b>pocket watches</b> made of "
    "silver, and its 3 * 4 rooms are open from Tuesday to Sunday all year round.</p>"
    "<h2>Tickets &amp; tours</h2><p>Adults pay nine euros, children under ten years pay nothing "
    "at all, and guided tours start at eleven.</p><ul><li>by tram</li><li>on foot</li></ul>"
    "<table><tr><th>Day</th><th>Hours</th></tr><tr><td>Tuesday</td><td>9 to 5</td></tr></table>"
    "</article><footer>Imprint</footer><script>alert('no')</script></body></html>"
)


def read(folder: Path, name: str, content: str | bytes) -> Document:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_document(path, f"sub/{name}")


def failure(folder: Path, name: str, content: str | bytes) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read(folder, name, content)
    assert caught.value.message.startswith(f"sub/{name} ")
    assert caught.value.message.endswith(".")
    assert caught.value.hint
    return caught.value


def test_markdown_with_front_matter(tmp_path: Path) -> None:
    document = read(tmp_path, "hafen.md", FRONT)
    assert document.title == "Der Hafen: alt und neu"
    assert (document.lang, document.date) == ("de", "2022-01-10")
    assert document.text == "# Überschrift\n\nDer Hafen wurde 1874 eröffnet.\n"
    assert document.metadata == {
        "author": "Ute Brandt, Jan Krug",
        "url": "https://example.org/hafen",
        "rating": "4",
    }
    assert document.sha256 == hashlib.sha256(FRONT.encode()).hexdigest()
    assert (document.source, document.doc_id) == ("sub/hafen.md", doc_id_for("sub/hafen.md"))


def test_markdown_title_falls_back_to_heading_then_file_name(tmp_path: Path) -> None:
    text = "```\n# no heading\n```\n\n## Real *title*\n\nThe tower is red."
    assert read(tmp_path, "a.md", text).title == "Real *title*"
    assert read(tmp_path, "red_tower-notes.md", "The tower is red.").title == "red tower notes"


@pytest.mark.parametrize(
    "front",
    ["---\n: [broken\n---\n", "---\njust a line\n---\n", "---\n"],
)
def test_what_is_no_front_matter_stays_text(tmp_path: Path, front: str) -> None:
    assert read(tmp_path, "a.md", front + "The tower is red.").text == front + "The tower is red."


def test_front_matter_may_have_colons_in_its_values(tmp_path: Path) -> None:
    front = "---\ntitle: Report: Ida's spring\ndate: 2024-05-01\ntags: [a, b]\n---\n"
    document = read(tmp_path, "a.md", f"{front}The tower is red.")
    assert (document.title, document.date) == ("Report: Ida's spring", "2024-05-01")
    assert document.tags == {"a", "b"}


@pytest.mark.parametrize(
    ("said", "taken"), [("2021-13-45", "2021"), ("2021-02-30", "2021-02"), ("0000-01-01", None)]
)
def test_dates_that_no_calendar_has_are_not_believed(
    tmp_path: Path, said: str, taken: str | None
) -> None:
    assert read(tmp_path, "a.md", f"---\ndate: '{said}'\n---\nThe tower is red.").date == taken


def test_empty_front_matter_is_left_out(tmp_path: Path) -> None:
    assert read(tmp_path, "a.md", "---\n---\nThe tower is red.").text == "The tower is red."


def test_front_matter_that_explodes_is_harmless(tmp_path: Path) -> None:
    levels = "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 25))
    document = read(tmp_path, "a.md", f"---\na0: &a0 [x]\n{levels}---\nThe tower is red.")
    assert document.text == "The tower is red."
    assert document.metadata == {"a0": "x"}


def test_front_matter_with_windows_line_ends_and_byte_order_mark(tmp_path: Path) -> None:
    data = "---\r\ntitle: Turm\r\n---\r\nDer Turm ist rot.\r\n".encode("utf-8-sig")
    document = read(tmp_path, "a.md", data)
    assert (document.title, document.text) == ("Turm", "Der Turm ist rot.\n")


def test_html_main_text(tmp_path: Path) -> None:
    document = read(tmp_path, "museum.html", PAGE)
    assert document.title == "The clock museum"
    assert (document.lang, document.date) == ("en", "2023-03-04")
    assert document.metadata["author"] == "Ida Quill"
    for line in ["## Tickets & tours", "- by tram", "- on foot", "| Tuesday | 9 to 5 |"]:
        assert line in document.text.splitlines()
    assert "312 pocket watches made of silver, and its 3 * 4 rooms" in document.text
    for unwanted in ("Shop", "Imprint", "alert", "color"):
        assert unwanted not in document.text


def test_html_keeps_words_apart_and_punctuation_in_place(tmp_path: Path) -> None:
    long = "This is a long paragraph about the harbour of Elmstadt that has three cranes."
    page = (
        f"<html><body><article><p>{long} See <a href=/x>the list</a>, <i>now</i>. One<br>two.</p>"
        f"<blockquote>Loose words.<p>{long}</p>Last words.</blockquote>"
        f"<ol><li>one<ul><li>inner</li></ul></li></ol><p>{long}</p></article></body></html>"
    )
    lines = read(tmp_path, "a.html", page).text.split("\n\n")
    assert lines[0] == f"{long} See the list, now. One two."
    assert lines[1:] == ["Loose words.", long, "Last words.", "- one inner", long]


def test_html_in_a_declared_encoding(tmp_path: Path) -> None:
    page = (
        '<html><head><meta charset="euc-jp"><title>港</title></head><body><main>'
        "<p>港は1874年に開かれました。港には三台の大きなクレーンがあります。</p></main></body></html>"
    )
    document = read(tmp_path, "minato.htm", page.encode("euc_jp"))
    assert (document.title, document.lang) == ("港", "ja")
    assert "三台の大きなクレーン" in document.text


@pytest.mark.parametrize("before", ["", "<p>" + "港には三台の大きなクレーンがあります。" * 9])
def test_html_words_are_not_parted_by_how_they_are_pronounced(tmp_path: Path, before: str) -> None:
    page = (
        f"<body>{before}<p><ruby>東京<rp>(</rp><rt>とうきょう</rt><rp>)</rp></ruby>の港</p></body>"
    )
    assert "東京の港" in read(tmp_path, "minato.html", page).text


@pytest.mark.parametrize(
    "before", ["", "<p>" + "The harbour has three large cranes of steel. " * 9]
)
def test_html_exponents_are_no_part_of_the_number_before(tmp_path: Path, before: str) -> None:
    page = (
        f"<body>{before}<p>The tank holds 10<sup>6</sup> litres, a drop <b>10</b><sup class='x'>"
        "&minus;9</sup>, and a 1<sup>st</sup> mark is no number at all.</p></body>"
    )
    text = read(tmp_path, "tank.html", page).text
    assert "holds 10⁶ litres, a drop 10⁻⁹, and a 1st mark" in text


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", "<title>{}</title><body><p>Das {}&shy;fahrt legt ab.</p></body>"),
        ("a.txt", "{}\n\nDas {}\u00adfahrt legt ab.\n"),
        ("a.md", "---\ntitle: {}\n---\nDas {}\u00adfahrt legt ab.\n"),
    ],
)
def test_soft_hyphens_part_no_words(tmp_path: Path, name: str, content: str) -> None:
    document = read(tmp_path, name, content.replace("{}", "Donau\u00addampf\u00adschiff"))
    assert document.title == "Donaudampfschiff"
    assert "Das Donaudampfschifffahrt legt ab." in document.text


EXPORT = (
    "<html lang=en><body><header><h1>Club rules</h1></header><nav><a href=/>Home</a></nav>"
    "<h2>Fees</h2><p>Every member of the rowing club pays a yearly fee, which is due in May.</p>"
    "<ul><li>Adults pay 40 euros.</li><li>Children pay 15 euros.</li></ul>"
    "<table><tr><th>Boat<th>Seats</tr><tr><td>Elm<td>8</tr></table><footer>Imprint</footer></body>"
)


def test_a_page_that_is_nothing_but_its_text_keeps_lists_headings_and_tables(
    tmp_path: Path,
) -> None:
    assert read(tmp_path, "a.html", EXPORT).text == (
        "# Club rules\n\n## Fees\n\nEvery member of the rowing club pays a yearly fee, which is "
        "due in May.\n\n- Adults pay 40 euros.\n\n- Children pay 15 euros.\n\n"
        "| Boat | Seats |\n| Elm | 8 |"
    )


def test_lines_of_a_paragraph_stay_together_and_what_is_struck_out_goes(tmp_path: Path) -> None:
    page = (
        "<html><body><p>The fee for members of the<br>society is\n\n<del>40</del><ins>50</ins> "
        "euros.</p><p>One.<br><br>Two.</p><details><summary>When?</summary>In May.</details>"
        "<p hidden>Draft</p><p style='color: red; display: none'>Preview</p></body>"
    )
    text = "The fee for members of the society is 50 euros.\n\nOne.\n\nTwo.\n\nWhen?\n\nIn May."
    assert read(tmp_path, "a.html", page).text == text


def test_html_language_is_not_believed_against_the_text(tmp_path: Path) -> None:
    page = "<html lang=en><body><p>港は1874年に開かれました。クレーンがあります。</p></body></html>"
    assert read(tmp_path, "a.html", page).lang == "ja"


def test_html_without_main_text_keeps_all_that_is_shown(tmp_path: Path) -> None:
    page = "<div>Open<br>daily</div><form><p>Tower</p></form><script>x()</script>"
    text = read(tmp_path, "a.html", page).text
    assert [word for word in ("Open", "daily", "Tower") if word not in text] == []
    assert "x()" not in text


def test_html_without_any_text_is_empty(tmp_path: Path) -> None:
    page = "<html><head><title>T</title></head><body><img src=x.png></body></html>"
    assert failure(tmp_path, "a.html", page).code == "document_empty"


def test_plain_text_keeps_everything_and_takes_its_first_line_as_title(tmp_path: Path) -> None:
    text = "The lighthouse\n\nMarta painted it red in 1931.\n"
    document = read(tmp_path, "l.txt", text)
    assert (document.title, document.text, document.lang) == ("The lighthouse", text, "en")


def test_plain_text_without_title_is_called_by_its_file_or_its_first_words(tmp_path: Path) -> None:
    text = "Marta painted the lighthouse red in 1931, which nobody in the village had asked for."
    assert read(tmp_path, "marta_and-the.tower.txt", text).title == "marta and the tower"
    assert read(tmp_path, "003_de28393534f426f4.txt", text).title == (
        "Marta painted the lighthouse red in 1931, which nobody in …"
    )


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.txt", b"", "document_empty"),
        ("a.txt", " \n\t\u3000\n", "document_empty"),
        ("a.md", "---\ntitle: x\n---\n", "document_empty"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\0\0\0", "document_encoding"),
        ("a.html", bytes(range(256)), "document_encoding"),
        ("a.xyz", "text", "document_unsupported"),
    ],
)
def test_bad_files(tmp_path: Path, name: str, content: str | bytes, code: str) -> None:
    assert failure(tmp_path, name, content).code == code


def test_a_file_above_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(DocumentError, match="64 MB") as caught:
        read_document(path, "large.txt")
    assert caught.value.code == "document_too_large"


def test_missing_pipes_and_forbidden_files_are_unreadable(tmp_path: Path) -> None:
    pipe, secret = tmp_path / "pipe.txt", tmp_path / "secret.txt"
    os.mkfifo(pipe)
    secret.write_text("x")
    secret.chmod(0)
    unreadable = [tmp_path / "gone.txt", pipe]
    unreadable += [secret] if os.geteuid() else []
    unreadable += [tmp_path / ("x" * 300 + ".txt")]  # a name no file system takes
    for path in unreadable:
        with pytest.raises(DocumentError) as caught:
            read_document(path, path.name)
        assert caught.value.code == "document_unreadable"


def test_doc_ids_are_short_url_safe_and_stable() -> None:
    ids = [doc_id_for(source) for source in ("a.md", "b/a.md", "ä/日本.md", "x\udcff.txt")]
    assert len(set(ids)) == 4
    assert all(
        len(one) == 10 and set(one) <= set("abcdefghijklmnopqrstuvwxyz234567") for one in ids
    )
    assert doc_id_for("a.md") == ids[0]


def test_the_readable_suffixes() -> None:
    assert {".txt", ".md", ".html", ".htm"} <= SUFFIXES


@pytest.mark.parametrize(
    ("value", "taken"),
    [
        *(("no", "no"), ("007", "007"), ("1:30", "1:30"), ("[on, 1.0]", "on, 1.0")),
        *(("!!bool maybe", "maybe"), ("!!timestamp soon", "soon"), ("2024-99-99", "2024-99-99")),
    ],
)
def test_values_of_front_matter_are_taken_as_they_are_written(
    tmp_path: Path, value: str, taken: str
) -> None:
    content = f"---\nlang: no\nnote: {value}\n---\nThe ferry leaves at nine.\n"
    document = read(tmp_path, "ferry.md", content)
    assert (document.lang, document.metadata) == ("no", {"note": taken})
    assert document.text == "The ferry leaves at nine.\n"


@pytest.mark.parametrize("value", [f"0x{'f' * 9000}", f"1{':1' * 3000}"])
def test_a_huge_value_of_front_matter_is_cut(tmp_path: Path, value: str) -> None:
    content = f"---\nnote: {value}\n---\nThe ferry leaves at nine.\n"
    assert len(read(tmp_path, "ferry.md", content).metadata["note"]) <= 300


def test_colours_of_a_terminal_are_no_japanese(tmp_path: Path) -> None:
    log = "Die Fähre fährt um neun. " * 9 + "\x1b[31mHalt\x1b(B\x1b[m."
    assert "fährt um neun" in read(tmp_path, "log.txt", log.encode()).text


def test_half_characters_in_front_matter_are_left_out(tmp_path: Path) -> None:
    front = '---\ntitle: "Ferry \\ud800 times"\nauthor: "\\udfff Ida"\n---\nIt leaves at nine.\n'
    document = read(tmp_path, "ferry.md", front)
    assert (document.title, document.metadata) == ("Ferry times", {"author": "Ida"})


def test_a_page_that_calls_its_ascii_utf_16_is_read(tmp_path: Path) -> None:
    page = '<meta charset="utf-16"><p>The ferry leaves at nine — daily.</p>'
    assert read(tmp_path, "ferry.html", page).text == "The ferry leaves at nine — daily."


@pytest.mark.parametrize(
    ("said", "lang"), [("nor", "no"), ("nb", "no"), ("nn-NO", "no"), ("iw", "he")]
)
def test_a_language_has_one_code_whatever_its_author_calls_it(
    tmp_path: Path, said: str, lang: str
) -> None:
    (tmp_path / "a.md").write_text(f"---\nlang: {said}\n---\nFergen går klokken ni.\n", "utf-8")
    assert read_document(tmp_path / "a.md", "a.md").lang == lang
