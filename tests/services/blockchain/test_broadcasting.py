"""A root is signed, written down, and only then sent."""

import logging

import pytest
from django.core.exceptions import ImproperlyConfigured

from blockchain import services
from blockchain.chains import registry
from blockchain.core import anchor
from blockchain.models import Attempt, Batch, Commitment, Sender
from blockchain.services import broadcasting, failpoints, manifests
from tests.services.blockchain.conftest import commit, leaf_of, only_batch, settle, work

pytestmark = pytest.mark.django_db


def seal(clock, *numbers):
    commit(clock, *numbers)
    services.seal(now=clock.now)


def test_a_root_is_all_that_is_sent(chain, clock, submitter):
    seal(clock, 1, 2)

    assert services.broadcast(now=clock.now) == 2  # signed, then broadcast

    batch = only_batch()
    sent = chain.transaction(chain.sends[0])
    assert (sent.sender, sent.recipient, sent.data) == (
        submitter,
        anchor.REGISTRY,
        bytes(batch.root),
    )
    assert (batch.state, batch.nonce, batch.registry) == ("broadcast", 0, anchor.REGISTRY)
    assert batch.sender.account == f"eip155:31337:{submitter}"
    assert batch.signed_at == batch.broadcast_at == clock.now


def test_what_was_sent_is_what_was_stored(chain, clock):
    seal(clock, 1)

    services.broadcast(now=clock.now)

    attempt = Attempt.objects.get()
    assert bytes(attempt.raw) == chain.transaction(attempt.transaction).raw
    assert (attempt.sends, attempt.sent_at, attempt.answer) == (1, clock.now, "")
    assert attempt.max_fee == 3 * 10**9


def test_nothing_sealed_asks_nobody(chain, clock):
    chain.down = True

    assert services.broadcast(now=clock.now) == 0
    assert not Sender.objects.exists()


def test_batches_get_nonces_without_a_gap(chain, clock):
    for number in range(3):
        seal(clock, number)

    services.broadcast(now=clock.now)

    assert list(Batch.objects.order_by("id").values_list("nonce", flat=True)) == [0, 1, 2]


def test_few_are_in_flight_at_once_and_the_others_follow(chain, clock):
    for number in range(6):
        seal(clock, number)

    services.broadcast(now=clock.now)

    assert Batch.objects.filter(state="sealed").count() == 2
    settle(chain, clock)
    assert chain.nonce(Sender.objects.get().address, "latest") == 6


def test_a_silent_node_leaves_everything_for_the_next_turn(chain, clock):
    seal(clock, 1)
    chain.down = True

    with pytest.raises(services.Unavailable):
        services.broadcast(now=clock.now)

    assert only_batch().state == "sealed"
    chain.down = False
    settle(chain, clock)


def test_a_reply_that_is_lost_after_the_send_leads_to_no_second_transaction(chain, clock):
    seal(clock, 1)
    chain.loses_replies = True
    with pytest.raises(services.Unavailable):
        services.broadcast(now=clock.now)
    assert only_batch().state == "signed"
    chain.loses_replies = False

    settle(chain, clock)

    assert len(set(chain.sends)) == 1
    assert Attempt.objects.count() == 1


def test_what_waits_is_sent_again_now_and_then_and_not_at_every_turn(chain, clock):
    seal(clock, 1)
    services.broadcast(now=clock.now)

    services.broadcast(now=clock.forward(seconds=29))
    assert len(chain.sends) == 1
    services.broadcast(now=clock.forward(seconds=1))

    assert len(chain.sends) == 2
    attempt = Attempt.objects.get()
    assert (attempt.sends, attempt.answer) == (2, "already known")


def test_a_transaction_that_every_node_forgot_comes_back(chain, clock):
    seal(clock, 1)
    services.broadcast(now=clock.now)
    chain.drop(chain.sends[0])

    settle(chain, clock)

    assert only_batch().transaction == chain.sends[0]


def test_bytes_signed_by_a_submitter_that_was_replaced_are_still_sent(chain, clock, settings):
    seal(clock, 1)
    services.broadcast(now=clock.now)
    chain.drop(chain.sends[0])
    settings.SUBMITTER_KEY = f"{8:064x}"

    settle(chain, clock)

    assert len(set(chain.sends)) == 1


def test_a_worker_without_a_key_says_so(chain, clock, settings):
    seal(clock, 1)
    settings.SUBMITTER_KEY = ""

    with pytest.raises(services.NoSubmitter, match="SUBMITTER_KEY"):
        services.broadcast(now=clock.now)


@pytest.mark.parametrize(
    "key", ["xyz", "00" * 31, "f" * 63, "00" * 32], ids=["letters", "short", "odd", "zero"]
)
def test_a_key_that_is_none_is_refused_without_being_shown(chain, clock, settings, key):
    seal(clock, 1)
    settings.SUBMITTER_KEY = key

    with pytest.raises(ImproperlyConfigured) as caught:
        services.broadcast(now=clock.now)

    assert key not in str(caught.value)
    assert caught.value.__cause__ is None


# -- The recomputation before signing --------------------------------------------------------------


def flip_a_leaf(batch):
    row = Commitment.objects.filter(batch=batch).order_by("leaf_index")[1]
    Commitment.objects.filter(pk=row.pk).update(leaf=leaf_of(99))


def lose_a_leaf(batch):
    Commitment.objects.filter(batch=batch, leaf_index=1).delete()


