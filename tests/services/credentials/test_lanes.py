"""An issuer chooses where its credentials are anchored, and nobody else's account."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from blockchain import chains
from blockchain import selectors as witnessed
from blockchain import services as anchoring
from blockchain.chains.signers import LocalSigner
from blockchain.core import anchor
from blockchain.core.lanes import Lane
from blockchain.models import Batch, Commitment, Sender
from credentials import models, selectors, services, tasks
from credentials.core.verification import Verdict
from issuers import models as issuer_rows
from issuers import selectors as issuers
from issuers import services as parties
from tests import factories
from tests.conftest import NOW
from tests.services.credentials.audit.conftest import examine, found

pytestmark = pytest.mark.django_db

BEFORE = NOW - timedelta(minutes=1)
SECOND = "eip155:31338"
OWN_KEY = f"{9:064x}"
OWN = LocalSigner(bytes.fromhex(OWN_KEY)).address


@pytest.fixture
def first():
    return anchoring.first_lane().chain


@pytest.fixture
def second(settings, tmp_path):
    """Return a second chain; École A has a key of its own."""
    settings.FURTHER_CHAINS = [{"id": SECOND, "rpc": ["memory:"], "name": "Deuxième"}]
    settings.SUBMITTERS_DIR = str(tmp_path)
    (tmp_path / "ecole-a.key").write_text(OWN_KEY)
    return chains.get_chain(SECOND)


def anchor_everywhere(*memory):
    later = NOW + timedelta(days=1)
    anchoring.seal(now=later)
    for each in memory:
        each.reach(NOW)
    for _round in range(8):
        anchoring.broadcast(now=later)
        for each in memory:
            each.mine()
        anchoring.follow(now=later)


def lanes_of(credential):
    return witnessed.lanes_of([bytes(credential.leaf)])[bytes(credential.leaf)]


# -- Choosing --------------------------------------------------------------------------------------


def test_who_chose_nothing_follows_the_installation(ecole_a, first):
    credential = factories.signed(issuer=ecole_a)

    assert lanes_of(credential) == {Lane(first)}
    assert issuers.accepted_submitters(issuer=ecole_a) == [anchoring.submitter_account()]


def test_each_issuer_is_anchored_where_it_chose(ecole_a, ecole_b, second, first):
    services.choose_lanes(issuer=ecole_a, lanes=[first, f"{SECOND}/ecole-a"], now=BEFORE)

    a, b = factories.signed(issuer=ecole_a), factories.signed(issuer=ecole_b)

    assert lanes_of(a) == {Lane(first), Lane(SECOND, "ecole-a")}
    assert lanes_of(b) == {Lane(first)}
    shared = anchoring.submitter_account()
    assert issuers.accepted_submitters(issuer=ecole_a) == [shared, f"{SECOND}:{OWN}"]
    assert issuers.accepted_submitters(issuer=ecole_b) == [shared]


def test_both_anchors_verify_and_the_best_one_is_used(ecole_a, second, first):
    services.choose_lanes(issuer=ecole_a, lanes=[first, f"{SECOND}/ecole-a"], now=BEFORE)
    credential = factories.signed(issuer=ecole_a)

    anchor_everywhere(factories.memory_chain(), second)

    later = NOW + timedelta(hours=1)
    for proof in selectors.anchor_proofs(credential=credential):
        report = services.verify_document(
            data=selectors.opened(credential=credential).document,
            receipt=json.dumps(anchor.to_json(proof)).encode(),
            now=later,
        ).report
        assert report.verdict is Verdict.VERIFIED, proof.chain
    assert {proof.chain for proof in selectors.anchor_proofs(credential=credential)} == {
        first,
        SECOND,
    }
    found = services.verify_credential(credential=credential, now=later)
    assert found.receipt is not None
    assert {found.receipt.chain, *(each.chain for each in found.others)} == {first, SECOND}


def test_when_the_best_chain_is_silent_another_one_bears_witness(ecole_a, second, first):
    services.choose_lanes(issuer=ecole_a, lanes=[first, SECOND], now=BEFORE)
    credential = factories.signed(issuer=ecole_a)
    anchor_everywhere(factories.memory_chain(), second)
    [best, other] = selectors.anchor_proofs(credential=credential)
    chains.get_chain(best.chain).down = True

    document = selectors.opened(credential=credential).document
    found = services.verify_document(data=document, now=NOW + timedelta(hours=1))

    assert found.report.verdict is Verdict.VERIFIED
    assert found.receipt == other


def test_a_record_whose_final_block_was_replaced_is_said_to_be_checked_again(ecole_a):
    credential = factories.signed(issuer=ecole_a)
    chain = factories.memory_chain()
    anchor_everywhere(chain)
    [final] = selectors.anchor_proofs(credential=credential)
    chain.reorganise(12)
    anchoring.follow(now=NOW + timedelta(days=1))

    for receipt in (None, json.dumps(anchor.to_json(final)).encode()):
        found = services.verify_document(
            data=selectors.opened(credential=credential).document,
            receipt=receipt,
            now=NOW + timedelta(hours=1),
        )
        [check] = [each for each in found.report.checks if each.name == "anchored"]
        assert (check.outcome, check.reason) == ("inconclusive", "being_rechecked")
    [handed_out] = selectors.receipts(credential=credential)
    assert (final.state, handed_out["state"]) == ("finalized", "confirmed")


def test_each_chain_asks_for_its_own_depth(ecole_a, second, settings):
    settings.FURTHER_CHAINS[0]["confirmations"] = 1
    services.choose_lanes(issuer=ecole_a, lanes=[SECOND], now=BEFORE)
    credential = factories.signed(issuer=ecole_a)
    second.reach(NOW)
    anchoring.seal(now=NOW + timedelta(days=1))
    anchoring.broadcast(now=NOW + timedelta(days=1))
    second.mine()
    anchoring.follow(now=NOW + timedelta(days=1))

    found = services.verify_credential(credential=credential, now=NOW + timedelta(hours=1))

    assert found.report.verdict is Verdict.VERIFIED


def test_a_choice_is_for_what_is_signed_from_the_next_minute_on(ecole_a, second, first):
    services.choose_lanes(issuer=ecole_a, lanes=[SECOND], now=NOW)

    before = factories.signed(issuer=ecole_a, now=NOW)
    after = factories.signed(issuer=ecole_a, now=NOW + timedelta(minutes=1))

    assert (lanes_of(before), lanes_of(after)) == ({Lane(first)}, {Lane(SECOND)})


def test_a_lane_that_is_dropped_keeps_what_it_was_promised(ecole_a, second, first):
    services.choose_lanes(issuer=ecole_a, lanes=[first, SECOND], now=BEFORE)
    before = factories.signed(issuer=ecole_a)
    services.choose_lanes(issuer=ecole_a, lanes=[first], now=NOW)
    after = factories.signed(issuer=ecole_a, now=NOW + timedelta(minutes=2))

    assert (len(lanes_of(before)), lanes_of(after)) == (2, {Lane(first)})
    history = issuers.chosen_lanes(issuer=ecole_a)
    assert [(each.chain, each.active_until is None) for each in history] == [
        (first, True),
        (SECOND, False),
    ]


def test_the_installation_is_followed_again(ecole_a, second, first):
    services.choose_lanes(issuer=ecole_a, lanes=[SECOND], now=BEFORE)

    assert services.choose_lanes(issuer=ecole_a, lanes=[], now=NOW) == [Lane(first)]

    later = factories.signed(issuer=ecole_a, now=NOW + timedelta(minutes=2))
    assert lanes_of(later) == {Lane(first)}


def test_who_changes_their_mind_within_the_minute_leaves_no_trace(ecole_a, second, first):
    services.choose_lanes(issuer=ecole_a, lanes=[first], now=BEFORE)
    services.choose_lanes(issuer=ecole_a, lanes=[SECOND], now=NOW)
    services.choose_lanes(issuer=ecole_a, lanes=[first], now=NOW)

    [only] = issuers.chosen_lanes(issuer=ecole_a)
    assert (only.chain, only.active_until) == (first, None)


@pytest.mark.parametrize(
    ("lanes", "words"),
    [
        (["solana:1"], "no EVM chain: write it as in eip155:1"),
        (["eip155:5"], "this installation asks eip155:131277322940537, eip155:31338"),
        ([f"{SECOND}/ecole-b"], "not the issuer's: its name must be ecole-a or ecole-a"),
        ([f"{SECOND}/ecole-ab"], "not the issuer's"),
        ([f"{SECOND}/ecole-a.hsm"], "its account is not known here: Put the key ecole-a.hsm"),
        ([SECOND, SECOND], "named twice"),
        ([SECOND, *[f"{SECOND}/ecole-a.{n}" for n in range(5)]], "At most 5"),
        ([""], "no EVM chain"),
    ],
)
def test_what_cannot_be_is_refused_with_the_remedy_and_changes_nothing(
    ecole_a, second, lanes, words
):
    with pytest.raises(services.ImpossibleLane, match=words):
        services.choose_lanes(issuer=ecole_a, lanes=lanes, now=NOW)

    assert issuers.chosen_lanes(issuer=ecole_a) == []
    assert issuers.accepted_submitters(issuer=ecole_a) == []


def test_nobody_sees_or_changes_the_lanes_of_another(ecole_a, ecole_b, second):
    services.choose_lanes(issuer=ecole_a, lanes=[f"{SECOND}/ecole-a"], now=BEFORE)
    services.choose_lanes(issuer=ecole_b, lanes=[SECOND], now=NOW)

    [own] = issuers.chosen_lanes(issuer=ecole_a)
    assert (own.signer, own.active_until) == ("ecole-a", None)
    assert len(issuer_rows.AnchoringLane.objects.of(ecole_b)) == 1


def test_the_command_shows_and_changes_lanes(ecole_a, second, capsys):
    call_command("lanes", "list", "--issuer", "ecole-a")
    assert "It follows the installation." in capsys.readouterr().out

    call_command("lanes", "choose", "--issuer", "ecole-a", f"{SECOND}/ecole-a")
    assert f"{SECOND}/ecole-a  since" in capsys.readouterr().out
    with pytest.raises(CommandError, match="eip155:5"):
        call_command("lanes", "choose", "--issuer", "ecole-a", "eip155:5")
    with pytest.raises(CommandError, match="no issuer nobody"):
        call_command("lanes", "list", "--issuer", "nobody")
    call_command("lanes", "follow", "--issuer", "ecole-a")
    assert "It follows the installation." in capsys.readouterr().out


# -- Signing goes on -------------------------------------------------------------------------------


def test_a_key_that_is_away_holds_up_no_signature_and_the_account_is_named_later(
    ecole_a, second, settings, tmp_path
):
    parties.choose_lanes(issuer=ecole_a, lanes=[(SECOND, "ecole-a")], starts=BEFORE)
    folder, settings.SUBMITTERS_DIR = settings.SUBMITTERS_DIR, ""

    credential = factories.signed(issuer=ecole_a)

    assert credential.state == "signed"
    assert issuers.accepted_submitters(issuer=ecole_a) == []
    settings.SUBMITTERS_DIR = folder
    assert services.accept_submitters(now=NOW) == 1
    assert issuers.accepted_submitters(issuer=ecole_a) == [f"{SECOND}:{OWN}"]
    assert services.accept_submitters(now=NOW) == 0


def test_a_key_that_was_replaced_is_named_without_another_signature(ecole_a, ecole_b, settings):
    factories.signed(issuer=ecole_a)
    settings.SUBMITTER_KEY = f"{8:064x}"

    tasks.accept_submitters()

    assert issuers.accepted_submitters(issuer=ecole_a)[1:] == [anchoring.submitter_account()]
    assert issuers.accepted_submitters(issuer=ecole_b) == []


# -- After an accident -----------------------------------------------------------------------------


def test_lost_leaves_go_back_to_the_lanes_that_they_were_promised(ecole_a, second, first):
    services.choose_lanes(issuer=ecole_a, lanes=[first, SECOND], now=BEFORE)
    both = factories.signed(issuer=ecole_a)
    services.choose_lanes(issuer=ecole_a, lanes=[first], now=NOW)
    one = factories.signed(issuer=ecole_a, now=NOW + timedelta(minutes=2))
    Commitment.objects.filter(chain=SECOND).delete()
    Commitment.objects.filter(leaf=one.leaf).delete()

    assert services.recommit(now=NOW, dry_run=True) == 2
    assert services.recommit(now=NOW) == 2

    assert lanes_of(both) == {Lane(first), Lane(SECOND)}
    assert lanes_of(one) == {Lane(first)}
    assert services.recommit(now=NOW) == 0


def test_a_promise_on_a_chain_that_nobody_asks_is_said_and_not_broken(
    ecole_a, second, settings, caplog
):
    services.choose_lanes(issuer=ecole_a, lanes=[SECOND], now=BEFORE)
    factories.signed(issuer=ecole_a)
    Commitment.objects.all().delete()
    settings.FURTHER_CHAINS = []

    assert services.recommit(now=NOW) == 0

    assert "promised to eip155:31338, which nobody here asks" in caplog.text
    assert not Commitment.objects.exists()


def test_who_followed_the_installation_is_not_anchored_again_when_it_moves(ecole_a, settings):
    factories.signed(issuer=ecole_a)
    settings.CHAIN_ID = 31339

    assert services.recommit(now=NOW) == 0


# -- The audit -------------------------------------------------------------------------------------


def test_an_audit_asks_every_chain(ecole_a, second, first):
    services.choose_lanes(issuer=ecole_a, lanes=[first, f"{SECOND}/ecole-a"], now=BEFORE)
    factories.signed(issuer=ecole_a)
    anchor_everywhere(factories.memory_chain(), second)
    anchoring.write_missing_manifests()
    at = NOW + timedelta(minutes=5)

    report = examine(now=at)

    assert found(report) == []
    assert set(report.chains) == {first, SECOND}
    assert report.exit_status == 0
    second.down = True
    silent = examine(now=at)
    assert silent.exit_status == 2
    [fourth] = [each for each in silent.examinations if each.invariant == "I4"]
    assert (fourth.outcome, fourth.examined) == ("inconclusive", 1)
    assert fourth.note == f"{SECOND}: the node could not be reached"


def test_an_audit_finds_what_is_wrong_on_one_chain_while_another_is_silent(ecole_a, second, first):
    services.choose_lanes(issuer=ecole_a, lanes=[first, SECOND], now=BEFORE)
    factories.signed(issuer=ecole_a)
    anchor_everywhere(factories.memory_chain(), second)
    anchoring.write_missing_manifests()
    Batch.objects.filter(chain=first).update(block_hash="0x" + "00" * 32)
    second.down = True

    report = examine(now=NOW + timedelta(minutes=5))

    assert "I4" in {invariant for invariant, _subject, _problem in found(report)}
    assert report.exit_status == 1


def test_an_audit_misses_a_leaf_on_a_lane_that_was_promised(ecole_a, second, first):
    services.choose_lanes(issuer=ecole_a, lanes=[first, SECOND], now=BEFORE)
    credential = factories.signed(issuer=ecole_a)
    Commitment.objects.filter(chain=SECOND).delete()

    report = examine(now=NOW + timedelta(minutes=5))

    assert found(report) == [
        (
            "I1",
            f"credential {credential.uuid}",
            f"its leaf was promised to {SECOND} and is not there",
        )
    ]


def test_one_root_on_one_chain_under_two_accounts_is_meant(ecole_a, second):
    services.choose_lanes(issuer=ecole_a, lanes=[SECOND, f"{SECOND}/ecole-a"], now=BEFORE)
    factories.signed(issuer=ecole_a)
    anchor_everywhere(second)
    anchoring.write_missing_manifests()

    assert len({bytes(batch.root) for batch in Batch.objects.all()}) == 1
    assert Sender.objects.count() == 2
    assert found(examine(now=NOW + timedelta(minutes=5))) == []


def test_every_credential_of_a_chunk_takes_the_lanes_of_its_own_issuer(
    ecole_a, ecole_b, second, first
):
    services.choose_lanes(issuer=ecole_a, lanes=[SECOND], now=BEFORE)
    factories.due(issuer=ecole_a, count=2)
    factories.due(issuer=ecole_b, count=2)

    services.sign(now=NOW, limit=100)

    for issuer, lane in ((ecole_a, Lane(SECOND)), (ecole_b, Lane(first))):
        for credential in models.Credential.objects.of(issuer):
            assert lanes_of(credential) == {lane}
