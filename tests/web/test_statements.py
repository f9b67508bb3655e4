"""/issuers/<slug>/history and /status/<uuid>/versions: the past, with its receipts."""

import pytest

from credentials import services
from credentials.selectors import statements as questions
from issuers import services as parties
from tests import factories, kept
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db
HISTORY = "/issuers/ecole-a/history"


@kept.fixture
def stated(ecole_a):
    credential = factories.signed(issuer=ecole_a)
    services.state(now=NOW)
    factories.anchor_everything()
    parties.rotate_key(issuer=ecole_a, now=NOW)
    services.state(now=NOW)
    return credential


def versions(credential) -> str:
    return f"/status/{credential.status_list.uuid}/versions"


def test_the_history_lists_every_version_newest_first(client, stated):
    response = client.get(HISTORY)

    found = response.json()
    assert response["Access-Control-Allow-Origin"] == "*"
    assert [each["sequence"] for each in found["versions"]] == [2, 1]
    assert found["versions"][0]["url"] == f"http://localhost:8000{HISTORY}/2"
    assert "earlier" not in found


def test_a_version_comes_with_all_that_it_takes_to_check_it(client, ecole_a, stated):
    found = client.get(f"{HISTORY}/1").json()

    assert found["statement"]["type"] == "IssuerKeyHistory"
    assert found["statement"]["issuer"] == ecole_a.did
    assert found["receipt"]["type"] == "AnchorReceipt"
    assert found["receipt"]["salt"] == found["salt"]
    assert client.get(HISTORY).json()["versions"][1]["digest"] == found["digest"]


def test_the_latest_has_no_receipt_until_it_is_on_record(client, stated):
    found = client.get(f"{HISTORY}/latest").json()

    assert found["statement"]["sequence"] == 2
    assert found["receipt"] is None


def test_a_version_of_a_list_comes_with_the_list(client, stated):
    listed = client.get(versions(stated)).json()["versions"]
    [found] = [client.get(each["url"].removeprefix("http://localhost:8000")) for each in listed]

    members = found.json()
    assert members["statement"]["type"] == "StatusListVersion"
    now = client.get(f"/status/{stated.status_list.uuid}").json()
    assert members["list"] == now


def test_did_document_and_list_lead_there(client, stated):
    response = client.get("/issuers/ecole-a/did.json")
    assert response["Link"] == f'<http://localhost:8000{HISTORY}>; rel="version-history"'

    response = client.get(f"/status/{stated.status_list.uuid}")
    assert response["Link"] == f'<{versions(stated)}>; rel="version-history"'
    assert HISTORY in read(client.get("/issuers/ecole-a")).links


def test_long_histories_come_in_pages(client, stated, monkeypatch):
    monkeypatch.setattr(questions, "PAGE", 1)

    first = client.get(HISTORY).json()
    second = client.get(first["earlier"].removeprefix("http://localhost:8000")).json()

    assert [each["sequence"] for each in (*first["versions"], *second["versions"])] == [2, 1]
    assert "earlier" not in second


@pytest.mark.parametrize("version", ["0", "3", "x", "-1", "9" * 30, "LATEST"])
def test_a_version_that_is_not_there_says_what_to_ask_for(client, stated, version):
    for path in (f"{HISTORY}/{version}", f"{versions(stated)}/{version}"):
        response = client.get(path)

        assert response.status_code == 404
        assert response.json()["code"] == "no_version"
        assert "latest" in response.json()["detail"]


@pytest.mark.parametrize("before", ["", "x", "0", "-1", "1.5", "9" * 30, "\x00", "²"])
def test_a_page_that_cannot_be_is_refused(client, stated, before):
    response = client.get(HISTORY, {"before": before})

    assert (response.status_code, response.json()["code"]) == (404, "no_version")


def test_the_history_of_another_issuer_is_its_own(client, ecole_b, stated):
    found = client.get("/issuers/ecole-b/history/latest").json()

    assert found["statement"]["issuer"] == ecole_b.did
    assert client.get("/issuers/ecole-b/history/2").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/issuers/nobody/history",
        "/issuers/nobody/history/1",
        "/status/00000000-0000-0000-0000-000000000000/versions",
        "/status/00000000-0000-0000-0000-000000000000/versions/latest",
    ],
)
def test_what_is_not_there_is_a_404(client, db, path):
    assert client.get(path).status_code == 404


# -- The head of the audit trail -------------------------------------------------------------------


def test_the_head_of_an_audit_trail_is_public_and_tells_nothing_of_it(client, ecole_a):
    factories.signed(issuer=ecole_a)
    parties.seal_trails(now=NOW)
    services.state(now=NOW)
    factories.anchor_everything()

    listed = client.get("/issuers/ecole-a/trail").json()["versions"]
    found = client.get("/issuers/ecole-a/trail/1").json()

    assert [each["sequence"] for each in listed] == [1]
    assert set(found["statement"]) == {
        "type", "version", "issuer", "sequence", "previous", "at", "seal", "sealDigest",
    }  # fmt: skip
    assert found["receipt"]["type"] == "AnchorReceipt"


@pytest.mark.parametrize("path", ["/issuers/nobody/trail", "/issuers/nobody/trail/1"])
def test_a_stranger_has_no_trail(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("version", ["0", "1", "x", "-1", "99999999999"])
def test_a_head_that_is_not_there_is_not_found(client, ecole_a, version):
    assert client.get(f"/issuers/ecole-a/trail/{version}").status_code == 404
