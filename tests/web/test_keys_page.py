"""Keys in the console: seen and ordered by administrators, made by nobody here."""

from datetime import timedelta

import pytest

from issuers import models, selectors, services
from issuers.core.kinds import Kind
from tests import factories, kept
from tests.conftest import NOW
from tests.web.conftest import read

KEYS = "/console/ecole-a/keys"
Order = models.KeyOrder
ROLES = ("designer", "issuer", "approver", "viewer", "auditor")


@kept.fixture
def key(ecole_a):
    return selectors.current_key(issuer=ecole_a, now=NOW)


@kept.fixture
def pages(key):
    """Return every page about keys."""
    return [
        KEYS,
        f"{KEYS}/new/ed25519",
        f"{KEYS}/{key.kid}/retire",
        f"{KEYS}/{key.kid}/stolen",
    ]


def orders(issuer):
    return [(each.act, each.state) for each in Order.objects.of(issuer).order_by("pk")]


def stolen(client, key, since="2026-03-01T00:00:00", typed=None):
    given = {"since": since, "typed": key.kid[-8:] if typed is None else typed}
    return client.post(f"{KEYS}/{key.kid}/stolen", given)


# -- Who may ---------------------------------------------------------------------------------------


def test_keys_are_for_administrators(client, ecole_a, alice, pages):
    statuses = {}
    for role in ROLES:
        client.force_login(factories.member(issuer=ecole_a, name=role, role=role))
        statuses |= {(role, page): client.get(page).status_code for page in pages}
        statuses |= {(role, page, "POST"): client.post(page).status_code for page in pages[1:]}

    assert set(statuses.values()) == {403}
    client.force_login(alice)
    assert {client.get(page).status_code for page in pages} == {200}


def test_a_stranger_finds_no_such_pages(client, ecole_a, charlie, pages):
    assert {client.get(page).status_code for page in pages} == {302}
    client.force_login(charlie)

    assert {client.get(page).status_code for page in pages} == {404}
    assert {client.post(page).status_code for page in pages[1:]} == {404}
    assert orders(ecole_a) == []


def test_another_organisations_key_is_not_there(client, ecole_b, alice, key):
    foreign = selectors.current_key(issuer=ecole_b, now=NOW)
    client.force_login(alice)

    for page in (f"{KEYS}/{foreign.kid}/retire", f"{KEYS}/{foreign.kid}/stolen"):
        assert client.get(page).status_code == 404
        assert client.post(page).status_code == 404
    assert client.get(f"{KEYS}/new/dsa").status_code == 404


# -- The page --------------------------------------------------------------------------------------


def test_each_key_says_since_when_what_it_is_and_how_much_it_signed(client, ecole_a, alice, key):
    factories.signed(issuer=ecole_a)
    client.force_login(alice)

    page = read(client.get(KEYS))

    assert key.kid in page.text
    for text in ("Ed25519", "P-256", "RSA", "signs now", "1 badge", "0 files"):
        assert (text in page.text) is (text != "0 files")
    assert "There is none yet" in page.text


def test_what_each_key_signed_is_counted_until_the_next(client, ecole_a, alice, key):
    factories.signed(issuer=ecole_a)
    services.rotate_key(issuer=ecole_a, now=NOW + timedelta(seconds=1))
    client.force_login(alice)

    page = read(client.get(KEYS))

    assert (page.text.count("0 badges"), page.text.count("1 badge")) == (1, 1)


def test_the_page_speaks_french(client, alice, key):
    client.force_login(alice)
    client.post(f"{KEYS}/new/rsa")

    page = read(client.get(KEYS, {"lang": "fr"}))

    for text in ("Clés de signature", "signe actuellement", "en attente"):
        assert text in page.text


