"""The console: who gets in, and what they find there."""

from copy import deepcopy
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.urls import get_resolver

from issuers.core import roles
from tests import factories
from tests.web.conftest import read

# What has no organisation in its address asks only who is signed in.
OPEN = {"console", "console-you"}
# Where one signs in.
ENTRANCE = {"console-sign-in", "console-leave-for"}


def console_addresses():
    """Return name, address and action of everything below console/, as it is wired."""
    found = {}

    def walk(patterns, before):
        for pattern in patterns:
            here = before + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                walk(pattern.url_patterns, here)
            elif here.startswith("console/"):
                found[pattern.name] = (here, getattr(pattern.callback, "action", None))

    walk(get_resolver().url_patterns, "")
    return found


ADDRESSES = console_addresses()
GUARDED = sorted(set(ADDRESSES) - OPEN - ENTRANCE)


def address(name, slug="ecole-a"):
    """Return the address with something in every place; what it names need not exist."""
    route = ADDRESSES[name][0].replace("<slug:slug>", slug)
    for kind, example in (
        ("int", "1"), ("slug", "x"), ("uuid", str(UUID(int=1))), ("str", "x"),
    ):  # fmt: skip
        while f"<{kind}:" in route:
            start = route.index(f"<{kind}:")
            route = route[:start] + example + route[route.index(">", start) + 1 :]
    return "/" + route


def test_every_address_of_an_organisation_asks_for_an_action_of_the_table():
    assert [name for name in GUARDED if ADDRESSES[name][1] not in roles.TABLE] == []
    assert [name for name in GUARDED if "<slug:slug>" not in ADDRESSES[name][0]] == []


def answers(client, method, names):
    """Return what each address answers to the same browser; what one request did is undone."""
    cookies, found = deepcopy(client.cookies), {}
    for name in names:
        client.cookies = deepcopy(cookies)
        with transaction.atomic():
            found[name] = getattr(client, method)(address(name))
            connection.check_constraints()
            transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_gets_in_without_signing_in(client, ecole_a, method):
    found = answers(client, method, sorted(set(ADDRESSES) - ENTRANCE))

    assert len(found) > 100
    assert [
        name
        for name, response in found.items()
        if response.status_code != 405
        and (response.status_code, response.get("Location"))
        != (302, f"/account/login/?next={address(name)}")
    ] == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_not_even_told_that_there_is_something(client, charlie, ecole_a, method):
    client.force_login(charlie)

    told = {name: each.status_code for name, each in answers(client, method, GUARDED).items()}

    assert {name: status for name, status in told.items() if status not in {404, 405}} == {}


@pytest.mark.parametrize("role", roles.Role)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_member_may_what_the_table_says(client, ecole_a, role, method):
    client.force_login(factories.member(issuer=ecole_a, name="Dora", role=role))

    told = {name: each.status_code for name, each in answers(client, method, GUARDED).items()}

    due = {True: {200, 302, 404, 405, 409}, False: {403, 405}}
    assert {
        name: status
        for name, status in told.items()
        if status not in due[roles.may(role, ADDRESSES[name][1])]
    } == {}


def test_who_may_not_is_told_in_plain_words_and_by_whom_it_may_be_done(client, bob, rf):
    from issuers import access

    page = access.member_may(roles.Action.READ_AUDIT)(lambda request, member: None)
    request = rf.get("/console/ecole-a/audit")
    request.user, request.keep_language, request.languages, request.session = bob, "", [], {}

    response = page(request, "ecole-a")

    assert response.status_code == 403
    assert "At École A you are issuer of credentials" in read(response).text
    assert "auditor" in read(response).text


def test_nothing_of_the_console_is_kept_by_a_cache(client, alice):
    client.force_login(alice)

    assert "no-store" in client.get("/console/ecole-a/")["Cache-Control"]
    assert "no-store" in client.get("/console/")["Cache-Control"]


def test_a_person_sees_their_organisations_and_no_other(client, bob, ecole_b):
    client.force_login(bob)

    page = read(client.get("/console/"))

    assert "/console/ecole-a/" in page.links
    assert "École B" not in page.text


def test_who_has_no_organisation_is_told_what_to_do(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("eve@example.org"))

    assert "open the link in the invitation" in read(client.get("/console/")).text


def test_the_console_speaks_french(client, alice):
    client.force_login(alice)

    page = read(client.get("/console/ecole-a/?lang=fr"))

    assert "Vous y travaillez comme administrateur" in page.text
    assert "/console/?lang=fr" in page.links


def test_somebody_who_was_removed_is_out_at_once(client, bob, ecole_a):
    from issuers import models

    client.force_login(bob)
    assert client.get("/console/ecole-a/").status_code == 200

    models.Membership.objects.of(ecole_a).filter(user=bob).delete()

    assert client.get("/console/ecole-a/").status_code == 404


def test_a_person_says_how_they_are_called(client, bob):
    client.force_login(bob)
    assert client.get("/console/you").status_code == 200

    client.post("/console/you", {"name": "Robert Durand"})

    bob.refresh_from_db()
    assert bob.name == "Robert Durand"
    for name in ("", " ", "x" * 201, "two\nlines"):
        assert client.post("/console/you", {"name": name}).status_code in {200, 302}
    bob.refresh_from_db()
    assert "\n" not in bob.name
    assert bob.name.strip()
