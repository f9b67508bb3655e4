"""I1, I2 and I11: every credential is there once, in one batch, with one index of one list."""

from credentials.core import status_list as lists
from credentials.selectors.audit.report import Finding
from credentials.selectors.audit.scope import DOCUMENTS, TOO_LATE, Findings, Scope, batch

REBUILD = "stop the workers, then manage.py rebuild_proofs; if it stays, --recommit"
REPLACED = "docs/runbook.md, A reorganisation past finality"
NAMES = {
    "credentials_credential": (
        ("uuid",), ("token",), ("issuer_id", "reference"),
        ("issuer_id", "status_list_id", "status_index"),
        ("issuer_id", "suspension_list_id", "suspension_index"), ("leaf",),
    ),
    "credentials_transcript": (
        ("uuid",), ("token",), ("issuer_id", "reference"),
        ("issuer_id", "status_list_id", "status_index"), ("leaf",),
    ),
    "blockchain_commitment": (("leaf", "chain", "signer"), ("batch_id", "leaf_index")),
    "blockchain_batch": (("root", "chain", "signer"), ("sender_id", "nonce")),
    "blockchain_attempt": (("transaction",),),
}  # fmt: skip


def are_each_in_one_batch(scope: Scope) -> Findings:
    """I1: a signed credential's leaf is committed once; a batch has its leaves; none is stuck."""
    scope.count(scope.rows.value(f"SELECT count(*) FROM {DOCUMENTS} c WHERE c.state = 'signed'"))
    lost = scope.rows.rows(
        f"SELECT c.kind, c.uuid FROM {DOCUMENTS} c WHERE c.state = 'signed' AND NOT EXISTS"
        " (SELECT FROM blockchain_commitment m WHERE m.leaf = c.leaf)"
    )
    for kind, uuid in lost:
        yield Finding(f"{kind} {uuid}", "its leaf is in no batch and waits for none", REBUILD)
    yield from _missing_on_a_lane(scope)
    gaps = scope.rows.rows(
        "SELECT b.id, b.root, b.tree_size, count(m.id), min(m.leaf_index), max(m.leaf_index)"
        " FROM blockchain_batch b LEFT JOIN blockchain_commitment m ON m.batch_id = b.id"
        " GROUP BY b.id HAVING count(m.id) <> b.tree_size OR min(m.leaf_index) <> 0"
        " OR max(m.leaf_index) <> b.tree_size - 1"
    )
    for pk, root, size, count, least, most in gaps:
        places = "none" if least is None else f"{least} to {most}"
        problem = f"{count} of {size} leaves are at its positions ({places})"
        yield Finding(batch(pk, root), problem, REBUILD)
    yield from _stuck(scope)


def _missing_on_a_lane(scope: Scope) -> Findings:
    """Name what is on some lane, and not on every one that its issuer had when it was signed."""
    missing = scope.rows.rows(
        "SELECT c.kind, c.uuid, l.chain, l.signer FROM issuers_anchoringlane l"
        f" JOIN {DOCUMENTS} c ON c.issuer_id = l.issuer_id AND c.state = 'signed'"
        " AND c.signed_at >= l.active_from"
        " AND (l.active_until IS NULL OR c.signed_at < l.active_until)"
        " WHERE EXISTS (SELECT FROM blockchain_commitment m WHERE m.leaf = c.leaf)"
        " AND NOT EXISTS (SELECT FROM blockchain_commitment m"
        " WHERE m.leaf = c.leaf AND m.chain = l.chain AND m.signer = l.signer)"
    )
    for kind, uuid, chain, signer in missing:
        lane = f"{chain}/{signer}" if signer else chain
        yield Finding(
            f"{kind} {uuid}", f"its leaf was promised to {lane} and is not there", REBUILD
        )


def _stuck(scope: Scope) -> Findings:
    """Name batches that will not come to an end by themselves."""
    stuck = scope.rows.rows(
        "SELECT id, root, state, failure FROM blockchain_batch WHERE state = 'failed'"
        " OR failure <> ''"
        " OR state IN ('signed', 'broadcast', 'mined', 'confirmed') AND sealed_at < %s ORDER BY id",
        [scope.now - TOO_LATE],
    )
    for pk, root, state, failure in stuck:
        if state == "failed":
            yield Finding(
                batch(pk, root),
                f"it failed: {failure}",
                "docs/runbook.md, A batch failed: its credentials have no anchor until then",
            )
        elif failure:
            yield Finding(batch(pk, root), f"it is {state} and flagged: {failure}", REPLACED)
        else:
            yield Finding(
                batch(pk, root),
                f"it is {state} for more than a day after it was sealed",
                "docs/runbook.md, A transaction is stuck",
            )


