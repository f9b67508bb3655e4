"""What search engines read of a badge that can be earned: schema.org, about nobody."""

import json
import re

import pytest

from badges import services as catalogue
from tests import factories
from tests.web.conftest import read

pytestmark = pytest.mark.django_db


def stated(client, achievement, **query):
    html = client.get(f"/achievements/{achievement.uuid}", query).content.decode()
    [found] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return json.loads(found)


def test_a_badge_says_what_it_is_and_who_stands_for_it(client, ecole_a):
    factories.change(ecole_a, kind="school", url="https://ecole-a.example")
    badge = factories.achievement(issuer=ecole_a, validity_months=24)

    found = stated(client, badge)

    assert found["@context"] == "https://schema.org"
    assert found["@type"] == "EducationalOccupationalCredential"
    assert found["url"] == f"http://localhost:8000/achievements/{badge.uuid}"
    assert found["name"] == badge.name
    assert found["validFor"] == "P24M"
    assert found["keywords"] == ["soudure", "acier"]
    assert found["credentialCategory"]["termCode"] == "MicroCredential"
    [recognised] = found["recognizedBy"]
    assert recognised == {
        "@type": "EducationalOrganization",
        "@id": "http://localhost:8000/issuers/ecole-a",
        "name": "École A",
        "url": "https://ecole-a.example",
    }


def test_the_block_that_it_stands_for_is_named(client, ecole_a):
    block = catalogue.describe_block(
        issuer=ecole_a,
        certification={"code": "RNCP38596", "title": "Soudeur", "url": "https://example.org/f"},
        code="RNCP38596BC02",
        title="Assembler des pièces",
    )

    [part] = stated(client, factories.achievement(issuer=ecole_a, block=block))["isPartOf"]

    assert part["@type"] == "EducationalOccupationalCredential"
    assert part["identifier"] == "RNCP38596BC02"
    assert part["name"] == "Assembler des pièces"


def test_no_text_ends_the_script_that_holds_it(client, ecole_a):
    name = "</script><script>alert(1)</script><!--\u2028"
    badge = factories.achievement(issuer=ecole_a, name=name, description=name + "&amp;")

    response = client.get(f"/achievements/{badge.uuid}")

    assert stated(client, badge)["name"] == name
    assert b"<script>alert" not in response.content
    assert "script-src 'self'" in response["Content-Security-Policy"]


def test_the_page_of_a_persons_badge_says_nothing_of_the_kind(client, page):
    shown = read(client.get(page))

    assert not [f for tag, f in shown.elements if f.get("type") == "application/ld+json"
                and tag == "script"]  # fmt: skip
