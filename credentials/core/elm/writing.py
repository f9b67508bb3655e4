"""From a signed credential to a EuropeanDigitalCredential, class by class.

Source: European Learning Model 3 (European Commission, DG EMPL), application profile EDC generic.
"""

import base64
from collections.abc import Mapping
from typing import Any

from credentials.core.elm import pieces, words
from credentials.core.elm.facts import Facts, NotExpressible, Organisation

CONTEXTS = (
    "https://www.w3.org/2018/credentials/v1",
    "http://data.europa.eu/snb/model/context/edc-ap",
)
SCHEMA = "http://data.europa.eu/snb/model/ap/edc-generic-full"
ESCO_SKILL = "http://data.europa.eu/esco/skill/"
LOWEST_LEVEL, HIGHEST_LEVEL = 1, 8


def export(document: Mapping[str, Any], facts: Facts) -> dict[str, Any]:
    """Write a credential as a EuropeanDigitalCredential.

    Args:
        document: an OpenBadgeCredential that was signed here.
        facts: what it does not hold.

    Returns:
        JSON-LD, without a seal.

    Raises:
        NotExpressible: the country of the organisation, or the language of the badge, is not known.

    Source: European Learning Model 3, class EuropeanDigitalCredential.
    """
    return _Export(document, facts).credential()


