"""A badge is passed on: the fields of a profile, links, a signature, and its card."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from credentials import services
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db


def link_to(shown, start):
    [found] = {each for each in shown.links if each.startswith(start)}
    return {name: value for name, [value] in parse_qs(urlsplit(found).query).items()}


def fields(shown):
    return {
        found["id"]: found["value"]
        for tag, found in shown.elements
        if tag == "input" and "readonly" in found and "id" in found
    }


def test_a_profile_gets_every_field_and_the_page_has_them_to_copy(client, credential, page):
    shown = read(client.get(f"{page}/share"))

    asked = link_to(shown, "https://www.linkedin.com/profile/add")
    assert asked == {
        "startTask": "CERTIFICATION_NAME",
        "name": credential.achievement.name,
        "organizationName": "École A",
        "issueYear": str(credential.valid_from.year),
        "issueMonth": str(credential.valid_from.month),
        "certUrl": f"http://localhost:8000{page}",
        "certId": credential.token,
    }
    assert fields(shown) == {
        "field-name": asked["name"],
        "field-organization": "École A",
        "field-issued": f"{credential.valid_from:%B %Y}",
        "field-id": credential.token,
        "field-url": asked["certUrl"],
    }
    assert link_to(read(client.get(page)), "https://www.linkedin.com/profile/add") == asked


def test_the_number_of_its_page_stands_for_its_name_and_an_end_is_told(client, ecole_a):
    factories.change(ecole_a, linkedin_id="1234567")
    badge = factories.achievement(issuer=ecole_a, slug="ends")
    until = NOW + timedelta(days=366)
    credential = factories.signed(issuer=ecole_a, achievement=badge, valid_until=until)

    shown = read(client.get(f"/credentials/{credential.token}/share"))

    asked = link_to(shown, "https://www.linkedin.com/profile/add")
    assert asked["organizationId"] == "1234567"
    assert "organizationName" not in asked
    assert (asked["expirationYear"], asked["expirationMonth"]) == (
        str(until.year),
        str(until.month),
    )


def test_what_is_passed_on_leads_to_the_page_in_the_language_it_was_shared_in(client, page):
    shown = read(client.get(f"{page}/share", {"lang": "fr"}))

    assert "Partager ce badge" in shown.text
    address = f"http://localhost:8000{page}?lang=fr"
    assert link_to(shown, "https://www.linkedin.com/sharing/share-offsite/") == {"url": address}
    assert address in link_to(shown, "mailto:")["body"]


def test_a_signature_has_what_programs_for_mail_keep(client, page, credential):
    shown = read(client.get(f"{page}/share"))

    html = client.get(f"{page}/share").content.decode()
    source = html.partition("<textarea")[2].partition("</textarea>")[0].partition(">")[2]
    assert f"http://localhost:8000/achievements/{credential.achievement.uuid}/image.png" in source
    assert "style" not in source
    assert "script" not in source
    # What is shown to be marked is the same, from here.
    assert "Check this badge" in shown.text
    assert f"/achievements/{credential.achievement.uuid}/image.png" in shown.loads
    assert not [each for each in shown.loads if each.startswith("http")]


def test_a_badge_that_was_withdrawn_is_not_passed_on(client, credential, page, ecole_a):
    services.revoke(issuer=ecole_a, credential=credential, reason="Mistake", now=NOW)
    services.publish_status_lists(now=NOW)

    for address in (page, f"{page}/share"):
        shown = read(client.get(address))
        assert not [each for each in shown.links if "linkedin.com" in each]
    assert "This badge does not stand" in shown.text


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_card_speaks_the_language_of_the_page(client, credential, page, language):
    locale, other = ("en_GB", "fr_FR") if language == "en" else ("fr_FR", "en_GB")
    shown = read(client.get(page, {"lang": language}))

    metas = [found for tag, found in shown.elements if tag == "meta"]
    said = {found["property"]: found["content"] for found in metas if "property" in found}
    assert said["og:locale"] == locale
    assert said["og:locale:alternate"] == other
    assert said["og:url"] == f"http://localhost:8000{page}?lang={language}"
    assert said["og:image"] == f"http://localhost:8000{page}/card.png?lang={language}"
    assert said["og:description"].startswith("Verified. " if language == "en" else "Vérifié. ")
    assert credential.learner.name not in " ".join(said.values())


def test_what_a_badge_is_called_cannot_leave_its_place(client, ecole_a):
    name = '"><script>alert(1)</script>&'
    badge = factories.achievement(issuer=ecole_a, slug="odd", name=name)
    credential = factories.signed(issuer=ecole_a, achievement=badge)

    response = client.get(f"/credentials/{credential.token}/share")

    assert b"<script>alert" not in response.content
    assert link_to(read(response), "https://www.linkedin.com/profile/add")["name"] == name
