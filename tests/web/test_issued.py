"""What was issued: the list, the table, and the page of one with what can be done about it."""

from datetime import timedelta

import pytest

from credentials import models, services
from learners import services as people
from tests import factories, kept
from tests.conftest import NOW
from tests.web.conftest import read

HERE = "/console/ecole-a/credentials"


def award(issuer, name, email, *, badge=None, reference="", **more):
    """Issue one; it is not signed yet."""
    what = badge or factories.the_achievement(issuer=issuer)
    learner = people.enrol(issuer=issuer, people=[people.Person(name, email, "fr")], now=NOW)[email]
    reference = reference or f"{what.slug}-{email}"
    services.issue(
        issuer=issuer,
        achievement=what,
        awards=[
            services.Award(learner=learner, reference=reference, **{"valid_from": NOW, **more})
        ],
        now=NOW,
    )
    return models.Credential.objects.of(issuer).get(reference=reference)


@kept.fixture
def badge(ecole_a):
    return factories.achievement(issuer=ecole_a, standing="suspendable")


@kept.fixture
def lea(ecole_a, badge):
    """Léa's badge is signed, and can be suspended."""
    row = award(ecole_a, "Léa Roy", "lea@example.org", badge=badge, reference="2026-001")
    services.sign(now=NOW, limit=10)
    services.publish_status_lists(now=NOW)
    row.refresh_from_db()
    return row


@pytest.fixture
def bob_in(client, bob):
    client.force_login(bob)
    return client


def names(response):
    """Return whose badges a page lists."""
    text = read(response).text
    return [name for name in ("Léa Roy", "Zoë Ménard", "Awa Diallo") if name in text]


@kept.fixture
def three(ecole_a, lea):
    other = factories.achievement(issuer=ecole_a, slug="other", name="Traçage")
    zoe = award(ecole_a, "Zoë Ménard", "zoe@example.org", badge=other, reference="2025-002")
    over = {"valid_from": NOW - timedelta(days=40), "valid_until": NOW - timedelta(days=1)}
    awa = award(ecole_a, "Awa Diallo", "awa@example.org", badge=other, reference="X-3", **over)
    models.Credential.objects.of(ecole_a).filter(pk=lea.pk).update(
        issued_at=NOW - timedelta(days=9)
    )
    return lea, zoe, awa


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["Léa Roy", "Zoë Ménard", "Awa Diallo"]),
        ("?words=lea", ["Léa Roy"]),
        ("?words=LÉA+r", ["Léa Roy"]),
        ("?words=menard", ["Zoë Ménard"]),
        ("?words=zoe%40", ["Zoë Ménard"]),
        ("?words=2026-", ["Léa Roy"]),
        ("?words=ard", []),
        ("?words=%25", []),
        ("?state=valid", ["Léa Roy"]),
        ("?state=due", ["Zoë Ménard", "Awa Diallo"]),
        ("?state=nonsense", ["Léa Roy", "Zoë Ménard", "Awa Diallo"]),
        ("?until=2026-02-25", ["Léa Roy"]),
        ("?since=2026-03-01&until=9999-12-31", ["Zoë Ménard", "Awa Diallo"]),
        ("?words=a&state=due", ["Awa Diallo"]),
        ("?list=00000000-0000-4000-8000-000000000000", []),
        ("?learner=00000000-0000-4000-8000-000000000000", []),
        ("?learner=nobody", ["Léa Roy", "Zoë Ménard", "Awa Diallo"]),
    ],
)
def test_the_address_says_what_is_listed(bob_in, three, asked, found):
    assert names(bob_in.get(HERE + asked)) == found


