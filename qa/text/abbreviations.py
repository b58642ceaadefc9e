"""Words before which, or after which, a full stop does not end a sentence, by language.

The key "" holds for every language. All words are without their last full stop. Words of
two to four letters without a vowel may be last in any: listed are those that never are.
"""
# ruff: noqa: RUF001

from collections.abc import Mapping


def _sets(words: Mapping[str, str]) -> dict[str, frozenset[str]]:
    return {lang: frozenset(listed.casefold().split()) for lang, listed in words.items()}


# Never the last word of a sentence: titles, and abbreviations that announce something.
NEVER_LAST = _sets(
    {
        "": (
            "dr prof mr mrs ms st mt vs nr vol fig cf e.g i.e eds ed pp p approx ca gen col lt "
            "sgt capt rev hon gov sen rep dept ing inż ul ул вул просп проф prof.ª arq mgr"
        ),
        "de": (
            "z.b d.h u.a v.a s.o s.u i.d.r u.u o.ä i.a bzw ca evtl ggf inkl insb tel vgl zzgl "
            "aufl bspw dipl ebd geb gest hg hrsg hl nr rd sog verf st"
        ),
        "bg": "бул доц акад инж св",
        "bn": "ডা মো মোঃ ড ডঃ প্রো অ্যাড",
        "cs": (
            "bc phdr mudr judr rndr paeddr thdr doc dipl nám tř nábř č čp čj tel např tzv tzn mj "
            "tj resp popř event sv obr tab str odst písm kpt plk gen kap cca zn z.č"
        ),
        "da": "bl.a f.eks dvs evt inkl ekskl pga ifm",
        "es": (
            "sr sra dr dra ud uds núm pág art ee ff rr av avda cía gral lic profa dña pza ctra "
            "tel apdo izda dcha excmo ilmo hno hna mons pbro"
        ),
        "el": "π.χ δηλ αρ σελ κα κος δρ καθ λεωφ οδ πλ τηλ αγ στρ αριθ βλ πρβλ κκ",
        "fi": "esim em tri fil maist lis ts puh klo",
        "fr": "m mm mme mlle dr pr av art fig p.ex env mgr mes mmes bd boul ste sté éd chap",
        "hi": "डॉ श्री श्रीमती सुश्री रु प्रो पं कु",
        "hu": "id ifj özv kb pl ún ill vö ld szerk tel bek sz",
        "it": (
            "sig dott prof art pag n sig.ra sigg dott.ssa prof.ssa arch avv geom rag p.zza v.le "
            "c.so l.go mons cav tel"
        ),
        "no": "bl.a f.eks dvs evt inkl ekskl pga ifm",
        "nl": "bijv dhr mevr drs ir nr blz ca d.w.z o.a jhr mw tel",
        "pl": (
            "hab lic św bł np m.in tzw tzn godz pkt poz ust rozp wyd red zob płk mjr ppłk abp bp "
            "ks wsp ds śp woj pow dyr dot tel ww nr gen kpt"
        ),
        "pt": (
            "sr sra dr dra art pág núm eng engª av dom exmo exma ilmo profa pça trav rod mons adv "
            "tel pe"
        ),
        "ru": (
            "т.е т.к им ул д стр рис акад св гр пл просп наб доц инж напр обл тел г-н г-жа т.н "
            "корп оф"
        ),
        "sk": (
            "bc phdr mudr judr rndr paeddr doc dipl nám č čl tel napr tzv tzn tj t.j resp príp "
            "popr sv obr tab str ods písm kpt plk gen kap"
        ),
        "sv": (
            "bl.a t.ex dvs d.v.s s.k f.d f.n fr.o.m t.o.m ca kl nr tel resp doc jur fil kand lic "
            "mag inkl exkl sid"
        ),
        "tr": "dr prof doç av vb vd bkz yy cad sok mah blv bulv apt öğr uzm yrd tel örn müh mim",
        "uk": (
            "акад пл бул бульв пров наб ім див напр тел доц інж обл стор рис табл с.м т.зв буд "
            "корп оф"
        ),
        "vi": "tp ts gs pgs ths bs ks",
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
            "usw etc u.s.w jan feb mär apr jun jul aug sep sept okt nov dez v.chr n.chr mio mrd "
            "tsd art bd jh str abs kap"
        ),
        "cs": "atd apod aj tis mil mld stol csc drsc ph.d",
        "es": "ee.uu ff.aa rr.hh etc",
        "el": "κ.λπ κ.ά κλπ εκ δισ",
        "fi": "jne ym yms tms milj mrd eaa ekr jkr os mm",
        "hu": "stb u út krt kft zrt nyrt bt em fszt m",
        "it": "ecc on s.p.a s.r.l mld mln",
        "pl": "itd itp tys mln mld im os ok pl al",
        "pt": "ltda s.a cia est al cap fev abr mai ago set out dez",
        "ru": "г гг вв в руб млн млрд тыс т.д т.п пер ок",
        "sk": "atď apod a.i tis mil mld stol csc drsc",
        "sv": "osv m.m m.fl o.d dyl milj mdkr tkr f.kr e.kr st",
        "uk": "р рр млн млрд тис т.д т.п ін ст",
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
        "cs": (
            "a aby ale ani až avšak bez byl byla bylo byly do i její jejich jeho jen ještě již "
            "každý k ke když kde která které který lze mezi na nad ne nebo nejsou není o od on "
            "ona oni ono po pod podle pokud poté potom pro proti protože před přes při s se si "
            "současně ta tak také takto tato ten tento teprve to toto tyto u už v ve však z za "
            "zde ze že"
        ),
        "da": (
            "af alle at både da de den denne der deres derfor det dette disse efter eller en er "
            "et for fra han har hendes hun hvis i ikke ingen jeg kan man med men når og også om "
            "på samt siden som til ved under var vi"
        ),
        "el": (
            "αλλά αν από αυτά αυτή αυτό αυτός για δεν εκεί ένα ένας επίσης έχει η ήταν και κατά "
            "με μετά μία να ο οι όμως όπως όταν που πριν σε στα στη στην στις στο στον στους τα "
            "τη την της τις το τον του τους των υπάρχει ως"
        ),
        "fi": (
            "ei eivät ennen he hän hänen ja joka jos joten jotka kaikki koska kun kuitenkin "
            "lisäksi me mutta myös ne niin nyt näin on ovat se sekä sen siellä sitten sitä tai "
            "tämä tässä tällä vaikka vain voi"
        ),
        "hu": (
            "a amely amikor az azok azonban azt de e egy ennek és ez ezek ezért ezt ha hogy így "
            "is itt majd már még mert minden mint nem ott s szerint továbbá után"
        ),
        "it": (
            "a ad agli ai al alla alle anche che chi come con così da dal dalla degli dei del "
            "della delle di dopo dove durante è ed fu gli i il in inoltre la le lo ma mentre nei "
            "nel nella non o per perché poi quando quelli questa queste questi questo se secondo "
            "si sono su sul sulla tra tutti tutte un una uno"
        ),
        "no": (
            "af alle at av både da de den denne der deres derfor det dette disse eller en er et "
            "etter for fra han har hennes hun hvis i ikke ingen jeg kan man med men når og også "
            "om på samt siden som til ved under var vi"
        ),
        "nl": (
            "aan al alle als bij daar daarna dan dat de deze die dit door dus een en er het hij "
            "hun ik in is maar men met na naar niet nog nu of om omdat ook op over sinds te "
            "tijdens toch tot uit van vanaf veel volgens voor wanneer want was wat we wie wij ze "
            "zij zijn zo zonder"
        ),
        "pl": (
            "a aby ale albo bez był była było były co dla do gdy i ich jak jednak jego jej jest "
            "jeśli już każdy kiedy która które który lub można na nad nie o od ona one oni oraz "
            "po pod podczas ponadto potem poza przed przez przy są się ta tak także tam te ten to "
            "tylko u w we według więc wszystkie z za ze że"
        ),
        "pt": (
            "a ao aos após até as às com como da das de depois desde do dos durante e é ela elas "
            "ele eles em embora enquanto entre essa esse esta este foi há isso já mais mas muitos "
            "na nas nem no não nos o os ou para pela pelo por porque quando que se segundo sem "
            "ser seu sob sobre sua também tem todos um uma"
        ),
        "sk": (
            "a aby ale alebo ani ako až bez bol bola bolo boli do i ich jej jeho je k kde keď "
            "každý ktorá ktoré ktorý len má medzi na nad nie o od on ona oni po pod podľa potom "
            "pre pred preto pretože pri s sa so sú ta tak táto ten tento tieto to toto u už v vo "
            "však z za zo že"
        ),
        "sv": (
            "alla allt att av både de dem den denna deras dessa det detta därefter därför dock du "
            "efter eller en enligt ett från för genom han hans har hon här i ingen inte jag kan "
            "man med men när och också om på samt sedan som till under ut utan var varje vi vid "
            "är"
        ),
        "uk": (
            "а або але без був була було були в вона вони він все всі де для до з за і із його її "
            "їх й коли крім на не о об однак перед під після по при про та також те той тоді тому "
            "у це цей ця ці що щоб як якщо"
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
