"""What was recorded, day by day: the keys of rows do not follow their instants to the second."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from credentials import models
from credentials.selectors import recorded
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

MIDNIGHT = NOW.replace(hour=0)


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()
    yield
    cache.clear()


def recorded_at(issuer, *instants):
    rows = [factories.signed(issuer=issuer) for _instant in instants]
    for row, instant in zip(rows, instants, strict=True):
        models.Credential.objects.of(issuer).filter(pk=row.pk).update(issued_at=instant)
    return [row.pk for row in rows]


def within(issuer, first, last, now):
    known = recorded.days(issuer=issuer, now=now)
    begin, end = recorded.since(known, first), recorded.until(known, last, now)
    return range(begin.first, end.last + 1)


def test_around_midnight_a_row_of_today_may_have_the_smaller_key(ecole_a):
    blink = timedelta(milliseconds=100)
    old, early, late = recorded_at(
        ecole_a, MIDNIGHT - timedelta(days=2), MIDNIGHT + blink, MIDNIGHT - blink
    )
    recorded.days(issuer=ecole_a, now=NOW)  # kept from here on

    today = within(ecole_a, MIDNIGHT, NOW, NOW)
    before = within(ecole_a, MIDNIGHT - timedelta(days=3), MIDNIGHT, NOW)

    assert early in today
    assert {old, late} <= set(before)


def test_what_was_being_written_when_it_was_counted_is_found(ecole_a):
    [old, pending, newer] = recorded_at(
        ecole_a, MIDNIGHT - timedelta(days=2), MIDNIGHT, MIDNIGHT - timedelta(seconds=1)
    )
    # As a transaction that is still open: nobody else sees its row while the night is counted.
    models.Credential.objects.of(ecole_a).filter(pk=pending).update(
        issued_at=NOW + timedelta(days=9)
    )
    recorded.days(issuer=ecole_a, now=NOW)
    models.Credential.objects.of(ecole_a).filter(pk=pending).update(
        issued_at=MIDNIGHT - timedelta(seconds=2)
    )

    found = within(ecole_a, MIDNIGHT - timedelta(hours=1), MIDNIGHT, NOW)

    assert pending in found
    assert newer in found
    assert old not in found


def test_each_row_is_counted_once(ecole_a):
    recorded_at(
        ecole_a,
        MIDNIGHT - timedelta(days=2), MIDNIGHT - timedelta(hours=2),
        MIDNIGHT - timedelta(minutes=5), MIDNIGHT + timedelta(hours=1),
    )  # fmt: skip
    known = recorded.days(issuer=ecole_a, now=NOW)
    again = recorded.days(issuer=ecole_a, now=NOW)

    assert sum(each.signed for each in known) == sum(each.signed for each in again) == 4
