"""Settle: what another installation knew or could, and this one does not yet.

Said of an organisation by somebody else, and so asked for anew: that a domain is its own. Held by
the other installation alone: its accounts, its hosts, and, unless they came along, signing keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blockchain import selectors as witnessed
from credentials.services.recommitting import recommit
from issuers import models as issuers
from issuers import scope, services
from issuers import selectors as parties

if TYPE_CHECKING:
    from datetime import datetime


def unproven(label: str, instance: Any, *, with_keys: bool, now: datetime) -> None:
    """Take back of a row what this installation has not seen itself."""
    if label == "issuers.Domain":
        # Looked at within minutes: the proof names the same token.
        instance.verified_at = instance.confirmed_at = instance.checked_at = None
        instance.method = ""
    elif label == "issuers.Host":
        instance.checked_at = None
    elif label == "issuers.SigningKey" and not with_keys and instance.expires_at is None:
        # What it signed counts for ever; nobody here can sign with it.
        instance.expires_at = max(now, instance.valid_from)


def settle(*, issuer: issuers.Issuer, now: datetime) -> int:
    """Let the organisation go on here; return how many leaves wait for an anchor again.

    Raises:
        KeyEncryptionKeyMissing: it has no key that signs, and this process may not create one.
    """
    if parties.current_key(issuer=issuer, now=now) is None:
        services.create_key(issuer=issuer, now=now)
    lanes = issuers.AnchoringLane.objects.of(issuer)
    known = witnessed.configured_chains()
    for lane in lanes.filter(active_until=None):
        # An account of its own stayed behind, and a chain that nobody here asks anchors nothing.
        if lane.signer or lane.chain not in known:
            lanes.filter(pk=lane.pk).update(active_until=max(now, lane.active_from))
    with scope.outside():  # it asks for everybody's lanes
        return recommit(now=now, issuer=issuer)
