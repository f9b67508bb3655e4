"""Each state of a badge as recruiters meet it: both languages, screen and phone, day and night.

No barrier, no complaint, nothing asked of another site, all of it without scripts too, and little
enough to come over a bad line.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.utils import translation
from django.utils.translation import gettext

from blockchain import services as anchoring
from blockchain.models import Batch
from credentials import services
from issuers.core import jwk
from learners import models as learners
from tests import factories
from tests.browser import answering, driving
from tests.conftest import NOW
from tests.core.credentials import strangers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from playwright.sync_api import Browser, Page

    from credentials.models import Credential
    from issuers.models import Issuer

pytestmark = [pytest.mark.django_db, driving.needed]
# What a badge page may weigh before its images, and how often it may ask.
MOST_BYTES = 60_000
MOST_QUESTIONS = 12


@pytest.fixture(autouse=True)
def _the_hour() -> Iterator[None]:
    """Doors read the clock: here it says what the factories said, and goes on."""
    with time_machine.travel(NOW):
        yield


# Gives a fixture by its name, to those who need one more.
Given = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """Where a state is seen: the page of a badge, or the answer to a document given to /verify."""

    path: str
    document: str = ""


def on_record(issuer: Issuer, **details: Any) -> Credential:
    credential = factories.signed(issuer=issuer, **details)
    factories.anchor_everything()
    return credential


def page_of(credential: Credential) -> Shown:
    return Shown(f"/credentials/{credential.token}")


def verified(issuer: Issuer, _given: Given) -> Shown:
    return page_of(on_record(issuer))


def expired(issuer: Issuer, _given: Given) -> Shown:
    return page_of(
        on_record(issuer, valid_from=NOW - timedelta(days=9), valid_until=NOW - timedelta(hours=1))
    )


def suspended(issuer: Issuer, _given: Given) -> Shown:
    badge = factories.achievement(issuer=issuer, standing="suspendable")
    credential = on_record(issuer, achievement=badge)
    services.suspend(issuer=issuer, credential=credential, reason="Contrôle en cours.", now=NOW)
    services.publish_status_lists(now=NOW)
    return page_of(credential)


def revoked(issuer: Issuer, _given: Given) -> Shown:
    credential = on_record(issuer)
    services.revoke(issuer=issuer, credential=credential, reason="Délivré par erreur.", now=NOW)
    services.publish_status_lists(now=NOW)
    return page_of(credential)


def corrected(issuer: Issuer, given: Given) -> Shown:
    credential = on_record(issuer)
    instead = replace(services.wording(credential=credential), name="Éloïse Zéro")
    services.correct(
        issuer=issuer, credential=credential, instead=instead, reason="Nom mal écrit.",
        actor=given("alice"), now=NOW,
    )  # fmt: skip
    services.sign(now=NOW, limit=10)
    services.publish_status_lists(now=NOW)
    factories.anchor_everything()
    return page_of(credential)


def erased(issuer: Issuer, _given: Given) -> Shown:
    credential = on_record(issuer)
    learners.LearnerKey.objects.of(issuer).all().delete()
    return page_of(credential)


def unknown_issuer(_issuer: Issuer, given: Given) -> Shown:
    given("time_machine").move_to(strangers.NOW)
    hosts = given("hosts")
    hosts.serve(f"{strangers.HOST}/.well-known/did.json", strangers.controller())
    hosts.serve(strangers.KID, jwk.from_key(strangers.P256.public_key()))
    return Shown("/verify", strangers.token())


def altered(issuer: Issuer, given: Given) -> Shown:
    credential = on_record(issuer)
    document = given("client").get(f"/credentials/{credential.token}.json").json()
    document["credentialSubject"]["achievement"]["name"] = "Chirurgie du cœur"
    return Shown("/verify", json.dumps(document))


def pending(issuer: Issuer, _given: Given) -> Shown:
    return page_of(factories.signed(issuer=issuer))


def unchecked(issuer: Issuer, given: Given) -> Shown:
    def unreachable(**_asked: Any) -> None:
        raise anchoring.Unavailable

    credential = on_record(issuer)
    given("monkeypatch").setattr(anchoring, "find", unreachable)
    Batch.objects.update(state="confirmed", finalized_at=None)
    return page_of(credential)


def being_prepared(issuer: Issuer, _given: Given) -> Shown:
    [credential] = factories.due(issuer=issuer)
    return page_of(credential)


# By what its page says first.
ARRANGED: dict[str, Callable[..., Shown]] = {
    "Verified": verified,
    "Expired": expired,
    "Suspended": suspended,
    "Revoked": revoked,
    "Corrected": corrected,
    "Erased": erased,
    "Unknown issuer": unknown_issuer,
    "Altered": altered,
    "Not yet anchored": pending,
    "Could not be checked": unchecked,
    "Being prepared": being_prepared,
}
# Each language as it is loaded, and as it is turned; one of the two is a telephone's browser.
SCREENS = (
    (driving.DESKTOP_FR, driving.PHONE_FR),
    (driving.PHONE_EN, driving.DESKTOP_EN),
)


@pytest.fixture
def house(client: Client) -> answering.House:
    return answering.House(client)


@pytest.fixture(params=ARRANGED)
def state(request: pytest.FixtureRequest, ecole_a: Issuer) -> tuple[str, Shown]:
    title: str = request.param
    return title, ARRANGED[title](ecole_a, request.getfixturevalue)


def look(page: Page, house: answering.House, shown: Shown, language: str) -> str:
    """Open it in a language as a reader does; return its headline."""
    page.goto(f"{house.address}{shown.path}?lang={language}")
    if shown.document:
        page.locator("summary.way__label").first.click()
        page.locator("[name=document]").fill(shown.document)
        with page.expect_navigation():
            page.locator("main form button[type=submit]").click()
    return page.locator("h1").inner_text()


def test_each_state_is_told_apart_meets_no_barrier_and_needs_no_scripts(
    browser: Browser, house: answering.House, state: tuple[str, Shown]
) -> None:
    title, shown = state
    said, read, wrong = {}, {}, {}

    for screens in SCREENS:
        language = screens[0].language
        watch = driving.Watch(house.address)
        window = driving.context(browser, screens[0])
        house.serve(window)
        page = window.new_page()
        watch.over(page)
        said[language] = look(page, house, shown, language)
        read[language] = page.locator("main").inner_text()
        for screen in screens:
            driving.show(page, screen)
            # That a badge was erased is told to programs as well: 410.
            said_so = [each for each in watch.complaints if "status of 410" not in each]
            if found := [*driving.barriers(page), *said_so]:
                wrong[str(screen)] = found
        window.close()
    window = driving.context(browser, driving.PHONE_EN, java_script_enabled=False)
    house.serve(window)
    page = window.new_page()
    look(page, house, shown, "en")

    assert wrong == {}
    for language, headline in said.items():
        with translation.override(language):
            assert headline == gettext(title)
    assert page.locator("main").inner_text() == read["en"]
    window.close()


def test_a_badge_page_comes_over_a_bad_line(
    browser: Browser, house: answering.House, ecole_a: Issuer
) -> None:
    shown = page_of(on_record(ecole_a))
    window = driving.context(browser, driving.PHONE_FR)
    house.serve(window)

    look(window.new_page(), house, shown, "fr")
    window.close()

    words = [each for each in house.answers if not each.is_picture]
    assert sum(each.size for each in words) < MOST_BYTES, house.answers
    assert len(house.answers) <= MOST_QUESTIONS, house.answers
