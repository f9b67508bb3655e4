"""A real browser says that a page was opened and what was pressed, and nothing else."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.staticfiles import finders

from tests import factories
from tests.browser import driving
from tests.flows.worlds import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.django_db, driving.needed]


class Site(ThreadingHTTPServer):
    """Serves pages, and keeps what they say."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.pages: dict[str, tuple[str, bytes]] = {}
        self.said: list[tuple[str, dict[str, str]]] = []


class _Door(BaseHTTPRequestHandler):
    server: Site

    def log_message(self, *_args: object) -> None:
        pass

    def do_GET(self) -> None:
        kind, body = self.server.pages.get(self.path, ("text/plain", b""))
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Set-Cookie", "somebody=1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.said.append((body.decode(), dict(self.headers.items())))
        self.send_response(204)
        self.end_headers()


@pytest.fixture
def site(client: Any, ecole_a: Any) -> Iterator[tuple[Site, str, str]]:
    credential = factories.signed(issuer=ecole_a)
    page = f"/credentials/{credential.token}"
    script = finders.find("count.js")
    assert isinstance(script, str)
    with serving(Site()) as started:
        with open(script, "rb") as file:  # noqa: PTH123 - a path of the finder's
            started.pages["/static/count.js"] = ("text/javascript", file.read())
        started.pages[page] = ("text/html; charset=utf-8", client.get(page).content)
        yield started, f"http://localhost:{started.server_port}{page}", credential.token


@pytest.fixture
def browser() -> Iterator[Browser]:
    with driving.browser() as started:
        yield started


def reader(browser: Browser, *wishes: str) -> Page:
    """Open a window as a reader does, who may have told the browser what they do not want."""
    window = driving.context(browser, driving.DESKTOP_EN)
    for script in (driving.AS_A_READER, *wishes):
        window.add_init_script(script)
    return window.new_page()


def settle(page: Page) -> None:
    """Wait until whatever was said has been heard."""
    page.evaluate("fetch('/heard').then(() => true)")


def test_it_says_the_act_and_the_badge_and_nothing_of_its_reader(
    site: tuple[Site, str, str], browser: Browser
) -> None:
    server, address, token = site
    page = reader(browser)

    page.goto(address)
    settle(page)
    page.evaluate("document.addEventListener('click', (event) => event.preventDefault())")
    page.locator("a[download]").first.dispatch_event("click")
    settle(page)

    assert [said for said, _headers in server.said] == [f"opened {token}", f"downloaded {token}"]
    for _said, headers in server.said:
        assert "Cookie" not in headers
        assert "Referer" not in headers
    assert page.evaluate("[localStorage.length, sessionStorage.length].join()") == "0,0"


def test_it_says_nothing_again_nor_for_who_does_not_want_it(
    site: tuple[Site, str, str], browser: Browser
) -> None:
    server, address, _token = site
    page = reader(browser)
    page.goto(address)
    settle(page)
    server.said.clear()

    page.reload()
    settle(page)
    assert server.said == []

    for signal in ("globalPrivacyControl', {get: () => true", "doNotTrack', {get: () => '1'"):
        wish = f"Object.defineProperty(Navigator.prototype, '{signal}, configurable: true}});"
        page = reader(browser, wish)
        page.goto(address)
        settle(page)
        assert server.said == [], signal


def test_a_page_that_was_reached_from_verification_says_so(
    site: tuple[Site, str, str], browser: Browser
) -> None:
    server, address, token = site
    link = f'<!doctype html><title>x</title><a href="{address}">x</a>'
    server.pages["/verify"] = server.pages["/console/ecole-a/"] = ("text/html", link.encode())
    origin = address.partition("/credentials/")[0]
    page = reader(browser)

    for start in ("/verify", "/console/ecole-a/"):
        page.goto(origin + start)
        page.locator("a").click()
        page.wait_for_url("**/credentials/*")
        settle(page)

    assert [said for said, _headers in server.said] == [f"verified {token}"]
