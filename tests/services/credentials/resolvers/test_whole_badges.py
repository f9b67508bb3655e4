"""Whatever address a badge names, wherever in it: only public machines are connected to."""

from collections.abc import Callable
from typing import Any

import pytest

from credentials import resolvers, services
from credentials.core import canonical
from issuers.resolvers import fetching
from tests.core.badges import samples
from tests.core.credentials import strangers
from tests.services.credentials.resolvers.world import Guard, answering

pytestmark = pytest.mark.django_db

EVIL = "https://evil.example.org"


def token(**changes: Any) -> bytes:
    return strangers.token({**strangers.unsigned(), **changes}).encode()


def hosted(**changes: Any) -> bytes:
    return canonical.dumps(strangers.hosted2(**changes))


def endorsed() -> bytes:
    one = {"type": ["EndorsementCredential"], "issuer": "did:web:evil.example.org"}
    return token(endorsement=[one])


BADGES: dict[str, Callable[[], bytes]] = {
    "issuer, did:web": lambda: token(issuer={**samples.PROFILE, "id": "did:web:evil.example.org"}),
    "issuer, https": lambda: token(issuer={**samples.PROFILE, "id": f"{EVIL}/issuer"}),
    "kid": lambda: strangers.token(kid=f"{EVIL}/key").encode(),
    "status list": lambda: token(
        credentialStatus={
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "1",
            "statusListCredential": f"{EVIL}/status",
        }
    ),
    "plain list": lambda: token(
        credentialStatus={"id": f"{EVIL}/revoked", "type": "1EdTechRevocationList"}
    ),
    "endorser": endorsed,
    "2.0, assertion": lambda: hosted(id=f"{EVIL}/1"),
    "2.0, badge": lambda: hosted(badge=f"{EVIL}/badge"),
    "2.0, issuer": lambda: hosted(badge=strangers.badge2(id="urn:x:1", issuer=f"{EVIL}/issuer")),
    "2.0, token": lambda: strangers.token2().encode(),
    "address": f"{EVIL}/badge".encode,
}
ADDRESSES = ("127.0.0.1", "169.254.169.254", "64:ff9b::7f00:1")


def verify(data: bytes) -> str:
    try:
        return services.verify_document(data=data, now=strangers.NOW).report.verdict.value
    except services.Unverifiable as error:
        return error.reason


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("place", BADGES)
def test_a_private_address_behind_any_name_in_a_badge_is_not_connected_to(
    place: str, address: str, guard: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookup, asked = answering(address)
    monkeypatch.setattr(fetching, "PUBLIC", resolvers.Network(lookup=lookup))

    found = verify(BADGES[place]())

    assert asked, "the name was looked up"
    assert guard.connected == []
    assert found in {"inconclusive", "refuted", "unreachable"}


LITERALS = (
    "https://127.0.0.1/", "https://[::1]/", "https://2130706433/", "https://0x7f.1/",
    "https://localhost/", "https://evil.example.org:8443/", "http://evil.example.org/",
    "https://a@evil.example.org/", "file:///etc/passwd", "gopher://evil.example.org/",
    "https://metadata.google.internal/", "https://evil.example.org\\@127.0.0.1/",
)  # fmt: skip


@pytest.mark.parametrize("address", LITERALS)
def test_an_address_that_is_not_plain_https_is_not_even_looked_up(
    address: str, guard: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookup, asked = answering("127.0.0.1")
    monkeypatch.setattr(fetching, "PUBLIC", resolvers.Network(lookup=lookup))
    entry = {"id": address, "type": "1EdTechRevocationList"}
    key = f"did:jwk:{'x' * 20}"

    for data in (
        token(credentialStatus=entry, issuer={**samples.PROFILE, "id": key}),
        hosted(id=address, badge=address),
    ):
        verify(data)

    assert [name for name in asked if name != "lumen.example.org"] == []
    assert guard.connected == []