def test_it_lists_what_ended_and_what_was_withdrawn(bob_in, ecole_a, three):
    lea, _zoe, _awa = three
    services.sign(now=NOW, limit=10)

    assert names(bob_in.get(f"{HERE}?state=expired")) == ["Awa Diallo"]
    services.suspend(issuer=ecole_a, credential=lea, reason="Doubt", now=NOW)
    assert names(bob_in.get(f"{HERE}?state=suspended")) == ["Léa Roy"]
    services.revoke(issuer=ecole_a, credential=lea, reason="Mistake", now=NOW)
    assert names(bob_in.get(f"{HERE}?state=revoked")) == ["Léa Roy"]
    assert names(bob_in.get(f"{HERE}?state=suspended")) == []


def test_it_lists_those_of_a_badge_and_of_a_learner(bob_in, three):
    lea, zoe, _awa = three

    of_badge = bob_in.get(f"{HERE}?badge={zoe.achievement.uuid}")
    of_learner = bob_in.get(f"{HERE}?learner={lea.learner.uuid}")

    assert names(of_badge) == ["Zoë Ménard", "Awa Diallo"]
    assert names(of_learner) == ["Léa Roy"]
    assert "Only those of Léa Roy , lea@example.org" in read(of_learner).text


def test_pages_lead_on_and_back_and_keep_the_filters(bob_in, ecole_a, monkeypatch):
    rows = factories.due(issuer=ecole_a, count=5)
    monkeypatch.setattr("credentials.views.issued.PAGE", 2)

    def links(response, words):
        html = response.content.decode()
        start = html.rfind('href="', 0, html.index(f">{words}<")) + 6
        return html[start : html.index('"', start)].replace("&amp;", "&")

    def shown(response):
        text = read(response).text
        return [n for n in range(5) if f"Élève {n}" in text]

    first = bob_in.get(f"{HERE}?words=eleve")
    second = bob_in.get(HERE + links(first, "Older"))
    third = bob_in.get(HERE + links(second, "Older"))
    back = bob_in.get(HERE + links(third, "Newer"))
    start = bob_in.get(HERE + links(back, "Newer"))

    assert [shown(each) for each in (first, second, third, back, start)] == [
        [3, 4], [1, 2], [0], [1, 2], [3, 4],
    ]  # fmt: skip
    assert "words=eleve" in links(second, "Older")
    assert ">Older<" not in third.content.decode()
    assert ">Newer<" not in start.content.decode()
    assert len(rows) == 5


@pytest.mark.parametrize("asked", ["", "?words=a", "?words=a@", "?state=valid", "?badge=x"])
def test_a_page_of_the_list_stays_under_twelve_queries(
    bob_in, three, asked, django_assert_max_num_queries
):
    with django_assert_max_num_queries(11):
        bob_in.get(HERE + asked)


def test_what_was_found_is_taken_along_as_a_table_that_computes_nothing(bob_in, ecole_a, three):
    award(ecole_a, "=1+1", "evil@example.org")

    response = bob_in.get(f"{HERE}/table.csv?words=e")
    lines = b"".join(response).decode("utf-8-sig").splitlines()

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert lines[0].startswith("Name,E-mail,Badge,Your reference,State,Issued")
    assert lines[1].startswith("'=1+1,evil@example.org,")
    assert len(lines) == 2
    everything = b"".join(bob_in.get(f"{HERE}/table.csv?lang=fr")).decode("utf-8-sig")
    assert everything.splitlines()[0].startswith("Nom;Courriel;Badge;")
    assert f"/credentials/{three[0].token}" in everything
    assert f"/credentials/{three[1].token}" not in everything, "nobody sees it yet"


def test_a_table_is_bounded_and_says_so(bob_in, three, monkeypatch):
    monkeypatch.setattr("credentials.views.issued.LINES", 2)

    lines = b"".join(bob_in.get(f"{HERE}/table.csv")).decode().splitlines()

    assert len(lines) == 4
    assert lines[-1] == "There are more: narrow what you look for."


def test_an_empty_list_says_what_to_do_next(bob_in, ecole_a):
    page = read(bob_in.get(HERE))

    assert "No badge was issued yet" in page.text
    assert "/console/ecole-a/lists/new" in page.links
    assert "Show everything" in read(bob_in.get(f"{HERE}?words=nobody")).text


