"""The anchoring ledger: where an issuer's leaves are, what that cost, and what still waits."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from blockchain import services as anchoring
from blockchain.models import Batch
from credentials.selectors import ledger as ledgers
from tests import factories, kept
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


@kept.surrounding
def _a_submitter():
    with override_settings(SUBMITTER_KEY=f"{8:064x}"):
        yield


def test_an_issuer_without_badges_has_an_empty_ledger(ecole_a):
    found = ledgers.ledger(issuer=ecole_a)

    assert (found.entries, found.batches, found.anchored, found.pending) == ((), 0, 0, 0)
    assert found.pending_since is None


def test_what_waits_is_pending_since_it_was_signed(ecole_a):
    factories.signed(issuer=ecole_a)
    factories.signed(issuer=ecole_a, now=NOW + timedelta(hours=1))

    found = ledgers.ledger(issuer=ecole_a)

    assert (found.pending, found.pending_since) == (2, NOW)
    assert found.entries == ()


def test_a_sealed_batch_is_an_entry_and_still_pending(ecole_a):
    factories.signed(issuer=ecole_a)
    anchoring.seal(now=LATER)

    found = ledgers.ledger(issuer=ecole_a)

    [entry] = found.entries
    assert (entry.state, entry.own, entry.size) == ("sealed", 1, 1)
    assert (found.pending, found.pending_since, found.anchored) == (1, NOW, 0)


def test_a_shared_batch_is_paid_leaf_by_leaf(ecole_a, ecole_b):
    for _number in range(3):
        factories.signed(issuer=ecole_a)
    factories.signed(issuer=ecole_b)
    factories.anchor_everything()
    anchoring.look(now=LATER)

    mine, theirs = (ledgers.ledger(issuer=issuer) for issuer in (ecole_a, ecole_b))

    batch = Batch.objects.get()
    [entry], [other] = mine.entries, theirs.entries
    assert (entry.own, other.own, entry.size) == (3, 1, 4)
    assert entry.cost == int(batch.gas_used * batch.gas_price) > 0
    assert entry.own_cost == entry.cost * 3 // 4
    assert mine.own_cost == {batch.chain: entry.own_cost}
    assert (entry.state, mine.anchored, mine.pending) == ("finalized", 3, 0)
    assert entry.confirmations == factories.memory_chain().head().number - batch.block_number + 1


def test_transcripts_are_in_the_ledger_too(ecole_a):
    factories.transcript(issuer=ecole_a, badges_of=(1, 2))

    assert ledgers.ledger(issuer=ecole_a).pending == 2 + 1


def test_the_limit_shortens_the_list_and_not_the_sums(ecole_a):
    for hours in range(3):
        factories.signed(issuer=ecole_a, now=NOW + timedelta(hours=hours))
        factories.anchor_everything(now=NOW + timedelta(hours=hours))

    found = ledgers.ledger(issuer=ecole_a, limit=1)

    assert (len(found.entries), found.batches, found.anchored) == (1, 3, 3)


def test_it_takes_three_queries_however_long_it_is(ecole_a, django_assert_num_queries):
    for hours in range(2):
        factories.signed(issuer=ecole_a, now=NOW + timedelta(hours=hours))
        factories.anchor_everything(now=NOW + timedelta(hours=hours))

    with django_assert_num_queries(3):
        ledgers.ledger(issuer=ecole_a)


def test_the_command_prints_it(ecole_a):
    factories.signed(issuer=ecole_a)
    factories.anchor_everything()
    text, members = io.StringIO(), io.StringIO()

    call_command("ledger", issuer="ecole-a", stdout=text)
    call_command("ledger", "--json", issuer="ecole-a", stdout=members)

    assert "1 batches, 1 anchored, 0 pending" in text.getvalue()
    assert json.loads(members.getvalue())["entries"][0]["state"] == "finalized"


def test_the_command_says_that_there_is_no_such_issuer(db):
    with pytest.raises(CommandError, match=r"There is no issuer ecole-z\."):
        call_command("ledger", issuer="ecole-z")
