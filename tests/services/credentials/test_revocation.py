"""Revoke, and publish what stands."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from credentials import models, selectors, services
from credentials.core import canonical, proof
from credentials.core import status_list as lists
from issuers import selectors as issuers
from issuers.core import keys
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def published(credential: models.Credential) -> dict[str, Any]:
    assert credential.status_list is not None
    body = selectors.published_status_list_at(url=credential.status_list.url)
    assert body is not None
    return canonical.loads(body)


def bits_of(document: dict[str, Any]) -> bytes:
    return lists.decode(document["credentialSubject"]["encodedList"])


def test_a_published_list_is_signed_by_the_issuer_and_says_nothing_is_revoked(ecole_a):
    credential = factories.signed(issuer=ecole_a)

    document = published(credential)

    [key] = issuers.key_history(issuer=ecole_a)
    proof.verify(document, public_key=keys.decode_multikey(key.kid))
    assert document["issuer"] == ecole_a.did
    assert not any(bits_of(document))


def test_revoking_sets_the_bit_of_that_credential_only(ecole_a):
    credential = factories.signed(issuer=ecole_a)
    other = factories.signed(issuer=ecole_a)

    services.revoke(issuer=ecole_a, credential=credential, reason="Issued by mistake", now=NOW)
    services.publish_status_lists(now=NOW)

    bits = bits_of(published(credential))
    assert lists.is_set(bits, credential.status_index)
    assert not lists.is_set(bits, other.status_index)
    assert sum(byte.bit_count() for byte in bits) == 1


def test_revoking_twice_is_refused(ecole_a):
    credential = factories.signed(issuer=ecole_a)
    services.revoke(issuer=ecole_a, credential=credential, reason="Mistake", now=NOW)

    with pytest.raises(services.revocation.NotRevocable):
        services.revoke(issuer=ecole_a, credential=credential, reason="Again", now=NOW)


def test_what_is_not_signed_yet_cannot_be_revoked(ecole_a):
    [credential] = factories.due(issuer=ecole_a)

    with pytest.raises(services.revocation.NotRevocable):
        services.revoke(issuer=ecole_a, credential=credential, reason="Mistake", now=NOW)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
def test_a_revocation_has_a_public_reason(ecole_a, reason):
    credential = factories.signed(issuer=ecole_a)

    with pytest.raises(ValidationError, match="reason"):
        services.revoke(issuer=ecole_a, credential=credential, reason=reason, now=NOW)


def test_a_stranger_cannot_revoke(ecole_a, ecole_b):
    credential = factories.signed(issuer=ecole_a)

    with pytest.raises(services.revocation.NotRevocable):
        services.revoke(issuer=ecole_b, credential=credential, reason="Mine now", now=NOW)

    credential.refresh_from_db()
    assert not credential.is_revoked


def test_a_list_is_published_again_only_when_it_changed_or_grows_old(ecole_a):
    factories.signed(issuer=ecole_a)

    soon = services.publish_status_lists(now=NOW + timedelta(minutes=1))
    later = services.publish_status_lists(now=NOW + timedelta(hours=12))

    assert (soon, later) == (0, 1)


def test_the_private_note_is_not_in_the_public_reason(ecole_a):
    credential = factories.signed(issuer=ecole_a)

    services.revoke(
        issuer=ecole_a, credential=credential, reason="Correction", now=NOW, note="Fraud file 12"
    )

    credential.refresh_from_db()
    assert credential.revocation_reason == "Correction"
    assert selectors.history(credential=credential)[-1].note == "Fraud file 12"
