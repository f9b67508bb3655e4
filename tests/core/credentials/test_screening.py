"""What is refused before a document is signed: the dropped, the hidden, the written in two ways."""

import pytest

from credentials.core import contexts, rdf, screening
from tests.core.credentials import others, samples

# --- what would be dropped


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("secret", "x"),
        ("credentialSubject/achievement/secret", {"id": "https://a.example"}),
        ("credentialSubject/achievement/criteria/secret", 1),
    ],
)
def test_an_undefined_term_is_refused_with_its_name_and_place(path, value):
    document = samples.put(samples.small(), path, value)

    with pytest.raises(rdf.UndefinedTerms) as refusal:
        rdf.canonicalise(document)

    assert refusal.value.terms == ("secret",)
    assert refusal.value.pointer == f"/{path}"
    assert refusal.value.reason == "data-loss"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("type", ["VerifiableCredential", "Diploma"]),
        ("id", "credentials/1"),
        ("id", "_:b0"),
        ("id", "@none"),
        ("credentialSubject/achievement/image", {"id": "logo.png", "type": "Image"}),
        ("termsOfUse", {"id": "https://a.example", "type": "Terms"}),
        # Defined by the extensions, which this document does not name.
        (
            "credentialSchema",
            [{"id": "https://a.example", "type": "1EdTechJsonSchemaValidator2019"}],
        ),
    ],
)
def test_a_relative_address_is_refused(path, value):
    with pytest.raises(rdf.DataLoss) as refusal:
        rdf.canonicalise(samples.put(samples.small(), path, value))

    assert refusal.value.pointer is not None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("description", None),
        ("evidence", []),
        ("credentialSubject/achievement/tag", ["a", None]),
        ("@index", "x"),
        ("@included", [{"id": "https://a.example"}]),
        ("@reverse", {"issuer": {"id": "https://a.example"}}),
        ("@graph", [{"id": "https://a.example"}]),
        ("issuer/@index", "x"),
        ("name", {"@language": "fr"}),
        ("name", {"@value": "Nom"}),
        ("name", {"@value": "Nom", "@language": "fr", "@direction": "ltr"}),
        ("validFrom", {"@value": "2026-01-01T00:00:00Z", "@type": "xsd:dateTime"}),
        ("proof", "https://a.example/proof"),
        ("proof", [{"id": "https://a.example/proof"}]),
        ("proof", 5),
    ],
)
def test_what_leaves_no_trace_is_refused(path, value):
    with pytest.raises(rdf.DataLoss):
        rdf.canonicalise(samples.put(samples.small(), path, value))


def test_a_document_that_states_nothing_is_refused():
    for document in (
        {"@context": [contexts.CREDENTIALS_V2]},
        {"@context": [contexts.CREDENTIALS_V2], "id": "https://a.example"},
    ):
        with pytest.raises(rdf.DataLoss):
            rdf.canonicalise(document)


# --- what would be hidden


@pytest.mark.parametrize(
    ("member", "address"),
    [
        ("validUntil", "https://www.w3.org/2018/credentials#validUntil"),
        ("credentialStatus", "https://www.w3.org/2018/credentials#credentialStatus"),
    ],
)
def test_a_member_cannot_be_hidden_behind_its_address(member, address):
    """JSON-LD reads both alike and the signature would hold; a reader of the JSON would not."""
    document = samples.full()
    document[address] = document.pop(member)

    with pytest.raises(rdf.Ambiguous):
        rdf.canonicalise(document)


@pytest.mark.parametrize(
    "name",
    [
        "https://www.w3.org/2018/credentials#VerifiableCredential",
        "https://purl.imsglobal.org/spec/vc/ob/vocab.html#OpenBadgeCredential",
    ],
)
def test_a_type_cannot_be_hidden_behind_its_address(name):
    document = samples.small()
    document["type"].append(name)

    with pytest.raises(rdf.Ambiguous) as refusal:
        rdf.canonicalise(document)

    assert refusal.value.pointer == "/type"


def test_a_type_of_its_own_is_accepted():
    document = samples.put(samples.small(), "termsOfUse", {"type": "https://a.example/ns#Terms"})

    assert "<https://a.example/ns#Terms>" in rdf.canonicalise(document)


def test_an_address_cannot_be_abbreviated():
    document = samples.small()
    document["@context"] = [
        contexts.CREDENTIALS_V1,
        contexts.OPEN_BADGES_301,
        contexts.DATA_INTEGRITY_V2,
    ]
    document["issuanceDate"] = document.pop("validFrom")
    rdf.canonicalise(document)
    document["id"] = "xsd:string"

    with pytest.raises(rdf.Ambiguous):
        rdf.canonicalise(document)


def test_the_credential_is_described_in_one_place():
    """Two descriptions of one id are one node: the end of validity could move elsewhere."""
    document = samples.full()
    document["credentialSubject"]["achievement"]["related"] = [
        {
            "id": document["id"],
            "type": ["VerifiableCredential"],
            "validUntil": document.pop("validUntil"),
        }
    ]

    with pytest.raises(rdf.Ambiguous):
        rdf.canonicalise(document)


