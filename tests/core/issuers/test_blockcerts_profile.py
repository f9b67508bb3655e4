"""What Blockcerts reads about an issuer: its accounts, and its keys once more as JWK."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from eth_account import Account

from issuers.core import blockcerts, did, jwk, keys

URL = "https://badges.example/issuers/ecole-a/blockcerts.json"
SECRET = b"\x07" * 32
ADDRESS = Account.from_key(SECRET).address
KEY = ec.derive_private_key(int.from_bytes(SECRET), ec.SECP256K1()).public_key()
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
MULTIKEY = keys.encode_multikey(keys.public_key(bytes(range(32))))
DID = "did:web:badges.example:issuers:ecole-a"


def profile(**changes):
    given = {
        "url": URL,
        "name": "École A",
        "home": "https://ecole-a.example/",
        "submitters": [blockcerts.Submitter(ADDRESS, KEY, SINCE)],
    }
    return blockcerts.profile(**{**given, **changes})


def test_the_profile_lists_accounts_and_keys():
    method = blockcerts.verification_method(URL, ADDRESS)

    assert profile(email="badges@ecole-a.example") == {
        "@context": list(blockcerts.CONTEXTS),
        "id": URL,
        "type": ["Profile"],
        "name": "École A",
        "url": "https://ecole-a.example/",
        "email": "badges@ecole-a.example",
        "publicKey": [{"id": f"ecdsa-koblitz-pubkey:{ADDRESS}", "created": "2026-01-01T00:00:00Z"}],
        "verificationMethod": [
            {
                "id": method,
                "type": "JsonWebKey",
                "controller": URL,
                "publicKeyJwk": jwk.from_key(KEY),
            }
        ],
        "assertionMethod": [method],
    }
    assert method == f"{URL}#{ADDRESS.lower()}"
    assert "email" not in profile()


def test_an_account_of_the_past_stays_listed_with_its_end():
    past = blockcerts.Submitter(ADDRESS, KEY, SINCE, datetime(2026, 6, 1, tzinfo=UTC))

    [account] = profile(submitters=[past])["publicKey"]

    assert account["revoked"] == "2026-06-01T00:00:00Z"


@pytest.mark.parametrize(
    "submitters",
    [
        [],
        [blockcerts.Submitter("0x12", KEY, SINCE)],
        [blockcerts.Submitter(ADDRESS, KEY, datetime(2026, 1, 1))],  # noqa: DTZ001 - the point
    ],
)
def test_what_is_not_an_account_is_refused(submitters):
    with pytest.raises(did.DidError):
        profile(submitters=submitters)


def test_a_did_document_shows_its_keys_as_jwk_too_and_is_read_as_before():
    before = did.did_document(DID, [did.IssuerKey(MULTIKEY, SINCE)], ["eip155:1:" + ADDRESS])

    after = blockcerts.with_jwk(before)

    [method] = after["verificationMethod"]
    assert method.pop("publicKeyJwk") == jwk.from_ed25519(keys.decode_multikey(MULTIKEY))
    assert after == before
    named = did.verification_method(DID, MULTIKEY)
    shown = blockcerts.with_jwk(before)
    assert did.select_key(shown, named, at=SINCE) == keys.decode_multikey(MULTIKEY)
