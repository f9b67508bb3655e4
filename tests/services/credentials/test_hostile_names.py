"""Names and addresses that are none: each gets an answer, never an exception."""

import json

import pytest

from credentials import services
from tests.conftest import NOW
from tests.core.credentials import verifiable

pytestmark = pytest.mark.django_db

HOSTILE = [
    "https://[", "https://[::1", "https://a:b:c/", "\x00", "did:web:\x00", "http://[x]/",
    "https://localhost:99999999/", "https://\u2100.example/",
    "https://localhost:8000/credentials/" + "a" * 22, "x" * 200_000,
]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("where", ["id", "issuer", "status"])
def test_a_document_with_a_hostile_name_is_never_verified(value, where):
    document = verifiable.good()
    if where == "id":
        document["id"] = value
    elif where == "issuer":
        document["issuer"] = {"id": value, "type": ["Profile"]}
    else:
        document["credentialStatus"]["statusListCredential"] = value

    try:
        found = services.verify_document(data=json.dumps(document).encode(), now=NOW)
    except services.Unverifiable:
        return

    assert found.report.verdict != "verified"


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_address_is_refused_with_a_reason(value):
    with pytest.raises(services.Unverifiable) as refusal:
        services.verify_address(url=value, now=NOW)

    assert refusal.value.reason in {"not_found", "unreachable"}