class _Export:
    """One export: the parts need the same document, facts and languages."""

    def __init__(self, document: Mapping[str, Any], facts: Facts) -> None:
        self.document, self.facts = document, facts
        self.subject: Mapping[str, Any] = document["credentialSubject"]
        self.achievement: Mapping[str, Any] = self.subject["achievement"]
        self.language = pieces.base(self.achievement.get("inLanguage", "en"))
        others = {pieces.base(code): said for code, said in facts.translations.items()}
        self.versions = {self.language: self.achievement} | {
            code: said for code, said in others.items() if code != self.language
        }
        for code in self.versions:
            if code not in words.LANGUAGES:
                raise NotExpressible("unknown_language", f"no European name of the language {code}")
        if facts.organisation.country not in words.COUNTRIES:
            raise NotExpressible("no_country", "the country of the organisation is not known")
        self.body = self._organisation(facts.organisation)
        self.process = {
            "id": "urn:epass:awardingProcess:1",
            "type": "AwardingProcess",
            "awardingBody": self.body,
            "awardingDate": document.get("awardedDate", document["validFrom"]),
        }

    def credential(self) -> dict[str, Any]:
        """Write the whole."""
        document, until = self.document, self.document.get("validUntil")
        return pieces.said(
            {
                "@context": list(CONTEXTS),
                "id": f"urn:credential:{self.facts.uuid}",
                "type": ["VerifiableCredential", "EuropeanDigitalCredential"],
                "credentialProfiles": words.GENERIC,
                "displayParameter": self._display(),
                "identifier": pieces.identifier("1", document["id"], "Open Badges 3.0"),
                "credentialSchema": {"id": SCHEMA, "type": "ShaclValidator2017"},
                "issuer": self.body,
                "issuanceDate": document["validFrom"],
                "issued": document["validFrom"],
                "validFrom": document["validFrom"],
                "validUntil": until,
                "expirationDate": until,
                "credentialSubject": self._person(),
            }
        )

    def _person(self) -> dict[str, Any]:
        """Write who it is about: the name alone, and nothing that the page does not show."""
        name = {self.language: self.facts.learner} if self.facts.learner else None
        return pieces.said(
            {
                "id": "urn:epass:person:1",
                "type": "Person",
                "fullName": name,
                "hasClaim": self._claim(),
            }
        )

    def _claim(self) -> dict[str, Any]:
        subject = self.subject
        identifiers = [
            pieces.identifier("2", self.achievement["id"], "Open Badges 3.0 Achievement")
        ]
        if "licenseNumber" in subject:
            identifiers.append(pieces.identifier("3", subject["licenseNumber"], "License number"))
        notes = [subject.get(name) for name in ("narrative", "role", "term")]
        return pieces.said(
            {
                "id": "urn:epass:learningAchievement:1",
                "type": "LearningAchievement",
                "identifier": pieces.one_or_all(identifiers),
                "title": self._text("name"),
                "description": self._text("description"),
                "additionalNote": pieces.one_or_all(
                    self._note(f"achievement:{number}", note)
                    for number, note in enumerate(notes, start=1)
                    if note
                ),
                "creditReceived": self._credits(subject.get("creditsEarned"), "1"),
                "supplementaryDocument": self._evidence(),
                "provenBy": self._assessments(),
                "influencedBy": self._activity(),
                "awardedBy": self.process,
                "specifiedBy": self._specification(),
            }
        )

    def _specification(self) -> dict[str, Any]:
        """Write what can be earned. A block has no level: that is its certification's."""
        achievement, certification = self.achievement, self.facts.certification
        identifiers = []
        if certification is not None and certification.block_code:
            identifiers.append(pieces.identifier("4", certification.block_code, "RNCP"))
        elif "humanCode" in achievement:
            identifiers.append(pieces.identifier("4", achievement["humanCode"], "Code"))
        identifiers += [
            pieces.identifier(f"specification:{number}", each["identifier"], each["identifierType"])
            for number, each in enumerate(achievement.get("otherIdentifier", ()), start=1)
        ]
        return pieces.said(
            {
                "id": "urn:epass:learningAchievementSpec:1",
                "type": "LearningAchievementSpecification",
                "identifier": pieces.one_or_all(identifiers),
                "title": self._text("name"),
                "description": self._text("description"),
                "homepage": pieces.web_resource("1", achievement["id"]),
                "category": self._tags(),
                "language": pieces.one_or_all(map(pieces.language, self.versions)),
                "creditPoint": self._credits(achievement.get("creditsAvailable"), "2"),
                "learningOutcome": self._outcomes(),
                "additionalNote": self._alignments(),
                "provenBy": self._criteria(),
                "isPartOf": self._qualification(),
            }
        )

    def _qualification(self) -> dict[str, Any] | None:
        certification = self.facts.certification
        if certification is None:
            return None
        level = certification.level
        known = level is not None and LOWEST_LEVEL <= level <= HIGHEST_LEVEL
        return pieces.said(
            {
                "id": "urn:epass:qualification:1",
                "type": "Qualification",
                "identifier": pieces.identifier("5", certification.code, "RNCP"),
                "title": {self.language: certification.title},
                "homepage": pieces.homepage("2", certification.url),
                "eqfLevel": words.eqf(level or 0) if known else None,
                "isPartialQualification": False,
            }
        )

    def _outcomes(self) -> object:
        """Write the skills of ESCO: the only alignments that the model has a place for."""
        skills = [
            each
            for each in self.achievement.get("alignment", ())
            if each["targetUrl"].startswith(ESCO_SKILL)
        ]
        return pieces.one_or_all(
            {
                "id": f"urn:epass:learningOutcome:{number}",
                "type": "LearningOutcome",
                "title": {self.language: each["targetName"]},
                "relatedESCOSkill": words.skill(
                    each["targetUrl"], each["targetName"], self.language
                ),
            }
            for number, each in enumerate(skills, start=1)
        )

    def _alignments(self) -> object:
        others = [
            each
            for each in self.achievement.get("alignment", ())
            if not each["targetUrl"].startswith(ESCO_SKILL)
        ]
        return pieces.one_or_all(
            self._note(
                f"alignment:{number}",
                " ".join(
                    each[name]
                    for name in ("targetFramework", "targetCode", "targetName", "targetUrl")
                    if name in each
                ),
            )
            for number, each in enumerate(others, start=1)
        )

    def _criteria(self) -> dict[str, Any] | None:
        """Write what had to be shown, in every language in which the issuer says it."""
        said = {
            code: each["criteria"]["narrative"]
            for code, each in self.versions.items()
            if "narrative" in each["criteria"]
        }
        address = self.achievement["criteria"].get("id")
        if not said and not address:
            return None
        return pieces.said(
            {
                "id": "urn:epass:learningAssessmentSpec:1",
                "type": "LearningAssessmentSpecification",
                "title": self._text("name"),
                "description": said or None,
                "homepage": pieces.homepage("3", address),
            }
        )

    def _assessments(self) -> object:
        """Write what was reached, one assessment for each result that says something."""
        descriptions = {each["id"]: each for each in self.achievement.get("resultDescription", ())}
        assessments = []
        for number, result in enumerate(self.subject.get("result", ()), start=1):
            description = descriptions.get(result.get("resultDescription"), {})
            grade = _grade(result, description)
            if grade:
                assessments.append(
                    {
                        "id": f"urn:epass:learningAssessment:{number}",
                        "type": "LearningAssessment",
                        "title": {self.language: description.get("name", self.achievement["name"])},
                        "grade": self._note(f"grade:{number}", grade),
                        "awardedBy": self.process,
                    }
                )
        return pieces.one_or_all(assessments)

    def _activity(self) -> dict[str, Any] | None:
        """Write when the learner was at it."""
        start, end = self.subject.get("activityStartDate"), self.subject.get("activityEndDate")
        if not start and not end:
            return None
        period = {"id": "urn:epass:period:1", "type": "PeriodOfTime"}
        return {
            "id": "urn:epass:activity:1",
            "type": "LearningActivity",
            "title": self._text("name"),
            "temporal": pieces.said({**period, "startDate": start, "endDate": end}),
            "awardedBy": self.process,
        }

    def _evidence(self) -> object:
        """Write where evidence is; what is only told has no address, and no place in the model."""
        found = [each for each in self.document.get("evidence", ()) if "id" in each]
        return pieces.one_or_all(
            pieces.said(
                {
                    **pieces.web_resource(f"evidence:{number}", each["id"]),
                    "title": {self.language: each["name"]} if "name" in each else None,
                }
            )
            for number, each in enumerate(found, start=1)
        )

    def _credits(self, points: float | None, name: str) -> dict[str, Any] | None:
        """Write credits, where the badge says that they are ECTS: the model names no others."""
        frameworks = {each.get("targetFramework") for each in self.achievement.get("alignment", ())}
        if points is None or "ECTS" not in frameworks:
            return None
        return {
            "id": f"urn:epass:creditPoint:{name}",
            "type": "CreditPoint",
            "framework": words.ECTS,
            "point": f"{points:g}",
        }

    def _display(self) -> dict[str, Any]:
        page = {
            "id": "urn:epass:displayDetail:1",
            "type": "DisplayDetail",
            "image": {
                "id": "urn:epass:mediaObject:1",
                "type": "MediaObject",
                "content": base64.b64encode(self.facts.image).decode(),
                "contentEncoding": words.BASE64,
                "contentType": words.PNG,
            },
            "page": 1,
        }
        return {
            "id": "urn:epass:displayParameter:1",
            "type": "DisplayParameter",
            "title": self._text("name"),
            "description": self._text("description"),
            "primaryLanguage": pieces.language(self.language),
            "language": pieces.one_or_all(map(pieces.language, self.versions)),
            "individualDisplay": {
                "id": "urn:epass:individualDisplay:1",
                "type": "IndividualDisplay",
                "language": pieces.language(self.language),
                "displayDetail": page,
            },
        }

    def _organisation(self, organisation: Organisation) -> dict[str, Any]:
        country = words.authority("country", words.COUNTRIES[organisation.country])
        registration = {
            "id": "urn:epass:legalIdentifier:1",
            "type": "LegalIdentifier",
            "notation": organisation.registration,
            "spatial": country,
        }
        mail = {"id": f"mailto:{organisation.email}", "type": "Mailbox"}
        contact = {"id": "urn:epass:contactPoint:1", "type": "ContactPoint", "emailAddress": mail}
        return pieces.said(
            {
                "id": organisation.id,
                "type": "Organisation",
                "legalName": {self.language: organisation.legal_name},
                "registration": registration if organisation.registration else None,
                "homepage": pieces.homepage("4", organisation.homepage),
                "contactPoint": contact if organisation.email else None,
                "location": {
                    "id": "urn:epass:location:1",
                    "type": "Location",
                    "address": {
                        "id": "urn:epass:address:1",
                        "type": "Address",
                        "countryCode": country,
                    },
                },
            }
        )

    def _text(self, member: str) -> dict[str, str]:
        return {code: said[member] for code, said in self.versions.items() if member in said}

    def _tags(self) -> dict[str, list[str]] | None:
        return {
            code: list(said["tag"]) for code, said in self.versions.items() if "tag" in said
        } or None

    def _note(self, name: str, text: str) -> dict[str, Any]:
        return {
            "id": f"urn:epass:note:{name}",
            "type": "Note",
            "noteLiteral": {self.language: text},
        }


def _grade(result: Mapping[str, Any], description: Mapping[str, Any]) -> str:
    """Return what was reached, as a person says it: the value, the level or the status."""
    levels = {each["id"]: each["name"] for each in description.get("rubricCriterionLevel", ())}
    said = (result.get("value"), levels.get(result.get("achievedLevel")), result.get("status"))
    return ", ".join(dict.fromkeys(each for each in said if each))
