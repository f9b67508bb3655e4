"""Rebuild: what the database lost comes back from the manifests, byte for byte."""

import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings as live

from blockchain import chains, selectors, services
from blockchain.chains.memory import MemoryChain
from blockchain.core import anchor, manifest
from blockchain.models import Attempt, Batch, Commitment, Sender
from blockchain.services import manifests
from tests.conftest import NOW
from tests.services.blockchain.conftest import (
    commit,
    digest_of,
    leaf_of,
    only_batch,
    proof_of,
    settle,
    work,
)

pytestmark = pytest.mark.django_db
NUMBERS = range(5)


@pytest.fixture
def anchored(chain, clock):
    """Return what two final batches, and their files, let us prove."""
    commit(clock, 0, 1, 2)
    settle(chain, clock)
    commit(clock, 3, 4)
    settle(chain, clock)
    services.write_missing_manifests()
    return {number: anchor.to_json(proof_of(number)) for number in NUMBERS}


def lose_everything():
    Attempt.objects.all().delete()
    Commitment.objects.all().delete()
    Batch.objects.all().delete()
    Sender.objects.all().delete()


def rebuild(**options):
    return list(services.rebuild(source=live.MANIFEST_DIR, now=NOW, **options))


def outcomes(**options):
    return [str(each.outcome) for each in rebuild(**options)]


def rows():
    batches = Batch.objects.order_by("root").values_list(
        "root", "chain", "state", "tree_size", "levels", "nonce", "registry", "transaction",
        "block_number", "block_hash", "block_time", "sealed_at", "finalized_at", "gas_used",
        "gas_price", "manifest", "final_manifest", "sender__address",
    )  # fmt: skip
    leaves = Commitment.objects.order_by("leaf").values_list("leaf", "batch__root", "leaf_index")
    attempts = Attempt.objects.order_by("transaction").values_list("transaction", "raw", "nonce")
    return [
        [tuple(bytes(c) if isinstance(c, memoryview) else c for c in row) for row in each]
        for each in (batches, leaves, attempts)
    ]


def test_a_database_that_lost_everything_proves_the_same_again(anchored):
    before = rows()
    lose_everything()

    assert outcomes() == ["rebuilt", "rebuilt"]

    assert {number: anchor.to_json(proof_of(number)) for number in NUMBERS} == anchored
    assert rows() == before


def test_without_the_chain_the_proofs_are_the_same_and_only_gas_is_unknown(anchored, chain):
    before = rows()
    lose_everything()
    chain.down = True

    done = rebuild()

    assert {number: anchor.to_json(proof_of(number)) for number in NUMBERS} == anchored
    assert all("the chain was not asked" in each.note for each in done)
    chain.down = False
    assert outcomes() == ["completed", "completed"]
    assert rows() == before
    assert outcomes() == ["unchanged", "unchanged"]


def test_what_is_whole_is_left_as_it_is(anchored):
    before = rows()

    assert outcomes() == ["unchanged", "unchanged"]

    assert rows() == before


def test_a_rehearsal_writes_nothing(anchored):
    lose_everything()

    assert outcomes(dry_run=True) == ["rebuilt", "rebuilt"]

    assert rows() == [[], [], []]
    assert not Sender.objects.exists()


def test_leaves_that_were_lost_moved_or_flipped_return_to_their_places(anchored):
    before = rows()
    first = Batch.objects.earliest("id")
    Commitment.objects.filter(leaf=leaf_of(0)).delete()
    Commitment.objects.filter(leaf=leaf_of(1)).update(leaf=bytes(32))
    Commitment.objects.filter(leaf=leaf_of(2)).update(batch=None, leaf_index=None)
    Batch.objects.filter(pk=first.pk).update(levels=b"")

    assert sorted(outcomes()) == ["completed", "unchanged"]

    assert rows() == before


def test_two_leaves_that_changed_places_change_back(anchored):
    before = rows()
    Commitment.objects.filter(leaf=leaf_of(3)).update(leaf_index=7)
    Commitment.objects.filter(leaf=leaf_of(4)).update(leaf_index=0)
    Commitment.objects.filter(leaf=leaf_of(3)).update(leaf_index=1)

    rebuild()

    assert rows() == before


def test_a_sealed_batch_waits_again_for_its_transaction(chain, clock):
    commit(clock, 1, 2)
    services.seal(now=clock.now)
    services.write_missing_manifests()
    root = bytes(only_batch().root)
    lose_everything()

    rebuild()

    assert only_batch().state == "sealed"
    settle(chain, clock)
    assert bytes(only_batch().root) == root
    assert len(set(chain.sends)) == 1


def test_a_batch_on_the_chain_that_was_not_final_is_adopted(chain, clock):
    commit(clock, 1, 2)
    work(clock)
    services.write_missing_manifests()
    chain.mine(2)
    lose_everything()

    rebuild()

    assert only_batch().state == "mined"
    settle(chain, clock)
    anchor.verify(
        digest_of(1),
        proof_of(1),
        services.find(proof=proof_of(1)),
        submitters=selectors.submitter_accounts(),
        confirmations=1,
    )
    assert len(set(chain.sends)) == 1


