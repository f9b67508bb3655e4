"""A database of the version before lanes becomes one of today, with everything in it."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from issuers.scope import walls
from tests import roles
from tests.conftest import NOW

BEFORE = [("blockchain", "0002_batch_manifests")]


@pytest.fixture
def latest(transactional_db):
    with roles.as_owner():
        yield
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())
        walls.raise_walls(connection)


def test_leaves_and_batches_of_one_chain_get_its_lane(latest, settings):
    executor = MigrationExecutor(connection)
    executor.migrate(BEFORE)
    old = executor.loader.project_state(BEFORE).apps
    sender = old.get_model("blockchain", "Sender").objects.create(
        chain="eip155:1", address="0x" + "11" * 20, first_used_at=NOW
    )
    batch = old.get_model("blockchain", "Batch").objects.create(
        chain="eip155:1",
        root=b"\1" * 32,
        tree_size=1,
        levels=b"\1" * 32,
        sealed_at=NOW,
        state="signed",
        sender=sender,
        nonce=0,
        registry="0x" + "22" * 20,
    )
    commitments = old.get_model("blockchain", "Commitment").objects
    commitments.create(leaf=b"\1" * 32, batch=batch, leaf_index=0, committed_at=NOW)
    commitments.create(leaf=b"\2" * 32, committed_at=NOW)

    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())

    from blockchain.core.lanes import Lane
    from blockchain.models import Batch, Commitment, Sender

    assert Batch.objects.get().lane == Lane("eip155:1")
    assert (Sender.objects.get().signer, Sender.objects.get().balance) == ("", None)
    lanes = {
        bytes(each.leaf): (each.chain, each.signer) for each in Commitment.objects.order_by("id")
    }
    assert lanes == {
        b"\1" * 32: ("eip155:1", ""),
        b"\2" * 32: (f"eip155:{settings.CHAIN_ID}", ""),
    }
