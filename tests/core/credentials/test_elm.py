"""The export for Europass: what goes where, what stays out, and what Europass's own shapes say."""

import base64
import copy
import json
from datetime import UTC, datetime
from pathlib import Path

import pyshacl
import pytest
import rdflib
from pyld import jsonld

from badges.core import document, results
from credentials.core import contexts, elm
from credentials.core.elm import words
from tests import samples
from tests.core.badges import samples as badges

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n and so on"
SCHOOL = elm.Organisation(
    id="did:web:badges.example.org:issuers:ecole-a",
    legal_name="École A",
    country="FR",
    registration="SIRET 000 000 000 00000",
    homepage="https://ecole-a.example/",
    email="contact@ecole-a.example",
)
BLOCK = elm.Certification(
    code="RNCP99001",
    title="Régisseur lumière",
    level=6,
    url="https://certificateur.example/rncp99001",
    block_code="RNCP99001BC01",
    block_title="Éclairer un spectacle",
)
SKILL = "http://data.europa.eu/esco/skill/ccdf3597-5c80-410f-896d-e1bdfa223de9"
NOTE = results.ResultDescription(
    id="https://badges.example.org/achievements/1#note", name="Note du jury", result_type="Percent"
)


def minimal():
    """Return the least that can be issued, in English."""
    return badges.credential(
        achievement=document.achievement_document(
            document.Achievement(
                id="https://badges.example.org/achievements/2",
                name="Peer mentor",
                description="Helped two peers.",
                criteria_narrative="Two peers testify.",
                in_language="en",
            )
        )
    )


def fullest():
    """Return one with everything that has a place, in French."""
    return badges.credential(
        achievement=document.achievement_document(
            badges.achievement(
                alignments=(
                    document.Alignment(
                        target_name="stimuler la créativité", target_url=SKILL,
                        target_framework="ESCO",
                    ),
                    document.Alignment(
                        target_name="2 crédits", target_url="https://ects.example/",
                        target_framework="ECTS",
                    ),
                    document.Alignment(
                        target_name="Régie", target_url="https://rome.example/L1504",
                        target_framework="ROME", target_code="L1504",
                    ),
                ),
                result_descriptions=[results.result_description_document(NOTE)],
                credits_available=2,
                identifiers=[("ext:Local", "B-7")],
            )
        ),
        subject=document.Subject(
            results=results.result_documents(
                [results.Result(result_description=NOTE.id, value="88")], [NOTE]
            ),
            credits_earned=2,
            activity_start=datetime(2025, 9, 1, tzinfo=UTC),
            activity_end=datetime(2026, 1, 31, tzinfo=UTC),
            license_number="L-1",
            narrative="Trois spectacles.",
            role="Régisseuse",
        ),
        evidence=[
            {
                "id": "https://ecole-a.example/dossier",
                "type": ["Evidence"],
                "name": "Dossier",
            },
            {"type": ["Evidence"], "narrative": "Ce qui est raconté"},
        ],
        valid_until=datetime(2029, 3, 2, tzinfo=UTC),
    )  # fmt: skip


ENGLISH = {
    "id": "https://badges.example.org/achievements/3",
    "name": "Designing an accessible interface",
    "description": "Design an interface that everybody can use.",
    "criteria": {"narrative": "Present a prototype to a jury."},
    "tag": ["accessibility"],
}


def facts(**changes):
    given = {"uuid": "0b4d5f0e-0000-4000-8000-000000000001", "organisation": SCHOOL, "image": PNG}
    return elm.Facts(**{**given, **changes})


def full_facts():
    return facts(learner="Awa Diallo", certification=BLOCK, translations={"en": ENGLISH})


# -- What goes where -------------------------------------------------------------------------------


def test_the_contexts_are_named_as_europass_names_them():
    written = elm.export(minimal(), facts())

    assert written["@context"] == [
        "https://www.w3.org/2018/credentials/v1",
        "http://data.europa.eu/snb/model/context/edc-ap",
    ]
    assert written["type"] == ["VerifiableCredential", "EuropeanDigitalCredential"]
    assert written["credentialSchema"]["id"].endswith("/edc-generic-full")
    assert "proof" not in written


def test_the_person_is_a_name_and_nothing_else():
    written = elm.export(fullest(), full_facts())

    person = written["credentialSubject"]
    assert person.keys() == {"id", "type", "fullName", "hasClaim"}
    assert person["fullName"] == {"fr": "Awa Diallo"}
    assert "identityHash" not in json.dumps(written)
    assert "fullName" not in elm.export(minimal(), facts())["credentialSubject"]


