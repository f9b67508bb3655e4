"""Describe an organisation with its logo: a picture is judged here, where badges have theirs."""

from typing import Any

from django.core.exceptions import ValidationError

from badges.services import images
from issuers import models as issuers
from issuers import services as parties


def describe_organisation(
    *,
    issuer: issuers.Issuer,
    logo: bytes | None = None,
    is_logo_dropped: bool = False,
    **changes: Any,
) -> issuers.Issuer:
    """Change what an organisation says of itself, logo included; all of it or nothing.

    Args:
        issuer: The organisation.
        logo: Another logo, PNG, within the bounds of `badges.core.pictures`; kept without what is
            no picture. None keeps the one that it has.
        is_logo_dropped: Whether it is to have none.
        changes: As `issuers.services.describe` takes them.

    Raises:
        ValidationError: a field is malformed; names each, and the remedy.
    """
    if is_logo_dropped:
        changes["logo"] = None
    elif logo is not None:
        try:
            changes["logo"] = images.picture(logo)
        except ValidationError as error:
            raise ValidationError({"logo": error.messages}) from error
    return parties.describe(issuer=issuer, **changes)
