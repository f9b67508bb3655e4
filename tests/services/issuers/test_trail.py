"""The audit trail: what the database writes down, and what nobody can do to it."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import Error, connection, transaction

from badges import models as badges
from credentials import models as credentials
from credentials import services as issuing
from issuers import models, scope, services, trail
from issuers.trail import kept, laying
from learners import models as learners
from tests import factories, roles
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
Entry = models.TrailEntry


def entries(issuer, subject, act=None):
    found = Entry.objects.of(issuer).filter(subject=subject).order_by("pk")
    return list(found if act is None else found.filter(act=act))


def newest(issuer, subject, act=None):
    return entries(issuer, subject, act)[-1]


# -- What is written down --------------------------------------------------------------------------


def test_who_what_when_before_and_after(ecole_a, alice, bob):
    row = models.Membership.objects.of(ecole_a).get(user=bob)

    with trail.acting(door="POST console-people", user_id=alice.pk):
        models.Membership.objects.of(ecole_a).filter(pk=row.pk).update(role="approver")

    entry = newest(ecole_a, "issuers.membership")
    assert (entry.act, entry.rows) == ("changed", [row.pk])
    assert (entry.before, entry.after) == ({"role": "issuer"}, {"role": "approver"})
    assert (entry.user_id, entry.door) == (alice.pk, "POST console-people")
    assert entry.role == roles.WORKER
    assert entry.noted == []


def test_rows_that_come_and_go_are_kept_whole(ecole_a, bob):
    row = models.Membership.objects.of(ecole_a).get(user=bob)
    row_pk = row.pk

    with scope.inside(ecole_a):
        row.delete()

    added, removed = entries(ecole_a, "issuers.membership")
    assert (added.act, added.before) == ("added", None)
    assert added.after == {"user_id": bob.pk, "role": "issuer"}
    assert (removed.act, removed.after) == ("removed", None)
    assert removed.before == added.after
    assert added.rows == removed.rows == [row_pk]


def test_raw_sql_is_written_down_as_well_and_nobody_has_done_it(ecole_a, bob):
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("UPDATE issuers_membership SET role = 'viewer'")

    entry = newest(ecole_a, "issuers.membership")
    assert entry.after == {"role": "viewer"}
    assert (entry.user_id, entry.door, entry.role) == (None, "", roles.OWNER)


def test_an_actor_is_forgotten_when_the_block_ends(ecole_a, bob):
    with transaction.atomic(), trail.acting(door="task one", user_id=5):
        pass
    models.Membership.objects.of(ecole_a).update(role="viewer")

    assert newest(ecole_a, "issuers.membership").user_id is None


def test_no_comment_hides_who_acts(ecole_a, bob):
    with (
        trail.acting(door="task one", user_id=5),
        scope.inside(ecole_a),
        connection.cursor() as cursor,
    ):
        cursor.execute("-- why\nUPDATE issuers_membership SET role = 'viewer'")

    assert newest(ecole_a, "issuers.membership").door == "task one"


def test_what_a_door_says_of_itself_cannot_leave_its_quotes(ecole_a, bob):
    with trail.acting(door="GET '; DROP TABLE x; --%s", user_id=lambda: None):
        models.Membership.objects.of(ecole_a).update(role="viewer")

    assert newest(ecole_a, "issuers.membership").door == "GET ?? DROP TABLE x? --?s"


def test_rows_changed_alike_are_one_entry_and_each_organisation_has_its_own(ecole_a, ecole_b):
    for issuer in (ecole_a, ecole_b):
        for number in range(3):
            factories.member(issuer=issuer, name=f"m{issuer.slug}{number}", role="issuer")

    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("UPDATE issuers_membership SET role = 'viewer'")

    for issuer in (ecole_a, ecole_b):
        rows = list(models.Membership.objects.of(issuer).values_list("pk", flat=True))
        assert newest(issuer, "issuers.membership").rows == sorted(rows)


def test_a_change_that_changes_nothing_is_none(ecole_a, bob):
    models.Membership.objects.of(ecole_a).update(role="issuer")

    assert entries(ecole_a, "issuers.membership", "changed") == []


def test_issuing_signing_and_revoking_are_each_one_line(ecole_a, alice):
    achievement = factories.achievement(issuer=ecole_a)
    people = [
        factories.learner(issuer=ecole_a, name=f"Awa {number}", email=f"awa{number}@example.org")
        for number in range(5)
    ]
    awards = [
        issuing.Award(learner=each, reference=f"r{each.pk}", valid_from=NOW) for each in people
    ]
    issuing.issue(issuer=ecole_a, achievement=achievement, awards=awards, now=NOW)
    issuing.sign(now=NOW, limit=10)

    rows = sorted(credentials.Credential.objects.of(ecole_a).values_list("pk", flat=True))
    added, signed = entries(ecole_a, "credentials.credential")
    assert added.rows == signed.rows == rows
    assert added.after["state"] == "due"
    assert signed.before == {"state": "due", "signed_at": None}
    assert signed.after == {"state": "signed", "signed_at": "2026-03-02T09:00:00+00:00"}
    assert signed.noted == ["leaf"]


def test_no_name_and_no_address_of_a_learner_is_in_the_trail(ecole_a):
    factories.signed(issuer=ecole_a)
    learner = learners.Learner.objects.of(ecole_a).get()
    learners.Learner.objects.of(ecole_a).update(name="Awa Ndiaye", email="ndiaye@example.org")

    entry = newest(ecole_a, "learners.learner")
    assert (entry.rows, entry.noted) == ([learner.pk], ["name", "email"])
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM issuers_trailentry t")
        text = cursor.fetchone()[0]
    for word in ("Awa", "Diallo", "Ndiaye", "@"):
        assert word not in text


def test_a_badge_that_is_published_says_so(ecole_a):
    factories.achievement(issuer=ecole_a)

    entry = newest(ecole_a, "badges.achievement")
    assert entry.after["state"] == "published"
    assert "document" in entry.noted


def test_a_row_given_to_another_organisation_is_told_to_the_one_that_lost_it(ecole_a, ecole_b, bob):
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("UPDATE issuers_membership SET issuer_id = %s", [ecole_b.pk])

    entry = newest(ecole_a, "issuers.membership")
    assert entry.before == {"issuer_id": ecole_a.pk}
    assert entry.after == {"issuer_id": ecole_b.pk}


def test_a_key_that_is_rotated_leaves_a_trace_and_no_secret(ecole_a):
    services.rotate_key(issuer=ecole_a, now=NOW)

    subjects = set(Entry.objects.of(ecole_a).values_list("subject", flat=True))
    assert {"issuers.signingkey", "issuers.privatekey"} <= subjects
    assert newest(ecole_a, "issuers.privatekey").after == {}
    assert "expires_at" in newest(ecole_a, "issuers.signingkey", "changed").after


# -- Every table -----------------------------------------------------------------------------------


def tenant_tables():
    return sorted(
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if any(field.attname == "issuer_id" for field in model._meta.local_concrete_fields)
        or model is models.Issuer
    )


def test_every_table_with_an_issuer_is_kept_or_says_why_not():
    tables = {table.name for table in kept.tables()}
    left_out = {
        model._meta.db_table: found.reason
        for model in apps.get_models(include_auto_created=True)
        if isinstance(found := kept.kept_of(model), kept.NotKept)
    }

    assert tables | left_out.keys() == set(tenant_tables())
    assert not tables & left_out.keys()
    assert all(len(reason) > 10 for reason in left_out.values())


def test_the_database_has_the_triggers_that_the_models_ask_for():
    assert list(laying.missing(connection)) == []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, array_agg(tgname ORDER BY tgname) FROM pg_trigger"
            " JOIN pg_class ON pg_class.oid = tgrelid WHERE tgname LIKE 'trail%%' GROUP BY 1"
        )
        present = dict(cursor.fetchall())
    for table in kept.tables():
        acts = {"changed", "removed"} | ({"added"} if table.additions else set())
        assert set(present[table.name]) == {f"trail_{act}_{table.name}"[:63] for act in acts}


def test_a_trigger_that_is_gone_or_another_is_laid_again():
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER trail_added_issuers_membership ON issuers_membership")
        cursor.execute("ALTER TABLE issuers_trailentry DISABLE TRIGGER trail_stays")
        cursor.execute(
            "CREATE OR REPLACE FUNCTION trail_changed_issuers_membership() RETURNS trigger"
            " LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
        )
    assert len(list(laying.missing(connection))) == 4

    with roles.as_owner():
        call_command("migrate", verbosity=0)

    assert list(laying.missing(connection)) == []


def test_what_somebody_may_have_typed_is_never_shown_unless_a_model_says_so():
    shown = {(table.subject, column.name) for table in kept.tables() for column in table.shown}

    for subject, name in sorted(shown):
        model = apps.get_model(subject)
        field = next(each for each in model._meta.local_concrete_fields if each.column == name)
        if kept._is_typed(field):
            assert field.name in kept.kept_of(model).also or field.name in (
                kept.kept_of(model).shown or ()
            )
    assert not {each for each in shown if each[0].startswith("learners.")}


# -- Nobody writes it again ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE issuers_trailentry SET role = 'x'",
        "DELETE FROM issuers_trailentry",
        "UPDATE issuers_trailseal SET entries = 0",
        "DELETE FROM issuers_trailseal",
    ],
)
def test_not_even_the_owner_changes_it(ecole_a, statement):
    models.TrailSeal.objects.of(ecole_a).create(
        issuer=ecole_a, sequence=1, last=1, entries=1, digest=bytes(32), sealed_at=NOW
    )

    with (
        roles.as_owner(),
        pytest.raises(Error, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_badges_of_the_demonstration_are_kept_too(ecole_a):
    assert badges.Achievement._meta.db_table in {table.name for table in kept.tables()}
