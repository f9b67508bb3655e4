"""The operator's pages: who gets in, and what they find there."""

from __future__ import annotations

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client
from django.urls import get_resolver

from config.operating.organisations import Organisations
from config.operating.site import site
from issuers import models, selectors, services
from tests import factories, kept
from tests.conftest import NOW
from tests.web.conftest import arm, read
from tests.web.test_second_factor import totp

REASON = "Its name belongs to somebody else."


def operator_addresses():
    """Return everything below operator/, as it is wired."""
    [found] = [each for each in get_resolver().url_patterns if str(each.pattern) == "operator/"]
    return {each.name: each for each in found.url_patterns}


ADDRESSES = operator_addresses()
# What leads elsewhere until something was done.
CLOSED = {"end-look", "inside", "judge"}


def address(name):
    route = "/operator/" + str(ADDRESSES[name].pattern)
    return route.replace("<slug:slug>", "ecole-a").replace("<int:pk>", "1")


def visits():
    return [(name, method) for name in sorted(ADDRESSES) for method in ("get", "post")]


def test_every_address_is_behind_the_operators_door():
    assert [
        name for name, each in ADDRESSES.items() if not getattr(each.callback, "is_operators", 0)
    ] == []


@pytest.mark.parametrize(("name", "method"), visits())
def test_nobody_is_told_that_there_is_something(client, ecole_a, name, method):
    assert getattr(client, method)(address(name)).status_code == 404


@pytest.mark.parametrize(("name", "method"), visits())
@pytest.mark.parametrize("who", ["alice", "bob", "charlie"])
def test_who_works_for_an_organisation_is_not_told_either(client, request, who, name, method):
    request.getfixturevalue("ecole_a")
    client.force_login(request.getfixturevalue(who))
    arm(client)

    assert getattr(client, method)(address(name)).status_code == 404


@pytest.mark.parametrize(("name", "method"), visits())
def test_an_operator_without_a_second_factor_is_told_how_to_get_one(
    client, olga, ecole_a, name, method
):
    client.force_login(olga)

    response = getattr(client, method)(address(name))

    assert response.status_code == 403
    assert "/account/2fa/" in read(response).links


@pytest.mark.parametrize(("name", "method"), visits())
def test_whom_a_provider_sent_is_no_operator(client, olga, ecole_a, name, method):
    client.force_login(olga)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "mfa", "type": "totp", "at": 0},
        {"method": "socialaccount", "provider": "x", "at": 0},
    ]
    session.save()

    assert getattr(client, method)(address(name)).status_code == 404


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_an_operator_gets_everywhere_under_the_policy_of_every_page(
    operator, alice, ecole_a, name, language
):
    factories.signed(issuer=ecole_a)

    response = operator.get(address(name), {"lang": language})

    if name in CLOSED:
        assert response.status_code in {302, 404, 405}
        return
    assert response.status_code == 200
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "no-store" in response["Cache-Control"]
    page = read(response)
    assert [each for each in page.loads if not each.startswith("/static/")] == []
    assert [each for each in page.elements if each[0] in {"script", "style"}] == []
    assert [each for _tag, each in page.elements if "style" in each or "onclick" in each] == []


def test_no_page_of_a_signed_in_operator_shows_a_learner(operator, alice, ecole_a):
    factories.learner(issuer=ecole_a)
    factories.signed(issuer=ecole_a)

    for name in ADDRESSES:
        page = operator.get(address(name)).content.decode()

        assert "Awa Diallo" not in page
        assert "awa@example.org" not in page
        assert "leve0@example.org" not in page


def test_what_is_registered_holds_neither_keys_nor_credentials_nor_learners():
    assert {model._meta.label for model in site._registry} == {
        "issuers.BreakGlass", "issuers.Issuer", "issuers.LookAlike", "issuers.User",
    }  # fmt: skip


def test_an_operator_sees_who_issues_and_how_much(operator, alice, ecole_a, ecole_b):
    factories.due(issuer=ecole_a, count=3)

    page = read(operator.get("/operator/organisations/"))

    assert "École A" in page.text
    assert "École B" in page.text
    assert "3, of which 3 in 30 days" in page.text
    assert "/operator/organisations/ecole-a/" in page.links


