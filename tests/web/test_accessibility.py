"""What is declared of accessibility stands on every page, and is no more than is known."""

import pytest

from tests.web.conftest import read

HERE = "/accessibility"


@pytest.mark.parametrize(
    ("degree", "said"), [("none", "non conforme"), ("partial", "partiellement conforme")]
)
def test_the_foot_of_pages_says_it_and_leads_to_the_rest(client, settings, degree, said):
    settings.ACCESSIBILITY = degree

    home, page = (read(client.get(f"{path}?lang=fr")) for path in ("/", HERE))

    assert f"{HERE}?lang=fr" in home.links
    assert f"Accessibilité : {said}" in home.text
    assert ("aucun audit" in page.text) is (degree == "none")


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        ("a11y@example.org", "mailto:a11y@example.org"),
        ("https://x.example/f", "https://x.example/f"),
    ],
)
def test_whoever_meets_a_barrier_is_told_whom_to_tell(client, settings, contact, link):
    settings.ACCESSIBILITY_CONTACT = contact

    assert link in read(client.get(HERE)).links
