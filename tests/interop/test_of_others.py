"""Badges made by the programs of others: what our own /verify says of them, over a real network."""

import base64
import io
import json
from datetime import timedelta
from functools import cache
from typing import Any

import base58
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from openbadges_bakery import png_bakery, svg_bakery  # type: ignore[import-untyped] # it has none
from openbadgeslib.ob2 import models as ob2
from openbadgeslib.ob2.signer import OB2Signer
from openbadgeslib.ob3 import Achievement, Issuer, OB3Signer, OpenBadgeCredential
from openbadgeslib.ob3 import status_list as their_lists
from openbadgeslib.ob3.ldp import OB3LdpSigner
from pytest_socket import enable_socket

from badges.core import assertion
from credentials.core import jose
from issuers.core import base64url, jwk, keys
from tests.hosts import Hosts
from tests.interop import matrix, node, world

pytestmark = [
    pytest.mark.interop,
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:Please use rfc3986:DeprecationWarning"),
]
needs_node = [mark for mark in node.installed("@digitalbazaar/vc") if mark.name == "skipif"]

DID = world.ISSUER.did
STATUS = world.LIST
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4"/></svg>'
OB2 = f"{world.HOST}/ob2"
ISSUER, BADGE, KEY, REVOKED = f"{OB2}/issuer", f"{OB2}/badge", f"{OB2}/key", f"{OB2}/revoked"
# What /verify comes to for each way of being spoilt, and that nothing else fails with it.
STATES = {
    "tampered": "altered",
    "revoked": "revoked",
    "expired": "expired",
    "of another issuer": "forged",
}
SPOILT = pytest.mark.parametrize("name", STATES)


@pytest.fixture(autouse=True)
def _offline() -> None:
    """Our verifier reaches the hosts of the test on loopback, and nothing else is there."""
    enable_socket()


@cache
def key(kind: str) -> Any:
    if kind == "RS256":
        return rsa.generate_private_key(65537, 2048)
    if kind == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    return ed25519.Ed25519PrivateKey.from_private_bytes(world.ISSUER.seed)


def pem(private: Any) -> bytes:
    encoded: bytes = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return encoded


@pytest.fixture
def issuer(db: None, hosts: Hosts, time_machine: Any) -> Hosts:
    """Serve what the issuer publishes: its keys, in its DID document."""
    time_machine.move_to(world.NOW, tick=False)
    document = world.ISSUER.document
    for kind in ("RS256", "ES256"):
        method = jwk.method(DID, key(kind).public_key())
        document["verificationMethod"].append(method)
        document["assertionMethod"].append(method["id"])
    hosts.serve("https://badges.example.org/issuers/atelier-lumen/did.json", document)
    other = world.OTHER.document
    hosts.serve("https://other.example.org/.well-known/did.json", other)
    return hosts


def verified(client: Any, data: bytes | str | dict[str, Any]) -> dict[str, Any]:
    """Hand a badge over, and return the report."""
    if isinstance(data, dict):
        data = json.dumps(data)
    response = client.post("/api/verify", data, content_type="application/octet-stream")
    assert response.status_code == 200, response.content
    report: dict[str, Any] = response.json()
    return report


def assert_sound(report: dict[str, Any]) -> None:
    open_ones = [
        check["name"]
        for check in report["checks"]
        if check["outcome"] not in {"passed", "not_applicable"}
    ]
    assert (report["state"], open_ones) == ("unknown_issuer", ["issuer"]), report["checks"]
    assert report["verdict"] == "inconclusive"


def assert_spoilt(report: dict[str, Any], name: str) -> None:
    assert (report["verdict"], report["state"]) == ("refuted", STATES[name]), report["checks"]


# -- @digitalbazaar/vc signs credentials -----------------------------------------------------------


def sealed(changes: dict[str, Any] | None = None, index: int = world.STANDING) -> dict[str, Any]:
    return {**world.unsigned(index=index), **(changes or {})}


