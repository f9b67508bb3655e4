"""The console page where an administrator says what their organisation is."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from issuers import selectors
from tests import factories
from tests.web.conftest import read

pytestmark = pytest.mark.django_db

PAGE = "/console/ecole-a/organisation"
FORM = {"name": "École A", "language": "fr"}


@pytest.fixture(autouse=True)
def _signed_in(client, alice):
    client.force_login(alice)


def test_it_shows_what_is_said_and_changes_it(client, ecole_a):
    assert "École A" in client.get(PAGE).content.decode()

    response = client.post(
        PAGE,
        FORM
        | {"name": "École des métiers A", "kind": "school", "siret": "732 829 320 00074",
           "country": "FR", "languages": ["fr", "en"], "qualiopi": ["vae"], "colour": "#1d4f91"},
    )  # fmt: skip

    assert response["Location"] == PAGE
    ecole_a.refresh_from_db()
    assert (ecole_a.name, ecole_a.kind) == ("École des métiers A", "school")
    assert (ecole_a.siret, ecole_a.languages) == ("73282932000074", ["fr", "en"])
    assert "It is changed" in read(client.get(PAGE)).text


def test_every_field_is_read_back_as_it_is_kept(client, ecole_a):
    filled = FORM | {"siret": "73282932000074", "country": "FR", "colour": "#1d4f91",
                     "url": "https://ecole-a.example.org", "linkedin_id": "42"}  # fmt: skip
    client.post(PAGE, filled)

    html = client.get(PAGE).content.decode()

    for value in filled.values():
        assert f'value="{value}"' in html


def test_what_is_wrong_is_said_beside_a_link_to_its_field(client, ecole_a):
    response = client.post(
        PAGE,
        {"name": "", "language": "fr", "email": "x", "siret": "73282932000075",
         "colour": "#ffff00", "declaration": "1"},
    )  # fmt: skip

    page = read(response)
    assert response.status_code == 400
    assert "A digit of this SIRET is wrong" in page.text
    assert "White text on this colour is hard to read" in page.text
    for field in ("name", "email", "siret", "colour", "declaration"):
        assert f"#id_{field}" in page.links
        assert f"id_{field}" in page.ids
    ecole_a.refresh_from_db()
    assert ecole_a.siret == ""


def test_a_logo_is_kept_without_what_is_no_picture_and_can_be_removed(client, ecole_a):
    def upload(data: bytes):
        return SimpleUploadedFile("logo.png", data, content_type="image/png")

    client.post(PAGE, FORM | {"logo": upload(factories.png() + b"<script>")})
    ecole_a.refresh_from_db()
    assert bytes(ecole_a.logo) == factories.png()

    client.post(PAGE, FORM)
    ecole_a.refresh_from_db()
    assert ecole_a.logo is not None

    client.post(PAGE, FORM | {"is_logo_dropped": "on"})
    ecole_a.refresh_from_db()
    assert ecole_a.logo is None


@pytest.mark.parametrize(
    "data", [b"no picture", b"<svg/>", b"\x89PNG\r\n\x1a\n" + b"x" * 40, b"x" * 2_000_001]
)
def test_what_is_no_logo_is_refused_with_the_remedy(client, ecole_a, data):
    response = client.post(PAGE, FORM | {"logo": SimpleUploadedFile("logo.png", data)})

    assert response.status_code == 400
    assert "2 MB" in read(response).text
    assert "#id_logo" in read(response).links


def test_nothing_else_of_the_row_can_be_sent(client, ecole_a):
    did, slug = ecole_a.did, ecole_a.slug

    client.post(PAGE, FORM | {"did": "did:web:evil.org", "slug": "evil", "is_name_compared": "on"})

    ecole_a.refresh_from_db()
    assert (ecole_a.did, ecole_a.slug, ecole_a.is_name_compared) == (did, slug, False)


def test_a_language_that_the_form_does_not_offer_is_kept(client, ecole_a):
    factories.change(ecole_a, languages=["br", "fr"], language="fr-CA")

    client.post(PAGE, FORM | {"language": "fr-CA", "languages": ["br"]})

    ecole_a.refresh_from_db()
    assert (ecole_a.language, ecole_a.languages) == ("fr-CA", ["br"])


def test_a_stranger_changes_nothing(client, charlie, ecole_a):
    client.force_login(charlie)

    assert client.post(PAGE, FORM | {"name": "Charlie's"}).status_code == 404

    ecole_a.refresh_from_db()
    assert ecole_a.name == "École A"


def test_who_only_issues_changes_nothing(client, bob):
    client.force_login(bob)

    assert client.post(PAGE, FORM).status_code == 403


# -- Units -----------------------------------------------------------------------------------------

UNITS = "/console/ecole-a/units"


def test_units_are_added_changed_and_closed(client, ecole_a):
    client.post(f"{UNITS}/add", {"name": "Campus de Lyon", "kind": "campus"})
    [lyon] = selectors.units(issuer=ecole_a)
    client.post(
        f"{UNITS}/add", {"name": "Soudure", "kind": "department", "parent": str(lyon.unit.uuid)}
    )
    client.post(f"{UNITS}/{lyon.unit.uuid}", {"name": "Campus de Brest", "kind": "campus"})

    paths = [each.path for each in selectors.units(issuer=ecole_a)]
    assert paths == ["Campus de Brest", "Campus de Brest › Soudure"]  # noqa: RUF001 - for people
    assert "Soudure" in read(client.get(UNITS)).text

    client.post(f"{UNITS}/{lyon.unit.uuid}/close")
    assert "closed on 2 March 2026" in read(client.get(UNITS)).text


def test_a_unit_that_cannot_be_is_said_why(client, ecole_a):
    client.post(f"{UNITS}/add", {"name": "Lyon", "kind": "campus"})

    response = client.post(f"{UNITS}/add", {"name": "Lyon", "kind": "campus"})

    assert "There is a unit of this name already." in read(response).text


def test_the_unit_of_another_is_neither_found_nor_a_parent(client, ecole_b, ecole_a):
    from issuers import services
    from tests.conftest import NOW

    theirs = services.add_unit(issuer=ecole_b, name="Theirs", kind="team", now=NOW)

    for path in (f"{UNITS}/{theirs.uuid}", f"{UNITS}/{theirs.uuid}/close"):
        assert client.post(path, {"name": "Mine", "kind": "team"}).status_code == 404
    response = client.post(
        f"{UNITS}/add", {"name": "Mine", "kind": "team", "parent": str(theirs.uuid)}
    )

    assert response.status_code == 200
    assert selectors.units(issuer=ecole_a) == []
    theirs.refresh_from_db()
    assert (theirs.name, theirs.closed_at) == ("Theirs", None)
