"""Tokens: published vectors, another library's verdict, then every way to be fooled."""

import copy
import json
from datetime import UTC, datetime

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from credentials.core import canonical, jose, proof
from issuers.core import base64url, ecdsa, jwk
from tests.core.credentials import samples

# RFC 7515 appendices A.2 and A.3: one payload, two keys.
PAYLOAD = b'{"iss":"joe",\r\n "exp":1300819380,\r\n "http://example.com/is_root":true}'
_ENCODED = (
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
)
RFC_RS256 = (
    f"eyJhbGciOiJSUzI1NiJ9.{_ENCODED}."
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5juj"
    "Gbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe"
    "7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8"
    "np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
)
RFC_RSA = {
    "kty": "RSA",
    "n": (
        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm"
        "4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5"
        "rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGh"
        "yxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
    ),
    "e": "AQAB",
}
RFC_ES256 = (
    f"eyJhbGciOiJFUzI1NiJ9.{_ENCODED}."
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
)
RFC_P256 = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}

RSA = rsa.generate_private_key(65537, 2048)
P256 = jwk.load_p256(base64url.decode("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"))
KEYS = pytest.mark.parametrize("key", [RSA, P256], ids=["RS256", "ES256"])
KID = "https://badges.example/issuers/ecole-a/keys/1"


def token(header, payload=b"{}", signature=b""):
    """A token with whatever header, as an attacker writes it."""
    encoded = [json.dumps(header).encode(), payload, signature]
    return ".".join(base64url.encode(part) for part in encoded)


def resigned(payload, *, key=P256, header=None):
    """A token whose signature holds, whatever it says."""
    return jose.read(jose.sign(canonical.dumps(payload), key=key, header=header or {"typ": "JWT"}))


def payload_of(text):
    return json.loads(base64url.decode(text.split(".")[1]))


@pytest.mark.parametrize(("text", "key"), [(RFC_RS256, RFC_RSA), (RFC_ES256, RFC_P256)])
def test_the_tokens_of_the_standard_are_verified(text, key):
    assert jose.verify(jose.read(text), key=jwk.to_key(key)) == PAYLOAD


def test_the_signature_of_rfc_6979():
    # Appendix A.2.5, P-256 with SHA-256, message "sample": the way we ask for it.
    key = jwk.load_p256(
        bytes.fromhex("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721")
    )
    r = "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
    s = "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"

    assert ecdsa.sign(key, b"sample") == bytes.fromhex(r + s)


@KEYS
@pytest.mark.parametrize("kid", [None, KID])
def test_a_credential_has_one_token_and_comes_back_from_it(key, kid):
    document = samples.full()

    text = jose.sign_credential(document, key=key, kid=kid)

    assert text == jose.sign_credential(document, key=key, kid=kid)
    assert jose.verify_credential(jose.read(text), key=key.public_key()) == document


@KEYS
def test_the_header_is_the_one_of_the_standard(key):
    named = jose.read(jose.sign_credential(samples.small(), key=key, kid=KID))
    shown = jose.read(jose.sign_credential(samples.small(), key=key))

    algorithm = jose.algorithm(key)
    assert named.header == {"alg": algorithm, "typ": "JWT", "kid": KID}
    assert named.kid == KID
    assert named.key is None
    assert shown.header == {"alg": algorithm, "typ": "JWT", "jwk": jwk.from_key(key.public_key())}
    assert shown.kid is None
    assert shown.key == key.public_key()


def test_the_claims_are_those_of_the_standard():
    document = samples.full()
    document["credentialSubject"]["id"] = "did:example:learner"

    said = payload_of(jose.sign_credential(document, key=P256))

    assert {claim: said.pop(claim) for claim in ("iss", "jti", "nbf", "exp", "sub")} == {
        "iss": samples.DID,
        "jti": document["id"],
        "nbf": int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()),
        "exp": int(datetime(2030, 1, 1, tzinfo=UTC).timestamp()),
        "sub": "did:example:learner",
    }
    assert said == document


def test_a_subject_without_an_id_and_a_credential_without_an_end_have_no_claims():
    assert jose.claims(samples.small()).keys() == {"iss", "jti", "nbf"}


def test_an_issuer_that_is_an_address_alone_is_the_claim():
    document = {**samples.small(), "issuer": samples.DID}

    assert jose.claims(document)["iss"] == samples.DID


@KEYS
def test_another_library_agrees(key):
    text = jose.sign_credential(samples.small(), key=key)

    said = jwt.decode(text, key.public_key(), algorithms=[jose.algorithm(key)])

    assert said["jti"] == samples.small()["id"]


