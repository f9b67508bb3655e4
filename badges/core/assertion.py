"""The Open Badges 2.0 edition of an award: the same statement, for those who read no later one.

It is made from the credential of Open Badges 3.0, so there is one source: the recipient is its
hashed address with its salt, the badge its achievement, the issuer its profile. What 2.0 has no
words for is left out: results, credits, activity dates, roles, licence numbers, endorsements,
languages. What 2.0 cannot do without and 3.0 can (an address and an e-mail of the issuer, a picture
of the badge, a recipient with an e-mail address) must be there, or there is no such edition.

    hosted   its address is its proof: what is served there is what was awarded
    signed   the claims of a JWS, `credentials.core.jose.sign`, by an RSA key that the issuer lists

Source: Open Badges 2.0 (1EdTech, 2018), "Open Badges Vocabulary" and "Verification".
"""

from collections.abc import Mapping, Sequence
from typing import Any

from badges.core import schema2
from badges.core.schema2 import CONTEXT

# Validators of 1EdTech pass over a list of one entry, so there is always one more.
SENTINEL = "urn:uuid:00000000-0000-4000-8000-000000000000"
# A reader fetches the whole list; past this an issuer needs a new one.
MAX_REVOKED = 40_000

_HASHED = "sha256$"


class NotExpressible(ValueError):  # noqa: N818 - it says what is wrong
    """Open Badges 2.0 needs something that the award does not have; the message says what."""


def issuer(
    profile: Mapping[str, Any],
    *,
    id: str,  # noqa: A002 - the standard's word
    keys: Sequence[str] = (),
    revocation_list: str | None = None,
    starts_with: Sequence[str] = (),
) -> dict[str, Any]:
    """Write the Issuer.

    Args:
        profile: the Profile of Open Badges 3.0.
        id: where this document is served.
        keys: addresses of its CryptographicKeys, past ones included.
        revocation_list: address of its RevocationList.
        starts_with: where its hosted assertions are, more narrowly than its whole site.

    Raises:
        NotExpressible: the profile has no `url` or no `email`.
        NonConformant: a part departs from the standard; `problems` says where.

    Source: Open Badges 2.0, class Profile.
    """
    for member in ("url", "email"):
        if not profile.get(member):
            raise NotExpressible(f"An Issuer of Open Badges 2.0 has an address of its {member}.")
    return _checked(
        {
            "@context": CONTEXT,
            "type": "Issuer",
            "id": id,
            "name": profile.get("name"),
            "url": profile["url"],
            "email": profile["email"],
            "description": profile.get("description"),
            "telephone": profile.get("phone"),
            "image": _image(profile.get("image")),
            "publicKey": keys[0] if len(keys) == 1 else list(keys),
            "revocationList": revocation_list,
            "verification": _said(
                {
                    "type": "VerificationObject",
                    "startsWith": list(starts_with),
                }
            )
            if starts_with
            else None,
        }
    )


def badge_class(
    achievement: Mapping[str, Any],
    *,
    id: str,  # noqa: A002 - the standard's word
    issuer: str,
    image: str | None = None,
) -> dict[str, Any]:
    """Write the BadgeClass.

    Args:
        achievement: the Achievement of Open Badges 3.0.
        id: where this document is served.
        issuer: address of the Issuer.
        image: address of the picture, where it is not the achievement's.

    Raises:
        NotExpressible: there is no picture.
        NonConformant: a part departs from the standard; `problems` says where.

    Source: Open Badges 2.0, class BadgeClass.
    """
    picture = image or _image(achievement.get("image"))
    if picture is None:
        raise NotExpressible("A BadgeClass of Open Badges 2.0 has a picture.")
    return _checked(
        {
            "@context": CONTEXT,
            "type": "BadgeClass",
            "id": id,
            "name": achievement.get("name"),
            "description": achievement.get("description"),
            "image": picture,
            "criteria": _members(achievement.get("criteria"), ("id", "narrative")),
            "issuer": issuer,
            "tags": achievement.get("tag"),
            "version": achievement.get("version"),
            "alignment": [_alignment(each) for each in achievement.get("alignment", [])],
            "related": [
                {"type": "BadgeClass", **_members(each, ("id", "version"))}
                for each in achievement.get("related", [])
            ],
        }
    )


def hosted(
    credential: Mapping[str, Any],
    *,
    id: str,  # noqa: A002 - the standard's word
    badge: str,
    image: str | None = None,
) -> dict[str, Any]:
    """Write the Assertion that is believed because of where it is served.

    Args:
        credential: the OpenBadgeCredential, with its proof or without.
        id: where this document is served, under the site of the issuer.
        badge: address of the BadgeClass.
        image: address of the baked picture.

    Raises:
        NotExpressible: the recipient is not named by an e-mail address, hashed or not.
        NonConformant: a part departs from the standard; `problems` says where.

    Source: Open Badges 2.0, class Assertion, "Hosted Verification".
    """
    return _assertion(credential, {"type": "hosted"}, id=id, badge=badge, image=image)


def signed(
    credential: Mapping[str, Any],
    *,
    id: str,  # noqa: A002 - the standard's word
    badge: str,
    key: str,
    image: str | None = None,
) -> dict[str, Any]:
    """Write the Assertion that goes into a JWS.

    Args:
        credential: the OpenBadgeCredential, with its proof or without.
        id: a `urn:uuid:` of its own.
        badge: address of the BadgeClass.
        key: address of the CryptographicKey that signs.
        image: address of the baked picture.

    Raises:
        NotExpressible: the recipient is not named by an e-mail address, hashed or not.
        NonConformant: a part departs from the standard; `problems` says where.

    Source: Open Badges 2.0, class Assertion, "Signed Verification".
    """
    verification = {"type": "signed", "creator": key}
    return _assertion(credential, verification, id=id, badge=badge, image=image)


