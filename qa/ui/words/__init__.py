"""Every word the pages say, in each language of the interface: one module a page.

A page's words are a frozen dataclass with one instance per language, so that the type checker
finds a word that is missing in one of them.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final, Literal, get_args

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_timedelta
from babel.numbers import format_decimal

Lang = Literal["en", "de", "ja"]
LANGS: Final[tuple[Lang, ...]] = get_args(Lang)
COOKIE: Final = "fundstelle-language"
OWN_NAMES: Final[Mapping[Lang, str]] = {"en": "English", "de": "Deutsch", "ja": "日本語"}
_LOCALES: Final = {lang: Locale.parse(lang) for lang in LANGS}


def chosen(cookie: str | None, accepted: str) -> Lang:
    """Return the language of the interface.

    ``cookie`` is what the reader chose, ``accepted`` the browser's Accept-Language: the language
    it weighs highest among ours, else English.
    """
    for lang in LANGS:
        if cookie == lang:
            return lang
    weighed = sorted(map(_weighed, accepted[:1000].split(",")), key=lambda one: -one[1])
    for tag, weight in weighed:
        for lang in LANGS:
            if weight > 0 and tag.partition("-")[0] == lang:
                return lang
    return "en"


def _weighed(part: str) -> tuple[str, float]:
    tag, _, weight = part.strip().lower().partition(";q=")
    try:
        return tag, float(weight or 1)
    except ValueError:
        return tag, 0.0


def language_name(code: str, lang: Lang) -> str:
    """Return what the language ``code`` is called in ``lang``; "zxx" and the like stay codes."""
    try:
        name = Locale.parse(code.replace("-", "_")).get_language_name(lang)
    except (UnknownLocaleError, ValueError):
        name = None
    return name[:1].upper() + name[1:] if name and code != "und" else code.upper()


def number(value: float, lang: Lang) -> str:
    """Return a number with the separators of ``lang``."""
    return str(format_decimal(value, locale=_LOCALES[lang]))


def fraction(value: float, lang: Lang, digits: int = 3, *, signed: bool = False) -> str:
    """Return a measure with its decimals, with its sign also if it is above zero."""
    pattern = f"0.{'0' * digits}"
    if signed and round(value, digits):
        pattern = f"+{pattern};-{pattern}"
    return str(format_decimal(value, format=pattern, locale=_LOCALES[lang]))


def day(iso: str, lang: Lang) -> str:
    """Return an ISO date as people write it; what is no full date stays as it is."""
    try:
        return str(format_date(date.fromisoformat(iso), "long", locale=_LOCALES[lang]))
    except ValueError:
        return iso


def counted(count: int, one: str, many: str, lang: Lang) -> str:
    """Return ``one`` for a count of 1, else ``many``, with the count in place of ``{count}``."""
    return (one if count == 1 else many).replace("{count}", number(count, lang))


def duration(seconds: float, lang: Lang) -> str:
    """Return a time span in whole seconds, minutes or hours, as people say it."""
    span = timedelta(seconds=max(1, round(seconds)))
    return str(format_timedelta(span, threshold=1.5, locale=_LOCALES[lang]))
