"""Keys of each kind: stored, opened, named after themselves, and shown as one JWK."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from issuers.core import did, jwk, keys, kinds
from issuers.core.kinds import Kind
from tests.core.issuers import test_jwk
from tests.core.issuers.test_did import NAME, NEW, day

SEED = b"\x02" * 32


@pytest.fixture(scope="module")
def secrets_of() -> dict[Kind, bytes]:
    drawn = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return {Kind.ED25519: SEED, Kind.P256: test_jwk.P256_SCALAR, Kind.RSA: drawn}


def shown(public: kinds.PublicKey) -> dict[str, str] | None:
    """What is kept beside the name: nothing, if the name is the key."""
    return kinds.to_jwk(public) if isinstance(public, rsa.RSAPublicKey) else None


def test_a_key_is_named_as_the_standards_name_it():
    # RFC 7638 section 3.1; RFC 7515 appendix A.3 under Controlled Identifiers 1.0 section 2.2.2.
    p256 = jwk.to_key(test_jwk.P256_JWK)

    assert kinds.name(jwk.to_key(test_jwk.RSA_JWK)) == test_jwk.RSA_THUMBPRINT
    assert kinds.name(p256) == jwk.encode_multikey(p256)
    assert kinds.name(keys.load(SEED).public_key()) == NEW


@pytest.mark.parametrize("kind", Kind)
def test_the_jwk_of_a_key_is_that_of_its_private_half(secrets_of, kind):
    public = kinds.load(kind, secrets_of[kind]).public_key()

    published = kinds.published_jwk(kind, kinds.name(public), shown(public))

    assert published["kid"] == kinds.name(public)
    assert published["use"] == "sig"
    assert published["alg"] == {"ed25519": "EdDSA", "p256": "ES256", "rsa": "RS256"}[kind]
    assert kinds.to_jwk(public).items() <= published.items()
    assert not {"d", "p", "q"} & published.keys()
    if kind is not Kind.ED25519:
        assert jwk.to_key(published) == public


@pytest.mark.parametrize("kind", [Kind.ED25519, Kind.P256])
def test_a_multikey_is_the_key(secrets_of, kind):
    public = kinds.load(kind, secrets_of[kind]).public_key()

    assert kinds.read_name(kinds.name(public)) == public


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("secret", [b"", bytes(32), b"\xff" * 32, bytes(31), b"x" * 1200])
def test_what_is_no_key_of_that_kind_does_not_open(kind, secret):
    # Any 32 bytes are a seed of Ed25519 (RFC 8032 section 5.1.5).
    if kind is Kind.ED25519 and len(secret) == 32:
        return

    with pytest.raises(keys.KeyFormatError):
        kinds.load(kind, secret)


def test_a_private_key_of_another_kind_does_not_open(secrets_of):
    with pytest.raises(keys.KeyFormatError):
        kinds.load(Kind.RSA, secrets_of[Kind.P256])
    with pytest.raises(keys.KeyFormatError):
        kinds.load(Kind.P256, secrets_of[Kind.RSA])


def test_a_key_of_a_chain_account_is_no_key_of_an_issuer():
    public = ec.derive_private_key(7, ec.SECP256K1()).public_key()

    for read in (kinds.name, kinds.to_jwk):
        with pytest.raises(keys.KeyFormatError):
            read(public)
    with pytest.raises(keys.KeyFormatError):
        kinds.read_name(jwk.encode_multikey(public))


@pytest.mark.parametrize("kid", ["", "z", "z6Mk", "z6Mk" + "1" * 44, test_jwk.RSA_THUMBPRINT])
def test_a_name_that_is_no_multikey_is_no_key(kid):
    with pytest.raises(keys.KeyFormatError):
        kinds.read_name(kid)


def test_a_jwk_is_not_shown_under_another_name():
    with pytest.raises(keys.KeyFormatError, match="thumbprint"):
        kinds.published_jwk(Kind.RSA, "NzbL", test_jwk.RSA_JWK)


# --- in the DID document


def document(**changes):
    rsa_key = {"kid": test_jwk.RSA_THUMBPRINT, "jwk": test_jwk.RSA_JWK, "valid_from": day(2)}
    return did.did_document(
        NAME,
        [
            did.IssuerKey(NEW, day(1)),
            did.IssuerKey(test_jwk.P256_MULTIKEY, day(3), expires=day(5)),
            did.IssuerKey(**(rsa_key | changes)),
        ],
    )


def test_each_key_is_written_once_in_the_form_that_it_has():
    found = document(revoked=day(4))

    assert found["@context"][-1] == "https://w3id.org/security/jwk/v1"
    assert found["verificationMethod"] == [
        {
            "id": f"{NAME}#{test_jwk.P256_MULTIKEY}",
            "type": "Multikey",
            "controller": NAME,
            "publicKeyMultibase": test_jwk.P256_MULTIKEY,
            "expires": "2026-05-01T00:00:00Z",
        },
        {
            "id": f"{NAME}#{test_jwk.RSA_THUMBPRINT}",
            "type": "JsonWebKey",
            "controller": NAME,
            "publicKeyJwk": test_jwk.RSA_JWK,
            "revoked": "2026-04-01T00:00:00Z",
        },
        {"id": f"{NAME}#{NEW}", "type": "Multikey", "controller": NAME, "publicKeyMultibase": NEW},
    ]
    assert found["assertionMethod"] == [method["id"] for method in found["verificationMethod"]]
    assert found["authentication"] == [f"{NAME}#{NEW}"]


def test_the_ed25519_key_is_found_among_the_others():
    assert did.select_key(document(), f"{NAME}#{NEW}", at=day(6)) == keys.public_key(SEED)


@pytest.mark.parametrize("other", [test_jwk.P256_MULTIKEY, test_jwk.RSA_THUMBPRINT])
def test_a_key_of_another_kind_is_not_taken_for_an_ed25519_key(other):
    with pytest.raises(did.DidError):
        did.select_key(document(), f"{NAME}#{other}", at=day(4))


@pytest.mark.parametrize("changes", [{"kid": "NzbL"}, {"kid": NEW[:-1] + "x"}])
def test_a_jwk_is_not_listed_under_another_name(changes):
    with pytest.raises(did.DidError, match="thumbprint"):
        document(**changes)
