"""Badges of somebody whom nobody here knows: as VC-JWT, and of Open Badges 2.0."""

from datetime import timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from badges.core import assertion
from credentials.core import jose, proof
from credentials.core import verification2 as walk2
from credentials.core.report import Material
from issuers.core import did, jwk, keys
from tests.core.badges import samples

NOW = samples.NOW + timedelta(days=30)
HOST = "https://lumen.example.org"
DID = "did:web:lumen.example.org"
KID = f"{HOST}/keys/1"
P256 = jwk.load_p256(b"\x44" * 32)
OTHER = jwk.load_p256(b"\x55" * 32)
SEED = b"\x66" * 32
EMAIL = "a@example.com"

# -- Open Badges 3.0 -------------------------------------------------------------------------------


def unsigned(**changes: Any) -> dict[str, Any]:
    profile = {**samples.PROFILE, "id": DID}
    members = {"issuer": profile, "id": f"{HOST}/credentials/1", "status": []}
    written: dict[str, Any] = samples.credential(**{**members, **changes})
    return written


def token(document: dict[str, Any] | None = None, *, key: Any = P256, kid: str | None = KID) -> str:
    return jose.sign_credential(document or unsigned(), key=key, kid=kid)


def controller(name: str = DID, *, key: Any = P256, **changes: Any) -> dict[str, Any]:
    """A document that lists one key for assertions."""
    method = {**jwk.method(name, key.public_key()), **changes}
    return {"id": name, "verificationMethod": [method], "assertionMethod": [method["id"]]}


def method(name: str = DID) -> str:
    return str(controller(name)["assertionMethod"][0])


def ed25519_controller(name: str = DID) -> dict[str, Any]:
    multikey = keys.encode_multikey(keys.public_key(SEED))
    listed = did.IssuerKey(multikey, valid_from=samples.NOW - timedelta(days=9))
    return did.did_document(name, [listed])


def proven(document: dict[str, Any] | None = None, *, name: str = DID) -> dict[str, Any]:
    """Sign with eddsa-rdfc-2022, by the key of `ed25519_controller`."""
    return proof.sign(
        document or unsigned(),
        key=keys.load(SEED),
        verification_method=str(ed25519_controller(name)["assertionMethod"][0]),
        created=samples.NOW,
    )


def material(text: str, **changes: Any) -> Material:
    members: dict[str, Any] = {
        "did_document": controller(),
        "key_document": jwk.from_key(P256.public_key()),
        "token": text,
    }
    return Material(**{**members, **changes})


# -- Open Badges 2.0 -------------------------------------------------------------------------------

ISSUER, BADGE = f"{HOST}/ob2/issuer", f"{HOST}/ob2/badges/1"
HOSTED, KEY, LIST = f"{HOST}/ob2/assertions/1", f"{HOST}/ob2/keys/1", f"{HOST}/ob2/revoked"
URN = "urn:uuid:6f2f0f80-0000-4000-8000-000000000001"


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def issuer2(**changes: Any) -> dict[str, Any]:
    profile = {**samples.PROFILE, "email": "badges@lumen.example.org"}
    written = assertion.issuer(profile, id=ISSUER, keys=[KEY], revocation_list=LIST)
    return {**written, **changes}


def badge2(**changes: Any) -> dict[str, Any]:
    achievement = samples.credential()["credentialSubject"]["achievement"]
    return {**assertion.badge_class(achievement, id=BADGE, issuer=ISSUER), **changes}


def hosted2(**changes: Any) -> dict[str, Any]:
    return {**assertion.hosted(samples.credential(), id=HOSTED, badge=BADGE), **changes}


def signed2(**changes: Any) -> dict[str, Any]:
    written = assertion.signed(samples.credential(), id=URN, badge=BADGE, key=KEY)
    return {**written, **changes}


def key2(**changes: Any) -> dict[str, Any]:
    pem = (
        rsa_key()
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    written = assertion.cryptographic_key(id=KEY, owner=ISSUER, pem=pem.decode())
    return {**written, **changes}


def list2(*revoked: str) -> dict[str, Any]:
    return assertion.revocation_list(id=LIST, issuer=ISSUER, revoked=dict.fromkeys(revoked))


def token2(document: dict[str, Any] | None = None, *, key: Any = None) -> str:
    from credentials.core import canonical

    return jose.sign(canonical.dumps(document or signed2()), key=key or rsa_key(), header={})


def hosted_material(**changes: Any) -> walk2.Material:
    members: dict[str, Any] = {"badge": badge2(), "issuer": issuer2(), "hosted": hosted2()}
    return walk2.Material(**{**members, **changes})


def signed_material(**changes: Any) -> walk2.Material:
    members: dict[str, Any] = {
        "badge": badge2(),
        "issuer": issuer2(),
        "token": token2(),
        "key": key2(),
        "revocations": list2(),
    }
    return walk2.Material(**{**members, **changes})
