"""The walk meets hostile documents: it answers each, and says verified only of what was signed."""

import copy
import json
import pickle
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.core import __main__ as checker
from credentials.core import canonical, rdf, verification
from credentials.core.verification import Outcome, Unavailable, Verdict
from tests.core.credentials.verifiable import (
    DID,
    LIST,
    METHOD,
    MULTIKEY,
    NOW,
    did_document,
    good,
    list_text,
    material,
    outcomes,
    reasons,
    signed_text,
)


def test_the_credential_that_the_others_are_made_of_is_verified() -> None:
    report = verification.verify(good(), material(), NOW)

    assert report.verdict is Verdict.VERIFIED
    assert set(outcomes(report).values()) == {"passed"}


# -- Mutations: every one of them changes what the document says -----------------------------------


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the path of every value inside, however deep."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for key, member in members:
        yield (*path, key)
        if isinstance(member, dict | list):
            yield from places(member, (*path, key))


def parent_of(document: Any, path: tuple[Any, ...]) -> Any:
    for key in path[:-1]:
        document = document[key]
    return document


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.text(max_size=40),
)
WORDS = st.sampled_from(
    [
        "@context", "@graph", "@id", "@included", "@list", "@reverse", "@set", "@type", "@value",
        "achievement", "alignment", "assertionMethod", "created", "credentialStatus",
        "credentialSubject", "cryptosuite", "description", "encodedList", "endorsement", "evidence",
        "expires", "hashed", "id", "identifier", "identityHash", "identityType", "image", "issuer",
        "name", "proof", "proofPurpose", "proofValue", "result", "revoked", "salt", "service",
        "serviceEndpoint", "statusListCredential", "statusListIndex", "statusPurpose", "type",
        "validFrom", "validUntil", "verificationMethod",
        "https://www.w3.org/2018/credentials#validUntil",
    ]
)  # fmt: skip
TEXTS = st.sampled_from(
    [
        DID, METHOD, LIST, MULTIKEY, "DataIntegrityProof", "eddsa-rdfc-2022", "assertionMethod",
        "BitstringStatusListEntry", "BitstringStatusListCredential", "OpenBadgeCredential",
        "VerifiableCredential", "AchievementSubject", "IdentityObject", "emailAddress",
        "https://www.w3.org/ns/credentials/v2", "revocation", "_:b0", "did:web:", "#", "z", "uAAAA",
        "94567", "-1",
        "9" * 5000, "2026-03-02T09:00:00Z", "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00", "2026-02-30T00:00:00Z", "2026-03-02", "\x00", "\U0001f600",
    ]
)  # fmt: skip
JSON = st.recursive(
    SCALARS | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(WORDS | st.text(max_size=10), inner, max_size=6)
    ),
    max_leaves=25,
)
OBJECTS = st.dictionaries(WORDS | st.text(max_size=10), JSON, max_size=12)


@st.composite
def altered(draw: st.DrawFn, text: str) -> dict[str, Any]:
    """Change, remove or add one value of a document; what it says is then another thing."""
    document: dict[str, Any] = json.loads(text)
    path = draw(st.sampled_from(sorted(places(document), key=str)))
    parent, key = parent_of(document, path), path[-1]
    before = copy.deepcopy(parent)
    action = draw(st.sampled_from(["replace", "remove", "add", "edit"]))
    if action == "replace":
        parent[key] = draw(SCALARS | TEXTS | OBJECTS)
    elif action == "remove":
        del parent[key]
    elif action == "add" and isinstance(parent, dict):
        parent[draw(WORDS | st.text(min_size=1, max_size=10))] = draw(SCALARS | TEXTS | OBJECTS)
    elif action == "add":
        parent.append(draw(TEXTS | OBJECTS))
    elif isinstance(parent[key], str):
        at = draw(st.integers(0, len(parent[key])))
        parent[key] = parent[key][:at] + draw(st.text(min_size=1, max_size=3)) + parent[key][at:]
    else:
        parent[key] = draw(TEXTS)
    if parent == before:  # drawn to be the same: true is not 1, whatever Python says
        parent["x" if isinstance(parent, dict) else 0] = "changed"
    return document


