"""did:web: names, documents, and the choice of a key at a time."""

import copy
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuers.core import did, keys

OLD = keys.encode_multikey(keys.public_key(b"\x01" * 32))
NEW = keys.encode_multikey(keys.public_key(b"\x02" * 32))
LOST = keys.encode_multikey(keys.public_key(b"\x03" * 32))
NAME = "did:web:badges.example:issuers:ecole-a"
ACCOUNT = "eip155:131277322940537:0x" + "ab" * 20


def day(month: int, number: int = 1) -> datetime:
    return datetime(2026, month, number, tzinfo=UTC)


@pytest.fixture
def document() -> dict[str, Any]:
    """A key that was replaced in March, one that was lost in April, and the one of today."""
    return did.did_document(
        NAME,
        [
            did.IssuerKey(OLD, day(1), expires=day(3)),
            did.IssuerKey(NEW, day(4)),
            did.IssuerKey(LOST, day(3), revoked=day(4, 2)),
        ],
        [ACCOUNT],
    )


def method(multikey: str) -> str:
    return did.verification_method(NAME, multikey)


# --- published vectors


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("did:web:w3c-ccg.github.io", "https://w3c-ccg.github.io/.well-known/did.json"),
        (
            "did:web:w3c-ccg.github.io:user:alice",
            "https://w3c-ccg.github.io/user/alice/did.json",
        ),
        ("did:web:example.com%3A3000:user:alice", "https://example.com:3000/user/alice/did.json"),
    ],
)
def test_the_address_is_the_published_one(name, url):
    """did:web Method Specification, section 3.2."""
    assert did.did_web_url(name) == url


# --- names

_labels = st.from_regex(r"[a-z][a-z0-9]{0,10}", fullmatch=True)
_segments = st.from_regex(r"[A-Za-z0-9_-]{1,12}", fullmatch=True)


@given(st.lists(_labels, min_size=1, max_size=4), st.integers(1, 65535), st.lists(_segments))
def test_a_name_leads_back_to_its_host_and_path(labels, port, segments):
    host = ".".join(labels)

    name = did.did_web(f"{host}:{port}", *segments)

    assert name.count(":") == 2 + len(segments)
    path = "/".join(segments) or ".well-known"
    assert did.did_web_url(name) == f"https://{host}:{port}/{path}/did.json"


def test_a_port_is_escaped():
    assert did.did_web("localhost:8000", "issuers", "a") == "did:web:localhost%3A8000:issuers:a"


def test_a_host_is_in_lower_case():
    assert did.did_web("Badges.Example") == "did:web:badges.example"


@pytest.mark.parametrize(
    "host",
    [
        "",
        ".",
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "1.2.3.0x4",
        "example.123",
        "[::1]",
        "::1",
        "a..example",
        ".example",
        "example.",
        "-a.example",
        "a-.example",
        "a" * 64 + ".example",
        "a." * 130 + "example",
        "école.example",
        "a_b.example",
        "a b.example",
        "a.example\n",
        "user@a.example",
        "a.example/path",
        "a.example%2F",
        "a.example:",
        "a.example:0",
        "a.example:08",
        "a.example:65536",
        "a.example:99999999999",
        "a.example:80:80",
        "a.example:x",
    ],
)
def test_what_is_not_a_domain_name_names_no_issuer(host):
    with pytest.raises(did.DidError):
        did.did_web(host)


@pytest.mark.parametrize("segment", ["", ".", "..", "a/b", "a:b", "%2e%2e", "a b", "é", "a" * 256])
def test_a_segment_cannot_leave_the_path(segment):
    with pytest.raises(did.DidError):
        did.did_web("a.example", segment)

    if segment != "a:b":  # these are two
        with pytest.raises(did.DidError):
            did.did_web_url(f"did:web:a.example:{segment}")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "did",
        "did:web",
        "did:web:",
        "did:web::a",
        "did:key:z6Mk",
        "https://a.example",
        "did:web:127.0.0.1",
        "did:web:127.0.0.1%3A80",
        "did:web:0x7f.1",
        "did:web:%5B%3A%3A1%5D",
        "did:web:a.example%3A",
        "did:web:a.example%3A80%3A80",
        "did:web:a.example%2Fetc",
        "did:web:a.example%00",
        "did:web:user%40a.example",
        "did:web:a.example/etc",
        "did:web:a.example?x",
        "did:web:a.example#x",
        "did:web:a.example:",
        "did:web:" + "a" * 2000,
    ],
)
def test_what_is_not_a_did_web_has_no_address(name):
    with pytest.raises(did.DidError):
        did.did_web_url(name)


