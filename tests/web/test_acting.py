"""The audit trail is told who is signed in and by which door, and never an address."""

import pytest
from django.db import connection

from config import celery
from issuers import models, trail
from issuers.trail import actors
from tests import factories


@pytest.fixture
def doors(monkeypatch):
    """Return what every statement that changed rows said of who acts."""
    said = []
    tell = actors._tell

    def listen(execute, sql, params, many, context):
        actor = actors._actor.get()
        if actor is not None and actors.CHANGES.match(sql):
            said.append((actor.door(), actor.user_id()))
        return tell(execute, sql, params, many, context)

    monkeypatch.setattr(actors, "_tell", listen)
    return said


def test_a_visit_that_writes_is_told_by_the_name_of_its_door(client, page, doors):
    response = client.get(f"{page}.jwt")

    assert response.status_code in (200, 202, 503)
    assert doors
    assert {(door.partition(" ")[0], user) for door, user in doors} == {("GET", None)}
    assert not any(page.rpartition("/")[2] in door for door, _user in doors)


def test_who_is_signed_in_is_told(client, alice, page, doors):
    client.force_login(alice)

    client.get(f"{page}.jwt")

    assert {user for _door, user in doors} == {alice.pk}


def test_a_task_says_its_name(ecole_a, bob):
    @celery.app.task(name="tests.demote")
    def demote():
        models.Membership.objects.of(ecole_a).filter(user=bob).update(role="viewer")

    demote()

    entry = models.TrailEntry.objects.of(ecole_a).order_by("pk").last()
    assert (entry.door, entry.user_id) == ("task tests.demote", None)


def test_doors_within_doors_tell_the_innermost(ecole_a, alice, bob):
    membership = models.Membership.objects.of(ecole_a).filter(user=bob)
    with trail.acting(door="outer", user_id=alice.pk):
        with trail.acting(door="inner"):
            membership.update(role="viewer")
        membership.update(role="auditor")

    told = models.TrailEntry.objects.of(ecole_a).filter(subject="issuers.membership")
    assert list(told.order_by("pk").values_list("door", "user_id"))[-2:] == [
        ("inner", None),
        ("outer", alice.pk),
    ]
    assert actors._tell not in connection.execute_wrappers


def test_a_query_of_a_thousand_rows_keeps_its_parameters(ecole_a):
    with trail.acting(door="bulk", user_id=7):
        for number in range(3):
            factories.learner(issuer=ecole_a, email=f"a%s{number}@example.org")

    told = models.TrailEntry.objects.of(ecole_a).filter(subject="learners.learner")
    assert set(told.values_list("door", "user_id")) == {("bulk", 7)}
