"""I9: what is shown of a key is what was put on record of it, and dates agree with the chain."""

from datetime import UTC, datetime, timedelta
from typing import Any

from credentials.core import canonical
from credentials.selectors.audit.report import Finding
from credentials.selectors.audit.scope import Findings, Scope

# As verification allows (credentials.core.authority), and no more.
TOLERANCE = timedelta(minutes=10)
KEYS = "docs/runbook.md, The keys are not those on record"
DATES = "docs/runbook.md, Findings of fsck"


def agree(scope: Scope) -> Findings:
    """I9: no key has a better past than was stated of it; nothing was signed after its anchor."""
    yield from _keys(scope)
    yield from _dates(scope)


def _keys(scope: Scope) -> Findings:
    """Hold the rows of keys against the last history of each issuer: it only ever gets more."""
    rows = {
        (issuer, f"{did}#{kid}"): {"expires": expires, "revoked": revoked, "validFrom": valid_from}
        for issuer, did, kid, valid_from, expires, revoked in scope.rows.rows(
            "SELECT i.id, i.did, k.kid, k.valid_from, k.expires_at, k.revoked_at"
            " FROM issuers_signingkey k JOIN issuers_issuer i ON i.id = k.issuer_id"
        )
    }
    latest = scope.rows.rows(
        "SELECT DISTINCT ON (issuer_id) issuer_id, sequence, document FROM credentials_statement"
        " WHERE kind = 'keys' ORDER BY issuer_id, sequence DESC"
    )
    for issuer, sequence, document in latest:
        try:
            told = canonical.loads(bytes(document))["keys"]
        except (canonical.MalformedDocument, KeyError):
            continue  # I2 tells of it
        for key in told:
            scope.count()
            problem = _problem(key, rows.get((issuer, key["id"])))
            if problem:
                yield Finding(f"key {key['id']}", f"{problem}, says version {sequence}", KEYS)


def _problem(key: dict[str, Any], row: dict[str, Any] | None) -> str:
    if row is None:
        return "it is gone, and spoke for the issuer"
    for end in ("revoked", "expires"):
        if end in key and (row[end] is None or _written(row[end]) > key[end]):
            return f"it is {end} since {key[end]}, and no longer shown so"
    if _written(row["validFrom"]) != key["validFrom"]:
        return f"it speaks for the issuer since {key['validFrom']}, and is shown otherwise"
    return ""


def _dates(scope: Scope) -> Findings:
    """Hold the dates of signing against the blocks: nothing is anchored before it is signed."""
    impossible = scope.rows.rows(
        "SELECT c.kind, c.uuid, c.signed_at, min(b.block_time) FROM"
        " (SELECT 'credential' AS kind, uuid, signed_at, leaf FROM credentials_credential"
        "  UNION ALL SELECT 'transcript', uuid, signed_at, leaf FROM credentials_transcript) c"
        " JOIN blockchain_commitment m ON m.leaf = c.leaf"
        " JOIN blockchain_batch b ON b.id = m.batch_id AND b.state IN ('confirmed', 'finalized')"
        " WHERE c.signed_at > b.block_time + %s GROUP BY c.kind, c.uuid, c.signed_at",
        [TOLERANCE],
    )
    for kind, uuid, signed_at, anchored_at in impossible:
        yield Finding(
            f"{kind} {uuid}",
            f"it was signed at {_written(signed_at)}, and on the chain at {_written(anchored_at)}",
            DATES,
        )


def _written(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
