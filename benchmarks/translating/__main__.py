"""Learn the lexicons of qa/text/lexicons: what words of English, German, Japanese translate which.

    python -m benchmarks.translating DICTIONARIES TEXTS [--out qa/text/lexicons]

Both are folders with extracted packages of Debian::

    apt-get download dict-freedict-jpn-{eng,deu} trans-de-en
    apt-get download 0ad-data cataclysm-dda-data freeciv-data lincity-ng-data minetest-data \\
      naev-data supertux-data unknown-horizons warzone2100-data wesnoth-1.16-data widelands-data
    for package in *.deb; do dpkg-deb --extract $package FOLDER; done

Evidence for a pair of words: what JMdict says (between English and German by way of Japanese), how
often one stands for the other in translated texts, and how near the encoder finds them. How far to
believe which is learnt for English and German, where ``trans-de-en`` tells right pairs from wrong
ones; for Japanese, where JMdict tells itself, the same weights are used. Pairs that are more likely
than LEAST are written; nothing of ``trans-de-en`` is.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.translating.dictionaries import ding, jmdict
from benchmarks.translating.evidence import Spelling, linked, met_in_texts, signals
from benchmarks.translating.parallel import Pair, Reals
from qa.text.lexicons import FOLDER

LANGUAGES = {"de": "deu", "en": "eng"}
LEAST = 0.2
# Rare Japanese words are many, and hardly ever met: they have to be surer.
RARE = 1.0
MOST = 8  # translations of a word


def main() -> None:
    """Fit, and write a lexicon for each pair of languages."""
    arguments = _parser().parse_args()
    spelling = Spelling()
    entries = {lang: list(jmdict(arguments.dictionaries, name)) for lang, name in LANGUAGES.items()}
    told = linked(entries, spelling)
    common = {
        form for known in entries.values() for one in known if one.common for form in one.forms
    }
    japanese = {word for lang in LANGUAGES for _, word in told[lang, "ja"].links}
    met = met_in_texts(arguments.texts, japanese)
    model, right = None, ding(arguments.dictionaries)
    for langs in (("de", "en"), ("en", "ja"), ("de", "ja")):
        pairs, rows = signals(told[langs], met[langs], langs, spelling)
        if model is None:
            judged = np.array([pair[0] in right for pair in pairs])
            good = np.array([pair[1] in right.get(pair[0], ()) for pair in pairs])
            model = LogisticRegression(C=10, max_iter=5_000).fit(rows[judged], good[judged])
            print(f"judged {judged.sum():,}, right {good.sum():,}")
        logit = model.decision_function(rows)
        if "ja" in langs:
            logit -= RARE * np.array([word not in common for _, word in pairs])
        _write(arguments.out / f"{langs[0]}-{langs[1]}.tsv", pairs, logit)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Learn which words translate which.")
    parser.add_argument("dictionaries", type=Path)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--out", type=Path, default=FOLDER)
    return parser


def _write(path: Path, pairs: Sequence[Pair], logit: Reals) -> None:
    kept: list[Pair] = []
    counts = [Counter[str](), Counter[str]()]
    for row in np.argsort(-logit, kind="stable"):
        pair = pairs[row]
        if logit[row] < np.log(LEAST / (1 - LEAST)):
            break
        if all(count[word] < MOST for count, word in zip(counts, pair, strict=True)):
            kept.append(pair)
            for count, word in zip(counts, pair, strict=True):
                count[word] += 1
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(f"{one}\t{other}\n" for one, other in sorted(kept)), "utf-8")
    print(f"{path}: {len(kept):,} pairs, {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