@KEYS
def test_a_token_of_another_library_is_verified(key):
    document = samples.small()
    text = jwt.encode({**document, **jose.claims(document)}, key, algorithm=jose.algorithm(key))

    assert jose.verify_credential(jose.read(text), key=key.public_key()) == document


@given(document=samples.credentials)
def test_any_credential_survives(document):
    text = jose.sign_credential(document, key=P256)

    assert jose.verify_credential(jose.read(text), key=P256.public_key()) == document


@KEYS
@given(data=st.data())
def test_a_changed_letter_is_noticed(key, data):
    text = jose.sign_credential(samples.small(), key=key)
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(
        st.sampled_from("ABCXYZabcxyz019-_.=").filter(lambda new: new != text[place])
    )

    changed = text[:place] + letter + text[place + 1 :]

    with pytest.raises(proof.ProofError):
        jose.verify_credential(jose.read(changed), key=key.public_key())


def hs256(secret):
    """The best known confusion: the public key's bytes taken for a shared secret."""
    start = token({"alg": "HS256", "typ": "JWT"}).rpartition(".")[0]
    mac = hmac.HMAC(secret, hashes.SHA256())
    mac.update(start.encode())
    return f"{start}.{base64url.encode(mac.finalize())}"


@pytest.mark.parametrize(
    "text",
    [
        token({"alg": "none"}),
        token({"alg": "None"}),
        token({"alg": "nOnE", "typ": "JWT"}),
        token({"alg": ""}),
        token({"alg": None}),
        token({"alg": "EdDSA"}),
        token({"alg": ["ES256"]}),
        token({"alg": {"ES256": 1}}),
        token({"alg": "PS256"}),
        token({"alg": "ES384"}),
        token({"typ": "JWT"}),
        hs256(json.dumps(RFC_RSA).encode()),
    ],
)
def test_other_algorithms_are_refused_before_anything_else(text):
    with pytest.raises(jose.AlgorithmRefused):
        jose.read(text)


def test_the_key_decides_the_algorithm_not_the_token():
    by_p256 = jose.read(jose.sign_credential(samples.small(), key=P256, kid=KID))
    by_rsa = jose.read(jose.sign_credential(samples.small(), key=RSA, kid=KID))

    for text, key in ((by_p256, RSA), (by_rsa, P256)):
        with pytest.raises(jose.AlgorithmRefused):
            jose.verify(text, key=key.public_key())


@pytest.mark.parametrize(
    "member",
    [
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/cert"},
        {"x5c": ["AAAA"]},
        {"x5t": "AAAA"},
        {"crit": ["b64"], "b64": False},
        {"zip": "DEF"},
        {"cty": "vc"},
        {"iat": 1},
        {"typ": "vc+jwt"},
        {"typ": "jwt"},
        {"typ": None},
        {"typ": ["JWT"]},
        {"kid": "key-1"},
        {"kid": "../../keys"},
        {"kid": "file:///etc/passwd"},
        {"kid": "https://x.example/a b"},
        {"kid": "https://x.example/\n"},
        {"kid": "https://x.example/" + "k" * 2048},
        {"kid": 1},
        {"kid": None},
        {"jwk": "AAAA"},
        {"jwk": None},
    ],
)
def test_what_the_standard_does_not_allow_in_a_header_is_refused(member):
    with pytest.raises(jose.TokenMalformed, match=r"header|typ|kid|jwk"):
        jose.read(token({"alg": "ES256", **member}))


@pytest.mark.parametrize(
    "shown",
    [
        {**RFC_P256, "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"},
        {**RFC_RSA, "p": "AQAB"},
        {"kty": "oct", "k": "AAAA"},
        {},
    ],
)
def test_a_header_that_shows_a_private_key_or_none_is_refused(shown):
    with pytest.raises(jose.KeyMismatch):
        jose.read(token({"alg": "ES256", "jwk": shown}))


def test_the_key_in_the_header_is_worth_nothing_by_itself():
    mallory = ec.generate_private_key(ec.SECP256R1())
    text = jose.read(jose.sign_credential(samples.small(), key=mallory))

    assert text.key == mallory.public_key()
    with pytest.raises(jose.KeyMismatch):
        jose.verify(text, key=P256.public_key())


def test_a_signature_of_another_key_is_refused():
    mallory = ec.generate_private_key(ec.SECP256R1())

    with pytest.raises(jose.SignatureMismatch):
        jose.verify(
            jose.read(jose.sign_credential(samples.small(), key=mallory, kid=KID)),
            key=P256.public_key(),
        )


