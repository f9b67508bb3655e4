"""After a backup was restored: what was signed later is lost, and said to be so."""

from datetime import timedelta

import pytest
from django.conf import settings as live
from django.core.management import CommandError, call_command
from django.db import transaction

from blockchain import services as anchoring
from blockchain.models import Batch
from credentials import services
from tests import factories, kept
from tests.services.credentials.audit.conftest import AT, anchor_at_once, examine, found

pytestmark = pytest.mark.django_db

# `anchor_at_once` seals as if it were a day later.
DAMAGE = AT + timedelta(days=2)


@kept.fixture
def restored(sound):
    """Return what was sealed after the backup: the manifests have it, the rows do not."""
    before = set(Batch.objects.values_list("root", flat=True))
    backup = transaction.savepoint()
    factories.due(issuer=sound, count=2)
    services.sign(now=AT, limit=100)
    anchor_at_once(AT)
    anchoring.write_missing_manifests()
    transaction.savepoint_rollback(backup)
    list(anchoring.rebuild(source=live.MANIFEST_DIR, now=AT))
    anchoring.write_missing_manifests()
    [batch] = Batch.objects.exclude(root__in=before)
    return batch


def test_leaves_whose_documents_are_lost_are_found_until_it_is_said(restored):
    around = (AT, restored.sealed_at)
    later = (restored.sealed_at + timedelta(seconds=1), DAMAGE)

    lost = {(each, problem) for each, _subject, problem in found(examine())}
    told = examine(lost=[later, around])

    assert lost == {("I10", f"its leaf is no document's, in batch {restored.pk}")}
    assert examine(lost=[later]).exit_status == 1
    assert (told.exit_status, found(told)) == (0, [])
    [note] = [each.note for each in told.examinations if each.invariant == "I10"]
    # The award that was due, and two; the others of that batch waited in the backup already.
    assert note == "3 leaves are of documents that are known to be lost"


@pytest.mark.parametrize(
    "text",
    ["7", "2026-03-01T02:00:00Z", "2026-03-01T02:00:00/2026-03-01T09:30:00",
     "2026-03-02T02:00:00Z/2026-03-01T02:00:00Z"],
)  # fmt: skip
def test_an_interval_that_is_none_is_refused_with_an_example(text):
    with pytest.raises(CommandError, match="write two instants with their zone") as refused:
        call_command("fsck", "--lost", text)

    assert refused.value.returncode == 2
