"""Names of people, places and things in a text, as far as its writing tells."""

import re
import unicodedata

from qa.text.compounds import compound_parts
from qa.text.language import same_script
from qa.text.lexicons import pieces, stems
from qa.text.stems import stem

# Words that often begin a sentence and are no part of a name.
_OPENERS = """
The A An In On At By For From Of To And But Or If So As It Its This That These Those He She
His Her Him They Them Their We Our You Your One Some Any All Both Each Every Either Neither
No Not Nor Most Many Much More Such Other Others Another Only Also Again Then There Here Now
Once Thus When Where While Whilst What How Which Who Whose Whoever Why After Before During
Until Unless Since Upon Among Amongst Between Over Under Through Into Within Without Against
Along Across Although Though Because Whether However Instead Hence Further Let Do Does Did
Is Are Was Were Has Have Had Having Can Could May Might Must Shall Should Will Would With El
La Los Las Un Una En Le Les Une Il Der Die Das Dem Den Des Ein Eine Einem Einen Einer Eines
Im Am Auf Mit Für Von Bei Beim Seit Als Wenn Und Aber Oder Zum Zur Zu Nach Aus Vor Um Bis
Durch Über Unter Zwischen Gegen Ohne Während Wegen Trotz Statt Laut Zwei Drei Dies Diese
Diesem Diesen Dieser Dieses Jede Jedem Jeden Jeder Jedes Seine Seinem Seinen Seiner Sein
Ihre Ihrem Ihren Ihrer Ihr Ihm Ihn Er Sie Es Wir Uns Man Alle Viele Mehrere Einige Manche
Andere Beide Keine Keiner Kein Nur Auch Da Dann Dort Dabei Darüber Dass Hier Nun Noch Schon
Sehr Jedoch Doch Denn Weil Obwohl Nachdem Bevor Wie Wer Wo Wann Warum Wird Werden Ist Sind
War Waren Hat Haben
"""
_NO_NAMES = frozenset(_OPENERS.split())
_OPENED = rf"(?!(?:{'|'.join(_NO_NAMES)})\b)"
# Words with a capital inside a sentence, two in a row at its beginning, initials, what is called
# something or in quotation marks, names of files and accounts.
_NAMES = re.compile(
    r"(?<![.!?:] )(?<!^)\b[A-ZÀ-ÞА-Я][\w'’.-]*\w|\b"
    + _OPENED
    + r"[A-ZÀ-ÞА-Я][^\W\d_]+ [A-ZÀ-ÞА-Я][\w-]+|"
    r"(?<!\w)(?:[A-Z]\. ?)+[A-Z]\w+|(?<=: )[A-ZÀ-ÞА-Я]\w+|[\"“‘][\w ]+[\"”’]|\b\w+[_.]\w+|"
    r"\b[a-z]+\d\w*|\b(?:called|named|termed|known as|referred to as) (?:an? )?[\"“'‘]?\w+"
)
# Where every noun has a capital, a name shows in two in a row, in capitals only, in quotation
# marks, after a title, a colon or "heißt".
_GERMAN_NAMES = re.compile(
    r"\b"
    + _OPENED
    + r"[A-ZÀ-Þ][\w-]+(?: (?:von (?:der )?|van (?:der )?|de )?[A-ZÀ-Þ][\w.-]+)+|\b[A-Z]{2,}\b|"
    r"(?<=: )(?:Dr\. )?[A-ZÀ-Þ]\w+(?=$|,)|\bDr\. [A-Z]\w+|\bnennt man \w+|\b\w+[_.]\w+\b|"
    r"[„“»\"][^„“”«\"]{2,60}|\b\w+\)? genannt\b|"
    r"\b(?:heißt|heißen|hieß|hießen|namens|genannt) [A-ZÀ-Þ]\w+|"
    r"\b(?:Frau|Herrn?|Präsident\w*|Minister\w*|König\w*|Kaiser\w*|Papst|Prinz\w*) [A-ZÀ-Þ]\w+"
)
# Where nothing is written with capitals: runs of katakana, ideographs or foreign letters.
_UNCASED_NAMES = re.compile(
    r"[ァ-ヺー]{2,}(?:[・\uff1d][ァ-ヺー]+)*|[\u4e00-\u9fff々]{2,}|[A-Z][A-Za-z]+|"
    r"[^\W\d_a-zA-ZÀ-ɏ\u3040-\u30ff\u4e00-\u9fff]{2,}"
)
# Who may be meant without a name: by what somebody is.
_PEOPLE_DE = (
    r"\w+(?:in|innen|ern?|or|ent|ist|amt|rat|ium|haus|kasse|leitung|verwaltung|gemeinde|versammlung|"
    r"mannschaft)|Kunden?|Firma|Arzt|Nachbarn?|Chefs?|\w*[Vv]orstand|Leitung|\w*[Vv]ersicherung|"
    "Gemeinde|Verwaltung|Sekretariat|Buchhaltung|Polizei|Feuerwehr|Familie|Eltern|Schwester|Bruder|"
    "Mutter|Vater|Partei|Verein|Schule|Stadt|Bauern?|Erwachsenen?|Kinder|Bank|Kirche"
)
_ROLES = {
    "en": re.compile(
        r"\b(?:(?:landlord|tenant|owner|manager|head|chair(?:man|woman|person)?|committee|board|"
        r"council|department|team|staff|company|firm|employ(?:er|ee)|customer|client|supplier|carrier|"
        r"author|president|minister|government|police|school|parent|student|resident|member|mayor|"
        r"driver|doctor|nurse|brother|sister|mother|father|son|daughter|wife|husband|spouse|"
        r"neighbou?r|friend|secretary|caretaker|director|teacher|worker|user|administrator|accountant|"
        r"lawyer|judge|engineer|scientist|researcher|artist|pensioner|policyholder|contractor|"
        r"participant|volunteer|child|adult|people|person|everyone|anyone|nobody|whoever|purchaser|"
        r"buyer|seller|insurer|provider|utility|bank|church|monk|farmer|baker|soldier|king|queen|pope|"
        r"emperor)(?:s|ren)?(?! (?:table|room))|men|women|part(?:y|ies)|\w{3,}men)\b",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"\b(?:der|die|das|dem|den|des|vom|zum|beim|im|eine?[mnr]?|meine?[mnr]?|unsere?[mnr]?|zahlt|"
        r"jede[mnrs]?|seine|ihre|einige|viele|mehrere|alle|zwei|trägt) (?:[a-zß]+e[nmrs]? )?"
        rf"(?=[A-ZÀ-Þ])({_PEOPLE_DE})\b"
    ),
    "ja": re.compile(
        "[氏様君殿卿王皇帝者人員家師士母父妹弟姉兄私僕彼甲乙徒衛]|[部課店]長|[部課組](?=[がはにのもを])|友達|"
        "子ども|チーム|みんな|ちゃん|くん|さん|[一-龠](?:組合|防)|祖[父母]|俳優|将軍|大統領|首相|総理|大臣|長官|"
        "教授|博士|選手|監督|議員|知事|[司主]教|先生|[会社局署館町村市校]長|理事長|委員長|代表"
    ),
}
_QUOTED = re.compile("(?<=[「『])[^」』]+")
_DOTTED = re.compile(r"[・\uff1d=]")
# What a Japanese word may have before or behind it.
_AFFIXES = frozenset("第各同新旧全約昨本元前後副再的性化用数年月日号課部")
_NUMERALS = frozenset("一二三四五六七八九十百千万億")
_CAPITAL = re.compile(r"(?<=[\w,;:] )(?:[A-ZÀ-ÞА-Я]\w+-)*[A-ZÀ-ÞА-Я]\w+")
_LETTERS = re.compile(r"[^\W\d_]+")
STEM = 5  # letters of a name that tell it: Japan, Japan's, Japanese
_FEMALE = re.compile("inn?$")  # of stems: Rätin, Rätinnen
# Letters of a part of a German word: shorter than where compounds are looked up by their parts,
# since a name taken for a word costs more here.
_SHORTEST_PART = 3
_FIRST = re.compile(r"(?:^|[.!?] )([A-ZÀ-Þ][^\W\d_]+)")
_CAPITALISED = re.compile(r"\b[A-ZÀ-Þ][^\W\d_]+")


