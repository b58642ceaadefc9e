"""Which words of one language may stand for which of another (README.md says where from)."""

from collections.abc import Container, Iterator, Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
# Rows of kana that the last one of a Japanese verb or adjective runs through.
_ROWS = {
    "う": "わいうえおっ", "く": "かきくけこい", "ぐ": "がぎぐげごい", "す": "さしすせそ",
    "つ": "たちつてとっ", "ぬ": "なにぬねのん", "ぶ": "ばびぶべぼん", "む": "まみむめもん",
    "る": "らりるれろっ", "い": "いくかけさ",
}  # fmt: skip

LONGEST_RUN = 8  # characters of a Japanese word

Lexicon = Mapping[str, str]  # translations, one a line: lists would take twice the memory


@cache
def lexicon(source: str, target: str) -> Lexicon:
    """Return what words of ``source`` are in ``target``; empty if no lexicon knows.

    Words are stems, Japanese ones what they begin with.
    """
    found: dict[str, str] = {}
    for one, other in _pairs(*sorted((source, target))):
        word, meaning = (one, other) if source < target else (other, one)
        for form in forms(word) if source == "ja" else [word]:
            found[form] = f"{found[form]}\n{meaning}" if form in found else meaning
    return found


@cache
def stems(lang: str) -> frozenset[str]:
    """Return all stems of a language that lexicons know."""
    sides = [path.stem.split("-") for path in FOLDER.glob("*-*.tsv")]
    return frozenset(
        pair[langs.index(lang)]
        for langs in sides
        if lang in langs
        for pair in _pairs(langs[0], langs[1])
    )


def _pairs(one: str, other: str) -> Iterator[tuple[str, str]]:
    path = FOLDER / f"{one}-{other}.tsv"
    if path.is_file():
        for line in path.read_text("utf-8").splitlines():
            word, _, meaning = line.partition("\t")
            yield word, meaning


def forms(word: str) -> list[str]:
    """Return how a Japanese word begins, whatever its ending."""
    ending = _ROWS.get(word[-1])
    if ending is None or len(word) == 1:
        return [word]
    stem = word[:-1]
    return [stem] if len(stem) > 1 else [stem + kana for kana in ending]


def pieces(run: str, known: Container[str], shortest: int = 1) -> Iterator[str]:
    """Yield a run of characters in parts: the longest known word that begins, else a character.

    Words are of at least ``shortest`` characters.
    """
    at = 0
    while at < len(run):
        lengths = range(min(LONGEST_RUN, len(run) - at), shortest - 1, -1)
        length = next((n for n in lengths if run[at : at + n] in known), 1)
        yield run[at : at + length]
        at += length
