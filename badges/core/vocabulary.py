"""The words of Open Badges 3.0: contexts, types, enumerations, in its own spelling and order.

Source: Open Badges 3.0 (1EdTech, main of 2025-04-07), appendix B "Data models"; W3C Verifiable
Credentials 2.0.
"""

import re

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES_V3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"

# The two contexts of every document made here, in the order the standard asks for. The file of the
# same folder without a version in its name is never used: its live bytes redefine protected terms
# and break JSON-LD processing.
CONTEXTS = (CREDENTIALS_V2, OPEN_BADGES_V3)

# Third, when a credential points to one of the services that this context has words for.
OPEN_BADGES_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
SCHEMA_VALIDATOR = "1EdTechJsonSchemaValidator2019"
CREDENTIAL_REFRESH = "1EdTechCredentialRefresh"
REVOCATION_LIST = "1EdTechRevocationList"
EXTENSION_TYPES = frozenset({SCHEMA_VALIDATOR, CREDENTIAL_REFRESH, REVOCATION_LIST})

# Documents of others may name an earlier revision; the pattern is the one of the standard's JSON
# Schema.
OPEN_BADGES_CONTEXT = re.compile(
    r"https://purl\.imsglobal\.org/spec/ob/v3p0/context(-3\.\d\.\d)*\.json"
)

VERIFIABLE_CREDENTIAL = "VerifiableCredential"
OPEN_BADGE_CREDENTIAL = "OpenBadgeCredential"
ACHIEVEMENT_CREDENTIAL = "AchievementCredential"  # the alias of OpenBadgeCredential

ACHIEVEMENT_TYPES = (
    "Achievement",
    "ApprenticeshipCertificate",
    "Assessment",
    "Assignment",
    "AssociateDegree",
    "Award",
    "Badge",
    "BachelorDegree",
    "Certificate",
    "CertificateOfCompletion",
    "Certification",
    "CommunityService",
    "Competency",
    "Course",
    "CoCurricular",
    "Degree",
    "Diploma",
    "DoctoralDegree",
    "Fieldwork",
    "GeneralEducationDevelopment",
    "JourneymanCertificate",
    "LearningProgram",
    "License",
    "Membership",
    "ProfessionalDoctorate",
    "QualityAssuranceCredential",
    "MasterCertificate",
    "MasterDegree",
    "MicroCredential",
    "ResearchDoctorate",
    "SecondarySchoolDiploma",
)

ALIGNMENT_TARGET_TYPES = (
    "ceasn:Competency",
    "ceterms:Credential",
    "CFItem",
    "CFRubric",
    "CFRubricCriterion",
    "CFRubricCriterionLevel",
    "CTDL",
)

IDENTIFIER_TYPES = (
    "name",
    "sourcedId",
    "systemId",
    "productId",
    "userName",
    "accountId",
    "emailAddress",
    "nationalIdentityNumber",
    "isbn",
    "issn",
    "lisSourcedId",
    "oneRosterSourcedId",
    "sisSourcedId",
    "ltiContextId",
    "ltiDeploymentId",
    "ltiToolId",
    "ltiPlatformId",
    "ltiUserId",
    "identifier",
)

RESULT_TYPES = (
    "GradePointAverage",
    "LetterGrade",
    "Percent",
    "PerformanceLevel",
    "PredictedScore",
    "RawScore",
    "Result",
    "RubricCriterion",
    "RubricCriterionLevel",
    "RubricScore",
    "ScaledScore",
    "Status",
)

RESULT_STATUSES = (
    "Completed",
    "Enrolled",
    "Failed",
    "InProgress",
    "OnHold",
    "Provisional",
    "Withdrew",
)

# An enumeration is extended by a term of one's own: `ext:RNCPBloc`. No hyphen: the standard's
# pattern has none.
EXTENSION = re.compile(r"ext:[A-Za-z0-9._]+")

# BCP 47 as far as the standard takes it: fr, fr-CA, zh-Hant-TW.
LANGUAGE = re.compile(r"[a-z]{2,4}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
