"""Orders about keys: left by who serves pages, done by who works."""

from datetime import timedelta

import pytest
from django.db import Error, IntegrityError, transaction

from issuers import models, selectors, services
from issuers.core import kinds
from issuers.services import rotating
from tests import roles
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
Kind, Order = kinds.Kind, models.KeyOrder
LATER = NOW + timedelta(seconds=5)


def the_key(issuer, now=NOW, kind=Kind.ED25519):
    return selectors.current_key(issuer=issuer, now=now, kind=kind)


def fulfil(now=LATER):
    return services.fulfil_key_orders(now=now, limit=10)


def orders(issuer):
    return list(Order.objects.of(issuer).order_by("pk"))


@pytest.mark.parametrize("kind", list(Kind))
def test_a_new_key_is_ordered_by_who_serves_and_made_by_who_works(ecole_a, alice, kind):
    before = the_key(ecole_a, kind=kind)

    with roles.working_as(roles.WEB):
        services.order_rotation(issuer=ecole_a, kind=kind, actor=alice, now=NOW)
    done = fulfil()

    [order] = orders(ecole_a)
    made = the_key(ecole_a, LATER, kind)
    assert (done, order.state, order.ended_at) == (1, "done", LATER)
    assert made.valid_from == LATER
    assert made != before
    assert fulfil() == 0


def test_a_retirement_puts_no_key_in_its_place(ecole_a, alice):
    key = the_key(ecole_a)

    with roles.working_as(roles.WEB):
        services.order_retirement(issuer=ecole_a, kid=key.kid, actor=alice, now=NOW)
    fulfil()

    assert the_key(ecole_a, LATER) is None
    key.refresh_from_db()
    assert key.expires_at == LATER + selectors.OVERLAP


def test_a_stolen_key_is_disowned_and_another_signs(ecole_a, alice):
    key = the_key(ecole_a)

    with roles.working_as(roles.WEB):
        services.order_disowning(
            issuer=ecole_a, kid=key.kid, since=key.valid_from, actor=alice, now=NOW
        )
    fulfil()

    key.refresh_from_db()
    assert key.revoked_at == key.valid_from
    assert the_key(ecole_a, LATER) not in {None, key}
    assert [(each.act, each.state) for each in orders(ecole_a)] == [
        ("disown", "done"),
        ("rotate", "done"),
    ]


def test_a_stolen_key_is_disowned_even_while_no_other_can_be_made(ecole_a, alice, settings):
    key = the_key(ecole_a)
    services.order_disowning(
        issuer=ecole_a, kid=key.kid, since=key.valid_from, actor=alice, now=NOW
    )

    kek, settings.SIGNING_KEK = settings.SIGNING_KEK, ()
    fulfil()
    disowned, waiting = orders(ecole_a)
    settings.SIGNING_KEK = kek
    fulfil(LATER + timedelta(seconds=5))

    assert disowned.state == "done"
    assert (waiting.state, waiting.trouble, waiting.tried_at) == ("waiting", "no-kek", LATER)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.trouble) == ("done", "")
    assert the_key(ecole_a, LATER + timedelta(seconds=5)) is not None


def test_a_key_that_signs_no_more_is_disowned_without_another(ecole_a, alice):
    old = the_key(ecole_a)
    new = services.rotate_key(issuer=ecole_a, now=NOW)

    services.order_disowning(
        issuer=ecole_a, kid=old.kid, since=old.valid_from, actor=alice, now=LATER
    )
    fulfil()

    assert len(orders(ecole_a)) == 1
    assert the_key(ecole_a, LATER) == new


def test_a_service_that_does_not_answer_lets_orders_wait(ecole_a, ecole_b, alice, monkeypatch):
    def silent(**_asked):
        raise services.KeyServiceUnavailable("down")

    for issuer in (ecole_a, ecole_b):
        services.order_rotation(issuer=issuer, kind=Kind.ED25519, actor=alice, now=NOW)
    with monkeypatch.context() as broken:
        broken.setattr(rotating, "rotate_key", silent)
        assert fulfil() == 0

    assert {order.trouble for order in [*orders(ecole_a), *orders(ecole_b)]} == {"service"}
    assert fulfil() == 2


