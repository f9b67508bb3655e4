"""What is handed over together: archives of anybody, lists, and bounds that hold."""

import io
import struct
import zipfile

import pytest

from credentials.core import piles

SITE = "https://acquis.example/credentials/"
TOKEN = "A" * 22


def archive(members, *, method=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return stream.getvalue()


def refused(files, text=""):
    with pytest.raises(piles.Unusable) as caught:
        piles.entries(files, text, site=SITE)
    return caught.value.reason


def test_an_archive_is_taken_apart_in_its_order_without_what_a_mac_adds():
    content = archive(
        {"b/one.png": b"1", "two.json": b"{}", "__MACOSX/b/._one.png": b"x", "d/": b""}
    )

    found = piles.entries([("badges.zip", content)], "", site=SITE)

    assert [(each.name, each.content) for each in found] == [
        ("b/one.png", b"1"),
        ("two.json", b"{}"),
    ]


def test_an_archive_within_an_archive_is_one_entry_and_is_not_opened():
    inner = archive({str(n): b"x" for n in range(300)})

    [found] = piles.entries([("a.zip", archive({"inner.zip": inner}))], "", site=SITE)

    assert found.content == inner


def test_a_list_names_links_and_numbers_wherever_they_stand_in_a_line():
    table = f"Nom;Lien\nAwa;https://other.example/b/1\nLéa;{TOKEN}\n;;\n"

    found = piles.entries([("liste.csv", table.encode("cp1252"))], f"  {TOKEN}\n", site=SITE)

    assert [each.address for each in found] == [
        "https://other.example/b/1", f"{SITE}{TOKEN}", f"{SITE}{TOKEN}",
    ]  # fmt: skip


def test_a_name_shows_what_it_is():
    content = archive({"../../etc/pass\u202egnp.json": b"{}"})

    [found] = piles.entries([("a.zip", content)], "", site=SITE)

    assert "\u202e" not in found.name
    assert len(piles.entries([("x" * 900, b"1")], "", site=SITE)[0].name) == piles.MAX_NAME


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({str(n): b"x" for n in range(piles.MAX_ENTRIES + 1)}, "pile_too_many"),
        ({"zeros": bytes(20_000_000)}, "pile_too_large"),
        ({str(n): bytes(1_000_000) for n in range(40)}, "pile_too_large"),
        ({}, "pile_damaged"),
    ],
    ids=["too many", "a bomb", "many small bombs", "no archive at all"],
)
def test_an_archive_beyond_bounds_is_refused_by_its_directory(members, reason):
    content = archive(members) if members else b"PK\x03\x04" + b"\0" * 40

    assert refused([("a.zip", content)]) == reason


def test_a_directory_that_lies_about_a_size_is_found_out():
    content = bytearray(archive({"zeros": bytes(5_000_000)}))
    place = content.rindex(b"PK\x01\x02")
    content[place + 24 : place + 28] = (90_000).to_bytes(4, "little")

    assert refused([("a.zip", bytes(content))]) in {"pile_too_large", "pile_damaged"}


def test_files_that_lie_upon_one_another_are_refused():
    content = archive({"a": b"y" * 50_000}, method=zipfile.ZIP_STORED)
    place = content.index(b"PK\x01\x02")
    entry, end = content[place : content.index(b"PK\x05\x06")], content.index(b"PK\x05\x06")
    many = entry * 100
    tail = bytearray(content[end:])
    tail[8:10] = tail[10:12] = (100).to_bytes(2, "little")
    tail[12:16] = len(many).to_bytes(4, "little")

    assert refused([("a.zip", content[:place] + many + bytes(tail))]) == "pile_too_large"


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_what_is_packed_as_hardly_anybody_packs_is_not_unpacked(method):
    assert refused([("a.zip", archive({"a": b"x" * 900}, method=method))]) == "pile_damaged"


def test_a_directory_beyond_all_files_is_not_read(monkeypatch):
    content = archive({f"__MACOSX/{n}": b"" for n in range(piles.MAX_DIRECTORY + 1)})
    monkeypatch.setattr(zipfile, "ZipFile", None)

    assert refused([("a.zip", content)]) == "pile_too_many"


def test_a_place_beyond_all_numbers_is_damage():
    content = archive({"a": b"x"})
    place, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    extra = struct.pack("<HHQ", 1, 8, 2**64 - 1)
    entry = bytearray(content[place:end])
    entry[30:32], entry[42:46] = struct.pack("<H", len(extra)), b"\xff" * 4
    tail = bytearray(content[end:])
    tail[12:16] = struct.pack("<I", len(entry) + len(extra))

    given = content[:place] + bytes(entry) + extra + bytes(tail)

    assert refused([("a.zip", given)]) == "pile_damaged"


def test_a_list_of_empty_lines_ends_soon():
    assert refused([("a.csv", b"\n" * (piles.MAX_LINES + 1))]) == "pile_too_many"


def test_a_protected_archive_is_refused():
    content = bytearray(archive({"a": b"x"}))
    content[content.index(b"PK\x01\x02") + 8] |= 1

    assert refused([("a.zip", bytes(content))]) == "pile_protected"


@pytest.mark.parametrize(
    ("files", "text", "reason"),
    [
        ([], "", "pile_empty"),
        ([("a.txt", b"nothing\n here")], "", "pile_empty"),
        ([], "\n".join([TOKEN] * 201), "pile_too_many"),
        ([], "x" * 5_000, "pile_line_too_long"),
        ([("a", b"x" * 10_000_001)], "", "pile_too_large"),
        ([("a.txt", b"\x81\x8d\x8f")], "", "pile_unreadable"),
        ([("a.zip", archive({"a": b"x" * 9_000})[:-30])], "", "pile_damaged"),
    ],
)
def test_what_cannot_be_used_is_refused_under_a_name(files, text, reason):
    assert refused(files, text) == reason
