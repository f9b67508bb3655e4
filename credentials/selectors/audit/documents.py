"""I2, deep: every document opens, is signed, and is what its leaf commits to."""

from typing import Any

from credentials.core import canonical, proof, rdf
from credentials.selectors.audit import tree
from credentials.selectors.audit.keys import Keys
from credentials.selectors.audit.report import Finding
from credentials.selectors.audit.scope import DOCUMENTS, CannotTell, Findings, Scope
from issuers.core import envelope
from issuers.resolvers import keyrings

RESTORE = "docs/runbook.md, Findings of fsck: take the row from a backup"
COLUMNS = (
    "kind", "uuid", "token", "issuer", "did", "sealed", "leaf", "index", "url",
    "suspension_index", "suspension_url", "wrapped_dek",
)  # fmt: skip
QUESTION = (
    "SELECT c.kind, c.uuid, c.token, c.issuer_id, i.did, c.sealed, c.leaf, c.status_index, l.url,"
    f" c.suspension_index, s.url, k.wrapped_dek FROM {DOCUMENTS} c"
    " JOIN issuers_issuer i ON i.id = c.issuer_id"
    " LEFT JOIN credentials_statuslist l ON l.id = c.status_list_id"
    " LEFT JOIN credentials_statuslist s ON s.id = c.suspension_list_id"
    # Who was erased has no key, and nothing of theirs can be read by anybody.
    " JOIN learners_learnerkey k ON k.learner_id = c.learner_id"
    " WHERE c.state = 'signed'"
)


class _Wrong(Exception):  # noqa: N818 - it says what
    """What does not hold of a document."""


def are_what_was_committed(scope: Scope) -> Findings:
    """I2, deep: the stored bytes are signed by the issuer, and lead to the leaf."""
    keys, ring = Keys(scope.rows), keyrings.learner()
    for values in scope.rows.rows(QUESTION):
        row = dict(zip(COLUMNS, values, strict=True))
        scope.count()
        try:
            _examine(row, keys, ring)
        except _Wrong as wrong:
            yield Finding(f"{row['kind']} {row['uuid']}", str(wrong), RESTORE)


def _examine(row: dict[str, Any], keys: Keys, ring: keyrings.Keyring) -> None:
    salt, digest, stored = _open(row, ring)
    if tree.leaf(salt, digest) != bytes(row["leaf"]):
        raise _Wrong("its leaf is not that of its salt and digest")
    try:
        document = canonical.loads(stored)
        if rdf.digest(document) != digest:
            raise _Wrong("its digest is not that of its document")
        keys.verify(document, issuer=row["issuer"])
    except (canonical.MalformedDocument, rdf.CanonicalisationError) as error:
        raise _Wrong(f"its document cannot be read: {error}") from error
    except proof.ProofError as error:
        raise _Wrong(f"its signature does not hold: {error.reason}") from error
    _compare(row, document)


def _open(row: dict[str, Any], ring: keyrings.Keyring) -> tuple[bytes, bytes, bytes]:
    try:
        dek = ring.unwrap([bytes(row["wrapped_dek"])])[0]
        plain = envelope.decrypt(
            bytes(row["sealed"]),
            dek=dek,
            associated=f"acquis/{row['kind']}/1|".encode() + row["uuid"].bytes,
        )
    except keyrings.KeyServiceUnavailable as trouble:
        raise CannotTell(str(trouble)) from trouble
    except envelope.EnvelopeError as error:
        raise _Wrong(f"it does not open: {error}") from error
    return plain[:32], plain[32:64], plain[64:]


def _compare(row: dict[str, Any], document: dict[str, Any]) -> None:
    """Hold what the document says of itself against the columns that are its index."""
    issuer = document.get("issuer")
    if not isinstance(issuer, dict) or issuer.get("id") != row["did"]:
        raise _Wrong("its document names another issuer")
    if not str(document.get("id", "")).endswith(f"/{row['kind']}s/{row['token']}"):
        raise _Wrong("its document has another id")
    status = document.get("credentialStatus")
    entries = status if isinstance(status, list) else [status]
    told = {
        (each.get("statusListCredential"), each.get("statusListIndex"))
        for each in entries
        if isinstance(each, dict)
    }
    kept = ((row["url"], row["index"]), (row["suspension_url"], row["suspension_index"]))
    if told != {(url, str(index)) for url, index in kept if url is not None}:
        raise _Wrong("its document names another status entry")
