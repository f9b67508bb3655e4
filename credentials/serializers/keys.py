"""An organisation's keys, and what was ordered for them, as its administrators read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from issuers import selectors
from issuers.core.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from issuers.models import KeyOrder, SigningKey

# An order that no worker has tried for so long: perhaps none is there.
LATE = timedelta(minutes=1)
SIGNS, ENDING, ENDED, STOLEN = "signs", "ending", "ended", "stolen"


@dataclass(frozen=True, slots=True)
class Shown:
    """One key.

    Attributes:
        row: The key.
        state: "signs", "ending", "ended" or "stolen".
        signed: How much it signed.
        is_ordered: Something is on its way about it.
    """

    row: SigningKey
    state: str
    signed: int
    is_ordered: bool


@dataclass(frozen=True, slots=True)
class Section:
    """The keys of one kind, newest first.

    Attributes:
        kind: As it is stored.
        name: As people call it.
        use: What it is for.
        keys: All of them.
        has_one: One of them signs.
        is_ordered: A new one is on its way.
    """

    kind: str
    name: str
    use: str
    keys: Sequence[Shown]
    has_one: bool
    is_ordered: bool


def use_of(kind: Kind) -> str:
    """Say what a key of a kind is for."""
    match kind:
        case Kind.ED25519:
            return _("signs every badge, endorsement, transcript and status list")
        case Kind.P256:
            return _("signs badges for other verifiers (VC-JWT, ES256), and those shown in part")
        case Kind.RSA:
            return _("signs badges for other verifiers (VC-JWT, RS256; Open Badges 2.0)")


def sections(
    keys: Sequence[SigningKey],
    *,
    signing: Mapping[Kind, SigningKey],
    signed: Mapping[str, int],
    orders: Sequence[KeyOrder],
    now: datetime,
) -> list[Section]:
    """Return every kind with its keys.

    Args:
        keys: All keys of the organisation, oldest first.
        signing: The one of each kind that signs now.
        signed: How much each signed, by its name.
        orders: Those that wait.
        now: The instant of the page.
    """
    busy = {order.key_id for order in orders}
    awaited = {order.kind for order in orders}
    return [
        Section(
            kind=kind.value,
            name=selectors.kind_name(kind),
            use=use_of(kind),
            keys=[
                Shown(
                    row=key,
                    state=_state(key, signing.get(kind), now),
                    signed=signed.get(key.kid, 0),
                    is_ordered=key.pk in busy,
                )
                for key in reversed(keys)
                if key.kind == kind.value
            ],
            has_one=kind in signing,
            is_ordered=kind.value in awaited,
        )
        for kind in Kind
    ]


def is_late(order: KeyOrder, now: datetime) -> bool:
    """Say whether nobody has tried to do what was ordered, though somebody should have."""
    return order.tried_at is None and now - order.ordered_at > LATE


def order_name(order: KeyOrder) -> str:
    """Say what was ordered, in a few words."""
    return f"{capfirst(str(order.get_act_display()))} ({_about(order)})"


def _about(order: KeyOrder) -> str:
    return str(order.get_kind_display()) if order.key is None else order.key.kid


def _state(key: SigningKey, signing: SigningKey | None, now: datetime) -> str:
    if key.revoked_at is not None:
        return STOLEN
    if key.expires_at is not None:
        return ENDING if key.expires_at > now else ENDED
    return SIGNS if signing is not None and signing.pk == key.pk else ENDED
