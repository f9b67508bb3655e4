"""What the chain holds for somebody's anchor proof, and what is made of it."""

from dataclasses import replace

import pytest

from blockchain import services
from blockchain.core import anchor
from tests.services.blockchain.conftest import (
    commit,
    digest_of,
    leaf_of,
    proof_of,
    salt_of,
    settle,
    work,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def proof(chain, clock):
    commit(clock, 1, 2, 3)
    settle(chain, clock)
    return proof_of(2)


def judge(proof, number=2, submitters=None, confirmations=3):
    anchor.verify(
        digest_of(number),
        proof,
        services.find(proof=proof),
        submitters=submitters or [services.submitter_account()],
        confirmations=confirmations,
    )


def test_what_was_anchored_is_found(chain, proof):
    finding = services.find(proof=proof)

    assert finding.anchored_at == finding.block_time == proof.block_time
    assert (finding.block_number, finding.block_hash) == (proof.block_number, proof.block_hash)
    assert finding.finalized
    assert finding.confirmations == chain.head().number - proof.block_number + 1
    judge(proof)


def test_a_proof_survives_its_receipt(chain, proof):
    judge(anchor.from_json(anchor.to_json(proof)))


def test_a_confirmed_anchor_verifies_before_it_is_final(chain, clock):
    chain.finality = 20
    commit(clock, 2)
    work(clock)
    chain.mine(3)
    work(clock)

    proof = proof_of(2)

    assert proof.state == "confirmed"
    assert not services.find(proof=proof).finalized
    judge(proof)
    with pytest.raises(anchor.NotDeepEnough):
        judge(proof, confirmations=4)


def test_a_confirmed_anchor_that_is_reorganised_away_is_not_on_the_chain(chain, clock):
    chain.finality = 20
    commit(clock, 2)
    work(clock)
    chain.mine(3)
    work(clock)
    proof = proof_of(2)

    chain.reorganise(3)

    with pytest.raises(anchor.RootNotOnChain):
        judge(proof)
    chain.mine(3)
    with pytest.raises(anchor.BlockMoved):
        judge(proof)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"root": bytes(32)}, anchor.WrongPath),
        ({"contract": "0x" + "66" * 20}, anchor.UnknownRegistry),
        ({"submitter": "0x" + "66" * 20}, anchor.SubmitterNotAccepted),
        ({"transaction": "0x" + "66" * 32}, anchor.TransactionUnknown),
        ({"block_hash": "0x" + "66" * 32}, anchor.BlockMismatch),
        ({"block_number": 1}, anchor.BlockMismatch),
    ],
)
def test_a_forged_member_is_noticed(proof, change, error):
    with pytest.raises(error):
        judge(replace(proof, **change))


def test_a_root_of_ones_own_is_not_on_the_chain(proof):
    lonely = anchor.AnchorProof(
        salt=salt_of(9),
        inclusion=replace(proof.inclusion, leaf_index=0, tree_size=1, path=()),
        root=leaf_of(9),
        chain=proof.chain,
        contract=proof.contract,
        submitter=proof.submitter,
        transaction=proof.transaction,
        block_number=proof.block_number,
        block_hash=proof.block_hash,
        block_time=proof.block_time,
        state="finalized",
    )

    with pytest.raises(anchor.RootNotOnChain):
        judge(lonely, number=9)


def test_a_strange_contract_is_not_even_called(chain, proof, monkeypatch):
    monkeypatch.setattr(chain, "anchor_of", None)

    finding = services.find(proof=replace(proof, contract="0x" + "66" * 20))

    assert finding.anchored_at is None


def test_another_chain_a_silent_one_and_one_that_is_behind_are_unavailable(chain, proof):
    with pytest.raises(services.Unavailable, match="eip155:31337, not eip155:1"):
        services.find(proof=replace(proof, chain="eip155:1"))
    with pytest.raises(services.Unavailable, match="the proof names 999"):
        services.find(proof=replace(proof, block_number=999))
    chain.answers_for = 1
    with pytest.raises(services.Unavailable, match="the node is of 1"):
        services.find(proof=proof)
    chain.down = True
    with pytest.raises(services.Unavailable, match="could not be reached"):
        services.find(proof=proof)
