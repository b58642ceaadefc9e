"""Asking while another process writes: each answer is of one state, and the newest is soon seen."""

import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from qa.store import Store
from tests.conftest import write_files
from tests.syncing import run, sources

ROOT = Path(__file__).parents[1]

ASKER = """
import json, sys
from pathlib import Path
from qa.assistant import Assistant
from tests.hash_encoder import HashEncoder

assistant = Assistant.open(Path(sys.argv[1]), HashEncoder())
print("ready", flush=True)
seen = 0
while seen < int(sys.argv[2]):
    with assistant.index.reading():
        documents = {one.source: assistant.index.document(one.doc_id)
                     for one in assistant.index.documents()}
        hits = assistant.search("Which generation is this?", 100)
        count = assistant.index.status()
    # What is shown of a document is of the text that is shown with it, and nothing is doubled.
    for hit in hits:
        text = hit.document.text
        assert text[hit.passage.start:hit.passage.end] == hit.passage.text
        assert documents[hit.document.source] == hit.document
    found = [(hit.document.source, hit.passage.start) for hit in hits]
    assert len(found) == len(set(found)) == min(100, count.passages)
    assert all(f"steady-{n}.txt" in documents for n in range(4)), sorted(documents)
    moved = {"here.txt", "there.txt"} & documents.keys()
    assert len(moved) == 1, moved
    answer = assistant.ask("Which generation is this?")
    for citation in answer.citations:
        assert citation.document.text[citation.start:citation.end] == citation.quote
    newest = [int(text.text.split()[1]) for name, text in documents.items() if "steady" in name]
    assert max(newest) >= seen
    seen = max(newest)
print(json.dumps(seen))
"""


def write_generation(corpus: Path, number: int) -> None:
    text = f"Generation {number} is written here. " + f"It is number {number} of many. " * 30
    write_files(corpus, {f"steady-{n}.txt": text for n in range(4)})
    write_files(corpus, {f"passing-{number}.txt": f"Only generation {number} has this file."})
    (corpus / f"passing-{number - 1}.txt").unlink(missing_ok=True)


def test_four_processes_ask_while_one_writes(tmp_path: Path) -> None:
    corpus, index, last = tmp_path / "corpus", tmp_path / "index", 6
    write_files(corpus, {"here.txt": "Moving\n\nThis file wanders. Which generation is this?"})
    write_generation(corpus, 1)
    run(index, corpus)
    command = [sys.executable, "-c", ASKER, str(index), str(last)]
    with ExitStack() as stack:
        askers = [
            stack.enter_context(
                subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
            )
            for _ in range(4)
        ]
        for asker in askers:
            assert asker.stdout is not None
            assert asker.stdout.readline() == "ready\n"
        for generation in range(2, last + 1):
            write_generation(corpus, generation)
            names = ["here.txt", "there.txt"]
            old, new = names if generation % 2 == 0 else names[::-1]
            (corpus / old).rename(corpus / new)
            run(index, corpus)
        # They end by themselves once they see the last generation, without being restarted.
        for asker in askers:
            out, _ = asker.communicate(timeout=60)
            assert (asker.returncode, json.loads(out)) == (0, last)


def everything(index: Path) -> bytes:
    return b"".join(path.read_bytes() for path in index.rglob("*") if path.is_file()).lower()


def test_deleted_text_goes_once_the_last_question_has_ended(tmp_path: Path, corpus: Path) -> None:
    index = tmp_path / "index"
    write_files(corpus, {"secret.txt": "The xylozebra of Elmstadt sleeps in the harbour. " * 30})
    run(index, corpus)
    (corpus / "secret.txt").unlink()
    long_question = Store(index)
    with long_question.snapshot():
        assert "secret.txt" in long_question.files()
        run(index, corpus)
        assert "secret.txt" not in sources(index)
        assert "secret.txt" in long_question.files()
    run(index, corpus)  # nothing has changed since, and yet there is something to do
    assert b"xylozebra" not in everything(index)
    assert b"secret.txt" not in everything(index)
    long_question.close()


def test_the_name_and_reason_of_a_failed_file_go_with_it(tmp_path: Path, corpus: Path) -> None:
    index = tmp_path / "index"
    write_files(corpus, {"xylozebra.txt": ""})
    run(index, corpus)
    assert b"xylozebra" in everything(index)
    (corpus / "xylozebra.txt").unlink()
    run(index, corpus)
    assert b"xylozebra" not in everything(index)


def test_what_a_killed_rebuild_left_behind_goes_too(tmp_path: Path, corpus: Path) -> None:
    index = tmp_path / "index"
    run(index, corpus)
    write_files(index, {".rebuild/fundstelle.db": "xylozebra", ".dense.faiss.new": "xylozebra"})
    write_files(index, {".import-1/fundstelle.db": "xylozebra"})
    run(index, corpus)
    assert b"xylozebra" not in everything(index)
