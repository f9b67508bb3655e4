"""Questions about a dossier: a badge with everything that its checks need, in one piece.

What is in it proves itself, by a signature, by a digest, or by a chain. What does not is left out:
above all which keys and accounts are the issuer's, which nobody may learn from who shows a badge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from blockchain import selectors as witnessed
from blockchain.core import anchor
from credentials import models
from credentials.core import canonical, contexts, members
from credentials.selectors import anchor_proofs, opened, statements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from issuers import models as issuer_rows

TYPE, VERSION = "AcquisDossier", 1
# The latest version of a list waits for its batch for a day at most, and there are two a day.
_MOST_WAITING = 20


def dossier(*, credential: models.Credential) -> dict[str, Any]:
    """Return a badge with its receipts, contexts, key history and status lists, as last anchored.

    Documents are texts, byte for byte what was signed or hashed.

    Raises:
        NotSigned, Erased: there is no badge to put inside.
    """
    text = opened(credential=credential).document.decode()
    document = canonical.loads(text)
    proofs = anchor_proofs(credential=credential)
    lists = [members.status_address(entry) for entry in members.status_entries(document)]
    return {
        "type": TYPE,
        "version": VERSION,
        "document": text,
        "receipts": [_text(anchor.to_json(proof)) for proof in proofs],
        "contexts": _contexts(document),
        "history": anchored_version(statements.of_keys(issuer=credential.issuer)),
        "versions": [
            {"address": address, **found}
            for address in lists
            if (found := _list_version(credential.issuer, address)) is not None
        ],
        "confirmations": {
            proof.chain: terms.confirmations
            for proof in proofs
            if (terms := witnessed.configured_chains().get(proof.chain)) is not None
        },
    }


def suggested_nodes(*, chain: str) -> list[str]:
    """Return the public nodes of a chain that a reader may ask, if the settings name any.

    No query. Where this is a trial on one machine, its own node: nobody else has that chain.
    """
    named: list[str] = settings.PUBLIC_NODES.get(chain, [])
    if not named and settings.DEBUG and chain == f"eip155:{settings.CHAIN_ID}":
        return list(settings.CHAIN_RPC_URLS)
    return list(named)


def anchored_version(rows: QuerySet[models.Statement]) -> dict[str, str] | None:
    """Return the latest version that is on record, with its receipt; None where none is."""
    for row in rows.order_by("-sequence")[:_MOST_WAITING]:
        proof = witnessed.proof_for(leaf=bytes(row.leaf), salt=bytes(row.salt))
        if proof is not None:
            found = {
                "statement": bytes(row.document).decode(),
                "receipt": _text(anchor.to_json(proof)),
            }
            if row.published is not None:
                found["list"] = bytes(row.published).decode()
            return found
    return None


def _list_version(issuer: issuer_rows.Issuer, address: str) -> dict[str, str] | None:
    found = models.StatusList.objects.named(url=address).filter(issuer=issuer).first()
    return None if found is None else anchored_version(statements.of_list(status_list=found))


def _contexts(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts of the contexts of a document and of status lists, by their addresses."""
    named = {contexts.CREDENTIALS_V2, *document["@context"]}
    return {address: contexts.text(address) for address in sorted(named)}


def _text(value: Mapping[str, Any]) -> str:
    return canonical.jcs(value).decode()