@pytest.fixture(scope="module")
def digital_bazaar() -> dict[str, Any]:
    seed = world.ISSUER.seed
    secret = "z" + base58.b58encode(b"\x80\x26" + seed + keys.public_key(seed)).decode()
    question = {
        "now": world.SIGNED.isoformat(),
        "contexts": node.known_contexts(),
        "key": {
            "id": world.ISSUER.method,
            "controller": DID,
            "publicKeyMultibase": world.ISSUER.multikey,
            "secretKeyMultibase": secret,
        },
        "credentials": {
            "sound": sealed(),
            "revoked": sealed(index=world.REVOKED),
            "expired": sealed({"validUntil": "2026-03-20T00:00:00Z"}),
            "of another issuer": sealed({"issuer": world.OTHER.profile}),
        },
        "tokens": {},
    }
    made: dict[str, Any] = node.ask("issue.mjs", question)["credentials"]
    made["tampered"] = {**made["sound"], "name": "Doctor"}
    return made


class TestDigitalBazaar:
    pytestmark = [*needs_node, matrix.made(matrix.THEIR_SIGNED, matrix.DIGITAL_BAZAAR)]

    def test_we_accept_what_it_signs(self, client, issuer, digital_bazaar):
        issuer.serve(STATUS, world.signed_list())

        assert_sound(verified(client, digital_bazaar["sound"]))

    @SPOILT
    def test_we_refuse_what_was_spoilt(self, client, issuer, digital_bazaar, name):
        issuer.serve(STATUS, world.signed_list())

        assert_spoilt(verified(client, digital_bazaar[name]), name)


# -- openbadgeslib signs credentials, tokens and status lists --------------------------------------


def theirs(**changes: Any) -> OpenBadgeCredential:
    members: dict[str, Any] = {
        "id": f"{world.HOST}/credentials/1",
        "issuer": Issuer(id=DID, name="Atelier Lumen", url="https://atelier-lumen.example.org/"),
        "achievement": Achievement(
            id=f"{world.HOST}/achievements/1",
            name="Éclairage",
            description="Concevoir un éclairage",
            criteria_narrative="Un plan de feux",
        ),
        "recipient_id": "mailto:leila@example.org",
        "issuance_date": world.SIGNED,
        "credential_status": [their_lists.status_entry(STATUS, "revocation", world.STANDING)],
    }
    return OpenBadgeCredential(**{**members, **changes})


def spoilt(name: str) -> OpenBadgeCredential:
    return {
        "tampered": theirs(),
        "revoked": theirs(
            credential_status=[their_lists.status_entry(STATUS, "revocation", world.REVOKED)]
        ),
        "expired": theirs(expiration_date=world.NOW - timedelta(days=1)),
        "of another issuer": theirs(issuer=Issuer(id=world.OTHER.did, name="Atelier Lumen")),
    }[name]


def their_list(kind: str) -> str:
    unsigned = their_lists.build_status_list_credential(
        DID,
        STATUS,
        "revocation",
        [world.REVOKED],
        issued=world.SIGNED,
        valid_until=world.NOW + timedelta(days=9),
    )
    return their_lists.sign_status_list_credential(unsigned, pem(key(kind)), kind)


def changed(token: str) -> str:
    header, payload, signature = token.split(".")
    claims = json.loads(base64url.decode(payload)) | {"name": "Doctor"}
    return f"{header}.{base64url.encode(json.dumps(claims).encode())}.{signature}"


@pytest.mark.parametrize("kind", ["RS256", "ES256"])
class TestTokensOfOpenbadgeslib:
    pytestmark = matrix.made(matrix.THEIR_TOKEN, matrix.OPENBADGESLIB)

    def test_we_accept_what_it_signs(self, client, issuer, kind):
        issuer.serve(STATUS, their_list(kind), "text/plain")

        assert_sound(verified(client, OB3Signer(pem(key(kind)), kind).sign(theirs())))

    @SPOILT
    def test_we_refuse_what_was_spoilt(self, client, issuer, kind, name):
        issuer.serve(STATUS, their_list(kind), "text/plain")
        token = OB3Signer(pem(key(kind)), kind).sign(spoilt(name))

        assert_spoilt(verified(client, changed(token) if name == "tampered" else token), name)


@matrix.made(matrix.THEIR_TOKEN, matrix.OPENBADGESLIB)
def test_we_leave_open_what_is_signed_with_eddsa(client, issuer):
    """A token signed with EdDSA is named and left open: Open Badges 3.0 asks verifiers for RS256,
    and 1EdTech's reads ES256 beside it."""
    token = OB3Signer(pem(key("EdDSA")), "EdDSA").sign(theirs(credential_status=[]))

    report = verified(client, token)

    assert (report["verdict"], report["state"]) == ("inconclusive", "unsupported")


