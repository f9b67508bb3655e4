"""Under which number a State knows an organisation: SIREN, SIRET, declaration of activity.

A number is kept without its spaces. Its check digit says that it was typed well, not that it is the
organisation's own: that nobody here can know.

Sources: ISO/IEC 7812-1 annex B (Luhn); INSEE, Sirene (SIREN, SIRET; La Poste numbers its
establishments otherwise); art. R6351-6 code du travail (numéro de déclaration d'activité).
"""

import re

SIRET_DIGITS = 14
_SPACES = re.compile(r"[\s.\u00a0\u202f-]+")
# La Poste has more establishments than Luhn leaves it numbers: theirs add up to a multiple of five.
_LA_POSTE = "356000000"
# Two digits of the region, the department (Corsica has letters), and seven more.
_DECLARATION = re.compile(r"\d{2}(?:\d{2}|2[AB])\d{7}", re.ASCII)
# Words and digits of any register of the world, such as "NEQ 1141234567" or "HRB 12345 B".
_OTHER = re.compile(r"[\w][\w ./:-]{0,38}[\w]", re.UNICODE)


class RegistrationError(ValueError):
    """The number is none of its kind; `reason` is a code that words are found for.

    Attributes:
        reason: "not_digits", "wrong_sum", "not_a_declaration" or "not_a_number".
    """

    def __init__(self, message: str, reason: str) -> None:
        """Keep the reason beside the message."""
        super().__init__(message)
        self.reason = reason


def siret(text: str) -> str:
    """Return a SIRET, 14 digits, from how people write it.

    Args:
        text: digits, perhaps with spaces, dots or dashes between them.

    Raises:
        RegistrationError: it has not 14 digits, or its check digit is wrong.

    Source: INSEE, Sirene; ISO/IEC 7812-1 annex B.
    """
    number = _SPACES.sub("", text[:100])
    if not re.fullmatch(rf"[0-9]{{{SIRET_DIGITS}}}", number):
        raise RegistrationError("a SIRET has 14 digits", "not_digits")
    by_luhn = luhn(number) % 10 == 0 and luhn(number[:9]) % 10 == 0
    by_la_poste = number.startswith(_LA_POSTE) and sum(map(int, number)) % 5 == 0
    if not by_luhn and not by_la_poste:
        raise RegistrationError("the check digit of the SIRET is wrong", "wrong_sum")
    return number


def declaration_of_activity(text: str) -> str:
    """Return a numéro de déclaration d'activité, 11 characters, from how people write it.

    Raises:
        RegistrationError: it is none.

    Source: art. L6351-1 and R6351-6 code du travail.
    """
    number = _SPACES.sub("", text[:100]).upper()
    if not _DECLARATION.fullmatch(number):
        raise RegistrationError(
            "a declaration of activity has 11 digits, the region first", "not_a_declaration"
        )
    return number


def other(text: str) -> str:
    """Return a number of any other register, with single spaces.

    Raises:
        RegistrationError: it has other characters than a number of a register has.

    Source: Open Badges 3.0 appendix B (IdentifierEntry: any text).
    """
    number = " ".join(text[:100].split())
    if not _OTHER.fullmatch(number):
        raise RegistrationError("not the number of a register", "not_a_number")
    return number


def luhn(digits: str) -> int:
    """Return the Luhn sum of digits; a multiple of ten where the check digit is right.

    Args:
        digits: ASCII digits, the check digit last.

    Source: ISO/IEC 7812-1 annex B.
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the sum of its two digits
    return total
