"""Sign: what is due becomes a document, a leaf and encrypted bytes, exactly once."""

import hashlib
import json
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from badges.core import schema
from blockchain import models as blockchain
from credentials import models, selectors, services
from credentials.core import canonical, proof, rdf
from credentials.core import status_list as lists
from issuers import scope
from issuers import selectors as issuers
from issuers.core import keys
from learners import models as learners
from learners.core import identity
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def test_a_signed_document_conforms_and_bears_the_issuers_signature(ecole_a):
    credential = factories.signed(issuer=ecole_a)

    document = canonical.loads(selectors.opened(credential=credential).document)

    assert schema.problems(document) == ()
    [key] = issuers.key_history(issuer=ecole_a)
    proof.verify(document, public_key=keys.decode_multikey(key.kid))
    assert document["issuer"]["id"] == ecole_a.did
    assert document["id"].endswith(f"/credentials/{credential.token}")


def test_the_leaf_commits_to_the_salted_digest_of_the_document(ecole_a):
    credential = factories.signed(issuer=ecole_a)

    opened = selectors.opened(credential=credential)

    assert opened.digest == rdf.digest(canonical.loads(opened.document))
    assert bytes(credential.leaf) == hashlib.sha256(b"\0" + opened.salt + opened.digest).digest()
    assert blockchain.Commitment.objects.filter(leaf=credential.leaf).count() == 1


def test_the_person_is_in_the_document_only_as_salted_hashes(ecole_a):
    learner = factories.learner(issuer=ecole_a, name="Zoé Lefèvre", email="zoe@example.org")
    badge = factories.achievement(issuer=ecole_a)
    award = services.Award(learner=learner, reference="z", valid_from=NOW)
    services.issue(issuer=ecole_a, achievement=badge, awards=[award], now=NOW)
    services.sign(now=NOW, limit=10)
    credential = models.Credential.objects.of(ecole_a).get()

    text = selectors.opened(credential=credential).document.decode()

    assert "Zoé" not in text
    assert "zoe@" not in text
    by_type = {
        item["identityType"]: item for item in json.loads(text)["credentialSubject"]["identifier"]
    }
    assert identity.matches("zoe@example.org", by_type["emailAddress"])
    assert identity.matches("Zoé Lefèvre", by_type["name"])
    assert by_type["name"]["salt"] != by_type["emailAddress"]["salt"]


def test_no_column_of_the_credential_shows_the_document(ecole_a):
    credential = factories.signed(issuer=ecole_a)

    with scope.inside(ecole_a), connection.cursor() as cursor:
        cursor.execute(
            "select credential::text from credentials_credential credential where id = %s",
            [credential.pk],
        )
        [row] = cursor.fetchone()

    document = selectors.opened(credential=credential).document
    assert document[:64].hex() not in row
    assert "Soudure" not in row
    assert "proofValue" not in row


def test_without_the_learners_key_nothing_can_be_read(ecole_a):
    credential = factories.signed(issuer=ecole_a)
    learners.LearnerKey.objects.of(ecole_a).filter(pk=credential.learner_id).delete()

    with pytest.raises(selectors.Erased):
        selectors.opened(credential=credential)


def test_sealed_bytes_moved_to_another_row_do_not_open(ecole_a):
    factories.signed(issuer=ecole_a)
    factories.signed(issuer=ecole_a)
    first, second = models.Credential.objects.of(ecole_a).select_related("learner").order_by("id")
    second.learner = first.learner
    second.sealed = first.sealed

    with pytest.raises(Exception, match=r"(?i)envelope|decrypt|open|alter"):
        selectors.opened(credential=second)


