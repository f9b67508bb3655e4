"""The JSON schemas of 1EdTech: what we write satisfies them, what they refuse is refused here."""

import hashlib
import json
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft201909Validator

from badges.core import schema
from credentials.core import jose, proof
from issuers.core import jwk, keys
from tests import anvil
from tests.interop import matrix, test_every_part, world

HOME = matrix.HERE.parent.parent / "build/schemas"
pytestmark = [
    pytest.mark.interop,
    matrix.row(matrix.SIGNED, matrix.SCHEMAS),
    pytest.mark.skipif(
        not (HOME / ".fetched").exists(),
        reason="the schemas of 1EdTech are not here: sh tests/interop/schemas.sh",
    ),
]
of_every_part = matrix.row(matrix.COMPLETE, matrix.SCHEMAS)
of_tokens = matrix.row(matrix.TOKEN, matrix.SCHEMAS)
of_endorsements = matrix.row(matrix.ENDORSEMENT, matrix.SCHEMAS)

ACHIEVEMENT = ("credentialSubject", "achievement")


@cache
def validator(name: str = "achievementcredential", within: str = "") -> Draft201909Validator:
    """Return one of the schemas, or one of the definitions within it."""
    whole = json.loads((HOME / f"ob_v3p0_{name}_schema.json").read_text())
    if within:
        whole = {name: whole[name] for name in ("$schema", "$defs")} | {"$ref": f"#/$defs/{within}"}
    Draft201909Validator.check_schema(whole)
    return Draft201909Validator(whole)


def complaints(document: Any, of: Draft201909Validator) -> list[str]:
    return [f"{each.json_path}: {each.message[:200]}" for each in of.iter_errors(document)]


def test_the_schema_is_the_one_that_the_page_names():
    found = (HOME / "ob_v3p0_achievementcredential_schema.json").read_bytes()

    assert hashlib.sha256(found).hexdigest()[:12] == matrix.version(matrix.SCHEMAS)


@pytest.mark.parametrize("name", world.good())
def test_it_accepts_what_we_sign(name):
    credential = world.good()[name]

    assert complaints(credential, validator()) == []
    assert complaints(credential["issuer"], validator("profile")) == []


@pytest.mark.django_db
@anvil.needed
@pytest.mark.filterwarnings("ignore:No directory at:UserWarning")
def test_it_accepts_what_the_page_serves(site):
    credential = site.credentials["good"].files["json"].json

    assert complaints(credential, validator()) == []
    assert complaints(credential["issuer"], validator("profile")) == []


@of_every_part
def test_it_accepts_every_part():
    assert complaints(test_every_part.signed(), validator()) == []


@of_endorsements
def test_it_accepts_an_endorsement():
    endorsed = test_every_part.endorsed()

    assert complaints(endorsed, validator(within="EndorsementCredential")) == []
    assert complaints(endorsed["issuer"], validator("profile")) == []


@of_tokens
def test_it_accepts_what_a_token_says():
    key = jwk.load_p256(b"\x33" * 32)
    token = jose.sign_credential(test_every_part.unsigned(), key=key, kid=f"{world.HOST}/keys/1")

    assert complaints(json.loads(jose.read(token).payload), validator()) == []


# One for each kind of rule: the place, and what stands there instead (None: null; ...: nothing).
SPOILT: dict[str, tuple[tuple[str | int, ...], Any]] = {
    "no date": (("validFrom",), ...),
    "no issuer": (("issuer",), ...),
    "no criteria": ((*ACHIEVEMENT, "criteria"), ...),
    "no type": ((*ACHIEVEMENT, "type"), ...),
    "null": (("description",), None),
    "a text for an object": (("credentialSubject",), "did:example:leila"),
    "a list for a text": ((*ACHIEVEMENT, "name"), ["Lumière"]),
    "another first context": (("@context", 0), "https://www.w3.org/2018/credentials/v1"),
    "a kind of achievement that is none": ((*ACHIEVEMENT, "achievementType"), "Bloc"),
    "a kind of alignment that is none": ((*ACHIEVEMENT, "alignment", 0, "targetType"), "ESCOSkill"),
    "an identity that is none": (
        ("credentialSubject", "identifier"),
        [{"type": "IdentityObject", "hashed": True}],
    ),
    "a status without type": (("credentialStatus",), {"id": f"{world.LIST}#1"}),
    "a result of no kind": ((*ACHIEVEMENT, "resultDescription", 0, "resultType"), "Grade"),
    "a number for a text": (("credentialSubject", "result", 1, "value"), 15),
    "an endorsement of nothing": (
        ("endorsement", 0, "credentialSubject"),
        {"type": ["EndorsementSubject"]},
    ),
}