def test_the_page_asks_a_few_questions_however_many_keys(
    client, ecole_a, alice, key, django_assert_max_num_queries
):
    for hour in range(5):
        services.rotate_key(issuer=ecole_a, now=NOW - timedelta(hours=hour))
    client.force_login(alice)
    client.get(KEYS)

    with django_assert_max_num_queries(12):
        client.get(KEYS)


# -- Orders ----------------------------------------------------------------------------------------


def test_a_new_key_is_ordered_seen_on_its_way_and_seen_done(client, ecole_a, alice, key):
    client.force_login(alice)

    asked = client.post(f"{KEYS}/new/ed25519")
    waiting = client.get(KEYS)
    services.fulfil_key_orders(now=NOW, limit=5)
    done = client.get(KEYS)

    assert (asked.status_code, asked["Location"]) == (302, KEYS)
    assert "On its way" in read(waiting).text
    assert 'http-equiv="refresh"' in waiting.content.decode()
    assert 'http-equiv="refresh"' not in done.content.decode()
    assert "What was ordered" in read(done).text
    assert models.SigningKey.objects.of(ecole_a).filter(kind=Kind.ED25519).count() == 2


def test_looking_orders_nothing(client, ecole_a, alice, pages):
    client.force_login(alice)
    for page in pages:
        client.get(page)

    assert orders(ecole_a) == []


def test_a_second_order_of_the_same_is_told_and_not_taken(client, ecole_a, alice, key):
    client.force_login(alice)
    for _time in range(2):
        answer = client.post(f"{KEYS}/{key.kid}/retire")

    assert answer.status_code == 409
    assert "ordered already" in read(answer).text
    assert orders(ecole_a) == [("retire", "waiting")]


def test_a_key_that_ended_is_not_retired_again(client, ecole_a, alice, key):
    services.retire_key(issuer=ecole_a, kid=key.kid, now=NOW)
    client.force_login(alice)

    assert client.post(f"{KEYS}/{key.kid}/retire").status_code == 409
    assert orders(ecole_a) == []


def test_what_a_worker_cannot_do_is_told(client, ecole_a, alice, settings):
    client.force_login(alice)
    client.post(f"{KEYS}/new/rsa")
    settings.SIGNING_KEK = ()
    services.fulfil_key_orders(now=NOW, limit=5)

    assert "SIGNING_KEK" in read(client.get(KEYS)).text


def test_what_was_refused_says_why(client, ecole_a, alice, key):
    client.force_login(alice)
    client.post(f"{KEYS}/{key.kid}/retire")
    services.retire_key(issuer=ecole_a, kid=key.kid, now=NOW)
    services.fulfil_key_orders(now=NOW, limit=5)

    assert "The key had ended before." in read(client.get(KEYS)).text


def test_an_order_that_nobody_takes_is_told(client, ecole_a, alice):
    services.order_rotation(
        issuer=ecole_a, kind=Kind.RSA, actor=alice, now=NOW - timedelta(minutes=2)
    )
    client.force_login(alice)

    assert "No worker has taken it yet" in read(client.get(KEYS)).text


def test_an_order_that_waits_is_cancelled(client, ecole_a, alice, key):
    client.force_login(alice)
    client.post(f"{KEYS}/{key.kid}/retire")
    order = Order.objects.of(ecole_a).get()
    cancel = f"{KEYS}/orders/{order.pk}/cancel"
    assert cancel in read(client.get(KEYS)).links

    asked = read(client.get(cancel))
    answer = client.post(cancel)

    assert key.kid in asked.text
    assert answer["Location"] == KEYS
    assert orders(ecole_a) == [("retire", "cancelled")]
    page = read(client.get(KEYS))
    assert "cancelled" in page.text
    assert cancel not in page.links
    assert f"{KEYS}/{key.kid}/retire" in page.links


