"""What the database itself refuses, whatever the code above it does."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from blockchain.models import Batch, Commitment, Sender
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

HASH = "0x" + "ab" * 32


@pytest.fixture
def sender():
    return Sender.objects.create(chain="eip155:1", address="0x" + "11" * 20, first_used_at=NOW)


def make(number=1, **fields):
    sealed = {
        "chain": "eip155:1",
        "root": bytes([number]) * 32,
        "tree_size": 1,
        "levels": bytes([number]) * 32,
        "sealed_at": NOW,
    }
    return Batch.objects.create(**sealed | fields)


def refused(name, deed):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        deed()


def test_a_sealed_batch_is_accepted():
    assert make().state == "sealed"


def test_a_root_belongs_to_one_batch():
    make(1)

    refused("root", lambda: make(1))


def test_a_root_has_32_bytes():
    refused("batch_root_is_32_bytes", lambda: make(root=bytes(31)))


@pytest.mark.parametrize("size", [0, 65_537])
def test_a_batch_has_a_size_in_bounds(size):
    refused("batch_size_in_bounds", lambda: make(tree_size=size))


def test_a_state_is_one_of_those_that_are_known():
    refused("batch_", lambda: make(state="lost"))


def test_two_batches_never_share_a_nonce(sender):
    signed = {"state": "signed", "sender": sender, "nonce": 4, "registry": "0x" + "22" * 20}
    make(1, **signed)

    refused("batch_nonce_is_its_own", lambda: make(2, **signed))


def test_a_sealed_batch_has_no_nonce_and_a_signed_one_has(sender):
    with_nonce = {"sender": sender, "nonce": 4, "registry": "0x" + "22" * 20}

    refused("batch_has_a_nonce_once_signed", lambda: make(**with_nonce))
    refused("batch_has_a_nonce_once_signed", lambda: make(state="broadcast"))


def test_a_nonce_is_somebodys():
    refused("batch_nonce_has_a_sender", lambda: make(state="signed", nonce=4))


@pytest.mark.parametrize("state", ["mined", "confirmed", "finalized"])
@pytest.mark.parametrize("missing", ["transaction", "block_number", "block_hash", "block_time"])
def test_a_batch_in_a_block_names_transaction_and_block(sender, state, missing):
    fields = {
        "state": state, "sender": sender, "nonce": 4, "registry": "0x" + "22" * 20,
        "transaction": HASH, "block_number": 7, "block_hash": HASH, "block_time": NOW,
    }  # fmt: skip
    make(1, **fields | {"nonce": 5})
    fields[missing] = "" if isinstance(fields[missing], str) else None

    refused("batch_in_a_block_names_it", lambda: make(2, **fields))


def test_a_leaf_has_32_bytes_and_is_committed_once():
    Commitment.objects.create(chain="eip155:1", leaf=bytes(32), committed_at=NOW)

    refused(
        "leaf",
        lambda: Commitment.objects.create(chain="eip155:1", leaf=bytes(32), committed_at=NOW),
    )
    refused(
        "commitment_leaf_is_32_bytes",
        lambda: Commitment.objects.create(chain="eip155:1", leaf=bytes(33), committed_at=NOW),
    )


def test_a_position_is_held_by_one_leaf():
    batch = make()
    Commitment.objects.create(
        chain="eip155:1", leaf=b"\1" * 32, batch=batch, leaf_index=0, committed_at=NOW
    )

    for number, fields in enumerate(
        [{"batch": batch, "leaf_index": 0}, {"batch": batch}, {"leaf_index": 0}], start=2
    ):
        refused(
            "commitment_",
            lambda number=number, fields=fields: Commitment.objects.create(
                chain="eip155:1", leaf=bytes([number]) * 32, committed_at=NOW, **fields
            ),
        )


def test_a_batch_with_leaves_cannot_be_deleted():
    batch = make()
    Commitment.objects.create(
        chain="eip155:1", leaf=bytes(32), batch=batch, leaf_index=0, committed_at=NOW
    )

    with pytest.raises(ProtectedError):
        batch.delete()


@pytest.mark.parametrize("address", ["0x" + "AB" * 20, "11" * 21, "0x" + "11" * 19, ""])
def test_an_address_has_one_spelling(address):
    refused(
        "sender_address_form",
        lambda: Sender.objects.create(chain="eip155:1", address=address, first_used_at=NOW),
    )


def test_an_account_has_one_row(sender):
    refused(
        "sender_is_unique",
        lambda: Sender.objects.create(
            chain=sender.chain, address=sender.address, first_used_at=NOW
        ),
    )


def test_the_tree_stays_in_the_database_until_it_is_asked_for(django_assert_num_queries):
    make()

    with django_assert_num_queries(1) as context:
        batch = Batch.objects.get()
    with django_assert_num_queries(1):
        assert bytes(batch.levels) == b"\1" * 32

    assert "levels" not in context[0]["sql"]
