"""Verify: our own, altered ones, images, and what cannot be checked."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from blockchain import selectors as questions
from blockchain import services as anchoring
from blockchain.core import anchor
from blockchain.models import Batch
from credentials import selectors, services
from credentials.core import recognition
from credentials.services import recognising
from tests import factories, kept
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@kept.fixture
def anchored(ecole_a):
    credential = factories.signed(issuer=ecole_a)
    factories.anchor_everything()
    return credential


def outcomes(verification: services.Verification) -> dict[str, str]:
    return {check.name: f"{check.outcome}:{check.reason}" for check in verification.report.checks}


def test_an_anchored_credential_is_verified(anchored):
    verification = services.verify_credential(credential=anchored, now=NOW)

    assert verification.report.verdict == "verified"
    assert [check.number for check in verification.report.checks] == [1, 2, 3, 4, 5, 6, 7]
    assert outcomes(verification)["anchored"] == "passed:anchored_final"
    assert outcomes(verification)["about"] == "passed:about"


def test_before_it_is_anchored_the_verdict_is_open(ecole_a):
    credential = factories.signed(issuer=ecole_a)

    verification = services.verify_credential(credential=credential, now=NOW)

    assert verification.report.verdict == "inconclusive"
    assert outcomes(verification)["anchored"] == "inconclusive:not_anchored_yet"


def test_a_revoked_credential_is_refuted_by_its_status_alone(ecole_a, anchored):
    services.revoke(issuer=ecole_a, credential=anchored, reason="Mistake", now=NOW)
    services.publish_status_lists(now=NOW)

    verification = services.verify_credential(credential=anchored, now=NOW)

    assert verification.report.verdict == "refuted"
    assert outcomes(verification)["stands"] == "failed:revoked"
    assert [check.name for check in verification.report.checks if check.outcome == "failed"] == [
        "stands"
    ]


def test_an_expired_credential_is_refuted_by_its_dates_alone(ecole_a):
    credential = factories.signed(issuer=ecole_a, valid_until=NOW + timedelta(hours=1))
    factories.anchor_everything()

    verification = services.verify_credential(credential=credential, now=NOW + timedelta(hours=2))

    assert [
        f"{check.name}:{check.reason}"
        for check in verification.report.checks
        if check.outcome == "failed"
    ] == ["in_time:expired"]


def test_a_stale_status_list_leaves_the_verdict_open(anchored):
    verification = services.verify_credential(credential=anchored, now=NOW + timedelta(days=2))

    assert verification.report.verdict == "inconclusive"
    assert outcomes(verification)["stands"] == "inconclusive:status_stale"


def silence(monkeypatch):
    def unreachable(**kwargs):
        raise anchoring.Unavailable("no answer from the chain")

    monkeypatch.setattr(anchoring, "find", unreachable)


def test_of_a_final_batch_no_chain_is_asked_and_the_report_says_when_it_was_read(
    anchored, monkeypatch
):
    silence(monkeypatch)

    verification = services.verify_credential(credential=anchored, now=NOW)

    assert verification.report.verdict == "verified"
    assert verification.report.checks[5].detail["read_at"] == (NOW + timedelta(days=1)).isoformat()


def test_what_somebody_hands_over_is_looked_up_on_the_chain(anchored, monkeypatch):
    silence(monkeypatch)

    data = selectors.opened(credential=anchored).document
    verification = services.verify_document(data=data, now=NOW)

    assert outcomes(verification)["anchored"] == "inconclusive:chain_unavailable"


def test_the_record_of_a_final_batch_does_not_bear_out_another_receipt(anchored):
    [proof] = selectors.anchor_proofs(credential=anchored)
    [batch] = Batch.objects.all()
    Batch.objects.update(block_hash="0x" + "ab" * 32)

    verification = services.verify_credential(credential=anchored, now=NOW)

    assert outcomes(verification)["anchored"] == "passed:anchored_final"  # both are the record's
    assert questions.recorded(proof).finding.block_hash != proof.block_hash
    other = replace(proof, transaction="0x" + "cd" * 32)
    assert questions.recorded(other).finding is None
    Batch.objects.update(failure="A final block was replaced.")
    assert questions.recorded(proof) == questions.Recorded(None, rechecked=True)
    assert batch.state == "finalized"


def test_a_report_on_ours_takes_the_short_way_and_comes_to_the_same(anchored, monkeypatch):
    short = services.verify_credential(credential=anchored, now=NOW)
    monkeypatch.setattr(recognising, "recognise", lambda _data: None)

    long = services.verify_credential(credential=anchored, now=NOW)

    assert recognising._recogniser.differed == 0
    assert short.report == long.report


def test_a_short_way_that_is_wrong_is_told_and_left(anchored, monkeypatch, caplog):
    reader = recognition.Recogniser(sample=1)
    monkeypatch.setattr(recognising, "_recogniser", reader)
    monkeypatch.setattr(recognition.Recogniser, "_holds", lambda *_arguments: False)

    verification = services.verify_credential(credential=anchored, now=NOW)

    assert verification.report.verdict == "verified"
    assert "takes the long way from now on" in caplog.text


def test_an_unreachable_chain_leaves_the_verdict_open(anchored, monkeypatch):
    Batch.objects.update(state="confirmed", finalized_at=None)
    silence(monkeypatch)

    verification = services.verify_credential(credential=anchored, now=NOW)

    assert verification.report.verdict == "inconclusive"
    assert outcomes(verification)["anchored"] == "inconclusive:chain_unavailable"


def test_a_name_that_was_not_signed_is_refuted(anchored):
    verification = services.verify_credential(
        credential=anchored, now=NOW, identity=(("name", "Somebody Else"),)
    )

    assert outcomes(verification)["about"] == "failed:another_person"


def test_the_file_a_learner_holds_is_verified_with_our_receipt(anchored):
    data = selectors.opened(credential=anchored).document

    verification = services.verify_document(data=data, now=NOW)

    assert verification.report.verdict == "verified"
    assert verification.credential == anchored


def test_the_baked_image_is_verified(anchored):
    verification = services.verify_document(
        data=selectors.baked_image(credential=anchored), now=NOW
    )

    assert verification.report.verdict == "verified"


def test_spaces_and_order_of_members_do_not_matter(anchored):
    document = json.loads(selectors.opened(credential=anchored).document)
    shuffled = json.dumps(dict(reversed(document.items())), indent=3).encode()

    assert services.verify_document(data=shuffled, now=NOW).report.verdict == "verified"


@pytest.mark.parametrize(
    "alter",
    [
        lambda document: document.update(name="Doctorate"),
        lambda document: document.update(validUntil="2099-01-01T00:00:00Z"),
        lambda document: document["credentialSubject"]["achievement"].update(name="Doctorate"),
        lambda document: document["credentialStatus"].update(
            statusListIndex="7", id=document["credentialStatus"]["statusListCredential"] + "#7"
        ),
    ],
)
def test_an_altered_document_is_refuted_at_its_signature(anchored, alter):
    document = json.loads(selectors.opened(credential=anchored).document)
    alter(document)

    verification = services.verify_document(data=json.dumps(document).encode(), now=NOW)

    assert verification.report.verdict == "refuted"
    assert outcomes(verification)["signed"].startswith("failed:")
    assert outcomes(verification)["anchored"].startswith("failed:")
    assert verification.credential is None


def test_an_altered_receipt_is_refuted(anchored):
    opened = selectors.opened(credential=anchored)
    receipt = dict(selectors.receipt(credential=anchored) or {})
    receipt["salt"] = "00" * 32 if not str(receipt["salt"]).startswith("0x") else "0x" + "00" * 32

    verification = services.verify_document(
        data=opened.document, now=NOW, receipt=json.dumps(receipt).encode()
    )

    assert outcomes(verification)["anchored"].startswith("failed:")


def test_another_issuers_key_cannot_speak_for_this_one(ecole_a, ecole_b, anchored):
    from credentials.core import canonical, proof
    from issuers import selectors as issuers
    from issuers.core import keys

    document = canonical.loads(selectors.opened(credential=anchored).document)
    del document["proof"]
    method, seed = issuers.signing_key(issuer=ecole_b, now=NOW)
    forged = proof.sign(document, key=keys.load(seed), verification_method=method, created=NOW)

    verification = services.verify_document(data=canonical.dumps(forged), now=NOW)

    assert verification.report.verdict == "refuted"
    assert outcomes(verification)["issuer"] == "failed:foreign_key"


def test_our_own_address_is_read_directly(anchored):
    verification = services.verify_address(url=selectors.address(token=anchored.token), now=NOW)

    assert verification.report.verdict == "verified"


@pytest.mark.parametrize("path", ["/credentials/AAAAAAAAAAAAAAAAAAAAAA", "/", "/credentials/short"])
def test_an_unknown_address_of_ours_says_so(ecole_a, settings, path):
    with pytest.raises(services.Unverifiable) as refusal:
        services.verify_address(url=settings.PUBLIC_URL + path, now=NOW)

    assert refusal.value.reason == "not_found"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" " * 10_000_001, "too_large"),
        (b"{", "malformed"),
        (b"[1, 2]", "found_list"),
        (b'{"a": 1, "a": 2}', "malformed"),
        (b"[" * 100_000, "found_list"),
        (b'{"a":' * 5_000, "malformed"),
        (b"\x89PNG\r\n\x1a\n\0\0", "nothing_inside"),
        (factories.png(), "nothing_inside"),
        ("é".encode("latin-1"), "malformed"),
    ],
)
def test_what_is_no_credential_is_refused_with_a_reason(ecole_a, data, reason):
    with pytest.raises(services.Unverifiable) as refusal:
        services.verify_document(data=data, now=NOW)

    assert refusal.value.reason == reason
    assert len(str(refusal.value)) > 10


def test_a_receipt_round_trips_through_its_json(anchored):
    receipt = selectors.anchor_proof(credential=anchored)

    assert receipt is not None
    assert anchor.from_json(anchor.to_json(receipt)) == receipt
