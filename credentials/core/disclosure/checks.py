"""What the checks of a verification say of a badge that is shown in part.

Check 2 is by the issuer's P-256 key, check 3 finds that key in the DID document, and check 6 is
about the whole badge: a part has no leaf of its own. Where the whole is at hand, the part must be a
part of it, and then its anchor counts: whoever stole the key alone can make no badge that we call
verified. Where it is not, nothing is known of an anchor.

A reader cannot tell what was never said from what is hidden. Our own issuers let neither the end
nor the status be hidden; of others it is not known, so their absence leaves checks 4 and 5 open.

Source: Data Integrity ECDSA Cryptosuites 1.0 section 3.6.7 and section 6.
"""

from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from credentials.core import proof
from credentials.core.disclosure import parts, proof_value, suite
from credentials.core.report import Material, Outcome, Result, Unavailable
from issuers.core import did, jwk
from issuers.core.keys import KeyFormatError

NO_RECORD: Result = (Outcome.NOT_APPLICABLE, "shown_in_part", {})


def is_derived(document: Mapping[str, Any]) -> bool:
    """Say whether a document has a proof of ecdsa-sd-2023, and none of eddsa-rdfc-2022."""
    found = document.get("proof")
    if isinstance(found, dict):
        return found.get("cryptosuite") == suite.CRYPTOSUITE
    listed = found if isinstance(found, list) else [found]
    suites = {each.get("cryptosuite") for each in listed if isinstance(each, dict)
              if isinstance(each.get("cryptosuite"), str)}  # fmt: skip
    return suite.CRYPTOSUITE in suites and proof.CRYPTOSUITE not in suites


def proof_of(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the proof that the checks are about, of either suite, checked in form only.

    Raises:
        ProofError: as `proof.proof_of`.
    """
    name = suite.CRYPTOSUITE if is_derived(document) else proof.CRYPTOSUITE
    return proof.proof_of(document, cryptosuite=name)


def signed(document: Mapping[str, Any], material: Material) -> Result:
    """Tell whether what is shown is exactly what was signed (check 2).

    Raises:
        ProofError: it is not; a subclass says why.
    """
    method = str(proof_of(document).get("verificationMethod", ""))
    public_key = _named_key(method, material)
    if isinstance(public_key, Unavailable):
        return Outcome.INCONCLUSIVE, "key_unavailable", {"why": public_key.reason}
    suite.verify(document, public_key=public_key)
    return Outcome.PASSED, "signed_in_part", {"method": method}


def listed_key(did_document: Mapping[str, Any], verification_method: str) -> did.ListedKey:
    """Return the P-256 key that a verification method names, with its ends (check 3).

    Raises:
        DidError: as `did.listed_method`; the key is of another kind, or not the one of its name.
    """
    method = did.listed_method(did_document, verification_method)
    listed = _p256(method)
    if listed is None:
        raise did.DidError(f"{verification_method} is not a P-256 key")
    named = _p256({"publicKeyMultibase": verification_method.partition("#")[2]})
    # A name that is no Multikey says nothing of the key, which check 2 read from this document too.
    if named is not None and named != listed:
        raise did.KeyNotListed(f"{verification_method} is listed with another key")
    return did.ListedKey(proof_value.key_bytes(listed)[2:], *did.ends(method))


def doubt(document: Mapping[str, Any], result: Result) -> Result:
    """Leave open what only the absence of a member answered (checks 4 and 5).

    Args:
        document: of an issuer that is not known here.
        result: what the check came to.
    """
    if not is_derived(document):
        return result
    if result[1] == "no_status":
        return Outcome.INCONCLUSIVE, "status_may_be_hidden", {}
    if result[1] == "in_time" and "validUntil" not in document:
        return Outcome.INCONCLUSIVE, "end_may_be_hidden", {}
    return result


def whole_of(document: Mapping[str, Any], material: Material) -> Mapping[str, Any] | Result:
    """Return the badge whose record counts for a part (check 6), or what else is to be said.

    Args:
        document: with a derived proof.
        material: with the whole badge, where it is at hand.
    """
    if material.whole is None:
        if material.issuer_known:
            return Outcome.INCONCLUSIVE, "whole_unknown", {}
        return NO_RECORD
    shown = {name: value for name, value in document.items() if name != "proof"}
    if not is_part(shown, parts.under(material.whole, str(document.get("id")))):
        return Outcome.FAILED, "not_part_of_whole", {}
    return material.whole


def is_part(part: object, whole: object) -> bool:
    """Say whether a value is another with members or items left out, in its order.

    Args:
        part: JSON, at most as deep as `canonical.loads` takes.
        whole: the same.
    """
    if isinstance(part, Mapping) and isinstance(whole, Mapping):
        return all(name in whole and is_part(value, whole[name]) for name, value in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        # Each takes the first that is left: if any choice works, this one does.
        left = iter(whole)
        return all(any(is_part(item, other) for other in left) for item in part)
    return part == whole and isinstance(part, bool) == isinstance(whole, bool)


def _named_key(method: str, material: Material) -> ec.EllipticCurvePublicKey | Unavailable:
    """Return the key that the proof names: from its fragment where that is a Multikey.

    Else from the DID document. Whether it is the issuer's is the next check's question.
    """
    found = _p256({"publicKeyMultibase": method.partition("#")[2]})
    if found is not None:
        return found
    if isinstance(material.did_document, Unavailable):
        return material.did_document
    listed = material.did_document.get("verificationMethod")
    for candidate in listed if isinstance(listed, list) else ():
        if isinstance(candidate, Mapping) and candidate.get("id") == method:
            found = _p256(candidate)
            if found is not None:
                return found
    return Unavailable("key", f"the issuer publishes no P-256 key {method[:200]}")


def _p256(method: Mapping[str, Any]) -> ec.EllipticCurvePublicKey | None:
    try:
        key = jwk.of_method(method)
    except KeyFormatError:
        return None
    is_p256 = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
    return key if is_p256 else None  # type: ignore[return-value] # it was asked just above
