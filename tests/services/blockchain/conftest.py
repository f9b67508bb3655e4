"""A chain in memory, a clock that only tests move, and a worker that does a round of everything."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import pytest

from blockchain import chains, selectors, services
from blockchain.chains.memory import MemoryChain
from blockchain.core import merkle
from blockchain.models import Batch
from tests.conftest import NOW

KEY = f"{7:064x}"


@pytest.fixture
def chain(settings):
    """Return a fresh chain in memory with some blocks; what waits is sealed at once."""
    settings.CHAIN_RPC_URLS = [chains.MEMORY]
    settings.CHAIN_ID = 31337
    settings.SUBMITTER_KEY = KEY
    settings.ANCHOR_SEAL_AGE_SECONDS = 0
    settings.ANCHOR_CONFIRMATIONS = 3
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


def only_batch():
    return Batch.objects.get()
