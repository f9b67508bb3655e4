"""A badge in a frame of somebody else, and oEmbed, which says how it gets there."""

from xml.etree import ElementTree as ET

import pytest
from django.urls import get_resolver

from credentials import services
from issuers import models as parties
from learners import models as learners
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db

SITE = "http://localhost:8000"


def ask(client, page, **more):
    return client.get("/oembed", {"url": SITE + page} | more)


def test_the_widget_stands_in_a_frame_and_sets_no_cookie(client, credential, page):
    response = client.get(f"{page}/embed", {"lang": "fr"})
    shown = read(response)

    assert "X-Frame-Options" not in response
    policy = response["Content-Security-Policy"].split("; ")
    assert "frame-ancestors *" in policy
    assert "default-src 'none'" in policy
    assert not response.cookies
    assert "Vérifié" in shown.text
    assert credential.achievement.name in shown.text
    assert shown.links == [f"{SITE}{page}?lang=fr"]
    assert not [tag for tag, _found in shown.elements if tag in {"script", "form"}]
    assert "noindex" in response["X-Robots-Tag"]


def test_the_widget_says_of_a_name_that_it_is_not_verified_until_it_is(client, ecole_a, page):
    before = read(client.get(f"{page}/embed", {"lang": "fr"})).text
    parties.Domain.objects.of(ecole_a).create(
        issuer=ecole_a, name="ecole-a.org", token="t" * 22, method="dns",
        asked_at=NOW, verified_at=NOW, confirmed_at=NOW, checked_at=NOW,
    )  # fmt: skip

    assert "École A (nom non vérifié)" in before
    assert "nom non vérifié" not in read(client.get(f"{page}/embed", {"lang": "fr"})).text


def test_the_widget_says_what_the_badge_is_worth_now(client, ecole_a, credential, page):
    services.revoke(issuer=ecole_a, credential=credential, reason="Mistake", now=NOW)
    services.publish_status_lists(now=NOW)

    assert "Revoked" in read(client.get(f"{page}/embed")).text


@pytest.mark.parametrize("token", ["A" * 22, "x", "A" * 400])
def test_a_stranger_finds_neither_widget_nor_embedding(client, db, token):
    assert client.get(f"/credentials/{token}/embed").status_code == 404
    assert ask(client, f"/credentials/{token}").status_code == 404


def test_of_who_was_erased_nothing_is_embedded(client, ecole_a, credential, page):
    learners.LearnerKey.objects.of(ecole_a).filter(learner=credential.learner).delete()

    assert client.get(f"{page}/embed").status_code == 410
    assert ask(client, page).status_code == 404


def test_nothing_else_may_stand_in_a_frame(client, credential, page):
    badge = f"/achievements/{credential.achievement.uuid}"
    for address in ("/", "/verify", page, f"{page}/share", f"{page}/check", badge,
                    "/issuers/ecole-a", "/network", "/oembed", "/nowhere"):  # fmt: skip
        response = client.get(address)
        assert response["X-Frame-Options"] == "DENY", address
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"], address

    open_to_frames = [
        name for name in get_resolver().reverse_dict if isinstance(name, str) and "embed" in name
    ]
    assert sorted(open_to_frames) == ["credential-embed", "oembed"]


def test_the_page_says_where_it_is_embedded_from_and_that_answers(client, credential, page):
    shown = read(client.get(page))

    links = {
        found["type"]: found["href"] for tag, found in shown.elements
        if tag == "link" and found.get("rel") == "alternate"
    }  # fmt: skip
    response = client.get(links["application/json+oembed"].removeprefix(SITE))
    found = response.json()

    assert found["type"] == "rich"
    assert found["version"] == "1.0"
    assert found["title"] == f"{credential.achievement.name}, issued by École A"
    assert f'src="{SITE}{page}/embed?lang=en"' in found["html"]
    assert (found["width"], found["height"]) == (460, 200)
    assert found["thumbnail_url"] == f"{SITE}{page}/card.png?lang=en"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert client.get(links["text/xml+oembed"].removeprefix(SITE)).status_code == 200


def test_it_is_answered_as_xml_too(client, page):
    root = ET.fromstring(ask(client, page, format="xml").content)  # noqa: S314 - our own

    assert root.tag == "oembed"
    assert root.findtext("type") == "rich"
    assert root.findtext("html").startswith("<iframe ")


def test_it_is_made_as_small_as_is_asked_for(client, page):
    found = ask(client, page, maxwidth="300", maxheight="190").json()

    assert (found["width"], found["height"]) == (300, 190)
    assert "thumbnail_url" not in found


@pytest.mark.parametrize("bound", [{"maxheight": "50"}, {"maxwidth": "159"}, {"maxwidth": "0"}])
def test_where_nothing_could_be_read_it_is_a_link(client, page, bound):
    found = ask(client, page, **bound).json()

    assert found["type"] == "link"
    assert found["title"]
    assert not {"html", "width", "height", "thumbnail_url"} & set(found)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"format": "yaml"}, 501),
        ({"maxwidth": "wide"}, 400),
        ({"maxheight": "-1"}, 400),
        ({"maxwidth": "9" * 5000}, 400),
        ({"maxwidth": "³"}, 400),
    ],
)
def test_what_cannot_be_answered_is_refused(client, page, asked, status):
    assert ask(client, page, **asked).status_code == status


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://localhost:8000@evil.example{page}",
        "http://evil.example{page}",
        "https://localhost:8000{page}",
        "//localhost:8000{page}",
        "http://[::1{page}",
        "file:///etc/passwd",
        "http://localhost:8000{page}/../../verify",
        "http://localhost:8000/credentials/",
        "http://localhost:8000{page}" + "?" * 3000,
    ],
)
def test_only_pages_of_badges_here_are_embedded(client, page, address):
    assert client.get("/oembed", {"url": address.format(page=page)}).status_code == 404


def test_the_page_for_sharing_has_the_frame_and_the_html_to_paste(client, page):
    response = client.get(f"{page}/share")
    html = response.content.decode()

    assert f'src="{page}/embed?lang=en"' in html
    assert f"&lt;iframe src=&quot;{SITE}{page}/embed?lang=en&quot;" in html
    assert "frame-src 'self'" in response["Content-Security-Policy"]


def test_a_name_cannot_leave_the_html_of_the_frame(client, ecole_a):
    name = '"><script>alert(1)</script>'
    badge = factories.achievement(issuer=ecole_a, slug="odd", name=name)
    signed = factories.signed(issuer=ecole_a, achievement=badge)

    for kind in ("json", "xml"):
        response = ask(client, f"/credentials/{signed.token}", format=kind)
        html = response.json()["html"] if kind == "json" else ""
        assert "<script>" not in html
        assert b"<script>" not in response.content or kind == "json"
