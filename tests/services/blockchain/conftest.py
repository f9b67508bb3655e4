"""A chain in memory, a clock that only tests move, and a worker that does a round of everything."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import pytest

from blockchain import chains, selectors, services
from blockchain.chains.interface import Unsigned
from blockchain.chains.memory import MemoryChain
from blockchain.chains.signers import LocalSigner
from blockchain.core import merkle
from blockchain.core.lanes import Lane
from blockchain.models import Batch
from tests.conftest import NOW

KEY = f"{7:064x}"
FIRST, SECOND = "eip155:31337", "eip155:31338"
OWN_KEY = f"{9:064x}"
OWN_ADDRESS = LocalSigner(bytes.fromhex(OWN_KEY)).address


@pytest.fixture
def chain(settings):
    """Return a fresh chain in memory with some blocks; what waits is sealed at once."""
    settings.CHAIN_RPC_URLS = [chains.MEMORY]
    settings.CHAIN_ID = 31337
    settings.SUBMITTER_KEY = KEY
    settings.ANCHOR_SEAL_AGE_SECONDS = 0
    settings.ANCHOR_CONFIRMATIONS = 3
    settings.ANCHOR_BUMP_SECONDS = 3600  # tests of the fees have their own patience
    chains.get_chain.cache_clear()
    memory = chains.get_chain()
    assert isinstance(memory, MemoryChain)
    memory.mine(10)
    return memory


@pytest.fixture
def submitter(chain):
    return services.submitter_account().rpartition(":")[2]


@dataclass
class Clock:
    now: datetime = NOW

    def forward(self, **parts):
        self.now += timedelta(**parts)
        return self.now


@pytest.fixture
def clock():
    return Clock()


def salt_of(number):
    return sha256(b"salt %d" % number).digest()


def digest_of(number):
    return sha256(b"digest %d" % number).digest()


def leaf_of(number):
    return merkle.leaf(salt=salt_of(number), digest=digest_of(number))


def proof_of(number):
    """Return the proof of a leaf that must have one by now."""
    proof = selectors.proof_for(leaf_of(number), salt_of(number))
    assert proof is not None
    return proof


def commit(clock, *numbers):
    services.commit(leaves=[leaf_of(number) for number in numbers], now=clock.now)


def work(clock):
    """Do what the three alarm clocks wake, half a minute later."""
    clock.forward(seconds=31)
    services.seal(now=clock.now)
    services.broadcast(now=clock.now)
    services.follow(now=clock.now)


def settle(chain, clock, rounds=10):
    """Work and mine until every batch is final."""
    for _round in range(rounds):
        work(clock)
        chain.mine()
    assert set(Batch.objects.values_list("state", flat=True)) <= {"finalized"}


def use_nonce_elsewhere(chain):
    """Let the submitter's key, in other hands, send something else with the next nonce."""
    signer = LocalSigner(bytes.fromhex(KEY))
    stranger = signer.sign(
        Unsigned(
            chain_id=chain.number,
            nonce=chain.nonce(signer.address, "latest"),
            to="0x" + "99" * 20,
            data=b"",
            gas=21_000,
            max_fee=10**12,  # it takes the place of what waits
            max_tip=10**11,
        )
    )
    chain.send(stranger.raw)


def open_gap(chain, clock):
    """Leave a batch waiting for a nonce that a stranger used, until a reorganisation undid it."""
    chain.finality = 10
    use_nonce_elsewhere(chain)
    chain.mine()
    commit(clock, 1)
    services.seal(now=clock.now)
    services.broadcast(now=clock.now)
    chain.reorganise(1, forget=True)
    assert (only_batch().nonce, chain.nonce(only_batch().sender.address, "latest")) == (1, 0)


def only_batch():
    return Batch.objects.get()


# -- Several chains --------------------------------------------------------------------------------


@pytest.fixture
def further(settings):
    """Return a call that changes what the file says of the second chain."""

    def describe(**said):
        settings.FURTHER_CHAINS = [{"id": SECOND, "rpc": ["memory:"]} | said]

    return describe


@pytest.fixture
def other(chain, further, settings, tmp_path) -> MemoryChain:
    """Return a second chain in memory; École A submits with a key of its own, if it likes."""
    further()
    settings.SUBMITTERS_DIR = str(tmp_path / "submitters")
    (tmp_path / "submitters").mkdir()
    (tmp_path / "submitters" / "ecole-a.key").write_text(OWN_KEY + "\n")
    second = chains.get_chain(SECOND)
    assert isinstance(second, MemoryChain)
    second.mine(10)
    return second


def promise(clock, number, *names):
    lanes = [Lane(*name.split("/")) for name in names]
    services.commit(leaves=[leaf_of(number)], now=clock.now, lanes=lanes)


def attempt(service, clock):
    """Do a round, and return what it could not do."""
    try:
        service(now=clock.now)
    except services.Unavailable as trouble:
        return str(trouble)
    return ""


def places():
    return {(str(batch.lane), batch.state) for batch in Batch.objects.all()}


def go_on(clock, *alive, rounds=8):
    """Do rounds in which troubles are noted and passed over."""
    troubles = set()
    for _round in range(rounds):
        clock.forward(seconds=31)
        for service in (services.seal, services.broadcast, services.follow):
            troubles.add(attempt(service, clock))
        for each in alive:
            each.mine()
    return troubles - {""}
