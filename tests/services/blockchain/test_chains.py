"""Which chain and which key the services get, and what the chain in memory is worth."""

import pytest
from eth_account import Account

from blockchain import apps, chains, services
from blockchain.chains import registry
from blockchain.chains.evm import EvmChain
from blockchain.chains.interface import Unsigned
from blockchain.chains.memory import MemoryChain
from blockchain.chains.signers import LocalSigner
from blockchain.core import anchor
from blockchain.models import Attempt
from tests.conftest import NOW
from tests.services.blockchain.conftest import KEY, commit, only_batch, settle


@pytest.fixture(autouse=True)
def forget():
    chains.get_chain.cache_clear()
    yield
    chains.get_chain.cache_clear()


def test_the_settings_name_the_chain_and_it_is_made_once(settings):
    settings.CHAIN_RPC_URLS = ["http://127.0.0.1:1", "http://127.0.0.1:2"]
    settings.CHAIN_ID = 11155111

    chain = chains.get_chain()

    assert isinstance(chain, EvmChain)
    assert (chain.id, chain.number) == ("eip155:11155111", 11155111)
    assert chains.get_chain() is chain


def test_a_chain_in_memory_warns_where_it_is_not_tested_with(settings, monkeypatch):
    settings.CHAIN_RPC_URLS = [chains.MEMORY]
    monkeypatch.delenv("PYTEST_VERSION")

    with pytest.warns(UserWarning, match="for tests only"):
        chain = chains.get_chain()

    assert isinstance(chain, MemoryChain)


def test_a_real_site_refuses_a_chain_in_memory(settings):
    settings.CHAIN_RPC_URLS = [chains.MEMORY]
    assert [each.id for each in apps.refuse_memory([])] == ["blockchain.E001"]

    settings.CHAIN_RPC_URLS = ["http://127.0.0.1:8545"]
    assert apps.refuse_memory([]) == []


@pytest.mark.django_db
def test_the_registry_is_deployed_by_the_submitter_where_nobody_else_pays(chain):
    chain.deployed = False

    address = services.deploy_registry(now=NOW, wait=lambda seconds: chain.mine())

    assert address == anchor.REGISTRY
    assert chain.code(address) == registry.artefact().runtime
    assert len(chain.sends) == 1
    services.deploy_registry(now=NOW, wait=lambda seconds: chain.mine())
    assert len(chain.sends) == 1


@pytest.mark.django_db
def test_a_deployment_that_no_block_takes_is_given_up_and_taken_up_again(chain):
    chain.deployed = False
    with pytest.raises(services.Unavailable, match="the registry did not arrive"):
        services.deploy_registry(now=NOW, wait=lambda seconds: None)
    chain.drop(chain.sends[0])

    services.deploy_registry(now=NOW, wait=lambda seconds: chain.mine())

    assert Attempt.objects.get(batch=None).transaction == chain.sends[0] == chain.sends[1]


@pytest.mark.django_db
def test_batches_come_after_the_deployment(chain, clock):
    chain.deployed = False
    services.deploy_registry(now=NOW, wait=lambda seconds: chain.mine())
    commit(clock, 1)

    settle(chain, clock)

    assert only_batch().nonce == 1


def test_a_signature_speaks_for_the_account_and_hides_the_key():
    signer = LocalSigner(bytes.fromhex(KEY))

    signed = signer.sign(Unsigned(1, 4, anchor.REGISTRY, bytes(32), 80_000, 10**9, 10**9))

    assert Account.recover_transaction(signed.raw).lower() == signer.address
    assert len(signed.raw) < 150
    assert KEY.lstrip("0") not in repr(signer).removeprefix(f"<LocalSigner {signer.address}")
    assert repr(signer) == f"<LocalSigner {signer.address}>"


def test_a_key_may_be_written_with_its_prefix(settings):
    settings.SUBMITTER_KEY = "0x" + KEY

    assert chains.get_signer().address == LocalSigner(bytes.fromhex(KEY)).address