@pytest.mark.parametrize("signature", [b"", bytes(64), bytes(63), bytes(65), b"\xff" * 64])
def test_a_signature_of_no_key_is_refused(signature):
    with pytest.raises(jose.SignatureMismatch):
        jose.verify(jose.read(token({"alg": "ES256"}, signature=signature)), key=P256.public_key())


def test_keys_that_sign_no_tokens_here_are_refused():
    ethereum = ec.derive_private_key(1, ec.SECP256K1())
    small = rsa.RSAPublicNumbers(65537, 2**1023 + 1).public_key()

    with pytest.raises(jose.AlgorithmRefused, match="secp256k1"):
        jose.sign(b"", key=ethereum, header={})
    with pytest.raises(jose.AlgorithmRefused, match="2048"):
        jose.verify(jose.read(token({"alg": "RS256"})), key=small)


LARGE = base64url.encode(bytes(300_000))


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "a.b",
        RFC_ES256 + ".",
        RFC_ES256 + ".e30",
        RFC_ES256 + "=",
        RFC_ES256 + "\n",
        " " + RFC_ES256,
        RFC_ES256[:-1] + "R",
        "e30." * 1_000_000,
        "A" * 10_000_000,
        f"{LARGE}.e30.",
        f"e30.{LARGE * 2}.",
        f"e30.e30.{LARGE}",
        "W10.e30.AAAA",
        "e30x.e30.AAAA",
        "é.é.é",
        ".".join([base64url.encode(b'{"alg":"ES256","alg":"RS256"}'), "e30", "AAAA"]),
    ],
)
def test_what_is_not_a_token_is_refused(text):
    with pytest.raises(jose.TokenMalformed):
        jose.read(text)


def test_other_types_are_read_where_they_are_expected():
    text = token({"alg": "ES256", "typ": "vc+jwt"})

    assert jose.read(text, types=frozenset({"vc+jwt"})).header["typ"] == "vc+jwt"


def said(**changes):
    document = samples.small()
    document["credentialSubject"]["id"] = "did:example:learner"
    document["validUntil"] = "2030-01-01T00:00:00Z"
    whole = {**document, **jose.claims(document), **changes}
    return {member: value for member, value in whole.items() if value is not ...}


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "did:web:evil.example"},
        {"iss": ...},
        {"jti": "https://evil.example/1"},
        {"jti": ...},
        {"nbf": 0},
        {"nbf": "1767225600"},
        {"nbf": True},
        {"nbf": ...},
        {"sub": "did:example:somebody-else"},
        {"sub": ...},
        {"exp": 4_000_000_000},
        {"exp": ...},
        {"vc": {"id": "another"}},
        {"id": ...},
        {"issuer": ...},
        {"issuer": {}},
        {"issuer": []},
        {"validFrom": ...},
        {"validFrom": "yesterday"},
        {"validUntil": ...},
        {"credentialSubject": {}},
        {"credentialSubject": []},
    ],
)
def test_a_token_that_says_two_things_is_refused(changes):
    with pytest.raises(jose.ClaimMismatch):
        jose.verify_credential(resigned(said(**changes)), key=P256.public_key())


@pytest.mark.parametrize(
    "changes", [{}, {"nbf": 1767225600.5}, {"aud": "https://x.example"}, {"iat": 1}]
)
def test_a_token_that_says_one_thing_in_another_way_is_taken(changes):
    document = jose.verify_credential(resigned(said(**changes)), key=P256.public_key())

    assert jose.claims(document) == {claim: said()[claim] for claim in jose.claims(document)}
    assert not {"iss", "aud", "iat"} & document.keys()


@pytest.mark.parametrize("payload", [b"", b"[]", b"{", b'{"a":1,"a":2}', b"\xff"])
def test_a_payload_that_is_not_one_object_is_refused(payload):
    text = jose.sign(payload, key=P256, header={})

    with pytest.raises(jose.TokenMalformed):
        jose.verify_credential(jose.read(text), key=P256.public_key())


@pytest.mark.parametrize(
    "change", [{"id": None}, {"issuer": {}}, {"validFrom": "soon"}, {"jti": "urn:x"}, {"exp": 1}]
)
def test_a_credential_that_no_token_can_repeat_is_not_signed(change):
    with pytest.raises(jose.ClaimMismatch):
        jose.sign_credential({**samples.small(), **change}, key=P256)


def test_a_key_without_a_whole_address_is_not_named():
    with pytest.raises(jose.TokenMalformed, match="kid"):
        jose.sign_credential(samples.small(), key=P256, kid="#key-1")


def test_signing_leaves_the_document_as_it_is():
    document = samples.full()
    before = copy.deepcopy(document)

    jose.sign_credential(document, key=P256)

    assert document == before