# --- the document


def test_the_document_lists_every_key_newest_first(document):
    assert document["@context"] == [
        "https://www.w3.org/ns/did/v1",
        "https://w3id.org/security/multikey/v1",
    ]
    assert document["id"] == NAME
    assert document["assertionMethod"] == [method(NEW), method(LOST), method(OLD)]
    assert document["authentication"] == [method(NEW)]
    assert document["verificationMethod"] == [
        {"id": method(NEW), "type": "Multikey", "controller": NAME, "publicKeyMultibase": NEW},
        {
            "id": method(LOST),
            "type": "Multikey",
            "controller": NAME,
            "publicKeyMultibase": LOST,
            "revoked": "2026-04-02T00:00:00Z",
        },
        {
            "id": method(OLD),
            "type": "Multikey",
            "controller": NAME,
            "publicKeyMultibase": OLD,
            "expires": "2026-03-01T00:00:00Z",
        },
    ]


def test_the_document_names_who_anchors(document):
    assert document["service"] == [
        {"id": f"{NAME}#anchoring", "type": "AnchorSubmitters", "serviceEndpoint": [ACCOUNT]}
    ]
    assert did.submitters(document) == (ACCOUNT,)


def test_an_issuer_without_current_key_authenticates_nothing():
    document = did.did_document(NAME, [did.IssuerKey(OLD, day(1), revoked=day(2))])

    assert "authentication" not in document
    assert "service" not in document
    assert did.submitters(document) == ()


def test_an_issuer_has_keys_each_once():
    with pytest.raises(did.DidError):
        did.did_document(NAME, [])
    with pytest.raises(did.DidError):
        did.did_document(NAME, [did.IssuerKey(OLD, day(1)), did.IssuerKey(OLD, day(2))])
    with pytest.raises(keys.KeyFormatError):
        did.did_document(NAME, [did.IssuerKey("z6Mk", day(1))])


@pytest.mark.parametrize(
    "account", ["", "0x" + "ab" * 20, "eip155:1:0xab", "eip155:01:0x" + "ab" * 20, 5]
)
def test_an_account_is_written_in_full(account):
    with pytest.raises(did.DidError):
        did.did_document(NAME, [did.IssuerKey(OLD, day(1))], [account])


def test_an_instant_without_zone_is_refused():
    naive = day(2).replace(tzinfo=None)

    with pytest.raises(did.DidError):
        did.did_document(NAME, [did.IssuerKey(OLD, day(1), expires=naive)])


# --- the choice of a key


@pytest.mark.parametrize(
    ("multikey", "at"), [(OLD, day(2)), (NEW, day(5)), (LOST, day(4)), (OLD, day(2, 28))]
)
def test_a_key_is_found_while_it_is_valid(document, multikey, at):
    public_key = did.select_key(document, method(multikey), at=at)

    assert public_key == keys.decode_multikey(multikey)


@pytest.mark.parametrize(
    ("multikey", "at"),
    [(OLD, day(3)), (OLD, day(9)), (LOST, day(4, 2)), (LOST, day(9))],
)
def test_a_key_is_not_found_after_its_end(document, multikey, at):
    with pytest.raises(did.KeyNotValid):
        did.select_key(document, method(multikey), at=at)


def test_the_zone_of_the_instant_counts(document):
    paris = timezone(timedelta(hours=1))

    with pytest.raises(did.KeyNotValid):
        did.select_key(document, method(OLD), at=datetime(2026, 3, 1, 1, 0, tzinfo=paris))
    did.select_key(document, method(OLD), at=datetime(2026, 3, 1, 0, 59, tzinfo=paris))


def test_a_relative_or_embedded_key_of_others_is_found(document):
    """Controlled Identifiers 1.0 allows both."""
    relative = copy.deepcopy(document)
    relative["verificationMethod"][0]["id"] = f"#{NEW}"
    relative["assertionMethod"] = [f"#{NEW}"]
    embedded = copy.deepcopy(document)
    embedded["assertionMethod"] = [embedded.pop("verificationMethod")[0]]

    for found in (relative, embedded):
        assert did.select_key(found, method(NEW), at=day(5)) == keys.decode_multikey(NEW)


def refused(document: Any, identifier: str = "") -> did.DidError:
    with pytest.raises(did.DidError) as refusal:
        did.select_key(document, identifier or method(NEW), at=day(5))
    return refusal.value


