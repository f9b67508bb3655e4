"""Transcripts: asked for by a door, signed by a worker, revoked by their issuer."""

import json
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from badges.core import transcripts as reader
from blockchain import models as blockchain
from credentials import models, services
from credentials.core import canonical, counting, proof, rdf
from credentials.core import status_list as lists
from credentials.selectors import opening, transcripts
from credentials.services.revocation import NotRevocable
from issuers import selectors as issuers
from issuers.core import keys
from learners import models as learners
from learners.core import identity
from tests import factories, kept
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@kept.fixture
def learner(ecole_a):
    return factories.learner(issuer=ecole_a)


@kept.fixture
def held(ecole_a, learner):
    """Return two signed badges of two of the three blocks of a certification."""
    badges = factories.block_badges(issuer=ecole_a)
    return factories.awarded(issuer=ecole_a, learner=learner, achievements=badges)


@pytest.fixture
def ask(ecole_a, learner, held):
    def request(**changes):
        given = {"issuer": ecole_a, "learner": learner, "credentials": held, "now": NOW}
        return services.request_transcript(**{**given, **changes})

    return request


def document(transcript):
    return canonical.loads(transcripts.opened(transcript=transcript).document)


def again(transcript):
    return transcripts.find_by_token(token=transcript.token)


def test_what_is_asked_for_is_due_and_nothing_is_signed(ask):
    transcript = ask()

    assert transcript.state == "due"
    assert len(transcript.token) == 22
    assert again(transcript).sealed is None
    with pytest.raises(opening.NotSigned):
        transcripts.opened(transcript=transcript)


def test_a_worker_signs_it_with_every_badge_as_it_was_signed(ecole_a, ask, held):
    transcript = ask()

    assert services.sign_transcripts(now=NOW, limit=10) == 1

    transcript = again(transcript)
    written = document(transcript)
    assert transcript.state == "signed"
    assert reader.problems(written, strict=True) == ()
    [key] = issuers.key_history(issuer=ecole_a)
    public_key = keys.decode_multikey(key.kid)
    proof.verify(written, public_key=public_key)
    within = written["credentialSubject"]["verifiableCredential"]
    assert [each["id"][-22:] for each in within] == [each.token for each in held]
    for each in within:
        proof.verify(each, public_key=public_key)
    assert written["id"].endswith(f"/transcripts/{transcript.token}")
    assert services.sign_transcripts(now=NOW, limit=10) == 0


def test_it_says_which_blocks_there_are_and_which_are_held(ask):
    transcript = ask()
    services.sign_transcripts(now=NOW, limit=10)

    written = document(again(transcript))

    [whole] = counting.wholes(written)
    assert (whole.code, whole.name) == ("RNCP99001", "Régisseur lumière")
    assert [(part.code, len(part.held_by)) for part in whole.parts] == [
        ("RNCP99001BC01", 1),
        ("RNCP99001BC02", 1),
        ("RNCP99001BC03", 0),
    ]
    assert written["description"].endswith(
        "lumière\N{NO-BREAK SPACE}: 2 blocs de compétences sur 3."
    )


def test_a_badge_of_no_block_is_in_it_and_counts_towards_nothing(ecole_a, learner, ask):
    other = factories.achievement(issuer=ecole_a, slug="mentor")
    held = factories.awarded(issuer=ecole_a, learner=learner, achievements=[other])

    transcript = ask(credentials=held)
    services.sign_transcripts(now=NOW, limit=10)

    written = document(again(transcript))
    assert counting.wholes(written) == ()
    assert "association" not in written["credentialSubject"]


def test_partial_says_whether_the_issuer_knows_of_more(ecole_a, ask, held):
    all_of_them, some = ask(), ask(credentials=held[:1])
    services.sign_transcripts(now=NOW, limit=10)

    assert document(again(all_of_them))["partial"] is False
    assert document(again(some))["partial"] is True

    services.revoke(issuer=ecole_a, credential=held[1], reason="By mistake", now=NOW)
    rest = ask(credentials=held[:1])
    services.sign_transcripts(now=NOW, limit=10)
    assert document(again(rest))["partial"] is False


