"""The anchor proof: what a receipt may be, and what a chain must hold for it to be believed."""

import contextlib
import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blockchain.core import anchor, merkle

DIGEST = b"\xd1" * 32
SALT = b"\x5a" * 32
CHAIN = "eip155:31337"
SUBMITTER = "0x" + "ab" * 20
ACCOUNT = f"{CHAIN}:{SUBMITTER}"
WHEN = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)


def make_proof():
    leaves = [bytes([index]) * 32 for index in range(6)]
    leaves.insert(3, merkle.leaf(salt=SALT, digest=DIGEST))
    levels = merkle.build(leaves)
    return anchor.AnchorProof(
        salt=SALT,
        inclusion=merkle.prove(levels, 3),
        root=levels[-1],
        chain=CHAIN,
        contract=anchor.REGISTRY,
        submitter=SUBMITTER,
        transaction="0x" + "11" * 32,
        block_number=1200,
        block_hash="0x" + "22" * 32,
        block_time=WHEN,
        state="finalized",
    )


def make_finding(proof):
    return anchor.Finding(
        anchored_at=WHEN,
        block_number=1200,
        finalized=True,
        confirmations=70,
        transaction=anchor.Sent(SUBMITTER, anchor.REGISTRY, proof.root, proof.block_hash),
        block_hash=proof.block_hash,
        block_time=WHEN,
    )


PROOF = make_proof()
FINDING = make_finding(PROOF)


def verify(proof=PROOF, finding=FINDING, digest=DIGEST, submitters=(ACCOUNT,), confirmations=3):
    anchor.verify(digest, proof, finding, submitters=submitters, confirmations=confirmations)


# -- Verification ----------------------------------------------------------------------------------


def test_an_anchor_that_the_chain_bears_out_verifies():
    verify()


@pytest.mark.parametrize(
    "submitters",
    [
        [ACCOUNT.upper().replace("EIP155", "eip155").replace("0X", "0x")],
        ["eip155:1:0x" + "00" * 20, ACCOUNT],
    ],
)
def test_an_account_may_be_spelt_with_its_checksum_and_stand_among_others(submitters):
    verify(submitters=submitters)


@pytest.mark.parametrize(
    ("digest", "proof"),
    [
        (b"\xd2" * 32, PROOF),
        (b"\xd1" * 31, PROOF),
        (DIGEST, replace(PROOF, salt=b"\x5b" * 32)),
        (DIGEST, replace(PROOF, salt=b"\x5a" * 31)),
        (DIGEST, replace(PROOF, root=b"\x00" * 32)),
        (DIGEST, replace(PROOF, inclusion=replace(PROOF.inclusion, leaf_index=2))),
        (DIGEST, replace(PROOF, inclusion=replace(PROOF.inclusion, path=()))),
    ],
)
def test_a_path_that_leads_elsewhere_needs_no_chain_to_be_refused(digest, proof):
    with pytest.raises(anchor.WrongPath) as caught:
        anchor.verify_inclusion(digest, proof)
    with pytest.raises(anchor.WrongPath):
        verify(digest=digest, proof=proof)

    assert caught.value.reason == "wrong_path"


def test_a_contract_of_ones_own_may_say_anything_and_is_not_heard():
    proof = replace(PROOF, contract="0x" + "66" * 20)

    with pytest.raises(anchor.UnknownRegistry):
        verify(proof=proof)


@pytest.mark.parametrize(
    "submitters",
    [
        (),
        (f"eip155:1:{SUBMITTER}",),
        (f"{CHAIN}:0x{'cd' * 20}",),
        (SUBMITTER,),
    ],
)
def test_a_stranger_may_anchor_anything_and_is_not_believed(submitters):
    with pytest.raises(anchor.SubmitterNotAccepted):
        verify(submitters=submitters)


def test_a_root_that_the_registry_does_not_hold_is_refused():
    with pytest.raises(anchor.RootNotOnChain):
        verify(finding=replace(FINDING, anchored_at=None, block_number=None))