def changed(document: dict[str, Any], place: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    found = deepcopy(document)
    target: Any = found
    for step in place[:-1]:
        target = target[step]
    if value is ...:
        del target[place[-1]]
    else:
        target[place[-1]] = value
    return found


@of_every_part
@pytest.mark.parametrize("name", SPOILT)
def test_it_rejects_what_was_spoilt(name):
    assert complaints(changed(test_every_part.signed(), *SPOILT[name]), validator())


@pytest.mark.parametrize("name", list(SPOILT)[:9])
def test_it_rejects_a_spoilt_badge_of_few_parts(name):
    assert complaints(changed(world.good()["complete"], *SPOILT[name]), validator())


@of_endorsements
@pytest.mark.parametrize("name", ["no name", "of nothing", "no date"])
def test_it_rejects_a_spoilt_endorsement(name):
    place = {
        "no name": ("name",),
        "of nothing": ("credentialSubject", "id"),
        "no date": ("validFrom",),
    }[name]
    spoilt = changed(test_every_part.endorsed(), place, ...)

    assert complaints(spoilt, validator(within="EndorsementCredential"))


@of_tokens
@pytest.mark.parametrize("name", ["no criteria", "no issuer", "null"])
def test_it_rejects_a_token_that_says_less(name):
    assert complaints(changed(test_every_part.unsigned(), *SPOILT[name]), validator())


@pytest.mark.parametrize("name", ["tampered hash", "expired", "signed by another"])
def test_it_cannot_see_more_than_the_form(name):
    """Schemas see the form alone: what was tampered with, has expired, was revoked or is signed by
    another satisfies them."""
    assert complaints(world.bad()[name], validator()) == []
    assert complaints(world.revoked(), validator()) == []


# -- ours against theirs ---------------------------------------------------------------------------


def members(value: Any, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every member of every object, by its place."""
    if isinstance(value, list):
        return [place for at_, item in enumerate(value) for place in members(item, (*at, at_))]
    if not isinstance(value, dict):
        return []
    below = [place for name, item in value.items() for place in members(item, (*at, name))]
    return [*((*at, name) for name in value), *below]


@pytest.mark.parametrize("value", [..., None, 17], ids=["absent", "null", "a number"])
def test_what_the_schema_of_others_refuses_ours_refuses_as_well(value):
    signed, theirs = test_every_part.signed(), validator()
    first_of_its_kind = {
        tuple(step for step in place if not isinstance(step, int)): place
        for place in reversed(members(signed))
    }

    refused = [
        place
        for place in first_of_its_kind.values()
        if not theirs.is_valid(changed(signed, place, value))
    ]
    # A proof is read, and refused, where proofs are read.
    of_form = [place for place in refused if "proof" not in place[:-1]]
    accepted = [place for place in of_form if not schema.problems(changed(signed, place, value))]

    assert accepted == []
    assert len(of_form) > 50


@pytest.mark.parametrize("member", ["cryptosuite", "verificationMethod", "proofPurpose", "created"])
def test_a_proof_that_the_schema_refuses_is_refused_where_proofs_are_read(member):
    spoilt = changed(test_every_part.signed(), ("proof", member), 17)

    assert complaints(spoilt, validator())
    with pytest.raises(proof.ProofError):
        proof.verify(spoilt, public_key=keys.public_key(world.ISSUER.seed))
