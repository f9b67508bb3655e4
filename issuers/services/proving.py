"""Prove domains: hand out a token, look for it, look again every day.

    asked -> verified -> (proof not seen for a week) -> lapsed -> verified anew

Nothing is looked for within a transaction: a resolver may let us wait.
"""

import logging
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.http.request import validate_host
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from issuers import models
from issuers.core import domains
from issuers.resolvers import fetching, records

log = logging.getLogger(__name__)

MAX_DOMAINS = 10
# One who presses the button again and again asks others' servers each time.
PAUSE = timedelta(seconds=10)
DAILY = timedelta(hours=23)
# What could not be found is looked for again sooner.
AGAIN = timedelta(hours=1)
# The file holds one line; a page in its place is not read to its end.
MAX_FILE = 4_000
_WORDS: dict[str, StrOrPromise] = {
    "not_a_name": gettext_lazy("Write a domain name, such as example.org."),
    "not_public": gettext_lazy("This name is not one of the public internet."),
    "ambiguous": gettext_lazy("Programs read this name differently: write it as xn--…"),
}


class TooSoon(Exception):  # noqa: N818 - it says what is wrong
    """It was looked for a moment ago."""


@transaction.atomic
def ask_domain(*, issuer: models.Issuer, name: str, now: datetime) -> models.Domain:
    """Say that a domain is one's own, and get the token that proves it; idempotent.

    Args:
        issuer: The organisation.
        name: The domain, as people type it.
        now: The instant.

    Raises:
        ValidationError: it is no public domain name, is this installation's, or there are too many.
    """
    read = read_name(name)
    held = models.Domain.objects.of(issuer)
    found = held.filter(name=read).first()
    if found is not None:
        return found
    if held.count() >= MAX_DOMAINS:
        raise ValidationError(
            {"name": _("An organisation proves %(most)d domains at most.") % {"most": MAX_DOMAINS}}
        )
    found, _created = held.get_or_create(
        issuer=issuer, name=read, defaults={"token": new_token(), "asked_at": now}
    )
    return found


def check_domain(*, issuer: models.Issuer, domain: models.Domain, now: datetime) -> models.Domain:
    """Look for the proof of a domain, in the DNS, then on its site.

    Args:
        issuer: The organisation.
        domain: The domain.
        now: The instant.

    Returns:
        The domain as it is now: `confirmed_at` is `now` where the proof was seen, and `failure`
        says in the organisation's language what came instead.

    Raises:
        TooSoon: it was looked for within the last PAUSE.

    Source: RFC 8552; RFC 8615; draft-ietf-dnsop-domain-verification-techniques.
    """
    take_turn(issuer=issuer, row=domain, now=now)
    with translation.override(issuer.language):
        method, failure = _look_for(domain)
    row = models.Domain.objects.of(issuer).filter(pk=domain.pk, token=domain.token)
    with transaction.atomic():
        if method:
            seen = {"method": method, "confirmed_at": now, "failure": ""}
            anew = row.filter(Q(verified_at=None) | Q(lapsed_at__isnull=False))
            if not anew.update(verified_at=now, lapsed_at=None, **seen):
                row.update(**seen)
        else:
            row.update(failure=failure[:200])
            lapsed = row.filter(confirmed_at__lt=now - domains.GRACE, lapsed_at=None).update(
                lapsed_at=now
            )
            if lapsed:
                log.warning("domain %s of %s is no longer proven", domain.name, issuer.slug)
    domain.refresh_from_db()
    return domain


@transaction.atomic
def forget_domain(*, issuer: models.Issuer, domain: models.Domain) -> None:
    """Say no more that a domain is one's own."""
    models.Domain.objects.of(issuer).filter(pk=domain.pk).delete()


def recheck_domains(*, now: datetime, limit: int) -> int:
    """Look again for the proofs of at most `limit` verified domains whose turn it is.

    Returns:
        How many were looked for.
    """
    # Across issuers: a worker serves them all.
    due = (
        models.Domain.objects.across_issuers()
        .select_related("issuer")
        .defer("issuer__logo")
        .filter(is_due(now), verified_at__isnull=False)
        .order_by("checked_at")[:limit]
    )
    looked = 0
    for domain in list(due):
        try:
            check_domain(issuer=domain.issuer, domain=domain, now=now)
        except TooSoon:  # another worker was faster
            continue
        looked += 1
    return looked


def is_due(now: datetime) -> Q:
    """Return the condition on rows whose turn it is: daily, or soon again after a failure."""
    return (
        Q(checked_at=None)
        | Q(checked_at__lte=now - DAILY)
        | (~Q(failure="") & Q(checked_at__lte=now - AGAIN))
    )


def read_name(text: str) -> str:
    """Return a domain name that an organisation may prove.

    Raises:
        ValidationError: it is none, or this installation answers under it.
    """
    try:
        name = domains.domain(text)
    except domains.DomainError as error:
        raise ValidationError({"name": str(_WORDS[error.reason])}) from error
    if validate_host(name, [each for each in settings.ALLOWED_HOSTS if each != "*"]):
        raise ValidationError({"name": _("This name belongs to this installation.")})
    return name


def new_token() -> str:
    """Return 128 random bits, as they are written into a record."""
    return secrets.token_urlsafe(16)


def take_turn(*, issuer: models.Issuer, row: models.Domain | models.Host, now: datetime) -> None:
    """Note that a row is looked for now, or refuse: somebody looks, or did a moment ago.

    Raises:
        TooSoon: within the last PAUSE.
    """
    taken = (
        type(row)
        .objects.of(issuer)
        .filter(Q(checked_at=None) | Q(checked_at__lte=now - PAUSE), pk=row.pk)
        .update(checked_at=now)
    )
    if taken != 1:
        raise TooSoon(f"{row.name} was looked for a moment ago.")


def _look_for(domain: models.Domain) -> tuple[str, str]:
    """Return how the proof was found, or why it was not."""
    try:
        found = records.texts(domains.record_name(domain.name), servers=settings.DNS_RESOLVERS)
        if domains.is_proven(found, domain.token):
            return models.Domain.Method.DNS, ""
        in_dns = _("the record is not there") if not found else _("the record holds something else")
    except fetching.Unavailable as error:
        in_dns = error.reason
    try:
        fetched = fetching.fetch(
            domains.file_address(domain.name),
            accept="text/plain",
            limit=MAX_FILE,
            what="file",
            network=fetching.PUBLIC,
        )
    except fetching.Unavailable as error:
        on_site = error.reason
    else:
        lines = fetched.body.decode("ascii", "replace").splitlines()
        if domains.is_proven(lines, domain.token):
            return models.Domain.Method.FILE, ""
        on_site = _("the file holds something else")
    return "", _("In the DNS: %(dns)s. On the site: %(site)s.") % {"dns": in_dns, "site": on_site}
