"""Wrapping keys again: while others enrol and erase, after a stop, and told at the end."""

import threading
from concurrent import futures
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from issuers import models as issuers
from issuers import selectors as keys
from issuers import services as parties
from issuers.core import envelope, keks
from learners import models, selectors, services
from tests import factories
from tests.conftest import NOW

OLD, NEW = f"{2:064x}", "e1" * 32


def enrol(issuer, count, start=0):
    people = [
        services.Person(f"Awa {number}", f"awa{number}@example.org")
        for number in range(start, start + count)
    ]
    return services.enrol(issuer=issuer, people=people, now=NOW)


def learner_keys(*entries):
    return keks.read(" ".join(entries), default_id="learner-1")


def names():
    rows = models.LearnerKey.objects.across_issuers().order_by("pk")
    return [envelope.kek_id_of(bytes(row.wrapped_dek)) for row in rows]


@pytest.mark.django_db
def test_every_key_is_wrapped_again_and_opens_as_before(ecole_a, ecole_b, settings):
    enrol(ecole_a, 5)
    enrol(ecole_b, 5)
    before = [selectors.data_key(learner=each) for each in models.Learner.objects.across_issuers()]
    settings.LEARNER_KEK = learner_keys(f"learner-2:{NEW}", OLD)

    first = services.rewrap_learner_keys(after=0, limit=7)
    second = services.rewrap_learner_keys(after=first.last, limit=7)
    end = services.rewrap_learner_keys(after=second.last, limit=7)

    assert (first.wrapped, second.wrapped, end) == (7, 3, parties.Piece(0, None))
    settings.LEARNER_KEK = learner_keys(f"learner-2:{NEW}")
    after = [selectors.data_key(learner=each) for each in models.Learner.objects.across_issuers()]
    assert sorted(after) == sorted(before)


@pytest.mark.django_db
def test_what_is_wrapped_already_is_not_touched(ecole_a, settings):
    enrol(ecole_a, 3)
    before = list(models.LearnerKey.objects.of(ecole_a).values_list("wrapped_dek", flat=True))

    assert services.rewrap_learner_keys(after=0, limit=10) == parties.Piece(0, None)
    after = list(models.LearnerKey.objects.of(ecole_a).values_list("wrapped_dek", flat=True))
    assert [bytes(each) for each in after] == [bytes(each) for each in before]


@pytest.mark.django_db
def test_a_key_that_nobody_has_stops_it_and_is_named(ecole_a, settings):
    enrol(ecole_a, 1)
    settings.LEARNER_KEK = learner_keys(f"learner-2:{NEW}")

    with pytest.raises(CommandError, match=r"learner-1.*not at hand.*run this again"):
        call_command("rotate_kek", only="learner", stdout=StringIO())


@pytest.mark.django_db
def test_the_command_says_how_far_it_is_and_when_the_old_key_may_go(ecole_a, settings):
    enrol(ecole_a, 5)
    settings.LEARNER_KEK = learner_keys(f"learner-2:{NEW}", OLD)
    settings.SIGNING_KEK = keks.read(f"signing-2:{NEW} {1:064x}", default_id="signing-1")
    with pytest.raises(CommandError, match="older key is still in use"):
        call_command("rotate_kek", check=True, stdout=StringIO())
    told = StringIO()

    call_command("rotate_kek", chunk=2, stdout=told)
    call_command("rotate_kek", check=True, stdout=StringIO())

    text = told.getvalue()
    assert "learner keys: 2 of 5 wrapped again\nlearner keys: 4 of 5 wrapped again" in text
    assert "learner keys: nothing is wrapped under another key than learner-2." in text
    assert "signing keys: nothing is wrapped under another key than signing-2." in text
    settings.SIGNING_KEK = keks.read(f"signing-2:{NEW}", default_id="signing-1")
    assert keys.signing_key(issuer=ecole_a, now=NOW)


@pytest.mark.django_db
def test_a_process_that_may_not_sign_says_so(settings):
    settings.SIGNING_KEK = ()

    with pytest.raises(CommandError, match="run this where workers run"):
        call_command("rotate_kek", only="signing", stdout=StringIO())


@pytest.mark.django_db(transaction=True)
def test_others_enrol_and_erase_meanwhile(settings):
    school = factories.issuer(slug="ecole-a")
    enrol(school, 300)
    settings.LEARNER_KEK = learner_keys(f"learner-2:{NEW}", OLD)
    stop = threading.Event()

    def erase_some() -> set[int]:
        gone: set[int] = set()
        try:
            for pk in list(models.LearnerKey.objects.of(school).values_list("pk", flat=True))[::3]:
                models.LearnerKey.objects.of(school).filter(pk=pk).delete()
                gone.add(pk)
        finally:
            connection.close()
        return gone

    def enrol_some() -> int:
        try:
            for round_ in range(10):
                enrol(school, 10, start=1_000 + 10 * round_)
        finally:
            connection.close()
        return 100

    def rotate() -> None:
        try:
            while not stop.is_set():
                call_command("rotate_kek", only="learner", chunk=20, stdout=StringIO())
        finally:
            connection.close()

    with futures.ThreadPoolExecutor(3) as pool:
        rotating = pool.submit(rotate)
        erasing, enrolling = pool.submit(erase_some), pool.submit(enrol_some)
        gone = erasing.result()
        enrolling.result()
        stop.set()
        rotating.result()
    call_command("rotate_kek", only="learner", stdout=StringIO())

    assert set(names()) == {"learner-2"}
    left = set(models.LearnerKey.objects.of(school).values_list("pk", flat=True))
    assert not left & gone
    assert len(left) == 300 - len(gone) + 100
    settings.LEARNER_KEK = learner_keys(f"learner-2:{NEW}")
    assert len(selectors.data_keys(issuer_id=school.pk, learner_ids=left)) == len(left)
    assert issuers.Issuer.objects.filter(pk=school.pk).exists()
