"""Endorsements on pages of every app: of a badge, of an issuer, of an award.

They are kept with credentials, and the pages of badges know no credential; only here, on the roof,
both are in sight.
"""

from collections.abc import Sequence

from django import template

from credentials import selectors
from issuers import models as issuers

register = template.Library()


@register.simple_tag
def endorsements_of(issuer: issuers.Issuer, *subjects: str) -> Sequence[object]:
    """Return what others say, accepted by the issuer, of any of these ids; newest first."""
    return selectors.shown_endorsements(issuer=issuer, subjects=filter(None, subjects))
