"""Correct a credential: the new one takes the place of the old, whose links lead to the newest."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from badges import services as catalogue
from credentials import models, selectors, services
from credentials.selectors import corrections
from learners import models as learners
from learners import services as people
from tests import factories, kept
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def found(row):
    return selectors.find_by_token(token=row.token)


def correct(row, actor, *, now=LATER, reason="The name was misspelt", **otherwise):
    instead = replace(services.wording(credential=row), **otherwise)
    return services.correct(
        issuer=row.issuer, credential=row, instead=instead, reason=reason, note="Ticket 3",
        actor=actor, now=now,
    )  # fmt: skip


def work(now=LATER):
    services.sign(now=now, limit=10)
    services.publish_status_lists(now=now)


@kept.fixture
def lea(ecole_a):
    """A badge that says all that an award can say."""
    badge = factories.achievement(
        issuer=ecole_a,
        result_descriptions=[{"key": "grade", "name": "Note", "result_type": "LetterGrade"}],
    )
    learner = factories.learner(issuer=ecole_a, name="Lea Roi", email="lea@example.org")
    services.issue(
        issuer=ecole_a,
        achievement=badge,
        awards=[
            services.Award(
                learner=learner,
                reference="2026-001",
                valid_from=NOW,
                details={
                    "narrative": "Trois assemblages.",
                    "results": [{"result": "grade", "value": "B"}],
                    "evidence": [{"description": "Seen by two of us."}],
                },
            )
        ],
        now=NOW,
    )
    work(NOW)
    return found(models.Credential.objects.of(ecole_a).get())


def document(row):
    return json.loads(selectors.opened(credential=found(row)).document)


def test_the_new_one_says_the_same_but_for_what_was_wrong(lea, bob):
    new = correct(lea, bob, name="Léa Roy")
    work()

    before, after = document(lea)["credentialSubject"], document(new)["credentialSubject"]
    for each in (before, after):
        each.pop("identifier")
    assert before == after
    verified = services.verify_credential(credential=found(new), now=LATER)
    assert verified.learner == "Léa Roy"
    assert {check.name: check.reason for check in verified.report.checks}["about"] == "about"
    assert new.reference.startswith("2026-001~")


def test_the_old_one_stands_until_the_new_one_is_signed_and_not_a_moment_longer(lea, bob):
    new = correct(lea, bob, name="Léa Roy")
    lea.refresh_from_db()
    assert not lea.is_revoked
    assert corrections.newest_correction(credential=lea) is None

    work()

    lea.refresh_from_db()
    assert lea.revoked_at == LATER
    assert lea.revocation_reason == "The name was misspelt"
    assert corrections.newest_correction(credential=lea).token == new.token
    assert [each.kind for each in selectors.history(credential=lea)] == [
        "issued", "signed", "corrected", "revoked",
    ]  # fmt: skip
    revoked = selectors.history(credential=lea)[-1]
    assert (revoked.actor, revoked.note) == (bob, "Ticket 3")


def test_a_chain_of_corrections_leads_to_the_newest(lea, bob, django_assert_num_queries):
    second = correct(lea, bob, name="Léa Roi")
    work()
    third = correct(found(second), bob, name="Léa Roy")
    work()

    lea.refresh_from_db()
    with django_assert_num_queries(1):
        newest = corrections.newest_correction(credential=lea)
    assert newest.token == third.token
    verified = services.verify_credential(credential=found(lea), now=LATER)
    assert verified.correction == selectors.address(token=third.token)
    assert verified.learner == "Lea Roi", "as it was signed"


def test_other_badges_of_the_learner_stay_valid_under_the_name_they_were_signed_for(lea, bob):
    other = factories.awarded(
        issuer=lea.issuer,
        learner=lea.learner,
        achievements=[factories.achievement(issuer=lea.issuer, slug="other")],
    )[0]

    correct(lea, bob, name="Léa Roy")

    verified = services.verify_credential(credential=found(other), now=LATER)
    assert verified.learner == "Lea Roi"
    assert {each.name: each.reason for each in verified.report.checks}["about"] == "about"


def test_where_four_eyes_are_asked_for_it_waits_and_the_old_one_stands(lea, bob, alice):
    factories.change(lea.issuer, four_eyes=True)
    lea.issuer.refresh_from_db()
    new = correct(lea, bob, valid_until=NOW + timedelta(days=30))
    assert new.state == "held"
    work()
    lea.refresh_from_db()
    assert not lea.is_revoked

    services.release(issuer=lea.issuer, preparation=new.preparation, actor=alice, now=LATER)
    work()

    lea.refresh_from_db()
    assert lea.is_revoked


def test_a_correction_that_was_discarded_leaves_room_for_another(lea, bob):
    factories.change(lea.issuer, four_eyes=True)
    lea.issuer.refresh_from_db()
    first = correct(lea, bob, valid_until=NOW + timedelta(days=30))
    with pytest.raises(services.NotCorrectable):
        correct(lea, bob, valid_until=NOW + timedelta(days=31))

    services.discard(issuer=lea.issuer, preparation=first.preparation, actor=bob, now=LATER)

    assert correct(lea, bob, valid_until=NOW + timedelta(days=32)).state == "held"


def test_a_correction_that_could_not_be_signed_leaves_room_for_another(lea, bob):
    first = correct(lea, bob, valid_until=NOW + timedelta(days=30))
    models.Credential.objects.of(lea.issuer).filter(pk=first.pk).update(
        state="refused", refusal="?"
    )

    second = correct(lea, bob, valid_until=NOW + timedelta(days=31))

    assert second.state == "due"
    assert not models.Credential.objects.of(lea.issuer).filter(pk=first.pk).exists()


def test_what_was_revoked_in_the_meantime_stays_as_it_was_revoked(lea, bob):
    correct(lea, bob, name="Léa Roy")
    services.revoke(issuer=lea.issuer, credential=lea, reason="Fraud", now=NOW)

    work()

    lea.refresh_from_db()
    assert lea.revocation_reason == "Fraud"


def test_a_retired_badge_can_be_corrected_and_not_issued(lea, bob):
    catalogue.retire(issuer=lea.issuer, achievement=lea.achievement, now=NOW)
    lea = found(lea)

    correct(lea, bob, name="Léa Roy")
    work()

    lea.refresh_from_db()
    assert lea.is_revoked
    with pytest.raises(ValidationError, match="not published"):
        factories.due(issuer=lea.issuer, achievement=lea.achievement)


@pytest.mark.parametrize("reason", ["", " ", "x" * 301])
def test_a_correction_says_why(lea, bob, reason):
    with pytest.raises(ValidationError):
        correct(lea, bob, name="Léa Roy", reason=reason)

    assert models.Credential.objects.of(lea.issuer).count() == 1


def test_what_is_revoked_or_not_signed_or_anothers_is_not_corrected(lea, bob, ecole_b):
    services.revoke(issuer=lea.issuer, credential=lea, reason="Mistake", now=NOW)
    with pytest.raises(services.NotCorrectable):
        correct(lea, bob, name="Léa Roy")

    [foreign] = factories.due(issuer=ecole_b)
    instead = services.Wording("X", NOW, None, {})
    with pytest.raises(services.NotCorrectable):
        services.correct(
            issuer=lea.issuer, credential=foreign, instead=instead, reason="x", actor=bob, now=NOW
        )


def test_a_result_and_the_days_are_corrected(lea, bob):
    details = services.wording(credential=lea).details
    new = correct(
        lea, bob,
        valid_from=NOW - timedelta(days=3),
        details={**details, "results": [{"result": "grade", "value": "A"}]},
    )  # fmt: skip
    work()

    said = document(new)
    assert said["credentialSubject"]["result"][0]["value"] == "A"
    assert said["credentialSubject"]["narrative"] == "Trois assemblages."
    assert said["validFrom"].startswith("2026-02-27")


def test_an_address_is_changed_and_nobody_elses_is_taken(ecole_a, ecole_b):
    lea = factories.learner(issuer=ecole_a, name="Léa", email="lea@example.org")
    factories.learner(issuer=ecole_a, name="Awa", email="awa@example.org")
    factories.learner(issuer=ecole_b, name="Léa", email="new@example.org")

    people.change_address(issuer=ecole_a, learner=lea, email=" New@Example.org ")

    row = learners.Learner.objects.of(ecole_a).get(pk=lea.pk)
    assert row.email == people.address("New@Example.org")
    for email in ("awa@example.org", "nothing", ""):
        with pytest.raises(ValidationError):
            people.change_address(issuer=ecole_a, learner=lea, email=email)
