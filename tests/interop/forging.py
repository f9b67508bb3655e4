"""What a thief makes of what the pages serve: each changes one thing, and has only other keys."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from credentials.core import canonical, jose, proof
from issuers.core import base64url, did
from issuers.core.kinds import Kind, name
from tests.conftest import NOW
from tests.interop.world import HOST

if TYPE_CHECKING:
    from tests.interop.site import Site

OWN, OTHER = "atelier-lumen", "quelqu-un"


def tampered(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with another title, and the proofs that it had."""
    return {**document, "name": "Doctorat"}


def by_another(site: Site, document: dict[str, Any]) -> dict[str, Any]:
    """Return the same statement, signed by another issuer of the installation in its own name."""
    key = site.keys[OTHER][Kind.ED25519]
    method = did.verification_method(site.dids[OTHER], name(key.public_key()))
    return _signed(document, key, method)


def under_a_false_name(site: Site, document: dict[str, Any]) -> dict[str, Any]:
    """Return the same statement, signed by another who says to be the issuer."""
    proofs = document["proof"]
    method = (proofs[0] if isinstance(proofs, list) else proofs)["verificationMethod"]
    return _signed(document, site.keys[OTHER][Kind.ED25519], method)


def tampered_token(token: str) -> str:
    """Return the token with another title, and the signature that it had."""
    header, payload, signature = token.split(".")
    said = {**json.loads(base64url.decode(payload)), "name": "Doctorat", "narrative": "Doctorat"}
    return f"{header}.{base64url.encode(json.dumps(said).encode())}.{signature}"


def token_by_another(site: Site, token: str, kind: Kind) -> str:
    """Return the same token, signed by another who says to be the issuer."""
    taken = jose.read(token)
    header = {member: value for member, value in taken.header.items() if member != "alg"}
    return jose.sign(taken.payload, key=site.keys[OTHER][kind], header=header)


def assertion_of_another_key(site: Site, token: str) -> str:
    """Return the same assertion, signed by another issuer whose own key it names."""
    key = site.keys[OTHER][Kind.RSA]
    claims = json.loads(jose.read(token).payload)
    claims["verification"]["creator"] = f"{HOST}/issuers/{OTHER}/ob2/keys/{name(key.public_key())}"
    return jose.sign(canonical.dumps(claims), key=key, header={"typ": "JWT"})


def _signed(document: dict[str, Any], key: Any, method: str) -> dict[str, Any]:
    unsigned = {member: value for member, value in document.items() if member != "proof"}
    return proof.sign(unsigned, key=key, verification_method=method, created=NOW)
