"""Days as people write them: which were meant, and whether that can be told.

    2026-03-01   01/03/2026   1.3.26   1 mars 2026   March 1, 2026   46082

Whether 03/04 is in April or in March is not guessed: where no day of a column tells, whoever hands
the list over is asked.

Source: RFC 3339 section 5.6; ECMA-376 part 1, section 18.17.4.1 (the 1900 date system).
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from badges.core import rules
from credentials.core import headings

DAY_FIRST, MONTH_FIRST = "dmy", "mdy"
ORDERS = (DAY_FIRST, MONTH_FIRST)

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})")
_PARTED = re.compile(r"(\d{1,2})\s?[/.\-]\s?(\d{1,2})\s?[/.\-]\s?(\d{4}|\d{2})")
_DAY_WORD = re.compile(r"(\d{1,2})(?:er|st|nd|rd|th)?\s+(?:de\s+|of\s+)?([^\W\d_]+)\.?,?\s+(\d{4})")
_WORD_DAY = re.compile(r"([^\W\d_]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
# A weekday before it, an hour after it: neither changes the day.
_BEFORE = re.compile(
    r"^([a-z]+day|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche),?\s+", re.IGNORECASE
)
_AFTER = re.compile(r"[T\s]+\d{1,2}\s?[:h]\s?\d{2}(:\d{2})?(\.\d+)?\s?([ap]m)?$", re.IGNORECASE)
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 80_000  # 1954 to 2119
_EPOCH = date(1899, 12, 30)
# A year beyond these is a slip of the finger.
_YEARS = range(1950, 2151)

_MONTHS = (
    "janvier janv jan january", "fevrier fevr fev february feb", "mars mar march",
    "avril avr april apr", "mai may", "juin june jun", "juillet juil july jul",
    "aout august aug", "septembre sept sep september", "octobre oct october",
    "novembre nov november", "decembre dec december",
)  # fmt: skip
_MONTH = {word: at for at, words in enumerate(_MONTHS, start=1) for word in words.split()}


def order_of(values: Iterable[str]) -> str | None:
    """Return in which order a column writes its days; None where no day of it tells.

    Args:
        values: the cells of the column.

    Returns:
        DAY_FIRST or MONTH_FIRST; an empty text where nothing in it depends on that.

    Source: the module.
    """
    found = ""
    for value in values:
        match = _PARTED.fullmatch(_bare(value))
        if match is None:
            continue
        first, second = int(match[1]), int(match[2])
        if first > 12 >= second:  # noqa: PLR2004 - months
            return DAY_FIRST
        if second > 12 >= first:  # noqa: PLR2004 - months
            return MONTH_FIRST
        if first != second:
            found = "either"
    return None if found else ""


def read(written: str, *, order: str = DAY_FIRST) -> datetime | None:
    """Return the instant that is meant: midnight UTC of a day, or an instant with its zone.

    Args:
        written: the cell; not empty.
        order: of day and month where both are numbers.

    Returns:
        None where it is no day.

    Source: the module.
    """
    instant = rules.read_timestamp(written.strip())
    if instant is not None:
        return instant
    parts = _parts(_bare(written), order)
    if parts is None:
        return None
    year, month, day = parts
    if year not in _YEARS:
        return None
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


def _bare(written: str) -> str:
    return _AFTER.sub("", _BEFORE.sub("", " ".join(written.split())))


def _parts(text: str, order: str) -> tuple[int, int, int] | None:
    match = _ISO.fullmatch(text) or _YEAR_FIRST.fullmatch(text)
    if match:
        return int(match[1]), int(match[2]), int(match[3])
    match = _PARTED.fullmatch(text)
    if match:
        day, month = (1, 2) if order == DAY_FIRST else (2, 1)
        year = int(match[3])
        return (year if len(match[3]) > 2 else 2000 + year), int(match[month]), int(match[day])  # noqa: PLR2004 - digits
    match = _DAY_WORD.fullmatch(text)
    if match:
        return int(match[3]), _MONTH.get(headings.plain(match[2]), 0), int(match[1])
    match = _WORD_DAY.fullmatch(text)
    if match:
        return int(match[3]), _MONTH.get(headings.plain(match[1]), 0), int(match[2])
    if _SERIAL.fullmatch(text) and _FIRST_SERIAL <= float(text) <= _LAST_SERIAL:
        found = _EPOCH + timedelta(days=int(float(text)))
        return found.year, found.month, found.day
    return None
