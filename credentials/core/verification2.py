"""The verification walk of Open Badges 2.0: an Assertion, what was fetched for it, one report.

The seven checks have the numbers, the names and the meanings of `verification`. What carries them
is another standard: an Assertion is *hosted*, and then what its own address answers is the badge,
or *signed*, and then it is a JWS.

1. The Assertion, its BadgeClass and its Issuer conform to Open Badges 2.0.
2. Hosted: what was handed over is what its address answers. Signed: the JWS is the key's that it
   names.
3. Hosted: the address lies within the scope of the Issuer. Signed: the key names the Issuer as its
   owner, and the Issuer lists the key.
4. It stands. Hosted: its address does not say that it was revoked. Signed: the Issuer's revocation
   list does not name it.
5. `now` lies between `issuedOn` and `expires`.
6. It is anchored: not of this edition.
7. It is about the person that the reader has in mind; only when an e-mail address is given.

Not done here: fetching anything (credentials.services.gathering2).

Sources: Open Badges 2.0, "Verification" (hosted, signed), "Revocation", "Implementation".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from badges.core import rules, schema2
from credentials.core import canonical, enveloped, hosting, jose, proof
from credentials.core.hosting import Found
from credentials.core.report import Check, Outcome, Report, Result, Unavailable
from credentials.core.verification import NAMES
from issuers.core import jwk
from issuers.core.keys import KeyFormatError
from learners.core import identity

# What the standard calls the ways in which a person is named, and what version 3.0 calls them.
_IDENTITY_TYPES = {"email": identity.EMAIL, "telephone": "phone", "url": "url"}
_MAX_LISTED = 100_000


@dataclass(frozen=True, slots=True)
class Material:
    """Everything outside an Assertion that its checks need, each part found or Unavailable.

    Attributes:
        badge: The BadgeClass, from its own address, or as the Assertion holds it.
        issuer: The Issuer, from its own address, or as the BadgeClass holds it.
        issuer_known: Whether this installation knows the issuer.
        hosted: What the Assertion's own address answers; None where the Assertion is signed.
        is_gone: Whether that answer says that it is there no longer (410).
        token: The JWS of a signed Assertion.
        key: The CryptographicKey that a signed Assertion names.
        revocations: The Issuer's RevocationList; None where it names none.
        identity: Pairs of identity type and value to compare.
    """

    badge: Found
    issuer: Found
    issuer_known: bool = False
    hosted: Found | None = None
    is_gone: bool = False
    token: str = ""
    key: Found | None = None
    revocations: Found | None = None
    identity: tuple[tuple[str, str], ...] = ()


_Step = Callable[[Mapping[str, Any], Material, datetime], Result]


def verify(assertion: Mapping[str, Any], material: Material, now: datetime) -> Report:
    """Check an Assertion and report, one line per check; never raises for what it says.

    Args:
        assertion: As it was handed over, or taken out of its JWS.
        material: What was gathered for it.
        now: The instant of the verification, aware.

    Returns:
        A report with the seven checks of the module's docstring, in that order.

    Source: Open Badges 2.0, "Verification".
    """
    steps: tuple[_Step, ...] = (_conforms, _signed, _issuer, _stands, _in_time, _anchored, _about)
    results = [step(assertion, material, now) for step in steps]
    checks = [
        Check(number, name, *result)
        for number, (name, result) in enumerate(zip(NAMES, results, strict=True), start=1)
    ]
    return Report(tuple(checks), now)


def is_signed(assertion: Mapping[str, Any]) -> bool:
    """Say whether an Assertion claims to be verified by its signature."""
    return _way(assertion) in {"signed", "SignedBadge"}


def key_address(assertion: Mapping[str, Any], issuer: Found) -> str:
    """Return the address of the key of a signed Assertion, or an empty text.

    Where the Assertion names none, it is the first key of the Issuer.

    Source: Open Badges 2.0, VerificationObject `creator`.
    """
    verification = assertion.get("verification")
    named = verification.get("creator") if isinstance(verification, Mapping) else None
    if named is None and isinstance(issuer, Mapping):
        named = next(iter(hosting.ids(issuer.get("publicKey"))), None)
    return named if isinstance(named, str) else ""


# -- 1 ---------------------------------------------------------------------------------------------


def _conforms(assertion: Mapping[str, Any], material: Material, now: datetime) -> Result:
    parts: tuple[tuple[str, object], ...] = (
        ("", assertion), ("/badge", material.badge), ("/badge/issuer", material.issuer),
    )  # fmt: skip
    for pointer, part in parts:
        if isinstance(part, Unavailable):
            continue
        problems = schema2.problems(part)
        # A part within another takes its context from there.
        counted = [each for each in problems if not pointer or each.code != "wrong_context"]
        if counted:
            first = counted[0]
            return (
                Outcome.FAILED,
                "nonconformant2",
                {
                    "pointer": pointer + first.pointer,
                    "message": first.message,
                    "count": str(len(counted)),
                },
            )
    missing = [part for _pointer, part in parts if isinstance(part, Unavailable)]
    if missing and assertion.get("revoked") is not True:
        return Outcome.INCONCLUSIVE, "parts_unavailable", {"why": missing[0].reason}
    return Outcome.PASSED, "conforms2", {}


# -- 2 ---------------------------------------------------------------------------------------------


def _signed(assertion: Mapping[str, Any], material: Material, now: datetime) -> Result:
    if material.token:
        return _by_its_key(assertion, material)
    if is_signed(assertion):
        return Outcome.FAILED, "proof-missing", {"message": "it says that it is signed: by no JWS"}
    hosted = material.hosted
    if hosted is None or isinstance(hosted, Unavailable):
        why = hosted.reason if isinstance(hosted, Unavailable) else "it has no address"
        return Outcome.INCONCLUSIVE, "hosted_unavailable", {"why": why}
    if material.is_gone or hosted.get("revoked") is True:
        return Outcome.NOT_APPLICABLE, "hosted_gone", {}
    pointer = hosting.difference(assertion, hosted, badge=material.badge, issuer=material.issuer)
    if pointer is not None:
        return Outcome.FAILED, "hosted_differs", {"pointer": pointer}
    return Outcome.PASSED, "hosted", {"method": str(assertion.get("id"))}


def _by_its_key(assertion: Mapping[str, Any], material: Material) -> Result:
    """Verify the JWS with the key that the Assertion names: RS256, the algorithm of the edition."""
    named = enveloped.algorithm(material.token)
    if named in enveloped.OTHER_ALGORITHMS:
        return Outcome.INCONCLUSIVE, "algorithm_unknown", {"suite": named}
    if not isinstance(material.key, Mapping):
        why = material.key.reason if isinstance(material.key, Unavailable) else "it names no key"
        return Outcome.INCONCLUSIVE, "key_unavailable", {"why": why}
    try:
        token = jose.read(material.token, types=frozenset({jose.TYPE, "JWS", "JOSE", "JOSE+JSON"}))
        payload = jose.verify(token, key=jwk.of_pem(str(material.key.get("publicKeyPem"))))
    except KeyFormatError as error:
        return Outcome.INCONCLUSIVE, "key_unavailable", {"why": str(error)}
    except proof.ProofError as error:
        return Outcome.FAILED, error.reason, {"message": str(error)}
    if canonical.loads(payload) != assertion:
        return Outcome.FAILED, "claim-mismatch", {"message": "the token holds another badge"}
    return Outcome.PASSED, "signed", {"method": str(material.key.get("id")), "suite": named}


# -- 3 ---------------------------------------------------------------------------------------------


def _issuer(assertion: Mapping[str, Any], material: Material, now: datetime) -> Result:
    badge, issuer = material.badge, material.issuer
    if isinstance(badge, Unavailable):
        return Outcome.INCONCLUSIVE, "issuer_unavailable", {"why": badge.reason}
    if isinstance(issuer, Unavailable):
        return Outcome.INCONCLUSIVE, "issuer_unavailable", {"why": issuer.reason}
    name = str(issuer.get("id", ""))
    if hosting.name_of(badge.get("issuer")) != name:
        return Outcome.FAILED, "another_issuer", {"issuer": name}
    problem = (
        _key_problem(issuer, material)
        if material.token
        else _place_problem(assertion, issuer, material)
    )
    if problem is not None:
        return problem
    if material.issuer_known:
        return Outcome.PASSED, "issuer2", {"issuer": name}
    return Outcome.INCONCLUSIVE, "issuer_unknown2", {"issuer": name}


def _key_problem(issuer: Mapping[str, Any], material: Material) -> Result | None:
    """Return why the key of a signed Assertion is not the Issuer's: each must name the other."""
    key = material.key
    if not isinstance(key, Mapping):
        why = key.reason if isinstance(key, Unavailable) else "it names no key"
        return Outcome.INCONCLUSIVE, "issuer_unavailable", {"why": why}
    if key.get("owner") != issuer.get("id"):
        return Outcome.FAILED, "foreign_key", {}
    if key.get("id") not in hosting.ids(issuer.get("publicKey")):
        return Outcome.FAILED, "key_not_listed", {"message": "the issuer's publicKey is another"}
    return None


