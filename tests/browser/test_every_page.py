"""Every page of the demonstration, as its readers and its people see it: nothing stands in the way.

axe judges each; no script fails, nothing is forbidden by the policy that a page comes with, nothing
is asked of another site, no link leads nowhere, and nobody scrolls sideways.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser import crawling, driving, sites

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.browser.driving import Screen

pytestmark = [pytest.mark.stack, driving.needed]
ADMINISTRATOR = "administrator@institut-ardoise.example"
SCREENS = (driving.PHONE_FR, driving.DESKTOP_EN)
# Pages that links must lead to, so that a walk which got nowhere is not taken for a good one.
PUBLIC = {"home", "verify", "credential", "issuer", "achievement", "network", "transcript"}
CONSOLE = {
    "console-home", "console-badges", "console-badge", "console-badge-gallery", "console-issue",
    "console-lists", "console-list-new", "console-people", "console-invite", "console-keys",
    "console-organisation", "console-trail", "console-domains", "console-units",
    "console-partnerships", "console-approvals", "account_email", "mfa_index",
}  # fmt: skip
# Somebody who got a badge of the demonstration, and what they come to.
HOLDER = "anne-sophie.de-la-tour@mail.example.org"
WALLET = {
    "wallet", "wallet-badge", "wallet-privacy", "wallet-links", "wallet-files", "wallet-wish",
    "wallet-collections", "wallet-collection", "wallet-collection-new", "wallet-elsewhere",
    "wallet-addresses", "wallet-give-up", "collection",
}  # fmt: skip
SHARED = {"credential-share", "credential-embed", "monitor", "verify-several", "verify-pile"}
OPERATOR = {"admin:index", "admin:health", "admin:organisation", "admin:found", "admin:suspend"}


@pytest.fixture(params=SCREENS, ids=str)
def screen(request: pytest.FixtureRequest) -> Screen:
    found: Screen = request.param
    return found


@pytest.fixture
def watch(site: sites.Site) -> driving.Watch:
    return driving.Watch(site.address)


@pytest.fixture
def page(browser: Browser, screen: Screen, watch: driving.Watch) -> Iterator[Page]:
    window = driving.context(browser, screen)
    opened = window.new_page()
    watch.over(opened)
    yield opened
    window.close()


def test_whoever_reads_a_badge_meets_no_barrier(
    site: sites.Site, page: Page, watch: driving.Watch
) -> None:
    seeds = [f"{site.address}/", *site.shown()]

    with site.at_rest():
        found = crawling.walk(page, watch, seeds)

    assert found.wrong == {}
    assert set(found.pages) >= PUBLIC
    # Verified, revoked, expired, suspended: each has its page.
    assert found.pages["credential"] >= 5


def test_whoever_works_for_an_organisation_meets_no_barrier(
    site: sites.Site, page: Page, watch: driving.Watch
) -> None:
    site.sign_in(page, ADMINISTRATOR)

    with site.at_rest():
        found = crawling.walk(
            page, watch, [f"{site.address}/console/"], below=("/console/", "/account/")
        )

    assert found.wrong == {}
    assert set(found.pages) >= CONSOLE


def test_whoever_holds_badges_shows_or_verifies_them_meets_no_barrier(
    site: sites.Site, page: Page, watch: driving.Watch
) -> None:
    [one, other, *_more] = [each for each in site.shown() if "/credentials/" in each]
    site.open_wallet(page, HOLDER)
    held = page.get_attribute(".held__name a", "href")
    sites.send(page, f"{site.address}{held}/links", label="Camille")
    sites.send(page, f"{site.address}/wallet/collections/new", name="Mes blocs", badges=0)
    sites.send(page, f"{site.address}/verify/several", links=f"{one}\n{other}")
    page.wait_for_selector("a[download]")
    seeds = [page.url, f"{one}/share", f"{one}/embed"]
    seeds += [f"{site.address}/{each}" for each in ("verify/several", "monitor")]

    with site.at_rest():
        found = crawling.walk(
            page, watch, [f"{site.address}/wallet", *seeds],
            below=("/wallet", "/collections/", "/verify/several", "/monitor"),
        )  # fmt: skip

    assert found.wrong == {}
    assert set(found.pages) >= WALLET | SHARED


def test_whoever_operates_the_installation_meets_no_barrier(
    site: sites.Site, page: Page, watch: driving.Watch, screen: Screen
) -> None:
    person = f"olga-{screen.language}@example.org"
    site.command("staff", "add", person)
    site.sign_in(page, person)
    page.goto(f"{site.address}/account/2fa/totp/activate/")
    secret = page.input_value("#authenticator_secret")
    page.fill("input[name=code]", sites.authenticator(secret))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    # Only who was asked for it when they signed in gets in.
    page.context.clear_cookies()
    site.sign_in(page, person)
    page.fill("input[name=code]", sites.authenticator(secret, nth=1))
    with page.expect_navigation():
        page.keyboard.press("Enter")

    with site.at_rest():
        found = crawling.walk(page, watch, [f"{site.address}/operator/"], below=("/operator/",))

    assert found.wrong == {}
    assert set(found.pages) >= OPERATOR
