"""I1 and I2 for statements: each is on record, and is what its leaf and its successor say."""

from hashlib import sha256
from typing import Any

from credentials.core import canonical
from credentials.selectors.audit import tree
from credentials.selectors.audit.report import Finding
from credentials.selectors.audit.scope import Findings, Scope

REBUILD = "stop the workers, then manage.py rebuild_proofs; if it stays, --recommit"
RESTORE = "docs/runbook.md, Findings of fsck: take the row from a backup"
TAGS = {"StatusListVersion": b"\x02", "IssuerKeyHistory": b"\x03", "AuditTrailHead": b"\x04"}
KINDS = {"list": "StatusListVersion", "keys": "IssuerKeyHistory", "head": "AuditTrailHead"}
COLUMNS = (
    "kind", "issuer", "did", "list", "url", "sequence", "document", "published", "digest", "salt",
    "leaf",
)  # fmt: skip
QUESTION = (
    "SELECT s.kind, s.issuer_id, i.did, s.status_list_id, l.url, s.sequence, s.document,"
    " s.published, s.digest, s.salt, s.leaf FROM credentials_statement s"
    " JOIN issuers_issuer i ON i.id = s.issuer_id"
    " LEFT JOIN credentials_statuslist l ON l.id = s.status_list_id"
    " ORDER BY s.issuer_id, s.kind, s.status_list_id, s.sequence"
)


def name(kind: str, did: str, url: str | None, sequence: int) -> str:
    """Name a statement as people find it."""
    return f"statement {sequence} of {url or did} ({kind})"


def are_each_in_one_batch(scope: Scope) -> Findings:
    """I1: a statement's leaf is committed."""
    lost = scope.rows.rows(
        "SELECT s.kind, i.did, l.url, s.sequence FROM credentials_statement s"
        " JOIN issuers_issuer i ON i.id = s.issuer_id"
        " LEFT JOIN credentials_statuslist l ON l.id = s.status_list_id"
        " WHERE NOT EXISTS (SELECT FROM blockchain_commitment m WHERE m.leaf = s.leaf)"
        " ORDER BY s.id"
    )
    for row in lost:
        yield Finding(name(*row), "its leaf is in no batch and waits for none", REBUILD)


def are_chained(scope: Scope) -> Findings:
    """I2: a statement leads to its leaf, and holds the digest of the one before it."""
    before: dict[str, Any] = {}
    for values in scope.rows.rows(QUESTION):
        row = dict(zip(COLUMNS, values, strict=True))
        scope.count()
        same = all(row[each] == before.get(each) for each in ("kind", "issuer", "list"))
        for problem in _problems(row, before if same else None):
            yield Finding(
                name(row["kind"], row["did"], row["url"], row["sequence"]), problem, RESTORE
            )
        before = row


def _problems(row: dict[str, Any], before: dict[str, Any] | None) -> list[str]:
    stored, digest, kind = bytes(row["document"]), bytes(row["digest"]), KINDS[row["kind"]]
    if sha256(stored).digest() != digest:
        return ["its digest is not that of its document"]
    if tree.leaf(bytes(row["salt"]), digest, TAGS[kind]) != bytes(row["leaf"]):
        return ["its leaf is not that of its salt and digest"]
    try:
        told = canonical.loads(stored)
    except canonical.MalformedDocument as error:
        return [f"its document cannot be read: {error}"]
    wanted = {
        "type": kind,
        "issuer": row["did"],
        "list": row["url"],
        "sequence": row["sequence"],
        "previous": bytes(before["digest"]).hex() if before else None,
    }
    problems = [
        f"its document says another {member}"
        for member, value in wanted.items()
        if told.get(member) != value
    ]
    if row["sequence"] != (before["sequence"] + 1 if before else 1):
        problems.append("the version before it is not there")
    if row["published"] is not None and not _is_list(told, bytes(row["published"])):
        problems.append("the list that is kept with it is not the one that it names")
    return problems


def _is_list(told: dict[str, Any], published: bytes) -> bool:
    try:
        text = canonical.jcs(canonical.loads(published))
    except canonical.MalformedDocument:
        return False
    return bool(told.get("listDigest") == sha256(text).hexdigest())
