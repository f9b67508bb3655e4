"""Keys as JWK and as Multikey: published vectors, round trips, and what is refused."""

import hashlib

import base58
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from issuers.core import base64url, jwk
from issuers.core.keys import KeyFormatError

# RFC 7638 section 3.1.
RSA_JWK = {
    "kty": "RSA",
    "n": (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJEC"
        "PebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2Qvz"
        "qY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZ"
        "u0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    ),
    "e": "AQAB",
}
RSA_THUMBPRINT = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
# RFC 7515 appendix A.3.
P256_JWK = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}
P256_SCALAR = base64url.decode("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI")
# Controlled Identifiers 1.0 section 2.2.2, example of a P-256 Multikey.
P256_MULTIKEY = "zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv"

scalars = st.integers(1, 2**255).map(lambda number: number.to_bytes(32))
curves = st.sampled_from([ec.SECP256R1, ec.SECP256K1])


def test_the_thumbprint_of_the_standard():
    decorated = {**RSA_JWK, "alg": "RS256", "kid": "2011-04-29", "use": "sig"}

    assert jwk.thumbprint(decorated) == RSA_THUMBPRINT


def test_the_keys_of_the_standard():
    assert jwk.from_key(jwk.to_key(RSA_JWK)) == RSA_JWK
    assert jwk.from_key(jwk.to_key(P256_JWK)) == P256_JWK
    assert jwk.from_key(jwk.load_p256(P256_SCALAR).public_key()) == P256_JWK


def test_the_multikey_of_the_standard():
    key = jwk.decode_multikey(P256_MULTIKEY)

    assert key.curve.name == "secp256r1"
    assert jwk.encode_multikey(key) == P256_MULTIKEY


def test_an_ed25519_key_as_its_standard_writes_it():
    # RFC 8037 appendix A.2.
    key = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")

    assert jwk.from_ed25519(key) == {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    }


def test_a_verification_method_is_named_after_its_key():
    assert jwk.method("did:web:x.example", jwk.to_key(RSA_JWK)) == {
        "id": f"did:web:x.example#{RSA_THUMBPRINT}",
        "type": "JsonWebKey",
        "controller": "did:web:x.example",
        "publicKeyJwk": RSA_JWK,
    }


def test_a_verification_method_is_read_in_either_form():
    shown = jwk.method("did:web:x.example", jwk.to_key(P256_JWK))

    assert jwk.of_method(shown) == jwk.to_key(P256_JWK)
    assert jwk.of_method({"publicKeyMultibase": P256_MULTIKEY}) == jwk.decode_multikey(
        P256_MULTIKEY
    )


@pytest.mark.parametrize(
    "method",
    [
        {},
        {"publicKeyJwk": "text"},
        {"publicKeyMultibase": 5},
        {"publicKeyJwk": P256_JWK, "publicKeyMultibase": P256_MULTIKEY},
    ],
)
def test_a_verification_method_without_one_key_is_refused(method):
    with pytest.raises(KeyFormatError, match="one key, in one way"):
        jwk.of_method(method)


@given(curves, scalars)
def test_a_key_survives_both_forms(curve, scalar):
    key = ec.derive_private_key(int.from_bytes(scalar), curve()).public_key()

    assert jwk.to_key(jwk.from_key(key)) == key
    assert jwk.decode_multikey(jwk.encode_multikey(key)) == key
    assert len(jwk.thumbprint(jwk.from_key(key))) == 43


@given(scalars)
def test_a_multikey_says_its_curve_by_its_first_letters(scalar):
    number = int.from_bytes(scalar)

    assert jwk.encode_multikey(
        ec.derive_private_key(number, ec.SECP256R1()).public_key()
    ).startswith("zDn")
    assert jwk.encode_multikey(
        ec.derive_private_key(number, ec.SECP256K1()).public_key()
    ).startswith("zQ3s")


