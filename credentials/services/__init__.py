"""The verbs on credentials: issue, sign, revoke, publish status lists, verify."""

from credentials.services.issuing import Award, Issued, issue
from credentials.services.recommitting import recommit
from credentials.services.revocation import publish_status_lists, revoke
from credentials.services.signing import sign
from credentials.services.verifying import (
    Unverifiable,
    Verification,
    verify_address,
    verify_credential,
    verify_document,
)

__all__ = [
    "Award", "Issued", "Unverifiable", "Verification",
    "issue", "publish_status_lists", "recommit", "revoke", "sign",
    "verify_address", "verify_credential", "verify_document",
]  # fmt: skip
