"""Every optional part of Open Badges 3.0 at once: three stacks accept it, and each part counts."""

import json
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.verifier import OB3VerificationError

from badges.core import document, endorsement, evidence, extensions, frameworks, results
from credentials.core import canonical, rdf, status_list
from issuers.core import did
from learners.core import identity
from tests.interop import matrix, node, world

pytestmark = pytest.mark.interop
needs_node = [mark for mark in node.installed("@digitalcredentials/verifier-core")
              if mark.name == "skipif"]  # fmt: skip

ADDRESS = f"{world.HOST}/achievements/3f0c"
RUBRIC = results.ResultDescription(
    id=f"{ADDRESS}#maitrise",
    name="Maîtrise",
    result_type="RubricCriterionLevel",
    rubric_levels=tuple(
        results.RubricLevel(
            id=f"{ADDRESS}#niveau-{level}", name=name, level=str(level), points=f"{level}.0"
        )
        for level, name in ((1, "Initiation"), (2, "Pratique"), (3, "Maîtrise"))
    ),
    required_level=f"{ADDRESS}#niveau-2",
)
GRADE = results.ResultDescription(
    id=f"{ADDRESS}#note",
    name="Note",
    result_type="RawScore",
    value_min="0",
    value_max="20",
    required_value="10",
    allowed_values=tuple(str(value) for value in range(21)),
)


OTHER_LIST = "https://other.example.org/status/1"


def endorsed(index: int = world.STANDING) -> dict[str, Any]:
    """What another organisation says of the achievement, signed by it; it can be revoked."""
    return world.OTHER.sign(
        endorsement.endorsement_credential(
            id="https://other.example.org/endorsements/1",
            issuer=world.OTHER.profile,
            endorsed=ADDRESS,
            name="Reconnu par la branche",
            valid_from=world.SIGNED,
            comment="Utile à la **profession**.",
            status=status_list.entry(url=OTHER_LIST, index=index, purpose="revocation"),
        )
    )


def list_of_the_other() -> dict[str, Any]:
    """Sign the list of who endorses, on which only REVOKED is set."""
    return world.OTHER.sign(
        status_list.list_credential(
            url=OTHER_LIST,
            issuer=world.OTHER.did,
            purpose="revocation",
            bits=status_list.set_bit(status_list.empty(), world.REVOKED, True),  # noqa: FBT003 - the bit
            valid_from=world.SIGNED,
            valid_until=world.SIGNED + timedelta(days=365),
        )
    )


def spoilt_endorsements() -> dict[str, dict[str, Any]]:
    sound = endorsed()
    unsigned = {member: value for member, value in sound.items() if member != "proof"}
    return {
        "an endorsement, tampered": {**sound, "name": "Reconnu par l'État"},
        "an endorsement, signed by another": world.ISSUER.sign(unsigned),
        "an endorsement, signed under a false name": world.ISSUER.sign(
            unsigned, method=world.OTHER.method
        ),
        "an endorsement, expired": world.OTHER.sign(
            {**unsigned, "validUntil": document.timestamp(world.NOW - timedelta(days=1))}
        ),
    }


