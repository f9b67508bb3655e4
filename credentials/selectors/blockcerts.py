"""The export that verifiers of Blockcerts accept: what keeps a credential from it, and the export.

Source: Blockcerts v3; `credentials.core.blockcerts`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from credentials import selectors
from credentials.core import blockcerts, canonical, merkle_proof
from issuers import selectors as issuers
from issuers.core import blockcerts as profiles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blockchain.core.anchor import AnchorProof
    from credentials import models


class NotExportable(Exception):  # noqa: N818 - it says what is wrong
    """No verifier of Blockcerts would accept an export; `obstacles` says why, each in one word."""

    def __init__(self, obstacles: tuple[str, ...]) -> None:
        super().__init__(", ".join(obstacles))
        self.obstacles = obstacles


def obstacles(document: Mapping[str, Any], proof: AnchorProof | None) -> tuple[str, ...]:
    """Tell everything that keeps a credential from being exported; no query.

    Args:
        document: The signed document.
        proof: Its anchor proof; None where it is not on record yet.

    Returns:
        Any of `not_anchored`, `not_final`, `other_chain`, and the members of the document that
        those verifiers cannot read: `credentialStatus`, `credentialSchema`, `evidence`.
    """
    found = []
    if proof is None:
        found.append("not_anchored")
    else:
        if proof.chain not in merkle_proof.NETWORKS:
            found.append("other_chain")
        if proof.state != "finalized":
            found.append("not_final")
    return (*found, *blockcerts.obstacles(document))


def export(*, credential: models.Credential) -> dict[str, Any]:
    """Return the credential with its anchor as a second proof; four queries.

    Raises:
        NotSigned, Erased: there is no document.
        NotExportable: it would be refused; `obstacles` says why.
    """
    opened = selectors.opened(credential=credential)
    document = canonical.loads(opened.document)
    proof = selectors.anchor_proof(credential=credential)
    found = obstacles(document, proof)
    if proof is None or found:
        raise NotExportable(found)
    method = profiles.verification_method(
        issuers.blockcerts_address(issuer=credential.issuer), proof.submitter
    )
    return blockcerts.export(document, proof, verification_method=method)
