"""Answer under an organisation's own host name with its public pages, while it proves the name.

    asked -> live -> stopped (its proof is gone: at once, and its token with it) -> live anew

A host is proven in the DNS alone: once its name leads here, a file on its site would be ours. Whose
a host is, is decided by the last proof: another organisation gets it when the proof of the one that
has it is gone, and never before.
"""

import logging
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import translation
from django.utils.translation import gettext as _

from issuers import models
from issuers.core import domains
from issuers.resolvers import fetching, records
from issuers.services import proving

log = logging.getLogger(__name__)

MAX_HOSTS = 3


@transaction.atomic
def ask_host(*, issuer: models.Issuer, name: str, now: datetime) -> models.Host:
    """Ask to have one's public pages under a host name, and get the token that proves it.

    Args:
        issuer: The organisation.
        name: The host name, as people type it.
        now: The instant.

    Raises:
        ValidationError: it is no public host name, is this installation's, or there are too many.
    """
    read = proving.read_name(name)
    held = models.Host.objects.of(issuer)
    found = held.filter(name=read).first()
    if found is not None:
        return found
    if held.count() >= MAX_HOSTS:
        raise ValidationError(
            {"name": _("An organisation has %(most)d addresses at most.") % {"most": MAX_HOSTS}}
        )
    found, _created = held.get_or_create(
        issuer=issuer, name=read, defaults={"token": proving.new_token(), "asked_at": now}
    )
    return found


def check_host(*, issuer: models.Issuer, host: models.Host, now: datetime) -> models.Host:
    """Look for the proof of a host; from then on it answers, goes on, or stops at once.

    Args:
        issuer: The organisation.
        host: The host.
        now: The instant.

    Returns:
        The host as it is now; `failure` says in the organisation's language why it is not live.

    Raises:
        proving.TooSoon: it was looked for a moment ago.

    Source: RFC 8552; draft-ietf-dnsop-domain-verification-techniques.
    """
    proving.take_turn(issuer=issuer, row=host, now=now)
    with translation.override(issuer.language):
        try:
            found = records.texts(domains.record_name(host.name), servers=settings.DNS_RESOLVERS)
        except fetching.Unavailable as error:
            # Nobody knows: what was proven goes on until the proof is too old (domains.FRESH).
            models.Host.objects.of(issuer).filter(pk=host.pk).update(failure=error.reason[:200])
        else:
            _settle(issuer=issuer, host=host, found=found, now=now)
    host.refresh_from_db()
    return host


@transaction.atomic
def release_host(*, issuer: models.Issuer, host: models.Host) -> None:
    """Give a host up: it answers no more, and nothing is left that proves it."""
    models.LiveHost.objects.filter(name=host.name, owner=issuer).delete()
    models.Host.objects.of(issuer).filter(pk=host.pk).delete()


def recheck_hosts(*, now: datetime, limit: int) -> int:
    """Look again for the proofs of at most `limit` live hosts whose turn it is.

    Returns:
        How many were looked for.
    """
    live = models.LiveHost.objects.filter(name=OuterRef("name"), owner=OuterRef("issuer"))
    # Across issuers: a worker serves them all.
    due = (
        models.Host.objects.across_issuers()
        .select_related("issuer")
        .defer("issuer__logo")
        .filter(proving.is_due(now), Exists(live))
        .order_by("checked_at")[:limit]
    )
    looked = 0
    for host in list(due):
        try:
            check_host(issuer=host.issuer, host=host, now=now)
        except proving.TooSoon:  # another worker was faster
            continue
        looked += 1
    return looked


@transaction.atomic
def _settle(
    *, issuer: models.Issuer, host: models.Host, found: tuple[str, ...], now: datetime
) -> None:
    """Decide by what the DNS holds whose the host is."""
    mine = models.Host.objects.of(issuer).filter(pk=host.pk, token=host.token)
    # A lock, because two organisations may prove one name at once.
    live = models.LiveHost.objects.select_for_update().filter(name=host.name).first()
    is_mine = live is not None and live.owner_id == issuer.pk
    if not domains.is_proven(found, host.token):
        why = _("the record is not there") if not found else _("the record holds something else")
        if is_mine and mine.update(token=proving.new_token(), stopped_at=now, failure=why):
            models.LiveHost.objects.filter(pk=live.pk).delete()  # type: ignore[union-attr] # is_mine
            log.warning("host %s of %s stopped: its proof is gone", host.name, issuer.slug)
        else:
            mine.update(failure=why)
        return
    if live is not None and not is_mine:
        if domains.is_proven(found, live.token):
            mine.update(
                failure=_("another organisation proves this name, too: remove its record first")
            )
            return
        live.delete()
        log.warning("host %s goes over to %s: the former proof is gone", host.name, issuer.slug)
    if not mine.update(failure="", stopped_at=None):
        return
    models.LiveHost.objects.update_or_create(
        name=host.name,
        owner=issuer,
        defaults={"token": host.token, "confirmed_at": now},
        create_defaults={"token": host.token, "confirmed_at": now, "since": now},
    )