def swap_two_leaves(batch):
    first, second = Commitment.objects.filter(batch=batch).order_by("leaf_index")[:2]
    Commitment.objects.filter(pk=first.pk).update(leaf_index=7)
    Commitment.objects.filter(pk=second.pk).update(leaf_index=0)
    Commitment.objects.filter(pk=first.pk).update(leaf_index=1)


def flip_a_bit_of_the_root(batch):
    root = bytearray(batch.root)
    root[5] ^= 1
    Batch.objects.filter(pk=batch.pk).update(root=bytes(root))


def flip_a_bit_of_the_tree(batch):
    levels = bytearray(batch.levels)
    levels[3 * 32 + 5] ^= 1  # neither a leaf nor the root
    Batch.objects.filter(pk=batch.pk).update(levels=bytes(levels))


@pytest.mark.parametrize(
    "damage",
    [flip_a_leaf, lose_a_leaf, swap_two_leaves, flip_a_bit_of_the_root, flip_a_bit_of_the_tree],
)
def test_a_damaged_batch_is_never_signed_and_holds_up_no_other(chain, clock, caplog, damage):
    seal(clock, 1, 2, 3)
    damage(only_batch())
    seal(clock, 4)

    services.broadcast(now=clock.now)

    damaged, sound = Batch.objects.order_by("id")
    assert (damaged.state, damaged.nonce) == ("failed", None)
    assert damaged.failure.startswith("its ")
    assert not Attempt.objects.filter(batch=damaged).exists()
    assert sound.state == "broadcast"
    assert [each.levelno for each in caplog.records].count(logging.ERROR) == 1


# -- The manifest, before anything is sent ---------------------------------------------------------


def test_the_manifest_is_on_the_disk_before_the_first_send(chain, clock, monkeypatch):
    seal(clock, 1)
    there = []

    def look(point):
        if point == "send: not sent":
            there.append(manifests.path_of(only_batch().manifest).is_file())

    monkeypatch.setattr(failpoints, "reached", look)

    services.broadcast(now=clock.now)

    assert there == [True]


def test_without_a_manifest_nothing_is_signed_until_the_disk_is_mended(
    chain, clock, settings, tmp_path
):
    (tmp_path / "full").write_text("a file, where the folder should be")
    usual, settings.MANIFEST_DIR = settings.MANIFEST_DIR, tmp_path / "full"
    seal(clock, 1)

    assert services.broadcast(now=clock.now) == 0

    assert only_batch().state == "sealed"
    assert not chain.sends
    settings.MANIFEST_DIR = usual
    settle(chain, clock)


def test_a_manifest_that_is_lost_after_signing_is_written_before_sending(chain, clock, monkeypatch):
    seal(clock, 1)
    chain.loses_replies = True
    with pytest.raises(services.Unavailable):
        services.broadcast(now=clock.now)
    Attempt.objects.update(sends=0, sent_at=None)
    manifests.path_of(only_batch().manifest).unlink()
    chain.loses_replies = False

    services.broadcast(now=clock.now)

    assert manifests.path_of(only_batch().manifest).is_file()


# -- A sender that is paused -----------------------------------------------------------------------


def wrong_chain(chain, monkeypatch):
    chain.answers_for = 1


def no_registry(chain, monkeypatch):
    chain.deployed = False


def other_code(chain, monkeypatch):
    monkeypatch.setattr(chain, "code", lambda address: b"\x00")


def nodes_that_disagree(chain, monkeypatch):
    chain.disagrees_about = "block"


def poverty(chain, monkeypatch):
    chain.wealth = 80_000 * 3 * 10**9 - 1


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (wrong_chain, "chain 31337 was expected"),
        (no_registry, "there is no registry"),
        (other_code, "is not the registry's"),
        (nodes_that_disagree, "disagree about a final block"),
        (poverty, "the balance does not pay"),
    ],
)
def test_a_sender_is_paused_with_its_reason_and_goes_on_when_it_is_gone(
    chain, clock, caplog, trouble, reason
):
    seal(clock, 1)
    with pytest.MonkeyPatch.context() as patch:
        trouble(chain, patch)
        healthy = {"answers_for": None, "deployed": True, "wealth": 10**18}
        healthy["disagrees_about"] = ""

        assert services.broadcast(now=clock.now) == 0
        assert services.broadcast(now=clock.now) == 0

    sender = Sender.objects.get()
    assert reason in sender.paused
    assert sender.paused_at == clock.now
    assert not Attempt.objects.exists()
    assert [each.levelno for each in caplog.records].count(logging.ERROR) == 1
    for name, value in healthy.items():
        setattr(chain, name, value)
    settle(chain, clock)
    sender.refresh_from_db()
    assert not sender.paused
    assert sender.paused_at is None


def test_the_committed_artefact_is_what_the_pause_compares_with(chain):
    assert chain.code(registry.address()) == registry.artefact().runtime
    assert registry.address() == anchor.REGISTRY


def test_a_turn_that_sends_nothing_new_costs_few_queries(
    chain, clock, django_assert_max_num_queries
):
    seal(clock, 1)
    work(clock)

    with django_assert_max_num_queries(10):
        services.broadcast(now=clock.now)


def test_the_gas_limit_leaves_room_and_the_fee_doubles_the_base(chain, clock):
    assert broadcasting.GAS_LIMIT > 46_500