@pytest.mark.parametrize(
    "change",
    [
        {"sender": "0x" + "cd" * 20},
        {"recipient": "0x" + "cd" * 20},
        {"data": b"\x00" * 32},
        {"data": PROOF.root + b"\x00"},
    ],
)
def test_a_transaction_that_did_something_else_is_refused(change):
    sent = replace(FINDING.transaction, **change)

    with pytest.raises(anchor.TransactionMismatch):
        verify(finding=replace(FINDING, transaction=sent))


@pytest.mark.parametrize(
    "change",
    [
        {"block_hash": "0x" + "33" * 32},
        {"block_hash": None, "block_time": None},
        {"block_time": WHEN + timedelta(seconds=1)},
        {"anchored_at": WHEN + timedelta(seconds=12)},
        {"transaction": replace(FINDING.transaction, block_hash="0x" + "33" * 32)},
        {"transaction": replace(FINDING.transaction, block_hash=None)},
    ],
)
def test_a_block_that_is_not_the_anchors_refutes_a_final_receipt_only(change):
    finding = replace(FINDING, **change)

    with pytest.raises(anchor.BlockMismatch):
        verify(finding=finding)
    with pytest.raises(anchor.BlockMoved) as caught:
        verify(proof=replace(PROOF, state="confirmed"), finding=finding)

    assert isinstance(caught.value, anchor.Undecided)


def test_a_transaction_that_the_node_forgot_leaves_the_question_open():
    with pytest.raises(anchor.Undecided) as caught:
        verify(finding=replace(FINDING, transaction=None))

    assert caught.value.reason == "transaction_unknown"


@pytest.mark.parametrize("confirmations", [0, 1, 2])
def test_an_anchor_near_the_head_is_not_deep_enough_yet(confirmations):
    finding = replace(FINDING, finalized=False, confirmations=confirmations)

    with pytest.raises(anchor.NotDeepEnough) as caught:
        verify(finding=finding)

    assert isinstance(caught.value, anchor.Undecided)


def test_finality_or_depth_is_enough():
    verify(finding=replace(FINDING, finalized=False, confirmations=3))
    verify(finding=replace(FINDING, finalized=True, confirmations=1))


def test_the_height_that_the_registry_noted_is_only_a_hint():
    verify(finding=replace(FINDING, block_number=99))


def test_every_refusal_has_a_reason_of_its_own():
    kinds = [anchor.AnchorError]
    for kind in kinds:
        kinds.extend(kind.__subclasses__())

    assert len({kind.reason for kind in kinds}) == len(kinds) == 11


# -- Receipts --------------------------------------------------------------------------------------


def test_a_receipt_has_exactly_these_members():
    receipt = anchor.to_json(PROOF)

    assert receipt == {
        "type": "AnchorReceipt",
        "version": 1,
        "salt": "5a" * 32,
        "leafIndex": 3,
        "treeSize": 7,
        "path": [step.hex() for step in PROOF.inclusion.path],
        "root": PROOF.root.hex(),
        "chain": "eip155:31337",
        "contract": "0x7801ebcd88446989d33200ca5562690dd74e10e2",
        "submitter": "0x" + "ab" * 20,
        "transaction": "0x" + "11" * 32,
        "block": {"number": 1200, "hash": "0x" + "22" * 32, "time": "2026-03-01T12:00:05Z"},
        "state": "finalized",
    }
    assert json.loads(json.dumps(receipt)) == receipt


hashes = st.binary(min_size=32, max_size=32)
proofs = st.builds(
    anchor.AnchorProof,
    salt=hashes,
    inclusion=st.integers(1, merkle.MAX_LEAVES).flatmap(
        lambda size: st.builds(
            merkle.InclusionProof,
            leaf_index=st.integers(0, size - 1),
            tree_size=st.just(size),
            path=st.lists(hashes, max_size=16).map(tuple),
        )
    ),
    root=hashes,
    chain=st.integers(1, 2**62).map("eip155:{}".format),
    contract=st.just(anchor.REGISTRY),
    submitter=st.binary(min_size=20, max_size=20).map(lambda each: "0x" + each.hex()),
    transaction=hashes.map(lambda each: "0x" + each.hex()),
    block_number=st.integers(0, 2**53 - 1),
    block_hash=hashes.map(lambda each: "0x" + each.hex()),
    block_time=st.integers(0, 2**33).map(lambda each: datetime.fromtimestamp(each, tz=UTC)),
    state=st.sampled_from(["confirmed", "finalized"]),
)


