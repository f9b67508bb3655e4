"""IdentityObject: a document says whom it is about to those who already know, and to nobody else.

The hash is that of the value and a salt of its own, SHA-256(UTF-8(value) + UTF-8(salt)). Values are
normalised first, so that "Zoé.Martin@Example.org " and "zoé.martin@example.org" are one address,
and a name typed with a decomposed accent or two spaces is the same name.

Source: Open Badges 3.0, data model IdentityObject and section "Verify recipient".
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

EMAIL = "emailAddress"
NAME = "name"

# RFC 5321 section 4.5.3.1.3: a path is at most 256 octets with its angle brackets.
MAX_EMAIL = 254
MAX_NAME = 200
MIN_SALT = 16

_HASH = re.compile(r"sha256\$[0-9a-fA-F]{64}")
_SPACE = re.compile(r"\s")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class IdentityError(ValueError):
    """A value cannot stand for a person, or an IdentityObject cannot be compared.

    Attributes:
        reason: stable code, for translations; empty where nobody who enrols can be at fault.
    """

    def __init__(self, message: str, reason: str = "") -> None:
        """Keep the code beside the message."""
        super().__init__(message)
        self.reason = reason


def normalise_email(email: str) -> str:
    """Return the address as it is hashed: NFC, without spaces around it, in lower case.

    Raises:
        IdentityError: not one local part, one `@` and one domain; or longer than 254 characters.

    Source: Open Badges 3.0, "Verify recipient" (lower case is a recommendation, and ours is written
    down here).
    """
    address = email.strip().lower()
    if not address.isascii():
        address = unicodedata.normalize("NFC", unicodedata.normalize("NFC", email.strip()).lower())
    local, _, domain = address.rpartition("@")
    if len(address) > MAX_EMAIL:
        raise IdentityError(
            f"the e-mail address takes more than {MAX_EMAIL} characters", "email_too_long"
        )
    if (
        not local
        or not domain
        or "@" in local
        or _SPACE.search(address)
        or _CONTROL.search(address)
    ):
        raise IdentityError("the e-mail address is not of the form name@domain", "email_form")
    return address


def normalise_name(name: str) -> str:
    """Return the name as it is hashed: NFC, spaces of any kind folded into one, case kept.

    Raises:
        IdentityError: empty, longer than 200 characters, or with control characters.

    Source: Unicode Standard Annex 15.
    """
    folded = " ".join(unicodedata.normalize("NFC", name).split())
    if not folded:
        raise IdentityError("the name is empty", "name_empty")
    if len(folded) > MAX_NAME:
        raise IdentityError(f"the name takes more than {MAX_NAME} characters", "name_too_long")
    if _CONTROL.search(folded):
        raise IdentityError("the name holds control characters", "name_control")
    return folded


def identity_hash(value: str, salt: str) -> str:
    """Return `sha256$` and the hexadecimal SHA-256 of the value followed by the salt.

    Source: Open Badges 3.0, data model IdentityHash.
    """
    return "sha256$" + hashlib.sha256(value.encode() + salt.encode()).hexdigest()


def identity_object(*, identity_type: str, value: str, salt: str) -> dict[str, Any]:
    """Write an IdentityObject that does not show the value.

    Args:
        identity_type: `emailAddress`, `name`, or another member of the standard's enumeration.
        value: the value as a person gives it; it is normalised by its type.
        salt: at least 16 random characters, drawn for this object alone.

    Raises:
        IdentityError: the value is not of its type, or the salt is too short to hide it.

    Source: Open Badges 3.0, data model IdentityObject.
    """
    if len(salt) < MIN_SALT:
        raise IdentityError(
            f"a salt takes at least {MIN_SALT} characters: a short one lets the value be guessed"
        )
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": identity_hash(_normalise(identity_type, value), salt),
        "identityType": identity_type,
        "salt": salt,
    }


def matches(value: str, identity_object: Mapping[str, Any]) -> bool:
    """Tell whether an IdentityObject, ours or anybody's, is about this value.

    Both the normalised value and the value as given are tried: other issuers do not always
    normalise.

    Raises:
        IdentityError: the object is malformed, or uses another hash than SHA-256.

    Source: Open Badges 3.0, section "Verify recipient".
    """
    hashed = identity_object.get("hashed")
    expected = identity_object.get("identityHash")
    salt = identity_object.get("salt", "")
    if not isinstance(hashed, bool) or not isinstance(expected, str) or not isinstance(salt, str):
        raise IdentityError(
            "the IdentityObject needs a boolean `hashed`, and `identityHash` and `salt` as text"
        )
    if hashed and not _HASH.fullmatch(expected):
        raise IdentityError("the identityHash is not sha256$ and 64 hexadecimal digits")
    try:
        normalised = _normalise(str(identity_object.get("identityType")), value)
    except IdentityError:
        normalised = value  # then only the value as given can match
    for candidate in dict.fromkeys((normalised, value)):
        if hashed and _same(identity_hash(candidate, salt), expected.lower()):
            return True
        if not hashed and _same(candidate, expected):
            return True
    return False


def _normalise(identity_type: str, value: str) -> str:
    if identity_type == EMAIL:
        return normalise_email(value)
    if identity_type == NAME:
        return normalise_name(value)
    return value


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(
        left.encode(errors="surrogatepass"), right.encode(errors="surrogatepass")
    )