def test_a_key_for_other_purposes_is_not_listed(document):
    document["assertionMethod"].remove(method(NEW))

    assert isinstance(refused(document), did.KeyNotListed)


def test_an_embedded_key_of_another_purpose_is_not_listed(document):
    document["authentication"] = [document["verificationMethod"].pop(0)]

    assert isinstance(refused(document), did.KeyNotListed)


def test_a_key_under_another_controller_is_not_listed(document):
    document["verificationMethod"][0]["controller"] = "did:web:b.example"

    assert isinstance(refused(document), did.KeyNotListed)


def test_a_key_that_is_not_there_is_not_listed(document):
    del document["verificationMethod"][0]

    assert isinstance(refused(document), did.KeyNotListed)


def test_a_document_of_somebody_else_is_refused(document):
    document["id"] = "did:web:b.example"

    refused(document)


def test_a_key_defined_twice_is_refused(document):
    twin = {**document["verificationMethod"][0], "publicKeyMultibase": LOST}
    document["verificationMethod"].append(twin)

    refused(document)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("type", "Ed25519VerificationKey2020"),
        ("publicKeyMultibase", None),
        ("publicKeyMultibase", "z6Mk"),
        ("publicKeyMultibase", "zDnaegE6RR3atJtHKwTRTWHsJ3kNHqFwv7n9YjTgmU7TyfU76"),
        ("revoked", None),
        ("revoked", 0),
        ("revoked", ""),
        ("revoked", "2030-13-01T00:00:00Z"),
        ("revoked", "2030-01-01"),
        ("expires", "2030-01-01T00:00:00"),
        ("expires", "2030-01-01T24:30:00Z"),
        ("expires", "2030-01-01T00:00:00+99:99"),
    ],
)
def test_a_malformed_key_is_refused(document, member, value):
    document["verificationMethod"][0][member] = value

    refused(document)


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+14:00", "2026-05-01T00:00:00.000000Z"])
def test_a_key_that_ended_at_any_date_is_not_valid(document, instant):
    document["verificationMethod"][0]["revoked"] = instant

    assert isinstance(refused(document), did.KeyNotValid)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("assertionMethod", None),
        ("assertionMethod", {}),
        ("assertionMethod", "x"),
        ("assertionMethod", [5, None, []]),
        ("assertionMethod", ["x"] * 3000),
        ("verificationMethod", None),
        ("verificationMethod", {}),
        ("verificationMethod", [5]),
        ("verificationMethod", [{}] * 3000),
    ],
)
def test_a_malformed_document_is_refused(document, member, value):
    document[member] = value

    refused(document)


@pytest.mark.parametrize("identifier", [NAME, f"{NAME}#", f"#{NEW}", NEW, "did:web:b.example#x"])
def test_a_key_is_named_in_full(document, identifier):
    refused(document, identifier)


def test_the_instant_has_its_zone(document):
    with pytest.raises(did.DidError):
        did.select_key(document, method(NEW), at=day(5).replace(tzinfo=None))


@pytest.mark.parametrize(
    "service",
    [
        {},
        "x",
        [5],
        [{"id": f"{NAME}#other", "type": "AnchorSubmitters", "serviceEndpoint": [ACCOUNT]}],
        [{"id": f"{NAME}#anchoring", "type": "AnchorSubmitters"}],
        [{"id": f"{NAME}#anchoring", "type": "AnchorSubmitters", "serviceEndpoint": {}}],
        [{"id": f"{NAME}#anchoring", "type": "AnchorSubmitters", "serviceEndpoint": ["x"]}],
        [{"id": f"{NAME}#anchoring", "type": "AnchorSubmitters", "serviceEndpoint": [5]}],
        [
            {
                "id": f"{NAME}#anchoring",
                "type": "AnchorSubmitters",
                "serviceEndpoint": [ACCOUNT] * 99,
            }
        ],
        [{"id": f"{NAME}#anchoring", "type": "AnchorSubmitters", "serviceEndpoint": [ACCOUNT]}] * 2,
    ],
)
def test_a_malformed_service_is_refused(document, service):
    document["service"] = service

    with pytest.raises(did.DidError):
        did.submitters(document)


def test_services_of_other_kinds_are_left_aside(document):
    document["service"].append({"id": f"{NAME}#web", "type": "LinkedDomains"})

    assert did.submitters(document) == (ACCOUNT,)


def test_one_account_may_stand_alone(document):
    document["service"][0]["serviceEndpoint"] = ACCOUNT

    assert did.submitters(document) == (ACCOUNT,)