def test_the_page_of_one_tells_all_of_its_story(bob_in, bob, ecole_a, lea):
    factories.anchor_everything()
    services.suspend(
        issuer=ecole_a, credential=lea, reason="A doubt", note="See mail of May 3", now=NOW,
        actor=bob,
    )  # fmt: skip

    page = read(bob_in.get(f"{HERE}/{lea.uuid}"))

    for words in (
        "Léa Roy", "lea@example.org", "2026-001", "suspended", "Public reason: A doubt",
        "Private note: See mail of May 3", "Bob", "confirmed for good", "Transaction 0x", "Issued",
        "Signed",
    ):  # fmt: skip
        assert words in page.text, words
    assert f"/credentials/{lea.token}" in page.links
    assert f"{HERE}/{lea.uuid}/reinstate" in page.links
    assert f"{HERE}/{lea.uuid}/suspend" not in page.links


def test_the_page_of_one_costs_few_queries(bob_in, lea, django_assert_max_num_queries):
    with django_assert_max_num_queries(11):
        bob_in.get(f"{HERE}/{lea.uuid}")


def test_one_is_revoked_after_its_effect_was_shown(bob_in, bob, ecole_a, lea):
    asked = read(bob_in.get(f"{HERE}/{lea.uuid}/revoke"))
    assert "The public page will say: Revoked École A has withdrawn this badge" in asked.text
    assert "This cannot be undone" in asked.text
    said = {"reason": "Issued by mistake", "note": "Ticket 12"}

    response = bob_in.post(f"{HERE}/{lea.uuid}/revoke", said)

    assert response["Location"] == f"{HERE}/{lea.uuid}"
    assert "The badge is revoked" in read(bob_in.get(response["Location"])).text
    event = models.CredentialEvent.objects.of(ecole_a).get(kind="revoked")
    assert (event.actor, event.reason, event.note) == (bob, "Issued by mistake", "Ticket 12")
    services.publish_status_lists(now=NOW)
    assert "Issued by mistake" in read(bob_in.get(f"/credentials/{lea.token}")).text
    again = bob_in.post(f"{HERE}/{lea.uuid}/revoke", said)
    assert again.status_code == 409
    assert "it is revoked already" in read(again).text


def test_one_is_suspended_and_reinstated(bob_in, lea):
    page = read(bob_in.get(f"{HERE}/{lea.uuid}/suspend"))
    assert "This can be undone" in page.text
    refused = bob_in.post(f"{HERE}/{lea.uuid}/suspend", {"reason": " "})
    assert refused.status_code == 200
    assert "reason" in read(refused).text

    bob_in.post(f"{HERE}/{lea.uuid}/suspend", {"reason": "A doubt"})
    lea.refresh_from_db()
    assert lea.is_suspended
    bob_in.post(f"{HERE}/{lea.uuid}/reinstate", {"reason": ""})

    lea.refresh_from_db()
    assert not lea.is_suspended


@pytest.mark.parametrize("act", ["revoke", "suspend", "reinstate"])
def test_what_cannot_be_done_is_said_and_not_offered(bob_in, ecole_a, badge, act):
    row = award(ecole_a, "Awa Diallo", "awa@example.org", badge=badge)

    page = read(bob_in.get(f"{HERE}/{row.uuid}"))
    response = bob_in.get(f"{HERE}/{row.uuid}/{act}")

    assert f"{HERE}/{row.uuid}/{act}" not in page.links
    assert response.status_code == 409
    assert "This cannot be done" in read(response).text


def addresses(row):
    one = f"{HERE}/{row.uuid}"
    return [HERE, f"{HERE}/table.csv", one, f"{one}/revoke", f"{one}/suspend", f"{one}/reinstate"]


