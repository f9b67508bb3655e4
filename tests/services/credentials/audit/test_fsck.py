"""`manage.py fsck`: what it prints, how it exits, and that it can do nothing but read."""

import io
import json
import re
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as live
from django.core.management import CommandError, call_command
from django.db import InternalError, transaction

from blockchain import chains
from blockchain.models import Commitment, Sender
from credentials import models
from credentials.selectors import audit
from credentials.selectors.audit import snapshot
from issuers.core import keks
from learners import models as learners
from tests import factories, roles
from tests.services.credentials.audit.accidents import submit
from tests.services.credentials.audit.conftest import AT, examine, found, rows

pytestmark = pytest.mark.django_db


def fsck(*options):
    out = io.StringIO()
    with time_machine.travel(AT, tick=False), pytest.raises(SystemExit) as end:
        call_command("fsck", *options, stdout=out)
    return out.getvalue(), end.value.code


def damage(issuer):
    credential = rows(issuer).filter(state="signed").latest("id")
    Commitment.objects.filter(leaf=credential.leaf).delete()
    return credential


def test_a_sound_installation_exits_with_nought(sound):
    said, status = fsck("--chain", "--deep")

    assert status == 0
    assert "Everything that was asked holds." in said
    assert said.count("passed") == 13


def test_a_finding_names_the_row_and_the_remedy_and_exits_with_one(sound):
    credential = damage(sound)

    said, status = fsck()

    assert status == 1
    assert f"I1  credential {credential.uuid}" in said
    assert "its leaf is in no batch and waits for none" in said
    assert "-> stop the workers, then manage.py rebuild_proofs" in said


def test_json_is_for_machines_and_its_members_stay(sound):
    credential = damage(sound)

    said, status = fsck("--json", "--chain")

    told = json.loads(said)
    assert status == told["exitStatus"] == 1
    assert set(told) == {
        "version", "checkedAt", "database", "chains", "exitStatus", "invariants", "findings",
    }  # fmt: skip
    assert told["version"] == 1
    assert told["checkedAt"] == "2026-03-03T09:01:00Z"
    assert list(told["chains"]) == [factories.memory_chain().id]
    assert [each["id"] for each in told["invariants"]] == [
        "I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I10", "I11", "I12",
        "I15",
    ]  # fmt: skip
    for each in told["invariants"]:
        assert set(each) == {
            "id", "title", "outcome", "examined", "findings", "seconds", "note",
        }  # fmt: skip
    assert told["findings"] == [
        {
            "invariant": "I1",
            "subject": f"credential {credential.uuid}",
            "problem": "its leaf is in no batch and waits for none",
            "remedy": "stop the workers, then manage.py rebuild_proofs; if it stays, --recommit",
        }
    ]


def test_no_finding_names_a_person(sound):
    models.StatusList.objects.of(sound).update(taken=bytes(16_384))
    rows(sound).filter(state="signed").update(sealed=b"\x01" + bytes(64))

    said, _status = fsck("--deep")

    assert "Élève" not in said
    assert "@example.org" not in said


def test_the_chain_is_asked_on_demand_only(sound):
    factories.memory_chain().down = True

    said, status = fsck()

    assert status == 0
    assert said.count("not asked") == 3


def test_a_chain_that_does_not_answer_is_neither_true_nor_false(sound):
    factories.memory_chain().down = True

    said, status = fsck("--chain")

    assert status == 2
    assert said.count("inconclusive") == 4
    assert "the node could not be reached" in said
    assert "something could not be asked" in said


def test_what_is_broken_weighs_more_than_what_could_not_be_asked(sound):
    damage(sound)
    factories.memory_chain().down = True

    assert fsck("--chain")[1] == 1


def test_a_chain_that_falls_silent_half_way_leaves_the_rest_examined(sound, monkeypatch):
    chain = factories.memory_chain()
    monkeypatch.setattr(type(chain), "block", lambda self, number: chain._answer() or 1 / 0)

    report = examine()

    by_outcome = {each.invariant: str(each.outcome) for each in report.examinations}
    assert by_outcome["I4"] == "inconclusive"
    assert by_outcome["I11"] == "passed"
    assert report.exit_status == 2