def _place_problem(
    assertion: Mapping[str, Any], issuer: Mapping[str, Any], material: Material
) -> Result | None:
    """Return why the address of a hosted Assertion is not one that the Issuer speaks for."""
    if is_signed(assertion):
        return Outcome.FAILED, "proof-missing", {"message": "it says that it is signed: by no JWS"}
    if not hosting.in_scope(str(assertion.get("id", "")), issuer, is_known=material.issuer_known):
        return Outcome.FAILED, "out_of_scope", {"issuer": str(issuer.get("id", ""))}
    return None


# -- 4 ---------------------------------------------------------------------------------------------


def _stands(  # noqa: PLR0911 - one return for each reason to doubt
    assertion: Mapping[str, Any], material: Material, now: datetime
) -> Result:
    if not material.token:
        return _stands_at_home(material)
    revocations = material.revocations
    if isinstance(material.issuer, Unavailable):
        return Outcome.INCONCLUSIVE, "status_unavailable", {"why": material.issuer.reason}
    if revocations is None:
        return Outcome.NOT_APPLICABLE, "no_status", {}
    if isinstance(revocations, Unavailable):
        return Outcome.INCONCLUSIVE, "status_unavailable", {"why": revocations.reason}
    detail = {"list": str(revocations.get("id", ""))}
    listed = revocations.get("revokedAssertions")
    if hosting.name_of(revocations.get("issuer")) != material.issuer.get("id"):
        return Outcome.INCONCLUSIVE, "status_untrusted", {"why": "another issuer's list"}
    for entry in (listed if isinstance(listed, list) else [listed])[:_MAX_LISTED]:
        if _names(entry, assertion):
            return Outcome.FAILED, "revoked_plainly", detail
    return Outcome.PASSED, "stands_plainly", detail