def test_charlie_finds_no_such_page(client, charlie, ecole_a, lea):
    client.force_login(charlie)

    for address in addresses(lea):
        assert client.get(address).status_code == 404
        # The others are not for posting, whoever asks.
        said = client.post(address, {"reason": "x"}).status_code
        assert said == (404 if "/re" in address or "/suspend" in address else 405)
        own = address.replace("ecole-a", "ecole-b")
        if str(lea.uuid) in own:
            assert client.get(own).status_code == 404
    lea.refresh_from_db()
    assert not lea.is_revoked


@pytest.mark.parametrize(
    ("role", "may"),
    [("viewer", "look"), ("approver", "look"), ("designer", ""), ("auditor", ""),
     ("issuer", "look act")],
)  # fmt: skip
def test_roles_open_what_the_table_says(client, ecole_a, lea, role, may):
    may_look, may_act = "look" in may, "act" in may
    client.force_login(factories.member(issuer=ecole_a, name=role, role=role))
    one = f"{HERE}/{lea.uuid}"

    looked = {client.get(address).status_code for address in addresses(lea)[:3]}
    acted = client.post(f"{one}/revoke", {"reason": "x"}).status_code

    assert looked == {200 if may_look else 403}
    assert acted == (302 if may_act else 403)
    if may_look and not may_act:
        assert f"{one}/revoke" not in read(client.get(one)).links


def test_the_pages_speak_french(bob_in, lea):
    page = read(bob_in.get(f"{HERE}/{lea.uuid}?lang=fr"))
    assert "Sa page publique" in page.text
    assert "Révoquer" in page.text
    listed = read(bob_in.get(f"{HERE}?lang=fr"))
    assert "Badges délivrés" in listed.text
    asked = read(bob_in.get(f"{HERE}/{lea.uuid}/revoke?lang=fr"))
    assert "ne peut pas être annulé" in asked.text


# -- Several at once -------------------------------------------------------------------------------


@kept.fixture
def many(ecole_a, badge):
    """A dozen that are signed and can be suspended, one that is not signed, one for good."""
    rows = factories.due(issuer=ecole_a, count=12, achievement=badge)
    final = factories.achievement(issuer=ecole_a, slug="final", standing="final")
    award(ecole_a, "Awa Diallo", "awa@example.org", badge=final)
    services.sign(now=NOW, limit=20)
    services.publish_status_lists(now=NOW)
    award(ecole_a, "Zoë Ménard", "zoe@example.org", badge=badge)
    return rows


def ask(rows, act):
    return f"{HERE}/act?act={act}&" + "&".join(f"chosen={row.uuid}" for row in rows)


def states(issuer):
    rows = models.Credential.objects.of(issuer)
    return (rows.filter(revoked_at__isnull=False).count(),
            rows.filter(suspended_at__isnull=False).count())  # fmt: skip


def test_those_that_were_ticked_are_revoked(bob_in, bob, ecole_a, many):
    address = ask(many[:2], "revoke")
    page = read(bob_in.get(address))
    assert "Revoke 2 badges?" in page.text
    assert "Élève 1, Élève 0" in page.text
    assert "Type" not in page.text

    response = bob_in.post(address, {"reason": "Mistake", "note": "T"})

    assert response["Location"] == f"{HERE}?"
    assert "2 badges are revoked" in read(bob_in.get(HERE)).text
    assert states(ecole_a) == (2, 0)
    events = models.CredentialEvent.objects.of(ecole_a).filter(kind="revoked")
    assert {(each.actor, each.reason, each.note) for each in events} == {(bob, "Mistake", "T")}


