"""What one seed has: a database, a chain, nodes, a crew, and what the harness knows of it all."""

import contextlib
import random
import shutil
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2

from config.embedded import postgres
from config.embedded.chain import NodeError, free_port
from tests import anvil
from tests.chaos import clerks, crew
from tests.chaos.board import Board
from tests.chaos.children import fork
from tests.chaos.nodes import Nodes
from tests.chaos.servers import COPY, LIVE, TEMPLATE, Servers

NODES = 3
SLOTS = 3  # anvil calls final what lies twice as many blocks below the head
FINAL_BELOW = 2 * SLOTS
GWEI = 10**9
# Deeper than any reorganisation of the storm before the first one.
FIRST_BLOCKS = 8


class Broken(AssertionError):  # noqa: N818 - it says what it is
    """Something that must always be true is not."""


@dataclass
class Known:
    """What the harness did, to judge by it."""

    awards: dict[str, str] = field(default_factory=dict)  # reference -> issuer
    unsaid: list[tuple[str, list[str]]] = field(default_factory=list)  # whose clerk died
    revoked: set[str] = field(default_factory=set)
    unrevoked: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)  # transactions with our key, in other hands
    # What a restored database no longer knows, and the chain may hold.
    forgotten: set[str] = field(default_factory=set)


class World:
    """One seed's world, and what can be done to it."""

    def __init__(
        self,
        seed: int,
        *,
        servers: Servers,
        nodes: Nodes,
        board: Board,
        folder: Path,
        plant: Callable[[], None],
    ) -> None:
        self.seed, self.servers, self.nodes, self.board, self.folder = (
            *(seed, servers, nodes, board, folder),
        )
        self.rng = random.Random(seed)  # noqa: S311 - a storm that can be had again
        self.known = Known()
        self.counts: Counter[str] = Counter()
        self.level = 1  # of the base fee, in gwei
        self.crew = crew.Crew(board, folder / "crew.log", plant)
        self.manifests = folder / "manifests"
        self._story = (folder / "story.log").open("w")
        self._began = time.monotonic()
        self._looking: Any = None

    # -- Beginning and end -------------------------------------------------------------------------
    def begin(self) -> None:
        """Make the database and the chain, deploy the registry, let the crew begin."""
        self.servers.copy_database(TEMPLATE, LIVE)
        self.chain = self.servers.start_chain(
            free_port(), "--slots-in-an-epoch", str(SLOTS), "--no-request-size-limit"
        )
        self.board.clear()
        crew.aim(urls=[self.chain.url], manifests=self.manifests, database_url=self.servers.url())
        status = fork("deploy", clerks.deploy, log=self.folder / "crew.log").wait()
        if status:
            raise RuntimeError(f"The registry cannot be deployed: see {self.folder / 'crew.log'}")
        self.chain.mine_when_told()
        self.mine(FIRST_BLOCKS)
        self.nodes.begin(
            upstream=int(self.chain.url.rpartition(":")[2]),
            database=crew.database(self.servers.url(postgres.OWNER)),
            manifests=str(self.manifests),
        )
        self.aim(self.nodes.urls)
        self.flush_broker()
        self.crew.tend()

    def aim(self, urls: list[str]) -> None:
        """Let those who are forked from now on ask these nodes."""
        crew.aim(urls=urls, manifests=self.manifests, database_url=self.servers.url())

    def end(self) -> None:
        """Stop what belongs to this seed."""
        self.crew.kill_all()
        self.close_look()
        self.servers.stop_chain()
        self._story.close()

    def tell(self, what: str) -> None:
        """Write down what happened, for whoever reads why a seed failed."""
        self._story.write(f"{time.monotonic() - self._began:7.3f} {what}\n")
        self._story.flush()

    def count(self, what: str, note: str = "") -> None:
        """Count an operation and write it down."""
        self.counts[what] += 1
        self.tell(f"{what} {note}")

    # -- Work --------------------------------------------------------------------------------------
    def issue(self, number: int) -> None:
        """Let a clerk issue awards of one issuer; a clerk that dies is sent again."""
        issuer = self.rng.choice(clerks.ISSUERS)
        first = len(self.known.awards)
        references = [f"award-{first + n}" for n in range(number)]
        self.known.awards |= dict.fromkeys(references, issuer)
        self.count("issue", f"{issuer} {references}")
        self.counts["awards"] += number
        self._issue(issuer, references)

    def _issue(self, issuer: str, references: list[str]) -> None:
        if self.crew.clerk("issue", lambda: clerks.issue(issuer, references)):
            self.known.unsaid.append((issuer, references))

    def revoke(self) -> None:
        """Let a clerk revoke an award, if it is signed."""
        standing = sorted(set(self.known.awards) - self.known.revoked)
        if standing:
            self._revoke(self.rng.choice(standing))

    def _revoke(self, reference: str) -> None:
        issuer = self.known.awards[reference]
        status = self.crew.clerk("revoke", lambda: clerks.revoke(issuer, reference))
        if status == 0:
            self.count("revoke", reference)
            self.known.revoked.add(reference)
        elif status != clerks.NOT_SIGNED:
            self.known.unrevoked.append(reference)

    def catch_up(self) -> None:
        """Send again the clerks that died."""
        unsaid, self.known.unsaid = self.known.unsaid, []
        for issuer, references in unsaid:
            self._issue(issuer, references)
        unrevoked, self.known.unrevoked = self.known.unrevoked, []
        for reference in unrevoked:
            self._revoke(reference)

    # -- The chain ---------------------------------------------------------------------------------
    def mine(self, blocks: int = 1) -> None:
        """Make blocks at the present level of fees."""
        for _block in range(blocks):
            self.chain.ask("anvil_setNextBlockBaseFeePerGas", hex(self.level * GWEI))
            self.chain.mine()
        self.counts["blocks"] += blocks

    def reorganise(self, depth: int) -> bool:
        """Replace blocks that are not final by empty ones."""
        if self.chain.height() - depth < self.chain.height("finalized"):
            return False
        self.chain.reorganise(depth)
        self.count("reorganisation", str(depth))
        if self.rng.random() < 0.5:
            self.remember()
        return True

    def remember(self) -> None:
        """Let the nodes find again all that was ever sent: real ones keep what a branch held."""
        self.count("everything sent found again")
        sent = self.nodes.account()["sent"].values()
        for raw in sorted(sent, key=clerks.nonce_of):
            with contextlib.suppress(NodeError):
                self.chain.ask("eth_sendRawTransaction", raw)

    def use_nonce_elsewhere(self) -> bool:
        """Let our key, in other hands, send something with the next nonce."""
        try:
            nonce = int(self.chain.ask("eth_getTransactionCount", clerks.address(), "latest"), 16)
            signed = clerks.foreign(anvil.CHAIN_ID, nonce)
            self.known.foreign.append(signed.hash)
            self.chain.ask("eth_sendRawTransaction", "0x" + signed.raw.hex())
        except NodeError as error:  # what waits there offers as much
            self.tell(f"foreign use refused: {error}")
            return False
        self.count("foreign use", f"nonce {nonce} {signed.hash}")
        return True

    # -- The servers -------------------------------------------------------------------------------
    def crash_database(self) -> None:
        self.count("database stopped at once")
        self.close_look()
        self.servers.crash_database()

    def flush_broker(self) -> None:
        """Forget every message, and every queue."""
        import redis

        with closing(redis.Redis(unix_socket_path=str(self.servers.broker_socket))) as broker:
            broker.flushall()

    def snapshot(self) -> None:
        """Stop all work and keep the database as it is."""
        self._stop_work()
        self.servers.copy_database(LIVE, COPY)

    def restore(self) -> None:
        """Go back to what was kept, as after a disaster; remember what is forgotten by it."""
        self._stop_work()
        self.known.forgotten |= {
            row[0] for row in self.rows("SELECT transaction FROM blockchain_attempt")
        }
        self.close_look()
        self.servers.copy_database(COPY, LIVE)

    def _stop_work(self) -> None:
        self.crew.kill_all()
        self.nodes.look(really=False)
        self.close_look()

    def resume(self) -> None:
        """Let the work go on."""
        self.nodes.look(really=True)
        self.crew.tend()

    # -- Looking -----------------------------------------------------------------------------------
    def rows(self, statement: str, values: object = None) -> list[tuple[Any, ...]]:
        """Ask the database, past every role."""
        for last in (False, True):
            try:
                if self._looking is None:
                    self._looking = self.servers.connect()
                with self._looking.cursor() as cursor:
                    cursor.execute(statement, values)
                    return list(cursor.fetchall())
            except psycopg2.Error:
                self.close_look()
                if last:
                    raise
        raise AssertionError

    def close_look(self) -> None:
        """Leave the database."""
        if self._looking is not None:
            with contextlib.suppress(psycopg2.Error):
                self._looking.close()
            self._looking = None

    def remove(self) -> None:
        """Remove what the seed left behind."""
        shutil.rmtree(self.folder, ignore_errors=True)