def test_nothing_is_signed_before_the_correction_window_ends(ecole_a):
    badge = factories.achievement(issuer=ecole_a)
    award = services.Award(learner=factories.learner(issuer=ecole_a), reference="1", valid_from=NOW)
    services.issue(
        issuer=ecole_a,
        achievement=badge,
        awards=[award],
        now=NOW,
        sign_after=NOW + timedelta(hours=1),
    )

    early = services.sign(now=NOW + timedelta(minutes=59), limit=10)
    late = services.sign(now=NOW + timedelta(minutes=60), limit=10)

    assert (early, late) == (0, 1)


def test_signing_again_changes_nothing(ecole_a):
    credential = factories.signed(issuer=ecole_a)

    assert services.sign(now=NOW + timedelta(minutes=1), limit=10) == 0
    again = models.Credential.objects.of(ecole_a).get()
    assert bytes(again.sealed) == bytes(credential.sealed)


def test_a_chunk_is_all_or_nothing(ecole_a, monkeypatch):
    factories.due(issuer=ecole_a, count=3)
    from blockchain import services as anchoring

    def power_cut(**kwargs):
        raise ConnectionError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(anchoring, "commit", power_cut)
        with pytest.raises(ConnectionError):
            services.sign(now=NOW, limit=10)
    after_the_crash = models.Credential.objects.of(ecole_a).filter(state="due").count()
    services.sign(now=NOW, limit=10)

    assert after_the_crash == 3
    assert models.Credential.objects.of(ecole_a).filter(state="signed").count() == 3
    assert blockchain.Commitment.objects.count() == 3


def test_what_cannot_be_signed_is_refused_alone_and_says_why(ecole_a):
    badge = factories.achievement(issuer=ecole_a)
    good, bad = factories.due(issuer=ecole_a, count=2, achievement=badge)
    learners.LearnerKey.objects.of(ecole_a).filter(pk=bad.learner_id).delete()

    services.sign(now=NOW, limit=10)

    good.refresh_from_db()
    bad.refresh_from_db()
    assert good.state == "signed"
    assert bad.state == "refused"
    assert "erased" in bad.refusal
    assert [event.kind for event in selectors.history(credential=bad)] == ["issued", "refused"]


def test_status_indexes_are_unique_and_scattered(ecole_a):
    factories.due(issuer=ecole_a, count=40)

    services.sign(now=NOW, limit=100)

    indexes = list(models.Credential.objects.of(ecole_a).values_list("status_index", flat=True))
    assert len(set(indexes)) == 40
    assert all(0 <= index < lists.SIZE for index in indexes)
    assert max(indexes) - min(indexes) > lists.SIZE // 4  # forty in a row would be under 40


def test_the_did_document_names_who_anchors(ecole_a):
    from blockchain import services as anchoring
    from issuers.core import did

    factories.signed(issuer=ecole_a)

    document = issuers.did_document(issuer=ecole_a)
    assert did.submitters(document) == (anchoring.submitter_account(),)


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_work_and_sign_each_credential_once(ecole_a):
    factories.due(issuer=ecole_a, count=24)
    settled: list[int] = []

    def work() -> None:
        try:
            while done := services.sign(now=NOW, limit=4):
                settled.append(done)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    while done := services.sign(
        now=NOW, limit=4
    ):  # a worker may stop while the other still holds rows
        settled.append(done)

    rows = models.Credential.objects.of(ecole_a)
    assert sum(settled) == 24
    assert rows.filter(state="signed").count() == 24
    assert blockchain.Commitment.objects.count() == 24
    assert rows.values("leaf").distinct().count() == 24


@pytest.mark.django_db(transaction=True)
def test_rows_that_another_worker_holds_are_left_to_it(ecole_a):
    factories.due(issuer=ecole_a, count=2)
    counted: list[int] = []

    def other_worker() -> None:
        try:
            counted.append(services.sign(now=NOW, limit=10))
        finally:
            connection.close()

    with transaction.atomic():
        list(models.Credential.objects.of(ecole_a).select_for_update())
        thread = threading.Thread(target=other_worker)
        thread.start()
        thread.join(timeout=10)

    assert counted == [0]
