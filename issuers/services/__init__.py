"""The verbs on issuers: found, register, describe, prove; create keys, end and rewrap them."""

from issuers.core.envelope import EnvelopeError
from issuers.resolvers.keyrings import KeyServiceUnavailable
from issuers.services.anchoring import accept_submitters, choose_lanes
from issuers.services.arriving import NotAdmitted, arrive
from issuers.services.comparing import NoSuchLookAlike, compare_names, judge_look_alike
from issuers.services.describing import KINDS, QUALIOPI, describe
from issuers.services.founding import (
    Founding,
    NameTaken,
    found,
    is_founded,
    read_founding,
    welcome_founder,
)
from issuers.services.hosting import ask_host, check_host, recheck_hosts, release_host
from issuers.services.keys import KeyEncryptionKeyMissing, create_key, ready_key
from issuers.services.limiting import set_quotas
from issuers.services.mailing import send_founding, send_invitation
from issuers.services.meeting import meet
from issuers.services.opening import (
    MINUTES,
    NothingOpen,
    break_glass,
    close_glass,
    tell_of_glass,
)
from issuers.services.operators import NotAnOperator, let_operate, stop_operating
from issuers.services.ordering import (
    NotWaiting,
    OrderedBefore,
    cancel_key_order,
    fulfil_key_orders,
    order_disowning,
    order_retirement,
    order_rotation,
)
from issuers.services.people import (
    Invited,
    LastAdministrator,
    NotInvited,
    NotOpen,
    accept,
    change_role,
    invite,
    invite_again,
    remove,
    rename,
    welcome,
    withdraw,
)
from issuers.services.providers import (
    ProviderUnavailable,
    change_provider,
    connect_provider,
    disconnect_provider,
    provider_secret,
    provider_session,
)
from issuers.services.proving import (
    TooSoon,
    ask_domain,
    check_domain,
    forget_domain,
    read_name,
    recheck_domains,
)
from issuers.services.registering import accept_submitter, register
from issuers.services.requiring import (
    require_four_eyes,
    require_reminders,
    require_second_factor,
    settle_in,
)
from issuers.services.rewrapping import (
    NotHere,
    Piece,
    rewrap,
    rewrap_signing_keys,
    signing_kek,
    signing_keys_by_kek,
    wrapped_under,
)
from issuers.services.rotating import (
    ImpossibleInstant,
    KeyAlreadyEnded,
    NoSuchKey,
    declare_compromised,
    retire_key,
    rotate_key,
)
from issuers.services.sealing import seal_trails
from issuers.services.suspending import require_active, resume, suspend
from issuers.services.units import UNIT_KINDS, add_unit, change_unit, close_unit

__all__ = [
    "KINDS",
    "MINUTES",
    "QUALIOPI",
    "UNIT_KINDS",
    "EnvelopeError",
    "Founding",
    "ImpossibleInstant",
    "Invited",
    "KeyAlreadyEnded",
    "KeyEncryptionKeyMissing",
    "KeyServiceUnavailable",
    "LastAdministrator",
    "NameTaken",
    "NoSuchKey",
    "NoSuchLookAlike",
    "NotAdmitted",
    "NotAnOperator",
    "NotHere",
    "NotInvited",
    "NotOpen",
    "NotWaiting",
    "NothingOpen",
    "OrderedBefore",
    "Piece",
    "ProviderUnavailable",
    "TooSoon",
    "accept",
    "accept_submitter",
    "accept_submitters",
    "add_unit",
    "arrive",
    "ask_domain",
    "ask_host",
    "break_glass",
    "cancel_key_order",
    "change_provider",
    "change_role",
    "change_unit",
    "check_domain",
    "check_host",
    "choose_lanes",
    "close_glass",
    "close_unit",
    "compare_names",
    "connect_provider",
    "create_key",
    "declare_compromised",
    "describe",
    "disconnect_provider",
    "forget_domain",
    "found",
    "fulfil_key_orders",
    "invite",
    "invite_again",
    "is_founded",
    "judge_look_alike",
    "let_operate",
    "meet",
    "order_disowning",
    "order_retirement",
    "order_rotation",
    "provider_secret",
    "provider_session",
    "read_founding",
    "read_name",
    "ready_key",
    "recheck_domains",
    "recheck_hosts",
    "register",
    "release_host",
    "remove",
    "rename",
    "require_active",
    "require_four_eyes",
    "require_reminders",
    "require_second_factor",
    "resume",
    "retire_key",
    "rewrap",
    "rewrap_signing_keys",
    "rotate_key",
    "seal_trails",
    "send_founding",
    "send_invitation",
    "set_quotas",
    "settle_in",
    "signing_kek",
    "signing_keys_by_kek",
    "stop_operating",
    "suspend",
    "tell_of_glass",
    "welcome",
    "welcome_founder",
    "withdraw",
    "wrapped_under",
]
