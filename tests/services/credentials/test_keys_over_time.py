"""Credentials and their keys: a hundred rotations, a theft, and what is still believed."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from credentials import models, selectors, services
from credentials.core import canonical, proof
from issuers import selectors as issuers
from issuers import services as parties
from issuers.core import keys
from tests import factories, kept
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@kept.surrounding
def _a_submitter():
    with override_settings(SUBMITTER_KEY=f"{8:064x}"):
        yield


def answers(verification: services.Verification) -> dict[str, str]:
    return {check.name: f"{check.outcome}:{check.reason}" for check in verification.report.checks}


def anchor(now):
    factories.anchor_everything(now=now)


def test_after_a_hundred_rotations_every_credential_verifies(ecole_a):
    rows = factories.due(issuer=ecole_a, count=101)
    for number, row in enumerate(rows):
        now = NOW + number * timedelta(minutes=1)
        models.Credential.objects.of(ecole_a).filter(pk=row.pk).update(sign_after=now)
    for number in range(101):
        now = NOW + number * timedelta(minutes=1)
        assert services.sign(now=now, limit=10) == 1
        parties.rotate_key(issuer=ecole_a, now=now)
    end = NOW + 2 * HOUR
    services.publish_status_lists(now=end)
    anchor(end)

    verdicts = [
        services.verify_credential(
            credential=selectors.find_by_token(token=row.token), now=end + HOUR
        ).report.verdict
        for row in rows
    ]

    assert verdicts == ["verified"] * 101
    assert len(issuers.key_history(issuer=ecole_a)) == 102
    methods = {
        str(
            canonical.loads(
                selectors.opened(credential=selectors.find_by_token(token=row.token)).document
            )["proof"]["verificationMethod"]
        )
        for row in rows
    }
    assert len(methods) == 101


@kept.fixture
def theft(ecole_a):
    """An hour after it anchored a credential, the issuer's key is stolen; days later it knows."""
    genuine = factories.signed(issuer=ecole_a)
    anchor(NOW)
    method, seed = issuers.signing_key(issuer=ecole_a, now=NOW)
    parties.declare_compromised(
        issuer=ecole_a, kid=method.partition("#")[2], since=NOW + HOUR, now=NOW + 50 * HOUR
    )
    services.publish_status_lists(now=NOW + 50 * HOUR)
    return genuine, method, seed


def test_the_genuine_older_credential_is_still_verified(theft):
    genuine, _method, _seed = theft

    found = services.verify_credential(credential=genuine, now=NOW + 51 * HOUR)

    assert found.report.verdict == "verified"


def test_a_back_dated_forgery_with_the_stolen_key_is_refuted(theft):
    genuine, method, seed = theft
    document = canonical.loads(selectors.opened(credential=genuine).document)
    del document["proof"]
    document["credentialSubject"]["achievement"]["name"] = "Doctorate"
    forged = proof.sign(
        document, key=keys.load(seed), verification_method=method, created=NOW - 24 * HOUR
    )

    for changed in (forged, forged | {"id": "https://elsewhere.example/credentials/1"}):
        again = {member: value for member, value in changed.items() if member != "proof"}
        signed = proof.sign(
            again, key=keys.load(seed), verification_method=method, created=NOW - 24 * HOUR
        )
        found = services.verify_document(data=canonical.dumps(signed), now=NOW + 51 * HOUR)

        assert found.report.verdict == "refuted"
        assert answers(found)["signed"] == "passed:signed"
        assert answers(found)["issuer"] == "failed:key_compromised"


def test_without_the_chain_the_older_credential_is_not_green(theft):
    genuine, _method, _seed = theft
    factories.memory_chain().down = True

    document = selectors.opened(credential=genuine).document
    found = services.verify_document(data=document, now=NOW + 51 * HOUR)

    assert answers(found)["issuer"] == "inconclusive:anchor_needed"
    assert found.report.verdict == "inconclusive"


def test_what_was_anchored_after_the_theft_is_refuted_though_it_was_ours(ecole_a):
    late = factories.signed(issuer=ecole_a)
    anchor(NOW + 2 * HOUR)
    [key] = issuers.key_history(issuer=ecole_a)

    parties.declare_compromised(issuer=ecole_a, kid=key.kid, since=NOW + HOUR, now=NOW + 3 * HOUR)
    services.publish_status_lists(now=NOW + 3 * HOUR)

    found = services.verify_credential(credential=late, now=NOW + 4 * HOUR)
    assert answers(found)["issuer"] == "failed:key_compromised"


def test_lists_that_a_stolen_key_signed_are_signed_again_at_once(ecole_a):
    factories.signed(issuer=ecole_a)
    assert services.publish_status_lists(now=NOW) == 0
    [key] = issuers.key_history(issuer=ecole_a)

    parties.declare_compromised(issuer=ecole_a, kid=key.kid, since=NOW, now=NOW)

    assert services.publish_status_lists(now=NOW) == 1
    assert services.publish_status_lists(now=NOW) == 0
    [published] = models.StatusList.objects.of(ecole_a)
    assert published.published_kid == issuers.current_key(issuer=ecole_a, now=NOW).kid


# -- manage.py keys --------------------------------------------------------------------------------


def run(*words: str) -> str:
    out = StringIO()
    call_command("keys", *words, "--issuer", "ecole-a", stdout=out)
    return out.getvalue()


def test_an_operator_leads_a_key_through_its_life(ecole_a):
    rsa = run("create", "--kind", "rsa").strip()
    second = run("rotate", "--kind", "rsa").strip()
    assert "ends at" in run("retire", "--key", second)

    lines = run("list").splitlines()

    assert [line.split()[0] for line in lines] == ["ed25519", "rsa", "rsa"]
    assert "signs" in lines[0]
    assert rsa in lines[1]
    assert "until" in lines[1]
    assert "signs" not in lines[2]


def test_a_theft_is_rehearsed_first_and_then_declared(theft, ecole_a):
    _genuine, method, _seed = theft
    kid, since = method.partition("#")[2], NOW.isoformat()

    told = run("compromise", "--key", kid, "--since", since)

    assert "1 credentials may bear its signature. 0 were anchored" in told
    assert "Nothing was done" in told
    assert "Nothing" not in run("compromise", "--key", kid, "--since", since, "--yes")
    assert "disowned since 2026-03-02T09:00:00Z" in run("list")


def test_it_says_how_many_stay_verified(ecole_a):
    factories.signed(issuer=ecole_a)
    anchor(NOW)
    factories.due(issuer=ecole_a, count=2)
    services.sign(now=NOW, limit=10)
    [key] = issuers.key_history(issuer=ecole_a)

    told = run("compromise", "--key", key.kid, "--since", (NOW + HOUR).isoformat())

    assert "3 credentials" in told
    assert "1 were anchored before" in told
    assert "2 were not" in told


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("create",), "rotate it instead"),
        (("retire", "--key", "z6Mk"), "has no key z6Mk"),
        (("compromise", "--key", "z6Mk", "--since", "2026-03-02T09:00:00Z"), "has no key z6Mk"),
        (("compromise", "--key", "z6Mk", "--since", "yesterday"), "with its zone"),
        (("compromise", "--key", "z6Mk", "--since", "2026-03-02T09:00:00"), "with its zone"),
    ],
)
def test_a_refusal_says_what_to_do(ecole_a, words, why):
    with pytest.raises(CommandError, match=why):
        run(*words)


def test_an_unknown_issuer_is_named(db):
    with pytest.raises(CommandError, match="no issuer ecole-a"):
        run("list")
