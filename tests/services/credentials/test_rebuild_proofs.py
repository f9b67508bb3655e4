"""`manage.py rebuild_proofs`: receipts in people's hands and in the database are the same again."""

import io
import json

import pytest
import time_machine
from django.conf import settings as live
from django.core.management import CommandError, call_command

from blockchain import services as anchoring
from blockchain.models import Attempt, Batch, Commitment, Sender
from credentials import models, selectors, services
from tests import factories, kept
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def run(*arguments):
    out = io.StringIO()
    try:
        with time_machine.travel(NOW, tick=False):
            call_command("rebuild_proofs", *arguments, stdout=out)
    except SystemExit as end:
        return out.getvalue(), end.code
    return out.getvalue(), 0


def receipts(issuer):
    rows = models.Credential.objects.of(issuer).select_related("learner").order_by("id")
    return [json.dumps(selectors.receipt(credential=row), sort_keys=True) for row in rows]


@kept.fixture
def issued(ecole_a):
    """Return the receipts of seven credentials in two batches that are final."""
    for count in (4, 3):
        factories.due(issuer=ecole_a, count=count)
        services.sign(now=NOW, limit=100)
        factories.anchor_everything()
    anchoring.write_missing_manifests()
    return receipts(ecole_a)


def lose_the_witness():
    for model in (Attempt, Commitment, Batch, Sender):
        model.objects.all().delete()


def test_every_receipt_is_byte_for_byte_what_it_was(issued, ecole_a):
    lose_the_witness()
    assert set(receipts(ecole_a)) == {"null"}

    said, status = run()

    assert receipts(ecole_a) == issued
    assert status == 0
    assert "2 manifests: 2 rebuilt, 0 completed, 0 unchanged, 0 refused." in said
    assert "no batch" not in said


def test_a_rehearsal_says_it_and_does_nothing(issued, ecole_a):
    lose_the_witness()

    said, status = run("--dry-run")

    assert "2 would be rebuilt" in said
    assert status == 0
    assert not Batch.objects.exists()


def test_a_refusal_is_an_exit_status(issued, ecole_a):
    damaged = next(live.MANIFEST_DIR.rglob("*.manifest"))
    damaged.chmod(0o640)
    damaged.write_bytes(b"")

    said, status = run()

    assert status == 1
    assert f"refused    {damaged.name}" in said


def test_leaves_that_waited_when_everything_was_lost_wait_again_on_demand(issued, ecole_a):
    factories.due(issuer=ecole_a, count=2)
    services.sign(now=NOW, limit=100)
    lose_the_witness()

    said, _status = run()
    assert "2 signed credentials are in no batch and wait for none" in said
    assert Commitment.objects.filter(batch=None).count() == 0

    said, _status = run("--recommit")
    assert "2 leaves of signed credentials wait again" in said
    factories.anchor_everything()
    assert "null" not in receipts(ecole_a)
    assert receipts(ecole_a)[:7] == issued


def test_a_folder_that_is_not_there_is_named(db, tmp_path):
    with pytest.raises(CommandError, match="--from"):
        run("--from", str(tmp_path / "nowhere"))


def test_manifests_that_were_lost_are_written_again_from_the_database(issued):
    paths = list(live.MANIFEST_DIR.rglob("*.manifest"))
    for path in paths:
        path.unlink()
    out = io.StringIO()

    call_command("write_manifests", stdout=out)

    assert out.getvalue() == "4 manifests written.\n"
    assert sorted(live.MANIFEST_DIR.rglob("*.manifest")) == sorted(paths)
