"""Place the leaves of a manifest in its batch: they lead to its root, so it is believed."""

from django.db import connection

from blockchain.core import manifest as manifests
from blockchain.models import Batch, Commitment


class Conflict(Exception):  # noqa: N818 - it says what is wrong
    """The database holds something that contradicts the manifest; nothing was written."""


def place(*, batch: Batch, manifest: manifests.Manifest) -> bool:
    """Put every leaf at its place in the lane of the batch; return whether one was not there.

    Raises:
        Conflict: a leaf is in another batch of that lane.
    """
    size = manifest.tree_size
    with connection.cursor() as cursor:
        # What stands in the batch and is not so in the manifest never led to the root.
        cursor.execute(
            "DELETE FROM blockchain_commitment WHERE batch_id = %s AND leaf IS DISTINCT FROM"
            " substring(%s::bytea FROM leaf_index * 32 + 1 FOR 32)",
            [batch.pk, manifest.leaves],
        )
        changed: int = cursor.rowcount
        cursor.execute(
            "INSERT INTO blockchain_commitment"
            " (leaf, chain, signer, batch_id, leaf_index, committed_at)"
            " SELECT substring(%s::bytea FROM place * 32 + 1 FOR 32), %s, %s, %s, place, %s"
            " FROM generate_series(0, %s - 1) AS place"
            " ON CONFLICT (leaf, chain, signer) DO UPDATE SET batch_id = EXCLUDED.batch_id,"
            " leaf_index = EXCLUDED.leaf_index WHERE blockchain_commitment.batch_id IS NULL",
            [
                *(manifest.leaves, manifest.chain, manifest.signer, batch.pk),
                *(manifest.sealed_at, size),
            ],
        )
        changed += cursor.rowcount
    elsewhere = size - Commitment.objects.filter(batch=batch).count()
    if elsewhere:
        raise Conflict(f"{elsewhere} of its leaves are in another batch")
    return changed > 0


def waiting(*, manifest: manifests.Manifest) -> int:
    """Return how many of its leaves wait here for a batch of that lane: they are somebody's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM blockchain_commitment AS waits"
            " WHERE batch_id IS NULL AND chain = %s AND signer = %s AND leaf IN"
            " (SELECT substring(%s::bytea FROM place * 32 + 1 FOR 32)"
            " FROM generate_series(0, %s - 1) AS place)",
            [manifest.chain, manifest.signer, manifest.leaves, manifest.tree_size],
        )
        [found] = cursor.fetchone()
    return int(found)
