"""Which sentence of a passage comes first."""

import numpy as np

from qa.confidence import standing_back


def test_of_a_passage_the_sentence_with_what_is_asked_for_comes_first() -> None:
    scores, lacking = np.array([3.0, 2.5, -3.0]), np.array([1.0, 0.0, 0.0])
    behind = standing_back(scores, lacking)
    assert np.argsort(-behind).tolist() == [1, 0, 2]
    # Another passage gains nothing by it, and none where all sentences lack it, or none does.
    assert behind.max() == scores.max()
    for all_alike in (np.ones(3), np.zeros(3)):
        assert standing_back(scores, all_alike).tolist() == scores.tolist()
    assert standing_back(np.empty(0), np.empty(0)).tolist() == []
