"""A VC-JWT of a stranger: whose key it is, and every way to be fooled about that."""

import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, hmac, serialization

from credentials.core import canonical, enveloped, jose, verification
from credentials.core.report import Unavailable, Verdict
from issuers.core import base64url, jwk
from tests.core.badges import samples
from tests.core.credentials import strangers
from tests.core.credentials.strangers import (
    DID,
    HOST,
    KID,
    NOW,
    OTHER,
    P256,
    controller,
    material,
    method,
    rsa_key,
    token,
    unsigned,
)

AWAY = Unavailable("key", "it did not answer in time")


def result(text: str, name: str, document: Any = None, **changes: Any) -> tuple[str, str]:
    report = verification.verify(document or unsigned(), material(text, **changes), NOW)
    check = next(check for check in report.checks if check.name == name)
    return check.outcome.value, check.reason


def rewritten(text: str, **header: Any) -> str:
    """Give a token another header, and keep its signature."""
    old, payload, signature = text.split(".")
    members = json.loads(base64url.decode(old)) | header
    members = {name: value for name, value in members.items() if value is not None}
    return f"{base64url.encode(json.dumps(members).encode())}.{payload}.{signature}"


@pytest.mark.parametrize(
    ("key", "kid"),
    [(P256, KID), (P256, method()), (P256, None), (rsa_key(), KID), (rsa_key(), None)],
    ids=["ES256 address", "ES256 DID URL", "ES256 jwk", "RS256 address", "RS256 jwk"],
)
def test_a_key_that_the_issuer_lists_is_the_issuers(key, kid):
    shown = {"did_document": controller(key=key), "key_document": jwk.from_key(key.public_key())}
    text = token(key=key, kid=kid)

    report = verification.verify(unsigned(), material(text, **shown), NOW)
    known = verification.verify(unsigned(), material(text, **shown, issuer_known=True), NOW)

    assert report.verdict is Verdict.INCONCLUSIVE
    assert report.decisive is not None
    assert report.decisive.reason == "issuer_unknown"
    assert known.verdict is Verdict.VERIFIED


@pytest.mark.parametrize("name", [[method()], {}, 5, None])
def test_a_key_without_a_name_in_the_issuers_document_is_passed_over(name):
    listed = controller()
    unnamed = {**listed["verificationMethod"][0], "id": name}
    before = {**listed, "verificationMethod": [unnamed, *listed["verificationMethod"]]}
    alone = {**listed, "verificationMethod": [unnamed]}

    passed = [result(token(kid=method()), "issuer", did_document=each) for each in (before, alone)]

    assert [outcome for outcome, _reason in passed] == [
        result(token(kid=method()), "issuer", did_document=listed)[0], "inconclusive"
    ]  # fmt: skip


@pytest.mark.parametrize("kid", [KID, None, f"{DID}#other"])
def test_a_key_that_the_issuer_does_not_list_is_never_the_issuers(kid):
    shown = jwk.from_key(OTHER.public_key())
    text = token(key=OTHER, kid=kid)

    report = verification.verify(
        unsigned(), material(text, key_document=shown, issuer_known=True), NOW
    )

    assert report.verdict is not Verdict.VERIFIED
    assert kid == f"{DID}#other" or report.verdict is Verdict.REFUTED


def test_a_key_of_another_did_is_somebody_elses():
    text = token(kid=method("did:web:evil.example.com"))

    assert result(text, "issuer") == ("failed", "foreign_key")


def test_a_key_on_the_host_of_an_issuer_without_a_document_is_by_its_origin_only():
    document = unsigned(issuer={**samples.PROFILE, "id": f"{HOST}/issuer"})
    text = token(document)

    own = result(text, "issuer", document, did_document=AWAY)
    elsewhere = result(
        token(document, kid="https://evil.example.com/key"), "issuer", document, did_document=AWAY
    )
    shown = result(token(document, kid=None), "issuer", document, did_document=AWAY)
    listed = result(text, "issuer", document, did_document=controller(f"{HOST}/issuer", key=OTHER))

    assert own == ("inconclusive", "issuer_by_origin")
    assert elsewhere == shown == ("inconclusive", "issuer_unavailable")
    assert listed == ("failed", "key_not_listed")


@pytest.mark.parametrize("scheme", ["key", "jwk"])
def test_an_issuer_that_is_its_own_key_is_self_asserted(scheme):
    public = P256.public_key()
    name = f"did:key:{jwk.encode_multikey(public)}"
    if scheme == "jwk":
        name = f"did:jwk:{base64url.encode(canonical.dumps(jwk.from_key(public)))}"
    own = controller(name)
    document = unsigned(issuer={**samples.PROFILE, "id": name})
    text = token(document, kid=own["assertionMethod"][0])

    assert result(text, "signed", document, did_document=own) == ("passed", "signed")
    assert result(text, "issuer", document, did_document=own) == (
        "inconclusive",
        "self_asserted",
    )


@pytest.mark.parametrize(
    ("member", "reason"), [("revoked", "key_not_valid"), ("expires", "key_not_valid")]
)
def test_a_key_that_had_ended_before_is_not_the_issuers(member, reason):
    ended = controller(**{member: "2026-01-01T00:00:00Z"})

    assert result(token(), "issuer", did_document=ended) == ("failed", reason)