def test_who_awards_and_when():
    written = elm.export(minimal(), facts())

    process = written["credentialSubject"]["hasClaim"]["awardedBy"]
    assert process["awardingBody"] == written["issuer"]
    assert process["awardingDate"] == "2026-03-02T09:30:00Z"
    assert written["issuer"]["legalName"] == {"en": "École A"}
    country = written["issuer"]["location"]["address"]["countryCode"]
    assert country["id"].endswith("/country/FRA")
    assert written["issuer"]["registration"]["notation"] == "SIRET 000 000 000 00000"


def test_titles_are_in_every_language_of_the_badge():
    claim = elm.export(fullest(), full_facts())["credentialSubject"]["hasClaim"]

    assert claim["title"] == {
        "fr": "Concevoir une interface accessible",
        "en": "Designing an accessible interface",
    }
    specification = claim["specifiedBy"]
    assert specification["provenBy"]["description"]["en"] == "Present a prototype to a jury."
    assert [each["id"][-3:] for each in specification["language"]] == ["FRA", "ENG"]


def test_a_block_is_part_of_its_certification_which_has_the_level():
    specification = elm.export(fullest(), full_facts())["credentialSubject"]["hasClaim"][
        "specifiedBy"
    ]

    assert specification["type"] == "LearningAchievementSpecification"
    assert "eqfLevel" not in specification
    whole = specification["isPartOf"]
    assert (whole["type"], whole["title"]) == ("Qualification", {"fr": "Régisseur lumière"})
    assert whole["eqfLevel"]["id"] == "http://data.europa.eu/snb/eqf/6"
    codes = {each["notation"]: each["schemeName"] for each in specification["identifier"]}
    assert codes == {"RNCP99001BC01": "RNCP", "B-7": "ext:Local"}


@pytest.mark.parametrize("level", [None, 0, 9])
def test_a_level_that_is_none_is_not_written(level):
    certification = elm.Certification(code="RS1", title="Langue", level=level)

    written = elm.export(minimal(), facts(certification=certification))

    whole = written["credentialSubject"]["hasClaim"]["specifiedBy"]["isPartOf"]
    assert "eqfLevel" not in whole


def test_skills_of_esco_are_outcomes_and_other_alignments_are_notes():
    specification = elm.export(fullest(), full_facts())["credentialSubject"]["hasClaim"][
        "specifiedBy"
    ]

    assert specification["learningOutcome"]["relatedESCOSkill"]["id"] == SKILL
    notes = [each["noteLiteral"]["fr"] for each in specification["additionalNote"]]
    assert notes == [
        "ECTS 2 crédits https://ects.example/",
        "ROME L1504 Régie https://rome.example/L1504",
    ]


def test_credits_are_ects_only_where_the_badge_says_so():
    claim = elm.export(fullest(), full_facts())["credentialSubject"]["hasClaim"]
    assert (claim["creditReceived"]["point"], claim["specifiedBy"]["creditPoint"]["point"]) == (
        "2",
        "2",
    )
    unsaid = fullest()
    del unsaid["credentialSubject"]["achievement"]["alignment"][1]

    claim = elm.export(unsaid, full_facts())["credentialSubject"]["hasClaim"]

    assert "creditReceived" not in claim
    assert "creditPoint" not in claim["specifiedBy"]


def test_a_result_is_an_assessment_with_its_grade():
    claim = elm.export(fullest(), full_facts())["credentialSubject"]["hasClaim"]

    assert claim["provenBy"]["title"] == {"fr": "Note du jury"}
    assert claim["provenBy"]["grade"]["noteLiteral"] == {"fr": "88"}


def test_evidence_with_an_address_is_named_and_what_is_only_told_is_left_out():
    claim = elm.export(fullest(), full_facts())["credentialSubject"]["hasClaim"]

    assert claim["supplementaryDocument"]["contentURL"] == "https://ecole-a.example/dossier"
    assert "raconté" not in json.dumps(claim, ensure_ascii=False)


def test_the_badge_is_the_page_that_europass_shows():
    display = elm.export(minimal(), facts())["displayParameter"]

    image = display["individualDisplay"]["displayDetail"]["image"]
    assert base64.b64decode(image["content"]) == PNG


def test_the_document_is_read_and_not_changed():
    given = fullest()
    before = copy.deepcopy(given)

    elm.export(given, full_facts())

    assert given == before


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"organisation": elm.Organisation(id="did:web:a", legal_name="A", country="")},
         "no_country"),
        ({"organisation": elm.Organisation(id="did:web:a", legal_name="A", country="XX")},
         "no_country"),
        ({"translations": {"tlh": ENGLISH}}, "unknown_language"),
    ],
)  # fmt: skip
def test_what_the_model_asks_for_and_nobody_knows_is_refused_by_name(changes, reason):
    with pytest.raises(elm.NotExpressible) as refusal:
        elm.export(minimal(), facts(**changes))

    assert refusal.value.reason == reason