def test_what_came_to_nothing_meanwhile_says_why(ecole_a, alice):
    key = the_key(ecole_a)
    services.order_retirement(issuer=ecole_a, kid=key.kid, actor=alice, now=NOW)
    services.retire_key(issuer=ecole_a, kid=key.kid, now=NOW)

    assert fulfil() == 1

    [order] = orders(ecole_a)
    assert (order.state, order.refusal) == ("refused", "ended")


def test_the_same_is_not_ordered_twice(ecole_a, alice):
    key = the_key(ecole_a)
    asked = {"issuer": ecole_a, "actor": alice, "now": NOW}
    services.order_rotation(kind=Kind.RSA, **asked)
    services.order_retirement(kid=key.kid, **asked)
    services.order_disowning(kid=key.kid, since=key.valid_from, **asked)

    with pytest.raises(services.OrderedBefore):
        services.order_rotation(kind=Kind.RSA, **asked)
    with pytest.raises(services.OrderedBefore):
        services.order_retirement(kid=key.kid, **asked)
    with pytest.raises(services.OrderedBefore):
        services.order_disowning(kid=key.kid, since=key.valid_from, **asked)
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.of(ecole_a).create(
            issuer=ecole_a, act="rotate", kind="rsa", ordered_by=alice, ordered_at=NOW
        )


def test_what_cannot_be_is_not_ordered(ecole_a, ecole_b, alice):
    key, foreign = the_key(ecole_a), the_key(ecole_b)
    asked = {"issuer": ecole_a, "actor": alice, "now": NOW}

    with pytest.raises(services.NoSuchKey):
        services.order_retirement(kid=foreign.kid, **asked)
    with pytest.raises(services.ImpossibleInstant):
        services.order_disowning(kid=key.kid, since=LATER, **asked)
    services.retire_key(issuer=ecole_a, kid=key.kid, now=NOW)
    with pytest.raises(services.KeyAlreadyEnded):
        services.order_retirement(kid=key.kid, **asked)

    assert orders(ecole_a) == []


def test_the_trail_says_who_ordered_and_who_did_it(ecole_a, alice):
    services.order_rotation(issuer=ecole_a, kind=Kind.RSA, actor=alice, now=NOW)
    fulfil()

    rows = models.TrailEntry.objects.of(ecole_a).order_by("pk")
    asked = rows.get(subject="issuers.keyorder", act="added")
    made = rows.filter(subject="issuers.signingkey", act="added").last()
    done = rows.get(subject="issuers.keyorder", act="changed")
    [order] = orders(ecole_a)
    assert (asked.after["act"], asked.after["kind"]) == ("rotate", "rsa")
    assert asked.after["ordered_by_id"] == alice.pk
    assert (made.user_id, made.door) == (alice.pk, f"order {order.pk} about keys")
    assert done.after["state"] == "done"


# -- Cancelling ------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["rotation", "retirement"])
def test_an_order_that_waits_is_cancelled_and_nobody_does_it(ecole_a, alice, order):
    key = the_key(ecole_a)
    with roles.working_as(roles.WEB):
        if order == "rotation":
            asked = services.order_rotation(issuer=ecole_a, kind=Kind.ED25519, actor=alice, now=NOW)
        else:
            asked = services.order_retirement(issuer=ecole_a, kid=key.kid, actor=alice, now=NOW)
        services.cancel_key_order(issuer=ecole_a, order=asked, now=LATER)

    assert fulfil() == 0

    [cancelled] = orders(ecole_a)
    assert (cancelled.state, cancelled.ended_at) == ("cancelled", LATER)
    assert the_key(ecole_a, LATER) == key
    rows = models.TrailEntry.objects.of(ecole_a).filter(subject="issuers.keyorder", act="changed")
    assert rows.get().after["state"] == "cancelled"


