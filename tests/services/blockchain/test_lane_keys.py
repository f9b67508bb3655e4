"""Keys of several accounts, and what a person or a lost database asks of several lanes."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from blockchain import chains, selectors, services
from blockchain.core.lanes import Lane
from blockchain.models import Attempt, Batch, Commitment, Sender
from blockchain.services import manifests
from tests.conftest import NOW
from tests.services.blockchain.conftest import (
    FIRST,
    OWN_ADDRESS,
    OWN_KEY,
    SECOND,
    go_on,
    leaf_of,
    places,
    promise,
    salt_of,
)

pytestmark = pytest.mark.django_db

# -- Keys ------------------------------------------------------------------------------------------


def test_a_chain_may_have_a_shared_account_of_its_own(chain, other, clock, further):
    further(submitter="ecole-a")

    assert services.submitter_account(lane=Lane(SECOND)) == f"{SECOND}:{OWN_ADDRESS}"
    assert services.submitter_account(lane=Lane(FIRST)) != f"{FIRST}:{OWN_ADDRESS}"


def test_a_named_key_may_be_a_service_or_a_keystore(other, settings, tmp_path):
    from tests.services.blockchain import test_signers as signers

    folder = tmp_path / "submitters"
    (folder / "hsm.service").write_text("tests.services.blockchain.test_signers.Service\n")
    (folder / "vault.json").write_text(signers.json.dumps(signers.KEYSTORE))
    (folder / "vault.password").write_text(signers.PASSWORD + "\n")

    assert chains.get_signer(Lane(FIRST, "hsm")).address == signers.ADDRESS
    assert chains.get_signer(Lane(SECOND, "vault")).address == signers.ADDRESS
    assert chains.get_signer(Lane(SECOND, "nobody")) is None


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("bad.key", "00", "bad.key must be 64 hexadecimal digits"),
        ("bad.service", "school.kms.Key", "bad.service cannot be imported"),
        ("bad.json", "{}", "bad.password cannot be read"),
    ],
)
def test_a_named_key_that_is_none_is_named(other, tmp_path, file, content, words):
    (tmp_path / "submitters" / file).write_text(content)

    with pytest.raises(ImproperlyConfigured, match=words):
        chains.get_signer(Lane(FIRST, "bad"))


@pytest.mark.parametrize("name", ["../ecole-a", "ecole-a/../ecole-a", ".hidden", "A", ""])
def test_a_name_is_never_a_way_out_of_the_folder(other, settings, tmp_path, name):
    (tmp_path / "ecole-a.key").write_text(f"{5:064x}")

    signer = chains.get_signer(Lane(SECOND, name))

    assert signer is None or (name == "" and signer.address != OWN_ADDRESS)


def test_a_process_without_keys_names_the_account_that_was_used_last_in_the_lane(
    chain, other, clock, settings
):
    promise(clock, 1, f"{FIRST}/ecole-a")
    promise(clock, 2, FIRST)
    go_on(clock, chain)
    shared = services.submitter_account(lane=Lane(FIRST))
    settings.SUBMITTERS_DIR = settings.SUBMITTER_KEY = ""

    assert services.submitter_account(lane=Lane(FIRST, "ecole-a")) == f"{FIRST}:{OWN_ADDRESS}"
    assert services.submitter_account(lane=Lane(FIRST)) == shared
    with pytest.raises(services.NoSubmitter, match="nobody has submitted on eip155:31338/ecole-a"):
        services.submitter_account(lane=Lane(SECOND, "ecole-a"))


def test_a_key_that_got_another_name_keeps_its_account(chain, other, clock, settings):
    promise(clock, 1, f"{FIRST}/ecole-a")
    go_on(clock, chain)
    settings.SUBMITTER_KEY = OWN_KEY
    promise(clock, 2, FIRST)

    go_on(clock, chain)

    sender = Sender.objects.get()
    assert (sender.address, sender.signer) == (OWN_ADDRESS, "")
    assert sorted(Batch.objects.values_list("nonce", flat=True)) == [0, 1]


# -- A person helps --------------------------------------------------------------------------------


def test_of_two_batches_with_one_root_a_person_names_the_lane(chain, other, clock):
    promise(clock, 1, FIRST, SECOND)
    services.seal(now=clock.now)
    Batch.objects.update(state="failed", failure="somebody looked", failed_at=NOW)
    root = bytes(Batch.objects.first().root).hex()

    with pytest.raises(services.NothingToRetry, match=r"2 batches.* on eip155:31338"):
        services.retry(root=root[:12], now=clock.now)

    assert services.retry(root=root[:12], now=clock.now, lane=SECOND) == "sealed"
    assert places() == {(FIRST, "failed"), (SECOND, "sealed")}


def test_the_registry_is_deployed_where_and_by_whom_one_says(chain, other):
    other.deployed = False

    services.deploy_registry(
        now=NOW, wait=lambda seconds: other.mine(), lane=Lane(SECOND, "ecole-a")
    )

    assert not chain.sends
    [sender] = Sender.objects.all()
    assert (sender.chain, sender.address, sender.signer) == (SECOND, OWN_ADDRESS, "ecole-a")


# -- Manifests -------------------------------------------------------------------------------------


def everything():
    return [
        list(Batch.objects.order_by("chain", "signer").values_list(
            "chain", "signer", "root", "levels", "state", "nonce", "transaction", "block_hash",
            "manifest", "final_manifest", "sender__address", "sender__signer",
        )),
        list(Commitment.objects.order_by("chain", "signer", "leaf").values_list(
            "leaf", "chain", "signer", "leaf_index"
        )),
    ]  # fmt: skip


def normal(rows):
    return [
        [[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in t] for t in rows
    ]


def test_every_lane_comes_back_from_its_manifests(chain, other, clock):
    promise(clock, 1, FIRST, SECOND, f"{SECOND}/ecole-a")
    go_on(clock, chain, other)
    services.write_missing_manifests()
    before = normal(everything())
    proofs = selectors.proofs_for(leaf_of(1), salt_of(1))
    Attempt.objects.all().delete()
    Commitment.objects.all().delete()
    Batch.objects.all().delete()
    Sender.objects.all().delete()

    outcomes = {done.outcome for done in services.rebuild(source=manifests.folder(), now=NOW)}

    assert outcomes == {"rebuilt"}
    assert normal(everything()) == before
    assert sorted(selectors.proofs_for(leaf_of(1), salt_of(1)), key=str) == sorted(proofs, key=str)
    assert Attempt.objects.count() == 3


def test_what_one_chain_cannot_say_the_others_still_do(chain, other, clock):
    promise(clock, 1, FIRST, SECOND)
    go_on(clock, chain, other)
    services.write_missing_manifests()
    Attempt.objects.all().delete()
    other.down = True

    done = list(services.rebuild(source=manifests.folder(), now=NOW))

    assert sorted(each.outcome for each in done) == ["completed", "unchanged"]
    assert [each.note for each in done if each.note] == [
        "the chain was not asked: run it again when it answers"
    ]
