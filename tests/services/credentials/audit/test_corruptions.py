"""Every invariant has its corruptions, which it reports, and which no other reports."""

import uuid

import pytest

from blockchain import chains
from blockchain.models import Commitment
from credentials import models, services
from issuers.models import Arrival
from tests import roles
from tests.services.credentials.audit import trails
from tests.services.credentials.audit.accidents import (
    CORRUPTIONS,
    LONG_AGO,
    a_status_list_is_another_issuers,
    first_batch,
    sql,
)
from tests.services.credentials.audit.conftest import AT, examine, found, rows

pytestmark = pytest.mark.django_db
EACH = [(invariant, each) for invariant, several in CORRUPTIONS.items() for each in several]


def test_a_sound_installation_is_clean(sound):
    report = examine()

    assert found(report) == []
    assert report.exit_status == 0
    assert {str(each.outcome) for each in report.examinations} == {"passed"}
    assert [each.invariant for each in report.examinations] == list(CORRUPTIONS)


@pytest.mark.parametrize(
    ("invariant", "corrupt"), EACH, ids=[f"{i}-{each.__name__}" for i, each in EACH]
)
def test_a_corruption_is_reported_by_its_invariant_alone(sound, invariant, corrupt):
    with roles.as_owner():
        corrupt(sound)

    report = examine()

    assert {each for each, _subject, _problem in found(report)} == {invariant}, found(report)
    assert report.exit_status == 1
    chains.get_chain.cache_clear()


def test_a_flipped_bit_in_a_stored_leaf_is_seen_from_every_side(sound):
    place = Commitment.objects.filter(batch=first_batch()).earliest("leaf_index")
    Commitment.objects.filter(pk=place.pk).update(leaf=bytes(32))

    # The credential has lost its leaf, the batch its root, and the other leaf is nobody's.
    assert {each for each, _subject, _problem in found(examine())} == {"I1", "I3", "I10"}


@pytest.mark.parametrize(
    ("damage", "invariants", "problem"),
    [
        ("leaf = decode(repeat('00', 32), 'hex')", {"I1", "I2", "I10"}, "its leaf is in no batch"),
        ("sealed = sealed || '\\x00'::bytea", {"I2"}, "does not open"),
        ("revoked_at = requested_at", {"I8"}, "not the rows' revocations"),
        ("token = 'AAAAAAAAAAAAAAAAAAAAAA'", {"I2"}, "another id"),
        (
            (
                "status_index = (SELECT min(one.status_index) FROM credentials_credential AS one"
                " WHERE one.status_list_id = credentials_transcript.status_list_id)"
            ),
            {"I2"},
            "something else has index",
        ),
    ],
)
def test_a_transcript_is_audited_as_a_credential_is(sound, damage, invariants, problem):
    sql(f"UPDATE credentials_transcript SET {damage}")  # noqa: S608 - from the list above

    told = found(examine())

    assert {each for each, _subject, _problem in told} == invariants
    assert any(problem in words for _invariant, _subject, words in told)


def test_a_transcript_that_nobody_signs_is_late(sound):
    long_ago = rows(sound).earliest("pk").issued_at
    sql(
        "UPDATE credentials_transcript SET state = 'due', sealed = NULL, signed_at = NULL,"
        " leaf = NULL, requested_at = %s",
        long_ago,
    )

    subjects = [subject for invariant, subject, _problem in found(examine()) if invariant == "I10"]

    assert any(subject.startswith("transcript") for subject in subjects)


def test_an_edition_that_nobody_signs_is_late(sound):
    credential = rows(sound).filter(state="signed").select_related("learner").latest("pk")
    asked = {"issuer": sound, "credential": credential, "kind": "jwt"}
    services.request_edition(now=AT, **asked)
    in_time = found(examine())
    models.Edition.objects.of(sound).update(requested_at=LONG_AGO)

    [(invariant, subject, problem)] = found(examine())

    assert in_time == []
    assert (invariant, subject) == ("I10", f"edition jwt of credential {credential.uuid}")
    assert "is not signed" in problem


def test_a_row_that_points_to_another_issuers_is_seen_and_so_is_the_hole_it_came_through(sound):
    with roles.as_owner():
        a_status_list_is_another_issuers(sound)

    told = found(examine())

    assert {invariant for invariant, _subject, _problem in told} == {"I2", "I12"}
    assert any("belongs to another issuer" in problem for _invariant, _subject, problem in told)


def test_heads_that_came_along_are_of_a_trail_elsewhere(sound):
    with roles.as_owner():
        trails.there_is_no_trail(sound)
        lost = [invariant for invariant, _subject, _problem in found(examine())]
        Arrival.objects.of(sound).create(
            issuer=sound,
            archive=uuid.uuid4(),
            came_from="https://badges.example",
            made_at=AT,
            arrived_at=AT,
        )

    assert set(lost) == {"I15"}
    assert found(examine()) == []


def test_every_invariant_has_a_corruption():
    assert all(CORRUPTIONS.values())
    assert len(CORRUPTIONS) == 13
