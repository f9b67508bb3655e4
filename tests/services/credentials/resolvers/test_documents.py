"""DID documents, status lists and documents are read strictly, and from where they must be."""

import pytest

from credentials import resolvers
from issuers.core import keys
from tests.services.credentials.resolvers.world import HOST, Guard, Server, answering, page

# -- DID documents ---------------------------------------------------------------------------------

MULTIKEY = keys.encode_multikey(keys.public_key(b"\1" * 32))


def test_a_did_key_is_built_without_asking_anybody(guard: Guard) -> None:
    did = f"did:key:{MULTIKEY}"

    document = resolvers.resolve_did(did)

    assert document["id"] == did
    assert document["assertionMethod"] == [f"{did}#{MULTIKEY}"]
    assert document["verificationMethod"][0]["publicKeyMultibase"] == MULTIKEY
    assert guard.connected == []


def test_a_did_web_is_read_where_the_method_says(server: Server) -> None:
    server.says(
        "/issuers/ecole/did.json", page(b'{"id":"did:web:badges.example.org:issuers:ecole"}')
    )
    did = f"did:web:{HOST}:issuers:ecole"

    document = resolvers.resolve_did(did, network=server.network)

    assert document == {"id": did}
    assert b"Accept: application/did+ld+json, application/did+json" in server.requests[0]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            b'{"id":"did:web:other.example.org"}',
            "the document found there belongs to another identifier",
        ),
        (b"{}", "the document found there belongs to another identifier"),
        (b"<html></html>", "what was found there is no JSON document"),
        (
            b'{"id":"a","id":"did:web:badges.example.org"}',
            "what was found there is no JSON document",
        ),
        (b'{"id":NaN}', "what was found there is no JSON document"),
        (b"[" * 100_000, "what was found there is no JSON document"),
        (b"\xff\xfe", "what was found there is no JSON document"),
        (b'{"id":"' + b"a" * 256_000 + b'"}', "it is too large"),
    ],
)
def test_a_did_document_that_is_not_one_is_refused(
    server: Server, body: bytes, reason: str
) -> None:
    server.says("/.well-known/did.json", page(body))

    with pytest.raises(resolvers.Unavailable) as refused:
        resolvers.resolve_did(f"did:web:{HOST}", network=server.network)

    assert refused.value.reason == reason
    assert refused.value.what == "DID document"


def test_an_open_redirect_does_not_speak_for_an_issuer(server: Server) -> None:
    server.says("/go/did.json", page(b"", "Location: /theirs.json", status="302 Found"))
    server.says("/theirs.json", page(b'{"id":"did:web:badges.example.org:go"}'))

    with pytest.raises(resolvers.Unavailable) as refused:
        resolvers.resolve_did(f"did:web:{HOST}:go", network=server.network)

    assert refused.value.reason == "it sends us elsewhere"


@pytest.mark.parametrize(
    "did",
    [
        "",
        "did:",
        "did:web:",
        "did:key:",
        "did:key:z6Mk",
        "did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169",
        f"did:key:{MULTIKEY}#{MULTIKEY}",
        f"did:key:{MULTIKEY[:-1]}",
        "did:ion:EiClkZMDxPKqC9c",
        "did:web:127.0.0.1",
        "did:web:127.0.0.1%3A5432",
        "did:web:2130706433",
        "did:web:localhost",
        "did:web:localhost%3A8000:issuers:ecole",
        "did:web:[::1]",
        "did:web:badges.example.org%3A8443",
        "did:web:badges.example.org:..:..:secret",
        "did:web:badges.example.org:%2e%2e",
        "did:web:badges.example.org%2F@127.0.0.1",
        "did:web:alice@badges.example.org",
        "did:web:badges.example.org#key",
        "did:web:badges.example.org?x=y",
        "did:web:bücher.example.org",
        "did:web:" + "a" * 100_000,
        "https://badges.example.org/issuer",
        "DID:WEB:badges.example.org",
        "did:web:badges.example.org\r\nX: y",
    ],
)
def test_an_identifier_that_leads_nowhere_is_refused_without_asking(did: str, guard: Guard) -> None:
    lookup, asked = answering("93.184.216.34")

    with pytest.raises(resolvers.Unavailable) as refused:
        resolvers.resolve_did(did, network=resolvers.Network(lookup=lookup))

    assert asked == []
    assert guard.connected == []
    assert len(refused.value.reason) < 100


# -- Status lists and documents --------------------------------------------------------------------


def test_a_status_list_is_read_strictly(server: Server) -> None:
    url = server.says("/status/1", page(b'{"type":["BitstringStatusListCredential"]}'))
    twice = server.says("/status/2", page(b'{"type":"a","type":"b"}'))

    found = resolvers.fetch_status_list(url, network=server.network)
    with pytest.raises(resolvers.Unavailable) as refused:
        resolvers.fetch_status_list(twice, network=server.network)

    assert found == {"type": ["BitstringStatusListCredential"]}
    assert (refused.value.what, refused.value.reason) == (
        "status list",
        "what was found there is no JSON document",
    )


def test_a_document_is_read_as_it_is_even_behind_a_redirect(server: Server) -> None:
    server.says("/badge.png", page(b"\x89PNG\r\n\x1a\n...", "Content-Type: image/png"))
    url = server.says("/badge", page(b"", "Location: /badge.png", status="302 Found"))

    assert resolvers.fetch_document(url, network=server.network) == b"\x89PNG\r\n\x1a\n..."
