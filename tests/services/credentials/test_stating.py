"""State: what keys and lists were, chained and promised to the chain."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.test import override_settings

from blockchain import selectors as witnessed
from blockchain import services as anchoring
from blockchain.core import anchor
from blockchain.models import Commitment
from credentials import models, services
from credentials.core import canonical, proof, statements, status_list
from credentials.selectors import statements as questions
from issuers import models as rows
from issuers import scope
from issuers import selectors as issuers
from issuers import services as parties
from issuers.core import did, keys
from tests import factories, kept
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@kept.surrounding
def _a_submitter():
    with override_settings(SUBMITTER_KEY=f"{8:064x}"):
        yield


def keys_of(issuer):
    rows = questions.of_keys(issuer=issuer).order_by("sequence")
    return [canonical.loads(bytes(row.document)) for row in rows]


def lists_of(issuer):
    return list(models.Statement.objects.of(issuer).filter(kind="list").order_by("sequence"))


def test_the_first_history_is_made_once(ecole_a):
    assert services.state(now=NOW) == 1
    assert services.state(now=NOW + HOUR) == 0

    [first] = keys_of(ecole_a)
    assert (first["sequence"], first["previous"]) == (1, None)
    [key] = issuers.key_history(issuer=ecole_a)
    assert [each["id"] for each in first["keys"]] == [f"{ecole_a.did}#{key.kid}"]


def test_every_change_of_keys_and_submitters_makes_a_version_that_follows(ecole_a):
    services.state(now=NOW)
    [key] = issuers.key_history(issuer=ecole_a)
    changes = [
        lambda: parties.rotate_key(issuer=ecole_a, now=NOW),
        lambda: parties.ready_key(issuer=ecole_a, now=NOW, kind=issuers.Kind.RSA),
        lambda: parties.accept_submitter(
            issuer=ecole_a, account="eip155:1:0x" + "ab" * 20, now=NOW
        ),
        lambda: parties.declare_compromised(issuer=ecole_a, kid=key.kid, since=NOW - HOUR, now=NOW),
    ]
    for change in changes:
        change()
        assert services.state(now=NOW) == 1

    told = keys_of(ecole_a)
    assert [each["sequence"] for each in told] == [1, 2, 3, 4, 5]
    for later, earlier in zip(told[1:], told, strict=False):
        statements.follows(later, earlier)
    assert "revoked" in told[4]["keys"][0]
    assert "revoked" not in told[3]["keys"][0]
    assert told[3]["submitters"][1]["account"].startswith("eip155:1:")


def test_an_issuer_that_changed_nothing_makes_no_version(ecole_a, ecole_b):
    services.state(now=NOW)
    parties.rotate_key(issuer=ecole_b, now=NOW)

    assert services.state(now=NOW) == 1
    assert len(keys_of(ecole_a)) == 1
    assert len(keys_of(ecole_b)) == 2


def test_an_issuer_without_a_key_has_nothing_to_say(db):
    parties.register(slug="empty", name="Empty", now=NOW)

    assert services.state(now=NOW) == 0


def test_each_published_list_is_kept_word_for_word(ecole_a):
    credential = factories.signed(issuer=ecole_a)
    services.state(now=NOW)
    services.revoke(issuer=ecole_a, credential=credential, reason="Mistake", now=NOW + HOUR)
    services.publish_status_lists(now=NOW + HOUR)
    assert services.state(now=NOW + HOUR) == 1
    assert services.state(now=NOW + HOUR) == 0

    first, second = lists_of(ecole_a)
    statements.follows(
        canonical.loads(bytes(second.document)), canonical.loads(bytes(first.document))
    )
    bits = []
    for row in (first, second):
        kept = canonical.loads(bytes(row.published))
        told = canonical.loads(bytes(row.document))
        assert told["list"] == row.status_list.url
        assert told["listDigest"] == sha256(canonical.jcs(kept)).hexdigest()
        bits.append(
            status_list.is_set(
                status_list.decode(kept["credentialSubject"]["encodedList"]),
                credential.status_index,
            )
        )
    assert bits == [False, True]


def test_a_statement_and_its_leaf_are_one_transaction(ecole_a, monkeypatch):
    def refuse(**_arguments):
        raise anchoring.AlreadyCommitted("a leaf was committed before")

    monkeypatch.setattr(anchoring, "commit", refuse)
    with pytest.raises(anchoring.AlreadyCommitted):
        services.state(now=NOW)
    monkeypatch.undo()

    assert not models.Statement.objects.of(ecole_a).exists()
    services.state(now=NOW)
    leaves = {bytes(row.leaf) for row in models.Statement.objects.of(ecole_a)}
    assert {bytes(row.leaf) for row in Commitment.objects.all()} == leaves


def test_was_it_valid_on_that_day(ecole_a):
    """What docs/keys.md tells a verifier to do, with what is public and nothing else."""
    credential = factories.signed(issuer=ecole_a)
    services.state(now=NOW)
    factories.anchor_everything(now=NOW)
    day = NOW + 2 * HOUR
    services.revoke(issuer=ecole_a, credential=credential, reason="Mistake", now=NOW + 3 * HOUR)
    services.publish_status_lists(now=NOW + 3 * HOUR)
    services.state(now=NOW + 3 * HOUR)
    factories.anchor_everything(now=NOW + 3 * HOUR)
    submitters = did.submitters(issuers.did_document(issuer=ecole_a))

    rows = questions.of_list(status_list=credential.status_list)
    before, after = (questions.version(rows, sequence=number) for number in (1, 2))
    history = questions.version(questions.of_keys(issuer=ecole_a), sequence=1)

    times = []
    for each in (history, before, after):
        receipt = anchor.from_json(each["receipt"])
        found = anchoring.find(proof=receipt)
        statements.verify(each["statement"], receipt, found, submitters=submitters, confirmations=1)
        times.append(receipt.block_time)
    assert times[0] <= day < times[2]
    assert times[1] <= day
    statements.follows(after["statement"], before["statement"])
    [key] = history["statement"]["keys"]
    for each, is_revoked in ((before, False), (after, True)):
        assert each["statement"]["listDigest"] == (sha256(canonical.jcs(each["list"])).hexdigest())
        named = each["list"]["proof"]["verificationMethod"]
        assert named == key["id"]
        proof.verify(each["list"], public_key=keys.decode_multikey(key["publicKeyMultibase"]))
        bits = status_list.decode(each["list"]["credentialSubject"]["encodedList"])
        assert status_list.is_set(bits, credential.status_index) is is_revoked


def test_lost_leaves_of_statements_wait_again(ecole_a):
    services.state(now=NOW)
    Commitment.objects.all().delete()

    assert services.recommit(now=NOW) == 1

    [row] = models.Statement.objects.of(ecole_a)
    assert witnessed.states_of([bytes(row.leaf)])


def test_the_head_of_an_audit_trail_is_put_on_record_once_a_day(ecole_a, ecole_b):
    def stated():
        services.state(now=at)
        return models.Statement.objects.of(ecole_a).filter(kind="head").count()

    at = NOW
    before = stated()
    parties.seal_trails(now=at)
    first = stated()
    with scope.inside(ecole_a):
        rows.Issuer.objects.filter(pk=ecole_a.pk).update(country="CA")
    parties.seal_trails(now=at)
    at = NOW + timedelta(hours=23)
    too_soon = stated()
    at = NOW + timedelta(hours=24)
    second = stated()
    at = NOW + timedelta(days=9)
    unmoved = stated()

    assert (before, first, too_soon, second, unmoved) == (0, 1, 1, 2, 2)
    last = models.Statement.objects.of(ecole_a).filter(kind="head").latest("sequence")
    seal = rows.TrailSeal.objects.of(ecole_a).latest("sequence")
    told = canonical.loads(bytes(last.document))
    assert (told["seal"], told["sealDigest"]) == (2, bytes(seal.digest).hex())


def test_questions_are_few_where_nothing_changed(ecole_a, ecole_b, django_assert_num_queries):
    factories.signed(issuer=ecole_a)
    services.state(now=NOW)

    with django_assert_num_queries(7):
        services.state(now=NOW)
