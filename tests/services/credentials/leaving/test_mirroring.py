"""The static mirror: what everybody may read of École A, as files, and nothing else."""

import shutil
import tempfile
from pathlib import Path

import pytest
from django.conf import settings as live
from django.core.management import CommandError, call_command

from badges import services as badges
from credentials import models, services
from credentials.management.commands.mirror_tenant import Site
from credentials.selectors import leaving as what
from credentials.services import leaving
from credentials.services.leaving import mirroring
from learners import models as learners
from tests import factories, kept, roles
from tests.services.credentials.audit.conftest import AT, rows
from tests.services.credentials.leaving.conftest import clock, everything_public

LANGUAGES = ["en", "fr"]
# Twice nothing is drawn: certificates have tests of their own.
DRAWN = {"credential-certificate", "credential-card"}


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "mirror"


@kept.surrounding
def _stopped():
    with pytest.MonkeyPatch.context() as monkeypatch:
        clock(monkeypatch)
        yield


def mirror(issuer, folder, **changes):
    given = {"ask": Site().ask, "languages": LANGUAGES, "with_drawn": False} | changes
    return leaving.mirror(issuer=issuer, folder=folder, **given)


@kept.fixture
def first_run(settled):
    """Mirror École A, and return where, and what it came to."""
    folder = Path(tempfile.mkdtemp(dir=live.MANIFEST_DIR.parent))
    return folder, mirror(settled, folder, ask=roles.serving(Site().ask))


@pytest.fixture
def mirrored(first_run, folder):
    """Return what the first run came to, whose folder is there."""
    made, done = first_run
    shutil.copytree(made, folder)
    return done


def files(folder):
    public = folder / "public"
    return {
        str(path.relative_to(public)): path.read_bytes()
        for path in public.rglob("*")
        if path.is_file()
    }


def test_it_has_every_public_answer_byte_for_byte(settled, folder):
    live = everything_public(settled)

    mirror(settled, folder)

    found = files(folder)
    undrawn = {each.path: each for each in what.addresses(issuer=settled) if not each.facts}
    expected = {
        mirroring.file_of(
            path,
            kind=kind,
            language="en" if kind == what.HTML else "",
            suffix=undrawn[path].suffix,
        ): body
        for (path, kind), (status, body) in live.items()
        if status == 200 and path in undrawn
    }
    assert len(expected) > 100
    assert [name for name, body in expected.items() if found.get(name) != body] == []


def test_pages_are_there_in_each_language(settled, mirrored, folder):
    page = folder / "public/issuers/ecole-a"
    # École A speaks French: that is what it answers with where nobody asks for a language.
    assert b'<html lang="fr">' in (page / "index.html").read_bytes()
    assert b'<html lang="en">' in (page / "index.en.html").read_bytes()


def test_styles_and_what_they_name_come_with_the_pages(settled, mirrored, folder):
    static = folder / "public/static"
    assert (static / "acquis.css").read_bytes()
    assert (static / "mark.svg").read_bytes()
    assert (static / "guilloche.svg").read_bytes()


def test_again_nothing_is_touched(settled, mirrored, folder):
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}

    second = mirror(settled, folder)

    after = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    assert (second.written, second.removed) == (0, 0)
    assert second.same == mirrored.written
    assert {path for path in after if after[path] != before[path]} == {folder / "mirror.txt"}


def test_what_changed_is_written_and_nothing_else(settled, mirrored, folder):
    before = files(folder)
    standing = rows(settled).filter(achievement__slug="welding", revoked_at=None, state="signed")
    credential = standing.filter(learner__key__isnull=False).earliest("id")
    services.revoke(issuer=settled, credential=credential, reason="By mistake", now=AT)
    services.publish_status_lists(now=AT)

    done = mirror(settled, folder)

    after = files(folder)
    changed = {name for name in after if after[name] != before.get(name)}
    assert {f"credentials/{credential.token}/index.html"} <= changed
    # Pages say of when the list is that they read; documents and pictures of others stay.
    lists = ("status/", "issuers/ecole-a/revoked", "issuers/ecole-a/ob2/revoked")
    lists += ("issuers/ecole-a/blockcerts/revoked",)
    others = {name for name in changed if credential.token not in name}
    assert [
        name for name in others if not name.endswith(".html") and not name.startswith(lists)
    ] == []
    assert done.written == len(changed)


