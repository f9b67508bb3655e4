"""DID documents, status lists and documents are read strictly, and from where they must be."""

import json

import pytest

from credentials import resolvers
from issuers.core import base64url, jwk, keys
from tests.services.credentials.resolvers.world import HOST, Guard, Server, answering, page

# -- DID documents ---------------------------------------------------------------------------------

MULTIKEY = keys.encode_multikey(keys.public_key(b"\1" * 32))


def test_a_did_key_is_built_without_asking_anybody(guard: Guard) -> None:
    did = f"did:key:{MULTIKEY}"

    document = resolvers.resolve(did, budget=resolvers.Budget())

    assert document["id"] == did
    assert document["assertionMethod"] == [f"{did}#{MULTIKEY}"]
    assert document["verificationMethod"][0]["publicKeyMultibase"] == MULTIKEY
    assert guard.connected == []


@pytest.mark.parametrize("scheme", ["key", "jwk"])
def test_a_p256_key_is_its_own_document_too(scheme: str, guard: Guard) -> None:
    public = jwk.load_p256(b"\1" * 32).public_key()
    shown = base64url.encode(json.dumps(jwk.from_key(public)).encode())
    did = f"did:{scheme}:{jwk.encode_multikey(public) if scheme == 'key' else shown}"

    document = resolvers.resolve(did, budget=resolvers.Budget())

    (listed,) = document["verificationMethod"]
    assert document["assertionMethod"] == [listed["id"]]
    assert jwk.from_key(jwk.of_method(listed)) == jwk.from_key(public)
    assert guard.connected == []


def test_an_issuer_may_be_an_address_that_says_which_keys_speak_for_it(server: Server) -> None:
    name = server.says("/issuer", page(b'{"id":"https://badges.example.org/issuer"}'))
    other = server.says("/other", page(b'{"id":"https://badges.example.org/issuer"}'))
    budget = resolvers.Budget(network=server.network)

    assert resolvers.resolve(name, budget=budget) == {"id": name}
    with pytest.raises(resolvers.Unavailable, match="another identifier"):
        resolvers.resolve(other, budget=budget)


def test_a_did_web_is_read_where_the_method_says(server: Server) -> None:
    server.says(
        "/issuers/ecole/did.json", page(b'{"id":"did:web:badges.example.org:issuers:ecole"}')
    )
    did = f"did:web:{HOST}:issuers:ecole"

    document = resolvers.resolve(did, budget=resolvers.Budget(network=server.network))

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
        resolvers.resolve(f"did:web:{HOST}", budget=resolvers.Budget(network=server.network))

    assert refused.value.reason == reason
    assert refused.value.what == "DID document"


def test_an_open_redirect_does_not_speak_for_an_issuer(server: Server) -> None:
    server.says("/go/did.json", page(b"", "Location: /theirs.json", status="302 Found"))
    server.says("/theirs.json", page(b'{"id":"did:web:badges.example.org:go"}'))

    with pytest.raises(resolvers.Unavailable) as refused:
        resolvers.resolve(f"did:web:{HOST}:go", budget=resolvers.Budget(network=server.network))

    assert refused.value.reason == "it sends us elsewhere"


@pytest.mark.parametrize(
    "did",
    [
        "",
        "did:",
        "did:web:",
        "did:key:",
        "did:key:z6Mk",
        "did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU216",
        "did:jwk:",
        "did:jwk:e30",
        "did:jwk:" + "a" * 100_000,
        "http://badges.example.org/issuer",
        "https://127.0.0.1/issuer",
        "https://badges.example.org:8443/issuer",
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
        "DID:WEB:badges.example.org",
        "did:web:badges.example.org\r\nX: y",
    ],
)
def test_an_identifier_that_leads_nowhere_is_refused_without_asking(did: str, guard: Guard) -> None:
    lookup, asked = answering("93.184.216.34")

    with pytest.raises(resolvers.Unavailable) as refused:
        resolvers.resolve(did, budget=resolvers.Budget(network=resolvers.Network(lookup=lookup)))

    assert asked == []
    assert guard.connected == []
    assert len(refused.value.reason) < 100


# -- Status lists and documents --------------------------------------------------------------------


def test_a_status_list_is_read_strictly(server: Server) -> None:
    url = server.says("/status/1", page(b'{"type":["BitstringStatusListCredential"]}'))
    twice = server.says("/status/2", page(b'{"type":"a","type":"b"}'))

    found = resolvers.fetch_status_list(url, budget=resolvers.Budget(network=server.network))
    with pytest.raises(resolvers.Unavailable) as refused:
        resolvers.fetch_status_list(twice, budget=resolvers.Budget(network=server.network))

    assert found == {"type": ["BitstringStatusListCredential"]}
    assert (refused.value.what, refused.value.reason) == (
        "status list",
        "what was found there is no JSON document",
    )


def test_a_budget_is_spent_by_addresses_and_by_time(server: Server) -> None:
    url = server.says("/key", page(b"{}"))
    few = resolvers.Budget(fetches=2, network=server.network)
    late = resolvers.Budget(seconds=0.0, network=server.network)

    assert [resolvers.fetch_key(url, budget=few) for _ in range(2)] == [{}, {}]
    with pytest.raises(resolvers.Unavailable, match="more addresses than are read"):
        resolvers.fetch_key(url, budget=few)
    with pytest.raises(resolvers.Unavailable, match="took all of the time"):
        resolvers.fetch_key(url, budget=late)
    assert len(server.requests) == 2


def test_a_hosted_assertion_may_be_gone_and_say_so(server: Server) -> None:
    gone = server.says("/1", page(b'{"revoked":true}', status="410 Gone"))
    silent = server.says("/2", page(b"<html>", status="410 Gone"))
    there = server.says("/3", page(b'{"id":"x"}'))
    away = server.says("/4", page(b"{}", "Location: /3", status="302 Found"))
    budget = resolvers.Budget(network=server.network)

    assert resolvers.fetch_hosted(gone, budget=budget) == ({"revoked": True}, True)
    assert resolvers.fetch_hosted(silent, budget=budget) == ({}, True)
    assert resolvers.fetch_hosted(there, budget=budget) == ({"id": "x"}, False)
    with pytest.raises(resolvers.Unavailable, match="elsewhere"):
        resolvers.fetch_hosted(away, budget=budget)


def test_a_status_list_may_be_a_token(server: Server) -> None:
    token = server.says("/list", page(b" a.b.c\n"))
    binary = server.says("/binary", page(b"\xff\xfe"))
    budget = resolvers.Budget(network=server.network)

    assert resolvers.fetch_status_list(token, budget=budget) == "a.b.c"
    with pytest.raises(resolvers.Unavailable):
        resolvers.fetch_status_list(binary, budget=budget)


def test_a_document_is_read_as_it_is_even_behind_a_redirect(server: Server) -> None:
    server.says("/badge.png", page(b"\x89PNG\r\n\x1a\n...", "Content-Type: image/png"))
    url = server.says("/badge", page(b"", "Location: /badge.png", status="302 Found"))

    assert (
        resolvers.fetch_badge(url, budget=resolvers.Budget(network=server.network))
        == b"\x89PNG\r\n\x1a\n..."
    )
