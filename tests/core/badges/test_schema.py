"""What we read: every departure from the standard is named, the harmless ones are let through."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badges.core import rules, schema, vocabulary
from tests.core.badges import samples

json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)

# "Basic OpenBadgeCredential", from the examples of Open Badges 3.0, with our pair of contexts.
BASIC: dict[str, Any] = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ],
    "id": "http://example.edu/credentials/3732",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": {
        "id": "https://example.edu/issuers/565049",
        "type": ["Profile"],
        "name": "Example University",
    },
    "validFrom": "2010-01-01T00:00:00Z",
    "name": "Example University Degree",
    "credentialSubject": {
        "id": "did:example:ebfeb1f712ebc6f1c276e12ec21",
        "type": ["AchievementSubject"],
        "achievement": {
            "id": "https://example.com/achievements/21st-century-skills/teamwork",
            "type": ["Achievement"],
            "criteria": {"narrative": "Team members are nominated for this badge by their peers."},
            "description": "This badge recognizes the capacity to collaborate within a group.",
            "name": "Teamwork",
        },
    },
}


def changed(path, value):
    """Return the basic credential with one member replaced; `...` removes it."""
    document = deepcopy(BASIC)
    *parents, last = path.split("/")[1:]
    target: Any = document
    for name in parents:
        target = target[int(name) if isinstance(target, list) else name]
    if value is ...:
        del target[last]
    else:
        target[last] = value
    return document


def pointers(document, *, strict=False):
    return [problem.pointer for problem in schema.problems(document, strict=strict)]


def test_the_basic_example_of_the_standard_conforms():
    assert schema.problems(BASIC, strict=True) == ()
    schema.validate(BASIC)


def test_a_complete_credential_conforms():
    assert schema.problems(samples.credential(), strict=True) == ()


@pytest.mark.parametrize(
    "path",
    [
        "/@context",
        "/id",
        "/type",
        "/issuer",
        "/issuer/id",
        "/issuer/type",
        "/validFrom",
        "/credentialSubject",
        "/credentialSubject/type",
        "/credentialSubject/achievement",
        "/credentialSubject/achievement/id",
        "/credentialSubject/achievement/type",
        "/credentialSubject/achievement/name",
        "/credentialSubject/achievement/description",
        "/credentialSubject/achievement/criteria",
    ],
)
def test_what_the_standard_requires_is_missed(path):
    assert pointers(changed(path, ...)) == [path]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/@context", "https://www.w3.org/ns/credentials/v2"),
        ("/@context", list(reversed(BASIC["@context"]))),
        ("/@context", ["https://www.w3.org/ns/credentials/v2", "https://example.org/context"]),
        ("/type", ["VerifiableCredential", "Thing"]),
        ("/type", "OpenBadgeCredential"),
        ("/id", "3732"),
        ("/id", "https://example.edu/with space"),
        ("/name", {"en": "Degree"}),
        ("/name", None),
        ("/validFrom", "2010-01-01T00:00:00"),
        ("/validFrom", "2010-01-01"),
        ("/validFrom", "2010-02-30T00:00:00Z"),
        ("/validFrom", "2010-01-01T24:00:00Z"),
        ("/validFrom", "٢٠١٠-01-01T00:00:00Z"),
        ("/validUntil", "2009-12-31T23:59:59+00:00"),
        ("/evidence", []),
        ("/evidence", [{"id": "https://example.org/e"}]),
        ("/credentialStatus", {"id": "https://example.org/s"}),
        ("/credentialSchema", [{"id": "https://example.org/s"}]),
        ("/termsOfUse", {"type": ["https://example.org/ns#Terms", 1]}),
        (
            "/issuer/address",
            {
                "type": ["Address"],
                "geo": {"type": "GeoCoordinates", "latitude": "1", "longitude": 2},
            },
        ),
        ("/refreshService", {"type": "1EdTechCredentialRefresh"}),
        ("/proof", "signature"),
        ("/endorsement", [{"type": ["VerifiableCredential", "EndorsementCredential"]}]),
        ("/endorsementJwt", ["not a token"]),
        ("/issuer/url", "example.edu"),
        ("/issuer/image", "https://example.edu/logo.png"),
        ("/issuer/image", {"id": "https://example.edu/logo.png", "type": ["Image"]}),
        ("/issuer/image", {"id": "https://example.edu/l.png", "type": "Image", "alt": "logo"}),
        ("/issuer/address", {"type": ["Address"], "geo": {"type": "GeoCoordinates"}}),
        ("/credentialSubject/creditsEarned", "3"),
        ("/credentialSubject/creditsEarned", True),
        ("/credentialSubject/result", [{"type": ["Result"], "status": "Done"}]),
        ("/credentialSubject/result", [{"type": ["Result"], "value": 12}]),
        ("/credentialSubject/achievement/achievementType", "Badges"),
        ("/credentialSubject/achievement/inLanguage", "French"),
        ("/credentialSubject/achievement/tag", [1]),
        ("/credentialSubject/achievement/alignment", [{"type": ["Alignment"], "targetName": "x"}]),
    ],
)
def test_a_wrong_value_is_found_where_it_is(path, value):
    found = pointers(changed(path, value))

    assert found
    assert all(pointer.startswith(path) for pointer in found)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/issuer", "https://example.edu/issuers/565049"),
        ("/issuer/type", "Profile"),
        ("/credentialSubject/type", "AchievementSubject"),
        ("/credentialSubject/achievement/tag", "teamwork"),
        ("/credentialSubject/achievement/somethingElse", {"x": 1}),
        ("/credentialStatus", [samples.STATUS, {**samples.STATUS, "statusPurpose": "suspension"}]),
        ("/validFrom", "2010-01-01T00:00:00.123456789+01:00"),
        ("/@context", [*BASIC["@context"], "https://example.org/more", {"term": None}]),
        ("/credentialSubject/achievement/achievementType", "ext:My-Own"),
        ("/proof", {"type": "DataIntegrityProof"}),
        ("/termsOfUse", {"type": ["https://example.org/ns#Terms"]}),
        ("/credentialSubject/creditsEarned", 1e300),
    ],
)
def test_what_the_standard_tolerates_from_others_is_accepted(path, value):
    assert schema.problems(changed(path, value)) == ()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/issuer", "https://example.edu/issuers/565049"),
        ("/credentialSubject/achievement/tag", "teamwork"),
        ("/credentialStatus", [samples.STATUS]),
        ("/credentialSubject/creditsEarned", 1e-7),
        ("/credentialSubject/creditsEarned", 2**53),
        ("/name", "\x0b"),
        ("/name", "\ufffe"),
    ],
)
def test_we_hold_our_own_documents_to_more(path, value):
    document = changed(path, value)

    assert schema.problems(document) == ()
    assert pointers(document, strict=True) == [path]


def test_an_ordinary_number_is_written_as_it_is():
    for number in (0, 2.5, -3, 1e-6, 2**53 - 1):
        document = changed("/credentialSubject/creditsEarned", number)

        assert schema.problems(document, strict=True) == ()


def test_an_earlier_revision_of_the_context_is_read_but_not_written():
    document = changed(
        "/@context",
        [vocabulary.CREDENTIALS_V2, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"],
    )

    assert schema.problems(document) == ()
    assert pointers(document, strict=True) == ["/@context"]


def test_a_subject_that_is_nobody_is_refused():
    assert pointers(changed("/credentialSubject/id", ...)) == ["/credentialSubject"]


def test_every_problem_is_told_at_once():
    document = changed("/validFrom", "yesterday")
    del document["id"]
    document["issuer"]["url"] = "www"

    with pytest.raises(schema.NonConformant, match=r"and 2 more") as refusal:
        schema.validate(document)

    assert sorted(problem.pointer for problem in refusal.value.problems) == [
        "/id",
        "/issuer/url",
        "/validFrom",
    ]
    assert "2026-01-31T12:00:00Z" in str(schema.problems(document))


def test_a_pointer_escapes_what_rfc_6901_escapes():
    assert pointers(changed("/a~b", {"d/e": None})) == ["/a~0b/d~1e"]


@pytest.mark.parametrize("document", [None, [], "credential", 3, True, {}])
def test_what_is_not_a_credential_at_all_is_refused(document):
    assert schema.problems(document)


def test_a_document_full_of_problems_is_told_in_part():
    document = changed("/credentialSubject/achievement/tag", [0] * 10_000)

    assert len(schema.problems(document)) == rules.MAX_PROBLEMS


def test_a_huge_document_is_refused_without_reading_it_all():
    document = changed("/other", [0] * (rules.MAX_VALUES + 1))

    [problem] = schema.problems(document)

    assert problem.code == "too_large"


def test_a_profile_inside_a_profile_for_ever_is_refused():
    document = deepcopy(BASIC)
    inner = document["issuer"]
    for _ in range(500):
        inner["parentOrg"] = {"id": "urn:x", "type": ["Profile"]}
        inner = inner["parentOrg"]

    assert "too_deep" in [problem.code for problem in schema.problems(document)]


def test_a_long_name_does_not_make_a_long_pointer():
    [problem] = schema.problems(changed("/" + "x" * 100_000, None))

    assert len(problem.pointer) <= rules.MAX_POINTER + 1


@given(json_values)
def test_no_json_value_breaks_the_reading(value):
    for path in ("/issuer", "/credentialSubject", "/proof", "/credentialStatus", "/@context"):
        schema.problems(changed(path, value))
        schema.problems(changed(path, value), strict=True)


@given(st.data())
def test_a_member_of_the_wrong_kind_never_conforms(data):
    document = json.loads(json.dumps(samples.credential()))
    target: Any = document
    names: list[Any] = []
    while isinstance(target, dict | list):
        keys = list(target) if isinstance(target, dict) else list(range(len(target)))
        names.append(data.draw(st.sampled_from(keys)))
        target = target[names[-1]]
    parent = document
    for name in names[:-1]:
        parent = parent[name]

    parent[names[-1]] = {"not": ["what", "is", "expected"]}

    assert schema.problems(document)
