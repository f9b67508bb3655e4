"""What may befall the audit trail: as the owner of the tables would do it, past its protection."""

from contextlib import contextmanager
from datetime import timedelta

from django.db import connection

from blockchain.models import Commitment
from credentials import models
from credentials.core import canonical, statements
from issuers import selectors, services
from issuers.core import trail
from issuers.models import TrailEntry, TrailSeal
from tests import factories
from tests.services.credentials.audit.conftest import AT


@contextmanager
def unprotected():
    """Let the owner switch the protection off, as only the owner can."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("issuers_trailentry", "issuers_trailseal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER trail_stays")
        yield cursor
        for table in ("issuers_trailentry", "issuers_trailseal"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER trail_stays")


def sealed(issuer):
    last = TrailSeal.objects.of(issuer).latest("sequence").last
    return TrailEntry.objects.of(issuer).filter(pk__lte=last).order_by("pk")


def an_entry_says_another_person(issuer):
    with unprotected():
        sealed(issuer).filter(pk=sealed(issuer)[2].pk).update(user_id=99)


def an_entry_says_something_else(issuer):
    with unprotected():
        entry = sealed(issuer).filter(after__isnull=False)[0]
        sealed(issuer).filter(pk=entry.pk).update(after={**entry.after, "state": "x"})


def an_entry_was_removed(issuer):
    with unprotected():
        sealed(issuer).filter(pk=sealed(issuer)[1].pk).delete()


def the_last_entry_of_all_was_removed(issuer):
    with unprotected():
        sealed(issuer).filter(pk=sealed(issuer).last().pk).delete()


def an_entry_was_put_in_later(issuer):
    with unprotected():
        entry = sealed(issuer)[1]
        entry.pk = -entry.pk
        entry.save(force_insert=True)


def two_entries_changed_places(issuer):
    with unprotected() as cursor:
        one, other = sealed(issuer)[0], sealed(issuer)[1]
        for old, new in ((one.pk, -1), (other.pk, one.pk), (-1, other.pk)):
            cursor.execute("UPDATE issuers_trailentry SET id = %s WHERE id = %s", [new, old])


def every_entry_was_removed(issuer):
    with unprotected():
        TrailEntry.objects.of(issuer).delete()


def there_is_no_trail(issuer):
    with unprotected():
        TrailEntry.objects.of(issuer).delete()
        TrailSeal.objects.of(issuer).delete()


def a_seal_was_removed(issuer):
    with unprotected():
        TrailSeal.objects.of(issuer).filter(sequence=1).delete()


def the_trail_was_written_anew_from_the_first_seal_on(issuer):
    """Change an entry and seal everything again, so that only the chain can tell."""
    an_entry_says_another_person(issuer)
    previous, after = None, 0
    with unprotected():
        for seal in TrailSeal.objects.of(issuer).order_by("sequence"):
            document = trail.seal_document(
                selectors.trail_entries(issuer=issuer, after=after, until=seal.last, limit=10**6),
                issuer=issuer.did,
                sequence=seal.sequence,
                previous=previous,
            )
            previous, after = trail.seal_digest(document), seal.last
            TrailSeal.objects.of(issuer).filter(pk=seal.pk).update(digest=previous)


def nobody_seals_the_trail(issuer):
    with unprotected() as cursor:
        entry = sealed(issuer).last()
        entry.pk, entry.at = None, AT - timedelta(hours=1)
        entry.save(force_insert=True)
        assert cursor


def nobody_puts_the_trail_on_record(issuer):
    with unprotected():
        TrailSeal.objects.of(issuer).update(sealed_at=AT - timedelta(hours=30))
    head = models.Statement.objects.of(issuer).filter(kind="head")
    later = head.exclude(pk=head.earliest("sequence").pk)
    Commitment.objects.filter(leaf__in=list(later.values_list("leaf", flat=True))).delete()
    later.delete()
    first = head.get()
    document = canonical.loads(bytes(first.document))
    assert statements.digest(document) == bytes(first.digest)
    head.update(at=AT - timedelta(hours=30))


def nobody_does_what_was_ordered(issuer):
    person = factories.member(issuer=issuer, name="Dan", role="administrator")
    ordered = {"issuer": issuer, "actor": person, "now": AT - timedelta(hours=1)}
    services.order_rotation(kind=selectors.Kind.RSA, **ordered)


def a_trigger_was_switched_off(issuer):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE issuers_membership DISABLE TRIGGER USER")


def a_function_writes_nothing(issuer):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION trail_added_issuers_membership() RETURNS trigger"
            " SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
            " LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
        )


def who_works_may_write_entries(issuer):
    with connection.cursor() as cursor:
        cursor.execute("GRANT INSERT ON issuers_trailentry TO acquis_worker")


ACCIDENTS = (
    an_entry_says_another_person,
    an_entry_says_something_else,
    an_entry_was_removed,
    the_last_entry_of_all_was_removed,
    an_entry_was_put_in_later,
    two_entries_changed_places,
    every_entry_was_removed,
    a_seal_was_removed,
    the_trail_was_written_anew_from_the_first_seal_on,
    nobody_seals_the_trail,
    nobody_puts_the_trail_on_record,
    a_trigger_was_switched_off,
    a_function_writes_nothing,
    who_works_may_write_entries,
)
