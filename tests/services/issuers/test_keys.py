"""Issuers' keys: only ever stored encrypted, and only where a worker can open them."""

import threading
from concurrent import futures
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from issuers import models, selectors, services
from issuers.core import keks, keys, kinds
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

    row = models.PrivateKey.objects.of(ecole_a).get()

    assert seed not in bytes(row.sealed_private)
    assert seed not in bytes(row.wrapped_dek)


def test_a_process_without_the_key_encryption_key_cannot_sign(ecole_a, settings):
    settings.SIGNING_KEK = ()

    with pytest.raises(selectors.NoSigningKey, match="SIGNING_KEK"):
        selectors.signing_key(issuer=ecole_a, now=NOW)
    with pytest.raises(services.KeyEncryptionKeyMissing):
        services.create_key(issuer=ecole_a, now=NOW)


def test_a_wrong_key_encryption_key_opens_nothing(ecole_a, settings):
    settings.SIGNING_KEK = keks.read("00" * 32, default_id="signing-1")

    with pytest.raises(Exception, match=r"(?i)unwrap|key"):
        selectors.signing_key(issuer=ecole_a, now=NOW)


def test_a_seed_moved_to_another_issuer_does_not_open(ecole_a, ecole_b):
    theirs = models.PrivateKey.objects.of(ecole_b).get()
    ours = models.PrivateKey.objects.of(ecole_a).get()
    models.PrivateKey.objects.of(ecole_a).filter(pk=ours.pk).update(
        sealed_private=theirs.sealed_private, wrapped_dek=theirs.wrapped_dek
    )

    with pytest.raises(Exception, match=r"(?i)envelope|decrypt|open|alter"):
        selectors.signing_key(issuer=ecole_a, now=NOW)


def test_the_newest_valid_key_signs_and_the_older_stays_listed(ecole_a):
    first = models.SigningKey.objects.of(ecole_a).get()
    second = services.create_key(issuer=ecole_a, now=NOW)

    method, _seed = selectors.signing_key(issuer=ecole_a, now=NOW + timedelta(seconds=1))

    assert method.endswith(second.kid)
    listed = [
        item["publicKeyMultibase"]
        for item in selectors.did_document(issuer=ecole_a)["verificationMethod"]
    ]
    assert listed == [second.kid, first.kid]


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


# --- keys of other kinds


@pytest.mark.parametrize("kind", selectors.Kind)
def test_a_key_of_each_kind_is_opened_by_a_worker(ecole_a, kind):
    row = services.create_key(issuer=ecole_a, now=NOW, kind=kind)

    opened = selectors.open_key(issuer=ecole_a, now=NOW, kind=kind)

    assert (opened.kind, opened.kid) == (kind, row.kid)
    assert kinds.name(opened.private.public_key()) == row.kid
    assert opened.method == f"{ecole_a.did}#{row.kid}"
    assert opened.address == f"http://localhost:8000/issuers/ecole-a/keys/{row.kid}"
    methods = selectors.did_document(issuer=ecole_a)["assertionMethod"]
    assert opened.method in methods


@pytest.mark.parametrize("kind", selectors.Kind)
def test_nothing_of_a_private_key_is_in_its_row(ecole_a, kind):
    row = services.create_key(issuer=ecole_a, now=NOW, kind=kind)

    private = selectors.open_row(issuer=ecole_a, row=row).private
    secret = private.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )

    # The last bytes of PKCS #8 are private in each kind: the seed, or with RSA the coefficient.
    needle = secret[-24:]
    if kind is selectors.Kind.P256:  # here the public point comes last
        needle = private.private_numbers().private_value.to_bytes(32)
    assert needle in secret
    half = models.PrivateKey.objects.of(ecole_a).get(pk=row.pk)
    for column in (half.sealed_private, half.wrapped_dek, str(row.public_jwk).encode()):
        assert needle not in bytes(column)


@pytest.mark.parametrize("kind", [selectors.Kind.P256, selectors.Kind.RSA])
def test_the_first_worker_that_needs_a_kind_creates_its_key(ecole_a, kind):
    with pytest.raises(selectors.NoSigningKey, match=kind):
        selectors.open_key(issuer=ecole_a, now=NOW, kind=kind)

    first = services.ready_key(issuer=ecole_a, now=NOW, kind=kind)
    second = services.ready_key(issuer=ecole_a, now=NOW + timedelta(days=1), kind=kind)

    assert first.kid == second.kid
    assert models.SigningKey.objects.of(ecole_a).filter(kind=kind).count() == 1


def test_a_key_that_was_retired_is_not_replaced_behind_the_issuers_back(ecole_a):
    services.ready_key(issuer=ecole_a, now=NOW, kind=selectors.Kind.RSA)
    models.SigningKey.objects.of(ecole_a).filter(kind="rsa").update(expires_at=NOW)

    with pytest.raises(selectors.NoSigningKey):
        services.ready_key(issuer=ecole_a, now=NOW, kind=selectors.Kind.RSA)

    assert models.SigningKey.objects.of(ecole_a).filter(kind="rsa").count() == 1


def test_the_web_process_creates_no_key_when_it_asks(ecole_a, settings):
    settings.SIGNING_KEK = ()

    with pytest.raises(selectors.NoSigningKey, match="SIGNING_KEK"):
        services.ready_key(issuer=ecole_a, now=NOW, kind=selectors.Kind.P256)

    assert models.SigningKey.objects.of(ecole_a).count() == 1


def test_a_row_that_says_another_kind_does_not_open(ecole_a):
    row = services.create_key(issuer=ecole_a, now=NOW, kind=selectors.Kind.P256)
    row.kind = selectors.Kind.ED25519

    with pytest.raises(selectors.NoSigningKey, match="is not z"):
        selectors.open_row(issuer=ecole_a, row=row)


def test_the_database_keeps_no_rsa_key_without_its_public_half(ecole_a):
    row = services.create_key(issuer=ecole_a, now=NOW, kind=selectors.Kind.RSA)

    with pytest.raises(IntegrityError), transaction.atomic():
        models.SigningKey.objects.of(ecole_a).filter(pk=row.pk).update(public_jwk=None)


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_come_at_once_make_one_key():
    issuer = factories.issuer(slug="hurry", name="Hurry")
    start = threading.Barrier(2)

    def work() -> str:
        try:
            start.wait(timeout=30)
            return services.ready_key(issuer=issuer, now=NOW, kind=selectors.Kind.RSA).kid
        finally:
            connection.close()

    with futures.ThreadPoolExecutor(2) as pool:
        kids = [each.result() for each in [pool.submit(work), pool.submit(work)]]

    assert kids[0] == kids[1]
    assert models.SigningKey.objects.of(issuer).filter(kind="rsa").count() == 1
