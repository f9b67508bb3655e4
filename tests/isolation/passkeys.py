"""A passkey as a browser registers it, so that pages about passkeys read it as any other."""

from __future__ import annotations

import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

PRESENT_WITH_KEY = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
SAID = b'{"type":"webauthn.create","challenge":"AAAA","origin":"http://localhost:8000"}'


def registered() -> dict[str, Any]:
    """Return what a browser answers when a new passkey is registered."""
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    held = AttestedCredentialData.create(bytes(16), secrets.token_bytes(16), key)
    authenticator = AuthenticatorData.create(bytes(32), PRESENT_WITH_KEY, 0, held)
    name = websafe_encode(held.credential_id)
    return {
        "id": name,
        "rawId": name,
        "type": "public-key",
        "clientExtensionResults": {},
        "response": {
            "clientDataJSON": websafe_encode(SAID),
            "attestationObject": websafe_encode(
                AttestationObject.create("none", authenticator, {})
            ),
        },
    }
