"""Badges of strangers in the older edition, from what is handed over to the verdict."""

import pytest

from badges.core import assertion, baking, baking2
from credentials.core import canonical
from tests.core.credentials import strangers
from tests.core.credentials.strangers import BADGE, HOSTED, ISSUER, KEY, LIST, URN
from tests.hosts import Hosts
from tests.interop.world import picture
from tests.services.credentials.test_strangers import DRAWING, answers, verify

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _database(db: None) -> None:
    """Name it, so that a stranger's document may take its time here."""


def serve_badge2(hosts: Hosts) -> None:
    hosts.serve(ISSUER, strangers.issuer2())
    hosts.serve(BADGE, strangers.badge2())
    hosts.serve(HOSTED, strangers.hosted2())
    hosts.serve(KEY, strangers.key2())
    hosts.serve(LIST, strangers.list2())


@pytest.mark.parametrize("form", ["json", "address", "png", "svg", "png of the address"])
def test_a_hosted_badge_is_read_again_at_its_own_address(hosts, form):
    serve_badge2(hosts)
    text = canonical.dumps(strangers.hosted2()).decode()
    data = {
        "json": text,
        "address": HOSTED,
        "png": baking2.bake(picture(), text),
        "svg": baking2.bake(DRAWING, text),
        "png of the address": with_text(HOSTED),
    }[form]

    found = verify(data)

    assert answers(found) == {
        "conforms": "passed:conforms2",
        "signed": "passed:hosted",
        "issuer": "inconclusive:issuer_unknown2",
        "stands": "passed:stands_at_home",
        "in_time": "passed:in_time",
        "anchored": "not_applicable:no_receipt",
        "about": "not_applicable:no_identity_given",
    }
    assert HOSTED in hosts.asked


def with_text(text: str) -> bytes:
    """Return a PNG with a text that the bakers would not take."""
    image = picture()
    data = b"openbadges\0\0\0\0\0" + text.encode()
    return image[:33] + baking._chunk(b"iTXt", data) + image[33:]


def test_a_changed_copy_of_a_hosted_badge_is_refuted(hosts):
    serve_badge2(hosts)

    found = verify(strangers.hosted2(narrative="I did much more"))

    assert answers(found)["signed"] == "failed:hosted_differs"
    assert found.report.verdict == "refuted"


def test_a_badge_at_a_host_that_its_issuer_does_not_speak_for_is_refuted(hosts):
    serve_badge2(hosts)
    url = "https://evil.example.com/assertions/1"
    hosts.serve(url, strangers.hosted2(id=url))

    assert answers(verify(url))["issuer"] == "failed:out_of_scope"


def test_an_issuer_that_is_only_written_out_is_not_believed(hosts):
    serve_badge2(hosts)
    url = "https://evil.example.com/assertions/1"
    theirs = strangers.issuer2(verification={"allowedOrigins": ["evil.example.com"]})
    hosts.serve(url, strangers.hosted2(id=url, badge=strangers.badge2(issuer=theirs)))

    found = verify(url)

    assert answers(found)["issuer"] == "failed:out_of_scope"


@pytest.mark.parametrize("given", ["copy", "address"])
def test_a_hosted_badge_that_was_revoked_is_gone(hosts, given):
    serve_badge2(hosts)
    hosts.serve(HOSTED, assertion.revoked(id=HOSTED, reason="Mistake"), status="410 Gone")

    found = verify(HOSTED if given == "address" else canonical.dumps(strangers.hosted2()))

    assert answers(found)["stands"] == "failed:revoked_at_home"


def test_a_signed_badge_is_verified_by_the_key_that_its_issuer_lists(hosts):
    serve_badge2(hosts)

    found = verify(strangers.token2(), identity=(("emailAddress", strangers.EMAIL),))

    assert answers(found)["signed"] == "passed:signed"
    assert answers(found)["stands"] == "passed:stands_plainly"
    assert answers(found)["about"] == "passed:about"
    assert found.report.verdict == "inconclusive"


def test_a_signed_badge_that_its_issuer_revoked_is_refuted(hosts):
    serve_badge2(hosts)
    hosts.serve(LIST, strangers.list2(URN))

    assert answers(verify(strangers.token2()))["stands"] == "failed:revoked_plainly"
