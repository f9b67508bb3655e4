"""Questions about identity providers: whose they are, and which a session came through."""

from collections.abc import Sequence
from datetime import datetime

from issuers import models
from issuers.core import domains
from issuers.selectors import organisations, profiles

IdentityProvider = models.IdentityProvider


def find_provider(*, key: str) -> models.IdentityProvider | None:
    """Return the provider of that key while it is in use, with its issuer; one query."""
    # Whose it is, the key says: it is drawn.
    return (
        models.IdentityProvider.objects.named(key=key)
        .select_related("issuer")
        .defer("issuer__logo")
        .filter(is_active=True)
        .first()
    )


def providers_of(*, issuer: models.Issuer) -> Sequence[models.IdentityProvider]:
    """Return the providers of an issuer, in use or not, oldest first; one query."""
    return list(models.IdentityProvider.objects.of(issuer).order_by("created_at", "id"))


def provider_at(*, issuer: models.Issuer, key: str) -> models.IdentityProvider | None:
    """Return that provider of the issuer, in use or not; one query."""
    return models.IdentityProvider.objects.of(issuer).filter(key=key).first()


def providers_in_use(*, slug: str) -> Sequence[models.IdentityProvider]:
    """Return through which providers people of an organisation may sign in; two queries.

    None where there is no such organisation: nobody is told which.
    """
    issuer = profiles.find_by_slug(slug=slug)
    if issuer is None:
        return []
    return list(
        models.IdentityProvider.objects.of(issuer)
        .select_related("issuer")
        .defer("issuer__logo")
        .filter(is_active=True)
        .order_by("created_at", "id")
    )


def mail_domains(*, issuer: models.Issuer, now: datetime) -> frozenset[str]:
    """Return for which domains an issuer's providers are believed; one query.

    Those that it proved by a DNS record: whoever writes those says where their mail goes, which
    cannot be said of who may put a file on a site. And of late: a domain that was let go may be
    somebody else's tomorrow.
    """
    proven = organisations.proven_domains(issuer=issuer, now=now)
    return frozenset(
        each.name
        for each in proven
        if each.method == models.Domain.Method.DNS and domains.is_fresh(each.confirmed_at, now)
    )


def invitation_of(*, issuer: models.Issuer, email: str, now: datetime) -> models.Invitation | None:
    """Return the open invitation of an address to an issuer; one query."""
    return (
        models.Invitation.objects.of(issuer)
        .filter(email=email, accepted_at=None, withdrawn_at=None, expires_at__gt=now)
        .first()
    )
