"""Words of thirty languages that stand for numbers, dates, money and lengths of time.

Endings are left open where a language inflects the word. Words that mean something else in
another language are told by the language of the text: "once" is eleven in Spanish only.
"""
# ruff: noqa: RUF001

import unicodedata
from functools import cache

from qa.text.tokens import LETTER


def normal(words: str) -> str:
    r"""Return a pattern of words as NFKC writes them, in which \w is a vowel sign too."""
    return unicodedata.normalize("NFKC", words).replace(r"\w", LETTER)


_NUMBERS = {
    "en": "one two three four five six seven eight nine ten eleven twelve twenty thirty zero none "
    "nobody dozens? single twice thrice (thir|four|fif|six|seven|eigh|nine)(teen|ty) "
    "forty fifty hundred thousand million billion half third quarter both",
    "de": "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig null keine?r? "
    r"(drei|vier|fünf|sech|sieb|acht|neun)(zehn|zig) \w{0,20}(?<!jahr)(hundert|tausend) "
    "(ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun)und"
    "(zwanzig|dreißig|(vier|fünf|sech|sieb|acht|neun)zig) "
    "(ein|zwei|drei|vier|fünf|sechs)(mal|fach) dutzend niemand "
    "vierzig fünfzig hundert tausend millionen? milliarden? hälfte drittel viertel beiden?",
    "es": "dos tres cuatro cinco seis siete ocho nueve diez once doce quince veinte "
    "treinta cuarenta cincuenta cien(to)? mil mill(ón|ones) mitad tercio ambos ambas",
    "fr": "deux trois quatre cinq six sept huit neuf dix onze douze quinze vingt trente "
    "quarante cinquante soixante cent mille millions? milliards? moitié tiers quart",
    "it": "due tre quattro cinque sei sette otto nove dieci undici dodici quindici venti "
    "trenta quaranta cinquanta cento mille milion[ei] miliard[oi] metà terzo entramb[ie]",
    "pt": "dois duas três quatro cinco seis sete oito nove dez onze doze quinze vinte "
    "trinta quarenta cinquenta cem cento mil milh(ão|ões) metade terço ambos ambas",
    "nl": "twee drie vier vijf zes zeven acht negen tien elf twaalf twintig dertig veertig "
    "vijftig honderd duizend miljoen miljard helft derde kwart beide",
    "sv": "två tre fyra fem sex sju åtta nio tio elva tolv tjugo trettio fyrtio femtio "
    "hundra tusen miljon(er)? miljard(er)? hälften båda",
    "da": "to tre fire fem seks syv otte ni ti elleve tolv tyve tredive fyrre halvtreds "
    "hundrede tusind million(er)? milliard(er)? halvdelen begge",
    "no": "to tre fire fem seks sju syv åtte ni ti elleve tolv tjue tretti førti femti "
    "hundre tusen million(er)? milliard(er)? halvparten begge",
    "fi": "kaksi kolme neljä viisi kuusi seitsemän kahdeksan yhdeksän kymmenen kaksitoista "
    r"kaksikymmentä sata tuhat miljoonaa? miljardia? puolet molem\w+ kahde\w+ kolme\w+",
    "pl": "dwa dwie dwóch trzy trzech cztery czterech pięć pięciu sześć sześciu siedem "
    r"siedmiu osiem ośmiu dziewięć dziesięć jedenaście dwanaście \w+naście dwadzieścia "
    r"trzydzieści czterdzieści \w+dziesiąt sto tysiąc\w* milion\w* miliard\w* połow\w+ oba "
    "obie",
    "cs": "dva dvě dvou tři tří čtyři čtyř pět pěti šest šesti sedm sedmi osm osmi devět "
    r"deset jedenáct dvanáct patnáct dvacet třicet čtyřicet padesát sto tisíc\w* milion\w* "
    r"miliard\w* polovin\w+ oba obě",
    "sk": "dva dve dvoch tri troch štyri štyroch päť šesť sedem osem deväť desať jedenásť "
    r"dvanásť dvadsať tridsať sto tisíc\w* milión\w* miliard\w* polovic\w+ obaja obe",
    "hu": "két kettő három négy öt hat hét nyolc kilenc tíz tizenegy tizenkét húsz harminc "
    "negyven ötven száz ezer millió milliárd fele mindkét",
    "ro": "doi două trei patru cinci șase şapte șapte opt nouă zece unsprezece doisprezece "
    "douăzeci treizeci sută sute mie mii milioane? miliarde jumătate ambele",
    "hr": "dva dvije tri četiri pet šest sedam osam devet deset jedanaest dvanaest "
    r"dvadeset trideset sto tisuć\w+ milijun\w* milijard\w* polovic\w+ oba obje",
    "tr": r"iki üç dört beş altı yedi sekiz dokuz on on\w+ yirmi otuz kırk elli yüz bin "
    r"milyon milyar yarı\w*",
    "ru": r"один одна одно два две двух тр[иёе]х? тро[ей]х? четыр\w+ пять пяти шесть шести "
    r"семь семи восемь восьми девять девяти десять десяти \w+надцат[ьи] двадцат[ьи] "
    r"тридцат[ьи] сорок \w+десят сто двое сотн\w+ тысяч\w* миллион\w* миллиард\w* "
    r"половин\w+ оба обе",
    "uk": "один одна одне два дві двох три трьох чотири п.?ять шість сім вісім дев.?ять "
    r"десять \w+надцять двадцять тридцять сорок сто двоє сотн\w+ тисяч\w* мільйон\w* "
    r"мільярд\w* половин\w+ обидв\w",
    "bg": r"един една едно два две три четири пет шест седем осем девет десет \w+надесет "
    r"двадесет тридесет сто хиляд\w* милион\w* милиард\w* половин\w+",
    "el": r"ένας μία ένα δύο τρεις τρία τέσσερ\w+ πέντε έξι επτά εφτά οκτώ οχτώ εννέα εννιά "
    r"δέκα έντεκα δώδεκα είκοσι τριάντα σαράντα πενήντα εκατό χίλι\w+ χιλιάδ\w+ "
    r"εκατομμύρι\w+ μισ\w+",
    "he": "אחד אחת שני שתי שניים שתיים שלוש שלושה ארבע ארבעה חמש חמישה שש שישה שבע שבעה "
    "שמונה תשע תשעה עשר עשרה עשרים שלושים ארבעים חמישים מאה מאות אלף אלפים מיליון חצי",
    "ar": r"واحدة? اثن\w+ اثنتا\w* ثلاث\w* أربع\w* خمس\w* ست ستة ستون سبع\w* ثماني?\w* "
    r"تسع\w* عشر\w* مئة مائة مئات ألف آلاف مليون ملايين نصف",
    "fa": "دو سه چهار پنج شش هفت هشت ده یازده دوازده بیست سی چهل پنجاه صد هزار میلیون "
    "میلیارد نیمی نصف",
    "hi": "एक दो तीन चार पाँच पांच छह छः सात आठ नौ दस ग्यारह बारह पंद्रह बीस तीस चालीस "
    "पचास सौ हज़ार हजार लाख करोड़ आधा आधे दोनों",
    "bn": "একটি দুই দুটি তিন চার পাঁচ ছয় সাত আট নয় দশ বারো বিশ ত্রিশ পঞ্চাশ শত হাজার লাখ কোটি",
    "vi": "hai ba bốn sáu bảy tám chín mười trăm nghìn ngàn triệu tỷ nửa",
    "id": r"satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas \w+belas "
    r"\w*puluh \w*ratus \w*ribu juta setengah separuh kedua",
    "th": "หนึ่ง สอง สาม(?!ารถ|ี|ัญ) สี่ ห้า หก เจ็ด แปด เก้า(?!อี้) สิบ ร้อย(?!ละ) พัน(?!ธ) หมื่น แสน ล้าน ครึ่ง",
    "ko": ""
    r"(한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|스무|서른|마흔|[백천만])\s?"
    r"(개|명|마리|권|대|살|사람|곳|번|가지|채|군데|시간|장|척|층)\w* "
    r"하나 둘 셋 넷 (다섯|여섯|일곱|여덟|아홉)\w* 절반",
}
# Months, and days of the week.
_CALENDAR = {
    "en": "(mon|tues|wednes|thurs|fri|satur|sun)day january february march april may june "
    "july august september october november december century",
    "de": "(mon|diens|donners|frei|sams|sonn)tag mittwoch januar februar märz mai juni "
    "juli oktober dezember jahrhundert",
    "es": "enero febrero marzo abril mayo junio julio agosto sep?tiembre octubre noviembre "
    "diciembre lunes martes miércoles jueves viernes sábado domingo siglo",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre "
    "décembre lundi mardi mercredi jeudi vendredi samedi dimanche siècle",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre "
    "novembre dicembre lunedì martedì mercoledì giovedì venerdì sabato domenica secolo",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro "
    "dezembro (segunda|terça|quarta|quinta|sexta)(-feira)? sábado domingo século",
    "nl": "januari februari maart april mei juni juli augustus september oktober november "
    "december maandag dinsdag woensdag donderdag vrijdag zaterdag zondag eeuw",
    "sv": "januari februari mars april maj juni juli augusti september oktober november "
    "december måndag tisdag onsdag torsdag fredag lördag söndag århundrade",
    "da": "januar februar marts april maj juni juli august september oktober november "
    "december mandag tirsdag onsdag torsdag fredag lørdag søndag århundrede",
    "no": "januar februar mars april mai juni juli august september oktober november "
    "desember mandag tirsdag onsdag torsdag fredag lørdag søndag århundre",
    "fi": "(tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu)kuu "
    "maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai vuosisa",
    "pl": "stycz lut(y|ego|ym) mar(zec|c[au]) kwie(cień|tni[au]) maj[au] (czerw|lip)(iec|c[au]) "
    "sierp(ień|ni[au]) wrze(sień|śni[au]) październik listopad grud(zień|ni[au]) poniedział "
    "wtor(ek|k) śr(od|ód) czwart piąt(ek|k) sobot niedziel wiek(u|ów)?",
    "cs": "(led|břez|dub|květ|červ|srp|říj)(en|n[aue]) únor července prosin listopad září pondělí "
    "úter střed čtvrt pátek pátku sobot neděl století",
    "sk": "január február mar(ec|ca) apríl máj(a|i)? jún(a|i)? júl(a|i)? august september "
    "október november december pondel utor(ok|k) streda štvrt piat(ok|k) sobot nedeľ "
    "storoč",
    "hu": "január február március április május június július augusztus szeptember október "
    "november december hétfő kedd(en)? szerda csütörtök péntek szombat vasárnap század",
    "ro": "ianuarie februarie martie aprilie iunie iulie august septembrie octombrie "
    "noiembrie decembrie marți miercuri joi vineri sâmbătă duminică secol",
    "hr": "(siječ|ožuj|trav|svib|lip|srp)(a?nj) veljač kolovoz ruj(an|na) listopad studen "
    "prosin ponedjelj utor srijed četvrt pet(ak|k) subot nedjelj stoljeć",
    "tr": "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık "
    "pazartesi salı çarşamba perşembe cuma pazar yüzyıl",
    "ru": "январ феврал март(а|е)? апрел ма[йяе] июн[ьяе] июл[ьяе] август сентябр октябр "
    "ноябр декабр понедельник вторник сред[аыу] четверг пятниц суббот воскресень "
    "век(а|е|ов)?",
    "uk": "(січ|берез|квіт|трав|черв|лип|серп|верес|жовт|груд)(ень|н[яі]) лют(ий|ого) "
    "листопад понеділ вівтор серед[аиу] четвер п.?ятниц субот неділ столітт",
    "bg": "януари февруари март април май юни юли август септември октомври ноември "
    "декември понеделник вторник сряда четвъртък петък събота неделя век(а|ове)?",
    "el": "ιανουάρι ιανουαρί φεβρουάρι φεβρουαρί μάρτι μαρτί απρίλι απριλί μάι(ος|ο) μαΐου "
    "ιούνι ιουνί ιούλι ιουλί αύγουστ αυγούστ σεπτ[εέ]μβρ οκτ[ωώ]βρ νοέμβρ νοεμβρ δεκέμβρ "
    "δεκεμβρ δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατ κυριακή αιών",
    "he": "ב?(ינואר|פברואר|מרץ|אפריל|מאי|יוני|יולי|אוגוסט|ספטמבר|אוקטובר|נובמבר|דצמבר) "
    r"ב?יום\s(ראשון|שני|שלישי|רביעי|חמישי|שישי|שבת) המאה",
    "ar": "يناير فبراير مارس أبريل إبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر "
    "ديسمبر كانون شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين "
    "(ال)?(اثنين|إثنين|ثلاثاء|أربعاء|خميس|جمعة|سبت|أحد) القرن",
    "fa": "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند ژانویه فوریه "
    "مارس آوریل ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر (یک|دو|سه|چهار|پنج)?.?شنبه جمعه "
    "قرن",
    "hi": "जनवरी फ़रवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर सितम्बर अक्टूबर "
    "अक्तूबर नवंबर नवम्बर दिसंबर दिसम्बर सोमवार मंगलवार बुधवार गुरुवार शुक्रवार शनिवार "
    "रविवार सदी",
    "bn": "জানুয়ারি ফেব্রুয়ারি মার্চ এপ্রিল মে জুন জুলাই আগস্ট সেপ্টেম্বর অক্টোবর নভেম্বর ডিসেম্বর",
    "vi": r"tháng\s(giêng|một|hai|ba|tư|năm|sáu|bảy|tám|chín|mười|chạp) "
    r"thứ\s(hai|ba|tư|năm|sáu|bảy) chủ\snhật thế\skỷ",
    "id": "januari februari maret april mei juni juli agustus september oktober november "
    "desember senin selasa rabu kamis jumat sabtu minggu abad",
    "th": "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม "
    "พฤศจิกายน ธันวาคม วัน(จันทร์|อังคาร|พุธ|พฤหัส|ศุกร์|เสาร์|อาทิตย์) ศตวรรษ",
    "ko": "[월화수목금토일]요일 세기",
}
_WHOLE = 4  # letters of a name that nothing may follow
_ZERO_COST = (
    r"free|gratuit\w*|gr[aáà]tis|kostenlos\w*|kostenfrei\w*|gratuito|за?дарма|бесплатн\w*|"
    r"безкоштовн\w*|безплатн\w*|zdarma|zadarmo|bezpłatn\w*|darmow\w*|ilmai\w+|ingyen\w*|"
    r"ücretsiz|bedava|miễn\sphí|δωρεάν|חינם|مجان\w*|رایگان|मुफ़्त|मुफ्त|निःशुल्क|বিনামূল্যে|besplatn\w*"
)
# Whole words and beginnings of words that are money wherever they stand.
_CURRENCIES = (
    r"(?-i:USD|EUR|JPY|GBP|CHF|PLN|CZK|HUF|SEK|NOK|DKK|RON|BGN|UAH|RUB|INR|CNY|KRW|THB|VND|IDR|"
    r"MYR|ILS|AED|EGP|TWD|HKD|CAD|AUD|BRL|MXN)|"
    r"eur[oó](?!p)\w{0,4}|eur(a|ima)|yens?|pounds?|cents?|francs?|francos?|franken|franchi|pfund|mark|markkaa|"
    r"pesos?|d[oó]l+[aá]r\w*|rup(ee|i[ea])\w*|rub(l|el)\w*|kron(a|or|er|en|ur|e)|corone|coronas|"
    r"couronnes?|kč|korun\w*|koron[ay]?|zł|złot\w*|zloty\w*|forint\w*|lira\w{0,4}|kuruş|yuan|"
    r"renminbi|shekel\w*|sheqel\w*|dinar\w*|dirham\w*|riyals?|baht|ringgit|reais|"
    r"руб|рубл\w*|долл?ар\w*|долл|[еє]вро|копе\w*|фунт\w*|франк\w*|крон\w*|рупи\w*|гривн\w*|"
    r"гривень|грн|лева|лв|"
    r"ευρώ|δολάρι\w*|λίρ\w+|δραχμ\w+|ה?שקל\w*|ש[\"״]ח|ה?דולר\w*|ה?[אי]ו?י?רו|"
    r"(?:ال|و)?(?:دينار|درهم|ريال|جنيه|ليرة|دولار|يورو|فرنك)\w*|دلار|ریال|تومان|یورو|روپیہ|روپے|"
    r"रुपय\w*|रुपए|रूपय\w*|रु|पैसे|डॉलर|यूरो|টাকা|ডলার|ইউরো"
)
# Short ones, and those that are other words too: money beside a number only.
_BESIDE = r"kr|ft|lei|leu|tl|rs|rp|rm|wons?|rands?|reals?|levs?|lire|rappen|р|đ|đồng|sek|öre|øre"
_DIGITS = "\\d一二三四五六七八九十百千万萬億亿만억천백조"
_UNSPACED_MONEY = (
    rf"[{_DIGITS}]\s?(?:円|圓|圆|元|ドル|ユーロ|ポンド|ウォン|ルピー|バーツ|フラン|ペソ|块|塊|"
    r"[美欧歐日韩韓]元|英[镑鎊]|法郎|[卢盧]布|人民[币幣]|원|달러|엔|유로|위안|파운드)|"
    r"無料|免[费費]|무료|ฟรี|บาท(?!หลวง)|ดอลลาร์|ยูโร"
)
_SIGNS = r"$¢£¤¥֏؋৲৳৻૱௹฿៛₠-₿⃀꠸﷼﹩＄￠￡￥￦"
MONEY = (
    rf"[{_SIGNS}]|\b(?<!{LETTER})(?:{normal(_ZERO_COST)}|{normal(_CURRENCIES)})(?!{LETTER})|"
    rf"(?:\d|nghìn|ngàn|triệu|tỷ|млн|тыс\.?)[\s.,-]*(?:de\s)?(?:{_BESIDE})(?!{LETTER})|"
    rf"\b(?<!{LETTER})(?:kr|rs|rp|rm)\.?\s?\d|{_UNSPACED_MONEY}"
)
TIME_UNITS = normal(
    r"years?|months?|weeks?|days?|hours?|minutes?|seconds?|centur(y|ies)|decades?|"
    r"jahre?[ns]?|monat(e[ns]?|s)?|wochen?|tage?[ns]?|stunden?|minuten?|sekunden?|jahrhunderte?|"
    r"ans?|mois|semaines?|jours?|heures?|años?|mes|meses|semanas?|días?|horas?|minutos?|"
    r"ann[oi]|mes[ei]|settiman[ae]|giorn[oi]|or[ae]|minut[oi]|anos?|mês|dias?|"
    r"jaar|jaren|maand(en)?|week|weken|dag(en)?|uur|uren|minuut|år|måned(er)?|månad(er)?|"
    r"veck(a|or)|uker?|dag(ar|er?)|timm(e|ar)|timer?|minut(t?er)?|dygn|døgn|"
    r"vuo(tta|den|si)|kuukau\w+|viikko\w*|päiv\w+|tun(tia|nin)|minuut\w+|"
    r"lata?|rok[iyůu]?|miesi[ąę]c\w*|tygod\w+|dni|dzień|godzin\w*|minut\w*|let|měsíc\w*|mesiac\w*|"
    r"týd\w+|týžd\w+|dn[íůi]|hodin\w*|év\w*|hónap\w*|hét|het(es|ig)|nap\w*|ór[aá]\w*|perc\w*|"
    r"ani?|luni|săptămân\w*|zile?|minute|yıl\w*|ay|hafta\w*|gün\w*|saat\w*|dakika\w*|"
    r"лет|год[ау]?|месяц\w*|недел\w*|дн(ей|я|и|ів)|день|час\w*|минут\w*|сут\w+|рок\w*|"
    r"місяц\w*|тиж\w+|годин\w*|хвилин\w*|месец\w*|седмиц\w*|"
    r"χρόνια|έτη|ετών|μήν\w+|εβδομάδ\w+|η?μέρ\w+|ώρ\w+|λεπτ\w+|"
    r"שנ(ים|ה|ות)|חודש\w*|שבוע\w*|ימים|יום|שעות|שעה|דקות|"
    r"سن(ة|وات|ين)|عام\w*|أعوام|شهر\w*|أشهر|شهور|أسبوع\w*|أسابيع|يوم\w*|أيام|ساع(ة|ات)|"
    r"دق(يقة|ائق)|سال|ماه|هفته|روز|ساعت|دقیقه|वर्ष|साल|महीन[ाे]|माह|सप्ताह|हफ़्ते|हफ्ते|दिन|घंट[ाे]|"
    r"मिनट|năm|tháng|tuần|ngày|giờ|phút|tahun|bulan|minggu|hari|jam|menit|"
    r"ปี|เดือน|สัปดาห์|วัน|ชั่วโมง|นาที|(년|개월|주|일|시간|분)\w*"
)


