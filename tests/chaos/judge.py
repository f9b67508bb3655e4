"""What must be true: at every moment, when all has settled, and when a chain breaks its word."""

import json
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import psycopg2

from blockchain.chains import raw as raw_bytes
from blockchain.chains import registry as anchor_registry
from blockchain.core import anchor
from tests import anvil
from tests.chaos import clerks
from tests.chaos.crew import SETTINGS
from tests.chaos.world import FINAL_BELOW, GWEI, Broken, World

# What calm lasts at most: so long, and until so many alarms were answered, for the machine may be
# busy with other things.
SETTLE_SECONDS, SETTLE_ALARMS = 20.0, 250
# For so many alarms a held submitter must stay held.
HELD_ALARMS = 20
OPEN = {
    "awards to be signed": "SELECT count(*) FROM credentials_credential WHERE state = 'due'",
    "leaves without a batch": "SELECT count(*) FROM blockchain_commitment WHERE batch_id IS NULL",
    "batches that are not final": (
        "SELECT count(*) FROM blockchain_batch WHERE state <> 'finalized' OR failure <> ''"
    ),
    "manifests to be written": (
        "SELECT count(*) FROM blockchain_batch WHERE manifest = '' OR final_manifest = ''"
    ),
    "lists to be published": (
        "SELECT count(*) FROM credentials_statuslist WHERE published_version < version"
    ),
    "submitters that are paused": "SELECT count(*) FROM blockchain_sender WHERE paused <> ''",
}


# -- At every moment -------------------------------------------------------------------------------


def glance(world: World) -> None:
    """Hold what the rows call confirmed and final against the chain as it is.

    Raises:
        Broken: a batch was called so too early, or is elsewhere; or something was sent too early.
    """
    early = world.nodes.account()["wrong"]
    if early:
        raise Broken("it was seen when it was sent")
    try:
        rows = world.rows(
            "SELECT id, state, block_number, block_hash FROM blockchain_batch"
            " WHERE state IN ('confirmed', 'finalized') AND failure = ''"
        )
    except psycopg2.Error:
        return
    # The chain after the rows: it only ever knows more.
    final, head = world.chain.height("finalized"), world.chain.height()
    for pk, state, number, name in rows:
        if state == "confirmed" and number + SETTINGS["ANCHOR_CONFIRMATIONS"] - 1 > head:
            raise Broken(f"batch {pk} is confirmed in block {number} and the head is {head}")
        if state == "finalized":
            if number > final:
                raise Broken(f"batch {pk} is final in block {number}, the chain up to {final}")
            if world.chain.block(hex(number))["hash"] != name:
                raise Broken(f"batch {pk} is final in a block that is not there: {number}")


# -- When all has settled --------------------------------------------------------------------------


def settle(world: World) -> float:
    """Let the faults end, and everything become final; return how many seconds that took.

    Raises:
        Broken: it does not.
    """
    world.board.disarm()
    world.nodes.heal()
    world.crew.schedulers_wanted = 1
    world.tell(f"calm, at {world.level} gwei")
    began, is_over = time.monotonic(), _patience(world)
    while True:
        world.crew.tend()
        world.catch_up()
        world.mine()
        try:
            still = {what: world.rows(ask)[0][0] for what, ask in OPEN.items()}
        except psycopg2.Error as error:
            still = {f"the database: {error}": 1}
        still["clerks to be sent"] = len(world.known.unsaid) + len(world.known.unrevoked)
        if not any(still.values()):
            return time.monotonic() - began
        glance(world)
        if is_over():
            left = ", ".join(f"{count} {what}" for what, count in still.items() if count)
            calm = time.monotonic() - began
            raise Broken(f"{calm:.0f} calm seconds were not enough: {left}{_why(world)}")
        time.sleep(0.06)


def _patience(world: World) -> Callable[[], bool]:
    """Return what says whether calm has lasted long enough."""
    deadline = time.monotonic() + SETTLE_SECONDS
    answered = world.board.answered() + SETTLE_ALARMS
    last = deadline + 5 * SETTLE_SECONDS  # where nobody answers at all

    def is_over() -> bool:
        now = time.monotonic()
        return now > last or (now > deadline and world.board.answered() > answered)

    return is_over


def _why(world: World) -> str:
    rows = world.rows(
        "SELECT b.id, b.state, b.nonce, b.failure, s.paused FROM blockchain_batch b"
        " LEFT JOIN blockchain_sender s ON s.id = b.sender_id WHERE b.state <> 'finalized'"
        " ORDER BY b.id"
    )
    nonce = int(world.chain.ask("eth_getTransactionCount", clerks.address(), "latest"), 16)
    return f"; chain nonce {nonce}; {rows}"


