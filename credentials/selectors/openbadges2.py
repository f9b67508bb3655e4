"""The Open Badges 2.0 edition of what was issued, made on reading from the signed document.

Everything of an issuer lies under one address, which is also the scope of its hosted assertions:
what another issuer of this installation serves is never taken for its own.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from badges.core import assertion, baking2
from badges.core.assertion import NotExpressible
from badges.core.schema import NonConformant
from credentials import models, selectors
from credentials.core import canonical
from issuers import selectors as issuers
from issuers.core import jwk

if TYPE_CHECKING:
    from badges import models as badges
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


def revocation_list_address(*, issuer: issuer_rows.Issuer) -> str:
    """Return the address of the RevocationList; no query."""
    return f"{address(issuer=issuer)}/revoked"


def key_address(*, issuer: issuer_rows.Issuer, kid: str) -> str:
    """Return the address of a CryptographicKey; no query."""
    return f"{address(issuer=issuer)}/keys/{kid}"


def signed_id(*, credential: models.Credential) -> str:
    """Return the id of the signed Assertion: no address, so that nobody takes it for hosted."""
    return credential.uuid.urn


def issuer(*, issuer: issuer_rows.Issuer) -> dict[str, Any]:
    """Return the Issuer; one query.

    It lists every RSA key that it ever had, but for those that were revoked.

    Raises:
        NoIssuerEmail: it has no e-mail address.
    """
    own = address(issuer=issuer)
    return assertion.issuer(
        _profile(issuer),
        id=own,
        keys=[
            key_address(issuer=issuer, kid=key.kid)
            for key in issuers.key_history(issuer=issuer)
            if key.jwk is not None and key.revoked is None
        ],
        revocation_list=revocation_list_address(issuer=issuer),
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

    The edition knows no suspension: what is suspended is revoked, for that time.

    Raises:
        NotSigned, Erased: there is no document to make it from.
        NotExpressible, NonConformant: the award lacks something.
    """
    document = canonical.loads(selectors.opened(credential=credential).document)
    own = assertion_address(credential=credential)
    if credential.is_revoked or credential.is_suspended:
        reason = credential.revocation_reason or credential.suspension_reason
        return assertion.revoked(id=own, reason=reason or None)
    _profile(credential.issuer)
    return assertion.hosted(
        document,
        id=own,
        badge=badge_address(achievement=credential.achievement),
        image=f"{own}.png",
    )


def signed(*, credential: models.Credential, kid: str) -> dict[str, Any]:
    """Return the claims of the signed Assertion; one query.

    Args:
        credential: With its issuer, achievement and learner.
        kid: The name of the issuer's RSA key that signs.

    Raises:
        NotSigned, Erased: there is no document to make it from.
        NotExpressible, NonConformant: the award lacks something.
    """
    document = canonical.loads(selectors.opened(credential=credential).document)
    _profile(credential.issuer)
    return assertion.signed(
        document,
        id=signed_id(credential=credential),
        badge=badge_address(achievement=credential.achievement),
        key=key_address(issuer=credential.issuer, kid=kid),
    )


def cryptographic_key(*, issuer: issuer_rows.Issuer, kid: str) -> dict[str, Any] | None:
    """Return the CryptographicKey of that name; None if the issuer has no such RSA key; one query.

    Raises:
        NoIssuerEmail: the issuer does not speak in this edition.
    """
    _profile(issuer)
    found = issuers.published_key(issuer=issuer, kid=kid)
    if found is None or found.revoked is not None or found.jwk["kty"] != "RSA":
        return None
    return assertion.cryptographic_key(
        id=key_address(issuer=issuer, kid=kid),
        owner=address(issuer=issuer),
        pem=jwk.to_pem(jwk.to_key(found.jwk)),
    )


def revocation_list(*, issuer: issuer_rows.Issuer) -> dict[str, Any]:
    """Return the RevocationList: what no longer stands of what was ever signed here; one query.

    What is suspended is on it for that time.

    Raises:
        NoIssuerEmail: the issuer does not speak in this edition.
        NotExpressible: more was revoked than a list holds.
    """
    _profile(issuer)
    rows = (
        models.Edition.objects.of(issuer)
        .filter(
            Q(credential__revoked_at__isnull=False) | Q(credential__suspended_at__isnull=False),
            kind=models.Edition.Kind.ASSERTION,
        )
        .order_by("pk")
        .values_list(
            "credential__uuid", "credential__revocation_reason", "credential__suspension_reason"
        )[: assertion.MAX_REVOKED + 1]
    )
    return assertion.revocation_list(
        id=revocation_list_address(issuer=issuer),
        issuer=address(issuer=issuer),
        revoked={uuid.urn: revoked or suspended or None for uuid, revoked, suspended in rows},
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