def test_batches_of_a_chain_that_nobody_asks_cannot_be_told(sound, settings):
    settings.CHAIN_ID = 1
    chains.get_chain.cache_clear()

    report = examine()

    [fourth] = [each for each in report.examinations if each.invariant == "I4"]
    assert fourth.outcome == "inconclusive"
    assert "this installation asks eip155:1, not eip155:131277322940537" in fourth.note
    assert report.exit_status == 2


def test_documents_under_another_key_are_named_one_by_one(sound, monkeypatch):
    monkeypatch.setattr(live, "LEARNER_KEK", keks.read("00" * 32, default_id="learner-1"))

    report = examine()

    assert {each for each, _subject, _problem in found(report)} == {"I2"}
    assert "does not open" in found(report)[0][2]


def test_who_was_erased_is_left_in_peace(sound):
    with roles.as_owner():
        learners.LearnerKey.objects.across_issuers().delete()

    assert examine().exit_status == 0


def test_a_known_foreign_transaction_is_accepted_on_demand(sound):
    sender, nonce, _sent = submit(live.SUBMITTER_KEY, to="0x" + "99" * 20, data=b"")

    assert examine().exit_status == 1
    assert examine(foreign=[(sender.account, nonce)]).exit_status == 0
    assert fsck("--chain", "--foreign", f"{sender.account}/{nonce}")[1] == 0
    with pytest.raises(CommandError, match="account and the nonce"):
        call_command("fsck", "--foreign", "7")


def test_what_an_account_sent_before_it_worked_for_us_is_its_own_affair(ecole_a):
    submit(live.SUBMITTER_KEY, to="0x" + "99" * 20, data=b"")
    Sender.objects.all().delete()
    factories.signed(issuer=ecole_a)
    factories.anchor_everything()

    report = examine()

    assert [each for each in found(report) if each[0] == "I7"] == []


def test_only_the_first_findings_are_kept_and_all_are_counted(sound, monkeypatch):
    monkeypatch.setattr(audit, "LIMIT", 2)
    Commitment.objects.filter(batch=None).delete()
    rows(sound).filter(state="due").update(sign_after=AT.replace(year=2020))
    for number in range(5):
        Commitment.objects.create(chain="eip155:1", leaf=bytes([number]) * 32, committed_at=AT)

    said, _status = fsck()

    assert "I10  and 4 more" in said


def test_a_row_that_breaks_the_audit_does_not_hide_the_others(sound):
    damage(sound)
    models.StatusList.objects.of(sound).update(published=b"\xff", bits=b"short")

    report = examine()

    assert {each for each, _subject, _problem in found(report)} >= {"I1", "I8"}


def test_nothing_can_be_written_during_an_audit(sound):
    with snapshot.taken() as seen, transaction.atomic():
        assert seen.value("SELECT count(*) FROM blockchain_batch") == 3
        with pytest.raises(InternalError, match="read-only transaction"):
            Commitment.objects.all().delete()
        transaction.set_rollback(True)


def test_rows_arrive_in_pieces(sound, monkeypatch):
    monkeypatch.setattr(snapshot, "PIECE", 2)

    assert examine().exit_status == 0


def test_every_remedy_is_a_section_of_the_runbook_or_a_command():
    root = Path(live.BASE_DIR)
    headings = set(re.findall(r"^## (.+)$", (root / "docs/runbook.md").read_text(), re.MULTILINE))
    source = "".join(path.read_text() for path in Path(audit.__file__).parent.glob("*.py"))

    told = {each.partition(":")[0] for each in re.findall(r"docs/runbook\.md, ([^\"]+)", source)}

    assert told
    assert told - headings == set()


def test_an_installation_without_anything_is_clean(db):
    assert examine().exit_status == 0
