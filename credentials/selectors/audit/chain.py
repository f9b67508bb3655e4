"""I4 to I7: the chain holds what the rows say, once, and nothing of ours that they do not know."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from credentials.selectors.audit.report import Finding
from credentials.selectors.audit.scope import LATE, CannotTell, Findings, Scope, batch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blockchain.services import Witness

REORGANISED = "docs/runbook.md, A reorganisation past finality"
UNKNOWN = "docs/runbook.md, The chain knows more than the database"
FOREIGN = "docs/runbook.md, A transaction that is not ours"
IN_BLOCK = (
    "SELECT b.id, b.root, b.state, b.registry, s.address, b.transaction, b.block_number,"
    " b.block_hash, b.block_time, b.mined_at FROM blockchain_batch b"
    " JOIN blockchain_sender s ON s.id = b.sender_id"
    " WHERE b.chain = %s AND b.state IN ('mined', 'confirmed', 'finalized') ORDER BY b.id"
)
COLUMNS = (
    "id", "root", "state", "registry", "address", "transaction", "block_number", "block_hash",
    "block_time", "mined_at",
)  # fmt: skip
# Roots that are looked up at once.
PIECE = 500


def are_on_the_chain(scope: Scope) -> Findings:
    """I4: what is mined, confirmed or final stands on the chain where the row says."""
    for witness in _witnesses(scope):
        for values in scope.rows.rows(IN_BLOCK, [witness.chain]):
            row = dict(zip(COLUMNS, values, strict=True))
            scope.count()
            problem = _problem(witness, row)
            # What is not final may have moved a moment ago, and `follow` is about to see it.
            is_fresh = row["mined_at"] is not None and row["mined_at"] > scope.now - LATE
            if problem and (row["state"] == "finalized" or not is_fresh):
                yield Finding(batch(row["id"], row["root"]), problem, REORGANISED)


def _problem(witness: Witness, row: dict[str, Any]) -> str:
    final = row["state"] == "finalized"
    if final and row["block_number"] > witness.finalized:
        return f"it is final in block {row['block_number']}, the chain up to {witness.finalized}"
    anchored = witness.anchored(
        registry=row["registry"], submitter=row["address"], root=bytes(row["root"]), final=final
    )
    if anchored is None:
        return "the chain does not hold its root"
    if anchored.time != row["block_time"]:
        return f"the chain holds its root since {anchored.time}, the row says {row['block_time']}"
    block = witness.block(row["block_number"])
    if block is None or (block.hash, block.time) != (row["block_hash"], row["block_time"]):
        return f"block {row['block_number']} is another one on the chain"
    sent = witness.sent(row["transaction"])
    # A node may forget old transactions; registry and block have spoken already.
    if sent is not None:
        told = (sent.sender, sent.recipient, sent.data, sent.block_hash)
        if told != (row["address"], row["registry"], bytes(row["root"]), row["block_hash"]):
            return f"transaction {row['transaction']} did not anchor it in that block"
    return ""


def are_written_once(scope: Scope) -> Findings:
    """I5: the registry is the one whose code cannot overwrite, and no root was anchored twice."""
    for witness in _witnesses(scope):
        for registry, senders in _registries(scope, witness).items():
            if not witness.is_ours(registry):
                yield Finding(
                    f"registry {registry} on {witness.chain}",
                    "its code is not that of the registry",
                    "docs/runbook.md, The registry's code differs",
                )
                continue
            times: Counter[bytes] = Counter()
            for root, _place in _journal(scope, witness, registry, senders):
                scope.count()
                times[root] += 1
            more = [root for root, count in times.items() if count > 1]
            meant = _times_meant(scope, witness, more)
            # One root may be sealed for several of our accounts there, once for each.
            for root in (root for root in more if times[root] > meant.get(root, 1)):
                yield Finding(
                    f"root {root.hex()[:12]} on {witness.chain}",
                    f"it was anchored by {times[root]} of our submitters",
                    "docs/runbook.md, A root was anchored twice",
                )


def _times_meant(scope: Scope, witness: Witness, roots: list[bytes]) -> dict[bytes, int]:
    rows = scope.rows.all(
        "SELECT root, count(*) FROM blockchain_batch WHERE chain = %s AND root = ANY(%s)"
        " GROUP BY root",
        [witness.chain, roots],
    )
    return {bytes(root): count for root, count in rows}


def are_all_known(scope: Scope) -> Findings:
    """I6: every anchor that the registry noted for our submitters is a batch's."""
    for witness in _witnesses(scope):
        for registry, senders in _registries(scope, witness).items():
            if not witness.is_ours(registry):
                continue  # its journal means nothing; that is I5's to say
            piece: dict[bytes, str] = {}
            for root, place in _journal(scope, witness, registry, senders):
                scope.count()
                piece[root] = place
                if len(piece) == PIECE:
                    yield from _strangers(scope, witness, piece)
                    piece = {}
            yield from _strangers(scope, witness, piece)


def _strangers(scope: Scope, witness: Witness, piece: dict[bytes, str]) -> Findings:
    known = scope.rows.all(
        "SELECT root FROM blockchain_batch WHERE chain = %s AND root = ANY(%s)",
        [witness.chain, list(piece)],
    )
    for root in set(piece) - {bytes(root) for (root,) in known}:
        yield Finding(
            f"root {root.hex()[:12]} on {witness.chain}",
            f"{piece[root]} anchored it for us, and no batch has it",
            UNKNOWN,
        )


