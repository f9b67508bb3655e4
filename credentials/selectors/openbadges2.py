"""The Open Badges 2.0 edition of what was issued, made on reading from the signed document.

Everything of an issuer lies under one address, which is also the scope of its hosted assertions:
what another issuer of this installation serves is never taken for its own.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from badges.core import assertion, baking2
from badges.core.assertion import NotExpressible
from badges.core.schema import NonConformant
from credentials import selectors
from credentials.core import canonical
from issuers import selectors as issuers

if TYPE_CHECKING:
    from badges import models as badges
    from credentials import models
    from issuers import models as issuer_rows

# What keeps an award out of the edition: it lacks what the older standard cannot do without.
INEXPRESSIBLE = (NotExpressible, NonConformant)


class NoIssuerEmail(NotExpressible):
    """The issuer has no e-mail address, which the older standard wants of every issuer."""


def address(*, issuer: issuer_rows.Issuer) -> str:
    """Return the address of the Issuer; no query."""
    return f"{issuers.address(issuer=issuer)}/ob2"


def badge_address(*, achievement: badges.Achievement) -> str:
    """Return the address of the BadgeClass; no query if the issuer is loaded."""
    return f"{address(issuer=achievement.issuer)}/achievements/{achievement.uuid}"


def assertion_address(*, credential: models.Credential) -> str:
    """Return the address of the hosted Assertion; no query if the issuer is loaded."""
    return f"{address(issuer=credential.issuer)}/assertions/{credential.token}"


def issuer(*, issuer: issuer_rows.Issuer) -> dict[str, Any]:
    """Return the Issuer; no query.

    Raises:
        NoIssuerEmail: it has no e-mail address.
    """
    own = address(issuer=issuer)
    return assertion.issuer(
        _profile(issuer),
        id=own,
        starts_with=[f"{own}/assertions/"],
    )


def badge_class(*, achievement: badges.Achievement) -> dict[str, Any]:
    """Return the BadgeClass of what was published; no query if the issuer is loaded.

    Raises:
        NotExpressible: the achievement lacks something, or its issuer does.
    """
    _profile(achievement.issuer)
    return assertion.badge_class(
        json.loads(achievement.document),
        id=badge_address(achievement=achievement),
        issuer=address(issuer=achievement.issuer),
    )


def hosted(*, credential: models.Credential) -> dict[str, Any]:
    """Return the hosted Assertion, or what is left of it if it was revoked; one query.

    Raises:
        NotSigned, Erased: there is no document to make it from.
        NotExpressible, NonConformant: the award lacks something.
    """
    document = canonical.loads(selectors.opened(credential=credential).document)
    own = assertion_address(credential=credential)
    if credential.is_revoked:
        return assertion.revoked(id=own, reason=credential.revocation_reason or None)
    _profile(credential.issuer)
    return assertion.hosted(
        document,
        id=own,
        badge=badge_address(achievement=credential.achievement),
        image=f"{own}.png",
    )


def baked(*, credential: models.Credential, image: bytes) -> bytes:
    """Return the image with the hosted Assertion inside (Open Badges 2.0 baking); one query.

    What is revoked is baked as well: the verifier asks where it is hosted, and is told.

    Raises:
        NotSigned, Erased: there is no document to make it from.
        NotExpressible, NonConformant: the award lacks something.
        BakingError: the image cannot hold it.
    """
    return baking2.bake(image, canonical.dumps(hosted(credential=credential)).decode())


def _profile(issuer: issuer_rows.Issuer) -> dict[str, Any]:
    """Return the Profile of Open Badges 3.0, if the issuer can speak in the older edition."""
    if not issuer.email:
        raise NoIssuerEmail(f"Issuer {issuer.slug} has no e-mail address.")
    return issuers.profile(issuer=issuer)