def test_two_names_for_one_member_are_refused():
    document = samples.small()
    document["@id"] = document["id"]

    with pytest.raises(rdf.DataLoss):
        rdf.canonicalise(document)


# --- what is written in two ways


@pytest.mark.parametrize(
    "number", [2**53, -(2**53), 1e21, 1e-7, -1e-9, 10**400, float("inf"), 1000000000000000.5]
)
def test_a_number_that_is_not_written_alike_is_refused(number):
    document = samples.put(samples.small(), "credentialSubject/creditsEarned", number)

    with pytest.raises(rdf.UnsafeValue) as refusal:
        rdf.canonicalise(document)

    assert refusal.value.pointer == "/credentialSubject/creditsEarned"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (3, "3"),
        (3.0, "3"),
        (0, "0"),
        (-0.0, "0"),
        (2.5, "2.5E0"),
        (1e-6, "1.0E-6"),
        (88.25, "8.825E1"),
    ],
)
def test_a_number_is_written_as_the_standard_says(number, text):
    document = samples.put(samples.small(), "credentialSubject/creditsEarned", number)

    assert f'"{text}"^^<https://www.w3.org/2001/XMLSchema#float>' in rdf.canonicalise(document)


@pytest.mark.parametrize(
    "code",
    [0x00, 0x07, 0x08, 0x0B, 0x0C, 0x1F, 0x7F, 0xD800, 0xDFFF, 0xFDD0, 0xFFFE, 0xFFFF, 0x10FFFF],
)
def test_a_character_that_is_not_written_alike_is_refused(code):
    document = samples.put(samples.small(), "credentialSubject/achievement/name", f"a{chr(code)}")

    with pytest.raises(rdf.UnsafeValue) as refusal:
        rdf.canonicalise(document)

    assert refusal.value.pointer == "/credentialSubject/achievement/name"
    assert f"U+{code:04X}" in str(refusal.value)


def test_a_language_is_a_language_tag():
    document = samples.put(samples.small(), "name", {"@value": "Nom", "@language": "fr_FR"})

    with pytest.raises(rdf.UnsafeValue):
        rdf.canonicalise(document)


def test_an_address_with_a_space_is_refused():
    with pytest.raises(rdf.CanonicalisationError):
        rdf.canonicalise(samples.put(samples.small(), "id", "https://a.example/a b"))


def test_an_address_that_is_none_is_refused():
    with pytest.raises(rdf.UnsafeValue):
        rdf.canonicalise(samples.put(samples.small(), "id", "https://a.example/<script>"))


def test_what_is_not_json_is_refused():
    with pytest.raises(rdf.UnsafeValue):
        rdf.canonicalise(samples.put(samples.small(), "validFrom", samples.CREATED))


# --- contexts


@pytest.mark.parametrize(
    "context",
    [
        [],
        None,
        {"@vocab": "https://a.example/"},
        [contexts.CREDENTIALS_V2, {"secret": "https://a.example/secret"}],
        [contexts.CREDENTIALS_V2, "https://a.example/context"],
        [contexts.OPEN_BADGES_303, contexts.CREDENTIALS_V2],
        [contexts.CREDENTIALS_V2, contexts.CREDENTIALS_V2],
        [contexts.OPEN_BADGES_303],
        [contexts.CREDENTIALS_V2, "https://purl.imsglobal.org/spec/ob/v3p0/context.json"],
    ],
)
def test_contexts_are_exactly_a_known_sequence(context):
    document = samples.small()
    document["@context"] = context

    with pytest.raises(rdf.UnknownContext) as refusal:
        rdf.canonicalise(document)

    assert refusal.value.reason == "unknown-context"


def test_a_document_without_context_is_refused():
    document = samples.small()
    del document["@context"]

    with pytest.raises(rdf.UnknownContext):
        rdf.canonicalise(document)


def test_a_context_inside_is_held_to_the_same_rule():
    document = samples.small()
    document["credentialSubject"]["@context"] = {"secret": "https://a.example/secret"}

    with pytest.raises(rdf.UnknownContext) as refusal:
        rdf.canonicalise(document)

    assert refusal.value.pointer == "/credentialSubject/@context"


def test_an_endorsement_with_its_contexts_is_read():
    document = samples.small()
    document["endorsement"] = [
        {
            "@context": [contexts.CREDENTIALS_V2, contexts.OPEN_BADGES_303],
            "id": "urn:uuid:22222222-2222-4222-8222-222222222222",
            "type": ["VerifiableCredential", "EndorsementCredential"],
            "issuer": {"id": "did:web:b.example", "type": ["Profile"], "name": "B"},
            "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": {
                "id": samples.DID,
                "type": ["EndorsementSubject"],
                "endorsementComment": "Sérieux",
            },
        }
    ]

    assert rdf.canonicalise(document) == others.by_pyld(document)


def test_a_member_of_the_wrong_kind_is_refused():
    with pytest.raises(rdf.NotJsonLd):
        rdf.canonicalise(samples.put(samples.small(), "id", 5))


def test_pointers_escape_what_stands_in_names():
    assert screening.pointers_of({"a/b": [{"c~d": 1}]}, "c~d") == ["/a~1b/0/c~0d"]
