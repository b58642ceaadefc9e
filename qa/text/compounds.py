"""The parts of German compounds: who asks for a "Frist" also means the "Leihfrist"."""

from functools import lru_cache

from qa.text.lexicons import stems
from qa.text.stems import stem

SHORTEST_PART = 4  # letters: shorter stems are endings as often as words
LONGEST = 60  # letters of a compound; longer than German words are
JOINTS = ("", "s", "n", "en", "es", "er", "e")  # what parts are joined by
_ENDINGS = frozenset(["haft", "schaft"])  # words, too, but hardly ever the last one of a compound


# Most words of a collection are a few thousand, again and again.
@lru_cache(maxsize=100_000)
def compound_parts(compound: str, shortest: int = SHORTEST_PART) -> tuple[str, ...]:
    """Return the stems that a German stem is made of, () if it is no compound of known ones.

    The last part is as long as possible: it is what the compound is.
    """
    if len(compound) > LONGEST:
        return ()
    for at in range(shortest, len(compound) - shortest + 1):
        tail = compound[at:]
        known = tail in stems("de") and tail not in _ENDINGS
        if known and (front := _front(compound[:at], shortest)):
            return (*front, tail)
    return ()


def _front(text: str, shortest: int) -> tuple[str, ...]:
    """Return the stems of what stands before the last part, () if they are not known."""
    joined = [text.removesuffix(joint) for joint in JOINTS if text.endswith(joint)]
    for head in (stem(one, "de") for one in joined if len(one) >= shortest):
        if head in stems("de"):
            return (head,)
        if parts := compound_parts(head, shortest):
            return parts
    return ()
