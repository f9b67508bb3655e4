"""Keys over time: replaced, retired, stolen; each act once, and none undone."""

from datetime import timedelta

import pytest

from issuers import models, selectors, services
from issuers.selectors import Kind
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def the_key(issuer, kind=Kind.ED25519):
    return selectors.current_key(issuer=issuer, now=NOW, kind=kind)


def listed(issuer, kid):
    document = selectors.did_document(issuer=issuer)
    method = f"{issuer.did}#{kid}"
    assert method in document["assertionMethod"]
    [found] = [each for each in document["verificationMethod"] if each["id"] == method]
    return found


def test_a_new_key_signs_and_the_old_one_is_listed_with_its_end(ecole_a):
    old = the_key(ecole_a)

    new = services.rotate_key(issuer=ecole_a, now=NOW)

    assert the_key(ecole_a).kid == new.kid != old.kid
    assert listed(ecole_a, old.kid)["expires"] == "2026-03-02T09:10:00Z"
    assert "expires" not in listed(ecole_a, new.kid)


def test_what_is_being_signed_with_the_old_key_still_holds(ecole_a):
    """A worker read the key a moment before, and its clock may be some minutes ahead."""
    old = the_key(ecole_a)

    services.rotate_key(issuer=ecole_a, now=NOW)

    old.refresh_from_db()
    assert old.expires_at == NOW + selectors.OVERLAP


def test_each_kind_is_rotated_by_itself(ecole_a):
    services.ready_key(issuer=ecole_a, now=NOW, kind=Kind.RSA)
    before = the_key(ecole_a)

    services.rotate_key(issuer=ecole_a, now=NOW, kind=Kind.RSA)

    assert the_key(ecole_a).kid == before.kid
    assert the_key(ecole_a).expires_at is None


def test_the_keys_of_another_issuer_are_left_alone(ecole_a, ecole_b):
    before = the_key(ecole_b)

    services.rotate_key(issuer=ecole_a, now=NOW)

    assert the_key(ecole_b).kid == before.kid
    with pytest.raises(services.NoSuchKey):
        services.retire_key(issuer=ecole_a, kid=before.kid, now=NOW)
    with pytest.raises(services.NoSuchKey):
        services.declare_compromised(issuer=ecole_a, kid=before.kid, since=NOW, now=NOW)


def test_a_retired_key_signs_nothing_new_from_that_moment(ecole_a):
    key = the_key(ecole_a)

    services.retire_key(issuer=ecole_a, kid=key.kid, now=NOW)

    with pytest.raises(selectors.NoSigningKey):
        selectors.open_key(issuer=ecole_a, now=NOW)
    assert listed(ecole_a, key.kid)["expires"] == "2026-03-02T09:10:00Z"


def test_a_key_is_retired_once(ecole_a):
    key = the_key(ecole_a)
    services.retire_key(issuer=ecole_a, kid=key.kid, now=NOW)

    with pytest.raises(services.KeyAlreadyEnded, match="ended before"):
        services.retire_key(issuer=ecole_a, kid=key.kid, now=NOW + MINUTE)


def test_a_stolen_key_is_listed_as_revoked_and_another_takes_its_place(ecole_a):
    key = the_key(ecole_a)

    services.declare_compromised(
        issuer=ecole_a, kid=key.kid, since=NOW - timedelta(days=2), now=NOW
    )

    assert listed(ecole_a, key.kid)["revoked"] == "2026-02-28T09:00:00Z"
    assert the_key(ecole_a).kid != key.kid
    document = selectors.did_document(issuer=ecole_a)
    assert document["authentication"] == [f"{ecole_a.did}#{the_key(ecole_a).kid}"]


def test_no_key_takes_its_place_if_another_signs_already_or_none_is_wanted(ecole_a):
    old = the_key(ecole_a)
    new = services.rotate_key(issuer=ecole_a, now=NOW)

    services.declare_compromised(issuer=ecole_a, kid=old.kid, since=NOW, now=NOW)
    assert the_key(ecole_a).kid == new.kid
    services.declare_compromised(issuer=ecole_a, kid=new.kid, since=NOW, now=NOW, replace=False)

    assert the_key(ecole_a) is None
    assert models.SigningKey.objects.of(ecole_a).count() == 2


def test_a_theft_may_turn_out_older_and_never_younger(ecole_a):
    key = the_key(ecole_a)
    declare = {"issuer": ecole_a, "kid": key.kid, "now": NOW}
    services.declare_compromised(since=NOW - MINUTE, **declare)

    for since in (NOW - MINUTE, NOW):
        with pytest.raises(services.KeyAlreadyEnded, match="never moved later"):
            services.declare_compromised(since=since, **declare)
    services.declare_compromised(since=NOW - 2 * MINUTE, **declare)

    key.refresh_from_db()
    assert key.revoked_at == NOW - 2 * MINUTE
    assert models.SigningKey.objects.of(ecole_a).count() == 2


@pytest.mark.parametrize(
    ("since", "why"),
    [(NOW + MINUTE, "yet to come"), (NOW - timedelta(days=31), "was created on")],
)
def test_a_theft_at_an_impossible_time_is_refused(ecole_a, since, why):
    with pytest.raises(services.ImpossibleInstant, match=why):
        services.declare_compromised(issuer=ecole_a, kid=the_key(ecole_a).kid, since=since, now=NOW)


def test_a_process_that_may_not_sign_declares_a_theft_only_without_a_new_key(ecole_a, settings):
    settings.SIGNING_KEK = ()
    declare = {"issuer": ecole_a, "kid": the_key(ecole_a).kid, "since": NOW, "now": NOW}

    with pytest.raises(services.KeyEncryptionKeyMissing):
        services.declare_compromised(**declare)
    services.declare_compromised(**declare, replace=False)

    assert the_key(ecole_a) is None