def names_in(text: str, lang: str) -> list[str]:
    """Return what may be names in a text in a language.

    English words that begin a sentence and German nouns are names if no lexicon knows them, nor
    the parts of German compounds, and so are Japanese runs of characters.
    """
    text = unicodedata.normalize("NFKC", text)
    if lang == "ja":
        runs = [run for run in _UNCASED_NAMES.findall(text) if _is_japanese_name(run)]
        return _QUOTED.findall(text) + runs
    if lang == "de":
        return _GERMAN_NAMES.findall(text) + _unknown(_CAPITALISED.findall(text), lang)
    if not is_cased(lang):
        return _UNCASED_NAMES.findall(text)
    return _NAMES.findall(text) + _unknown(_FIRST.findall(text), lang)


def people_in(text: str, lang: str) -> list[str]:
    """Return what may be names, and words for what somebody is."""
    roles = _ROLES[lang].findall(text) if lang in _ROLES else []
    return names_in(text, lang) + roles


def unmentioned_names(question: str, passage: str, lang: str) -> int:
    """Return how many names of a question its passage, in the same language, does not have.

    Counted only where capitals tell names from other words.
    """
    if lang == "de" or not is_cased(lang):
        return 0
    question = unicodedata.normalize("NFKC", question)
    if all(word[0].isupper() for word in _LETTERS.findall(question)):
        return 0  # as in a title, where capitals tell nothing
    known = unicodedata.normalize("NFKC", passage).casefold()
    parts = (part for name in _CAPITAL.findall(question) for part in name.split("-"))
    names = {part.casefold()[:STEM] for part in parts}
    return sum(name not in known for name in names)


def is_cased(lang: str) -> bool:
    """Tell whether a language is written with capitals."""
    return any(same_script(lang, one) for one in ("en", "ru", "el"))


def _unknown(words: list[str], lang: str) -> list[str]:
    if not stems(lang):
        return []
    return [word for word in words if word not in _NO_NAMES and not _is_known(word, lang)]


def _is_known(word: str, lang: str) -> bool:
    root = stem(word.casefold(), lang)
    if lang != "de":
        return root in stems(lang)
    root = stem(_FEMALE.sub("", root), lang)
    return root in stems(lang) or bool(compound_parts(root, _SHORTEST_PART))


def _is_japanese_name(run: str) -> bool:
    """Tell whether a run has several parts, is in Latin letters or holds what is no known word."""
    if _DOTTED.search(run) or run.isascii():
        return True
    if run[0] in _NUMERALS:
        return False
    found = pieces(run, stems("ja"), shortest=2)
    return any(len(piece) == 1 and piece not in _AFFIXES for piece in found)
