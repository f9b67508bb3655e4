"""Archives that somebody changed, or made: refused in words, and nothing of them is kept."""

import io
import stat
import zipfile

import pytest

from credentials.core.archive import keys
from tests.services.credentials.leaving.conftest import PASSPHRASE, pack, unpack
from tests.services.credentials.leaving.spoiling import (
    LEARNERS,
    clear,
    edit,
    refused,
    rewrite,
    sealed,
)

__all__ = ["clear", "sealed"]


def test_the_sound_one_is_taken_in(clear):
    assert unpack(clear, passphrase=None).is_new


def test_rewriting_alone_harms_nothing(clear):
    rewrite(clear, lambda members: None)

    assert unpack(clear, passphrase=None).is_new


# -- damaged, by chance or not
def test_a_member_that_was_changed_is_seen_by_its_digest(clear):
    rewrite(
        clear,
        lambda members: None,
        manifest=lambda told: told["members"][LEARNERS].update(sha256="0" * 64),
    )

    refused(clear, "its SHA-256 is another")


def test_a_member_that_is_missing_is_named(clear):
    rewrite(clear, lambda members: members.pop(LEARNERS))

    refused(clear, f"{LEARNERS} is missing")


def test_rows_that_are_missing_are_counted(clear):
    rewrite(
        clear,
        edit(LEARNERS, lambda found: found.pop()),
        manifest=lambda told: told["members"][LEARNERS].update(rows=99),
    )

    refused(clear, "the manifest says 99: it is not whole")


def test_a_cut_file_is_no_zip(clear):
    clear.write_bytes(clear.read_bytes()[:-200])

    refused(clear, "not a ZIP")


def test_bytes_that_were_flipped_in_a_sealed_member_do_not_open(sealed):
    def flip(members):
        name = LEARNERS + ".sealed"
        members[name] = members[name][:40] + bytes([members[name][40] ^ 1]) + members[name][41:]

    rewrite(sealed, flip)

    refused(sealed, "manifest was changed", passphrase=PASSPHRASE)


def test_a_manifest_that_was_changed_is_not_authentic(sealed):
    def lighter(told):
        del told["members"]["tables/issuers.membership.ndjson"]

    def without(members):
        del members["tables/issuers.membership.ndjson.sealed"]

    rewrite(sealed, without, manifest=lighter)

    refused(sealed, "manifest was changed", passphrase=PASSPHRASE)


# -- the passphrase
def test_another_passphrase_opens_nothing(sealed):
    refused(sealed, "passphrase does not open it", passphrase=PASSPHRASE[::-1])


def test_a_sealed_one_without_a_passphrase_is_refused(sealed):
    refused(sealed, "give the passphrase", passphrase=None)


def test_a_derivation_that_would_take_all_memory_is_refused(sealed):
    rewrite(sealed, lambda members: None, manifest=lambda told: told["seal"].update(n=2**30))

    refused(sealed, "power of two", passphrase=PASSPHRASE)


# -- names and sizes
@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "/etc/passwd", "tables/../../x", "C:\\x", "tables/x.y.ndjson.exe", "x\0y"],
)
def test_a_name_that_leads_elsewhere_is_refused(clear, name):
    rewrite(clear, lambda members: members.update({name: b"x"}))

    refused(clear, "does not name|no member")


def test_a_name_in_the_manifest_that_leads_elsewhere_is_refused(clear):
    entry = {"rows": 0, "plainBytes": 0, "bytes": 0, "sha256": "0" * 64}

    rewrite(
        clear,
        lambda members: members.update({"../x.ndjson": b""}),
        manifest=lambda told: told["members"].update({"../x.ndjson": entry}),
    )

    refused(clear, "no member of an archive")


def test_a_link_is_refused(clear):
    info = zipfile.ZipInfo("tables/a.b.ndjson")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(clear, "a") as more:
        more.writestr(info, "/etc/passwd")

    refused(clear, "a folder or a link")


def test_a_member_that_is_there_twice_is_refused(clear):
    with zipfile.ZipFile(clear, "a") as more, pytest.warns(UserWarning, match="Duplicate"):
        more.writestr("manifest.json", b"{}")

    refused(clear, "twice")


def test_what_grows_a_thousandfold_is_refused_before_it_grows(clear):
    rewrite(clear, lambda members: members.update({LEARNERS: b" " * 30_000_000}))

    refused(clear, "times when it is unpacked")


def test_what_grows_more_than_the_manifest_says_is_stopped(sealed, monkeypatch):
    # Whoever has the passphrase can seal a gzip of anything.
    from credentials.services.leaving import reading

    monkeypatch.setattr(reading.manifests, "is_authentic", lambda *_given, **_more: True)
    rewrite(
        sealed,
        lambda members: None,
        manifest=lambda told: told["members"][LEARNERS].update(plainBytes=10),
    )

    refused(sealed, "another size than the manifest says", passphrase=PASSPHRASE)


def test_a_sealed_member_that_says_it_grows_a_thousandfold_is_refused_unread(sealed, monkeypatch):
    from credentials.services.leaving import reading

    monkeypatch.setattr(reading.manifests, "is_authentic", lambda *_given, **_more: True)
    rewrite(
        sealed,
        lambda members: None,
        manifest=lambda told: told["members"][LEARNERS].update(plainBytes=10**9),
    )

    refused(sealed, "more than 300 times", passphrase=PASSPHRASE)


def test_a_line_that_does_not_end_is_not_held(clear, monkeypatch):
    from credentials.services.leaving import reading

    monkeypatch.setattr(reading.manifests, "MAX_LINE", 200_000)
    padding = b"".join(b'%d":"' % number for number in range(60_000))
    rewrite(clear, lambda members: members.update({LEARNERS: b'{"' + padding + b"\n"}))

    refused(clear, "a line is longer than 200000 bytes")


def test_a_file_that_is_none_of_ours_is_refused(clear):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as other:
        other.writestr("readme.txt", "hello")
    clear.write_bytes(stream.getvalue())

    refused(clear, "not an archive of ours")


# -- versions
def test_a_newer_format_says_so(clear):
    rewrite(clear, lambda members: None, manifest=lambda told: told.update(version=2))

    refused(clear, "format 2 is newer than 1.*later version of Acquis")


def test_a_column_that_is_not_known_here_is_named(clear):
    rewrite(clear, edit(LEARNERS, lambda found: found[0].update(shoe_size=44)))

    refused(clear, "line 1: 'shoe_size' is no column")


# -- what an archive tells to whoever finds it
def test_a_sealed_archive_holds_no_name_and_no_address_in_clear(sealed):
    raw = sealed.read_bytes()
    with zipfile.ZipFile(sealed) as archive:
        contents = b"".join(archive.read(info) for info in archive.infolist())

    for canary in (b"eleve0@example.org", b"alice@example.org", "Élève".encode()):
        assert canary not in raw
        assert canary not in contents


def test_only_its_owner_may_read_the_file(settled, archive):
    pack(settled, archive)

    assert stat.S_IMODE(archive.stat().st_mode) == 0o600


def test_keys_never_leave_in_clear(settled, archive):
    with pytest.raises(ValueError, match="only under a passphrase"):
        pack(settled, archive, passphrase=None, with_keys=True)


def test_the_same_passphrase_makes_another_key_each_time():
    first = keys.transfer_key(PASSPHRASE, keys.Derivation(bytes(16), 2**14))
    second = keys.transfer_key(PASSPHRASE, keys.Derivation(b"\1" * 16, 2**14))

    assert first != second
