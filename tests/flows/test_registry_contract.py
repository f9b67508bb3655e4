"""The registry on a real EVM, in this process: what it costs, what it keeps, what it refuses."""

import json
import shutil
import subprocess
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from eth_account import Account
from eth_tester import EthereumTester, PyEVMBackend
from eth_tester.exceptions import TransactionFailed
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from web3 import EthereumTesterProvider, Web3

from blockchain import chains, services
from blockchain.chains import registry
from blockchain.chains.evm import EvmChain
from blockchain.core import anchor
from tests.services.blockchain.conftest import KEY

pytestmark = pytest.mark.chain
# What one anchor may cost, for ever, and what a repeat may.
ANCHOR_GAS, REPEAT_GAS = 46_500, 24_000
CONTRACTS = registry.ARTEFACT.parent


@pytest.fixture
def evm():
    """Return a node of its own; every transaction is mined at once."""
    return Web3(EthereumTesterProvider(EthereumTester(PyEVMBackend())))


@pytest.fixture
def chain(evm, settings):
    """Return that node as the services see it."""
    settings.SUBMITTER_KEY = KEY
    with pytest.MonkeyPatch.context() as patch:
        seen = EvmChain(number=evm.eth.chain_id, providers=[evm.provider])
        patch.setattr(chains, "get_chain", lambda name="": seen)
        yield seen


@pytest.fixture
def deployed(evm, chain, db):
    """Return a call that sends data to the registry and waits for the receipt."""
    services.deploy_registry(now=datetime(2026, 1, 1, tzinfo=UTC), wait=lambda seconds: None)

    def send(data, sender=None, value=0):
        transaction = {
            "from": sender or evm.eth.accounts[0],
            "to": to_checksum_address(anchor.REGISTRY),
            "data": data,
            "value": value,
            "gas": 200_000,
        }
        return evm.eth.wait_for_transaction_receipt(evm.eth.send_transaction(transaction))

    return send


def root_of(number):
    return sha256(b"root %d" % number).digest()


def submitter():
    return services.submitter_account().rpartition(":")[2]


def anchored(evm, chain, root, sender=None, tag="latest"):
    account = (sender or evm.eth.accounts[0]).lower()
    return chain.anchor_of(registry=anchor.REGISTRY, submitter=account, root=root, tag=tag)


# -- Deployment ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_registry_comes_to_its_address_on_a_chain_that_has_nothing(evm, chain, capsys):
    assert not chain.code(registry.PROXY)

    address = services.deploy_registry(now=datetime(2026, 1, 1, tzinfo=UTC))

    assert address == anchor.REGISTRY == registry.address()
    assert chain.code(registry.PROXY)
    assert chain.code(address) == registry.artefact().runtime
    assert chain.balance(submitter()) >= 10**18
    assert chain.nonce(submitter(), "latest") == 0


@pytest.mark.django_db
def test_deploying_again_sends_nothing(evm, chain):
    services.deploy_registry(now=datetime(2026, 1, 1, tzinfo=UTC))
    height = evm.eth.block_number

    services.deploy_registry(now=datetime(2026, 1, 1, tzinfo=UTC))

    assert evm.eth.block_number == height


@pytest.mark.django_db
def test_the_submitter_deploys_where_no_account_is_unlocked(evm, chain, monkeypatch):
    payer = submitter()
    services.deploy_registry(now=datetime(2026, 1, 1, tzinfo=UTC))
    other = keccak(text="another salt")
    monkeypatch.setattr(registry, "SALT", other)
    monkeypatch.setattr(anchor, "REGISTRY", registry.address())
    monkeypatch.setattr(chain, "unlocked", tuple)

    address = services.deploy_registry(now=datetime(2026, 1, 1, tzinfo=UTC))

    assert chain.code(address) == registry.artefact().runtime
    receipt = evm.eth.get_block("latest", full_transactions=True)["transactions"][0]
    assert receipt["from"].lower() == payer
    gas = evm.eth.get_transaction_receipt(receipt["hash"])["gasUsed"]
    assert gas == pytest.approx(112_714, abs=500)