def unsigned() -> dict[str, Any]:
    achievement = document.Achievement(
        id=ADDRESS,
        name="Concevoir un éclairage scénique",
        description="Conçoit un plan de feux.",
        criteria_narrative="Un plan, une conduite, vingt minutes devant un jury.",
        criteria_id=f"{ADDRESS}/criteria",
        achievement_type="ext:BlocDeCompetences",
        image=f"{ADDRESS}/image.png",
        image_caption="Hexagone bleu",
        tags=("éclairage",),
        in_language="fr",
        version="2",
        human_code="RNCP99001BC02",
        field_of_study="Arts du spectacle",
        specialization="Lumière",
        alignments=(
            frameworks.rncp_alignment(code="RNCP99001BC02", title="Concevoir l'éclairage"),
            frameworks.rome_alignment(code="L1504", title="Éclairage spectacle"),
            frameworks.esco_alignment(
                uri="http://data.europa.eu/esco/skill/00735755-adc6-4ea0-b034-b8caff339c9f",
                title="concevoir l'éclairage",
            ),
            document.Alignment(
                target_name="Lumière",
                target_url="https://case.example.org/CFItems/6f2f0f80-0000-4000-8000-000000000001",
                target_framework="Cadre",
                target_type="CFItem",
            ),
        ),
        related=(document.Related(id=f"{ADDRESS}/en", in_language="en", version="2"),),
        creator=world.OTHER.profile,
        credits_available=6,
        identifiers=(("ext:CPF", "370214"),),
        result_descriptions=[results.result_description_document(each) for each in (RUBRIC, GRADE)],
        endorsements=[endorsed()],
    )
    reached = [
        results.Result(result_description=RUBRIC.id, achieved_level=f"{ADDRESS}#niveau-3"),
        results.Result(result_description=GRADE.id, value="15", status="Completed"),
    ]
    return document.open_badge_credential(
        id=f"{world.HOST}/credentials/Jr3VwYxqS0mQdXg0n1p2aA",
        issuer=world.ISSUER.profile,
        achievement=document.achievement_document(achievement),
        identifiers=[
            identity.identity_object(
                identity_type="emailAddress", value="leila@example.org", salt="0123456789abcdef"
            )
        ],
        name="Concevoir un éclairage scénique",
        description="Bloc de compétences",
        image=document.image_document(f"{world.HOST}/credentials/x.png", caption="Hexagone bleu"),
        valid_from=world.SIGNED,
        valid_until=world.SIGNED + timedelta(days=365),
        awarded_at=world.SIGNED - timedelta(days=2),
        status=[status_list.entry(url=world.LIST, index=world.STANDING, purpose="revocation")],
        subject=document.Subject(
            id="did:example:leila",
            results=results.result_documents(reached, (RUBRIC, GRADE)),
            credits_earned=6,
            activity_start=world.SIGNED - timedelta(days=90),
            activity_end=world.SIGNED - timedelta(days=3),
            license_number="FC-2026-0001",
            narrative="Devant un jury de **trois** personnes.",
            role="Régisseuse",
            term="Printemps 2026",
            source=world.OTHER.profile,
        ),
        evidence=[
            evidence.evidence_document(each)
            for each in (
                evidence.Evidence(
                    id=f"{world.HOST}/evidence/plan.pdf", name="Plan de feux", genre="PDF",
                    description="Douze pages", audience="Jury",
                ),
                evidence.Evidence(id="data:text/plain;base64,dnU=", narrative="Vu en salle."),
                evidence.Evidence(narrative="Observée pendant la générale."),
            )
        ],
        endorsements=[endorsed()],
        credential_schema=extensions.credential_schema(),
        refresh_service=extensions.refresh_service(f"{world.HOST}/credentials/x/refresh"),
    )  # fmt: skip


def signed() -> dict[str, Any]:
    return world.ISSUER.sign(unsigned())


