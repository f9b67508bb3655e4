"""Transcripts of others: every departure from CLR 2.0 is named, where it is."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badges.core import rules, transcripts
from tests.core.credentials import test_clr

REMOVED = object()


def changed(path, value):
    document = copy.deepcopy(test_clr.transcript(status=None))
    place = document
    *way, last = path.strip("/").split("/")
    for name in way:
        place = place[int(name) if isinstance(place, list) else name]
    if value is REMOVED:
        del place[last]
    else:
        place[int(last) if isinstance(place, list) else last] = value
    return document


def test_what_we_write_conforms_even_strictly():
    assert transcripts.problems(test_clr.transcript(), strict=True) == ()
    assert transcripts.is_transcript(test_clr.transcript())
    assert not transcripts.is_transcript(test_clr.BADGES[0])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/type", ["VerifiableCredential"]),
        ("/@context", ["https://www.w3.org/ns/credentials/v2"]),
        ("/@context", REMOVED),
        ("/id", "1"),
        ("/issuer", REMOVED),
        ("/validFrom", "soon"),
        ("/validUntil", "2001-01-01T00:00:00Z"),
        ("/partial", "yes"),
        ("/credentialSubject", []),
        ("/credentialSubject/type", ["AchievementSubject"]),
        ("/credentialSubject/verifiableCredential", REMOVED),
        ("/credentialSubject/verifiableCredential/0/validFrom", "soon"),
        ("/credentialSubject/verifiableCredential/1", "https://badges.example/2"),
        ("/credentialSubject/achievement/0/name", REMOVED),
        ("/credentialSubject/association/0", 3),
        ("/credentialSubject/association/0/type", "Link"),
        ("/credentialSubject/association/1/associationType", "contains"),
        ("/credentialSubject/association/0/targetId", "here"),
    ],
)
def test_a_departure_is_named_where_it_is(path, value):
    pointers = [problem.pointer for problem in transcripts.problems(changed(path, value))]

    assert any(pointer.startswith(path) for pointer in pointers), pointers


def test_it_must_say_whom_it_is_about():
    document = changed("/credentialSubject/identifier", REMOVED)

    assert [each.code for each in transcripts.problems(document)] == ["no_identity"]


def test_more_badges_than_a_person_has_are_refused_and_not_read():
    document = copy.deepcopy(test_clr.transcript())
    subject = document["credentialSubject"]
    subject["verifiableCredential"] = [{}] * (transcripts.MAX_CREDENTIALS + 1)

    found = transcripts.problems(document)

    assert found[0].code == "too_many"
    assert len(found) <= rules.MAX_PROBLEMS


def test_one_badge_or_one_association_may_stand_without_its_array_in_documents_of_others():
    document = copy.deepcopy(test_clr.transcript())
    subject = document["credentialSubject"]
    subject["verifiableCredential"] = subject["verifiableCredential"][0]
    subject["association"] = subject["association"][0]

    assert transcripts.problems(document) == ()
    codes = {problem.code for problem in transcripts.problems(document, strict=True)}
    assert codes == {"not_an_array"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.sampled_from(["type", "@context", "credentialSubject", "issuer", "partial"]), json_values)
def test_whatever_it_holds_the_answer_is_a_list_of_problems(name, value):
    document = {**test_clr.transcript(), name: value}

    assert all(isinstance(each, rules.Problem) for each in transcripts.problems(document))


@given(st.sampled_from(["type", "verifiableCredential", "association", "achievement"]), json_values)
def test_whatever_its_subject_holds_as_well(name, value):
    document = test_clr.transcript()
    document = {**document, "credentialSubject": {**document["credentialSubject"], name: value}}

    assert all(isinstance(each, rules.Problem) for each in transcripts.problems(document))
