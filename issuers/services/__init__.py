"""The verbs on issuers: register, accept a submitter, create keys."""

from issuers.services.keys import KeyEncryptionKeyMissing, create_key, ready_key
from issuers.services.registering import accept_submitter, register

__all__ = [
    "KeyEncryptionKeyMissing", "accept_submitter", "create_key", "ready_key", "register",
]  # fmt: skip