def test_the_learner_is_in_it_only_as_salted_hashes_of_its_own(ask, learner):
    transcript = ask()
    services.sign_transcripts(now=NOW, limit=10)

    written = document(again(transcript))

    text = json.dumps(written, ensure_ascii=False)
    assert learner.name not in text
    assert learner.email not in text
    own = {each["identityType"]: each for each in written["credentialSubject"]["identifier"]}
    assert identity.matches(learner.email, own["emailAddress"])
    assert identity.matches(learner.name, own["name"])
    salts = [
        each["salt"]
        for badge in written["credentialSubject"]["verifiableCredential"]
        for each in badge["credentialSubject"]["identifier"]
    ] + [each["salt"] for each in own.values()]
    assert len(set(salts)) == len(salts)


def test_its_leaf_is_committed_with_it(ask):
    transcript = ask()
    services.sign_transcripts(now=NOW, limit=10)

    transcript = again(transcript)
    opened = transcripts.opened(transcript=transcript)

    assert opened.digest == rdf.digest(canonical.loads(opened.document))
    assert blockchain.Commitment.objects.filter(leaf=transcript.leaf).count() == 1


def test_it_is_anchored_as_a_credential_is(ecole_a):
    transcript = factories.transcript(issuer=ecole_a)
    assert transcripts.receipt(transcript=transcript) is None

    factories.anchor_everything()

    receipt = transcripts.receipt(transcript=transcript)
    assert receipt["state"] == "finalized"


def test_its_status_index_is_nobody_elses(ecole_a):
    transcript = factories.transcript(issuer=ecole_a)

    others = models.Credential.objects.of(ecole_a).values_list("status_list", "status_index")
    assert (transcript.status_list_id, transcript.status_index) not in set(others)
    taken = models.StatusList.objects.of(ecole_a).get(pk=transcript.status_list_id).taken_count
    assert taken == len(others) + 1


def test_whoever_was_erased_has_no_transcript_any_more(ecole_a):
    transcript = factories.transcript(issuer=ecole_a)
    learners.LearnerKey.objects.of(ecole_a).filter(pk=transcript.learner_id).delete()

    with pytest.raises(transcripts.learners.Erased):
        transcripts.opened(transcript=transcript)


def test_whoever_is_erased_before_it_is_signed_gets_none(ecole_a, ask, learner):
    transcript = ask()
    learners.LearnerKey.objects.of(ecole_a).filter(pk=learner.pk).delete()

    services.sign_transcripts(now=NOW, limit=10)

    assert again(transcript).state == "refused"
    assert "erased" in again(transcript).refusal


def test_a_badge_that_was_revoked_in_between_keeps_it_from_being_signed(ecole_a, ask, held):
    transcript, other = ask(), ask(credentials=held[:1])
    services.revoke(issuer=ecole_a, credential=held[1], reason="By mistake", now=NOW)

    assert services.sign_transcripts(now=NOW, limit=10) == 2

    assert again(transcript).state == "refused"
    assert str(held[1].uuid) in again(transcript).refusal
    assert again(other).state == "signed"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        (lambda _: {"credentials": []}, "credentials"),
        (lambda it: {"credentials": it["held"] * 26}, "credentials"),
        (lambda it: {"credentials": [it["held"][0]] * 2}, "credentials"),
        (lambda it: {"learner": it["stranger"]}, "learner"),
        (lambda it: {"learner": it["another"]}, "credentials"),
        (lambda it: {"credentials": [*it["held"], it["theirs"]]}, "credentials"),
        (lambda it: {"credentials": [*it["held"], it["due"]]}, "credentials"),
        (lambda it: {"credentials": [*it["held"], it["revoked"]]}, "credentials"),
        (lambda _: {"reference": "x" * 101}, "reference"),
    ],
)
def test_what_cannot_be_is_refused_by_name(ask, unfitting, changes, field):
    with pytest.raises(ValidationError) as refusal:
        ask(**changes(unfitting))

    assert refusal.value.message_dict.keys() == {field}
    assert not models.Transcript.objects.across_issuers().exists()


