"""Words before which, or after which, a full stop does not end a sentence, by language.

The key "" holds for every language. All words are casefolded and without their last full stop.
"""
# ruff: noqa: RUF001

from collections.abc import Mapping


def _sets(words: Mapping[str, str]) -> dict[str, frozenset[str]]:
    return {lang: frozenset(listed.split()) for lang, listed in words.items()}


# Never the last word of a sentence: titles, and abbreviations that announce something.
NEVER_LAST = _sets(
    {
        "": (
            "dr prof mr mrs ms st mt vs nr vol fig cf e.g i.e eds ed pp p approx ca gen col lt "
            "sgt capt rev hon gov sen rep dept"
        ),
        "de": (
            "z.b d.h u.a v.a s.o s.u i.d.r u.u o.ä i.a bzw ca evtl ggf inkl insb tel vgl zzgl "
            "aufl bspw dipl ebd geb gest hg hrsg hl nr rd sog verf st"
        ),
        "es": "sr sra dr dra ud uds núm pág art ee.uu",
        "fr": "m mm mme mlle dr pr av art fig p.ex env",
        "it": "sig dott prof art pag n ecc",
        "nl": "bijv dhr mevr drs ir nr blz ca",
        "pt": "sr sra dr dra art pág núm",
        "ru": "т.е т.к им ул д стр рис проф акад св",
        "tr": "dr prof doç av vb vd bkz yy",
        "el": "π.χ δηλ κ.λπ κ.ά αρ σελ",
        "vi": "tp ts gs pgs",
    }
)
# The last word only if the next one is a word that sentences begin with.
MAYBE_LAST = _sets(
    {
        "": (
            "inc ltd co corp bros jr sr etc jan feb mar apr jun jul aug sep sept oct nov dec ph.d "
            "m.d a.m p.m est u.s u.k u.n d.c no al"
        ),
        "de": (
            "usw etc u.s.w jan feb mär apr jun jul aug sep sept okt nov dez v.chr n.chr "
            "mio mrd tsd art bd jh str abs kap"
        ),
        "ru": "г гг вв в руб млн млрд тыс т.д т.п",
    }
)
# Words that sentences begin with and names do not.
STARTERS = _sets(
    {
        "en": (
            "a an and after also although as at because before both but by during each every few "
            "for from he her here his how however i if in it its many more most no not of on one "
            "or other our she since so some such that the their then there these they this those "
            "though thus to two under until we what when where which while who with yet you"
        ),
        "de": (
            "aber alle als am an auch auf aus bei beide bis da dabei dafür damit danach dann "
            "darin darüber das dass davon dazu dem den denn der deren des deshalb die dies diese "
            "dieser dieses doch dort durch ebenfalls ein eine einem einen einer eines er erst es "
            "für hier hierzu ich ihr ihre im in ist jede jeder jedoch mehr mit nach nachdem neben "
            "nicht noch nun nur ob obwohl ohne sehr sein seine seit seitdem sie sind so sobald "
            "somit sowohl trotz über um und unter viele vom von vor während wann war warum was "
            "weil wenn wer wie wir wird wo zu zudem zum zur zwar"
        ),
        "fr": (
            "à au aux avec c'est ce ces cette dans de depuis des donc elle elles en et il ils je "
            "la le les leur mais nous on or ou par pour que quand qui sa selon ses son sur un une "
            "vous"
        ),
        "es": (
            "a al así aunque como con cuando de del desde después durante e el ella ellos en "
            "entre es esta este esto estos fue hasta la las lo los más mientras muchos no o otra "
            "otro para pero por que se según ser si sin sobre su sus también tras un una uno y"
        ),
        "ru": (
            "а без в во все для до его ее если за и из или к как когда кроме на не но о об он она "
            "они от по под после при с со так также то только у что эта эти это этот"
        ),
        "tr": "ancak ayrıca bir bu bunlar daha gibi her için ile o onlar sonra ve",
    }
)
# Never the last word of a sentence before a number, in any language: "Art. 12".
_BEFORE_NUMBERS = (
    "art arts sec secs sect ch chap para paras par reg tel ziff rn rdnr nrn tz lit cl eq eqn tab "
    "ref abs abschn anl kap str fn ex op col ст п гл рис табл"
)
BEFORE_NUMBERS = frozenset(_BEFORE_NUMBERS.split())
# Where "10." is how an ordinal is written.
_ORDINALS = "de da no nb nn fi et cs sk pl hu hr sl sr tr lv is lb"
ORDINAL_LANGUAGES = frozenset(_ORDINALS.split())
