"""How lexicons are learnt: what dictionaries and translated texts say is read as it stands."""

import gzip
from pathlib import Path

from benchmarks.translating.dictionaries import ding, jmdict, stemmed
from benchmarks.translating.parallel import aligned, sentences, translations

JMDICT = """
 [ichi1]  [news1]  [nf01]  市民 /ɕ/,  [ichi1]  [news1]  [nf01] しみん /ɕimiɴ/
(noun (common) (futsuumeishi))
(1) (m) Bürger, (f) Bürgerschaft, (2) (m) Stadtbewohner, ein Mensch aus der Stadt hier
治水 /t/, ちすい /tɕ/
(noun (common) (futsuumeishi))
(f) Flussregulierung
"""
DING = """# a comment
Ungehorsam {m} | ungehorsame Kinder :: disobedience; insubordination | disobedient children
Gesetz {n} [jur.] :: law; act (of parliament)
"""
PO = r"""
msgctxt "menu"
msgid "The <b>king</b> is dead.\nLong live the queen!"
msgstr "Der <b>König</b> ist tot.\nLang lebe die Königin!"

msgid "untranslated"
msgstr ""
"""


def test_entries_of_jmdict_are_read(tmp_path: Path) -> None:
    path = tmp_path / "usr/share/dictd/freedict-jpn-deu.dict.dz"
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress(("\n" * 60 + JMDICT).encode()))
    citizen, river = jmdict(tmp_path, "deu")
    assert (citizen.forms, citizen.common) == (("市民", "しみん"), True)
    assert citizen.glosses[:3] == ("Bürger", "Bürgerschaft", "Stadtbewohner")
    assert (river.forms, river.glosses, river.common) == (
        ("治水", "ちすい"), ("Flussregulierung",), False,
    )  # fmt: skip


def test_pairs_of_single_words_are_read_from_ding(tmp_path: Path) -> None:
    path = tmp_path / "usr/share/trans/de-en"
    path.parent.mkdir(parents=True)
    path.write_text(DING, "utf-8")
    known = ding(tmp_path)
    assert known["ungehorsam"] == {
        *stemmed("disobedience", "en"),
        *stemmed("insubordination", "en"),
    }
    assert known["gesetz"] == {"law", "act"}


def test_translated_texts_are_taken_apart_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "de.po").write_text(PO, "utf-8")
    found = translations(tmp_path, "de")
    assert len(found) == 1
    apart = {tuple(" ".join(side.split()) for side in pair) for pair in sentences(found)}
    assert apart == {
        ("The king is dead.", "Der König ist tot."),
        ("Long live the queen!", "Lang lebe die Königin!"),
    }


def test_words_that_keep_meeting_stand_for_each_other() -> None:
    texts = [
        ("red house", "rotes haus"),
        ("red car", "rotes auto"),
        ("blue car", "blaues auto"),
    ] * 3
    pairs = aligned(texts, str.split, str.split)
    best = {one: max((p, other) for (o, other), (p, _, _) in pairs.items() if o == one)[1]
            for one in ("red", "car", "blue", "house")}  # fmt: skip
    assert best == {"red": "rotes", "car": "auto", "blue": "blaues", "house": "haus"}