def test_an_operator_seeks_and_sifts(operator, ecole_a, ecole_b):
    services.suspend(issuer=ecole_b, reason=REASON, now=NOW)

    sought = read(operator.get("/operator/organisations/", {"q": "École A"}))
    sifted = read(operator.get("/operator/organisations/", {"state": "suspended"}))
    odd = operator.get(
        "/operator/organisations/", {"state": "x", "kind": "x", "o": "9.-9", "p": "x"}
    )

    assert "ecole-b" not in sought.text
    assert "ecole-a" not in sifted.text
    assert odd.status_code in {200, 302}


def test_an_organisation_that_is_suspended_is_closed(operator, alice, ecole_a):
    factories.the_achievement(issuer=ecole_a)
    assert (
        operator.post("/operator/organisations/ecole-a/suspend", {"reason": " "}).status_code == 200
    )

    operator.post("/operator/organisations/ecole-a/suspend", {"reason": REASON})

    theirs = Client()
    theirs.force_login(alice)
    refused = theirs.get("/console/ecole-a/")
    assert refused.status_code == 403
    assert REASON in read(refused).text
    assert theirs.get("/console/").status_code == 200
    with pytest.raises(Exception, match="suspended since"):
        factories.due(issuer=models.Issuer.objects.get(pk=ecole_a.pk))


def test_what_it_issued_goes_on_verifying_and_its_pages_stay(
    operator, client, credential, page, ecole_a
):
    operator.post("/operator/organisations/ecole-a/suspend", {"reason": REASON})

    stranger = Client()
    assert "Verified" in read(stranger.get(page)).text
    assert stranger.get("/issuers/ecole-a").status_code == 200
    assert stranger.get("/issuers/ecole-a/did.json").status_code == 200


def test_an_organisation_may_go_on(operator, alice, ecole_a):
    services.suspend(issuer=ecole_a, reason=REASON, now=NOW)

    operator.post("/operator/organisations/ecole-a/resume")

    theirs = Client()
    theirs.force_login(alice)
    assert theirs.get("/console/ecole-a/").status_code == 200
    assert factories.due(issuer=models.Issuer.objects.get(pk=ecole_a.pk))
    again = operator.post("/operator/organisations/ecole-a/resume")
    assert "is not suspended" in read(again).text


def test_an_organisation_that_is_not_there_is_not_there(operator):
    for page in ("", "suspend", "resume"):
        assert operator.get(f"/operator/organisations/nobody/{page}").status_code == 404


@kept.fixture
def alike(ecole_a, ecole_b):
    """École A passes for École B."""
    return models.LookAlike.objects.of(ecole_a).create(
        issuer=ecole_a, resembles=ecole_b, name="École B", other_name="École B",
        likeness="same", found_at=NOW,
    )  # fmt: skip


def test_an_operator_judges_a_look_alike(operator, olga, alike):
    place = f"/operator/names/{alike.pk}/"
    assert "\\xc9cole B" in read(operator.get("/operator/names/")).text
    assert "ecole-a" not in read(operator.get("/operator/names/?judgement=confirmed")).text
    assert operator.get(place).status_code == 200

    refused = operator.post(place, {"judgement": "confirmed", "note": " "})
    odd = operator.post(place, {"judgement": "maybe"})
    operator.post(place, {"judgement": "confirmed", "note": "Not theirs."})

    assert "Say why" in read(refused).text
    assert odd.status_code == 200
    alike.refresh_from_db()
    assert (alike.judgement, alike.judged_by, alike.note) == (
        "confirmed",
        olga,
        "Not theirs.",
    )
    assert "Not theirs." in read(operator.get("/operator/names/")).text


def test_a_look_alike_is_shown_where_an_operator_begins_and_on_the_pages_of_both(operator, alike):
    shown = "1 name passes for another organisation’s"  # noqa: RUF001 - text is typeset
    place = f"/operator/names/{alike.pk}/"

    first = read(operator.get("/operator/"))
    pages = [
        read(operator.get(f"/operator/organisations/{slug}/")) for slug in ("ecole-a", "ecole-b")
    ]
    operator.post(place, {"judgement": "harmless", "note": ""})

    assert shown in first.text
    assert "/operator/names/?judgement=open" in first.links
    assert [place in page.links for page in pages] == [True, True]
    assert shown not in read(operator.get("/operator/")).text


