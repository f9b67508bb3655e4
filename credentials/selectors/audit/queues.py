"""I10: no work that a clock of ours should have done lies about, and nothing belongs to nobody."""

from credentials.selectors.audit.report import Finding
from credentials.selectors.audit.scope import DOCUMENTS, LATE, Findings, Scope, batch

CLOCK = "docs/runbook.md, Work lies about: look at beat, at the workers and at their log"


def are_emptied(scope: Scope) -> Findings:
    """I10: the row is the queue, so a row that is late is a clock or a worker that is not there."""
    late = scope.now - LATE
    due = scope.rows.rows(
        f"SELECT c.kind, c.uuid, c.due_at FROM {DOCUMENTS} c"
        " WHERE c.state = 'due' AND c.due_at < %s ORDER BY c.due_at",
        [late],
    )
    for kind, uuid, since in due:
        scope.count()
        yield Finding(
            f"{kind} {uuid}", f"it should have been signed since {since:%Y-%m-%d %H:%M}", CLOCK
        )
    asked = scope.rows.rows(
        "SELECT e.kind, c.uuid, e.requested_at FROM credentials_edition e"
        " JOIN credentials_credential c ON c.id = e.credential_id"
        " WHERE e.state = 'due' AND e.requested_at < %s ORDER BY e.id",
        [late],
    )
    for kind, uuid, since in asked:
        scope.count()
        problem = f"it was asked for at {since:%Y-%m-%d %H:%M} and is not signed"
        yield Finding(f"edition {kind} of credential {uuid}", problem, CLOCK)
    ordered = scope.rows.rows(
        "SELECT o.id, i.did, o.ordered_at FROM issuers_keyorder o"
        " JOIN issuers_issuer i ON i.id = o.issuer_id"
        " WHERE o.state = 'waiting' AND o.ordered_at < %s ORDER BY o.id",
        [late],
    )
    for pk, did, since in ordered:
        scope.count()
        problem = f"it waits for a worker since {since:%Y-%m-%d %H:%M}"
        yield Finding(f"order {pk} about keys of {did}", problem, CLOCK)
    shortest = min([scope.seal_age, *scope.seal_ages.values()])
    waiting = scope.rows.rows(
        "SELECT id, chain, committed_at FROM blockchain_commitment"
        " WHERE batch_id IS NULL AND committed_at < %s ORDER BY id",
        [late - shortest],
    )
    for pk, chain, since in waiting:
        scope.count()
        if since < late - scope.seal_ages.get(chain, scope.seal_age):
            problem = f"it waits for a batch on {chain} since {since:%Y-%m-%d %H:%M}"
            yield Finding(f"commitment {pk}", problem, CLOCK)
    yield from _unsent(scope)
    yield from _unstated(scope)
    yield from _orphans(scope)


def _unsent(scope: Scope) -> Findings:
    paused = {
        (chain, signer): reasons
        for chain, signer, reasons in scope.rows.all(
            "SELECT chain, signer, string_agg(paused, '; ') FROM blockchain_sender"
            " WHERE paused <> '' GROUP BY chain, signer"
        )
    }
    sealed = scope.rows.rows(
        "SELECT id, root, chain, signer, sealed_at FROM blockchain_batch"
        " WHERE state = 'sealed' AND sealed_at < %s ORDER BY id",
        [scope.now - LATE],
    )
    for pk, root, chain, signer, since in sealed:
        scope.count()
        problem = f"it waits for its transaction since {since:%Y-%m-%d %H:%M}"
        if (chain, signer) in paused:
            yield Finding(
                batch(pk, root),
                f"{problem}; the submitter is paused: {paused[chain, signer]}",
                "docs/runbook.md, The submitter is paused",
            )
        else:
            yield Finding(batch(pk, root), problem, CLOCK)


def _unstated(scope: Scope) -> Findings:
    """A list that was published is stated by the same worker, right afterwards."""
    unstated = scope.rows.rows(
        "SELECT l.url, l.published_at FROM credentials_statuslist l WHERE l.published_at < %s"
        " AND NOT EXISTS (SELECT FROM credentials_statement s WHERE s.status_list_id = l.id"
        " AND s.at >= l.published_at) ORDER BY l.id",
        [scope.now - LATE],
    )
    for url, since in unstated:
        problem = f"what was published at {since:%Y-%m-%d %H:%M} is not put on record"
        yield Finding(f"status list {url}", problem, CLOCK)


def _orphans(scope: Scope) -> Findings:
    """Only what we computed from documents of ours is anchored: every leaf has its document.

    But a restored backup does not have what was signed after it, and the manifests have its leaves.
    In a batch that came with an organisation, others' leaves lie beside those of its documents.
    """
    scope.count(scope.rows.value("SELECT count(*) FROM blockchain_commitment"))
    orphans = scope.rows.rows(
        "SELECT m.id, m.batch_id, b.sealed_at FROM blockchain_commitment m"
        " LEFT JOIN blockchain_batch b ON b.id = m.batch_id WHERE NOT EXISTS"
        " (SELECT FROM credentials_credential c WHERE c.leaf = m.leaf) AND NOT EXISTS"
        " (SELECT FROM credentials_transcript t WHERE t.leaf = m.leaf) AND NOT EXISTS"
        " (SELECT FROM credentials_statement s WHERE s.leaf = m.leaf) AND"
        " b.arrived_at IS NULL ORDER BY m.id"
    )
    lost = 0
    for pk, in_batch, sealed_at in orphans:
        if sealed_at and any(begin <= sealed_at <= end for begin, end in scope.lost):
            lost += 1
            continue
        place = f"in batch {in_batch}" if in_batch else "and waits for a batch"
        yield Finding(
            f"commitment {pk}",
            f"its leaf is no document's, {place}",
            "docs/runbook.md, Findings of fsck: find out who wrote it",
        )
    if lost:
        scope.note = f"{lost} leaves are of documents that are known to be lost"
