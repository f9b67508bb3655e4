"""Which time zone an organisation lives by, as far as its country and region tell."""

from collections.abc import Mapping

UTC = "UTC"
# In the order in which they are offered: IANA's name, and that of a city that people know.
CITIES: Mapping[str, str] = {
    "Europe/Paris": "Paris",
    "Europe/Brussels": "Bruxelles",
    "Europe/Luxembourg": "Luxembourg",
    "Europe/Zurich": "Zürich",
    "America/Guadeloupe": "Pointe-à-Pitre",
    "America/Martinique": "Fort-de-France",
    "America/Cayenne": "Cayenne",
    "Indian/Reunion": "Saint-Denis",
    "Indian/Mayotte": "Mamoudzou",
    "Pacific/Noumea": "Nouméa",
    "Pacific/Tahiti": "Papeete",
    "America/St_Johns": "St. John's",
    "America/Halifax": "Halifax",
    "America/Toronto": "Montréal, Toronto",
    "America/Winnipeg": "Winnipeg",
    "America/Regina": "Regina",
    "America/Edmonton": "Edmonton",
    "America/Vancouver": "Vancouver",
    UTC: "UTC",
}
_OF_COUNTRIES: Mapping[str, str] = {
    "FR": "Europe/Paris", "BE": "Europe/Brussels", "LU": "Europe/Luxembourg",
    "CH": "Europe/Zurich", "CA": "America/Toronto", "GP": "America/Guadeloupe",
    "MQ": "America/Martinique", "GF": "America/Cayenne", "RE": "Indian/Reunion",
    "YT": "Indian/Mayotte", "NC": "Pacific/Noumea", "PF": "Pacific/Tahiti",
}  # fmt: skip
# Beginnings of what people write for a province of Canada.
_OF_PROVINCES: Mapping[str, str] = {
    "nl": "America/St_Johns", "terre": "America/St_Johns", "newf": "America/St_Johns",
    "ns": "America/Halifax", "nouvelle-é": "America/Halifax", "nova": "America/Halifax",
    "nb": "America/Halifax", "nouveau-b": "America/Halifax", "new b": "America/Halifax",
    "pe": "America/Halifax", "île": "America/Halifax", "prince": "America/Halifax",
    "mb": "America/Winnipeg", "manit": "America/Winnipeg",
    "sk": "America/Regina", "sask": "America/Regina",
    "ab": "America/Edmonton", "alb": "America/Edmonton",
    "bc": "America/Vancouver", "cb": "America/Vancouver", "colom": "America/Vancouver",
    "brit": "America/Vancouver",
}  # fmt: skip


def zone_of(*, country: str, region: str) -> str:
    """Return the IANA name of the zone that most of a country, or of a province, lives by.

    Args:
        country: ISO 3166-1 alpha-2, or nothing.
        region: As people write it, such as QC or British Columbia.

    Source: IANA Time Zone Database (RFC 6557), zone1970.tab.
    """
    if country == "CA":
        written = region.strip().casefold()
        for begins, zone in _OF_PROVINCES.items():
            if written == begins or (len(begins) > 2 and written.startswith(begins)):  # noqa: PLR2004 - a postal code
                return zone
    return _OF_COUNTRIES.get(country, UTC)
