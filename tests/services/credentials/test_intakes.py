"""Lists on their way to awards: looked at, confirmed, recorded, held up, given up."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from credentials import models, services
from credentials.selectors import intakes
from credentials.services import importing
from issuers import services as parties
from issuers.core import envelope
from learners import models as learners
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

HEADING = "Nom;Courriel\n"


def lines(count, first=0):
    return "".join(f"Élève {n};e{n}@example.org\n" for n in range(first, first + count))


def uploaded(issuer, actor, text, **more):
    return services.upload(
        issuer=issuer,
        achievement=factories.the_achievement(issuer=issuer),
        name="liste.csv",
        content=text.encode(),
        actor=actor,
        now=more.pop("now", NOW),
    )


def looked_at(issuer, actor, text, **choice):
    intake = uploaded(issuer, actor, text, now=choice.pop("now", NOW))
    said = services.choice_of(intake=intake)
    choice = {"columns": said.columns, "order": said.order or "dmy", "day": said.day} | choice
    checked = services.check(
        issuer=issuer, intake=intake, choice=services.Choice(**choice), now=NOW
    )
    return intake, checked


def confirmed(issuer, actor, text, *, window=timedelta(), **choice):
    intake, _checked = looked_at(issuer, actor, text, **choice)
    services.confirm(issuer=issuer, intake=intake, actor=actor, sign_after=NOW + window, now=NOW)
    return again(intake)


def again(intake):
    return intakes.find_intake(issuer=intake.issuer, uuid=intake.uuid)


def finish(limit=100):
    while services.record(now=NOW, limit=limit):
        pass


def progress(intake):
    return intakes.progress(issuer=intake.issuer, intake=again(intake), now=NOW)


def test_a_list_becomes_awards_that_are_signed(ecole_a, bob):
    intake = confirmed(ecole_a, bob, HEADING + lines(5))

    finish(limit=2)
    services.sign(now=NOW, limit=100)

    assert progress(intake).signed == 5
    assert again(intake).state == "recorded"
    assert {row.issued_at for row in models.Credential.objects.of(ecole_a)} == {NOW}


def test_nothing_is_written_before_somebody_confirms(ecole_a, bob):
    looked_at(ecole_a, bob, HEADING + lines(5))

    assert services.record(now=NOW, limit=10) == 0
    assert not learners.Learner.objects.of(ecole_a).exists()
    assert not models.Credential.objects.of(ecole_a).exists()


def test_the_same_list_again_issues_nothing_however_late(ecole_a, bob):
    confirmed(ecole_a, bob, HEADING + lines(3))
    finish()

    _intake, checked = looked_at(
        ecole_a, bob, HEADING + lines(4), day=date(2026, 5, 1), now=NOW + timedelta(days=60)
    )

    assert checked.counts["already"] == 3
    assert [row.email for row in checked.rows] == ["e3@example.org"]


def test_two_people_who_confirm_the_same_list_issue_it_once(ecole_a, bob):
    one = confirmed(ecole_a, bob, HEADING + lines(3))
    # Looked at before the first was recorded.
    other = confirmed(ecole_a, bob, HEADING + lines(3))

    finish()

    assert models.Credential.objects.of(ecole_a).count() == 3
    assert (again(one).already, again(other).already) == (0, 3)


def test_a_reference_of_the_list_is_what_an_award_is_known_by(ecole_a, bob):
    text = "Nom;Courriel;Réf\nA;a@example.org;r-1\nB;b@example.org;r-1\nA;a@example.org;r-2\n"

    intake, checked = looked_at(ecole_a, bob, text)

    assert [row.reference for row in checked.rows] == ["r-1", "r-2"]
    assert checked.rejected[3][0].reason == "reference_twice"
    assert intake.counts["duplicates"] == 1


def test_without_references_a_person_counts_once_a_day(ecole_a, bob):
    days = ("2026-01-01", "2026-02-01", "1/1/2026")
    text = "Nom;Courriel;Date\n" + "".join(f"A;a@example.org;{day}\n" for day in days)

    _intake, checked = looked_at(ecole_a, bob, text)

    assert [row.line for row in checked.rows] == [2, 3]
    assert checked.rejected[4][0].reason == "person_twice"


def test_mistakes_are_kept_with_their_rows_and_the_others_go_on(ecole_a, bob):
    text = HEADING + "A;nobody\n;b@example.org\n" + lines(2)

    intake, checked = looked_at(ecole_a, bob, text)

    assert {line: found[0].reason for line, found in checked.rejected.items()} == {
        2: "bad_email", 3: "missing",
    }  # fmt: skip
    assert (intake.counts["errors"], intake.counts["awards"]) == (2, 2)
    assert services.checked_of(intake=again(intake)).cells[2] == ["A", "nobody"]


def test_known_learners_keep_their_name_unless_it_was_said_otherwise(ecole_a, bob):
    awa = factories.learner(issuer=ecole_a)
    text = "Nom;Courriel\nAwa Diop;awa@example.org\n"

    intake, checked = looked_at(ecole_a, bob, text)
    assert checked.renamed == {"awa@example.org": "Awa Diallo"}
    assert (intake.counts["new"], intake.counts["renamed"]) == (0, 1)
    confirmed(ecole_a, bob, text, rename=True)
    finish()

    awa.refresh_from_db()
    assert awa.name == "Awa Diop"


def test_what_columns_mean_is_remembered_for_the_same_headings(ecole_a, ecole_b, bob, charlie):
    text = "X;Y\nA;a@example.org\n"
    looked_at(ecole_a, bob, text, columns={"name": 0, "email": 1})

    mine, theirs = uploaded(ecole_a, bob, text), uploaded(ecole_b, charlie, text)

    assert services.choice_of(intake=mine).columns == {"name": 0, "email": 1}
    assert services.choice_of(intake=theirs).columns == {}


def test_people_on_a_list_are_not_in_the_database_in_clear(ecole_a, bob):
    intake, _checked = looked_at(ecole_a, bob, HEADING + lines(3) + "A;nobody\n")

    for sealed in (intake.file, intake.table, intake.checked):
        assert b"example.org" not in bytes(sealed)
    services.confirm(issuer=ecole_a, intake=intake, actor=bob, sign_after=NOW, now=NOW)
    finish()
    done = again(intake)
    assert (done.file, done.table) == (None, None)
    assert services.checked_of(intake=done).rows == []
    services.forget(now=NOW + timedelta(days=8))
    assert again(intake).checked is None


def test_a_draft_that_nobody_came_back_to_goes(ecole_a, bob):
    looked_at(ecole_a, bob, HEADING + lines(1))

    assert services.forget(now=NOW + timedelta(days=6)) == 0
    assert services.forget(now=NOW + timedelta(days=8)) == 1
    assert not models.Intake.objects.of(ecole_a).exists()


class Killed(BaseException):
    """The worker is gone."""


def test_a_worker_that_is_killed_leaves_the_list_where_it_was(ecole_a, bob, monkeypatch):
    intake = confirmed(ecole_a, bob, HEADING + lines(7))
    services.record(now=NOW, limit=3)

    def die(**_given):
        recorded(**_given)
        raise Killed

    recorded = importing.record_rows
    with monkeypatch.context() as patched:
        patched.setattr(importing, "record_rows", die)
        with pytest.raises(Killed):
            services.record(now=NOW, limit=3)
    assert models.Credential.objects.of(ecole_a).count() == again(intake).position == 3
    finish(limit=3)

    assert models.Credential.objects.of(ecole_a).count() == 7
    assert again(intake).already == 0


def test_a_paused_list_is_neither_recorded_nor_signed(ecole_a, bob):
    intake = confirmed(ecole_a, bob, HEADING + lines(4))
    services.record(now=NOW, limit=2)

    services.pause(issuer=ecole_a, intake=intake, now=NOW)
    assert services.record(now=NOW, limit=2) == 0
    assert services.sign(now=NOW + timedelta(days=400), limit=10) == 0
    with pytest.raises(services.NotThatFar):
        services.pause(issuer=ecole_a, intake=intake, now=NOW)
    services.go_on(issuer=ecole_a, intake=intake, now=NOW)
    finish()
    services.sign(now=NOW, limit=10)

    assert progress(intake).signed == 4


def test_within_its_window_all_of_a_list_is_cancelled_and_nothing_remains(ecole_a, bob):
    text = "Nom;Courriel;Réf\nA;a@example.org;r-1\nB;b@example.org;r-2\n"
    intake = confirmed(ecole_a, bob, text, window=timedelta(hours=1))
    finish()
    assert services.sign(now=NOW, limit=10) == 0

    assert services.cancel(issuer=ecole_a, intake=intake, actor=bob, now=NOW) == 2

    assert not models.Credential.objects.of(ecole_a).exists()
    assert again(intake).state == "cancelled"
    with pytest.raises(services.NotThatFar):
        services.cancel(issuer=ecole_a, intake=intake, actor=bob, now=NOW)
    _intake, checked = looked_at(ecole_a, bob, text)
    assert len(checked.rows) == 2


def test_what_is_signed_stays_when_the_rest_is_cancelled(ecole_a, bob):
    intake = confirmed(ecole_a, bob, HEADING + lines(5))
    services.record(now=NOW, limit=4)
    services.sign(now=NOW, limit=3)

    assert services.cancel(issuer=ecole_a, intake=intake, actor=bob, now=NOW) == 2

    assert {row.state for row in models.Credential.objects.of(ecole_a)} == {"signed"}
    assert progress(intake).signed == 3
    assert services.record(now=NOW, limit=10) == 0


def test_what_could_not_be_signed_alone_is_tried_again(ecole_a, bob):
    intake = confirmed(ecole_a, bob, HEADING + lines(3))
    finish()
    one = models.Credential.objects.of(ecole_a).first()
    models.Credential.objects.of(ecole_a).filter(pk=one.pk).update(
        state="refused", refusal="name: not now"
    )
    services.sign(now=NOW, limit=10)
    assert intakes.unsigned_reasons(issuer=ecole_a, intake=intake) == [("name: not now", 1)]

    assert services.try_again(issuer=ecole_a, intake=again(intake), actor=bob, now=NOW) == 1
    services.sign(now=NOW, limit=10)

    assert (progress(intake).signed, progress(intake).refused) == (3, 0)
    with pytest.raises(services.NotThatFar):
        services.try_again(issuer=ecole_a, intake=again(intake), actor=bob, now=NOW)


def test_a_list_whose_badge_can_be_issued_no_more_stops_and_says_why(ecole_a, bob):
    intake = confirmed(ecole_a, bob, HEADING + lines(3))
    badge = factories.the_achievement(issuer=ecole_a)
    type(badge).objects.of(ecole_a).update(state="retired")

    finish()
    assert again(intake).state == "stopped"
    assert "not published" in again(intake).problem
    type(badge).objects.of(ecole_a).update(state="published")
    services.try_again(issuer=ecole_a, intake=again(intake), actor=bob, now=NOW)
    finish()

    assert models.Credential.objects.of(ecole_a).count() == 3


def test_a_list_of_an_organisation_that_is_suspended_stops_and_goes_on_afterwards(ecole_a, bob):
    intake = confirmed(ecole_a, bob, HEADING + lines(3))
    services.record(now=NOW, limit=2)
    parties.suspend(issuer=ecole_a, reason="Un doute.", now=NOW)

    finish()
    assert again(intake).state == "stopped"
    assert "suspended since" in again(intake).problem
    parties.resume(issuer=ecole_a)
    services.try_again(issuer=ecole_a, intake=again(intake), actor=bob, now=NOW)
    finish()

    assert models.Credential.objects.of(ecole_a).count() == 3


def test_where_four_eyes_are_asked_a_list_waits_and_is_released_as_one(ecole_a, alice, bob):
    factories.change(ecole_a, four_eyes=True)
    intake = confirmed(ecole_a, bob, HEADING + lines(5))
    finish(limit=2)
    assert progress(intake).held == 5
    held = again(intake).preparation

    assert services.release(issuer=ecole_a, preparation=held, actor=alice, now=NOW) == 5
    services.sign(now=NOW, limit=10)

    assert progress(intake).signed == 5


def test_who_did_not_prepare_it_does_not_cancel_what_waits(ecole_a, alice, bob):
    factories.change(ecole_a, four_eyes=True)
    intake = confirmed(ecole_a, bob, HEADING + lines(2))
    finish()

    with pytest.raises(services.NotWaiting):
        services.cancel(issuer=ecole_a, intake=intake, actor=alice, now=NOW)
    assert services.cancel(issuer=ecole_a, intake=intake, actor=bob, now=NOW) == 2

    assert not models.Credential.objects.of(ecole_a).exists()


def test_nothing_is_confirmed_twice_unseen_or_empty(ecole_a, bob):
    unseen = uploaded(ecole_a, bob, HEADING + lines(1))
    empty, _checked = looked_at(ecole_a, bob, HEADING + "A;nobody\n")
    seen, _checked = looked_at(ecole_a, bob, HEADING + lines(1))
    given = {"issuer": ecole_a, "actor": bob, "sign_after": NOW, "now": NOW}
    services.confirm(intake=seen, **given)

    with pytest.raises(services.NotDraft):
        services.confirm(intake=unseen, **given)
    with pytest.raises(ValidationError):
        services.confirm(intake=empty, **given)
    with pytest.raises(services.NotDraft):
        services.confirm(intake=seen, **given)
    with pytest.raises(services.NotDraft):
        services.throw_away(issuer=ecole_a, intake=seen)


def test_one_learner_goes_the_same_way(ecole_a, bob):
    entry = {"name": "Léa Roy", "email": "Lea@example.org", "language": "fr", "reference": ""}
    given = {
        "issuer": ecole_a, "achievement": factories.the_achievement(issuer=ecole_a), "actor": bob,
        "now": NOW, "choice": services.Choice(columns={}, day=date(2026, 3, 1)),
    }  # fmt: skip
    intake = services.enter(entries=[entry], **given)
    services.confirm(issuer=ecole_a, intake=intake, actor=bob, sign_after=NOW, now=NOW)
    finish()

    [row] = models.Credential.objects.of(ecole_a).select_related("learner")
    assert (row.learner.email, row.valid_from.date()) == ("lea@example.org", date(2026, 3, 1))
    with pytest.raises(services.Refused) as refusal:
        services.enter(entries=[entry | {"email": "nobody"}], **given)
    assert refusal.value.mistakes[0].column == "email"


def test_what_was_kept_under_another_secret_stops_the_list(ecole_a, bob, settings):
    intake = confirmed(ecole_a, bob, HEADING + lines(1))
    settings.SECRET_KEY = "another" * 10

    finish()

    assert again(intake).state == "stopped"
    with pytest.raises(envelope.EnvelopeError):
        services.checked_of(intake=again(intake))


def test_lists_of_another_organisation_are_not_there(ecole_a, ecole_b, bob):
    intake = confirmed(ecole_a, bob, HEADING + lines(1))

    assert intakes.find_intake(issuer=ecole_b, uuid=intake.uuid) is None
    assert intakes.intakes(issuer=ecole_b) == []
