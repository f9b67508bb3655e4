"""The whole job, as somebody does it who never read a manual: in French and in English.

A new organisation, a badge, a spreadsheet with mistakes, five hundred learners, and what comes
after. In each language on a screen and on a telephone, of which the one is read by night; nothing
stands in the way on any page that is passed.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser import driving, sites, visiting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator

    from tests.browser.driving import Screen
    from tests.browser.visiting import Visitor

pytestmark = [pytest.mark.stack, driving.needed]
# Who plays it where: each has an organisation of their own.
PLAYERS: dict[str, Screen] = {
    "dora": driving.DESKTOP_FR,
    "elias": driving.PHONE_EN,
    "fatou": driving.DESKTOP_EN,
    "gwenn": driving.PHONE_FR,
}
# How long workers may take, on a machine that runs other tests as well.
MOST_SECONDS = 300
expect.set_options(timeout=driving.PATIENCE_MILLISECONDS)


@pytest.fixture(params=PLAYERS, ids=[f"{name} {PLAYERS[name]}" for name in PLAYERS])
def player(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def visitor(browser: Browser, site: sites.Site, player: str) -> Iterator[Visitor]:
    screen = PLAYERS[player]
    watch = driving.Watch(site.address)
    window = driving.context(browser, screen)
    window.add_init_script(driving.AS_A_READER)
    page = window.new_page()
    watch.over(page)
    yield visiting.Visitor(page, screen, watch)
    window.close()


def test_from_nothing_to_five_hundred_badges(
    site: sites.Site, visitor: Visitor, player: str, tmp_path: Path
) -> None:
    job(site, visitor, tmp_path, f"{player}@example.org")

    assert visitor.wrong == {}


def job(site: sites.Site, visitor: Visitor, folder: Path, person: str) -> None:
    """Do all of it; each part leaves the visitor where the next one begins."""
    console = make_an_organisation(site, visitor, person)
    with site.at_rest():  # so far, nothing waits for a worker
        publish_a_badge(visitor, console)
        learn_what_is_wrong(visitor, console, visiting.spreadsheet(folder, is_mended=False))
    issue(visitor, console, visiting.spreadsheet(folder, is_mended=True))
    page = revoke_one(visitor, console)
    withdrawn(visitor, page)
    page = correct_one(visitor, console)
    corrected(visitor, page)
    see_how_far_they_got(visitor, console)


def make_an_organisation(site: sites.Site, visitor: Visitor, person: str) -> str:
    """Ask for the link, prove the address, and be the administrator."""
    visitor.goto(f"{site.address}/")
    visitor.press("Make an organisation")
    name = person.partition("@")[0]
    visitor.field("name").fill(f"Centre {name}")
    visitor.field("email").fill(person)
    visitor.press("Send the link")
    visitor.goto(site.link(person))
    visitor.press("Send the code")
    site.prove(visitor.page, person)
    visitor.press("Make the organisation")
    assert visitor.page.url.endswith(f"/console/centre-{name}/")
    return visitor.page.url


def publish_a_badge(visitor: Visitor, console: str) -> None:
    """Start from the gallery, say what is missing, and publish."""
    visitor.goto(f"{console}badges/gallery")
    visitor.press("Start from this")
    for language in ("fr", "en"):
        visitor.field(f"name_{language}").fill("Sauveteur secouriste du travail")
    for _page in range(3):
        visiting.fill_in(visitor)
        visitor.press("Save and go on")
    visitor.press("Publish it")
    expect(visitor.page.locator("main")).to_contain_text(visitor.word("published"))


def learn_what_is_wrong(visitor: Visitor, console: str, file: Path) -> None:
    """Hand the list over as it is, and read which rows are wrong and why."""
    visiting.hand_over(visitor, console, file)
    rows = visitor.page.locator("main table").first
    expect(rows).to_contain_text("eleve7 chez example.org")
    expect(rows).to_contain_text("31/02/2026")
    expect(visiting.tally(visitor, "With mistakes")).to_have_text("2")


def issue(visitor: Visitor, console: str, file: Path) -> None:
    """Hand the mended list over, confirm by typing the number, leave, and come back."""
    visiting.hand_over(visitor, console, file)
    expect(visiting.tally(visitor, "With mistakes")).to_have_text("0")
    expect(visiting.tally(visitor, "New learners")).to_have_text(str(visiting.LEARNERS))
    visitor.press("Go on")
    visitor.field("window").select_option("0")
    visitor.field("typed").fill(str(visiting.LEARNERS))
    visitor.press("Issue")
    run = visitor.page.url
    visitor.goto(console)
    visitor.goto(run)
    expect(visiting.tally(visitor, "Signed")).to_have_text(
        str(visiting.LEARNERS), timeout=MOST_SECONDS * 1000
    )
    visitor.look()


def revoke_one(visitor: Visitor, console: str) -> str:
    """Revoke a badge, having read what comes of it; return its public address."""
    visiting.find(visitor, console, "Élise 3 Lefèvre")
    visitor.press("Revoke")
    visitor.field("reason").fill("Issued by mistake.")
    visitor.press("Revoke")
    return visiting.public_address(visitor)


def withdrawn(visitor: Visitor, page: str) -> None:
    """See what an employer sees then, and why."""
    wait_until_said(visitor, page, "Revoked")
    expect(visitor.page.locator("main")).to_contain_text("Issued by mistake.")


def correct_one(visitor: Visitor, console: str) -> str:
    """Mend a name that was misspelt; return the address of the badge that was wrong."""
    visiting.find(visitor, console, "Élise 5 Lefèvre")
    page = visiting.public_address(visitor)
    visitor.press("Correct")
    visitor.field("name").fill("Élise Lefebvre")
    visitor.field("reason").fill("The name was misspelt.")
    visitor.press("See what changes")
    visitor.press("Issue the correction")
    return page


def corrected(visitor: Visitor, page: str) -> None:
    """Open the old link: it says so, and leads to the new badge, which stands."""
    wait_until_said(visitor, page, "Corrected")
    visitor.press("Open the corrected badge")
    expect(visitor.page.locator("main")).to_contain_text("Élise Lefebvre")


def wait_until_said(visitor: Visitor, page: str, state: str) -> None:
    """Load a public page until it says a state: a worker has to sign or to publish it first."""
    headline = visitor.page.locator("h1")
    deadline = time.monotonic() + MOST_SECONDS
    visitor.page.goto(page)
    while headline.inner_text() != visitor.word(state):
        assert time.monotonic() < deadline, headline.inner_text()
        time.sleep(1)
        visitor.page.goto(page)
    visitor.look()


def see_how_far_they_got(visitor: Visitor, console: str) -> None:
    """Read the funnel: all that was issued, the correction too, and what this visitor opened."""
    visitor.goto(f"{console}figures")
    steps = visitor.page.locator("#steps-table tbody tr")

    def number(step: str) -> Locator:
        name = re.compile(rf"^\s*{re.escape(visitor.word(step))}\s*$")
        row = steps.filter(has=visitor.page.locator("th", has_text=name))
        return row.locator("td[data-number]")

    expect(number("Issued badges")).to_have_attribute("data-number", str(visiting.LEARNERS + 1))
    expect(number("Opened")).to_have_attribute("data-number", re.compile("[1-9]"))
