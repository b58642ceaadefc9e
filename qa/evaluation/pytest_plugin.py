"""The pytest fixture ``qa_eval``: retrieval quality as a test of your own suite.

def test_answers(qa_eval):
    report = qa_eval("questions.jsonl", fail_under={"nDCG@10": 0.8}, baseline="baseline")
    assert report.measures["sentence@1"].value > 0.7
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from qa.evaluation.report import Report


@pytest.fixture(scope="session")
def qa_eval() -> "Callable[..., Report]":
    """Evaluate a test set; fails the test if a bar is not reached or the baseline was better."""
    return _evaluate


def _evaluate(
    tests: Path | str,
    index: Path | str = "index",
    *,
    k: int = 10,
    plain: bool = False,
    baseline: str | None = None,
    fail_under: Mapping[str, float] | None = None,
) -> "Report":
    # Here, since pytest loads this module in every project of the environment.
    from qa.evaluation.evaluate import evaluate
    from qa.evaluation.opening import open_for
    from qa.testsets.reading import read

    questions = read(Path(tests))
    assistant, notes = open_for(questions, Path(index), whole=plain)
    try:
        report = evaluate(
            assistant,
            questions,
            runs=Path(index),
            k=k,
            plain=plain,
            baseline=baseline,
            bars=fail_under,
            notes=notes,
        )
    finally:
        assistant.close()
    assert report is not None  # noqa: S101  (nothing stops it)
    if report.gate:
        pytest.fail(" ".join(report.gate), pytrace=False)
    return report