def test_who_was_erased_is_gone_from_it(settled, mirrored, folder):
    gone = rows(settled).filter(state="signed", learner__key__isnull=False).earliest("id")
    assert (folder / f"public/credentials/{gone.token}.json").exists()
    learners.LearnerKey.objects.of(settled).filter(pk=gone.learner_id).delete()

    mirror(settled, folder)

    named = models.Credential.objects.of(settled).filter(learner_id=gone.learner_id)
    tokens = list(named.values_list("token", flat=True))
    assert [name for name in files(folder) if any(token in name for token in tokens)] == []
    assert not (folder / f"public/credentials/{gone.token}").exists()
    assert gone.token not in (folder / "mirror.txt").read_text()


def test_what_failed_stays_as_it_was_and_is_said(settled, mirrored, folder):
    before = files(folder)

    class Failed:
        status, body = 500, b""

    done = mirror(settled, folder, ask=lambda *_asked: Failed)

    assert done.faults > 100
    assert files(folder) == before


def test_a_run_that_is_cut_short_is_taken_up_by_the_next(settled, folder):
    def cut(done, _of):
        if done == 60:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mirror(settled, folder, report=cut)
    learners.LearnerKey.objects.of(settled).all().delete()

    mirror(settled, folder)

    assert [name for name in files(folder) if name.startswith("credentials/")] == []


def test_drafts_and_what_is_not_signed_have_no_file(settled, folder):
    draft = badges.draft(
        issuer=settled, slug="draft", image=factories.png(), name="Brouillon", now=AT,
        description="Pas encore.", criteria="Aucun.", language="fr",
    )  # fmt: skip
    [due] = factories.due(issuer=settled, count=1, now=AT)

    mirror(settled, folder)

    text = (folder / "mirror.txt").read_text()
    assert str(draft.uuid) not in text
    assert due.token not in text


def test_nothing_of_another_organisation_is_in_it(settled, mirrored, ecole_b, folder):
    theirs = models.Credential.objects.of(ecole_b).values_list("token", flat=True)
    found = files(folder)
    assert [name for name in found if "ecole-b" in name] == []
    assert [name for name in found if any(token in name for token in theirs)] == []


def test_a_folder_with_something_else_in_it_is_left_alone(settled, ecole_b, mirrored, folder):
    other = folder.with_name("other")
    (other / "public").mkdir(parents=True)
    (other / "public/index.html").write_text("mine")

    with pytest.raises(leaving.MirrorRefused, match=r"no mirror\.txt says whose"):
        mirror(settled, other)
    with pytest.raises(leaving.MirrorRefused, match="not of this organisation"):
        mirror(ecole_b, folder)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a//b", ".ssh/x"])
def test_a_list_that_names_what_lies_elsewhere_is_refused(settled, folder, name, tmp_path):
    folder.mkdir()
    (folder / "mirror.txt").write_text(f"{mirroring.HEADER}{settled.did}\n{name}\t\n")

    with pytest.raises(leaving.MirrorRefused, match="it names what no mirror writes"):
        mirror(settled, folder)


def test_two_runs_at_once_are_one_too_many(settled, folder):
    def meanwhile(done, _of):
        with pytest.raises(leaving.MirrorRefused, match="another run"):
            mirror(settled, folder)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mirror(settled, folder, report=meanwhile)


def test_certificates_are_drawn_once(settled, folder, monkeypatch):
    keep = rows(settled).filter(state="signed").earliest("id")
    rest = rows(settled).exclude(pk=keep.pk).values_list("learner_id", flat=True)
    learners.LearnerKey.objects.of(settled).filter(pk__in=[*rest]).exclude(
        pk=keep.learner_id
    ).delete()
    mirror(settled, folder, with_drawn=True)
    asked = []
    site = Site().ask

    def noted(path, kind, language):
        asked.append(path)
        return site(path, kind, language)

    mirror(settled, folder, with_drawn=True, ask=noted)

    drawn = {name for name in files(folder) if "/qr." in name or "certificate" in name}
    assert len(drawn) >= 2
    assert drawn & {path[1:] for path in asked} == set()


def test_the_command_says_what_it_did(settled, folder, capsys):
    call_command("mirror_tenant", "ecole-a", folder, "--without-drawn")

    said = capsys.readouterr().out
    assert "files written, 0 as they were, 0 removed" in said
    assert (folder / "mirror.txt").stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="no organisation ecole-x here"):
        call_command("mirror_tenant", "ecole-x", folder)
