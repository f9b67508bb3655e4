"""A small world made with our own core, for the verifiers of others.

Two issuers with their keys, a signed status list, credentials that are sound and credentials that
are spoilt, each in one way. Everything is deterministic.
"""

from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from badges.core import baking, document, drawing, frameworks
from credentials.core import canonical, proof, status_list
from issuers.core import did, jwk, keys, kinds, profile
from learners.core import identity

SIGNED = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
NOW = SIGNED + timedelta(days=30)
HOST = "https://badges.example.org"
LIST = f"{HOST}/status/7"
STANDING, REVOKED = 94_567, 17

P256 = jwk.load_p256(b"\x33" * 32).public_key()
# RFC 7638 section 3.1: everything in this world is deterministic, and an RSA key is drawn.
RSA = jwk.to_key(
    {
        "kty": "RSA",
        "n": (
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJEC"
            "PebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2Qvz"
            "qY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZ"
            "u0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
        ),
        "e": "AQAB",
    }
)

UNDEFINED = {"terrible": "no context defines this word"}


@dataclass(frozen=True, slots=True)
class Speaker:
    """An issuer with one key, and its DID document."""

    name: str
    did: str
    seed: bytes

    @property
    def multikey(self) -> str:
        return keys.encode_multikey(keys.public_key(self.seed))

    @property
    def method(self) -> str:
        return did.verification_method(self.did, self.multikey)

    @property
    def document(self) -> dict[str, Any]:
        submitter = "eip155:1:0x00000000000000000000000000000000000000a1"
        since = SIGNED - timedelta(days=365)
        listed = [
            did.IssuerKey(self.multikey, since),
            # The keys of its JWTs, newer: nobody may take the first one that is listed.
            did.IssuerKey(kinds.name(P256), since + timedelta(days=1)),
            did.IssuerKey(kinds.name(RSA), since + timedelta(days=2), jwk=kinds.to_jwk(RSA)),
        ]
        return did.did_document(self.did, listed, [submitter])

    @property
    def profile(self) -> dict[str, Any]:
        return profile.profile(
            id=self.did,
            name=self.name,
            url="https://atelier-lumen.example.org/",
            email="contact@atelier-lumen.example.org",
            description="Organisme de formation à l'éclairage scénique.",
            image=f"{HOST}/issuers/atelier-lumen/logo.png",
            country="FR",
        )

    def sign(self, unsigned: dict[str, Any], *, method: str = "") -> dict[str, Any]:
        return proof.sign(
            unsigned,
            key=keys.load(self.seed),
            verification_method=method or self.method,
            created=SIGNED,
        )


ISSUER = Speaker("Atelier Lumen", "did:web:badges.example.org:issuers:atelier-lumen", b"\x11" * 32)
OTHER = Speaker("Quelqu'un d'autre", "did:web:other.example.org", b"\x22" * 32)


def unsigned(*, index: int = STANDING, **changes: Any) -> dict[str, Any]:
    """Write a credential with every part that Acquis writes today."""
    address = f"{HOST}/achievements/3f0c"
    achievement = document.achievement_document(
        document.Achievement(
            id=address,
            name="Concevoir un éclairage scénique « sobre »",
            description="Conçoit un plan de feux qui tient dans 3 kW.\n\tSans effet de fumée.",
            criteria_narrative="1. Un plan\n2. Une conduite\n3. Vingt minutes devant un jury",
            criteria_id=f"{address}/criteria",
            image=f"{address}/image.png",
            image_caption="Hexagone bleu, ruban jaune",
            tags=("éclairage", "écoconception", "日本語"),
            in_language="fr-CA",
            version="2",
            human_code="RNCP99001BC02",
            field_of_study="Arts du spectacle",
            alignments=(
                frameworks.rncp_alignment(
                    code="RNCP99001BC02",
                    title="Concevoir l'éclairage d'un spectacle",
                    description="RNCP99001 Régisseur lumière",
                ),
                frameworks.rome_alignment(code="L1504", title="Éclairage spectacle"),
            ),
            related=(document.Related(id=f"{HOST}/achievements/2e0b", version="1"),),
            creator=OTHER.profile,
        )
    )
    members: dict[str, Any] = {
        "id": f"{HOST}/credentials/Jr3VwYxqS0mQdXg0n1p2aA",
        "issuer": ISSUER.profile,
        "achievement": achievement,
        "identifiers": [
            identity.identity_object(
                identity_type=kind, value=value, salt=f"salt-of-{kind}-0123456789"
            )
            for kind, value in (("emailAddress", "leila@example.org"), ("name", "Leïla Benyoussef"))
        ],
        "name": achievement["name"],
        "description": "Micro-certification",
        "valid_from": SIGNED,
        "valid_until": SIGNED + timedelta(days=365),
        "awarded_at": SIGNED - timedelta(days=2),
        "status": [status_list.entry(url=LIST, index=index, purpose="revocation")],
    }
    return document.open_badge_credential(**{**members, **changes})


def signed_list() -> dict[str, Any]:
    """Sign the list on which only REVOKED is set."""
    return ISSUER.sign(
        status_list.list_credential(
            url=LIST,
            issuer=ISSUER.did,
            purpose="revocation",
            bits=status_list.set_bit(status_list.empty(), REVOKED, True),  # noqa: FBT003 - the bit
            valid_from=SIGNED,
            valid_until=SIGNED + timedelta(days=365),
        )
    )


def good() -> dict[str, dict[str, Any]]:
    """Return credentials that everybody must accept."""
    return {
        "complete": ISSUER.sign(unsigned()),
        "bare": ISSUER.sign(
            unsigned(status=(), description=None, valid_until=None, awarded_at=None)
        ),
    }


def bad() -> dict[str, dict[str, Any]]:
    """Return credentials that everybody must reject, each for its own reason."""
    whole = ISSUER.sign(unsigned())
    tampered = {
        name: deepcopy(whole) for name in ("name", "criteria", "hash", "date", "word", "status")
    }
    tampered["name"]["issuer"]["name"] = "Atelier Lumem"
    tampered["criteria"]["credentialSubject"]["achievement"]["criteria"]["narrative"] += " "
    tampered["hash"]["credentialSubject"]["identifier"][0]["identityHash"] = "sha256$" + "0" * 64
    tampered["date"]["validUntil"] = "2036-03-02T09:30:00Z"
    tampered["word"]["credentialSubject"] |= UNDEFINED
    del tampered["status"]["credentialStatus"]
    return {f"tampered {name}": changed for name, changed in tampered.items()} | {
        "expired": ISSUER.sign(unsigned(valid_until=NOW - timedelta(days=1))),
        "not yet valid": ISSUER.sign(unsigned(valid_from=NOW + timedelta(days=9))),
        "signed by another": OTHER.sign(unsigned()),
        "signed under a false name": OTHER.sign(unsigned(), method=ISSUER.method),
        "signed by a key that is not listed": OTHER.sign(
            unsigned(), method=f"{ISSUER.did}#{OTHER.multikey}"
        ),
        "without proof": unsigned(),
    }


def revoked() -> dict[str, Any]:
    """Return a sound credential whose bit is set."""
    return ISSUER.sign(unsigned(index=REVOKED))


def picture() -> bytes:
    """Return a badge image with nothing in it."""
    colours = ("#1b2a6b", "#3f6df2", "#f2b234")
    words = drawing.Drawing(shape="hexagon", colours=colours, icon="star", ribbon="Bloc 2")
    return drawing.png(words, size=64)


def baked(credential: dict[str, Any]) -> bytes:
    """Return a badge image with the credential in it."""
    return baking.bake_png(picture(), canonical.dumps(credential).decode())
