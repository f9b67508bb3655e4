"""École A leaves one installation and arrives at another: nothing that was signed changes."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from blockchain.models import Batch, Commitment, Sender
from credentials import models, selectors, services
from credentials.services import cohorts, leaving
from issuers import models as issuers
from issuers import scope
from issuers import selectors as parties
from tests import factories
from tests.services.credentials.audit.conftest import AT, examine, found, rows
from tests.services.credentials.leaving.conftest import (
    PASSPHRASE,
    clock,
    everything_public,
    pack,
    unpack,
)

ROOT = Path(__file__).resolve().parents[4]


def test_every_public_answer_is_byte_for_byte_the_same(
    settled, archive, elsewhere, monkeypatch, settings
):
    clock(monkeypatch)
    settings.BLOCKCERTS = settings.REVOCATION_LIST = True
    before = everything_public(settled)
    pack(settled, archive, with_keys=True)
    elsewhere()

    done = unpack(archive)
    # Its domain is proven here, too: that is asked anew, and found, for the token is the same.
    issuers.Domain.objects.of(done.issuer).update(
        method="dns", verified_at=AT, confirmed_at=AT, checked_at=AT
    )

    after = everything_public(done.issuer)
    assert len(before) > 100
    assert before.keys() == after.keys()
    assert {status for status, _body in after.values()} <= {200, 409, 410, 422}
    # A page says since when this installation has seen the proof of the domain.
    assert [key for key in before if undated(before[key]) != undated(after[key])] == []


def undated(answer):
    status, body = answer
    return status, body.replace(b"3 March 2026", b"2 March 2026").replace(b"-03-03", b"-03-02")


def test_what_arrived_is_sound(settled, archive, elsewhere):
    pack(settled, archive)
    elsewhere()

    done = unpack(archive)

    assert found(examine()) == []
    assert done.batches.taken_in == done.batches.witnessed == 3
    assert Batch.objects.filter(arrived_at=None).count() == 0


def test_it_goes_on_where_it_arrived(settled, archive, elsewhere):
    pack(settled, archive)
    elsewhere()
    issuer = unpack(archive).issuer

    credential = factories.signed(issuer=issuer, now=AT)
    services.state(now=AT)

    report = services.verify_credential(credential=credential, now=AT).report
    assert report.verdict != "refuted"
    assert found(examine(chain=False)) == []


def test_without_its_keys_it_signs_with_a_new_one(settled, archive, elsewhere):
    pack(settled, archive)
    old = {key.kid for key in parties.key_history(issuer=settled)}
    elsewhere()

    issuer = unpack(archive).issuer

    current = parties.current_key(issuer=issuer, now=AT)
    assert current.kid not in old
    assert old < {key.kid for key in parties.key_history(issuer=issuer)}
    assert issuers.PrivateKey.objects.of(issuer).get().pk == current.pk


def test_with_its_keys_it_goes_on_with_them(settled, archive, elsewhere):
    current = parties.current_key(issuer=settled, now=AT).kid
    pack(settled, archive, with_keys=True)
    elsewhere()

    issuer = unpack(archive).issuer

    assert parties.current_key(issuer=issuer, now=AT).kid == current
    assert parties.open_key(issuer=issuer, now=AT).kid == current


def test_people_come_with_their_roles_and_without_rights_of_the_installation(
    settled, alice, archive, elsewhere
):
    issuers.User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    pack(settled, archive)
    elsewhere()

    issuer = unpack(archive).issuer

    members = {
        each.user.email: each.role
        for each in issuers.Membership.objects.of(issuer).select_related("user")
    }
    assert members == {"alice@example.org": "administrator", "bob@example.org": "issuer"}
    found_again = issuers.User.objects.get(email="alice@example.org")
    assert not found_again.is_staff
    assert not found_again.is_superuser
    assert not found_again.has_usable_password()


def test_sessions_of_trainings_come_with_their_days(settled, alice, archive, elsewhere):
    cohorts.open_cohort(
        issuer=settled, name="Promo 2026", place="Lyon", actor=alice, now=AT,
        starts_on=date(2026, 1, 5), ends_on=date(2026, 2, 6),
    )  # fmt: skip
    pack(settled, archive)
    elsewhere()

    issuer = unpack(archive).issuer

    session = models.Cohort.objects.of(issuer).select_related("created_by").get()
    assert (session.name, session.place) == ("Promo 2026", "Lyon")
    assert (session.starts_on, session.ends_on) == (date(2026, 1, 5), date(2026, 2, 6))
    assert session.created_by.email == "alice@example.org"


def test_erased_learners_stay_erased(settled, archive, elsewhere):
    pack(settled, archive)
    gone = rows(settled).filter(learner__key=None, state="signed").get().token
    elsewhere()

    issuer = unpack(archive).issuer

    with pytest.raises(selectors.Erased):
        selectors.opened(credential=rows(issuer).select_related("learner").get(token=gone))


def test_a_domain_is_proven_anew(settled, archive, elsewhere):
    pack(settled, archive)
    elsewhere()

    issuer = unpack(archive).issuer

    domain = issuers.Domain.objects.of(issuer).get()
    assert domain.verified_at is None
    assert parties.proven_domains(issuer=issuer, now=AT) == []


def test_leaves_of_others_are_hashes_and_no_rows_of_theirs_come(settled, archive, elsewhere):
    theirs = bytes(models.Credential.objects.across_issuers().get(issuer__slug="ecole-b").leaf)
    pack(settled, archive)
    elsewhere()

    unpack(archive)

    assert Commitment.objects.filter(leaf=theirs).exists()
    assert not models.Credential.objects.across_issuers().filter(leaf=theirs).exists()
    assert not issuers.Issuer.objects.filter(slug="ecole-b").exists()
    assert Sender.objects.exclude(arrived_at=None).count() == 1


def test_what_others_said_of_it_stays_with_them(settled, ecole_b, archive, elsewhere):
    said = models.Endorsement.objects.of(ecole_b).get()
    services.accept_endorsement(issuer=settled, endorsement=said, now=AT)
    pack(settled, archive)
    elsewhere()

    issuer = unpack(archive).issuer

    [own] = models.Endorsement.objects.across_issuers()
    assert own.issuer_id == issuer.pk
    assert own.endorsed is None


def test_what_is_not_final_is_anchored_anew(settled, archive, elsewhere):
    factories.due(issuer=settled, count=2, now=AT)
    services.sign(now=AT, limit=10)
    packed = pack(settled, archive)
    elsewhere()

    done = unpack(archive)
    factories.anchor_everything(now=AT)

    assert packed.waiting == done.waiting > 2
    assert not Commitment.objects.filter(batch=None).exists()


def test_a_second_organisation_of_the_same_batches_finds_them_here(
    settled, ecole_b, archive, elsewhere
):
    second = archive.with_name("ecole-b.zip")
    pack(settled, archive)
    pack(ecole_b, second)
    elsewhere()
    unpack(archive)

    done = unpack(second)

    assert done.batches.taken_in == 0
    assert done.batches.known > 0
    assert found(examine()) == []


def test_twice_is_once(settled, archive, elsewhere, capsys, tmp_path):
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE + "\n")
    call_command("export_tenant", "ecole-a", archive, "--passphrase-file", str(secret))
    elsewhere()

    call_command("import_tenant", archive, "--passphrase-file", str(secret))
    call_command("import_tenant", archive, "--passphrase-file", str(secret))

    first, second = capsys.readouterr().out.rsplit("\n", 2)[:2]
    assert "École A is here." in first
    assert second == "École A came with this archive before: all is here."
    assert issuers.Arrival.objects.across_issuers().count() == 1


def test_two_exports_are_two_archives(settled, archive, elsewhere):
    second = archive.with_name("second.zip")
    pack(settled, archive)
    pack(settled, second)
    elsewhere()
    unpack(archive)

    with pytest.raises(leaving.ArchiveRefused, match=r"uuid .* is taken here, by École A"):
        unpack(second)


def test_awards_that_wait_for_a_second_person_still_do(settled, alice, archive, elsewhere):
    with scope.inside(settled):
        issuers.Issuer.objects.filter(pk=settled.pk).update(four_eyes=True)
    pack(settled, archive)
    elsewhere()

    issuer = unpack(archive).issuer

    issuer.refresh_from_db()
    assert issuer.four_eyes


def test_whoever_has_the_passphrase_reads_it_without_us(settled, archive, tmp_path):
    pack(settled, archive)
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE)
    page = (ROOT / "docs/leaving.md").read_text()
    program = page.partition("```python\n")[2].partition("```")[0]

    printed = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program, archive, secret], capture_output=True, text=True, check=True
    ).stdout

    signed = rows(settled).filter(state="signed", learner__key__isnull=False)
    read = {json.loads(line)["document"]["id"] for line in printed.splitlines()}
    assert read == {selectors.address(token=each.token) for each in signed}


def test_the_commands_refuse_in_words(settled, archive, tmp_path):
    short = tmp_path / "passphrase"
    short.write_text("short")

    with pytest.raises(CommandError, match="no organisation ecole-x here"):
        call_command("export_tenant", "ecole-x", archive, "--clear")
    with pytest.raises(CommandError, match="12 to 1024 characters"):
        call_command("export_tenant", "ecole-a", archive, "--passphrase-file", str(short))
    with pytest.raises(CommandError, match="--clear goes with neither"):
        call_command("export_tenant", "ecole-a", archive, "--clear", "--with-keys")
    assert list(archive.parent.glob("*.zip*")) == []
