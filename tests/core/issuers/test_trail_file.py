"""A trail as a file: followed line by line, and any change of it seen."""

import copy
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuers.core import trail, trail_file

DID = "did:web:acquis.example:issuers:ecole-a"
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def entry(number):
    return trail.Entry(
        number=number, at=AT, user=None, door="", role="acquis", subject="issuers.unit",
        act="added", rows=[number], before=None, after={"kind": "campus"}, noted=[],
    )  # fmt: skip


def written(groups, more=()):
    """Return the lines of a trail: a seal after each group of entries, and some under none."""
    lines, previous = [], None
    for sequence, numbers in enumerate(groups, start=1):
        entries = [entry(number) for number in numbers]
        lines += [trail.entry_document(each) for each in entries]
        seal = trail.seal_document(entries, issuer=DID, sequence=sequence, previous=previous)
        lines.append(seal)
        previous = trail.seal_digest(seal)
    lines += [trail.entry_document(entry(number)) for number in more]
    return lines, previous


def follow(lines):
    follower = trail_file.Follower(DID)
    for each in lines:
        follower.take(each)
    return follower


WHOLE, DIGEST = written([[1, 2], [5]], more=[7])


def test_a_whole_trail_is_followed_to_the_digest_of_its_last_seal():
    found = follow(WHOLE)

    assert (found.entries, found.seals, found.open, found.last) == (4, 2, 1, 7)
    assert found.digest == DIGEST


def test_before_the_first_seal_there_is_no_digest():
    assert follow([]).digest == b""
    assert follow(written([], more=[1])[0]).digest == b""


@given(st.data())
def test_a_line_that_was_taken_out_of_what_is_sealed_shows(data):
    place = data.draw(st.integers(0, len(WHOLE) - 3))

    with pytest.raises(trail_file.TrailError):
        follow(WHOLE[:place] + WHOLE[place + 1 :])


@pytest.mark.parametrize("name", ["at", "user", "door", "role", "subject", "act", "rows", "after"])
def test_a_word_that_was_changed_shows(name):
    lines = copy.deepcopy(WHOLE)
    lines[1][name] = "another"

    with pytest.raises(trail_file.TrailError, match="seal 1: entries is not that"):
        follow(lines)


@pytest.mark.parametrize(
    ("place", "change"),
    [
        (0, {"type": "AuditThing"}),
        (0, {"number": 0}),
        (0, {"number": True}),
        (0, {"more": 1}),
        (2, {"issuer": "did:web:acquis.example:issuers:ecole-b"}),
        (2, {"sequence": 2}),
        (2, {"version": 2}),
        (2, {"more": 1}),
        (4, {"previous": None}),
    ],
)
def test_what_is_no_line_of_this_trail_is_refused(place, change):
    lines = copy.deepcopy(WHOLE)
    lines[place] |= change

    with pytest.raises(trail_file.TrailError):
        follow(lines)


def test_lines_that_were_moved_show():
    with pytest.raises(trail_file.TrailError, match="not higher"):
        follow([WHOLE[1], WHOLE[0]])


def test_a_number_that_has_no_canonical_form_is_refused():
    with pytest.raises(trail_file.TrailError, match="no canonical form"):
        follow([WHOLE[0] | {"after": {"a": float("nan")}}])