def revoked(*, id: str, reason: str | None = None) -> dict[str, Any]:  # noqa: A002 - the standard's word
    """Write what a hosted Assertion becomes when it is revoked, served with the status 410.

    Raises:
        NonConformant: `id` is not an address.

    Source: Open Badges 2.0, "Hosted Verification", revocation.
    """
    return _checked(
        {
            "@context": CONTEXT,
            "type": "Assertion",
            "id": id,
            "revoked": True,
            "revocationReason": reason,
        }
    )


def cryptographic_key(*, id: str, owner: str, pem: str) -> dict[str, Any]:  # noqa: A002 - the standard's word
    """Write the CryptographicKey.

    Args:
        id: where this document is served; the Issuer lists it.
        owner: address of the Issuer.
        pem: the RSA public key, SubjectPublicKeyInfo in PEM.

    Raises:
        NonConformant: a part departs from the standard; `problems` says where.

    Source: Open Badges 2.0, class CryptographicKey.
    """
    return _checked(
        {
            "@context": CONTEXT,
            "type": "CryptographicKey",
            "id": id,
            "owner": owner,
            "publicKeyPem": pem,
        }
    )


def revocation_list(
    *,
    id: str,  # noqa: A002 - the standard's word
    issuer: str,
    revoked: Mapping[str, str | None],
) -> dict[str, Any]:
    """Write the RevocationList of signed assertions, with a sentinel that was never issued.

    Args:
        id: where this document is served; the Issuer names it.
        issuer: address of the Issuer.
        revoked: ids of assertions, and why; at most MAX_REVOKED.

    Raises:
        NotExpressible: there are more.
        NonConformant: a part departs from the standard; `problems` says where.

    Source: Open Badges 2.0, class RevocationList.
    """
    if len(revoked) > MAX_REVOKED:
        raise NotExpressible(f"A RevocationList holds at most {MAX_REVOKED} assertions here.")
    entries = [_said({"id": each, "revocationReason": why}) for each, why in revoked.items()]
    sentinels = [{"id": f"{SENTINEL[:-1]}{number}"} for number in range(max(1, 2 - len(entries)))]
    return _checked(
        {
            "@context": CONTEXT,
            "type": "RevocationList",
            "id": id,
            "issuer": issuer,
            "revokedAssertions": [*sentinels, *entries],
        }
    )


def _assertion(
    credential: Mapping[str, Any],
    verification: Mapping[str, str],
    *,
    id: str,  # noqa: A002 - the standard's word
    badge: str,
    image: str | None,
) -> dict[str, Any]:
    subject = credential.get("credentialSubject", {})
    return _checked(
        {
            "@context": CONTEXT,
            "type": "Assertion",
            "id": id,
            "recipient": _recipient(subject),
            "badge": badge,
            "verification": dict(verification),
            "issuedOn": credential.get("awardedDate", credential.get("validFrom")),
            "expires": credential.get("validUntil"),
            "image": image,
            "narrative": subject.get("narrative"),
            "evidence": [_evidence(each) for each in credential.get("evidence", [])],
        }
    )


def _recipient(subject: Mapping[str, Any]) -> dict[str, Any]:
    """Take the recipient over: the hash of 3.0 is that of 2.0, of the same address and salt."""
    for identity in subject.get("identifier", []):
        value = identity.get("identityHash", "")
        if identity.get("identityType") != "emailAddress":
            continue
        if identity.get("hashed") is True and value.startswith(_HASHED):
            salt = {"salt": identity["salt"]} if "salt" in identity else {}
            return {"type": "email", "hashed": True, "identity": value.lower(), **salt}
        if identity.get("hashed") is False:
            return {"type": "email", "hashed": False, "identity": value}
    raise NotExpressible("A recipient of Open Badges 2.0 is named by an e-mail address.")


def _alignment(alignment: Mapping[str, Any]) -> dict[str, Any]:
    words = ("targetName", "targetUrl", "targetDescription", "targetFramework", "targetCode")
    return _members(alignment, words)


def _evidence(evidence: Mapping[str, Any]) -> dict[str, Any]:
    words = ("id", "name", "narrative", "description", "genre", "audience")
    return {"type": "Evidence", **_members(evidence, words)}


def _image(image: Mapping[str, Any] | str | None) -> dict[str, Any] | str | None:
    """Write a picture: its address alone, or with what it shows."""
    if not isinstance(image, Mapping) or "caption" not in image:
        return image.get("id") if isinstance(image, Mapping) else image
    return {"type": "schema:ImageObject", "id": image.get("id"), "caption": image["caption"]}


def _members(source: Mapping[str, Any] | None, names: Sequence[str]) -> dict[str, Any]:
    return {name: source[name] for name in names if source is not None and name in source}


def _said(members: dict[str, Any]) -> dict[str, Any]:
    """Leave out what was not said."""
    return {name: value for name, value in members.items() if value is not None and value != []}


def _checked(members: dict[str, Any]) -> dict[str, Any]:
    document = _said(members)
    schema2.validate(document, strict=True)
    return document
