"""The issuers' public keys, for signatures that an audit checks itself."""

from collections.abc import Mapping
from typing import Any

from credentials.core import proof
from credentials.selectors.audit.snapshot import Snapshot
from issuers.core import did
from issuers.core import keys as formats


class UnknownKey(proof.ProofError):
    """The proof names a key that the issuer never had."""

    reason = "key-unknown"


class Keys:
    """Every key that ever spoke for an issuer, by verification method. Nothing secret is read."""

    def __init__(self, rows: Snapshot) -> None:
        found = rows.rows(
            "SELECT i.id, i.did, k.kid FROM issuers_signingkey k"
            " JOIN issuers_issuer i ON i.id = k.issuer_id WHERE k.kind = 'ed25519'"
        )
        self._keys = {
            (issuer, did.verification_method(identifier, key)): formats.decode_multikey(key)
            for issuer, identifier, key in found
        }

    def verify(self, document: Mapping[str, Any], *, issuer: int) -> None:
        """Return if a document is signed by a key of that issuer.

        Raises:
            ProofError: it is not; `reason` says why.
        """
        method = str(proof.proof_of(document)["verificationMethod"])
        key = self._keys.get((issuer, method))
        if key is None:
            raise UnknownKey(f"{method} is no key of issuer {issuer}")
        proof.verify(document, public_key=key)
