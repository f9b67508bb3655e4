"""The audit behind `manage.py fsck`: are the rows, the files and the chain still one truth?

It reads one snapshot of the database in pieces, under a role that may do nothing else, and writes
nowhere. What it checks it computes itself: the tree is another implementation than the one that
sealed the batch, and manifests are read without the code that wrote them. docs/fsck.md says
what each invariant means here.

    snapshot    one transaction, read only
    issued      I1 each in one batch, I2 each with a status entry, I11 each issued once
    documents   I2, deep: opened, verified, hashed
    batches     I3 leaves, roots, trees, manifests        tree    the second Merkle tree
    chain       I4 on the chain, I5 once, I6 all known, I7 all ours
    lists       I8 status lists                           keys    the issuers' public keys
    times       I9 keys as on record, dates    statements  I1 and I2 of statements
    queues      I10 nothing lies about                      walled  I12 the tenant wall
    trail       I15 the audit trail
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from django.db import DatabaseError

from blockchain import services as anchoring
from credentials.selectors.audit import (
    batches,
    chain,
    documents,
    issued,
    lists,
    queues,
    statements,
    times,
    trail,
    walled,
)
from credentials.selectors.audit.report import Examination, Finding, Outcome, Report
from credentials.selectors.audit.scope import CannotTell, Findings, Scope
from credentials.selectors.audit.snapshot import Snapshot, accounts, taken

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime, timedelta
    from pathlib import Path

# Findings that are kept of one invariant; all of them are counted.
LIMIT = 100

log = logging.getLogger(__name__)
Check = Callable[[Scope], Findings]
INVARIANTS: tuple[tuple[str, str, tuple[Check, ...]], ...] = (
    (
        "I1",
        "every credential is in one batch, or about to be",
        (issued.are_each_in_one_batch, statements.are_each_in_one_batch),
    ),
    (
        "I2",
        "every credential has a status entry, every statement its leaf",
        (issued.have_a_status_entry, statements.are_chained),
    ),
    ("I3", "leaves lead to roots, and files equal rows", (batches.lead_to_their_roots,)),
    ("I4", "what is mined or final is on the chain", (chain.are_on_the_chain,)),
    ("I5", "the registry is ours, and holds every root once", (chain.are_written_once,)),
    ("I6", "every anchor of ours is a batch's", (chain.are_all_known,)),
    ("I7", "every transaction of our submitters is ours", (chain.are_all_ours,)),
    ("I8", "status lists are the rows', signed and fresh", (lists.tell_what_the_rows_say,)),
    ("I9", "keys are shown as they are on record, and dates agree", (times.agree,)),
    ("I10", "no work lies about, and no leaf is nobody's", (queues.are_emptied,)),
    ("I11", "every award was issued once", (issued.are_issued_once,)),
    ("I12", "the database keeps organisations apart", (walled.stands,)),
    ("I15", "the audit trail is whole, and on record", (trail.is_written, trail.is_whole)),
)
DEEP: Mapping[str, tuple[str, Check]] = {
    "I2": ("every document opens, is signed, and is its leaf's", documents.are_what_was_committed)
}
ASKS_THE_CHAIN = frozenset({"I4", "I5", "I6"})


def examine(
    *,
    now: datetime,
    manifests: Path,
    seal_age: timedelta,
    deep: bool = False,
    witnesses: Mapping[str, anchoring.Witness] | None = None,
    silent: Mapping[str, str] | None = None,
    seal_ages: Mapping[str, timedelta] | None = None,
    foreign: Collection[tuple[str, int]] = (),
    lost: Collection[tuple[datetime, datetime]] = (),
) -> Report:
    """Examine every invariant on one snapshot of the database.

    Args:
        now: The instant that lateness is counted from.
        manifests: MANIFEST_DIR.
        seal_age: How long a leaf may wait for company.
        seal_ages: The same by chain, where they differ.
        deep: Whether every document is opened, with LEARNER_KEK.
        witnesses: Chains by CAIP-2 identifier, made before this call; None does not ask them.
        silent: Why chains that were to be asked did not answer, by their identifiers.
        foreign: Accounts (CAIP-10) and nonces of transactions that an operator knows about.
        lost: From when to when documents were lost, as an operator knows: a restored backup ends
            at the first instant, and the damage was at the second.

    Raises:
        django.db.DatabaseError: the database does not answer, or refuses the role.
    """
    with taken() as rows:
        scope = Scope(
            now=now,
            rows=rows,
            manifests=manifests,
            seal_age=seal_age,
            deep=deep,
            witnesses=witnesses,
            silent=silent or {},
            seal_ages=seal_ages or {},
            foreign=foreign,
            lost=lost,
        )
        examinations = [_examine(scope, *invariant) for invariant in INVARIANTS]
        role, can_write = rows.all(
            "SELECT current_user::text, has_table_privilege('credentials_credential', 'UPDATE')"
        )[0]
    heads = {name: each.head for name, each in (witnesses or {}).items()}
    return Report(now, role, can_write, heads, examinations)


def _examine(scope: Scope, invariant: str, title: str, checks: tuple[Check, ...]) -> Examination:
    if scope.deep and invariant in DEEP:
        more, check = DEEP[invariant]
        title, checks = f"{title}; {more}", (*checks, check)
    done = Examination(invariant, title)
    if invariant in ASKS_THE_CHAIN and scope.witnesses is None:
        return done
    scope.examined, scope.note = 0, ""
    start = time.perf_counter()
    try:
        for check in checks:
            for finding in check(scope):
                done.found += 1
                if len(done.findings) < LIMIT:
                    done.findings.append(finding)
        done.outcome = Outcome.FAILED if done.found else Outcome.PASSED
    except (CannotTell, anchoring.Unavailable) as trouble:
        done.outcome, scope.note = Outcome.INCONCLUSIVE, str(trouble)
    except DatabaseError:
        raise
    except Exception as error:
        # Rows that no code of ours could have written may break code of ours; the other invariants
        # must be told all the same.
        log.exception("%s could not be examined", invariant)
        done.outcome, scope.note = Outcome.INCONCLUSIVE, f"it could not be examined: {error!r}"
    if done.found:
        done.outcome = Outcome.FAILED
    done.examined, done.note = scope.examined, scope.note
    done.seconds = time.perf_counter() - start
    return done


__all__ = [
    "Check", "Examination", "Finding", "Outcome", "Report", "Snapshot", "accounts", "examine",
]  # fmt: skip