def judge(world: World) -> list[str]:
    """Return what is not as it must be, when all has settled."""
    wrong: list[str] = []
    world.crew.kill_all()  # there is nothing left to do, and the machine has other work
    _awards(world, wrong)
    _anchors(world, wrong)
    _transactions(world, wrong)
    _fees(world, wrong)
    _verify_all(world, wrong)
    _audit(world, wrong, expected=0)
    return wrong


def _awards(world: World, wrong: list[str]) -> None:
    """Each award is one signed credential with one leaf in one batch; revocations are as made."""
    rows = world.rows(
        "SELECT c.reference, i.slug, c.state, c.revoked_at IS NOT NULL, count(m.id),"
        " count(m.batch_id), count(l.id) FILTER (WHERE get_byte(l.bits, c.status_index / 8)"
        "  & (128 >> c.status_index % 8) <> 0), get_bit(l.bits, 0)"
        " FROM credentials_credential c JOIN issuers_issuer i ON i.id = c.issuer_id"
        " LEFT JOIN credentials_statuslist l ON l.id = c.status_list_id"
        " LEFT JOIN blockchain_commitment m ON m.leaf = c.leaf GROUP BY c.id, i.slug, l.id"
    )
    found = Counter(row[0] for row in rows)
    known = Counter(dict.fromkeys(world.known.awards, 1))
    if found != known:
        missing = known - found
        wrong.append(f"awards: {dict(missing)} are missing, {found - known}")
    for reference, slug, state, revoked, leaves, batched, bit, _first in rows:
        expected = (reference in world.known.revoked,) * 2
        if (
            state != "signed"
            or (leaves, batched) != (1, 1)
            or world.known.awards[reference] != slug
        ):
            wrong.append(f"{reference}: {state}, {leaves} leaves, {batched} in a batch, of {slug}")
        if (revoked, bool(bit)) != expected:
            wrong.append(f"{reference}: revoked {revoked}, bit {bit}, expected {expected[0]}")


def _anchors(world: World, wrong: list[str]) -> None:
    """Each root has one event on the chain, where its row says, and no other root has one."""
    events = world.chain.ask(
        "eth_getLogs",
        {
            "address": anchor.REGISTRY,
            "fromBlock": "0x0",
            "topics": [anchor_registry.ANCHORED, "0x" + "00" * 12 + clerks.address()[2:]],
        },
    )
    on_chain = sorted(
        (
            each["topics"][2][2:],
            each["transactionHash"],
            int(each["blockNumber"], 16),
            each["blockHash"],
        )
        for each in events
    )
    in_rows = sorted(
        (bytes(root).hex(), transaction, number, name)
        for root, transaction, number, name in world.rows(
            "SELECT root, transaction, block_number, block_hash FROM blockchain_batch"
        )
    )
    if on_chain != in_rows:
        wrong.append(
            f"anchors: only on the chain {sorted(set(on_chain) - set(in_rows))},"
            f" only in rows {sorted(set(in_rows) - set(on_chain))}"
        )


def _mined(world: World) -> list[dict[str, Any]]:
    """Return every transaction of our account, by reading every block."""
    ours = []
    for number in range(world.chain.height() + 1):
        block = world.chain.ask("eth_getBlockByNumber", hex(number), True)  # noqa: FBT003
        ours += [each for each in block["transactions"] if each["from"] == clerks.address()]
    return ours


def _transactions(world: World, wrong: list[str]) -> None:
    """Nonces have no gap, and every transaction was written down, or is another's and known."""
    stored = {row[0] for row in world.rows("SELECT transaction FROM blockchain_attempt")}
    strangers = {*world.known.foreign, *world.known.forgotten}
    mined = _mined(world)
    nonces = [int(each["nonce"], 16) for each in mined]
    if nonces != list(range(len(mined))):
        wrong.append(f"nonces: {nonces}")
    unknown = [each["hash"] for each in mined if each["hash"] not in stored | strangers]
    if unknown:
        wrong.append(f"never written down: {unknown}")
    paid = Counter(each["input"] for each in mined if each["to"] == anchor.REGISTRY)
    twice = [root for root, times in paid.items() if times > 1]
    if twice:
        wrong.append(f"paid for more than once: {twice}")
    world.counts["foreign nonces kept"] += sum(
        each["hash"] in world.known.foreign for each in mined
    )
    waiting = world.chain.ask("txpool_content")
    left = {
        kind: sorted(waiting[kind].get(account, {}))
        for kind in ("pending", "queued")
        for account in waiting[kind]
        if account.lower() == clerks.address()
    }
    if any(left.values()):
        wrong.append(f"still waiting: {left}")


