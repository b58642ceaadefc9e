"""Optional: a cross-encoder reads the question and each of the best passages together."""

from collections.abc import Sequence
from dataclasses import replace

from qa.datamodel import Hit
from qa.errors import ModelError
from qa.models.hub import load_model

# The best hits that are read again; further ones keep their order behind them.
RERANKED = 20


class Reranker:
    """A cross-encoder of sentence-transformers, from a hub or a folder."""

    def __init__(self, model: str) -> None:
        """Load ``model``; raises ModelError (model_damaged, model_missing, model_unsuitable)."""
        from sentence_transformers import CrossEncoder

        self.name = model
        self._model = load_model(CrossEncoder, model)
        if self._model.num_labels != 1:
            raise ModelError(
                "model_unsuitable",
                f"The model {model} gives {self._model.num_labels} values for a pair of texts.",
                "Name a cross-encoder that gives one, how well a text answers: --rerank NAME",
            )

    def reordered(self, question: str, hits: Sequence[Hit]) -> list[Hit]:
        """Return hits in the order in which they answer, with what it says as ``rerank``.

        Their own scores stay what they are, since confidence is calibrated on them.
        """
        best, others = hits[:RERANKED], hits[RERANKED:]
        if not best:
            return []
        said = self._model.predict([(question, _read(hit)) for hit in best]).tolist()
        order = sorted(range(len(best)), key=lambda row: -said[row])
        found = [
            replace(best[row], scores={**best[row].scores, "rerank": said[row]}) for row in order
        ]
        return [replace(hit, rank=rank) for rank, hit in enumerate([*found, *others], start=1)]


def _read(hit: Hit) -> str:
    """Return what the model reads of a hit: title and headings, then the passage."""
    return "\n".join([hit.document.title, *hit.passage.heading, hit.passage.text])
