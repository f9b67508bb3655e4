"""Two installations: what École A has on the first, and the second one, which is empty."""

import secrets

import pytest
from django.apps import apps
from django.conf import settings as live
from django.db import connection
from django.test import Client
from django.utils import timezone

from credentials import models, services
from credentials.core.archive import keys as transfer
from credentials.selectors import leaving as what
from credentials.services import leaving
from issuers import models as issuers
from issuers import scope
from issuers import services as parties
from issuers.core import keks
from learners import models as learners
from tests import factories, kept, roles
from tests.conftest import NOW
from tests.services.credentials.audit.conftest import AT, anchor_at_once, rows, sound

__all__ = ["sound"]

PASSPHRASE = "correct horse battery staple"  # noqa: S105 - a test's
KEPT = {"django_content_type", "auth_permission"}
BINARY = b"\x89PNG\r\n\x1a\n"


@kept.fixture
def settled(sound, ecole_b, alice, bob):
    """École A with a little of everything that can be had, besides what `sound` has."""
    campus = parties.add_unit(issuer=sound, name="Lyon", kind="campus", now=NOW)
    parties.add_unit(issuer=sound, name="Soudure", kind="department", parent=campus, now=NOW)
    parties.ask_domain(issuer=sound, name="ecole-a.example", now=NOW)
    issuers.Domain.objects.of(sound).update(
        method="dns", verified_at=NOW, confirmed_at=NOW, checked_at=NOW
    )
    parties.invite(
        issuer=sound, email="dora@example.org", role="viewer", language="fr", actor=alice, now=NOW
    )
    with scope.inside(sound):
        issuers.Issuer.objects.filter(pk=sound.pk).update(
            logo=factories.png(), colour="#204080", email="contact@ecole-a.example"
        )
    sound.refresh_from_db()
    first = rows(sound).filter(state="signed").select_related("learner", "issuer").earliest("id")
    picture = factories.png()
    attached = services.attach(issuer=sound, learner=first.learner, content=picture, now=NOW)
    assert attached.pk
    for kind in models.Edition.Kind.values:
        services.request_edition(issuer=sound, credential=first, kind=kind, now=NOW)
    services.sign_editions(now=AT, limit=10)
    services.endorse(issuer=sound, subject=ecole_b, comment="Voisins.", now=AT)
    services.sign_endorsements(now=AT, limit=10)
    erased = rows(sound).filter(state="signed").latest("id")
    learners.LearnerKey.objects.of(sound).filter(pk=erased.learner_id).delete()
    services.publish_status_lists(now=AT)
    services.state(now=AT)
    anchor_at_once()
    from blockchain import services as anchoring

    anchoring.write_missing_manifests()
    return sound


@pytest.fixture(autouse=True)
def _passphrases_cost_little(monkeypatch):
    """Guessing one costs a third of a second, and so does knowing it; tests/core pays the price."""
    monkeypatch.setattr(transfer.Derivation.__init__, "__defaults__", (2**14,))


@pytest.fixture
def archive(tmp_path):
    return tmp_path / "ecole-a.zip"


def _empty():
    """Delete all rows: to truncate each table, with its indexes, takes ten times as long."""
    tables = {each._meta.db_table for each in apps.get_models(include_auto_created=True)} - KEPT
    with roles.as_owner(), connection.cursor() as cursor:
        # What is pending would forbid to alter tables; what points to others goes in any order.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")"  # noqa: S608 - our own
                for name in sorted(tables)
            )
        )
        filled = [name for (name,) in cursor.fetchall()]
        for name in filled:
            cursor.execute(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
        for name in filled:
            cursor.execute(f'DELETE FROM "{name}"')  # noqa: S608 - likewise
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in filled:
            cursor.execute(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')


@pytest.fixture
def elsewhere(settings, tmp_path):
    """Return what turns this installation into an empty one with keys and files of its own."""

    def move():
        _empty()
        for name in ("LEARNER_KEK", "SIGNING_KEK"):
            key = keks.read(f"other:{secrets.token_hex(32)}", default_id="x")
            setattr(settings, name, key)
        settings.SUBMITTER_KEY = f"{4:064x}"
        # Not through `settings`: another fixture gives it back.
        live.MANIFEST_DIR = tmp_path / "other-manifests"
        # Somebody was here before: no row has the key that it had.
        parties.register(slug="ecole-z", name="École Z", now=NOW)
        z = issuers.Issuer.objects.get()
        factories.achievement(issuer=z)
        for name in ("zoe", "zack", "zita"):
            factories.learner(issuer=z, name=name, email=f"{name}@example.org")

    return move


def pack(issuer, path, *, passphrase=PASSPHRASE, with_keys=False):
    return leaving.pack(
        issuer=issuer, path=path, passphrase=passphrase, with_keys=with_keys, now=AT
    )


def unpack(path, *, passphrase=PASSPHRASE):
    return leaving.unpack(path=path, passphrase=passphrase, now=AT)


def everything_public(issuer):
    """Return what every public address answers, by address and by what was asked for."""
    client, found = Client(), {}
    for each in what.addresses(issuer=issuer):
        if each.name == "credential-certificate":  # its file says when it was drawn
            continue
        for kind in each.kinds:
            response = client.get(each.path, headers={"accept": kind})
            if response.status_code != 404:
                found[each.path, kind] = (response.status_code, response.content)
    return found


def clock(monkeypatch, instant=AT):
    """Stop the clock of the doors: pages say what they find at the instant of the request."""
    monkeypatch.setattr(timezone, "now", lambda: instant)