def have_a_status_entry(scope: Scope) -> Findings:
    """I2, without opening documents: each has an index of its own that its list gave away."""
    owners = scope.rows.rows("SELECT id, issuer_id, url, taken FROM credentials_statuslist")
    for pk, issuer, url, taken in owners:
        given = bytes(taken)
        if len(given) * 8 != lists.SIZE:
            yield Finding(f"status list {url}", "it has another size", "restore it from a backup")
            continue
        entries = scope.rows.rows(
            f"SELECT c.kind, c.uuid, c.issuer_id, c.status_index FROM {DOCUMENTS} c"
            " WHERE c.status_list_id = %s UNION ALL"
            f" SELECT c.kind, c.uuid, c.issuer_id, c.suspension_index FROM {DOCUMENTS} c"
            " WHERE c.suspension_list_id = %s",
            [pk, pk],
        )
        seen: set[int] = set()
        for kind, uuid, holder, index in entries:
            scope.count()
            if index in seen:
                problem = f"something else has index {index} of its status list too"
            elif holder != issuer:
                problem = "its status list belongs to another issuer"
            elif not 0 <= index < lists.SIZE:
                problem = f"index {index} is outside its status list"
            elif not given[index >> 3] & 0x80 >> (index & 7):
                problem = f"its status list has not given index {index} away: it may give it again"
            else:
                seen.add(index)
                continue
            yield Finding(f"{kind} {uuid}", problem, "docs/runbook.md, Findings of fsck")
    bare = scope.rows.rows(
        "SELECT 'credential', c.uuid FROM credentials_credential c"
        " JOIN badges_achievement a ON a.id = c.achievement_id WHERE c.state = 'signed'"
        " AND (a.standing <> 'final' AND NOT EXISTS"
        " (SELECT FROM credentials_statuslist l WHERE l.id = c.status_list_id"
        "  AND l.purpose = 'revocation' AND c.status_index IS NOT NULL)"
        " OR a.standing = 'suspendable' AND NOT EXISTS"
        " (SELECT FROM credentials_statuslist l WHERE l.id = c.suspension_list_id"
        "  AND l.purpose = 'suspension' AND c.suspension_index IS NOT NULL))"
        " UNION ALL SELECT 'transcript', t.uuid FROM credentials_transcript t"
        " WHERE t.state = 'signed' AND NOT EXISTS"
        " (SELECT FROM credentials_statuslist l WHERE l.id = t.status_list_id"
        "  AND l.purpose = 'revocation' AND t.status_index IS NOT NULL)"
    )
    for kind, uuid in bare:
        yield Finding(
            f"{kind} {uuid}", "it has no status entry", "docs/runbook.md, Findings of fsck"
        )


def are_issued_once(scope: Scope) -> Findings:
    """I11: what must be unique is, and the database still sees to it."""
    held = {
        (table, tuple(sorted(columns)))
        for table, columns in scope.rows.all(
            "SELECT i.indrelid::regclass::text,"
            " (SELECT array_agg(a.attname::text) FROM pg_attribute a"
            "  WHERE a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey))"
            " FROM pg_index i WHERE i.indisunique AND i.indisvalid"
            # Nothing is like a null: an index that leaves out rows without a value of its own
            # keeps as much unique as one that does not.
            " AND (i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) IN"
            "  (SELECT format('(%%I IS NOT NULL)', a.attname) FROM pg_attribute a"
            "   WHERE a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)))"
            " AND i.indrelid = ANY(%s::regclass[])",
            [list(NAMES)],
        )
    }
    for table, names in NAMES.items():
        for columns in names:
            if (table, tuple(sorted(columns))) not in held:
                yield Finding(
                    f"table {table}",
                    f"nothing keeps {', '.join(columns)} unique",
                    "remove the doubles below, then create the constraint of the migration again",
                )
    scope.count(scope.rows.value("SELECT count(*) FROM credentials_credential"))
    doubles = scope.rows.rows(
        "SELECT issuer_id, reference, count(*) FROM credentials_credential"
        " GROUP BY issuer_id, reference HAVING count(*) > 1"
    )
    for issuer, reference, count in doubles:
        yield Finding(
            f"issuer {issuer}, reference {reference}",
            f"{count} credentials were issued under it",
            "let the issuer revoke those that were not meant",
        )
