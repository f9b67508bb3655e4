"""What people type of themselves and of organisations, judged in one place.

Each returns what is kept of it, or says what to write instead.
"""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from issuers.core import countries

MAX_NAME = 200


def name(text: str) -> str:
    """Return the name of a person or of an organisation.

    Raises:
        ValidationError: it is empty, too long, or more than one line.
    """
    if not text.strip() or len(text) > MAX_NAME or not text.isprintable():
        raise ValidationError(_("Give a name of 1 to 200 letters, on one line."))
    return text.strip()


def address(text: str) -> str:
    """Return an e-mail address, in small letters.

    Raises:
        ValidationError: it is none.
    """
    kept = text.strip().lower()
    try:
        validate_email(kept)
    except ValidationError as error:
        raise ValidationError(_("Give a whole e-mail address.")) from error
    return kept


def country(text: str) -> str:
    """Return the two letters of a country, in capitals.

    Raises:
        ValidationError: they are none's.

    Source: ISO 3166-1 alpha-2.
    """
    code = text.strip().upper()
    if code not in countries.CODES:
        raise ValidationError(_("Write the two letters of a country, such as FR or CA."))
    return code