@pytest.mark.parametrize("member", ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
@pytest.mark.parametrize("key", [RSA_JWK, P256_JWK])
def test_a_key_that_shows_its_private_part_is_refused(key, member):
    with pytest.raises(KeyFormatError, match="private"):
        jwk.to_key({**key, member: "AQAB"})


def without(key, member):
    return {name: value for name, value in key.items() if name != member}


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ({}, "kind"),
        ({"kty": "oct"}, "kind"),
        ({"kty": "OKP", "crv": "Ed25519", "x": "A" * 43}, "kind"),
        ({"kty": ["RSA"]}, "kind"),
        ({**P256_JWK, "crv": "P-384"}, "curve"),
        ({**P256_JWK, "crv": None}, "curve"),
        ({**P256_JWK, "crv": ["P-256"]}, "curve"),
        ({**P256_JWK, "crv": "secp256k1"}, "not on its curve"),
        ({**P256_JWK, "y": P256_JWK["x"]}, "not on its curve"),
        ({**P256_JWK, "x": "f83OJ3D2"}, "32 bytes"),
        ({**P256_JWK, "x": P256_JWK["x"] + "="}, "member x"),
        ({**P256_JWK, "x": P256_JWK["x"][:-1] + "V"}, "member x .* left over"),
        ({**P256_JWK, "x": 5}, "member x"),
        ({**P256_JWK, "x": "A" * 10_000_000}, "member x"),
        (without(P256_JWK, "y"), "member y"),
        (without(RSA_JWK, "n"), "member n"),
        ({**RSA_JWK, "e": ""}, "member e"),
        ({**RSA_JWK, "e": "AA"}, "not an RSA public key"),
        ({**RSA_JWK, "e": "AgAA"}, "not an RSA public key"),
        ({**RSA_JWK, "n": RSA_JWK["n"][:170] + "A"}, "bits|left over"),
        ({**RSA_JWK, "n": "_" * 1366}, "bits"),
        ({**RSA_JWK, "n": "_" * 2000}, "member n"),
        ({**RSA_JWK, "e": "AQAAAAE"}, "exponent"),
        ({**RSA_JWK, "use": "enc"}, "not for these signatures"),
        ({**RSA_JWK, "alg": "HS256"}, "not for these signatures"),
        ({**RSA_JWK, "alg": "ES256"}, "not for these signatures"),
        ({**P256_JWK, "alg": "RS256"}, "not for these signatures"),
        ({**P256_JWK, "alg": ["ES256"]}, "not for these signatures"),
    ],
)
def test_what_is_not_a_key_for_signatures_is_refused_with_a_reason(key, message):
    with pytest.raises(KeyFormatError, match=message):
        jwk.to_key(key)


@pytest.mark.parametrize(
    "multikey",
    [
        "",
        "z",
        P256_MULTIKEY[1:],
        P256_MULTIKEY + "1",
        P256_MULTIKEY[:-1],
        P256_MULTIKEY.replace("n", "0"),
        "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
        "z" + "1" * 49,
        "zDn" + "z" * 46,
        # No point of secp256k1 has 5 for its first coordinate.
        "z" + base58.b58encode(b"\xe7\x01\x02" + (5).to_bytes(32)).decode(),
    ],
)
def test_what_is_not_a_multikey_is_refused(multikey):
    with pytest.raises(KeyFormatError, match="Multikey"):
        jwk.decode_multikey(multikey)


def test_keys_of_other_curves_and_sizes_are_refused():
    other = ec.derive_private_key(1, ec.SECP384R1()).public_key()
    small = rsa.RSAPublicNumbers(65537, 2**1023 + 1).public_key()

    for refused in (jwk.from_key, jwk.encode_multikey):
        with pytest.raises(KeyFormatError, match="secp384r1"):
            refused(other)
    with pytest.raises(KeyFormatError, match="2048"):
        jwk.from_key(small)
    with pytest.raises(KeyFormatError, match="32 bytes"):
        jwk.from_ed25519(bytes(31))


@pytest.mark.parametrize("scalar", [b"", bytes(31), bytes(32), b"\xff" * 32, bytes(33)])
def test_what_is_not_a_private_key_is_refused(scalar):
    with pytest.raises(KeyFormatError, match="P-256"):
        jwk.load_p256(scalar)


def pkcs8(key):
    return key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def test_a_private_rsa_key_is_read_back():
    key = rsa.generate_private_key(65537, 2048)

    assert jwk.load_rsa(pkcs8(key)).private_numbers() == key.private_numbers()


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (b"", "PKCS #8"),
        (b"0\x03\x02\x01\x00", "PKCS #8"),
        (pkcs8(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))), "not of RSA"),
    ],
)
def test_what_is_not_a_private_rsa_key_is_refused(key, message):
    with pytest.raises(KeyFormatError, match=message):
        jwk.load_rsa(key)


@given(st.binary(max_size=80))
def test_base64url_survives(data):
    assert base64url.decode(base64url.encode(data)) == data


@pytest.mark.parametrize("text", ["A", "AA=", "AA==", "A+/A", "AB", "AAB", "AA\n", "é", " AA"])
def test_base64url_has_one_form_only(text):
    with pytest.raises(base64url.Base64Error):
        base64url.decode(text)


def test_the_words_of_the_standard_about_base64url():
    # RFC 7515 appendix C.
    assert base64url.encode(bytes([3, 236, 255, 224, 193])) == "A-z_4ME"
    assert base64url.encode(hashlib.sha256(b"").digest())[-1] != "="
