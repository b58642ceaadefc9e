"""A few plain sentences in many languages, to learn where a model's token vectors centre.

Token vectors of one model share a large common direction that says nothing about a text; the
encoder subtracts it. It is the same for unseen texts, so a small mixed sample finds it.
"""

SAMPLE = (
    "The train leaves the station at nine and reaches the coast before noon.",
    "Researchers measured the temperature of the water every hour for three years.",
    "The city council approved a new budget for schools, roads and public libraries.",
    "Der Vertrag wurde im Jahr 1998 unterzeichnet und gilt bis heute in allen Ländern.",
    "Die meisten Pflanzen brauchen Licht, Wasser und Nährstoffe, um zu wachsen.",
    "Das Unternehmen baut Maschinen für die Landwirtschaft und beschäftigt 400 Menschen.",
    "Le musée conserve une grande collection de tableaux du dix-neuvième siècle.",
    "Les prix de l'énergie ont augmenté de douze pour cent depuis le mois de janvier.",
    "La población de la ciudad creció rápidamente después de la llegada del ferrocarril.",
    "El equipo ganó el campeonato en la última jornada con un gol de su capitán.",
    "Il medico consiglia di dormire almeno sette ore e di camminare ogni giorno.",
    "O rio nasce nas montanhas do norte e atravessa quatro estados antes do mar.",
    "Het schip vervoerde graan en hout tussen de havens van de Oostzee.",
    "Kraków był przez wiele lat stolicą państwa i siedzibą królów.",
    "Учёные обнаружили в пещере остатки древних животных и каменные орудия.",
    "Новый закон вступает в силу первого июля и касается всех предприятий.",
    "Ο ναός χτίστηκε στην κορυφή του λόφου πριν από δύο χιλιάδες χρόνια.",
    "Hastane, şehrin güneyinde geniş bir parkın içinde yer almaktadır.",
    "تقع المدينة على ضفة النهر ويعمل معظم سكانها في الزراعة والتجارة.",
    "وقعت الدولتان اتفاقية للتعاون في مجالي التعليم والصحة.",
    "वैज्ञानिकों ने पाया कि नदी का पानी पिछले वर्षों की तुलना में साफ है।",
    "この本は、江戸時代の町の暮らしを多くの絵とともに紹介している。",
    "会議では、来年度の予算と新しい研究計画について話し合われた。",
    "台風の影響で、空港を発着する便の多くが欠航となった。",
    "这座桥建于一九三四年，全长约两公里，连接河的两岸。",
    "研究人员发现，这种材料在低温下可以导电而没有电阻。",
    "정부는 내년부터 모든 학교에 새로운 교과서를 보급하기로 했다.",
    "โรงเรียนแห่งนี้ก่อตั้งขึ้นเมื่อปีพุทธศักราชสองพันห้าร้อย",
    "Ngôi làng nằm dưới chân núi, cách thủ đô khoảng một trăm cây số.",
    "Kota ini terkenal karena pasar ikan dan bangunan tuanya.",
)
