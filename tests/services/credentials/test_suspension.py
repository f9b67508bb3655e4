"""Suspend and reinstate; and what may become of a credential, as its badge says."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from badges.core import extensions, vocabulary
from credentials import models, selectors, services
from credentials.core import canonical
from credentials.core import status_list as lists
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def signed(issuer, standing="suspendable"):
    badge = factories.achievement(issuer=issuer, slug=standing, standing=standing)
    return factories.signed(issuer=issuer, achievement=badge)


def document(credential):
    return canonical.loads(selectors.opened(credential=credential).document)


def is_public(credential):
    """Say whether the world reads that it is suspended."""
    services.publish_status_lists(now=NOW)
    body = selectors.published_status_list_at(url=credential.suspension_list.url)
    bits = lists.decode(canonical.loads(body)["credentialSubject"]["encodedList"])
    return lists.is_set(bits, credential.suspension_index)


class TestStanding:
    def test_a_revocable_one_names_one_status_and_the_schema(self, ecole_a):
        found = document(signed(ecole_a, "revocable"))

        assert found["credentialStatus"]["statusPurpose"] == "revocation"
        assert found["credentialSchema"] == [extensions.credential_schema()]
        assert found["refreshService"]["id"] == f"{found['id']}/refresh"
        assert found["@context"][2] == vocabulary.OPEN_BADGES_EXTENSIONS

    def test_a_suspendable_one_names_two_and_no_schema(self, ecole_a):
        found = document(signed(ecole_a, "suspendable"))

        assert [entry["statusPurpose"] for entry in found["credentialStatus"]] == [
            "revocation",
            "suspension",
        ]
        first, second = found["credentialStatus"]
        assert first["statusListCredential"] != second["statusListCredential"]
        assert "credentialSchema" not in found

    def test_one_that_stands_for_good_names_no_service_at_all(self, ecole_a):
        credential = signed(ecole_a, "final")

        found = document(credential)

        assert not {"credentialStatus", "credentialSchema", "refreshService"} & set(found)
        assert found["@context"] == list(vocabulary.CONTEXTS)
        with pytest.raises(services.revocation.NotRevocable, match="stands for good"):
            services.revoke(issuer=ecole_a, credential=credential, reason="Mistake", now=NOW)
        with pytest.raises(services.NotSuspendable):
            services.suspend(issuer=ecole_a, credential=credential, reason="Doubt", now=NOW)
        assert not models.StatusList.objects.of(ecole_a).exists()

    def test_all_three_are_signed_in_one_chunk(self, ecole_a):
        for standing in ("revocable", "suspendable", "final"):
            badge = factories.achievement(issuer=ecole_a, slug=standing, standing=standing)
            factories.due(issuer=ecole_a, achievement=badge, count=2)

        services.sign(now=NOW, limit=100)

        assert models.Credential.objects.of(ecole_a).filter(state="signed").count() == 6
        taken = models.StatusList.objects.of(ecole_a).order_by("purpose")
        assert [row.taken_count for row in taken] == [4, 2]


class TestSuspend:
    def test_it_sets_the_bit_of_that_credential_and_reinstating_clears_it(self, ecole_a):
        credential, other = signed(ecole_a), None
        other = factories.signed(issuer=ecole_a, achievement=credential.achievement)
        before = is_public(credential)

        services.suspend(issuer=ecole_a, credential=credential, reason="Under review", now=NOW)
        while_suspended = (is_public(credential), is_public(other))
        services.reinstate(issuer=ecole_a, credential=credential, now=NOW)

        assert (before, while_suspended) == (False, (True, False))
        assert is_public(credential) is False
        assert credential.is_suspended is False

    def test_reasons_for_the_public_and_for_oneself_are_in_the_history(self, ecole_a, bob):
        credential = signed(ecole_a)

        services.suspend(
            issuer=ecole_a, credential=credential, reason=" Under review ", note="File 12",
            now=NOW, actor=bob,
        )  # fmt: skip
        services.reinstate(
            issuer=ecole_a, credential=credential, reason="Review ended", now=NOW, actor=bob
        )

        told = [
            (event.kind, event.reason, event.note, event.actor)
            for event in selectors.history(credential=credential)[2:]
        ]
        assert told == [
            ("suspended", "Under review", "File 12", bob),
            ("reinstated", "Review ended", "Review ended", bob),
        ]
        assert credential.suspension_reason == ""

    def test_it_may_be_suspended_again_and_revoked_while_it_is(self, ecole_a):
        credential = signed(ecole_a)
        for _round in range(2):
            services.suspend(issuer=ecole_a, credential=credential, reason="Review", now=NOW)
            services.reinstate(issuer=ecole_a, credential=credential, now=NOW)
        services.suspend(issuer=ecole_a, credential=credential, reason="Review", now=NOW)
        services.revoke(issuer=ecole_a, credential=credential, reason="Fraud", now=NOW)

        with pytest.raises(services.NotSuspended, match="revoked"):
            services.reinstate(issuer=ecole_a, credential=credential, now=NOW)
        assert is_public(credential) is True

    @pytest.mark.parametrize("standing", ["revocable", "final"])
    def test_only_what_was_issued_suspendable_is(self, ecole_a, standing):
        credential = signed(ecole_a, standing)

        with pytest.raises(services.NotSuspendable):
            services.suspend(issuer=ecole_a, credential=credential, reason="Doubt", now=NOW)

    def test_twice_is_refused_and_so_is_what_was_revoked_or_never_signed(self, ecole_a):
        suspended, revoked = signed(ecole_a), None
        badge = suspended.achievement
        revoked = factories.signed(issuer=ecole_a, achievement=badge)
        [due] = factories.due(issuer=ecole_a, achievement=badge)
        services.suspend(issuer=ecole_a, credential=suspended, reason="Doubt", now=NOW)
        services.revoke(issuer=ecole_a, credential=revoked, reason="Fraud", now=NOW)

        for credential in (suspended, revoked, due):
            with pytest.raises(services.NotSuspendable):
                services.suspend(issuer=ecole_a, credential=credential, reason="Again", now=NOW)
        with pytest.raises(services.NotSuspended):
            services.reinstate(issuer=ecole_a, credential=due, now=NOW)

    @pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
    def test_it_has_a_public_reason(self, ecole_a, reason):
        credential = signed(ecole_a)

        with pytest.raises(ValidationError, match="reason"):
            services.suspend(issuer=ecole_a, credential=credential, reason=reason, now=NOW)

    def test_a_stranger_can_do_neither(self, ecole_a, ecole_b):
        credential = signed(ecole_a)

        with pytest.raises(services.NotSuspendable):
            services.suspend(issuer=ecole_b, credential=credential, reason="Mine", now=NOW)
        services.suspend(issuer=ecole_a, credential=credential, reason="Ours", now=NOW)
        with pytest.raises(services.NotSuspended):
            services.reinstate(issuer=ecole_b, credential=credential, now=NOW)

        assert is_public(credential) is True

    def test_the_database_keeps_suspensions_to_those_with_a_list(self, ecole_a):
        credential = signed(ecole_a, "revocable")

        with pytest.raises(IntegrityError), transaction.atomic():
            models.Credential.objects.of(ecole_a).filter(pk=credential.pk).update(suspended_at=NOW)