def _of(table: dict[str, str], lang: str) -> list[str]:
    """Return the words of a language, and those of English and German, told in any text."""
    known = (table[one] for one in dict.fromkeys(("en", "de", lang)) if one in table)
    return [word for words in known for word in normal(words).split()]


def _begins(lang: str) -> str:
    # The first alone would do, but is slow; the second knows no words in Thai, which has no spaces.
    return rf"(?<!{LETTER})" if lang == "th" else rf"\b(?<!{LETTER})"


@cache
def number_words(lang: str) -> str:
    """Return a pattern of words for numbers in a language."""
    return rf"{_begins(lang)}(?:{'|'.join(_of(_NUMBERS, lang))})(?!{LETTER})"


@cache
def calendar(lang: str) -> str:
    """Return a pattern of how the names of months and days begin in a language."""
    # A short name is whole: "mai" is May, and no "main".
    names = (f"{one}(?!{LETTER})" if len(one) <= _WHOLE else one for one in _of(_CALENDAR, lang))
    return rf"{_begins(lang)}(?:{'|'.join(names)})"


# What tells when without a date: by the clock, the day, the season, or what must have happened.
MOMENTS = normal(
    r"\b((end|beginning|start|outbreak|middle) of|as soon as|when(ever)?|if|after|before|once|"
    r"during|while|until|till|upon|within|every|daily|weekly|monthly|hourly|yearly|annually|"
    r"any ?time|immediately|soon|today|tomorrow|yesterday|(last|next) (year|month|week|day)|"
    r"mornings?|afternoons?|evenings?|nights?|noon|midnight|o'clock|spring|summer|autumn|winter|"
    r"weekends?|weekdays?|holidays?|christmas|easter|middle ages|antiquity|in (case|advance)|"
    r"outset|on (receipt|delivery|request|arrival)|(years|months|weeks|days|hours)|"
    r"(?-i:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Aug|Sept?|Oct|Nov|Dec|Okt|Dez|Mi|Mo|Fr)|"
    r"sobald|zu beginn|(am|zum|bis) ende|wenn|falls|nach(dem)?|bevor|beim?|während|solange|erst|ab|"
    r"täglich|wöchentlich|monatlich|jährlich|stündlich|ganzjährig|jederzeit|sofort|heute|gestern|"
    r"(vor|nach)?mittags?|mitternacht|morgens|abends|nachts|tagsüber|werktags?|wochenende|"
    r"feiertag\w*|weihnacht\w*|ostern|frühling|frühjahr|sommer|herbst|winter|mittelalter|im voraus|"
    r"jede[nmrs]?|nächste\w*|letzte\w*|quartals\w*|(monats|jahres)ende|monatserste[nr]|sonnabend|"
    r"jänner|krieg\w*|geburt|(tage|wochen|monate|jahre)n?)\b|"
    r"[毎翌昨来先][朝晩日週月年]|明日|今日|本日|平日|祝日|土日|盆|年末|年始|月末|末日|時代|初期|[朝昼晩夜春夏秋冬]|"
    r"[前後時]に|食[前後]|戦後|午[前後]|半[年日]|とき|たら|場合|ごと|まで|日から|いつでも|すぐ|最後|最初|数日|"
    r"元年|定休|週間|每[天日周月年]|月底|清代|点"
)
# What tells how long without a number and a unit.
SPANS = normal(
    r"\b(fortnight|overnight|quarter|semester|lifetime|permanent(ly)?|indefinite(ly)?|unlimited|"
    r"since|until|till|bis|seit|über nacht|unbefristet|unbestimmt\w*|lebenslang|dauerhaft|"
    r"unverzüglich|quartal|werktagen?|ganztägig|monatsfrist|jusqu|hasta|"
    r"\w*(jährig|monatig|wöchig|tägig|stündig|minütig|jährlich|stunden)\w*)\b|"
    r"\d\s?(h|hrs?|mins?|secs?|std|sek)\b|\d{4}\D{1,3}(\w+ )?(\d\d?[./])*\d{4}|"
    r"\d\.?\s?[–-]\s?\d|まで|半[日年]|無期限|終身|生涯|定め|一[晩生]|世[纪紀]|"
    r"[\d一二三四五六七八九十两半几]\s?(年間|[かヶカヵ箇个]月|週|日間|時間|分間|分|秒|个?小时|分钟|天|个?星期|周)|"
    r"(?<!\d)(\d{1,3}|[一二三四五六七八九十两半]{1,4})\s?年(?!代)"
)
# What tells a price without a currency.
PRICES = normal(
    r"\d[.,]\d\d(?!\d)|\d[.,][-–]|\d\s?%|\d per ?cent\b|\d prozent|\d gekostet|"
    r"\b(costs?|price|rent|fee|charges?|total|tickets?|admission|pays?|kostet|preis|\w*miete|"
    r"gebühr|\w*betrag|eintritt)\b[^.]{0,30}\d|(家賃|料金|価格|大人|代金).{0,6}\d|"
    r"\b(nothing|no (fee|charge|cost|deposit)|included|half|donation|quid|bucks|on request|"
    r"months' rent|monthly rents|nichts|(ist|sind|eintritt) frei|freier eintritt|umsonst|portofrei|"
    r"inbegriffen|enthalten|hälfte|spende|monatsmieten?)\b|"
    r"半額|不要|[金料]なし|込み|かかりません|タダ|か月分|当社が負担"
)