def same_statements(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Say whether two documents have the same canonical text: then they are the same document."""
    try:
        return rdf.canonicalise(one) == rdf.canonicalise(other)
    except rdf.CanonicalisationError:
        return False


@given(altered(signed_text()))
def test_an_altered_document_is_answered_and_never_verified(document: dict[str, Any]) -> None:
    report = verification.verify(document, material(), NOW)

    assert [check.number for check in report.checks] == [1, 2, 3, 4, 5, 6, 7]
    if report.verdict is Verdict.VERIFIED:
        # An item given twice in a set, a set of one without its array: another text, not a change.
        assert same_statements(document, good())


@given(altered(signed_text()))
def test_an_altered_document_without_a_receipt_is_never_verified(document: dict[str, Any]) -> None:
    known = material(receipt=None, finding=None, anchor_required=False)

    report = verification.verify(document, known, NOW)

    if report.verdict is Verdict.VERIFIED:
        assert same_statements(document, good())


@pytest.mark.parametrize("path", sorted(places(json.loads(signed_text())), key=str), ids=str)
def test_no_value_can_be_changed_or_removed(path: tuple[Any, ...]) -> None:
    changed, removed = good(), good()
    value = parent_of(changed, path)[path[-1]]
    parent_of(changed, path)[path[-1]] = f"{value}x" if isinstance(value, str) else "x"
    del parent_of(removed, path)[path[-1]]

    reports = [verification.verify(document, material(), NOW) for document in (changed, removed)]

    assert {report.verdict for report in reports} == {Verdict.REFUTED}


@pytest.mark.parametrize("name", ["name", "description", "evidence", "note", "validUntil ", "x:y"])
@pytest.mark.parametrize(
    "path", [path for path in places(json.loads(signed_text())) if path[-1] == "type"], ids=str
)
def test_no_member_can_be_added(path: tuple[Any, ...], name: str) -> None:
    document = good()
    parent = parent_of(document, path)
    parent[name] = f"{parent.get(name, '')}added"

    report = verification.verify(document, material(), NOW)

    assert report.verdict is Verdict.REFUTED


@given(st.data())
def test_what_is_only_written_otherwise_is_still_the_same_document(data: st.DataObject) -> None:
    document = good()
    paths = [path for path in places(document) if isinstance(parent_of(document, path), dict)]
    for path in data.draw(st.lists(st.sampled_from(paths), max_size=3)):
        parent = parent_of(document, path)
        items = list(parent.items())
        parent.clear()
        parent.update(data.draw(st.permutations(items)))

    report = verification.verify(document, material(), NOW)

    assert report.verdict is Verdict.VERIFIED


# -- Documents that were never credentials ---------------------------------------------------------


@given(OBJECTS)
def test_any_json_object_is_answered_and_never_verified(document: dict[str, Any]) -> None:
    report = verification.verify(document, material(), NOW)

    assert report.verdict is not Verdict.VERIFIED
    assert report.decisive is not None


@given(OBJECTS)
def test_any_json_object_in_the_place_of_a_member_is_answered(value: dict[str, Any]) -> None:
    for member in ("proof", "issuer", "credentialSubject", "credentialStatus", "@context"):
        document = {**good(), member: value}

        report = verification.verify(document, material(), NOW)

        assert report.verdict is not Verdict.VERIFIED


@given(OBJECTS | st.just({}))
def test_without_its_graph_nothing_is_verified(document: dict[str, Any]) -> None:
    reports = [
        verification.verify(one, material(), NOW, without_graph=True) for one in (document, good())
    ]

    assert all(report.verdict is not Verdict.VERIFIED for report in reports)
    assert {reasons(report)["signed"] for report in reports} == {"too_complex"}


def test_without_its_graph_what_needs_none_is_judged_all_the_same() -> None:
    report = verification.verify(good(), material(), NOW + timedelta(days=400), without_graph=True)
    bare = {key: value for key, value in good().items() if key != "credentialStatus"}
    without = verification.verify(bare, material(receipt=None), NOW, without_graph=True)

    assert outcomes(report) == {
        "conforms": "passed",
        "signed": "inconclusive",
        "issuer": "passed",
        "stands": "inconclusive",
        "in_time": "failed",
        "anchored": "inconclusive",
        "about": "passed",
    }
    assert reasons(report)["stands"] == "too_complex"
    assert reasons(without)["stands"] == "no_status"
    assert reasons(without)["anchored"] == "not_anchored_yet"


def test_the_process_for_strangers_gives_the_same_report_as_json() -> None:
    known = material()

    output = checker.answer(pickle.dumps((good(), known, NOW)))

    report = verification.verify(good(), known, NOW)
    assert json.loads(output) == {
        "checks": [
            {
                "number": check.number,
                "name": check.name,
                "outcome": check.outcome.value,
                "reason": check.reason,
                "detail": dict(check.detail),
            }
            for check in report.checks
        ],
        "endorsements": [],
    }


@given(OBJECTS)
def test_what_that_process_says_of_any_document_fits_its_reader(document: dict[str, Any]) -> None:
    long = {**document, "issuer": "did:web:" + "\u00e9" * 100_000}

    output = checker.answer(pickle.dumps((long, material(), NOW)))

    assert len(output) <= canonical.MAX_BYTES
    assert len(canonical.loads(output)["checks"]) == 7


# -- Hostile material ------------------------------------------------------------------------------


@given(OBJECTS)
def test_any_did_document_is_answered_and_never_vouches(found: dict[str, Any]) -> None:
    for hostile in (found, {**found, "id": DID}, {**did_document(), "verificationMethod": found}):
        report = verification.verify(good(), material(did_document=hostile), NOW)

        assert report.verdict is not Verdict.VERIFIED


@given(altered(json.dumps(did_document())))
def test_an_altered_did_document_is_answered(found: dict[str, Any]) -> None:
    report = verification.verify(good(), material(did_document=found), NOW)

    assert len(report.checks) == 7


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize("member", ["revoked", "expires"])
def test_a_key_that_ends_at_the_end_of_the_calendar_is_answered(member: str, instant: str) -> None:
    found = did_document()
    found["verificationMethod"][0][member] = instant

    report = verification.verify(good(), material(did_document=found), NOW)

    assert (report.verdict is Verdict.VERIFIED) is instant.startswith("9999")


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize("member", ["validFrom", "validUntil"])
def test_a_credential_at_the_end_of_the_calendar_is_answered(member: str, instant: str) -> None:
    document = {**good(), member: instant}

    report = verification.verify(document, material(), NOW)

    assert report.verdict is Verdict.REFUTED


@given(JSON)
def test_any_list_of_keys_is_answered(listed: object) -> None:
    document = good()
    document["proof"]["verificationMethod"] = f"{DID}#key-1"
    found = {**did_document(), "verificationMethod": listed}

    report = verification.verify(document, material(did_document=found), NOW)

    assert report.verdict is not Verdict.VERIFIED


@given(OBJECTS | altered(list_text()))
def test_any_status_list_is_answered_and_never_clears(found: dict[str, Any]) -> None:
    report = verification.verify(good(), material(status_lists={LIST: found}), NOW)

    assert outcomes(report)["stands"] != "passed" or same_statements(
        found, canonical.loads(list_text())
    )
    assert outcomes(report)["stands"] != "not_applicable"


@pytest.mark.parametrize(
    "index", ["", "-1", "131072", "9" * 99, "1e3", "\u0663", "0x1", "1_0", " 1"]
)
def test_an_index_that_is_not_in_the_list_never_stands(index: str) -> None:
    document = good()
    document["credentialStatus"]["statusListIndex"] = index

    report = verification.verify(document, material(), NOW)

    assert report.verdict is Verdict.REFUTED


@pytest.mark.parametrize("hashed", [None, 1, "true", [], {}, True])
@pytest.mark.parametrize("digest", [None, 7, "", "sha256$", "md5$00", "sha256$zz"])
def test_a_strange_identity_is_neither_the_person_nor_another(
    hashed: object, digest: object
) -> None:
    document = good()
    document["credentialSubject"]["identifier"][0] |= {"hashed": hashed, "identityHash": digest}

    report = verification.verify(document, material(), NOW)

    assert outcomes(report)["about"] == "inconclusive"


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "did_document": st.just(Unavailable("DID document", "gone")),
            "status_lists": st.just({}) | st.just({LIST: Unavailable("status list", "gone")}),
            "finding": st.just(Unavailable("chain", "gone")) | st.none(),
            "receipt": st.just(Unavailable("receipt", "gone")) | st.none(),
            "issuer_known": st.sampled_from([False]),
        },
    ).filter(bool)
)
def test_whatever_is_missing_leaves_the_verdict_open(missing: dict[str, Any]) -> None:
    report = verification.verify(good(), material(**missing), NOW)

    assert report.verdict is Verdict.INCONCLUSIVE
    assert Outcome.FAILED not in {check.outcome for check in report.checks}


# -- Documents made to be expensive ----------------------------------------------------------------


def twins(count: int, depth: int) -> dict[str, Any]:
    """Make objects without an id, each alike to its neighbours."""
    inner: dict[str, Any] = {"type": ["Evidence"], "name": "x"}
    for _level in range(depth):
        inner = {"type": ["Profile"], "name": "x", "endorsement": [inner] * count}
    return inner


def nested(depth: int) -> dict[str, Any]:
    inner: dict[str, Any] = {"id": "urn:x:0", "type": ["Profile"]}
    for level in range(depth):
        inner = {"id": f"urn:x:{level + 1}", "type": ["Profile"], "parentOrg": inner}
    return inner


@pytest.mark.parametrize(
    "member",
    [
        pytest.param({"evidence": [{"type": ["Evidence"]}] * 250}, id="250 twins"),
        pytest.param({"evidence": [{"type": ["Evidence"]}] * 5000}, id="5000 twins"),
        pytest.param({"evidence": [{"type": ["Evidence"], "name": "x"}] * 2}, id="2 twins"),
        pytest.param({"issuer": twins(8, 1)}, id="8 twins"),
        pytest.param({"issuer": twins(3, 4)}, id="81 twins in families"),
        pytest.param({"issuer": twins(2, 7)}, id="128 twins in families"),
        pytest.param({"issuer": nested(27)}, id="27 deep"),
        pytest.param({"issuer": nested(60)}, id="60 deep"),
        pytest.param({"description": "x" * 200_000}, id="long text"),
        pytest.param({"type": [f"Type{n}" for n in range(10_000)]}, id="many types"),
        pytest.param({"x" * 100_000: 1}, id="long name"),
        pytest.param({f"name{n}": n for n in range(600)}, id="many members"),
        pytest.param({"credentialStatus": [{"type": "x"}] * 5000}, id="many statuses"),
        pytest.param({"proof": [{"cryptosuite": "eddsa-rdfc-2022"}] * 600}, id="many proofs"),
    ],
)
def test_an_expensive_document_is_never_verified(member: dict[str, Any]) -> None:
    report = verification.verify({**good(), **member}, material(), NOW)

    assert report.verdict is not Verdict.VERIFIED


def test_a_document_that_costs_too_much_is_not_called_a_forgery_for_that() -> None:
    document = {**good(), "issuer": twins(3, 4)}

    report = verification.verify(document, material(), NOW)

    assert reasons(report)["signed"] == "too_complex"
    assert outcomes(report)["signed"] == outcomes(report)["anchored"] == "inconclusive"