@pytest.mark.parametrize("form", ["json", "png", "svg"])
class TestImagesOfOpenbadgeslib:
    pytestmark = matrix.made(matrix.THEIR_IMAGES, matrix.OPENBADGESLIB)

    def made(self, form: str, credential: OpenBadgeCredential, *, name: str = "") -> bytes:
        signer = OB3LdpSigner(pem(key("EdDSA")), world.ISSUER.method)
        if form == "png":
            image = signer.sign_into_png(credential, world.picture())
        elif form == "svg":
            image = signer.sign_into_svg(credential, DRAWING)
        else:
            image = signer.sign_to_json(credential).encode()
        if name != "tampered":
            return image
        return self.tampered(form, image)

    def tampered(self, form: str, image: bytes) -> bytes:
        if form != "png":
            return image.replace(b"Un plan de feux", b"Un plan de faux")
        from badges.core import baking

        text = baking.unbake_png(image).replace("Un plan de feux", "Un plan de faux")
        return baking.bake_png(world.picture(), text)

    def test_we_accept_what_it_bakes(self, client, issuer, form):
        issuer.serve(STATUS, world.signed_list())

        assert_sound(verified(client, self.made(form, theirs())))

    @SPOILT
    def test_we_refuse_what_was_spoilt(self, client, issuer, form, name):
        issuer.serve(STATUS, world.signed_list())

        assert_spoilt(verified(client, self.made(form, spoilt(name), name=name)), name)


# -- jose signs tokens -----------------------------------------------------------------------------