def test_all_that_were_found_take_a_number_to_be_typed_and_the_others_are_told(
    bob_in, ecole_a, many
):
    address = f"{HERE}/act?act=suspend&all=1&chosen={many[0].uuid}"
    page = read(bob_in.get(address))
    assert "Suspend 12 badges?" in page.text
    assert "and 7 more" in page.text
    assert "1: designed to stand for good" in page.text
    assert "1: not signed" in page.text

    wrong = bob_in.post(address, {"reason": "Doubt", "typed": "11"})
    assert "as it stands above" in read(wrong).text
    assert states(ecole_a) == (0, 0)
    bob_in.post(address, {"reason": "Doubt", "typed": "12"})

    assert states(ecole_a) == (0, 12)
    bob_in.post(f"{HERE}/act?act=reinstate&all=1&state=suspended", {"typed": "12"})
    assert states(ecole_a) == (0, 0)


def test_the_filters_bound_what_all_means(bob_in, ecole_a, many):
    bob_in.post(f"{HERE}/act?act=revoke&all=1&words=eleve3%40", {"reason": "x"})

    assert states(ecole_a) == (1, 0)


def test_the_bits_of_all_are_set_and_of_no_other(bob_in, ecole_a, many):
    bob_in.post(ask(many[:3], "revoke"), {"reason": "x"})
    services.publish_status_lists(now=NOW)

    for number, row in enumerate(many):
        report = bob_in.get(f"/credentials/{row.token}/report.json").json()
        assert (report["state"] == "revoked") == (number < 3)


def test_too_many_are_refused_in_words(bob_in, ecole_a, many, monkeypatch):
    monkeypatch.setattr("credentials.views.withdrawing.MOST", 5)

    response = bob_in.post(f"{HERE}/act?act=revoke&all=1", {"reason": "x"})

    assert response.status_code == 409
    assert "More than 5 badges are like that" in read(response).text
    assert states(ecole_a) == (0, 0)


@pytest.mark.parametrize("asked", ["", "&chosen=nonsense", "&chosen=" + "0" * 32])
def test_none_chosen_is_said(bob_in, many, asked):
    assert "None was chosen" in read(bob_in.get(f"{HERE}/act?act=revoke{asked}")).text


def test_several_cost_as_many_queries_as_few(bob_in, many, django_assert_max_num_queries):
    address = f"{HERE}/act?act=revoke&all=1"
    with django_assert_max_num_queries(30):
        bob_in.post(address, {"reason": "x", "typed": "12"})


def test_charlie_and_who_may_only_look_do_nothing_to_several(client, charlie, ecole_a, many):
    client.force_login(charlie)
    assert client.post(ask(many, "revoke"), {"reason": "x"}).status_code == 404
    foreign = ask(many, "revoke").replace("ecole-a", "ecole-b")
    assert "None was chosen" in read(client.get(foreign)).text
    client.post(foreign, {"reason": "x", "typed": "12"})
    viewer = factories.member(issuer=ecole_a, name="Vera", role="viewer")
    client.force_login(viewer)

    assert client.post(ask(many, "revoke"), {"reason": "x"}).status_code == 403
    assert "checkbox" not in client.get(HERE).content.decode()
    assert states(ecole_a) == (0, 0)


def test_several_speak_french(bob_in, many):
    page = read(bob_in.get(ask(many, "revoke") + "&lang=fr"))

    assert "Révoquer 12 badges ?" in page.text
    assert "et 7 autres" in page.text


def test_a_badge_leads_to_those_that_were_issued_of_it(bob_in, badge, lea):
    page = read(bob_in.get(f"/console/ecole-a/badges/{badge.uuid}"))

    assert f"{HERE}?badge={badge.uuid}" in page.links


@pytest.mark.parametrize(("sent", "told"), [({"tells": "on"}, 1), ({}, 0)])
def test_the_learner_is_told_where_that_is_said_and_the_page_says_so_before(
    bob_in, ecole_a, lea, sent, told
):
    services.sign(now=NOW, limit=10)
    address = f"{HERE}/{lea.uuid}/revoke"

    asked = read(bob_in.get(address))
    bob_in.post(address, {"reason": "Annulled", **sent})

    assert "the learner gets an e-mail about it" in asked.text
    assert models.Message.objects.of(ecole_a).filter(kind="revoked").count() == told
