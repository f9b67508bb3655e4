"""Conformance to Open Badges 2.0: where a document of that edition departs from the standard.

Both readers use it: what `assertion` writes is read strictly before anybody gets it, and what
others published is read as it is.

Source: Open Badges 2.0 (1EdTech, 2018), "Open Badges Vocabulary"; W3C Linked Data Signatures for
CryptographicKey.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from badges.core import rules
from badges.core.rules import Problem, Rule, Walk, child
from badges.core.schema import NonConformant

CONTEXT = "https://w3id.org/openbadges/v2"

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_HASH = re.compile(r"sha256\$[0-9a-f]{64}")
_OLD_HASH = re.compile(r"(?:sha256\$[0-9A-Fa-f]{64}|md5\$[0-9A-Fa-f]{32})")
_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]+-----END PUBLIC KEY-----\n?")


@dataclass(frozen=True, slots=True)
class _Class:
    """A class of the standard: what each member is, which are needed, what `type` may be."""

    members: Mapping[str, Rule]
    needs: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    also: Callable[[Mapping[str, object], str, Walk], None] | None = None


def problems(document: object, *, strict: bool = False) -> tuple[Problem, ...]:
    """Tell every way in which a document of its own is not one of Open Badges 2.0.

    Args:
        document: parsed JSON: an Assertion, a BadgeClass, an Issuer, a CryptographicKey or a
            RevocationList.
        strict: True for documents made here.

    Returns:
        The problems in the order they were met, at most `rules.MAX_PROBLEMS`.

    Source: Open Badges 2.0, "Open Badges Vocabulary".
    """
    walk = Walk(strict=strict)
    try:
        _examine(document, walk)
        rules.refuse_nothing(document, walk)
    except rules.EnoughError:
        pass
    return tuple(walk.found)


def validate(document: object, *, strict: bool = False) -> None:
    """Return if a document is one of Open Badges 2.0, raise otherwise.

    Args:
        document: parsed JSON, as for `problems`.
        strict: True for documents made here.

    Raises:
        NonConformant: it departs from the standard; `problems` says where.

    Source: Open Badges 2.0, "Open Badges Vocabulary".
    """
    found = problems(document, strict=strict)
    if found:
        raise NonConformant(found)


def _examine(document: object, walk: Walk) -> None:
    if not isinstance(document, Mapping):
        walk.refuse("", "not_an_object", "must be an object")
        return
    contexts = document.get("@context")
    if CONTEXT not in (contexts if isinstance(contexts, list) else [contexts]):
        walk.refuse("/@context", "wrong_context", f"must be {CONTEXT}")
    names = document.get("type")
    known = [name for name in (names if isinstance(names, list) else [names]) if name in _ROOTS]
    if not known:
        walk.refuse("/type", "wrong_type", f"must be one of {', '.join(_ROOTS)}")
        return
    kind = "RevokedAssertion" if document.get("revoked") is True else str(known[0])
    _one(kind)(document, "", walk)


def _one(name: str) -> Rule:
    def rule(value: object, pointer: str, walk: Walk) -> None:
        walk.visit(pointer)
        described = _CLASSES[name]
        if not isinstance(value, Mapping):
            walk.refuse(pointer, "not_an_object", "must be an object")
            return
        names = value.get("type")
        listed = names if isinstance(names, list) else [names]
        if described.types and not any(each in described.types for each in listed):
            accepted = " or ".join(described.types)
            walk.refuse(child(pointer, "type"), "wrong_type", f"must be {accepted}")
        for member in described.needs:
            if member not in value:
                walk.refuse(child(pointer, member), "missing", "is missing")
        for member, judge in described.members.items():
            if member in value:
                judge(value[member], child(pointer, member), walk)
        if described.also is not None:
            described.also(value, pointer, walk)

    return rule


def _many(judge: Rule) -> Rule:
    """Accept one value, or an array of them."""

    def rule(value: object, pointer: str, walk: Walk) -> None:
        if isinstance(value, list):
            for index, item in enumerate(value):
                judge(item, child(pointer, index), walk)
        else:
            judge(value, pointer, walk)

    return rule


def _address_or(name: str) -> Rule:
    """Accept the address of an object, or the object itself."""

    def rule(value: object, pointer: str, walk: Walk) -> None:
        (rules.uri if isinstance(value, str) else _one(name))(value, pointer, walk)

    return rule


def _form(pattern: re.Pattern[str], code: str, message: str) -> Rule:
    def rule(value: object, pointer: str, walk: Walk) -> None:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            walk.refuse(pointer, code, message)

    return rule


def _web(value: object, pointer: str, walk: Walk) -> None:
    if not isinstance(value, str) or not re.match(r"https?://", value):
        walk.refuse(pointer, "not_a_web_address", "must be an address of the web, https://…")
    else:
        rules.uri(value, pointer, walk)


def _recipient(value: Mapping[str, object], pointer: str, walk: Walk) -> None:
    hashed, identity = value.get("hashed"), value.get("identity")
    form = _HASH if walk.strict else _OLD_HASH
    if hashed is True and not (isinstance(identity, str) and form.fullmatch(identity)):
        walk.refuse(child(pointer, "identity"), "not_a_hash", "must be sha256$ and 64 digits")


def _verification(value: Mapping[str, object], pointer: str, walk: Walk) -> None:
    if value.get("type") in ("signed", "SignedBadge") and "creator" not in value:
        walk.refuse(child(pointer, "creator"), "missing", "is missing: which key signed it?")


def _assertion(value: Mapping[str, object], pointer: str, walk: Walk) -> None:
    verification = value.get("verification")
    # Compared, and not looked up in a set: a list in its place has no hash.
    way = verification.get("type") if isinstance(verification, Mapping) else None
    if way in ("hosted", "HostedBadge"):
        _web(value.get("id"), child(pointer, "id"), walk)
    start = rules.read_timestamp(value.get("issuedOn"))
    end = rules.read_timestamp(value.get("expires"))
    if start is not None and end is not None and end < start:
        walk.refuse(child(pointer, "expires"), "order", "must not be before issuedOn")


def _criteria(value: Mapping[str, object], pointer: str, walk: Walk) -> None:
    if "id" not in value and "narrative" not in value:
        walk.refuse(pointer, "missing", "must have an id or a narrative")


_text, _uri = rules.text, rules.uri
_IMAGE = {"image": _address_or("Image")}

_CLASSES: Mapping[str, _Class] = {
    "Assertion": _Class(
        {
            "id": _uri,
            "recipient": _one("IdentityObject"),
            "badge": _address_or("BadgeClass"),
            "verification": _one("Verification"),
            "issuedOn": rules.timestamp,
            "expires": rules.timestamp,
            "narrative": _text,
            "evidence": _many(_address_or("Evidence")),
            **_IMAGE,
        },
        needs=("id", "recipient", "badge", "verification", "issuedOn"),
        types=("Assertion",),
        also=_assertion,
    ),
    "RevokedAssertion": _Class(
        {"id": _uri, "revocationReason": _text}, needs=("id",), types=("Assertion",)
    ),
    "IdentityObject": _Class(
        {"type": _text, "identity": _text, "hashed": rules.boolean, "salt": _text},
        needs=("type", "identity", "hashed"),
        also=_recipient,
    ),
    "Verification": _Class(
        {"creator": _web},
        types=("hosted", "HostedBadge", "signed", "SignedBadge"),
        also=_verification,
    ),
    "BadgeClass": _Class(
        {
            "id": _uri,
            "name": _text,
            "description": _text,
            "criteria": _address_or("Criteria"),
            "issuer": _address_or("Issuer"),
            "alignment": _many(_one("Alignment")),
            "tags": _many(_text),
            "version": _text,
            "related": _many(_address_or("Related")),
            **_IMAGE,
        },
        needs=("id", "name", "description", "image", "criteria", "issuer"),
        types=("BadgeClass",),
    ),
    "Issuer": _Class(
        {
            "id": _web,
            "name": _text,
            "url": _web,
            "email": _form(_EMAIL, "not_an_email", "must be an e-mail address"),
            "description": _text,
            "publicKey": _many(_address_or("CryptographicKey")),
            "revocationList": _web,
            "verification": _one("Scope"),
            **_IMAGE,
        },
        needs=("id", "name", "url", "email"),
        types=("Issuer", "Profile"),
    ),
    "Scope": _Class({"startsWith": _many(_web), "allowedOrigins": _many(_text)}),
    "CryptographicKey": _Class(
        {
            "id": _web,
            "owner": _web,
            "publicKeyPem": _form(_PEM, "not_a_key", "must be a public key in PEM"),
        },
        needs=("id", "owner", "publicKeyPem"),
        types=("CryptographicKey",),
    ),
    "RevocationList": _Class(
        {"id": _web, "issuer": _uri, "revokedAssertions": _many(_address_or("RevokedEntry"))},
        needs=("id", "issuer", "revokedAssertions"),
        types=("RevocationList",),
    ),
    "RevokedEntry": _Class({"id": _uri, "uid": _text, "revocationReason": _text}),
    "Criteria": _Class({"id": _uri, "narrative": _text}, also=_criteria),
    "Alignment": _Class(
        {
            "targetName": _text,
            "targetUrl": _uri,
            "targetDescription": _text,
            "targetFramework": _text,
            "targetCode": _text,
        },
        needs=("targetName", "targetUrl"),
    ),
    "Related": _Class({"id": _uri, "version": _text}, needs=("id",)),
    "Evidence": _Class(
        {
            "id": _uri,
            **dict.fromkeys(("narrative", "name", "description", "genre", "audience"), _text),
        }
    ),
    "Image": _Class({"id": _uri, "caption": _text}, needs=("id",)),
}
_ROOTS = ("Assertion", "BadgeClass", "Issuer", "Profile", "CryptographicKey", "RevocationList")
_CLASSES = {**_CLASSES, "Profile": _CLASSES["Issuer"]}