@pytest.mark.parametrize(
    "key", [rsa_key(), P256], ids=["the public key of RS256", "the public key of ES256"]
)
def test_a_token_signed_with_a_public_key_as_a_password_is_refuted(key):
    public = key.public_key()
    pem = public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    text = rewritten(token(key=key), alg="HS256")
    code = hmac.HMAC(pem, hashes.SHA256())
    code.update(text.rpartition(".")[0].encode())
    forged = f"{text.rpartition('.')[0]}.{base64url.encode(code.finalize())}"

    found = result(forged, "signed", key_document=jwk.from_key(public), issuer_known=True)

    assert found == ("failed", "algorithm-refused")


PRIVATE = {**jwk.from_key(P256.public_key()), "d": "AAAA"}


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"alg": "none"}, "algorithm-refused"),
        ({"alg": "None"}, "algorithm-refused"),
        ({"alg": "HS256"}, "algorithm-refused"),
        ({"alg": ""}, "algorithm-refused"),
        ({"alg": 7}, "algorithm-refused"),
        ({"alg": None}, "algorithm-refused"),
        ({"alg": "RS256"}, "algorithm-refused"),
        ({"jku": "https://evil.example.com/jwks"}, "token-malformed"),
        ({"x5u": "https://evil.example.com/x"}, "token-malformed"),
        ({"x5c": ["AAAA"]}, "token-malformed"),
        ({"crit": ["b64"], "b64": False}, "token-malformed"),
        ({"kid": "../../etc/passwd"}, "token-malformed"),
        ({"kid": "' OR 1=1 --"}, "token-malformed"),
        ({"kid": None, "jwk": PRIVATE}, "key-mismatch"),
        ({"jwk": jwk.from_key(OTHER.public_key())}, "key-mismatch"),
        ({"jwk": {"kty": "oct", "k": "AAAA"}}, "key-mismatch"),
        ({"typ": "at+jwt"}, "token-malformed"),
    ],
)
def test_a_header_that_leads_astray_is_refuted(header, reason):
    forged = rewritten(token(), **header)

    report = verification.verify(unsigned(), material(forged, issuer_known=True), NOW)

    assert report.verdict is Verdict.REFUTED
    assert (report.checks[1].outcome.value, report.checks[1].reason) == ("failed", reason)


@pytest.mark.parametrize("name", ["EdDSA", "ES384", "PS256", "RS512", "ES256K"])
def test_an_algorithm_that_is_not_checked_here_leaves_the_verdict_open_and_is_named(name):
    report = verification.verify(
        unsigned(), material(rewritten(token(), alg=name), issuer_known=True), NOW
    )

    assert report.verdict is Verdict.INCONCLUSIVE
    assert report.decisive is not None
    assert report.decisive.reason == "algorithm_unknown"
    assert report.decisive.detail == {"suite": name}


@pytest.mark.parametrize("claim", ["iss", "sub", "nbf", "exp", "jti", "vc"])
def test_a_claim_that_the_credential_does_not_bear_out_is_refuted(claim):
    document = unsigned(valid_until=samples.NOW + timedelta(days=365))
    payload = {**document, **jose.claims(document), claim: "did:web:evil.example.com"}
    text = jose.sign(canonical.dumps(payload), key=P256, header={"typ": "JWT", "kid": KID})

    assert result(text, "signed", document) == ("failed", "claim-mismatch")


def test_a_changed_payload_is_refuted():
    header, _payload, signature = token().split(".")
    document = unsigned(name="Doctor")
    body = base64url.encode(canonical.dumps({**document, **jose.claims(document)}))

    assert result(f"{header}.{body}.{signature}", "signed", document) == (
        "failed",
        "signature-mismatch",
    )


def test_a_key_that_cannot_be_had_leaves_the_verdict_open():
    assert result(token(), "signed", key_document=AWAY) == ("inconclusive", "key_unavailable")
    assert result(token(), "issuer", key_document=AWAY) == ("inconclusive", "issuer_unavailable")


@pytest.mark.parametrize("suite", ["ecdsa-rdfc-2019", "bbs-2023", "ecdsa-jcs-2019", "mine-2031"])
def test_a_suite_that_is_not_known_leaves_the_verdict_open_and_is_named(suite):
    proof = {"type": "DataIntegrityProof", "cryptosuite": suite, "proofValue": "z1"}

    report = verification.verify(
        {**unsigned(), "proof": proof}, material("", issuer_known=True), NOW
    )

    assert report.verdict is Verdict.INCONCLUSIVE
    assert report.decisive is not None
    assert (report.decisive.name, report.decisive.detail) == ("signed", {"suite": suite})


def test_what_is_no_suite_at_all_is_refuted():
    for proof in ({"type": "x"}, {"type": "DataIntegrityProof"}, {"cryptosuite": "x"}, {}, 7):
        report = verification.verify({**unsigned(), "proof": proof}, material(""), NOW)

        assert report.checks[1].outcome.value == "failed", proof


def test_a_key_address_is_one_only_where_the_issuer_does_not_hold_the_key():
    assert enveloped.key_address(token(), DID) == KID
    assert enveloped.key_address(token(kid=method()), DID) == ""
    assert enveloped.key_address(token(kid=f"{HOST}/issuer#1"), f"{HOST}/issuer") == ""
    assert enveloped.key_address("a.b.c", DID) == ""
    assert strangers.KID == KID