def test_an_order_that_was_done_is_not_cancelled(client, ecole_a, alice, key):
    client.force_login(alice)
    client.post(f"{KEYS}/new/ed25519")
    order = Order.objects.of(ecole_a).get()
    services.fulfil_key_orders(now=NOW, limit=5)

    answer = client.post(f"{KEYS}/orders/{order.pk}/cancel")

    assert answer.status_code == 409
    assert "cannot be cancelled any more" in read(answer).text
    assert orders(ecole_a) == [("rotate", "done")]


def test_that_a_key_was_stolen_is_not_cancelled(client, ecole_a, alice, key):
    client.force_login(alice)
    stolen(client, key)
    order = Order.objects.of(ecole_a).get(act="disown")

    assert f"{KEYS}/orders/{order.pk}/cancel" not in read(client.get(KEYS)).links
    assert client.post(f"{KEYS}/orders/{order.pk}/cancel").status_code == 409


def test_a_stranger_cancels_nothing(client, ecole_a, alice, charlie):
    order = services.order_rotation(issuer=ecole_a, kind=Kind.RSA, actor=alice, now=NOW)
    client.force_login(charlie)

    assert client.post(f"{KEYS}/orders/{order.pk}/cancel").status_code == 404
    assert client.post(f"/console/ecole-b/keys/orders/{order.pk}/cancel").status_code == 404
    assert orders(ecole_a) == [("rotate", "waiting")]


# -- A theft ---------------------------------------------------------------------------------------


def test_before_a_theft_is_declared_its_effect_is_shown(client, credential, alice, key):
    client.force_login(alice)
    address = f"{KEYS}/{key.kid}/stolen"

    asked = read(client.get(address))
    early = read(client.get(address, {"since": f"{key.valid_from:%Y-%m-%dT%H:%M:%S}"}))
    late = read(client.get(address, {"since": f"{NOW:%Y-%m-%dT%H:%M:%S}"}))

    assert "What follows" not in asked.text
    assert "1 badge may bear its signature" in early.text
    assert "1 was not, and is refuted" in early.text
    assert "1 badge may bear its signature" in late.text


def test_a_theft_is_declared_by_who_types_the_end_of_the_keys_name(client, ecole_a, alice, key):
    client.force_login(alice)

    assert stolen(client, key, typed="").status_code == 200
    assert stolen(client, key, typed="yes").status_code == 200
    assert orders(ecole_a) == []
    assert stolen(client, key).status_code == 302
    assert orders(ecole_a) == [("disown", "waiting"), ("rotate", "waiting")]
    services.fulfil_key_orders(now=NOW, limit=5)
    assert "declared stolen" in read(client.get(KEYS)).text


def test_the_second_in_which_a_key_was_made_is_the_instant_of_its_making(
    client, ecole_a, alice, key
):
    made = key.valid_from.replace(microsecond=250_000)
    models.SigningKey.objects.of(ecole_a).filter(pk=key.pk).update(valid_from=made)
    client.force_login(alice)

    stolen(client, key, since=f"{made:%Y-%m-%dT%H:%M:%S}")

    assert Order.objects.of(ecole_a).get(act="disown").since == made


@pytest.mark.parametrize(
    "since",
    ["", "yesterday", "0001-01-01T00:00:00", "9999-12-31T23:59:59", "2001-01-01T00:00:00", "\0"],
)
def test_a_time_that_cannot_be_is_told_and_orders_nothing(client, ecole_a, alice, key, since):
    client.force_login(alice)

    shown = client.get(f"{KEYS}/{key.kid}/stolen", {"since": since})
    answer = stolen(client, key, since=since)

    assert (shown.status_code, answer.status_code) == (200, 200)
    assert "Please look at this again" in read(answer).text
    assert orders(ecole_a) == []


def test_a_theft_is_not_moved_to_a_later_time(client, ecole_a, alice, key):
    services.declare_compromised(
        issuer=ecole_a, kid=key.kid, since=key.valid_from, now=NOW, replace=False
    )
    client.force_login(alice)

    answer = stolen(client, key)

    assert answer.status_code == 409
    assert orders(ecole_a) == []
