"""Manifests: a batch is on the disk before the chain hears of it, and again when it is final."""

import logging
import os
import stat

import pytest
from django.conf import settings as live

from blockchain import services, tasks
from blockchain.core import manifest, merkle
from blockchain.models import Batch, Commitment
from blockchain.services import failpoints, manifests
from tests.services.blockchain.conftest import commit, leaf_of, only_batch, settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed(chain, clock):
    """Return a batch of three leaves that is sealed and nothing more."""
    commit(clock, 1, 2, 3)
    services.seal(now=clock.now)
    return only_batch()


def files():
    return sorted(live.MANIFEST_DIR.rglob("*")) if live.MANIFEST_DIR.exists() else []


def read(name):
    return manifest.read(manifests.path_of(name).read_bytes())


def test_a_sealed_batch_is_written_with_its_leaves_in_order(sealed):
    written = services.write_missing_manifests()

    sealed.refresh_from_db()
    found = read(sealed.manifest)
    assert written == 1
    assert found.leaves == leaf_of(1) + leaf_of(2) + leaf_of(3)
    assert found.root == bytes(sealed.root)
    assert (found.chain, found.sealed_at, found.anchor) == (sealed.chain, sealed.sealed_at, None)
    assert sealed.final_manifest == ""


def test_a_file_is_named_after_its_bytes_and_can_be_read_by_its_group_only(sealed):
    services.write_missing_manifests()

    sealed.refresh_from_db()
    path = manifests.path_of(sealed.manifest)
    assert path.parent.name == sealed.manifest[:2]
    assert manifest.name(path.read_bytes()) == sealed.manifest
    assert stat.S_IMODE(path.stat().st_mode) & 0o227 == 0


def test_a_final_batch_is_written_again_with_its_place_on_the_chain(chain, clock):
    commit(clock, 1, 2)
    settle(chain, clock)

    services.write_missing_manifests()

    batch = only_batch()
    anchor = read(batch.final_manifest).anchor
    assert anchor is not None
    assert (anchor.registry, anchor.submitter) == (batch.registry, batch.sender.address)
    assert (anchor.transaction, anchor.nonce) == (batch.transaction, batch.nonce)
    assert (anchor.block_number, anchor.block_hash) == (batch.block_number, batch.block_hash)
    assert (anchor.block_time, anchor.finalized_at) == (batch.block_time, batch.finalized_at)
    assert read(batch.manifest).anchor is None


def test_writing_again_writes_nothing(chain, clock):
    commit(clock, 1)
    settle(chain, clock)
    services.write_missing_manifests()
    before = {path: path.stat().st_mtime_ns for path in files()}

    assert services.write_missing_manifests() == 0
    assert manifests.secure(batch=only_batch())
    assert {path: path.stat().st_mtime_ns for path in files()} == before


def test_a_worker_that_died_after_the_file_leaves_it_to_be_noted(sealed, monkeypatch):
    class Crash(BaseException):
        pass

    def reached(point):
        raise Crash

    monkeypatch.setattr(failpoints, "reached", reached)
    with pytest.raises(Crash):
        services.write_missing_manifests()
    monkeypatch.undo()
    left = files()

    services.write_missing_manifests()

    sealed.refresh_from_db()
    assert manifests.path_of(sealed.manifest).is_file()
    assert files() == left


def test_a_worker_that_died_within_the_file_leaves_no_half_of_one(sealed, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert not manifests.secure(batch=sealed)
    monkeypatch.undo()

    assert [path for path in files() if path.is_file()] == []
    assert manifests.secure(batch=sealed)
    assert len(list(live.MANIFEST_DIR.rglob("*.manifest"))) == 1


def test_a_disk_that_takes_nothing_is_an_alarm_and_holds_up_no_other_batch(sealed, caplog):
    live.MANIFEST_DIR.parent.mkdir(exist_ok=True)
    live.MANIFEST_DIR.write_text("not a folder")

    secured = manifests.secure(batch=sealed)
    written = services.write_missing_manifests()

    assert not secured
    assert written == 0
    alarms = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert len(alarms) == 2
    assert bytes(sealed.root).hex()[:12] in alarms[0].getMessage()


def test_leaves_that_prove_nothing_are_never_written(sealed):
    Commitment.objects.filter(leaf=leaf_of(2)).update(leaf=bytes(32))

    assert not manifests.secure(batch=sealed)
    assert services.write_missing_manifests() == 0
    assert [path for path in files() if path.is_file()] == []


def test_securing_writes_again_a_file_that_is_gone(sealed):
    assert manifests.secure(batch=sealed)
    path = manifests.path_of(sealed.manifest)
    before = path.read_bytes()
    path.unlink()

    assert manifests.secure(batch=sealed)

    assert path.read_bytes() == before


def test_files_that_were_lost_or_damaged_are_written_again_on_demand(chain, clock):
    commit(clock, 1, 2)
    settle(chain, clock)
    services.write_missing_manifests()
    paths = [path for path in files() if path.is_file()]
    before = {path: path.read_bytes() for path in paths}
    for path in paths:
        path.unlink()

    assert services.write_missing_manifests() == 0
    assert services.write_lost_manifests() == len(paths) == 2
    assert {path: path.read_bytes() for path in paths} == before


def test_a_damaged_file_is_mended_by_whoever_writes_it_next(sealed):
    manifests.secure(batch=sealed)
    path = manifests.path_of(sealed.manifest)
    right = path.read_bytes()
    path.chmod(0o640)
    path.write_bytes(right[:-1] + bytes([right[-1] ^ 1]))

    assert services.write_lost_manifests() == 1

    assert path.read_bytes() == right


def test_the_alarm_writes_what_is_missing(sealed, caplog):
    tasks.write_manifests()

    sealed.refresh_from_db()
    assert sealed.manifest


def test_looking_for_what_is_missing_is_one_query_on_a_small_index(
    chain, clock, django_assert_num_queries
):
    commit(clock, 1)
    settle(chain, clock)
    services.write_missing_manifests()

    with django_assert_num_queries(1):
        assert services.write_missing_manifests() == 0
    assert Batch.objects.count() == 1


def test_the_largest_batch_is_written_within_its_bounds(chain, clock):
    commit(clock, *range(3000))
    services.seal(now=clock.now)

    services.write_missing_manifests()

    found = read(only_batch().manifest)
    assert found.tree_size == 3000
    assert merkle.root(found.leaves) == bytes(only_batch().root)
