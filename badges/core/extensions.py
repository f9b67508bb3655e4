"""The services of 1EdTech that a credential can point to: schema, refresh, list of what is revoked.

Their types are defined by a context of their own, which `document.open_badge_credential` names when
one of them is used: without it JSON-LD has no word for them and the signature would not cover them.

Source: Open Badges 3.0 sections 5 (credentialSchema), 9 (refresh, revocation); 1EdTech Credential
Refresh Service 1.0; 1EdTech Revocation List Status Method 1.0.
"""

from collections.abc import Mapping
from typing import Any

from badges.core import rules, vocabulary
from badges.core.document import DocumentError

SCHEMA = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)


def credential_schema() -> dict[str, str]:
    """Write the `credentialSchema` that every OpenBadgeCredential conforms to.

    Source: Open Badges 3.0 appendix B (CredentialSchema).
    """
    return {"id": SCHEMA, "type": vocabulary.SCHEMA_VALIDATOR}


def refresh_service(url: str) -> dict[str, str]:
    """Write the `refreshService` of a credential.

    Args:
        url: answers with the newest signed form of the credential: same id, same issuer.

    Raises:
        DocumentError: it is not an address of the web.

    Source: 1EdTech Credential Refresh Service 1.0.
    """
    return {"id": _web(url), "type": vocabulary.CREDENTIAL_REFRESH}


def revocation_status(url: str) -> dict[str, str]:
    """Write the `credentialStatus` that points to a list of what is revoked.

    It names every revoked credential to everybody; a Bitstring Status List does not, and is what
    this program puts into credentials. The list is served all the same, for those who ask.

    Args:
        url: answers with `revocation_list`.

    Raises:
        DocumentError: it is not an address of the web.

    Source: 1EdTech Revocation List Status Method 1.0.
    """
    return {"id": _web(url), "type": vocabulary.REVOCATION_LIST}


def revocation_list(*, url: str, issuer: str, revoked: Mapping[str, str | None]) -> dict[str, Any]:
    """Write the list of what an issuer revoked.

    Args:
        url: where it is served, and its id.
        issuer: id of the issuer.
        revoked: ids of credentials, and why.

    Raises:
        DocumentError: an address is not one.

    Source: 1EdTech Revocation List Status Method 1.0.
    """
    entries = []
    for credential, reason in revoked.items():
        entry: dict[str, Any] = {"id": _uri(credential), "revoked": True}
        entries.append(entry | ({"revocationReason": reason} if reason else {}))
    return {"id": _web(url), "issuer": _uri(issuer), "revokedCredential": entries}


def _web(address: str) -> str:
    if not address.startswith(("https://", "http://")):
        raise DocumentError(f"{address[:200]!r} is not an address of the web, https://….")
    return _uri(address)


def _uri(address: str) -> str:
    walk = rules.Walk(strict=True)
    rules.uri(address, "", walk)
    if walk.found:
        raise DocumentError(f"{address[:200]!r} is not a whole address.")
    return address
