"""Dictionaries as packages of Debian have them.

JMdict (FreeDict's edition) tells what Japanese words are in English and in German. The list of
Ding (``trans-de-en``) is only asked which pairs are right, to learn how far others are to be
believed: none of it is written anywhere.
"""

import gzip
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from qa.text.stems import stem
from qa.text.tokens import lexical_tokens

_FORM = re.compile(r"([^\s,\[\]/]+) /[^/\n]*/")
_COMMON = re.compile(r"\[(?:news|ichi|spec|gai)1\]")
_REMARK = re.compile(r"\([^)]*\)|\{[^}]*\}|^\d+\. ?|^Note:.*?alone")
_SENSE = re.compile(r"\(\d+\)")
_ONLY_REMARKS = re.compile(r"\([a-zA-Z].*\)")
# Words that tell nothing of what a text is about; no lexicon has them.
FUNCTION = {
    "en": "a about above after again against all also am an and any are as at be because been "
    "before being below between both but by can could did do does doing down during each few for "
    "from further had has have having he her here him his how i if in into is it its just many may "
    "me might more most much must my no nor not now of off on once one only or other our out over "
    "own same shall she should so some such than that the their them then there these they this "
    "those through to too under until up upon us very was we were what when where which while who "
    "whom whose why will with would you your yes let get got make made take go come thing way done "
    "being sth sb esp someone something oneself ones",
    "de": "aber alle als also am an auch auf aus bei beim bin bis bist da damit dann das dass dein "
    "dem den denen der deren des dessen die dies diese dieser dieses doch dort du durch ein eine "
    "einem einen einer eines er es etwas euch euer für ganz gegen gibt hab habe haben hast hat "
    "hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre im in ins ist ja jede jeder jedes "
    "jetzt kann kannst kein keine können könnte könnten lassen machen man mehr mein mich mir mit "
    "muss müssen nach nicht nichts noch nun nur ob oder ohne schon sehr sein seine sich sie sind "
    "so soll sollen sollte sondern über um und uns unser unter viel viele vom von vor wann war "
    "waren warum was weil welche welchem welchen welcher welches wenn wer werde werden wie wieder "
    "will wir wird wo wollen worden wurde wurden würde würden während wäre zu zum zur zwei "
    "zwischen wem wen wessen woher wohin wofür womit wovon wodurch etw jmd jmdn jmdm jemand "
    "gemacht",
    "ja": "年 月 日 人 何 者 事 物 時 所 方 中 上 下 内 外 前 後 間 的 一 二 三 四 五 六 七 八 九 "
    "十 大 小 本 分 どの 場合 以上 以下 何年 何人 何故",
}
_FILLING = frozenset(f"{FUNCTION['de']} {FUNCTION['en']}".split())
LONGEST = 2  # words of a gloss
_DING_REMARK = re.compile(r"\{[^}]*\}|\[[^\]]*\]|\([^)]*\)|/[^/]*/|<[^>]*>")


@dataclass(frozen=True, slots=True)
class Entry:
    """A Japanese word: how it is written, what it means, the commonest first; is it common?"""

    forms: tuple[str, ...]
    glosses: tuple[str, ...]
    common: bool


def jmdict(folder: Path, language: str) -> Iterator[Entry]:
    """Yield the entries of ``dict-freedict-jpn-eng`` or ``-deu``, extracted to ``folder``."""
    path = folder / f"usr/share/dictd/freedict-jpn-{language}.dict.dz"
    head, told = "", list[str]()
    for line in gzip.decompress(path.read_bytes()).decode().split("\n")[60:]:
        if _FORM.search(line):
            if head and told:
                yield _entry(head, told)
            head, told = line, []
        elif line.strip() and not _ONLY_REMARKS.fullmatch(line.strip()):
            told.append(line.strip())
    if head and told:
        yield _entry(head, told)


def _entry(head: str, told: list[str]) -> Entry:
    return Entry(tuple(_FORM.findall(head)), _glosses(told), bool(_COMMON.search(head)))


def _glosses(told: list[str]) -> tuple[str, ...]:
    parts = [_REMARK.sub("", _SENSE.sub(";", line)) for line in told]
    found = [" ".join(_content(one)) for line in parts for one in re.split("[,;]", line)]
    return tuple(dict.fromkeys(one for one in found if 0 < len(one.split()) <= LONGEST))


def _content(gloss: str) -> list[str]:
    return [word for word in re.findall(r"[^\W\d_]+", gloss) if word.lower() not in _FILLING]


def ding(folder: Path) -> Mapping[str, set[str]]:
    """Return what ``trans-de-en``, extracted to ``folder``, says German stems are in English."""
    known: defaultdict[str, set[str]] = defaultdict(set)
    for line in (folder / "usr/share/trans/de-en").read_text("utf-8").split("\n"):
        if "::" not in line or line.startswith("#"):
            continue
        for pair in zip(*(side.split("|") for side in line.split("::", 1)), strict=False):
            german, english = (
                [_content(_DING_REMARK.sub("", one)) for one in side.split(";")] for side in pair
            )
            for word in german:
                if len(word) == 1:
                    known[" ".join(stemmed(word[0], "de"))] |= {
                        " ".join(stemmed(one[0], "en")) for one in english if len(one) == 1
                    }
    return known


def stemmed(text: str, lang: str) -> list[str]:
    """Return the stems of all words, compounds whole."""
    return [stem(word, lang) for word in lexical_tokens(text, "")]
