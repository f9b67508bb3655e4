"""The words of Open Badges 3.0 in the language of the page; a term of one's own stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

ACHIEVEMENT_TYPES: dict[str, StrOrPromise] = {
    "Achievement": _("Achievement"),
    "ApprenticeshipCertificate": _("Apprenticeship certificate"),
    "Assessment": _("Assessment"),
    "Assignment": _("Assignment"),
    "AssociateDegree": _("Associate degree"),
    "Award": _("Award"),
    "BachelorDegree": _("Bachelor’s degree"),  # noqa: RUF001 - typeset
    "Badge": _("Badge"),
    "Certificate": _("Certificate"),
    "CertificateOfCompletion": _("Certificate of completion"),
    "Certification": _("Certification"),
    "CoCurricular": _("Co-curricular activity"),
    "CommunityService": _("Community service"),
    "Competency": _("Competency"),
    "Course": _("Course"),
    "Degree": _("Degree"),
    "Diploma": _("Diploma"),
    "DoctoralDegree": _("Doctoral degree"),
    "Fieldwork": _("Fieldwork"),
    "GeneralEducationDevelopment": _("General education certificate"),
    "JourneymanCertificate": _("Journeyman’s certificate"),  # noqa: RUF001 - typeset
    "LearningProgram": _("Learning programme"),
    "License": _("Licence"),
    "MasterCertificate": _("Master’s certificate"),  # noqa: RUF001 - typeset
    "MasterDegree": _("Master’s degree"),  # noqa: RUF001 - typeset
    "Membership": _("Membership"),
    "MicroCredential": _("Micro-credential"),
    "ProfessionalDoctorate": _("Professional doctorate"),
    "QualityAssuranceCredential": _("Quality label"),
    "ResearchDoctorate": _("Research doctorate"),
    "SecondarySchoolDiploma": _("Secondary school diploma"),
}

RESULT_STATUSES: dict[str, StrOrPromise] = {
    "Completed": _("Completed"),
    "Enrolled": _("Enrolled"),
    "Failed": _("Not passed"),
    "InProgress": _("In progress"),
    "OnHold": _("On hold"),
    "Provisional": _("Provisional"),
    "Withdrew": _("Withdrawn"),
}

LANGUAGES: dict[str, StrOrPromise] = {"en": _("English"), "fr": _("French")}


def word(words: Mapping[str, StrOrPromise], term: str) -> str:
    """Return the word of the page for a term; a term of one's own without its prefix."""
    return str(words[term]) if term in words else term.removeprefix("ext:")


def language(code: str) -> str:
    """Return the name of a language in the language of the page; its code where there is none."""
    return str(LANGUAGES.get(code.partition("-")[0], code))