@given(proofs)
def test_a_receipt_is_read_back_as_it_was_written(proof):
    assert anchor.from_json(json.loads(json.dumps(anchor.to_json(proof)))) == proof


@pytest.mark.parametrize("member", sorted(anchor.to_json(PROOF)))
def test_every_member_is_needed_and_named_when_it_lacks(member):
    receipt = anchor.to_json(PROOF)
    del receipt[member]

    with pytest.raises(anchor.ReceiptError, match=member):
        anchor.from_json(receipt)


@pytest.mark.parametrize("member", ["number", "hash", "time"])
def test_every_member_of_the_block_is_needed(member):
    receipt = anchor.to_json(PROOF)
    del receipt["block"][member]

    with pytest.raises(anchor.ReceiptError, match=member):
        anchor.from_json(receipt)


H, A = "a" * 64, "0x" + "a" * 40


@pytest.mark.parametrize(
    ("member", "values"),
    {
        "type": ["", None, "anchorreceipt", ["AnchorReceipt"]],
        "version": [0, 2, 1.0, "1", True, None],
        "salt": [None, "", "a" * 63, "A" * 64, "0x" + "a" * 62, H + "\n", "é" * 64, 5, [H]],
        "leafIndex": [-1, 7, 1.0, "3", True, None, 10**30],
        "treeSize": [0, -1, 65_537, "7", 7.0, False, 10**30],
        "path": [None, "", {}, [H] * 17, [H, "b"], [None], [[H]], "a" * 64],
        "root": [None, "a" * 65],
        "chain": ["eip155:", "eip155:0", "eip155:01", "EIP155:1", "bip122:1", "eip155:" + "1" * 33],
        "contract": [A.upper(), A + "a", "a" * 42, None],
        "submitter": [A[:-1], "0x" + "g" * 40, None],
        "transaction": [H, "0x" + "a" * 63, None],
        "block": [None, [], "x", 7],
        "state": ["", "Finalized", "mined", None, ["confirmed"]],
        "more": [1],
    }.items(),
)
def test_a_member_in_another_form_is_refused_by_name(member, values):
    for value in values:
        receipt = {**anchor.to_json(PROOF), member: value}

        with pytest.raises(anchor.ReceiptError, match=member):
            anchor.from_json(receipt)


@pytest.mark.parametrize(
    ("member", "values"),
    {
        "number": [-1, 2**53, "1200", 1200.0, True, None],
        "hash": [None, "22" * 32],
        "time": [
            None, 0, "2026-03-01", "2026-03-01T12:00:05", "2026-13-01T12:00:05Z",
            "2026-03-01T12:00:05+00:00", "2026-03-01T12:00:05.0Z", "2026-02-30T12:00:05Z",
            "0000-01-01T00:00:00Z",
        ],
        "more": [1],
    }.items(),
)  # fmt: skip
def test_a_member_of_the_block_in_another_form_is_refused_by_name(member, values):
    for value in values:
        receipt = anchor.to_json(PROOF)
        receipt["block"][member] = value

        with pytest.raises(anchor.ReceiptError, match=member):
            anchor.from_json(receipt)


@pytest.mark.parametrize("document", [None, [], "", 0, {}, {"x" * 10_000: 1}])
def test_what_is_no_receipt_is_refused_shortly(document):
    with pytest.raises(anchor.ReceiptError) as caught:
        anchor.from_json(document)

    assert len(str(caught.value)) < 200


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    st.sampled_from(sorted(anchor.to_json(PROOF))),
)
def test_no_value_makes_the_reader_fail_otherwise(value, member):
    with contextlib.suppress(anchor.ReceiptError):
        anchor.from_json({**anchor.to_json(PROOF), member: value})


def test_a_proof_has_nothing_that_a_receipt_leaves_out():
    read = anchor.from_json(anchor.to_json(PROOF))

    assert [getattr(read, each.name) for each in fields(read)] == [
        getattr(PROOF, each.name) for each in fields(PROOF)
    ]
