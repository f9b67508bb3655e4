"""The second and third check of a VC-JWT: is it signed, and by a key of the issuer that it names.

A token comes with a claim about its key: `kid`, an address, or `jwk`, the key itself. Either serves
to see that nothing was changed (2). Neither says whose key it is (3): the issuer's own document
must list that very key for assertions. Where the issuer is an address of the web that serves no
such document, a key that is published on that issuer's own origin is taken for the issuer's.

Sources: Open Badges 3.0 section 8.2 (JSON Web Token Proof Format); RFC 8725 section 3; trust model
T28.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from credentials.core import canonical, hosting, jose, members, proof
from credentials.core.report import Material, Outcome, Result, Unavailable
from issuers.core import base64url, did, jwk
from issuers.core.keys import KeyFormatError

# Signatures that others make in earnest, and that no verifier of Open Badges 3.0 has to read. What
# is signed by one of them is not checked here; every other name is refused.
OTHER_ALGORITHMS = frozenset(
    {
        *("EdDSA", "Ed25519", "Ed448", "ES256K", "ES384", "ES512"),
        *("PS256", "PS384", "PS512", "RS384", "RS512", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"),
    }
)
# VC-JWT of Open Badges 3.0, and what VC-JOSE-COSE asks for (section 3.1.1).
TYPES = frozenset({jose.TYPE, "vc+jwt", "vc+ld+json+jwt"})
# Of an issuer's keys that are compared with one of a token: an RSA key and a P-256 key, and some
# years of those before.
MAX_COMPARED = 64


class KeyUnavailable(proof.ProofError):
    """The key that it takes to tell could not be had."""

    reason = "key-unavailable"


@dataclass(frozen=True, slots=True)
class _Claimed:
    """The key that a token claims: where it was found, and how the token names it."""

    key: jwk.PublicKey
    method: str


def algorithm(token: str) -> str:
    """Return the `alg` of a token, from anybody; an empty text where none can be read."""
    try:
        header = canonical.loads(base64url.decode(token[: jose.MAX_HEADER].partition(".")[0]))
    except (base64url.Base64Error, canonical.MalformedDocument):
        return ""
    found = header.get("alg")
    return found[:40] if isinstance(found, str) else ""


def key_address(token: str, issuer: str) -> str:
    """Return where the key of a token is to be read, if not in its issuer's own document.

    Args:
        token: a compact JWS, from anybody.
        issuer: the id of the issuer that the credential names.

    Source: Open Badges 3.0 section 8.2.3.
    """
    try:
        kid = jose.read(token, types=TYPES).kid or ""
    except proof.ProofError:
        return ""
    base, hash_, _fragment = kid.partition("#")
    return "" if not kid.startswith("http") or (hash_ and base == issuer) else kid


def content(token: str, *, issuer: str, at: datetime, material: Material) -> dict[str, Any]:
    """Return the credential in a token that is an issuer's: signed, and by a key that it lists.

    For what an issuer publishes beside its credentials: status lists, endorsements.

    Raises:
        proof.ProofError: it is not signed by the key that it names, or cannot be read.
        did.DidError: that key is not the issuer's.
        KeyUnavailable: the key or the issuer's document could not be had.
    """
    read = jose.read(token, types=TYPES)
    claimed = _claimed(read, issuer, material)
    if isinstance(claimed, Unavailable):
        raise KeyUnavailable(claimed.reason)
    document = _said(jose.verify(read, key=claimed.key), at)
    _outcome, reason, detail = _whose(claimed, issuer, at, at, material)
    if reason == "issuer_unavailable":
        raise KeyUnavailable(detail["why"])
    return document


def _said(payload: bytes, at: datetime) -> dict[str, Any]:
    """Return the document in the payload of a token that is no badge: claims need not be there.

    Others leave out `exp`, or write the second of signing into `nbf` (VC-JOSE-COSE section 3.1.1
    asks for none of them). Those that are there must not contradict the document.

    Raises:
        ProofError: they do, or there is no document.
    """
    try:
        said = canonical.loads(payload)
    except canonical.MalformedDocument as error:
        raise jose.TokenMalformed(f"the payload cannot be read: {error}") from None
    document = {name: value for name, value in said.items() if name not in jose.CLAIMS}
    expected = {"iss": members.issuer_id(document), "jti": document.get("id")}
    for claim, value in expected.items():
        if said.get(claim, value) != value:
            raise jose.ClaimMismatch(f"the claim {claim} is not what the document says")
    end = said.get("exp")
    if end is not None and not (isinstance(end, int | float) and at.timestamp() < end):
        raise jose.ClaimMismatch("the claim exp is over")
    return document


# -- 2 ---------------------------------------------------------------------------------------------


def signed(document: Mapping[str, Any], material: Material) -> Result:
    """Tell whether the token is exactly what was signed by the key that it names.

    Source: Open Badges 3.0 section 8.2.6; RFC 8725 sections 3.1 and 3.10.
    """
    named = algorithm(material.token)
    if named in OTHER_ALGORITHMS:
        return Outcome.INCONCLUSIVE, "algorithm_unknown", {"suite": named}
    try:
        token = jose.read(material.token, types=TYPES)
        claimed = _claimed(token, members.issuer_id(document), material)
        if isinstance(claimed, Unavailable):
            return Outcome.INCONCLUSIVE, "key_unavailable", {"why": claimed.reason}
        content = jose.verify_credential(token, key=claimed.key)
    except proof.ProofError as error:
        return Outcome.FAILED, error.reason, {"message": str(error)}
    if content != document:
        return Outcome.FAILED, "claim-mismatch", {"message": "the token holds another credential"}
    return Outcome.PASSED, "signed", {"method": claimed.method, "suite": named}


def _claimed(token: jose.Token, issuer: str, material: Material) -> _Claimed | Unavailable:
    """Return the key that the token claims; whose it is, is the next check's question.

    Raises:
        ProofError: it shows a key that is none, or names two that differ.
    """
    if token.kid is None:
        if token.key is None:
            return Unavailable("key", "the token names no key")
        return _Claimed(token.key, "jwk")
    found = _named(token.kid, issuer, material)
    if isinstance(found, Unavailable):
        # The token may bring the key along: good enough to see that nothing was changed.
        return found if token.key is None else _Claimed(token.key, token.kid)
    try:
        return _Claimed(
            jwk.of_method(found) if "controller" in found else jwk.to_key(found), token.kid
        )
    except KeyFormatError as error:
        raise jose.KeyMismatch(f"the key at {token.kid[:200]}: {error}") from None


def _named(kid: str, issuer: str, material: Material) -> Mapping[str, Any] | Unavailable:
    """Return the verification method or the JWK that a `kid` leads to."""
    base, hash_, _fragment = kid.partition("#")
    if hash_ and base == issuer:
        if isinstance(material.did_document, Unavailable):
            return material.did_document
        return _method(material.did_document, kid)
    if material.key_document is None:
        return Unavailable("key", "the key that the token names is not its issuer's")
    return material.key_document


def _method(document: Mapping[str, Any], name: str) -> Mapping[str, Any] | Unavailable:
    relation = document.get("assertionMethod")
    listed = document.get("verificationMethod")
    for candidates in (listed, relation):
        for each in candidates if isinstance(candidates, list) else ():
            # Compared, and not looked up in a set: a list in its place has no hash.
            if isinstance(each, Mapping) and each.get("id") in (name, f"#{name.partition('#')[2]}"):
                return {"controller": "", **each}
    return Unavailable("key", f"the issuer publishes no key {name[:200]}")


# -- 3 ---------------------------------------------------------------------------------------------


def issuer(  # noqa: PLR0911 - one return for each way to be another's
    document: Mapping[str, Any], material: Material, now: datetime
) -> Result:
    """Tell whether the key that the token claims is one of the issuer that the credential names.

    Source: Open Badges 3.0 section 8.2.6; trust model T1 and T28.
    """
    named = members.issuer_id(document)
    at = members.instant(document.get("validFrom"))
    try:
        token = jose.read(material.token, types=TYPES)
        signer, hash_, _fragment = (token.kid or "").partition("#")
        if hash_ and signer.startswith("did:") and signer != named:
            return Outcome.FAILED, "foreign_key", {"issuer": named, "method": str(token.kid)[:200]}
        claimed = _claimed(token, named, material)
        if at is None:
            return Outcome.FAILED, "no_signing_date", {}
        if isinstance(claimed, Unavailable):
            return Outcome.INCONCLUSIVE, "issuer_unavailable", {"why": claimed.reason}
        return _whose(claimed, named, at, now, material)
    except proof.ProofError as error:
        if algorithm(material.token) in OTHER_ALGORITHMS:
            return Outcome.INCONCLUSIVE, "algorithm_unknown", {}
        return Outcome.FAILED, error.reason, {"message": str(error)}
    except did.KeyNotValid as error:
        return Outcome.FAILED, "key_not_valid", {"message": str(error)}
    except did.DidError as error:
        return Outcome.FAILED, "key_not_listed", {"message": str(error)}


def _whose(
    claimed: _Claimed, issuer: str, at: datetime, now: datetime, material: Material
) -> Result:
    own = material.did_document
    if isinstance(own, Unavailable) or not _assertion_ids(own):
        if hosting.origin(claimed.method) == hosting.origin(issuer) != "":
            return Outcome.INCONCLUSIVE, "issuer_by_origin", {"issuer": issuer}
        if isinstance(own, Unavailable):
            return Outcome.INCONCLUSIVE, "issuer_unavailable", {"why": own.reason}
    revoked = _require_listed(own, claimed, at)
    if revoked is not None and revoked <= now:
        # No anchor comes with a token, and a thief writes any date into it.
        message = f"the key is revoked since {revoked.isoformat(timespec='seconds')}; no anchor"
        return Outcome.FAILED, "key_compromised", {"message": message}
    return known(issuer, material)


def known(issuer: str, material: Material) -> Result:
    """Tell what is known of an issuer whose key it is: ours, self-asserted, or a stranger."""
    if material.issuer_known:
        return Outcome.PASSED, "issuer", {"issuer": issuer}
    if issuer.startswith(("did:key:", "did:jwk:")):
        return Outcome.INCONCLUSIVE, "self_asserted", {"issuer": issuer}
    return Outcome.INCONCLUSIVE, "issuer_unknown", {"issuer": issuer}


def _require_listed(
    document: Mapping[str, Any], claimed: _Claimed, at: datetime
) -> datetime | None:
    """Return since when the claimed key is revoked, if the issuer's document lists that very key.

    Raises:
        KeyNotValid: it does, and the key had ended at that time.
        DidError: it does not.
    """
    shown, names = jwk.from_key(claimed.key), _assertion_ids(document)
    for name in [claimed.method] if claimed.method in names else names[:MAX_COMPARED]:
        try:
            method = did.listed_method(document, name)
            if jwk.from_key(jwk.of_method(method)) != shown:
                continue
            expires, revoked = did.ends(method)
        except (KeyFormatError, did.DidError):
            continue
        if any(end is not None and at >= end for end in (expires, revoked)):
            raise did.KeyNotValid(f"{name} had ended when it signed")
        return revoked
    raise did.KeyNotListed("the issuer's document does not list the key of the token")


def _assertion_ids(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the absolute ids of what a document lists for assertions; nothing is judged."""
    relation, controller = document.get("assertionMethod"), str(document.get("id"))
    listed = relation[: did.MAX_METHODS] if isinstance(relation, list) else ()
    named = (each.get("id") if isinstance(each, Mapping) else each for each in listed)
    return tuple(
        controller + each if each.startswith("#") else each
        for each in named
        if isinstance(each, str) and each
    )