def are_all_ours(scope: Scope) -> Findings:
    """I7: each transaction of our submitters was written down; no nonce was used by others."""
    yield from _unwritten(scope)
    for witness in _witnesses(scope, needed=False):
        for address, used in witness.nonces.items():
            for nonce, problem in _foreign(scope, witness, address, used):
                account = f"{witness.chain}:{address}"
                if (account, nonce) not in scope.foreign:
                    yield Finding(f"{account}, nonce {nonce}", problem, FOREIGN)


def _unwritten(scope: Scope) -> Findings:
    """Name batches whose transaction is none of the attempts of their nonce."""
    scope.count(scope.rows.value("SELECT count(*) FROM blockchain_attempt"))
    unwritten = scope.rows.rows(
        "SELECT b.id, b.root, b.transaction FROM blockchain_batch b"
        " WHERE b.state IN ('signed', 'broadcast', 'mined', 'confirmed', 'finalized')"
        " AND NOT EXISTS (SELECT FROM blockchain_attempt a WHERE a.batch_id = b.id"
        " AND a.sender_id = b.sender_id AND a.nonce = b.nonce"
        " AND (b.transaction = '' OR a.transaction = b.transaction)) ORDER BY b.id"
    )
    for pk, root, transaction in unwritten:
        what = f"transaction {transaction}" if transaction else "the transaction of its nonce"
        yield Finding(
            batch(pk, root),
            f"{what} was never written down",
            "stop the workers, then manage.py rebuild_proofs while the chain answers",
        )


def _foreign(scope: Scope, witness: Witness, address: str, used: int) -> Iterator[tuple[int, str]]:
    """Return the nonces that the chain has used and no attempt of ours explains.

    What the account sent before it first worked for us is its own affair.
    """
    unwritten = scope.rows.rows(
        "SELECT nonce FROM generate_series((SELECT min(a.nonce) FROM blockchain_attempt a"
        " JOIN blockchain_sender s ON s.id = a.sender_id WHERE s.chain = %s AND s.address = %s),"
        " %s - 1) AS nonce WHERE NOT EXISTS (SELECT FROM blockchain_attempt a"
        " JOIN blockchain_sender s ON s.id = a.sender_id"
        " WHERE s.chain = %s AND s.address = %s AND a.nonce = nonce.nonce)",
        [witness.chain, address, used, witness.chain, address],
    )
    for (nonce,) in unwritten:
        yield nonce, "a transaction used it that was never written down"
    # A batch in a block explains its nonce (I4 looks at the block); of the others the chain is
    # asked whether any attempt was mined.
    doubtful = scope.rows.rows(
        "SELECT a.nonce, array_agg(a.transaction::text) FROM blockchain_attempt a"
        " JOIN blockchain_sender s ON s.id = a.sender_id"
        " WHERE s.chain = %s AND s.address = %s AND a.nonce < %s AND NOT EXISTS"
        " (SELECT FROM blockchain_batch b WHERE b.sender_id = s.id AND b.nonce = a.nonce"
        "  AND b.state IN ('mined', 'confirmed', 'finalized'))"
        " GROUP BY a.nonce ORDER BY a.nonce",
        [witness.chain, address, used],
    )
    for nonce, transactions in doubtful:
        if not any(witness.is_mined(each) for each in transactions):
            yield nonce, "another transaction than those we had signed used it"


def _registries(scope: Scope, witness: Witness) -> dict[str, list[str]]:
    """Return the registries that our batches name on a chain, each with all our submitters."""
    senders = list(witness.nonces)
    named = scope.rows.all(
        "SELECT DISTINCT registry FROM blockchain_batch WHERE chain = %s AND registry <> ''"
        " ORDER BY registry",
        [witness.chain],
    )
    return {registry: senders for (registry,) in named} if senders else {}


def _journal(
    scope: Scope, witness: Witness, registry: str, senders: list[str]
) -> Iterator[tuple[bytes, str]]:
    """Read the registry's journal from before our first use of the chain: root, and where."""
    [(first_used, lowest)] = scope.rows.all(
        "SELECT (SELECT min(first_used_at) FROM blockchain_sender WHERE chain = %s),"
        " (SELECT min(block_number) FROM blockchain_batch WHERE chain = %s)",
        [witness.chain, witness.chain],
    )
    first = witness.height_at(first_used) if first_used else 0
    if lowest is not None:
        first = min(first, lowest)
    journal = witness.noted(registry=registry, submitters=senders, first=first)
    for _submitter, root, height, transaction in journal:
        yield root, f"transaction {transaction} in block {height}"


def _witnesses(scope: Scope, *, needed: bool = True) -> Iterator[Witness]:
    """Yield the chains that are asked; what follows holds for each alone.

    Raises:
        CannotTell: when all others have been yielded, for those that do not answer, and where
            `needed`, for those that have batches and nobody here asks.
    """
    if scope.witnesses is None:
        return
    yield from scope.witnesses.values()
    reasons = dict(scope.silent)
    if needed:
        for (chain,) in scope.rows.all("SELECT DISTINCT chain FROM blockchain_batch"):
            if chain not in scope.witnesses:
                reasons.setdefault(chain, "nobody here asks it")
    if reasons:
        raise CannotTell("; ".join(f"{chain}: {why}" for chain, why in sorted(reasons.items())))
