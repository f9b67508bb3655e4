"""Editions with a signature of their own: asked for by anybody, made once, by a worker."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from badges.core import assertion
from credentials import models, selectors, services
from credentials.core import canonical, jose
from credentials.selectors import editions, openbadges2
from issuers import models as issuer_rows
from issuers import selectors as issuers
from issuers import services as parties
from issuers.core import envelope, jwk
from learners import models as learners
from tests import factories, kept
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

Kind, State = editions.Kind, editions.State
LATER = NOW + timedelta(minutes=10)


@kept.fixture
def ecole_a(db):
    return factories.issuer(slug="ecole-a", name="École A", email="a@example.org")


@kept.fixture
def credential(ecole_a):
    return factories.signed(issuer=ecole_a, valid_until=NOW + timedelta(days=365))


def asked(credential, kind, now=NOW):
    return services.request_edition(
        issuer=credential.issuer, credential=credential, kind=kind, now=now
    )


def made(credential, kind, now=NOW):
    asked(credential, kind, now)
    services.sign_editions(now=now, limit=10)
    return asked(credential, kind, now)


def token_of(credential, edition):
    token = jose.read(editions.opened(credential=credential, edition=edition).decode())
    shown = issuers.published_key(issuer=credential.issuer, kid=edition.kid)
    return token, jwk.to_key(shown.jwk)


@pytest.mark.parametrize(("kind", "algorithm"), [(Kind.JWT, "RS256"), (Kind.JWT_ES256, "ES256")])
def test_a_jwt_says_what_the_signed_document_says(credential, kind, algorithm):
    edition = made(credential, kind)

    token, key = token_of(credential, edition)
    document = canonical.loads(selectors.opened(credential=credential).document)
    document.pop("proof")
    assert jose.verify_credential(token, key=key) == document
    assert token.header == {
        "alg": algorithm,
        "typ": "JWT",
        "kid": issuers.key_address(issuer=credential.issuer, kid=edition.kid),
    }


def test_a_signed_assertion_is_of_the_key_that_the_issuer_shows(credential):
    edition = made(credential, Kind.ASSERTION)

    token, key = token_of(credential, edition)
    claims = canonical.loads(jose.verify(token, key=key))
    assert token.header["alg"] == "RS256"
    assert claims["id"] == credential.uuid.urn
    assert claims["verification"]["creator"].endswith(f"/issuers/ecole-a/ob2/keys/{edition.kid}")


def test_however_often_it_is_asked_for_there_is_one(credential):
    first = made(credential, Kind.JWT)

    for _time in range(3):
        again = made(credential, Kind.JWT, LATER)

    assert models.Edition.objects.of(credential.issuer).count() == 1
    assert (again.signed_at, bytes(again.sealed)) == (NOW, bytes(first.sealed))


def test_what_is_no_kind_is_not_asked_for(credential):
    with pytest.raises(ValueError, match="pdf"):
        asked(credential, "pdf")


def test_before_it_is_signed_there_is_no_other_form(ecole_a):
    [due] = factories.due(issuer=ecole_a)

    with pytest.raises(selectors.NotSigned):
        asked(due, Kind.JWT)


def test_for_who_was_erased_nothing_is_made(credential):
    asked(credential, Kind.JWT)
    learners.LearnerKey.objects.of(credential.issuer).all().delete()

    services.sign_editions(now=NOW, limit=10)

    edition = models.Edition.objects.of(credential.issuer).get()
    assert (edition.state, edition.sealed) == (State.REFUSED, None)
    with pytest.raises(selectors.Erased):
        asked(credential, Kind.JWT_ES256)
    assert models.Edition.objects.of(credential.issuer).count() == 1


def test_an_edition_cannot_be_read_without_the_learners_key(credential):
    edition = made(credential, Kind.JWT)
    learners.LearnerKey.objects.of(credential.issuer).all().delete()

    with pytest.raises(selectors.Erased):
        editions.opened(credential=credential, edition=edition)


def test_an_edition_does_not_open_in_the_place_of_another(credential):
    edition, other = made(credential, Kind.JWT), made(credential, Kind.JWT_ES256)
    edition.sealed = other.sealed

    with pytest.raises(envelope.EnvelopeError, match="wrong row"):
        editions.opened(credential=credential, edition=edition)


def test_what_was_refused_is_tried_again_later_when_the_issuer_mended_it(credential):
    factories.change(credential.issuer_id, email="")

    refused = made(credential, Kind.ASSERTION)
    factories.change(credential.issuer_id, email="a@example.org")
    soon = made(credential, Kind.ASSERTION, NOW + timedelta(minutes=1))
    later = made(credential, Kind.ASSERTION, LATER)

    assert refused.state == soon.state == State.REFUSED
    assert "e-mail" in refused.refusal
    assert later.state == State.SIGNED


def test_what_a_revoked_key_signed_is_signed_anew(credential):
    first = made(credential, Kind.JWT)
    rows = issuer_rows.SigningKey.objects.of(credential.issuer)
    rows.filter(kid=first.kid).update(revoked_at=NOW)
    parties.create_key(issuer=credential.issuer, now=NOW, kind=issuers.Kind.RSA)

    second = made(credential, Kind.JWT, LATER)

    assert second.state == State.SIGNED
    assert second.kid != first.kid
    token, key = token_of(credential, second)
    assert jose.verify_credential(token, key=key)


def test_an_issuer_without_a_valid_key_keeps_the_others_from_nothing(credential, ecole_b):
    other = factories.signed(issuer=ecole_b)
    parties.create_key(issuer=credential.issuer, now=NOW, kind=issuers.Kind.RSA)
    issuer_rows.SigningKey.objects.of(credential.issuer).filter(kind="rsa").update(revoked_at=NOW)
    asked(credential, Kind.JWT)
    asked(other, Kind.JWT)

    settled = services.sign_editions(now=NOW, limit=10)

    assert settled == 2
    assert asked(credential, Kind.JWT).state == State.REFUSED
    assert asked(other, Kind.JWT).state == State.SIGNED


def test_a_process_without_the_key_of_keys_signs_nothing(credential, settings):
    asked(credential, Kind.JWT)
    settings.SIGNING_KEK = ()

    with pytest.raises(issuers.NoSigningKey):
        services.sign_editions(now=NOW, limit=10)

    assert asked(credential, Kind.JWT).state == State.DUE


def test_a_chunk_takes_the_oldest(ecole_a, credential):
    asked(credential, Kind.JWT_ES256, LATER)
    asked(credential, Kind.JWT)

    assert services.sign_editions(now=LATER, limit=1) == 1

    assert asked(credential, Kind.JWT).state == State.SIGNED
    assert asked(credential, Kind.JWT_ES256).state == State.DUE


@pytest.mark.django_db(transaction=True)
def test_what_one_worker_holds_another_leaves(credential):
    asked(credential, Kind.JWT_ES256)
    settled = []

    def other_worker():
        settled.append(services.sign_editions(now=NOW, limit=10))
        connection.close()

    with transaction.atomic():
        list(models.Edition.objects.across_issuers().select_for_update())
        thread = threading.Thread(target=other_worker)
        thread.start()
        thread.join()

    assert settled == [0]
    assert services.sign_editions(now=NOW, limit=10) == 1


def test_the_list_of_revoked_assertions_names_what_was_ever_signed(ecole_a, credential):
    never_signed = factories.signed(issuer=ecole_a)
    made(credential, Kind.ASSERTION)
    for each in (credential, never_signed):
        services.revoke(issuer=ecole_a, credential=each, reason="Mistake", now=NOW)

    listed = editions_list(ecole_a)

    assert listed[-1] == {"id": credential.uuid.urn, "revocationReason": "Mistake"}
    assert [each["id"] for each in listed[:-1]] == [assertion.SENTINEL[:-1] + "0"]


def test_an_empty_list_still_has_two_entries(ecole_a):
    assert len(editions_list(ecole_a)) == 2


def editions_list(issuer):
    return openbadges2.revocation_list(issuer=issuer)["revokedAssertions"]
