"""Statements: what an issuer declares over time, each version chained to the last, and anchored.

    kind                  tag     what it says
    StatusListVersion     0x02    the status list that was published then, by its digest
    IssuerKeyHistory      0x03    the keys that spoke for the issuer, their ends, and who anchors
    AuditTrailHead        0x04    the last seal of the issuer's audit trail, by its digest

    digest = SHA-256(RFC 8785 of the statement)
    leaf   = SHA-256(tag || salt || digest)

A statement holds the digest of the one before it, so whoever has a later one can check every
earlier one, and none can be left out or put in between. It bears no signature: a key that was
stolen could sign another history, and what binds a statement to its time is its anchor. What binds
it to its issuer is the submitter, whom the issuer's DID document names, and who anchors for an
issuer only what was computed from its own rows.

What is made here is hashed and anchored: it never changes (docs/adr/0015).

Sources: RFC 8785 (JCS); RFC 6962 section 2.1; docs/keys.md.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from blockchain.core import anchor, merkle
from credentials.core import canonical
from issuers.core import did

FORMAT = 1
STATUS_LIST, KEY_HISTORY = "StatusListVersion", "IssuerKeyHistory"
TRAIL_HEAD = "AuditTrailHead"
TAGS: Mapping[str, int] = {STATUS_LIST: 0x02, KEY_HISTORY: 0x03, TRAIL_HEAD: 0x04}


class StatementError(ValueError):
    """A statement is not one, or does not follow the one before it."""


def key_history(
    *,
    issuer: str,
    keys: Sequence[did.IssuerKey],
    submitters: Sequence[tuple[str, datetime]],
    sequence: int,
    previous: bytes | None,
    at: datetime,
) -> dict[str, Any]:
    """Write which keys spoke for an issuer, since when and until when, and who anchors for it.

    Args:
        issuer: its DID.
        keys: all its keys, past and present.
        submitters: CAIP-10 accounts, each with the instant since when it is accepted.
        sequence: 1 for the first one, then one more each time.
        previous: the digest of the one before; None of the first.
        at: when this was so.

    Raises:
        StatementError: the first one has a predecessor, or a later one none.
    """
    return {
        **_head(KEY_HISTORY, issuer, sequence, previous, at),
        "keys": [_key(issuer, key) for key in keys],
        "submitters": [
            {"account": account, "acceptedFrom": _timestamp(since)} for account, since in submitters
        ],
    }


def status_list_version(
    *,
    issuer: str,
    url: str,
    published: Mapping[str, Any],
    sequence: int,
    previous: bytes | None,
    at: datetime,
) -> dict[str, Any]:
    """Write which status list was published at an address.

    Args:
        issuer: its DID.
        url: the address of the list.
        published: the list credential, signed; it is kept beside the statement.
        sequence: 1 for the first one at this address, then one more each time.
        previous: the digest of the one before; None of the first.
        at: when it was published.

    Raises:
        StatementError: the first one has a predecessor, or a later one none.
    """
    return {
        **_head(STATUS_LIST, issuer, sequence, previous, at),
        "list": url,
        "listDigest": sha256(canonical.jcs(published)).hexdigest(),
    }


def trail_head(
    *,
    issuer: str,
    seal: int,
    seal_digest: bytes,
    sequence: int,
    previous: bytes | None,
    at: datetime,
) -> dict[str, Any]:
    """Write up to which seal an issuer's audit trail had come.

    Nothing of what is in the trail is told: a seal is a number and a digest.

    Args:
        issuer: its DID.
        seal: the number of the seal.
        seal_digest: its digest, 32 bytes, which covers every entry and every seal before it.
        sequence: 1 for the first one, then one more each time.
        previous: the digest of the one before; None of the first.
        at: when this was so.

    Raises:
        StatementError: the first one has a predecessor, or a later one none.
    """
    return {
        **_head(TRAIL_HEAD, issuer, sequence, previous, at),
        "seal": seal,
        "sealDigest": seal_digest.hex(),
    }


def digest(statement: Mapping[str, Any]) -> bytes:
    """Return the SHA-256 of a statement's canonical JSON, 32 bytes.

    Raises:
        MalformedDocument: it has no canonical JSON.

    Source: RFC 8785.
    """
    return sha256(canonical.jcs(statement)).digest()


def tag(statement: Mapping[str, Any]) -> int:
    """Return the tag of a statement's leaf.

    Raises:
        StatementError: it is of no kind that is known here.
    """
    kind = statement.get("type")
    if not isinstance(kind, str) or kind not in TAGS or statement.get("version") != FORMAT:
        raise StatementError("the statement is of no kind that is known here")
    return TAGS[kind]


def leaf(statement: Mapping[str, Any], *, salt: bytes) -> bytes:
    """Return the leaf that commits to a statement under `salt`, 32 bytes.

    Raises:
        StatementError: it is of no kind that is known here.
        ValueError: the salt is not 32 bytes.
    """
    return merkle.leaf(salt=salt, digest=digest(statement), tag=tag(statement))


def verify(
    statement: Mapping[str, Any],
    proof: anchor.AnchorProof,
    finding: anchor.Finding,
    *,
    submitters: Sequence[str],
    confirmations: int,
) -> None:
    """Return if the chain holds the statement as `proof` says, raise otherwise.

    Args:
        statement: from anybody.
        proof: its receipt.
        finding: what the chain holds for it.
        submitters: CAIP-10 accounts that the issuer accepts.
        confirmations: blocks that a block which is not final must have.

    Raises:
        StatementError: it is of no kind that is known here.
        AnchorError: the anchor does not hold, or cannot be told today (`anchor.Undecided`).
    """
    anchor.verify(
        digest(statement),
        proof,
        finding,
        submitters=submitters,
        confirmations=confirmations,
        tag=tag(statement),
    )


def follows(later: Mapping[str, Any], earlier: Mapping[str, Any]) -> None:
    """Return if one statement is the very next one after another, raise otherwise.

    Raises:
        StatementError: of another kind, issuer or list; not the next one; or of another past.
    """
    for member in ("type", "version", "issuer", "list"):
        if later.get(member) != earlier.get(member):
            raise StatementError(f"they are not about the same {member}")
    if later.get("sequence") != earlier.get("sequence", 0) + 1:
        raise StatementError("one is not the next one after the other")
    if later.get("previous") != digest(earlier).hex():
        raise StatementError("the later one tells of another past")


def _head(
    kind: str, issuer: str, sequence: int, previous: bytes | None, at: datetime
) -> dict[str, Any]:
    if sequence < 1 or (sequence == 1) is not (previous is None):
        raise StatementError("the first statement has no predecessor, and every later one has")
    return {
        "type": kind,
        "version": FORMAT,
        "issuer": issuer,
        "sequence": sequence,
        "previous": None if previous is None else previous.hex(),
        "at": _timestamp(at),
    }


def _key(issuer: str, key: did.IssuerKey) -> dict[str, Any]:
    shown = {"publicKeyMultibase": key.kid} if key.jwk is None else {"publicKeyJwk": dict(key.jwk)}
    return {
        "id": did.verification_method(issuer, key.kid),
        **shown,
        "validFrom": _timestamp(key.valid_from),
        **({"expires": _timestamp(key.expires)} if key.expires is not None else {}),
        **({"revoked": _timestamp(key.revoked)} if key.revoked is not None else {}),
    }


def _timestamp(instant: datetime) -> str:
    if instant.tzinfo is None:
        raise StatementError("an instant needs its zone")
    return instant.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