def test_who_works_for_an_organisation_judges_no_name(alice, alike):
    from django.db import ProgrammingError, transaction

    from tests import roles

    with roles.working_as(roles.WEB):
        with pytest.raises(services.NoSuchLookAlike):
            services.judge_look_alike(number=alike.pk, judgement="harmless", now=NOW)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            models.LookAlike.objects.of(alike.issuer_id).update(judgement="harmless")


def test_an_operator_sets_quotas(operator, ecole_a):
    place = "/operator/organisations/ecole-a/quotas"
    wrong = operator.post(place, {"credentials": "many", "people": "-1", "storage": "9" * 30})
    operator.post(place, {"credentials": "10", "people": "", "storage": "0"})

    assert wrong.status_code == 200
    assert selectors.quotas(issuer=ecole_a) == {"credentials": 10, "storage": 0}
    assert (
        "Credentials in a month: 10" in read(operator.get("/operator/organisations/ecole-a/")).text
    )
    operator.post(place, {"credentials": "", "people": "", "storage": ""})
    assert selectors.quotas(issuer=ecole_a) == {}


def test_an_operator_looks_inside_and_its_administrators_know(operator, alice, ecole_a, mailoutbox):
    factories.signed(issuer=ecole_a)
    look, inside = (f"/operator/organisations/ecole-a/{each}" for each in ("look", "inside"))
    assert operator.get(inside)["Location"] == look
    assert operator.post(look, {"reason": " ", "minutes": "15"}).status_code == 200
    assert operator.post(look, {"reason": REASON, "minutes": "600"}).status_code == 200
    assert models.BreakGlass.objects.of(ecole_a).count() == 0

    opened = operator.post(look, {"reason": REASON, "minutes": "15"})

    assert opened["Location"] == inside
    assert "eleve0@example.org" in read(operator.get(inside)).text
    assert "eleve0" not in read(operator.get(inside, {"learner": "nobody"})).text
    assert operator.get(inside, {"before": "9" * 40}).status_code == 200
    assert operator.get(inside, {"before": "x"}).status_code == 200
    [sent] = mailoutbox
    assert sent.to == [alice.email]
    assert REASON in sent.body
    assert "olga@example.org" in sent.body
    assert REASON in read(operator.get("/operator/looks/")).text
    theirs = Client()
    theirs.force_login(alice)
    assert REASON in read(theirs.get("/console/ecole-a/looks")).text


def test_a_look_inside_ends_by_itself(operator, alice, ecole_a):
    factories.signed(issuer=ecole_a)
    inside = "/operator/organisations/ecole-a/inside"
    operator.post("/operator/organisations/ecole-a/look", {"reason": REASON, "minutes": "15"})
    assert operator.get(inside).status_code == 200

    factories.time_passes(ecole_a, minutes=16)

    assert operator.get(inside)["Location"].endswith("/look")


def test_a_look_inside_is_ended_before_its_time_is_over(operator, olga, alice, ecole_a, caplog):
    factories.signed(issuer=ecole_a)
    place = "/operator/organisations/ecole-a"
    operator.post(f"{place}/look", {"reason": REASON, "minutes": "15"})

    ended = operator.post(f"{place}/inside/end")
    again = operator.post(f"{place}/inside/end")

    assert ended["Location"] == again["Location"] == f"{place}/"
    assert operator.get(f"{place}/inside")["Location"] == f"{place}/look"
    assert f"operator {olga.pk} reads no more what issuer {ecole_a.pk} has" in caplog.text
    rows = models.TrailEntry.objects.of(ecole_a).filter(user_id=olga.pk).order_by("id")
    assert list(rows.values_list("subject", "act", "door")) == [
        ("issuers.breakglass", "added", "POST admin:look"),
        ("issuers.glassend", "added", "POST admin:end-look"),
    ]
    [look] = selectors.looks_inside(issuer=ecole_a)
    assert look.ended_at < look.until