@pytest.mark.django_db
def test_a_chain_without_the_proxy_and_without_unlocked_accounts_is_named(chain, monkeypatch):
    monkeypatch.setattr(chain, "unlocked", tuple)

    with pytest.raises(services.Unavailable, match="no deterministic deployment proxy"):
        services.deploy_registry(now=datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.django_db
def test_other_code_at_the_address_is_not_touched(chain, monkeypatch):
    monkeypatch.setattr(chain, "code", lambda address: b"\x60")

    with pytest.raises(services.RegistryMismatch):
        services.deploy_registry(now=datetime(2026, 1, 1, tzinfo=UTC))


# -- Anchors ---------------------------------------------------------------------------------------


def test_an_anchor_stays_below_its_budget_and_says_when(evm, chain, deployed):
    receipt = deployed(root_of(1))

    block = evm.eth.get_block(receipt["blockNumber"])
    found = anchored(evm, chain, root_of(1))
    assert receipt["gasUsed"] == pytest.approx(45_825, abs=12)  # a zero byte of the root costs less
    assert receipt["gasUsed"] <= ANCHOR_GAS
    assert found.time == datetime.fromtimestamp(block["timestamp"], tz=UTC)
    assert found.block_number == block["number"]


def test_an_anchor_leaves_one_event(evm, chain, deployed):
    receipt = deployed(root_of(1))

    (log,) = receipt["logs"]
    block = evm.eth.get_block(receipt["blockNumber"])
    assert "0x" + log["topics"][0].hex() == registry.ANCHORED
    assert bytes(log["topics"][1])[12:].hex() == evm.eth.accounts[0][2:].lower()
    assert bytes(log["topics"][2]) == root_of(1)
    assert int.from_bytes(log["data"][:32], "big") == block["timestamp"]
    assert int.from_bytes(log["data"][32:], "big") == block["number"]


def test_a_repeat_succeeds_and_keeps_the_first_instant(evm, chain, deployed):
    deployed(root_of(1))
    before = anchored(evm, chain, root_of(1))
    evm.provider.ethereum_tester.time_travel(evm.eth.get_block("latest")["timestamp"] + 1000)

    receipt = deployed(root_of(1))

    assert receipt["status"] == 1
    assert not receipt["logs"]
    assert receipt["gasUsed"] <= REPEAT_GAS
    assert anchored(evm, chain, root_of(1)) == before


def test_a_stranger_who_comes_first_changes_nothing(evm, chain, deployed):
    us, stranger = evm.eth.accounts[:2]
    deployed(root_of(1), sender=stranger)

    receipt = deployed(root_of(1), sender=us)

    assert (receipt["status"], len(receipt["logs"])) == (1, 1)
    assert anchored(evm, chain, root_of(1), us).block_number == receipt["blockNumber"]
    assert anchored(evm, chain, root_of(1), stranger).block_number < receipt["blockNumber"]


def test_what_was_never_anchored_is_not_there(evm, chain, deployed):
    deployed(root_of(1))

    assert anchored(evm, chain, root_of(2)) is None
    assert anchored(evm, chain, root_of(1), evm.eth.accounts[3]) is None
    assert anchored(evm, chain, root_of(1), tag="finalized") is not None
    assert (
        chain.anchor_of(
            registry="0x" + "99" * 20, submitter="0x" + "11" * 20, root=root_of(1), tag="latest"
        )
        is None
    )


@pytest.mark.parametrize("selector", ["anchorOf(address,bytes32)", "version()"])
def test_a_root_that_begins_like_a_call_is_anchored_all_the_same(evm, chain, deployed, selector):
    root = keccak(text=selector)[:4] + root_of(1)[4:]

    receipt = deployed(root)

    assert receipt["status"] == 1
    assert anchored(evm, chain, root) is not None


@pytest.mark.parametrize("length", [0, 1, 3, 4, 5, 31, 33, 36, 64, 67, 68, 69, 100])
def test_anything_but_32_bytes_anchors_nothing(evm, deployed, length):
    receipt = deployed(b"\x01" * length)

    assert (receipt["status"], receipt["logs"]) == (0, [])


def test_ether_is_refused(evm, chain, deployed):
    receipt = deployed(root_of(1), value=1)

    assert (receipt["status"], receipt["logs"]) == (0, [])
    assert anchored(evm, chain, root_of(1)) is None


def test_an_address_with_dirty_bits_is_refused_and_does_not_alias(evm, chain, deployed):
    deployed(root_of(1))
    account = bytes.fromhex(evm.eth.accounts[0][2:])
    dirty = registry.ANCHOR_OF + b"\x01" + bytes(11) + account + root_of(1)

    with pytest.raises(TransactionFailed):
        evm.eth.call({"to": to_checksum_address(anchor.REGISTRY), "data": dirty})


def test_it_says_which_version_it_is(evm, chain, deployed):
    call = {"to": to_checksum_address(anchor.REGISTRY), "data": keccak(text="version()")[:4]}

    assert bytes(evm.eth.call(call)).rstrip(b"\0") == b"acquis-anchor/1"


# -- The artefact ----------------------------------------------------------------------------------


def test_the_artefact_describes_what_is_called():
    abi = json.loads(registry.ARTEFACT.read_text())["abi"]

    signatures = {
        f"{entry['name']}({','.join(each['type'] for each in entry['inputs'])})" for entry in abi
    }
    assert signatures == {
        "Anchored(address,bytes32,uint64,uint64)",
        "anchorOf(address,bytes32)",
        "version()",
    }


def test_the_deployers_of_the_proxy_are_what_the_addresses_say():
    assert Account.recover_transaction(registry.PROXY_DEPLOYMENT).lower() == registry.PROXY_DEPLOYER


@pytest.mark.skipif(
    not shutil.which("node") or not (CONTRACTS / "node_modules" / "solc").is_dir(),
    reason="needs node, and `npm ci` in blockchain/contracts",
)
def test_the_committed_artefact_is_what_the_source_compiles_to():
    run = subprocess.run(  # noqa: S603 - our own script
        [str(shutil.which("node")), "compile.cjs", "--check"],
        cwd=CONTRACTS,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert (run.returncode, run.stderr) == (0, "")