def test_an_older_copy_of_the_database_catches_up(anchored, chain, clock):
    """The second batch is unknown to the copy, and its leaves wait there to be sealed."""
    second = Batch.objects.latest("id")
    Commitment.objects.filter(batch=second).update(batch=None, leaf_index=None)
    Attempt.objects.filter(batch=second).delete()
    second.delete()

    assert sorted(outcomes()) == ["rebuilt", "unchanged"]

    assert {number: anchor.to_json(proof_of(number)) for number in NUMBERS} == anchored
    settle(chain, clock)
    assert Batch.objects.count() == 2


def test_an_older_copy_ends_by_itself_and_writes_its_own_last_word(anchored, chain, clock):
    """Its batch was not final yet: what the folder says of the end is not the end that it notes."""
    second = Batch.objects.latest("id")
    Batch.objects.filter(pk=second.pk).update(
        state="confirmed", finalized_at=None, final_manifest=""
    )

    rebuild()

    batch = Batch.objects.get(pk=second.pk)
    assert (batch.state, batch.final_manifest) == ("confirmed", "")
    clock.forward(hours=1)
    settle(chain, clock)
    services.write_missing_manifests()
    batch.refresh_from_db()
    assert batch.final_manifest not in ("", second.final_manifest)
    assert batch.finalized_at != second.finalized_at


def test_a_final_anchor_that_the_chain_never_saw_is_made_again(anchored, settings, clock):
    lose_everything()
    chains.get_chain.cache_clear()
    other = chains.get_chain()
    assert isinstance(other, MemoryChain)
    other.mine(60)

    done = rebuild()

    assert {each.state for each in done} == {"sealed"}
    assert all("anchored again" in each.note for each in done)
    settle(other, clock)
    assert proof_of(1).state == "finalized"


def test_a_node_that_is_behind_does_not_make_an_anchor_doubtful(anchored, chain):
    lose_everything()
    chain.finality = 10_000

    rebuild()

    assert {number: anchor.to_json(proof_of(number)) for number in NUMBERS} == anchored


def test_a_damaged_file_is_named_and_the_others_serve(anchored, chain):
    lose_everything()
    damaged, *_others = sorted(live.MANIFEST_DIR.rglob("*.manifest"))
    damaged.chmod(0o640)
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")

    done = rebuild()

    assert [each.subject for each in done if each.outcome == "refused"] == [damaged.name]
    assert Batch.objects.count() == 2


def test_half_written_files_are_not_read(anchored):
    lose_everything()
    (live.MANIFEST_DIR / "ab").mkdir(exist_ok=True)
    (live.MANIFEST_DIR / "ab" / ".abc.1234").write_bytes(b"half")

    assert outcomes() == ["rebuilt", "rebuilt"]


def test_a_leaf_that_another_batch_holds_is_refused_and_nothing_is_written(anchored):
    _first, second = Batch.objects.order_by("id")
    Commitment.objects.filter(leaf=leaf_of(0)).delete()
    Commitment.objects.filter(batch=second, leaf_index=0).delete()
    Commitment.objects.create(
        leaf=leaf_of(0), chain=second.chain, batch=second, leaf_index=0, committed_at=NOW
    )
    before = rows()
    for name in (second.manifest, second.final_manifest):
        manifests.path_of(name).unlink()

    [done] = rebuild()

    assert done.outcome == "refused"
    assert "1 of its leaves are in another batch" in done.note
    assert rows() == before


def test_a_final_batch_that_says_another_place_is_for_a_person(anchored):
    Batch.objects.filter(nonce=0).update(block_hash="0x" + "00" * 32)

    assert sorted(outcomes()) == ["refused", "unchanged"]


def test_a_batch_that_was_refused_for_damage_is_mended_and_sent(chain, clock):
    commit(clock, 1, 2)
    services.seal(now=clock.now)
    services.write_missing_manifests()
    Commitment.objects.filter(leaf=leaf_of(2)).delete()
    work(clock)
    assert only_batch().state == "failed"

    assert outcomes() == ["completed"]

    settle(chain, clock)
    assert only_batch().state == "finalized"


def test_of_two_final_places_the_last_one_counts(anchored):
    """The first one's block was replaced after it was final; its file stays where it was."""
    batch = Batch.objects.get(nonce=0)
    found = manifest.read(manifests.path_of(batch.final_manifest).read_bytes())
    assert found.anchor is not None
    for days, block in ((-1, "0x" + "01" * 32), (-2, "0x" + "02" * 32)):
        earlier = replace(
            found.anchor,
            block_hash=block,
            finalized_at=found.anchor.finalized_at + timedelta(days=days),
        )
        data = manifest.write(replace(found, anchor=earlier))
        path = manifests.path_of(manifest.name(data))
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    lose_everything()

    assert outcomes() == ["rebuilt", "rebuilt"]

    assert {number: anchor.to_json(proof_of(number)) for number in NUMBERS} == anchored


def test_files_of_another_registry_are_refused(anchored, monkeypatch):
    lose_everything()
    monkeypatch.setattr(anchor, "REGISTRIES", frozenset({"0x" + "00" * 20}))

    done = rebuild()

    assert {each.outcome for each in done} == {"refused"}
    assert "is not the anchor registry" in done[0].note


def test_a_copy_of_the_folder_serves_as_well(anchored, tmp_path):
    lose_everything()
    shutil.copytree(live.MANIFEST_DIR, tmp_path / "copy")

    done = list(services.rebuild(source=tmp_path / "copy", now=NOW))

    assert [each.outcome for each in done] == ["rebuilt", "rebuilt"]
