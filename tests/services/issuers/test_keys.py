"""Issuers' keys: only ever stored encrypted, and only where a worker can open them."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from issuers import models, selectors, services
from issuers.core import keys
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def test_a_key_signs_what_its_public_half_verifies(ecole_a):
    method, seed = selectors.signing_key(issuer=ecole_a, now=NOW)

    multikey = method.partition("#")[2]
    keys.verify(keys.decode_multikey(multikey), keys.load(seed).sign(b"message"), b"message")
    assert method.startswith(ecole_a.did + "#")


def test_the_seed_is_not_in_the_row(ecole_a):
    _method, seed = selectors.signing_key(issuer=ecole_a, now=NOW)

    row = models.SigningKey.objects.of(ecole_a).get()

    assert seed not in bytes(row.sealed_seed)
    assert seed not in bytes(row.wrapped_dek)


def test_a_process_without_the_key_encryption_key_cannot_sign(ecole_a, settings):
    settings.SIGNING_KEK = None

    with pytest.raises(selectors.NoSigningKey, match="SIGNING_KEK"):
        selectors.signing_key(issuer=ecole_a, now=NOW)
    with pytest.raises(services.KeyEncryptionKeyMissing):
        services.create_key(issuer=ecole_a, now=NOW)


def test_a_wrong_key_encryption_key_opens_nothing(ecole_a, settings):
    settings.SIGNING_KEK = bytes(32)

    with pytest.raises(Exception, match=r"(?i)unwrap|key"):
        selectors.signing_key(issuer=ecole_a, now=NOW)


def test_a_seed_moved_to_another_issuer_does_not_open(ecole_a, ecole_b):
    theirs = models.SigningKey.objects.of(ecole_b).get()
    ours = models.SigningKey.objects.of(ecole_a).get()
    models.SigningKey.objects.of(ecole_a).filter(pk=ours.pk).update(
        sealed_seed=theirs.sealed_seed, wrapped_dek=theirs.wrapped_dek
    )

    with pytest.raises(Exception, match=r"(?i)envelope|decrypt|open|alter"):
        selectors.signing_key(issuer=ecole_a, now=NOW)


def test_the_newest_valid_key_signs_and_the_older_stays_listed(ecole_a):
    first = models.SigningKey.objects.of(ecole_a).get()
    second = services.create_key(issuer=ecole_a, now=NOW)

    method, _seed = selectors.signing_key(issuer=ecole_a, now=NOW + timedelta(seconds=1))

    assert method.endswith(second.multikey)
    listed = [
        item["publicKeyMultibase"]
        for item in selectors.did_document(issuer=ecole_a)["verificationMethod"]
    ]
    assert listed == [second.multikey, first.multikey]


def test_the_did_is_fixed_at_registration(ecole_a, settings):
    settings.PUBLIC_URL = "https://elsewhere.example"

    ecole_a.refresh_from_db()

    assert ecole_a.did == "did:web:localhost%3A8000:issuers:ecole-a"


def test_a_taken_short_name_is_refused(ecole_a):
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.issuer(slug="ecole-a", name="Another")


@pytest.mark.parametrize("slug", ["", "École", "a b", "a/b", "x" * 61])
def test_a_short_name_that_does_not_fit_an_address_is_refused(db, slug):
    with pytest.raises(ValidationError, match="slug"):
        services.register(slug=slug, name="École", now=NOW)


def test_accepting_a_submitter_twice_lists_it_once(ecole_a):
    account = "eip155:1:0x" + "ab" * 20

    services.accept_submitter(issuer=ecole_a, account=account, now=NOW)
    services.accept_submitter(issuer=ecole_a, account=account, now=NOW)

    assert selectors.accepted_submitters(issuer=ecole_a) == [account]
