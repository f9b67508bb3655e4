"""Credentials whose learner may hide parts, made with keys that protect nothing."""

import copy
import hashlib
from collections.abc import Sequence
from typing import Any

from credentials.core.disclosure import parts, suite
from issuers.core import did, jwk
from tests.core.credentials import samples

KEY = jwk.load_p256(hashlib.sha256(b"the issuer of the tests, P-256").digest())
PUBLIC_KEY = KEY.public_key()
OTHER_KEY = jwk.load_p256(hashlib.sha256(b"another issuer, P-256").digest())
PROOF_KEY = jwk.load_p256(hashlib.sha256(b"drawn for one proof").digest())
HMAC_KEY = hashlib.sha256(b"drawn for the labels").digest()
METHOD = did.verification_method(samples.DID, jwk.encode_multikey(PUBLIC_KEY))


def base(
    document: dict[str, Any], *, mandatory: Sequence[str] | None = None, **changes: Any
) -> dict[str, Any]:
    """Sign a document so that parts of it can be hidden, those of a badge by default."""
    asked = {
        "key": KEY,
        "verification_method": METHOD,
        "created": samples.CREATED,
        "mandatory": parts.mandatory(document) if mandatory is None else mandatory,
        "hmac_key": HMAC_KEY,
        "proof_key": PROOF_KEY,
    }
    return copy.deepcopy(suite.sign(document, **{**asked, **changes}))


def derived(secured: dict[str, Any], *hidden: str) -> dict[str, Any]:
    """Hide parts of a badge that has a base proof."""
    return copy.deepcopy(suite.derive(secured, selective=parts.shown(secured, hidden)))