def test_what_was_cancelled_can_be_ordered_again(ecole_a, alice):
    asked = {"issuer": ecole_a, "kind": Kind.RSA, "actor": alice, "now": NOW}
    first = services.order_rotation(**asked)
    services.cancel_key_order(issuer=ecole_a, order=first, now=NOW)

    services.order_rotation(**asked)

    assert fulfil() == 1


def test_what_a_worker_did_is_not_cancelled(ecole_a, alice):
    order = services.order_rotation(issuer=ecole_a, kind=Kind.RSA, actor=alice, now=NOW)
    fulfil()

    with pytest.raises(services.NotWaiting):
        services.cancel_key_order(issuer=ecole_a, order=order, now=LATER)


def test_nobody_takes_back_that_a_key_was_stolen(ecole_a, alice):
    """Not even a web process that runs somebody else's code, before a worker comes by."""
    order = services.order_disowning(
        issuer=ecole_a, kid=the_key(ecole_a).kid, since=NOW, actor=alice, now=NOW
    )

    with pytest.raises(services.NotWaiting):
        services.cancel_key_order(issuer=ecole_a, order=order, now=LATER)
    if roles.are_there():
        with (
            roles.working_as(roles.WEB),
            pytest.raises(Error, match="permission denied"),
            transaction.atomic(),
        ):
            Order.objects.of(ecole_a).filter(pk=order.pk).update(state="cancelled", ended_at=NOW)


def test_nobody_cancels_an_order_of_another_organisation(ecole_a, ecole_b, alice):
    order = services.order_rotation(issuer=ecole_a, kind=Kind.RSA, actor=alice, now=NOW)

    with pytest.raises(services.NotWaiting):
        services.cancel_key_order(issuer=ecole_b, order=order, now=NOW)


# -- What the database lets whom do ----------------------------------------------------------------


@pytest.mark.skipif(not roles.are_there(), reason="this PostgreSQL was made by somebody else")
@pytest.mark.parametrize(
    "write",
    [
        lambda issuer: models.SigningKey.objects.of(issuer).update(revoked_at=None),
        lambda issuer: models.SigningKey.objects.of(issuer).update(expires_at=None),
        lambda issuer: models.SigningKey.objects.of(issuer).delete(),
        lambda issuer: models.SigningKey.objects.of(issuer).create(
            issuer=issuer, kid="z6Mkforged", valid_from=NOW
        ),
        lambda issuer: Order.objects.of(issuer).update(state="done", ended_at=NOW),
        lambda issuer: Order.objects.of(issuer).update(kind="p256"),
        lambda issuer: Order.objects.of(issuer).update(
            state="cancelled", ended_at=NOW, ordered_at=LATER
        ),
        lambda issuer: Order.objects.of(issuer).delete(),
        lambda issuer: services.create_key(issuer=issuer, now=NOW),
        lambda issuer: services.retire_key(issuer=issuer, kid=the_key(issuer).kid, now=NOW),
    ],
)
def test_who_serves_pages_orders_and_can_do_nothing_else_with_keys(ecole_a, alice, write):
    services.order_rotation(issuer=ecole_a, kind=Kind.RSA, actor=alice, now=NOW)

    with (
        roles.working_as(roles.WEB),
        pytest.raises(Error, match="permission denied"),
        transaction.atomic(),
    ):
        write(ecole_a)


def test_an_order_says_what_to_do(ecole_a, alice):
    for wrong in (
        {"act": "rotate"},
        {"act": "retire", "kind": "rsa"},
        {"act": "disown", "key": the_key(ecole_a)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Order.objects.of(ecole_a).create(
                issuer=ecole_a, ordered_by=alice, ordered_at=NOW, **wrong
            )


def test_orders_of_one_organisation_are_no_others(ecole_a, ecole_b, alice):
    services.order_rotation(issuer=ecole_a, kind=Kind.RSA, actor=alice, now=NOW)

    assert selectors.key_orders(issuer=ecole_b, ended=5) == []
    assert len(selectors.key_orders(issuer=ecole_a, ended=5)) == 1