def private(kind: str) -> dict[str, str]:
    numbers = key(kind).private_numbers()
    shown = jwk.from_key(key(kind).public_key())
    if kind == "ES256":
        return {**shown, "d": base64url.encode(numbers.private_value.to_bytes(32))}
    names = {"d": numbers.d, "p": numbers.p, "q": numbers.q}
    names |= {"dp": numbers.dmp1, "dq": numbers.dmq1, "qi": numbers.iqmp}
    return shown | {
        name: base64url.encode(value.to_bytes((value.bit_length() + 7) // 8))
        for name, value in names.items()
    }


@pytest.fixture(scope="module")
def tokens() -> dict[str, str]:
    documents = {
        "sound": sealed(),
        "revoked": sealed(index=world.REVOKED),
        "expired": sealed({"validUntil": "2026-03-20T00:00:00Z"}),
        "of another issuer": sealed({"issuer": world.OTHER.profile}),
    }
    question: dict[str, Any] = {
        "now": world.SIGNED.isoformat(),
        "contexts": {},
        "tokens": {
            f"{kind} {name}": {
                "claims": {**document, **jose.claims(document)},
                "header": {
                    "alg": kind,
                    "typ": "JWT",
                    "kid": jwk.method(DID, key(kind).public_key())["id"],
                },
                "jwk": private(kind),
            }
            for kind in ("RS256", "ES256")
            for name, document in documents.items()
        },
    }
    made: dict[str, str] = node.ask("issue.mjs", question)["tokens"]
    return made | {
        f"{kind} tampered": changed(made[f"{kind} sound"]) for kind in ("RS256", "ES256")
    }


@pytest.mark.parametrize("kind", ["RS256", "ES256"])
class TestJose:
    pytestmark = [*needs_node, matrix.made(matrix.THEIR_TOKEN, matrix.JOSE)]

    def test_we_accept_what_it_signs(self, client, issuer, tokens, kind):
        issuer.serve(STATUS, world.signed_list())

        assert_sound(verified(client, tokens[f"{kind} sound"]))

    @SPOILT
    def test_we_refuse_what_was_spoilt(self, client, issuer, tokens, kind, name):
        issuer.serve(STATUS, world.signed_list())

        assert_spoilt(verified(client, tokens[f"{kind} {name}"]), name)


# -- Open Badges 2.0: openbadgeslib signs, openbadges-bakery bakes ---------------------------------


def claims(name: str = "", **changes: Any) -> ob2.Assertion:
    members: dict[str, Any] = {
        "id": f"urn:uuid:{name or 'sound'}".replace(" ", "-"),
        "recipient": ob2.IdentityObject.create("leila@example.org", "0123456789abcdef"),
        "badge": BADGE,
        "verification": ob2.Verification(type="SignedBadge", creator=KEY),
        "issued_on": world.SIGNED,
    }
    if name == "expired":
        members["expires"] = world.NOW - timedelta(days=1)
    return ob2.Assertion(**{**members, **changes})


@pytest.fixture
def older(issuer: Hosts) -> Hosts:
    """Serve what an issuer publishes in the older edition."""
    profile = {**world.ISSUER.profile, "email": "contact@example.org"}
    written = assertion.issuer(profile, id=ISSUER, keys=[KEY], revocation_list=REVOKED)
    issuer.serve(ISSUER, written)
    achievement = world.unsigned()["credentialSubject"]["achievement"]
    issuer.serve(BADGE, assertion.badge_class(achievement, id=BADGE, issuer=ISSUER))
    public = (
        key("RS256")
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    issuer.serve(KEY, assertion.cryptographic_key(id=KEY, owner=ISSUER, pem=public.decode()))
    issuer.serve(
        REVOKED,
        assertion.revocation_list(id=REVOKED, issuer=ISSUER, revoked={"urn:uuid:revoked": None}),
    )
    return issuer


class TestAssertionsOfOpenbadgeslib:
    pytestmark = matrix.made(matrix.THEIR_SIGNED_ASSERTION, matrix.OPENBADGESLIB)

    @pytest.mark.parametrize("form", ["jws", "png", "svg"])
    def test_we_accept_what_it_signs(self, client, older, form):
        signer = OB2Signer(pem(key("RS256")))
        data = {
            "jws": lambda: signer.sign(claims()).encode(),
            "png": lambda: signer.sign_into_png(claims(), world.picture()),
            "svg": lambda: signer.sign_into_svg(claims(), DRAWING),
        }[form]()

        assert_sound(verified(client, data))

    @SPOILT
    def test_we_refuse_what_was_spoilt(self, client, older, name):
        # An issuer of another origin, whose badge class is shown with this issuer's key.
        other = "https://other.example.org/issuer"
        written = assertion.issuer(
            {**world.OTHER.profile, "email": "x@example.org"}, id=other, keys=[KEY]
        )
        older.serve(other, written)
        achievement = world.unsigned()["credentialSubject"]["achievement"]
        theirs = f"{other}/badge"
        older.serve(theirs, assertion.badge_class(achievement, id=theirs, issuer=other))
        badge = theirs if name == "of another issuer" else BADGE

        token = OB2Signer(pem(key("RS256"))).sign(claims(name, badge=badge))

        if name == "tampered":
            header, payload, signature = token.split(".")
            said = json.loads(base64.urlsafe_b64decode(payload + "=="))
            body = base64url.encode(json.dumps({**said, "narrative": "Doctor"}).encode())
            token = f"{header}.{body}.{signature}"
        assert_spoilt(verified(client, token), name)


@pytest.mark.parametrize("form", ["png", "svg"])
class TestBakery:
    pytestmark = matrix.made(matrix.THEIR_HOSTED_IMAGES, matrix.BAKERY)

    def baked(self, form: str, document: dict[str, Any]) -> bytes:
        target = io.BytesIO()
        if form == "png":
            png_bakery.bake(io.BytesIO(world.picture()), json.dumps(document), target)
        else:
            svg_bakery.bake(io.BytesIO(DRAWING), json.dumps(document), target)
        return target.getvalue()

    def hosted(self, name: str = "sound", host: str = OB2) -> dict[str, Any]:
        changes: dict[str, Any] = {}
        if name == "expired":
            changes["valid_until"] = world.NOW - timedelta(days=1)
        return assertion.hosted(
            world.unsigned(**changes), id=f"{host}/{name.replace(' ', '-')}", badge=BADGE
        )

    def test_we_accept_what_it_bakes(self, client, older, form):
        document = self.hosted()
        older.serve(document["id"], document)

        assert_sound(verified(client, self.baked(form, document)))

    @SPOILT
    def test_we_refuse_what_was_spoilt(self, client, older, form, name):
        host = "https://other.example.org" if name == "of another issuer" else OB2
        document = self.hosted(name, host)
        older.serve(document["id"], document)
        if name == "revoked":
            gone = assertion.revoked(id=document["id"])
            older.serve(document["id"], gone, status="410 Gone")
        if name == "tampered":
            document = {**document, "issuedOn": "2020-01-01T00:00:00Z"}

        assert_spoilt(verified(client, self.baked(form, document)), name)
