"""Hosts of organisations: their public pages, nobody else's, and nothing that signs in."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import URLResolver, get_resolver

from config import hosts
from issuers import models
from tests import factories, kept
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db

HOST = "badges.ecole-a.example.org"
THEIRS = {"HTTP_HOST": HOST}


@pytest.fixture(autouse=True)
def _ours(settings):
    settings.ALLOWED_HOSTS = ["testserver", "localhost"]
    hosts.live.forget()
    yield
    hosts.live.forget()


@kept.fixture
def live(ecole_a):
    return models.LiveHost.objects.create(
        name=HOST, owner=ecole_a, token="", since=NOW, confirmed_at=NOW
    )


@kept.fixture
def pages(credential):
    """Return public pages and files of École A."""
    token, badge = credential.token, credential.achievement.uuid
    return [
        "/issuers/ecole-a", "/issuers/ecole-a/did.json", f"/achievements/{badge}",
        f"/achievements/{badge}/image.png", f"/credentials/{token}", f"/credentials/{token}.json",
        f"/credentials/{token}/report.json", f"/credentials/{token}/share",
    ]  # fmt: skip


def test_its_public_pages_are_there_as_they_are_elsewhere(client, live, pages):
    for page in pages:
        ours, theirs = client.get(page), client.get(page, **THEIRS)

        assert (ours.status_code, theirs.status_code) == (200, 200), page
        if not page.endswith("report.json"):  # it says when it was made
            assert theirs.content == ours.content, page


@pytest.mark.parametrize("end", ["certificate.pdf", "card.png", "qr.svg", "qr.png", "embed"])
def test_what_its_pages_show_and_lead_to_is_there_too(client, live, ecole_a, ecole_b, end):
    own, foreign = factories.signed(issuer=ecole_a), factories.signed(issuer=ecole_b)

    assert client.get(f"/credentials/{own.token}/{end}", **THEIRS).status_code == 200
    assert client.get(f"/credentials/{foreign.token}/{end}", **THEIRS).status_code == 404


def test_it_begins_with_the_page_of_the_organisation(client, live):
    response = client.get("/?lang=fr", **THEIRS)

    assert response.status_code == 302
    assert response["Location"] == "/issuers/ecole-a?lang=fr"


@pytest.mark.parametrize("path", ["/verify?address=x", "/network"])
def test_what_belongs_to_all_is_where_it_always_is(client, live, path):
    response = client.get(path, **THEIRS)

    assert response["Location"] == f"http://localhost:8000{path}"


def test_a_page_says_where_it_really_is(client, live, pages):
    response = client.get("/issuers/ecole-a", **THEIRS)

    assert response["Link"] == '<http://localhost:8000/issuers/ecole-a>; rel="canonical"'
    assert HOST not in response.content.decode()
    assert "Link" not in client.get("/issuers/ecole-a").headers


def test_readers_check_for_themselves_there_as_well(client, live, ecole_a):
    ours = factories.signed(issuer=ecole_a)

    page = client.get(f"/credentials/{ours.token}/check", **THEIRS)
    script = client.get("/verifier.js", **THEIRS)

    assert b'src="/verifier.js"' in page.content
    assert script.status_code == 200


# -- Nobody else's ---------------------------------------------------------------------------------


def test_pages_of_another_organisation_are_not_there(client, live, ecole_b):
    theirs = factories.signed(issuer=ecole_b)
    badge = theirs.achievement.uuid

    for page in (
        "/issuers/ecole-b", "/issuers/ecole-b/did.json", "/issuers/ecole-b/logo.png",
        f"/achievements/{badge}", f"/achievements/{badge}/image.png",
        f"/credentials/{theirs.token}", f"/credentials/{theirs.token}.json",
        f"/credentials/{theirs.token}/anchor.json", f"/credentials/{theirs.token}/report.json",
        f"/credentials/{theirs.token}/check", f"/credentials/{theirs.token}/proof.html",
    ):  # fmt: skip
        response = client.get(page, **THEIRS)
        assert response.status_code == 404, page
        assert "École B" not in response.content.decode(), page


def routes():
    """Return the name and an example of every address."""
    found = []

    def walk(patterns, before):
        for pattern in patterns:
            here = before + str(pattern.pattern).lstrip("^").rstrip("$")
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, here)
            else:
                found.append((pattern.name, "/" + here))

    walk(get_resolver().url_patterns, "")
    return found


FILL = {
    "<slug:slug>": "ecole-a", "<slug:kid>": "x", "<slug:token>": "x" * 22, "<slug:version>": "1",
    "<uuid:uuid>": "00000000-0000-0000-0000-000000000001",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "route"),
    [(name, route) for name, route in routes() if name not in {*hosts.OWNERS, *hosts.SHARED}],
)
def test_whatever_is_not_listed_is_not_there(client, alice, live, name, route):
    client.force_login(alice)
    for place, example in FILL.items():
        route = route.replace(place, example)
    if "<" in route or "(" in route:
        route = route.replace("<", "x").replace(">", "x").replace("(", "x").replace(")", "x")

    response = client.get(route, **THEIRS)

    assert response.status_code == (302 if name == "home" else 404)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["/verify", "/api/verify", "/account/login/", "/issuers/ecole-a"])
def test_nothing_is_sent_there(client, live, method, path):
    assert getattr(client, method)(path, **THEIRS).status_code == 405


def test_no_cookie_is_read_or_set(client, alice, live, pages):
    client.force_login(alice)

    for page in pages:
        response = client.get(page, **THEIRS)
        assert not response.cookies
        assert not response.wsgi_request.COOKIES
        assert not getattr(response.wsgi_request.user, "is_authenticated", False)


def test_browsers_are_not_told_for_a_year_how_to_speak_to_it(client, live, settings):
    settings.SECURE_HSTS_SECONDS, settings.SECURE_SSL_REDIRECT = 31_536_000, True

    response = client.get("/issuers/ecole-a", secure=True, **THEIRS)

    assert response["Strict-Transport-Security"] == "max-age=86400"


def test_without_tls_it_sends_to_itself_with_tls(client, live, settings):
    settings.SECURE_SSL_REDIRECT = True

    response = client.get("/issuers/ecole-a?lang=fr", **THEIRS)

    assert response["Location"] == f"https://{HOST}/issuers/ecole-a?lang=fr"


# -- Which hosts there are -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "evil.example.org", HOST + ".evil.org", "x." + HOST, HOST + "@evil.org", HOST + "/x", "",
        "badges.ecole-a.example.org:x", f"[{HOST}]", "127.0.0.2", "xn--bdges-zra.example.org",
    ],
)  # fmt: skip
def test_any_other_host_is_refused_and_not_repeated(client, live, host):
    response = client.get("/issuers/ecole-a", HTTP_HOST=host)

    assert response.status_code == 400
    assert "evil" not in response.content.decode()


@pytest.mark.parametrize("host", [HOST.upper(), HOST + ".", HOST + ":443"])
def test_other_ways_to_write_it_are_the_same_host(client, live, host):
    assert client.get("/issuers/ecole-a", HTTP_HOST=host).status_code == 200
    assert client.get("/account/login/", HTTP_HOST=host).status_code == 404


def test_what_another_header_says_is_not_believed(client, live):
    forwarded = {"HTTP_X_FORWARDED_HOST": HOST}

    assert client.get("/account/login/", **forwarded).status_code == 200
    response = client.get("/issuers/ecole-a", HTTP_X_FORWARDED_HOST="evil.org", **THEIRS)
    assert "evil.org" not in response.content.decode()


def test_a_claim_that_is_not_proven_is_no_host(client, ecole_a):
    models.Host.objects.of(ecole_a).create(issuer=ecole_a, name=HOST, token="", asked_at=NOW)

    assert client.get("/issuers/ecole-a", **THEIRS).status_code == 400


def test_it_stops_with_its_proof(client, live):
    assert client.get("/issuers/ecole-a", **THEIRS).status_code == 200

    live.delete()
    hosts.live.forget()  # or five seconds

    assert client.get("/issuers/ecole-a", **THEIRS).status_code == 400


def test_it_stops_when_its_proof_is_two_days_old(client, live):
    with time_machine.travel(NOW + timedelta(days=2, seconds=1)):
        assert client.get("/issuers/ecole-a", **THEIRS).status_code == 400


def test_when_it_goes_over_the_former_owner_has_nothing_there(client, live, ecole_b):
    models.LiveHost.objects.update(owner=ecole_b)
    hosts.live.forget()

    assert client.get("/issuers/ecole-a", **THEIRS).status_code == 404
    assert client.get("/issuers/ecole-b", **THEIRS).status_code == 200


def test_many_unknown_hosts_are_one_query(client, live, django_assert_max_num_queries):
    with django_assert_max_num_queries(1):
        for number in range(20):
            client.get("/", HTTP_HOST=f"h{number}.evil.org")


def test_our_own_host_asks_for_no_other(client, live, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/healthz")


def test_a_proxy_is_told_for_which_hosts_it_may_get_a_certificate(client, live):
    assert client.get("/hosts/live", {"domain": HOST}).status_code == 200
    assert client.get("/hosts/live", {"domain": "evil.example.org"}).status_code == 404
    assert client.get("/hosts/live").status_code == 404


def test_the_page_links_to_itself_and_to_what_is_everybodys(client, live, pages):
    page = read(client.get("/issuers/ecole-a", **THEIRS))

    assert all(link.startswith(("/", "#", "?", "https://", "mailto:")) for link in page.links)
