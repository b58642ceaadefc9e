"""Duplicates: the same text twice stays two documents, and each knows of the other."""

import random
from pathlib import Path

import pytest

from qa.duplicates import Duplicates, sketch
from qa.errors import InputError
from tests.conftest import write_files
from tests.syncing import opened, run

WORDS = [f"word{number}" for number in range(3000)]


def essay(seed: int, words: int = 600) -> list[str]:
    return random.Random(seed).choices(WORDS, k=words)  # noqa: S311


def sentences(words: list[str]) -> str:
    return ". ".join(" ".join(words[at : at + 12]) for at in range(0, len(words), 12)) + ".\n"


def test_exact_and_near_duplicates_are_told_apart(tmp_path: Path) -> None:
    first = essay(1)
    edited = [*first[:200], "edited", "here", *first[203:560]]
    japanese = "港の責任者は佐藤恵子さんです。港には三台の大きなクレーンがあります。"
    write_files(
        tmp_path / "root",
        {
            "a.txt": sentences(first),
            "copy/a.txt": sentences(first),
            "edited.txt": sentences(edited),
            "other.txt": sentences(essay(2)),
            "half.txt": sentences([*first[:150], *essay(3)[150:]]),
            "ja.txt": japanese * 3,
            "ja2.txt": japanese * 3 + "終点の駅。",
        },
    )
    index = tmp_path / "index"
    run(index, tmp_path / "root")
    with opened(index) as reader:
        duplicates = Duplicates(reader)
        ids = {one.source: one.doc_id for one in reader.documents()}
        found = duplicates.of(ids["a.txt"])
        assert [(one.source, one.exact) for one in found] == [
            ("copy/a.txt", True),
            ("edited.txt", False),
        ]
        assert found[0].similarity == 1.0
        assert 0.8 < found[1].similarity < 1.0
        assert duplicates.of(ids["other.txt"]) == []
        assert [one.source for one in duplicates.of(ids["ja.txt"])] == ["ja2.txt"]
        with pytest.raises(InputError):
            duplicates.of("nobody")


def test_what_changed_is_looked_at_again(tmp_path: Path) -> None:
    root, index = tmp_path / "root", tmp_path / "index"
    write_files(root, {"a.txt": sentences(essay(1)), "b.txt": sentences(essay(1))})
    run(index, root)
    with opened(index) as reader:
        ids = {one.source: one.doc_id for one in reader.documents()}
        duplicates = Duplicates(reader)
        assert len(duplicates.of(ids["a.txt"])) == 1
    write_files(root, {"b.txt": sentences(essay(2))})
    run(index, root)
    assert duplicates.of(ids["a.txt"]) == []
    reader.close()


@pytest.mark.parametrize("text", ["", "one", "one two three four", "港" * 3])
def test_short_texts_have_a_sketch_too(text: str) -> None:
    assert len(sketch(text)) == 1
