"""Codes of the frameworks an achievement is mapped to, and the Alignment each of them makes.

The terms of law stay French: a *bloc de compétences* is a homogeneous and coherent set of
    competencies, assessed and validated as such (article L6113-1 of the code du travail). It
    belongs to a certification of the RNCP; certifications of the répertoire spécifique (RS) are not
    cut into blocs.

Source: API Apprentissage (patterns of codes in production use); the ROME 4.0 and ESCO vocabularies.
"""

import re

from badges.core.document import Alignment

# Old entries number their blocs otherwise ("UP1", a bare number); a badge is made for those of
# today.
RNCP_CODE = re.compile(r"RNCP\d{3,5}", re.ASCII)
BLOC_CODE = re.compile(r"(RNCP\d{3,5})BC\d{2}", re.ASCII)
RS_CODE = re.compile(r"RS\d{1,5}", re.ASCII)
ROME_CODE = re.compile(r"[A-Z]\d{4}", re.ASCII)
ESCO_URI = re.compile(r"http://data\.europa\.eu/esco/(skill|occupation|isced-f)/[0-9A-Za-z-]{1,64}")

# No French profile of Open Badges fixes these names yet; they are ours, and an issuer may use
# others.
RNCP_TYPE, BLOC_TYPE, RS_TYPE = "ext:RNCP", "ext:RNCPBloc", "ext:RS"
ROME_TYPE, ESCO_TYPE = "ext:ROME", "ceasn:Competency"


class FrameworkCodeError(ValueError):
    """The code is not one of that framework."""


def rncp_alignment(
    *, code: str, title: str, url: str | None = None, description: str | None = None
) -> Alignment:
    """Map to a certification of the RNCP, or to one of its blocs de compétences.

    Args:
        code: RNCP38596, or RNCP38596BC02 for a bloc.
        title: the intitulé, as registered.
        url: the public page; by default the one of the certification at France compétences.
        description: more about it, for people.

    Raises:
        FrameworkCodeError: the code is neither.
    """
    bloc = BLOC_CODE.fullmatch(code)
    if not bloc and not RNCP_CODE.fullmatch(code):
        raise FrameworkCodeError(
            f"{code!r} is not a code of the RNCP: write RNCP38596, or RNCP38596BC02 for a bloc."
        )
    certification = bloc[1] if bloc else code
    number = certification.removeprefix("RNCP")
    return Alignment(
        target_name=title,
        target_url=url or f"https://www.francecompetences.fr/recherche/rncp/{number}/",
        target_framework="RNCP",
        target_code=code,
        target_type=BLOC_TYPE if bloc else RNCP_TYPE,
        target_description=description,
    )


def rs_alignment(
    *, code: str, title: str, url: str | None = None, description: str | None = None
) -> Alignment:
    """Map to a certification of the répertoire spécifique.

    Args:
        code: RS6565.
        title: the intitulé, as registered.
        url: the public page; by default the one at France compétences.
        description: more about it, for people.

    Raises:
        FrameworkCodeError: the code is not one of the RS.
    """
    if not RS_CODE.fullmatch(code):
        raise FrameworkCodeError(f"{code!r} is not a code of the RS: write RS6565.")
    return Alignment(
        target_name=title,
        target_url=url
        or f"https://www.francecompetences.fr/recherche/rs/{code.removeprefix('RS')}/",
        target_framework="RS",
        target_code=code,
        target_type=RS_TYPE,
        target_description=description,
    )


def rome_alignment(
    *, code: str, title: str, url: str | None = None, description: str | None = None
) -> Alignment:
    """Map to an occupation of the ROME.

    Args:
        code: M1805.
        title: the name of the occupation.
        url: the public page; by default the one at France Travail.
        description: more about it, for people.

    Raises:
        FrameworkCodeError: the code is not one of the ROME.
    """
    if not ROME_CODE.fullmatch(code):
        raise FrameworkCodeError(f"{code!r} is not a code of the ROME: write M1805.")
    return Alignment(
        target_name=title,
        target_url=url or f"https://candidat.francetravail.fr/metierscope/fiche-metier/{code}",
        target_framework="ROME",
        target_code=code,
        target_type=ROME_TYPE,
        target_description=description,
    )


def esco_alignment(*, uri: str, title: str, description: str | None = None) -> Alignment:
    """Map to a skill or an occupation of ESCO, whose address is its code.

    Args:
        uri: http://data.europa.eu/esco/skill/…
        title: the preferred label, in the language of the badge.
        description: more about it, for people.

    Raises:
        FrameworkCodeError: the address is not one of ESCO.
    """
    match = ESCO_URI.fullmatch(uri)
    if not match:
        raise FrameworkCodeError(
            f"{uri!r} is not an address of ESCO: copy http://data.europa.eu/esco/skill/… whole."
        )
    return Alignment(
        target_name=title,
        target_url=uri,
        target_framework="ESCO",
        target_type=ESCO_TYPE if match[1] == "skill" else "ext:ESCO",
        target_description=description,
    )


def case_alignment(
    *, uri: str, title: str, framework: str, code: str | None = None, description: str | None = None
) -> Alignment:
    """Map to an item of a framework that is published as CASE (1EdTech).

    Args:
        uri: address of the CFItem.
        title: its full statement, or a short one.
        framework: the title of its CFDocument.
        code: its human coding scheme, where it has one.
        description: more about it, for people.

    Raises:
        FrameworkCodeError: the address is not one of the web.

    Source: 1EdTech Competencies and Academic Standards Exchange 1.0 (CFItem).
    """
    if not re.fullmatch(r"https?://[^\s/]+/\S+", uri):
        raise FrameworkCodeError(
            f"{uri!r} is not an address of a CFItem: copy https://… whole, with its identifier."
        )
    return Alignment(
        target_name=title,
        target_url=uri,
        target_framework=framework,
        target_code=code,
        target_type="CFItem",
        target_description=description,
    )
