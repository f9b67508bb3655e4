"""Every form in which this installation serves a badge is verified when it comes back."""

import json

import pytest

from credentials import selectors, services, urls
from credentials.core import given
from credentials.services import gathering
from tests import factories, kept
from tests.conftest import NOW

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:Please use rfc3986:DeprecationWarning"),
]
HOST = "http://localhost:8000"


@kept.fixture
def ecole(db):
    return factories.issuer(
        slug="ecole-a", name="École A", language="fr", country="FR", email="a@example.org"
    )


@kept.fixture
def anchored(ecole):
    credential = factories.signed(issuer=ecole)
    factories.anchor_everything()
    return credential


def served(client, path: str) -> bytes:
    for _ in range(2):
        response = client.get(path, headers={"accept": "text/plain, application/json;q=0.5"})
        if response.status_code != 202:
            assert response.status_code in {200, 410}, response.content
            return bytes(response.content)
        services.sign_editions(now=NOW, limit=9)
    raise AssertionError(path)


def forms(credential) -> dict[str, str]:
    own, older = f"/credentials/{credential.token}", "/issuers/ecole-a/ob2/assertions/"
    return {
        "JSON": f"{own}.json",
        "PNG": f"{own}.png",
        "SVG": f"{own}.svg",
        "VC-JWT": f"{own}.jwt",
        "VC-JWT, ES256": f"{own}/es256.jwt",
        "2.0": f"{older}{credential.token}.json",
        "2.0 PNG": f"{older}{credential.token}.png",
        "2.0 SVG": f"{older}{credential.token}.svg",
        "2.0 JWS": f"{older}{credential.token}.jws",
    }


NAMES = [
    *("JSON", "PNG", "SVG", "VC-JWT", "VC-JWT, ES256"),
    *("2.0", "2.0 PNG", "2.0 SVG", "2.0 JWS"),
]


@pytest.mark.parametrize("name", NAMES)
def test_what_we_serve_is_verified(client, anchored, hosts, name):
    found = services.verify_document(data=served(client, forms(anchored)[name]), now=NOW)

    assert [
        f"{check.name}:{check.reason}"
        for check in found.report.checks
        if check.outcome not in {"passed", "not_applicable"}
    ] == []
    assert found.report.verdict == "verified"
    assert hosts.asked == []


@pytest.mark.parametrize("name", NAMES)
def test_what_we_serve_of_a_revoked_badge_is_refuted(client, ecole, anchored, name):
    data = served(client, forms(anchored)[name])
    services.revoke(issuer=ecole, credential=anchored, reason="Mistake", now=NOW)
    services.publish_status_lists(now=NOW)

    found = services.verify_document(data=data, now=NOW)

    assert [check.name for check in found.report.checks if check.outcome == "failed"] == ["stands"]


@pytest.mark.parametrize("name", NAMES)
def test_its_address_is_verified_too(client, anchored, name):
    found = services.verify_address(url=HOST + forms(anchored)[name], now=NOW)

    assert found.report.verdict == "verified"


@pytest.mark.parametrize(
    "end",
    [
        *("", ".json", ".png", ".svg", ".jwt", "/es256.jwt", "/refresh", "/certificate.pdf"),
        *("/card.png", "/qr.svg", "/qr.png", "/embed", "/share", "/shared.json", "/check"),
        *("/blockcerts.json", "/elm.jsonld", "/anchor.json", "/anchors.json", "/report.json"),
        *("/proof.html", "?lang=fr", "/certificate.pdf?lang=fr", "/"),
    ],
)
def test_whatever_is_made_of_a_badge_leads_to_its_page(client, anchored, hosts, end):
    page = f"/credentials/{anchored.token}"

    response = client.post("/verify", {"address": f"{HOST}{page}{end}"})

    assert (response.status_code, response["Location"]) == (302, page)
    assert hosts.asked == []


def test_every_address_of_a_badge_is_among_them(anchored):
    page = f"/credentials/{anchored.token}"
    routes = [
        str(each.pattern).replace("<slug:token>", anchored.token)
        for each in urls.urlpatterns
        if str(each.pattern).startswith("credentials/<slug:token>")
    ]

    assert len(routes) > 15
    for route in routes:
        assert gathering.OUR_CREDENTIAL.match(f"/{route}"), route
    assert not gathering.OUR_CREDENTIAL.match(f"{page}/other")
    assert not gathering.OUR_CREDENTIAL.match(f"{page}.json\n")


def test_an_altered_copy_of_our_older_edition_is_refuted(client, anchored):
    document = json.loads(served(client, forms(anchored)["2.0"]))

    found = services.verify_document(
        data=json.dumps({**document, "narrative": "more"}).encode(), now=NOW
    )

    assert found.report.checks[1].reason == "hosted_differs"


def test_an_assertion_of_one_issuer_is_none_of_another(client, anchored, ecole_b):
    document = json.loads(served(client, forms(anchored)["2.0"]))
    document["id"] = document["id"].replace("ecole-a", "ecole-b")

    found = services.verify_document(data=json.dumps(document).encode(), now=NOW)

    assert found.report.verdict != "verified"
    assert isinstance(found.given, given.Given)
    assert selectors.find_by_token(token=anchored.token) is not None