def _stands_at_home(material: Material) -> Result:
    hosted = material.hosted
    if material.is_gone or (isinstance(hosted, Mapping) and hosted.get("revoked") is True):
        return Outcome.FAILED, "revoked_at_home", {}
    if not isinstance(hosted, Mapping):
        why = hosted.reason if isinstance(hosted, Unavailable) else "it has no address"
        return Outcome.INCONCLUSIVE, "hosted_unavailable", {"why": why}
    return Outcome.PASSED, "stands_at_home", {}


def _names(entry: object, assertion: Mapping[str, Any]) -> bool:
    """Say whether an entry of a revocation list names the Assertion: by its id, or its old uid."""
    name, uid = assertion.get("id"), assertion.get("uid")
    if isinstance(entry, Mapping):
        return (name is not None and entry.get("id") == name) or (
            uid is not None and entry.get("uid") == uid
        )
    return name is not None and entry == name


# -- 5 ---------------------------------------------------------------------------------------------


def _in_time(assertion: Mapping[str, Any], material: Material, now: datetime) -> Result:
    if assertion.get("revoked") is True:
        return Outcome.NOT_APPLICABLE, "no_dates", {}
    start = rules.read_timestamp(assertion.get("issuedOn"))
    end = rules.read_timestamp(assertion.get("expires"))
    if start is None or ("expires" in assertion and end is None):
        return Outcome.FAILED, "no_validity", {}
    if now < start:
        return Outcome.FAILED, "not_yet_valid", {"valid_from": str(assertion["issuedOn"])}
    if end is not None and end <= now:
        return Outcome.FAILED, "expired", {"valid_until": str(assertion["expires"])}
    return Outcome.PASSED, "in_time", {}


# -- 6 ---------------------------------------------------------------------------------------------


def _anchored(assertion: Mapping[str, Any], material: Material, now: datetime) -> Result:
    return Outcome.NOT_APPLICABLE, "no_receipt", {}


# -- 7 ---------------------------------------------------------------------------------------------


def _about(assertion: Mapping[str, Any], material: Material, now: datetime) -> Result:
    if not material.identity:
        return Outcome.NOT_APPLICABLE, "no_identity_given", {}
    recipient = assertion.get("recipient")
    recipient = recipient if isinstance(recipient, Mapping) else {}
    named = _IDENTITY_TYPES.get(str(recipient.get("type", "email")), "")
    person = {
        "hashed": recipient.get("hashed"),
        "identityHash": recipient.get("identity"),
        "identityType": named,
        "salt": recipient.get("salt", ""),
    }
    for kind, value in material.identity:
        if kind != named:
            return Outcome.INCONCLUSIVE, "identity_not_in_document", {"type": kind}
        try:
            if not identity.matches(value, person):
                return Outcome.FAILED, "another_person", {"type": kind}
        except identity.IdentityError:
            return Outcome.INCONCLUSIVE, "identity_not_in_document", {"type": kind}
    return Outcome.PASSED, "about", {"types": named}


# -- Reading ---------------------------------------------------------------------------------------


def _way(assertion: Mapping[str, Any]) -> str:
    verification = assertion.get("verification")
    kind = verification.get("type") if isinstance(verification, Mapping) else None
    return kind if isinstance(kind, str) else ""
