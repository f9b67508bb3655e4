"""What an organisation says of itself, made ready for its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.text import capfirst
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from badges.serializers.parts import Fact
from issuers import services as parties

if TYPE_CHECKING:
    from issuers import models as issuers


def organisation_facts(issuer: issuers.Issuer) -> list[Fact]:
    """Return the lines of an organisation's page, in the active language, without empty ones."""
    place = f"{issuer.region} ({issuer.country})" if issuer.region else issuer.country
    found = [
        Fact(_("Kind of organisation"), capfirst(issuer.get_kind_display())),
        Fact(_("Legal name"), issuer.legal_name),
        Fact("SIRET", _spaced(issuer.siret)),
        Fact(_("Registration number"), issuer.registration),
        Fact(_("Place"), place),
        Fact(_("Website"), issuer.url, issuer.url),
        Fact(_("Contact"), issuer.email, f"mailto:{issuer.email}"),
        Fact(_("Works in"), ", ".join(map(_language, issuer.languages))),
        Fact(
            "LinkedIn",
            _("its page there") if issuer.linkedin_id else "",
            f"https://www.linkedin.com/company/{issuer.linkedin_id}",
        ),
    ]
    return [each for each in found if each.value]


def training_facts(issuer: issuers.Issuer) -> list[str]:
    """Return the sentences that French law lets a training organisation say, or has it say.

    Source: art. L6352-12 code du travail (the declaration is no approval by the State); décret
    2019-565 and its charter (the kinds of action are named beside the mark).
    """
    found = []
    if issuer.declaration:
        found.append(
            _(
                "Declaration of activity registered under number %(number)s. This registration is "
                "no approval by the State."
            )
            % {"number": issuer.declaration}
        )
    if issuer.qualiopi:
        kinds = ", ".join(str(parties.QUALIOPI[each]) for each in issuer.qualiopi)
        found.append(
            _("Says that it is certified Qualiopi for these kinds of action: %(kinds)s.")
            % {"kinds": kinds}
        )
    return found


def _spaced(siret: str) -> str:
    """Return a SIRET as it is printed: 732 829 320 00074."""
    return f"{siret[:3]}\u00a0{siret[3:6]}\u00a0{siret[6:9]}\u00a0{siret[9:]}" if siret else ""


def _language(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code
