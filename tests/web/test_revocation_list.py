"""/issuers/<slug>/revoked: 1EdTech's list of revoked credentials, where it was chosen."""

import pytest

from credentials import services
from credentials.selectors import revocations as listing
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
ADDRESS = "/issuers/ecole-a/revoked"


@pytest.fixture
def chosen(settings):
    settings.REVOCATION_LIST = True


@pytest.mark.usefixtures("chosen")
def test_it_names_what_was_revoked_and_why(client, ecole_a, ecole_b):
    revoked, other = factories.signed(issuer=ecole_a), factories.signed(issuer=ecole_b)
    factories.signed(issuer=ecole_a)
    services.revoke(issuer=ecole_a, credential=revoked, reason="Erreur", now=NOW)
    services.revoke(issuer=ecole_b, credential=other, reason="Fraude", now=NOW)

    response = client.get(ADDRESS)

    found = response.json()
    [entry] = found["revokedCredential"]
    assert entry["id"].endswith(f"/credentials/{revoked.token}")
    assert (entry["revoked"], entry["revocationReason"]) == (True, "Erreur")
    assert found["issuer"] == ecole_a.did
    assert found["id"].endswith(ADDRESS)
    assert response["Cache-Control"] == "public, max-age=60"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Link" not in response


@pytest.mark.usefixtures("chosen")
def test_a_long_list_comes_in_pages(client, ecole_a, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 2)
    for _each in range(3):
        one = factories.signed(issuer=ecole_a)
        services.revoke(issuer=ecole_a, credential=one, reason="Erreur", now=NOW)

    first = client.get(ADDRESS)
    following = first["Link"].partition(">")[0].partition("?")[2]
    second = client.get(f"{ADDRESS}?{following}")

    ids = [each["id"] for page in (first, second) for each in page.json()["revokedCredential"]]
    assert (len(ids), len(set(ids))) == (3, 3)
    assert "Link" not in second


@pytest.mark.usefixtures("chosen")
@pytest.mark.parametrize("after", ["x", "-1", "1" * 40, "٣", ""])
def test_a_page_that_is_none_is_refused(client, ecole_a, after):
    response = client.get(ADDRESS, {"after": after})

    assert (response.status_code, response.json()["code"]) == (400, "bad_page")


def test_where_it_was_not_chosen_nothing_is_named(client, ecole_a):
    response = client.get(ADDRESS)

    assert (response.status_code, response.json()["code"]) == (404, "no_revocation_list")


@pytest.mark.usefixtures("chosen")
def test_an_unknown_issuer_is_a_404(client, db):
    assert client.get("/issuers/nobody/revoked").status_code == 404