def _fees(world: World, wrong: list[str]) -> None:
    """Nobody ever offered more than the cap."""
    cap = int(SETTINGS["ANCHOR_FEE_CAP_GWEI"] * GWEI)
    for name, hexadecimal in world.nodes.account()["sent"].items():
        offered = raw_bytes.read(bytes.fromhex(hexadecimal[2:])).max_fee
        if offered > cap:
            wrong.append(f"{name} offers {offered} wei, above the cap")


def _verify_all(world: World, wrong: list[str]) -> None:
    """Every credential verifies as the page does it, and what is revoked fails in that alone."""
    from django.db import connections

    from credentials import models, services

    world.aim([world.chain.url])
    now = datetime.now(UTC)
    credentials = models.Credential.objects.across_issuers().select_related(
        "issuer", "achievement__block__certification", "learner", "status_list"
    )
    for credential in credentials:
        report = services.verify_credential(credential=credential, now=now).report
        failed = {check.name: check.reason for check in report.checks if check.outcome == "failed"}
        open_ = [check.name for check in report.checks if check.outcome == "inconclusive"]
        revoked = credential.reference in world.known.revoked
        reasons = [check.reason for check in report.checks if check.name == "anchored"]
        if open_ or bool(failed) != revoked or len(failed) > 1 or reasons != ["anchored_final"]:
            wrong.append(f"{credential.reference}: {failed}, {open_}, {reasons}, revoked {revoked}")
    world.counts["verified"] += len(credentials)
    connections.close_all()
    world.aim(world.nodes.urls)


def _audit(world: World, wrong: list[str], *, expected: int) -> dict[str, Any]:
    """Run fsck; strangers' transactions that stayed on the chain are named, as a person would."""
    account = f"eip155:{anvil.CHAIN_ID}:{clerks.address()}"
    strangers = {*world.known.foreign, *world.known.forgotten}
    stored = {row[0] for row in world.rows("SELECT transaction FROM blockchain_attempt")}
    foreign = [
        f"{account}/{int(each['nonce'], 16)}"
        for each in _mined(world)
        if each["hash"] in strangers - stored
    ]
    report = world.folder / "fsck.json"
    status = world.crew.clerk("fsck", lambda: clerks.audit(foreign, str(report)))
    said: dict[str, Any] = json.loads(report.read_text() or "{}")
    if status != expected:
        wrong.append(f"fsck exits with {status}: {said.get('findings')} {said.get('invariants')}")
    world.counts["fsck"] += 1
    return said


# -- When the chain breaks its word ----------------------------------------------------------------


def break_finality(world: World) -> None:
    """Replace a final block: it is flagged, nothing is sent, fsck says so; then a person looks.

    Raises:
        Broken: it passes in silence, or nothing comes right afterwards.
    """
    [(newest,)] = world.rows("SELECT max(block_number) FROM blockchain_batch")
    depth = world.chain.height() - newest + 1 + world.rng.randint(0, 2)
    if depth <= FINAL_BELOW:
        world.mine(FINAL_BELOW + 1 - depth)
        depth = world.chain.height() - newest + 1
    world.count("finality broken", str(depth))
    world.chain.reorganise(depth)
    flagged: list[str] = []
    is_over = _patience(world)
    while not flagged or not _is_held(world):
        if is_over():
            raise Broken("a final block was replaced in silence")
        world.crew.tend()
        time.sleep(0.05)
        flagged = _flagged(world)
    wrong: list[str] = []
    answered = world.board.answered() + HELD_ALARMS
    said = _audit(world, wrong, expected=1)
    while world.board.answered() < answered and not is_over():
        world.crew.tend()
        time.sleep(0.05)
    if not _is_held(world):
        raise Broken("a submitter went on before anybody had looked")
    outcomes = {each["id"]: each["outcome"] for each in said["invariants"]}
    if wrong or outcomes["I4"] != "failed":
        raise Broken(f"fsck does not see that finality broke: {outcomes} {wrong}")
    while flagged := _flagged(world):
        for root in flagged:
            if world.crew.clerk("retry_batch", partial(clerks.retry, root)):
                raise Broken(f"retry_batch refuses {root[:12]}")
            world.count("retried by a person")
    settle(world)


def _flagged(world: World) -> list[str]:
    rows = world.rows(
        "SELECT root FROM blockchain_batch WHERE state = 'finalized' AND failure <> ''"
    )
    return [bytes(root).hex() for (root,) in rows]


def _is_held(world: World) -> bool:
    rows = world.rows("SELECT 1 FROM blockchain_sender WHERE paused LIKE 'a final block%'")
    return bool(rows)
