"""The verbs on issuers: register, accept a submitter, create keys and end them."""

from issuers.services.anchoring import accept_submitters, choose_lanes
from issuers.services.keys import KeyEncryptionKeyMissing, create_key, ready_key
from issuers.services.registering import accept_submitter, register
from issuers.services.rotating import (
    ImpossibleInstant,
    KeyAlreadyEnded,
    NoSuchKey,
    declare_compromised,
    retire_key,
    rotate_key,
)

__all__ = [
    "ImpossibleInstant", "KeyAlreadyEnded", "KeyEncryptionKeyMissing", "NoSuchKey",
    "accept_submitter", "accept_submitters", "choose_lanes", "create_key", "declare_compromised",
    "ready_key", "register", "retire_key", "rotate_key",
]  # fmt: skip
