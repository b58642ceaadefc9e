"""Names of a question that a passage lacks."""

import unicodedata

from qa.text.names import unmentioned_names


def test_names_that_a_passage_lacks_are_counted() -> None:
    question = "What did Marta Quill tell the people of Norderholm and the NOB?"
    assert unmentioned_names(question, "Marta Quill's diary", "en") == 2
    assert unmentioned_names(question, "norderholmers and the NOB knew Quill, Marta", "en") == 0
    assert unmentioned_names("How long is the Elmstadt-Norderholm line?", "In Elmstadt", "en") == 1
    decomposed = unicodedata.normalize("NFD", "Éloïse Bélanger dirige le musée.")
    assert unmentioned_names("Que fait Éloïse Bélanger ?", decomposed, "fr") == 0
    # In a title capitals tell nothing.
    assert unmentioned_names("What Was The Price Of The Ticket?", "It cost 5.", "en") == 0
    # Every German noun has a capital, and where nothing has one, none can be told.
    assert unmentioned_names("Was sagt Ute zum Hafen?", "", "de") == 0
    assert unmentioned_names("ナタリーは何と言いましたか。", "", "ja") == 0


def test_junk_has_names_told_at_once() -> None:
    assert unmentioned_names("A " * 1_000, "", "en") >= 0