@kept.fixture
def unfitting(ecole_a, ecole_b, learner, held):
    """Return what cannot be in a transcript together, by why."""
    other = factories.achievement(issuer=ecole_a, slug="mentor")
    [revoked] = factories.awarded(issuer=ecole_a, learner=learner, achievements=[other])
    services.revoke(issuer=ecole_a, credential=revoked, reason="By mistake", now=NOW)
    revoked.refresh_from_db()
    theirs = factories.signed(issuer=ecole_b)
    award = services.Award(learner=learner, reference="due", valid_from=NOW)
    services.issue(issuer=ecole_a, achievement=other, awards=[award], now=NOW)
    return {
        "held": held,
        "stranger": factories.learner(issuer=ecole_b),
        "another": factories.learner(issuer=ecole_a, name="Zoé", email="zoe@example.org"),
        "theirs": theirs,
        "due": models.Credential.objects.of(ecole_a).get(reference="due"),
        "revoked": revoked,
    }


def test_the_same_reference_asks_for_the_same_transcript(ask, held):
    first = ask(reference="2026")

    services.revoke(issuer=held[0].issuer, credential=held[0], reason="By mistake", now=NOW)
    assert ask(reference="2026").pk == first.pk
    with pytest.raises(ValidationError, match="Another transcript"):
        ask(reference="2026", credentials=held[:1])


def test_badges_too_large_together_are_refused_with_what_to_do(ask, monkeypatch):
    transcript = ask()
    monkeypatch.setattr(canonical, "MAX_BYTES", 9_000)

    services.sign_transcripts(now=NOW, limit=10)

    assert again(transcript).state == "refused"
    assert "put fewer in" in again(transcript).refusal


def test_a_revocation_sets_its_own_bit_and_no_others(ecole_a, alice):
    transcript = factories.transcript(issuer=ecole_a)

    services.revoke_transcript(
        issuer=ecole_a, transcript=transcript, reason=" Wrong block ", now=NOW, actor=alice
    )
    services.publish_status_lists(now=NOW)

    transcript = again(transcript)
    assert (transcript.is_revoked, transcript.revocation_reason) == (True, "Wrong block")
    assert transcript.revoked_by == alice
    bits = bytes(models.StatusList.objects.of(ecole_a).get(pk=transcript.status_list_id).bits)
    assert lists.is_set(bits, transcript.status_index)
    assert sum(byte.bit_count() for byte in bits) == 1


def test_a_transcript_is_revoked_once_and_by_its_issuer(ecole_a, ecole_b, ask):
    transcript = factories.transcript(issuer=ecole_b)
    waiting = ask()
    revoke = services.revoke_transcript
    revoke(issuer=ecole_b, transcript=transcript, reason="Wrong", now=NOW)

    for issuer, each in ((ecole_b, transcript), (ecole_a, transcript), (ecole_a, waiting)):
        with pytest.raises(NotRevocable):
            revoke(issuer=issuer, transcript=each, reason="Wrong", now=NOW)
    with pytest.raises(ValidationError):
        revoke(issuer=ecole_b, transcript=transcript, reason="  ", now=NOW)


def test_a_lost_leaf_is_committed_again(ecole_a):
    transcript = factories.transcript(issuer=ecole_a)
    blockchain.Commitment.objects.filter(leaf=transcript.leaf).delete()

    assert services.recommit(now=NOW) == 1
    assert blockchain.Commitment.objects.filter(leaf=transcript.leaf).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_sign_each_transcript_once(ecole_a, ask, held):
    for number in range(4):
        ask(reference=str(number))
    settled = []

    def work():
        try:
            settled.append(services.sign_transcripts(now=NOW, limit=2))
        finally:
            connection.close()

    with transaction.atomic():
        # The first two are in the hands of somebody slow.
        list(models.Transcript.objects.of(ecole_a).select_for_update().order_by("id")[:2])
        worker = threading.Thread(target=work)
        worker.start()
        worker.join(timeout=30)
        assert settled == [2]

    assert services.sign_transcripts(now=NOW, limit=10) == 2
    leaves = models.Transcript.objects.of(ecole_a).values_list("leaf", flat=True)
    assert len({bytes(leaf) for leaf in leaves}) == 4
