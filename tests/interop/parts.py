"""Badges shown in part, for the verifiers of others: made with the core, sound and spoilt."""

from copy import deepcopy
from typing import Any

from credentials.core.disclosure import parts, suite
from issuers.core import did, jwk
from tests.interop import world

KEY, OTHER_KEY = jwk.load_p256(b"\x31" * 32), jwk.load_p256(b"\x32" * 32)
PROOF_KEY, HMAC_KEY = jwk.load_p256(b"\x33" * 32), b"\x34" * 32
NAME = "identity-name"


def method(speaker: world.Speaker = world.ISSUER, key: Any = KEY) -> str:
    return did.verification_method(speaker.did, jwk.encode_multikey(key.public_key()))


def did_document(speaker: world.Speaker, key: Any) -> dict[str, Any]:
    """The issuer's, with the P-256 key that bases are signed with."""
    document = speaker.document
    shown = {
        "id": method(speaker, key),
        "type": "Multikey",
        "controller": speaker.did,
        "publicKeyMultibase": jwk.encode_multikey(key.public_key()),
    }
    document["verificationMethod"].append(shown)
    document["assertionMethod"].append(shown["id"])
    return document


def documents() -> dict[str, dict[str, Any]]:
    return {
        world.ISSUER.did: did_document(world.ISSUER, KEY),
        world.OTHER.did: did_document(world.OTHER, OTHER_KEY),
    }


def base(
    unsigned: dict[str, Any], *, key: Any = KEY, named: str = "", **changes: Any
) -> dict[str, Any]:
    asked = {
        "key": key,
        "verification_method": named or method(key=key),
        "created": world.SIGNED,
        "mandatory": parts.mandatory(unsigned),
        "hmac_key": HMAC_KEY,
        "proof_key": PROOF_KEY,
    }
    return suite.sign(unsigned, **{**asked, **changes})


def derived(secured: dict[str, Any], *hidden: str) -> dict[str, Any]:
    return deepcopy(suite.derive(secured, selective=parts.shown(secured, hidden)))


def whole() -> dict[str, Any]:
    """A badge of which there is something to hide at every level, with its base proof."""
    unsigned = world.unsigned(
        evidence=[{"id": f"{world.HOST}/evidence/1", "type": ["Evidence"], "name": "Plan de feux"}]
    )
    return base(unsigned)


def with_list() -> dict[str, Any]:
    """A badge with an ordered list in it, with its base proof."""
    unsigned = world.unsigned()
    unsigned["credentialSubject"]["achievement"]["resultDescription"] = [
        {
            "id": "urn:uuid:0b4d5f0e-0000-4000-8000-000000000001",
            "type": ["ResultDescription"],
            "name": "Note",
            "resultType": "LetterGrade",
            "allowedValue": ["A", "B", "C"],
        }
    ]
    return base(unsigned)


def good() -> dict[str, dict[str, Any]]:
    """Return parts that everybody must accept."""
    return {
        "nothing hidden": derived(whole()),
        "a name hidden": derived(whole(), NAME),
        "all hidden but one": derived(whole(), NAME, "awarded", "evidence"),
        "a list in it": derived(with_list(), NAME),
    }


def bad() -> dict[str, dict[str, Any]]:
    """Return parts that everybody must reject, each for its own reason."""
    spoilt = {
        name: derived(whole(), NAME) for name in ("word", "date", "hash", "end", "status", "issuer")
    }
    spoilt["word"]["name"] += " "
    spoilt["date"]["validUntil"] = "2036-03-02T09:30:00Z"
    spoilt["hash"]["credentialSubject"]["identifier"][0]["identityHash"] = "sha256$" + "0" * 64
    del spoilt["end"]["validUntil"]
    del spoilt["status"]["credentialStatus"]
    spoilt["issuer"]["issuer"]["name"] = "Atelier Lumem"
    moved = {**derived(whole(), NAME), "proof": derived(with_list(), NAME)["proof"]}
    unsigned = {name: value for name, value in whole().items() if name != "proof"}
    return {
        **{f"tampered {name}": each for name, each in spoilt.items() if name not in
           {"end", "status"}},
        "hidden end": spoilt["end"],
        "hidden status": spoilt["status"],
        "another badge's proof": moved,
        "signed under a false name": derived(base(unsigned, key=OTHER_KEY, named=method())),
        "signed by another": derived(
            base(unsigned, key=OTHER_KEY, named=method(world.OTHER, OTHER_KEY))
        ),
        "the base proof": whole(),
    }  # fmt: skip
