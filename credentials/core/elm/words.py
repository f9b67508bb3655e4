"""Words of the European Learning Model that come from lists: the addresses of its concepts.

Source: European Learning Model 3 (European Commission, DG EMPL), controlled vocabularies; EU
Vocabularies (Publications Office); ISO 3166-1 and ISO 639-2.
"""

import re
from collections.abc import Mapping
from typing import Any

SNB = "http://data.europa.eu/snb"
AUTHORITY = "http://publications.europa.eu/resource/authority"
# Every list of the European Learning Model has this name.
_LIST = "25831c2"

# Alpha-2 codes and alpha-3 codes, which the Publications Office names its countries by.
_COUNTRIES = """
AD AND AE ARE AF AFG AG ATG AI AIA AL ALB AM ARM AO AGO AQ ATA AR ARG AS ASM AT AUT AU AUS AW ABW
AX ALA AZ AZE BA BIH BB BRB BD BGD BE BEL BF BFA BG BGR BH BHR BI BDI BJ BEN BL BLM BM BMU BN BRN
BO BOL BQ BES BR BRA BS BHS BT BTN BV BVT BW BWA BY BLR BZ BLZ CA CAN CC CCK CD COD CF CAF CG COG
CH CHE CI CIV CK COK CL CHL CM CMR CN CHN CO COL CR CRI CU CUB CV CPV CW CUW CX CXR CY CYP CZ CZE
DE DEU DJ DJI DK DNK DM DMA DO DOM DZ DZA EC ECU EE EST EG EGY EH ESH ER ERI ES ESP ET ETH FI FIN
FJ FJI FK FLK FM FSM FO FRO FR FRA GA GAB GB GBR GD GRD GE GEO GF GUF GG GGY GH GHA GI GIB GL GRL
GM GMB GN GIN GP GLP GQ GNQ GR GRC GS SGS GT GTM GU GUM GW GNB GY GUY HK HKG HM HMD HN HND HR HRV
HT HTI HU HUN ID IDN IE IRL IL ISR IM IMN IN IND IO IOT IQ IRQ IR IRN IS ISL IT ITA JE JEY JM JAM
JO JOR JP JPN KE KEN KG KGZ KH KHM KI KIR KM COM KN KNA KP PRK KR KOR KW KWT KY CYM KZ KAZ LA LAO
LB LBN LC LCA LI LIE LK LKA LR LBR LS LSO LT LTU LU LUX LV LVA LY LBY MA MAR MC MCO MD MDA ME MNE
MF MAF MG MDG MH MHL MK MKD ML MLI MM MMR MN MNG MO MAC MP MNP MQ MTQ MR MRT MS MSR MT MLT MU MUS
MV MDV MW MWI MX MEX MY MYS MZ MOZ NA NAM NC NCL NE NER NF NFK NG NGA NI NIC NL NLD NO NOR NP NPL
NR NRU NU NIU NZ NZL OM OMN PA PAN PE PER PF PYF PG PNG PH PHL PK PAK PL POL PM SPM PN PCN PR PRI
PS PSE PT PRT PW PLW PY PRY QA QAT RE REU RO ROU RS SRB RU RUS RW RWA SA SAU SB SLB SC SYC SD SDN
SE SWE SG SGP SH SHN SI SVN SJ SJM SK SVK SL SLE SM SMR SN SEN SO SOM SR SUR SS SSD ST STP SV SLV
SX SXM SY SYR SZ SWZ TC TCA TD TCD TF ATF TG TGO TH THA TJ TJK TK TKL TL TLS TM TKM TN TUN TO TON
TR TUR TT TTO TV TUV TW TWN TZ TZA UA UKR UG UGA UM UMI US USA UY URY UZ UZB VA VAT VC VCT VE VEN
VG VGB VI VIR VN VNM VU VUT WF WLF WS WSM YE YEM YT MYT ZA ZAF ZM ZMB ZW ZWE
"""
COUNTRIES: Mapping[str, str] = dict(re.findall(r"([A-Z]{2}) ([A-Z]{3})", _COUNTRIES))

# ISO 639-1 codes, the code by which the Publications Office names the language, its English name.
_LANGUAGES = """
ar ARA Arabic|bg BUL Bulgarian|bs BOS Bosnian|ca CAT Catalan|cs CES Czech|cy CYM Welsh|
da DAN Danish|de DEU German|el ELL Greek|en ENG English|es SPA Spanish|et EST Estonian|
eu EUS Basque|fi FIN Finnish|fr FRA French|ga GLE Irish|gl GLG Galician|he HEB Hebrew|
hr HRV Croatian|hu HUN Hungarian|is ISL Icelandic|it ITA Italian|ja JPN Japanese|
ka KAT Georgian|lb LTZ Luxembourgish|lt LIT Lithuanian|lv LAV Latvian|mk MKD Macedonian|
mt MLT Maltese|nl NLD Dutch|nn NNO Norwegian Nynorsk|no NOR Norwegian|pl POL Polish|
pt POR Portuguese|ro RON Romanian|ru RUS Russian|sk SLK Slovak|sl SLV Slovenian|
sq SQI Albanian|sr SRP Serbian|sv SWE Swedish|tr TUR Turkish|uk UKR Ukrainian|zh ZHO Chinese
"""
LANGUAGES: Mapping[str, tuple[str, str]] = {
    code: (name, label)
    for code, name, label in (
        each.strip().split(" ", 2) for each in _LANGUAGES.replace("\n", "").split("|")
    )
}


def concept(address: str, scheme: str, label: str = "", language: str = "en") -> dict[str, Any]:
    """Write a Concept of a list.

    Args:
        address: of the concept.
        scheme: address of its list.
        label: what it is called, where that is known.
        language: of the label.

    Source: European Learning Model 3, class Concept.
    """
    written: dict[str, Any] = {
        "id": address,
        "type": "Concept",
        "inScheme": {"id": scheme, "type": "ConceptScheme"},
    }
    return {**written, "prefLabel": {language: label}} if label else written


def listed(name: str, code: str, label: str) -> dict[str, Any]:
    """Write a Concept of a list of the European Learning Model itself, such as eqf."""
    return concept(f"{SNB}/{name}/{code}", f"{SNB}/{name}/{_LIST}", label)


def authority(name: str, code: str, label: str = "") -> dict[str, Any]:
    """Write a Concept of a list of the Publications Office, such as country."""
    return concept(f"{AUTHORITY}/{name}/{code}", f"{AUTHORITY}/{name}", label)


GENERIC = listed("credential", "e34929035b", "Generic")
BASE64 = listed("encoding", "6146cde7dd", "base64")
PNG = authority("file-type", "PNG", "PNG")
ECTS = listed("education-credit", "6fcec5c5af", "European Credit Transfer System")


def eqf(level: int) -> dict[str, Any]:
    """Write a level of the European Qualifications Framework, 1 to 8."""
    return listed("eqf", str(level), f"Level {level}")


def skill(address: str, label: str, language: str) -> dict[str, Any]:
    """Write a skill of ESCO."""
    return concept(address, "http://data.europa.eu/esco/concept-scheme/skills", label, language)
