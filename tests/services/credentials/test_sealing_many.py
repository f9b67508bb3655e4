"""Sealing from what was worked out: the same documents, judged, and stopped when they differ."""

import logging

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from badges.core import schema
from blockchain.models import Commitment
from credentials import models, selectors, services
from credentials.core import canonical, proof, rdf
from credentials.core import sealing as core
from credentials.services import sealing
from issuers import selectors as issuers
from issuers.core import keys
from tests import factories
from tests.conftest import NOW
from tests.core.credentials import spoiling

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_worked_out():
    sealing.forget()
    yield
    sealing.forget()


def told(caplog):
    return [record.args[1:] for record in caplog.records if "sealed from what" in record.msg]


def kept() -> core.Plans:
    [common] = sealing._kept.common.values()
    return common.plans


def spoil(kind: str) -> None:
    plans = kept()
    [shape] = plans._known
    plan = plans._known[shape]
    assert plan is not None
    plans._known[shape] = spoiling.spoilt(plan)[kind]


def test_many_of_one_badge_are_sealed_from_what_was_worked_out(ecole_a, caplog, monkeypatch):
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(sealing, "SAMPLE", 10**9)
    factories.due(issuer=ecole_a, count=8)

    services.sign(now=NOW, limit=100)

    assert told(caplog) == [(7, 1, 0, 2)]
    [key] = issuers.key_history(issuer=ecole_a)
    for row in models.Credential.objects.of(ecole_a).select_related("learner"):
        opened = selectors.opened(credential=row)
        document = canonical.loads(opened.document)
        assert schema.problems(document) == ()
        proof.verify(document, public_key=keys.decode_multikey(key.kid))
        assert rdf.digest(document) == opened.digest
        unsecured = {name: value for name, value in document.items() if name != "proof"}
        assert core.seal_alone(
            unsecured,
            key=keys.load(issuers.signing_key(issuer=ecole_a, now=NOW)[1]),
            verification_method=document["proof"]["verificationMethod"],
            created=NOW,
        ) == core.Sealed(opened.document, opened.digest)


def test_the_next_chunk_begins_where_the_last_one_ended(ecole_a, caplog):
    caplog.set_level(logging.INFO)
    factories.due(issuer=ecole_a, count=4)
    services.sign(now=NOW, limit=2)
    caplog.clear()

    services.sign(now=NOW, limit=2)

    [(filled, first, fell_back, judged)] = told(caplog)
    assert (filled, first, fell_back) == (2, 0, 0)
    assert judged >= 1


@pytest.mark.parametrize("kind", spoiling.KINDS)
def test_what_was_worked_out_wrongly_stops_the_chunk_and_raises_the_alarm(
    ecole_a, caplog, monkeypatch, kind
):
    # One of several wrong ones may be right by chance: each is judged here.
    monkeypatch.setattr(sealing, "SAMPLE", 1)
    factories.due(issuer=ecole_a, count=2)
    services.sign(now=NOW, limit=100)
    spoil(kind)
    factories.due(issuer=ecole_a, count=12)

    with pytest.raises(core.SealDiffers):
        services.sign(now=NOW, limit=100)

    assert models.Credential.objects.of(ecole_a).filter(state="due").count() == 12
    assert Commitment.objects.count() == 2
    assert any(
        record.levelno == logging.CRITICAL and "sealed wrongly" in record.msg
        for record in caplog.records
    )
    assert "@" not in caplog.text


def test_after_an_alarm_everything_is_worked_out_anew(ecole_a):
    factories.due(issuer=ecole_a, count=2)
    services.sign(now=NOW, limit=100)
    spoil("a line is lost")
    factories.due(issuer=ecole_a, count=2)
    with pytest.raises(core.SealDiffers):
        services.sign(now=NOW, limit=100)

    assert services.sign(now=NOW, limit=100) == 2


def test_a_sample_is_judged_besides_the_first(ecole_a, caplog, monkeypatch):
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(sealing, "SAMPLE", 1)
    factories.due(issuer=ecole_a, count=5)

    services.sign(now=NOW, limit=100)

    [(_filled, _first, _fell_back, judged)] = told(caplog)
    assert judged == 5


def test_it_can_be_switched_off(ecole_a, settings, caplog):
    caplog.set_level(logging.INFO)
    settings.SEAL_COMPILED = False
    factories.due(issuer=ecole_a, count=3)

    services.sign(now=NOW, limit=100)

    assert told(caplog) == [(0, 0, 0, 0)]
    assert models.Credential.objects.of(ecole_a).filter(state="signed").count() == 3


def test_trouble_of_one_issuer_is_not_anothers(ecole_a, ecole_b, caplog):
    factories.due(issuer=ecole_a)
    factories.due(issuer=ecole_b)
    [key] = issuers.keys_of(issuer=ecole_a)
    from issuers import services as parties

    parties.retire_key(issuer=ecole_a, kid=key.kid, now=NOW)

    settled = services.sign(now=NOW, limit=100)
    with pytest.raises(issuers.NoSigningKey):
        services.sign(now=NOW, limit=100)

    assert settled == 1
    assert models.Credential.objects.of(ecole_b).get().state == "signed"
    assert models.Credential.objects.of(ecole_a).get().state == "due"
    assert ecole_a.slug in caplog.text


def test_two_badges_of_one_chunk_do_not_mix(ecole_a):
    one = factories.achievement(issuer=ecole_a)
    other = factories.achievement(issuer=ecole_a, slug="pruning", name="Taille", standing="final")
    for badge in (one, other, one, other):
        factories.due(issuer=ecole_a, achievement=badge)

    services.sign(now=NOW, limit=100)

    for row in models.Credential.objects.of(ecole_a).select_related("learner", "achievement"):
        document = canonical.loads(selectors.opened(credential=row).document)
        assert document["name"] == row.achievement.name
        assert ("credentialStatus" in document) == (row.achievement_id == one.pk)


def test_a_larger_chunk_takes_no_more_queries(ecole_a):
    factories.due(issuer=ecole_a, count=3)
    with CaptureQueriesContext(connection) as few:
        services.sign(now=NOW, limit=100)
    factories.due(issuer=ecole_a, count=60)

    with CaptureQueriesContext(connection) as many:
        services.sign(now=NOW, limit=100)

    assert len(many) <= len(few)


def test_what_a_process_keeps_is_bounded(ecole_a, monkeypatch):
    monkeypatch.setattr(sealing, "MAX_KEPT", 1)
    for number in range(3):
        badge = factories.achievement(issuer=ecole_a, slug=f"badge-{number}")
        factories.due(issuer=ecole_a, achievement=badge, count=2)
        services.sign(now=NOW, limit=100)

    assert len(sealing._kept.common) == 1