def places(value: Any, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every text of a document, by its place, outside of contexts, types and proofs."""
    if isinstance(value, dict):
        return [
            place
            for name, member in value.items()
            if name not in {"@context", "type", "proof"}
            for place in places(member, (*at, name))
        ]
    if isinstance(value, list):
        return [place for index, item in enumerate(value) for place in places(item, (*at, index))]
    return [at] if isinstance(value, str) else []


# One text of each kind of member, wherever it stands first.
PLACES = {
    "/".join(str(step) for step in place if not isinstance(step, int)): place
    for place in reversed(places(unsigned()))
}


def changed(place: tuple[str | int, ...]) -> dict[str, Any]:
    document = deepcopy(signed())
    target: Any = document
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] += "x"
    return document


@pytest.fixture(scope="module")
def question() -> dict[str, Any]:
    return {
        "now": world.NOW.isoformat(),
        "contexts": node.known_contexts(),
        "documents": {
            world.ISSUER.did: world.ISSUER.document,
            world.OTHER.did: world.OTHER.document,
            did.did_web_url(world.ISSUER.did): world.ISSUER.document,
            world.LIST: world.signed_list(),
            OTHER_LIST: list_of_the_other(),
        },
        "credentials": {
            "sound": signed(),
            "endorsement": endorsed(),
            "revoked endorsement": endorsed(world.REVOKED),
            **spoilt_endorsements(),
            **{name: changed(place) for name, place in PLACES.items()},
        },
    }


@pytest.fixture(scope="module")
def digital_bazaar(question) -> dict[str, Any]:
    return node.ask("verify.mjs", question)


@pytest.fixture(scope="module")
def dcc(question) -> dict[str, Any]:
    return node.ask("dcc.mjs", question)


class TestDigitalBazaar:
    pytestmark = [*needs_node, matrix.row(matrix.COMPLETE, matrix.DIGITAL_BAZAAR)]

    def test_it_accepts_what_we_sign(self, digital_bazaar):
        answer = digital_bazaar["sound"]

        assert (answer["verified"], answer["errors"]) == (True, [])
        assert answer["canonical"] == rdf.canonicalise(unsigned())

    @matrix.row(matrix.ENDORSEMENT, matrix.DIGITAL_BAZAAR)
    def test_it_accepts_the_endorsement_by_itself(self, digital_bazaar):
        assert digital_bazaar["endorsement"]["verified"] is True
        assert digital_bazaar["endorsement"]["revoked"] is False

    @matrix.row(matrix.ENDORSEMENT, matrix.DIGITAL_BAZAAR)
    def test_it_rejects_an_endorsement_revoked(self, digital_bazaar):
        assert digital_bazaar["revoked endorsement"]["revoked"] is True

    @matrix.row(matrix.ENDORSEMENT, matrix.DIGITAL_BAZAAR)
    @pytest.mark.parametrize("name", spoilt_endorsements())
    def test_it_rejects_a_spoilt(self, digital_bazaar, name):
        assert digital_bazaar[name]["verified"] is False

    @pytest.mark.cases(len(PLACES))
    def test_it_rejects_a_change_of_any_part(self, digital_bazaar):
        accepted = {name for name, answer in digital_bazaar.items() if answer["verified"]}

        assert accepted == {"sound", "endorsement", "revoked endorsement"}
        assert len(digital_bazaar) > 100


class TestDigitalCredentialsConsortium:
    pytestmark = [*needs_node, matrix.row(matrix.COMPLETE, matrix.DCC)]

    def test_it_accepts_what_we_sign(self, dcc):
        found = {line["id"]: line["valid"] for line in dcc["sound"]["log"]}

        assert found["valid_signature"] is True
        assert found["revocation_status"] is True
        assert found["expiration"] is True

    @pytest.mark.cases(len(PLACES))
    def test_it_rejects_a_change_of_any_part(self, dcc):
        accepted = {
            name
            for name, answer in dcc.items()
            for line in answer.get("log", [])
            if line["id"] == "valid_signature" and line["valid"]
        }

        assert accepted == {"sound"}


def verify(credential: dict[str, Any]) -> Any:
    served = {
        did.did_web_url(world.ISSUER.did): world.ISSUER.document,
        did.did_web_url(world.OTHER.did): world.OTHER.document,
    }
    with time_machine.travel(world.NOW):
        return OB3LdpVerifier().verify(
            canonical.dumps(credential).decode(),
            download=lambda address: json.dumps(served[address]).encode(),
        )


class TestOpenbadgeslib:
    pytestmark = matrix.row(matrix.COMPLETE, matrix.OPENBADGESLIB)

    def test_it_accepts_what_we_sign(self):
        assert verify(signed()).id == unsigned()["id"]

    # One in eight: it takes a tenth of a second for each.
    @pytest.mark.parametrize("place", list(PLACES)[::8])
    def test_it_rejects_a_change_of_one_part_in_eight(self, place):
        with pytest.raises(OB3VerificationError):
            verify(changed(PLACES[place]))
