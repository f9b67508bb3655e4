"""The export that verifiers of Blockcerts accept: what keeps a credential from it, and the export.

Source: Blockcerts v3; `credentials.core.blockcerts`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from blockchain import selectors as witnessed
from credentials import models, selectors
from credentials.core import blockcerts, canonical, merkle_proof
from issuers import selectors as issuers
from issuers.core import blockcerts as profiles
from issuers.core import did

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from blockchain.core.anchor import AnchorProof
    from issuers import models as issuer_rows


class NotExportable(Exception):  # noqa: N818 - it says what is wrong
    """No verifier of Blockcerts would accept an export; `obstacles` says why, each in one word."""

    def __init__(self, obstacles: tuple[str, ...]) -> None:
        super().__init__(", ".join(obstacles))
        self.obstacles = obstacles


def obstacles(document: Mapping[str, Any], proof: AnchorProof | None) -> tuple[str, ...]:
    """Tell everything that keeps a credential from being exported; no query.

    Args:
        document: The signed document.
        proof: The anchor proof that would be exported; None where it is not on record yet.

    Returns:
        Any of `keys_not_shown`, `not_anchored`, `not_final`, `other_chain`, and the members of the
        document that those verifiers cannot read: `credentialStatus`, `credentialSchema`,
        `evidence`.
    """
    found = [] if settings.BLOCKCERTS else ["keys_not_shown"]
    if proof is None:
        found.append("not_anchored")
    else:
        if proof.chain not in merkle_proof.NETWORKS:
            found.append("other_chain")
        if proof.state != "finalized":
            found.append("not_final")
    return (*found, *blockcerts.obstacles(document))


def best_of(proofs: Sequence[AnchorProof]) -> AnchorProof | None:
    """Return the first proof on a chain where those verifiers look; else the first of all."""
    seen = [proof for proof in proofs if proof.chain in merkle_proof.NETWORKS]
    return next(iter([*seen, *proofs]), None)


def export(*, credential: models.Credential) -> dict[str, Any]:
    """Return the credential with its anchor as a second proof; a few queries.

    Raises:
        NotSigned, Erased: there is no document.
        NotExportable: it would be refused; `obstacles` says why.
    """
    opened = selectors.opened(credential=credential)
    document = canonical.loads(opened.document)
    proof = best_of(selectors.anchor_proofs(credential=credential))
    found = obstacles(document, proof)
    if proof is None or found:
        raise NotExportable(found)
    method = profiles.verification_method(
        issuers.blockcerts_address(issuer=credential.issuer), proof.submitter
    )
    return blockcerts.export(document, proof, verification_method=method)


def revocation_list_address(*, issuer: issuer_rows.Issuer) -> str:
    """Return where the list of revoked credentials is; no query."""
    return f"{issuers.address(issuer=issuer)}/blockcerts/revoked"


def issuer_profile(*, issuer: issuer_rows.Issuer) -> dict[str, Any] | None:
    """Return the issuer as verifiers of Blockcerts read it; two queries, and one per account.

    None until an account has anchored for it: the profile is about those accounts.
    """
    submitters = [
        profiles.Submitter(
            address=account.rpartition(":")[2],
            key=profiles.submitter_key(key),
            accepted_from=since,
        )
        for account, since in issuers.accounts(issuer=issuer)
        if (key := witnessed.submitter_key(account)) is not None
    ]
    if not submitters:
        return None
    listed = profiles.with_jwk(did.did_document(issuer.did, issuers.key_history(issuer=issuer)))
    return profiles.profile(
        url=issuers.blockcerts_address(issuer=issuer),
        name=issuer.name,
        home=issuer.url or issuers.address(issuer=issuer),
        email=issuer.email or None,
        submitters=submitters,
        signers=[each for each in listed["verificationMethod"] if "publicKeyJwk" in each],
        revocation_list=revocation_list_address(issuer=issuer),
    )


def revocation_list(*, issuer: issuer_rows.Issuer, only: str = "") -> dict[str, Any]:
    """Return the ids of what the issuer revoked, with the public reasons; one query.

    Args:
        issuer: Whose list it is.
        only: The id of the one credential that the reader asks about; all of them without it.
    """
    rows = models.Credential.objects.of(issuer).filter(revoked_at__isnull=False).order_by("id")
    if only:
        token = only.rpartition("/")[2]
        # The database takes no NUL, and no token has one.
        rows = rows.filter(token=token) if token.isprintable() else rows.none()
    return profiles.revocation_list(
        url=revocation_list_address(issuer=issuer),
        issuer=issuer.did,
        revoked={
            selectors.address(token=token): reason
            for token, reason in rows.values_list("token", "revocation_reason")
        },
    )
