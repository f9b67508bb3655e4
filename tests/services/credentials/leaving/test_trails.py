"""The audit trail of École A goes along as it was written, and stays beside the one that begins."""

import json
import zipfile
from datetime import timedelta

import pytest

from credentials import models, services
from credentials.core import canonical
from issuers import models as issuers
from issuers import selectors as parties
from issuers import services as people
from issuers.core import trail_file
from issuers.selectors import earlier as trails
from tests.services.credentials.audit.conftest import AT, examine, found
from tests.services.credentials.leaving.conftest import pack, unpack
from tests.services.credentials.leaving.spoiling import edit, lines, refused, rewrite

TRAIL = "trail.ndjson"
LATER = AT + timedelta(days=2)


@pytest.fixture
def moved(settled, archive, elsewhere):
    """Return what École A's trail was, and École A where it arrived."""
    written = list(parties.export_trail(issuer=settled))
    pack(settled, archive)
    elsewhere()
    return written, unpack(archive).issuer


def kept(issuer):
    [earlier] = trails.earlier_trails(issuer=issuer)
    content = b"".join(trails.earlier_lines(earlier=earlier))
    return earlier, [json.loads(line) for line in content.splitlines()]


def test_it_is_kept_word_for_word_with_its_seals(moved):
    written, issuer = moved

    earlier, lines_here = kept(issuer)

    assert lines_here == written
    assert earlier.seals == sum(each["type"] == "AuditSeal" for each in written) > 1
    assert earlier.entries + earlier.seals == len(written)
    follower = trail_file.Follower(issuer.did)
    for each in lines_here:
        follower.take(each)
    assert follower.digest == bytes(earlier.digest)


def test_its_last_seal_on_record_is_one_of_those_that_came(moved):
    _written, issuer = moved

    heads = models.Statement.objects.of(issuer).filter(kind="head").order_by("sequence")
    stated = canonical.loads(bytes(heads.last().document))

    follower, digests = trail_file.Follower(issuer.did), {}
    for each in kept(issuer)[1]:
        if follower.take(each):
            digests[follower.seals] = follower.digest.hex()
    assert digests[stated["seal"]] == stated["sealDigest"]
    assert found(examine()) == []


def test_no_entry_of_before_is_among_those_of_here(moved):
    written, issuer = moved

    here = issuers.TrailEntry.objects.of(issuer)

    assert not issuers.TrailSeal.objects.of(issuer).exists()
    assert set(here.values_list("act", flat=True)) <= {"added", "changed"}
    assert here.filter(subject="issuers.arrival", act="added").count() == 1
    assert here.count() < len(written) * 10


def test_the_trail_of_here_begins_and_is_put_on_record_after_it(moved):
    _written, issuer = moved
    heads = models.Statement.objects.of(issuer).filter(kind="head")
    before = heads.count()

    people.seal_trails(now=LATER)
    services.state(now=LATER)

    last = canonical.loads(bytes(heads.latest("sequence").document))
    assert heads.count() == before + 1
    assert last["seal"] == parties.trail_head(issuer=issuer).sequence
    assert found(examine(chain=False)) == []


def test_who_moves_twice_has_both(moved, archive, elsewhere):
    _written, issuer = moved
    people.seal_trails(now=LATER)
    services.state(now=LATER)
    second = list(parties.export_trail(issuer=issuer))
    again = archive.with_name("again.zip")
    pack(issuer, again)
    elsewhere()

    issuer = unpack(again).issuer

    earlier = trails.earlier_trails(issuer=issuer)
    assert len(earlier) == 2
    whole = [b"".join(trails.earlier_lines(earlier=each)) for each in earlier]
    assert second in [[json.loads(line) for line in each.splitlines()] for each in whole]
    assert all(each.seals for each in earlier)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda found: found.pop(0), "line .*: seal 1"),
        (lambda found: found[0].update(user=99), "line .*: seal 1: entries is not that"),
        (lambda found: found.insert(0, {"type": "AuditThing"}), "line 1: it is neither"),
        (lambda found: found[0].update(number=-1), "line 1: its number"),
    ],
)
def test_a_trail_that_was_changed_is_refused(settled, archive, elsewhere, change, words):
    pack(settled, archive, passphrase=None)
    elsewhere()
    rewrite(archive, edit(TRAIL, change))

    refused(archive, f"{TRAIL}, {words}")


def test_a_trail_that_is_changed_afterwards_is_seen(moved):
    _written, issuer = moved
    pieces = issuers.EarlierTrailPiece.objects.of(issuer)
    pieces.update(content=b"\x1f\x8b not gzip")

    assert [each.subject.partition(" before ")[0] for each in broken()] == [
        f"audit trail of {issuer.did}"
    ] * len(broken())
    assert broken()


def test_lines_that_are_gone_afterwards_are_seen(moved):
    _written, issuer = moved
    issuers.EarlierTrailPiece.objects.of(issuer).all().delete()

    assert any("gone" in each.problem for each in broken())


def broken():
    [report] = [each for each in examine(chain=False).examinations if each.invariant == "I15"]
    return report.findings


def test_an_archive_of_before_there_was_a_trail_is_taken_in(settled, archive, elsewhere):
    pack(settled, archive, passphrase=None)
    elsewhere()
    rewrite(
        archive,
        lambda members: members.pop(TRAIL),
        manifest=lambda told: told["members"].pop(TRAIL),
    )

    issuer = unpack(archive, passphrase=None).issuer

    assert trails.earlier_trails(issuer=issuer) == []
    assert found(examine()) == []


def test_it_says_nothing_that_must_be_erasable(settled, archive):
    pack(settled, archive, passphrase=None)

    with zipfile.ZipFile(archive) as made:
        text = made.read(TRAIL)

    assert lines(text)
    for canary in (b"eleve0@example.org", "Élève".encode(), b"alice@example.org"):
        assert canary not in text