def test_who_looks_inside_confirms_that_it_is_they(operator, olga, alice, ecole_a, caplog):
    look = "/operator/organisations/ecole-a/look"
    given = {"reason": REASON, "minutes": "15"}
    secret = operator.get("/account/2fa/totp/activate/").context["form"].secret
    operator.post("/account/2fa/totp/activate/", {"code": totp(secret)})
    arm(operator, confirmed_at=NOW.timestamp() - 301)
    assert operator.get("/operator/organisations/ecole-a/").status_code == 200

    sent = operator.get(look)
    refused = operator.post(look, given)
    came_back = operator.post(sent["Location"], {"code": totp(secret, step=1)})

    assert sent["Location"].startswith("/account/2fa/reauthenticate/")
    assert refused["Location"].startswith("/account/2fa/reauthenticate/")
    assert models.BreakGlass.objects.of(ecole_a).count() == 1
    assert came_back["Location"].endswith("/inside")
    assert "(confirmed: totp)" in caplog.text


def test_an_operator_whose_second_factor_is_gone_does_not_look_inside(operator, ecole_a):
    arm(operator)

    response = operator.get("/operator/organisations/ecole-a/look")

    assert response.status_code == 403
    assert "/account/2fa/" in read(response).links


def test_a_look_inside_one_organisation_shows_no_other(operator, ecole_a, ecole_b):
    factories.signed(issuer=ecole_b)
    operator.post("/operator/organisations/ecole-a/look", {"reason": REASON, "minutes": "15"})

    assert operator.get("/operator/organisations/ecole-b/inside")["Location"].endswith("/look")


def test_another_operator_sees_nothing_of_it(operator, ecole_a):
    operator.post("/operator/organisations/ecole-a/look", {"reason": REASON, "minutes": "15"})
    other = Client()
    other.force_login(services.let_operate(email="otto@example.org"))
    arm(other)

    assert other.get("/operator/organisations/ecole-a/inside")["Location"].endswith("/look")


def test_a_mail_that_cannot_be_sent_is_told_to_the_operator(operator, alice, ecole_a, monkeypatch):
    def refuse(*_args, **_more):
        raise OSError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)

    operator.post("/operator/organisations/ecole-a/look", {"reason": REASON, "minutes": "15"})

    assert "tell them yourself" in read(operator.get("/operator/organisations/ecole-a/inside")).text


def test_an_operator_finds_the_way_from_the_console(operator, alice):
    theirs = Client()
    theirs.force_login(alice)

    assert "/operator/" in read(operator.get("/console/")).links
    assert "/operator/" not in read(theirs.get("/console/")).links


def test_what_an_operator_does_is_in_the_audit_trail_of_the_organisation(operator, olga, ecole_a):
    place = "/operator/organisations/ecole-a"
    operator.post(f"{place}/look", {"reason": REASON, "minutes": "15"})
    operator.post(f"{place}/quotas", {"credentials": "", "people": "7", "storage": ""})
    operator.post(f"{place}/suspend", {"reason": REASON})

    rows = models.TrailEntry.objects.of(ecole_a).filter(user_id=olga.pk).order_by("id")
    told = list(rows.values_list("subject", "act", "door"))
    assert told == [
        ("issuers.breakglass", "added", "POST admin:look"),
        ("issuers.quota", "added", "POST admin:quotas"),
        ("issuers.issuer", "changed", "POST admin:suspend"),
    ]
    assert REASON not in str([(row.before, row.after) for row in rows])


def test_a_long_list_has_pages(operator, ecole_a, ecole_b, monkeypatch):
    monkeypatch.setattr(Organisations, "list_per_page", 1)

    first = read(operator.get("/operator/organisations/"))
    second = read(operator.get("/operator/organisations/?p=2"))

    assert ("ecole-a" in first.text, "ecole-b" in first.text) == (True, False)
    assert "?p=2" in first.links
    assert ("ecole-a" in second.text, "ecole-b" in second.text) == (False, True)
