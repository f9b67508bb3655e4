"""Codes of frameworks: the form of each, and the alignment it makes."""

import pytest

from badges.core import frameworks


def test_a_bloc_points_at_its_certification():
    alignment = frameworks.rncp_alignment(code="RNCP38596BC02", title="Animer une équipe")

    assert alignment.target_code == "RNCP38596BC02"
    assert alignment.target_name == "Animer une équipe"
    assert alignment.target_framework == "RNCP"
    assert alignment.target_type == "ext:RNCPBloc"
    assert alignment.target_url == "https://www.francecompetences.fr/recherche/rncp/38596/"


def test_a_certification_is_not_a_bloc():
    alignment = frameworks.rncp_alignment(code="RNCP38596", title="Chef de projet")

    assert alignment.target_type == "ext:RNCP"


def test_a_page_of_ones_own_replaces_the_public_one():
    alignment = frameworks.rncp_alignment(
        code="RNCP99001BC01", title="T", url="https://example.org/bloc", description="D"
    )

    assert alignment.target_url == "https://example.org/bloc"
    assert alignment.target_description == "D"


@pytest.mark.parametrize(
    "code",
    [
        "",
        "38596",
        "RNCP1",
        "RNCP123456",
        "RNCP38596BC2",
        "RNCP38596BC",
        "rncp38596",
        "RNCP\u0663\u0668\u0665\u0669\u0666",
        "RS123",
    ],
)
def test_a_code_of_another_form_is_refused(code):
    with pytest.raises(frameworks.FrameworkCodeError, match="RNCP38596BC02"):
        frameworks.rncp_alignment(code=code, title="T")


def test_the_repertoire_specifique_has_its_own_codes():
    alignment = frameworks.rs_alignment(code="RS6565", title="Certification Excel")

    assert alignment.target_type == "ext:RS"
    assert alignment.target_url == "https://www.francecompetences.fr/recherche/rs/6565/"
    with pytest.raises(frameworks.FrameworkCodeError):
        frameworks.rs_alignment(code="RNCP38596", title="T")


def test_an_occupation_of_the_rome_is_mapped():
    alignment = frameworks.rome_alignment(code="M1805", title="Études et développement")

    assert alignment.target_framework == "ROME"
    assert alignment.target_url.endswith("/M1805")
    with pytest.raises(frameworks.FrameworkCodeError):
        frameworks.rome_alignment(code="1805", title="T")


def test_an_item_of_case_is_its_address():
    uri = "https://case.example/ims/case/v1p0/CFItems/6f2f0f80-0000-4000-8000-000000000001"

    alignment = frameworks.case_alignment(uri=uri, title="Lumière", framework="Cadre", code="L.1")

    assert (alignment.target_url, alignment.target_type) == (uri, "CFItem")
    assert (alignment.target_framework, alignment.target_code) == ("Cadre", "L.1")
    for wrong in ("urn:uuid:6f2f0f80", "https://case.example", f"{uri} x"):
        with pytest.raises(frameworks.FrameworkCodeError, match="CFItem"):
            frameworks.case_alignment(uri=wrong, title="x", framework="Cadre")


def test_a_skill_of_esco_is_its_address():
    uri = "http://data.europa.eu/esco/skill/ccd0a1d9-afda-43d9-b901-96344886e14d"

    alignment = frameworks.esco_alignment(uri=uri, title="Python")

    assert alignment.target_url == uri
    assert alignment.target_type == "ceasn:Competency"
    assert (
        frameworks.esco_alignment(uri=uri.replace("skill", "occupation"), title="x").target_type
        == "ext:ESCO"
    )
    with pytest.raises(frameworks.FrameworkCodeError):
        frameworks.esco_alignment(uri="https://example.org/skill/1", title="T")
