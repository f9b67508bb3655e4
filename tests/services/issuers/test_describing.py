"""Describing an organisation: what is kept, what is refused, and what stays as it was signed."""

import pytest
from django.core.exceptions import ValidationError

from credentials import selectors as credentials
from issuers import selectors, services
from tests import factories

pytestmark = pytest.mark.django_db


def test_it_is_kept_in_one_form(ecole_a):
    changed = services.describe(
        issuer=ecole_a,
        name=" École A ",
        legal_name="École A SAS",
        kind="training_organisation",
        country="fr",
        siret="732 829 320 00074",
        declaration="11 75 12345 67",
        qualiopi=["vae", "training", "vae"],
        colour="1D4F91",
        url="https://ecole-a.example",
        linkedin_id="1234567",
        languages=["fr", "en", "fr"],
    )

    changed.refresh_from_db()
    assert changed.name == "École A"
    assert changed.country == "FR"
    assert changed.siret == "73282932000074"
    assert changed.declaration == "11751234567"
    assert changed.qualiopi == ["training", "vae"]
    assert changed.colour == "#1d4f91"
    assert changed.languages == ["fr", "en"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 201),
        ("kind", "ministry"),
        ("siret", "73282932000075"),
        ("siret", "7"),
        ("registration", "<script>"),
        ("declaration", "123"),
        ("qualiopi", ["everything"]),
        ("colour", "red"),
        ("colour", "#777777"),
        ("colour", "#ffff00"),
        ("country", "XX"),
        ("country", "France"),
        ("url", "javascript:alert(1)"),
        ("url", "ftp://ecole-a.example"),
        ("url", "https://"),
        ("email", "nobody"),
        ("linkedin_id", "ecole-a"),
        ("linkedin_id", "١٢٣"),
        ("languages", ["french"]),
        ("languages", ["fr"] + [f"x{chr(97 + n)}" for n in range(25)]),
        ("did", "did:web:elsewhere.example"),
        ("slug", "ecole-b"),
        ("is_name_compared", True),
    ],
)
def test_what_is_refused_names_the_field_and_changes_nothing(ecole_a, field, value):
    with pytest.raises(ValidationError) as refused:
        services.describe(issuer=ecole_a, description="changed", **{field: value})

    ecole_a.refresh_from_db()
    assert list(refused.value.message_dict) == [field]
    assert ecole_a.description == ""


def test_every_problem_is_said_at_once(ecole_a):
    with pytest.raises(ValidationError) as refused:
        services.describe(issuer=ecole_a, siret="1", colour="#fff", email="x")

    assert set(refused.value.message_dict) == {"siret", "colour", "email"}


def test_a_colour_on_which_text_cannot_be_read_is_refused_with_its_contrast(ecole_a):
    with pytest.raises(ValidationError) as refused:
        services.describe(issuer=ecole_a, colour="#777777")

    assert "contrast 4.4, 4.5 is needed" in refused.value.message_dict["colour"][0]


def test_what_was_signed_keeps_the_profile_that_it_was_signed_with(ecole_a):
    credential = factories.signed(issuer=ecole_a)
    before = credentials.opened(credential=credential).document

    services.describe(issuer=ecole_a, name="Another name", siret="73282932000074")

    again = credentials.find_by_token(token=credential.token)
    assert credentials.opened(credential=again).document == before


def test_the_profile_says_the_numbers_from_now_on_and_the_did_stays(ecole_a):
    did = ecole_a.did

    changed = services.describe(issuer=ecole_a, siret="73282932000074", registration="W751234567")

    profile = selectors.profile(issuer=changed)
    assert profile["id"] == did
    assert [
        (entry["identifierType"], entry["identifier"]) for entry in profile["otherIdentifier"]
    ] == [("ext:SIRET", "73282932000074"), ("identifier", "W751234567")]


def test_a_name_that_changes_is_compared_again_and_one_that_stays_is_not(ecole_a):
    factories.change(ecole_a, is_name_compared=True)

    same = services.describe(issuer=ecole_a, name="École A", description="x")
    other = services.describe(issuer=ecole_a, legal_name="École A SAS")

    assert same.is_name_compared
    assert not other.is_name_compared