def test_every_country_has_one_code_of_three_letters():
    assert len(words.COUNTRIES) == len(set(words.COUNTRIES.values())) == 249
    assert words.COUNTRIES["BE"] == "BEL"


# -- What Europass says ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def europass() -> Path:
    return samples.folder("elm")


@pytest.fixture(scope="module")
def shapes(europass):
    graph = rdflib.Graph()
    for name in ("EDC-generic-full.ttl", "EDC-generic-no-cv.ttl"):
        graph.parse(europass / name)
    return graph


def graph_of(written, europass):
    """Return the statements of an export, with the contexts from the folder and nowhere else."""
    known = {
        "https://www.w3.org/2018/credentials/v1": contexts.pinned().load(contexts.CREDENTIALS_V1),
        "http://data.europa.eu/snb/model/context/edc-ap": json.loads(
            (europass / "edc-ap-context.jsonld").read_text()
        ),
    }

    def load(url, _options=None):
        return {"contextUrl": None, "documentUrl": url, "document": known[url]}

    dropped = []
    expanded = jsonld.expand(written, {"documentLoader": load}, on_property_dropped=dropped.append)
    assert dropped == []
    quads = jsonld.to_rdf(expanded, {"format": "application/n-quads"})
    return rdflib.Graph().parse(data=quads, format="nt")


def problems(written, shapes, europass):
    _conforms, found, _text = pyshacl.validate(
        graph_of(written, europass), shacl_graph=shapes, inference="none"
    )
    shacl = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    return {
        str(found.value(result, shacl.resultPath)).rpartition("/")[2].rpartition("#")[2]
        for result in found.subjects(rdflib.RDF.type, shacl.ValidationResult)
        if found.value(result, shacl.resultSeverity) == shacl.Violation
    }


CASES = {
    "minimal": lambda: elm.export(minimal(), facts()),
    "minimal, with a name": lambda: elm.export(minimal(), facts(learner="Awa Diallo")),
    "fullest": lambda: elm.export(fullest(), full_facts()),
    "fullest, of a certification without blocks": lambda: elm.export(
        fullest(),
        facts(certification=elm.Certification(code="RS9001", title="Langue", level=None)),
    ),
}


def sealed(written):
    """Add what the issuer of Europass takes from the certificate of the organisation's seal."""
    with_seal = copy.deepcopy(written)
    with_seal["issuer"]["eIDASIdentifier"] = {
        "id": "urn:epass:legalIdentifier:seal",
        "type": "LegalIdentifier",
        "notation": "NTRFR-000000000",
        "spatial": words.authority("country", "FRA"),
    }
    return with_seal


@pytest.mark.parametrize("case", CASES)
def test_the_shapes_of_europass_miss_only_what_the_seal_brings(case, shapes, europass):
    written = CASES[case]()

    assert problems(written, shapes, europass) == {"issuer", "eidasLegalIdentifier"}
    assert problems(sealed(written), shapes, europass) == set()


def test_europass_own_sample_misses_that_too(shapes, europass):
    sample = json.loads((europass / "Sample-MC-Annex1-unsigned.jsonld").read_text())

    assert {"issuer", "eidasLegalIdentifier"} <= problems(sample, shapes, europass)


def test_the_shapes_accept_the_barest_organisation(shapes, europass):
    bare = elm.Organisation(id=SCHOOL.id, legal_name="A", country="CA")

    written = sealed(elm.export(minimal(), facts(organisation=bare)))

    assert problems(written, shapes, europass) == set()


@pytest.mark.parametrize(
    ("spoil", "missed"),
    [
        (lambda it: it.pop("issued"), "issued"),
        (lambda it: it.pop("issuer"), "issuer"),
        (lambda it: it.pop("displayParameter"), "displayParameter"),
        (lambda it: it.pop("credentialProfiles"), "credentialProfiles"),
        (lambda it: it["issuer"].pop("location"), "location"),
        (lambda it: it["credentialSubject"].pop("hasClaim"), "hasClaim"),
        (lambda it: it["credentialSubject"]["hasClaim"].pop("title"), "title"),
        (lambda it: it["credentialSubject"]["hasClaim"].pop("awardedBy"), "awardedBy"),
        (lambda it: it["credentialSubject"]["hasClaim"]["provenBy"].pop("grade"), "grade"),
        (
            lambda it: it["credentialSubject"]["hasClaim"]["creditReceived"].pop("framework"),
            "framework",
        ),
    ],
)
def test_the_shapes_miss_what_is_taken_away(spoil, missed, shapes, europass):
    written = sealed(CASES["fullest"]())
    spoil(written)

    assert missed in problems(written, shapes, europass)
